"""The auditor's pages in a browser: WCAG in each look, never sideways on a phone, by the keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from assay.desk import determine_series, screen
from tests.browser.test_accessible import LOOKS, RULES
from tests.unit.desk.conftest import DAY

DOSSIER = f"/audit/dossier?series=AL-A00-FOSHAN&day={DAY}"
PATHS = ("/audit", DOSSIER, "/controls", "/controls/findings?settled=true")


@pytest.mark.parametrize("look", [*LOOKS, "narrow"])
def test_the_auditors_pages_meet_wcag_and_fit(somebody, served, look):
    room = served.room
    screen(room.desk, room.keys["A-1"], DAY)
    determine_series(room.desk, room.keys["A-1"], DAY)
    narrow = {"viewport": {"width": 360, "height": 740}}
    person = somebody("U-1", **LOOKS.get(look, narrow))
    found = []
    for path in PATHS:
        page = person.go(path)
        violations = Axe().run(page, options=RULES).response["violations"]
        found += [
            (path, e["id"], [node["html"][:120] for node in e["nodes"]][:3]) for e in violations
        ]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            found.append((path, "sideways", [wide]))
    assert not found, "\n".join(map(str, found))


def test_a_dossier_is_opened_by_the_keyboard(somebody):
    page = somebody("U-1").go("/audit")
    page.fill("form[action='/audit/dossier'] input[name=day]", str(DAY))
    page.focus("form[action='/audit/dossier'] input[name=known_at]")
    page.focus("form[action='/audit/dossier'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('AL-A00-FOSHAN')")
    assert "S-001" in page.inner_text("main")
