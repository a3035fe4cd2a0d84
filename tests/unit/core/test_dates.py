"""Instants, windows and calendars: zones explicit, nothing guessed past what is announced."""

from datetime import UTC, date, datetime, time

import pytest

from assay.core import (
    Calendar,
    CalendarNotAnnounced,
    NaiveInstant,
    Window,
    instant_text,
    parse_instant,
)

WINDOW = Window(time(10, 15), time(10, 20), "Asia/Shanghai")
PUBLICATION = Calendar.from_document(
    {
        "id": "test",
        "kind": "publication",
        "source": "worked by hand",
        "announced_from": date(2024, 1, 1),
        "announced_until": date(2024, 12, 31),
        "weekdays": [1, 2, 3, 4, 5],
        "closed": {"2024-02-12": "Spring Festival", "2024-02-13": "Spring Festival"},
        "opened": {"2024-02-18": "make-up working day"},
    }
)


def test_the_window_in_shanghai_is_02_15_utc():
    day = date(2025, 12, 30)
    assert instant_text(WINDOW.opens_at(day)) == "2025-12-30T02:15:00Z"
    assert WINDOW.contains(day, parse_instant("2025-12-30T10:15:00+08:00"))
    assert WINDOW.contains(day, parse_instant("2025-12-30T02:19:59.999999Z"))
    assert not WINDOW.contains(day, parse_instant("2025-12-30T10:20:00+08:00"))
    assert not WINDOW.contains(day, parse_instant("2025-12-31T10:16:00+08:00"))


def test_a_window_opens_before_it_closes_in_a_known_zone():
    with pytest.raises(ValueError, match="open before"):
        Window(time(10, 20), time(10, 15), "Asia/Shanghai")
    with pytest.raises(ValueError, match="IANA"):
        Window(time(10, 15), time(10, 20), "CST6")


def test_naive_times_are_refused():
    with pytest.raises(NaiveInstant):
        parse_instant("2025-12-30T10:15:00")
    with pytest.raises(NaiveInstant):
        parse_instant("12.30")


def test_instants_are_told_in_utc():
    assert parse_instant("2025-12-30T10:16:42+08:00") == datetime(
        2025, 12, 30, 2, 16, 42, tzinfo=UTC
    )


def test_open_and_closed_days():
    assert PUBLICATION.is_open(date(2024, 2, 9))
    assert not PUBLICATION.is_open(date(2024, 2, 12))
    assert PUBLICATION.is_open(date(2024, 2, 18))
    assert PUBLICATION.why_closed(date(2024, 2, 12)) == "Spring Festival"
    assert PUBLICATION.why_closed(date(2024, 2, 10)) == "weekend"
    assert PUBLICATION.why_closed(date(2024, 2, 9)) is None


def test_neighbouring_open_days_and_age():
    assert PUBLICATION.previous_open(date(2024, 2, 14)) == date(2024, 2, 9)
    assert PUBLICATION.next_open(date(2024, 2, 9)) == date(2024, 2, 14)
    assert PUBLICATION.first_open_from(date(2024, 2, 10)) == date(2024, 2, 14)
    assert PUBLICATION.first_open_from(date(2024, 2, 9)) == date(2024, 2, 9)
    assert PUBLICATION.age(date(2024, 2, 9), date(2024, 2, 15)) == 2
    assert list(PUBLICATION.open_days(date(2024, 2, 9), date(2024, 2, 14))) == [
        date(2024, 2, 9),
        date(2024, 2, 14),
    ]


def test_a_year_that_is_not_loaded_is_an_alarm_not_a_guess():
    with pytest.raises(CalendarNotAnnounced, match="2024-12-31"):
        PUBLICATION.is_open(date(2025, 1, 2))
    with pytest.raises(CalendarNotAnnounced):
        PUBLICATION.next_open(date(2024, 12, 31))


def test_calendar_documents_refuse_unknown_keys_and_kinds():
    with pytest.raises(ValueError, match="allowed"):
        Calendar.from_document({"id": "x", "holidays": []})
    with pytest.raises(ValueError, match="kind"):
        Calendar.from_document({"id": "x", "kind": "bank"})
