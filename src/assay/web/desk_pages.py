"""The analyst's desk: one screen for a series and a day, over the desk's own acts.

A handler reads a form, calls one act with the person's key, and shows what is true
afterwards. What an act refuses is shown in words, with the way out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from assay.collection.intake import Intake
from assay.collection.notes import PhoneNote
from assay.core import Refused, refused
from assay.desk import Adjustment, Desk, determining, proposing
from assay.desk import intake as desk_intake
from assay.ledger import Signer
from assay.web.desk_index import lines_of
from assay.web.desk_view import (
    coverage_of,
    desk_view,
    formula_terms,
    influence_now,
    strip_plot,
    verdicts_now,
)
from assay.web.drawer import drawer_of
from assay.web.fields import some_day
from assay.web.pages import page
from assay.web.security import house_of, who_is
from assay.web.sign_in import Asked, Form

Act = Callable[[Desk, Signer], object]
#: Channels whose messages are pasted as they were copied.
PASTED = ("wechat", "qq")
LEGS = ("low", "mid", "high")


@dataclass(frozen=True)
class Order:
    """What a form asks for: the series and day of the page, and what was filled in."""

    series: str
    day: date
    form: dict[str, str]


def day_of(text: str | None, request: Asked) -> date:
    """The pricing date of the query, today of the house when none is named."""
    return some_day(text) or house_of(request).desk.today()


def perform(request: Asked, act: Act) -> None:
    """Do an act as the signed-in person, with his key."""
    who = who_is(request)
    assert who is not None, "the guard lets nobody else in"
    house = house_of(request)
    act(house.desk, house.signer(who))


def desk_context(
    request: Asked, series: str, day: date, problem: Refused | None = None
) -> dict[str, Any]:
    """What the desk's templates need."""
    house = house_of(request)
    with house.ledger.read() as connection:
        view = desk_view(house.desk, connection, series, day)
        head = house.ledger.head().seq
    return {
        "view": view,
        "plot": strip_plot(view),
        "coverage": coverage_of(view.computed),
        "terms": formula_terms(view.computed) if view.document.pricing else [],
        "firms": view.firms,
        "reasons": desk_intake.reasons(view.document, "exclude"),
        "problem": problem.finding if problem else None,
        "head": head,
        "zone": view.hours.zone,
    }


class DeskPages(Controller):
    """The analyst's morning."""

    path = "/desk"

    @get("/", opt={"permission": "desk:day:read"}, sync_to_thread=True)
    def index(self, request: Asked, day: FromQuery[str | None] = None) -> Response[Any]:
        """Every series of the day with its state; a live page asks for the rows alone."""
        house, when = house_of(request), day_of(day, request)
        rows_alone = bool(request.headers.get("hx-request"))
        with house.ledger.read() as connection:
            lines = lines_of(house.desk, connection, when)
        head, now = house.ledger.head().seq, house.desk.now()
        return page(
            request, "desk_index_rows.html" if rows_alone else "desk_index.html",
            day=when, lines=lines, head=head, now=now,
        )  # fmt: skip

    @get("/{series:str}", opt={"permission": "desk:submission:read"}, sync_to_thread=True)
    def desk(
        self, request: Asked, series: FromPath[str], day: FromQuery[str | None] = None
    ) -> Response[Any]:
        """The desk of one series."""
        return page(request, "desk.html", **desk_context(request, series, day_of(day, request)))

    @get("/{series:str}/fresh", opt={"permission": "desk:submission:read"}, sync_to_thread=True)
    def fresh(
        self, request: Asked, series: FromPath[str], day: FromQuery[str | None] = None
    ) -> Response[Any]:
        """The blotter and everything beside it, of one moment; the page keeps what is the same."""
        return page(
            request, "desk_fresh.html", **desk_context(request, series, day_of(day, request))
        )

    @get("/{series:str}/influence", opt={"permission": "desk:submission:read"}, sync_to_thread=True)
    def influence(
        self, request: Asked, series: FromPath[str], day: FromQuery[str | None] = None
    ) -> Response[Any]:
        """Leave one out: asked for when the journal rests, because it is dear."""
        house, when = house_of(request), day_of(day, request)
        with house.ledger.read() as connection:
            found = influence_now(house.desk, connection, series, when)
        return page(request, "desk_influence.html", influence=found and found[:6])

    @get(
        "/{series:str}/evidence/{submission:str}",
        opt={"permission": "desk:submission:read"},
        sync_to_thread=True,
    )
    def evidence(
        self,
        request: Asked,
        series: FromPath[str],
        submission: FromPath[str],
        day: FromQuery[str | None] = None,
    ) -> Response[Any]:
        """The drawer: the raw message beside what was read."""
        house, when = house_of(request), day_of(day, request)
        with house.ledger.read() as connection:
            drawer = drawer_of(house.ledger, connection, submission)
            verdicts = verdicts_now(house.desk, connection, series, when, submission)
        return page(
            request, "drawer.html", drawer=drawer, verdicts=verdicts, series=series, day=when
        )

    @post("/{series:str}/phone", opt={"permission": "desk:submission:add"}, sync_to_thread=True)
    def phone(self, request: Asked, series: FromPath[str], data: Form) -> Response[Any]:
        """Write down what was said on the phone: archived, then read."""
        return _taken(request, series, data, _take)

    @post("/{series:str}/paste", opt={"permission": "desk:submission:add"}, sync_to_thread=True)
    def paste(self, request: Asked, series: FromPath[str], data: Form) -> Response[Any]:
        """Paste messages of a chat as they were copied: archived, then read by their channel."""
        return _taken(request, series, data, _paste)

    @post("/{series:str}/{verb:str}", opt={"permission": "desk:day:read"}, sync_to_thread=True)
    def act(
        self, request: Asked, series: FromPath[str], verb: FromPath[str], data: Form
    ) -> Response[Any]:
        """One act of the desk by name; each checks its own permission in its transaction."""
        day = day_of(data.get("day"), request)
        done = ACTS.get(verb)
        if done is None:
            raise refused("desk.unknown_act", verb, f"the desk can: {', '.join(sorted(ACTS))}")
        problem = None
        try:
            perform(request, lambda desk, signer: done(desk, signer, Order(series, day, data)))
        except Refused as caught:
            problem = caught
        if request.headers.get("hx-request"):
            context = desk_context(request, series, day, problem)
            return page(request, "desk_live.html", status_code=422 if problem else 200, **context)
        if problem:
            raise problem
        return Redirect(f"/desk/{series}?day={day}", status_code=303)


def _taken(
    request: Asked, series: str, data: Form, take: Callable[[Asked, Form], None]
) -> Response[Any]:
    day = day_of(data.get("day"), request)
    problem = None
    try:
        take(request, data)
    except Refused as caught:
        problem = caught
    context = desk_context(request, series, day, problem)
    return page(request, "desk_live.html", status_code=422 if problem else 200, **context)


def _paste(request: Asked, data: Form) -> None:
    """Archive what was copied out of a chat, in its own channel; a person confirms each datum."""
    channel, text = data.get("channel", ""), data.get("text", "").strip()
    if channel not in PASTED:
        raise refused("paste.channel", channel or "no channel", f"allowed: {', '.join(PASTED)}")
    if not text:
        raise refused("paste.words", channel, "paste the message with its line of sender and time")
    house = house_of(request)
    taken = _intake(request).take(text.encode(), channel, house.ledger.clock())
    if not taken.submissions:
        said = next(iter([*taken.findings, *taken.reading.findings]), None)
        if said is not None:
            raise Refused(said)
        raise refused("paste.nothing", channel, "no price was read in it: write a phone note")


def _intake(request: Asked) -> Intake:
    who, house = who_is(request), house_of(request)
    assert who is not None, "the guard lets nobody else in"
    signer = house.signer(who)
    return Intake(house.ledger, house.phrases, actor=signer.person, signer=signer)


def _take(request: Asked, data: Form) -> None:
    """Archive a phone note as evidence and offer what it says; a person confirms it."""
    intake, now = _intake(request), house_of(request).ledger.clock()
    firm, text = data.get("contributor", "").strip(), data.get("text", "").strip()
    if not text:
        raise refused("phone.words", "phone note", "write down what was said")
    intake.take_phone(PhoneNote(now, intake.actor, firm, text), now)


def _confirm(desk: Desk, signer: Signer, order: Order) -> None:
    changes = {
        name.removeprefix("set."): text
        for name, text in order.form.items()
        if name.startswith("set.")
    }
    desk_intake.confirm(
        desk, signer, order.form.get("submission", ""), changes, order.form.get("words", "")
    )


def _exclude(desk: Desk, signer: Signer, order: Order) -> None:
    name, code, words = (
        order.form.get("submission", ""),
        order.form.get("code", ""),
        order.form.get("words", ""),
    )
    desk_intake.judge(desk, signer, name, "exclude", code, words, order.day)


def _include(desk: Desk, signer: Signer, order: Order) -> None:
    name, code, words = (
        order.form.get("submission", ""),
        order.form.get("code", ""),
        order.form.get("words", ""),
    )
    desk_intake.judge(desk, signer, name, "include", code, words, order.day)


def _undo(desk: Desk, signer: Signer, order: Order) -> None:
    words = order.form.get("words") or "taken back at the desk"
    desk_intake.judge(desk, signer, order.form.get("submission", ""), "none", "", words, order.day)


def _discard(desk: Desk, signer: Signer, order: Order) -> None:
    desk_intake.discard(desk, signer, order.form.get("submission", ""), order.form.get("words", ""))


def _withdraw(desk: Desk, signer: Signer, order: Order) -> None:
    desk_intake.withdraw(
        desk, signer, order.form.get("submission", ""), order.form.get("words", "")
    )


def _determine(desk: Desk, signer: Signer, order: Order) -> None:
    determining.screen(desk, signer, order.day, order.series)
    determining.determine_series(desk, signer, order.day, order.series)


def _propose(desk: Desk, signer: Signer, order: Order) -> None:
    """Screen, determine and propose what the page shows, in the person's words."""
    _determine(desk, signer, order)
    given = {leg: order.form.get(leg, "").replace(",", "").strip() or None for leg in LEGS}
    guideline = order.form.get("guideline") or None
    judged = bool(order.form.get("judgement"))
    adjustment = Adjustment(**given, guideline=guideline) if judged else Adjustment()
    rationale = order.form.get("rationale", "")
    proposing.propose(
        desk, signer, order.day, order.series, adjustment=adjustment, rationale=rationale
    )


ACTS: dict[str, Callable[[Desk, Signer, Order], None]] = {
    "confirm": _confirm,
    "exclude": _exclude,
    "include": _include,
    "undo": _undo,
    "discard": _discard,
    "withdraw": _withdraw,
    "determine": _determine,
    "propose": _propose,
}
