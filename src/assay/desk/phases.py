"""The phases of a pricing day and their deadlines: pure functions of document and clock.

A loop asks `next_due` what comes next and when; the desk asks `hours_on` which hours
hold today. Nothing here waits, reads a clock or writes an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from assay.core import (
    Calendar,
    CalendarNotAnnounced,
    Finding,
    Severity,
    Window,
    at,
    refused,
    utc,
    zone_of,
)
from assay.methodology.document.model import Hours

#: In the order of the day; `soft` lies between soft and hard cut-off, `closed` is no day.
PHASES = ("prepare", "collect", "soft", "review", "publish", "late", "closed")

#: What a notice may move; cut-offs never move.
_MOVABLE = ("opens", "closes")
#: When the desk starts to collect: a habit of the house, in no methodology.
COLLECT_FROM = time(8, 0)


@dataclass(frozen=True, slots=True)
class DayHours:
    """The hours that hold on one day: those of the document, or as arranged by notice."""

    zone: str
    soft: time
    hard: time
    opens: time
    closes: time
    arranged: bool = False

    @property
    def window(self) -> Window:
        """The publication window."""
        return Window(self.opens, self.closes, self.zone)

    def instant(self, day: date, clock: time) -> datetime:
        """The instant of `clock` on `day` in the zone of the hours."""
        return at(day, clock, self.zone)

    def hard_at(self, day: date) -> datetime:
        """From here on data of `day` is late."""
        return self.instant(day, self.hard)


@dataclass(frozen=True, slots=True)
class Due:
    """Where a day stands: its phase, since when, what comes next and at which instant."""

    pricing_date: date
    phase: str
    since: datetime
    next_phase: str
    next_at: datetime


def hours_on(hours: Hours, arrangement: Mapping[str, Any] | None = None) -> DayHours:
    """The document's hours with the day's arrangement laid over them.

    A document without cut-off or window (market, quarterly) has the whole day.
    """
    opens = hours.opens or time(0, 0)
    hard = hours.hard or opens
    said = {name: at for name, at in (arrangement or {}).items() if name in _MOVABLE and at}
    window = {"opens": opens, "closes": hours.closes or time(23, 59, 59)}
    window |= {name: time.fromisoformat(at) for name, at in said.items()}
    return DayHours(hours.zone, hours.soft or hard, hard, **window, arranged=bool(said))


def boundaries(hours: DayHours, day: date) -> list[tuple[str, datetime]]:
    """Every phase of `day` with the instant at which it begins, in order."""
    return [
        ("prepare", hours.instant(day, time(0, 0))),
        ("collect", min(hours.instant(day, COLLECT_FROM), hours.instant(day, hours.soft))),
        ("soft", hours.instant(day, hours.soft)),
        ("review", hours.instant(day, hours.hard)),
        ("publish", hours.instant(day, hours.opens)),
        ("late", hours.instant(day, hours.closes)),
    ]


def phase_of(hours: DayHours, day: date, now: datetime) -> str:
    """The phase of `day` at the instant `now` (``prepare`` before the day begins)."""
    begun = [name for name, begins in boundaries(hours, day) if begins <= utc(now)]
    return begun[-1] if begun else "prepare"


def next_due(hours: DayHours, calendar: Calendar, now: datetime) -> Due:
    """Where the day stands at `now` and what falls due next, over closed days too.

    On a closed day the phase is ``closed`` and the next is ``prepare`` of the next open
    day. Raises `CalendarNotAnnounced` where the calendar does not reach.
    """
    today = utc(now).astimezone(zone_of(hours.zone)).date()
    if not calendar.is_open(today):
        coming = calendar.next_open(today)
        since = hours.instant(today, time(0, 0))
        return Due(coming, "closed", since, "prepare", hours.instant(coming, time(0, 0)))
    marks = boundaries(hours, today)
    coming = calendar.next_open(today)
    ends = [*marks[1:], ("prepare", hours.instant(coming, time(0, 0)))]
    for (phase, since), (following, begins) in zip(marks, ends, strict=True):
        if utc(now) < begins:
            return Due(today, phase, since, following, begins)
    return Due(today, "late", marks[-1][1], "prepare", ends[-1][1])


def calendar_alarms(calendars: Mapping[str, Calendar], today: date) -> list[Finding]:
    """An alarm for each calendar whose coming year is not loaded, from 1 December on."""
    soon = today + timedelta(days=31)
    needed = date(soon.year, 12, 31) if soon.year > today.year else soon
    alarms = []
    for name, calendar in sorted(calendars.items()):
        if calendar.announced_until < needed:
            way = f"it is announced until {calendar.announced_until}: load {needed.year}, with its source"
            alarms.append(
                Finding("calendar.year_not_loaded", Severity.ERROR, f"calendar {name}", way)
            )
    return alarms


def day_is_open(calendar: Calendar, day: date) -> bool:
    """Whether there is a pricing day; refused, never guessed, past the announced year."""
    try:
        return calendar.is_open(day)
    except CalendarNotAnnounced as problem:
        raise refused(
            "calendar.not_announced", f"calendar {calendar.id} on {day}", str(problem)
        ) from None
