"""Trims: which used values are set aside before the estimator, by count or by volume.

A trim returns the values that stay (volume trims cut the weight of the one at the
edge). Ties are cut by price first, then by contributor, so that the order in which
submissions came does not matter. A trim that would leave nothing leaves all, and the
engine says so, as it says when a share of so few values is nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.methodology.catalogue.estimators import total
from assay.methodology.catalogue.registry import count, decimal, entry, rows, text, word
from assay.methodology.catalogue.shapes import Used


def ordered(used: Sequence[Used]) -> list[Used]:
    """The values from low to high, ties by contributor."""
    return sorted(used, key=lambda each: (each.price, each.contributor, each.submissions))


def _cut(used: Sequence[Used], low: int, high: int) -> list[Used]:
    kept = ordered(used)
    return kept[low : len(kept) - high] if low + high < len(kept) else kept


@entry("trim", "count", count("low"), count("high"))
def by_count(used: Sequence[Used], *, low: int, high: int) -> list[Used]:
    """Drop a fixed number of values at each end."""
    return _cut(used, low, high)


@entry("trim", "count_table", rows("table", {"from": int, "drop": int}))
def by_table(used: Sequence[Used], *, table: Sequence[Mapping[str, Any]]) -> list[Used]:
    """Drop as many at each end as the table says for this many values (``from``, ``drop``)."""
    return _cut(used, *drops("count_table", {"table": table}, len(used)))


@entry(
    "trim",
    "percent",
    decimal("percent", most=50, below=True),
    word("count", "floor", "ceil", "half_up"),
)
def by_percent(used: Sequence[Used], *, percent: Decimal, count: str) -> list[Used]:
    """Drop a percent of the count at each end; the count is floored, ceiled or rounded half up."""
    drop = trim_count(len(used), percent, count)
    return _cut(used, drop, drop)


def drops(rule: str, arguments: Mapping[str, Any], size: int) -> tuple[int, int]:
    """How many of `size` values a trim by count asks to drop at the low and the high end."""
    if rule == "count":
        return arguments["low"], arguments["high"]
    if rule == "percent":
        drop = trim_count(size, arguments["percent"], arguments["count"])
        return drop, drop
    lines = sorted(arguments["table"], key=lambda each: int(each["from"]))
    drop = next((line["drop"] for line in reversed(lines) if size >= line["from"]), 0)
    return drop, drop


#: The trims that drop by count.
BY_COUNT = frozenset({"count", "count_table", "percent"})


def trim_count(size: int, percent: Decimal, count: str) -> int:
    """How many of `size` values the percent drops at each end (``half_up`` is floor(x + 0.5))."""
    share = Fraction(percent) * size / 100
    if count == "ceil":
        return -((-share.numerator) // share.denominator)
    if count == "half_up":
        share += Fraction(1, 2)
    return share.numerator // share.denominator


@entry("trim", "volume", decimal("percent", most=50, below=True))
def by_volume(used: Sequence[Used], *, percent: Decimal) -> list[Used]:
    """Drop a percent of the volume at each end; the value at the edge keeps its rest."""
    return volume_between(used, Fraction(percent) / 100, 1 - Fraction(percent) / 100)


@entry(
    "trim", "lowest_volume", decimal("percent", most=100, below=True), text("segment", default="")
)
def lowest_volume(used: Sequence[Used], *, percent: Decimal, segment: str) -> list[Used]:
    """Drop a fixed percent of the volume at the lowest prices, of one class where one is named."""
    inside = [each for each in used if not segment or each.klass == segment]
    outside = [each for each in used if segment and each.klass != segment]
    return outside + volume_between(inside, Fraction(percent) / 100, Fraction(1))


def volume_between(used: Sequence[Used], below: Fraction, above: Fraction) -> list[Used]:
    """The values whose cumulated weight lies between two shares, edges cut to what is inside."""
    everything = total([each.weight for each in used])
    start, end = everything * below, everything * above
    kept, reached = [], Fraction(0)
    for each in ordered(used):
        inside = min(reached + each.weight, end) - max(reached, start)
        reached += each.weight
        if inside > 0:
            kept.append(replace(each, weight=inside))
    return kept or list(used)
