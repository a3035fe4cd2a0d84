"""Each route against each role: a table made from the routes themselves."""

import hashlib
import hmac

import pytest
from argon2 import PasswordHasher
from litestar.testing import TestClient

from assay.desk import open_day
from assay.governance.accounts import Accounts, load_roles
from assay.methodology import REFERENCE
from assay.web import House, build
from assay.web.rooms import CONTROLLERS
from assay.web.security import COOKIE
from tests.unit.desk.conftest import DAY, library, room

__all__ = ["library", "room"]
PASSWORD = "a long enough password"
PEOPLE = {"analyst": "A-1", "price_manager": "M-1", "compliance": "C-1", "auditor": "U-1"}
ROLES = load_roles(REFERENCE)


def application(room, keys):
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts = Accounts(room.ledger, hasher=quick)
    for person in PEOPLE.values():
        accounts.redeem(accounts.invite(person, "join", by="B-1"), PASSWORD)
    house = House(room.ledger, room.desk, accounts, ROLES, keys, REFERENCE, secure=False)
    return build(house, CONTROLLERS), accounts


def routes_of(app):
    for route in app.routes:
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                yield method, route.path, handler.opt


def filled(path):
    return (
        path.replace("{series:str}", "AL-A00-FOSHAN").replace("{verb:str}", "determine")
        .replace("{submission:str}", "S-001").replace("{person:str}", "A-2")
        .replace("{token:str}", "x").replace("{seq:int}", "1").replace("{report:str}", "cast-alloy-morning").replace("{file_path:path}", "app.css")
    )  # fmt: skip


def test_every_route_says_who_may(room, tmp_path):
    app, _ = application(room, tmp_path / "keys")
    known = ROLES.all_permissions() | {"signed_in"}
    without = [
        (method, path)
        for method, path, opt in routes_of(app)
        if not opt.get("open") and opt.get("permission") not in known
    ]
    assert without == []


@pytest.mark.parametrize("role", [None, *PEOPLE])
def test_each_route_lets_in_exactly_whom_it_says(room, tmp_path, role):
    open_day(room.desk, room.keys["A-1"], DAY)
    room.deal("F01", "22180")
    app, accounts = application(room, tmp_path / "keys")
    held = ROLES.of([role]) if role else frozenset()
    wrong = []
    with TestClient(app, raise_server_exceptions=True) as client:
        if role:
            client.cookies.set(COOKIE, accounts.sign_in(PEOPLE[role], PASSWORD))
        for method, path, opt in routes_of(app):
            if path == "/live" or path.startswith("/account/password") or path == "/sign-out":
                continue
            asked = filled(path) + (f"?day={DAY}" if "/desk" in path or "/review" in path else "")
            if method == "GET":
                answer = client.get(asked, follow_redirects=False)
            else:
                continue
            let_in = answer.status_code not in (401, 403) and "/sign-in" not in answer.headers.get(
                "location", ""
            )
            permission = opt.get("permission")
            should = bool(
                opt.get("open") or (role and (permission == "signed_in" or permission in held))
            )
            if path == "/":
                continue
            if let_in != should:
                wrong.append((method, path, answer.status_code, should))
    assert wrong == []


@pytest.mark.parametrize("role", [None, *PEOPLE])
def test_each_changing_route_lets_in_exactly_whom_it_says(room, tmp_path, role):
    app, accounts = application(room, tmp_path / "keys")
    held = ROLES.of([role]) if role else frozenset()
    wrong = []
    with TestClient(app, raise_server_exceptions=True) as client:
        routes = [
            (path, opt.get("permission"))
            for method, path, opt in routes_of(app)
            if method == "POST" and not opt.get("open")
        ]
        # Signed in beforehand: adding a second factor or signing out is among the routes.
        tokens = [accounts.sign_in(PEOPLE[role], PASSWORD) if role else "" for _ in routes]
        for (path, permission), token in zip(routes, tokens, strict=True):
            client.cookies.set(COOKIE, token)
            proof = hmac.new(token.encode(), b"assay csrf", hashlib.sha256).hexdigest()
            for sent, genuine in ((proof, True), ("0" * 64, False)):
                form = {"csrf": sent, "day": str(DAY)}
                answer = client.post(filled(path), data=form, follow_redirects=False)
                let_in = answer.status_code not in (401, 403)
                may = bool(role) and (permission == "signed_in" or permission in held)
                if let_in != (may and genuine):
                    wrong.append((path, answer.status_code, genuine, may))
    assert wrong == []
