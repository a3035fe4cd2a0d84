"""Dates in a comment: publication, header, dateline, as-of, weekdays.

A comment's date is never a decimal: "12.3" is the third of December, whatever was
meant. Without a calendar the previous working day is judged with slack around the
Chinese holidays; with one, exactly.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from assay.core import Calendar, CalendarNotAnnounced

MONTHS = {
    name: index
    for index, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june",
         "jul july", "aug august", "sep sept september", "oct october", "nov november",
         "dec december"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH_WORD = (
    "(?:" + "|".join(sorted((m.title() for m in MONTHS), key=len, reverse=True)) + r")\b\.?"
)
MONTH_DAY = rf"(?P<month>{_MONTH_WORD})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"
FULL_DATE = re.compile(
    rf"(?P<month>{_MONTH_WORD})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d)"
    r"|(?P<iso>20\d\d-\d\d-\d\d)"
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ONE_DAY = timedelta(days=1)
FRIDAY, LONGEST_WEEKEND, LONGEST_CLOSURE = 5, 4, 12


def month_day(month: str, day: str) -> tuple[int, int] | None:
    """(month, day) of words such as "Dec." and "30"; None when there is no such month."""
    number = MONTHS.get(month.strip(". ").lower())
    return (number, int(day)) if number else None


def dated(pair: tuple[int, int] | None, near: date | None) -> date | None:
    """The calendar day of (month, day) nearest to `near`; None when impossible."""
    if pair is None:
        return None
    year = near.year if near else 2024
    candidates = []
    for each in (year - 1, year, year + 1) if near else (year,):
        try:
            candidates.append(date(each, *pair))
        except ValueError:
            continue
    if not candidates:
        return None
    return min(candidates, key=lambda day: abs((day - near).days)) if near else candidates[0]


def full_date(text: str) -> date | None:
    """The first date with a year in `text`."""
    for match in FULL_DATE.finditer(text):
        try:
            if match["iso"]:
                return date.fromisoformat(match["iso"])
            pair = month_day(match["month"], match["day"])
            if pair:
                return date(int(match["year"]), *pair)
        except ValueError:
            continue
    return None


def parse_day(text: str, near: date | None = None) -> date | None:
    """A day written in any form a fact file uses: ISO, "Dec 31, 2025", "12.31", "12-31"."""
    text = text.strip()
    full = full_date(text)
    if full:
        return full
    match = re.fullmatch(rf"{MONTH_DAY}.*", text) or re.fullmatch(
        r"(?P<month>\d{1,2})[./-](?P<day>\d{1,2})(?!\d).*", text
    )
    if not match:
        return None
    return dated(pair_of(match["month"], match["day"]), near)


def pair_of(month: str, day: str) -> tuple[int, int] | None:
    """(month, day) of two tokens, the month as word or digits; None when impossible."""
    pair = (int(month), int(day)) if month.isdigit() else month_day(month, day)
    if pair is None:
        return None
    try:
        date(2024, *pair)
    except ValueError:
        return None
    return pair


def in_holiday_season(older: date, newer: date) -> bool:
    """Whether a long Chinese closure may lie between the two days."""
    day = older
    while day <= newer:
        spring = (day.month, day.day) >= (1, 18) and (day.month, day.day) <= (2, 26)
        fixed = (day.month, day.day) in {(1, 1), (1, 2), (5, 1), (5, 2), (10, 1), (10, 2)}
        moving = (
            day.month in {4, 6, 9}
            and day.isoweekday() in {5, 1}
            and (newer - older).days <= LONGEST_WEEKEND
        )
        if spring or fixed or moving:
            return True
        day += ONE_DAY
    return False


def previous_working_day(day: date, calendar: Calendar | None) -> date:
    """The last working day strictly before `day`, by the calendar where it reaches."""
    if calendar is not None:
        try:
            return calendar.previous_open(day)
        except CalendarNotAnnounced:
            pass
    day -= ONE_DAY
    while day.isoweekday() > FRIDAY:
        day -= ONE_DAY
    return day


def is_stale(as_of: date, published: date, calendar: Calendar | None) -> bool:
    """Whether a figure of `as_of` is too old for a comment of `published`."""
    if as_of >= previous_working_day(published, calendar):
        return False
    if calendar is not None and calendar.announced_from <= as_of <= calendar.announced_until:
        return True
    return not (in_holiday_season(as_of, published) and (published - as_of).days <= LONGEST_CLOSURE)


def weekday_before(name: str, published: date) -> date | None:
    """The nearest day with this weekday name, on or before `published`."""
    name = name.lower()
    if name not in WEEKDAYS:
        return None
    back = (published.weekday() - WEEKDAYS.index(name)) % 7
    return published - timedelta(days=back)
