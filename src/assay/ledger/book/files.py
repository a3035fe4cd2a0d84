"""Book of contributors' files: every paper, check, reference, agreement and certificate.

One table: what it is, of whom, from when until when, who stands for it. A row is never
replaced; what ends a row says so by its own entry.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.ledger.book.contributors import contributors, statuses, submitters
from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Instant

papers = sa.Table(
    "contributor_papers",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("contributor", sa.Text, nullable=False, index=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("since", sa.Date),
    sa.Column("until", sa.Date),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
)

#: kind -> (what, field that names it, field of its first day, field of its last day)
_SHAPES = {
    "contributor.applied/1": ("application", None, "day", None),
    "contributor.document_filed/1": ("document", "document", "valid_from", "valid_until"),
    "contributor.checked/1": ("check", "check", None, None),
    "contributor.reference_taken/1": ("reference", None, None, None),
    "contributor.agreed/1": ("agreement", None, "day", None),
    "contributor.rectification_noticed/1": ("rectification", None, "since", "deadline"),
    "contributor.rectification_ended/1": ("rectification_end", "outcome", "since", None),
    "certificate.filed/1": ("certificate", "certificate", "valid_from", "valid_until"),
    "certificate.withdrawn/1": ("certificate_end", "certificate", "since", None),
    "submitter.mandate_ended/1": ("mandate_end", "submitter", None, "until"),
    "submitter.alias_added/1": ("submitter_alias", "submitter", "since", "until"),
}


def _day(entry: Entry, field: str | None) -> date | None:
    text = entry.body[field] if field else None
    return date.fromisoformat(text) if text else None


@fold(*_SHAPES)
def _filed(connection: Connection, entry: Entry) -> None:
    what, name, since, until = _SHAPES[entry.kind]
    code = entry.body["contributor"]
    known = sa.select(contributors.c.seq).where(contributors.c.contributor == code).limit(1)
    if connection.execute(known).first() is None:
        raise refused("contributor.unknown", code, "register it first: assay contributor apply")
    row = {
        "seq": entry.seq, "contributor": code, "what": what,
        "name": entry.body[name] if name else None, "since": _day(entry, since),
        "until": _day(entry, until), "content": entry.body, "actor": entry.actor,
        "recorded_at": entry.recorded_at,
    }  # fmt: skip
    connection.execute(papers.insert(), row)


@fold("submitter.mandate_ended/1")
def _mandate_ended(connection: Connection, entry: Entry) -> None:
    until = date.fromisoformat(entry.body["until"])
    held = sa.and_(
        submitters.c.contributor == entry.body["contributor"],
        submitters.c.submitter == entry.body["submitter"],
        sa.or_(submitters.c.until.is_(None), submitters.c.until > until),
    )
    changed = connection.execute(submitters.update().where(held).values(until=until)).rowcount
    if not changed:
        raise refused(
            "submitter.no_mandate",
            f"{entry.body['submitter']} of {entry.body['contributor']} on {until}",
            "no mandate of his reaches beyond this day",
        )


def papers_of(
    connection: Connection,
    contributor: str | None = None,
    what: str | None = None,
    known_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """Rows of a firm's file (or of all firms) in recorded order, as known at an instant."""
    query = sa.select(papers).order_by(papers.c.seq)
    if contributor is not None:
        query = query.where(papers.c.contributor == contributor)
    if what is not None:
        query = query.where(papers.c.what == what)
    if known_at is not None:
        query = query.where(papers.c.recorded_at <= known_at)
    return [dict(row) for row in connection.execute(query).mappings()]


def statuses_of(connection: Connection, contributor: str) -> list[dict[str, Any]]:
    """Every status of a firm by the day it began."""
    query = sa.select(statuses).where(statuses.c.contributor == contributor)
    rows = connection.execute(query.order_by(statuses.c.since, statuses.c.seq)).mappings()
    return [dict(row) for row in rows]


def rectification_of(connection: Connection, contributor: str) -> dict[str, Any] | None:
    """The notice of rectification that is running, or None."""
    open_notice: dict[str, Any] | None = None
    for row in papers_of(connection, contributor):
        if row["what"] == "rectification":
            open_notice = row
        elif row["what"] == "rectification_end":
            open_notice = None
    return open_notice


def certificates_on(
    connection: Connection, day: date, contributor: str | None = None
) -> list[dict[str, Any]]:
    """The certificates that hold on `day` (filed, not withdrawn, within validity)."""
    held: dict[tuple[str, str], dict[str, Any]] = {}
    for row in papers_of(connection, contributor):
        key = (row["contributor"], row["name"])
        if row["what"] == "certificate":
            held[key] = row
        elif row["what"] == "certificate_end" and row["since"] <= day:
            held.pop(key, None)
    return [row for row in held.values() if row["since"] <= day <= row["until"]]


def submitter_on(connection: Connection, submitter: str, day: date) -> str | None:
    """The firm that this submitter may submit for on `day`, or None."""
    query = (
        sa.select(submitters.c.contributor)
        .where(submitters.c.submitter == submitter, submitters.c.since <= day)
        .where(sa.or_(submitters.c.until.is_(None), submitters.c.until >= day))
        .order_by(submitters.c.seq.desc())
        .limit(1)
    )
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found
