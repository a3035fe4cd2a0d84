"""When a price leaves: the window, the late notice, the clockwork, not assessed, the embargo."""

from __future__ import annotations

import pytest

from assay import desk as acts
from assay.core import Refused
from assay.ledger import Draft

from .conftest import DAY
from .morning import (
    FOSHAN,
    LC,
    SHANGHAI,
    approved,
    code_of,
    opened,
    price,
    published,
)

# ---- the window --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "code"), [("10:14:59", "window.not_open"), ("10:20:00", "window.closed")]
)
def test_outside_the_window_nothing_leaves(room, clock, code):
    approved(room)
    room.clock(clock)
    with pytest.raises(Refused) as refusal:
        acts.publish(room.desk, room.keys["M-1"], DAY)
    assert code_of(refusal) == code


def test_the_late_notice_goes_out_by_itself_and_once(room):
    approved(room)
    room.clock("10:19:59")
    assert acts.window_end(room.desk, DAY) == []
    room.clock("10:20:00")
    entries = acts.window_end(room.desk, DAY)
    assert [each.kind for each in entries] == ["notice.published/1"] + ["price.delayed/1"] * 3
    assert all(each.actor == "system" for each in entries)
    assert acts.window_end(room.desk, DAY) == []
    done = acts.publish(room.desk, room.keys["M-1"], DAY, late=True)
    assert all(e.body["late"] for e in done.entries if e.kind == "price.published/1")
    assert not [e for e in done.entries if e.kind == "price.delayed/1"]


def test_publishing_late_without_the_notice_sends_it_first(room):
    approved(room)
    room.clock("10:25:00")
    done = acts.publish(room.desk, room.keys["M-1"], DAY, late=True)
    kinds = [each.kind for each in done.entries]
    assert kinds[0] == "notice.published/1"
    assert kinds.count("price.delayed/1") == 3


def test_the_clockwork_publishes_what_two_people_signed(room):
    approved(room)
    room.clock("10:15:00")
    done = acts.publish(room.desk, None, DAY)
    assert done.entries[0].actor == "system"
    with pytest.raises(Refused):
        acts.publish(room.desk, None, DAY)


def test_a_formula_never_leaves_before_its_input(room):
    approved(room)
    room.clock("10:15:05")
    with pytest.raises(Refused) as refusal:
        acts.publish(room.desk, room.keys["M-1"], DAY, [LC])
    assert code_of(refusal) == "price.input_unpublished"


# ---- not assessed ------------------------------------------------------------------------


def test_not_assessed_needs_a_reason_of_the_list_and_the_cut_off(room):
    opened(room)
    desk, key = room.desk, room.keys["M-1"]
    for reason, code in (
        ("nothing", "price.reason"),
        ("missing_input", "price.reason"),
        ("suspended", "price.words"),
        ("insufficient_data", "price.too_early"),
    ):
        with pytest.raises(Refused) as refusal:
            acts.not_assess(desk, key, DAY, SHANGHAI, reason)
        assert code_of(refusal) == code
    room.clock("10:13:30")
    body = acts.not_assess(desk, key, DAY, SHANGHAI, "insufficient_data")[0].body
    assert body["published_at"] == "2025-12-30T02:15:00Z", "it shows with the window"


def test_what_is_made_of_a_price_that_is_missing_is_not_assessed_with_its_name(room):
    opened(room)
    room.clock("10:13:30")
    found = {
        each.body["series"]: each.body["determination"]
        for each in acts.determine_series(room.desk, room.keys["A-1"], DAY)
    }
    assert found[LC]["reason"] == f"missing_input:{FOSHAN}"
    for series in (FOSHAN, SHANGHAI, LC):
        entries = acts.not_assess(room.desk, room.keys["M-1"], DAY, series, found[series]["reason"])
    assert entries[-1].kind == "day.closed/1"


def test_an_ended_day_takes_no_proposal_and_no_second_price(room):
    published(room)
    for act in (
        lambda: acts.propose(room.desk, room.keys["A-1"], DAY, [FOSHAN]),
        lambda: acts.determine_series(room.desk, room.keys["A-1"], DAY, [FOSHAN]),
        lambda: acts.publish(room.desk, room.keys["M-1"], DAY, [FOSHAN]),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert code_of(refusal) == "day.ended"
    with pytest.raises(Refused):
        acts.not_assess(room.desk, room.keys["M-1"], DAY, FOSHAN, "suspended", "why")


# ---- embargo -----------------------------------------------------------------------------


def test_no_price_shows_before_its_instant(room):
    approved(room)
    with pytest.raises(Refused) as refusal:
        price(room)
    assert code_of(refusal) == "price.none"
    for row in acts.day_status(room.desk, DAY)["series"]:
        assert row["state"] == "open"
        assert not {"proposal", "determination", "tick", "submissions"} & set(row)
    for row in acts.day_status(room.desk, DAY, "A-1")["series"]:
        assert row["proposal"]["approved_by"] == ["M-1"]


def test_not_assessed_shows_with_the_window_too(room):
    opened(room)
    room.clock("10:13:30")
    acts.not_assess(room.desk, room.keys["M-1"], DAY, SHANGHAI, "insufficient_data")
    with pytest.raises(Refused):
        price(room, SHANGHAI)
    row = next(r for r in acts.day_status(room.desk, DAY)["series"] if r["series"] == SHANGHAI)
    assert (row["state"], row["reason"]) == ("open", None)
    room.clock("10:15:00")
    assert price(room, SHANGHAI)["reason"] == "insufficient_data"


def test_what_was_known_at_an_instant(room):
    published(room)
    room.clock("12:00:00")
    assert price(room)["mid"] == "22180"
    assert price(room, known_at="10:15:05")["mid"] == "22180"
    with pytest.raises(Refused):
        price(room, known_at="10:15:04")


def test_the_fold_counts_the_signatures_of_the_indications_branch_too(room):
    opened(room)
    for firm, price_ in (("F01", "22160"), ("F02", "22180"), ("F03", "22200")):
        room.deal(firm, price_, None, kind="indication", basis="asked at 09:50", relation=None)
    room.clock("10:13:30")
    acts.determine_series(room.desk, room.keys["A-1"], DAY, [FOSHAN])
    proposal = acts.propose(room.desk, room.keys["A-1"], DAY, [FOSHAN])[0].body
    acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, proposal["proposal"])
    body = {
        "series": FOSHAN, "pricing_date": DAY.isoformat(), "revision": 0, "tick": proposal["tick"],
        "published_at": "2025-12-30T02:15:00Z", "proposal": proposal["proposal"],
    }  # fmt: skip
    with pytest.raises(Refused) as refusal:
        room.ledger.append([Draft("price.published/1", "M-1", body)], signer=room.keys["M-1"])
    assert code_of(refusal) == "price.not_approved"
