"""The outside audit: findings in the register, its result public within three months.

Worked by hand: complete on 2025-12-01 means public by Sunday 2026-03-01, so Monday the 2nd.
"""

from __future__ import annotations

from datetime import date

import pytest

from assay.core import Refused
from assay.governance.audit import concluding
from assay.governance.controls.settling import settle
from assay.ledger import Draft
from assay.ledger.book.audit import audits_of
from assay.ledger.book.findings import register_of

FOUND = [{"severity": "warning", "where": "mandates", "words": "two of twelve lack a date"}]


def concluded(room, **more):
    said = {
        "auditor": "Example Auditors", "first": date(2024, 12, 1), "last": date(2025, 11, 30),
        "completed_on": date(2025, 12, 1), "report": b"%PDF report", "findings": FOUND, **more,
    }  # fmt: skip
    return concluding.conclude(room.office, room.keys["C-1"], "AU-2025", **said)


def code_of(act, *args, **kwargs) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.finding.code


def told(room) -> list[tuple[str, str]]:
    return [(each.code, each.severity.value) for each in concluding.alarms(room.office)]


def test_a_result_is_public_within_three_months_and_nobody_forgets_it(room) -> None:
    entry = concluded(room)[-1]
    assert entry.body["publish_by"] == "2026-03-02"
    assert entry.body["severities"] == {"error": 0, "warning": 1, "info": 0}
    assert told(room) == []
    room.clock("2026-01-31 09:00")
    assert told(room) == [("audit.unpublished", "warning")]
    room.clock("2026-03-02 23:59")
    assert told(room) == [("audit.unpublished", "warning")]
    room.clock("2026-03-03 00:00")
    assert told(room) == [("audit.unpublished", "error")]
    entries = concluding.publish_result(
        room.office, room.keys["C-1"], "AU-2025", b"%PDF result", "One warning, settled."
    )
    assert [each.kind for each in entries] == [
        "evidence.archived/1", "notice.published/1", "audit.published/1",
    ]  # fmt: skip
    assert told(room) == []
    assert room.ledger.check().ok


def test_the_yearly_audit_counts_from_the_last_or_from_the_first_day_of_the_house(room) -> None:
    # Opened on 2025-12-01: due by Tuesday 2026-12-01.
    room.clock("2026-10-31 09:00")
    assert told(room) == []
    room.clock("2026-11-02 09:00")
    assert told(room) == [("audit.overdue", "warning")]
    room.clock("2026-12-02 00:00")
    assert told(room) == [("audit.overdue", "error")]
    concluded(room, completed_on=date(2026, 11, 30), last=date(2026, 11, 30))
    assert told(room) == []


def test_findings_enter_the_register_and_are_settled_with_words(room) -> None:
    concluded(room)
    with room.ledger.read() as connection:
        (row,) = register_of(connection, open_only=True)
    assert (row["code"], row["where_"], row["what_to_do"], row["subject"]) == (
        "audit.finding", "AU-2025, finding 1: mandates", "two of twelve lack a date", "AU-2025",
    )  # fmt: skip
    settle(room.office, room.keys["C-2"], row["seq"], "done", "both firms dated them")
    with room.ledger.read() as connection:
        assert register_of(connection, open_only=True) == []


def test_what_is_refused(room) -> None:
    office, signer = room.office, room.keys["C-1"]
    assert code_of(concluded, room, completed_on=date(2025, 12, 2)) == "audit.completed"
    assert (
        code_of(concluded, room, first=date(2025, 12, 1), last=date(2025, 11, 1)) == "audit.period"
    )
    assert code_of(concluded, room, report=b"") == "document.empty"
    assert code_of(concluded, room, findings=[{"severity": "bad", "where": "x", "words": "y"}]) == "audit.finding"  # fmt: skip
    assert code_of(concluded, room, findings=[{"words": "y"}]) == "audit.finding"
    concluded(room)
    assert code_of(concluded, room) == "entry.conflict"
    publish = concluding.publish_result
    assert code_of(publish, office, signer, "AU-2024", b"x", "fine") == "audit.unknown"
    assert (
        code_of(publish, office, room.keys["A-1"], "AU-2025", b"x", "fine") == "permission.missing"
    )
    publish(office, signer, "AU-2025", b"x", "fine")
    assert code_of(publish, office, signer, "AU-2025", b"x", "again") == "audit.unknown"


def test_the_three_months_hold_for_who_writes_past_the_act(room) -> None:
    body = dict(concluded(room)[-1].body) | {"audit": "AU-2026", "publish_by": "2026-06-01"}
    assert code_of(room.ledger.append, [Draft("audit.concluded/1", "C-1", body)]) == "audit.publish_by"  # fmt: skip
    with room.ledger.read() as connection:
        assert [row["audit"] for row in audits_of(connection)] == ["AU-2025"]
