"""A complaint from its form to the outside party; corrections counted. Days by hand.

2025-12-30 is a Tuesday. Closed: 2026-01-01 and 01-02, weekends. The third open day after it
is 2026-01-06 (12-31, 01-05, 01-06). 30 days later is 2026-01-29. Six months later 2026-06-30.
"""

from __future__ import annotations

from datetime import date

import pytest

from assay import desk as acts
from assay.core import Refused
from assay.governance.accounts import load_roles
from assay.governance.acting import book_at
from assay.governance.complaints import (
    Complaints,
    complaint_alarms,
    corrections,
    handlers,
    letter_to,
    public_register,
    queue,
    statistics,
)
from assay.ledger import Draft, make_key
from assay.ledger.book.complaints import complaint_of
from assay.methodology import REFERENCE
from tests.unit.desk.conftest import DAY, library, room, shanghai

__all__ = ["library", "room"]
FOSHAN = "AL-A00-FOSHAN"
BEFORE = date(2025, 12, 29)


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.finding.code


@pytest.fixture
def complaints(room, tmp_path):
    """The complaints of the room, with a second and a third compliance officer."""
    for person, roles in (("C-2", ["compliance"]), ("C-3", ["compliance", "analyst"])):
        acts.register_person(room.desk, room.keys["B-1"], person, roles, date(2025, 1, 2))
        room.keys[person] = make_key(tmp_path / "keys", person)
        acts.register_key(room.desk, room.keys["B-1"], room.keys[person])
    return Complaints.of(room.ledger, room.desk.library, load_roles(REFERENCE), REFERENCE)


def received(complaints, category="application", **more):
    given = {"name": "Zhang San", "contact": "zhang@firm.example", "series": [FOSHAN]}
    (entry,) = complaints.receive("The range was too wide.", category, **given | more)
    return entry.body["complaint"]


def acknowledged(complaints, room, **more):
    name = received(complaints, **more)
    complaints.acknowledge(room.keys["C-1"], name, "The range of Foshan")
    return name


def priced(room, person="C-3"):
    """Foshan on 2025-12-30, proposed by C-3 and approved by M-1: 22,180 in the middle."""
    acts.open_day(room.desk, room.keys["A-1"], DAY)
    room.clock("09:55:00")
    for firm, price, tonnes in (
        ("F01", "22160", "100"),
        ("F02", "22180", "200"),
        ("F03", "22200", "100"),
    ):
        room.deal(firm, price, tonnes)
    room.clock("10:13:30")
    acts.determine_series(room.desk, room.keys[person], DAY, FOSHAN)
    (proposal,) = acts.propose(room.desk, room.keys[person], DAY, FOSHAN)
    acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, proposal.body["proposal"])
    room.clock("10:15:01")
    acts.publish(room.desk, room.keys["M-1"], DAY, FOSHAN)


# ---- the form and the clocks ---------------------------------------------------------------


def test_who_complained_is_in_the_vault_only(complaints, room):
    name = received(complaints)
    (entry,) = room.ledger.entries(kinds=["complaint.received/1"])
    assert "Zhang" not in str(entry.body)
    assert complaints.words_of(name)["name"] == "Zhang San"
    complaints.acknowledge(room.keys["C-1"], name, "The range of Foshan")
    with room.ledger.read() as connection:
        (row,) = public_register(connection)
    assert row["about"] == "The range of Foshan"
    assert not {"person", "handler", "received_by"} & set(row)


def test_a_category_is_one_of_the_list_and_an_answer_must_reach_somebody(complaints):
    assert refusal(received, complaints, "gossip") == "complaint.category"
    assert refusal(received, complaints, contact=" ") == "complaint.words"
    assert refusal(received, complaints, series=["NOT-OURS"]) == "complaint.series"


def test_the_timetable_runs_from_the_receipt(complaints, room):
    name = received(complaints)
    assert complaints.acknowledge_until(DAY).day == date(2026, 1, 6)
    assert complaints.outcome_until(DAY).day == date(2026, 1, 29)
    room.clock("2026-01-06 18:00:00")
    assert complaint_alarms(complaints) == []
    room.clock("2026-01-07 00:00:00")
    assert [each.code for each in complaint_alarms(complaints)] == [
        "complaint.acknowledgement_overdue"
    ]
    complaints.acknowledge(room.keys["C-1"], name, "The range of Foshan")
    room.clock("2026-01-30 09:00:00")
    assert [each.code for each in complaint_alarms(complaints)] == ["complaint.outcome_overdue"]
    assert refusal(complaints.extend, room.keys["C-1"], name, date(2026, 1, 29), "x") == (
        "complaint.extension"
    )
    # 2026-02-16 lies in the Spring Festival: the house opens again on 02-24.
    (entry,) = complaints.extend(room.keys["C-1"], name, date(2026, 2, 16), "a firm was asked")
    assert entry.body["outcome_due"] == "2026-02-24"
    assert complaint_alarms(complaints) == []


def test_an_outcome_due_in_the_holiday_moves_on(complaints):
    """01-19 + 30 = 02-18, in the Spring Festival."""
    assert complaints.outcome_until(date(2026, 1, 19)).day == date(2026, 2, 24)


# ---- the handler ---------------------------------------------------------------------------


def test_whoever_had_a_part_in_the_price_cannot_handle_it(complaints, room):
    priced(room)
    name = acknowledged(complaints, room, pricing_date=DAY)
    assert refusal(complaints.assign, room.keys["C-1"], name, "C-3") == "complaint.involved"
    assert refusal(complaints.assign, room.keys["C-1"], name, "A-2") == "permission.missing"
    assert refusal(complaints.assign, room.keys["C-1"], name, "nobody") == "person.unknown"
    complaints.assign(room.keys["C-1"], name, "C-2")
    assert refusal(complaints.decide, room.keys["C-1"], name, "upheld", "because") == (
        "complaint.handler"
    )


def test_who_may_handle_is_shown_with_the_part_he_had(complaints, room):
    priced(room)
    room.ledger.append([Draft("declaration.filed/1", "C-2", {
        "declaration": "D-1", "person": "C-2", "interest": "holding", "series": [FOSHAN],
        "since": "2025-01-02", "renew_by": "2026-01-02", "words": "shares"})])  # fmt: skip
    name = acknowledged(complaints, room, pricing_date=DAY)
    with room.ledger.read() as connection:
        able = handlers(complaints, connection, complaints.known(name))
    assert able == [
        {"person": "C-1", "part": None}, {"person": "C-2", "part": "declared an interest"},
        {"person": "C-3", "part": f"proposed {FOSHAN}"},
    ]  # fmt: skip
    assert refusal(complaints.assign, room.keys["C-1"], name, "C-2") == "integrity.conflict"


def test_a_part_on_another_day_counts_only_where_no_day_is_named(complaints, room):
    priced(room)
    other = acknowledged(complaints, room, pricing_date=BEFORE)
    complaints.assign(room.keys["C-1"], other, "C-3")
    whole = acknowledged(complaints, room)
    assert refusal(complaints.assign, room.keys["C-1"], whole, "C-3") == "complaint.involved"


def test_a_handler_who_becomes_involved_cannot_decide(complaints, room):
    name = acknowledged(complaints, room, pricing_date=DAY)
    complaints.assign(room.keys["C-1"], name, "C-3")
    priced(room)
    assert refusal(complaints.decide, room.keys["C-3"], name, "upheld", "because") == (
        "complaint.involved"
    )


# ---- outcome and appeal --------------------------------------------------------------------


def decided(complaints, room, **more):
    name = acknowledged(complaints, room, **more)
    complaints.assign(room.keys["C-1"], name, "C-2")
    complaints.decide(room.keys["C-2"], name, "not_upheld", "The clause was followed: 3 * 2 _x_.")
    return name


def test_the_outcome_is_a_letter_in_three_forms_without_a_name(complaints, room):
    name = decided(complaints, room)
    letters = {
        each["name"]: room.ledger.evidence.get(each["evidence"])
        for each in complaints.known(name)["letters"]
    }
    assert set(letters) == {f"{name}-outcome.{form}" for form in ("md", "html", "pdf")}
    text = letters[f"{name}-outcome.html"].decode()
    assert "not upheld" in text
    assert "until 2026-06-30" in text
    assert "3 * 2 _x_" in text
    assert "Zhang" not in text
    assert letters[f"{name}-outcome.pdf"].startswith(b"%PDF")
    zh = letter_to(complaints, name, "outcome", "zh")
    assert zh.pdf() == zh.pdf()
    assert "投诉" in zh.markdown()


def test_an_appeal_reaches_the_outside_party_within_six_months(complaints, room):
    name, other = decided(complaints, room), decided(complaints, room)
    assert refusal(complaints.appeal, room.keys["C-1"], name, "no", "A-2") == "complaint.party"
    room.clock("2026-06-30 23:59:59")
    complaints.appeal(room.keys["C-1"], name, "I do not agree.")
    room.clock("2026-07-01 00:00:00")
    assert refusal(complaints.appeal, room.keys["C-1"], other, "no") == "complaint.appeal_late"
    complaints.appeal_decided(room.keys["C-1"], name, "confirmed", "The clause was followed.")
    with room.ledger.read() as connection:
        assert complaint_of(connection, name)["state"] == "appeal_decided"


def test_a_last_day_of_appeal_on_a_holiday_moves_on(complaints):
    """Received 2026-04-05: six months later is 2026-10-05, in the National Day week."""
    assert complaints.appeal_until(date(2026, 4, 5)).day == date(2026, 10, 8)


def test_a_last_day_past_the_announced_calendar_is_not_guessed(complaints, room):
    room.clock("2026-07-03 09:00:00")
    name = decided(complaints, room)
    found = complaints.appeal_until(date(2026, 7, 3))
    assert (found.day, found.firm) == (date(2027, 1, 3), False)
    room.clock("2027-01-04 09:00:00")
    assert refusal(complaints.appeal, room.keys["C-1"], name, "no") == "calendar.not_announced"


def test_a_complaint_is_shown_as_it_was_known(complaints, room):
    name = received(complaints)
    room.clock("12:00:00")
    complaints.acknowledge(room.keys["C-1"], name, "The range of Foshan")
    with book_at(room.ledger, shanghai("11:00:00")) as before:
        assert complaint_of(before, name)["state"] == "received"
    with room.ledger.read() as now:
        (row,) = queue(complaints, now, DAY)
    assert (row["clock"]["what"], row["clock"]["due"]) == ("outcome", date(2026, 1, 29))
    assert room.ledger.check().ok


# ---- corrections ---------------------------------------------------------------------------


def test_corrections_are_counted_by_cause_size_and_time(complaints, room):
    """Published 10:15:01 as 22,160-22,200; a deal of 22,380 x 200 t was left lying.

    Corrected at 11:45:01, 90 minutes later: the highest deal makes the high 22,380, 180 more;
    180 / 22,180 = 0.8116 %. One price, one error: 100 %.
    """
    priced(room, "A-1")
    assert statistics(room.ledger)["errors_percent"] == "0.00"
    room.clock("11:30:00")
    room.deal("F04", "22380", "200", received="09:58:00")
    acts.correct(room.desk, room.keys["A-1"], DAY, FOSHAN, "a deal was left lying", "agency_error")
    with room.ledger.read() as connection:
        proposal = acts.live_proposal(connection, FOSHAN, DAY)
    acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, proposal["proposal"])
    room.clock("11:45:01")
    acts.publish_correction(room.desk, room.keys["M-1"], DAY, FOSHAN)
    (row,) = corrections(room.ledger)
    assert (row["cause"], row["minutes"], row["before"]["mid"]) == ("agency_error", 90, "22180")
    assert (row["size"], row["percent"]) == ("180", "0.81")
    counted = statistics(room.ledger)
    assert (counted["published"], counted["errors"], counted["errors_percent"]) == (1, 1, "100.00")
    of_cause = {each["cause"]: each for each in counted["causes"]}
    assert of_cause["agency_error"]["median_minutes"] == 90
    assert of_cause["contributor_error"]["count"] == 0
    assert corrections(room.ledger, known_at=shanghai("11:00:00")) == []
    assert corrections(room.ledger, last=BEFORE) == []
    # A complaint may name the revision that followed it, and only one that there is.
    name = acknowledged(complaints, room, pricing_date=DAY)
    complaints.assign(room.keys["C-1"], name, "C-2")
    code = refusal(
        complaints.decide, room.keys["C-2"], name, "upheld", "so it was",
        correction=f"{FOSHAN} {DAY} r2",
    )  # fmt: skip
    assert code == "complaint.correction"
    complaints.decide(
        room.keys["C-2"], name, "upheld", "so it was", correction=f"{FOSHAN} {DAY} r1"
    )
