"""Whether a document can be replayed in columns, and with which numbers.

What the kernel has no number for is named with its clause and left to the day engine:
slower, the same result, never an approximation. Nothing here reads a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Any

from assay.core import Rounding
from assay.methodology.catalogue.estimators import BY_TONNES
from assay.methodology.catalogue.trimming import trim_count
from assay.methodology.document.model import Assessment, Methodology, Minimum, RuleCall, Rung
from assay.methodology.replay import kernel as k

KIND_CODES = {
    "transaction": k.TRANSACTION,
    "bid": k.BID,
    "offer": k.OFFER,
    "indication": k.INDICATION,
}
_TIES = {"lower": k.LOWER, "upper": k.UPPER, "mean": k.BOTH}
_POINTS = {"middle": k.MIDDLE, "low": k.AT_LOW, "high": k.AT_HIGH}
ROUNDINGS = {
    Rounding.HALF_UP: k.HALF_UP,
    Rounding.HALF_AWAY_FROM_ZERO: k.HALF_AWAY,
    Rounding.HALF_EVEN: k.HALF_EVEN,
}
_ESTIMATORS = {
    "mean": k.MEAN, "weighted_mean": k.MEAN, "vwap": k.MEAN,
    "median": k.MEDIAN, "weighted_median": k.AT_SHARE, "percentile": k.AT_SHARE,
    "middle_of_range": k.MIDDLE_OF_RANGE,
}  # fmt: skip
_RANGES = {
    "min_max": k.MIN_MAX, "quote_ends": k.QUOTE_ENDS, "quote_means": k.QUOTE_MEANS,
    "percentiles": k.SHARES, "band": k.BAND, "mid": k.AS_MID,
}  # fmt: skip
#: Every partition asks for the same few.
_trim_count = lru_cache(maxsize=1 << 12)(trim_count)
_COUNT_TRIMS = ("count", "count_table", "percent")
_VOLUME_TRIMS = ("volume", "lowest_volume")
_CLEANING = frozenset({
    "redate", "aliases", "zero_rows_missing", "repeated_rows_once", "two_sheets_one_date",
    "filled_forward", "weekdays_only", "resembling_names",
})  # fmt: skip
#: Screening rules that columns can speak; with `action` other than exclude they change nothing.
SPOKEN = frozenset({
    "required_fields", "todays_data", "before_cutoff", "minimum_quantity", "large_quantity",
    "qualified_contributor", "arms_length", "unit_and_tax", "terms", "kinds",
    "positive_confidence", "received_between", "one_live_quote", "deal_once", "concentration",
})  # fmt: skip
#: Rules that speak only of what an analyst should see, unless they exclude.
ADVICE = frozenset({
    "against_yesterday", "against_series", "stale_repeat",
    "outlier_absolute", "outlier_percent", "outlier_mad", "outlier_contributor",
})  # fmt: skip
_MINIMA = frozenset({
    "contributors", "groups", "transactions", "submissions", "buyers", "sellers", "tonnes",
    "largest_share_percent",
})  # fmt: skip
_NORMALISING = frozenset({"differential", "per_unit", "tax"})


def why_not(methodology: Methodology) -> list[str]:
    """What keeps a document out of the columns, clause by clause; empty when nothing does."""
    assessment = methodology.assessment
    if assessment is None:
        return [f"kind {methodology.kind}"]
    said = [_said(call) for call in assessment.cleaning if call.rule not in _CLEANING]
    said += [_said(call) for call in assessment.screening if not _spoken(call)]
    said += [_said(call) for call in assessment.normalisation if call.rule not in _NORMALISING]
    for rung in assessment.ladder:
        if rung.estimator.rule not in _ESTIMATORS:
            said.append(_said(rung.estimator))
        if rung.trim is not None and not _trims(rung.trim):
            said.append(_said(rung.trim))
        said += [f"clause {rung.clause}: minimum.{name}" for name in _unspoken(rung.minimum)]
    if assessment.range.rule not in _RANGES:
        said.append(_said(assessment.range))
    if assessment.split is not None:
        said.append(_said(assessment.split.call))
    return said + [f"clause {each.clause}: input {each.name}" for each in assessment.inputs]


def _unspoken(minimum: Minimum) -> list[str]:
    """Conditions of a rung that the kernel has no number for, and that the document states."""
    plain = Minimum()
    return [
        each.name
        for each in fields(Minimum)
        if each.name not in _MINIMA and getattr(minimum, each.name) != getattr(plain, each.name)
    ]


def _said(call: RuleCall) -> str:
    return f"clause {call.clause}: {call.rule}"


def _spoken(call: RuleCall) -> bool:
    if call.rule in ADVICE:
        return call.arguments.get("action") != "exclude"
    return call.rule in SPOKEN


def _trims(call: RuleCall) -> bool:
    if call.rule == "lowest_volume":
        return not call.arguments["segment"]
    return call.rule in (*_COUNT_TRIMS, *_VOLUME_TRIMS)


def needs_history(methodology: Methodology) -> bool:
    """Whether a price may depend on the series' own earlier prices."""
    assessment = methodology.assessment
    if assessment is None:
        return methodology.pricing is not None
    return any(rung.branch == "carried" for rung in assessment.ladder) or any(
        call.rule == "against_yesterday" and not _spoken(call) for call in assessment.screening
    )


def may_close(methodology: Methodology) -> bool:
    """Whether cleaning may find that a day is none, for silent series too."""
    assessment = methodology.assessment
    return assessment is not None and any(
        call.rule in ("weekdays_only", "filled_forward") for call in assessment.cleaning
    )


def needs_previous(methodology: Methodology) -> bool:
    """Whether a price may depend on the rows of the day before."""
    assessment = methodology.assessment
    if assessment is None:
        return False
    rules = {call.rule for call in assessment.cleaning}
    if rules & {"filled_forward", "two_sheets_one_date", "redate"}:
        return True
    return any(
        call.rule in ("stale_repeat", "outlier_percent") and not _spoken(call)
        for call in assessment.screening
    )


@dataclass(frozen=True, slots=True)
class Numbers:
    """A document as whole numbers, for data of these scales and groups up to this size."""

    #: The kernel's rules: the document, its rungs, and where their trims' tables stand.
    rules: tuple[int, ...]
    steps: Mapping[str, tuple[int, int]]
    branches: tuple[str, ...]
    #: A factor by which the largest sum of the data may grow inside the kernel.
    growth: int


def numbers_of(
    methodology: Methodology,
    scale: int,
    quantity_scale: int,
    largest: int,
    has_ids: bool,
    start: int = 0,
) -> Numbers:
    """The parameters of the kernel; `largest` is the size of the largest group.

    Rules stand one document after another: `start` is where this one begins.
    """
    assessment = methodology.assessment
    assert assessment is not None
    ladder = [rung for rung in assessment.ladder if rung.branch != "carried"]
    per_firm = assessment.per == "contributor"
    rungs = [_rung(rung, quantity_scale, per_firm=per_firm) for rung in ladder]
    rules = _rules(methodology, assessment, scale, has_ids)
    unlike = {card.step for card in methodology.cards.values()}
    by_step = {step: Fraction(step) * 10**scale for step in unlike}
    pairs = {step: (each.numerator, each.denominator) for step, each in by_step.items()}
    growth = max(row[k.R_VOLUME_OF] for row in rungs) * max(
        each.denominator for each in by_step.values()
    )
    for row in rungs:
        growth = max(growth, row[k.R_AT_OF], row[k.R_SHARE_OF])
    growth *= 200 * max(rules[k.D_LOW_OF], rules[k.D_HIGH_OF], rules[k.D_CAP_OF], 1)
    return Numbers(
        rules=_laid_out(rules, rungs, [_cuts(rung.trim, largest) for rung in ladder], start),
        steps={code: pairs[card.step] for code, card in methodology.cards.items()},
        branches=tuple(rung.branch for rung in ladder),
        growth=growth,
    )


def _laid_out(
    rules: list[int], rungs: list[list[int]], cuts: list[list[int]], start: int
) -> tuple[int, ...]:
    """One row of numbers; `start` is where it will stand among those of other documents."""
    rules[k.D_RUNGS] = len(rungs)
    place = start + len(rules) + sum(len(row) for row in rungs)
    for row, table in zip(rungs, cuts, strict=True):
        row[k.R_CUTS] = place
        place += len(table)
    return tuple(number for part in (rules, *rungs, *cuts) for number in part)


def _bits(kinds: Any) -> int:
    return sum(1 << code for kind, code in KIND_CODES.items() if kind in kinds)


def _rung(rung: Rung, quantity_scale: int, *, per_firm: bool) -> list[int]:
    row = [0] * k.RUNG_WIDTH
    least = rung.minimum
    row[k.R_KINDS] = _bits(rung.kinds)
    row[k.R_FIRMS], row[k.R_GROUPS] = least.contributors, least.groups
    row[k.R_DEALS], row[k.R_ROWS] = least.transactions, least.submissions
    row[k.R_BUYERS], row[k.R_SELLERS] = least.buyers, least.sellers
    row[k.R_TONNES] = ceil(Fraction(least.tonnes) * 10**quantity_scale)
    if least.largest_share_percent is not None:
        share = Fraction(least.largest_share_percent) / 100
        row[k.R_SHARE], row[k.R_SHARE_OF] = share.numerator, share.denominator
    row[k.R_COUNTED] = int(
        any((least.groups, least.transactions, least.buyers, least.sellers, least.tonnes))
        or least.largest_share_percent is not None
        or not per_firm
    )
    estimator = rung.estimator
    row[k.R_ESTIMATOR] = _ESTIMATORS[estimator.rule]
    row[k.R_BY_TONNES] = int(estimator.rule in BY_TONNES)
    tie = estimator.arguments.get("even") or estimator.arguments.get("tie") or "mean"
    row[k.R_TIE] = _TIES[tie]
    at = Fraction(estimator.arguments.get("percent", Decimal(50))) / 100
    row[k.R_AT], row[k.R_AT_OF] = at.numerator, at.denominator
    row[k.R_VOLUME_OF] = 1
    if rung.trim is not None:
        _trim(rung.trim, row)
    return row


def _trim(trim: RuleCall, row: list[int]) -> None:
    row[k.R_TRIM] = k.BY_COUNT
    if trim.rule in _VOLUME_TRIMS:
        row[k.R_TRIM] = k.BY_VOLUME
        below = Fraction(trim.arguments["percent"]) / 100
        above = 1 - below if trim.rule == "volume" else Fraction(1)
        row[k.R_BELOW], row[k.R_VOLUME_OF] = below.numerator, below.denominator
        row[k.R_ABOVE] = int(above * below.denominator)


def _cuts(trim: RuleCall | None, largest: int) -> list[int]:
    """For every count of values: how many go at the low and at the high end."""
    flat: list[int] = []
    for size in range(largest + 1):
        low = high = 0
        if trim is not None and trim.rule == "count":
            low, high = trim.arguments["low"], trim.arguments["high"]
        elif trim is not None and trim.rule == "percent":
            low = high = _trim_count(size, trim.arguments["percent"], trim.arguments["count"])
        elif trim is not None and trim.rule == "count_table":
            low = high = _from_table(trim.arguments["table"], size)
        flat += [low, high] if low + high < size else [0, 0]
    return flat


def _from_table(table: Any, size: int) -> int:
    drop = 0
    for row in sorted(table, key=lambda each: each["from"]):
        if size >= row["from"]:
            drop = row["drop"]
    return int(drop)


def _rules(
    methodology: Methodology, assessment: Assessment, scale: int, has_ids: bool
) -> list[int]:
    row = [0] * k.RULES_WIDTH
    live: set[str] = set()
    for call in assessment.screening:
        if call.rule == "one_live_quote":
            live |= set(call.arguments["kinds"])
    row[k.D_LIVE] = _bits(live)
    row[k.D_IDS] = int(has_ids)
    row[k.D_PER_FIRM] = int(assessment.per == "contributor")
    row[k.D_SPEAKING] = int(assessment.own_value == "transactions_first")
    row[k.D_QUORUM] = assessment.quorum
    if assessment.cap is not None:
        cap = Fraction(assessment.cap.percent) / 100
        row[k.D_CAP], row[k.D_CAP_OF] = cap.numerator, cap.denominator
        row[k.D_CAP_GROUPS] = int(assessment.cap.per == "group")
    row[k.D_POINT] = _POINTS[assessment.point]
    row[k.D_ROUNDING] = ROUNDINGS[methodology.rounding.rule]
    _range(assessment.range, scale, row)
    return row


def _range(call: RuleCall, scale: int, row: list[int]) -> None:
    given = call.arguments
    row[k.D_RANGE] = _RANGES[call.rule]
    row[k.D_LOW_OF] = row[k.D_HIGH_OF] = 1
    low = high = Fraction(0)
    if call.rule == "percentiles":
        row[k.D_TIE] = _TIES[given["tie"]]
        low, high = Fraction(given["low"]) / 100, Fraction(given["high"]) / 100
    elif call.rule == "band":
        low, high = Fraction(given["below"]), Fraction(given["above"])
        if given["as"] == "percent":
            row[k.D_RANGE] = k.BAND_PERCENT
        else:
            low, high = low * 2 * 10**scale, high * 2 * 10**scale
    row[k.D_LOW], row[k.D_LOW_OF] = low.numerator, low.denominator
    row[k.D_HIGH], row[k.D_HIGH_OF] = high.numerator, high.denominator
