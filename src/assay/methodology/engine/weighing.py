"""A weighted value: reported quantities, weighted by output, of the quarter in force.

Series of one document marked as a pair are of the same quarter and take effect together:
while one of them is incomplete, both stay on the quarter before, flagged.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from assay.core import Finding, Severity, exact_text
from assay.methodology.determination import Determination, identity, not_assessed, term
from assay.methodology.document.model import Methodology, Weighting
from assay.methodology.engine.ladder import rounded
from assay.methodology.inputs import Inputs, Quantity

LAST_MONTH = {"1": 3, "2": 6, "3": 9, "4": 12}


def weigh(methodology: Methodology, series: str, day: date, inputs: Inputs) -> Determination:
    """Determine one weighted series on one day."""
    weighting = methodology.weighting
    assert weighting is not None
    quarters: dict[str, list[Quantity]] = defaultdict(list)
    for each in inputs.quantities:
        if each.effective is not None and each.effective <= day:
            quarters[each.quarter].append(each)
    findings = list(inputs.findings)
    asked = methodology.series if weighting.paired else (series,)
    chosen = ""
    for quarter in sorted(quarters, reverse=True):
        lacking = _lacking(weighting, asked, quarters[quarter])
        if not lacking:
            chosen = quarter
            break
        findings.append(
            Finding(
                "input.quarter_incomplete",
                Severity.WARNING,
                f"{series} {day}: {quarter}",
                f"missing {', '.join(lacking)}: the pair stays on an earlier quarter",
            )
        )
    if not chosen:
        return not_assessed(
            methodology, series, day, "insufficient_data",
            findings=tuple(findings), n_received=len(inputs.quantities),
        )  # fmt: skip
    own = _own(weighting, series, quarters[chosen])
    findings += _late(weighting, series, day, chosen)
    output = sum((each.output for each in own), Fraction(0))
    value = sum((each.emission for each in own), Fraction(0)) / output
    price = rounded(methodology, series, (value, value, value))
    return Determination(
        series=series,
        pricing_date=day,
        status="determined",
        reason=None,
        low=price[0],
        mid=price[1],
        high=price[2],
        unit=methodology.card(series).unit.code,
        branch="weighted",
        n_received=len(inputs.quantities),
        n_used=len(own),
        findings=tuple(findings),
        methodology=identity(methodology),
        trace=_trace(methodology, series, day, chosen, own, value),
        statistics={"enterprises": len(own), "output": exact_text(output), "quarter": chosen},
    )


def _own(weighting: Weighting, series: str, rows: list[Quantity]) -> list[Quantity]:
    """The rows that count for a series, one an enterprise (the last told)."""
    latest = {each.enterprise: each for each in rows}
    if series in weighting.whole:
        return [latest[name] for name in sorted(latest)]
    return [latest[name] for name in sorted(latest) if name in weighting.members[series]]


def _lacking(weighting: Weighting, asked: tuple[str, ...], rows: list[Quantity]) -> list[str]:
    there = {each.enterprise for each in rows}
    lacking: list[str] = []
    for code in asked:
        lacking += [name for name in weighting.members.get(code, ()) if name not in there]
        if code in weighting.whole and len(there) < weighting.minimum_rows:
            lacking.append(f"{weighting.minimum_rows - len(there)} more enterprises for {code}")
    return list(dict.fromkeys(lacking))


def _late(weighting: Weighting, series: str, day: date, quarter: str) -> list[Finding]:
    """A finding when the quarter after `quarter` should be in force by now."""
    if not weighting.expected_days:
        return []
    year, number = int(quarter[:4]), quarter[-1]
    month = LAST_MONTH[number] + 3
    year, month = (year + 1, month - 12) if month > 12 else (year, month)  # noqa: PLR2004 months
    end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    due = end + timedelta(days=weighting.expected_days)
    if day <= due:
        return []
    return [
        Finding(
            "input.carried",
            Severity.WARNING,
            f"{series} {day}",
            f"{quarter} is carried: the next quarter was due on {due}",
        )
    ]


def _trace(
    methodology: Methodology,
    series: str,
    day: date,
    quarter: str,
    own: list[Quantity],
    value: Fraction,
) -> dict[str, Any]:
    weighting = methodology.weighting
    assert weighting is not None
    terms = [
        term(
            each.enterprise,
            each.emission / each.output,
            "tCO2/t",
            source=each.source or "reported quantity",
            day=each.effective,
            clause=weighting.clause,
            output=exact_text(each.output),
            emission=exact_text(each.emission),
        )
        for each in own
    ]
    whole = term(
        "mid", value, methodology.card(series).unit.code, source="emission over output", day=day,
        clause=weighting.clause, terms=terms, period=quarter,
    )  # fmt: skip
    return {"branch": "weighted", "quarter": quarter, "clause": weighting.clause, "mid": whole}
