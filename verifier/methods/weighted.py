"""Weighted values: emission over output of the enterprises that count, of one quarter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from verifier import exact
from verifier.methods.assessed import Outcome


def weigh(
    document: Mapping[str, Any], series: str, day: date, rows: list[dict[str, Any]]
) -> tuple[Outcome, str]:
    """The exact value of a weighted series on `day`, and the quarter it is of.

    The newest quarter in force that is complete counts; a pair waits for each other.
    """
    weighting = document["weighting"]
    quarters: dict[str, dict[str, tuple[Fraction, Fraction]]] = defaultdict(dict)
    for row in rows:
        if row.get("effective") and date.fromisoformat(row["effective"]) <= day:
            quarters[row["quarter"]][row["enterprise"]] = _amounts(row)
    asked = document["series"] if weighting.get("paired", False) else [series]
    for quarter in sorted(quarters, reverse=True):
        told = quarters[quarter]
        if all(_complete(weighting, code, told) for code in asked):
            own = [told[name] for name in told if _counts(weighting, series, name)]
            output = sum((each[0] for each in own), Fraction(0))
            value = sum((each[1] for each in own), Fraction(0)) / output
            return Outcome("weighted", value, value, value), quarter
    return Outcome("none", reason="insufficient_data"), ""


def _amounts(row: Mapping[str, Any]) -> tuple[Fraction, Fraction]:
    output = exact.number(row["output"])
    if row.get("emission") not in (None, ""):
        return output, exact.number(row["emission"])
    return output, output * exact.number(row["intensity"])


def _counts(weighting: Mapping[str, Any], series: str, enterprise: str) -> bool:
    return series in weighting.get("whole", []) or enterprise in weighting["members"][series]


def _complete(weighting: Mapping[str, Any], series: str, told: Mapping[str, Any]) -> bool:
    least = weighting.get("minimum_rows", 1) if series in weighting.get("whole", []) else 0
    members = weighting.get("members", {}).get(series, [])
    return len(told) >= least and all(name in told for name in members)
