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
from decimal import Decimal
from difflib import SequenceMatcher
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any

from assay.methodology.catalogue.registry import count, decimal, entry, rows, word
from assay.methodology.catalogue.shapes import Outcome
from assay.methodology.inputs import Submission

Quote = tuple[Fraction | None, Fraction | None]
FRIDAY = 5
#: How many sheets before the day are looked at: a chain of holidays, a run of misdated sheets.
DAYS_BACK = 4
#: Names resemble each other from this percent of common letters on, or where one of at least
#: so many letters begins the other.
ALIKE, SHORTEST = 80, 4


@dataclass(slots=True)
class Sheet:
    """The rows of one day under cleaning, those of the days before, and what was done."""

    date: date
    rows: list[Submission]
    #: The sheets of the last days before it, the latest first.
    earlier: list[list[Submission]] = field(default_factory=list)
    dropped: dict[str, Outcome] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    filled: str = ""
    closed: str = ""
    #: Whether a weekend's sheet may be the day before.
    weekends: bool = True
    #: Rows of the day before that stand in for those a holiday's copy lacks.
    lent: frozenset[str] = frozenset()

    @property
    def previous(self) -> list[Submission]:
        """The rows of the day before."""
        return self.earlier[0] if self.earlier else []

    def put(self, listed: Sequence[Submission]) -> None:
        """The rows of the day, and those of the last days before it, of these."""
        by_day: dict[date, list[Submission]] = defaultdict(list)
        for each in listed:
            by_day[each.pricing_date].append(each)
        self.rows = by_day.get(self.date, [])
        days = [
            day
            for day in by_day
            if day < self.date and (self.weekends or day.isoweekday() <= FRIDAY)
        ]
        self.earlier = [by_day[day] for day in sorted(days, reverse=True)[:DAYS_BACK]]

    def drop(self, gone: Mapping[str, Outcome]) -> None:
        """Take these rows out, remembering why."""
        self.dropped.update(gone)
        self.rows = [each for each in self.rows if each.id not in gone]


@entry("cleaning", "redate", rows("table", {"given": date, "true": date, "source": str}))
def redate(sheet: Sheet, *, table: Sequence[Mapping[str, Any]]) -> None:
    """Sheets with a wrong date get the true one, by a dated table (``given``, ``true``, ``source``)."""
    true = {row["given"]: row["true"] for row in table}
    rows = [*sheet.rows, *(each for earlier in sheet.earlier for each in earlier)]
    sheet.put([replace(r, pricing_date=true.get(r.pricing_date, r.pricing_date)) for r in rows])


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
    sheet.earlier = [[_renamed(each, table) for each in earlier] for earlier in sheet.earlier]


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
    for place, earlier in enumerate(sheet.earlier):
        gone = {each.id for each in _zero_rows(earlier)}
        sheet.earlier[place] = [each for each in earlier if each.id not in gone]


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
    """Each row with the number of its line: the firm's first listing is 0, a second one 1.

    Where a table goes firm by firm, a line ends when one of its series comes again (a
    line may lack a series that the next one has); else a line is the n-th time a series
    names the firm.
    """
    again: dict[tuple[str, str, str, str | None], int] = defaultdict(int)
    begun: dict[str, tuple[int, set[tuple[str, str, str | None]]]] = {}
    numbered = []
    for each in listed:
        key = _key(each)
        line, seen = begun.get(each.contributor, (0, set()))
        if key[1:] in seen:
            line, seen = line + 1, set()
        seen.add(key[1:])
        begun[each.contributor] = line, seen
        numbered.append((each, line, again[key]))
        again[key] += 1
    most: dict[str, int] = defaultdict(int)
    for (name, *_), times in again.items():
        most[name] = max(most[name], times)
    by_firm = {name for name, (line, _) in begun.items() if line + 1 == most[name]}
    return [(each, line if each.contributor in by_firm else nth) for each, line, nth in numbered]


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
    before: list[Submission] = []
    for place, listed in reversed(list(enumerate(sheet.earlier))):
        doubled = _of_two_sheets(listed, before, contributors)
        gone = doubled[1] if doubled else {}
        before = sheet.earlier[place] = [each for each in listed if each.id not in gone]
    doubled = _of_two_sheets(sheet.rows, before, contributors)
    if doubled is not None:
        stays, gone = doubled
        sheet.notes.append(("cleaning.two_sheets", f"sheet {stays + 1} of 2 stays"))
        sheet.drop(gone)


def _of_two_sheets(
    listed: Sequence[Submission], before: Sequence[Submission], contributors: int
) -> tuple[int, dict[str, Outcome]] | None:
    """Which of two sheets stays, and the rows that are not of it; None where there is one sheet."""
    numbered = _lines(listed)
    twice = {each.contributor for each, line in numbered if line == 1}
    firms = {each.contributor for each in listed}
    if len(twice) < contributors or 2 * len(twice) <= len(firms):
        return None
    known = {(each.series, each.contributor): each.low for each in before}
    away: dict[int, Fraction] = defaultdict(Fraction)
    for each, line in numbered:
        near = known.get((each.series, each.contributor))
        if near is not None and each.low is not None and each.contributor in twice:
            away[line] += abs(each.low - near)
    own = _sheets_of(numbered, known)
    stays = min((0, 1), key=lambda line: (away[line], line))
    # yesterday's own sheet again is none of today, however near
    kept = [each for each in listed if own[each.id] in (stays, None)]
    if away[stays] != away[1 - stays] and _quotes(kept) == _quotes(before):
        stays = 1 - stays
    gone = [name for name, sheet in own.items() if sheet not in (stays, None)]
    return stays, {
        name: Outcome("missing", "cleaning.misdated_sheet", {"sheet": 2 - stays}) for name in gone
    }


def _sheets_of(
    numbered: Sequence[tuple[Submission, int]], known: Mapping[tuple[str, str], Any]
) -> dict[str, int | None]:
    """Of which sheet each row is: by its line, and where it is listed once by its place.

    Where the place tells nothing, a quote of a firm that was not there the day before is
    taken for one of the sheet that goes (-1).
    """
    both = {_key(each) for each, line in numbered if line == 1}
    places: dict[bool, list[int]] = {False: [], True: []}
    for place, (each, line) in enumerate(numbered):
        if _key(each) in both:
            places[line > 0].append(place)
    last, first = max(places[False]), min(places[True])
    own: dict[str, int | None] = {}
    for place, (each, line) in enumerate(numbered):
        if _key(each) in both:
            own[each.id] = line
        elif last < first and not last < place < first:
            own[each.id] = int(place > first)
        else:
            own[each.id] = None if not known or (each.series, each.contributor) in known else -1
    return own


@entry(
    "cleaning",
    "filled_forward",
    word("then", "not_assessed", "carried"),
    count("contributors", default=3),
    decimal("absent_percent", default=Decimal(0), most=100),
)
def filled_forward(sheet: Sheet, *, then: str, contributors: int, absent_percent: Decimal) -> None:
    """A day on which every quote repeats the day before is a holiday filled forward, though the copy may lack some percent of the firms."""

    def lost(rows: Sequence[Submission], before: Sequence[Submission]) -> set[str] | None:
        return _lost(rows, before, contributors, absent_percent)

    # what the day before is itself a copy of, back to a sheet that is none
    first = 0
    while first + 1 < len(sheet.earlier) and lost(*sheet.earlier[first : first + 2]) is not None:
        first += 1
    for before in (sheet.earlier[first : first + 1], sheet.earlier[:1]):
        absent = lost(sheet.rows, before[0]) if before else None
        if absent is not None:
            _fill(sheet, before[0], absent, then)
            return


def _lost(
    rows: Sequence[Submission], before: Sequence[Submission], contributors: int, percent: Decimal
) -> set[str] | None:
    """The firms that a copy of a sheet lacks; None where it is no copy."""
    today, then = _every_quote(rows), _every_quote(before)
    if len({name for _, name in today}) < contributors:
        return None
    # a copy can lose a quote, never gain one
    if not all(quotes <= then.get(key, set()) for key, quotes in today.items()):
        return None
    absent = {name for _, name in then.keys() - today.keys()}
    if 100 * len(absent) > percent * len({name for _, name in then}):
        return None
    if absent and len({series for series, _ in today}) == 1:  # too little to call it a copy
        return None
    return absent


def _fill(sheet: Sheet, before: Sequence[Submission], absent: set[str], then: str) -> None:
    today = _every_quote(sheet.rows)
    sheet.filled = then
    said = f"all {len(today)} quotes repeat the day before"
    if absent:
        said = f"{said}; missing there: {', '.join(sorted(absent))}"
    sheet.notes.append(("cleaning.filled_forward", said))
    if then == "carried":
        lacking = [each for each in before if (each.series, each.contributor) not in today]
        sheet.rows += [replace(each, pricing_date=sheet.date) for each in lacking]
        sheet.lent = frozenset(each.id for each in lacking)


def _every_quote(listed: Sequence[Submission]) -> dict[tuple[str, str], set[Quote]]:
    quotes: dict[tuple[str, str], set[Quote]] = defaultdict(set)
    for each in listed:
        quotes[each.series, each.contributor].add((each.low, each.high))
    return quotes


def _quotes(listed: Sequence[Submission]) -> dict[tuple[str, str], Quote]:
    return {(each.series, each.contributor): (each.low, each.high) for each in listed}


@entry("cleaning", "weekdays_only")
def weekdays_only(sheet: Sheet) -> None:
    """A sheet dated on a Saturday or Sunday is no pricing day."""
    if sheet.rows and sheet.date.isoweekday() > FRIDAY:
        sheet.closed = "holiday"
        sheet.notes.append(("cleaning.weekend_sheet", f"{sheet.date} is no weekday"))


@entry("cleaning", "resembling_names")
def resembling_names(sheet: Sheet) -> None:
    """Names that resemble each other are noted and stay two firms: only a dated table makes them one."""
    names = tuple(sorted({each.contributor for each in sheet.rows}))
    sheet.notes += [
        ("cleaning.resembling_names", f"{one} and {other} are taken as two firms")
        for one, other in resembling(names)
    ]


@lru_cache(maxsize=512)
def resembling(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The pairs of names that a reader could take for one firm."""
    return tuple((one, other) for one, other in combinations(names, 2) if resembles(one, other))


@lru_cache(maxsize=1 << 14)
def resembles(one: str, other: str) -> bool:
    """Whether two names differ by little: the same letters, one begins the other, few changes."""
    left, right = ("".join(c for c in name.casefold() if c.isalnum()) for name in (one, other))
    if left == right:
        return True
    if min(len(left), len(right)) >= SHORTEST and (
        left.startswith(right) or right.startswith(left)
    ):
        return True
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    common = 2 * sum(block.size for block in blocks)
    return 100 * common >= ALIKE * (len(left) + len(right))
