"""The life of a contributor: nothing missing, every step dated, out and back by new acts only."""

from __future__ import annotations

from datetime import date

import pytest

from assay.core import CalendarNotAnnounced, Refused
from assay.governance import contributors as firms
from assay.ledger.book.contributors import contributors_on

CARD = {
    "contributor": "F09", "name": "Example Metals", "group": "G09", "classes": ["trader"],
    "series": ["AL-A00-FOSHAN"],
}  # fmt: skip


def complete(room) -> None:
    office, signer = room.office, room.keys["C-1"]
    firms.apply(office, signer, CARD, "asks to take part", {"name": "Ms Escalation"})
    firms.file_document(
        office, signer, "F09", "licence-2025", "business_licence", b"licence", "application/pdf",
        date(2025, 1, 2), date(2026, 1, 20),
    )  # fmt: skip
    for which in firms.CHECKS:
        firms.check(office, signer, "F09", which, "passed", "seen")
    firms.mandate(
        office, signer, "F09", "SUB-9", "Chen Example", ["AL-A00-FOSHAN"], date(2025, 12, 1)
    )
    for which in firms.SUBMITTER_CHECKS:
        firms.check(office, signer, "F09", which, "passed", "seen", submitter="SUB-9")
    firms.reference(office, signer, "F09", "Another Firm", "good", "pays on time")
    firms.agree(office, signer, "F09", "by telephone on the rules of the house")


def status(room, day: date) -> str:
    with room.ledger.read() as connection:
        return {c["contributor"]: c["status"] for c in contributors_on(connection, day)}["F09"]


def test_a_candidate_is_told_everything_that_lacks(room) -> None:
    firms.apply(room.office, room.keys["C-1"], CARD, "asks to take part")
    with pytest.raises(Refused, match=r"contributor.incomplete") as problem:
        firms.activate(room.office, room.keys["C-1"], "F09", "fit")
    said = problem.value.finding.what_to_do
    for wanted in ("check identity", "check chain", "check reputation", "business_licence", "submitter", "reference", "agreement"):  # fmt: skip
        assert wanted in said


def test_from_application_to_active_and_only_compliance_may(room) -> None:
    complete(room)
    with pytest.raises(Refused, match="permission"):
        firms.activate(room.office, room.keys["A-1"], "F09", "fit")
    firms.activate(room.office, room.keys["C-1"], "F09", "fit")
    assert status(room, date(2025, 12, 1)) == "active"


def test_a_failed_check_or_an_expired_licence_keeps_it_out(room) -> None:
    complete(room)
    firms.check(room.office, room.keys["C-1"], "F09", "chain", "failed", "no warehouse found")
    with pytest.raises(Refused, match="check chain"):
        firms.activate(room.office, room.keys["C-1"], "F09", "fit")
    firms.check(room.office, room.keys["C-1"], "F09", "chain", "passed", "warehouse visited")
    room.clock("2026-01-21 09:00")
    with pytest.raises(Refused, match="business_licence"):
        firms.activate(room.office, room.keys["C-1"], "F09", "fit")


def test_a_name_of_a_person_is_not_in_the_journal(room) -> None:
    complete(room)
    whole = "".join(str(entry.body) for entry in room.ledger.entries())
    for name in ("Chen Example", "Ms Escalation", "Another Firm"):
        assert name not in whole


def test_thirty_days_that_end_on_a_holiday_move_to_the_next_working_day(room) -> None:
    # 2025-12-02 + 30 = 2026-01-01 (New Year's Day); the holiday lasts until Saturday the 3rd,
    # Sunday the 4th is a make-up working day, which is no working day of ours: Monday the 5th.
    complete(room)
    room.clock("2025-12-02 09:00")
    firms.activate(room.office, room.keys["C-1"], "F09", "fit")
    _, deadline = firms.notice_rectification(
        room.office, room.keys["C-1"], "F09", ["timeliness"], "late on nine days"
    )
    assert deadline == date(2026, 1, 5)
    assert status(room, date(2025, 12, 1)) == "candidate"
    assert status(room, date(2025, 12, 2)) == "rectification"


def test_unmet_only_after_the_deadline_met_only_until_it(room) -> None:
    complete(room)
    signer = room.keys["C-1"]
    room.clock("2025-12-02 09:00")
    firms.activate(room.office, signer, "F09", "fit")
    firms.notice_rectification(room.office, signer, "F09", ["timeliness"], "late")
    room.clock("2026-01-05 23:30")
    with pytest.raises(Refused, match=r"rectification.running"):
        firms.end_rectification(room.office, signer, "F09", "unmet", "still late")
    # half an hour later it is the 6th in Shanghai, still the 5th in UTC
    room.clock("2026-01-06 00:10")
    assert [f.code for f in firms.alarms(room.office)][:1] == ["document.expiring"]
    assert "rectification.unmet" in {f.code for f in firms.alarms(room.office)}
    with pytest.raises(Refused, match=r"rectification.over"):
        firms.end_rectification(room.office, signer, "F09", "met", "better now")
    firms.end_rectification(room.office, signer, "F09", "unmet", "still late")
    assert status(room, date(2026, 1, 6)) == "terminated"
    with pytest.raises(Refused, match="only a candidate"):
        firms.activate(room.office, signer, "F09", "again")
    firms.take_back(room.office, signer, "F09", "new management, file looked through")
    assert status(room, date(2026, 1, 6)) == "active"


def test_a_year_that_nobody_announced_is_never_guessed(room) -> None:
    complete(room)
    firms.activate(room.office, room.keys["C-1"], "F09", "fit")
    room.clock("2026-12-10 09:00")
    assert "calendar.not_announced" in {f.code for f in firms.alarms(room.office)}
    with pytest.raises(CalendarNotAnnounced):
        firms.notice_rectification(room.office, room.keys["C-1"], "F09", ["x"], "late")


@pytest.mark.parametrize(
    ("boundary", "footprint", "fits"),
    [("cradle_to_gate", "3.999", True), ("cradle_to_gate", "4", False),
     ("non_cradle_to_gate", "2.49", True), ("non_cradle_to_gate", "2.5", False)],
)  # fmt: skip
def test_low_carbon_is_strictly_below(room, boundary: str, footprint: str, fits: bool) -> None:
    firms.apply(room.office, room.keys["C-1"], CARD, "asks to take part")
    body = {
        "contributor": "F09", "certificate": "CQC-1", "boundary": boundary, "footprint": footprint,
        "issuer": "CQC", "valid_from": "2025-06-01", "valid_until": "2025-12-15",
    }  # fmt: skip
    if not fits:
        with pytest.raises(Refused, match=r"certificate.footprint"):
            firms.file_certificate(room.office, room.keys["C-1"], body)
        return
    firms.file_certificate(room.office, room.keys["C-1"], body)
    (alarm,) = [f for f in firms.alarms(room.office) if f.code == "certificate.expiring"]
    assert "14 days left" in alarm.where
    firms.withdraw_certificate(room.office, room.keys["C-1"], "F09", "CQC-1", "sold the plant")
    assert [f for f in firms.alarms(room.office) if f.code == "certificate.expiring"] == []


def test_a_spelling_belongs_to_one_firm(room) -> None:
    complete(room)
    firms.alias(room.office, room.keys["C-1"], "F09", "Exmet", date(2025, 12, 1))
    firms.apply(room.office, room.keys["C-1"], {**CARD, "contributor": "F10", "name": "Other"}, "x")
    with pytest.raises(Refused, match=r"alias.taken"):
        firms.alias(room.office, room.keys["C-1"], "F10", "Exmet", date(2025, 12, 1))


def test_a_submitter_sees_the_file_of_his_own_firm_and_not_what_others_said(room) -> None:
    complete(room)
    firms.apply(room.office, room.keys["C-1"], {**CARD, "contributor": "F10", "name": "Other"}, "x")
    own = firms.readable_file(room.office, "SUB-9", None)
    assert own["contributor"] == "F09"
    assert "reference" not in {row["what"] for row in own["papers"]}
    with pytest.raises(Refused, match=r"contributor.not_his"):
        firms.readable_file(room.office, "SUB-9", "F10")
    whole = firms.readable_file(room.office, "C-1", "F09")
    assert "reference" in {row["what"] for row in whole["papers"]}


def test_the_file_as_it_was_known_earlier(room) -> None:
    complete(room)
    then = room.instant
    room.clock("2025-12-03 09:00")
    firms.check(room.office, room.keys["C-1"], "F09", "chain", "failed", "no warehouse found")
    before = firms.readable_file(room.office, "C-1", "F09", known_at=then)
    after = firms.readable_file(room.office, "C-1", "F09")
    assert len(after["papers"]) == len(before["papers"]) + 1
    assert room.ledger.check().ok
