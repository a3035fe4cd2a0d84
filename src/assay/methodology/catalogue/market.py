"""Market rules: one value read out of an exchange's rows, and the contract it is of.

A rule takes the rows of one series and the pricing day and gives value, source row and
flags, or None when the exchange said nothing. Carrying a close over days without a
trade is the exchange's own act: it is marked, never hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any

from assay.core import at
from assay.methodology.catalogue.registry import clock, entry, texts, word
from assay.methodology.inputs import MarketRow


@dataclass(frozen=True, slots=True)
class Reading:
    """A value read from the exchange: of which day, contract and row, with its operands."""

    number: Fraction
    date: date
    contract: str = ""
    carried: bool = False
    operands: Mapping[str, Fraction] | None = None
    source: str = ""
    at: datetime | None = None
    note: str = ""


@entry("market", "turnover_over_volume", texts("trade_types", default=("listed",)))
def turnover_over_volume(
    rows: Sequence[MarketRow], day: date, *, trade_types: tuple[str, ...], **_: Any
) -> Reading | None:
    """Close as turnover over volume of listed trades, carried on a day without one."""
    spoken = [each for each in rows if each.trade_type in trade_types and each.date <= day]
    if not any(each.date == day for each in spoken):
        return None
    for when in sorted({each.date for each in spoken}, reverse=True):
        rows_of = [each for each in spoken if each.date == when]
        volume = sum((each.numbers.get("volume", Fraction(0)) for each in rows_of), Fraction(0))
        turnover = sum((each.numbers.get("turnover", Fraction(0)) for each in rows_of), Fraction(0))
        if volume > 0:
            operands = {"turnover": turnover, "volume": volume}
            return Reading(turnover / volume, when, "", when != day, operands, rows_of[0].source)
        stated = [each.numbers["close"] for each in rows_of if "close" in each.numbers]
        if stated:
            return Reading(stated[-1], when, "", True, None, rows_of[-1].source)
    return None


@entry("market", "field", word("field", "close", "settlement", "open", "high", "low"))
def stated(rows: Sequence[MarketRow], day: date, *, field: str, **_: Any) -> Reading | None:
    """A figure the exchange states for the day: close, settlement, open, high or low."""
    said = [each for each in rows if each.date == day and each.numbers.get(field)]
    if not said:
        return None
    last = said[-1]
    return Reading(
        last.numbers[field], day, last.contract, last.carried, None, last.source, last.at
    )


@entry("market", "last_trade", clock("until"), word("contract", "most_traded", "only"))
def last_trade(
    rows: Sequence[MarketRow],
    day: date,
    *,
    until: str,
    contract: str,
    zone: str,
    roll: Sequence[Mapping[str, Any]],
    **_: Any,
) -> Reading | None:
    """Last trade at or before a time of the day, of the most-traded contract or the only one."""
    limit = at(day, time.fromisoformat(until), zone)
    chosen = most_traded(rows, day, roll) if contract == "most_traded" else ""
    trades = [
        each
        for each in rows
        if each.date == day
        and each.at is not None
        and each.at <= limit
        and "price" in each.numbers
        and (not chosen or each.contract == chosen)
    ]
    if not trades:
        return None
    last = max(trades, key=lambda each: each.at or limit)
    return Reading(
        last.numbers["price"], day, last.contract, False, None, last.source, last.at, chosen
    )


@entry("market", "most_traded", word("field", "close", "settlement", "open", "high", "low"))
def most_traded_figure(
    rows: Sequence[MarketRow],
    day: date,
    *,
    field: str,
    roll: Sequence[Mapping[str, Any]],
    **_: Any,
) -> Reading | None:
    """A stated figure of the most-traded contract of the day."""
    chosen = most_traded(rows, day, roll)
    own = [each for each in rows if each.contract == chosen]
    return stated(own, day, field=field) if chosen else None


def most_traded(
    rows: Sequence[MarketRow], day: date, roll: Sequence[Mapping[str, Any]] = ()
) -> str:
    """The most-traded contract of `day`: largest open interest at the last close before it.

    Volume breaks a tie, then the nearer month. Once rolled to a later month it never
    rolls back. A dated override by the analyst (``from``, ``contract``) wins.
    """
    overrides = [each for each in roll if each["from"] <= day]
    if overrides:
        return str(max(overrides, key=lambda each: each["from"])["contract"])
    by_day: dict[date, dict[str, tuple[Fraction, Fraction]]] = defaultdict(dict)
    for each in rows:
        if each.contract and "open_interest" in each.numbers:
            by_day[each.date][each.contract] = (
                each.numbers["open_interest"],
                each.numbers.get("volume", Fraction(0)),
            )
    earlier = sorted(when for when in by_day if when < day) or sorted(w for w in by_day if w == day)
    chosen = ""
    for when in earlier:
        largest = max(sorted(by_day[when]), key=lambda name: by_day[when][name])
        chosen = max(chosen, largest)
    return chosen or next((each.contract for each in rows if each.date == day), "")
