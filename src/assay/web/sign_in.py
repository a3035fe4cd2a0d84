"""Signing in and out, one-time links, password, second factor: forms over `Accounts`."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, get, post
from litestar.enums import RequestEncodingType
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect, Response

from assay.core import Refused
from assay.web.pages import LANGUAGE_COOKIE, LANGUAGES, SCHEME_COOKIE, page
from assay.web.security import COOKIE, house_of, who_is

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
Asked = Request[Any, Any, Any]
SCHEMES = ("auto", "light", "dark")


def inside(target: str) -> str:
    """`target` when it is a path of this house, else the start page (no open redirect)."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if plain and "\n" not in target and "\r" not in target else "/"


def address_of(request: Asked) -> str | None:
    """The address a request came from (hashed before it is written down)."""
    return request.client.host if request.client else None


class SignIn(Controller):
    """The doors of the house."""

    middleware = (RateLimitConfig(rate_limit=("minute", 60)).middleware,)

    @get("/sign-in", opt={"open": True}, sync_to_thread=True)
    def form(self, request: Asked, next: FromQuery[str] = "/") -> Response[Any]:  # noqa: A002 - the query's name
        """The sign-in form."""
        if who_is(request):
            return Redirect(inside(next))
        return page(request, "sign_in.html", next=inside(next), finding=None, person="")

    @post("/sign-in", opt={"open": True}, sync_to_thread=True)
    def sign_in(self, request: Asked, data: Form) -> Response[Any]:
        """Check who it is; a new session replaces whatever cookie came with the request."""
        house, person = house_of(request), data.get("person", "").strip()
        target = inside(data.get("next", "/"))
        try:
            token = house.accounts.sign_in(
                person, data.get("password", ""), data.get("code") or None,
                address=address_of(request),
            )  # fmt: skip
        except Refused as problem:
            return page(
                request, "sign_in.html", status_code=422,
                next=target, finding=problem.finding, person=person,
            )  # fmt: skip
        return with_session(house.secure, Redirect(target, status_code=303), token)

    @post("/sign-out", opt={"permission": "signed_in"}, sync_to_thread=True)
    def sign_out(self, request: Asked) -> Response[Any]:
        """End this session."""
        house_of(request).accounts.sign_out(request.cookies.get(COOKIE, ""))
        response = Redirect("/sign-in", status_code=303)
        response.delete_cookie(COOKIE)
        return response

    @get("/join/{token:str}", opt={"open": True}, sync_to_thread=True)
    def join_form(self, request: Asked, token: FromPath[str]) -> Response[Any]:
        """The form behind a one-time link."""
        return page(request, "join.html", token=token, finding=None)

    @post("/join/{token:str}", opt={"open": True}, sync_to_thread=True)
    def join(self, request: Asked, token: FromPath[str], data: Form) -> Response[Any]:
        """Use the one-time link to set a password."""
        try:
            house_of(request).accounts.redeem(token, data.get("password", ""))
        except Refused as problem:
            return page(request, "join.html", status_code=422, token=token, finding=problem.finding)
        return Redirect("/sign-in", status_code=303)

    @post("/preferences", opt={"open": True})
    async def preferences(self, data: Form) -> Response[Any]:
        """Remember language and colour scheme in this browser."""
        response = Redirect(inside(data.get("next", "/")), status_code=303)
        if data.get("language") in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE, data["language"], max_age=31_536_000, samesite="lax"
            )
        if data.get("scheme") in SCHEMES:
            response.set_cookie(SCHEME_COOKIE, data["scheme"], max_age=31_536_000, samesite="lax")
        return response


def with_session(secure: bool, response: Response[Any], token: str) -> Response[Any]:
    """The response with the session's cookie: for this site only, unreadable for scripts."""
    response.set_cookie(COOKIE, token, httponly=True, secure=secure, samesite="strict", path="/")
    return response
