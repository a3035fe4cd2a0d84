"""Book of readings: what was found in each piece of evidence, and what nobody could read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Instant

readings = sa.Table(
    "readings",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("evidence", sa.Text, nullable=False, index=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("offered", sa.Integer, nullable=False),
    sa.Column("skipped", sa.Integer, nullable=False),
    sa.Column("findings", sa.JSON, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
)


@fold("evidence.read/1")
def _read(connection: Connection, entry: Entry) -> None:
    row = {**entry.body, "seq": entry.seq, "recorded_at": entry.recorded_at}
    connection.execute(readings.insert(), row)


@fold("evidence.reopened/1")
def _reopened(connection: Connection, entry: Entry) -> None:
    known = reading_of(connection, entry.body["evidence"])
    if known is None or known["seq"] != entry.body["read"]:
        raise refused(
            "evidence.reading",
            entry.body["evidence"],
            "only the latest reading of a piece of evidence is opened again: look at it anew",
        )


def times_read(connection: Connection, evidence: str) -> int:
    """How often this evidence was read so far."""
    query = sa.select(sa.func.count()).where(readings.c.evidence == evidence)
    return int(connection.execute(query).scalar_one())


def readings_since(connection: Connection, since: datetime) -> list[dict[str, Any]]:
    """Readings recorded from this instant on, in order, with their findings."""
    query = sa.select(readings).where(readings.c.recorded_at >= since).order_by(readings.c.seq)
    return [dict(row) for row in connection.execute(query).mappings()]


def reading_of(connection: Connection, evidence: str) -> dict[str, Any] | None:
    """The latest reading of this evidence, or None where nobody has read it."""
    query = sa.select(readings).where(readings.c.evidence == evidence)
    row = connection.execute(query.order_by(readings.c.seq.desc()).limit(1)).mappings().first()
    return dict(row) if row else None
