"""The list of the day and the alarms in a browser: both change while the page is open."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe

from assay.desk import confirm, not_assess
from assay.ledger import SYSTEM, Draft
from tests.browser.test_accessible import LOOKS, RULES
from tests.unit.desk.conftest import DAY

INDEX = f"/desk?day={DAY}"
ALARM = {
    "code": "declaration.missing", "severity": "error", "where": "A-1",
    "what_to_do": "declare interests, or that there are none", "subject": "alarm:1",
}  # fmt: skip


def test_the_list_follows_the_journal_without_losing_the_place(somebody, served):
    page = somebody("A-1").go(INDEX)
    page.wait_for_selector("#line.live")
    row = page.locator("#line-AL-A00-FOSHAN")
    assert "? 1" in row.inner_text()
    page.focus("#line-AL-A00-FOSHAN a")
    confirm(served.room.desk, served.room.keys["A-1"], "S-008")
    row.filter(has_text="? 1").wait_for(state="detached")
    assert page.evaluate("document.activeElement.closest('tr').id") == "line-AL-A00-FOSHAN"
    served.room.clock("10:16:00")
    room = served.room
    not_assess(room.desk, room.keys["M-1"], DAY, "AL-A00-FOSHAN", "insufficient_data", "too few")
    page.wait_for_selector("#line-AL-A00-FOSHAN :text('not_assessed')")
    assert page.locator("#lines tr").last.get_attribute("id") == "line-AL-A00-FOSHAN"
    assert "AL-A00-FOSHAN" in page.inner_text("#announce")


def test_an_alarm_comes_and_goes_while_the_page_is_open(somebody, served):
    page = somebody("A-1").go(INDEX)
    page.wait_for_selector("#line.live")
    (entry,) = served.room.ledger.append([Draft("finding.raised/1", SYSTEM, ALARM)])
    page.wait_for_selector("aside.alarms summary")
    assert "declaration missing" in page.inner_text("aside.alarms summary")
    page.focus("aside.alarms summary")
    page.keyboard.press("Enter")
    assert "declare interests" in page.inner_text("aside.alarms ul")
    gone = {"finding": entry.seq, "how": "gone", "words": ""}
    served.room.ledger.append([Draft("finding.settled/1", SYSTEM, gone)])
    page.wait_for_selector("aside.alarms", state="detached")


@pytest.mark.parametrize("look", [*LOOKS, "narrow"])
def test_both_meet_wcag_and_fit(somebody, served, look):
    served.room.ledger.append([Draft("finding.raised/1", SYSTEM, ALARM)])
    person = somebody("A-1", **LOOKS.get(look, {"viewport": {"width": 360, "height": 740}}))
    page = person.go(INDEX)
    page.wait_for_selector("#line.live")
    page.click("aside.alarms summary")
    found = [(e["id"], [n["html"][:120] for n in e["nodes"]][:3])
             for e in Axe().run(page, options=RULES).response["violations"]]  # fmt: skip
    if os.environ.get("ASSAY_PICTURES"):
        page.screenshot(path=f"{os.environ['ASSAY_PICTURES']}/index-{look}.png")
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
