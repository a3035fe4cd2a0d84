"""Estimators: one exact value out of the used values and their weights.

Each takes parallel sequences of prices and weights (order does not matter) and gives a
fraction; rounding is not their business. For an even count the median's convention is
part of the name's argument, never of the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from assay.methodology.catalogue.registry import decimal, entry, word
from assay.methodology.catalogue.shapes import Used


def total(numbers: Sequence[Fraction]) -> Fraction:
    """The exact sum, over one common denominator (much faster than adding fractions)."""
    common = 1
    for number in numbers:
        if common % number.denominator:
            common = _lcm(common, number.denominator)
    return Fraction(sum(n.numerator * (common // n.denominator) for n in numbers), common)


def _lcm(left: int, right: int) -> int:
    from math import lcm

    return lcm(left, right)


def weighted(prices: Sequence[Fraction], weights: Sequence[Fraction]) -> Fraction:
    """Sum of price x weight over sum of weights."""
    heavy = total(weights)
    if heavy == 0:
        raise ZeroDivisionError("the weights of a weighted mean sum to zero")
    return total([price * weight for price, weight in zip(prices, weights, strict=True)]) / heavy


#: Estimators that weigh by tonnes; the others start from one each (and obey the cap).
BY_TONNES = frozenset({"weighted_mean", "vwap", "weighted_median", "percentile"})


@entry("estimator", "mean")
def mean(used: Sequence[Used]) -> Fraction:
    """Plain mean of the used values; only a cap that binds makes one count less."""
    first = used[0].weight
    if all(each.weight == first for each in used):
        return total([each.price for each in used]) / len(used)
    return weighted([each.price for each in used], [each.weight for each in used])


@entry("estimator", "weighted_mean")
def weighted_mean(used: Sequence[Used]) -> Fraction:
    """Volume-weighted mean: each value by its tonnes (after the cap, where one is stated)."""
    return weighted([each.price for each in used], [each.weight for each in used])


@entry("estimator", "vwap")
def vwap(used: Sequence[Used]) -> Fraction:
    """Turnover over volume: the same number as the volume-weighted mean, for trade lists."""
    return weighted([each.price for each in used], [each.weight for each in used])


@entry("estimator", "median", word("even", "mean", "lower", "upper"))
def median(used: Sequence[Used], *, even: str) -> Fraction:
    """Middle value; for an even count the mean of both, the lower or the upper, as named."""
    return middle(sorted(each.price for each in used), even)


def middle(ordered: Sequence[Fraction], even: str) -> Fraction:
    """The median of ordered values by the named convention for an even count."""
    count = len(ordered)
    upper = ordered[count // 2]
    if count % 2 or even == "upper":
        return upper
    lower = ordered[count // 2 - 1]
    return lower if even == "lower" else (lower + upper) / 2


@entry("estimator", "weighted_median", word("tie", "mean", "lower", "upper"))
def weighted_median(used: Sequence[Used], *, tie: str) -> Fraction:
    """Value where half of the weight lies below; exactly half meets the named convention."""
    return at_share(used, Fraction(1, 2), tie)


def at_share(used: Sequence[Used], share: Fraction, tie: str) -> Fraction:
    """The value at which the cumulated weight passes `share` of all weight.

    When the cumulated weight equals it exactly, the value there (`lower`), the next
    (`upper`) or their mean (`mean`) is taken.
    """
    ordered = sorted(used, key=lambda each: each.price)
    target = total([each.weight for each in ordered]) * share
    reached = Fraction(0)
    for place, each in enumerate(ordered):
        reached += each.weight
        if reached > target or place == len(ordered) - 1:
            return each.price
        if reached == target:
            above = next((one.price for one in ordered[place + 1 :] if one.weight > 0), each.price)
            return {"lower": each.price, "upper": above, "mean": (each.price + above) / 2}[tie]
    raise ZeroDivisionError("no used value")


@entry(
    "estimator", "percentile", decimal("percent", most=100), word("tie", "mean", "lower", "upper")
)
def percentile(used: Sequence[Used], *, percent: Decimal, tie: str) -> Fraction:
    """Value at the stated percent of the cumulated weight."""
    return at_share(used, Fraction(percent) / 100, tie)


@entry("estimator", "vote_median", word("even", "mean", "lower", "upper", default="mean"))
def vote_median(used: Sequence[Used], *, even: str) -> Fraction:
    """Median of three votes a publisher: low (p-c), the price p, high (p+c)."""
    return middle(votes(used), even)


def votes(used: Sequence[Used]) -> list[Fraction]:
    """The ordered votes p-c, p, p+c of all publishers."""
    return sorted(vote for each in used for vote in (each.low, each.price, each.high))


@entry("estimator", "middle_of_range")
def middle_of_range(used: Sequence[Used]) -> Fraction:
    """Half way between the smallest and the largest used value."""
    prices = [each.price for each in used]
    return (min(prices) + max(prices)) / 2
