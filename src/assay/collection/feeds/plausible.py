"""Whether a row can be believed: order of figures, bounds of the unit, yesterday, identities.

Pure and mapping-driven; gives findings, decides nothing else. A change is measured against
the last believed figure, or, at the beginning, against the middle of the first few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assay.collection.feeds.mapping import FeedMapping
from assay.collection.feeds.rows import FeedRow
from assay.collection.reading import error, warning
from assay.core import Finding, Rounding, decimal_text, exact_text, round_to_step

_PRICES = ("value", "open", "high", "low", "close", "settlement", "price", "mid")
_COUNTS = ("volume", "open_interest", "turnover", "output", "emission")
_CENT = Decimal("0.01")
_FIRST_FEW = 5
_HUNDRED = 100


def leading(amounts: Mapping[str, Decimal]) -> Decimal | None:
    """The figure a row is judged by: close, value, price or mid."""
    for name in ("close", "value", "price", "mid"):
        if name in amounts:
            return amounts[name]
    return None


def outages(row: FeedRow, mapping: FeedMapping) -> list[Finding]:
    """Zeros that mean "missing" at this source: the figure is left out, the row stays."""
    found = []
    for name in sorted(mapping.zero_is_outage):
        if row.amounts.get(name) == 0:
            del row.amounts[name]
            found.append(
                warning(
                    "feed.zero_means_outage",
                    f"{row.locator}, {row.day}",
                    f"{name} 0 is an outage of the source: left out, ask for the figure",
                )
            )
    return found


def within_bounds(row: FeedRow, mapping: FeedMapping) -> list[Finding]:
    """Figures outside the bounds of the unit, or counts below zero."""
    least, most = mapping.limits.least, mapping.limits.most
    found = []
    for name in _PRICES:
        amount = row.amounts.get(name)
        if amount is None or least is None or most is None or least <= amount <= most:
            continue
        found.append(
            error(
                "feed.implausible",
                f"{row.locator}, {row.day}",
                f"{name} {decimal_text(amount)} outside {least}-{most} {mapping.unit}: unit or digit",
            )
        )
    for name in _COUNTS:
        amount = row.amounts.get(name)
        if amount is not None and amount < 0:
            found.append(
                error("feed.negative", f"{row.locator}, {row.day}", f"{name} {amount} below zero")
            )
    return found


def in_order(row: FeedRow) -> list[Finding]:
    """Low <= close <= high must hold; an open outside is strange and only said."""
    amounts = row.amounts
    low, high = amounts.get("low"), amounts.get("high")
    if low is None or high is None:
        return []
    where = f"{row.locator}, {row.day}"
    if low > high:
        return [error("feed.low_above_high", where, f"low {low}, high {high}")]
    found = []
    close, opened = amounts.get("close"), amounts.get("open")
    if close is not None and not low <= close <= high:
        found.append(error("feed.close_outside_range", where, f"close {close}, range {low}-{high}"))
    if opened is not None and not low <= opened <= high:
        found.append(
            warning("feed.open_outside_range", where, f"open {opened}, range {low}-{high}")
        )
    return found


def change_too_large(amount: Decimal, before: Decimal, mapping: FeedMapping) -> bool:
    """Whether the step from `before` is beyond the limit of a day (at or below zero: never)."""
    limit = mapping.limits.day_change_percent
    if limit is None or before <= 0:
        return False
    return abs(Fraction(amount) - Fraction(before)) * _HUNDRED > Fraction(limit) * Fraction(before)


def first_anchor(rows: Sequence[FeedRow]) -> Decimal | None:
    """The middle of the first few figures: what the first row is measured against."""
    few = sorted(
        amount for row in rows[:_FIRST_FEW] if (amount := leading(row.amounts)) is not None
    )
    return few[len(few) // 2] if few else None


def change_finding(row: FeedRow, amount: Decimal, before: Decimal, mapping: FeedMapping) -> Finding:
    """The words for a step that is too large."""
    percent = round_to_step(
        (Fraction(amount) - Fraction(before)) * _HUNDRED / Fraction(before),
        Decimal("0.1"),
        Rounding.HALF_AWAY_FROM_ZERO,
    )
    return error(
        "feed.jump",
        f"{row.locator}, {row.day}",
        f"{decimal_text(before)} -> {decimal_text(amount)} is {percent} % in a day (limit "
        f"{mapping.limits.day_change_percent} %): a unit, a digit or a roll; look and release",
    )


def identity(row: FeedRow, mapping: FeedMapping, day: date) -> list[Finding]:
    """The identity that the definition of the day promises (close = turnover / volume)."""
    definition = mapping.definition_on(day)
    if definition is None or definition.check != "turnover_over_volume":
        return []
    volume, turnover = row.amounts.get("volume"), row.amounts.get("turnover")
    close = row.amounts.get("close")
    if not volume or turnover is None or close is None:
        return []
    mean = round_to_step(Fraction(turnover) / Fraction(volume), _CENT, Rounding.HALF_UP)
    if mean == close:
        return []
    return [
        error(
            "feed.close_differs",
            f"{row.locator}, {day}",
            f"close {close}, turnover / volume gives {exact_text(mean)}: one of the three is wrong",
        )
    ]
