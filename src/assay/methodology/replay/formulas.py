"""Formula series replayed: the engine's own choice of inputs and its own arithmetic line.

The same functions as the day engine calls, without the trace that explains a single day.
Nothing here chooses an input or rounds by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from assay.core import CalendarNotAnnounced, Finding, Severity
from assay.core.dates import ONE_DAY
from assay.methodology.document.model import Methodology
from assay.methodology.engine.choosing import Chosen, choose, paired
from assay.methodology.engine.combining import LEGS
from assay.methodology.engine.ladder import rounded
from assay.methodology.inputs import Inputs, Observation
from assay.methodology.replay.columns import day_number
from assay.methodology.replay.observations import Window
from assay.methodology.replay.results import (
    BRANCH_CODES,
    DETERMINED,
    INSUFFICIENT,
    OTHER,
    Fixings,
    empty,
)
from assay.methodology.replay.rows import Findings

#: Observations of its own series that a formula may look back at.
_OWN = 64


def formula_days(
    methodology: Methodology,
    series: Mapping[str, tuple[Observation, ...]],
    first: date | None,
    last: date | None,
    findings: Findings,
) -> list[date]:
    """The pricing days a formula is asked for: those on which a same-day input speaks.

    Without a same-day input: every pricing day from the first to the last observation (with
    the calendar ``submissions``: every day that has one). Closed days are left out.
    """
    assert methodology.pricing is not None
    same = [i.series for i in methodology.pricing.inputs if i.lag == "same_day"]
    named = same or [i.series for i in methodology.pricing.inputs if i.series]
    days = {
        each.date
        for code in named
        for each in series.get(code, ())
        if each.date is not None
        and (first is None or each.date >= first)
        and (last is None or each.date <= last)
    }
    if days and not same and methodology.calendar != "submissions":
        days = {min(days) + n * ONE_DAY for n in range((max(days) - min(days)).days + 1)}
    return [day for day in sorted(days) if _is_open(methodology, day, findings)]


def _is_open(methodology: Methodology, day: date, findings: Findings) -> bool:
    try:
        return methodology.is_pricing_day(day)
    except CalendarNotAnnounced as problem:
        findings.add(Finding("row.calendar", Severity.ERROR, str(day), str(problem)))
        return False


def replay_formula(
    methodology: Methodology,
    series: Mapping[str, tuple[Observation, ...]],
    days: Iterable[date],
    findings: Findings,
) -> Iterator[Fixings]:
    """One piece of fixings a pricing day, in the order of the days."""
    assert methodology.pricing is not None
    named = {each.series for each in methodology.pricing.inputs}
    lags = {each.lag for each in methodology.pricing.inputs}
    window = Window(
        {code: seen for code, seen in series.items() if code in named},
        month=bool(lags & {"mean_of_week", "mean_of_month"}),
    )
    history: dict[str, list[Observation]] = {code: [] for code in methodology.series}
    for day in days:
        found = empty(len(methodology.series))
        found.day[:] = day_number(day)
        inputs = Inputs(
            series=window.until(day),
            history={code: tuple(seen[-_OWN:]) for code, seen in history.items()},
        )
        try:
            for place, code in enumerate(methodology.series):
                found.series[place] = place
                _one(methodology, code, day, inputs, found, place, history[code])
        except CalendarNotAnnounced as problem:
            findings.add(Finding("row.calendar", Severity.ERROR, str(day), str(problem)))
            continue
        yield found


def _one(
    methodology: Methodology,
    code: str,
    day: date,
    inputs: Inputs,
    found: Fixings,
    place: int,
    history: list[Observation],
) -> None:
    exact, state = _exact(methodology, day, inputs)
    found.state[place] = state
    if exact is None:
        return
    low, mid, high = rounded(methodology, code, exact)
    step = Fraction(methodology.card(code).step)
    found.branch[place] = BRANCH_CODES["formula"]
    found.low[place] = int(Fraction(low) / step)
    found.mid[place] = int(Fraction(mid) / step)
    found.high[place] = int(Fraction(high) / step)
    history.append(Observation(day, Fraction(low), Fraction(mid), Fraction(high)))


def _exact(
    methodology: Methodology, day: date, inputs: Inputs
) -> tuple[tuple[Fraction, Fraction, Fraction] | None, int]:
    pricing = methodology.pricing
    assert pricing is not None
    chosen: dict[str, Chosen] = {
        spec.name: choose(methodology, spec, day, inputs) for spec in pricing.inputs
    }
    for pair in pricing.pairs:
        paired(chosen, pair, day, inputs)
    legs: dict[str, dict[str, Fraction]] = {leg: {} for leg in LEGS}
    for spec in pricing.inputs:
        seen = chosen[spec.name].seen
        if seen is None:
            return None, OTHER
        for leg in LEGS:
            legs[leg][spec.name] = seen.leg(leg if spec.leg == "same" else spec.leg)
    try:
        low, mid, high = (pricing.formula.evaluate(legs[leg]) for leg in LEGS)
    except ZeroDivisionError:
        return None, INSUFFICIENT
    return (min(low, high), mid, max(low, high)), DETERMINED
