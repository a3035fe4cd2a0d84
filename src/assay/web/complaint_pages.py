"""Staff work on complaints: queue, acknowledgement, handler, timetable, outcome, appeal.

Every act is that of the command of the same name. What a complainant wrote is shown to
whoever handles complaints and to nobody else; who had a part in a matter is refused as
its handler. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from assay.core import Refused, refused
from assay.governance.changes import alarms
from assay.governance.complaints import (
    HANDLE,
    Complaints,
    clock_of,
    complaint_alarms,
    handlers,
    queue,
)
from assay.governance.complaints.acts import READ
from assay.ledger import Signer
from assay.ledger.book.letters import letters_of
from assay.web.fields import some_day
from assay.web.letter_pages import changes_in, complaints_in
from assay.web.pages import language_of, page
from assay.web.security import house_of, who_is
from assay.web.sign_in import Asked, Form

MAY_READ, MAY_HANDLE = {"permission": READ}, {"permission": HANDLE}
#: How a complaint comes in that nobody sent by the public form.
CHANNELS = ("letter", "email", "phone")
#: Which letters there are in which state; an extension when there was one.
_WRITTEN = {
    "acknowledged": 1, "assigned": 1, "decided": 2, "appealed": 3, "appeal_decided": 4,
}  # fmt: skip
_LETTERS = ("acknowledgement", "outcome", "appeal", "appeal_outcome")
Act = Callable[[Complaints, Signer], object]


class ComplaintOffice(Controller):
    """Complaints as the house works on them."""

    path = "/complaints/queue"

    @get("/", opt=MAY_READ, sync_to_thread=True)
    def waiting(self, request: Asked) -> Response[Any]:
        """Complaints by urgency, and every alarm of complaints and changes."""
        return _queue(request, {})

    @post("/", opt=MAY_HANDLE, sync_to_thread=True)
    def receive(self, request: Asked, data: Form) -> Response[Any]:
        """Take in a complaint that came by letter, mail or phone."""
        named: list[str] = []

        def act(complaints: Complaints, signer: Signer) -> None:
            (entry,) = complaints.receive(
                data.get("text", ""), data.get("category", ""), name=data.get("name", ""),
                contact=data.get("contact", ""), channel=_channel(data.get("channel", "")),
                series=[data["series"]] if data.get("series") else [], signer=signer,
                pricing_date=some_day(data.get("day", "")), change=data.get("change") or None,
            )  # fmt: skip
            named.append(entry.body["complaint"])

        try:
            _act(request, act)
        except Refused as problem:
            return _queue(request, data, problem)
        return Redirect(f"/complaints/queue/{named[0]}", status_code=303)

    @get("/{complaint:str}", opt=MAY_READ, sync_to_thread=True)
    def show(self, request: Asked, complaint: FromPath[str]) -> Response[Any]:
        """One complaint with its timetable and what can be done now."""
        return _file(request, complaint)

    @post("/{complaint:str}/acknowledge", opt=MAY_HANDLE, sync_to_thread=True)
    def acknowledge(self, request: Asked, complaint: FromPath[str], data: Form) -> Response[Any]:
        """Acknowledge it, with its line of the public register."""
        about, language = data.get("about", ""), data.get("lang") or language_of(request)
        return _done(
            request, complaint,
            lambda complaints, signer: complaints.acknowledge(signer, complaint, about, language),
        )  # fmt: skip

    @post("/{complaint:str}/assign", opt=MAY_HANDLE, sync_to_thread=True)
    def assign(self, request: Asked, complaint: FromPath[str], data: Form) -> Response[Any]:
        """Give it to a handler; who had a part in the matter is refused."""
        handler = data.get("handler", "")
        return _done(
            request, complaint,
            lambda complaints, signer: complaints.assign(signer, complaint, handler),
        )  # fmt: skip

    @post("/{complaint:str}/extend", opt=MAY_HANDLE, sync_to_thread=True)
    def extend(self, request: Asked, complaint: FromPath[str], data: Form) -> Response[Any]:
        """Move the outcome to a later day, with a reason."""

        def act(complaints: Complaints, signer: Signer) -> None:
            until = some_day(data.get("until", ""))
            if until is None:
                raise refused("complaint.day", complaint, "name the later day")
            complaints.extend(signer, complaint, until, data.get("reason", ""))

        return _done(request, complaint, act)

    @post("/{complaint:str}/decide", opt=MAY_HANDLE, sync_to_thread=True)
    def decide(self, request: Asked, complaint: FromPath[str], data: Form) -> Response[Any]:
        """The outcome in writing; only the handler can."""
        return _done(
            request, complaint,
            lambda complaints, signer: complaints.decide(
                signer, complaint, data.get("outcome", ""), data.get("reasons", ""),
                measures=data.get("measures", ""), correction=data.get("correction") or None,
                language=data.get("lang") or language_of(request),
            ),
        )  # fmt: skip

    @post("/{complaint:str}/appeal", opt=MAY_HANDLE, sync_to_thread=True)
    def appeal(self, request: Asked, complaint: FromPath[str], data: Form) -> Response[Any]:
        """Take an appeal to the outside party."""
        grounds, party = data.get("grounds", ""), data.get("party", "").strip() or None
        return _done(
            request, complaint,
            lambda complaints, signer: complaints.appeal(signer, complaint, grounds, party),
        )  # fmt: skip

    @post("/{complaint:str}/appeal-decided", opt=MAY_HANDLE, sync_to_thread=True)
    def appeal_decided(self, request: Asked, complaint: FromPath[str], data: Form) -> Response[Any]:
        """Record what the outside party decided."""
        outcome, reasons = data.get("outcome", ""), data.get("reasons", "")
        return _done(
            request, complaint,
            lambda complaints, signer: complaints.appeal_decided(signer, complaint, outcome, reasons),
        )  # fmt: skip


def _channel(channel: str) -> str:
    if channel not in CHANNELS:
        raise refused("complaint.channel", channel, f"channels: {', '.join(CHANNELS)}")
    return channel


def _act(request: Asked, act: Act) -> None:
    house, who = house_of(request), who_is(request)
    assert who is not None, "the guard lets nobody else in"
    act(complaints_in(house), house.signer(who))


def _done(request: Asked, complaint: str, act: Act) -> Response[Any]:
    """Do it and show the complaint as it stands then; a refusal is shown on its page."""
    try:
        _act(request, act)
    except Refused as problem:
        return _file(request, complaint, problem)
    return Redirect(f"/complaints/queue/{complaint}", status_code=303)


def _queue(request: Asked, given: dict[str, str], problem: Refused | None = None) -> Response[Any]:
    house = house_of(request)
    complaints = complaints_in(house)
    with house.ledger.read() as connection:
        waiting = queue(complaints, connection, complaints.today())
    return page(
        request, "complaint_queue.html", status_code=422 if problem else 200, waiting=waiting,
        alarms=[*complaint_alarms(complaints), *alarms(changes_in(house))], given=given,
        rules=complaints.rules, series=house.desk.library.series(), channels=CHANNELS,
        problem=problem.finding if problem else None,
    )  # fmt: skip


def _file(request: Asked, name: str, problem: Refused | None = None) -> Response[Any]:
    complaints, who = complaints_in(house_of(request)), who_is(request)
    assert who is not None, "the guard lets nobody else in"
    known = complaints.known(name)
    may = complaints.may_handle(who.person.roles)
    with complaints.ledger.read() as connection:
        able = handlers(complaints, connection, known)
        sent = letters_of(connection, name)
    extended = [
        each
        for each in complaints.ledger.entries(kinds=["complaint.extended/1"])
        if each.body["complaint"] == name
    ]
    there = _LETTERS[: _WRITTEN.get(known["state"], 0)]
    return page(
        request, "complaint_file.html", status_code=422 if problem else 200, row=known,
        clock=clock_of(complaints, known, complaints.today()), words=complaints.words_of(name),
        shows_words=may, able=able, rules=complaints.rules, sent=sent, extended=extended,
        acknowledge_until=complaints.acknowledge_until(known["received_on"]).day,
        letters=[*there, *(["extension"] if extended else [])], me=who.person.person,
        problem=problem.finding if problem else None,
    )  # fmt: skip
