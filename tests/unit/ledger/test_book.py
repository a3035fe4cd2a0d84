"""The book's queries on both stores; every expected row is written out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from ledger_acts import DAY, SERIES, approved, archived, notice, opened, proposed, published, tick

from assay.core import BrokenPromise, Refused, digest
from assay.ledger import Draft
from assay.ledger.book.contributors import contributors_on
from assay.ledger.book.home import active_key, person_on
from assay.ledger.book.market import contract_on, factor_in_force, facts_of
from assay.ledger.book.prices import (
    latest_determination,
    latest_tick,
    previous_tick,
    proposal_of,
    state_of,
    states_of,
    ticks_of,
)
from assay.ledger.book.submissions import submissions_of, unplaced_submissions

TODAY = date(2025, 12, 30)


def ask(ledger, query, *arguments, **named):
    with ledger.read() as connection:
        return query(connection, *arguments, **named)


def registered(contributor, name, since="2025-01-01"):
    body = {
        "contributor": contributor, "name": name, "group": "G", "classes": ["trader"],
        "series": [SERIES], "since": since,
    }  # fmt: skip
    return Draft("contributor.registered/1", "P-01", body)


def status(contributor, now, since):
    body = {"contributor": contributor, "status": now, "since": since, "reason": "r"}
    return Draft("contributor.status_set/1", "P-01", body)


def test_contributors_as_they_stood_on_a_day(ledger):
    person = ledger.remember({"name": "Zhang Wei"})
    alias = {"contributor": "C-01", "alias": "老王", "since": "2025-03-01", "until": "2025-06-30"}
    mandate = {
        "contributor": "C-01", "submitter": "S-01", "person": person, "series": [SERIES],
        "since": "2025-02-01",
    }  # fmt: skip
    ledger.append(
        [
            registered("C-02", "Second"),
            registered("C-01", "First"),
            registered("C-01", "First Renamed", since="2025-05-01"),
            status("C-01", "active", "2025-02-01"),
            status("C-01", "rectification", "2025-07-01"),
            status("C-09", "active", "2025-01-01"),
            Draft("contributor.alias_added/1", "P-01", alias),
            Draft("submitter.mandated/1", "P-01", mandate),
        ]
    )
    assert ask(ledger, contributors_on, date(2024, 12, 31)) == []
    first, second = ask(ledger, contributors_on, date(2025, 4, 1))
    assert (first["contributor"], first["name"], first["status"]) == ("C-01", "First", "active")
    assert [each["alias"] for each in first["aliases"]] == ["老王"]
    assert [each["submitter"] for each in first["submitters"]] == ["S-01"]
    assert (second["status"], second["aliases"]) == ("candidate", [])
    first, _ = ask(ledger, contributors_on, date(2025, 8, 1))
    assert (first["name"], first["status"], first["aliases"]) == (
        "First Renamed", "rectification", [],
    )  # fmt: skip


def test_persons_hold_roles_from_a_day_until_a_day(ledger):
    body = {"person": "P-01", "roles": ["analyst"], "since": "2025-01-01", "until": "2025-06-30"}
    ledger.append([Draft("person.registered/1", "system", body)])
    assert ask(ledger, person_on, "P-01", date(2025, 6, 30)).roles == {"analyst"}
    assert ask(ledger, person_on, "P-01", date(2025, 7, 1)) is None
    assert ask(ledger, person_on, "P-01", date(2024, 12, 31)) is None
    assert ask(ledger, active_key, "P-01") is None


def fact(close, **more):
    body = {
        "series": "AL-2602", "date": DAY, "content": {"close": close, "volume": "100"},
        "unit": "CNY/t", "source": "SHFE", "event_time": f"{DAY}T07:00:00Z", **more,
    }  # fmt: skip
    return Draft("market.recorded/1", "system", body)


def test_market_facts_newest_revision_and_as_known_then(ledger):
    first, _, _ = ledger.append([
        fact("22535"), fact("22540", revision=1), fact("22100", session="night"),
    ])  # fmt: skip
    found = ask(ledger, facts_of, "AL-2602", session="day")
    assert [(each["value"], each["revision"]) for each in found] == [(Decimal(22540), 1)]
    then = ask(ledger, facts_of, "AL-2602", session="day", known_at=first.recorded_at)
    assert [each["value"] for each in then] == [Decimal(22535)]
    assert len(ask(ledger, facts_of, "AL-2602")) == 2
    assert ask(ledger, facts_of, "AL-2602", first=date(2025, 12, 31)) == []
    assert ask(ledger, facts_of, "AL-2602", last=date(2025, 12, 29), contract="x") == []


def test_exact_values_come_back_digit_for_digit(ledger):
    for text in ("74.10", "0.000", "-0.5", "22535", "12345678901234567890.123456789"):
        ledger.append([fact(text, series=f"S{text}")])
        (found,) = ask(ledger, facts_of, f"S{text}")
        assert str(found["value"]) == text


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e400", "abc", "1" * 50])
def test_what_is_no_exact_number_is_refused_alike_on_both_stores(ledger, text):
    with pytest.raises(Refused, match=r"entry\.content"):
        ledger.append([fact(text)])
    assert ledger.head().seq == 1


def test_impossible_dates_and_times_are_refused_in_words(ledger):
    for bad in (fact("1", date="2025-13-40"), fact("1", event_time="2025-12-30T07:00:00")):
        with pytest.raises(Refused, match=r"entry\.content"):
            ledger.append([bad])


def test_factors_in_force_and_contracts_rolled(ledger):
    def factor(number, since):
        body = {
            "series": "CI-AL", "value": number, "unit": "tCO2/t", "takes_effect": since,
            "source": "s",
        }  # fmt: skip
        return Draft("factor.recorded/1", "P-01", body)

    def roll(contract, since):
        body = {
            "series": "AL",
            "since": since,
            "contract": contract,
            "previous": None,
            "rule": "volume",
        }
        return Draft("contract.rolled/1", "P-01", body)

    old, _, _ = ledger.append([
        factor("12.8", "2025-10-01"), factor("12.5", "2026-01-01"), factor("12.9", "2025-10-01"),
    ])  # fmt: skip
    ledger.append([roll("AL2602", "2025-12-01"), roll("AL2603", "2025-12-31")])
    assert ask(ledger, factor_in_force, "CI-AL", TODAY)["value"] == Decimal("12.9")
    known = ask(ledger, factor_in_force, "CI-AL", TODAY, old.recorded_at)
    assert known["value"] == Decimal("12.8")
    assert ask(ledger, factor_in_force, "CI-AL", date(2025, 9, 30)) is None
    assert ask(ledger, contract_on, "AL", TODAY)["contract"] == "AL2602"
    assert ask(ledger, contract_on, "AL", date(2025, 12, 31))["contract"] == "AL2603"
    assert ask(ledger, contract_on, "AL", date(2025, 11, 30)) is None


def received(number, evidence, **fields):
    body = {
        "submission": f"S-{number}", "channel": "email", "evidence": evidence,
        "received_at": f"{DAY}T01:00:00Z", "fields": fields,
    }  # fmt: skip
    return Draft("submission.received/1", "system", body)


def test_a_submission_is_offered_confirmed_judged_withdrawn(ledger):
    (entry,) = ledger.append([archived(ledger, b"A00 22180")])
    evidence = entry.body["evidence"]
    ledger.append([received(1, evidence), received(2, evidence, pricing_date=DAY, series=SERIES)])
    assert [each["submission"] for each in ask(ledger, unplaced_submissions)] == ["S-1"]
    confirmed = {"submission": "S-1", "fields": {"pricing_date": DAY, "series": SERIES}}
    judged = {
        "submission": "S-1", "pricing_date": DAY, "series": SERIES, "decision": "exclude",
        "code": "not.arms_length", "words": "affiliates",
    }  # fmt: skip
    ledger.append(
        [
            Draft("submission.confirmed/1", "P-01", confirmed),
            Draft("submission.judged/1", "P-01", judged),
        ]
    )
    first, second = ask(ledger, submissions_of, TODAY, SERIES)
    assert (first["state"], first["confirmed_by"]) == ("confirmed", "P-01")
    assert first["judgement"]["decision"] == "exclude"
    assert (second["state"], second["judgement"]) == ("offered", None)
    ledger.append([Draft("submission.judged/1", "P-01", {**judged, "decision": "none"})])
    gone = {"submission": "S-2", "reason": "greeting"}
    ledger.append([Draft("submission.discarded/1", "P-01", gone)])
    assert ask(ledger, submissions_of, TODAY, states=["confirmed"])[0]["judgement"] is None
    ledger.append([Draft("submission.withdrawn/1", "P-01", {"submission": "S-1", "reason": "r"})])
    assert ask(ledger, submissions_of, TODAY, states=["confirmed"]) == []
    with pytest.raises(Refused, match=r"submission\.state"):
        ledger.append([Draft("submission.confirmed/1", "P-01", confirmed)])
    with pytest.raises(Refused, match=r"entry\.conflict"):
        ledger.append([received(1, evidence)])


def determined(day=DAY):
    body = {
        "series": SERIES, "pricing_date": day, "digest": "sha256:d", "determination": {"mid": "1"},
        "inputs": {},
    }  # fmt: skip
    return Draft("price.determined/1", "system", body)


def test_a_day_passes_through_its_states(ledger):
    ledger.append([opened(), determined()])
    assert ask(ledger, state_of, SERIES, TODAY)["state"] == "determined"
    assert ask(ledger, latest_determination, SERIES, TODAY)["determination"] == {"mid": "1"}
    ledger.append([proposed("P-01")])
    returned = {
        "series": SERIES, "pricing_date": DAY, "proposal": proposed().body["proposal"],
        "words": "no",
    }  # fmt: skip
    ledger.append([Draft("price.returned/1", "P-02", returned)])
    assert ask(ledger, proposal_of, SERIES, TODAY) is None
    ledger.append([proposed("P-01"), approved("P-02")])
    ledger.append([determined()])
    with pytest.raises(Refused, match=r"proposal\.void"):
        ledger.append([published()])
    ledger.append([proposed("P-01"), approved("P-02")])
    late = {"series": SERIES, "pricing_date": DAY, "notice": "N-1"}
    ledger.append([Draft("price.delayed/1", "system", late), published()])
    (state,) = ask(ledger, states_of, TODAY)
    assert (state["state"], state["late"]) == ("published", True)
    for again in (published(), proposed("P-01"), opened()):
        with pytest.raises(Refused):
            ledger.append([again])


def test_what_is_published_is_exactly_what_was_approved(ledger):
    ledger.append([opened(), proposed("P-01")])
    with pytest.raises(Refused, match=r"price\.not_approved"):
        ledger.append([published()])
    ledger.append([approved("P-02")])
    other = published()
    other.body["tick"] = tick("22190")
    with pytest.raises(BrokenPromise, match=r"price\.differs"):
        ledger.append([other])
    false = proposed("P-01")
    false.body["tick"] = tick("22190")
    with pytest.raises(BrokenPromise, match=r"proposal\.digest"):
        ledger.append([false])


def corrected(revision, mid):
    new = {**tick(mid), "revision": revision}
    proposal = {
        "series": SERIES, "pricing_date": DAY, "proposal": digest(new), "tick": new,
        "determination": "sha256:d",
    }  # fmt: skip
    approval = {"series": SERIES, "pricing_date": DAY, "proposal": digest(new)}
    body = {
        **approval, "revision": revision, "published_at": f"{DAY}T06:00:00Z", "tick": new,
        "previous": tick(), "reason": "late deal", "cause": "late_submission", "notice": "N-2",
    }  # fmt: skip
    return [
        Draft("price.proposed/1", "P-01", proposal),
        Draft("price.approved/1", "P-02", approval),
        Draft("price.corrected/1", "system", body),
    ]


def test_revisions_and_what_was_known_when(ledger):
    *_, first = ledger.append([opened(), proposed("P-01"), approved("P-02"), published()])
    with pytest.raises(Refused, match=r"price\.revision"):
        ledger.append(corrected(2, "22170"))
    *_, second = ledger.append(corrected(1, "22170"))
    assert [str(each["mid"]) for each in ask(ledger, ticks_of, SERIES)] == ["22180", "22170"]
    assert str(ask(ledger, latest_tick, SERIES, TODAY)["mid"]) == "22170"
    assert str(ask(ledger, latest_tick, SERIES, TODAY, first.recorded_at)["mid"]) == "22180"
    assert second.recorded_at > first.recorded_at
    assert ask(ledger, latest_tick, SERIES, TODAY, datetime(2025, 1, 1, tzinfo=UTC)) is None
    tomorrow = date(2025, 12, 31)
    assert str(ask(ledger, previous_tick, SERIES, tomorrow)["mid"]) == "22170"
    assert ask(ledger, previous_tick, SERIES, TODAY) is None
    assert ask(ledger, ticks_of, SERIES, first=tomorrow) == []
    assert ledger.check().findings == ()


def test_a_day_without_a_price_and_imported_history(ledger):
    imported = {
        "series": SERIES, "pricing_date": "2025-12-29", "low": "22000", "mid": "22010",
        "high": "22020", "unit": "CNY/t", "source": "old system",
        "claimed_at": "2025-12-29T02:15:00Z",
    }  # fmt: skip
    ledger.append([Draft("price.imported/1", "P-01", imported), opened()])
    none = {
        "series": SERIES, "pricing_date": DAY, "reason": "too_few",
        "published_at": f"{DAY}T02:20:00Z",
    }  # fmt: skip
    ledger.append([Draft("price.not_assessed/1", "system", none)])
    newest = ask(ledger, latest_tick, SERIES, TODAY)
    assert (newest["status"], newest["mid"], newest["reason"]) == ("not_assessed", None, "too_few")
    before = ask(ledger, previous_tick, SERIES, date(2025, 12, 31))
    assert (before["status"], str(before["mid"])) == ("imported", "22010")
    with pytest.raises(Refused, match=r"entry\.conflict"):
        ledger.append([Draft("price.imported/1", "P-01", imported)])
    ledger.append([notice(1)])
    assert ledger.check().findings == ()


def test_text_sorts_by_its_bytes_on_both_stores(ledger):
    names = ["b", "A", "a", "B", "Ä", "价"]
    body = {"pricing_date": DAY, "series": names, "documents": {}}
    ledger.append([Draft("day.opened/1", "system", body)])
    found = [each["series"] for each in ask(ledger, states_of, TODAY)]
    assert found == ["A", "B", "a", "b", "Ä", "价"]
