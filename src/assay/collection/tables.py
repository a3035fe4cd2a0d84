"""Submission tables (workbook sheets, CSV) -> offered submissions, one a row, cell by cell.

Title rows, footers, merged cells and misdated tabs are expected; a formula, a date stored as a
number or an unknown column is a finding. A cell that cannot be read leaves its field empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from assay.collection.clocks import parse_clock, parse_day
from assay.collection.grids import Cell, Grid, open_grids
from assay.collection.lexicon import Lexicon
from assay.collection.numerals import plain_amount
from assay.collection.panels import read_panel
from assay.collection.quote_checks import check_offer, decimal_shown
from assay.collection.quote_fields import QuoteContext
from assay.collection.quotes import read_quotes
from assay.collection.reading import (
    Certainty,
    FieldRead,
    Offered,
    Reading,
    error,
    joined,
    missing_fields,
    notice,
    warning,
)
from assay.collection.series_match import fill_from_card, match_series
from assay.collection.table_columns import ColumnTable, Heading, find_heading
from assay.collection.text import normalise
from assay.collection.tokens import tokens_of
from assay.core import Finding, instant_text

_AS_TYPED = ("brand", "counterparty", "deal_reference", "note", "basis", "contributor")
#: More rows than any firm's own quotes have; a history is imported as market facts.
_MOST_QUOTES = 5_000
#: A cell of which a part was passed over (22180,50) is no price.
_UNREAD = ("quote.number_unread", "quote.two_prices", "quote.broken_number")
_TWO_THINGS = re.compile(r"[;；\n]")
_TONNES = re.compile(r"\s*(?:吨|公吨|t|mt|tonnes?|tons?)\Z", re.IGNORECASE)
_BY_WORDS = ("grade", "place", "delivery", "pickup", "payment", "tax", "relation", "kind", "side")
_TAB_DATE = re.compile(
    r"(?:(20[0-9]{2})[-.年]?)?(1[0-2]|0?[1-9])[-.月]?(3[01]|[12][0-9]|0[1-9]|[1-9])日?"
)


@dataclass(slots=True)
class _Row:
    fields: dict[str, FieldRead] = field(default_factory=dict)
    said: dict[str, FieldRead] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_table(
    content: bytes,
    lexicon: Lexicon,
    columns: ColumnTable,
    context: QuoteContext | None = None,
    where: str = "workbook",
) -> Reading:
    """The submissions of a workbook or CSV file."""
    context = context or QuoteContext(locator=where)
    grids = open_grids(content, where)
    readings = [
        _read_grid(grid, lexicon, columns, context) for grid in grids.grids if any(grid.rows)
    ]
    reading = joined([Reading(findings=grids.findings), *readings])
    if not grids.grids and not grids.findings:
        return Reading(findings=(error("workbook.empty", where, "no sheet with cells"),))
    return reading


def _read_grid(
    grid: Grid, lexicon: Lexicon, columns: ColumnTable, context: QuoteContext
) -> Reading:
    if len(grid.rows) > _MOST_QUOTES:
        said = f"{len(grid.rows)} rows (at most {_MOST_QUOTES}): ask for the day's quotes alone"
        return Reading(findings=(error("table.too_many_rows", grid.name, said),))
    heading = find_heading(grid, columns)
    panel = read_panel(grid) if heading is None else None
    if panel is not None:
        return panel
    if heading is None:
        return Reading(
            findings=(
                error(
                    "table.no_heading",
                    grid.name,
                    f"no heading row of submissions; known headings: {columns.known()}",
                ),
            )
        )
    if heading.unknown:
        return Reading(
            findings=(
                error(
                    "table.unknown_columns",
                    f"{grid.name}, row {grid.first_row + heading.row + 1}",
                    f"unknown: {', '.join(heading.unknown)}; known headings: {columns.known()}",
                ),
            )
        )
    return _rows(grid, heading, lexicon, columns, context)


def _rows(
    grid: Grid, heading: Heading, lexicon: Lexicon, columns: ColumnTable, context: QuoteContext
) -> Reading:
    titled = _title_date(grid, heading.row)
    tab = _tab_date(grid.name, titled or context.day)
    findings = _misdated(grid, tab, titled)
    offers: list[Offered] = []
    for index in range(heading.row + 1, len(grid.rows)):
        row = grid.rows[index]
        first = next((cell.text for cell in row if cell.text), "")
        if not first or _is_footer(row, heading, columns):
            continue
        formulas = [
            column for column in heading.columns if column < len(row) and row[column].formula
        ]
        if formulas:
            findings.append(
                error(
                    "table.formula",
                    grid.place(index, formulas[0]),
                    "a formula is no submission: the row was not read",
                )
            )
            continue
        read = _read_row(grid, index, heading, lexicon, columns, context)
        _date_of(read, titled or tab, grid, index)
        offers.append(_offer(read, grid, index, lexicon))
    if not offers:
        findings.append(notice("table.no_rows", grid.name, "a heading, but no submission below"))
    return Reading(offers=tuple(offers), findings=tuple(findings))


def _is_footer(row: tuple[Cell, ...], heading: Heading, columns: ColumnTable) -> bool:
    filled = [cell for cell in row if cell.text and not cell.merged]
    if not filled:
        return True
    first = normalise(filled[0].text).text.strip()
    if any(
        first == word or first.startswith((f"{word}:", f"{word}：")) for word in columns.footers
    ):
        return True
    needed = {"low", "high", "price", "premium", "change"}
    return not any(
        column < len(row) and row[column].text
        for column, name in heading.columns.items()
        if name in needed
    )


def _tab_date(name: str, day: date | None) -> date | None:
    match = _TAB_DATE.fullmatch(name.strip())
    year = int(match[1]) if match and match[1] else (day.year if day else None)
    if match is None or year is None:
        return None
    try:
        return date(year, int(match[2]), int(match[3]))
    except ValueError:
        return None


def _title_date(grid: Grid, heading_row: int) -> date | None:
    for row in grid.rows[:heading_row]:
        for cell in row:
            found = re.search(
                r"20[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?", normalise(cell.text).text
            )
            if found:
                return parse_day(found.group())
    return None


def _misdated(grid: Grid, tab: date | None, titled: date | None) -> list[Finding]:
    if tab is None or titled is None or tab == titled:
        return []
    return [
        warning(
            "table.tab_misdated",
            grid.name,
            f"the tab says {tab}, the title {titled}: ask which day is meant",
        )
    ]


def _read_row(
    grid: Grid, index: int, heading: Heading, lexicon: Lexicon, columns: ColumnTable,
    context: QuoteContext,
) -> _Row:  # fmt: skip
    read = _Row()
    for column, name in heading.columns.items():
        if column >= len(grid.rows[index]):
            continue
        cell = grid.rows[index][column]
        if not cell.text:
            continue
        place = grid.place(index, column)
        certainty = Certainty.INHERITED if cell.merged else Certainty.STATED
        if name in {"low", "high", "quantity", "tax_rate", "mean", "change"}:
            _amount(read, name, cell, place, certainty)
        elif name in {"price", "premium"}:
            _range(read, name, cell, place, lexicon, certainty)
        elif name in {"pricing_date", "delivery_date"}:
            _date(read, name, cell, place, certainty)
        elif name in _BY_WORDS:
            _word(read, name, cell, place, lexicon, columns, certainty)
        elif name in _AS_TYPED or name in {"series", "against", "currency"}:
            read.fields[name] = FieldRead(cell.text, certainty, locator=place)
        elif name == "unit":
            _unit(read, cell.text, place, lexicon, certainty)
        elif name == "concluded_at":
            instant = parse_clock(cell.text, context.zone)
            if instant is not None:
                read.fields[name] = FieldRead(instant_text(instant), certainty, locator=place)
    if heading.unit and "unit" not in read.fields:
        _unit(read, heading.unit, f"{grid.name}, heading", lexicon, Certainty.INHERITED)
    return read


def _amount(read: _Row, name: str, cell: Cell, place: str, certainty: Certainty) -> None:
    text = normalise(cell.text).text
    percent = name == "tax_rate" and text.endswith("%")
    bare = text.rstrip("%") if percent else text
    amount = plain_amount(_TONNES.sub("", bare) if name == "quantity" else bare)
    if amount is None:
        read.findings.append(
            warning("table.not_a_number", place, f"{cell.text!r} is no plain number: ask for it")
        )
        return
    target = read.said if name in {"mean", "change"} else read.fields
    key = {"mean": "mid"}.get(name, name)
    target[key] = FieldRead(decimal_shown(amount), certainty, locator=place)


def _range(
    read: _Row, name: str, cell: Cell, place: str, lexicon: Lexicon, certainty: Certainty
) -> None:
    names = ("low", "high") if name == "price" else ("premium_low", "premium_high")
    amount = plain_amount(normalise(cell.text).text)
    if amount is not None:
        for each in names:
            read.fields[each] = FieldRead(decimal_shown(amount), certainty, locator=place)
        return
    words = cell.text if name == "price" else f"升贴水 {cell.text}"
    quotes = read_quotes(f"报 {words}", lexicon, QuoteContext(locator=place))
    known = [offer for offer in quotes.offers if offer[names[0]] is not None]
    unread = [*quotes.findings, *(f for o in known for f in o.findings if f.code in _UNREAD)]
    if len(known) != 1 or unread or _TWO_THINGS.search(cell.text):
        read.findings.append(
            warning("table.not_a_number", place, f"{cell.text!r} is no price: ask for it")
        )
        return
    for each in names:
        found = known[0].fields[each]
        read.fields[each] = FieldRead(found.content, found.certainty, locator=place)
    read.findings.extend(f for f in known[0].findings if f.code == "quote.range_reversed")
    if known[0]["against"]:
        read.fields["against"] = FieldRead(known[0].fields["against"].content, certainty,
                                           locator=place)  # fmt: skip


def _date(read: _Row, name: str, cell: Cell, place: str, certainty: Certainty) -> None:
    if cell.stored == "number":
        read.findings.append(
            warning(
                "table.date_as_number",
                place,
                f"{cell.text} stands where a date belongs (12.30 becomes 12.3): ask for the date",
            )
        )
        return
    stated = parse_day(normalise(cell.text).text)
    if stated is None:
        read.findings.append(
            warning("table.not_a_date", place, f"{cell.text!r}: write it as 2025-12-30")
        )
        return
    read.fields[name] = FieldRead(stated.isoformat(), certainty, locator=place)


def _word(
    read: _Row, name: str, cell: Cell, place: str, lexicon: Lexicon, columns: ColumnTable,
    certainty: Certainty,
) -> None:  # fmt: skip
    text = normalise(cell.text, lexicon.traditional).text.strip()
    exact = columns.cells.get(name, {}).get(text)
    if exact is not None:
        read.fields[name] = FieldRead(exact, certainty, locator=place)
        return
    tokens = [token for token in tokens_of(text, lexicon) if token.role == name]
    if name == "side":
        sides = {
            token.side for token in tokens_of(text, lexicon) if token.role == "kind" and token.side
        }
        if len(sides) == 1:
            read.fields[name] = FieldRead(sides.pop(), certainty, locator=place)
            return
    contents = list(dict.fromkeys(token.content for token in tokens))
    picked = [token for token in tokens_of(text, lexicon) if token.role == "pickup"]
    if name == "delivery" and not contents and picked:
        read.fields["pickup"] = FieldRead(picked[0].content, certainty, locator=place)
        return
    if not contents:
        if name in {"delivery", "payment", "place", "grade"}:
            read.fields[name] = FieldRead(cell.text, Certainty.UNCERTAIN, locator=place)
        read.findings.append(
            notice("table.unknown_word", place, f"{cell.text!r} is no known {name}: kept as typed")
        )
        return
    loosely = all(token.loosely for token in tokens) or (len(contents) > 1 and name != "delivery")
    joint = lexicon.combined.get((name, frozenset(contents)))
    content = joint or (", ".join(contents) if name == "delivery" else contents[0])
    sure = Certainty.UNCERTAIN if loosely and joint is None else certainty
    read.fields[name] = FieldRead(content, sure, locator=place)
    if name == "kind":
        sides = {token.side for token in tokens if token.side}
        if len(sides) == 1 and "side" not in read.fields:
            read.fields["side"] = FieldRead(sides.pop() or "", certainty, locator=place)


def _unit(read: _Row, text: str, place: str, lexicon: Lexicon, certainty: Certainty) -> None:
    normal = normalise(text, lexicon.traditional).text.strip()
    hit = lexicon.units.at(normal, 0)
    if hit is None or hit[0] != len(normal) or hit[1].content.startswith("?"):
        read.findings.append(
            warning("table.unknown_unit", place, f"{text!r}: write it as 元/吨 or USD/t")
        )
        return
    word = hit[1]
    read.fields["unit"] = FieldRead(word.content, certainty, locator=place)
    if word.currency and "currency" not in read.fields:
        read.fields["currency"] = FieldRead(word.currency, certainty, locator=place)


def _date_of(read: _Row, sheet_date: date | None, grid: Grid, index: int) -> None:
    stated = read.fields.get("pricing_date")
    if stated is None:
        if sheet_date is not None:
            read.fields["pricing_date"] = FieldRead(
                sheet_date.isoformat(), Certainty.INHERITED, locator=grid.name
            )
        return
    if sheet_date is not None and stated.content != sheet_date.isoformat():
        read.findings.append(
            warning(
                "table.row_misdated",
                f"{grid.name}, row {grid.first_row + index + 1}",
                f"the row says {stated.content}, the sheet {sheet_date}: ask which day is meant",
            )
        )


def _offer(read: _Row, grid: Grid, index: int, lexicon: Lexicon) -> Offered:
    where = f"{grid.name}, row {grid.first_row + index + 1}"
    fields = dict(read.fields)
    if "low" in fields and "high" not in fields:
        fields["high"] = fields["low"]
    if "high" in fields and "low" not in fields:
        fields["low"] = fields["high"]
    if "side" not in fields and fields.get("kind") is not None:
        sides = {"bid": "buy", "offer": "sell"}
        kind = fields["kind"]
        if kind.content in sides:
            fields["side"] = FieldRead(sides[kind.content], kind.certainty, locator=kind.locator)
    rule = lexicon.rule(fields["series"].content) if "series" in fields else None
    found: tuple[Finding, ...] = ()
    if "series" not in fields:
        rule, series, found = match_series(fields, lexicon, where)
        if series is not None:
            fields["series"] = series
    elif rule is None:
        found = (warning("table.unknown_series", where, f"{fields['series'].content}: no series"),)
    if rule is not None:
        fields = fill_from_card(fields, rule)
    findings = (*read.findings, *found, *check_offer(fields, read.said, rule, lexicon, where))
    return Offered(
        fields=fields,
        missing=missing_fields(fields),
        findings=findings,
        said=read.said,
        text="\t".join(cell.text for cell in grid.rows[index]),
        locator=where,
    )
