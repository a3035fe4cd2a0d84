"""What a determination is given: exchange rows by contract, replaced data, ages, alarms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assay import desk as acts
from assay.desk.gathering import changed_inputs, gather
from assay.ledger import SYSTEM, Draft
from assay.methodology import METHODOLOGIES, library_of, load_methodology

from .conftest import DAY, shanghai
from .morning import FOSHAN, determined, opened, three_deals


def market(room, series, contract, content, day="2025-12-30", session="day"):
    body = {
        "series": series, "date": day, "content": content, "unit": "CNY/t", "session": session,
        "source": "exchange file", "event_time": f"{day}T15:00:00+08:00", "contract": contract,
    }  # fmt: skip
    room.ledger.append([Draft("market.recorded/1", SYSTEM, body)])


@pytest.fixture
def alloy(room):
    """The desk with the documents of the alloy premium (ADC12 mid less the last futures trade)."""
    families = ("adc12", "adc12-premium", "ad-main")
    documents = [
        load_methodology(path)
        for family in families
        for path in sorted((METHODOLOGIES / family).glob("*.toml"))
    ]
    room.desk = replace(room.desk, library=library_of(documents))
    return room


def test_the_last_trade_until_the_break_of_the_most_traded_contract(alloy):
    """AD2602 has the larger open interest on 12-29; its last trade by 10:15:00 is 21,470."""
    market(alloy, "AD-MAIN", "AD2602", {"close": "21610", "open_interest": "16480"}, "2025-12-29")
    market(alloy, "AD-MAIN", "AD2603", {"close": "21625", "open_interest": "14905"}, "2025-12-29")
    path = [
        ["2025-12-30T10:14:00+08:00", "21480", "5"],
        ["2025-12-30T10:15:00+08:00", "21470", "3"],
        ["2025-12-30T10:30:01+08:00", "21450", "9"],
    ]
    market(alloy, "AD-MAIN", "AD2602", {"path": path})
    market(alloy, "AD-MAIN", "AD2603", {"path": [["2025-12-30T10:14:59+08:00", "21500", "1"]]})
    with alloy.ledger.read() as connection:
        document = alloy.desk.document("ADC12-PREMIUM", DAY)
        pending = {
            ("ADC12", DAY): {
                "series": "ADC12", "pricing_date": "2025-12-30", "revision": 0,
                "low": "22250", "mid": "22300", "high": "22350",
            }
        }  # fmt: skip
        inputs = gather(alloy.desk, connection, document, "ADC12-PREMIUM", DAY, pending)
    futures = [each for each in inputs["series"]["AD-MAIN"] if each["date"] == "2025-12-30"]
    assert [each["value"] for each in futures] == ["21470"]
    from assay.methodology import determine, inputs_from_document

    said = determine(document, DAY, inputs_from_document(inputs), "ADC12-PREMIUM")
    assert str(said.mid) == "830", "22,300 - 21,470"


def test_gathering_twice_gives_the_same(room):
    determined(room)
    with room.ledger.read() as connection:
        document = room.desk.document(FOSHAN, DAY)
        first = gather(room.desk, connection, document, FOSHAN, DAY)
        again = gather(room.desk, connection, document, FOSHAN, DAY)
    assert first == again
    assert changed_inputs(first, again, None) == []


def test_what_changed_is_said_in_words():
    before = {"submissions": [{"id": "S-1", "low": "1"}, {"id": "S-2"}], "series": {"X": [1]}}
    now = {"submissions": [{"id": "S-1", "low": "2"}, {"id": "S-3"}], "contributors": []}
    assert changed_inputs(before, now, None) == [
        "submission S-2 is no longer there", "submission S-3 is new", "submission S-1: low changed",
        "input X changed", "contributors changed",
    ]  # fmt: skip


def test_a_later_message_that_says_so_replaces_an_earlier_one(room):
    opened(room)
    first = three_deals(room)[0]
    second = room.deal("F01", "22170", confirmed=False)
    room.ledger.append(
        [Draft("submission.discarded/1", "A-1", {"submission": second, "reason": "x"})]
    )
    fields = {
        "pricing_date": DAY.isoformat(),
        "series": FOSHAN,
        "contributor": "F01",
        "low": "22170",
    }
    received = {
        "submission": "S-900", "channel": "wechat", "evidence": "sha256:" + "0" * 64,
        "received_at": shanghai("10:00:00").isoformat(), "fields": fields, "replaces": first,
    }  # fmt: skip
    room.ledger.append([Draft("submission.received/1", SYSTEM, received)])
    acts.confirm(room.desk, room.keys["A-1"], "S-900")
    rows = {r["submission"]: r["state"] for r in acts.blotter(room.desk, DAY, FOSHAN, "A-1")}
    assert (rows[first], rows["S-900"]) == ("withdrawn", "confirmed")


def test_an_overdue_consultation_and_a_missing_year_are_told_at_the_opening(room):
    room.clock("2026-12-01 08:30:00")
    late = [
        replace(each, consultation=replace(each.consultation, next=date(2026, 6, 15)))
        for each in room.desk.library.documents()
        if each.consultation is not None
    ]
    desk = replace(room.desk, library=library_of(late))
    entries = acts.open_day(desk, room.keys["A-1"], date(2026, 12, 1))
    codes = {each.body["code"] for each in entries if each.kind == "finding.raised/1"}
    assert codes == {"methodology.consultation_overdue", "calendar.year_not_loaded"}
    assert entries[-1].kind == "day.opened/1", "an alarm blocks nothing"


def test_a_close_too_old_is_missing_and_a_stale_one_is_flagged(room):
    """The close of 12-29 is age 0 on 12-30, age 1 on 12-31 (12-30 has no row)."""
    room.clock("2025-12-31 08:00:00")
    body = {
        "series": FOSHAN, "pricing_date": "2025-12-31", "low": "22160", "mid": "22180",
        "high": "22200", "unit": "CNY/t", "source": "elsewhere",
        "claimed_at": "2025-12-31T10:16:00+08:00",
    }  # fmt: skip
    room.ledger.append([Draft("price.imported/1", SYSTEM, body)])
    acts.open_day(room.desk, room.keys["A-1"], date(2025, 12, 31), ["AL-LC"])
    room.clock("2025-12-31 10:14:00")
    said = acts.determine_series(room.desk, room.keys["A-1"], date(2025, 12, 31), ["AL-LC"])
    found = said[0].body["determination"]
    assert found["mid"] == "22957"
    assert "input.stale" in {each["code"] for each in found["findings"]}
