"""One's own account, and the administrator's list of people. Acts are those of `Accounts`."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pyotp
import segno
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from assay.core import Refused, refused
from assay.ledger.book.accounts import credentials_of, open_sessions
from assay.ledger.book.home import all_persons
from assay.web.pages import page
from assay.web.passkeys import Passkeys
from assay.web.security import COOKIE, house_of, who_is
from assay.web.sign_in import Asked, Form, address_of, with_session


def keys_of(request: Asked) -> Passkeys:
    """The passkeys of this application (challenges live as long as it does)."""
    state = request.app.state
    if "passkeys" not in state:
        state.passkeys = Passkeys(house_of(request).accounts)
    found: Passkeys = state.passkeys
    return found


def place_of(request: Asked) -> tuple[str, str]:
    """Host and origin as the browser knows them."""
    url = urlsplit(str(request.base_url))
    return url.hostname or "localhost", f"{url.scheme}://{url.netloc}"


class AccountPages(Controller):
    """What everybody may do with his own door."""

    @get("/account", opt={"permission": "signed_in"}, sync_to_thread=True)
    def account(self, request: Asked) -> Response[Any]:
        """Credentials and open sessions of the person."""
        return page(request, "account.html", **_own(request))

    @post("/account/password", opt={"permission": "signed_in"}, sync_to_thread=True)
    def password(self, request: Asked, data: Form) -> Response[Any]:
        """Change the password: the present one proves that it is he."""
        who, house = who_is(request), house_of(request)
        assert who is not None, "the guard lets nobody else in"
        try:
            token = house.accounts.sign_in(
                who.person.person, data.get("present", ""), data.get("code") or None,
                address=address_of(request),
            )  # fmt: skip
            house.accounts.set_password(
                who.person.person, data.get("password", ""), by=who.person.person
            )
        except Refused as problem:
            return page(request, "account.html", status_code=422, **_own(request, problem))
        house.accounts.sign_out(request.cookies.get(COOKIE, ""))
        return with_session(house.secure, Redirect("/account", status_code=303), token)

    @post("/account/totp", opt={"permission": "signed_in"}, sync_to_thread=True)
    def totp(self, request: Asked) -> Response[Any]:
        """Show a secret, as picture and as text; it counts once a code of it is typed."""
        secret = house_of(request).accounts.totp_secret()
        return page(request, "account.html", **{**_own(request), **_shown(request, secret)})

    @post("/account/totp/confirm", opt={"permission": "signed_in"}, sync_to_thread=True)
    def totp_confirm(self, request: Asked, data: Form) -> Response[Any]:
        """Add one-time codes: the first code proves that the secret is in the person's app."""
        who, secret = who_is(request), data.get("secret", "")[:64]
        assert who is not None, "the guard lets nobody else in"
        try:
            house_of(request).accounts.confirm_totp(
                who.person.person, secret, data.get("code", "").strip()
            )
        except Refused as problem:
            context = {**_own(request, problem), **_shown(request, secret)}
            return page(request, "account.html", status_code=422, **context)
        return Redirect("/account", status_code=303)

    @get("/account/passkey", opt={"permission": "signed_in"}, sync_to_thread=True)
    def passkey_options(self, request: Asked) -> Response[str]:
        """What the browser needs to make a passkey."""
        who = who_is(request)
        assert who is not None, "the guard lets nobody else in"
        said = keys_of(request).registration(who.person.person, place_of(request)[0])
        return Response(said, media_type="application/json")

    @post("/account/passkey", opt={"permission": "signed_in"})
    async def passkey(self, request: Asked) -> Response[Any]:
        """Keep the passkey that the browser made."""
        who = who_is(request)
        assert who is not None, "the guard lets nobody else in"
        keys_of(request).register(who.person.person, await _said(request), *place_of(request))
        return Response({"kept": True})

    @get("/passkey", opt={"open": True}, sync_to_thread=True)
    def door_options(self, request: Asked) -> Response[str]:
        """What the browser needs to sign in with a passkey."""
        said = keys_of(request).authentication(place_of(request)[0])
        return Response(said, media_type="application/json")

    @post("/passkey", opt={"open": True})
    async def door(self, request: Asked) -> Response[Any]:
        """Sign in with a passkey."""
        token = keys_of(request).sign_in(
            await _said(request), *place_of(request), address_of(request)
        )
        return with_session(house_of(request).secure, Response({"next": "/"}), token)

    @get("/people", opt={"permission": "accounts:person:write"}, sync_to_thread=True)
    def people(self, request: Asked) -> Response[Any]:
        """Everybody of the agency: roles, credentials, sessions."""
        return page(request, "people.html", people=_people(request), link=None)

    @post(
        "/people/{person:str}/invite", opt={"permission": "accounts:person:write"},
        sync_to_thread=True,
    )  # fmt: skip
    def invite(self, request: Asked, person: FromPath[str]) -> Response[Any]:
        """A one-time link for a person, shown once."""
        who, house = who_is(request), house_of(request)
        assert who is not None, "the guard lets nobody else in"
        token = house.accounts.invite(person, "reset", by=who.person.person)
        link = f"{place_of(request)[1]}/join/{token}"
        return page(request, "people.html", people=_people(request), link=(person, link))

    @post(
        "/people/{person:str}/end", opt={"permission": "accounts:session:end"}, sync_to_thread=True
    )
    def end(self, request: Asked, person: FromPath[str]) -> Response[Any]:
        """End every session of a person."""
        who = who_is(request)
        assert who is not None, "the guard lets nobody else in"
        house_of(request).accounts.end_sessions(person, by=who.person.person)
        return Redirect("/people", status_code=303)


async def _said(request: Asked) -> dict[str, Any]:
    """What the browser's passkey said; refused when it is no JSON object."""
    try:
        said = json.loads(await request.body())
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise refused("passkey.unreadable", "passkey", "try again with this page's own button")
    return said


def _shown(request: Asked, secret: str) -> dict[str, Any]:
    """The secret of one-time codes as text and picture."""
    who = who_is(request)
    assert who is not None, "the guard lets nobody else in"
    address = pyotp.TOTP(secret).provisioning_uri(name=who.person.person, issuer_name="Assay")
    return {"secret": secret, "picture": segno.make(address).svg_data_uri(scale=4)}


def _own(request: Asked, problem: Refused | None = None) -> dict[str, Any]:
    who, house = who_is(request), house_of(request)
    assert who is not None, "the guard lets nobody else in"
    with house.ledger.read() as connection:
        held = credentials_of(connection, who.person.person)
        sessions = open_sessions(connection, who.person.person, house.ledger.clock())
    finding = problem.finding if problem else None
    return {"held": held, "sessions": sessions, "finding": finding, "secret": None, "picture": None}


def _people(request: Asked) -> list[dict[str, Any]]:
    house = house_of(request)
    now = house.ledger.clock()
    with house.ledger.read() as connection:
        return [
            {
                "person": each,
                "held": [row["method"] for row in credentials_of(connection, each.person)],
                "sessions": len(open_sessions(connection, each.person, now)),
            }
            for each in all_persons(connection, house.desk.today())
        ]
