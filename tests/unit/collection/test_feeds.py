"""Feeds: exchange tables, bulletins, sessions and paths. Expected figures are worked by hand."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from assay.collection import Lexicon, Reading
from assay.collection.feeds import (
    ContractDay,
    FeedMapping,
    MappingError,
    Roll,
    load_feeds,
    read_bulletin,
    read_feed,
    read_history,
    read_quantities,
    rolls_of,
    trading_day_of,
)
from assay.collection.feeds.quantities import quarter_of
from assay.core import Calendar, Rounding, round_to_step

ROOT = Path(__file__).parents[3]
FEEDS = load_feeds(ROOT / "reference" / "feeds")
CALENDARS = {
    calendar.id: calendar
    for path in (ROOT / "reference" / "calendars").glob("*.toml")
    for calendar in [Calendar.from_document(tomllib.loads(path.read_text("utf-8")))]
}
CEA = "date,trade_type,open,high,low,close,volume_t,turnover_cny\n"


def mapping(**changes: Any) -> FeedMapping:
    document = {
        "id": "test", "kind": "daily", "series": "TEST", "unit": "CNY/t", "source": "made up",
        "columns": {"date": "date", "close": "close"}, **changes,
    }  # fmt: skip
    return FeedMapping.from_document(document)


def read(text: str, feed: str | FeedMapping, **known: Decimal) -> Reading:
    chosen = FEEDS[feed] if isinstance(feed, str) else feed
    return read_feed(
        text.encode(), chosen, CALENDARS, known={"": known["known"]} if known else None
    )


def codes(reading: Reading) -> Counter[str]:
    return Counter(finding.code for finding in reading.findings)


def quarantined(reading: Reading) -> list[str]:
    return [finding.code for row in reading.quarantined for finding in row.findings]


# -- the carbon close ---------------------------------------------------------------------------


def test_a_close_is_turnover_over_volume_and_carried_without_a_listed_trade() -> None:
    reading = read(
        CEA + "2022-06-20,listed,59,59.5,59,59.25,20,1185\n"
        "2022-06-21,block,60,60,60,60,150000,9000000\n"
        "2022-06-22,listed,,,,59.25,0,0\n",
        "cea-daily",
    )
    assert [(fact.date.day, fact.figures["close"], fact.carried) for fact in reading.facts] == [
        (20, "59.25", False),
        (21, "59.25", True),
        (22, "59.25", True),
    ]
    assert reading.facts[0].event_time == datetime(2022, 6, 20, 7, 0, tzinfo=UTC)
    assert reading.facts[0].licence == "restricted"


def test_a_close_that_its_own_trades_contradict_is_quarantined() -> None:
    reading = read(
        CEA
        + "2022-06-20,listed,59,59.5,59,59.25,20,1185\n2022-06-21,listed,59,60,59,59.52,20,1185\n",
        "cea-daily",
    )
    assert quarantined(reading) == ["feed.close_differs"]
    assert len(reading.facts) == 1
    assert reading.quarantined[0].row["close"] == "59.52"


def test_from_2023_08_24_the_close_is_a_composite() -> None:
    reading = read(CEA + "2024-07-12,listed,88.87,91.13,88.87,90.18,53144,4752340\n", "cea-daily")
    (fact,) = reading.facts
    assert fact.figures["close"] == "90.18"
    assert fact.definition is not None
    assert fact.definition.startswith("composite")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2022-06-21,listed,595,595,595,595,10,5950", "feed.implausible"),
        ("2022-06-21,listed,90,90,90,90,10,900", "feed.jump"),
        ("2022-06-21,listed,59,58,60,59,10,590", "feed.low_above_high"),
        ("2022-06-21,listed,59,59.2,59.1,59,10,590", "feed.close_outside_range"),
        ("2022-06-21,listed,59,59,59,59,-10,-590", "feed.negative"),
        ("2022-06-21,listed,59,59,59,fifty,10,590", "feed.not_a_number"),
        ("2022-13-21,listed,59,59,59,59,10,590", "feed.not_a_date"),
        ("2022-06-21,other,59,59,59,59,10,590", "feed.unknown_word"),
        ("2022-06-25,listed,59,59,59,59,10,590", "feed.closed_day"),
        ("2022-06-20,listed,59,59,59,59,10,590", "feed.day_twice"),
        ("2022-06-21,listed,59,60,59,60,0,0", "feed.close_without_trade"),
    ],
)
def test_a_planted_wrong_row_is_quarantined_and_the_rest_goes_on(row: str, code: str) -> None:
    good = "2022-06-20,listed,59,59.5,59,59.25,20,1185\n"
    later = "2022-06-27,listed,59,59,59,59,10,590\n"
    reading = read(CEA + good + row + "\n" + later, "cea-daily")
    assert code in quarantined(reading)
    assert len(reading.quarantined) == 1
    assert [fact.date.day for fact in reading.facts] == [20, 27]


def test_a_wrong_first_row_does_not_become_the_measure() -> None:
    rows = "".join(f"2022-06-2{day},listed,60,60,60,60,10,600\n" for day in (1, 2, 3, 4))
    reading = read(CEA + "2022-06-20,listed,90,90,90,90,10,900\n" + rows, "cea-daily")
    assert quarantined(reading) == ["feed.jump"]
    assert len(reading.facts) == 4


def test_a_lasting_new_level_is_believed_on_its_second_day_and_said() -> None:
    rows = "date,close\n2024-10-15,100\n2024-10-16,131\n2024-10-17,130\n2024-10-18,129\n"
    reading = read(rows, mapping(limits={"day_change_percent": "10"}), known=Decimal(100))
    assert quarantined(reading) == ["feed.jump"]
    assert [fact.figures["close"] for fact in reading.facts] == ["100", "130", "129"]
    assert codes(reading) == Counter({"feed.level_shift": 1})


def test_columns_that_are_unknown_or_missing_refuse_the_file() -> None:
    unknown = read(
        CEA.replace("close", "close,mood") + "2022-06-20,listed,1,1,1,1,x,1,1\n", "cea-daily"
    )
    assert codes(unknown) == Counter({"feed.columns": 1})
    assert "mood; allowed:" in unknown.findings[0].what_to_do
    missing = read("date,close\n2022-06-20,59\n", "cea-daily")
    assert "missing" in missing.findings[0].what_to_do
    assert read("", "cea-daily").refused


def test_days_without_a_row_are_said() -> None:
    rows = "2022-06-20,listed,59,59,59,59,10,590\n2022-06-23,listed,59,59,59,59,10,590\n"
    reading = read(CEA + rows, "cea-daily")
    (finding,) = reading.findings
    assert finding.code == "feed.missing_days"
    assert "2 open days have no row (2022-06-21, 2022-06-22)" in finding.what_to_do


def test_weekend_rates_are_ignored_and_said() -> None:
    reading = read(
        "date,usdcny\n2026-05-08,6.7965\n2026-05-10,6.7942\n2026-05-11,6.7924\n", "usdcny-daily"
    )
    assert [fact.date.day for fact in reading.facts] == [8, 11]
    assert codes(reading) == Counter({"feed.closed_day": 1})


def test_zero_that_means_missing_is_left_out() -> None:
    feed = mapping(
        columns={"date": "date", "close": "close", "settle": "settlement"},
        zero_is_outage=["settlement"],
    )
    reading = read("date,close,settle\n2024-09-25,4115,0\n", feed)
    assert reading.facts[0].figures == {"close": "4115"}
    assert codes(reading) == Counter({"feed.zero_means_outage": 1})


def test_gbk_and_day_first_dates() -> None:
    feed = mapping(
        encoding="gbk", date_format="day_first", columns={"日期": "date", "升贴水": "value"},
        ignored=["进口利润"],
    )  # fmt: skip
    table = "日期,升贴水,进口利润\n3/2/2017,,-2150\n4/2/2017,-60,\n".encode("gbk")
    reading = read_feed(table, feed)
    (fact,) = reading.facts
    assert (fact.date, fact.figures) == (date(2017, 2, 4), {"value": "-60"})
    assert codes(reading) == Counter({"feed.empty_rows": 1})
    assert read_feed("日期,升贴水\n".encode(), mapping(encoding="ascii")).refused


# -- sessions, paths, rolls -----------------------------------------------------------------------

SESSIONS = (
    "trading_day,session,contract,open,high,low,close,settlement,volume_lots,open_interest_lots\n"
)


def test_sessions_of_contracts() -> None:
    reading = read(
        SESSIONS + "2025-12-31,night,AD2603,21485,21600,21425,21480,,1830,16097\n"
        "2025-12-31,day,AD2603,21480,21560,21450,21530,0,7215,16240\n",
        "ad-sessions",
    )
    night, day = reading.facts
    assert (night.session, night.contract, night.figures["open_interest"]) == (
        "night",
        "AD2603",
        "16097",
    )
    # The night of trading day 12-31 ended on the evening of 12-30 (23:59:59 +08:00).
    assert night.event_time == datetime(2025, 12, 30, 15, 59, 59, tzinfo=UTC)
    assert day.event_time == datetime(2025, 12, 31, 7, 0, tzinfo=UTC)
    assert "settlement" not in day.figures
    assert codes(reading) == Counter({"feed.zero_means_outage": 1})


def test_a_session_on_a_closed_day_is_quarantined() -> None:
    row = "2026-01-01,day,AD2603,21480,21560,21450,21530,21505,7215,16240\n"
    assert quarantined(read(SESSIONS + row, "ad-sessions")) == ["feed.closed_day"]


@pytest.mark.parametrize(
    ("instant", "day", "session"),
    [
        ("2025-12-30T21:00:00+08:00", date(2025, 12, 31), "night"),
        ("2025-12-31T09:00:00+08:00", date(2025, 12, 31), "day"),
        # 2025-12-26 is a Friday: its night belongs to Monday; so does what follows after midnight.
        ("2025-12-26T22:00:00+08:00", date(2025, 12, 29), "night"),
        ("2025-12-27T01:00:00+08:00", date(2025, 12, 29), "night"),
    ],
)
def test_the_night_belongs_to_the_next_trading_day(instant: str, day: date, session: str) -> None:
    told = trading_day_of(datetime.fromisoformat(instant), CALENDARS["SHFE"], "Asia/Shanghai")
    assert told == (day, session)


TRADES = "trading_day,session,contract,at,price,volume_lots\n"


def test_a_path_keeps_its_order_and_gives_its_session() -> None:
    reading = read(
        TRADES + "2025-12-31,night,AD2603,2025-12-30T21:00:00+08:00,21485,150\n"
        "2025-12-31,night,AD2603,2025-12-30T21:30:00+08:00,21425,80\n"
        "2025-12-31,night,AD2603,2025-12-30T21:10:00+08:00,21600,110\n"
        "2025-12-31,night,AD2603,2025-12-30T22:10:00+08:00,214800,10\n"
        "2025-12-31,night,AD2603,2025-12-30T22:50:00+08:00,21480,70\n",
        "ad-trades",
    )
    (fact,) = reading.facts
    assert fact.figures == {
        "open": "21485", "high": "21600", "low": "21425", "close": "21480", "volume": "410",
    }  # fmt: skip
    assert fact.path[0] == ("2025-12-30T13:00:00Z", "21485", "150")
    assert [step[1] for step in fact.path] == ["21485", "21600", "21425", "21480"]
    assert quarantined(reading) == ["feed.implausible"]
    assert codes(reading) == Counter({"feed.out_of_order": 1})


def test_a_path_row_of_another_session_than_it_says_is_quarantined() -> None:
    row = "2025-12-30,night,AD2603,2025-12-30T21:00:00+08:00,21485,150\n"
    assert quarantined(read(TRADES + row, "ad-trades")) == ["feed.other_session"]


def test_minute_bars() -> None:
    reading = read(
        "datetime,contract,open,high,low,close,volume,hold\n"
        "2025-12-30 21:01:00,AD2603,21485,21490,21470,21480,100,16000\n"
        "2025-12-30 21:02:00,AD2603,21480,21500,21475,21495,50,16010\n",
        "ad-minutes",
    )
    (fact,) = reading.facts
    assert (fact.date, fact.session) == (date(2025, 12, 31), "night")
    assert fact.figures == {
        "open": "21485", "high": "21500", "low": "21470", "close": "21495", "volume": "150",
        "open_interest": "16010",
    }  # fmt: skip


def day_of(day: int, contract: str, interest: int, volume: int = 0) -> ContractDay:
    return ContractDay(date(2025, 12, day), contract, Decimal(interest), Decimal(volume))


def test_the_most_traded_contract_rolls_once_and_never_back() -> None:
    closes = [
        day_of(29, "AD2602", 16480), day_of(29, "AD2603", 14905),
        day_of(30, "AD2602", 15102), day_of(30, "AD2603", 15866),
        day_of(31, "AD2602", 17000), day_of(31, "AD2603", 16240),
    ]  # fmt: skip
    open_days = [date(2025, 12, 29), date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 5)]
    assert [(roll.since, roll.contract, roll.previous) for roll in rolls_of(closes, open_days)] == [
        (date(2025, 12, 30), "AD2602", None),
        (date(2025, 12, 31), "AD2603", "AD2602"),
    ]


def test_ties_and_the_analysts_override() -> None:
    tie = [day_of(29, "AD2602", 100, 5), day_of(29, "AD2603", 100, 9)]
    days = [date(2025, 12, 30), date(2025, 12, 31)]
    assert rolls_of(tie, days)[0].contract == "AD2603"
    equal = [day_of(29, "AD2602", 100), day_of(29, "AD2603", 100)]
    assert rolls_of(equal, days)[0].contract == "AD2602"
    stated = Roll(date(2025, 12, 31), "AD2604", None, "said", override=True, reason="delivery")
    last = rolls_of(equal, days, [stated])[-1]
    assert (last.contract, last.override, last.reason) == ("AD2604", True, "delivery")


# -- bulletins, quantities, history -----------------------------------------------------------------

BULLETIN = (
    "今日全国碳市场综合价格行情为:开盘价88.87元/吨,最高价91.13元/吨,最低价88.87元/吨,收盘价90.18元/吨。"
    "今日挂牌协议交易成交量1,000吨,成交额90,000.00元;大宗协议交易成交量2,000吨,成交额170,000.00元。"
    "今日全国碳排放配额总成交量{total}吨,总成交额260,000.00元。"
)


def test_a_bulletin_in_words() -> None:
    (fact,) = read_bulletin(BULLETIN.format(total="3,000"), date(2024, 7, 12)).facts
    assert fact.figures == {
        "open": "88.87", "high": "91.13", "low": "88.87", "close": "90.18",
        "volume": "1000", "turnover": "90000", "block_volume": "2000", "block_turnover": "170000",
        "total_volume": "3000", "total_turnover": "260000",
    }  # fmt: skip
    wrong = read_bulletin(BULLETIN.format(total="4,000"), date(2024, 7, 12))
    assert [finding.code for finding in wrong.findings] == ["bulletin.sum"]
    assert read_bulletin("今日休市", date(2024, 7, 12)).refused


def test_quantities_are_taken_whole_or_not_at_all() -> None:
    head = "enterprise,quarter,output,emission,source\n"
    good = head + "A,2025年三季度,100,1200,own report\nB,2025-Q3,200,400,own report\n"
    table = read_quantities(good.encode(), FEEDS["carbon-intensity"])
    assert [(row["enterprise"], row["quarter"]) for row in table.rows] == [
        ("A", "2025-Q3"), ("B", "2025-Q3"),
    ]  # fmt: skip
    for bad in (
        "C,2025-Q3,100,120000,x\n",
        "A,2025-Q3,1,2,x\n",
        "C,2025-Q3,0,2,x\n",
        "C,Q3,1,2,x\n",
    ):
        refused = read_quantities((good + bad).encode(), FEEDS["carbon-intensity"])
        assert refused.rows == ()
        assert refused.findings
    assert quarter_of("2025年第3季度") == "2025-Q3"
    assert quarter_of("2025-Q5") is None


def test_history_keeps_the_claimed_time() -> None:
    head = "series,date,low,mid,high,unit,tax,claimed_at\n"
    rows, bad, _ = read_history(
        (head + "AL,2025-12-01,21620,21640,21660,CNY/t,included,2025-12-01T10:16:00+08:00\n"
         "AL,2025-12-02,21660,21640,21620,CNY/t,included,\n").encode(),
        FEEDS["price-history"],
    )  # fmt: skip
    assert [(row.mid, row.claimed_at) for row in rows] == [
        ("21640", datetime(2025, 12, 1, 2, 16, tzinfo=UTC))
    ]
    assert [finding.code for row in bad for finding in row.findings] == ["feed.low_above_high"]


# -- mappings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{"mood": 1}, {"kind": "weekly"}, {"columns": {"a": "prize"}}, {"date_format": "x"},
     {"limits": {"least": "1", "more": "2"}}, {"closed_days": "guess"}],
)  # fmt: skip
def test_a_mapping_says_what_it_does_not_know(changes: dict[str, Any]) -> None:
    with pytest.raises(MappingError, match="allowed"):
        mapping(**changes)


def test_defaults_of_a_mapping() -> None:
    made = mapping()
    assert (made.zone, made.event_clock, made.date_format) == (
        "Asia/Shanghai",
        time(15, 0),
        "year_first",
    )


# -- the real tables ------------------------------------------------------------------------------


def test_the_real_carbon_closes(shared: Path) -> None:
    content = (shared / "market" / "cea_daily_2021_2023.csv").read_bytes()
    reading = read_feed(content, FEEDS["cea-exchange"], CALENDARS)
    assert len(reading.facts) == 514
    assert reading.quarantined == ()
    assert codes(reading) == Counter({"feed.open_outside_range": 1})
    assert not any(fact.carried for fact in reading.facts)
    rows = [
        row
        for row in csv.DictReader(content.decode("utf-8-sig").splitlines())
        if row["TradeType"] == "Listed"
    ]
    for fact, row in zip(reading.facts, rows, strict=True):
        mean = Fraction(row["DailyAmount"]) / Fraction(row["DailyVolume"])
        assert round_to_step(mean, Decimal("0.01"), Rounding.HALF_UP) == Decimal(row["Close"])
        assert Decimal(fact.figures["close"]) == Decimal(row["Close"])
    closes = {fact.date: Decimal(fact.figures["close"]) for fact in reading.facts}
    assert (closes[date(2023, 8, 17)], closes[date(2023, 8, 16)]) == (
        Decimal("70.10"),
        Decimal("70.00"),
    )


def test_a_wrong_row_planted_into_the_real_closes_is_quarantined(shared: Path) -> None:
    text = (shared / "market" / "cea_daily_2021_2023.csv").read_text("utf-8-sig")
    planted = text.replace("2023-08-17,CEA,", "2023-08-17,CEA,", 1)
    line = next(
        each for each in planted.splitlines() if each.startswith("2023-08-17") and "Listed" in each
    )
    cells = line.split(",")
    cells[5] = "71.10"
    reading = read_feed(
        planted.replace(line, ",".join(cells)).encode(), FEEDS["cea-exchange"], CALENDARS
    )
    (row,) = reading.quarantined
    assert row.row["date"] == "2023-08-17"
    assert len(reading.facts) == 513


def test_a_day_without_a_listed_row_carries(shared: Path) -> None:
    text = (shared / "market" / "cea_daily_2021_2023.csv").read_text("utf-8-sig")
    lines = [
        line
        for line in text.splitlines()
        if not (line.startswith("2023-08-25") and "Listed" in line)
    ]
    last = read_feed("\n".join(lines).encode(), FEEDS["cea-exchange"], CALENDARS).facts[-1]
    assert (last.date, last.carried) == (date(2023, 8, 25), True)
    assert Decimal(last.figures["close"]) == Decimal("72.3")


def test_the_real_bulletins(shared: Path) -> None:
    import json

    lexicon = Lexicon.load(ROOT / "reference" / "phrases")
    lines = json.loads((shared / "messages" / "price_lines.json").read_text("utf-8"))
    expected = [
        ("90.18", "53144", "4752340"),
        ("97.42", "3210", "310602"),
        ("92.62", "120001", "11090085.5"),
    ]
    for line, (close, volume, turnover) in zip(lines["cea_bulletins"], expected, strict=True):
        (fact,) = read_bulletin(
            line["text"], date(2024, 7, 12), traditional=lexicon.traditional
        ).facts
        assert (fact.figures["close"], fact.figures["volume"], fact.figures["turnover"]) == (
            close, volume, turnover,
        )  # fmt: skip


def test_the_real_rates_have_weekend_rows(shared: Path) -> None:
    content = (shared / "market" / "usdcny_daily.csv").read_bytes()
    reading = read_feed(content, FEEDS["usdcny-daily"], CALENDARS)
    assert codes(reading) == Counter({"feed.closed_day": 363})
    assert len(reading.facts) + 363 == 3697
    assert reading.quarantined == ()


@pytest.mark.parametrize(
    ("name", "jumps"),
    [("gfex_si0_industrial_silicon.csv", ["2024-10-17"]), ("shfe_ao0_alumina.csv", [])],
)
def test_the_real_futures_bars(shared: Path, name: str, jumps: list[str]) -> None:
    feed = mapping(
        columns={
            "date": "date", "open": "open", "high": "high", "low": "low", "close": "close",
            "volume": "volume", "hold": "open_interest", "settle": "settlement",
        },
        zero_is_outage=["settlement"], calendar="SHFE", limits={"day_change_percent": "12"},
    )  # fmt: skip
    reading = read_feed((shared / "market" / name).read_bytes(), feed, CALENDARS)
    outage = [each for each in reading.findings if each.code == "feed.zero_means_outage"]
    assert [each.where.rpartition(", ")[2] for each in outage] == ["2024-09-25"]
    assert [row.row["date"] for row in reading.quarantined] == jumps


def test_the_real_gbk_table(shared: Path) -> None:
    feed = mapping(
        encoding="gbk", date_format="day_first", ignored=["进口利润", "三月进口利润"],
        columns={"日期": "date", "升贴水": "value"},
    )  # fmt: skip
    reading = read_feed((shared / "messages" / "al_basis_gbk_encoded.csv").read_bytes(), feed)
    found = {fact.date: fact.figures["value"] for fact in reading.facts}
    assert (found[date(2025, 7, 18)], found[date(2025, 7, 30)], found[date(2025, 7, 28)]) == (
        "110", "-10", "0",
    )  # fmt: skip
    assert not reading.refused
