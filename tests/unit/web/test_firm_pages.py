"""Pages of contributors and of a firm's own file: who reads what, acts, refusals, the access log."""

from __future__ import annotations

from assay.ledger import Draft
from tests.unit.desk.conftest import DAY, library, room
from tests.unit.web.firms import door

__all__ = ["door", "library", "room"]
ZH = {"accept-language": "zh"}

# ---- (a) contributors ------------------------------------------------------------------------


def test_the_list_says_class_state_and_what_runs_out(door):
    text = door.as_("C-1").get("/contributors").text
    assert "licence-F03" in text
    assert "rectification" in text
    assert "Example Metals" in text
    assert "示例金属" in door.get("/contributors", **ZH).text


def test_the_list_is_filtered_by_state_class_words_and_need(door):
    door.as_("C-1")
    found = {
        asked: [code for code in ("F01", "F02", "F03", "F09") if f'"/contributors/{code}"' in door.get(f"/contributors?{asked}").text]
        for asked in ("status=rectification", "class_=producer", "words=示例", "words=spelling of f01", "attention=1", "words=nobody")
    }  # fmt: skip
    assert found == {
        "status=rectification": ["F03"], "class_=producer": ["F09"], "words=示例": ["F09"],
        "words=spelling of f01": ["F01"], "attention=1": ["F01", "F03"], "words=nobody": [],
    }  # fmt: skip


def test_a_file_shows_everything_and_leaves_a_look(door):
    text = door.as_("C-1").get("/contributors/F03").text
    for shown in (
        "licence-F03", "noted by the house about F03", "Chen of F03", "pays F03 on time",
        "Another Firm", "rules of the house", "CQC-F03", "3.2 tCO2/t", "spelling of F03",
        "late on nine days", "2026-01-29", "contributor.rectification_noticed/1",
    ):  # fmt: skip
        assert shown in text, shown
    assert door.views("C-1") == [("contributor_file", "F03")]
    assert "及时性" in door.get("/contributors/F03", **ZH).text


def test_names_of_persons_are_for_who_keeps_the_files(door):
    text = door.as_("A-1").get("/contributors/F03").text
    assert "SUB-3" in text
    assert "Chen of F03" not in text
    assert "Another Firm" not in text
    assert '<form class="say" method="post"' not in text


def test_the_file_as_known_earlier_has_no_acts(door):
    text = door.as_("C-1").get("/contributors/F03?known_at=2025-12-29T09:00").text
    assert "licence-F03" not in text
    assert 'action="/contributors/F03/acts' not in text
    assert door.get("/contributors/F03?known_at=yesterday").status_code == 422


def test_from_application_to_active_by_forms(door):
    door.as_("C-1")
    new = {
        "contributor": "F20", "name": "New Metals", "group": "G20", "class_trader": "1",
        "series": "AL-A00-FOSHAN, AL-LC", "words": "by mail", "escalation": "Mr Phone",
    }  # fmt: skip
    made = door.post("/contributors", **new)
    assert made.status_code == 303
    assert made.headers["location"].startswith("/contributors/F20?done=")
    early = door.post("/contributors/F20/acts/activate", words="fit")
    assert early.status_code == 422
    assert "contributor.incomplete" in early.text
    assert "fit</textarea>" in early.text  # what was written is still there
    licence = {"act": "document", "document": "licence", "type": "business_licence", "valid_from": "2025-01-02"}  # fmt: skip
    sent = door.post(
        "/contributors/F20/papers", files={"file": ("l.pdf", b"%PDF licence")}, **licence
    )
    assert sent.status_code == 303, sent.text
    for which in ("identity", "chain", "reputation"):
        door.post(
            "/contributors/F20/acts/check",
            check=which,
            outcome="passed",
            words="seen",
            submitter="",
            document="licence",
        )
    door.post(
        "/contributors/F20/acts/mandate",
        submitter="SUB-20",
        name="Li",
        series="AL-LC",
        since="2026-01-05",
        until="",
        function="back_office",
    )
    for which in ("data_access", "mandate"):
        door.post(
            "/contributors/F20/acts/check",
            check=which,
            outcome="passed",
            words="seen",
            submitter="SUB-20",
        )
    door.post("/contributors/F20/acts/reference", referee="Firm 1", outcome="good", words="pays")
    door.post(
        "/contributors/F20/papers", files={"file": ("", b"")}, act="agree", words="by telephone"
    )
    assert door.post("/contributors/F20/acts/activate", words="file complete").status_code == 303
    assert door.status("F20") == "active"
    saved = next(
        e
        for e in door.room.ledger.entries(kinds=["contributor.document_filed/1"])
        if e.body["contributor"] == "F20"
    )
    paper = door.get(f"/contributors/F20/paper?name={saved.body['evidence']}")
    assert paper.content == b"%PDF licence"
    assert paper.headers["content-disposition"].startswith("attachment")
    assert saved.actor == "C-1"
    assert saved.signature is not None
    assert door.get("/contributors/F01/paper?name=" + saved.body["evidence"]).status_code == 422


def test_notice_end_of_it_termination_and_return(door):
    door.as_("C-1")
    noticed = door.post(
        "/contributors/F01/acts/rectify", short_timeliness="1", short_completeness="1", words="late"
    )
    assert noticed.status_code == 303
    entry = list(door.room.ledger.entries(kinds=["contributor.rectification_noticed/1"]))[-1]
    # 2026-01-05 and thirty days: 2026-02-04, a Wednesday before the spring festival
    assert (entry.body["shortfalls"], entry.body["deadline"]) == (
        ["timeliness", "completeness"],
        "2026-02-04",
    )
    assert "rectification.running" in door.post("/contributors/F01/acts/terminate", words="x").text
    early = door.post(
        "/contributors/F01/acts/end_rectification", outcome="unmet", words="still late"
    )
    assert early.status_code == 422
    assert "its time is not over" in early.text
    door.post("/contributors/F01/acts/end_rectification", outcome="met", words="in time again")
    assert door.status("F01") == "active"
    door.post("/contributors/F01/acts/terminate", words="left the trade")
    assert door.status("F01") == "terminated"
    assert "words.missing" in door.post("/contributors/F01/acts/return", words=" ").text
    door.post("/contributors/F01/acts/return", words="came back")
    assert door.status("F01") == "active"


def test_the_other_acts_of_a_file_and_odd_forms(door):
    door.as_("C-1")
    for act, form in {
        "alias": {"alias": "Fst", "since": "2026-01-05", "channel": "qq"},
        "certificate": {"certificate": "CQC-9", "footprint": "3.9", "boundary": "cradle_to_gate",
                        "issuer": "CQC", "valid_from": "2026-01-01", "valid_until": "2026-12-31"},
        "withdraw": {"certificate": "CQC-F01", "words": "sold the plant"},
        "end_mandate": {"submitter": "SUB-1", "until": "2026-01-31", "words": "left"},
    }.items():  # fmt: skip
        assert door.post(f"/contributors/F01/acts/{act}", **form).status_code == 303, act
    high = {"certificate": "C", "footprint": "4", "boundary": "cradle_to_gate", "issuer": "x", "valid_from": "2026-01-01", "valid_until": "2026-12-31"}  # fmt: skip
    assert "low-carbon is below 4" in door.post("/contributors/F01/acts/certificate", **high).text
    assert (
        door.post("/contributors/F01/acts/certificate", **{**high, "footprint": "much"}).status_code
        == 422
    )
    assert (
        door.post(
            "/contributors/F01/acts/check", check="luck", outcome="passed", words="x"
        ).status_code
        == 422
    )
    assert (
        door.post(
            "/contributors/F01/acts/mandate", submitter="S", name="n", since="soon"
        ).status_code
        == 422
    )
    assert door.post("/contributors/F01/acts/praise", words="x").status_code == 422
    assert door.post("/contributors/F77/acts/activate", words="x").status_code == 422
    assert door.get("/contributors/F77").status_code == 422


def test_only_compliance_acts_and_a_submitter_reaches_no_file_of_the_house(door):
    for person in ("A-1", "M-1", "U-1"):
        assert door.as_(person).get("/contributors/F03").status_code == 200
        assert door.post("/contributors/F03/acts/terminate", words="x").status_code == 403
        assert door.post("/contributors", contributor="F99").status_code == 403
        assert door.get("/portal/file").status_code == 403
    door.as_("SUB-1")
    for path in (
        "/contributors",
        "/contributors/F01",
        "/contributors/F03",
        "/integrity",
        "/integrity/flags",
        "/integrity/declarations",
    ):
        assert door.get(path).status_code == 403, path
    assert door.views("SUB-1") == []


# ---- (b) a firm's own file -------------------------------------------------------------------


def test_a_firm_sees_its_own_file_and_nothing_of_others(door):
    text = door.as_("SUB-3").get("/portal/file").text
    for shown in (
        "Firm 3",
        "late on nine days",
        "2026-01-29",
        "licence-F03",
        "CQC-F03",
        "/complaints",
        "22,170",
        "spelling of F03",
    ):
        assert shown in text, shown
    for hidden in (
        "F01",
        "F02",
        "22,150",
        "22,160",
        "pays F03",
        "noted by the house",
        "Another Firm",
        "Chen",
        "reputation",
        "C-1",
    ):
        assert hidden not in text, hidden
    assert door.views("SUB-3") == [("contributor_file", "F03")]
    assert (
        door.get(
            "/",
        ).headers["location"]
        == "/portal/file"
    )
    chinese = door.get("/portal/file", **ZH).text
    assert "整改" in chinese
    assert "共 1 条数据" in chinese


def test_scores_that_rest_on_others_are_not_told_to_the_firm(door):
    own = {"counterparty": "Firm 3", "deal_reference": "D-77"}
    door.room.deal("F01", "22180", **own)
    whole = door.as_("C-1").get("/contributors/F03").text
    assert "1 deals that another side told" in whole
    assert "another side told" not in door.as_("SUB-3").get("/portal/file").text


def test_verdicts_that_rest_on_others_wait_for_the_end_of_the_day_and_stay_unnamed(door):
    room = door.room
    names = {row: f"S-00{row}" for row in (1, 2, 3)}
    verdicts = [
        {"rule": "outlier_percent", "clause": "3.7", "verdict": "exclude", "code": "x", "seen": {"median": "22160"}},
        {"rule": "minimum_quantity", "clause": "3.2", "verdict": "flag", "code": "y", "seen": {}},
    ]  # fmt: skip
    screened = {
        "submission": names[3], "pricing_date": str(DAY), "series": "AL-A00-FOSHAN",
        "document": "sha256:" + "0" * 64, "passed": False, "late": False, "verdicts": verdicts,
    }  # fmt: skip
    room.ledger.append([Draft("submission.screened/1", "system", screened)])
    before = door.as_("SUB-3").get("/portal/file").text
    assert "taken in; the day is not over" in before
    assert "minimum quantity (3.2)" in before
    opened = {"pricing_date": str(DAY), "series": ["AL-A00-FOSHAN"], "documents": {}}
    ended = {
        "series": "AL-A00-FOSHAN",
        "pricing_date": str(DAY),
        "reason": "insufficient_data",
        "published_at": "2026-01-05T02:00:00Z",
    }
    room.ledger.append([Draft("day.opened/1", "A-1", opened)], signer=room.keys["A-1"])
    room.ledger.append([Draft("price.not_assessed/1", "M-1", ended)], signer=room.keys["M-1"])
    after = door.get("/portal/file").text
    assert "not used, by a rule" in after
    assert "outlier" not in after
    assert "22160" not in after
    assert "22,160" not in after


def test_a_reading_that_nobody_confirmed_is_not_shown(door):
    door.room.deal("F03", "23999", confirmed=False)
    assert "23,999" not in door.as_("SUB-3").get("/portal/file").text


def test_a_firm_saves_its_own_papers_only(door):
    papers = {
        e.body["contributor"]: e.body["evidence"]
        for e in door.room.ledger.entries(kinds=["contributor.document_filed/1"])
    }
    door.as_("SUB-3")
    assert door.get(f"/portal/file/paper?name={papers['F03']}").content == b"licence of F03"
    assert door.get(f"/portal/file/paper?name={papers['F01']}").status_code == 422


def test_without_a_mandate_there_is_no_file(door):
    door.as_("C-1").post(
        "/contributors/F03/acts/end_mandate", submitter="SUB-3", until="2026-01-05", words="left"
    )
    door.room.clock("2026-01-06 09:00:00")
    refused = door.as_("SUB-3").get("/portal/file")
    assert refused.status_code == 422
    assert "contributor.not_his" in refused.text


def test_a_name_in_a_form_is_text_whatever_it_holds(door):
    nasty = '<img src=x onerror="x()">{{7*7}}'
    door.as_("C-1").post(
        "/contributors/F01/acts/check", check="chain", outcome="failed", words=nasty
    )
    text = door.get("/contributors/F01").text
    assert "<img src=x" not in text
    assert "{{7*7}}" in text
