"""The doors: sign-in, forged and stale forms, redirects, injection, roles against routes."""

import pytest

from tests.browser.conftest import PASSWORD
from tests.unit.desk.conftest import DAY

NASTY = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>{{7*7}}'


def test_a_cookie_from_before_is_replaced_at_sign_in(served, chromium):
    context = chromium.new_context()
    context.add_cookies([{"name": "assay_session", "value": "fixed", "url": served.address}])
    page = context.new_page()
    page.goto(f"{served.address}/sign-in")
    page.fill("input[name=person]", "A-1")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_selector("form.me")
    cookie = next(each for each in context.cookies() if each["name"] == "assay_session")
    assert cookie["value"] != "fixed"
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    context.close()


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_open_redirect(served, chromium, target):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{served.address}/sign-in?next={target}")
    assert page.get_attribute("section input[name=next]", "value") == "/"
    context.close()


def test_a_form_of_another_session_is_refused(somebody):
    analyst = somebody("A-1")
    analyst.desk()
    answer = analyst.post("/desk/AL-A00-FOSHAN/determine", day=str(DAY), csrf="0" * 64)
    assert answer.status == 403
    assert "stale" in answer.text()


def test_a_request_from_another_site_is_refused(served, somebody):
    analyst = somebody("A-1")
    answer = analyst.page.request.post(
        f"{served.address}/desk/AL-A00-FOSHAN/determine",
        form={"csrf": analyst.csrf(), "day": str(DAY)},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert answer.status == 403


def test_a_message_is_text_whatever_it_contains(served, somebody):
    name = served.room.deal("F05", "22175", "120", place=NASTY, note=NASTY, confirmed=False)
    page = somebody("A-1").desk()
    page.wait_for_selector(f"#row-{name}")
    page.evaluate(f"document.querySelector('[data-evidence=\"{name}\"]').click()")
    page.wait_for_selector("#drawer:not([hidden]) .message")
    assert page.evaluate("window.hurt") is None
    assert "{{7*7}}" in page.inner_text("#drawer")


def test_headers_forbid_foreign_scripts(served, somebody):
    answer = somebody("A-1").page.request.get(f"{served.address}/desk")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"


def test_signing_out_ends_the_session(served, somebody):
    analyst = somebody("A-1")
    analyst.page.click("form.me button")
    analyst.page.wait_for_selector("input[name=password]")
    answer = analyst.page.request.get(f"{served.address}/desk", max_redirects=0)
    assert answer.status in (302, 307)
    assert "/sign-in" in answer.headers["location"]


def test_chinese_dark_and_400_percent(served, somebody):
    analyst = somebody("A-1", locale="zh-CN", color_scheme="dark")
    page = analyst.desk()
    assert page.get_attribute("html", "lang") == "zh"
    page.set_viewport_size({"width": 360, "height": 640})  # 1440 px at 400 %
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
