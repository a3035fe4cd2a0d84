"""The tick as it will leave the house: content, statistics under secrecy, rationale.

A tick is what one person proposes and another approves by its digest. It says where the
price is from, which inputs it used, what judgement did to it, and nothing from which one
firm's price could be inferred. Pure: everything comes in as arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.core import (
    NotANumber,
    Rounding,
    decimal_of,
    decimal_text,
    parse_exact,
    refused,
    round_to_step,
)
from assay.core.secrecy import LEAST_CONTRIBUTORS, TOO_FEW, withheld_because
from assay.methodology import Methodology

LEGS = ("low", "mid", "high")


@dataclass(frozen=True)
class Adjustment:
    """What the analyst changed of the computed legs, and under which guideline."""

    low: str | None = None
    mid: str | None = None
    high: str | None = None
    guideline: str | None = None

    def legs(self) -> dict[str, str]:
        """The adjusted legs."""
        return {leg: text for leg in LEGS if (text := getattr(self, leg)) is not None}


def public_statistics(determination: Mapping[str, Any]) -> dict[str, Any]:
    """Counts, tonnes and shares of the used data, or why they are withheld."""
    counted = determination["trace"].get("statistics")
    if not counted:
        return {}
    too_few = counted["contributors"] < LEAST_CONTRIBUTORS
    why = TOO_FEW if too_few else withheld_because(used_volumes(determination))
    if why is not None:
        return {"withheld": why}
    return {
        "transactions": counted["transactions"],
        "tonnes": counted["transaction_tonnes"],
        "contributors": counted["contributors"],
        "share_by_kind": {
            kind: _percent(share) for kind, share in counted["share_by_kind"].items()
        },
    }


def _percent(share: str) -> str:
    return decimal_text(round_to_step(parse_exact(share), Decimal("0.1"), Rounding.HALF_UP))


def used_volumes(determination: Mapping[str, Any]) -> dict[str, Fraction]:
    """What each contributor gave to the used data: tonnes, or numbers where nobody told any."""
    tonnes: dict[str, Fraction] = {}
    count: dict[str, Fraction] = {}
    for used in determination["trace"].get("mid", {}).get("terms", []):
        for each in used.get("terms", []):
            quantity = each.get("quantity")
            name = used["name"]
            tonnes[name] = tonnes.get(name, Fraction(0)) + (
                parse_exact(quantity) if quantity else Fraction(0)
            )
            count[name] = count.get(name, Fraction(0)) + 1
    return tonnes if sum(tonnes.values()) else count


def public_inputs(document: Methodology, determination: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The terms of a formula with source, date, revision; values only where the licence allows."""
    if document.pricing is None:
        return []
    found = []
    for each in determination["trace"].get("mid", {}).get("terms", []):
        licence = each.get("licence")
        found.append(
            {
                "name": each["name"],
                "series": each.get("series"),
                "value": None if licence else each["value"],
                "unit": each["unit"],
                "date": each["date"],
                "revision": each["revision"],
                "source": each["source"],
                **({"licence": licence} if licence else {}),
                **({"age": each["age"]} if each.get("age") else {}),
                **({"carried_at_source": True} if each.get("carried_at_source") else {}),
            }
        )
    return found


def judged(
    inputs: Mapping[str, Any], adjustment: Adjustment, determination: Mapping[str, Any]
) -> dict[str, Any]:
    """Whether and how judgement was used: data left out or taken in, legs changed (T2)."""
    how = []
    decisions: dict[tuple[str, str], int] = {}
    for row in inputs.get("submissions", []):
        if row.get("decision"):
            key = (row["decision"], row["decision_reason"])
            decisions[key] = decisions.get(key, 0) + 1
    for (decision, code), number in sorted(decisions.items()):
        how.append({"act": decision, "code": code, "number": number})
    for leg, text in adjustment.legs().items():
        how.append(
            {
                "act": "adjust", "leg": leg, "computed": determination[leg], "proposed": text,
                "code": adjustment.guideline or "",
            }
        )  # fmt: skip
    return {"used": bool(how), "how": how}


def checked_adjustment(
    document: Methodology, series: str, day: date, adjustment: Adjustment, rationale: str
) -> None:
    """Refuse an adjustment without words, off the step, or under no guideline of the document."""
    legs = adjustment.legs()
    if not legs:
        return
    where = f"{series} on {day}"
    if not rationale.strip():
        raise refused("judgement.words", where, "an adjusted price needs a rationale in words")
    known = [each.id for each in document.judgement.guidelines]
    if adjustment.guideline not in known:
        raise refused(
            "judgement.guideline",
            f"{where}: {adjustment.guideline!r}",
            f"{document.id} allows: {', '.join(known) or 'no judgement at all'}",
        )
    step = document.card(series).step
    for leg, text in legs.items():
        try:
            number = decimal_of(text)
        except NotANumber as problem:
            raise refused("judgement.number", f"{where}, {leg}", str(problem)) from None
        if number % step:
            raise refused("judgement.step", f"{where}, {leg} {text}", f"a multiple of {step}")


def final_legs(
    determination: Mapping[str, Any], adjustment: Adjustment, series: str, day: date
) -> dict[str, str]:
    """Low, mid and high as proposed; refused when they are not in order."""
    legs = {leg: determination[leg] for leg in LEGS} | adjustment.legs()
    numbers = [decimal_of(legs[leg]) for leg in LEGS]
    if sorted(numbers) != numbers:
        said = ", ".join(f"{leg} {legs[leg]}" for leg in LEGS)
        raise refused("price.order", f"{series} on {day}", f"low, mid, high must rise: {said}")
    return {leg: decimal_text(number) for leg, number in zip(LEGS, numbers, strict=True)}


def rationale_of(
    determination: Mapping[str, Any],
    statistics: Mapping[str, Any],
    judgement: Mapping[str, Any],
) -> str:
    """A first draft of the rationale, from facts that may be public."""
    branch = determination["branch"]
    said = [f"Branch {branch} of {determination['methodology']['id']}."]
    if "transactions" in statistics:
        kinds = ", ".join(
            f"{kind} {share} %" for kind, share in statistics["share_by_kind"].items()
        )
        said.append(
            f"{statistics['transactions']} transactions of {statistics['tonnes']} t, "
            f"{statistics['contributors']} contributors; by kind: {kinds}."
        )
    elif statistics.get("withheld"):
        said.append(f"Statistics withheld: {statistics['withheld']}.")
    formula = determination["trace"].get("formula")
    if formula:
        said.append(f"Computed as {formula}.")
    said.append(
        f"Judgement was used: {_judged_words(judgement['how'])}."
        if judgement["used"]
        else "No judgement was used."
    )
    return " ".join(said)


def _judged_words(how: Sequence[Mapping[str, Any]]) -> str:
    said = []
    for each in how:
        if each["act"] == "adjust":
            said.append(f"{each['leg']} {each['computed']} -> {each['proposed']} ({each['code']})")
        else:
            number = f"{each['number']} data" if each["number"] > 1 else "1 datum"
            said.append(f"{each['act']}d {number} ({each['code']})")
    return "; ".join(said)


def tick_of(
    document: Methodology,
    computed: Mapping[str, Any],
    *,
    revision: int,
    adjustment: Adjustment,
    rationale: str = "",
    correction: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The content of a tick from a recorded determination (``digest determination inputs``)."""
    determination, inputs = computed["determination"], computed["inputs"]
    series, day = determination["series"], date.fromisoformat(determination["pricing_date"])
    card = document.card(series)
    statistics = public_statistics(determination)
    judgement = judged(inputs, adjustment, determination)
    terms = public_inputs(document, determination)
    notes = [document.licence.en] if document.licence else []
    tick = {
        "series": series,
        "pricing_date": day.isoformat(),
        "revision": revision,
        "status": "corrected" if revision else "published",
        **final_legs(determination, adjustment, series, day),
        "unit": card.unit.code,
        "tax": {"basis": card.tax.basis, "rate_percent": card.tax.rate_percent},
        "currency": card.unit.code.split("/")[0],
        "branch": determination["branch"],
        "methodology": determination["methodology"],
        "determination": computed["digest"],
        "inputs": terms,
        "statistics": statistics,
        "judgement": judgement,
        "rationale": rationale.strip() or rationale_of(determination, statistics, judgement),
        "second_signature_required": needs_second(document, determination),
        "licence_notes": sorted({*notes, *(e["licence"] for e in terms if e.get("licence"))}),
    }
    return {**tick, "correction": dict(correction)} if correction else tick


def needs_second(document: Methodology, determination: Mapping[str, Any]) -> bool:
    """Whether the rung that was taken asks for the price manager's second signature."""
    if document.assessment is None:
        return False
    branch = determination["branch"]
    return any(
        each.second_signature and each.branch == branch for each in document.assessment.ladder
    )


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between two ticks, in words, for the one who opened the earlier."""
    said = []
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            if name in ("low", "mid", "high", "branch", "unit", "status", "revision", "rationale"):
                said.append(f"{name} {before.get(name)} -> {now.get(name)}")
            else:
                said.append(f"{name} changed")
    return said
