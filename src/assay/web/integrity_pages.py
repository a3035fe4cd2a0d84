"""Integrity as pages: reports in confidence, declarations, flags of surveillance.

Faces over `governance.integrity`; who may see, answer or close what is decided there.
Whoever opens a report or a flag leaves an entry before he reads it.
"""

from __future__ import annotations

from typing import Any, get_args

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from assay.core import Refused
from assay.governance.integrity import declaring, pressure, surveillance
from assay.governance.integrity.evidence import opened_flag
from assay.ledger.kinds.integrity import Interest
from assay.web.contributor_pages import Said, asking, signing, words_in
from assay.web.fields import day_in, some_day
from assay.web.pages import page
from assay.web.sign_in import Asked, Form

REPORT, TAKE = pressure.REPORT, pressure.READ
DECLARE, SIGN = declaring.FILE, declaring.SIGN
WATCH, CLOSE = surveillance.READ, surveillance.CLOSE
DOOR = "pages"
_LOGGED = {"logged": True}  # the room records the look itself
MANNERS = ("force", "threat", "inducement", "other")
OUTCOMES = ("confirmed", "not_confirmed", "passed_on")
FLAG_OUTCOMES = ("misconduct", "error", "explained", "false_alarm")


class ReportPages(Controller):
    """Force, threat, inducement: told in confidence, on a clock."""

    path = "/integrity"

    @get("/", opt={"permission": REPORT}, sync_to_thread=True)
    def reports(self, request: Asked, done: FromQuery[str] = "") -> Response[Any]:
        """The form, and the reports that one may know of, without their words."""
        return _reports(request, done=done)

    @post("/", opt={"permission": REPORT}, sync_to_thread=True)
    def report(self, request: Asked, data: Form) -> Response[Any]:
        """Report in confidence."""
        office, signer = signing(request)
        try:
            entry = pressure.report(
                office, signer, data.get("manner", ""), data.get("words", ""),
                contributor=data.get("contributor") or None, against=data.get("against") or None,
                series=words_in(data, "series"),
            )  # fmt: skip
        except Refused as problem:
            return _reports(request, given=data, problem=problem)
        return Redirect(f"/integrity?done={entry.body['report']}", status_code=303)

    @get("/reports/{report:str}", opt={"permission": REPORT, **_LOGGED}, sync_to_thread=True)
    def opened(self, request: Asked, report: FromPath[str]) -> Response[Any]:
        """One report with its words and its history; the look is recorded."""
        return _report(request, report)

    @post("/reports/{report:str}/answer", opt={"permission": TAKE, **_LOGGED}, sync_to_thread=True)
    def answer(self, request: Asked, report: FromPath[str], data: Form) -> Response[Any]:
        """Take a report up."""
        office, signer = signing(request)
        try:
            pressure.answer(office, signer, report, data.get("words", ""))
        except Refused as problem:
            return _report(request, report, data, "answer", problem)
        return Redirect(f"/integrity/reports/{report}", status_code=303)

    @post("/reports/{report:str}/close", opt={"permission": TAKE, **_LOGGED}, sync_to_thread=True)
    def close(self, request: Asked, report: FromPath[str], data: Form) -> Response[Any]:
        """Close a report with its outcome."""
        office, signer = signing(request)
        try:
            pressure.close(office, signer, report, data.get("outcome", ""), data.get("words", ""))
        except Refused as problem:
            return _report(request, report, data, "close", problem)
        return Redirect(f"/integrity/reports/{report}", status_code=303)


def _reports(
    request: Asked, *, done: str = "", given: Said | None = None, problem: Refused | None = None
) -> Response[Any]:
    office, person = asking(request)
    rows = pressure.listed(office, person)[::-1]
    rows.sort(key=lambda row: (row["state"] == "closed", row["due"] or row["close_by"]))
    return page(
        request, "integrity_reports.html", status_code=422 if problem else 200, rows=rows,
        done=next((row for row in rows if row["report"] == done), None), manners=MANNERS,
        people=[each for each in pressure.staff(office) if each != person],
        given=given or {}, problem=problem.finding if problem else None,
    )  # fmt: skip


def _report(
    request: Asked, name: str, given: Said | None = None, act: str = "",
    problem: Refused | None = None,
) -> Response[Any]:  # fmt: skip
    office, person = asking(request)
    row = pressure.opened(office, person, name, DOOR)
    return page(
        request, "integrity_report.html", status_code=422 if problem else 200, row=row,
        outcomes=OUTCOMES, mine=row["reporter"] == person, given=given or {}, act=act,
        problem=problem.finding if problem else None,
    )  # fmt: skip


class DeclarationPages(Controller):
    """Interests of the house's own people, renewed every year; who is kept from which series."""

    path = "/integrity/declarations"

    @get("/", opt={"permission": DECLARE}, sync_to_thread=True)
    def register(self, request: Asked) -> Response[Any]:
        """One's own declarations, and everybody's for compliance."""
        return _declarations(request)

    @post("/", opt={"permission": DECLARE}, sync_to_thread=True)
    def declare(self, request: Asked, data: Form) -> Response[Any]:
        """Declare an interest of one's own, or that there is none."""
        office, signer = signing(request)
        try:
            declaring.declare(
                office, signer, data.get("interest", ""), series=words_in(data, "series"),
                words=data.get("words", ""), contributor=data.get("contributor") or None,
                amount=data.get("amount") or None, renews=data.get("renews") or None,
            )  # fmt: skip
        except Refused as problem:
            return _declarations(request, data, "declare", problem)
        return Redirect("/integrity/declarations", status_code=303)

    @post("/end", opt={"permission": DECLARE}, sync_to_thread=True)
    def end(self, request: Asked, data: Form) -> Response[Any]:
        """Say that an interest is gone after a day."""
        office, signer = signing(request)
        try:
            until = day_in(data.get("until"), "until")
            name, words = data.get("declaration", ""), data.get("words", "")
            declaring.end_interest(office, signer, name, until, words)
        except Refused as problem:
            return _declarations(request, data, "end", problem)
        return Redirect("/integrity/declarations", status_code=303)

    @post("/supervise", opt={"permission": SIGN}, sync_to_thread=True)
    def supervise(self, request: Asked, data: Form) -> Response[Any]:
        """Name who supervises a person."""
        office, signer = signing(request)
        try:
            declaring.supervise(
                office, signer, data.get("person", ""), data.get("supervisor", ""),
                day_in(data.get("since"), "since"),
            )  # fmt: skip
        except Refused as problem:
            return _declarations(request, data, "supervise", problem)
        return Redirect("/integrity/declarations", status_code=303)

    @post("/review", opt={"permission": SIGN}, sync_to_thread=True)
    def review(self, request: Asked, data: Form) -> Response[Any]:
        """Sign that a person is fit to assess series."""
        office, signer = signing(request)
        try:
            declaring.review(
                office, signer, data.get("person", ""), words_in(data, "series"),
                data.get("words", ""),
            )  # fmt: skip
        except Refused as problem:
            return _declarations(request, data, "review", problem)
        return Redirect("/integrity/declarations", status_code=303)


def _declarations(
    request: Asked, given: Said | None = None, act: str = "", problem: Refused | None = None
) -> Response[Any]:
    office, person = asking(request)
    rows = declaring.register(office, person)
    return page(
        request, "integrity_declarations.html", status_code=422 if problem else 200,
        mine=[row for row in rows if row["person"] == person],
        others=[row for row in rows if row["person"] != person],
        people=declaring.standing(office, person), kept=declaring.kept_from(office, person),
        interests=get_args(Interest), today=office.today(), given=given or {}, act=act,
        problem=problem.finding if problem else None,
    )  # fmt: skip


class FlagPages(Controller):
    """What surveillance saw, strongest first, and what a person found it to be."""

    path = "/integrity/flags"

    @get("/", opt={"permission": WATCH}, sync_to_thread=True)
    def flags(
        self,
        request: Asked,
        shown: FromQuery[str] = "open",
        detector: FromQuery[str] = "",
        subject: FromQuery[str] = "",
        series: FromQuery[str] = "",
        since: FromQuery[str] = "",
        until: FromQuery[str] = "",
    ) -> Response[Any]:
        """The ranked list, filtered."""
        office, person = asking(request)
        asked = {
            "shown": shown, "detector": detector, "subject": subject, "series": series,
            "since": since, "until": until,
        }  # fmt: skip
        rows = surveillance.flags_for(
            office, person, state=shown, detector=detector, subject=subject.strip(),
            series=series.strip(), since=some_day(asked.get("since"), "since"), until=some_day(asked.get("until"), "until"),
        )  # fmt: skip
        detectors = sorted({row["detector"] for row in surveillance.flags_for(office, person, state="all")})  # fmt: skip
        return page(
            request, "integrity_flags.html", rows=rows, asked=asked, detectors=detectors
        )  # fmt: skip

    @get("/{flag:str}", opt={"permission": WATCH, **_LOGGED}, sync_to_thread=True)
    def opened(self, request: Asked, flag: FromPath[str]) -> Response[Any]:
        """One flag with the evidence that its links lead to; the look is recorded."""
        return _flag(request, flag)

    @post("/{flag:str}/close", opt={"permission": CLOSE, **_LOGGED}, sync_to_thread=True)
    def close(self, request: Asked, flag: FromPath[str], data: Form) -> Response[Any]:
        """Close a flag: what it was, in words."""
        office, signer = signing(request)
        try:
            surveillance.close_flag(
                office, signer, flag, data.get("outcome", ""), data.get("words", "")
            )
        except Refused as problem:
            return _flag(request, flag, data, problem)
        return Redirect(f"/integrity/flags/{flag}", status_code=303)


def _flag(
    request: Asked, name: str, given: Said | None = None, problem: Refused | None = None
) -> Response[Any]:
    office, person = asking(request)
    return page(
        request, "integrity_flag.html", status_code=422 if problem else 200,
        flag=opened_flag(office, person, name, DOOR), outcomes=FLAG_OUTCOMES, given=given or {},
        problem=problem.finding if problem else None,
    )  # fmt: skip
