"""Where facts come from: prices published and market sessions, as points with their entry.

`Source` is what gathering needs; `LedgerSource` answers from the ledger's book as known
at an instant. This module never derives a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from assay.core import decimal_of, parse_instant
from assay.ledger.book import market, prices


@dataclass(frozen=True, slots=True)
class PricePoint:
    """One published value of a series: legs, unit, tax, revision, entry."""

    series: str
    day: date
    low: Decimal | None
    mid: Decimal | None
    high: Decimal | None
    unit: str
    seq: int
    revision: int = 0
    status: str = "published"
    tax: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class SessionPoint:
    """One session of one contract; `path` is ordered (instant, price, volume)."""

    series: str
    day: date
    session: str
    contract: str
    numbers: Mapping[str, Decimal]
    path: tuple[tuple[datetime, Decimal, Decimal], ...]
    seq: int
    event_time: datetime


class Source(Protocol):
    """What gathering asks."""

    def previous_day(self, day: date) -> date | None:
        """The last publication day strictly before `day`."""

    def price(self, series: str, day: date) -> PricePoint | None:
        """The newest revision of a series on `day`."""

    def before(self, series: str, day: date) -> PricePoint | None:
        """The newest revision of the last priced day strictly before `day`."""

    def history(self, series: str, last: date, count: int) -> list[PricePoint]:
        """Up to `count` priced days up to `last`, oldest first."""

    def contract(self, series: str, day: date) -> tuple[str, int] | None:
        """The most-traded contract on a trading day and the entry that says so."""

    def sessions(self, series: str, contract: str, last: date) -> list[SessionPoint]:
        """The sessions of a contract up to `last`, oldest first."""

    def levels(self, series: str, last: date) -> list[PricePoint]:
        """A market series of single values up to `last`, oldest first."""


class LedgerSource:
    """Answers from the ledger's book, as known at `known_at`."""

    def __init__(self, connection: Connection, known_at: datetime) -> None:
        self.connection = connection
        self.known_at = known_at

    def previous_day(self, day: date) -> date | None:
        """The last day before `day` on which any series was opened or priced."""
        import sqlalchemy as sa

        found = []
        for column in (prices.days.c.pricing_date, prices.ticks.c.pricing_date):
            query = sa.select(sa.func.max(column)).where(column < day)
            latest = self.connection.execute(query).scalar_one_or_none()
            if latest is not None:
                found.append(latest)
        return max(found) if found else None

    def price(self, series: str, day: date) -> PricePoint | None:
        """The newest revision of a series on `day`, as known."""
        row = prices.latest_tick(self.connection, series, day, self.known_at)
        return _price(row) if row else None

    def before(self, series: str, day: date) -> PricePoint | None:
        """The newest revision of the last priced day strictly before `day`, as known."""
        row = prices.previous_tick(self.connection, series, day, self.known_at)
        return _price(row) if row else None

    def history(self, series: str, last: date, count: int) -> list[PricePoint]:
        """Up to `count` priced days up to `last`, oldest first, newest revision of each."""
        newest: dict[date, PricePoint] = {}
        for row in prices.ticks_of(self.connection, series, last=last, known_at=self.known_at):
            if row["mid"] is not None:
                newest[row["pricing_date"]] = _price(row)
        return list(newest.values())[-count:]

    def contract(self, series: str, day: date) -> tuple[str, int] | None:
        """The most-traded contract on a trading day, by the recorded rolls."""
        row = market.contract_on(self.connection, series, day)
        return (row["contract"], row["seq"]) if row else None

    def sessions(self, series: str, contract: str, last: date) -> list[SessionPoint]:
        """The sessions of a contract that had happened by then, oldest first."""
        found: dict[tuple[date, str], SessionPoint] = {}
        for name in (contract, series):
            for row in market.facts_of(self.connection, name, last=last):
                if (row["contract"] or contract) != contract or row["event_time"] > self.known_at:
                    continue
                point = _session(row, contract)
                key = (point.day, point.session)
                found[key] = _merged(found.get(key), point)
        return sorted(found.values(), key=lambda each: (each.day, each.event_time))

    def levels(self, series: str, last: date) -> list[PricePoint]:
        """A market series of single values up to `last`, oldest first."""
        return [
            PricePoint(
                series, row["date"], row["value"], row["value"], row["value"], row["unit"],
                row["seq"], row["revision"], "recorded", "", row["source"],
            )
            for row in market.facts_of(self.connection, series, last=last)
            if row["value"] is not None and row["event_time"] <= self.known_at
        ]  # fmt: skip


def _price(row: Mapping[str, Any]) -> PricePoint:
    tick = row["tick"] or {}
    tax = tick.get("tax") or ""
    if isinstance(tax, dict):
        tax = tax.get("basis", "")
    return PricePoint(
        row["series"], row["pricing_date"], row["low"], row["mid"], row["high"], row["unit"] or "",
        row["seq"], row["revision"], row["status"], tax, row["source"] or "",
    )  # fmt: skip


def _session(row: Mapping[str, Any], contract: str) -> SessionPoint:
    content = row["content"]
    numbers = {
        name: decimal_of(content[name])
        for name in ("open", "high", "low", "close", "settlement", "volume", "open_interest")
        if content.get(name) not in (None, "")
    }
    path = tuple(
        (parse_instant(each[0]), decimal_of(each[1]), decimal_of(each[2]))
        for each in content.get("path", ())
    )
    return SessionPoint(
        row["series"], row["date"], row["session"], contract, numbers, path, row["seq"], row["event_time"],
    )  # fmt: skip


def _merged(left: SessionPoint | None, right: SessionPoint) -> SessionPoint:
    """Two records of one session (its summary and its path) as one point."""
    if left is None:
        return right
    summary = left if "close" in left.numbers else right
    other = right if summary is left else left
    return SessionPoint(
        summary.series, summary.day, summary.session, summary.contract,
        {**other.numbers, **summary.numbers}, summary.path or other.path, summary.seq, summary.event_time,
    )  # fmt: skip
