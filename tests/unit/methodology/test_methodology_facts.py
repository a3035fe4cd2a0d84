"""Calendars, tax tables and market rules against facts kept elsewhere."""

import csv
import os
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from assay.core import CalendarNotAnnounced
from assay.methodology import (
    METHODOLOGIES,
    Inputs,
    MarketRow,
    determine,
    load_methodology,
    load_reference,
)

SHARED = os.environ.get("ASSAY_SHARED_DATA")
shared = pytest.mark.skipif(not SHARED, reason="ASSAY_SHARED_DATA names no folder with market data")
CALENDARS = load_reference().calendars


def rows_of(name):
    with (Path(SHARED) / "market" / name).open(encoding="utf-8-sig") as lines:
        yield from csv.DictReader(lines)


@shared
def test_the_calendars_agree_with_the_kept_table_on_every_day():
    days = 0
    for row in rows_of("calendar_cn_2021_2026.csv"):
        day = date.fromisoformat(row["date"])
        weekday = day.isoweekday() <= 5
        assert CALENDARS["CN"].is_open(day) == (row["statutory_workday"] == "1" and weekday)
        assert CALENDARS["SHFE"].is_open(day) == (row["cn_trading_day"] == "1")
        if day >= date(2021, 7, 16):
            assert CALENDARS["CEA"].is_open(day) == (row["cn_trading_day"] == "1")
        days += 1
    assert days == 2191


def test_days_that_are_easily_got_wrong():
    assert CALENDARS["CN"].is_open(date(2024, 2, 9))
    assert not CALENDARS["SHFE"].is_open(date(2024, 2, 9))
    assert not CALENDARS["CEA"].is_open(date(2024, 2, 9))
    # make-up working days on weekends are no publication days
    for day in (date(2025, 1, 26), date(2025, 10, 11), date(2026, 2, 28)):
        assert not CALENDARS["CN"].is_open(day)
    assert CALENDARS["CN"].why_closed(date(2025, 10, 6)) == "Mid-Autumn Festival and National Day"
    with pytest.raises(CalendarNotAnnounced, match="2026-12-31"):
        CALENDARS["CN"].is_open(date(2027, 1, 4))


@shared
def test_the_carbon_close_is_turnover_over_volume_or_carried():
    rows, stated = [], {}
    for row in rows_of("cea_daily_2021_2023.csv"):
        day = date.fromisoformat(row["Date"])
        numbers = {
            "volume": Fraction(row["DailyVolume"] or 0),
            "turnover": Fraction(row["DailyAmount"] or 0),
        }
        kind = row["TradeType"].lower()
        rows.append(MarketRow("CEA-CLOSE", day, trade_type=kind, numbers=numbers))
        if kind == "listed":
            stated[day] = Decimal(row["Close"])
    first = load_methodology(METHODOLOGIES / "cea/2021-07-16.toml")
    second = load_methodology(METHODOLOGIES / "cea/2023-08-24.toml")
    by_day = defaultdict(list)
    for row in rows:
        by_day[row.date].append(row)
    known = sorted(by_day)
    met = 0
    for place, day in enumerate(known):
        near = [row for each in known[max(0, place - 60) : place + 1] for row in by_day[each]]
        document = first if day < second.effective else second
        found = determine(document, day, Inputs(market=tuple(near)))
        if found.determined and day in stated:
            assert found.mid == stated[day].quantize(Decimal("0.01")), day
            met += not found.statistics["carried_at_source"]
    assert met == len(stated) == 514


def test_the_tax_table_is_dated():
    table = load_reference().tables["cn-import-alloy"]
    assert table.on(date(2019, 3, 31), "vat")[1] == Fraction(16, 100)
    assert table.on(date(2019, 4, 1), "vat")[1] == Fraction(13, 100)
    assert table.on(date(2025, 12, 30), "duty_mfn")[1] == Fraction(7, 100)
    assert table.on(date(2018, 4, 30), "vat") is None


def test_every_calendar_names_its_source_and_its_last_day():
    for calendar in CALENDARS.values():
        assert calendar.source
        assert calendar.announced_until == date(2026, 12, 31)
        day = calendar.announced_from
        assert sum(calendar.is_open(day + timedelta(days=n)) for n in range(30)) > 10
