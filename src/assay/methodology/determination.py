"""What comes out of a methodology: a price with its whole explanation, or the reason why not.

A determination is a value: it is not published, not approved, not stored. Numbers on its
face are decimals on the step of the series; numbers in the trace are exact texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.core import Finding, decimal_text, exact_text, plain
from assay.methodology.document.model import Methodology


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule said of one submission, with its clause and the values it saw."""

    submission: str
    contributor: str
    rule: str
    clause: str
    verdict: str
    code: str
    seen: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """The verdict as plain values."""
        return {
            "submission": self.submission,
            "contributor": self.contributor,
            "rule": self.rule,
            "clause": self.clause,
            "verdict": self.verdict,
            "code": self.code,
            "seen": plain(dict(self.seen)),
        }


@dataclass(frozen=True, slots=True)
class Determination:
    """The result for one series and day."""

    series: str
    pricing_date: date
    status: str
    reason: str | None
    low: Decimal | None
    mid: Decimal | None
    high: Decimal | None
    unit: str
    branch: str
    n_received: int
    n_used: int
    findings: tuple[Finding, ...]
    methodology: Mapping[str, str]
    trace: Mapping[str, Any] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    statistics: Mapping[str, Any] = field(default_factory=dict)
    second_signature: bool = False

    @property
    def determined(self) -> bool:
        """Whether there is a price."""
        return self.status == "determined"

    def document(self) -> dict[str, Any]:
        """The JSON shape of `assay determine`: decimals as text, trace as plain values."""
        return {
            "series": self.series,
            "pricing_date": self.pricing_date.isoformat(),
            "status": self.status,
            "reason": self.reason,
            "low": _text(self.low),
            "mid": _text(self.mid),
            "high": _text(self.high),
            "unit": self.unit,
            "branch": self.branch,
            "n_received": self.n_received,
            "n_used": self.n_used,
            "findings": [each.document() for each in self.findings],
            "trace": plain(dict(self.trace)),
            "methodology": dict(self.methodology),
        }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else decimal_text(number)


def identity(methodology: Methodology) -> dict[str, str]:
    """How a determination names its document: id, effective date, digest of the file."""
    return {
        "id": methodology.id,
        "effective": methodology.effective.isoformat(),
        "digest": methodology.digest,
    }


def term(
    name: str,
    number: Fraction | Decimal,
    unit: str,
    *,
    source: str,
    day: date | None,
    clause: str,
    revision: int = 0,
    terms: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """One term of a trace: value, unit, source, date, revision, clause, and what it is made of."""
    node: dict[str, Any] = {
        "name": name,
        "value": exact_text(number),
        "unit": unit,
        "source": source,
        "date": day.isoformat() if day else None,
        "revision": revision,
        "clause": clause,
    }
    node.update(more)
    if terms:
        node["terms"] = terms
    return node


def not_assessed(
    methodology: Methodology,
    series: str,
    day: date,
    reason: str,
    *,
    findings: tuple[Finding, ...] = (),
    n_received: int = 0,
    trace: Mapping[str, Any] | None = None,
    verdicts: tuple[Verdict, ...] = (),
) -> Determination:
    """A determination without a price, with its reason."""
    return Determination(
        series=series,
        pricing_date=day,
        status="not_assessed",
        reason=reason,
        low=None,
        mid=None,
        high=None,
        unit=methodology.card(series).unit.code,
        branch="none",
        n_received=n_received,
        n_used=0,
        findings=findings,
        methodology=identity(methodology),
        trace=trace or {},
        verdicts=verdicts,
    )
