"""Deadlines in calendar days and months that move on when the house is closed.

A deadline past the announced calendar is given as it stands and said to be provisional:
nobody guesses holidays. It is never moved forward to an earlier day.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta

from assay.core import Calendar, CalendarNotAnnounced

_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of something; `firm` is whether the calendar reaches it."""

    day: date
    firm: bool = True


def deadline(day: date, calendar: Calendar | None) -> Deadline:
    """`day`, or the next open day when `calendar` is closed on it."""
    if calendar is None:
        return Deadline(day, firm=False)
    try:
        return Deadline(calendar.first_open_from(day))
    except CalendarNotAnnounced:
        return Deadline(day, firm=False)


def days_after(day: date, count: int, calendar: Calendar | None) -> Deadline:
    """`count` calendar days after `day`, moved on when closed."""
    return deadline(day + timedelta(days=count), calendar)


def months_after(day: date, count: int) -> date:
    """The same day `count` months later, or the last one of that month."""
    index = day.year * _DECEMBER + day.month - 1 + count
    year, month = index // _DECEMBER, index % _DECEMBER + 1
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def open_days_after(day: date, count: int, calendar: Calendar | None) -> Deadline:
    """The `count`-th open day after `day`; calendar days where no calendar reaches."""
    if calendar is not None:
        try:
            found = day
            for _ in range(count):
                found = calendar.next_open(found)
            return Deadline(found)
        except CalendarNotAnnounced:
            pass
    return Deadline(day + timedelta(days=count), firm=False)
