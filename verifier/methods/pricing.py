"""Formula prices: which observation of each input counts, then the line, leg by leg.

No leg is made from another's rounded value. An input older than the document allows is
missing; what is missing ends in no price, never in a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from verifier import exact
from verifier.methods.assessed import Outcome
from verifier.methods.calendars import Calendar
from verifier.methods.data import UnknownMethod
from verifier.methods.formula import compute

#: Lags that never look at the pricing date itself.
BEFORE = ("last_before", "previous_open_day", "previous_published")
LEGS = ("low", "mid", "high")


@dataclass(frozen=True, slots=True)
class Seen:
    """A value of another series: of which day, which revision, for which period."""

    date: date
    low: Fraction
    mid: Fraction
    high: Fraction
    revision: int = 0
    period: str = ""
    carried: bool = False

    def leg(self, leg: str) -> Fraction:
        """One of its three values."""
        return {"low": self.low, "mid": self.mid, "high": self.high}[leg]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a formula may look at: observations by series, calendars and tables by id."""

    seen: Mapping[str, Sequence[Seen]]
    calendars: Mapping[str, Calendar]
    tables: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Missing(Exception):
    """An input that has no usable value."""

    series: str
    licence: bool = False


def price(
    document: Mapping[str, Any], day: date, around: Surroundings, unchecked: list[str]
) -> Outcome:
    """The exact legs of a formula series; `unchecked` collects what could not be checked."""
    chosen: dict[str, Seen | None] = {}
    for spec in document["input"]:
        chosen[spec["name"]] = choose(spec, day, around, unchecked)
    for left, right in document["formula"].get("pairs", []):
        _pair(document, chosen, left, right, day, around)
    for spec in document["input"]:
        if chosen[spec["name"]] is None:
            return Outcome("none", reason=f"missing_input:{spec.get('series') or spec['table']}")
    line = document["formula"]["line"]
    try:
        low, mid, high = (compute(line, _numbers(document, chosen, leg)) for leg in LEGS)
    except ZeroDivisionError:
        return Outcome("none", reason="insufficient_data")
    return Outcome("formula", min(low, high), mid, max(low, high))


def _numbers(
    document: Mapping[str, Any], chosen: Mapping[str, Seen | None], leg: str
) -> dict[str, Fraction]:
    numbers = {}
    for spec in document["input"]:
        seen = chosen[spec["name"]]
        if seen is not None:
            own = spec.get("leg", "same")
            numbers[spec["name"]] = seen.leg(leg if own == "same" else own)
    return numbers


def choose(
    spec: Mapping[str, Any], day: date, around: Surroundings, unchecked: list[str]
) -> Seen | None:
    """The observation that an input takes, or None when it is missing."""
    lag = spec["lag"]
    if lag == "table":
        return _of_table(spec, day, around)
    if lag == "constant":
        fixed = exact.number(spec["value"])
        return Seen(day, fixed, fixed, fixed)
    known = _newest(around.seen.get(spec["series"], ()))
    if lag == "same_day":
        return _last([each for each in known if each.date == day])
    if lag == "in_force":
        return _last([each for each in known if each.date <= day])
    if lag == "previous_published":
        return _last([each for each in known if each.date < day])
    if lag in ("mean_of_week", "mean_of_month"):
        return _mean(lag, known, day)
    if lag in ("previous_open_day", "last_before"):
        return _aged(spec, known, day, around, unchecked)
    raise UnknownMethod(f"lag {lag!r}")


def _newest(known: Sequence[Seen]) -> list[Seen]:
    """The last revision of each day and period."""
    best: dict[tuple[date, str], Seen] = {}
    for each in known:
        before = best.get((each.date, each.period))
        if before is None or each.revision >= before.revision:
            best[each.date, each.period] = each
    return list(best.values())


def _last(known: Sequence[Seen]) -> Seen | None:
    return max(known, key=lambda each: (each.date, each.revision), default=None)


def _mean(lag: str, known: Sequence[Seen], day: date) -> Seen | None:
    first = day - timedelta(days=day.weekday()) if lag == "mean_of_week" else day.replace(day=1)
    inside = [each for each in known if first <= each.date <= day]
    if not inside:
        return None
    low, mid, high = (
        sum((each.leg(leg) for each in inside), Fraction(0)) / len(inside) for leg in LEGS
    )
    return Seen(day, low, mid, high)


def _aged(
    spec: Mapping[str, Any],
    known: Sequence[Seen],
    day: date,
    around: Surroundings,
    unchecked: list[str],
) -> Seen | None:
    """The last value strictly before the day, not older than the document allows."""
    dated = [each for each in known if each.date < day]
    calendar = around.calendars.get(spec["calendar"])
    if calendar is None:
        unchecked.append(f"age of {spec['series']}: calendar {spec['calendar']} is not here")
        return _last(dated)
    if spec["lag"] == "previous_open_day":
        dated = [
            each
            for each in dated
            if not calendar.first <= each.date <= calendar.last or calendar.is_open(each.date)
        ]
    last = _last(dated)
    if last is None or last.date < calendar.first:
        return None
    wanted = calendar.before(day)
    age = calendar.age(last.date, wanted) if last.date < wanted else 0
    return last if age <= spec.get("max_age", 0) else None


def _of_table(spec: Mapping[str, Any], day: date, around: Surroundings) -> Seen | None:
    name, _, column = spec["table"].partition(".")
    if name not in around.tables:
        raise UnknownMethod(f"table {name!r}, which is not in the bundle")
    rows = [
        row
        for row in around.tables[name]["row"]
        if row["from"] <= day and row.get(column) is not None
    ]
    if not rows:
        return None
    row = max(rows, key=lambda each: each["from"])
    number = exact.number(row[column])
    return Seen(row["from"], number, number, number)


def _pair(
    document: Mapping[str, Any],
    chosen: dict[str, Seen | None],
    left: str,
    right: str,
    day: date,
    around: Surroundings,
) -> None:
    """Both of a pair are of one period: the newest that both have."""
    first, second = chosen[left], chosen[right]
    if first is None or second is None or first.period == second.period:
        return
    series = {spec["name"]: spec["series"] for spec in document["input"] if "series" in spec}
    periods = [
        {
            e.period: e
            for e in _newest(around.seen.get(series[name], ()))
            if e.period and e.date <= day
        }
        for name in (left, right)
    ]
    common = sorted(set(periods[0]) & set(periods[1]))
    for name, of in zip((left, right), periods, strict=True):
        chosen[name] = of[common[-1]] if common else None


def rounded(outcome: Outcome, card: Mapping[str, Any], rounding: str) -> Outcome:
    """Each leg rounded once, from its own exact value, to the step of the series."""
    if outcome.low is None or outcome.mid is None or outcome.high is None:
        return outcome
    step = exact.number(card["step"])
    low, mid, high = (
        exact.rounded(each, step, rounding) for each in (outcome.low, outcome.mid, outcome.high)
    )
    return replace(outcome, low=low, mid=mid, high=high)
