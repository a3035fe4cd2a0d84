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
    for person in ("C-1", "SUB-1", "SUB-3"):  # the others can sign in already
        served.accounts.redeem(served.accounts.invite(person, "join", by="B-1"), PASSWORD)
    return served


@pytest.mark.parametrize("look", [*LOOKS, "narrow"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_meet_wcag_and_fit(furnished, somebody, name, look):
    person = somebody(name, **LOOKS.get(look, NARROW))
    found = []
    for path in PAGES[name]:
        page = person.go(path)
        assert page.locator("main .door").count() == 0, path  # no refusal, no error
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


def test_compliance_finds_a_firm_and_signs_a_check_by_the_keyboard(furnished, somebody):
    page = somebody("C-1").go("/contributors")
    page.keyboard.press("/")
    page.keyboard.type("example")
    assert page.locator("[data-row]:visible").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('F09')")
    assert page.get_by_text("the check of its reputation").is_visible()
    page.focus("#act-check summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("identity")
    page.keyboard.press("Tab")
    page.keyboard.type("passed")
    for _ in range(3):  # past submitter and document to the words
        page.keyboard.press("Tab")
    page.keyboard.type("licence seen at the office")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".finding.good")
    assert page.get_by_text("licence seen at the office").first.is_visible()
    assert page.get_by_text("the check of its identity").count() == 0


def test_a_refused_act_is_said_and_its_words_are_kept(furnished, somebody):
    page = somebody("C-1").go("/contributors/F09")
    page.click("#act-activate summary")
    page.fill("#act-activate textarea", "they asked nicely")
    page.click("#act-activate button")
    refusal = page.get_by_role("alert").filter(has_text="contributor.incomplete")
    assert "it lacks" in refusal.inner_text()
    assert page.input_value("#act-activate textarea") == "they asked nicely"


def test_a_document_is_filed_with_its_file_and_saved_again(furnished, somebody, tmp_path):
    paper = tmp_path / "licence.pdf"
    paper.write_bytes(b"%PDF a licence")
    page = somebody("C-1").go("/contributors/F09")
    page.click("#act-document summary")
    form = page.locator("#act-document")
    form.get_by_label("Name of the document").fill("licence-2026")
    form.locator("input[type=file]").set_input_files(paper)
    form.get_by_label("Valid from").fill("2026-01-05")
    form.get_by_role("button", name="File it").click()
    page.wait_for_selector(".finding.good")
    with page.expect_download() as saved:
        page.get_by_role("link", name="licence-2026").click()
    assert saved.value.path().read_bytes() == b"%PDF a licence"


def test_a_firm_reads_its_own_file_on_a_phone(furnished, somebody):
    submitter = somebody("SUB-3", **PHONE, locale="zh-CN")
    page = submitter.go("/")
    page.wait_for_selector("h1:has-text('F03')")
    assert page.url.endswith("/portal/file")
    whole = page.inner_text("main")
    assert "剩余天数: 24" in whole
    assert "22,170" in whole
    for other in ("F01", "F02", "22,150", "Another Firm"):
        assert other not in whole
    assert submitter.page.request.get(f"{furnished.address}/contributors/F01").status == 403
    page.get_by_role("link", name="提出投诉").click()
    page.wait_for_url("**/complaints")


def test_pressure_is_reported_on_a_phone_and_concluded_by_compliance(furnished, somebody):
    page = somebody("A-2", **PHONE).go("/integrity")
    page.get_by_label("What it was").select_option("threat")
    page.get_by_label("What happened").fill("He said he would call my supervisor.")
    page.get_by_role("button", name="Report in confidence").click()
    page.wait_for_selector("text=PR-0002")
    assert "2026-01-06" in page.get_by_role("status").first.inner_text()
    other = somebody("M-2").go("/integrity")
    assert "PR-0002" not in other.inner_text("main")
    page = somebody("C-1").go("/integrity/reports/PR-0002")
    assert page.get_by_text("He said he would call my supervisor.").is_visible()
    page.locator("form[action$='/answer'] textarea").fill("spoken with both")
    page.click("form[action$='/answer'] button")
    page.wait_for_selector("h1:has-text('taken up')")
    page.locator("form[action$='/close'] select").select_option("confirmed")
    page.locator("form[action$='/close'] textarea").fill("firm warned in writing")
    page.click("form[action$='/close'] button")
    page.wait_for_selector("h1:has-text('closed')")
    assert page.get_by_text("firm warned in writing").is_visible()


def test_a_flag_is_opened_and_closed_by_the_keyboard(furnished, somebody):
    page = somebody("C-1").go("/integrity/flags")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('FL-0001')")
    assert page.get_by_text("S-001 F01 22150 100").is_visible()
    page.focus("form.say select")
    page.keyboard.type("explained")
    page.keyboard.press("Tab")
    page.keyboard.type("strike at the smelter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('explained')")
    page.goto(furnished.address + "/integrity/flags")
    assert page.locator("[data-row]").count() == 1
