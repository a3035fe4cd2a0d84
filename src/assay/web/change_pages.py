"""Staff work on methodology changes: propose, study, notice, answer, decide; consultations.

Every act is that of the command of the same name; a refusal is shown where it was asked
for. Who only reads sees no words that were said in confidence. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from assay.core import Refused, refused
from assay.governance.changes import (
    CHANGE_LETTERS,
    CONSULTATION_LETTERS,
    DECIDE,
    PROPOSE,
    READ,
    Changes,
    alarms,
    consultation_dates,
    notice_days,
    shown,
    staff_comments,
)
from assay.ledger import Signer
from assay.ledger.book import changes as book
from assay.ledger.book.changes import FORCE_MAJEURE
from assay.ledger.book.letters import letters_of
from assay.methodology import DocumentRefused
from assay.web.fields import some_day
from assay.web.letter_pages import changes_in, places_in, study_response
from assay.web.pages import page
from assay.web.security import house_of, who_is
from assay.web.sign_in import Asked, Form
from assay.web.uploads import Files, files_in, words_in

MAY_READ, MAY_PROPOSE = {"permission": READ}, {"permission": PROPOSE}
MAY_DECIDE = {"permission": DECIDE}
Act = Callable[[Changes, Signer], object]


def _findings(problem: Refused | None) -> list[Any]:
    """Everything that was refused: of a document every line that is wrong."""
    if isinstance(problem, DocumentRefused):
        return list(problem.findings)
    return [problem.finding] if problem else []


def _act(request: Asked, act: Act) -> None:
    house, who = house_of(request), who_is(request)
    assert who is not None, "the guard lets nobody else in"
    act(changes_in(house), house.signer(who))


def _may(request: Asked, permission: str) -> bool:
    who = who_is(request)
    return who is not None and permission in house_of(request).roles.of(who.person.roles)


class ChangeOffice(Controller):
    """Changes and consultations as the house works on them."""

    path = "/changes/office"

    @get("/", opt=MAY_READ, sync_to_thread=True)
    def index(self, request: Asked) -> Response[Any]:
        """Every change and consultation, what is overdue, and the form to propose."""
        return _index(request, {})

    @post("/", opt=MAY_PROPOSE, sync_to_thread=True)
    def propose(self, request: Asked, data: Files) -> Response[Any]:
        """Propose the uploaded document; the loader says everything that is wrong with it."""
        named: list[str] = []

        def act(changes: Changes, signer: Signer) -> None:
            raw = next(iter(files_in(data, "document").values()), b"")
            if not raw:
                raise refused("change.document", "document", "choose a methodology file (TOML)")
            entries = changes.propose(
                signer, raw, change_class=words_in(data, "change_class"),
                title=words_in(data, "title"), rationale=words_in(data, "rationale"),
                questions=_lines(words_in(data, "questions")),
                title_zh=words_in(data, "title_zh"), rationale_zh=words_in(data, "rationale_zh"),
            )  # fmt: skip
            named.append(entries[0].body["change"])

        try:
            _act(request, act)
        except Refused as problem:
            return _index(request, data, problem)
        return Redirect(f"/changes/office/{named[0]}", status_code=303)

    @get("/{change:str}", opt=MAY_READ, sync_to_thread=True)
    def show(self, request: Asked, change: FromPath[str]) -> Response[Any]:
        """One change, or one consultation, whole, with what can be done now."""
        return _file(request, change)

    @post("/{change:str}/study", opt=MAY_PROPOSE, sync_to_thread=True)
    def study(self, request: Asked, change: FromPath[str], data: Form) -> Response[Any]:
        """Run the proposed document over the stored days, of a span where one is named."""

        def act(changes: Changes, signer: Signer) -> None:
            changes.study(
                signer, change, *(some_day(data.get(each, "")) for each in ("first", "last"))
            )

        return _done(request, change, act)

    @post("/{change:str}/attach", opt=MAY_PROPOSE, sync_to_thread=True)
    def attach(self, request: Asked, change: FromPath[str], data: Files) -> Response[Any]:
        """Attach the files of a study over a long history."""
        files = files_in(data, "files")
        return _done(
            request, change,
            lambda changes, signer: changes.attach(signer, change, files, words_in(data, "words")),
        )  # fmt: skip

    @get("/{change:str}/study/{seq:int}/{name:str}", opt=MAY_READ, sync_to_thread=True)
    def study_file(
        self, request: Asked, change: FromPath[str], seq: FromPath[int], name: FromPath[str]
    ) -> Response[bytes]:
        """A file of a study, also of what stays in the house, also before the notice."""
        changes = changes_in(house_of(request))
        known = changes.known(change)
        for study in filter(None, [known["study"], *known["attached"]]):
            for each in [*study["files"], *study.get("desk_files", [])]:
                if study["seq"] == seq and each["name"].rpartition("/")[2] == name:
                    return study_response(changes.ledger.evidence.get(each["evidence"]), name)
        raise refused("change.study", f"{change}: {name}", "the study has no such file")

    @post("/{change:str}/notice", opt=MAY_PROPOSE, sync_to_thread=True)
    def notice(self, request: Asked, change: FromPath[str], data: Form) -> Response[Any]:
        """Publish the notice; shorter only as a named force majeure."""
        exception = None
        if data.get("ground"):
            exception = {name: data.get(name, "") for name in ("ground", "reason", "declared_by")}
        return _done(
            request, change, lambda changes, signer: changes.notice(signer, change, exception)
        )

    @post("/{change:str}/answer/{comment:str}", opt=MAY_PROPOSE, sync_to_thread=True)
    def answer(
        self, request: Asked, change: FromPath[str], comment: FromPath[str], data: Form
    ) -> Response[Any]:
        """Answer one comment."""
        return _done(
            request, change,
            lambda changes, signer: changes.answer(signer, comment, data.get("answer", "")),
        )  # fmt: skip

    @post("/{change:str}/decide", opt=MAY_DECIDE, sync_to_thread=True)
    def decide(self, request: Asked, change: FromPath[str], data: Form) -> Response[Any]:
        """Adopt or reject, by another person than the proposer."""
        outcome, reason = data.get("outcome", ""), data.get("reason", "")
        return _done(
            request, change, lambda changes, signer: changes.decide(signer, change, outcome, reason)
        )

    @post("/{change:str}/withdraw", opt=MAY_PROPOSE, sync_to_thread=True)
    def withdraw(self, request: Asked, change: FromPath[str], data: Form) -> Response[Any]:
        """Take a proposal back."""
        reason = data.get("reason", "")
        return _done(
            request, change, lambda changes, signer: changes.withdraw(signer, change, reason)
        )

    @post("/consultation", opt=MAY_PROPOSE, sync_to_thread=True)
    def consult(self, request: Asked, data: Form) -> Response[Any]:
        """Open the yearly consultation of a methodology."""
        named: list[str] = []

        def act(changes: Changes, signer: Signer) -> None:
            entries = changes.consult(
                signer, data.get("methodology", ""), _lines(data.get("questions", "")),
                data.get("title", "").strip(),
            )  # fmt: skip
            named.append(entries[-1].body["consultation"])

        try:
            _act(request, act)
        except Refused as problem:
            return _index(request, data, problem)
        return Redirect(f"/changes/office/{named[0]}", status_code=303)

    @post("/{change:str}/close", opt=MAY_DECIDE, sync_to_thread=True)
    def close(self, request: Asked, change: FromPath[str], data: Form) -> Response[Any]:
        """Close a consultation with its outcome."""
        outcome = data.get("outcome", "")
        return _done(
            request, change, lambda changes, signer: changes.close(signer, change, outcome)
        )


def _lines(text: str) -> list[str]:
    """One question a line."""
    return [each.strip() for each in text.splitlines() if each.strip()]


def _done(request: Asked, change: str, act: Act) -> Response[Any]:
    """Do it and show the change as it stands then; a refusal is shown on its page."""
    try:
        _act(request, act)
    except Refused as problem:
        return _file(request, change, problem)
    return Redirect(f"/changes/office/{change}", status_code=303)


def _index(request: Asked, given: dict[str, Any], problem: Refused | None = None) -> Response[Any]:
    changes = changes_in(house_of(request))
    today = changes.today()
    newest = {each.id: each for each in changes.library.documents()}
    with changes.ledger.read() as connection:
        rows = [shown(each, today) for each in reversed(book.changes_of(connection))]
        asked = book.consultations_of(connection)[::-1]
        dates = {
            name: consultation_dates(connection, each) for name, each in sorted(newest.items())
        }
    said = {name: text for name, text in given.items() if isinstance(text, str)}
    return page(
        request, "change_office.html", status_code=422 if problem else 200, rows=rows, asked=asked,
        dates=dates, today=today, alarms=alarms(changes), classes=changes.rules.classes,
        given=said, problems=_findings(problem),
    )  # fmt: skip


def _file(request: Asked, name: str, problem: Refused | None = None) -> Response[Any]:
    changes = changes_in(house_of(request))
    who = who_is(request)
    assert who is not None, "the guard lets nobody else in"
    with changes.ledger.read() as connection:
        asked = book.consultation_of(connection, name)
        comments = staff_comments(changes, connection, name, _may(request, PROPOSE))
        sent = letters_of(connection, name)
        for each in comments:
            each["sent"] = letters_of(connection, each["comment"])
    known = None if asked else shown(changes.known(name), changes.today())
    return page(
        request, "change_file.html", status_code=422 if problem else 200, change=known, asked=asked,
        comments=comments, sent=sent, name=name, today=changes.today(), problems=_findings(problem),
        days=notice_days(changes, known) if known and known["state"] == "proposed" else None,
        card=changes.rules.of(known["change_class"]) if known else None, grounds=FORCE_MAJEURE,
        place_in=places_in(request), letters=_letters(known, asked), proposer=known is not None and known["proposed_by"] == who.person.person,
    )  # fmt: skip


def _letters(known: dict[str, Any] | None, asked: dict[str, Any] | None) -> tuple[str, ...]:
    """The papers that there are by now."""
    if asked is not None:
        return CONSULTATION_LETTERS if asked["closed_on"] else CONSULTATION_LETTERS[:1]
    if known is None or known["notice_day"] is None:
        return ()
    return CHANGE_LETTERS if known["decided_at"] else CHANGE_LETTERS[:1]
