"""A formula price: one line over chosen inputs, evaluated for low, mid and high, each alone.

No leg is derived from another's rounded value; the carbon part of AL-LC is never
rounded before it is added. Missing inputs end in `not_assessed`, never in a guess.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.core import Finding, Severity, exact_text, round_to_step
from assay.methodology.determination import Determination, identity, not_assessed, term
from assay.methodology.document.model import Methodology, Pricing
from assay.methodology.engine.choosing import Chosen, choose, input_term, paired
from assay.methodology.engine.ladder import rounded
from assay.methodology.inputs import Inputs

LEGS = ("low", "mid", "high")


def combine(methodology: Methodology, series: str, day: date, inputs: Inputs) -> Determination:
    """Determine one formula series on one day."""
    pricing = methodology.pricing
    assert pricing is not None
    chosen = {spec.name: choose(methodology, spec, day, inputs) for spec in pricing.inputs}
    findings = list(inputs.findings)
    for pair in pricing.pairs:
        findings += paired(chosen, pair, day, inputs)
    for each in chosen.values():
        findings += each.findings
    missing = [each for each in chosen.values() if each.seen is None]
    if missing:
        return _missing(methodology, series, day, missing, findings, chosen)
    legs = {leg: _numbers(pricing, chosen, leg) for leg in LEGS}
    try:
        low, mid, high = (pricing.formula.evaluate(legs[leg]) for leg in LEGS)
    except ZeroDivisionError:
        findings.append(
            Finding(
                "formula.division_by_zero",
                Severity.ERROR,
                f"{series} {day} (clause {pricing.clause})",
                f"{pricing.formula.text} divides by zero today: look at the inputs",
            )
        )
        return not_assessed(methodology, series, day, "insufficient_data", findings=tuple(findings))
    low, high = min(low, high), max(low, high)
    prices = rounded(methodology, series, (low, mid, high))
    trace = _trace(methodology, series, day, pricing, chosen, legs, (low, mid, high), prices)
    return Determination(
        series=series,
        pricing_date=day,
        status="determined",
        reason=None,
        low=prices[0],
        mid=prices[1],
        high=prices[2],
        unit=methodology.card(series).unit.code,
        branch="formula",
        n_received=0,
        n_used=0,
        findings=tuple(findings),
        methodology=identity(methodology),
        trace=trace,
    )


def _numbers(pricing: Pricing, chosen: dict[str, Chosen], leg: str) -> dict[str, Fraction]:
    numbers = {}
    for spec in pricing.inputs:
        seen = chosen[spec.name].seen
        assert seen is not None
        numbers[spec.name] = seen.leg(leg if spec.leg == "same" else spec.leg)
    return numbers


def _missing(
    methodology: Methodology,
    series: str,
    day: date,
    missing: list[Chosen],
    findings: list[Finding],
    chosen: dict[str, Chosen],
) -> Determination:
    first = missing[0].spec
    findings += [
        Finding(
            "input.missing",
            Severity.ERROR,
            f"{series} {day}: {each.spec.series or each.spec.table} (clause {each.spec.clause})",
            f"no usable value by the rule `{each.spec.lag}`: get it, or publish the reason",
        )
        for each in missing
    ]
    terms = [input_term(each, "mid", day) for each in chosen.values() if each.seen]
    return not_assessed(
        methodology,
        series,
        day,
        f"missing_input:{first.series or first.table}",
        findings=tuple(findings),
        trace={"formula": methodology.pricing and methodology.pricing.formula.text, "terms": terms},
    )


def _trace(
    methodology: Methodology,
    series: str,
    day: date,
    pricing: Pricing,
    chosen: dict[str, Chosen],
    legs: dict[str, dict[str, Fraction]],
    exact: tuple[Fraction, Fraction, Fraction],
    prices: tuple[Decimal, Decimal, Decimal],
) -> dict[str, Any]:
    unit = methodology.card(series).unit.code
    rounding = methodology.rounding
    trace: dict[str, Any] = {
        "branch": "formula",
        "formula": pricing.formula.text,
        "clause": pricing.clause,
        "filled": f"{pricing.formula.filled(legs['mid'])} = {exact_text(exact[1])}",
        "rounding": {
            "rule": rounding.rule.value,
            "clause": rounding.clause,
            "step": str(methodology.card(series).step),
        },
    }
    if methodology.presented_step is not None:
        shown = round_to_step(exact[1], methodology.presented_step, rounding.rule)
        trace["presented"] = {"about": str(shown), "step": str(methodology.presented_step)}
    for number, leg in enumerate(LEGS):
        trace[leg] = term(
            leg,
            exact[number],
            unit,
            source=pricing.formula.text,
            day=day,
            clause=pricing.clause,
            rounded=str(prices[number]),
            filled=pricing.formula.filled(legs[leg]),
            terms=[input_term(each, leg, day) for each in chosen.values()],
        )
    return trace
