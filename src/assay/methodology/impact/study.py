"""The impact study: two documents over the same stored days, side by side.

Replays both, puts every series and day beside each other, picks the days that differ most
and asks both day engines why, and measures leave-one-out influence under both. It changes
no document and writes nothing; `report.py` writes the tables and pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np

from assay.core import refused, round_to_step
from assay.methodology.catalogue.cleaning import DAYS_BACK
from assay.methodology.document.model import BRANCHES, Methodology
from assay.methodology.impact.influence import Influence, InfluenceWitness
from assay.methodology.impact.reasons import reasons
from assay.methodology.inputs import Observation
from assay.methodology.replay import Fixings, Report, Source, replay_together
from assay.methodology.replay.columns import day_number, day_of
from assay.methodology.replay.days import explained
from assay.methodology.replay.prepare import is_weekend
from assay.methodology.replay.results import BRANCH_CODES, DETERMINED

#: Days of which the reason is asked, unless the caller wants more.
DAYS = 10
#: A price made of fewer data than this would let one firm's price be inferred.
LEAST_DATA = 3
Legs = tuple[Decimal | None, Decimal | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class Side:
    """One document's answer for a series and day."""

    low: Decimal | None
    mid: Decimal | None
    high: Decimal | None
    status: str
    branch: str
    n_received: int
    n_used: int


_ABSENT = Side(None, None, None, "absent", "none", 0, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """A series and day under both documents."""

    series: str
    day: date
    old: Side
    new: Side

    @property
    def change(self) -> Decimal | None:
        """New mid minus old mid, where both are there."""
        if self.old.mid is None or self.new.mid is None:
            return None
        return self.new.mid - self.old.mid

    @property
    def may_leave(self) -> bool:
        """Whether neither side betrays the price of a firm: enough data, or none of firms."""
        return all(
            side.mid is None or side.n_used >= LEAST_DATA or side.branch in ("formula", "carried")
            for side in (self.old, self.new)
        )

    @property
    def differs(self) -> bool:
        """Whether a published number or its absence would have been another."""
        mine, theirs = self.old, self.new
        return (mine.low, mine.mid, mine.high) != (theirs.low, theirs.mid, theirs.high)


@dataclass(frozen=True, slots=True)
class Told:
    """One of the days that differ most, with what the documents said differently."""

    row: Row
    #: With names, for the desk.
    reasons: tuple[str, ...]
    #: Without names, for a consultation.
    public: tuple[str, ...]


@dataclass(slots=True)
class Study:
    """Everything an impact study says."""

    old: Methodology
    new: Methodology
    rows: list[Row]
    days: list[Told] = field(default_factory=list)
    influence: list[Influence] = field(default_factory=list)
    reports: tuple[Report, ...] = ()

    @property
    def series(self) -> list[str]:
        """The series that occur, sorted."""
        return sorted({row.series for row in self.rows})

    def of(self, series: str) -> list[Row]:
        """The days of one series."""
        return [row for row in self.rows if row.series == series]


def study(
    old: Methodology, new: Methodology, source: Source, *, days: int = DAYS, influence: bool = True
) -> Study:
    """Compare two versions of a document (or two documents) over one table."""
    if not set(old.series) & set(new.series):
        raise refused(
            "compare.series",
            f"{old.id} and {new.id}",
            f"no series in common: {', '.join(old.series)} against {', '.join(new.series)}",
        )
    witnesses, fixings, reports = [], [], []
    for document in (old, new):
        witness = InfluenceWitness(source.first) if influence and document.assessment else None
        source.witness = witness
        [(found, report)] = replay_together([document], source)
        witnesses.append(witness)
        fixings.append(found)
        reports.append(report)
    source.witness = None
    sides = [_sides(*each) for each in zip((old, new), fixings, strict=True)]
    keys = sorted({*sides[0], *sides[1]})
    rows = [
        Row(code, day, sides[0].get((code, day), _ABSENT), sides[1].get((code, day), _ABSENT))
        for code, day in keys
    ]
    found_study = Study(old, new, rows, reports=tuple(reports))
    found_study.influence = [each for w in witnesses if w is not None for each in w.found()]
    found_study.days = _told(found_study, source, fixings, days)
    return found_study


def _sides(document: Methodology, fixings: Fixings) -> dict[tuple[str, date], Side]:
    found = {}
    for row in range(len(fixings)):
        code = document.series[int(fixings.series[row])]
        priced = fixings.state[row] == DETERMINED
        legs = _legs(document, code, fixings, row) if priced else (None, None, None)
        found[code, day_of(fixings.day[row])] = Side(
            *legs,
            status="determined" if priced else "not_assessed",
            branch=BRANCHES[fixings.branch[row]],
            n_received=int(fixings.received[row]),
            n_used=int(fixings.used[row]),
        )
    return found


def _legs(document: Methodology, code: str, fixings: Fixings, row: int) -> Legs:
    step = document.card(code).step
    low, mid, high = (
        round_to_step(
            int(getattr(fixings, leg)[row]) * Fraction(step), step, document.rounding.rule
        )
        for leg in ("low", "mid", "high")
    )
    return low, mid, high


# ---- the days that differ most -------------------------------------------------------------


def most_different(rows: Sequence[Row], days: int) -> list[Row]:
    """Days with a price on one side only come first, then the largest relative change of a leg."""

    def size(row: Row) -> tuple[int, Fraction]:
        pairs = zip(
            (row.old.low, row.old.mid, row.old.high),
            (row.new.low, row.new.mid, row.new.high),
            strict=True,
        )
        moves = [
            abs(Fraction(b) - Fraction(a)) for a, b in pairs if a is not None and b is not None
        ]
        one_sided = (row.old.mid is None) != (row.new.mid is None)
        return int(one_sided), max(moves, default=Fraction(0))

    differing = [row for row in rows if row.differs]
    ranked = sorted(differing, key=lambda row: (size(row), row.day.toordinal()), reverse=True)
    priced = [row for row in ranked if not size(row)[0]][:days]
    lonely = [row for row in ranked if size(row)[0]][: max(1, days // 2)]
    return [*lonely, *priced][:days] if lonely else priced


def _told(found: Study, source: Source, fixings: Sequence[Fixings], days: int) -> list[Told]:
    rows = most_different(found.rows, days)
    answers = []
    for document, side in zip((found.old, found.new), fixings, strict=True):
        wanted = [(row.series, row.day) for row in rows if row.series in document.cards]
        listed = np.unique(side.day)
        before = {}
        last: dict[tuple[str, date], Observation] = {}
        for code, day in wanted:
            earlier = listed[listed < day_number(day)]
            weekdays = earlier[~is_weekend(earlier)][-DAYS_BACK:]
            if len(weekdays):
                earlier = earlier[earlier >= weekdays[0]]
            before[day] = [day_of(each) for each in earlier]
            known = _last_price(document, side, code, day)
            if known is not None:
                last[code, day] = known
        answers.append(explained(document, source, wanted, before, last))
    told = []
    for row in rows:
        key = (row.series, row.day)
        if key in answers[0] and key in answers[1]:
            pair = answers[0][key], answers[1][key]
            said = [reasons(*pair, inside=inside) for inside in (True, False)]
        else:
            said = [["only one of the documents serves this series"]] * 2
        told.append(Told(row, tuple(said[0]), tuple(said[1])))
    return told


def _last_price(
    document: Methodology, fixings: Fixings, code: str, day: date
) -> Observation | None:
    own = fixings.series == document.series.index(code)
    good = own & (fixings.state == DETERMINED) & (fixings.day < day_number(day))
    good &= fixings.branch != BRANCH_CODES["carried"]
    rows = np.flatnonzero(good)
    if not len(rows):
        return None
    row = int(rows[np.argmax(fixings.day[rows])])
    low, mid, high = (
        Fraction(leg) for leg in _legs(document, code, fixings, row) if leg is not None
    )
    return Observation(day_of(fixings.day[row]), low, mid, high)
