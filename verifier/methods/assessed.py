"""Assessed prices: the ladder of kinds, one value a firm, the cap, the mid, the range.

Exact fractions throughout; each leg is rounded once, from its own exact value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from verifier import exact
from verifier.methods.data import Datum, Day, UnknownMethod
from verifier.methods.panel import after_panel, price_of
from verifier.methods.screening import screened

Arguments = Mapping[str, Any]
#: Estimators that weigh by tonnes; all others count each value once before the cap.
BY_TONNES = ("weighted_mean", "vwap", "weighted_median", "percentile")
_SIDES = {"bid": "buy", "offer": "sell"}
_SPOKEN = (("transaction",), ("bid", "offer"), ("indication",))


@dataclass(frozen=True, slots=True)
class Outcome:
    """Exact legs with the branch taken, or a reason why there is no price."""

    branch: str
    low: Fraction | None = None
    mid: Fraction | None = None
    high: Fraction | None = None
    reason: str = ""
    second_signature: bool = False
    used: tuple[Datum, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """One used value: of a firm, or of one datum."""

    firm: str
    group: str
    price: Fraction
    low: Fraction
    high: Fraction
    weight: Fraction
    data: tuple[Datum, ...]


def assess(day: Day) -> Outcome:
    """The exact price of the day, by the first rung that has its minimum data."""
    data = after_panel(screened(day), day)
    document = day.document
    if document.get("split"):
        raise UnknownMethod("a split into parts")
    for rung in document["ladder"]:
        if rung["branch"] == "carried":
            raise UnknownMethod("a carried rung")
        own = [each for each in data if each.kind in rung["kinds"]]
        if not own or not enough(own, day, rung.get("minimum", {})):
            continue
        values = used_values(own, day, rung)
        quorum = document["assessment"].get("quorum", 0)
        if quorum and len(values) != quorum:
            continue
        kept = capped(trimmed(values, rung.get("trim", document.get("trim"))), document.get("cap"))
        mid = estimate(kept, rung.get("estimator", document.get("estimator")))
        low, high = ends(kept, mid, document["range"])
        second = bool(rung.get("second_signature", False))
        used = tuple(datum for each in values for datum in each.data)
        return Outcome(rung["branch"], low, mid, high, "", second, used)
    return Outcome("none", reason="insufficient_data")


def group_of(datum: Datum, day: Day) -> str:
    """The group a firm belongs to; a firm nobody groups is its own."""
    firm = day.firm(datum.contributor)
    return firm.group if firm else str(datum.said.get("group") or datum.contributor)


def enough(own: list[Datum], day: Day, least: Arguments) -> bool:
    """Whether the data meets every number that the rung asks for."""
    tonnes: dict[str, Fraction] = defaultdict(Fraction)
    sides: dict[str, set[str]] = {"buy": set(), "sell": set()}
    for each in own:
        tonnes[each.contributor] += each.quantity or 0
        side = each.side or _SIDES.get(each.kind)
        if side in sides:
            sides[side].add(each.contributor)
    everything = sum(tonnes.values(), Fraction(0))
    share = Fraction(100) * max(tonnes.values()) / everything if everything else None
    largest = Fraction(100, len(tonnes)) if share is None else share
    found: dict[str, int | Fraction] = {
        "contributors": len(tonnes),
        "groups": len({group_of(each, day) for each in own}),
        "transactions": sum(each.kind == "transaction" for each in own),
        "submissions": len(own),
        "buyers": len(sides["buy"]),
        "sellers": len(sides["sell"]),
        "tonnes": everything,
    }
    unknown = sorted(set(least) - {*found, "largest_share_percent"})
    if unknown:
        raise UnknownMethod(f"minimum data {', '.join(unknown)}")
    most = least.get("largest_share_percent")
    return all(found[name] >= exact.number(least.get(name, 0)) for name in found) and (
        most is None or largest <= exact.number(most)
    )


def used_values(own: list[Datum], day: Day, rung: Arguments) -> list[Value]:
    """One value a firm (or a datum), weighted by tonnes where the estimator says so."""
    settings = day.document["assessment"]
    point = settings.get("point", "middle")
    if settings.get("per", "contributor") == "submission":
        values = [_value([each], day, point) for each in own]
    else:
        firms: dict[str, list[Datum]] = defaultdict(list)
        for each in own:
            firms[each.contributor].append(each)
        speaking = settings.get("own_value", "transactions_first") == "transactions_first"
        values = [
            _value(_spoken(firms[name]) if speaking else firms[name], day, point)
            for name in sorted(firms)
        ]
    estimator = rung.get("estimator", day.document.get("estimator"))
    if estimator["rule"] in BY_TONNES and all(each.weight > 0 for each in values):
        return values
    return [replace(each, weight=Fraction(1)) for each in values]


def _spoken(own: list[Datum]) -> list[Datum]:
    """A firm speaks by its deals, without one by its bids and offers, else by indications."""
    for kinds in _SPOKEN:
        chosen = [each for each in own if each.kind in kinds]
        if chosen:
            return chosen
    return own


def _value(own: list[Datum], day: Day, point: str) -> Value:
    prices = [price_of(each, point) for each in own]
    tonnes = [each.quantity or Fraction(0) for each in own]
    deals = all(each.kind == "transaction" for each in own) and all(tonnes)
    weights = tonnes if deals else [Fraction(1)] * len(own)
    return Value(
        firm=own[0].contributor,
        group=group_of(own[0], day),
        price=_mean(zip(prices, weights, strict=True)),
        low=min(exact.number(each.low) for each in own),
        high=max(exact.number(each.high) for each in own),
        weight=sum(tonnes, Fraction(0)),
        data=tuple(own),
    )


def _mean(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    turnover, mass = Fraction(0), Fraction(0)
    for price, weight in pairs:
        turnover, mass = turnover + price * weight, mass + weight
    return turnover / mass


# ---- trim, cap, estimator, range -------------------------------------------------------


def trimmed(values: list[Value], call: Arguments | None) -> list[Value]:
    """The values that a trim leaves; one that would leave nothing leaves all."""
    ordered = sorted(values, key=lambda each: (each.price, each.firm))
    if call is None:
        return ordered
    size = len(ordered)
    if call["rule"] == "count":
        low, high = call["low"], call["high"]
    elif call["rule"] == "count_table":
        rows = [row for row in call["table"] if row["from"] <= size]
        low = high = max(rows, key=lambda row: row["from"])["drop"] if rows else 0
    elif call["rule"] == "percent":
        low = high = _count(exact.number(call["percent"]) * size / 100, call["count"])
    else:
        raise UnknownMethod(f"trim {call['rule']!r}")
    return ordered[low : size - high] if low + high < size else ordered


def _count(share: Fraction, how: str) -> int:
    if how == "ceil":
        return -(-share.numerator // share.denominator)
    if how == "half_up":
        share += Fraction(1, 2)
    return share.numerator // share.denominator


def capped(values: list[Value], cap: Arguments | None) -> list[Value]:
    """Weights such that nobody holds more than the cap; the excess goes to the others."""
    if cap is None:
        return values
    masses: dict[str, Fraction] = defaultdict(Fraction)
    for each in values:
        masses[_holder(each, cap)] += each.weight
    shares = capped_shares(masses, exact.number(cap["percent"]) / 100)
    return [
        replace(each, weight=each.weight * shares[_holder(each, cap)] / masses[_holder(each, cap)])
        for each in values
    ]


def _holder(value: Value, cap: Arguments) -> str:
    return value.group if cap["per"] == "group" else value.firm


def capped_shares(masses: Mapping[str, Fraction], cap: Fraction) -> dict[str, Fraction]:
    """Shares summing to one, none above `cap`; equal ones where so few cannot keep it."""
    if cap * len(masses) < 1:
        return dict.fromkeys(masses, Fraction(1, len(masses)))
    at_cap: set[str] = set()
    while True:
        free = {name: mass for name, mass in masses.items() if name not in at_cap}
        rest, whole = 1 - cap * len(at_cap), sum(free.values(), Fraction(0))
        shares = {name: mass * rest / whole for name, mass in free.items()}
        over = {name for name, share in shares.items() if share > cap}
        if not over:
            return shares | dict.fromkeys(at_cap, cap)
        at_cap |= over


def estimate(values: list[Value], call: Arguments) -> Fraction:
    """The exact mid."""
    prices = [each.price for each in values]
    rule = call["rule"]
    if rule == "mean":
        return sum(prices, Fraction(0)) / len(prices)
    if rule in ("weighted_mean", "vwap", "capped_mean"):
        return _mean((each.price, each.weight) for each in values)
    if rule == "middle_of_range":
        return (min(prices) + max(prices)) / 2
    if rule == "median":
        return _middle(sorted(prices), call["even"])
    if rule == "weighted_median":
        return _half_weight(values, call["tie"])
    raise UnknownMethod(f"estimator {rule!r}")


def _middle(ordered: list[Fraction], even: str) -> Fraction:
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    pair = (ordered[half - 1], ordered[half])
    return {"lower": pair[0], "upper": pair[1], "mean": sum(pair) / Fraction(2)}[even]


def _half_weight(values: list[Value], tie: str) -> Fraction:
    ordered = sorted((e for e in values if e.weight > 0), key=lambda each: each.price)
    half, below = sum((each.weight for each in ordered), Fraction(0)) / 2, Fraction(0)
    for place, each in enumerate(ordered):
        below += each.weight
        if below > half or place + 1 == len(ordered):
            return each.price
        if below == half:
            return _middle([each.price, ordered[place + 1].price], tie)
    raise UnknownMethod("a weighted median without weights")


def _min_max(values: list[Value], _: Fraction, __: Arguments) -> tuple[Fraction, Fraction]:
    prices = [each.price for each in values]
    return min(prices), max(prices)


def _quote_ends(values: list[Value], _: Fraction, __: Arguments) -> tuple[Fraction, Fraction]:
    return min(each.low for each in values), max(each.high for each in values)


def _quote_means(values: list[Value], _: Fraction, __: Arguments) -> tuple[Fraction, Fraction]:
    count = len(values)
    return (
        sum((each.low for each in values), Fraction(0)) / count,
        sum((each.high for each in values), Fraction(0)) / count,
    )


def _band(_: list[Value], mid: Fraction, call: Arguments) -> tuple[Fraction, Fraction]:
    below, above = exact.number(call["below"]), exact.number(call["above"])
    one = abs(mid) / 100 if call["as"] == "percent" else Fraction(1)
    return mid - below * one, mid + above * one


def _no_range(_: list[Value], mid: Fraction, __: Arguments) -> tuple[Fraction, Fraction]:
    return mid, mid


_RANGES: dict[str, Callable[[list[Value], Fraction, Arguments], tuple[Fraction, Fraction]]] = {
    "min_max": _min_max,
    "quote_ends": _quote_ends,
    "quote_means": _quote_means,
    "band": _band,
    "mid": _no_range,
}


def ends(values: list[Value], mid: Fraction, call: Arguments) -> tuple[Fraction, Fraction]:
    """The exact low and high."""
    if call["rule"] not in _RANGES:
        raise UnknownMethod(f"range rule {call['rule']!r}")
    return _RANGES[call["rule"]](values, mid, call)
