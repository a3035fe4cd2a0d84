"""A feed file -> typed rows by its mapping: dates, exact amounts, words.

Refuses a file with unknown or missing columns; a cell that does not fit makes its row a
finding. Knows nothing about plausibility.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from assay.collection.clocks import parse_clock, parse_day
from assay.collection.feeds.mapping import FIGURES, FeedMapping, column_key
from assay.collection.grids import Grid, open_grids
from assay.collection.numerals import plain_amount
from assay.collection.reading import error, notice
from assay.collection.text import normalise
from assay.core import Finding

_SEARCHED = 20
_EMPTY = {"", "-", "--", "n/a", "nan", "null", "none", "."}


@dataclass(slots=True)
class FeedRow:
    """One row: its day and instant, amounts by figure, words, and what did not fit."""

    raw: dict[str, str]
    locator: str
    day: date | None = None
    at: datetime | None = None
    amounts: dict[str, Decimal] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FeedRows:
    """The rows of a file, or why there are none."""

    rows: tuple[FeedRow, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_rows(content: bytes, mapping: FeedMapping, where: str) -> FeedRows:
    """The rows of `content` by `mapping`; a file that does not fit is refused whole."""
    if mapping.encoding is not None and not content.startswith((b"PK", b"\xd0\xcf")):
        try:
            content = content.decode(mapping.encoding).encode("utf-8")
        except (UnicodeDecodeError, LookupError) as problem:
            said = f"not {mapping.encoding} as declared ({problem})"[:200]
            return FeedRows(findings=(error("feed.encoding", where, said),))
    grids = open_grids(content, where)
    if not grids.grids:
        return FeedRows(findings=grids.findings or (error("feed.empty", where, "no table"),))
    grid = grids.grids[0]
    found = _heading(grid, mapping)
    if isinstance(found, str):
        return FeedRows(findings=(*grids.findings, error("feed.columns", where, found)))
    at, columns = found
    rows: list[FeedRow] = []
    empty = 0
    for index in range(at + 1, len(grid.rows)):
        raw = _raw(grid, index, columns)
        if not any(text for text in raw.values()):
            continue
        row = _row(raw, grid, index, columns, mapping)
        if not row.amounts and not row.findings:
            empty += 1
            continue
        rows.append(row)
    findings = list(grids.findings)
    if empty:
        findings.append(notice("feed.empty_rows", where, f"{empty} rows hold no figure: no facts"))
    return FeedRows(tuple(rows), tuple(findings))


def _heading(grid: Grid, mapping: FeedMapping) -> tuple[int, dict[int, str]] | str:
    wanted = set(mapping.columns)
    best: tuple[int, dict[int, str], list[str]] | None = None
    for index, row in enumerate(grid.rows[:_SEARCHED]):
        columns: dict[int, str] = {}
        unknown: list[str] = []
        for place, cell in enumerate(row):
            key = column_key(cell.text)
            if key in wanted and mapping.columns[key] not in columns.values():
                columns[place] = mapping.columns[key]
            elif key and key not in mapping.ignored:
                unknown.append(cell.text)
        if best is None or len(columns) > len(best[1]):
            best = (index, columns, unknown)
    allowed = ", ".join(sorted(wanted | mapping.ignored))
    if best is None or not best[1]:
        return f"no heading row; columns of {mapping.id}: {allowed}"
    missing = sorted(set(mapping.columns.values()) - set(best[1].values()))
    if best[2]:
        return f"unknown columns {', '.join(best[2])}; allowed: {allowed}"
    if missing:
        return f"columns for {', '.join(missing)} are missing; declared: {allowed}"
    return best[0], best[1]


def _raw(grid: Grid, index: int, columns: Mapping[int, str]) -> dict[str, str]:
    row = grid.rows[index]
    return {name: row[at].text if at < len(row) else "" for at, name in columns.items()}


def _row(
    raw: dict[str, str], grid: Grid, index: int, columns: Mapping[int, str], mapping: FeedMapping
) -> FeedRow:
    row = FeedRow(raw, grid.place(index, 0))
    cells = grid.rows[index]
    if any(at < len(cells) and cells[at].formula for at in columns):
        row.findings.append(error("feed.formula", row.locator, "a formula is no figure"))
    for at, name in columns.items():
        text = normalise(raw[name]).text.strip()
        if text in _EMPTY:
            continue
        if name in FIGURES:
            amount = plain_amount(text)
            if amount is None:
                row.findings.append(
                    error("feed.not_a_number", grid.place(index, at), f"{raw[name]!r}")
                )
            else:
                row.amounts[name] = amount
        elif name in {"date", "trading_day"}:
            _day(row, raw[name], grid.place(index, at), mapping)
        elif name == "at":
            row.at = parse_clock(raw[name], mapping.zone)
            if row.at is None:
                row.findings.append(error("feed.not_a_time", row.locator, f"{raw[name]!r}"))
        else:
            row.words[name] = mapping.values.get(name, {}).get(text, raw[name].strip())
            _known_word(row, name, text, mapping)
    return row


def _day(row: FeedRow, text: str, where: str, mapping: FeedMapping) -> None:
    order = {"day_first": True, "month_first": False}.get(mapping.date_format)
    row.day = parse_day(normalise(text).text, day_first=order)
    if row.day is None:
        row.findings.append(error("feed.not_a_date", where, f"{text!r} ({mapping.date_format})"))


def _known_word(row: FeedRow, name: str, text: str, mapping: FeedMapping) -> None:
    table = mapping.values.get(name)
    if table is not None and text not in table:
        known = ", ".join(sorted(table))
        row.findings.append(
            error("feed.unknown_word", row.locator, f"{name} {text!r}; known: {known}")
        )
