"""Nobody works on a series he has a declared conflict with: at every door of the house.

A-1 or M-1 holds something in Foshan. What is refused is refused in the ledger, with the
declaration in its words; the same act on another series, or by another person, is taken.
"""

from __future__ import annotations

from datetime import date

import pytest

from assay.collection.channels import PhraseTables
from assay.collection.intake import Intake
from assay.collection.notes import PhoneNote
from assay.core import Refused
from assay.governance.accounts import load_roles
from assay.governance.integrity import declaring
from assay.governance.integrity.surveillance import close_flag
from assay.governance.office import Office, load_thresholds
from assay.ledger import SYSTEM, Draft
from assay.ledger.book.submissions import submissions_of
from assay.methodology import REFERENCE, load_reference
from tests.unit.desk.conftest import DAY, library, room, shanghai
from tests.unit.governance.test_changes import changes_of, house, propose, proposed_text
from tests.unit.governance.test_complaints import acknowledged, complaints

__all__ = ["complaints", "house", "library", "room"]
FOSHAN, SHANGHAI = "AL-A00-FOSHAN", "AL-A00-SHANGHAI"
EMPTY = "sha256:" + "0" * 64


def office_of(room) -> Office:
    calendar = load_reference(REFERENCE).calendars["CN"]
    return Office(room.ledger, load_roles(REFERENCE), calendar, load_thresholds(REFERENCE))


def holds(room, person: str, *series: str) -> str:
    """`person` declares a holding in these series from today on; gives its name."""
    entry = declaring.declare(
        office_of(room), room.keys[person], "holding", series=series or [FOSHAN], words="shares"
    )
    return str(entry.body["declaration"])


def refused_for(person: str, series: str, act, *args, **kwargs) -> None:
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    finding = caught.value.finding
    assert (finding.code, finding.where) == ("integrity.conflict", f"{person} on {series}, {DAY}")
    assert finding.what_to_do.startswith("he declared a holding in it (DC-0001, since 2025-12-")
    assert finding.what_to_do.endswith("another person does this")


def call(room, person: str, text: str):
    intake = Intake(
        room.ledger,
        PhraseTables.load(REFERENCE / "phrases"),
        actor=person,
        signer=room.keys[person],
    )
    now = shanghai("09:30:00")
    return intake.take_phone(PhoneNote(now, person, "F01", text), now)


def test_a_phone_note_on_the_series_is_not_taken(room) -> None:
    room.clock("09:31:00")
    holds(room, "A-1")
    said = "A00佛山 成交22180元/吨 100吨 自提 电汇"
    refused_for("A-1", FOSHAN, call, room, "A-1", said)
    with room.ledger.read() as connection:
        assert submissions_of(connection, DAY, FOSHAN) == []
    assert call(room, "A-2", said).submissions
    assert call(room, "A-1", "A00上海 成交22180元/吨 100吨 自提 电汇").submissions


def test_what_a_machine_reads_is_kept_and_its_confirmation_is_refused(room) -> None:
    from assay.desk import confirm

    room.clock("09:31:00")
    holds(room, "A-1")
    body = {
        "evidence": room.ledger.evidence.put(b"x"), "channel": "wechat", "media_type": "text/plain",
        "size": 1, "received_at": "2025-12-30T01:30:00Z",
    }  # fmt: skip
    received = {
        "submission": "S-9", "channel": "wechat", "evidence": body["evidence"],
        "received_at": body["received_at"], "fields": {
            "series": FOSHAN, "contributor": "F01", "pricing_date": str(DAY), "kind": "transaction",
            "low": "22180", "high": "22180", "unit": "CNY/t", "currency": "CNY", "quantity": "100",
            "tax": "included",
        },
    }  # fmt: skip
    drafts = [Draft("evidence.archived/1", "A-1", body), Draft("submission.received/1", "A-1", received)]  # fmt: skip
    room.ledger.append(drafts, signer=room.keys["A-1"])
    refused_for("A-1", FOSHAN, confirm, room.desk, room.keys["A-1"], "S-9")


def comment(actor: str, *series: str) -> Draft:
    body = {
        "report": "cast-alloy-morning", "day": str(DAY), "revision": 0, "content": EMPTY,
        "languages": {}, "facts": EMPTY, "files": {}, "series": list(series),
    }  # fmt: skip
    return Draft("comment.drafted/1", actor, body)


def approval(actor: str) -> Draft:
    body = {"report": "cast-alloy-morning", "day": str(DAY), "revision": 0, "content": EMPTY}
    return Draft("comment.approved/1", actor, body)


def test_a_comment_that_speaks_of_the_series_is_neither_written_nor_approved_by_him(room) -> None:
    holds(room, "A-1")
    refused_for("A-1", FOSHAN, room.ledger.append, [comment("A-1", "AD-MAIN", FOSHAN)])
    room.ledger.append([comment("A-1", "AD-MAIN")])
    room.ledger.append([comment("A-2", "AD-MAIN", FOSHAN)])
    refused_for("A-1", FOSHAN, room.ledger.append, [approval("A-1")])
    room.ledger.append([approval("M-1")])


def test_a_change_of_its_methodology_is_not_proposed_studied_noticed_or_decided_by_him(
    house,
) -> None:
    changes, name = propose(house, person="M-2")
    holds(house, "M-1")
    raw = proposed_text("2026-03-02")
    refused_for(
        "M-1", FOSHAN, changes.propose, house.keys["M-1"], raw,
        change_class="material", title="x", rationale="y",
    )  # fmt: skip
    refused_for("M-1", FOSHAN, changes.study, house.keys["M-1"], name)
    changes.study(house.keys["M-2"], name)
    refused_for("M-1", FOSHAN, changes.notice, house.keys["M-1"], name)
    changes.notice(house.keys["M-2"], name)
    (said,) = changes.comment(name, "We weigh by tonnes ourselves.")
    refused_for("M-1", FOSHAN, changes.answer, house.keys["M-1"], said.body["comment"], "Noted.")
    refused_for("M-1", FOSHAN, changes.withdraw, house.keys["M-1"], name, "not now")


def test_the_decision_on_a_change_is_not_his(house) -> None:
    changes, name = propose(house)
    changes.study(house.keys["M-1"], name)
    changes.notice(house.keys["M-1"], name)
    holds(house, "C-1")
    refused_for("C-1", FOSHAN, changes.decide, house.keys["C-1"], name, "adopted", "fair")
    assert changes_of(house).known(name)["state"] == "noticed"


def test_a_complaint_about_it_is_not_given_to_him(complaints, room) -> None:
    name = acknowledged(complaints, room)
    holds(room, "C-2")
    refused_for("C-2", FOSHAN, complaints.assign, room.keys["C-1"], name, "C-2")


def test_a_flag_about_it_is_not_closed_by_him(room) -> None:
    flag = {
        "flag": "FL-1", "detector": "late", "about": "contributor", "subjects": ["F01"],
        "series": [FOSHAN], "first": "2025-12-01", "last": "2025-12-29", "strength": "2.0",
        "sentence": "F01 was late.", "links": [], "thresholds": EMPTY,
    }  # fmt: skip
    room.ledger.append([Draft("flag.raised/1", SYSTEM, flag)])
    holds(room, "C-1")
    office = office_of(room)
    refused_for("C-1", FOSHAN, close_flag, office, room.keys["C-1"], "FL-1", "explained", "strike")


def test_a_declaration_that_begins_tomorrow_of_shanghai_does_not_bind_tonight(room) -> None:
    """23:59:59 in Shanghai is the 30th; one second later the 31st, though UTC says the 30th."""
    body = {
        "declaration": "DC-0001", "person": "A-1", "interest": "holding", "since": "2025-12-31",
        "renew_by": "2026-12-31", "series": [FOSHAN],
    }  # fmt: skip
    room.ledger.append([Draft("declaration.filed/1", "A-1", body)])
    room.clock("23:59:59")
    room.ledger.append([comment("A-1", FOSHAN)])
    room.clock("2025-12-31 00:00:00")
    with pytest.raises(Refused, match=r"integrity\.conflict.*A-1 on AL-A00-FOSHAN, 2025-12-31"):
        room.ledger.append([comment("A-1", FOSHAN)])


def test_the_book_is_folded_anew_without_asking(room) -> None:
    """A conflict that is declared today does not undo what was done before."""
    room.ledger.append([comment("A-1", FOSHAN)])
    holds(room, "A-1")
    room.ledger.rebuild()
    assert room.ledger.check().ok
    assert date(2025, 12, 30) == DAY
