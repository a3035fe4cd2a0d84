"""Pages of integrity: reports in confidence, declarations, flags; who sees, who may, what is written down."""

from __future__ import annotations

from assay.ledger.book.integrity import flags_of, report_of
from tests.unit.desk.conftest import library, room
from tests.unit.web.firms import door

__all__ = ["door", "library", "room"]
ZH = {"accept-language": "zh"}


def test_a_report_is_seen_by_reporter_supervisor_and_compliance_only(door):
    seen = {}
    for person in ("A-1", "M-1", "C-1", "A-2", "M-2"):
        listed = "PR-0001" in door.as_(person).get("/integrity").text
        opened = door.get("/integrity/reports/PR-0001")
        seen[person] = (listed, opened.status_code, "holiday" in opened.text)
    allowed, nothing = (True, 200, True), (False, 422, False)
    assert seen == {"A-1": allowed, "M-1": allowed, "C-1": allowed, "A-2": nothing, "M-2": nothing}
    assert door.views("M-1") == [("pressure_report", "PR-0001")]
    assert door.views("M-2") == []
    assert "holiday" not in door.as_("C-1").get("/integrity").text  # the list has no words


def test_the_entry_of_a_report_opens_at_no_other_door(door):
    (entry,) = door.room.ledger.entries(kinds=["pressure.reported/1"])
    answer = door.as_("C-1").get(f"/controls/entry/{entry.seq}")
    assert (answer.status_code, "A-1" in answer.text) == (422, False)
    assert "entry.not_shown" in answer.text


def test_a_report_is_written_taken_up_and_closed(door):
    told = door.as_("A-2").post(
        "/integrity",
        manner="threat",
        words="he shouted",
        against="M-2",
        contributor="",
        series="AL-LC AL-A00-FOSHAN",
    )
    assert told.headers["location"] == "/integrity?done=PR-0002"
    page = door.get("/integrity?done=PR-0002").text
    assert "2026-01-06" in page  # one working day after Monday 5 January
    own = door.get("/integrity/reports/PR-0002").text
    assert "another person takes it up" in own
    assert "PR-0002" not in door.as_("M-2").get("/integrity").text
    assert door.as_("A-2").post("/integrity/reports/PR-0002/answer", words="x").status_code == 403
    empty = door.as_("C-1").post("/integrity/reports/PR-0001/answer", words=" ")
    assert empty.status_code == 422
    assert "words.missing" in empty.text
    assert "unanswered" in door.get("/integrity").text
    door.post("/integrity/reports/PR-0001/answer", words="spoke with the firm")
    door.post("/integrity/reports/PR-0001/close", outcome="confirmed", words="firm warned")
    text = door.get("/integrity/reports/PR-0001").text
    assert "spoke with the firm" in text
    assert "firm warned" in text
    assert 'action="/integrity/reports' not in text
    with door.room.ledger.read() as connection:
        assert report_of(connection, "PR-0001")["outcome"] == "confirmed"
    assert "已升级" in door.get("/integrity/reports/PR-0001", **ZH).text


def test_a_report_without_words_is_refused_and_keeps_what_was_chosen(door):
    answer = door.as_("A-1").post("/integrity", manner="force", words=" ", contributor="F05")
    assert answer.status_code == 422
    assert 'value="F05"' in answer.text
    assert door.post("/integrity", manner="whim", words="x").status_code == 422


def test_everybody_of_the_staff_may_report_and_declare(door):
    for person in ("A-1", "M-1", "C-1", "B-1"):
        assert 'action="/integrity"' in door.as_(person).get("/integrity").text
        assert door.get("/integrity/declarations").status_code == 200


def test_declarations_one_s_own_for_most_everybody_s_for_compliance(door):
    mine = door.as_("A-1").get("/integrity/declarations").text
    assert "there are none: A-1</strong>" in mine
    assert "shares of a smelter" not in mine
    assert "DC-0001" not in mine
    whole = door.as_("C-1").get("/integrity/declarations").text
    assert "shares of a smelter" in whole
    assert "<strong>A-2</strong> not on <strong>AL-LC</strong>" in whole
    assert "there are none: A-1, B-1, C-1, M-1, M-2</strong>" in whole


def test_declaring_renewing_ending(door):
    door.as_("A-1")
    assert (
        "declaration.series"
        in door.post("/integrity/declarations", interest="conflict", words="brother").text
    )
    assert (
        door.post(
            "/integrity/declarations", interest="gift", words="tea", amount="much"
        ).status_code
        == 422
    )
    assert door.post("/integrity/declarations", interest="none", words="").status_code == 303
    assert "there are none: A-1" not in door.get("/integrity/declarations").text
    assert (
        "declaration.not_his"
        in door.post(
            "/integrity/declarations/end", declaration="DC-0001", until="2026-01-05", words="sold"
        ).text
    )
    door.room.clock("2026-12-31 09:00:00")
    late = door.as_("A-2").get("/integrity/declarations").text
    assert "should have renewed by 2026-12-30" in " ".join(late.split())
    ended = {"declaration": "DC-0001", "until": "2026-12-31", "words": "sold"}
    assert door.post("/integrity/declarations/end", **ended).status_code == 303


def test_supervision_and_fitness_are_signed_by_compliance(door):
    named = {"person": "A-2", "supervisor": "M-2", "since": "2026-01-05"}
    assert door.as_("M-1").post("/integrity/declarations/supervise", **named).status_code == 403
    assert door.as_("C-1").post("/integrity/declarations/supervise", **named).status_code == 303
    fit = {"person": "C-1", "series": "AL-LC", "words": "fit"}
    assert "assessor.self" in door.post("/integrity/declarations/review", **fit).text
    assert (
        door.post("/integrity/declarations/review", **{**fit, "person": "A-2"}).status_code == 303
    )
    assert "M-2" in door.get("/integrity/declarations").text


def test_flags_are_ranked_filtered_and_lead_to_their_evidence(door):
    text = door.as_("C-1").get("/integrity/flags").text
    assert text.index("FL-0001") < text.index("FL-0002")  # 2.5 times before 1.20 times
    assert "8 of 20 data of F02" in text
    for asked, shown in {
        "detector=handling": ["FL-0002"], "subject=F02": ["FL-0001"], "series=AL-LC": [],
        "since=2026-01-01": [], "until=2025-11-30": [], "shown=closed": [], "shown=all": ["FL-0001", "FL-0002"],
    }.items():  # fmt: skip
        answer = door.get(f"/integrity/flags?{asked}").text
        assert [name for name in ("FL-0001", "FL-0002") if name in answer] == shown, asked
    assert door.get("/integrity/flags?since=soon").status_code == 422
    one = door.get("/integrity/flags/FL-0001").text
    for shown in (
        "S-001 F01 22150 100",
        "22,160",
        "that the journal does not hold",
        "/contributors/F02",
    ):
        assert shown in one, shown
    assert door.views("C-1") == [("flag", "FL-0001")]
    assert "人工处理偏向" in door.get("/integrity/flags", **ZH).text


def test_closing_a_flag_needs_words_the_permission_and_another_person(door):
    assert door.as_("M-1").get("/integrity/flags").status_code == 403
    assert door.as_("U-1").get("/integrity/flags/FL-0001").status_code == 200
    assert (
        door.post("/integrity/flags/FL-0001/close", outcome="explained", words="x").status_code
        == 403
    )
    door.as_("C-1")
    empty = door.post("/integrity/flags/FL-0001/close", outcome="explained", words=" ")
    assert empty.status_code == 422
    assert "words.missing" in empty.text
    assert (
        door.post("/integrity/flags/FL-0001/close", outcome="explained", words="strike").status_code
        == 303
    )
    with door.room.ledger.read() as connection:
        (closed, *_) = [row for row in flags_of(connection) if row["outcome"]]
    assert (closed["words"], closed["closed_by"]) == ("strike", "C-1")
    assert "strike" in door.get("/integrity/flags?shown=closed").text
    again = door.post("/integrity/flags/FL-0001/close", outcome="error", words="y")
    assert again.status_code == 422
    assert door.get("/integrity/flags/FL-9").status_code == 422


def test_every_look_of_an_auditor_is_one_entry(door):
    door.as_("U-1")
    door.get("/contributors/F01")
    door.get("/integrity/flags/FL-0001")
    door.get("/contributors")
    assert door.views("U-1") == [
        ("contributor_file", "F01"), ("flag", "FL-0001"), ("page", "/contributors"),
    ]  # fmt: skip
