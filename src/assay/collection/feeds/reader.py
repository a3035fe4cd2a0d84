"""One feed file -> market facts: daily closes and rates, or sessions and paths of contracts.

Rows that cannot be believed are quarantined with their reason and the rest goes on. Given the
last known figure, belief starts from there; nothing is filled in except what a source's own
rule carries (a close on a day without a listed trade), and that is flagged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from assay.collection.feeds.mapping import FeedMapping
from assay.collection.feeds.plausible import (
    change_finding,
    change_too_large,
    first_anchor,
    identity,
    in_order,
    leading,
    outages,
    within_bounds,
)
from assay.collection.feeds.rows import FeedRow, read_rows
from assay.collection.feeds.sessions import read_paths, read_sessions
from assay.collection.reading import Fact, QuarantinedRow, Reading, error, notice, refusal, warning
from assay.core import Calendar, CalendarNotAnnounced, Finding, Severity, at, decimal_text

_MOST_NAMED = 5
_FRIDAY = 5


@dataclass(slots=True)
class _Belief:
    """What is believed while the rows go by."""

    trusted: Decimal | None = None
    seen: Decimal | None = None
    facts: list[Fact] = field(default_factory=list)
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_feed(
    content: bytes,
    mapping: FeedMapping,
    calendars: Mapping[str, Calendar] | None = None,
    *,
    known: Mapping[str, Decimal] | None = None,
    where: str = "feed",
) -> Reading:
    """The facts of `content` by `mapping`.

    `known` is the last believed close by contract (``""`` where the series has none).
    """
    if mapping.kind not in {"daily", "sessions", "path"}:
        return refusal("feed.kind", where, f"{mapping.id} is of kind {mapping.kind}")
    rows = read_rows(content, mapping, where)
    if not rows.rows:
        findings = rows.findings or (error("feed.no_rows", where, "a heading and no row"),)
        return Reading(findings=findings)
    calendar = (calendars or {}).get(mapping.calendar or "")
    anchors = dict(known or {})
    if mapping.kind == "daily":
        reading = _daily(rows.rows, mapping, calendar, anchors.get(""))
    elif mapping.kind == "sessions":
        reading = read_sessions(rows.rows, mapping, calendar, anchors)
    else:
        reading = read_paths(rows.rows, mapping, calendar, anchors)
    return Reading(
        facts=reading.facts,
        findings=(*rows.findings, *reading.findings),
        quarantined=reading.quarantined,
    )


def _daily(
    rows: tuple[FeedRow, ...],
    mapping: FeedMapping,
    calendar: Calendar | None,
    known: Decimal | None,
) -> Reading:
    belief = _Belief(trusted=known)
    by_day: dict[date, list[FeedRow]] = {}
    for row in rows:
        problems = list(row.findings)
        if row.day is None and not problems:
            problems.append(error("feed.no_date", row.locator, "the row has no date"))
        if problems or row.day is None:
            _quarantine(belief, row, mapping, problems)
            continue
        by_day.setdefault(row.day, []).append(row)
    if belief.trusted is None:
        spoken = [row for day in sorted(by_day) for row in by_day[day] if _used(row, mapping)]
        belief.trusted = belief.seen = first_anchor(spoken)
    for day in sorted(by_day):
        _one_day(belief, day, by_day[day], mapping, calendar)
    if calendar is not None:
        belief.findings += _gaps(sorted(by_day), calendar)
    return Reading(
        facts=tuple(belief.facts),
        findings=tuple(belief.findings),
        quarantined=tuple(belief.quarantined),
    )


def _used(row: FeedRow, mapping: FeedMapping) -> bool:
    return all(row.words.get(name) == wanted for name, wanted in mapping.use.items())


def _quarantine(
    belief: _Belief, row: FeedRow, mapping: FeedMapping, findings: list[Finding]
) -> None:
    belief.quarantined.append(QuarantinedRow(mapping.series, row.raw, row.locator, tuple(findings)))


def _one_day(
    belief: _Belief,
    day: date,
    rows: list[FeedRow],
    mapping: FeedMapping,
    calendar: Calendar | None,
) -> None:
    used = [row for row in rows if _used(row, mapping)]
    closed = _closed(day, mapping, calendar)
    if closed is not None:
        _on_closed_day(belief, day, rows, mapping, closed)
        return
    if not used:
        _carry(belief, day, rows[0], mapping, "no listed trade: the source carries its close")
        return
    first, *others = used
    for other in others:
        if other.amounts == first.amounts:
            belief.findings.append(notice("feed.repeated_row", other.locator, "an exact repeat"))
        else:
            twice = error("feed.day_twice", other.locator, f"{day} stands twice with other figures")
            _quarantine(belief, other, mapping, [twice])
    _believe(belief, day, first, mapping)


def _closed(day: date, mapping: FeedMapping, calendar: Calendar | None) -> str | None:
    if mapping.weekdays_only and day.isoweekday() > _FRIDAY:
        return "weekend"
    if calendar is None:
        return None
    try:
        return calendar.why_closed(day)
    except CalendarNotAnnounced:
        return None


def _on_closed_day(
    belief: _Belief, day: date, rows: list[FeedRow], mapping: FeedMapping, closed: str
) -> None:
    where = f"{rows[0].locator}, {day}"
    if mapping.closed_days == "ignore":
        belief.findings.append(
            notice("feed.closed_day", where, f"{mapping.id}: {closed}, row ignored")
        )
        return
    finding = error("feed.closed_day", where, f"{mapping.id} is closed ({closed})")
    for row in rows:
        _quarantine(belief, row, mapping, [finding])


def _believe(belief: _Belief, day: date, row: FeedRow, mapping: FeedMapping) -> None:
    said = outages(row, mapping)
    problems = within_bounds(row, mapping) + in_order(row) + identity(row, mapping, day)
    amount = leading(row.amounts)
    if amount is None:
        problems.append(error("feed.no_figure", row.locator, "neither close nor value"))
    elif row.amounts.get("volume") == 0 and "volume" in row.amounts:
        if belief.facts and amount == belief.trusted and not _errors(problems):
            _carry(belief, day, row, mapping, "volume 0: the source carries its close")
            return
        if belief.facts:
            problems.append(
                error("feed.close_without_trade", row.locator, f"{day}: volume 0, new close")
            )
    elif belief.trusted is not None and change_too_large(amount, belief.trusted, mapping):
        if belief.seen is None or change_too_large(amount, belief.seen, mapping):
            problems.append(change_finding(row, amount, belief.trusted, mapping))
        else:
            said.append(
                warning(
                    "feed.level_shift",
                    f"{row.locator}, {day}",
                    "agrees with the quarantined row before it: look at both",
                )
            )
    belief.seen = amount if amount is not None else belief.seen
    if _errors(problems):
        _quarantine(belief, row, mapping, [*problems, *said])
        return
    belief.trusted = amount
    belief.findings += [*problems, *said]
    belief.facts.append(_fact(day, row, mapping, (*problems, *said)))


def _errors(findings: list[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _fact(day: date, row: FeedRow, mapping: FeedMapping, findings: tuple[Finding, ...]) -> Fact:
    definition = mapping.definition_on(day)
    return Fact(
        series=mapping.series,
        date=day,
        figures={name: decimal_text(amount) for name, amount in row.amounts.items()},
        unit=mapping.unit,
        source=mapping.source,
        definition=definition.name if definition else None,
        licence=mapping.licence,
        event_time=at(day, mapping.event_clock, mapping.zone),
        locator=row.locator,
        findings=findings,
    )


def _carry(belief: _Belief, day: date, row: FeedRow, mapping: FeedMapping, why: str) -> None:
    """A close that the source itself repeats; without an earlier close there is none to carry."""
    if not belief.facts or belief.trusted is None:
        finding = error("feed.nothing_to_carry", row.locator, f"{day}: {why}, none before it")
        _quarantine(belief, row, mapping, [finding])
        return
    definition = mapping.definition_on(day)
    belief.findings.append(notice("feed.carried_at_source", f"{row.locator}, {day}", why))
    belief.facts.append(
        Fact(
            series=mapping.series,
            date=day,
            figures={"close": decimal_text(belief.trusted)},
            unit=mapping.unit,
            source=mapping.source,
            carried=True,
            definition=definition.name if definition else None,
            licence=mapping.licence,
            event_time=at(day, mapping.event_clock, mapping.zone),
            locator=row.locator,
        )
    )


def _gaps(days: list[date], calendar: Calendar) -> list[Finding]:
    if not days:
        return []
    try:
        missing = [day for day in calendar.open_days(days[0], days[-1]) if day not in set(days)]
    except CalendarNotAnnounced:
        return [warning("feed.calendar_ends", calendar.id, "the calendar does not reach the file")]
    if not missing:
        return []
    named = ", ".join(day.isoformat() for day in missing[:_MOST_NAMED])
    return [
        warning(
            "feed.missing_days",
            f"{days[0]} to {days[-1]}",
            f"{len(missing)} open days have no row ({named}{'...' if len(missing) > _MOST_NAMED else ''})",
        )
    ]
