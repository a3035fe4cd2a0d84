"""Cleaning: raw rows put in order before anybody judges them. Names, dates, gaps, copies.

Cleaning sees every series of the document on the day and on the day before, because a
row of all zeros or a holiday filled forward shows only across them. Nothing is merged
by resemblance: a name means another firm until a dated table says otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from assay.methodology.catalogue.registry import count, entry, rows, word
from assay.methodology.catalogue.shapes import Outcome
from assay.methodology.inputs import Submission

Quote = tuple[Fraction | None, Fraction | None]


@dataclass(slots=True)
class Sheet:
    """The rows of one day under cleaning, those of the day before, and what was done."""

    date: date
    rows: list[Submission]
    previous: list[Submission]
    dropped: dict[str, Outcome] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    filled: str = ""
    closed: str = ""

    def drop(self, gone: Mapping[str, Outcome]) -> None:
        """Take these rows out, remembering why."""
        self.dropped.update(gone)
        self.rows = [each for each in self.rows if each.id not in gone]


@entry("cleaning", "redate", rows("table", {"given": date, "true": date, "source": str}))
def redate(sheet: Sheet, *, table: Sequence[Mapping[str, Any]]) -> None:
    """Sheets with a wrong date get the true one, by a dated table (``given``, ``true``, ``source``)."""
    true = {row["given"]: row["true"] for row in table}
    rows = [*sheet.rows, *sheet.previous]
    moved = [replace(r, pricing_date=true.get(r.pricing_date, r.pricing_date)) for r in rows]
    sheet.rows = [each for each in moved if each.pricing_date == sheet.date]
    earlier = [each.pricing_date for each in moved if each.pricing_date < sheet.date]
    sheet.previous = [each for each in moved if earlier and each.pricing_date == max(earlier)]


@entry(
    "cleaning",
    "aliases",
    rows(
        "table",
        {"name": str, "contributor": str, "from": date, "until": date, "source": str},
        optional=("from", "until", "source"),
    ),
)
def aliases(sheet: Sheet, *, table: Sequence[Mapping[str, Any]]) -> None:
    """Names of one firm, by a dated table (``name``, ``contributor``, ``from``, ``until``)."""
    sheet.rows = [_renamed(each, table) for each in sheet.rows]
    sheet.previous = [_renamed(each, table) for each in sheet.previous]


def _renamed(row: Submission, table: Sequence[Mapping[str, Any]]) -> Submission:
    for line in table:
        if line["name"] == row.contributor and line.get(
            "from", date.min
        ) <= row.pricing_date <= line.get("until", date.max):
            return replace(row, contributor=line["contributor"])
    return row


@entry("cleaning", "zero_rows_missing")
def zero_rows_missing(sheet: Sheet) -> None:
    """A firm's line of nothing but zeros (or zeros and blanks) means it did not quote; a single zero is a price."""
    sheet.drop(
        {
            each.id: Outcome("missing", "cleaning.zero_row", {"contributor": each.contributor})
            for each in _zero_rows(sheet.rows)
        }
    )
    gone = {each.id for each in _zero_rows(sheet.previous)}
    sheet.previous = [each for each in sheet.previous if each.id not in gone]


def _zero_rows(listed: Sequence[Submission]) -> list[Submission]:
    if not any(each.low == 0 and each.high == 0 for each in listed):
        return []
    lines: dict[tuple[str, int], list[Submission]] = defaultdict(list)
    for each, line in _lines(listed):
        lines[each.contributor, line].append(each)
    return [
        each
        for line in lines.values()
        if any(one.low == 0 for one in line) and all(_nothing(one) for one in line)
        for each in line
    ]


def _nothing(row: Submission) -> bool:
    """Zero, or no price at all (a blank cell)."""
    blank = row.low is None and row.premium_low is None
    return blank or (row.low == 0 and row.high == 0)


def _lines(listed: Sequence[Submission]) -> list[tuple[Submission, int]]:
    """Each row with the number of its line: the firm's first listing is 0, a second one 1."""
    seen: dict[tuple[str, str, str, str | None], int] = defaultdict(int)
    numbered = []
    for each in listed:
        key = _key(each)
        numbered.append((each, seen[key]))
        seen[key] += 1
    return numbered


def _key(each: Submission) -> tuple[str, str, str, str | None]:
    return each.contributor, each.series, each.kind, each.side


@entry("cleaning", "repeated_rows_once")
def repeated_rows_once(sheet: Sheet) -> None:
    """The same firm with the same quote listed again on a day counts once."""
    seen: set[tuple[Any, ...]] = set()
    gone: dict[str, Outcome] = {}
    for each in sheet.rows:
        key = (each.series, each.contributor, each.kind, each.side, each.low, each.high)
        if key in seen and each.kind != "transaction":
            gone[each.id] = Outcome("duplicate", "cleaning.repeated_row", {"of": each.contributor})
        seen.add(key)
    if gone:
        sheet.drop(gone)


@entry("cleaning", "two_sheets_one_date", count("contributors", default=3))
def two_sheets_one_date(sheet: Sheet, *, contributors: int) -> None:
    """Two sheets under one date (most firms listed twice): the one nearer to yesterday stays, unless it is yesterday's own."""
    numbered = _lines(sheet.rows)
    firms = {each.contributor for each in sheet.rows}
    twice = {each.contributor for each, line in numbered if line == 1}
    if len(twice) < contributors or 2 * len(twice) <= len(firms):
        return
    before = {(each.series, each.contributor): each.low for each in sheet.previous}
    away: dict[int, Fraction] = defaultdict(Fraction)
    for each, line in numbered:
        known = before.get((each.series, each.contributor))
        if known is not None and each.low is not None and each.contributor in twice:
            away[line] += abs(each.low - known)
    both = {_key(each) for each, line in numbered if line == 1}
    stays = min((0, 1), key=lambda line: (away[line], line))
    # yesterday's own sheet again is none of today, however near
    kept = [each for each, line in numbered if line == stays or _key(each) not in both]
    if away[stays] != away[1 - stays] and _quotes(kept) == _quotes(sheet.previous):
        stays = 1 - stays
    sheet.notes.append(("cleaning.two_sheets", f"sheet {stays + 1} of 2 stays"))
    sheet.drop(
        {
            each.id: Outcome("missing", "cleaning.misdated_sheet", {"sheet": line + 1})
            for each, line in numbered
            if _key(each) in both and line != stays
        }
    )


@entry(
    "cleaning",
    "filled_forward",
    word("then", "not_assessed", "carried"),
    count("contributors", default=3),
)
def filled_forward(sheet: Sheet, *, then: str, contributors: int) -> None:
    """A day on which every quote of every firm repeats the day before is a holiday filled forward."""
    today, before = _quotes(sheet.rows), _quotes(sheet.previous)
    if len({name for _, name in today}) >= contributors and today == before:
        sheet.filled = then
        sheet.notes.append(
            ("cleaning.filled_forward", f"all {len(today)} quotes repeat the day before")
        )


def _quotes(listed: Sequence[Submission]) -> dict[tuple[str, str], Quote]:
    return {(each.series, each.contributor): (each.low, each.high) for each in listed}


@entry("cleaning", "weekdays_only")
def weekdays_only(sheet: Sheet) -> None:
    """A sheet dated on a Saturday or Sunday is no pricing day."""
    if sheet.rows and sheet.date.isoweekday() > 5:  # noqa: PLR2004 ISO weekday of a Friday
        sheet.closed = "holiday"
        sheet.notes.append(("cleaning.weekend_sheet", f"{sheet.date} is no weekday"))
