"""Book of evidence and submissions: what came in, its state, and what people decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import parse_instant, refused
from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Instant

evidence = sa.Table(
    "evidence",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("evidence", sa.Text, nullable=False, index=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("source", sa.Text),
    sa.Column("part_of", sa.Text),
    sa.Column("shredded_seq", sa.Integer),
)
submissions = sa.Table(
    "submissions",
    BOOK_TABLES,
    sa.Column("submission", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("pricing_date", sa.Date, index=True),
    sa.Column("series", sa.Text, index=True),
    sa.Column("contributor", sa.Text),
    sa.Column("kind", sa.Text),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("spans", sa.JSON, nullable=False),
    sa.Column("missing", sa.JSON, nullable=False),
    sa.Column("findings", sa.JSON, nullable=False),
    sa.Column("replaces", sa.Text),
    sa.Column("replaced_by", sa.Text),
    sa.Column("confirmed_seq", sa.Integer),
    sa.Column("confirmed_by", sa.Text),
)
judgements = sa.Table(
    "judgements",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("submission", sa.Text, nullable=False, index=True),
    sa.Column("pricing_date", sa.Date, nullable=False),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
)


@fold("evidence.archived/1")
def _archived(connection: Connection, entry: Entry) -> None:
    row = {**entry.body, "seq": entry.seq, "received_at": parse_instant(entry.body["received_at"])}
    connection.execute(evidence.insert(), row)


@fold("evidence.shredded/1")
def _shredded(connection: Connection, entry: Entry) -> None:
    where = sa.and_(
        evidence.c.evidence == entry.body["reference"], evidence.c.shredded_seq.is_(None)
    )
    connection.execute(evidence.update().where(where).values(shredded_seq=entry.seq))


def archived_last(connection: Connection, reference: str) -> int | None:
    """The entry that archived this evidence last, or None where none did."""
    query = sa.select(sa.func.max(evidence.c.seq)).where(evidence.c.evidence == reference)
    return connection.execute(query).scalar_one_or_none()


def _columns(fields: dict[str, Any]) -> dict[str, Any]:
    day = fields["pricing_date"]
    return {
        "pricing_date": date.fromisoformat(day) if day else None,
        "series": fields["series"],
        "contributor": fields["contributor"],
        "kind": fields["kind"],
        "fields": fields,
    }


@fold("submission.received/1")
def _received(connection: Connection, entry: Entry) -> None:
    body = entry.body
    row = {
        "submission": body["submission"],
        "seq": entry.seq,
        "state": "offered",
        "channel": body["channel"],
        "evidence": body["evidence"],
        "received_at": parse_instant(body["received_at"]),
        "recorded_at": entry.recorded_at,
        "spans": body["spans"],
        "missing": body["missing"],
        "findings": body["findings"],
        "replaces": body["replaces"],
        **_columns(body["fields"]),
    }
    connection.execute(submissions.insert(), row)


def _change(connection: Connection, entry: Entry, allowed: Sequence[str], **values: Any) -> None:
    name = entry.body["submission"]
    where = sa.and_(submissions.c.submission == name, submissions.c.state.in_(allowed))
    changed = connection.execute(submissions.update().where(where).values(**values)).rowcount
    if changed != 1:
        raise refused(
            "submission.state",
            f"{entry.kind} of {name}",
            f"the submission must be known and {' or '.join(allowed)}",
        )


@fold("submission.confirmed/1")
def _confirmed(connection: Connection, entry: Entry) -> None:
    body = entry.body
    values = {
        "state": "confirmed",
        "missing": body["missing"],
        "confirmed_seq": entry.seq,
        "confirmed_by": entry.actor,
        **_columns(body["fields"]),
    }
    _change(connection, entry, ("offered", "confirmed"), **values)


@fold("submission.withdrawn/1")
def _withdrawn(connection: Connection, entry: Entry) -> None:
    values = {"state": "withdrawn", "replaced_by": entry.body["replaced_by"]}
    _change(connection, entry, ("offered", "confirmed"), **values)


@fold("submission.discarded/1")
def _discarded(connection: Connection, entry: Entry) -> None:
    _change(connection, entry, ("offered", "confirmed"), state="discarded")


@fold("submission.judged/1")
def _judged(connection: Connection, entry: Entry) -> None:
    body = entry.body
    row = {**body, "pricing_date": date.fromisoformat(body["pricing_date"])}
    connection.execute(judgements.insert(), {**row, "seq": entry.seq, "actor": entry.actor})


def submissions_of(
    connection: Connection, day: date, series: str | None = None, states: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Submissions for a pricing date (and series), in recorded order, each with `judgement`.

    `judgement` is the latest discretionary act on it ({decision, code, words, actor, seq})
    or None. Rows carry every column of the table.
    """
    query = sa.select(submissions).where(submissions.c.pricing_date == day)
    if series is not None:
        query = query.where(submissions.c.series == series)
    if states:
        query = query.where(submissions.c.state.in_(states))
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    judged = sa.select(judgements).where(judgements.c.pricing_date == day)
    for row in connection.execute(judged.order_by(judgements.c.seq)).mappings():
        latest[row["submission"], row["series"]] = dict(row)
    found = []
    for row in connection.execute(query.order_by(submissions.c.seq)).mappings():
        judgement = latest.get((row["submission"], row["series"] or ""))
        if judgement and judgement["decision"] == "none":
            judgement = None
        found.append({**row, "judgement": judgement})
    return found


def unplaced_submissions(connection: Connection) -> list[dict[str, Any]]:
    """Offered submissions whose pricing date or series is not known yet."""
    unknown = sa.or_(submissions.c.pricing_date.is_(None), submissions.c.series.is_(None))
    query = sa.select(submissions).where(unknown, submissions.c.state == "offered")
    return [dict(row) for row in connection.execute(query.order_by(submissions.c.seq)).mappings()]
