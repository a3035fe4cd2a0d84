"""The morning of a price, act by act: DOMAIN section 2, with numbers worked by hand.

Foshan deals 22,160 x 100 t, 22,180 x 200 t, 22,200 x 100 t:
F02 is capped to 40 %, the others share 60 %: 22,180 - 0.3 x 20 + 0.3 x 20 = 22,180. Carbon part (12.8 - 2.3) x 74.01
= 777.105, so AL-LC is 22,937.105 / 22,957.105 / 22,977.105 -> 22,937 / 22,957 / 22,977.
"""

from __future__ import annotations

from datetime import date, time

import pytest

from assay import desk as acts
from assay.core import BrokenPromise, Refused, digest
from assay.ledger import Draft

from .conftest import DAY
from .morning import (
    FOSHAN,
    LC,
    SHANGHAI,
    approved,
    code_of,
    determined,
    legs,
    opened,
    proposed,
    published,
    three_deals,
)

# ---- opening -----------------------------------------------------------------------------


def test_opening_archives_the_documents_and_names_them(room):
    entries = acts.open_day(room.desk, room.keys["A-1"], DAY)
    assert {each.kind for each in entries[:-1]} == {"methodology.archived/1"}
    assert entries[-1].kind == "day.opened/1"
    body = entries[-1].body
    assert body["series"] == [FOSHAN, SHANGHAI, LC]
    assert body["documents"][LC] == room.desk.document(LC, DAY).digest
    kept = room.ledger.evidence.get(entries[0].body["evidence"])
    assert b'id = "al-a00"' in kept


def test_a_day_is_opened_once(room):
    opened(room)
    with pytest.raises(Refused) as refusal:
        acts.open_day(room.desk, room.keys["A-1"], DAY)
    assert code_of(refusal) == "day.opened_twice"


def test_a_weekend_is_no_pricing_day_also_a_make_up_working_one(room):
    for day in (date(2026, 1, 3), date(2026, 1, 4)):
        with pytest.raises(Refused) as refusal:
            acts.open_day(room.desk, room.keys["A-1"], day)
        assert code_of(refusal) == "day.not_a_pricing_day"
        assert "2026-01-05" in refusal.value.finding.what_to_do


def test_a_holiday_in_the_week_ends_not_assessed_at_once(room):
    entries = acts.open_day(room.desk, room.keys["A-1"], date(2026, 1, 1), [LC])
    ended = entries[-1]
    assert (ended.kind, ended.body["reason"]) == ("price.not_assessed/1", "holiday")


def test_a_year_nobody_announced_is_refused(room):
    with pytest.raises(Refused) as refusal:
        acts.open_day(room.desk, room.keys["A-1"], date(2031, 3, 3))
    assert code_of(refusal) == "calendar.not_announced"


def test_an_ad_hoc_closure_is_a_notice_and_ends_the_day(room):
    acts.arrange(room.desk, room.keys["M-1"], DAY, acts.ALL, "typhoon", closed=True)
    entries = acts.open_day(room.desk, room.keys["A-1"], DAY)
    ended = [each for each in entries if each.kind == "price.not_assessed/1"]
    assert {each.body["series"] for each in ended} == {FOSHAN, SHANGHAI, LC}
    assert "typhoon" in ended[0].body["words"]


def test_a_moved_window_holds_for_that_day(room):
    desk = room.desk
    acts.arrange(
        desk, room.keys["M-1"], DAY, acts.ALL, "outage", opens=time(11), closes=time(11, 5)
    )
    approved(room)
    room.clock("10:15:05")
    with pytest.raises(Refused) as refusal:
        acts.publish(desk, room.keys["M-1"], DAY)
    assert code_of(refusal) == "window.not_open"
    room.clock("11:00:00")
    assert len(acts.publish(desk, room.keys["M-1"], DAY).entries) == 4


# ---- the plain morning -------------------------------------------------------------------


def test_the_plain_morning(room):
    done = published(room)
    ticks = {each.body["series"]: each.body["tick"] for each in done.entries if "tick" in each.body}
    assert legs(ticks[FOSHAN]) == ("22160", "22180", "22200")
    assert legs(ticks[LC]) == ("22937", "22957", "22977")
    assert list(ticks) == [FOSHAN, SHANGHAI, LC], "inputs leave before what is made of them"
    assert len({each.body["published_at"] for each in done.entries if "tick" in each.body}) == 1
    assert done.entries[-1].kind == "day.closed/1"
    assert done.findings == []
    assert room.published == [done.entries[-1].seq], "the head is signed after the last entry"


def test_a_tick_carries_what_its_reader_needs(room):
    done = published(room)
    tick = next(e.body["tick"] for e in done.entries if e.body.get("series") == FOSHAN)
    assert tick["branch"] == "transactions"
    assert tick["statistics"] == {
        "transactions": 3, "tonnes": "400", "contributors": 3,
        "share_by_kind": {"transaction": "100.0"},
    }  # fmt: skip
    assert tick["judgement"] == {"used": False, "how": []}
    assert tick["methodology"]["digest"] == room.desk.document(FOSHAN, DAY).digest
    carbon = next(e.body["tick"] for e in done.entries if e.body.get("series") == LC)
    cea = next(each for each in carbon["inputs"] if each["name"] == "cea")
    assert (cea["date"], cea["value"]) == ("2025-12-29", None), "licence: date and source only"
    assert any("discloses" in note for note in carbon["licence_notes"])


def test_replay_from_the_recorded_inputs_is_the_same_to_the_bit(room):
    from assay.methodology import determine, inputs_from_document

    for entry in determined(room):
        body = entry.body
        document = room.desk.document(body["series"], DAY)
        again = determine(document, DAY, inputs_from_document(body["inputs"]), body["series"])
        assert again.document() == body["determination"]
        assert body["digest"] == digest(
            {"determination": body["determination"], "inputs": body["inputs"]}
        )


# ---- screening ---------------------------------------------------------------------------


def test_every_datum_meets_every_rule_and_is_kept(room):
    opened(room)
    good = room.deal("F01", "22180", "100")
    small = room.deal("F02", "22180", "30")
    late = room.deal("F03", "22180", "100", received="10:13:01")
    room.clock("10:13:30")
    entries = acts.screen(room.desk, room.keys["A-1"], DAY)
    said = {each.body["submission"]: each.body for each in entries}
    assert (said[good]["passed"], said[good]["late"]) == (True, False)
    assert (said[small]["passed"], said[small]["late"]) == (False, False)
    assert (said[late]["passed"], said[late]["late"]) == (False, True)
    verdict = next(v for v in said[small]["verdicts"] if v["verdict"] == "exclude")
    assert verdict["clause"] == "2.5"
    assert verdict["seen"] == {"quantity": "30", "minimum": "50"}
    assert acts.screen(room.desk, room.keys["A-1"], DAY) == [], "nothing changed: nothing new"


def test_yesterdays_price_received_today_is_shown_and_not_used(room):
    opened(room)
    three_deals(room)
    old = room.deal("F04", "22300", "100", pricing_date="2025-12-29")
    room.clock("10:13:30")
    entries = acts.screen(room.desk, room.keys["A-1"], DAY, [FOSHAN])
    said = {each.body["submission"]: each.body for each in entries}
    codes = [v["code"] for v in said[old]["verdicts"] if v["verdict"] == "exclude"]
    assert codes == ["submission.not_todays"]


def test_what_nobody_confirmed_is_never_used(room):
    opened(room)
    three_deals(room)
    room.deal("F04", "23000", "1000", confirmed=False)
    room.clock("10:13:30")
    found = acts.determine_series(room.desk, room.keys["A-1"], DAY, [FOSHAN])[0].body
    assert found["determination"]["mid"] == "22180"
    assert found["determination"]["n_received"] == 3


def test_a_firm_in_rectification_is_out_of_the_list(room):
    status = {
        "contributor": "F02", "status": "rectification", "since": "2025-12-30", "reason": "notice",
    }  # fmt: skip
    room.ledger.append([Draft("contributor.status_set/1", "C-1", status)])
    opened(room)
    three_deals(room)
    room.clock("10:13:30")
    found = acts.determine_series(room.desk, room.keys["A-1"], DAY, [FOSHAN])[0].body
    assert found["determination"]["status"] == "not_assessed"
    assert found["determination"]["reason"] == "insufficient_data"


# ---- submissions -------------------------------------------------------------------------


def test_withdrawal_until_the_cut_off_and_not_after(room):
    opened(room)
    first, second, _ = three_deals(room)
    room.clock("10:13:00")
    acts.withdraw(room.desk, room.keys["A-1"], first, "firm called")
    room.clock("10:13:01")
    with pytest.raises(Refused) as refusal:
        acts.withdraw(room.desk, room.keys["A-1"], second, "firm called")
    assert code_of(refusal) == "submission.withdrawal_late"
    rows = acts.blotter(room.desk, DAY, FOSHAN, "A-1")
    assert {row["submission"]: row["state"] for row in rows}[first] == "withdrawn"


def test_only_an_offer_is_discarded(room):
    opened(room)
    offered = room.deal("F01", "22180", confirmed=False)
    confirmed = room.deal("F02", "22180")
    acts.discard(room.desk, room.keys["A-1"], offered, "a greeting")
    with pytest.raises(Refused) as refusal:
        acts.discard(room.desk, room.keys["A-1"], confirmed, "no")
    assert code_of(refusal) == "submission.state"


def test_confirming_fills_in_fields_and_says_what_is_missing(room):
    opened(room)
    name = room.deal("F01", "22180", payment=None, confirmed=False)
    entry = acts.confirm(room.desk, room.keys["A-1"], name)
    assert entry.body["missing"] == ["payment"]
    entry = acts.confirm(room.desk, room.keys["A-1"], name, {"payment": "cash"}, "asked by phone")
    assert (entry.body["missing"], entry.body["changes"]) == ([], {"payment": "cash"})


def test_changing_what_was_confirmed_needs_words_and_known_fields(room):
    opened(room)
    name = room.deal("F01", "22180")
    with pytest.raises(Refused) as refusal:
        acts.confirm(room.desk, room.keys["A-1"], name, {"low": "22190"})
    assert code_of(refusal) == "submission.words"
    with pytest.raises(Refused) as refusal:
        acts.confirm(room.desk, room.keys["A-1"], name, {"prize": "1"}, "why")
    assert code_of(refusal) == "submission.unknown_field"


def test_judgement_needs_a_code_of_the_document_and_words(room):
    opened(room)
    name = three_deals(room)[2]
    desk, key = room.desk, room.keys["A-1"]
    for code, words, expected in (
        ("outlier", " ", "judgement.words"),
        ("dislike", "too high", "judgement.code"),
    ):
        with pytest.raises(Refused) as refusal:
            acts.judge(desk, key, name, "exclude", code, words)
        assert code_of(refusal) == expected
    assert (
        acts.judge(desk, key, name, "exclude", "outlier", "no corroboration").body["code"]
        == "outlier"
    )


def test_judgement_is_marked_in_the_tick(room):
    opened(room)
    three_deals(room)
    away = room.deal("F04", "22300", "100")
    acts.judge(room.desk, room.keys["A-1"], away, "exclude", "outlier", "no corroboration")
    room.clock("10:13:30")
    acts.determine_series(room.desk, room.keys["A-1"], DAY, [FOSHAN])
    tick = acts.propose(room.desk, room.keys["A-1"], DAY, [FOSHAN])[0].body["tick"]
    assert legs(tick) == ("22160", "22180", "22200")
    assert tick["judgement"] == {
        "used": True, "how": [{"act": "exclude", "code": "outlier", "number": 1}],
    }  # fmt: skip


# ---- proposing ---------------------------------------------------------------------------


def test_an_adjustment_is_marked_and_bound_to_a_guideline_words_and_the_step(room):
    determined(room)
    desk, key = room.desk, room.keys["A-1"]
    cases = (
        (acts.Adjustment(mid="22190", guideline="G2"), "", "judgement.words"),
        (acts.Adjustment(mid="22190", guideline="G9"), "supported", "judgement.guideline"),
        (acts.Adjustment(mid="22193", guideline="G2"), "supported", "judgement.step"),
        (acts.Adjustment(mid="22300", guideline="G2"), "supported", "price.order"),
        (acts.Adjustment(mid="1e5", guideline="G2"), "supported", "judgement.number"),
    )
    for adjustment, words, expected in cases:
        with pytest.raises(Refused) as refusal:
            acts.propose(desk, key, DAY, [FOSHAN], adjustment=adjustment, rationale=words)
        assert code_of(refusal) == expected
    adjustment = acts.Adjustment(mid="22190", guideline="G2")
    tick = acts.propose(
        desk, key, DAY, [FOSHAN], adjustment=adjustment, rationale="late deals point up"
    )[0].body["tick"]
    assert legs(tick) == ("22160", "22190", "22200")
    assert tick["judgement"]["how"] == [
        {"act": "adjust", "leg": "mid", "computed": "22180", "proposed": "22190", "code": "G2"}
    ]


def test_an_adjusted_input_voids_what_was_made_of_it(room):
    digests = proposed(room)
    adjustment = acts.Adjustment(mid="22190", guideline="G2")
    acts.propose(
        room.desk, room.keys["A-1"], DAY, [FOSHAN], adjustment=adjustment, rationale="late deals"
    )
    with pytest.raises(Refused) as refusal:
        acts.approve(room.desk, room.keys["M-1"], LC, DAY, digests[LC])
    assert code_of(refusal) == "proposal.stale"
    assert f"input {FOSHAN} changed" in refusal.value.finding.what_to_do
    acts.determine_series(room.desk, room.keys["A-1"], DAY, [LC])
    tick = acts.propose(room.desk, room.keys["A-1"], DAY, [LC])[0].body["tick"]
    assert legs(tick) == ("22937", "22967", "22977"), "22,190 + 777.105 = 22,967.105"


def test_what_has_no_price_is_not_proposed(room):
    opened(room)
    three_deals(room)
    room.clock("10:13:30")
    acts.determine_series(room.desk, room.keys["A-1"], DAY)
    with pytest.raises(Refused) as refusal:
        acts.propose(room.desk, room.keys["A-1"], DAY, [SHANGHAI])
    assert code_of(refusal) == "price.no_value"


# ---- four eyes ---------------------------------------------------------------------------


def test_nobody_approves_what_he_proposed_whatever_his_roles(room):
    digests = proposed(room, "B-1")
    with pytest.raises(Refused) as refusal:
        acts.approve(room.desk, room.keys["B-1"], FOSHAN, DAY, digests[FOSHAN])
    assert code_of(refusal) == "review.same_person"


def test_an_analyst_does_not_approve_and_compliance_touches_no_price(room):
    digests = proposed(room)
    for person in ("A-2", "C-1", "U-1"):
        with pytest.raises(Refused) as refusal:
            acts.approve(room.desk, room.keys[person], FOSHAN, DAY, digests[FOSHAN])
        assert code_of(refusal) == "person.not_permitted"


def test_an_act_written_past_the_desk_is_refused_by_the_fold(room):
    digests = proposed(room, "B-1")
    body = {"series": FOSHAN, "pricing_date": DAY.isoformat(), "proposal": digests[FOSHAN]}
    with pytest.raises(Refused) as refusal:
        room.ledger.append([Draft("price.approved/1", "B-1", body)], signer=room.keys["B-1"])
    assert code_of(refusal) == "review.same_person"


def test_publishing_without_approval_or_another_content_is_refused_by_the_fold(room):
    digests = proposed(room)
    with room.ledger.read() as connection:
        tick = acts.live_proposal(connection, FOSHAN, DAY)["tick"]
    body = {
        "series": FOSHAN, "pricing_date": DAY.isoformat(), "revision": 0,
        "published_at": "2025-12-30T02:15:00Z", "proposal": digests[FOSHAN], "tick": tick,
    }  # fmt: skip
    with pytest.raises(Refused) as refusal:
        room.ledger.append([Draft("price.published/1", "M-1", body)], signer=room.keys["M-1"])
    assert code_of(refusal) == "price.not_approved"
    acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, digests[FOSHAN])
    changed = {**body, "tick": {**tick, "mid": "22190"}}
    with pytest.raises(BrokenPromise):
        room.ledger.append([Draft("price.published/1", "M-1", changed)], signer=room.keys["M-1"])


def test_approval_of_an_older_content_is_void_and_says_what_changed(room):
    before = proposed(room)[FOSHAN]
    adjustment = acts.Adjustment(mid="22190", guideline="G2")
    acts.propose(
        room.desk, room.keys["A-2"], DAY, [FOSHAN], adjustment=adjustment, rationale="late deals"
    )
    with pytest.raises(Refused) as refusal:
        acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, before)
    assert code_of(refusal) == "proposal.void"
    assert "mid 22180 -> 22190" in refusal.value.finding.what_to_do


def test_approval_is_void_when_a_datum_changed_since(room):
    digests = proposed(room)
    acts.judge(room.desk, room.keys["A-2"], "S-003", "exclude", "outlier", "no corroboration")
    with pytest.raises(Refused) as refusal:
        acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, digests[FOSHAN])
    assert code_of(refusal) == "proposal.stale"
    assert "submission S-003: decision, decision_reason changed" in refusal.value.finding.what_to_do


def test_a_change_after_the_approval_stops_the_publication_of_that_series_only(room):
    approved(room)
    acts.judge(room.desk, room.keys["A-2"], "S-006", "exclude", "outlier", "no corroboration")
    room.clock("10:15:05")
    done = acts.publish(room.desk, room.keys["M-1"], DAY)
    assert [e.body["series"] for e in done.entries if "tick" in e.body] == [FOSHAN, LC]
    assert [(f.code, f.where) for f in done.findings] == [
        ("proposal.stale", f"{SHANGHAI} on {DAY}")
    ]


def test_late_data_does_not_void_an_approval(room):
    digests = proposed(room)
    room.deal("F05", "22500", "500", received="10:13:40")
    acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, digests[FOSHAN])


def test_the_indications_branch_needs_two_signatures_beside_the_analysts(room):
    opened(room)
    for firm, price in (("F01", "22160"), ("F02", "22180"), ("F03", "22200")):
        room.deal(firm, price, None, kind="indication", basis="asked at 09:50", relation=None)
    room.clock("10:13:30")
    acts.determine_series(room.desk, room.keys["A-1"], DAY, [FOSHAN])
    proposal = acts.propose(room.desk, room.keys["A-1"], DAY, [FOSHAN])[0].body
    assert proposal["tick"]["branch"] == "indications"
    assert proposal["tick"]["second_signature_required"] is True
    acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, proposal["proposal"])
    with pytest.raises(Refused) as refusal:
        acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, proposal["proposal"])
    assert code_of(refusal) == "review.twice"
    room.clock("10:15:05")
    with pytest.raises(Refused) as refusal:
        acts.publish(room.desk, room.keys["M-1"], DAY, [FOSHAN])
    assert code_of(refusal) == "price.not_approved"
    acts.approve(room.desk, room.keys["M-2"], FOSHAN, DAY, proposal["proposal"])
    assert (
        acts.publish(room.desk, room.keys["M-1"], DAY, [FOSHAN]).entries[0].kind
        == "price.published/1"
    )


def test_a_returned_proposal_goes_back_with_words(room):
    digests = proposed(room)
    desk, key = room.desk, room.keys["M-1"]
    with pytest.raises(Refused) as refusal:
        acts.return_proposal(desk, key, FOSHAN, DAY, digests[FOSHAN], "")
    assert code_of(refusal) == "review.words"
    acts.return_proposal(desk, key, FOSHAN, DAY, digests[FOSHAN], "ask F03 again")
    with pytest.raises(Refused) as refusal:
        acts.approve(desk, key, FOSHAN, DAY, digests[FOSHAN])
    assert code_of(refusal) == "proposal.void"
    assert "returned" in refusal.value.finding.what_to_do
