"""WCAG 2.2 AA by axe on every page, light and dark, English and Chinese, desktop and phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.unit.desk.conftest import DAY

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
PAGES = {
    "A-1": [
        "/desk?day={day}",
        "/desk/AL-A00-FOSHAN?day={day}",
        "/desk/AL-LC?day={day}",
        "/account",
        "/comment/cast-alloy-morning?day={day}",
        "/contributors",
        "/contributors/F01",
        "/integrity",
        "/integrity/declarations",
    ],
    "M-1": ["/review?day={day}", "/comment"],
    "B-1": ["/people"],
}
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "chinese": {"locale": "zh-CN"},
    "phone": {"viewport": {"width": 390, "height": 844}},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_pages_meet_wcag(somebody, name, look):
    person = somebody(name, **LOOKS[look])
    found = []
    for path in PAGES[name]:
        page = person.go(path.format(day=DAY))
        violations = Axe().run(page, options=RULES).response["violations"]
        found += [
            (path, each["id"], [node["html"][:120] for node in each["nodes"]][:3])
            for each in violations
        ]
    assert found == []


def test_the_desk_fits_a_laptop_without_scrolling(somebody):
    page = somebody("A-1").desk()
    assert page.evaluate("document.documentElement.scrollHeight") <= 900
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440


@pytest.mark.parametrize("path", ["/desk?day={day}", "/desk/AL-A00-FOSHAN?day={day}", "/account"])
def test_a_phone_never_scrolls_sideways(somebody, path):
    page = somebody("A-1", viewport={"width": 360, "height": 740}).go(path.format(day=DAY))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_colour_is_never_the_only_signal(somebody):
    page = somebody("A-1", forced_colors="active").desk()
    marks = page.eval_on_selector_all(
        "#blotter .chip", "each => each.map(c => c.textContent.trim()[0])"
    )
    assert marks
    assert set(marks) <= {"✓", "✕", "!", "e", "i"} or all(not mark.isalpha() for mark in marks)
