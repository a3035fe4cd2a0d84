"""From points of the ledger to the facts of one report day, by the report's inputs.

Each kind of input has one small function. What is missing becomes the reason of its
section, never a guess; what is older than the section allows is stale. This module
never chooses a word and never prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from assay.commentary.facts import (
    Base,
    Fact,
    FactSet,
    SectionState,
    difference,
    interval,
    percent,
    single,
    worded,
)
from assay.commentary.pictures import picture_data
from assay.commentary.sources import PricePoint, SessionPoint, Source
from assay.commentary.specification import Report, SectionRule
from assay.core import (
    Calendar,
    CalendarNotAnnounced,
    Finding,
    Rounding,
    Severity,
    decimal_of,
    instant_text,
    round_to_step,
)

Input = Mapping[str, Any]
FRIDAY = 5
_ABSENT = "commentary.section_absent"


class _Day:
    """One report day while its facts are gathered."""

    def __init__(
        self, source: Source, report: Report, day: date, published: datetime,
        exchange: Calendar | None,
    ) -> None:  # fmt: skip
        self.source, self.report, self.day, self.exchange = source, report, day, exchange
        self.facts = FactSet(report.id, day, published)
        self.previous = source.previous_day(day) or day
        self.reasons: dict[str, str] = {}
        self.variants: dict[str, str] = {}


def gather(
    source: Source,
    report: Report,
    day: date,
    published: datetime,
    exchange: Calendar | None = None,
) -> tuple[FactSet, list[Finding]]:
    """The facts of `report` for `day`, and findings on what is not there.

    With the exchange's calendar a missing night session is told from one that was not held.
    """
    state = _Day(source, report, day, published, exchange)
    for given in report.inputs:
        _KINDS[given["kind"]](state, given)
    findings = _sections(state)
    state.facts.pictures = picture_data(source, report, state.facts, state.previous)
    return state.facts, findings


def _price_facts(state: _Day, given: Input) -> None:
    """``key.price``, and with a day before: ``key.base``, ``key.change``, ``key.pct``."""
    point, before = _pair(state, given)
    if point is None or point.mid is None:
        return
    key = given["key"]
    price = _single(f"{key}.price", "price", point.mid, point, given)
    state.facts.add(price)
    if before is None or before.mid is None:
        return
    base = _single(f"{key}.base", "price", before.mid, before, given)
    compared = Base("prev_trading_day", base.key, before.day)
    change = difference(f"{key}.change", price, base, base=compared)
    state.facts.add(base, change)
    if base.number:
        state.facts.add(percent(f"{key}.pct", change, base))


def _pair(state: _Day, given: Input) -> tuple[PricePoint | None, PricePoint | None]:
    """Yesterday's value and the one before it; the reason is noted where there is none."""
    series, key = given["series"], given["key"]
    point = state.source.price(series, state.previous)
    if point is None:
        latest = state.source.before(series, state.day)
        state.reasons[key] = "no_data" if latest is None else "stale"
        return None, None
    if point.mid is None:
        state.reasons[key] = "not_assessed"
        return None, None
    return point, state.source.before(series, point.day)


def _single(key: str, kind: str, number: Decimal, point: PricePoint, given: Input) -> Fact:
    step = given.get("step", "")
    if step:
        number = round_to_step(number, decimal_of(step), Rounding.HALF_UP)
    return single(
        key, kind, number, given.get("unit") or point.unit, as_of=point.day, series=point.series,
        tax=given.get("tax", point.tax), entries=(point.seq,), revision=point.revision,
        hedge=given.get("hedge", ""), step=step,
    )  # fmt: skip


def _range_facts(state: _Day, given: Input) -> None:
    """``key.range`` and ``key.before``."""
    for name, point in zip(("range", "before"), _pair(state, given), strict=True):
        if point is not None and point.low is not None:
            state.facts.add(_interval(f"{given['key']}.{name}", point, given))


def _interval(key: str, point: PricePoint, given: Input) -> Fact:
    return interval(
        key, point.low, point.high, given.get("unit") or point.unit, as_of=point.day,
        series=point.series, tax=given.get("tax", point.tax), entries=(point.seq,),
        revision=point.revision,
    )  # fmt: skip


def _region_facts(state: _Day, given: Input) -> None:
    """``key.SH`` and so on: the day's change of each region, an interval."""
    for region in given["regions"]:
        point = state.source.price(f"{given['series']}-{region}", state.previous)
        if point is not None and point.low is not None:
            state.facts.add(_interval(f"{given['key']}.{region}", point, given))


def _level_facts(state: _Day, given: Input) -> None:
    """``key.level``, ``key.before``, ``key.change`` of a price series or a market series."""
    key, series = given["key"], given["series"]
    points = [
        each
        for each in (state.source.price(series, state.previous),)
        if each and each.mid is not None
    ]
    if points:
        earlier = state.source.before(series, points[0].day)
        points = [each for each in (earlier, points[0]) if each]
    else:
        points = state.source.levels(series, state.previous)[-2:]
    if not points:
        state.reasons[key] = (
            "no_series" if state.source.before(series, state.day) is None else "no_data"
        )
        return
    names = ("before", "level")[-len(points) :]
    made = {}
    for name, point in zip(names, points, strict=True):
        assert point.mid is not None
        made[name] = _single(f"{key}.{name}", "price", point.mid, point, given)
    state.facts.add(*made.values())
    if "before" in made:
        base = Base("prev_trading_day", made["before"].key, points[0].day)
        state.facts.add(difference(f"{key}.change", made["level"], made["before"], base=base))


def _spread_facts(state: _Day, given: Input) -> None:
    """``key.premium`` and ``key.before``, the contract, the time and the futures price in it."""
    point, before = _pair(state, given)
    if point is None or point.mid is None:
        return
    key = given["key"]
    premium = _single(f"{key}.premium", "spread", point.mid, point, given)
    state.facts.add(premium)
    if before is not None and before.mid is not None:
        state.facts.add(_single(f"{key}.before", "spread", before.mid, before, given))
    named = state.source.contract(given["futures"], point.day)
    if named:
        state.facts.add(
            worded(f"{key}.contract", "identifier", named[0], as_of=point.day, entries=(named[1],))
        )
    state.facts.add(worded(f"{key}.at", "time", given["at"], as_of=point.day))
    spot = f"{given['spot']}.price"
    if spot in state.facts:
        plain = state.facts[spot]
        same = single(
            f"{key}.premium", "spread", premium.number, plain.unit, tax=plain.tax, as_of=premium.as_of,
        )  # fmt: skip
        state.facts.add(difference(f"{key}.futures", plain, same, kind="price"))


def _session_facts(state: _Day, given: Input) -> None:
    """The session of trading day T: prices, change from the previous close, interest, volume."""
    key, series = given["key"], given["series"]
    fixed = given.get("contract")
    named = (fixed, 0) if fixed else state.source.contract(series, state.day)
    if named is None:
        state.reasons[key] = "no_series"
        return
    contract, roll_seq = named
    sessions = state.source.sessions(series, contract, state.day)
    wanted = [
        each for each in sessions if each.day == state.day and each.session == given["session"]
    ]
    if not wanted:
        wanted = [each for each in sessions if each.session == "day" and each.day < state.day][-1:]
        if not wanted or wanted[0].day < state.previous:
            state.reasons[key] = "no_night_session"
            return
        state.variants[key] = _without_night(state)
    point = wanted[0]
    earlier = [each for each in sessions if each.day < point.day]
    said = (roll_seq,) if roll_seq else (point.seq,)
    state.facts.add(
        worded(f"{key}.contract", "identifier", contract, as_of=point.day, entries=said)
    )
    _session_prices(state, given, point)
    _session_change(state, given, point, earlier)
    _session_volume(state, key, point, earlier)


def _without_night(state: _Day) -> str:
    """Whether the exchange held no night session, or none is on record.

    Before a closed weekday there is none; a missing record is never told as a closure.
    """
    last = state.previous
    if state.exchange is not None:
        try:
            last = state.exchange.previous_open(state.day)
        except CalendarNotAnnounced:
            last = state.previous
    between = (last + timedelta(days=count) for count in range(1, (state.day - last).days))
    closed = any(day.isoweekday() <= FRIDAY for day in between)
    return "day.after_holiday" if closed else "day.not_recorded"


def _market(key: str, kind: str, number: Decimal, unit: str, point: SessionPoint) -> Fact:
    return single(
        key, kind, number, unit, as_of=point.day, series=point.series, contract=point.contract,
        session=point.session, entries=(point.seq,),
    )  # fmt: skip


def _session_prices(state: _Day, given: Input, point: SessionPoint) -> None:
    key = given["key"]
    for name in ("open", "low", "high", "close"):
        if name in point.numbers:
            state.facts.add(
                _market(f"{key}.{name}", "price", point.numbers[name], given["unit"], point)
            )
    for name in ("low", "high"):
        at = next(
            (moment for moment, price, _ in point.path if price == point.numbers.get(name)), None
        )
        words = instant_text(at) if at else ""
        state.facts.add(
            worded(f"{key}.{name}_at", "time", words, as_of=point.day, entries=(point.seq,))
        )


def _session_change(
    state: _Day, given: Input, point: SessionPoint, earlier: list[SessionPoint]
) -> None:
    key = given["key"]
    days = [each for each in earlier if each.session == "day" and "close" in each.numbers]
    if not days or "close" not in point.numbers:
        return
    last = days[-1]
    base = _market(f"{key}.base", "price", last.numbers["close"], given["unit"], last)
    compared = Base("prev_close", base.key, last.day)
    close = state.facts[f"{key}.close"]
    change = difference(f"{key}.change", close, base, base=compared)
    state.facts.add(base, change, percent(f"{key}.pct", change, base))
    if "open_interest" in point.numbers:
        interest = _market(f"{key}.oi", "oi", point.numbers["open_interest"], "lot", point)
        state.facts.add(interest)
        if "open_interest" in last.numbers:
            before = _market(f"{key}.oi_base", "oi", last.numbers["open_interest"], "lot", last)
            state.facts.add(before, difference(f"{key}.oi_change", interest, before, kind="oi"))


def _session_volume(
    state: _Day, key: str, point: SessionPoint, earlier: list[SessionPoint]
) -> None:
    """Like with like: the same session before; a full day is named as such, never compared."""
    if "volume" not in point.numbers:
        return
    volume = _market(f"{key}.volume", "volume", point.numbers["volume"], "lot", point)
    state.facts.add(volume)
    same = [each for each in earlier if each.session == point.session and "volume" in each.numbers]
    if same:
        base = _market(f"{key}.volume_base", "volume", same[-1].numbers["volume"], "lot", same[-1])
        state.facts.add(base, difference(f"{key}.volume_change", volume, base, kind="volume"))
        return
    full = [each for each in earlier if each.session == "day" and "volume" in each.numbers]
    if full:
        base = _market(f"{key}.volume_full", "volume", full[-1].numbers["volume"], "lot", full[-1])
        state.facts.add(base, difference(f"{key}.volume_less", volume, base, kind="volume"))


def _warrant_facts(state: _Day, given: Input) -> None:
    """``key.total``, ``key.change`` and each region's level and change, all of one day."""
    key, series = given["key"], given["series"]
    points = state.source.levels(series, state.previous)[-2:]
    if not points:
        state.reasons[key] = "no_series"
        return
    if points[-1].day < state.previous:
        state.reasons[key] = "stale"
        return
    _level_change(state, given, points, f"{key}.total", f"{key}.change", f"{key}.total_before")
    for region in given["regions"]:
        levels = state.source.levels(f"{series}-{region}", state.previous)[-2:]
        if levels:
            _level_change(
                state, given, levels, f"{key}.region.{region}", f"{key}.region_change.{region}",
                f"{key}.region_before.{region}",
            )  # fmt: skip


def _level_change(
    state: _Day, given: Input, points: list[PricePoint], level: str, change: str, before: str
) -> None:
    assert points[-1].mid is not None
    now = _single(level, "count", points[-1].mid, points[-1], given)
    state.facts.add(now)
    if len(points) > 1 and points[0].mid is not None:
        then = _single(before, "count", points[0].mid, points[0], given)
        state.facts.add(then, difference(change, now, then))


def _quote_facts(_state: _Day, _given: Input) -> None:
    """Quotes come from the analyst's document."""


_KINDS: dict[str, Callable[[_Day, Input], None]] = {
    "price": _price_facts,
    "range": _range_facts,
    "regions": _region_facts,
    "level": _level_facts,
    "spread": _spread_facts,
    "session": _session_facts,
    "warrants": _warrant_facts,
    "quote": _quote_facts,
}


def _sections(state: _Day) -> list[Finding]:
    findings = []
    for rule in state.report.sections:
        missing = [key for key in rule.needs if key not in state.facts]
        days = [
            f.as_of for key in rule.needs if key in state.facts and (f := state.facts[key]).as_of
        ]
        as_of = max(days, default=None)
        if not missing and _too_old(state, rule, min(days, default=None)):
            missing = [rule.needs[0]]
            state.reasons = {rule.needs[0].rpartition(".")[0]: "stale", **state.reasons}
        prefix = {key.split(".", maxsplit=1)[0] for key in rule.needs}
        variant = next((state.variants[each] for each in prefix if each in state.variants), "")
        if not missing:
            state.facts.sections[rule.name] = SectionState(as_of, variant=variant)
            continue
        reason = _reason(state, missing[0])
        state.facts.sections[rule.name] = SectionState(None, present=False, reason=reason)
        severity = Severity.ERROR if rule.required else Severity.INFO
        findings.append(
            Finding(
                _ABSENT,
                severity,
                f"{rule.name} on {state.day}",
                f"{missing[0]} is not there: {reason}",
            )
        )
    return findings


def _too_old(state: _Day, rule: SectionRule, oldest: date | None) -> bool:
    """Whether a section's oldest figure is neither of the day before nor within its limit."""
    if oldest is None:
        return False
    limit = state.day - timedelta(days=rule.freshness_days)
    return oldest < min(state.previous, limit)


def _reason(state: _Day, missing: str) -> str:
    for key, reason in state.reasons.items():
        if missing.startswith(key + "."):
            return reason
    return "no_data"
