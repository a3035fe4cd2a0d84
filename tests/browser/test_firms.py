"""Contributors, a firm's own file and integrity in a real browser: by the keyboard, on a phone, axe-clean."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import PASSWORD
from tests.browser.test_accessible import LOOKS, RULES
from tests.unit.web.firms import furnish

PAGES = {
    "C-1": [
        "/contributors", "/contributors/F03", "/contributors/F09", "/integrity",
        "/integrity/reports/PR-0001", "/integrity/declarations", "/integrity/flags",
        "/integrity/flags/FL-0001",
    ],
    "SUB-3": ["/portal/file"],
    "A-1": ["/contributors", "/integrity", "/integrity/declarations"],
}  # fmt: skip
PHONE = {"viewport": {"width": 390, "height": 844}}
NARROW = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def furnished(served, tmp_path):
    """The morning of the browser tests with firms' files, a report and flags in the house."""
    furnish(served.room, tmp_path / "keys")
    for person in ("C-1", "SUB-1", "SUB-3"):
        served.accounts.redeem(served.accounts.invite(person, "join", by="B-1"), PASSWORD)
    return served


@pytest.mark.parametrize("look", [*LOOKS, "narrow"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_meet_wcag_and_fit(furnished, somebody, name, look):
    person = somebody(name, **LOOKS.get(look, NARROW))
    found = []
    for path in PAGES[name]:
        page = person.go(path)
        if os.environ.get("SHOTS"):
            page.screenshot(
                path=f"{os.environ['SHOTS']}/{name}{path.replace('/', '_')}-{look}.png",
                full_page=True,
            )
        violations = Axe().run(page, options=RULES).response["violations"]
        found += [
            (path, each["id"], [node["html"][:120] for node in each["nodes"]][:3])
            for each in violations
        ]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            found.append((path, "sideways", [wide]))
    assert not found, "\n".join(map(str, found))
