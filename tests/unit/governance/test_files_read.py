"""Who reads a file, what a firm is told of itself, and that every look is an entry first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assay.core import Refused
from assay.governance import contributors as firms
from assay.governance.contributors.own import OF_THE_DATUM
from assay.governance.contributors.scores import OF_OTHERS, scores_of_all
from assay.governance.integrity import declaring, pressure, surveillance
from assay.governance.integrity.evidence import opened_flag
from assay.ledger import SYSTEM, Draft
from assay.ledger.book.audit import views_since
from assay.methodology.catalogue.registry import names_of
from tests.unit.governance.test_contributors import CARD, complete
from tests.unit.governance.test_contributors_scores import FIRST, SERIES, publish, write

#: Screening rules that rest on other firms' data, or on a price that may not be out yet.
RESTS_ON_OTHERS = {
    "against_series", "deal_once", "outlier_absolute", "outlier_percent", "outlier_contributor",
    "outlier_mad", "concentration",
}  # fmt: skip


def looks(room) -> list[tuple[str, str, str]]:
    with room.ledger.read() as connection:
        rows = views_since(connection)
    return [(row["person"], row["view"], row["door"]) for row in rows][::-1]


def test_every_screening_rule_is_either_of_the_datum_or_rests_on_others() -> None:
    every = {*names_of("screening"), *names_of("panel")}
    assert every
    assert every == OF_THE_DATUM | RESTS_ON_OTHERS
    assert not OF_THE_DATUM & RESTS_ON_OTHERS


def test_a_look_is_recorded_and_a_refused_one_is_none(room) -> None:
    complete(room)
    firms.readable_file(room.office, "C-1", "F09")
    firms.readable_file(room.office, "SUB-9", None, door="pages")
    with pytest.raises(Refused, match=r"contributor\.not_his"):
        firms.readable_file(room.office, "SUB-9", "F10")
    with pytest.raises(Refused, match=r"contributor\.unknown"):
        firms.readable_file(room.office, "C-1", "F77")
    assert looks(room) == [
        ("C-1", "contributor_file", "commands"), ("SUB-9", "contributor_file", "pages"),
    ]  # fmt: skip


def test_a_firm_reads_neither_references_nor_what_the_house_noted(room) -> None:
    complete(room)
    firms.file_document(
        room.office, room.keys["C-1"], "F09", "licence-2026", "business_licence", b"newer",
        "application/pdf", date(2025, 12, 1),
    )  # fmt: skip
    own = firms.readable_file(room.office, "SUB-9", None)
    said = str(own)
    for hidden in ("pays on time", "Another Firm", "reputation", "'seen'", "C-1", "Chen Example"):
        assert hidden not in said, hidden
    assert "timeline" not in own
    assert "affiliates" not in own
    whole = firms.readable_file(room.office, "C-1", "F09")
    assert whole["submitters"][0]["name"] == "Chen Example"
    assert [row["named"] for row in whole["papers"] if row["what"] == "reference"] == [
        "Another Firm"
    ]
    assert "name" not in firms.readable_file(room.office, "A-1", "F09")["submitters"][0]


def test_a_paper_of_another_firm_is_no_paper_of_this_one(room) -> None:
    complete(room)
    firms.apply(room.office, room.keys["C-1"], {**CARD, "contributor": "F10", "name": "Other"}, "x")
    mine = next(room.ledger.entries(kinds=["contributor.document_filed/1"])).body["evidence"]
    assert firms.paper_of(room.office, "SUB-9", "F09", mine, "pages") == b"licence"
    with pytest.raises(Refused, match=r"document\.unknown"):
        firms.paper_of(room.office, "C-1", "F10", mine, "pages")
    with pytest.raises(Refused, match=r"contributor\.not_his"):
        firms.paper_of(room.office, "SUB-9", "F10", mine, "pages")


def test_scores_end_yesterday_for_the_firm_and_say_nothing_of_others(room) -> None:
    complete(room)
    firms.activate(room.office, room.keys["C-1"], "F09", "fit")
    today = room.office.today()
    write(room, "F09", "S-1", today, "20000", fields={"counterparty": "x"})
    write(room, "F09", "S-2", today - timedelta(days=1), "20100")
    write(room, "F02", "T-1", today - timedelta(days=1), "20100", kind="transaction",
          fields={"deal_reference": "D1", "counterparty": "Example Metals"})  # fmt: skip
    of_house = {s.name: s for s in firms.readable_scores(room.office, "C-1", "F09")["F09"]}
    of_firm = {s.name: s for s in firms.readable_scores(room.office, "SUB-9")["F09"]}
    assert of_house["completeness"].sentence.startswith("2 of 2")
    assert of_firm["completeness"].sentence.startswith("1 of 1")
    assert of_house["selective_sending"].document()["figure"] == "100.0"
    for name in OF_OTHERS:
        assert of_firm[name].figure is None
        assert of_firm[name].meets is None
        assert "deals" not in of_firm[name].sentence
    assert all(each.sentence_zh.endswith("。") for each in of_firm.values())


def test_scores_of_all_firms_at_once_are_those_of_each(room) -> None:
    for code in ("F01", "F02"):
        card = {"contributor": code, "name": code, "group": code, "classes": ["trader"], "series": [SERIES], "since": "2025-01-02"}  # fmt: skip
        standing = [("active", "2025-01-02"), ("rectification", "2025-11-05"), ("active", "2025-11-07")]  # fmt: skip
        drafts = [Draft("contributor.registered/1", "C-1", card)]
        drafts += [
            Draft("contributor.status_set/1", "C-1", {"contributor": code, "status": status, "since": since, "reason": "x"})
            for status, since in standing[: 3 if code == "F01" else 1]
        ]  # fmt: skip
        room.ledger.append(drafts)
    days = [FIRST + timedelta(days=number) for number in range(6)]  # 3 to 8 November
    for number, day in enumerate(days):
        publish(room, day, "20000")
        write(room, "F01", f"S{number}", day, "20100")
    with room.ledger.read() as connection:
        asked = (connection, ["F01", "F02", "F99"], days[0], days[-1], room.office.thresholds)
        found = scores_of_all(*asked)
        for code in ("F01", "F02"):
            assert found[code] == firms.scores_of(
                connection, code, days[0], days[-1], room.office.thresholds
            )
    assert set(found) == {"F01", "F02"}
    share = {code: next(s for s in each if s.name == "share_of_days") for code, each in found.items()}  # fmt: skip
    # F01 was out on the 5th and 6th: four days count; F02 sent nothing on six
    assert "4 of 4 days" in share["F01"].sentence
    assert "0 of 6 days" in share["F02"].sentence


def test_the_words_of_a_report_are_read_on_the_record_its_clock_is_not(room) -> None:
    declaring.supervise(room.office, room.keys["C-1"], "A-1", "M-1", date(2025, 12, 1))
    room.clock("2025-12-05 16:00")
    name = pressure.report(room.office, room.keys["A-1"], "threat", "a call").body["report"]
    room.clock("2025-12-09 09:00")
    (row,) = pressure.listed(room.office, "M-1")
    # due on Monday the 8th, today is Tuesday
    assert (row["due"], row["left"], row["overdue"]) == (date(2025, 12, 8), -1, "unanswered")
    assert "a call" not in str(row)
    assert looks(room) == []
    pressure.run_clock(room.office)
    pressure.answer(room.office, room.keys["M-1"], name, "spoken")
    whole = pressure.opened(room.office, "A-1", name)
    assert whole["words"] == "a call"
    assert [(each["what"], each["words"]) for each in whole["history"]] == [
        ("escalated", None), ("answered", "spoken"),
    ]  # fmt: skip
    with pytest.raises(Refused, match=r"pressure\.unknown"):
        pressure.opened(room.office, "A-2", name)
    assert looks(room) == [("A-1", "pressure_report", "commands")]


def test_who_is_kept_from_what_and_how_everybody_stands(room) -> None:
    declaring.declare(
        room.office, room.keys["A-1"], "holding", series=["ADC12", "AL-LC"], words="shares"
    )
    declaring.declare(room.office, room.keys["A-2"], "gift", words="tea", amount="80")
    kept = [(row["series"], row["person"]) for row in declaring.kept_from(room.office, "C-1")]
    assert kept == [("ADC12", "A-1"), ("AL-LC", "A-1")]
    assert declaring.kept_from(room.office, "A-2") == []
    everybody = {row["person"]: row["left"] for row in declaring.standing(room.office, "C-1")}
    # 2025-12-01 + 365 days = 2026-12-01; the submitter of a firm declares nothing here
    assert everybody == {
        "A-1": 365,
        "A-2": 365,
        "C-1": None,
        "C-2": None,
        "M-1": None,
        "M-2": None,
    }
    assert [row["person"] for row in declaring.standing(room.office, "A-2")] == ["A-2"]


def test_a_number_that_is_none_is_refused(room) -> None:
    with pytest.raises(Refused, match=r"declaration\.amount"):
        declaring.declare(room.office, room.keys["A-1"], "gift", words="tea", amount="much")
    firms.apply(room.office, room.keys["C-1"], CARD, "asks to take part")
    body = {
        "contributor": "F09", "certificate": "CQC-1", "boundary": "cradle_to_gate",
        "footprint": "low", "issuer": "CQC", "valid_from": "2025-06-01", "valid_until": "2026-05-31",
    }  # fmt: skip
    with pytest.raises(Refused, match=r"certificate\.footprint"):
        firms.file_certificate(room.office, room.keys["C-1"], body)


def test_a_flag_is_opened_by_who_watches_and_on_the_record(room) -> None:
    write(room, "F01", "S-1", date(2025, 12, 1), "20000", fields={"counterparty": "F02"})
    flag = {
        "flag": "FL-1", "detector": "late", "about": "contributor", "subjects": ["F01"],
        "series": [SERIES], "first": "2025-12-01", "last": "2025-12-01", "strength": "10.0",
        "sentence": "F01 was late.", "links": ["submission:S-1"], "thresholds": "sha256:" + "0" * 64,
    }  # fmt: skip
    weaker = {**flag, "flag": "FL-2", "strength": "9.5", "links": []}
    room.ledger.append([Draft("flag.raised/1", SYSTEM, body) for body in (weaker, flag)])
    ranked = [row["flag"] for row in surveillance.flags_for(room.office, "C-1")]
    assert ranked == ["FL-1", "FL-2"]  # 10.0 times before 9.5, as numbers
    with pytest.raises(Refused, match=r"permission\.missing"):
        opened_flag(room.office, "A-1", "FL-1")
    found = opened_flag(room.office, "C-1", "FL-1")
    (row,) = found["evidence"][0]["rows"]
    assert (row["contributor"], row["low"], row["counterparty"]) == ("F01", "20000", "F02")
    # the message itself was never kept here: that is said, and hides nothing else
    assert (row["message"], row["message_state"]) == (None, "broken")
    assert looks(room) == [("C-1", "flag", "commands")]


def test_what_became_of_a_firm_s_data_of_the_last_days(room) -> None:
    complete(room)
    today = room.office.today()
    yesterday, long_ago = today - timedelta(days=1), today - timedelta(days=15)
    write(room, "F09", "S-old", long_ago, "20000")
    write(room, "F09", "S-late", yesterday, "20000", late=True)
    write(room, "F09", "S-out", yesterday, "20100", missing=["place"])
    write(room, "F09", "S-good", yesterday, "20100")
    write(room, "F09", "S-today", today, "20100")
    write(room, "F02", "T-1", yesterday, "20100")
    publish(room, yesterday, "20100")
    judged = {"submission": "S-out", "pricing_date": str(yesterday), "series": SERIES, "decision": "exclude", "code": "unverifiable", "words": "F02 says there was no such deal"}  # fmt: skip
    room.ledger.append([Draft("submission.judged/1", "K-1", judged)])
    found = {row["submission"]: row for row in firms.own_submissions(room.office, "SUB-9")}
    assert {name: row["outcome"] for name, row in found.items()} == {
        "S-late": "left_out", "S-out": "judged_out", "S-good": "valid", "S-today": "taken_in",
    }  # fmt: skip
    assert found["S-late"]["late"] is True
    assert found["S-out"]["missing"] == ["place"]
    assert "F02" not in str(found)
    with pytest.raises(Refused, match=r"permission\.missing"):
        firms.own_submissions(room.office, "C-1")


def test_a_report_against_nobody_known_is_refused_not_shown_to_the_wrong_one(room) -> None:
    declaring.supervise(room.office, room.keys["C-1"], "A-1", "M-1", date(2025, 12, 1))
    for written in ("m-1", "M-9", "SUB-9"):
        with pytest.raises(Refused, match=r"pressure\.against"):
            pressure.report(room.office, room.keys["A-1"], "force", "he did", against=written)
    assert pressure.listed(room.office, "M-1") == []
    assert pressure.staff(room.office) == ["A-1", "A-2", "C-1", "C-2", "M-1", "M-2"]


def test_two_who_write_at_one_moment_get_two_numbers(room, monkeypatch) -> None:
    first = pressure.report(room.office, room.keys["A-1"], "threat", "a call")
    real, stale = pressure.reports_of, iter([[]])
    # The second looked at the register before the first had written.
    monkeypatch.setattr(pressure, "reports_of", lambda connection: next(stale, real(connection)))
    second = pressure.report(room.office, room.keys["A-2"], "threat", "a visit")
    assert (first.body["report"], second.body["report"]) == ("PR-0001", "PR-0002")
    monkeypatch.setattr(pressure, "reports_of", lambda connection: [None] * next(counts))
    counts = iter(range(1000))
    with pytest.raises(Refused, match=r"number\.taken"):
        pressure.report(room.office, room.keys["A-2"], "threat", "no end of others")
    one = declaring.declare(room.office, room.keys["A-1"], "none")
    two = declaring.declare(room.office, room.keys["A-2"], "none")
    assert (one.body["declaration"], two.body["declaration"]) == ("DC-0001", "DC-0002")
