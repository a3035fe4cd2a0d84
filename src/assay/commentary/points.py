"""A source in memory: for previews of days that are not in a ledger, and for tests.

Every point gets the next entry number, as a journal would give it. This module never
reads a ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assay.commentary.sources import PricePoint, SessionPoint
from assay.core import decimal_of


class Points:
    """Prices, sessions and contracts given by hand; answers like `LedgerSource`."""

    def __init__(self) -> None:
        self.prices: dict[tuple[str, date], PricePoint] = {}
        self.market: dict[str, list[PricePoint]] = {}
        self.trading: list[SessionPoint] = []
        self.rolls: list[tuple[str, date, str, int]] = []
        self.seq = 0

    def _next(self) -> int:
        self.seq += 1
        return self.seq

    def put(
        self, series: str, day: date, low: Any, mid: Any, high: Any, unit: str, **parts: Any
    ) -> None:
        """A published price."""
        bottom, middle_leg, top = (
            None if leg is None else decimal_of(leg) for leg in (low, mid, high)
        )
        point = PricePoint(series, day, bottom, middle_leg, top, unit, self._next(), **parts)
        self.prices[series, day] = point

    def put_level(self, series: str, day: date, number: Any, unit: str) -> None:
        """A value of a market series."""
        exact = decimal_of(number)
        point = PricePoint(series, day, exact, exact, exact, unit, self._next(), 0, "recorded")
        self.market.setdefault(series, []).append(point)

    def put_session(
        self, series: str, day: date, session: str, contract: str, numbers: Mapping[str, Any], *,
        event_time: datetime, path: Sequence[tuple[datetime, Any, Any]] = (),
    ) -> None:  # fmt: skip
        """A session of a contract."""
        exact = {name: decimal_of(each) for name, each in numbers.items()}
        walked = tuple((at, decimal_of(price), decimal_of(lots)) for at, price, lots in path)
        point = SessionPoint(
            series, day, session, contract, exact, walked, self._next(), event_time
        )
        self.trading.append(point)

    def put_roll(self, series: str, since: date, contract: str) -> None:
        """From this trading day on another contract is the most-traded one."""
        self.rolls.append((series, since, contract, self._next()))

    def previous_day(self, day: date) -> date | None:
        """The last day before `day` with any price."""
        return max((priced for _, priced in self.prices if priced < day), default=None)

    def price(self, series: str, day: date) -> PricePoint | None:
        """The price of a series on `day`."""
        return self.prices.get((series, day))

    def before(self, series: str, day: date) -> PricePoint | None:
        """The last price of a series strictly before `day`."""
        found = self.history(series, day, len(self.prices))
        return next((each for each in reversed(found) if each.day < day), None)

    def history(self, series: str, last: date, count: int) -> list[PricePoint]:
        """Up to `count` priced days up to `last`, oldest first."""
        found = [
            point
            for (name, day), point in self.prices.items()
            if name == series and day <= last and point.mid is not None
        ]
        return sorted(found, key=lambda each: each.day)[-count:]

    def contract(self, series: str, day: date) -> tuple[str, int] | None:
        """The most-traded contract on a trading day."""
        rolled = [
            (since, contract, seq)
            for name, since, contract, seq in self.rolls
            if name == series and since <= day
        ]
        return max(rolled)[1:] if rolled else None

    def sessions(self, series: str, contract: str, last: date) -> list[SessionPoint]:
        """The sessions of a contract up to `last`, oldest first."""
        found = [
            each
            for each in self.trading
            if each.series == series and each.contract == contract and each.day <= last
        ]
        return sorted(found, key=lambda each: (each.day, each.event_time))

    def levels(self, series: str, last: date) -> list[PricePoint]:
        """A market series up to `last`, oldest first."""
        found = [each for each in self.market.get(series, []) if each.day <= last]
        return sorted(found, key=lambda each: each.day)


def middle(low: Any, high: Any) -> Decimal:
    """The middle of a low and a high, exactly."""
    return (decimal_of(low) + decimal_of(high)) / 2
