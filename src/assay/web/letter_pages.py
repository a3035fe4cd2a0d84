"""Letters and notices to be read, printed, saved: every kind, two languages, three forms.

A letter is made of the journal when it is asked for; that it went out is recorded by who
may write in its room. Chooses no words and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from assay.core import refused
from assay.governance.changes import PROPOSE, Changes, answer_letter, place_in, subject_letter
from assay.governance.complaints import (
    HANDLE,
    Complaints,
    correction_letter,
    letter_to,
    procedure_paper,
)
from assay.governance.contributors import readable_file
from assay.governance.contributors.life import WRITE
from assay.governance.letters import FORMS, Letter, load_letter_words, send
from assay.governance.letters.firms import firm_letter
from assay.governance.office import Office, office_of
from assay.ledger.book.changes import change_of, consultation_of
from assay.ledger.book.letters import letters_of
from assay.web.fields import day_in
from assay.web.house import House
from assay.web.pages import language_of, page
from assay.web.security import house_of, who_is
from assay.web.sign_in import Asked, Form, inside

OPEN = {"open": True}
READ = {"permission": "governance:complaint:read"}
FILE = {"permission": "governance:contributor:read"}
OWN = {"permission": "portal:file:read"}
MAY_PROPOSE = {"permission": PROPOSE}
#: A letter as a page of its own carries its style inside.
OWN_PAGE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def changes_in(house: House) -> Changes:
    """The methodology changes of a house."""
    documents = house.desk.documents or house.reference.parent / "methodologies"
    return Changes.of(house.ledger, house.desk.library, house.roles, documents, house.reference)


def complaints_in(house: House) -> Complaints:
    """The complaints of a house."""
    return Complaints.of(house.ledger, house.desk.library, house.roles, house.reference)


def office_in(house: House) -> Office:
    """The office of a house."""
    return office_of(house.ledger, house.reference, house.desk.calendars["CN"])


def places_in(request: Asked) -> Callable[[str], str]:
    """How the pages name a place of a methodology: in words, with the language it is of."""
    words, language = load_letter_words(house_of(request).reference), language_of(request)

    def said(place: str) -> str:
        mark = place[-5:] if place.endswith((" (en)", " (zh)")) else ""
        return place_in(words, place, language) + mark

    return said


def letter_response(letter: Letter, form: str) -> Response[bytes]:
    """A letter in one of its forms."""
    if form not in FORMS:
        raise refused("letter.form", form, f"forms: {', '.join(FORMS)}")
    headers = {"content-security-policy": OWN_PAGE} if form == "html" else {}
    return Response(letter.content(form), media_type=FORMS[form], headers=headers)


def study_response(content: bytes, name: str) -> Response[bytes]:
    """A file of an impact study: a picture is shown, everything else is text."""
    if name.endswith(".svg"):
        return Response(
            content, media_type="image/svg+xml", headers={"content-security-policy": OWN_PAGE}
        )
    return Response(content, media_type="text/plain; charset=utf-8")


def _firm(request: Asked, contributor: str, what: str, lang: str | None) -> Letter:
    house = house_of(request)
    words = load_letter_words(house.reference)
    language = lang or language_of(request)
    return firm_letter(office_in(house), house.desk.library, words, contributor, what, language)


def _complaint(request: Asked, complaint: str, what: str, lang: str | None) -> Letter:
    language = lang or language_of(request)
    return letter_to(complaints_in(house_of(request)), complaint, what, language)


def _change(request: Asked, subject: str, what: str, lang: str | None) -> Letter:
    house = house_of(request)
    changes, words = changes_in(house), load_letter_words(house.reference)
    with changes.ledger.read() as connection:
        known = change_of(connection, subject) or consultation_of(connection, subject)
    if known is None or ("notice_day" in known and known["notice_day"] is None):
        raise refused("change.unknown", subject, "no such change was noticed")
    return subject_letter(changes, words, subject, what, lang or language_of(request))


def _answer(request: Asked, comment: str, what: str, lang: str | None) -> Letter:
    house = house_of(request)
    if what != "answer":
        raise refused("letter.unknown", f"{what} of {comment}", "letters: answer")
    words = load_letter_words(house.reference)
    return answer_letter(changes_in(house), words, comment, lang or language_of(request))


#: By room: how its letters are made, and who may record that one went out.
_ROOMS = {
    "contributor": (_firm, WRITE), "complaint": (_complaint, HANDLE), "change": (_change, PROPOSE),
    "comment": (_answer, PROPOSE),
}  # fmt: skip


def _sent(request: Asked, room: str, subject: str, what: str, data: Form) -> Response[Any]:
    house, who = house_of(request), who_is(request)
    assert who is not None, "the guard lets nobody else in"
    make, permission = _ROOMS[room]
    send(
        house.ledger, house.roles, house.signer(who), permission,
        make(request, subject, what, data.get("lang")), what=what, subject=subject,
        channel=data.get("channel", ""), zone=house.zone, words=data.get("words", ""),
    )  # fmt: skip
    return Redirect(inside(data.get("next", "/letters")), status_code=303)


class LetterPages(Controller):
    """Letters by the room they belong to, and the register of those that went out."""

    path = "/letters"

    @get("/", opt=READ, sync_to_thread=True)
    def register(self, request: Asked) -> Response[Any]:
        """Every letter that went out: which, about what, when, how, its digests."""
        with house_of(request).ledger.read() as connection:
            rows = letters_of(connection)[::-1]
        return page(request, "letters.html", rows=rows)

    @get("/sent/{letter:str}/{name:str}", opt=READ, sync_to_thread=True)
    def kept(self, request: Asked, letter: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        """A file of a letter exactly as it went out."""
        ledger = house_of(request).ledger
        with ledger.read() as connection:
            files = {
                each["name"]: each["evidence"]
                for row in letters_of(connection)
                if row["letter"] == letter
                for each in row["files"]
            }
        if name not in files:
            raise refused("letter.unknown", f"{letter}: {name}", "no such letter went out")
        form = name.rpartition(".")[2]
        headers = {"content-security-policy": OWN_PAGE} if form == "html" else {}
        content = ledger.evidence.get(files[name])
        return Response(content, media_type=FORMS[form], headers=headers)

    @get("/contributor/{subject:str}/{what:str}/{form:str}", opt=FILE, sync_to_thread=True)
    def firm(
        self, request: Asked, subject: FromPath[str], what: FromPath[str], form: FromPath[str],
        lang: FromQuery[str | None] = None,
    ) -> Response[bytes]:  # fmt: skip
        """A letter to a contributor: rectification or termination."""
        return letter_response(_firm(request, subject, what, lang), form)

    @get("/own/{what:str}/{form:str}", opt=OWN, sync_to_thread=True)
    def own(
        self, request: Asked, what: FromPath[str], form: FromPath[str],
        lang: FromQuery[str | None] = None,
    ) -> Response[bytes]:  # fmt: skip
        """The same letters for the firm of the submitter who asks, and no other."""
        who = who_is(request)
        assert who is not None, "the guard lets nobody else in"
        office = office_in(house_of(request))
        firm = readable_file(office, who.person.person, None)["contributor"]
        return letter_response(_firm(request, firm, what, lang), form)

    @get("/complaint/{subject:str}/{what:str}/{form:str}", opt=READ, sync_to_thread=True)
    def complaint(
        self, request: Asked, subject: FromPath[str], what: FromPath[str], form: FromPath[str],
        lang: FromQuery[str | None] = None,
    ) -> Response[bytes]:  # fmt: skip
        """A letter of a complaint."""
        return letter_response(_complaint(request, subject, what, lang), form)

    @get("/comment/{subject:str}/{what:str}/{form:str}", opt=MAY_PROPOSE, sync_to_thread=True)
    def answer(
        self, request: Asked, subject: FromPath[str], what: FromPath[str], form: FromPath[str],
        lang: FromQuery[str | None] = None,
    ) -> Response[bytes]:  # fmt: skip
        """The answer to one comment, for whoever made it."""
        return letter_response(_answer(request, subject, what, lang), form)

    @get("/procedure/{form:str}", opt=OPEN, sync_to_thread=True)
    def procedure(
        self, request: Asked, form: FromPath[str], lang: FromQuery[str | None] = None
    ) -> Response[bytes]:
        """How complaints are handled, for everybody."""
        complaints = complaints_in(house_of(request))
        return letter_response(procedure_paper(complaints, lang or language_of(request)), form)

    @get("/change/{subject:str}/{what:str}/{form:str}", opt=OPEN, sync_to_thread=True)
    def change(
        self, request: Asked, subject: FromPath[str], what: FromPath[str], form: FromPath[str],
        lang: FromQuery[str | None] = None,
    ) -> Response[bytes]:  # fmt: skip
        """A public paper of a change or a consultation: notice, decision, outcome."""
        return letter_response(_change(request, subject, what, lang), form)

    @get(
        "/correction/{series:str}/{day:str}/{revision:int}/{form:str}", opt=OPEN,
        sync_to_thread=True,
    )  # fmt: skip
    def correction(
        self, request: Asked, series: FromPath[str], day: FromPath[str], revision: FromPath[int],
        form: FromPath[str], lang: FromQuery[str | None] = None,
    ) -> Response[bytes]:  # fmt: skip
        """The public notice of a correction."""
        house = house_of(request)
        letter = correction_letter(
            house.ledger, load_letter_words(house.reference), series, day_in(day),
            lang or language_of(request), house.zone, revision,
        )  # fmt: skip
        return letter_response(letter, form)

    @post("/contributor/{subject:str}/{what:str}", opt={"permission": WRITE}, sync_to_thread=True)
    def sent_firm(
        self, request: Asked, subject: FromPath[str], what: FromPath[str], data: Form
    ) -> Response[Any]:
        """Record that a letter went out to a firm."""
        return _sent(request, "contributor", subject, what, data)

    @post("/complaint/{subject:str}/{what:str}", opt={"permission": HANDLE}, sync_to_thread=True)
    def sent_complaint(
        self, request: Asked, subject: FromPath[str], what: FromPath[str], data: Form
    ) -> Response[Any]:
        """Record that a letter went out to a complainant."""
        return _sent(request, "complaint", subject, what, data)

    @post("/comment/{subject:str}/{what:str}", opt=MAY_PROPOSE, sync_to_thread=True)
    def sent_answer(
        self, request: Asked, subject: FromPath[str], what: FromPath[str], data: Form
    ) -> Response[Any]:
        """Record that an answer went out to who commented."""
        return _sent(request, "comment", subject, what, data)

    @post("/change/{subject:str}/{what:str}", opt=MAY_PROPOSE, sync_to_thread=True)
    def sent_change(
        self, request: Asked, subject: FromPath[str], what: FromPath[str], data: Form
    ) -> Response[Any]:
        """Record that a notice went out, e.g. by mail to subscribers."""
        return _sent(request, "change", subject, what, data)
