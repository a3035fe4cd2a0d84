"""Dates, instants, zones, windows and calendars.

Three clocks are never mixed: the *pricing date* (a pure date), the *event time*
and the *recorded time* (instants, always UTC inside, with a zone only for people).
A calendar is dated reference data with a source and a last announced day; past
that day it refuses to answer, because a guess is how holidays become prices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ONE_DAY = timedelta(days=1)


class NaiveInstant(ValueError):
    """A time without a zone, where an instant was needed."""


class CalendarNotAnnounced(LookupError):
    """The calendar does not reach this day: nobody has announced it yet."""


def utc(instant: datetime) -> datetime:
    """The same instant in UTC; a naive time is refused."""
    if instant.tzinfo is None:
        raise NaiveInstant(f"{instant.isoformat()} has no zone; write e.g. +08:00 or Z")
    return instant.astimezone(UTC)


def parse_instant(text: str) -> datetime:
    """An RFC 3339 instant ("2025-12-30T10:16:42+08:00"), in UTC."""
    try:
        return utc(datetime.fromisoformat(text))
    except NaiveInstant:
        raise
    except ValueError:
        raise NaiveInstant(
            f"{text!r} is not an instant such as 2025-12-30T10:14:00+08:00"
        ) from None


def instant_text(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds only where there are some."""
    return utc(instant).isoformat().replace("+00:00", "Z")


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this IANA name; `ValueError` when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(
            f"unknown time zone {name!r}; write an IANA name such as Asia/Shanghai"
        ) from None


def at(day: date, clock: time, zone: str) -> datetime:
    """The instant when the clock in `zone` shows `clock` on `day`, in UTC."""
    return utc(datetime.combine(day, clock, zone_of(zone)))


@dataclass(frozen=True, slots=True)
class Window:
    """A daily span of wall-clock time in a named zone, e.g. publication 10:15-10:20."""

    opens: time
    closes: time
    zone: str

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if self.opens >= self.closes:
            raise ValueError(f"a window must open before it closes: {self.opens}-{self.closes}")

    def opens_at(self, day: date) -> datetime:
        """First instant inside the window of `day`."""
        return at(day, self.opens, self.zone)

    def closes_at(self, day: date) -> datetime:
        """First instant after the window of `day`."""
        return at(day, self.closes, self.zone)

    def contains(self, day: date, instant: datetime) -> bool:
        """Whether `instant` falls into the window of `day` (end exclusive)."""
        return self.opens_at(day) <= utc(instant) < self.closes_at(day)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Open days of a publication or an exchange, as announced by a named source.

    `weekdays` are the ISO weekdays (1 = Monday) that are normally open;
    `closed` and `opened` are the dated exceptions with their names. Days outside
    `announced_from`..`announced_until` raise `CalendarNotAnnounced`.
    """

    id: str
    kind: str
    source: str
    announced_from: date
    announced_until: date
    weekdays: frozenset[int]
    closed: Mapping[date, str] = field(default_factory=dict)
    opened: Mapping[date, str] = field(default_factory=dict)

    KINDS = ("publication", "exchange")

    def is_open(self, day: date) -> bool:
        """Whether the calendar is open on `day`."""
        if not self.announced_from <= day <= self.announced_until:
            raise CalendarNotAnnounced(
                f"calendar {self.id} is announced from {self.announced_from} until "
                f"{self.announced_until}; {day} is outside: load the announced year first"
            )
        if day in self.opened:
            return True
        return day.isoweekday() in self.weekdays and day not in self.closed

    def why_closed(self, day: date) -> str | None:
        """The name of the closure, ``weekend``, or None on an open day."""
        if self.is_open(day):
            return None
        return self.closed.get(day, "weekend")

    def previous_open(self, day: date) -> date:
        """The last open day strictly before `day`."""
        day -= ONE_DAY
        while not self.is_open(day):
            day -= ONE_DAY
        return day

    def next_open(self, day: date) -> date:
        """The first open day strictly after `day`."""
        day += ONE_DAY
        while not self.is_open(day):
            day += ONE_DAY
        return day

    def first_open_from(self, day: date) -> date:
        """`day` itself when open, else the next open day (deadlines move forward)."""
        return day if self.is_open(day) else self.next_open(day)

    def open_days(self, first: date, last: date) -> Iterator[date]:
        """Every open day from `first` to `last`, both included."""
        day = first
        while day <= last:
            if self.is_open(day):
                yield day
            day += ONE_DAY

    def age(self, older: date, newer: date) -> int:
        """How many open days lie after `older` up to `newer` (0 when equal)."""
        return sum(1 for _ in self.open_days(older + ONE_DAY, newer))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Calendar:
        """Build from a parsed `reference/calendars/*.toml`; unknown keys are refused.

        Shape: ``id``, ``kind`` (publication|exchange), ``source``, ``announced_from``,
        ``announced_until``, ``weekdays``, tables ``closed`` and ``opened`` of date = name.
        """
        allowed = {
            "id", "kind", "source", "announced_from", "announced_until",
            "weekdays", "closed", "opened", "note",
        }  # fmt: skip
        unknown = sorted(set(document) - allowed)
        if unknown:
            raise ValueError(
                f"calendar: unknown keys {unknown}; allowed: {', '.join(sorted(allowed))}"
            )
        if document["kind"] not in cls.KINDS:
            raise ValueError(f"calendar kind {document['kind']!r}; allowed: {cls.KINDS}")
        return cls(
            id=document["id"],
            kind=document["kind"],
            source=document["source"],
            announced_from=document["announced_from"],
            announced_until=document["announced_until"],
            weekdays=frozenset(document["weekdays"]),
            closed=_dated(document.get("closed", {})),
            opened=_dated(document.get("opened", {})),
        )


def _dated(table: Mapping[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): name for day, name in table.items()}
