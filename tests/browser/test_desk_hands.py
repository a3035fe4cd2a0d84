"""The desk in hand: pasting, dialogs, a session that ends, a phone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD
from tests.unit.desk.conftest import DAY

COPIED = "2025-12-30 10:04:30 Somebody\nA00佛山 成交22190元/吨 120吨 现货 自提 当日到账 含税 非关联 合同号X1"


def test_a_pasted_message_is_archived_in_its_own_channel(served, somebody):
    page = somebody("A-1").desk()
    page.keyboard.press("v")
    page.wait_for_selector("dialog#paste[open]")
    page.fill("#paste textarea", COPIED)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.click("#paste button.primary")
    page.wait_for_selector("tbody[data-place=pending] tr.row:has-text('22,190')")
    archived = [e.body for e in served.room.ledger.entries(kinds=["evidence.archived/1"])][-1]
    assert archived["channel"] == "qq"
    assert served.room.ledger.evidence.get(archived["evidence"]).decode() == COPIED


def test_a_paste_that_says_nothing_keeps_its_words(served, somebody):
    page = somebody("A-1").desk()
    page.keyboard.press("v")
    page.fill("#paste textarea", "good morning")
    page.click("#paste button.primary")
    page.wait_for_selector("#notices .finding")
    page.click("#blotter thead")
    page.keyboard.press("v")
    assert page.input_value("#paste textarea") == "good morning"


def test_an_exclusion_names_its_row_and_opens_empty(served, somebody):
    page = somebody("A-1").desk()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert "22,150" in page.inner_text("#exclude [data-what]")
    page.keyboard.press("2")
    page.keyboard.type("half a thought")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert "22,160" in page.inner_text("#exclude [data-what]")
    assert page.input_value("#exclude textarea") == ""
    assert page.locator("#exclude input[type=radio]:checked").count() == 0


def test_the_drawer_names_each_rule_with_clause_and_values(served, somebody):
    """S-007 tells 30 t: below the minimum of 50 t, clause 2.5 of the document."""
    page = somebody("A-1").desk()
    page.click("#row-S-007 [data-evidence]")
    page.wait_for_selector("#drawer .verdicts")
    below = page.inner_text("#drawer .verdicts li.error")
    assert "minimum_quantity" in below
    assert "2.5" in below
    assert "30" in below
    assert page.locator("#drawer .verdicts li.good").count() > 5


def test_leave_one_out_comes_by_itself(served, somebody):
    page = somebody("A-1").desk()
    page.wait_for_selector("#influence:has-text('no firm alone')")
    served.room.deal("F05", "22240", "400", name="S-FAR")
    page.wait_for_selector("#row-S-FAR")
    page.wait_for_selector("#influence:has-text('F05')")


def test_a_session_that_ended_says_so_and_keeps_the_words(served, somebody):
    analyst = somebody("A-1")
    page = analyst.desk()
    page.keyboard.press("r")
    page.keyboard.type("Six deals agree.")
    served.accounts.end_sessions("A-1", by="B-1")
    page.wait_for_selector("#line a")
    assert page.input_value("#rationale") == "Six deals agree."
    page.click("#line a")
    page.wait_for_selector("input[name=person]")
    page.fill("input[name=person]", "A-1")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_selector("#rationale")
    assert f"day={DAY}" in page.url
    expect(page.locator("#rationale")).to_have_value("Six deals agree.")


def test_an_act_after_the_session_ended_replaces_nothing(served, somebody):
    analyst = somebody("A-1")
    page = analyst.desk()
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")  # the line cannot tell it first
    served.accounts.end_sessions("A-1", by="B-1")
    page.keyboard.press("d")
    page.wait_for_selector("#line a")
    assert page.locator("#blotter tr.row").count() > 0


def test_the_blotter_fits_a_phone(served, somebody):
    page = somebody("A-1", viewport={"width": 390, "height": 844}).desk()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    row = page.locator("#blotter tr.row").first.bounding_box()
    assert row["width"] > 300
    hidden = page.evaluate(
        "[...document.querySelectorAll('#blotter tr.row td')].filter((one) => one.scrollWidth > one.clientWidth + 1).length"
    )
    assert hidden == 0
