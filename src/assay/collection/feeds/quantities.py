"""Reported quantities of enterprises by quarter (output, emission) -> rows for a weighted series.

A table with one row that cannot be believed is refused whole: leaving an enterprise out would
change every weight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assay.collection.feeds.mapping import FeedMapping
from assay.collection.feeds.rows import FeedRow, read_rows
from assay.collection.reading import error
from assay.core import Finding, Rounding, Severity, decimal_text, round_to_step

_QUARTER = re.compile(r"(20[0-9]{2})\s*(?:-|年)?\s*(?:q|Q|第)?\s*([1-4一二三四])\s*(?:季度)?\Z")
_CHINESE = {"一": "1", "二": "2", "三": "3", "四": "4"}


@dataclass(frozen=True, slots=True)
class QuantityTable:
    """Rows ``enterprise quarter output emission|intensity source``; empty when refused."""

    rows: tuple[dict[str, str], ...]
    findings: tuple[Finding, ...]


def read_quantities(
    content: bytes, mapping: FeedMapping, where: str = "quantities"
) -> QuantityTable:
    """The quantities of one file; `limits` of the mapping bound the intensity (tCO2/t)."""
    read = read_rows(content, mapping, where)
    findings = list(read.findings)
    rows: list[dict[str, str]] = []
    seen: set[tuple[str, str]] = set()
    for row in read.rows:
        findings += row.findings
        made, problems = _row(row, mapping)
        findings += problems
        if made is None:
            continue
        key = (made["enterprise"], made["quarter"])
        if key in seen:
            findings.append(
                error("quantities.twice", row.locator, f"{key[0]} stands twice in {key[1]}")
            )
        seen.add(key)
        rows.append(made)
    if any(finding.severity is Severity.ERROR for finding in findings):
        return QuantityTable((), tuple(findings))
    return QuantityTable(tuple(rows), tuple(findings))


def quarter_of(text: str) -> str | None:
    """``2025-Q3`` of 2025-Q3, 2025Q3, 2025年三季度 or 2025年第3季度."""
    match = _QUARTER.match(text.strip())
    return f"{match[1]}-Q{_CHINESE.get(match[2], match[2])}" if match else None


def _row(row: FeedRow, mapping: FeedMapping) -> tuple[dict[str, str] | None, list[Finding]]:
    enterprise = row.words.get("enterprise", "")
    quarter = quarter_of(row.words.get("quarter", ""))
    output = row.amounts.get("output")
    emission, intensity = row.amounts.get("emission"), row.amounts.get("intensity")
    if not enterprise or quarter is None:
        return None, [error("quantities.name", row.locator, "enterprise or quarter is missing")]
    if output is None or output <= 0 or (emission is None and intensity is None):
        return None, [
            error("quantities.incomplete", row.locator, f"{enterprise}: output and emission needed")
        ]
    ratio = (
        Fraction(intensity) if intensity is not None else Fraction(emission or 0) / Fraction(output)
    )
    least, most = mapping.limits.least, mapping.limits.most
    if (least is not None and ratio < Fraction(least)) or (
        most is not None and ratio > Fraction(most)
    ):
        return None, [
            error(
                "quantities.implausible",
                row.locator,
                f"{enterprise}: {_shown(ratio)} tCO2/t outside {least}-{most}: check the units",
            )
        ]
    made = {"enterprise": enterprise, "quarter": quarter, "output": decimal_text(output)}
    if emission is not None:
        made["emission"] = decimal_text(emission)
    if intensity is not None:
        made["intensity"] = decimal_text(intensity)
    made["source"] = row.words.get("source", mapping.source)
    return made, []


def _shown(ratio: Fraction) -> str:
    return decimal_text(round_to_step(ratio, Decimal("0.01"), Rounding.HALF_UP))
