"""Accounts in a browser: passkeys with a virtual authenticator, one-time codes, one-time links."""

import re

import pyotp
import pytest

from tests.browser.conftest import PASSWORD


def authenticator(person):
    session = person.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.fixture
def at_localhost(served):
    """Passkeys need a name, not an address: the same server under `localhost`."""
    served.address = served.address.replace("127.0.0.1", "localhost")
    return served


def test_a_passkey_is_made_and_opens_the_door(at_localhost, somebody):
    analyst = somebody("A-1")
    authenticator(analyst)
    page = analyst.go("/account")
    page.click("#add-passkey")
    page.wait_for_selector("#passkey-said:has-text('✓')")
    page.click("form.me button")
    page.wait_for_selector("#passkey:visible")
    page.click("#passkey")
    page.wait_for_selector("form.me")
    assert "A-1" in page.inner_text("form.me")


def test_one_time_codes_are_asked_for_after_enrolling(served, somebody):
    analyst = somebody("A-1")
    page = analyst.go("/account")
    page.click("button:has-text('one-time codes')")
    secret = page.inner_text("section code")
    assert "totp" not in page.inner_text("section ul")
    page.fill("section input[name=code]", "000000")
    page.click("button:has-text('from now on')")
    page.wait_for_selector(".finding.error")
    assert page.inner_text("section code") == secret  # the same secret: no new scan is needed
    page.fill("section input[name=code]", pyotp.TOTP(secret).at(served.room.ledger.clock()))
    page.click("button:has-text('from now on')")
    page.wait_for_selector("section ul:has-text('totp')")
    page.click("form.me button")
    page.wait_for_selector("input[name=password]")
    page.fill("input[name=person]", "A-1")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_selector(".finding.error")
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=code]", pyotp.TOTP(secret).at(served.room.ledger.clock()))
    page.click("button.primary")
    page.wait_for_selector("form.me")


def test_the_administrator_gives_a_one_time_link(served, somebody):
    admin = somebody("B-1")
    page = admin.go("/people")
    page.click("tr:has-text('A-2') button:has-text('One-time link')")
    link = re.search(r"http\S+", page.inner_text(".finding code")).group()
    page.goto(link)
    page.fill("input[name=password]", "another long secret")
    page.click("main button.primary")
    page.wait_for_selector("h1:not(:has-text('Set your password'))")
    assert served.accounts.sign_in("A-2", "another long secret")


def test_people_is_for_the_administrator_alone(served, somebody):
    assert somebody("A-1").page.request.get(f"{served.address}/people").status == 403
