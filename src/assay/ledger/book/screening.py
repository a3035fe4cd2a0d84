"""Book of screening: the verdicts on each datum, documents kept, arrangements of days."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES

screenings = sa.Table(
    "screenings",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("submission", sa.Text, nullable=False, index=True),
    sa.Column("pricing_date", sa.Date, nullable=False, index=True),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("passed", sa.Boolean, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("verdicts", sa.JSON, nullable=False),
)
documents = sa.Table(
    "methodology_documents",
    BOOK_TABLES,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("methodology", sa.Text, nullable=False),
    sa.Column("effective", sa.Date, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("series", sa.JSON, nullable=False),
)
arrangements = sa.Table(
    "day_arrangements",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("series", sa.Text, primary_key=True),
    sa.Column("pricing_date", sa.Date, nullable=False, index=True),
    sa.Column("notice", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("opens", sa.Text),
    sa.Column("closes", sa.Text),
)


@fold("submission.screened/1")
def _screened(connection: Connection, entry: Entry) -> None:
    day = date.fromisoformat(entry.body["pricing_date"])
    connection.execute(screenings.insert(), {**entry.body, "seq": entry.seq, "pricing_date": day})


@fold("methodology.archived/1")
def _document_archived(connection: Connection, entry: Entry) -> None:
    day = date.fromisoformat(entry.body["effective"])
    connection.execute(documents.insert(), {**entry.body, "seq": entry.seq, "effective": day})


@fold("day.arranged/1")
def _arranged(connection: Connection, entry: Entry) -> None:
    day = date.fromisoformat(entry.body["pricing_date"])
    for series in entry.body["series"]:
        row = {**entry.body, "seq": entry.seq, "series": series, "pricing_date": day}
        connection.execute(arrangements.insert(), row)


def screenings_of(
    connection: Connection, day: date, series: str | None = None
) -> dict[str, dict[str, Any]]:
    """The latest screening of each submission of a day (and series), by submission."""
    query = sa.select(screenings).where(screenings.c.pricing_date == day)
    if series is not None:
        query = query.where(screenings.c.series == series)
    rows = connection.execute(query.order_by(screenings.c.seq)).mappings()
    return {row["submission"]: dict(row) for row in rows}


def archived_document(connection: Connection, digest: str) -> dict[str, Any] | None:
    """Where the bytes of the document with this digest are kept, or None."""
    query = sa.select(documents).where(documents.c.digest == digest)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def arrangement_of(connection: Connection, series: str, day: date) -> dict[str, Any] | None:
    """The latest arrangement (closure, changed hours) of a series' day, or None."""
    query = sa.select(arrangements).where(
        arrangements.c.series == series, arrangements.c.pricing_date == day
    )
    row = connection.execute(query.order_by(arrangements.c.seq.desc()).limit(1)).mappings().first()
    return dict(row) if row else None
