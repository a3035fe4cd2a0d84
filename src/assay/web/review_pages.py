"""The price manager's queue: what waits for a second person, with all he needs to decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.engine import Connection

from assay.core import Refused, refused
from assay.desk import Desk, not_assess, proposing
from assay.desk.determining import determination_of, staleness
from assay.ledger import Signer
from assay.ledger.book.prices import approvals_of, previous_tick, proposal_of, states_of
from assay.ledger.book.submissions import submissions_of
from assay.methodology.document.model import REASONS
from assay.web.desk_pages import Order, day_of, perform
from assay.web.desk_view import influence_of
from assay.web.pages import page
from assay.web.security import house_of
from assay.web.sign_in import Asked, Form


def card_of(desk: Desk, connection: Connection, series: FromPath[str], day: date) -> dict[str, Any]:
    """One card: yesterday, computed, proposed, sensitivity, every discretionary act."""
    proposal = proposal_of(connection, series, day)
    found = determination_of(connection, proposal["determination"]) if proposal else None
    trace: Mapping[str, Any] = found["determination"]["trace"] if found else {}
    judged = [
        each for each in submissions_of(connection, day, series) if each["judgement"] is not None
    ]
    hours = desk.hours(connection, series, day)
    return {
        "series": series,
        "proposal": proposal,
        "computed": found["determination"] if found else None,
        "yesterday": previous_tick(connection, series, day),
        "influence": influence_of(trace)[:6],
        "judged": judged,
        "approvals": approvals_of(connection, proposal["seq"]) if proposal else [],
        "missing": proposing.unsigned(desk, connection, proposal) if proposal else None,
        "changed": staleness(desk, connection, proposal) if proposal else [],
        "deadline": hours.window.closes_at(day),
    }


def review_context(request: Asked, day: date, problem: Refused | None = None) -> dict[str, Any]:
    """The queue by deadline."""
    house = house_of(request)
    with house.ledger.read() as connection:
        states = states_of(connection, day)
        cards = [card_of(house.desk, connection, each["series"], day) for each in states]
    waiting = sorted(
        (each for each in cards if each["proposal"]),
        key=lambda each: (each["deadline"], each["series"]),
    )
    return {
        "day": day,
        "states": states,
        "cards": waiting,
        "reasons": REASONS,
        "now": house.desk.now(),
        "head": house.ledger.head().seq,
        "problem": problem.finding if problem else None,
    }


class ReviewPages(Controller):
    """The second person."""

    path = "/review"

    @get("/", opt={"permission": "desk:price:approve"}, sync_to_thread=True)
    def queue(self, request: Asked, day: FromQuery[str | None] = None) -> Response[Any]:
        """What waits, by deadline."""
        return page(request, "review.html", **review_context(request, day_of(day, request)))

    @get("/cards", opt={"permission": "desk:price:approve"}, sync_to_thread=True)
    def cards(self, request: Asked, day: FromQuery[str | None] = None) -> Response[Any]:
        """The cards alone, fresh."""
        return page(request, "review_cards.html", **review_context(request, day_of(day, request)))

    @post("/{series:str}/{verb:str}", opt={"permission": "desk:price:approve"}, sync_to_thread=True)
    def act(
        self, request: Asked, series: FromPath[str], verb: FromPath[str], data: Form
    ) -> Response[Any]:
        """Approve, return or not-assess; bound to the digest that the page showed."""
        day, done = day_of(data.get("day"), request), ACTS.get(verb)
        if done is None:
            raise refused("review.unknown_act", verb, f"a reviewer can: {', '.join(sorted(ACTS))}")
        problem = None
        try:
            perform(request, lambda desk, signer: done(desk, signer, Order(series, day, data)))
        except Refused as caught:
            problem = caught
        if request.headers.get("hx-request"):
            context = review_context(request, day, problem)
            return page(
                request, "review_cards.html", status_code=422 if problem else 200, **context
            )
        if problem:
            raise problem
        return Redirect(f"/review?day={day}", status_code=303)


def _approve(desk: Desk, signer: Signer, order: Order) -> None:
    proposing.approve(
        desk,
        signer,
        order.series,
        order.day,
        order.form.get("proposal", ""),
        order.form.get("words", ""),
    )


def _return(desk: Desk, signer: Signer, order: Order) -> None:
    words = order.form.get("words", "")
    proposing.return_proposal(
        desk, signer, order.series, order.day, order.form.get("proposal", ""), words
    )


def _not_assess(desk: Desk, signer: Signer, order: Order) -> None:
    not_assess(
        desk,
        signer,
        order.day,
        order.series,
        order.form.get("reason", ""),
        order.form.get("words", ""),
    )


ACTS = {"approve": _approve, "return": _return, "not-assess": _not_assess}
