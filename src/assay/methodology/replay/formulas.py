"""Formula series replayed: the day engine's choice of inputs, its line over whole numbers.

The same answers as the day engine, without the trace that explains a single day. An input
is looked up where its table is plain (dated, one value a date), else the day engine's own
function chooses it. The line is worked in pairs of whole numbers, rounded once at the end.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Protocol

from assay.core import CalendarNotAnnounced, Finding, Severity
from assay.core.dates import ONE_DAY
from assay.methodology.document.model import InputSpec, Methodology
from assay.methodology.engine.choosing import GOOD, Chosen, choose, paired
from assay.methodology.engine.combining import LEGS
from assay.methodology.formula import Literal, Name, Node
from assay.methodology.inputs import Inputs, Observation
from assay.methodology.replay.columns import day_number
from assay.methodology.replay.kernel import steps_of
from assay.methodology.replay.observations import Window
from assay.methodology.replay.plan import ROUNDINGS
from assay.methodology.replay.results import (
    BRANCH_CODES,
    DETERMINED,
    INSUFFICIENT,
    OTHER,
    Fixings,
    empty,
)
from assay.methodology.replay.rows import Findings


class Range(Protocol):
    """The days a run is about (None: no limit), and where its findings go."""

    first: date | None
    last: date | None
    findings: Findings


#: A number as numerator and denominator (above 0), not reduced.
Pair = tuple[int, int]
Work = Callable[[Mapping[str, Pair]], Pair]
#: Days of one piece.
_PIECE = 256
_PLAIN_LAGS = ("same_day", "in_force", "previous_published")
#: Observations of its own series that a formula may look back at.
_OWN = 64


def formula_days(
    methodology: Methodology,
    series: Mapping[str, tuple[Observation, ...]],
    refused_days: Mapping[str, Iterable[date]],
    source: Range,
) -> list[date]:
    """The pricing days a formula is asked for: those on which a same-day input speaks.

    A day of two different values is one of them, though none of both is used. Without a
    same-day input: every pricing day from the first to the last observation (with the
    calendar ``submissions``: every day that has one). Closed days are left out.
    """
    assert methodology.pricing is not None
    same = [i.series for i in methodology.pricing.inputs if i.lag == "same_day"]
    named = same or [i.series for i in methodology.pricing.inputs if i.series]
    first, last = source.first or date.min, source.last or date.max
    days = {each.date for code in named for each in series.get(code, ()) if each.date is not None}
    days |= {day for code in named for day in refused_days.get(code, ())}
    days = {day for day in days if first <= day <= last}
    if days and not same and methodology.calendar != "submissions":
        days = {min(days) + n * ONE_DAY for n in range((max(days) - min(days)).days + 1)}
    return [day for day in sorted(days) if _is_open(methodology, day, source.findings)]


def _is_open(methodology: Methodology, day: date, findings: Findings) -> bool:
    try:
        return methodology.is_pricing_day(day)
    except CalendarNotAnnounced as problem:
        findings.add(Finding("row.calendar", Severity.ERROR, str(day), str(problem)))
        return False


def replay_formula(
    methodology: Methodology,
    series: Mapping[str, tuple[Observation, ...]],
    days: Sequence[date],
    findings: Findings,
) -> Iterator[tuple[int, Fixings]]:
    """Pieces of fixings in the order of the days, each with how many days are done."""
    run = _Run(methodology, series)
    for start in range(0, len(days), _PIECE):
        piece = days[start : start + _PIECE]
        yield start + len(piece), run.piece(piece, findings)


class _Run:
    """One formula over its days; remembers prices where it looks back at its own."""

    def __init__(
        self, methodology: Methodology, series: Mapping[str, tuple[Observation, ...]]
    ) -> None:
        pricing = methodology.pricing
        assert pricing is not None
        self._methodology, self._pricing = methodology, pricing
        named = {each.series for each in pricing.inputs}
        lags = {each.lag for each in pricing.inputs}
        self._window = Window(
            {code: seen for code, seen in series.items() if code in named},
            month=bool(lags & {"mean_of_week", "mean_of_month"}),
        )
        self._history: dict[str, list[Observation]] = {
            code: [] for code in methodology.series if code in named
        }
        self._plain = {
            spec.name: found
            for spec in pricing.inputs
            if spec.series not in methodology.cards
            and not pricing.pairs
            and (found := _Plain.of(spec, series.get(spec.series, ()))) is not None
        }
        self._work = _compiled(pricing.formula.root)
        cards = {code: Fraction(methodology.card(code).step) for code in methodology.series}
        self._steps = [cards[code] for code in methodology.series]

    def piece(self, days: Sequence[date], findings: Findings) -> Fixings:
        """The fixings of some days; days that a calendar does not reach are left out and said."""
        size = len(self._methodology.series)
        found, at = empty(len(days) * size), 0
        for day in days:
            inputs = self._inputs(day)
            try:
                for place, code in enumerate(self._methodology.series):
                    self._one(code, place, day, inputs, found, at + place)
            except CalendarNotAnnounced as problem:
                findings.add(Finding("row.calendar", Severity.ERROR, str(day), str(problem)))
                continue
            found.day[at : at + size] = day_number(day)
            at += size
        return found.take(slice(0, at))

    def _inputs(self, day: date) -> Inputs:
        if len(self._plain) == len(self._pricing.inputs):
            return Inputs()
        return Inputs(
            series=self._window.until(day),
            history={code: tuple(seen[-_OWN:]) for code, seen in self._history.items()},
        )

    def _one(
        self, code: str, place: int, day: date, inputs: Inputs, found: Fixings, row: int
    ) -> None:
        legs, state = self._exact(day, inputs)
        found.series[row], found.state[row] = place, state
        if legs is None:
            found.low[row] = found.mid[row] = found.high[row] = 0
            found.branch[row] = BRANCH_CODES["none"]
            return
        step, rounding = self._steps[place], ROUNDINGS[self._methodology.rounding.rule]
        low, mid, high = (
            steps_of(2 * number, parts, step.numerator, step.denominator, rounding)
            for number, parts in legs
        )
        low, high = min(low, high), max(low, high)
        found.low[row], found.mid[row], found.high[row] = low, mid, high
        found.branch[row] = BRANCH_CODES["formula"]
        if code in self._history:
            self._history[code].append(Observation(day, low * step, mid * step, high * step))

    def _exact(self, day: date, inputs: Inputs) -> tuple[tuple[Pair, ...] | None, int]:
        seen = self._seen(day, inputs)
        if seen is None:
            return None, OTHER
        specs = self._pricing.inputs
        legs = []
        try:
            for leg in LEGS:
                taken = [
                    seen[spec.name].leg(leg if spec.leg == "same" else spec.leg) for spec in specs
                ]
                pairs = ((number.numerator, number.denominator) for number in taken)
                legs.append(self._work(dict(zip(seen, pairs, strict=True))))
        except ZeroDivisionError:
            return None, INSUFFICIENT
        return tuple(legs), DETERMINED

    def _seen(self, day: date, inputs: Inputs) -> dict[str, Observation] | None:
        """What each input says; None when one is missing."""
        specs, seen = self._pricing.inputs, {}
        if len(self._plain) == len(specs):
            for spec in specs:
                one = self._plain[spec.name].on(day)
                if one is None:
                    return None
                seen[spec.name] = one
            return seen
        chosen: dict[str, Chosen] = {
            spec.name: choose(self._methodology, spec, day, inputs) for spec in specs
        }
        for pair in self._pricing.pairs:
            paired(chosen, pair, day, inputs)
        for spec in specs:
            last = chosen[spec.name].seen
            if last is None:
                return None
            seen[spec.name] = last
        return seen


class _Plain:
    """An input whose observations are dated and one a date: looked up by halving."""

    def __init__(self, lag: str, known: Sequence[Observation], dates: Sequence[date]) -> None:
        self._lag, self._known, self._dates = lag, known, dates

    @staticmethod
    def of(spec: InputSpec, seen: Iterable[Observation]) -> _Plain | None:
        """The observations of an input, or None where the day engine has to choose."""
        known = [each for each in seen if each.status in GOOD]
        dates = [each.date for each in known if each.date is not None]
        if spec.lag not in _PLAIN_LAGS or len(dates) < len(known):
            return None
        if any(later <= sooner for sooner, later in pairwise(dates)):
            return None
        return _Plain(spec.lag, known, dates)

    def on(self, day: date) -> Observation | None:
        """The observation that counts on a day, as `choose` has it."""
        if self._lag == "previous_published":
            place = bisect_left(self._dates, day)
        else:
            place = bisect_right(self._dates, day)
        if not place or (self._lag == "same_day" and self._dates[place - 1] != day):
            return None
        return self._known[place - 1]


def _compiled(node: Node) -> Work:
    """The line as a function of pairs; `ZeroDivisionError` when it divides by zero."""
    if isinstance(node, Literal):
        fixed = (node.number.numerator, node.number.denominator)
        return lambda _: fixed
    if isinstance(node, Name):
        name = node.name
        return lambda numbers: numbers[name]
    left, right, join = _compiled(node.left), _compiled(node.right), _JOINS[node.sign]
    return lambda numbers: join(left(numbers), right(numbers))


def _plus(one: Pair, other: Pair) -> Pair:
    return one[0] * other[1] + other[0] * one[1], one[1] * other[1]


def _minus(one: Pair, other: Pair) -> Pair:
    return one[0] * other[1] - other[0] * one[1], one[1] * other[1]


def _times(one: Pair, other: Pair) -> Pair:
    return one[0] * other[0], one[1] * other[1]


def _by(one: Pair, other: Pair) -> Pair:
    if other[0] == 0:
        raise ZeroDivisionError
    sign = 1 if other[0] > 0 else -1
    return sign * one[0] * other[1], abs(other[0]) * one[1]


_JOINS = {"+": _plus, "-": _minus, "*": _times, "/": _by}
