"""Which observation of an input counts: by its lag rule, its calendar, its age.

An input older than the document allows is missing, not approximated; one that the
source itself carried is present and flagged. Values dated after the rule allows (an
exchange rate of tomorrow) are never looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from assay.core import Calendar, Finding, Severity
from assay.methodology.determination import term
from assay.methodology.document.model import InputSpec, Methodology
from assay.methodology.inputs import Inputs, Observation

GOOD = ("determined", "published")


@dataclass(slots=True)
class Chosen:
    """The observation an input takes, with its age and what was remarkable about it."""

    spec: InputSpec
    seen: Observation | None
    age: int = 0
    findings: list[Finding] = field(default_factory=list)
    parts: tuple[Observation, ...] = ()


def choose(methodology: Methodology, spec: InputSpec, day: date, inputs: Inputs) -> Chosen:
    """The observation of `spec` for pricing day `day`; `seen` is None when it is missing."""
    if spec.lag == "table":
        return _from_table(methodology, spec, day)
    if spec.lag == "constant":
        assert spec.value is not None
        fixed = Fraction(spec.value)
        source = f"clause {spec.clause}"
        return Chosen(spec, Observation(methodology.effective, fixed, fixed, fixed, source=source))
    known = [each for each in inputs.series.get(spec.series, ()) if each.status in GOOD]
    if spec.lag in ("mean_of_week", "mean_of_month", "previous_published"):
        known += [each for each in inputs.history.get(spec.series, ()) if each.status in GOOD]
    known = _latest_revisions(known)
    where = f"{spec.series} for {day} (input {spec.name}, clause {spec.clause})"
    if spec.lag == "same_day":
        found = Chosen(spec, _last([each for each in known if each.date in (day, None)]))
    elif spec.lag == "in_force":
        found = Chosen(spec, _last([e for e in known if e.date is None or e.date <= day]))
    elif spec.lag in ("mean_of_week", "mean_of_month"):
        found = _mean(spec, known, day)
    elif spec.lag == "previous_published":
        found = Chosen(spec, _last([e for e in known if e.date is not None and e.date < day]))
    else:
        found = _aged(methodology, spec, known, day, where)
    if found.seen is not None and found.seen.carried:
        found.findings.append(
            Finding(
                "input.carried_at_source",
                Severity.INFO,
                where,
                "the source itself carried this value over a day without trades: say so",
            )
        )
    return found


def _last(known: Sequence[Observation]) -> Observation | None:
    if not known:
        return None
    return max(known, key=lambda each: (each.date or date.max, each.revision))


def _latest_revisions(known: Sequence[Observation]) -> list[Observation]:
    best: dict[tuple[date | None, str], Observation] = {}
    for each in known:
        key = (each.date, each.period)
        if key not in best or each.revision >= best[key].revision:
            best[key] = each
    return list(best.values())


def _from_table(methodology: Methodology, spec: InputSpec, day: date) -> Chosen:
    table, _, column = spec.table.partition(".")
    row = methodology.tables[table].on(day, column)
    if row is None:
        return Chosen(spec, None)
    since, number, source = row
    return Chosen(spec, Observation(since, number, number, number, source=source))


def _mean(spec: InputSpec, known: Sequence[Observation], day: date) -> Chosen:
    if spec.lag == "mean_of_week":
        first = day - timedelta(days=day.weekday())
    else:
        first = day.replace(day=1)
    inside = sorted(
        (each for each in known if each.date is not None and first <= each.date <= day),
        key=lambda each: each.date or first,
    )
    if not inside:
        return Chosen(spec, None)
    legs = [
        sum((each.leg(leg) for each in inside), Fraction(0)) / len(inside)
        for leg in ("low", "mid", "high")
    ]
    mean = Observation(
        day, legs[0], legs[1], legs[2], source=f"mean of {len(inside)} days since {first}"
    )
    return Chosen(spec, mean, parts=tuple(inside))


def _aged(
    methodology: Methodology,
    spec: InputSpec,
    known: Sequence[Observation],
    day: date,
    where: str,
) -> Chosen:
    calendar = methodology.calendars[spec.calendar or ""]
    wanted = calendar.previous_open(day)
    undated = _last([each for each in known if each.date is None])
    dated = [each for each in known if each.date is not None and each.date < day]
    strange = [
        each for each in dated if spec.lag == "previous_open_day" and _closed(calendar, each)
    ]
    last = _last([each for each in dated if each not in strange])
    findings = [
        Finding(
            "input.off_calendar",
            Severity.WARNING,
            where,
            f"the value dated {each.date} is ignored: {calendar.id} was closed that day",
        )
        for each in strange
        if each.date is not None and (last is None or last.date is None or each.date > last.date)
    ]
    if last is None and undated is not None:
        findings.append(
            Finding(
                "input.undated",
                Severity.WARNING,
                where,
                f"no date was given: taken as the value of {wanted}",
            )
        )
        return Chosen(spec, replace(undated, date=wanted), 0, findings)
    if last is None or last.date is None or last.date < calendar.announced_from:
        return Chosen(spec, None, 0, findings)
    age = calendar.age(last.date, wanted) if last.date < wanted else 0
    if age == 0:
        return Chosen(spec, last, 0, findings)
    stale = Finding(
        spec.stale_code,
        Severity.WARNING if age <= spec.max_age else Severity.ERROR,
        where,
        f"expected {wanted}, last known is {last.date}: age {age} of at most {spec.max_age} "
        f"open days of {calendar.id}",
    )
    return Chosen(spec, last if age <= spec.max_age else None, age, [*findings, stale])


def _closed(calendar: Calendar, each: Observation) -> bool:
    day = each.date
    return (
        day is not None
        and calendar.announced_from <= day <= calendar.announced_until
        and not calendar.is_open(day)
    )


def paired(
    chosen: dict[str, Chosen], pair: tuple[str, str], day: date, inputs: Inputs
) -> list[Finding]:
    """Bring both of a pair to one period: the newest that both have; note a carried pair."""
    left, right = (chosen[name] for name in pair)
    if left.seen is None or right.seen is None or left.seen.period == right.seen.period:
        return []
    periods = []
    for one in (left, right):
        known = _latest_revisions(inputs.series.get(one.spec.series, ()))
        periods.append(
            {e.period: e for e in known if e.period and (e.date is None or e.date <= day)}
        )
    common = sorted(set(periods[0]) & set(periods[1]))
    where = f"{left.spec.series} and {right.spec.series} for {day}"
    if not common:
        left.seen = right.seen = None
        return [Finding("input.pair_differs", Severity.ERROR, where, "no period that both have")]
    left.seen, right.seen = periods[0][common[-1]], periods[1][common[-1]]
    return [
        Finding(
            "input.pair_carried",
            Severity.WARNING,
            where,
            f"both are taken of {common[-1]}, the last period that both have",
        )
    ]


def numbers_of(chosen: Sequence[Chosen]) -> dict[str, Fraction]:
    """The numbers of inputs that are all there, each by its declared leg (middle for `same`)."""
    return {
        each.spec.name: each.seen.leg("mid" if each.spec.leg == "same" else each.spec.leg)
        for each in chosen
        if each.seen is not None
    }


def input_term(each: Chosen, leg: str, day: date) -> dict[str, Any]:
    """An input as a term of the trace: value, unit, source, date, age, revision, clause."""
    spec, seen = each.spec, each.seen
    assert seen is not None
    more: dict[str, Any] = {"series": spec.series or spec.table, "lag": spec.lag, "age": each.age}
    if seen.carried:
        more["carried_at_source"] = True
    if seen.period:
        more["period"] = seen.period
    if spec.licence:
        more["licence"] = spec.licence
    inner = [
        term(
            one.date.isoformat() if one.date else "-", one.leg(leg), spec.unit.code,
            source=one.source or spec.series, day=one.date, clause=spec.clause,
            revision=one.revision,
        )
        for one in each.parts
    ]  # fmt: skip
    return term(
        spec.name,
        seen.leg(leg if spec.leg == "same" else spec.leg),
        spec.unit.code,
        source=seen.source or spec.series or spec.table,
        day=seen.date or (day if spec.lag == "same_day" else None),
        clause=spec.clause,
        revision=seen.revision,
        terms=inner,
        **more,
    )
