"""Who is asking and may he: sessions, permissions per route, CSRF, headers.

Every route names its permission in `opt` (``permission="desk:day:read"``) or says that
it is open to all (``open=True``); a route that says neither answers 403, and a test
generated from the routes fails.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.response import Response

from assay.governance.accounts import SignedIn
from assay.governance.audit import AUDITOR, log_view
from assay.web.house import House

COOKIE = "assay_session"
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf"
_SAFE = ("GET", "HEAD", "OPTIONS")
_SAME_SITE = ("same-origin", "none")

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; "
        "frame-ancestors 'self'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


def house_of(connection: ASGIConnection[Any, Any, Any, Any]) -> House:
    """The house this application serves."""
    house: House = connection.app.state.house
    return house


def who_is(connection: ASGIConnection[Any, Any, Any, Any]) -> SignedIn | None:
    """The signed-in person behind a request, looked up once."""
    state = connection.scope.setdefault("state", {})
    if "who" not in state:
        token = connection.cookies.get(COOKIE)
        state["who"] = house_of(connection).accounts.who(token) if token else None
    found: SignedIn | None = state["who"]
    return found


def csrf_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The token that forms must send back: bound to the session, gone with it."""
    token = connection.cookies.get(COOKIE, "")
    return hmac.new(token.encode(), b"assay csrf", hashlib.sha256).hexdigest()


def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let a request in only when its route allows this person; refuse everything unnamed."""
    if handler.opt.get("open"):
        return
    permission = handler.opt.get("permission")
    who = who_is(connection)
    if who is None:
        raise NotAuthorizedException("sign in first")
    if permission == "signed_in":
        return
    held = house_of(connection).roles.of(who.person.roles)
    if permission is None or permission not in held:
        raise PermissionDeniedException(f"this needs the permission {permission}")
    looks = AUDITOR in who.person.roles and connection.scope.get("method") == "GET"
    if looks and not handler.opt.get("logged") and not connection.headers.get("hx-request"):
        _log_look(connection, who)


def _log_look(connection: ASGIConnection[Any, Any, Any, Any], who: SignedIn) -> None:
    """An auditor's look at a page that does not record it itself; parts of a page are no look."""
    house = house_of(connection)
    about = {"page": connection.url.path}
    if connection.url.query:
        about["query"] = connection.url.query
    log_view(house.ledger, who.person.person, "page", about, door="pages", today=house.desk.today())


async def refuse_forged(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Refuse a changing request that another site made, or whose form is of another session."""
    if request.method in _SAFE:
        return None
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in _SAME_SITE:
        raise PermissionDeniedException("this request came from another site")
    if COOKIE not in request.cookies:
        return None
    sent = request.headers.get(CSRF_HEADER)
    if sent is None:
        form = await request.form()
        sent = str(form.get(CSRF_FIELD, ""))
    if not hmac.compare_digest(sent, csrf_token(request)):
        raise PermissionDeniedException("this form is stale: reload the page and do it again")
    return None


def add_headers(response: Response[Any]) -> Response[Any]:
    """Send the security headers with every page; nothing private is cached."""
    for name, text in HEADERS.items():
        response.headers.setdefault(name, text)
    response.headers.setdefault("cache-control", "no-store")
    return response
