"""Book of letters that left the house: one row each, by subject."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Instant

letters = sa.Table(
    "letters",
    BOOK_TABLES,
    sa.Column("letter", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("sent_by", sa.Text, nullable=False),
    sa.Column("sent_at", Instant, nullable=False),
)


@fold("letter.sent/1")
def _sent(connection: Connection, entry: Entry) -> None:
    body = entry.body
    if not body["files"]:
        raise refused("letter.empty", body["letter"], "a letter that went out has its files")
    row = {
        **body, "seq": entry.seq, "day": date.fromisoformat(body["day"]),
        "sent_by": entry.actor, "sent_at": entry.recorded_at,
    }  # fmt: skip
    connection.execute(letters.insert(), row)


def letters_of(connection: Connection, subject: str | None = None) -> list[dict[str, Any]]:
    """The letters that went out, in order; about one subject when named."""
    query = sa.select(letters).order_by(letters.c.seq)
    if subject is not None:
        query = query.where(letters.c.subject == subject)
    return [dict(row) for row in connection.execute(query).mappings()]
