"""Book of findings: what a person must look at, since when, and how it was settled.

A finding of the day was true when it was raised. An alarm (`subject` begins with ``alarm:``)
stands until its cause is gone: the loop of the house raises it once and settles it itself.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.ledger.book.registry import fold
from assay.ledger.entry import SYSTEM, Entry
from assay.ledger.store import BOOK_TABLES, Instant

#: How the subject of an alarm begins; what follows is its identity.
ALARM = "alarm:"

findings = sa.Table(
    "findings",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("where_", sa.Text, nullable=False),
    sa.Column("what_to_do", sa.Text, nullable=False),
    sa.Column("pricing_date", sa.Text, index=True),
    sa.Column("series", sa.Text),
    sa.Column("evidence", sa.Text),
    sa.Column("subject", sa.Text, index=True),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("settled_seq", sa.Integer),
    sa.Column("settled_by", sa.Text),
    sa.Column("settled_at", Instant),
    sa.Column("settled_how", sa.Text),
    sa.Column("words", sa.Text),
)


@fold("finding.raised/1")
def _raised(connection: Connection, entry: Entry) -> None:
    body = dict(entry.body)
    body["where_"] = body.pop("where")
    row = {**body, "seq": entry.seq, "recorded_at": entry.recorded_at}
    connection.execute(findings.insert(), row)


@fold("finding.settled/1")
def _settled(connection: Connection, entry: Entry) -> None:
    body, where = entry.body, f"finding of entry {entry.body['finding']}"
    known = finding_of(connection, body["finding"])
    if known is None or known["settled_seq"] is not None:
        raise refused("finding.unknown", where, "no such open finding: assay controls findings")
    alarm = (known["subject"] or "").startswith(ALARM)
    if alarm and entry.actor != SYSTEM:
        raise refused(
            "finding.alarm", where, "it stands until its cause is gone: do what it asks for"
        )
    if not alarm and not body["words"].strip():
        raise refused("finding.words", where, "say in words what was done about it")
    values = {
        "settled_seq": entry.seq, "settled_by": entry.actor, "settled_at": entry.recorded_at,
        "settled_how": body["how"], "words": body["words"],
    }  # fmt: skip
    connection.execute(findings.update().where(findings.c.seq == known["seq"]).values(**values))


def finding_of(connection: Connection, seq: int) -> dict[str, Any] | None:
    """The finding that this entry raised, or None."""
    row = connection.execute(sa.select(findings).where(findings.c.seq == seq)).mappings().first()
    return dict(row) if row else None


def standing_alarms(connection: Connection) -> list[dict[str, Any]]:
    """The alarms whose cause is not gone, errors first, then the oldest."""
    query = sa.select(findings).where(
        findings.c.settled_seq.is_(None), findings.c.subject.like(ALARM + "%")
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return sorted(rows, key=lambda row: (row["severity"] != "error", row["seq"]))


def register_of(
    connection: Connection,
    *,
    day: date | None = None,
    open_only: bool = False,
    since: datetime | None = None,
) -> list[dict[str, Any]]:
    """The findings (of a pricing date, open ones, since an instant), newest first."""
    query = sa.select(findings).order_by(findings.c.seq.desc())
    if day is not None:
        query = query.where(findings.c.pricing_date == day.isoformat())
    if open_only:
        query = query.where(findings.c.settled_seq.is_(None), findings.c.severity != "info")
    if since is not None:
        query = query.where(findings.c.recorded_at >= since)
    return [dict(row) for row in connection.execute(query).mappings()]
