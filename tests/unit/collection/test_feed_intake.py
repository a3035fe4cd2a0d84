"""Feed intake on a real ledger: bytes kept, facts recorded, revisions beside the old figures."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from clocks import ToldClock

from assay.collection.feed_intake import FeedIntake
from assay.collection.feeds import load_feeds
from assay.core import Calendar, Refused
from assay.ledger import Ledger
from assay.ledger.book.market import contract_on, facts_of
from assay.ledger.book.prices import ticks_of

ROOT = Path(__file__).parents[3]
NOW = datetime(2025, 12, 31, 8, 0, tzinfo=UTC)
CEA = "date,trade_type,open,high,low,close,volume_t,turnover_cny\n"
SESSIONS = (
    "trading_day,session,contract,open,high,low,close,settlement,volume_lots,open_interest_lots\n"
)
TRADES = "trading_day,session,contract,at,price,volume_lots\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.create(tmp_path / "home", ToldClock(NOW), agency="test", simulated=True)
    yield ledger
    ledger.close()


@pytest.fixture
def intake(ledger: Ledger) -> FeedIntake:
    calendars = {
        calendar.id: calendar
        for path in (ROOT / "reference" / "calendars").glob("*.toml")
        for calendar in [Calendar.from_document(tomllib.loads(path.read_text("utf-8")))]
    }
    return FeedIntake(ledger, load_feeds(ROOT / "reference" / "feeds"), calendars)


def found(ledger: Ledger, series: str) -> list[dict[str, Any]]:
    with ledger.read() as connection:
        return facts_of(connection, series)


def test_closes_are_recorded_with_their_bytes(ledger: Ledger, intake: FeedIntake) -> None:
    content = (
        CEA + "2022-06-20,listed,59,59.5,59,59.25,20,1185\n2022-06-21,listed,59,60,59,61,20,1185\n"
    ).encode()
    taken = intake.take(content, "cea-daily", NOW, "cea.csv")
    assert ledger.evidence.get(taken.evidence) == content
    assert [entry.kind for entry in taken.entries] == [
        "evidence.archived/1", "market.recorded/1", "market.quarantined/1", "evidence.read/1",
    ]  # fmt: skip
    assert taken.recorded == 1
    (fact,) = found(ledger, "CEA-CLOSE")
    assert (fact["value"], fact["licence"], fact["carried"]) == (
        Decimal("59.25"),
        "restricted",
        False,
    )
    quarantined = taken.entries[2].body
    assert quarantined["row"]["close"] == "61"
    assert quarantined["finding"]["code"] == "feed.close_outside_range"


def test_belief_starts_from_the_book(ledger: Ledger, intake: FeedIntake) -> None:
    intake.take((CEA + "2022-06-20,listed,59,59.5,59,59.25,20,1185\n").encode(), "cea-daily", NOW)
    jump = (
        CEA + "2022-06-21,listed,90,90,90,90,10,900\n2022-06-22,listed,90,90,90,90,10,900\n"
    ).encode()
    taken = intake.take(jump, "cea-daily", NOW)
    assert [row.findings[0].code for row in taken.reading.quarantined] == ["feed.jump"]


def test_a_source_that_changes_a_figure_makes_a_revision(
    ledger: Ledger, intake: FeedIntake
) -> None:
    row = "2025-12-30,7.0050\n"
    intake.take(("date,usdcny\n" + row).encode(), "usdcny-daily", NOW)
    again = intake.take(
        ("date,usdcny\n" + row + "2025-12-31,7.0040\n").encode(), "usdcny-daily", NOW
    )
    assert again.recorded == 1
    changed = intake.take(b"date,usdcny\n2025-12-30,7.0060\n", "usdcny-daily", NOW)
    assert [finding.code for finding in changed.reading.findings] == ["feed.revised_at_source"]
    assert [(fact["value"], fact["revision"]) for fact in found(ledger, "USDCNY")] == [
        (Decimal("7.0060"), 1),
        (Decimal("7.0040"), 0),
    ]


def test_a_path_joins_its_session_and_the_exchange_keeps_the_word(
    ledger: Ledger, intake: FeedIntake
) -> None:
    path = "2025-12-30,day,AD2602,2025-12-30T10:14:59+08:00,21480,5\n"
    intake.take((TRADES + path).encode(), "ad-trades", NOW)
    session = "2025-12-30,day,AD2602,21560,21600,21430,21455,21490,7940,15102\n"
    intake.take((SESSIONS + session).encode(), "ad-sessions", NOW)
    more = path + "2025-12-30,day,AD2602,2025-12-30T14:00:00+08:00,21470,7\n"
    intake.take((TRADES + more).encode(), "ad-trades", NOW)
    (fact,) = found(ledger, "AD-MAIN")
    assert (fact["content"]["close"], fact["content"]["settlement"]) == ("21455", "21490")
    assert [step[1] for step in fact["content"]["path"]] == ["21480", "21470"]


def test_rolls_are_recorded_once_and_overridden_with_words(
    ledger: Ledger, intake: FeedIntake
) -> None:
    rows = (
        "2025-12-29,day,AD2602,21640,21690,21560,21610,21620,6120,16480\n"
        "2025-12-29,day,AD2603,21655,21705,21575,21625,21635,4310,14905\n"
        "2025-12-30,day,AD2602,21560,21600,21430,21455,21490,7940,15102\n"
        "2025-12-30,day,AD2603,21570,21610,21440,21475,21505,9685,15866\n"
    )
    intake.take((SESSIONS + rows).encode(), "ad-sessions", NOW)
    entries = intake.record_rolls("AD-MAIN", "SHFE", date(2025, 12, 31))
    assert [(each.body["since"], each.body["contract"]) for each in entries] == [
        ("2025-12-30", "AD2602"),
        ("2025-12-31", "AD2603"),
    ]
    assert intake.record_rolls("AD-MAIN", "SHFE", date(2025, 12, 31)) == []
    with pytest.raises(Refused, match="words"):
        intake.override_contract("AD-MAIN", "AD2602", date(2025, 12, 31), " ")
    intake.override_contract("AD-MAIN", "AD2602", date(2025, 12, 31), "delivery squeeze")
    with ledger.read() as connection:
        held = contract_on(connection, "AD-MAIN", date(2025, 12, 31))
    assert held is not None
    assert (held["contract"], held["previous"], held["override"]) == ("AD2602", "AD2603", True)


def test_quantities_history_and_bulletins(ledger: Ledger, intake: FeedIntake) -> None:
    table = b"enterprise,quarter,output,emission,source\nA,2025-Q3,100,1200,x\n"
    assert [
        row["enterprise"] for row in intake.take(table, "carbon-intensity", NOW).quantities
    ] == ["A"]
    history = (
        b"series,date,low,mid,high,unit,tax,claimed_at\n"
        b"AL-A00-SHANGHAI,2025-12-01,21620,21640,21660,CNY/t,included,2025-12-01T10:16:00+08:00\n"
    )
    taken = intake.take(history, "price-history", NOW)
    (entry,) = (each for each in taken.entries if each.kind == "price.imported/1")
    assert entry.body["claimed_at"] == "2025-12-01T02:16:00Z"
    assert entry.recorded_at >= NOW
    words = "收盘价90.18元/吨。挂牌协议交易成交量10吨,成交额900.00元。"
    assert intake.take_bulletin(words, date(2024, 7, 12), NOW).recorded == 1
    assert found(ledger, "CEA-CLOSE")[0]["definition"] == "composite over vintages"


HISTORY = "series,date,low,mid,high,unit,tax,claimed_at\n"
FIRST = "AL-A00-SHANGHAI,2025-12-01,21620,21640,21660,CNY/t,included,2025-12-01T10:16:00+08:00\n"
SECOND = "AL-A00-SHANGHAI,2025-12-02,21640,21660,21680,CNY/t,included,2025-12-02T10:16:00+08:00\n"


def test_a_history_that_went_on_is_imported_again(ledger: Ledger, intake: FeedIntake) -> None:
    assert intake.take((HISTORY + FIRST).encode(), "price-history", NOW).recorded == 1
    longer = intake.take((HISTORY + FIRST + SECOND).encode(), "price-history", NOW)
    assert longer.recorded == 1
    assert [each.code for each in longer.findings] == ["feed.known_prices"]
    again = intake.take((HISTORY + FIRST + SECOND).encode(), "price-history", NOW)
    assert (again.recorded, len(again.reading.quarantined)) == (0, 0)


def test_a_history_does_not_rewrite_a_price_that_is_out(ledger: Ledger, intake: FeedIntake) -> None:
    intake.take((HISTORY + FIRST).encode(), "price-history", NOW)
    other = FIRST.replace("21640", "21650")
    taken = intake.take((HISTORY + other + SECOND).encode(), "price-history", NOW)
    assert taken.recorded == 1
    assert [each.code for each in taken.findings] == ["feed.price_differs"]
    with ledger.read() as connection:
        mids = [tick["mid"] for tick in ticks_of(connection, "AL-A00-SHANGHAI")]
    assert mids == [Decimal(21640), Decimal(21660)]


def test_an_undeclared_feed_is_refused(intake: FeedIntake) -> None:
    with pytest.raises(Refused, match="declared feeds: ad-minutes"):
        intake.take(b"", "weather", NOW)


def test_a_file_is_recognised_by_its_columns(intake: FeedIntake) -> None:
    assert intake.recognise(CEA.encode()) == "cea-daily"
    assert intake.recognise(SESSIONS.encode()) == "ad-sessions"
    assert intake.recognise(TRADES.encode()) == "ad-trades"
    assert intake.recognise(b"date,usdcny\n2025-12-30,7.0\n") == "usdcny-daily"
    with pytest.raises(Refused, match="fits none of"):
        intake.recognise(b"date,mood\n2025-12-30,good\n")


def test_a_close_of_a_day_that_has_not_begun_is_quarantined(
    ledger: Ledger, intake: FeedIntake
) -> None:
    content = CEA + "2025-12-30,listed,74,75,73,74.01,20,1480.2\n"
    content += "2026-03-02,listed,74,75,73,74.01,20,1480.2\n"
    taken = intake.take(content.encode(), "cea-daily", NOW, "cea.csv")
    assert [str(row["date"]) for row in found(ledger, "CEA-CLOSE")] == ["2025-12-30"]
    (row,) = taken.reading.quarantined
    assert (row.findings[0].code, row.row["date"]) == ("feed.not_yet", "2026-03-02")
