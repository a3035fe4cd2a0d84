"""Pressure reports with their clock, declarations, assessors, flags: who sees, who may, what runs out."""

from __future__ import annotations

from datetime import date

import pytest

from assay.core import Refused
from assay.governance.integrity import declaring, pressure
from assay.ledger import SYSTEM, Draft


def report(room, **more):
    declaring.supervise(room.office, room.keys["C-1"], "A-1", "M-1", date(2025, 12, 1))
    room.clock("2025-12-05 16:00")
    return pressure.report(
        room.office, room.keys["A-1"], "inducement", "offered a holiday if I lift the price", **more
    ).body["report"]  # fmt: skip


def test_supervisor_compliance_and_reporter_read_it_and_nobody_else(room) -> None:
    report(room, contributor="F01")
    seen = {
        who: len(pressure.visible(room.office, who)) for who in ("A-1", "M-1", "C-1", "A-2", "M-2")
    }
    assert seen == {"A-1": 1, "M-1": 1, "C-1": 1, "A-2": 0, "M-2": 0}
    assert "holiday" not in "".join(str(entry.body) for entry in room.ledger.entries())


def test_a_report_against_the_supervisor_goes_past_him(room) -> None:
    name = report(room, against="M-1")
    assert pressure.visible(room.office, "M-1") == []
    with pytest.raises(Refused, match=r"pressure\.unknown"):
        pressure.close(room.office, room.keys["M-1"], name, "not_confirmed", "nothing to it")


def test_the_clock_runs_over_a_weekend_and_escalates_once(room) -> None:
    # Friday 2025-12-05, one working day: Monday the 8th is in time, Tuesday is not.
    name = report(room)
    room.clock("2025-12-08 23:59")
    assert pressure.run_clock(room.office) == []
    room.clock("2025-12-09 00:01")
    (entry,) = pressure.run_clock(room.office)
    assert (entry.body["reason"], entry.body["to"]) == ("unanswered", ["C-1", "C-2"])
    assert pressure.run_clock(room.office) == []
    pressure.answer(room.office, room.keys["C-1"], name, "taken up")
    # 14 days after Friday the 5th: Friday the 19th
    room.clock("2025-12-20 09:00")
    (entry,) = pressure.run_clock(room.office)
    assert entry.body["reason"] == "unclosed"
    pressure.close(room.office, room.keys["C-1"], name, "confirmed", "firm warned in writing")
    assert room.ledger.check().ok


def test_nobody_closes_his_own_report(room) -> None:
    name = pressure.report(room.office, room.keys["C-1"], "threat", "a call").body["report"]
    with pytest.raises(Refused, match=r"pressure\.own"):
        pressure.close(room.office, room.keys["C-1"], name, "not_confirmed", "nothing")


def test_an_interest_names_its_series_and_is_renewed_within_the_year(room) -> None:
    with pytest.raises(Refused, match=r"declaration\.series"):
        declaring.declare(room.office, room.keys["A-1"], "holding", words="shares")
    entry = declaring.declare(
        room.office, room.keys["A-1"], "holding", series=["AL-A00-FOSHAN"], words="shares"
    )
    # 2025-12-01 + 365 days = 2026-12-01, a Tuesday
    assert entry.body["renew_by"] == "2026-12-01"
    codes = [(f.code, f.where) for f in declaring.alarms(room.office)]
    assert ("declaration.missing", "A-2") in codes
    assert ("declaration.missing", "A-1") not in codes
    room.clock("2026-12-02 09:00")
    assert any(
        f.code == "declaration.overdue" and "A-1" in f.where for f in declaring.alarms(room.office)
    )


def test_the_past_of_an_interest_stays(room) -> None:
    entry = declaring.declare(
        room.office, room.keys["A-1"], "conflict", series=["AL-A00-FOSHAN"], words="a brother there"
    )
    name = entry.body["declaration"]
    with pytest.raises(Refused, match=r"declaration\.past"):
        declaring.end_interest(room.office, room.keys["A-1"], name, date(2025, 11, 30), "left")
    with pytest.raises(Refused, match=r"declaration\.not_his"):
        declaring.end_interest(room.office, room.keys["A-2"], name, date(2025, 12, 1), "left")
    declaring.end_interest(
        room.office, room.keys["A-1"], name, date(2025, 12, 1), "he left the firm"
    )


def test_two_assessors_a_series_and_nobody_reviews_himself(room) -> None:
    with pytest.raises(Refused, match=r"assessor\.self"):
        declaring.review(room.office, room.keys["C-1"], "C-1", ["ADC12"], "fit")
    declaring.review(room.office, room.keys["C-1"], "A-1", ["ADC12"], "ten years in the trade")
    few = [
        f.where for f in declaring.alarms(room.office, ["ADC12"]) if f.code == "assessor.too_few"
    ]
    assert few == ["ADC12: 1 fit"]
    declaring.review(room.office, room.keys["C-1"], "A-2", ["ADC12"], "trained for a year")
    assert [
        f for f in declaring.alarms(room.office, ["ADC12"]) if f.code == "assessor.too_few"
    ] == []


def test_closing_a_flag_needs_words_and_happens_once(room) -> None:
    flag = {
        "flag": "FL-1", "detector": "late", "about": "contributor", "subjects": ["F01"],
        "series": ["ADC12"], "first": "2025-11-03", "last": "2025-11-28", "strength": "2.0",
        "sentence": "F01 was late.", "links": [], "thresholds": "sha256:" + "0" * 64,
    }  # fmt: skip
    room.ledger.append([Draft("flag.raised/1", SYSTEM, flag)])
    with pytest.raises(Refused, match=r"flag\.words"):
        room.ledger.append(
            [Draft("flag.closed/1", "C-1", {"flag": "FL-1", "outcome": "explained", "words": " "})]
        )
    done = Draft(
        "flag.closed/1", "C-1", {"flag": "FL-1", "outcome": "explained", "words": "strike"}
    )
    room.ledger.append([done])
    with pytest.raises(Refused, match=r"flag\.unknown"):
        room.ledger.append([done])
