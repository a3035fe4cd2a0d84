"""A methodology change and a complaint by the pages alone, from the first form to the last letter.

Days by hand: the clock stands on 2025-12-30; 28 calendar days later is 2026-01-27; comments run
21 days, until 2026-01-20. The complaint of 2025-12-30 can be appealed until 2026-06-30.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assay import desk as acts
from assay.ledger import make_key
from assay.ledger.book.changes import change_of
from assay.ledger.book.complaints import complaint_of
from assay.ledger.book.letters import letters_of
from assay.methodology import METHODOLOGIES
from tests.browser.conftest import PASSWORD
from tests.unit.desk.conftest import FAMILIES

#: Where pictures of the pages are put; nowhere unless it is set.
SHOTS = os.environ.get("ASSAY_TEST_PICTURES")
TEXT = (METHODOLOGIES / "al-a00" / "2021-12-27.toml").read_text("utf-8")
CHANGE, COMPLAINT = "MC-2025-001", "CP-2025-001"


@pytest.fixture
def room(room, tmp_path):
    """The room with a folder of documents of its own, and a second officer of compliance."""
    folder = tmp_path / "methodologies"
    for family in FAMILIES:
        shutil.copytree(METHODOLOGIES / family, folder / family)
    room.desk = replace(room.desk, documents=folder)
    acts.register_person(room.desk, room.keys["B-1"], "C-2", ["compliance"], date(2025, 1, 2))
    room.keys["C-2"] = make_key(tmp_path / "keys", "C-2")
    acts.register_key(room.desk, room.keys["B-1"], room.keys["C-2"])
    return room


@pytest.fixture
def house(served):
    for person in ("C-1", "C-2"):
        served.accounts.redeem(served.accounts.invite(person, "join", by="B-1"), PASSWORD)
    return served


def document(tmp_path, effective):
    path = Path(tmp_path) / "proposed.toml"
    text = TEXT.replace("effective = 2021-12-27", f"effective = {effective}")
    path.write_text(
        text.replace("version = 1", "version = 2").replace("percent = 8", "percent = 9"), "utf-8"
    )
    return path


def picture(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def press(page, name, exact=True):
    page.get_by_role("button", name=name, exact=exact).click()
    page.wait_for_load_state()


def propose(page, path, title="A wider cut"):
    page.get_by_text("Propose a change").click()
    page.get_by_label("The proposed document (TOML)").set_input_files(path)
    page.get_by_label("Title, in English").first.fill(title)
    page.get_by_label("Title, in Chinese").fill("放宽偏离界限")
    page.get_by_label("Why, in English: the notice prints it").fill(
        "Eight percent showed too much."
    )
    page.get_by_label("Questions to users, one a line").first.fill("Is nine enough?")
    press(page, "Propose")


def change_now(house):
    with house.room.ledger.read() as connection:
        return change_of(connection, CHANGE)


def test_a_change_lives_from_proposal_to_decision(house, somebody, tmp_path):
    page = somebody("M-1").go("/changes/office")
    broken = tmp_path / "broken.toml"
    broken.write_text("version = 1\n", "utf-8")
    propose(page, broken)
    assert page.locator(".finding.error").count() > 1, "everything that is wrong with it"
    picture(page, "office-refused")
    page.get_by_label("The proposed document (TOML)").set_input_files(
        document(tmp_path, "2026-02-03")
    )
    press(page, "Propose")
    assert page.url.endswith(CHANGE)
    press(page, "Publish the notice")
    assert "change.not_studied" in page.locator(".finding.error").first.inner_text()
    press(page, "Run it over the stored days")
    picture(page, "change-proposed")
    press(page, "Publish the notice")
    assert "35" in page.locator(".countdown").inner_text(), "35 days until 2026-02-03"
    press(page, "Record that it went out")
    with house.room.ledger.read() as connection:
        (sent,) = letters_of(connection, CHANGE)
    assert (sent["what"], sent["sent_by"]) == ("notice", "M-1")
    # Anybody comments, in confidence; the words reach who answers and nobody else.
    public = somebody("A-1").go(f"/changes/{CHANGE}")
    public.get_by_label("Your comment").fill("Ten would be better.")
    press(public, "Send")
    assert not public.get_by_text("Ten would be better.").is_visible()
    page.reload()
    picture(page, "change-noticed")
    assert page.get_by_text("Ten would be better.").is_visible()
    # Before the last day of comments, unanswered, and by the proposer: refused each time.
    officer = somebody("C-1").go(f"/changes/office/{CHANGE}")
    officer.get_by_label("adopted").check()
    officer.get_by_label("Why, also where it goes against comments").fill("Nine it is.")
    press(officer, "Decide")
    assert "change.unanswered" in officer.locator(".finding.error").first.inner_text()
    officer.get_by_label(f"Answer to {CHANGE}-V-001").fill("Ten would hide too much.")
    press(officer, "Answer")
    officer.get_by_label("adopted").check()
    officer.get_by_label("Why, also where it goes against comments").fill("Nine it is.")
    press(officer, "Decide")
    assert "change.comments_open" in officer.locator(".finding.error").first.inner_text()
    house.room.clock("2026-01-21 09:00:00")
    officer = somebody("C-1").go(f"/changes/office/{CHANGE}")
    officer.get_by_label("adopted").check()
    officer.get_by_label("Why, also where it goes against comments").fill("Nine it is.")
    press(officer, "Decide")
    picture(officer, "change-adopted")
    known = change_now(house)
    assert (known["state"], known["decided_by"]) == ("adopted", "C-1")
    installed = house.room.desk.documents / "al-a00" / "2026-02-03.toml"
    assert installed.read_bytes() == document(tmp_path, "2026-02-03").read_bytes()
    decided = somebody("A-2", locale="zh-CN").go(f"/changes/{CHANGE}")
    picture(decided, "change-public-zh")
    assert decided.get_by_text("Nine it is.").is_visible()


def test_too_early_is_said_before_and_refused_after_and_force_majeure_stays_visible(
    house, somebody, tmp_path
):
    page = somebody("M-1").go("/changes/office")
    propose(page, document(tmp_path, "2026-01-26"))
    assert "2026-01-27" in page.locator(".finding.error").inner_text()
    press(page, "Run it over the stored days")
    press(page, "Publish the notice")
    picture(page, "change-early")
    said = page.locator(".finding.error").first.inner_text()
    assert "change.notice_short" in said
    assert "2026-01-27" in said
    assert change_now(house)["state"] == "proposed"
    page.get_by_text("Shorter notice: force majeure").click()
    page.get_by_label("Ground").select_option("exchange_failure")
    page.get_by_label("Why, in words: the notice prints it").fill("The exchange is shut.")
    page.get_by_label("Declared by, name and office").fill("The head of prices")
    press(page, "Publish the notice")
    assert "The exchange is shut." in page.locator(".finding.error").first.inner_text()
    public = somebody("A-1").go(f"/changes/{CHANGE}")
    assert "The head of prices" in public.locator(".finding.error").inner_text()


def test_a_complaint_lives_from_the_form_to_the_outside_party(house, somebody):
    phone = somebody("A-1", viewport={"width": 390, "height": 844}).go("/complaints")
    phone.get_by_label("What is wrong").fill("The range was too wide.")
    phone.get_by_label("Your name").fill("Zhang San")
    phone.get_by_label("How to reach you").fill("zhang@firm.example")
    phone.get_by_label("Series").select_option("AL-A00-FOSHAN")
    phone.get_by_label("Pricing date").fill("2025-12-30")
    picture(phone, "complaint-form-phone")
    press(phone, "Send")
    page = somebody("C-1").go("/complaints/queue")
    picture(page, "complaint-queue")
    page.get_by_role("link", name=COMPLAINT).click()
    assert page.get_by_text("Zhang San").is_visible()
    page.get_by_label("Its line in the public register").fill("What Zhang San wrote")
    press(page, "Acknowledge")
    assert "letter.names" in page.locator(".finding.error").inner_text()
    page.get_by_label("Its line in the public register").fill("The range of Foshan")
    press(page, "Acknowledge")
    press(page, "Record that it went out")
    page.get_by_label("C-2").check()
    picture(page, "complaint-acknowledged")
    press(page, "Assign")
    page.get_by_label("Outcome by").fill("2026-02-10")
    page.get_by_label("Why it takes longer: the letter says it").fill("an expert is asked")
    press(page, "Extend")
    assert "2026-02-10" in page.locator("dl").nth(1).inner_text()
    page.get_by_label("Reasons: the letter gives them").fill("It was.")
    press(page, "Give the outcome")
    assert "complaint.handler" in page.locator(".finding.error").first.inner_text()
    handler = somebody("C-2").go(f"/complaints/queue/{COMPLAINT}")
    picture(handler, "complaint-assigned")
    handler.locator("form[action$=decide]").get_by_label("Outcome").select_option("upheld")
    handler.get_by_label("Reasons: the letter gives them").fill("The clause was not followed.")
    handler.get_by_label("Measures").fill("The rule is shown in red.")
    press(handler, "Give the outcome")
    letter = handler.request.get(
        f"{house.address}/letters/complaint/{COMPLAINT}/outcome/html?lang=zh"
    ).text()
    assert "成立" in letter
    assert "Zhang" not in letter
    handler.get_by_label("Grounds, in his own words").fill("Not enough.")
    press(handler, "Take an appeal")
    handler.locator("form[action$=appeal-decided]").get_by_label("Outcome").select_option(
        "confirmed"
    )
    handler.get_by_label("Its reasons").fill("The measure fits.")
    press(handler, "Record it")
    picture(handler, "complaint-ended")
    with house.room.ledger.read() as connection:
        assert complaint_of(connection, COMPLAINT)["state"] == "appeal_decided"
    public = somebody("A-2", locale="zh-CN", viewport={"width": 390, "height": 844}).go(
        "/complaints"
    )
    picture(public, "complaint-register-phone-zh")
    assert public.get_by_text("The range of Foshan").count() == 1
    assert public.get_by_text("Zhang").count() == 0


def test_whoever_had_a_part_in_the_price_is_shown_and_refused(house, somebody):
    room = house.room
    acts.register_person(
        room.desk, room.keys["B-1"], "C-2", ["compliance", "analyst"], date(2025, 1, 2)
    )
    room.clock("10:13:30")
    acts.determine_series(room.desk, room.keys["C-2"], date(2025, 12, 30), "AL-A00-FOSHAN")
    acts.propose(room.desk, room.keys["C-2"], date(2025, 12, 30), "AL-A00-FOSHAN")
    page = somebody("C-1").go("/complaints/queue")
    page.get_by_text("Take in a complaint that came another way").click()
    page.get_by_label("What is wrong, in his own words").fill("Too wide.")
    page.get_by_label("Where the answer reaches him").fill("by post")
    page.get_by_label("Series").select_option("AL-A00-FOSHAN")
    page.get_by_label("Pricing date").fill("2025-12-30")
    press(page, "Take it in")
    page.get_by_label("Its line in the public register").fill("The range of Foshan")
    press(page, "Acknowledge")
    assert page.get_by_text("had a part: proposed AL-A00-FOSHAN").is_visible()
    page.get_by_label("C-2").check()
    press(page, "Assign")
    picture(page, "complaint-involved")
    assert "complaint.involved" in page.locator(".finding.error").first.inner_text()
