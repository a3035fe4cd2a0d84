"""A methodology change from proposal to effect. Days counted by hand.

The room's clock stands on 2025-12-30 in Shanghai. 28 calendar days later is 2026-01-27:
1 day to the 31st, 26 more to 01-26 are 27, and one more. The year 2026 of the calendar is
announced; 2027 is not. Spring Festival 2026: closed from Sunday 02-15 to Monday 02-23.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from assay import desk as acts
from assay.core import Refused
from assay.desk.announced import founding_act
from assay.governance.accounts import load_roles
from assay.governance.acting import book_at
from assay.governance.changes import Changes, alarms, load_change_rules, public_comments, shown
from assay.governance.deadlines import days_after, months_after, open_days_after
from assay.ledger import SYSTEM, Draft
from assay.ledger.book import changes as book
from assay.methodology import METHODOLOGIES, REFERENCE, library_of, load_methodology, load_reference
from tests.unit.desk.conftest import FAMILIES, library, room, shanghai

__all__ = ["library", "room"]
FILE = "al-a00/2021-12-27.toml"
TEXT = (METHODOLOGIES / FILE).read_text("utf-8")
CALENDAR = load_reference(REFERENCE).calendars["CN"]


def proposed_text(
    effective="2026-02-03", old='rule = "weighted_mean", clause', new='rule = "mean", clause'
):
    assert old in TEXT
    later = TEXT.replace("effective = 2021-12-27", f"effective = {effective}")
    return later.replace("version = 1", "version = 2").replace(old, new).encode()


@pytest.fixture
def house(room, tmp_path):
    """The room with a folder of documents of its own, its founding documents stated."""
    folder = tmp_path / "methodologies"
    for family in FAMILIES:
        shutil.copytree(METHODOLOGIES / family, folder / family)
    room.desk = replace(room.desk, documents=folder)
    kind, body = founding_act(room.desk)
    room.ledger.append([Draft(kind, SYSTEM, body)])
    return room


def reloaded(house):
    """The desk after a new start: the folder read again."""
    reference = load_reference(REFERENCE)
    paths = sorted(p for p in house.desk.documents.rglob("*.toml") if "cases" not in p.parts)
    return replace(house.desk, library=library_of(load_methodology(p, reference) for p in paths))


def changes_of(house):
    return Changes.of(
        house.ledger, house.desk.library, load_roles(REFERENCE), house.desk.documents, REFERENCE
    )


def propose(house, raw=None, change_class="material", person="M-1"):
    changes = changes_of(house)
    (entry,) = changes.propose(
        house.keys[person], raw or proposed_text(), change_class=change_class,
        title="The plain mean", rationale="Weights by tonnes favour one firm.",
    )  # fmt: skip
    return changes, entry.body["change"]


def noticed(house, **more):
    changes, name = propose(house, **more)
    changes.study(house.keys["M-1"], name)
    changes.notice(house.keys["M-1"], name)
    return changes, name


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.finding.code


# ---- the clock of the notice ---------------------------------------------------------------


def test_the_first_allowed_day_is_28_calendar_days_after_the_notice(house):
    changes, name = propose(house, proposed_text("2026-01-26"))
    changes.study(house.keys["M-1"], name)
    assert refusal(changes.notice, house.keys["M-1"], name) == "change.notice_short"
    changes, name = propose(house, proposed_text("2026-01-27"))
    changes.study(house.keys["M-1"], name)
    changes.notice(house.keys["M-1"], name)
    known = changes.known(name)
    assert known["first_allowed"] == date(2026, 1, 27)
    assert known["comments_until"] == date(2026, 1, 20)


def test_a_notice_counts_on_the_day_of_shanghai(house):
    """23:59:59 is still the 30th, a second later the 31st, though both are one day in UTC."""
    changes, name = propose(house, proposed_text("2026-01-27"))
    changes.study(house.keys["M-1"], name)
    house.clock("2025-12-31 00:00:00")
    assert refusal(changes.notice, house.keys["M-1"], name) == "change.notice_short"
    changes, other = propose(house, proposed_text("2026-01-28"))
    changes.study(house.keys["M-1"], other)
    changes.notice(house.keys["M-1"], other)
    assert changes.known(other)["notice_day"] == date(2025, 12, 31)


def test_the_ledger_itself_refuses_a_notice_dated_back_or_short(house):
    changes, name = propose(house, proposed_text("2026-01-27"))
    changes.study(house.keys["M-1"], name)
    known = changes.known(name)
    body = {each: known[each] for each in ("change", "change_class", "methodology", "series",
            "title", "rationale", "document", "clauses")} | {
        "notice": "N-x", "effective": "2026-01-27", "notice_day": "2025-12-01",
        "notice_days": 28, "first_allowed": "2025-12-29", "comments_until": "2025-12-20",
        "zone": "Asia/Shanghai"}  # fmt: skip

    def write(**more):
        draft = Draft("change.noticed/1", "M-1", body | more)
        house.ledger.append([draft], signer=house.keys["M-1"])

    assert refusal(write) == "change.notice_day"
    assert refusal(write, notice_day="2025-12-30", notice_days=27) == "change.notice_short"
    assert refusal(write, notice_day="2025-12-30", document="sha256:0") == "change.differs"
    named = {"ground": "rush", "reason": "r", "declared_by": "d"}
    assert refusal(write, notice_day="2025-12-30", exception=named) == "change.exception"


def test_a_comment_deadline_on_a_holiday_moves_to_the_next_open_day(house):
    """01-28 + 21 = 02-18, in the Spring Festival; the house opens again on 02-24."""
    house.clock("2026-01-28 10:00:00")
    changes, _ = noticed(house, raw=proposed_text("2026-03-02"))
    assert changes.known("MC-2026-001")["comments_until"] == date(2026, 2, 24)


def test_deadlines_past_the_announced_calendar_are_said_to_be_provisional():
    """28 + 3 days after 2026-12-04 is 2027-01-04, a year that nobody has announced."""
    found = days_after(date(2026, 12, 4), 31, CALENDAR)
    assert (found.day, found.firm) == (date(2027, 1, 4), False)
    held = days_after(date(2026, 9, 30), 1, CALENDAR)
    assert (held.day, held.firm) == (date(2026, 10, 8), True)
    # Saturday 2026-02-14 is a make-up working day by law, and no publication day.
    assert days_after(date(2026, 2, 13), 1, CALENDAR).day == date(2026, 2, 24)
    assert open_days_after(date(2026, 2, 12), 2, CALENDAR).day == date(2026, 2, 24)


def test_six_months_end_on_the_last_day_of_a_shorter_month():
    assert months_after(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert months_after(date(2025, 12, 30), 6) == date(2026, 6, 30)
    assert months_after(date(2027, 8, 29), 6) == date(2028, 2, 29)


def test_force_majeure_is_named_and_visible(house):
    changes, name = propose(house, proposed_text("2026-01-05"))
    incomplete = {"ground": "exchange_failure", "reason": "", "declared_by": "the board"}
    assert refusal(changes.notice, house.keys["M-1"], name, incomplete) == "change.exception"
    whole = incomplete | {"reason": "the exchange closed for good"}
    entries = changes.notice(house.keys["M-1"], name, whole)
    assert "force majeure (exchange_failure), declared by the board" in entries[0].body["text"]
    assert changes.known(name)["exception"] == whole
    changes.decide(house.keys["C-1"], name, "adopted", "it cannot wait")
    assert changes.known(name)["state"] == "adopted"


def test_a_shorter_class_cannot_carry_a_larger_change(house):
    changes = changes_of(house)
    for wrong in ("correction", "time", "addition"):
        code = refusal(
            changes.propose, house.keys["M-1"], proposed_text(), change_class=wrong,
            title="t", rationale="r",
        )  # fmt: skip
        assert code == "change.class"
    later = proposed_text(old="closes = 10:20:00", new="closes = 10:25:00")
    _, name = propose(house, later, change_class="time")
    assert [e["place"] for e in changes.known(name)["clauses"]] == [
        "version", "effective", "hours: closes"
    ]  # fmt: skip


def test_no_class_may_be_shorter_than_the_least_notice(tmp_path):
    text = (REFERENCE / "change-classes.toml").read_text("utf-8")
    (tmp_path / "change-classes.toml").write_text(
        text.replace("notice_days = 28", "notice_days = 27", 1), "utf-8"
    )
    assert refusal(load_change_rules, tmp_path) == "change.notice_short"
    for card in load_change_rules(REFERENCE).classes.values():
        assert card.notice_days >= 28


# ---- study, comments, decision -------------------------------------------------------------


def test_the_study_runs_the_proposed_document_on_recorded_inputs(house):
    """22,060 x 100 t, 22,200 x 200 t (capped at 40 %), 22,200 x 100 t: 22,200 - 0.3 x 140 = 22,158
    -> 22,160; the plain mean 22,200 - 140/3 = 22,153.33 -> 22,150: ten lower."""
    acts.open_day(house.desk, house.keys["A-1"], date(2025, 12, 30))
    house.clock("09:55:00")
    house.deal("F01", "22060", "100")
    house.deal("F02", "22200", "200")
    house.deal("F03", "22200", "100")
    house.clock("10:13:30")
    acts.determine_series(house.desk, house.keys["A-1"], date(2025, 12, 30), "AL-A00-FOSHAN")
    changes, name = propose(house)
    (entry,) = changes.study(house.keys["M-1"], name)
    assert (entry.body["days"], entry.body["differ"]) == (1, 1)
    assert entry.body["summary"][0]["largest_change"] == "-10"
    table = house.ledger.evidence.get(entry.body["files"][1]["evidence"]).decode()
    assert "AL-A00-FOSHAN,2025-12-30" in table
    assert {"22160", "22150", "-10"} <= set(table.splitlines()[1].split(","))
    assert "F01" not in table
    assert "F01" not in house.ledger.evidence.get(entry.body["files"][0]["evidence"]).decode()


def test_a_material_change_needs_its_study(house):
    changes, name = propose(house)
    assert refusal(changes.notice, house.keys["M-1"], name) == "change.not_studied"


def test_every_comment_is_answered_before_another_person_decides(house):
    changes, name = noticed(house)
    (first,) = changes.comment(name, "We welcome it.", name="Li Wei", contact="li@example.org")
    (second,) = changes.comment(name, "Our book says no.", name="Wang", confidential=True)
    assert first.body["comment"] == f"{name}-V-001"
    assert second.body["text"] == ""
    assert "Wang" not in str(second.body)
    house.clock("2026-01-21 09:00:00")
    assert refusal(changes.decide, house.keys["C-1"], name, "adopted", "ok") == "change.unanswered"
    for each in (first, second):
        changes.answer(house.keys["M-1"], each.body["comment"], "Seen; clause 3.3 stands.")
    assert refusal(changes.decide, house.keys["M-1"], name, "adopted", "ok") == "permission.missing"
    changes.decide(house.keys["C-1"], name, "adopted", "Against one comment, because ...")
    with house.ledger.read() as connection:
        said = public_comments(connection, name)
    assert [each["text"] for each in said] == ["We welcome it.", None]
    assert [each["answer"] for each in said] == ["Seen; clause 3.3 stands.", None]


def test_nobody_decides_what_he_proposed(house):
    changes, name = noticed(house, person="C-1")
    house.clock("2026-01-21 09:00:00")
    assert (
        refusal(changes.decide, house.keys["C-1"], name, "rejected", "no") == "review.same_person"
    )


def test_the_decision_waits_for_the_last_day_of_comments(house):
    changes, name = noticed(house)
    house.clock("2026-01-20 23:59:59")
    code = refusal(changes.decide, house.keys["C-1"], name, "adopted", "ok")
    assert code == "change.comments_open"
    house.clock("2026-01-21 00:00:00")
    changes.decide(house.keys["C-1"], name, "adopted", "ok")


def test_undecided_on_its_day_it_lapses(house):
    changes, name = noticed(house)
    house.clock("2026-02-03 00:00:00")
    assert refusal(changes.decide, house.keys["C-1"], name, "adopted", "x") == "change.lapsed"
    assert "change.lapsed" in {each.code for each in alarms(changes)}
    changes.withdraw(house.keys["M-1"], name, "too late")
    assert changes.known(name)["state"] == "withdrawn"


# ---- the desk ------------------------------------------------------------------------------


def test_a_new_file_makes_no_price_before_its_change_was_decided(house):
    acts.open_day(house.desk, house.keys["A-1"], date(2025, 12, 30))
    new = house.desk.documents / "al-a00" / "2025-12-31.toml"
    new.write_bytes(proposed_text("2025-12-31"))
    house.clock("2025-12-31 08:00:00")
    desk = reloaded(house)
    code = refusal(acts.open_day, desk, house.keys["A-1"], date(2025, 12, 31))
    assert code == "methodology.unannounced"
    new.unlink()
    acts.open_day(reloaded(house), house.keys["A-1"], date(2025, 12, 31))


def test_an_edited_file_makes_no_price(house):
    acts.open_day(house.desk, house.keys["A-1"], date(2025, 12, 30))
    path = house.desk.documents / FILE
    path.write_text(TEXT.replace("percent = 8", "percent = 9"), "utf-8")
    house.clock("2025-12-31 08:00:00")
    code = refusal(acts.open_day, reloaded(house), house.keys["A-1"], date(2025, 12, 31))
    assert code == "methodology.unannounced"


def test_an_adopted_document_takes_effect_by_itself_on_its_day(house):
    changes, name = noticed(house)
    house.clock("2026-01-21 09:00:00")
    changes.decide(house.keys["C-1"], name, "adopted", "ok")
    path = house.desk.documents / "al-a00" / "2026-02-03.toml"
    assert path.read_bytes() == proposed_text()
    desk = reloaded(house)
    assert [e.code for e in alarms(replace(changes, library=desk.library))] == []
    house.clock("2026-02-02 08:00:00")
    (opened,) = [e for e in acts.open_day(desk, None, date(2026, 2, 2)) if e.kind == "day.opened/1"]
    old = desk.document("AL-A00-FOSHAN", date(2026, 2, 2)).digest
    assert opened.body["documents"]["AL-A00-FOSHAN"] == old
    house.clock("2026-02-03 08:00:00")
    # A program that runs since before, or a folder without the file, opens nothing.
    code = refusal(acts.open_day, house.desk, None, date(2026, 2, 3))
    assert code == "methodology.not_installed"
    entries = acts.open_day(desk, None, date(2026, 2, 3))
    assert "change.activated/1" in [each.kind for each in entries]
    assert changes.known(name)["state"] == "in_force"
    assert house.ledger.check().ok


# ---- the yearly consultation ---------------------------------------------------------------


def test_an_overdue_consultation_is_an_alarm_until_it_is_held(house):
    """al-a00 says: next 2026-06-15, a Monday."""
    changes = changes_of(house)
    assert "al-a00" not in str(alarms(changes))
    house.clock("2026-05-16 09:00:00")
    assert [e.code for e in alarms(changes) if "al-a00" in e.where] == [
        "methodology.consultation_due"
    ]
    house.clock("2026-06-15 23:00:00")
    assert "methodology.consultation_overdue" not in str(alarms(changes))
    house.clock("2026-06-16 09:00:00")
    overdue = [e for e in alarms(changes) if e.code == "methodology.consultation_overdue"]
    assert "al-a00: due by 2026-06-15, 1 days ago" in str(overdue)
    entries = changes.consult(house.keys["C-1"], "al-a00", ["Does it still fit?"])
    name = entries[-1].body["consultation"]
    assert entries[-1].body["comments_until"] == "2026-07-14"
    changes.comment(name, "It fits.")
    assert refusal(changes.close, house.keys["C-1"], name, "stays") == "change.unanswered"
    changes.answer(house.keys["C-1"], f"{name}-V-001", "Thank you.")
    assert refusal(changes.close, house.keys["C-1"], name, "stays") == "change.comments_open"
    house.clock("2026-07-15 09:00:00")
    (closed,) = changes.close(house.keys["C-1"], name, "It stays as it is.")
    assert closed.body["next_due"] == "2027-07-15"
    assert "al-a00:" not in str(alarms(changes))


def test_opening_a_day_says_that_a_consultation_is_overdue_until_it_is_held(house):
    house.clock("2026-06-16 08:00:00")
    codes = [e.body.get("code") for e in acts.open_day(house.desk, None, date(2026, 6, 16))]
    assert codes.count("methodology.consultation_overdue") >= 1


# ---- as known at ---------------------------------------------------------------------------


def test_a_change_is_shown_as_it_was_known(house):
    changes, name = propose(house)
    house.clock("2025-12-30 09:00:00")
    changes.study(house.keys["M-1"], name)
    house.clock("2025-12-30 10:00:00")
    changes.notice(house.keys["M-1"], name)
    with book_at(house.ledger, shanghai("09:30:00")) as before:
        assert book.change_of(before, name)["state"] == "proposed"
    with book_at(house.ledger, None) as now:
        clock = shown(book.change_of(now, name), date(2026, 1, 18))["clock"]
    assert clock == {"gone": 19, "of": 28, "left": 16, "comments_open": True}
    assert Decimal(clock["of"]) == 28
