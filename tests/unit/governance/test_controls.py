"""Every row of the controls has a test that can fail, or a person who signs it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from assay import desk as acts
from assay.core import Refused, utc
from assay.governance.audit import Archive, log_view, record_reproduction, reproduce
from assay.governance.controls import (
    TESTS,
    Records,
    load_controls,
    record_run,
    run_controls,
    sign_control,
    summary_of,
)
from assay.ledger import Draft
from assay.ledger.book.audit import last_test
from assay.methodology import METHODOLOGIES, REFERENCE
from tests.unit.desk.conftest import DAY, library, room, shanghai
from tests.unit.desk.morning import FOSHAN, published

__all__ = ["library", "room"]
CONTROLS = load_controls(REFERENCE)
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "controls.md"


def records_of(room):
    desk = room.desk
    return Records(room.ledger, desk.library, desk.permissions, desk.now(), desk.today())


def results(room):
    return {each.row.id: each for each in run_controls(CONTROLS, records_of(room))}


def code_of(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.finding.code


def test_the_rows_are_all_there():
    wanted = {
        *(f"M{n}" for n in range(1, 14)), *(f"C{n}" for n in range(1, 5)),
        *(f"Q{n}" for n in range(1, 7)), "T1", "T2", *(f"I{n}" for n in range(1, 5)),
        *(f"A{n}" for n in range(1, 5)), *(f"L{n}" for n in range(1, 6)),
        *(f"F{n}" for n in range(1, 4)), *(f"K{n}" for n in range(1, 8)), "G1", "X1",
        *(f"B{n}" for n in range(1, 13)), *(f"P{n}" for n in range(1, 20)),
        *(f"N{n}" for n in range(1, 9)),
    }  # fmt: skip
    assert {each.id for each in CONTROLS.rows} == wanted
    assert {each.test for each in CONTROLS.rows if each.test} == set(TESTS)
    assert all(each.title["en"] and each.title["zh"] and each.source for each in CONTROLS.rows)


def test_the_page_lists_every_test_and_what_it_asks():
    text = PAGE.read_text("utf-8")
    listed = dict(re.findall(r"^\| `([a-z_]+)` \| (.+?) \|$", text, re.MULTILINE))
    said = {name: (test.__doc__ or "").strip().splitlines()[0] for name, test in TESTS.items()}
    lines = "\n".join(f"| `{name}` | {says} |" for name, says in sorted(said.items()))
    assert listed == said, f"paste into {PAGE.name}:\n{lines}"


def test_an_empty_house_has_no_case_rather_than_a_good_one(room):
    found = results(room)
    for control in ("M8", "A4", "T1", "T2", "L1", "L4", "K3", "C2", "B2"):
        assert found[control].result == "no_case", found[control]
    assert found["X1"].result == "unsigned"
    assert found["X1"].says == "auditor signs; nobody has yet"
    assert found["A3"].result == "met"


def test_a_clean_morning_meets_the_controls_of_prices(room):
    published(room)
    found = results(room)
    for control in (
        "M1", "M2", "M4", "M8", "M9", "M10", "Q1", "Q2", "Q3", "T1", "T2", "I1", "A4", "L1",
        "L4", "L5", "F2", "N3", "N4",
    ):  # fmt: skip
        expected = "no_case" if control == "M4" else "met"  # nobody used judgement
        assert found[control].result == expected, found[control]
    assert found["A4"].says.endswith("3 of 3")
    (link,) = found["A4"].links
    assert room.ledger.entry(int(link.removeprefix("entry "))).kind == "price.published/1"
    # No key of publication signed a head here, nobody checked firms, no one declared.
    assert found["G1"].result == "not_met"
    assert found["P14"].result == "not_met"
    assert found["F1"].links[:2] == ("person A-1", "person A-2")


def test_a_day_left_silent_is_found_the_next_day(room):
    acts.open_day(room.desk, room.keys["A-1"], DAY)
    assert results(room)["A2"].result == "no_case"
    room.clock("2025-12-31 08:00:00")
    silent = results(room)["A2"]
    assert silent.result == "not_met"
    assert silent.says.endswith("3 of 3 do not")


def test_a_late_and_unequal_reproduction_shows(room):
    published(room)
    made = reproduce(room.ledger, Archive(room.ledger, METHODOLOGIES, REFERENCE), FOSHAN, DAY)
    record_reproduction(room.ledger, made, "C-1")
    assert results(room)["B2"].result == "met"
    # He never said that he looked.
    assert results(room)["P19"].result == "not_met"
    log_view(room.ledger, "C-1", "dossier", {}, door="commands", today=DAY)
    assert results(room)["P19"].result == "met"
    body = {**made.body(), "outcome": "different", "differences": ["mid: another"]}
    room.ledger.append([Draft("reproduction.made/1", "C-1", body)])
    assert results(room)["B2"].result == "not_met"


def test_a_change_that_skips_its_notice_is_found_though_every_room_failed(room):
    noticed = {
        "change": "CH-1", "notice": "N-1", "change_class": "material", "methodology": "al-a00",
        "series": [FOSHAN], "title": "t", "rationale": "r", "document": "sha256:" + "1" * 64,
        "effective": "2026-01-26", "notice_day": "2025-12-30", "notice_days": 28,
        "first_allowed": "2026-01-27", "comments_until": "2026-01-13", "zone": "Asia/Shanghai",
        "clauses": [],
    }  # fmt: skip

    class Told(Records):
        def of(self, *kinds):
            made = {
                "change.noticed/1": noticed,
                "change.activated/1": {"change": "CH-1", "effective": noticed["effective"]},
            }
            return [Written(7, made[kind]) for kind in kinds if kind in made]

    desk = room.desk
    told = Told(room.ledger, desk.library, desk.permissions, desk.now(), desk.today())
    found = TESTS["notice_kept"](told, CONTROLS.row("C2"))
    # 30 December + 28 days is 27 January: the 26th is a day too early.
    assert (found.result, found.links) == ("not_met", ("entry 7",))
    noticed["effective"] = "2026-01-27"
    assert TESTS["notice_kept"](told, CONTROLS.row("C2")).result == "met"
    noticed["effective"], noticed["exception"] = "2026-01-02", {"ground": "war"}
    assert TESTS["notice_kept"](told, CONTROLS.row("C2")).result == "met"


class Written:
    def __init__(self, seq, body):
        self.seq, self.body = seq, {"exception": None, **body}


def sign(room, control, person, **more):
    said = {"answer": "met", "words": "looked at the shadow assessments", **more}
    return sign_control(
        room.ledger, CONTROLS.row(control), person=person, today=room.desk.today(),
        signer=room.keys[person], **said,
    )  # fmt: skip


def test_a_row_is_signed_by_its_role_and_falls_overdue(room):
    assert code_of(sign, room, "M5", "A-1") == "control.signer"
    assert code_of(sign, room, "A4", "C-1") == "control.tested"
    assert code_of(sign, room, "M5", "M-1", words=" ") == "control.words"
    assert code_of(CONTROLS.row, "Z9") == "control.unknown"
    entry = sign(room, "M5", "M-1")
    signed = results(room)["M5"]
    assert (signed.result, signed.date, signed.links) == ("met", DAY, (f"entry {entry.seq}",))
    # 182 days from 30 December 2025 end on 30 June 2026.
    for day, result in (("2026-06-30", "met"), ("2026-07-01", "overdue")):
        room.instant = shanghai(f"{day} 08:00:00")
        assert results(room)["M5"].result == result
    sign(room, "M5", "M-2", answer="not_met", words="two of ten shadows differed")
    assert results(room)["M5"].result == "not_met"
    assert room.ledger.check().ok


def test_a_run_is_kept_so_that_it_can_be_asked_later(room):
    published(room)
    ran = run_controls(CONTROLS, records_of(room))
    summary = summary_of(ran)
    assert sum(summary.values()) == len(CONTROLS.rows)
    entry = record_run(room.ledger, ran, "C-1", room.keys["C-1"])
    with room.ledger.read() as connection:
        kept = last_test(connection)
    assert kept["summary"] == summary
    assert kept["head"] == entry.seq - 1
    assert utc(kept["recorded_at"]) - room.instant < timedelta(seconds=1)
    assert room.ledger.check().ok


def test_rows_that_nobody_could_decide_are_refused(tmp_path):
    text = (REFERENCE / "controls.toml").read_text("utf-8")
    for old, new, code in (
        ('test = "four_eyes"', "every_days = 1", "control.decider"),
        ('id = "A4"', 'id = "A3"', "control.twice"),
        ('test = "four_eyes"', 'test = "four_eyes"\nowner = "x"', "control.row"),
    ):
        (tmp_path / "controls.toml").write_text(text.replace(old, new, 1))
        assert code_of(load_controls, tmp_path) == code


# ---- alarms and signatures as evidence ------------------------------------------------------


def alarm(room, code, severity="error", where="A-1"):
    body = {
        "code": code, "severity": severity, "where": where, "what_to_do": "do it",
        "subject": f"alarm:{code}",
    }  # fmt: skip
    return room.ledger.append([Draft("finding.raised/1", "system", body)])[0].seq


def test_a_row_is_not_met_while_an_alarm_that_bears_on_it_stands(room):
    published(room)
    assert results(room)["A2"].result != "not_met"
    seq = alarm(room, "loop.stopped", where="loop of the day: entry 7")
    found = results(room)["A2"]
    assert (found.result, found.links[0]) == ("not_met", f"entry {seq}")
    assert found.says.startswith("an alarm stands (loop.stopped: loop of the day: entry 7); ")
    assert found.document()["alarms"] == ["loop.stopped loop of the day: entry 7"]
    gone = {"finding": seq, "how": "gone", "words": ""}
    room.ledger.append([Draft("finding.settled/1", "system", gone)])
    assert results(room)["A2"].result != "not_met"


def test_a_warning_is_shown_and_decides_nothing(room):
    before = results(room)["F1"]
    alarm(room, "declaration.missing", "warning")
    found = results(room)["F1"]
    assert (found.result, found.says) == (before.result, before.says)
    assert [each["code"] for each in found.alarms] == ["declaration.missing"]


def test_alarms_of_rows_are_alarms_that_exist():
    source = "".join(
        path.read_text("utf-8")
        for path in sorted((Path(__file__).parents[3] / "src").rglob("*.py"))
    )
    for row in CONTROLS.rows:
        for code in row.alarms:
            noun, _, what = code.partition(".")
            built = what.endswith(("_overdue", "expiring")) or noun == "pressure"
            assert f'"{code}"' in source or built, f"{row.id}: no room raises {code}"


def test_a_signed_row_says_by_when_it_is_signed_again(room):
    row = CONTROLS.row("Q5")
    sign_control(
        room.ledger, row, person="C-1", today=DAY, answer="met", words="asked them all",
        signer=room.keys["C-1"],
    )  # fmt: skip
    assert results(room)["Q5"].again_by == DAY + timedelta(days=row.every_days)
    assert results(room)["X1"].again_by is None


# ---- the findings register ------------------------------------------------------------------


def finding_of_the_day(room):
    body = {
        "code": "submitter.not_mandated", "severity": "warning", "where": "S-001",
        "what_to_do": "ask for the mandate", "pricing_date": str(DAY),
    }  # fmt: skip
    return room.ledger.append([Draft("finding.raised/1", "system", body)])[0].seq


def test_a_finding_is_settled_with_words_once_and_by_whom_may(room):
    from assay.governance.controls.settling import settle
    from assay.governance.office import office_of
    from assay.ledger.book.findings import register_of

    office = office_of(room.ledger, REFERENCE, room.desk.calendars["CN"])
    seq = finding_of_the_day(room)
    signer = room.keys["C-1"]
    assert code_of(settle, office, signer, seq, "done", " ") == "words.missing"
    assert code_of(settle, office, signer, seq, "gone", "x") == "finding.how"
    assert code_of(settle, office, room.keys["A-1"], seq, "done", "x") == "permission.missing"
    settle(office, signer, seq, "done", "the firm sent the mandate")
    assert code_of(settle, office, signer, seq, "done", "again") == "finding.unknown"
    with room.ledger.read() as connection:
        assert register_of(connection, open_only=True) == []
        (row,) = register_of(connection, day=DAY)
    assert (row["settled_by"], row["words"]) == ("C-1", "the firm sent the mandate")
    assert room.ledger.check().ok
