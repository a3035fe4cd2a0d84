"""Book of comments: drafts, approvals, published revisions; nobody approves his own.

A new draft voids the one before it. What is published is exactly what was approved.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import parse_instant, refused
from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Instant

comments = sa.Table(
    "comments",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("report", sa.Text, nullable=False, index=True),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("languages", sa.JSON, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("editorial", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("series", sa.JSON, nullable=False),
    sa.Column("drafted_by", sa.Text, nullable=False),
    sa.Column("approved_by", sa.Text),
    sa.Column("published_at", Instant),
    sa.Column("published_seq", sa.Integer),
)

#: The states of a draft: the last two are ends.
STATES = ("drafted", "approved", "void", "published")


def _place(entry: Entry) -> str:
    return f"{entry.body['report']} of {entry.body['day']}, revision {entry.body['revision']}"


@fold("comment.drafted/1")
def _drafted(connection: Connection, entry: Entry) -> None:
    body = entry.body
    day = date.fromisoformat(body["day"])
    before = published_comment(connection, body["report"], day)
    due = 0 if before is None else before["revision"] + 1
    if body["revision"] != due:
        raise refused("comment.revision", _place(entry), f"the next one is revision {due}")
    if due and not body["reason"]:
        raise refused("comment.reason", _place(entry), "a correction names its reason")
    live = sa.and_(
        comments.c.report == body["report"],
        comments.c.day == day,
        comments.c.state.in_(("drafted", "approved")),
    )
    connection.execute(comments.update().where(live).values(state="void"))
    row = {
        "seq": entry.seq, "report": body["report"], "day": day, "revision": body["revision"],
        "state": "drafted", "content": body["content"], "languages": body["languages"],
        "files": body["files"], "facts": body["facts"], "editorial": body["editorial"],
        "reason": body["reason"], "series": body.get("series", []), "drafted_by": entry.actor,
    }  # fmt: skip
    connection.execute(comments.insert(), row)


@fold("comment.approved/1")
def _approved(connection: Connection, entry: Entry) -> None:
    draft = _live(connection, entry, "drafted")
    if draft["drafted_by"] == entry.actor:
        raise refused(
            "review.same_person",
            _place(entry),
            "nobody approves what he wrote: another person must",
        )
    connection.execute(
        comments.update()
        .where(comments.c.seq == draft["seq"])
        .values(state="approved", approved_by=entry.actor)
    )


@fold("comment.published/1")
def _published(connection: Connection, entry: Entry) -> None:
    draft = _live(connection, entry, "approved")
    if entry.body["files"] != draft["files"] or entry.body["languages"] != draft["languages"]:
        raise refused("comment.differs", _place(entry), "publish exactly what was approved")
    moment = parse_instant(entry.body["published_at"])
    connection.execute(
        comments.update()
        .where(comments.c.seq == draft["seq"])
        .values(state="published", published_at=moment, published_seq=entry.seq)
    )


def _live(connection: Connection, entry: Entry, state: str) -> dict[str, Any]:
    draft = live_comment(connection, entry.body["report"], date.fromisoformat(entry.body["day"]))
    if (
        draft is None
        or draft["content"] != entry.body["content"]
        or draft["revision"] != entry.body["revision"]
    ):
        raise refused(
            "comment.void",
            _place(entry),
            "the content changed after it was opened: look at the present draft",
        )
    if draft["state"] != state:
        raise refused(
            "comment.state", _place(entry), f"it is {draft['state']}, it should be {state}"
        )
    return draft


def live_comment(connection: Connection, report: str, day: date) -> dict[str, Any] | None:
    """The draft in work (drafted or approved) of a report's day, or None."""
    return _latest(connection, report, day, ("drafted", "approved"))


def published_comment(connection: Connection, report: str, day: date) -> dict[str, Any] | None:
    """The newest published revision of a report's day, or None."""
    return _latest(connection, report, day, ("published",))


def _latest(
    connection: Connection, report: str, day: date, states: tuple[str, ...]
) -> dict[str, Any] | None:
    query = (
        sa.select(comments)
        .where(comments.c.report == report, comments.c.day == day, comments.c.state.in_(states))
        .order_by(comments.c.revision.desc(), comments.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def comments_of(connection: Connection, report: str | None = None) -> list[dict[str, Any]]:
    """Every comment row by day, revision and entry; of one report when named."""
    query = sa.select(comments).order_by(comments.c.day, comments.c.revision, comments.c.seq)
    if report is not None:
        query = query.where(comments.c.report == report)
    return [dict(row) for row in connection.execute(query).mappings()]
