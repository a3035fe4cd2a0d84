"""What the public reads and says: methodologies, changes, corrections, complaints.

Open to everybody; a form here records what a person said and nothing more. Shows no
confidential comment, no complainant, and no document that was never announced.
"""

from __future__ import annotations

from typing import Any

from litestar import Controller, get, post
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from markupsafe import Markup

from assay.core import Refused, refused
from assay.governance.changes import (
    Changes,
    consultation_dates,
    notice_letter,
    public_changes,
    public_comments,
    shown,
    versions_of,
)
from assay.governance.complaints import corrections, public_register, statistics
from assay.governance.letters import load_letter_words
from assay.ledger.book import changes as book
from assay.methodology import differences_between, render
from assay.web.fields import some_day
from assay.web.letter_pages import (
    changes_in,
    complaints_in,
    letter_response,
    places_in,
    study_response,
)
from assay.web.pages import language_of, page
from assay.web.security import house_of
from assay.web.sign_in import Asked, Form

OPEN = {"open": True}


def noticed_change(changes: Changes, name: str) -> dict[str, Any]:
    """A change that the public may see."""
    known = changes.known(name)
    if known["notice_day"] is None:
        raise refused("change.unknown", name, "no such change was noticed")
    return shown(known, changes.today())


class MethodologyPages(Controller):
    """The reader of methodologies: every version, what differs, when users are asked."""

    path = "/methodology"

    @get("/", opt=OPEN, sync_to_thread=True)
    def index(self, request: Asked) -> Response[Any]:
        """Every methodology with its consultation dates, and every noticed change."""
        changes = changes_in(house_of(request))
        newest = {each.id: each for each in changes.library.documents()}
        with changes.ledger.read() as connection:
            rows = [
                {"document": each, **consultation_dates(connection, each)}
                for _, each in sorted(newest.items())
            ]
            noticed = public_changes(connection, changes.today())
            asked = book.consultations_of(connection)
        return page(
            request, "methodologies.html", rows=rows, changes=noticed, asked=asked[::-1],
            today=changes.today(), classes=changes.rules.classes,
        )  # fmt: skip

    @get("/{methodology:str}", opt=OPEN, sync_to_thread=True)
    def read(
        self, request: Asked, methodology: FromPath[str], version: FromQuery[str | None] = None
    ) -> Response[Any]:
        """One version for people, clause by clause; the one in force when none is named."""
        changes = changes_in(house_of(request))
        today = changes.today()
        with changes.ledger.read() as connection:
            held = versions_of(changes, connection, methodology)
            dates = consultation_dates(connection, held[-1].document)
            running = book.open_consultation(connection, methodology)
        ruling = [e for e in held if e.rules and e.document.effective <= today] or held[:1]
        chosen = _named(held, version) if version else ruling[-1]
        text = render(chosen.document, language_of(request), "html")
        body = text.partition("<body>\n")[2].rpartition("</body>")[0]
        return page(
            request, "methodology.html", held=held, chosen=chosen, ruling=ruling[-1], dates=dates,
            running=running, today=today, body=Markup(body),  # noqa: S704 the renderer escapes all
        )  # fmt: skip

    @get("/{methodology:str}/differences", opt=OPEN, sync_to_thread=True)
    def differences(
        self, request: Asked, methodology: FromPath[str], old: FromQuery[str] = "",
        new: FromQuery[str] = "",
    ) -> Response[Any]:  # fmt: skip
        """Two versions side by side, clause by clause."""
        changes = changes_in(house_of(request))
        with changes.ledger.read() as connection:
            held = versions_of(changes, connection, methodology)
        after = _named(held, new) if new else held[-1]
        before = _named(held, old) if old else held[max(0, held.index(after) - 1)]
        lines = differences_between(before.document, after.document)
        return page(
            request, "differences.html", methodology=methodology, held=held, before=before,
            after=after, lines=lines, place_in=places_in(request),
        )  # fmt: skip


def _named(held: list[Any], digest: str) -> Any:
    for each in held:
        if each.document.digest == digest:
            return each
    raise refused("methodology.version", digest, "no such version was announced")


class ChangePages(Controller):
    """A noticed change: its clock, what differs, what users said."""

    path = "/changes"
    middleware = (RateLimitConfig(rate_limit=("minute", 60)).middleware,)

    @get("/{change:str}", opt=OPEN, sync_to_thread=True)
    def show(
        self, request: Asked, change: FromPath[str], sent: FromQuery[str] = ""
    ) -> Response[Any]:
        """The consultation page of a change, or of a yearly consultation."""
        return _subject_page(request, change, sent=sent)

    @post("/{change:str}/comment", opt=OPEN, sync_to_thread=True)
    def comment(self, request: Asked, change: FromPath[str], data: Form) -> Response[Any]:
        """A comment of anybody, public or confidential."""
        changes = changes_in(house_of(request))
        try:
            (entry,) = changes.comment(
                change, data.get("text", ""), name=data.get("name", ""),
                contact=data.get("contact", ""), confidential=data.get("visibility") != "public",
            )  # fmt: skip
        except Refused as problem:
            return _subject_page(request, change, problem=problem)
        return Redirect(f"/changes/{change}?sent={entry.body['comment']}", status_code=303)

    @get("/{change:str}/notice/{form:str}", opt=OPEN, sync_to_thread=True)
    def notice(
        self, request: Asked, change: FromPath[str], form: FromPath[str],
        lang: FromQuery[str | None] = None,
    ) -> Response[Any]:  # fmt: skip
        """The notice as Markdown, HTML or PDF, in the reader's language."""
        changes = changes_in(house_of(request))
        asked = language_of(request) if lang is None else lang
        words = load_letter_words(house_of(request).reference)
        letter = notice_letter(changes, words, noticed_change(changes, change), asked)
        return letter_response(letter, form)

    @get("/{change:str}/study/{name:str}", opt=OPEN, sync_to_thread=True)
    def study(self, request: Asked, change: FromPath[str], name: FromPath[str]) -> Response[Any]:
        """A file of the impact study."""
        changes = changes_in(house_of(request))
        known = noticed_change(changes, change)
        studies = filter(None, [known["study"], *known["attached"]])
        for each in (file for study in studies for file in study["files"]):
            if name in (each["name"], f"{each['evidence'][7:15]}-{each['name']}"):
                return study_response(changes.ledger.evidence.get(each["evidence"]), name)
        raise refused("change.study", f"{change}: {name}", "the study has no such file")


def _subject_page(
    request: Asked, name: str, *, sent: str = "", problem: Refused | None = None
) -> Response[Any]:
    changes = changes_in(house_of(request))
    today = changes.today()
    with changes.ledger.read() as connection:
        asked = book.consultation_of(connection, name)
        said = public_comments(connection, name)
    known = None if asked else noticed_change(changes, name)
    until = (asked or known or {})["comments_until"]
    taking = known["state"] == "noticed" if known else asked is not None and not asked["closed_on"]
    return page(
        request, "change.html", status_code=422 if problem else 200, change=known, asked=asked,
        comments=said, today=today, until=until, taking=taking, sent=sent, name=name,
        problem=problem.finding if problem else None, classes=changes.rules.classes,
        place_in=places_in(request),
    )  # fmt: skip


@get("/corrections", opt=OPEN, sync_to_thread=True)
def correction_register(request: Asked) -> Response[Any]:
    """Every correction, and how often, why and how long the house was wrong."""
    ledger = house_of(request).ledger
    rows = corrections(ledger)[::-1]
    return page(request, "corrections.html", rows=rows, counted=statistics(ledger))


class ComplaintPages(Controller):
    """The complaint form and the public register."""

    path = "/complaints"
    middleware = (RateLimitConfig(rate_limit=("minute", 30)).middleware,)

    @get("/", opt=OPEN, sync_to_thread=True)
    def register(self, request: Asked, sent: FromQuery[str] = "") -> Response[Any]:
        """The form and the register."""
        return _register_page(request, {}, sent=sent)

    @post("/", opt=OPEN, sync_to_thread=True)
    def complain(self, request: Asked, data: Form) -> Response[Any]:
        """Take a complaint in."""
        complaints = complaints_in(house_of(request))
        try:
            (entry,) = complaints.receive(
                data.get("text", ""), data.get("category", ""), name=data.get("name", ""),
                contact=data.get("contact", ""),
                series=[data["series"]] if data.get("series") else [],
                pricing_date=some_day(data.get("day", "")), change=data.get("change") or None,
            )  # fmt: skip
        except Refused as problem:
            return _register_page(request, data, problem=problem)
        return Redirect(f"/complaints?sent={entry.body['complaint']}", status_code=303)


def _register_page(
    request: Asked, data: dict[str, str], *, sent: str = "", problem: Refused | None = None
) -> Response[Any]:
    house = house_of(request)
    complaints = complaints_in(house)
    with house.ledger.read() as connection:
        rows = public_register(connection)
    return page(
        request, "complaints.html", status_code=422 if problem else 200, rows=rows, given=data,
        series=house.desk.library.series(), rules=complaints.rules, sent=sent,
        problem=problem.finding if problem else None,
    )  # fmt: skip
