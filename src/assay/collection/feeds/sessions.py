"""Futures: sessions of contracts and the path of their trades or minutes.

A night session belongs to the next trading day of the exchange's calendar. Sessions keep
open, high, low, close, settlement, volume and open interest; a path is kept in order with
what follows from it. Nothing here chooses a contract (see `rolls`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction

from assay.collection.feeds.mapping import FeedMapping
from assay.collection.feeds.plausible import (
    change_finding,
    change_too_large,
    in_order,
    leading,
    outages,
    within_bounds,
)
from assay.collection.feeds.rows import FeedRow
from assay.collection.reading import Fact, QuarantinedRow, Reading, error, notice
from assay.core import (
    Calendar,
    CalendarNotAnnounced,
    Finding,
    Severity,
    at,
    decimal_text,
    instant_text,
    zone_of,
)

#: From this hour on (until 03:00) a trade belongs to the night session.
NIGHT_FROM = time(20, 0)
NIGHT_UNTIL = time(3, 0)
#: The definition of figures that follow from a path; an exchange's own figures win over them.
FROM_PATH = "from its own path"
_SUMMED = ("volume", "turnover")
_HUNDRED = 100
_ORDER = {"night": 0, "day": 1}


def trading_day_of(instant: datetime, calendar: Calendar, zone: str) -> tuple[date, str]:
    """(trading day, session) of an instant: a night belongs to the next open day.

    The night of Friday belongs to Monday; raises `CalendarNotAnnounced` past the calendar.
    """
    local = instant.astimezone(zone_of(zone))
    if local.timetz().replace(tzinfo=None) >= NIGHT_FROM:
        return calendar.next_open(local.date()), "night"
    if local.timetz().replace(tzinfo=None) < NIGHT_UNTIL:
        return calendar.first_open_from(local.date()), "night"
    return local.date(), "day"


@dataclass(slots=True)
class _Sheet:
    facts: list[Fact] = field(default_factory=list)
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def reading(self) -> Reading:
        return Reading(
            facts=tuple(self.facts),
            findings=tuple(self.findings),
            quarantined=tuple(self.quarantined),
        )

    def refuse(self, row: FeedRow, mapping: FeedMapping, findings: list[Finding]) -> None:
        self.quarantined.append(
            QuarantinedRow(mapping.series, row.raw, row.locator, tuple(findings))
        )


def read_sessions(
    rows: tuple[FeedRow, ...],
    mapping: FeedMapping,
    calendar: Calendar | None,
    known: Mapping[str, Decimal],
) -> Reading:
    """One fact for each (trading day, session, contract)."""
    sheet = _Sheet()
    trusted = dict(known)
    taken: dict[tuple[date, str, str], FeedRow] = {}
    ordered = sorted(
        rows, key=lambda row: (row.day or date.max, _ORDER.get(row.words.get("session", "day"), 1))
    )
    for row in ordered:
        problems = list(row.findings) + _placed(row, calendar)
        said = outages(row, mapping)
        problems += within_bounds(row, mapping) + in_order(row)
        amount = leading(row.amounts)
        contract = row.words.get("contract", "")
        before = trusted.get(contract)
        if amount is None:
            problems.append(error("feed.no_figure", row.locator, "the session has no close"))
        elif before is not None and change_too_large(amount, before, mapping):
            problems.append(change_finding(row, amount, before, mapping))
        if row.day is None or _errors(problems) or amount is None:
            sheet.refuse(row, mapping, [*problems, *said])
            continue
        session = row.words.get("session", "day")
        key = (row.day, session, contract)
        if key in taken:
            _twice(sheet, row, taken[key], mapping)
            continue
        taken[key] = row
        trusted[contract] = amount
        sheet.findings += [*problems, *said]
        sheet.facts.append(_fact(row, row.day, session, contract, mapping, calendar, said))
    return sheet.reading()


def _errors(findings: list[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _twice(sheet: _Sheet, row: FeedRow, first: FeedRow, mapping: FeedMapping) -> None:
    if row.amounts == first.amounts:
        sheet.findings.append(notice("feed.repeated_row", row.locator, "an exact repeat"))
        return
    twice = error("feed.day_twice", row.locator, "the session stands twice with other figures")
    sheet.refuse(row, mapping, [twice])


def _placed(row: FeedRow, calendar: Calendar | None) -> list[Finding]:
    """Whether the trading day is one, on the exchange's own calendar."""
    if row.day is None:
        return [error("feed.no_date", row.locator, "the row has no trading day")]
    if calendar is None:
        return []
    try:
        closed = calendar.why_closed(row.day)
    except CalendarNotAnnounced as problem:
        return [error("feed.calendar_ends", row.locator, str(problem))]
    if closed is None:
        return []
    return [error("feed.closed_day", f"{row.locator}, {row.day}", f"{calendar.id}: {closed}")]


def _fact(
    row: FeedRow,
    day: date,
    session: str,
    contract: str,
    mapping: FeedMapping,
    calendar: Calendar | None,
    findings: list[Finding],
) -> Fact:
    return Fact(
        series=mapping.series,
        date=day,
        figures={name: decimal_text(amount) for name, amount in row.amounts.items()},
        unit=mapping.unit,
        source=mapping.source,
        session=session,
        contract=contract or None,
        licence=mapping.licence,
        event_time=_ended(day, session, mapping, calendar),
        locator=row.locator,
        findings=tuple(findings),
    )


def _ended(day: date, session: str, mapping: FeedMapping, calendar: Calendar | None) -> datetime:
    """When the session ended: a night ends on the evening before its trading day."""
    closes = mapping.sessions.get(session, (time(0), mapping.event_clock))[1]
    if session != "night":
        return at(day, closes, mapping.zone)
    evening = day
    if calendar is not None:
        try:
            evening = calendar.previous_open(day)
        except CalendarNotAnnounced:
            evening = day
    return at(evening, closes, mapping.zone)


def read_paths(
    rows: tuple[FeedRow, ...],
    mapping: FeedMapping,
    calendar: Calendar | None,
    known: Mapping[str, Decimal],
) -> Reading:
    """One fact for each (trading day, session, contract), with its path in order."""
    del known
    sheet = _Sheet()
    groups: dict[tuple[date, str, str], list[FeedRow]] = {}
    for row in rows:
        problems = list(row.findings)
        key = _path_key(row, mapping, calendar, problems)
        if leading(row.amounts) is None:
            problems.append(error("feed.no_figure", row.locator, "neither price nor close"))
        problems += within_bounds(row, mapping) + in_order(row)
        if key is None or _errors(problems):
            sheet.refuse(row, mapping, problems)
            continue
        groups.setdefault(key, []).append(row)
    for key in sorted(groups, key=lambda each: (each[0], _ORDER.get(each[1], 1), each[2])):
        _path(sheet, key, groups[key], mapping)
    return sheet.reading()


def _path_key(
    row: FeedRow, mapping: FeedMapping, calendar: Calendar | None, problems: list[Finding]
) -> tuple[date, str, str] | None:
    if row.at is None:
        problems.append(error("feed.no_time", row.locator, "the row has no time"))
        return None
    day, session = row.day, row.words.get("session")
    if calendar is not None:
        try:
            told_day, told_session = trading_day_of(row.at, calendar, mapping.zone)
        except CalendarNotAnnounced as problem:
            problems.append(error("feed.calendar_ends", row.locator, str(problem)))
            return None
        if (day or told_day) != told_day or (session or told_session) != told_session:
            problems.append(
                error(
                    "feed.other_session",
                    row.locator,
                    f"says {session} of {day}, the clock and calendar {told_session} of {told_day}",
                )
            )
        day, session = told_day, told_session
        if not calendar.is_open(day):
            problems.append(error("feed.closed_day", row.locator, f"{calendar.id}: {day}"))
    if day is None or session is None:
        problems.append(error("feed.no_date", row.locator, "no trading day and no calendar"))
        return None
    return day, session, row.words.get("contract", "")


def _path(
    sheet: _Sheet, key: tuple[date, str, str], rows: list[FeedRow], mapping: FeedMapping
) -> None:
    day, session, contract = key
    if rows != sorted(rows, key=_instant):
        sheet.findings.append(
            notice("feed.out_of_order", rows[0].locator, f"{day} {session}: put in order of time")
        )
    ordered = sorted(rows, key=_instant)
    kept = [row for row in ordered if not _astray(sheet, row, ordered, mapping)]
    if not kept:
        return
    figures = {
        "open": kept[0].amounts.get("open", _price(kept[0])),
        "high": max(row.amounts.get("high", _price(row)) for row in kept),
        "low": min(row.amounts.get("low", _price(row)) for row in kept),
        "close": _price(kept[-1]),
    }
    for name in _SUMMED:
        if all(name in row.amounts for row in kept):
            figures[name] = sum((row.amounts[name] for row in kept), Decimal(0))
    if "open_interest" in kept[-1].amounts:
        figures["open_interest"] = kept[-1].amounts["open_interest"]
    sheet.facts.append(
        Fact(
            series=mapping.series,
            date=day,
            figures={name: decimal_text(amount) for name, amount in figures.items()},
            unit=mapping.unit,
            source=mapping.source,
            session=session,
            contract=contract or None,
            licence=mapping.licence,
            event_time=_instant(kept[-1]),
            definition=FROM_PATH,
            path=tuple(_step(row) for row in kept),
            locator=kept[0].locator,
        )
    )


def _instant(row: FeedRow) -> datetime:
    if row.at is None:
        raise ValueError(f"{row.locator}: a path row without a time cannot come here")
    return row.at


def _price(row: FeedRow) -> Decimal:
    amount = leading(row.amounts)
    if amount is None:
        raise ValueError(f"{row.locator}: a path row without a price cannot come here")
    return amount


def _step(row: FeedRow) -> tuple[str, ...]:
    step = (instant_text(_instant(row)), decimal_text(_price(row)))
    volume = row.amounts.get("volume")
    return step if volume is None else (*step, decimal_text(volume))


def _astray(sheet: _Sheet, row: FeedRow, rows: list[FeedRow], mapping: FeedMapping) -> bool:
    """Whether a price lies further from the middle of its session than the path allows."""
    limit = mapping.limits.path_percent
    if limit is None:
        return False
    prices = sorted(_price(each) for each in rows)
    middle = Fraction(prices[len(prices) // 2])
    if middle <= 0 or abs(Fraction(_price(row)) - middle) * _HUNDRED <= Fraction(limit) * middle:
        return False
    finding = error(
        "feed.astray",
        row.locator,
        f"{decimal_text(_price(row))} is more than {limit} % from the middle of its session",
    )
    sheet.refuse(row, mapping, [finding])
    return True
