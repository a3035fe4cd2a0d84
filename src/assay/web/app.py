"""The web application: routes, guards, headers, error pages. Wires faces, decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from litestar import Litestar, Request, get
from litestar.datastructures import State
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.response import Redirect, Response
from litestar.static_files import create_static_files_router

from assay.core import BrokenPromise, Refused
from assay.ledger.log import logger
from assay.web.house import House
from assay.web.pages import page
from assay.web.security import add_headers, guard, refuse_forged, who_is
from assay.web.sign_in import SignIn

ASSETS = Path(__file__).parent / "assets"
#: Where a role starts its day.
STARTS = (
    ("desk:price:propose", "/desk"),
    ("desk:price:approve", "/review"),
    ("audit:dossier:read", "/audit"),
    ("governance:control:read", "/controls"),
    ("accounts:person:write", "/people"),
    ("portal:file:read", "/portal/file"),
)


@get("/", opt={"open": True}, sync_to_thread=True)
def start(request: Request[Any, Any, Any]) -> Response[Any]:
    """Send everybody to where his work is."""
    who = who_is(request)
    if who is None:
        return Redirect("/sign-in")
    may = request.app.state.house.roles.of(who.person.roles)
    known = {route.path for route in request.app.routes}
    target = next((path for permission, path in STARTS if permission in may and path in known), "")
    return Redirect(target) if target else page(request, "start.html")


def refused_page(request: Request[Any, Any, Any], problem: Refused) -> Response[Any]:
    """A refused act: what, where, and the way out."""
    return page(request, "refused.html", status_code=422, finding=problem.finding)


def http_page(request: Request[Any, Any, Any], problem: HTTPException) -> Response[Any]:
    """An error of the request; who is not signed in is sent to the door first."""
    if isinstance(problem, NotAuthorizedException) and request.headers.get("hx-request"):
        # The page says it and keeps what is typed; nothing of it is replaced.
        return Response("", status_code=401, headers={"hx-reswap": "none"})
    if isinstance(problem, NotAuthorizedException) and request.method == "GET":
        return Redirect(f"/sign-in?next={quote(request.url.path)}")
    return page(
        request, "error.html", status_code=problem.status_code,
        code=problem.status_code, detail=problem.detail,
    )  # fmt: skip


def broken_page(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    """An error of ours: logged whole, said plainly, nothing of it shown."""
    logger("web").error(
        "page.failed", path=request.url.path, error=type(problem).__name__, exc_info=problem
    )
    detail = str(problem) if isinstance(problem, BrokenPromise) else "the error is in the log"
    return page(request, "error.html", status_code=500, code=500, detail=detail)


def build(house: House, controllers: Sequence[Any] = ()) -> Litestar:
    """The application over one house; `controllers` are the rooms' pages."""
    assets = create_static_files_router("/assets", directories=[ASSETS], opt={"open": True})
    return Litestar(
        route_handlers=[start, SignIn, assets, *controllers],
        guards=[guard],
        before_request=refuse_forged,
        after_request=add_headers,
        exception_handlers={
            Refused: refused_page,
            HTTPException: http_page,
            Exception: broken_page,
        },
        state=State({"house": house}),
        openapi_config=None,
    )
