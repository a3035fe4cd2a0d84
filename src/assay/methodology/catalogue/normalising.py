# ruff: noqa: ARG001 (rules of a family share one signature)
"""Normalisation: a price on other terms brought to the base terms by declared differentials.

Every differential stands in the document with its clause and appears in the trace.
Terms the document does not list are left alone; whether they are typical is a
screening question.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.core import unit_of
from assay.core.units import UNITS
from assay.methodology.catalogue.registry import decimal, decimals, entry, flag, texts, word
from assay.methodology.catalogue.shapes import Day
from assay.methodology.inputs import Submission

Step = tuple[str, Fraction, Mapping[str, Any]]

TERMS = ("place", "grade", "payment", "delivery", "brand")


@entry("normalisation", "differential", word("field", *TERMS), decimals("add"))
def differential(
    submission: Submission, day: Day, *, field: str, add: Mapping[str, Decimal]
) -> Step | None:
    """Add a declared amount for a named place, grade, payment, delivery or brand."""
    named = submission.text(field)
    if named is None or named not in add:
        return None
    return "add", Fraction(add[named]), {field: named}


@entry("normalisation", "per_unit", flag("declared"))
def per_unit(submission: Submission, day: Day, *, declared: bool) -> Step | None:
    """Convert a price in another unit of the same dimension (CNY/kg to CNY/t), when declared."""
    unit = submission.text("unit")
    if not declared or unit is None or unit not in UNITS or unit == day.card.unit.code:
        return None
    own = unit_of(unit)
    if not own.same_dimension(day.card.unit):
        return None
    return "multiply", own.scale / day.card.unit.scale, {"unit": unit}


@entry("normalisation", "tax", decimal("rate_percent"))
def tax(submission: Submission, day: Day, *, rate_percent: Decimal) -> Step | None:
    """Bring a price to the series' tax basis at the stated rate."""
    given, wanted = submission.text("tax"), day.card.tax.basis
    if given is None or given == wanted or "none" in (given, wanted):
        return None
    factor = 1 + Fraction(rate_percent) / 100
    return "multiply", factor if wanted == "included" else 1 / factor, {"tax": given}


@entry("normalisation", "premium_against", texts("series"))
def premium_against(submission: Submission, day: Day, *, series: tuple[str, ...]) -> Step | None:
    """Price a quote that states only a premium: the same day's middle of the named series plus it."""
    against = submission.text("against")
    if submission.low is not None or submission.premium_low is None or against not in series:
        return None
    known = [each for each in day.inputs.series.get(against, ()) if each.date in (day.date, None)]
    if not known:
        return None
    return "base", known[-1].mid, {"against": against}
