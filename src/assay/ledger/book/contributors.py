"""Book of contributors: cards, status over time, aliases, mandated submitters."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES

contributors = sa.Table(
    "contributors",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("contributor", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_zh", sa.Text),
    sa.Column("group", sa.Text, nullable=False),
    sa.Column("classes", sa.JSON, nullable=False),
    sa.Column("series", sa.JSON, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
)
statuses = sa.Table(
    "contributor_statuses",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("contributor", sa.Text, nullable=False, index=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
aliases = sa.Table(
    "contributor_aliases",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("contributor", sa.Text, nullable=False),
    sa.Column("alias", sa.Text, nullable=False, index=True),
    sa.Column("channel", sa.Text),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("until", sa.Date),
)
submitters = sa.Table(
    "submitters",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("contributor", sa.Text, nullable=False),
    sa.Column("submitter", sa.Text, nullable=False, index=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("series", sa.JSON, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("until", sa.Date),
    sa.Column("function", sa.Text, nullable=False),
)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@fold("contributor.registered/1")
def _registered(connection: Connection, entry: Entry) -> None:
    row = {**entry.body, "since": _day(entry.body["since"]), "seq": entry.seq}
    connection.execute(contributors.insert(), row)


@fold("contributor.status_set/1")
def _status_set(connection: Connection, entry: Entry) -> None:
    row = {**entry.body, "since": _day(entry.body["since"]), "seq": entry.seq}
    connection.execute(statuses.insert(), row)


@fold("contributor.alias_added/1")
def _alias_added(connection: Connection, entry: Entry) -> None:
    body = entry.body
    row = {**body, "since": _day(body["since"]), "until": _day(body["until"]), "seq": entry.seq}
    connection.execute(aliases.insert(), row)


@fold("submitter.mandated/1")
def _mandated(connection: Connection, entry: Entry) -> None:
    body = entry.body
    row = {**body, "since": _day(body["since"]), "until": _day(body["until"]), "seq": entry.seq}
    connection.execute(submitters.insert(), row)


def contributors_on(connection: Connection, day: date) -> list[dict[str, Any]]:
    """Every firm as it stands on `day`: latest card, status, aliases, submitters.

    Rows: ``contributor name name_zh group classes series status aliases submitters``.
    """
    cards: dict[str, dict[str, Any]] = {}
    query = sa.select(contributors).where(contributors.c.since <= day).order_by(contributors.c.seq)
    for row in connection.execute(query).mappings():
        cards[row["contributor"]] = {**row, "status": "candidate", "aliases": [], "submitters": []}
    by_day = sa.select(statuses).where(statuses.c.since <= day)
    for row in connection.execute(by_day.order_by(statuses.c.since, statuses.c.seq)).mappings():
        if row["contributor"] in cards:
            cards[row["contributor"]]["status"] = row["status"]
    for table, name in ((aliases, "aliases"), (submitters, "submitters")):
        held = sa.and_(table.c.since <= day, sa.or_(table.c.until.is_(None), table.c.until >= day))
        for row in connection.execute(
            sa.select(table).where(held).order_by(table.c.seq)
        ).mappings():
            if row["contributor"] in cards:
                cards[row["contributor"]][name].append(dict(row))
    return [cards[code] for code in sorted(cards)]
