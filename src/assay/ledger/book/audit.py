"""Book of the auditor's room: the access log, samples, reproductions, signed and run controls."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Instant

views = sa.Table(
    "record_views",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("view", sa.Text, nullable=False),
    sa.Column("about", sa.JSON, nullable=False),
    sa.Column("door", sa.Text, nullable=False),
    sa.Column("known_at", sa.Text),
    sa.Column("recorded_at", Instant, nullable=False),
)
samples = sa.Table(
    "audit_samples",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("seed", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("chosen", sa.JSON, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
)
reproductions = sa.Table(
    "reproductions",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("pricing_date", sa.Date, nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
)
signatures = sa.Table(
    "control_signatures",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("control", sa.Text, nullable=False, index=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text),
    sa.Column("recorded_at", Instant, nullable=False),
)
tests = sa.Table(
    "control_tests",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("head", sa.Integer, nullable=False),
    sa.Column("summary", sa.JSON, nullable=False),
    sa.Column("results", sa.JSON, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
)
audits = sa.Table(
    "audits",
    BOOK_TABLES,
    sa.Column("audit", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("auditor", sa.Text, nullable=False),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("last", sa.Date, nullable=False),
    sa.Column("completed_on", sa.Date, nullable=False),
    sa.Column("publish_by", sa.Date, nullable=False),
    sa.Column("severities", sa.JSON, nullable=False),
    sa.Column("report", sa.Text, nullable=False),
    sa.Column("published_on", sa.Date),
    sa.Column("published_seq", sa.Integer),
)
#: The result of an audit is public within three months and a week of closed days.
_MOST_DAYS = 99


def _row(entry: Entry, *names: str) -> dict[str, Any]:
    return {
        "seq": entry.seq, "person": entry.actor, "recorded_at": entry.recorded_at,
        **{name: entry.body[name] for name in names},
    }  # fmt: skip


@fold("record.viewed/1")
def _viewed(connection: Connection, entry: Entry) -> None:
    connection.execute(views.insert(), _row(entry, "view", "about", "door", "known_at"))


@fold("sample.drawn/1")
def _drawn(connection: Connection, entry: Entry) -> None:
    connection.execute(samples.insert(), _row(entry, "seed", "size", "chosen"))


@fold("reproduction.made/1")
def _reproduced(connection: Connection, entry: Entry) -> None:
    body = entry.body
    if (body["outcome"] == "equal") != (not body["differences"]):
        raise refused(
            "reproduction.outcome",
            f"{body['series']} {body['pricing_date']}: {body['outcome']}",
            "an equal reproduction has no differences, any other names them",
        )
    row = _row(entry, "series", "revision", "outcome")
    row["pricing_date"] = date.fromisoformat(body["pricing_date"])
    connection.execute(reproductions.insert(), row)


@fold("audit.concluded/1")
def _concluded(connection: Connection, entry: Entry) -> None:
    body = entry.body
    days = {name: date.fromisoformat(body[name]) for name in ("first", "last", "completed_on", "publish_by")}  # fmt: skip
    where = f"audit {body['audit']}"
    if not days["first"] <= days["last"] <= days["completed_on"]:
        raise refused("audit.period", where, "a period ends before its audit is complete")
    if not 0 <= (days["publish_by"] - days["completed_on"]).days <= _MOST_DAYS:
        raise refused("audit.publish_by", where, "its result is public within three months")
    connection.execute(audits.insert(), {**body, **days, "seq": entry.seq})


@fold("audit.published/1")
def _audit_published(connection: Connection, entry: Entry) -> None:
    body = entry.body
    where = sa.and_(audits.c.audit == body["audit"], audits.c.published_seq.is_(None))
    values = {"published_on": date.fromisoformat(body["published_on"]), "published_seq": entry.seq}
    if not connection.execute(audits.update().where(where).values(**values)).rowcount:
        raise refused("audit.unknown", body["audit"], "no such audit waits for its publication")


@fold("control.signed/1")
def _signed(connection: Connection, entry: Entry) -> None:
    if not entry.body["words"].strip():
        raise refused(
            "control.words", entry.body["control"], "say in words what you looked at and found"
        )
    row = _row(entry, "control", "answer", "words", "evidence")
    connection.execute(signatures.insert(), row)


@fold("control.tested/1")
def _tested(connection: Connection, entry: Entry) -> None:
    connection.execute(tests.insert(), _row(entry, "head", "summary", "results"))


def views_since(
    connection: Connection, since: datetime | None = None, person: str | None = None
) -> list[dict[str, Any]]:
    """The access log, newest first, from an instant on and of one person where asked."""
    query = sa.select(views).order_by(views.c.seq.desc())
    if since is not None:
        query = query.where(views.c.recorded_at >= since)
    if person is not None:
        query = query.where(views.c.person == person)
    return [dict(row) for row in connection.execute(query).mappings()]


def signature_of(connection: Connection, control: str) -> dict[str, Any] | None:
    """The last signature under a control, or None where nobody has signed."""
    query = sa.select(signatures).where(signatures.c.control == control)
    row = connection.execute(query.order_by(signatures.c.seq.desc()).limit(1)).mappings().first()
    return dict(row) if row else None


def last_test(connection: Connection) -> dict[str, Any] | None:
    """The last recorded run of the controls, or None."""
    row = connection.execute(sa.select(tests).order_by(tests.c.seq.desc()).limit(1))
    found = row.mappings().first()
    return dict(found) if found else None


def audits_of(connection: Connection) -> list[dict[str, Any]]:
    """Every outside audit, the oldest first."""
    rows = connection.execute(sa.select(audits).order_by(audits.c.seq)).mappings()
    return [dict(row) for row in rows]


def reproductions_of(connection: Connection, day: date | None = None) -> list[dict[str, Any]]:
    """Every reproduction (of a pricing date where given), oldest first."""
    query = sa.select(reproductions).order_by(reproductions.c.seq)
    if day is not None:
        query = query.where(reproductions.c.pricing_date == day)
    return [dict(row) for row in connection.execute(query).mappings()]
