# ruff: noqa: ARG001 (rules of a family share one signature)
"""Range rules: how low and high come about beside the mid.

Each gives exact low and high before rounding. None of them looks at yesterday.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from assay.methodology.catalogue.estimators import at_share, votes
from assay.methodology.catalogue.registry import decimal, entry, text, word
from assay.methodology.catalogue.shapes import Used

Numbers = Mapping[str, Fraction]


@entry("range", "min_max")
def min_max(used: Sequence[Used], mid: Fraction, numbers: Numbers) -> tuple[Fraction, Fraction]:
    """Smallest and largest used value."""
    prices = [each.price for each in used]
    return min(prices), max(prices)


@entry("range", "quote_ends")
def quote_ends(used: Sequence[Used], mid: Fraction, numbers: Numbers) -> tuple[Fraction, Fraction]:
    """Lowest low end and highest high end of the used quotes."""
    return min(each.low for each in used), max(each.high for each in used)


@entry("range", "quote_means")
def quote_means(used: Sequence[Used], mid: Fraction, numbers: Numbers) -> tuple[Fraction, Fraction]:
    """Mean of the low ends and mean of the high ends of the used quotes."""
    size = len(used)
    return (
        sum((each.low for each in used), Fraction(0)) / size,
        sum((each.high for each in used), Fraction(0)) / size,
    )


@entry(
    "range",
    "percentiles",
    decimal("low", most=100),
    decimal("high", most=100),
    word("tie", "mean", "lower", "upper", default="mean"),
)
def percentiles(
    used: Sequence[Used], mid: Fraction, numbers: Numbers, *, low: Decimal, high: Decimal, tie: str
) -> tuple[Fraction, Fraction]:
    """Two percentiles of the used values by weight."""
    return (
        at_share(used, Fraction(low) / 100, tie),
        at_share(used, Fraction(high) / 100, tie),
    )


@entry("range", "band", decimal("below"), decimal("above"), word("as", "absolute", "percent"))
def band(
    used: Sequence[Used],
    mid: Fraction,
    numbers: Numbers,
    *,
    below: Decimal,
    above: Decimal,
    **how: str,
) -> tuple[Fraction, Fraction]:
    """Fixed band around the unrounded mid, absolute or in percent of it."""
    if how["as"] == "percent":
        size = abs(mid) / 100
        return mid - size * Fraction(below), mid + size * Fraction(above)
    return mid - Fraction(below), mid + Fraction(above)


@entry(
    "range", "futures_premium", text("low"), text("high"), text("premium_low"), text("premium_high")
)
def futures_premium(
    used: Sequence[Used],
    mid: Fraction,
    numbers: Numbers,
    *,
    low: str,
    high: str,
    premium_low: str,
    premium_high: str,
) -> tuple[Fraction, Fraction]:
    """Window of futures plus premium range: named inputs for both ends of both."""
    return numbers[low] + numbers[premium_low], numbers[high] + numbers[premium_high]


@entry("range", "mid")
def same_as_mid(used: Sequence[Used], mid: Fraction, numbers: Numbers) -> tuple[Fraction, Fraction]:
    """No range: low and high are the mid."""
    return mid, mid


@entry("range", "vote_confidence")
def vote_confidence(
    used: Sequence[Used], mid: Fraction, numbers: Numbers
) -> tuple[Fraction, Fraction]:
    """Mid minus and plus the larger distance of the votes' quartiles (element n // 4 from each end)."""
    cast = votes(used)
    quarter = len(cast) // 4
    confidence = max(mid - cast[quarter], cast[-1 - quarter] - mid)
    return mid - confidence, mid + confidence
