"""Contributors as pages: the list, one firm's file with the acts on it, and a firm's own file.

Faces over `governance.contributors`; no rule lives here. Every look at a file is recorded
by the room itself before it is read.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args

from litestar import Controller, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect, Response

from assay.core import Refused, refused
from assay.governance import contributors as firms
from assay.governance.office import Office, office_of
from assay.ledger import Signer
from assay.ledger.kinds.contributors import Class, Status
from assay.ledger.kinds.files import Check, Document
from assay.web.fields import day_in, instant_in, some_day
from assay.web.house import House
from assay.web.pages import page
from assay.web.security import house_of, who_is
from assay.web.sign_in import Asked, Form

READ, WRITE = "governance:contributor:read", "governance:contributor:write"
OWN = "portal:file:read"
DOOR = "pages"
_LOGGED = {"logged": True}  # the room records the look itself
Upload = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
Said = Mapping[str, str]
#: What the selects of the forms offer: the words of the entry kinds.
CHOICES = {
    "class_": get_args(Class), "status": get_args(Status), "document": get_args(Document),
    "check": get_args(Check), "function": ("back_office", "trading", "sales", "management"),
    "outcome": ("passed", "failed"), "reference": ("good", "bad", "none"),
    "end": ("met", "refused", "unmet"), "boundary": ("cradle_to_gate", "non_cradle_to_gate"),
    "score": ("timeliness", "completeness", "share_of_days", "share_of_transactions",
              "distance_to_final", "corrections", "later_found_wrong", "selective_sending"),
}  # fmt: skip


def office_in(house: House) -> Office:
    """The office over a house: its ledger, roles, publication calendar and thresholds."""
    return office_of(house.ledger, house.reference, house.desk.calendars["CN"])


def asking(request: Asked) -> tuple[Office, str]:
    """The office, and the code of the signed-in person."""
    who = who_is(request)
    assert who is not None, "the guard lets nobody else in"
    person: str = who.person.person
    return office_in(house_of(request)), person


def signing(request: Asked) -> tuple[Office, Signer]:
    """The office, and the key of the signed-in person."""
    who, house = who_is(request), house_of(request)
    assert who is not None, "the guard lets nobody else in"
    return office_in(house), house.signer(who)


def words_in(said: Said, name: str) -> list[str]:
    """Codes written with blanks or commas between them."""
    return said.get(name, "").replace(",", " ").replace("，", " ").split()


# ---- acts: a form in, one act of the room out ------------------------------------------------


def _check(office: Office, signer: Signer, code: str, said: Said) -> Any:
    return firms.check(
        office, signer, code, said.get("check", ""), said.get("outcome", ""), said.get("words", ""),
        said.get("submitter") or None, said.get("document") or None,
    )  # fmt: skip


def _mandate(office: Office, signer: Signer, code: str, said: Said) -> Any:
    return firms.mandate(
        office, signer, code, said.get("submitter", "").strip(), said.get("name", ""),
        words_in(said, "series"), day_in(said.get("since"), "since"), some_day(said.get("until"), "until"),
        said.get("function", ""),
    )  # fmt: skip


def _end_mandate(office: Office, signer: Signer, code: str, said: Said) -> Any:
    until = day_in(said.get("until"), "until")
    words = said.get("words", "")
    return firms.end_mandate(office, signer, code, said.get("submitter", ""), until, words)


def _reference(office: Office, signer: Signer, code: str, said: Said) -> Any:
    return firms.reference(
        office, signer, code, said.get("referee", ""), said.get("outcome", ""),
        said.get("words", ""),
    )  # fmt: skip


def _alias(office: Office, signer: Signer, code: str, said: Said) -> Any:
    return firms.alias(
        office, signer, code, said.get("alias", "").strip(), day_in(said.get("since"), "since"),
        some_day(said.get("until"), "until"), said.get("channel") or None, said.get("submitter") or None,
    )  # fmt: skip


def _certificate(office: Office, signer: Signer, code: str, said: Said) -> Any:
    names = ("certificate", "footprint", "boundary", "issuer")
    body = {"contributor": code, **{name: said.get(name, "").strip() for name in names}}
    for name in ("valid_from", "valid_until"):
        body[name] = day_in(said.get(name), name).isoformat()
    return firms.file_certificate(office, signer, body)


def _withdraw(office: Office, signer: Signer, code: str, said: Said) -> Any:
    certificate = said.get("certificate", "")
    return firms.withdraw_certificate(office, signer, code, certificate, said.get("words", ""))


def _rectify(office: Office, signer: Signer, code: str, said: Said) -> Any:
    short = [name for name in CHOICES["score"] if said.get(f"short_{name}")]
    return firms.notice_rectification(office, signer, code, short, said.get("words", ""))[0]


def _end_rectification(office: Office, signer: Signer, code: str, said: Said) -> Any:
    outcome, words = said.get("outcome", ""), said.get("words", "")
    return firms.end_rectification(office, signer, code, outcome, words)[0]


def _in_words(act: Callable[[Office, Signer, str, str], Any]) -> Callable[..., Any]:
    def done(office: Office, signer: Signer, code: str, said: Said) -> Any:
        return act(office, signer, code, said.get("words", ""))

    return done


#: Acts on a file by the name of their form.
ACTS: dict[str, Callable[[Office, Signer, str, Said], Any]] = {
    "check": _check, "mandate": _mandate, "end_mandate": _end_mandate, "reference": _reference,
    "alias": _alias, "certificate": _certificate, "withdraw": _withdraw,
    "activate": _in_words(firms.activate), "rectify": _rectify,
    "end_rectification": _end_rectification, "terminate": _in_words(firms.terminate),
    "return": _in_words(firms.take_back),
}  # fmt: skip


def _paper(office: Office, signer: Signer, code: str, said: Mapping[str, Any]) -> Any:
    """A document or the agreement: the file that came with the form, or words alone."""
    sent = said.get("file")
    content = sent.file.read() if isinstance(sent, UploadFile) and sent.filename else b""
    named = sent.filename if isinstance(sent, UploadFile) else ""
    media_type = mimetypes.guess_type(named)[0] or "application/octet-stream"
    words = str(said.get("words", ""))
    if said.get("act") == "agree":
        return firms.agree(office, signer, code, words, content or None, media_type)
    return firms.file_document(
        office, signer, code, str(said.get("document", "")).strip(), str(said.get("type", "")),
        content, media_type, day_in(said.get("valid_from"), "valid_from"),
        some_day(said.get("valid_until"), "valid_until"), words,
    )  # fmt: skip


# ---- pages -----------------------------------------------------------------------------------


class ContributorPages(Controller):
    """Every firm, for the house."""

    path = "/contributors"

    @get("/", opt={"permission": READ}, sync_to_thread=True)
    def register(
        self,
        request: Asked,
        words: FromQuery[str] = "",
        status: FromQuery[str] = "",
        class_: FromQuery[str] = "",
        attention: FromQuery[str] = "",
    ) -> Response[Any]:
        """Every firm as it stands, what runs out, what is below standard; filtered."""
        asked = {"words": words, "status": status, "class_": class_, "attention": attention}
        return _list(request, asked)

    @post("/", opt={"permission": WRITE}, sync_to_thread=True)
    def apply(self, request: Asked, data: Form) -> Response[Any]:
        """Enter a firm that asks to be a contributor."""
        office, signer = signing(request)
        code = data.get("contributor", "").strip()
        card = {
            "contributor": code, "name": data.get("name", "").strip(),
            "name_zh": data.get("name_zh") or None, "group": data.get("group", "").strip(),
            "classes": [each for each in CHOICES["class_"] if data.get(f"class_{each}")],
            "series": words_in(data, "series"),
        }  # fmt: skip
        contact = {"name": data["escalation"]} if data.get("escalation") else None
        try:
            if not (code and card["name"] and card["group"] and card["classes"]):
                raise refused(
                    "contributor.card", code or "application", "give code, name, group and a class"
                )
            (entry, *_) = firms.apply(office, signer, card, data.get("words", ""), contact)
        except Refused as problem:
            return _list(request, {}, data, problem)
        return Redirect(f"/contributors/{code}?done={entry.seq}", status_code=303)

    @get("/{contributor:str}", opt={"permission": READ, **_LOGGED}, sync_to_thread=True)
    def file(
        self,
        request: Asked,
        contributor: FromPath[str],
        known_at: FromQuery[str | None] = None,
        done: FromQuery[str] = "",
    ) -> Response[Any]:
        """One firm's file, as it stands or as known at an instant."""
        return _file(request, contributor, known_at=known_at, done=done)

    @get("/{contributor:str}/paper", opt={"permission": READ, **_LOGGED}, sync_to_thread=True)
    def paper(
        self, request: Asked, contributor: FromPath[str], name: FromQuery[str] = ""
    ) -> Response[bytes]:
        """A paper of the file, to be saved, never rendered."""
        office, person = asking(request)
        return _saved(firms.paper_of(office, person, contributor, name, DOOR), name)

    @post("/{contributor:str}/acts/{act:str}", opt={"permission": WRITE, **_LOGGED}, sync_to_thread=True)  # fmt: skip
    def act(
        self, request: Asked, contributor: FromPath[str], act: FromPath[str], data: Form
    ) -> Response[Any]:
        """An act on the file; a refusal is shown above the form it came from."""
        if act not in ACTS:
            raise refused("act.unknown", act, f"acts: {', '.join(ACTS)}")
        return _done(request, contributor, act, data, ACTS[act])

    @post("/{contributor:str}/papers", opt={"permission": WRITE, **_LOGGED}, sync_to_thread=True)
    def papers(
        self, request: Asked, contributor: FromPath[str], data: Upload
    ) -> Response[Any]:  # fmt: skip
        """A document with its validity, or the agreement."""
        act = "agree" if data.get("act") == "agree" else "document"
        return _done(request, contributor, act, data, _paper)


def _done(
    request: Asked, contributor: str, act: str, data: Mapping[str, Any], do: Callable[..., Any]
) -> Response[Any]:
    office, signer = signing(request)
    try:
        entry = do(office, signer, contributor, data)
    except Refused as problem:
        given = {name: text for name, text in data.items() if isinstance(text, str)}
        return _file(request, contributor, given=given, act=act, problem=problem)
    return Redirect(f"/contributors/{contributor}?done={entry.seq}", status_code=303)


def _saved(content: bytes, name: str) -> Response[bytes]:
    saved = f'attachment; filename="{name.removeprefix("sha256:")[:16]}"'
    return Response(
        content,
        media_type="application/octet-stream",
        headers={"content-disposition": saved},
    )


def _list(
    request: Asked, asked: Said, given: Said | None = None, problem: Refused | None = None
) -> Response[Any]:
    office, person = asking(request)
    rows = firms.register(
        office, person, status=asked.get("status", ""), class_=asked.get("class_", ""),
        words=asked.get("words", ""), attention=bool(asked.get("attention")),
    )  # fmt: skip
    return page(
        request, "contributors.html", status_code=422 if problem else 200, rows=rows, asked=asked,
        choices=CHOICES, given=given or {}, problem=problem.finding if problem else None,
    )  # fmt: skip


def _file(
    request: Asked, contributor: str, *, known_at: str | None = None, done: str = "",
    given: Said | None = None, act: str = "", problem: Refused | None = None,
) -> Response[Any]:  # fmt: skip
    office, person = asking(request)
    instant = instant_in(known_at, house_of(request).zone)
    found = firms.readable_file(office, person, contributor, instant, DOOR)
    first, last = firms.usual_span(office)
    scores = firms.readable_scores(office, person, contributor, first, last)[contributor]
    open_acts = firms.acts_open(
        found["card"]["status"], rectifying=found["rectification"] is not None
    )
    return page(
        request, "contributor.html", status_code=422 if problem else 200,
        **_shown(found), scores=scores,
        clocks=[] if instant else firms.clocks_today(office, contributor),
        first=first, last=last, open_acts=open_acts, choices=CHOICES, today=office.today(),
        known_at=known_at or "", done=done, given=given or {}, act=act,
        problem=problem.finding if problem else None,
    )  # fmt: skip


def _shown(found: Mapping[str, Any]) -> dict[str, Any]:
    """A file as the templates want it: papers by what they are, every field there."""
    blank: dict[str, Any] = dict.fromkeys(("name", "since", "until", "actor", "named"))
    papers: dict[str, Any] = {}
    for row in found["papers"]:
        papers.setdefault(row["what"], []).append({**blank, **row})
    return {
        "found": found, "papers": papers,
        "aliases": [{"channel": None, "until": None, **row} for row in found["aliases"]],
        "holding": {row["seq"] for row in found["certificates"]},
    }  # fmt: skip


class OwnPages(Controller):
    """The file of the firm that mandated whoever is signed in, for its people, on a phone."""

    path = "/portal/file"

    @get("/", opt={"permission": OWN, **_LOGGED}, sync_to_thread=True)
    def file(self, request: Asked) -> Response[Any]:
        """What the house holds of the firm: notices, scores, data of the last days, papers."""
        office, person = asking(request)
        found = firms.readable_file(office, person, None, None, DOOR)
        code = found["contributor"]
        return page(
            request, "own_file.html", **_shown(found), today=office.today(),
            clocks=firms.clocks_today(office, code),
            scores=firms.readable_scores(office, person, code)[code],
            rows=firms.own_submissions(office, person),
        )  # fmt: skip

    @get("/paper", opt={"permission": OWN, **_LOGGED}, sync_to_thread=True)
    def paper(self, request: Asked, name: FromQuery[str] = "") -> Response[bytes]:
        """A paper that the firm handed in, to be saved."""
        office, person = asking(request)
        found = firms.readable_file(office, person, None, None, DOOR)
        return _saved(firms.paper_of(office, person, found["contributor"], name, DOOR), name)
