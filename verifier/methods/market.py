"""Market values: one number read out of an exchange's rows, by the document's rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any

from verifier.methods.assessed import Outcome
from verifier.methods.data import UnknownMethod
from verifier.windows import at


@dataclass(frozen=True, slots=True)
class Row:
    """A day's row of an exchange, or one step of its path."""

    date: date
    at: datetime | None
    contract: str
    session: str
    carried: bool
    numbers: Mapping[str, Fraction]


def read_market(
    document: Mapping[str, Any], day: date, rows: Sequence[Row], roll: Sequence[Mapping[str, Any]]
) -> Outcome:
    """The exact value of a market series on `day`."""
    call = document["market"]
    rule = call["rule"]
    if rule == "turnover_over_volume":
        found = _turnover(rows, day, carry=call.get("carry", False))
    elif rule == "field":
        found = _stated(rows, day, call["field"])
    elif rule == "most_traded":
        chosen = most_traded(rows, day, roll)
        found = _stated([e for e in rows if e.contract == chosen], day, call["field"])
    elif rule == "last_trade":
        limit = at(day, time.fromisoformat(call["until"]), document["hours"]["zone"])
        found = _last_trade(rows, day, limit, call["contract"], roll)
    else:
        raise UnknownMethod(f"market rule {rule!r}")
    if found is None:
        return Outcome("none", reason="insufficient_data")
    return Outcome("market", found, found, found)


def _turnover(rows: Sequence[Row], day: date, *, carry: bool) -> Fraction | None:
    """Turnover over volume; on a day without a listed trade the last such value."""
    if not any(each.date == day for each in rows):
        return None
    for when in sorted({each.date for each in rows if each.date <= day}, reverse=True):
        own = [each.numbers for each in rows if each.date == when]
        volume = sum((each.get("volume", Fraction(0)) for each in own), Fraction(0))
        turnover = sum((each.get("turnover", Fraction(0)) for each in own), Fraction(0))
        if volume > 0:
            return turnover / volume if when == day or carry else None
        stated = [each["close"] for each in own if "close" in each]
        if stated:
            return stated[-1] if carry else None
    return None


def _stated(rows: Sequence[Row], day: date, field: str) -> Fraction | None:
    said = [each.numbers[field] for each in rows if each.date == day and each.numbers.get(field)]
    return said[-1] if said else None


def _last_trade(
    rows: Sequence[Row],
    day: date,
    limit: datetime,
    contract: str,
    roll: Sequence[Mapping[str, Any]],
) -> Fraction | None:
    chosen = most_traded(rows, day, roll) if contract == "most_traded" else ""
    trades = [
        (each.at, each.numbers["price"])
        for each in rows
        if each.date == day and each.at is not None and each.at <= limit
        and "price" in each.numbers and chosen in ("", each.contract)
    ]  # fmt: skip
    return max(trades, key=lambda each: each[0])[1] if trades else None


def most_traded(rows: Sequence[Row], day: date, roll: Sequence[Mapping[str, Any]]) -> str:
    """The contract with the largest open interest at the last close; it never rolls back."""
    told = [each for each in roll if date.fromisoformat(each["since"]) <= day]
    if told:
        return str(max(told, key=lambda each: str(each["since"]))["contract"])
    by_day: dict[date, dict[str, tuple[Fraction, Fraction]]] = defaultdict(dict)
    for each in rows:
        if each.contract and "open_interest" in each.numbers:
            interest = (each.numbers["open_interest"], each.numbers.get("volume", Fraction(0)))
            by_day[each.date][each.contract] = interest
    earlier = sorted(w for w in by_day if w < day) or sorted(w for w in by_day if w == day)
    chosen = ""
    for when in earlier:
        names = sorted(by_day[when])
        chosen = max(chosen, max(names, key=lambda name, of=by_day[when]: of[name]))  # type: ignore[misc]
    return chosen or next((each.contract for each in rows if each.date == day), "")
