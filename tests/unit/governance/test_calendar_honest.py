"""The calendar is honest: holidays, make-up working days, a year nobody announced, midnight in Shanghai.

Worked by hand on the announced calendar. Closed in 2026: 01-01 and 01-02; Spring Festival 02-16 to
02-20 and 02-23; Qingming 04-06; Labour Day 05-01, 05-04, 05-05; National Day 10-01 to 10-07.
Saturdays 02-14 and 02-28 and Sunday 01-04 are make-up working days by law, and no days of ours.
The announced calendar ends with 2026-12-31, a Thursday.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assay.core import Calendar, CalendarNotAnnounced, Severity
from assay.desk import calendar_alarms
from assay.governance.deadlines import days_after, deadline, open_days_after
from assay.governance.integrity import declaring, pressure
from assay.ledger import Draft
from assay.methodology import REFERENCE, load_reference

CALENDAR = load_reference(REFERENCE).calendars["CN"]


def reported(room, at: str):
    room.clock(at)
    entry = pressure.report(room.office, room.keys["A-1"], "threat", "lift the price, or else")
    return entry.body["answer_by"], entry.body["close_by"]


# ---- pressure reports: one working day, fourteen calendar days -----------------------------


@pytest.mark.parametrize(
    ("at", "answer_by", "close_by"),
    [
        # Friday before Spring Festival: 02-14 is a make-up Saturday, no day of ours; back on the 24th.
        ("2026-02-13 15:00", "2026-02-24", "2026-02-27"),
        # Fourteen days after 2026-02-06 is 02-20, closed: moved to Tuesday the 24th.
        ("2026-02-06 15:00", "2026-02-09", "2026-02-24"),
        # Wednesday before National Day: next working day is Thursday 10-08; 10-14 is open.
        ("2026-09-30 23:59", "2026-10-08", "2026-10-14"),
        # New Year's Eve 2025: 01-01, 01-02 closed, Sunday 01-04 is a make-up day; Monday the 5th.
        ("2025-12-31 09:00", "2026-01-05", "2026-01-14"),
    ],
)  # fmt: skip
def test_a_pressure_report_over_holidays(room, at: str, answer_by: str, close_by: str) -> None:
    assert reported(room, at) == (answer_by, close_by)


def test_midnight_of_shanghai_decides_the_day_of_a_report(room) -> None:
    # 23:59 on Monday 2026-03-02 is 15:59 UTC; two minutes later it is Tuesday here, Monday there.
    assert reported(room, "2026-03-02 23:59")[0] == "2026-03-03"
    assert reported(room, "2026-03-03 00:01")[0] == "2026-03-04"


def test_the_pressure_clock_runs_out_at_midnight_of_shanghai(room) -> None:
    reported(room, "2026-03-02 09:00")
    room.clock("2026-03-03 23:59")
    assert pressure.run_clock(room.office) == []
    room.clock("2026-03-04 00:00")
    assert [each.body["reason"] for each in pressure.run_clock(room.office)] == ["unanswered"]


def test_nobody_is_kept_from_reporting_because_next_year_is_not_announced(room) -> None:
    # From Thursday 2026-12-31 on no holiday is known: days stand as they are, provisionally.
    assert reported(room, "2026-12-22 10:00") == ("2026-12-23", "2027-01-05")
    assert reported(room, "2026-12-31 10:00") == ("2027-01-01", "2027-01-14")


def test_a_provisional_day_moves_on_when_the_calendar_is_loaded(room) -> None:
    reported(room, "2026-12-31 10:00")
    loaded = Calendar(
        CALENDAR.id, CALENDAR.kind, CALENDAR.source, CALENDAR.announced_from, date(2027, 12, 31),
        CALENDAR.weekdays, {**CALENDAR.closed, date(2027, 1, 1): "New Year's Day"}, CALENDAR.opened,
    )  # fmt: skip
    office = replace(room.office, calendar=loaded)
    # Friday 2027-01-01 proves closed, then comes the weekend: Monday the 4th is the day.
    room.clock("2027-01-04 23:00")
    assert pressure.run_clock(office) == []
    room.clock("2027-01-05 00:00")
    assert [each.body["reason"] for each in pressure.run_clock(office)] == ["unanswered"]


# ---- declarations and reviews: a year ------------------------------------------------------


def test_a_renewal_on_a_holiday_moves_on_and_is_overdue_the_day_after(room) -> None:
    # 365 days after 2025-10-01 is 2026-10-01; National Day ends on the 7th: Thursday the 8th.
    body = {
        "declaration": "DC-0001", "person": "A-1", "interest": "none", "since": "2025-10-01",
        "renew_by": str(room.office.due(date(2025, 10, 1), 365)),
    }  # fmt: skip
    assert body["renew_by"] == "2026-10-08"
    room.clock("2025-12-01 09:00")
    room.ledger.append([Draft("declaration.filed/1", "A-1", body)])
    for at, overdue in (("2026-10-08 23:59", False), ("2026-10-09 00:00", True)):
        room.clock(at)
        found = {(f.code, f.where) for f in declaring.alarms(room.office)}
        assert (("declaration.overdue", "A-1, due 2026-10-08") in found) is overdue


def test_a_declaration_of_a_year_that_reaches_past_the_calendar_is_taken(room) -> None:
    room.clock("2026-03-02 09:00")
    entry = declaring.declare(room.office, room.keys["A-1"], "none")
    assert entry.body["renew_by"] == "2027-03-02"
    review = declaring.review(room.office, room.keys["C-1"], "A-1", ["ADC12"], "ten years of it")
    assert review.body["review_by"] == "2027-03-02"


# ---- what is promised to others ------------------------------------------------------------


def test_a_deadline_told_to_a_firm_is_refused_past_the_calendar(room) -> None:
    assert room.office.deadline(date(2026, 1, 16), 30) == date(2026, 2, 24)  # 02-15 is a Sunday
    assert room.office.deadline(date(2026, 12, 1), 30) == date(2026, 12, 31)
    with pytest.raises(CalendarNotAnnounced):
        room.office.deadline(date(2026, 12, 2), 30)


def test_deadlines_say_whether_they_are_firm() -> None:
    assert deadline(date(2026, 2, 14), CALENDAR).day == date(2026, 2, 24)
    assert days_after(date(2026, 9, 4), 28, CALENDAR).day == date(2026, 10, 8)
    assert open_days_after(date(2026, 12, 30), 2, CALENDAR) == deadline(date(2027, 1, 1), CALENDAR)
    assert (days_after(date(2026, 12, 30), 1, CALENDAR).firm, days_after(date(2026, 12, 31), 1, CALENDAR).firm) == (True, False)  # fmt: skip
    assert open_days_after(date(2026, 2, 13), 2, CALENDAR).day == date(2026, 2, 25)


# ---- opening and closing of days -----------------------------------------------------------


@pytest.mark.parametrize("day", [date(2026, 2, 14), date(2026, 2, 28), date(2026, 1, 4)])
def test_a_make_up_working_day_is_no_publication_day(day: date) -> None:
    assert CALENDAR.why_closed(day) == "weekend"


def test_the_year_that_is_not_loaded_is_an_alarm_from_december_on() -> None:
    assert calendar_alarms({"CN": CALENDAR}, date(2026, 11, 29)) == []
    (alarm,) = calendar_alarms({"CN": CALENDAR}, date(2026, 12, 1))
    assert (alarm.code, alarm.severity) == ("calendar.year_not_loaded", Severity.ERROR)
    assert alarm.what_to_do == "it is announced until 2026-12-31: load 2027, with its source"
