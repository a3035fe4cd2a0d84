"""The comment editor: two languages side by side, every number a chip of its fact.

The analyst writes a small document; the page shows what the commentary makes of it, its
findings in place, and what changed since the last draft. Drafting, approving and
publishing are the commentary's own acts, bound to the content.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from assay.commentary.acts import (
    approve_comment,
    changed_since,
    draft_comment,
    next_revision,
    publish_comment,
)
from assay.commentary.build import Built, build_from, render
from assay.commentary.build import House as Reports
from assay.commentary.compose import Comment, Span
from assay.commentary.figures import value_text
from assay.core import Refused, refused
from assay.ledger import Ledger
from assay.ledger.book.comments import comments_of, live_comment, published_comment
from assay.web.desk_pages import day_of
from assay.web.house import House
from assay.web.pages import page
from assay.web.security import house_of, who_is
from assay.web.sign_in import Asked, Form

DEFAULT = "cast-alloy-morning"
#: What an empty editor opens with: the parts a document may have, all of them asleep.
SKELETON = """report = "{report}"
date = {day}
analyst = "{person}"

# [[news]]
# source = "who said it, and when"
# en = "..."
# zh = "..."

# [[prose]]
# section = "summary"
# en = "..."
# zh = "..."

# [tags]
# demand = "weak"
# [tags.evidence]
# weak = "where this is seen"

# [outlook]
# tag = "rangebound"
# horizon = "short_term"
"""
LANGUAGES = ("en", "zh")
#: The preview is the comment's own page: its style stands inside it, and it runs no script.
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
)


def reports_of(house: House, report: str) -> Reports:
    """The specification, phrases and calendar of a report."""
    calendar = house.desk.calendars.get("cn-publication")
    return Reports.load(house.reference, report, calendar)


def kept_document(ledger: Ledger, row: dict[str, Any] | None) -> str:
    """The analyst's document of a draft, as text."""
    if row is None or not row.get("editorial"):
        return ""
    return ledger.evidence.get(row["editorial"]).decode("utf-8", "replace")


def built_with(house: House, reports: Reports, day: date, document: str, reason: str = "") -> Built:
    """The comment of `day` with this document, in both languages, nothing rendered yet."""
    revision = next_revision(house.ledger, reports.report.id, day)
    given: dict[str, Any] = {"formats": (), "revision": revision, "reason": reason}
    if not document.strip():
        return build_from(house.ledger, reports, day, **given)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "comment.toml"
        path.write_text(document, encoding="utf-8")
        return build_from(house.ledger, reports, day, editorial=path, **given)


def chip_of(comment: Comment, span: Span) -> str:
    """What a chip says of its fact when somebody points at it."""
    fact = comment.facts.facts.get(span.fact) if span.fact else None
    if fact is None:
        return span.typed
    parts = [fact.key, fact.unit, fact.series, str(fact.as_of or ""), f"rev {fact.revision}"]
    return " · ".join(each for each in parts if each)


def skeleton(request: Asked, report: str, day: date) -> str:
    """The document an analyst begins with; nobody else needs one."""
    who = who_is(request)
    person = who.person.person if who else ""
    return SKELETON.format(report=report, day=day.isoformat(), person=person)


def offered(built: Built) -> list[tuple[str, str]]:
    """Every fact of the day that a document may refer to: its key and how a row prints it."""
    return [(fact.key, value_text(fact)) for fact in built.facts if value_text(fact)]


def editor_context(
    request: Asked,
    report: str,
    day: date,
    document: str | None = None,
    problem: Refused | None = None,
) -> dict[str, Any]:
    """What the editor shows: the comment as it would be now, and where it stands."""
    house = house_of(request)
    reports = reports_of(house, report)
    with house.ledger.read() as connection:
        live = live_comment(connection, report, day)
        out = published_comment(connection, report, day)
    text = document if document is not None else kept_document(house.ledger, live or out)
    text = text or skeleton(request, report, day)
    built = built_with(house, reports, day, text)
    return {
        "report": report,
        "day": day,
        "document": text,
        "built": built,
        "live": live,
        "out": out,
        "chip": chip_of,
        "offered": offered(built),
        "changed": changed_since(house.ledger, built),
        "fresh": live is None or live["content"] != built.content,
        "mine": live is not None
        and (who := who_is(request))
        and live["drafted_by"] == who.person.person,
        "problem": problem.finding if problem else None,
    }


class CommentPages(Controller):
    """The daily comment, from facts to a published page."""

    path = "/comment"

    @get("/", opt={"permission": "commentary:comment:read"}, sync_to_thread=True)
    def index(self, request: Asked) -> Response[Any]:
        """Every comment and where it stands."""
        house = house_of(request)
        with house.ledger.read() as connection:
            rows = comments_of(connection)
        known = sorted(each.stem for each in (house.reference / "reports").glob("*.toml"))
        return page(
            request, "comment_index.html", rows=rows, reports=known, today=house.desk.today()
        )

    @get("/{report:str}", opt={"permission": "commentary:comment:read"}, sync_to_thread=True)
    def editor(
        self, request: Asked, report: FromPath[str], day: FromQuery[str | None] = None
    ) -> Response[Any]:
        """The editor of one comment."""
        context = editor_context(request, report, day_of(day, request))
        return page(request, "comment.html", **context)

    @get(
        "/{report:str}/preview", opt={"permission": "commentary:comment:read"}, sync_to_thread=True
    )
    def preview(
        self,
        request: Asked,
        report: FromPath[str],
        day: FromQuery[str | None] = None,
        lang: FromQuery[str] = "en",
    ) -> Response[Any]:
        """The page as readers will see it."""
        house, when = house_of(request), day_of(day, request)
        if lang not in LANGUAGES:
            raise refused("comment.language", lang, f"languages: {', '.join(LANGUAGES)}")
        reports = reports_of(house, report)
        with house.ledger.read() as connection:
            live = live_comment(connection, report, when) or published_comment(
                connection, report, when
            )
        built = built_with(house, reports, when, kept_document(house.ledger, live))
        files = render({lang: built.comments[lang]}, reports, ("html",))
        return Response(
            next(iter(files.values())),
            media_type="text/html",
            headers={"content-security-policy": PREVIEW_POLICY},
        )

    @post(
        "/{report:str}/check", opt={"permission": "commentary:comment:write"}, sync_to_thread=True
    )
    def check(self, request: Asked, report: FromPath[str], data: Form) -> Response[Any]:
        """Show what the document makes of the facts; writes nothing."""
        context = editor_context(
            request, report, day_of(data.get("day"), request), data.get("document", "")
        )
        return page(request, "comment_live.html", **context)

    @post(
        "/{report:str}/draft", opt={"permission": "commentary:comment:write"}, sync_to_thread=True
    )
    def draft(self, request: Asked, report: FromPath[str], data: Form) -> Response[Any]:
        """Put the comment up for another person; refused while the checker blocks it."""
        day, document = day_of(data.get("day"), request), data.get("document", "")
        return self._act(
            request, report, day, document, lambda: _draft(request, report, day, document, data)
        )

    @post(
        "/{report:str}/approve", opt={"permission": "commentary:comment:approve"},
        sync_to_thread=True,
    )  # fmt: skip
    def approve(self, request: Asked, report: FromPath[str], data: Form) -> Response[Any]:
        """Approve exactly the content that was shown, and publish it."""
        day = day_of(data.get("day"), request)
        return self._act(request, report, day, None, lambda: _approve(request, report, day, data))

    def _act(
        self, request: Asked, report: str, day: date, document: str | None, act: Any
    ) -> Response[Any]:
        problem = None
        try:
            act()
        except Refused as caught:
            problem = caught
        if request.headers.get("hx-request"):
            context = editor_context(request, report, day, document, problem)
            status = 422 if problem else 200
            return page(request, "comment_live.html", status_code=status, **context)
        if problem:
            raise problem
        return Redirect(f"/comment/{report}?day={day}", status_code=303)


def _draft(request: Asked, report: str, day: date, document: str, data: Form) -> None:
    house, who = house_of(request), who_is(request)
    assert who is not None, "the guard lets nobody else in"
    reports, signer = reports_of(house, report), house.signer(who)
    built = built_with(house, reports, day, document, data.get("reason", ""))
    built = replace(built, files=render(built.comments, reports))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "comment.toml"
        path.write_text(document, encoding="utf-8")
        draft_comment(
            house.ledger, built, actor=signer.person, signer=signer,
            editorial=path if document.strip() else None, reason=data.get("reason", ""),
        )  # fmt: skip


def _approve(request: Asked, report: str, day: date, data: Form) -> None:
    house, who = house_of(request), who_is(request)
    assert who is not None, "the guard lets nobody else in"
    signer, content = house.signer(who), data.get("content", "")
    words = data.get("words", "")
    approve_comment(
        house.ledger, report, day, content, actor=signer.person, signer=signer, words=words
    )
    publish_comment(house.ledger, report, day, actor=signer.person, signer=signer)
