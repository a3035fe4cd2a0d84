"""Book of market facts: exchange closes and sessions, factors in force, contract rolls."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import parse_instant
from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Exact, Instant

facts = sa.Table(
    "market_facts",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("series", sa.Text, nullable=False, index=True),
    sa.Column("date", sa.Date, nullable=False, index=True),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("contract", sa.Text),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("value", Exact),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("event_time", Instant, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("carried", sa.Boolean, nullable=False),
    sa.Column("definition", sa.Text),
    sa.Column("licence", sa.Text),
    sa.Column("evidence", sa.Text),
    sa.Column("revision", sa.Integer, nullable=False),
)
quarantine = sa.Table(
    "market_quarantine",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("series", sa.Text, nullable=False),
    sa.Column("row", sa.JSON, nullable=False),
    sa.Column("finding", sa.JSON, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
)
rolls = sa.Table(
    "contract_rolls",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("series", sa.Text, nullable=False, index=True),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("contract", sa.Text, nullable=False),
    sa.Column("previous", sa.Text),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("override", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
factors = sa.Table(
    "factors",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("series", sa.Text, nullable=False, index=True),
    sa.Column("value", Exact, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("takes_effect", sa.Date, nullable=False),
    sa.Column("period", sa.Text),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("determination", sa.JSON),
)


@fold("market.recorded/1")
def _recorded(connection: Connection, entry: Entry) -> None:
    body = entry.body
    value = body["content"].get("value") or body["content"].get("close")
    row = {
        **body,
        "seq": entry.seq,
        "date": date.fromisoformat(body["date"]),
        "value": Decimal(value) if value is not None else None,
        "event_time": parse_instant(body["event_time"]),
        "recorded_at": entry.recorded_at,
    }
    connection.execute(facts.insert(), row)


@fold("market.quarantined/1")
def _quarantined(connection: Connection, entry: Entry) -> None:
    connection.execute(quarantine.insert(), {**entry.body, "seq": entry.seq})


@fold("contract.rolled/1")
def _rolled(connection: Connection, entry: Entry) -> None:
    row = {**entry.body, "seq": entry.seq, "since": date.fromisoformat(entry.body["since"])}
    connection.execute(rolls.insert(), row)


@fold("factor.recorded/1")
def _factor(connection: Connection, entry: Entry) -> None:
    body = entry.body
    row = {
        **body,
        "seq": entry.seq,
        "value": Decimal(body["value"]),
        "takes_effect": date.fromisoformat(body["takes_effect"]),
        "recorded_at": entry.recorded_at,
    }
    connection.execute(factors.insert(), row)


def facts_of(
    connection: Connection,
    series: str,
    *,
    first: date | None = None,
    last: date | None = None,
    known_at: datetime | None = None,
    session: str | None = None,
    contract: str | None = None,
) -> list[dict[str, Any]]:
    """Facts of a market series by date, the newest revision of each (date, session, contract)."""
    query = sa.select(facts).where(facts.c.series == series)
    for column, wanted in ((facts.c.session, session), (facts.c.contract, contract)):
        if wanted is not None:
            query = query.where(column == wanted)
    if first is not None:
        query = query.where(facts.c.date >= first)
    if last is not None:
        query = query.where(facts.c.date <= last)
    if known_at is not None:
        query = query.where(facts.c.recorded_at <= known_at)
    newest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in connection.execute(query.order_by(facts.c.date, facts.c.seq)).mappings():
        newest[row["date"], row["session"], row["contract"]] = dict(row)
    return list(newest.values())


def factor_in_force(
    connection: Connection, series: str, day: date, known_at: datetime | None = None
) -> dict[str, Any] | None:
    """The factor in force on `day` (latest taking effect, newest entry), or None."""
    query = sa.select(factors).where(factors.c.series == series, factors.c.takes_effect <= day)
    if known_at is not None:
        query = query.where(factors.c.recorded_at <= known_at)
    query = query.order_by(factors.c.takes_effect.desc(), factors.c.seq.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def contract_on(connection: Connection, series: str, day: date) -> dict[str, Any] | None:
    """The most-traded contract on `day` by the rolls recorded, or None."""
    query = sa.select(rolls).where(rolls.c.series == series, rolls.c.since <= day)
    query = query.order_by(rolls.c.since.desc(), rolls.c.seq.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None
