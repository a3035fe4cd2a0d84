"""Phases and deadlines are functions of document, calendar and clock; calendars are never guessed."""

from __future__ import annotations

from datetime import date, time

import pytest

from assay.core import Calendar, CalendarNotAnnounced, Refused
from assay.desk import calendar_alarms, hours_on, next_due, phase_of
from assay.desk.phases import day_is_open
from assay.methodology.document.model import Hours

from .conftest import DAY, shanghai

HOURS = hours_on(
    Hours("Asia/Shanghai", "1.4", time(10, 10), time(10, 13), time(10, 15), time(10, 20))
)
CALENDAR = Calendar(
    id="TEST",
    kind="publication",
    source="made up for the test",
    announced_from=date(2025, 1, 1),
    announced_until=date(2026, 12, 31),
    weekdays=frozenset({1, 2, 3, 4, 5}),
    closed={date(2026, 1, 1): "New Year", date(2026, 1, 2): "New Year"},
)


@pytest.mark.parametrize(
    ("clock", "phase"),
    [
        ("00:00:00", "prepare"), ("07:59:59", "prepare"), ("08:00:00", "collect"),
        ("10:09:59", "collect"), ("10:10:00", "soft"), ("10:13:00", "review"),
        ("10:14:59", "review"), ("10:15:00", "publish"), ("10:19:59", "publish"),
        ("10:20:00", "late"), ("23:59:59", "late"),
    ],
)  # fmt: skip
def test_the_phases_of_a_day(clock, phase):
    assert phase_of(HOURS, DAY, shanghai(clock)) == phase
    assert next_due(HOURS, CALENDAR, shanghai(clock)).phase == phase


def test_midnight_is_shanghais():
    """23:59:59 of the 29th in Shanghai is 15:59:59 UTC; one second later the 30th begins."""
    assert phase_of(HOURS, DAY, shanghai("2025-12-29 23:59:59")) == "prepare"
    before = next_due(HOURS, CALENDAR, shanghai("2025-12-29 23:59:59"))
    assert (before.pricing_date, before.next_at) == (date(2025, 12, 29), shanghai("00:00:00"))
    assert next_due(HOURS, CALENDAR, shanghai("00:00:00")).pricing_date == DAY


def test_what_is_due_next_crosses_holidays_and_weekends():
    """31 December is a Wednesday; 1 and 2 January are closed, then comes a weekend."""
    evening = next_due(HOURS, CALENDAR, shanghai("2025-12-31 18:00:00"))
    assert (evening.phase, evening.next_phase) == ("late", "prepare")
    assert evening.next_at == shanghai("2026-01-05 00:00:00")
    holiday = next_due(HOURS, CALENDAR, shanghai("2026-01-01 10:15:00"))
    assert (holiday.phase, holiday.pricing_date) == ("closed", date(2026, 1, 5))


def test_past_the_announced_year_nothing_is_due():
    with pytest.raises(CalendarNotAnnounced):
        next_due(HOURS, CALENDAR, shanghai("2026-12-31 18:00:00"))
    with pytest.raises(Refused) as refusal:
        day_is_open(CALENDAR, date(2027, 1, 4))
    assert refusal.value.finding.code == "calendar.not_announced"


@pytest.mark.parametrize(
    ("today", "alarm"),
    [
        (date(2026, 11, 30), False),
        (date(2026, 12, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), True),
        (date(2025, 12, 1), False),
    ],
)
def test_the_alarm_for_a_year_that_is_not_loaded_starts_on_1_december(today, alarm):
    found = calendar_alarms({"TEST": CALENDAR}, today)
    assert bool(found) is alarm
    if found:
        assert found[0].code == "calendar.year_not_loaded"
        assert "2027" in found[0].what_to_do


def test_a_notice_moves_the_window_and_never_the_cut_offs():
    moved = hours_on(
        Hours("Asia/Shanghai", "1.4", time(10, 10), time(10, 13), time(10, 15), time(10, 20)),
        {"opens": "11:00:00", "closes": "11:05:00", "hard": "10:59:00"},
    )
    assert (moved.opens, moved.closes, moved.hard) == (time(11), time(11, 5), time(10, 13))
    assert moved.arranged is True
    assert phase_of(moved, DAY, shanghai("10:30:00")) == "review"
