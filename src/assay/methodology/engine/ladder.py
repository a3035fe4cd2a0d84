"""The numbers of an assessed price: ladder, used values, trim, cap, estimator, range.

`outcome_of` is a pure function of the candidates, called once for the price and once for
each contributor left out. It rounds each of low, mid, high once, from its own exact value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.core import at, round_to_step
from assay.methodology.catalogue.caps import cap_shares
from assay.methodology.catalogue.estimators import BY_TONNES, total
from assay.methodology.catalogue.shapes import Candidate, Day, Used
from assay.methodology.document.model import (
    Assessment,
    GroupCap,
    Methodology,
    Minimum,
    RuleCall,
    Rung,
)
from assay.methodology.engine.screening import function_of, panel


@dataclass(slots=True)
class Found:
    """What the data of a rung amounts to, to hold against its minimum."""

    contributors: int
    groups: int
    transactions: int
    submissions: int
    buyers: int
    sellers: int
    tonnes: Fraction
    largest_share_percent: Fraction
    top_five_percent: Fraction

    def meets(self, least: Minimum) -> bool:
        """Whether every number asked for is met."""
        return (
            self.contributors >= max(least.contributors, 1)
            and self.groups >= least.groups
            and self.transactions >= least.transactions
            and self.submissions >= least.submissions
            and self.buyers >= least.buyers
            and self.sellers >= least.sellers
            and self.tonnes >= Fraction(least.tonnes)
            and (
                least.largest_share_percent is None
                or self.largest_share_percent <= Fraction(least.largest_share_percent)
            )
            and (
                least.top_five_below_percent is None
                or self.top_five_percent < Fraction(least.top_five_below_percent)
            )
        )


@dataclass(slots=True)
class Result:
    """The numbers of one run: exact and rounded, with what led to them."""

    rung: Rung | None
    low: Decimal | None = None
    mid: Decimal | None = None
    high: Decimal | None = None
    exact: tuple[Fraction, Fraction, Fraction] | None = None
    used: list[Used] = field(default_factory=list)
    entered: list[Used] = field(default_factory=list)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    tried: list[tuple[Rung, Found, bool]] = field(default_factory=list)
    bound: frozenset[str] = frozenset()
    cap_holds: bool = True
    n_used: int = 0


def outcome_of(methodology: Methodology, candidates: Sequence[Candidate], day: Day) -> Result:
    """Low, mid and high of these candidates, or a result without a rung."""
    assessment = methodology.assessment
    assert assessment is not None
    tried: list[tuple[Rung, Found, bool]] = []
    for rung in assessment.ladder:
        if rung.branch == "carried":
            continue
        own = [each for each in candidates if each.submission.kind in rung.kinds]
        found = found_in(own)
        enough = bool(own) and found.meets(rung.minimum)
        tried.append((rung, found, enough))
        if not enough:
            continue
        entered = used_of(own, assessment, rung)
        if assessment.quorum and len(entered) != assessment.quorum:
            tried[-1] = (rung, found, False)
            continue
        result = Result(rung, entered=entered, tried=tried)
        if _estimate(methodology, assessment, rung, result, day):
            result.n_used = len(own)
            return result
        tried[-1] = (rung, found, False)
    return Result(None, tried=tried)


def run(methodology: Methodology, candidates: Sequence[Candidate], day: Day) -> Result:
    """`outcome_of` after the panel rules: what a leave-one-out repeats."""
    assessment = methodology.assessment
    assert assessment is not None
    return outcome_of(methodology, panel(assessment, candidates, day, None), day)


def found_in(own: Sequence[Candidate]) -> Found:
    """What the candidates amount to."""
    tonnes: dict[str, Fraction] = defaultdict(Fraction)
    buyers, sellers, groups = set(), set(), set()
    transactions = 0
    for each in own:
        submission = each.submission
        tonnes[submission.contributor] += submission.quantity or 0
        groups.add(each.group)
        transactions += submission.kind == "transaction"
        side = submission.side or {"bid": "buy", "offer": "sell"}.get(submission.kind)
        if side == "buy":
            buyers.add(submission.contributor)
        elif side == "sell":
            sellers.add(submission.contributor)
    everything = total(list(tonnes.values())) if tonnes else Fraction(0)
    masses = sorted(tonnes.values(), reverse=True) if everything else [Fraction(1)] * len(tonnes)
    whole = everything or Fraction(max(len(tonnes), 1))
    return Found(
        contributors=len(tonnes),
        groups=len(groups),
        transactions=transactions,
        submissions=len(own),
        buyers=len(buyers),
        sellers=len(sellers),
        tonnes=everything,
        largest_share_percent=100 * sum(masses[:1], Fraction(0)) / whole,
        top_five_percent=100 * sum(masses[:5], Fraction(0)) / whole,
    )


def used_of(own: Sequence[Candidate], assessment: Assessment, rung: Rung) -> list[Used]:
    """The used values of a rung: one a contributor, or one a submission, as the document says."""
    by_tonnes = rung.estimator.rule in BY_TONNES
    if assessment.per == "submission":
        values = [_one(each) for each in own]
    else:
        firms: dict[str, list[Candidate]] = {}
        for each in own:
            firms.setdefault(each.submission.contributor, []).append(each)
        values = [_firm(firms[name], assessment) for name in sorted(firms)]
    if by_tonnes and all(each.weight > 0 for each in values):
        return values
    return [replace(each, weight=Fraction(1)) for each in values]


def _one(each: Candidate) -> Used:
    submission = each.submission
    return Used(
        contributor=submission.contributor,
        group=each.group,
        klass=each.klass,
        price=each.price,
        low=each.low,
        high=each.high,
        weight=submission.quantity or Fraction(0),
        at=submission.concluded_at or submission.received_at,
        submissions=(submission.id,),
        kind=submission.kind,
    )


def _firm(own: Sequence[Candidate], assessment: Assessment) -> Used:
    own = sorted(own, key=lambda each: (each.klass, each.id))
    if assessment.own_value == "transactions_first":
        own = _speaking(own)
    if len(own) == 1:
        return _one(own[0])
    tonnes = [each.submission.quantity or Fraction(0) for each in own]
    deals = all(each.submission.kind == "transaction" for each in own)
    heavy = total(tonnes)
    if deals and all(tonnes):
        weights, mass = tonnes, heavy
    else:
        weights, mass = [Fraction(1)] * len(own), Fraction(len(own))
    times = [each.submission.concluded_at or each.submission.received_at for each in own]
    known = [each for each in times if each is not None]
    return Used(
        contributor=own[0].submission.contributor,
        group=own[0].group,
        klass=own[0].klass,
        price=total([e.price * w for e, w in zip(own, weights, strict=True)]) / mass,
        low=min(each.low for each in own),
        high=max(each.high for each in own),
        weight=heavy,
        at=max(known) if known else None,
        submissions=tuple(sorted(each.id for each in own)),
        kind=own[0].submission.kind,
    )


def _speaking(own: Sequence[Candidate]) -> list[Candidate]:
    """A firm speaks by its deals; without one by its bids and offers; else by its indication."""
    for kinds in (("transaction",), ("bid", "offer"), ("indication",)):
        chosen = [each for each in own if each.submission.kind in kinds]
        if chosen:
            return chosen
    return list(own)


def _estimate(
    methodology: Methodology, assessment: Assessment, rung: Rung, result: Result, day: Day
) -> bool:
    """Fill in the numbers; False when the parts a split asks for are not there."""
    estimate = function_of("estimator", rung.estimator)
    if assessment.split is None:
        used = trimmed(result.entered, rung.trim)
        used = _capped(used, assessment.cap, result)
        mid = estimate(used, **rung.estimator.arguments)
        result.used = used
    else:
        spread = _parts(methodology, assessment, result.entered, day)
        if len(spread) < assessment.split.minimum_parts or any(
            len(part) < assessment.split.minimum_in_part for part in spread.values()
        ):
            return False
        values, masses = [], []
        for name, part in spread.items():
            kept = _capped(trimmed(part, rung.trim), assessment.cap, result)
            value = estimate(kept, **rung.estimator.arguments)
            result.used += kept
            values.append(value)
            masses.append(total([each.weight for each in kept]))
            result.parts[name] = {"value": value, "values": len(kept), "tonnes": masses[-1]}
        if assessment.split.combine == "plain":
            masses = [Fraction(1)] * len(values)
        mid = total([v * m for v, m in zip(values, masses, strict=True)]) / total(masses)
    low, high = function_of("range", assessment.range)(
        result.used, mid, day.numbers, **assessment.range.arguments
    )
    result.exact = (low, mid, high)
    result.low, result.mid, result.high = rounded(methodology, day.series, result.exact)
    return True


def rounded(
    methodology: Methodology, series: str, exact: tuple[Fraction, Fraction, Fraction]
) -> tuple[Decimal, Decimal, Decimal]:
    """Each leg rounded once, from its own exact value, to the step of the series."""
    step, rule = methodology.card(series).step, methodology.rounding.rule
    low, mid, high = (round_to_step(each, step, rule) for each in exact)
    return low, mid, high


def _parts(
    methodology: Methodology, assessment: Assessment, used: Sequence[Used], day: Day
) -> Mapping[str, list[Used]]:
    assert assessment.split is not None
    call = assessment.split.call
    start = None
    if call.rule == "time":
        clock = time.fromisoformat(call.arguments["from"])
        start = at(day.date, clock, methodology.hours.zone)
    found: Mapping[str, list[Used]] = function_of("split", call)(
        used, **call.arguments, start=start
    )
    return found


def trimmed(used: Sequence[Used], trim: RuleCall | None) -> list[Used]:
    """The values a trim leaves, all without one."""
    if trim is None:
        return list(used)
    left: list[Used] = function_of("trim", trim)(used, **trim.arguments)
    return left


def _capped(used: Sequence[Used], cap: GroupCap | None, result: Result) -> list[Used]:
    if cap is None:
        return list(used)
    masses: dict[str, Fraction] = defaultdict(Fraction)
    for each in used:
        masses[each.group if cap.per == "group" else each.contributor] += each.weight
    shares, bound, holds = cap_shares(masses, Fraction(cap.percent) / 100)
    result.bound, result.cap_holds = result.bound | bound, result.cap_holds and holds
    if not bound:
        return list(used)
    everything = total(list(masses.values()))
    capped = []
    for each in used:
        name = each.group if cap.per == "group" else each.contributor
        share = shares.get(name, Fraction(0))
        capped.append(replace(each, weight=each.weight * share * everything / masses[name]))
    return capped
