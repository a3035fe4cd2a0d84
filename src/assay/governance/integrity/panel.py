"""What surveillance looks at: who sent what for which day, as whole numbers of one scale.

A panel is filled from the journal or from a table of quotes. Positions are integers
(price times `scale`), so that every comparison is exact. Knows no threshold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from typing import Any

from assay.core import Rounding, decimal_text, digest, exact_text, round_to_step

#: Prices have at most five decimals here; the middle of two is still whole.
SCALE = 200_000
_FINE = 10**6
#: Days further apart than this do not follow each other: no holiday is as long.
HOLE = timedelta(days=31)
BP = 10_000
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Datum:
    """One datum as surveillance needs it beyond its price; numbers as they were written."""

    submission: str
    series: str
    day: date
    firm: str
    kind: str
    position: int
    read: int | None = None
    late: bool = False
    counterparty: str | None = None
    relation: str | None = None
    supported: bool | None = None
    handled_by: str | None = None
    excluded_by: str | None = None
    passed: bool = True
    link: str = ""

    @property
    def usable(self) -> bool:
        """Whether it may have made the price: in time, passed, not left out by judgement."""
        return self.passed and not self.late and self.excluded_by is None


@dataclass
class Panel:
    """Positions by series, day and firm, with what was published and the futures.

    `level` stands in for the price in basis points where a price may be near zero (rates).
    """

    positions: dict[str, dict[date, dict[str, int]]] = field(default_factory=dict)
    finals: dict[str, dict[date, int]] = field(default_factory=dict)
    futures: dict[date, int] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    data: list[Datum] = field(default_factory=list)
    links: dict[tuple[str, date, str], str] = field(default_factory=dict)
    level: int | None = None
    unused: set[tuple[str, date, str]] = field(default_factory=set)
    singles: dict[tuple[str, date, str], list[Datum]] = field(default_factory=dict)

    def bp(self, change: int, centre: int) -> Fraction:
        """`change` in basis points of the price, or of the level that stands in for it."""
        return basis_points(change, centre if self.level is None else self.level)

    def put(self, series: str, day: date, firm: str, position: int) -> None:
        """Place one firm's quote of a day."""
        self.positions.setdefault(series, {}).setdefault(day, {})[firm] = position

    def add(self, data: Iterable[Datum]) -> None:
        """Place data; several of one firm, series and day stand at the mean of what is usable."""
        found: dict[tuple[str, date, str], list[Datum]] = defaultdict(list)
        for each in data:
            self.data.append(each)
            if each.kind:
                found[each.series, each.day, each.firm].append(each)
        for place, several in found.items():
            usable = [each for each in several if each.usable]
            if not usable:
                self.unused.add(place)
            chosen = usable or several
            self.put(*place, sum(each.position for each in chosen) // len(chosen))
            self.links[place] = chosen[0].link
            self.singles[place] = several

    def sent(self, series: str, day: date, firm: str) -> list[tuple[int, str]]:
        """Each price that a firm sent, usable or not, with the place of its evidence."""
        several = self.singles.get((series, day, firm))
        if several is None:
            return [(self.positions[series][day][firm], self.link(series, day, firm))]
        return [(each.position, each.link) for each in several]

    def used(self, series: str, day: date) -> dict[str, int]:
        """The positions of a day that may have made its price."""
        firms = self.positions[series][day]
        if not self.unused:
            return firms
        return {firm: at for firm, at in firms.items() if (series, day, firm) not in self.unused}

    def link(self, series: str, day: date, firm: str) -> str:
        """Where the evidence of a quote is."""
        return self.links.get((series, day, firm), f"quote:{series}/{day}/{firm}")


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing seen: by which detector, about whom, how strongly (1 = the threshold)."""

    detector: str
    about: str
    subjects: tuple[str, ...]
    series: str
    first: date
    last: date
    strength: Fraction
    sentence: str
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """What is ranked: the strongest hit of its subject and month, and how many there were."""

    hit: Hit
    series: tuple[str, ...]
    first: date
    last: date
    count: int

    @property
    def name(self) -> str:
        """The same finding has the same name whenever it is looked for."""
        month = self.hit.first.isoformat()[:7]
        made_of = {
            "detector": self.hit.detector,
            "subjects": list(self.hit.subjects),
            "month": month,
        }
        return "FL-" + digest(made_of).removeprefix("sha256:")[:12]

    @property
    def sentence(self) -> str:
        """One sentence for people."""
        if self.count == 1:
            return self.hit.sentence
        over = f" over {len(self.series)} series" if len(self.series) > 1 else ""
        return (
            f"{self.hit.sentence.rstrip('.')}; with {self.count - 1} more like it in "
            f"{self.hit.first.isoformat()[:7]}{over}."
        )

    def document(self) -> dict[str, Any]:
        """The flag as plain values: the body of a ``flag.raised/1`` but for the thresholds."""
        return {
            "flag": self.name, "detector": self.hit.detector, "about": self.hit.about,
            "subjects": list(self.hit.subjects), "series": list(self.series),
            "first": self.first.isoformat(), "last": self.last.isoformat(),
            "strength": shown(self.hit.strength, "0.01"), "sentence": self.sentence,
            "links": list(self.hit.links),
        }  # fmt: skip


def ranked(hits: Iterable[Hit]) -> list[Flag]:
    """Flags, strongest first: hits of one detector, subject and month are one flag."""
    groups: dict[tuple[Any, ...], list[Hit]] = defaultdict(list)
    for hit in hits:
        groups[hit.detector, hit.subjects, hit.first.year, hit.first.month].append(hit)
    flags = []
    for several in groups.values():
        best = max(several, key=lambda hit: (hit.strength, hit.first, hit.series))
        flags.append(Flag(
            best, tuple(sorted({hit.series for hit in several})), min(hit.first for hit in several),
            max(hit.last for hit in several), len(several),
        ))  # fmt: skip
    return sorted(flags, key=lambda flag: (-flag.hit.strength, flag.hit.detector, flag.hit.subjects, flag.first))  # fmt: skip


# ---- small exact arithmetic --------------------------------------------------------------


def median(numbers: Sequence[int]) -> int:
    """The middle of whole numbers; between two, the lower neighbour of their mean."""
    held = sorted(numbers)
    half = len(held) // 2
    return held[half] if len(held) % 2 else (held[half - 1] + held[half]) // 2


def root(number: Fraction) -> Fraction:
    """The square root of a number of at least 0, to three decimals, rounded down."""
    return Fraction(isqrt(number.numerator * _FINE // number.denominator), isqrt(_FINE))


def basis_points(change: int, base: int) -> Fraction:
    """`change` in basis points of `base` (0 where there is no base)."""
    return Fraction(change * BP, abs(base)) if base else Fraction(0)


def sign(number: int) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


def shown(number: Fraction, step: str = "0.1") -> str:
    """A figure of a sentence, rounded half up."""
    return decimal_text(round_to_step(number, Decimal(step), Rounding.HALF_UP))


def price(position: int | Fraction) -> str:
    """A position as the price that it stands for; five decimals where it does not end sooner."""
    exact = Fraction(position) / SCALE
    text = exact_text(exact)
    return text if "/" not in text and len(text.partition(".")[2]) < _DECIMALS else shown(exact, "0.00001")  # fmt: skip


def months(days: Iterable[date]) -> dict[tuple[int, int], list[date]]:
    """Days by year and month, in order."""
    found: dict[tuple[int, int], list[date]] = defaultdict(list)
    for day in sorted(days):
        found[day.year, day.month].append(day)
    return found


def changes(values: Mapping[date, int]) -> dict[date, int]:
    """The change from the day before that has a value, by day; none over a hole in the panel."""
    days = sorted(values)
    return {
        day: values[day] - values[before] for before, day in pairwise(days) if follows(before, day)
    }


def follows(before: date, day: date) -> bool:
    """Whether no hole lies between two days of a panel: years may be missing from a table."""
    return day - before <= HOLE
