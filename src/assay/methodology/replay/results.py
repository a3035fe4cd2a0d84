"""Fixings as columns: one row a series and day, prices as whole steps of the series.

Holds them, fills the days on which a series was silent, carries where the document says
so, and sorts by series and date. Writing them is another module's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np

from assay.core import Finding, Refused, Severity, round_to_step
from assay.methodology.determination import Determination
from assay.methodology.document.model import BRANCHES, Methodology
from assay.methodology.inputs import Observation
from assay.methodology.replay.columns import Array, day_number, day_of

DETERMINED, INSUFFICIENT, OTHER = 1, 0, 2
_FIELDS = ("series", "day", "low", "mid", "high", "state", "branch", "received", "used")
BRANCH_CODES = {name: code for code, name in enumerate(BRANCHES)}
_NO_BRANCH = BRANCH_CODES["none"]


@dataclass(slots=True)
class Fixings:
    """Columns of equal length; `state` is 1 for a price, 0 for too little data, 2 for closed."""

    series: Array
    day: Array
    low: Array
    mid: Array
    high: Array
    state: Array
    branch: Array
    received: Array
    used: Array

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: Array | slice) -> Fixings:
        """These rows, in this order."""
        return Fixings(*(getattr(self, name)[rows] for name in _FIELDS))


def empty(size: int) -> Fixings:
    """Fixings without a price, to be filled in."""
    wide = ("low", "mid", "high")
    small = {"state": np.int8, "branch": np.int8, "series": np.int32, "day": np.int32}
    return Fixings(
        *(
            np.zeros(size, dtype=np.int64 if name in wide else small.get(name, np.int32))
            if name != "branch"
            else np.full(size, _NO_BRANCH, dtype=np.int8)
            for name in _FIELDS
        )
    )


def together(parts: Iterable[Fixings]) -> Fixings:
    """Several pieces as one; the pieces are used up, column by column, to save memory."""
    held = list(parts)
    if not held:
        return empty(0)
    nothing = np.zeros(0, dtype=np.int8)
    columns = []
    for name in _FIELDS:
        columns.append(np.concatenate([getattr(piece, name) for piece in held]))
        for piece in held:
            setattr(piece, name, nothing)
    return Fixings(*columns)


def put(fixings: Fixings, place: int, found: Determination, step: Fraction) -> None:
    """One determination of the day engine into the columns."""
    fixings.received[place], fixings.used[place] = found.n_received, found.n_used
    fixings.branch[place] = BRANCH_CODES[found.branch]
    if found.mid is None or found.low is None or found.high is None:
        closed = found.reason != "insufficient_data"
        fixings.state[place] = OTHER if closed else INSUFFICIENT
        fixings.low[place] = fixings.mid[place] = fixings.high[place] = 0
        return
    fixings.state[place] = DETERMINED
    try:
        fixings.low[place] = int(Fraction(found.low) / step)
        fixings.mid[place] = int(Fraction(found.mid) / step)
        fixings.high[place] = int(Fraction(found.high) / step)
    except OverflowError:
        raise Refused(
            Finding(
                "replay.too_large",
                Severity.ERROR,
                f"{found.series} {found.pricing_date}",
                "the price has more digits than a column of whole steps holds",
            )
        ) from None


@dataclass(slots=True)
class Completion:
    """What is known of the whole run when its fixings are put in order."""

    methodology: Methodology
    first: date
    last: date
    inputs: Mapping[str, tuple[Observation, ...]] = field(default_factory=dict)
    days: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int32))


def completed(fixings: Fixings, about: Completion) -> Fixings:
    """Silent days filled, carried prices set, sorted by series and date."""
    if about.methodology.assessment is not None:
        spoken = np.zeros(len(about.methodology.series), dtype=bool)
        spoken[fixings.series[fixings.received > 0]] = True
        if not spoken[fixings.series].all():
            fixings = fixings.take(np.flatnonzero(spoken[fixings.series]))
    silent = _silent(fixings, about)
    fixings = together([fixings, silent]) if len(silent) else fixings
    codes = about.methodology.series
    rank = np.empty(len(codes), dtype=np.uint16 if len(codes) < 1 << 16 else np.int64)
    rank[sorted(range(len(codes)), key=codes.__getitem__)] = np.arange(len(codes))
    order = np.argsort(fixings.day, kind="stable")
    order = order[np.argsort(rank[fixings.series[order]], kind="stable")]
    for name in _FIELDS:
        setattr(fixings, name, getattr(fixings, name)[order])
    assessment = about.methodology.assessment
    carried = [r for r in assessment.ladder if r.branch == "carried"] if assessment else []
    if carried:
        _carry(fixings, about, carried[0].carry_days)
    return fixings


def _silent(fixings: Fixings, about: Completion) -> Fixings:
    """Pricing days between the first and the last on which a series of the table said nothing."""
    methodology, size = about.methodology, len(about.methodology.series)
    days = _pricing_days(about)
    if not len(days) or not len(fixings):
        return empty(0)
    spoken = np.flatnonzero(np.bincount(fixings.series, minlength=size))
    there = np.zeros((len(days), size), dtype=bool)
    place = np.searchsorted(days, fixings.day)
    inside = (place < len(days)) & (days[np.minimum(place, len(days) - 1)] == fixings.day)
    there[place[inside], fixings.series[inside]] = True
    del methodology
    missing_day, missing = np.nonzero(~there[:, spoken])
    silent = empty(len(missing))
    silent.series[:] = spoken[missing]
    silent.day[:] = days[missing_day]
    return silent


def _pricing_days(about: Completion) -> Array:
    methodology = about.methodology
    calendar = methodology.calendars.get(methodology.calendar)
    if calendar is not None:
        first, last = max(about.first, calendar.announced_from), about.last
        last = min(last, calendar.announced_until)
        listed = [day_number(day) for day in calendar.open_days(first, last)]
        return np.array(listed, dtype=np.int32)
    if methodology.calendar == "every_day":
        return np.arange(day_number(about.first), day_number(about.last) + 1, dtype=np.int32)
    return about.days


def _carry(fixings: Fixings, about: Completion, most: int) -> None:
    """Where the ladder ends in a carried rung: the last price while it is young enough.

    A carried price is none of its day, so its age counts from the day it was made on.
    """
    good = (fixings.state == DETERMINED) & (fixings.branch != BRANCH_CODES["carried"])
    before = np.maximum.accumulate(np.where(good, np.arange(len(fixings)), -1))
    lacking = np.flatnonzero(fixings.state == INSUFFICIENT)
    last = before[lacking]
    known = (last >= 0) & (fixings.series[last] == fixings.series[lacking])
    outside = [
        about.methodology.series.index(c) for c in about.inputs if c in about.methodology.cards
    ]
    for row in lacking[np.isin(fixings.series[lacking], outside)]:
        _carry_one(fixings, int(row), int(before[row]), about, most)
    known &= ~np.isin(fixings.series[lacking], outside)
    rows, last = lacking[known], last[known]
    young = _ages(about.methodology, fixings.day[last], fixings.day[rows]) <= most
    rows, last = rows[young], last[young]
    for leg in ("low", "mid", "high"):
        getattr(fixings, leg)[rows] = getattr(fixings, leg)[last]
    fixings.state[rows] = DETERMINED
    fixings.branch[rows] = BRANCH_CODES["carried"]


def _ages(methodology: Methodology, older: Array, newer: Array) -> Array:
    """Open days of the document's calendar between two days, or days without one."""
    calendar = methodology.calendars.get(methodology.calendar)
    if calendar is None:
        return newer - older
    ages: dict[tuple[int, int], int] = {}
    for pair in set(zip(older.tolist(), newer.tolist(), strict=True)):
        ages[pair] = calendar.age(day_of(pair[0]), day_of(pair[1]))
    pairs = zip(older.tolist(), newer.tolist(), strict=True)
    return np.array([ages[pair] for pair in pairs], dtype=np.int64)


def _carry_one(fixings: Fixings, row: int, before: int, about: Completion, most: int) -> None:
    """The same where the table of inputs holds earlier prices of the series itself."""
    methodology = about.methodology
    code, day = methodology.series[fixings.series[row]], day_of(fixings.day[row])
    known = [
        each
        for each in about.inputs.get(code, ())
        if each.date is not None and each.date < day and each.status in ("determined", "published")
    ]
    card, rounding = methodology.card(code), methodology.rounding.rule
    step = Fraction(card.step)
    if before >= 0 and fixings.series[before] == fixings.series[row]:
        low, mid, high = (int(getattr(fixings, n)[before]) * step for n in ("low", "mid", "high"))
        known.insert(0, Observation(day_of(fixings.day[before]), low, mid, high))
    if not known:
        return
    last = max(known, key=lambda each: (each.date or day, each.revision))
    assert last.date is not None
    older, newer = (np.array([day_number(each)]) for each in (last.date, day))
    if _ages(methodology, older, newer)[0] > most:
        return
    for name, price in (("low", last.leg("low")), ("mid", last.mid), ("high", last.leg("high"))):
        rounded = round_to_step(price, card.step, rounding)
        getattr(fixings, name)[row] = int(Fraction(rounded) / step)
    fixings.state[row] = DETERMINED
    fixings.branch[row] = BRANCH_CODES["carried"]
