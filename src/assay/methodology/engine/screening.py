"""From raw submissions to candidates: names, cleaning, screening, normalisation.

Every submission keeps a verdict of every rule it met. What fails is kept, shown and not
used; the desk's own exclusions come in as decisions with a reason code and are shown
the same way. Nothing is computed of prices here beyond declared normalisation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.core import Finding, Rounding, Severity, at, exact_text, parse_exact, round_to_step
from assay.methodology.catalogue import entry_of
from assay.methodology.catalogue.cleaning import Sheet
from assay.methodology.catalogue.shapes import Candidate, Day, Outcome
from assay.methodology.determination import Verdict
from assay.methodology.document.model import Assessment, Hours, Methodology, RuleCall
from assay.methodology.inputs import Inputs, Observation, Submission

MIDNIGHT = time(0)
CENT = Decimal("0.01")
_RATIO = re.compile(r"-?[0-9]+/[0-9]+\Z")
REJECTING = frozenset({"exclude", "late", "incomplete", "replaced", "duplicate", "missing"})


@dataclass(slots=True)
class Screened:
    """What screening leaves: candidates before the panel rules, and every verdict."""

    received: list[Submission]
    candidates: list[Candidate]
    verdicts: list[Verdict]
    day: Day


def function_of(family: str, call: RuleCall) -> Callable[..., Any]:
    """The catalogue's function for a checked call."""
    found = entry_of(family, call.rule)
    assert found is not None, call.rule
    return found.function


def known_names(inputs: Inputs) -> Inputs:
    """Submissions under the firm's code where the register knows the spelling."""
    if inputs.contributors is None:
        return inputs
    codes = {alias: firm.code for firm in inputs.contributors.values() for alias in firm.aliases}
    if not any(each.contributor in codes for each in inputs.submissions):
        return inputs
    renamed = tuple(
        replace(each, contributor=codes[each.contributor]) if each.contributor in codes else each
        for each in inputs.submissions
    )
    return replace(inputs, submissions=renamed)


def cleaned(methodology: Methodology, day: date, inputs: Inputs) -> Sheet:
    """The day's rows of every series of the document after its cleaning section."""
    assessment = methodology.assessment
    assert assessment is not None
    own = [each for each in inputs.submissions if each.series in methodology.cards]
    rules = {call.rule for call in assessment.cleaning}
    sheet = Sheet(day, own, weekends="weekdays_only" not in rules)
    if "redate" not in rules:
        sheet.put(own)
    for call in assessment.cleaning:
        function_of("cleaning", call)(sheet, **call.arguments)
    return sheet


def day_of(methodology: Methodology, series: str, day: date, inputs: Inputs, sheet: Sheet) -> Day:
    """The surroundings a rule may look at."""
    assessment = methodology.assessment
    assert assessment is not None
    hours = methodology.hours
    begins, ends = _bounds(hours, day)
    return Day(
        date=day,
        series=series,
        card=methodology.card(series),
        hours=hours,
        required=assessment.required,
        inputs=inputs,
        soft_at=hours.soft_at(day),
        hard_at=hours.hard_at(day),
        begins=begins,
        ends=ends,
        last_mid=last_before(inputs, series, day),
        previous={
            each.contributor: each
            for each in sheet.previous
            if each.series == series and each.low is not None
        },
    )


def _bounds(hours: Hours, day: date) -> tuple[Any, Any]:
    return at(day, MIDNIGHT, hours.zone), at(day + timedelta(days=1), MIDNIGHT, hours.zone)


def last_before(inputs: Inputs, series: str, day: date) -> Observation | None:
    """The last determined value of `series` before `day`."""
    known = [
        each
        for each in (*inputs.history.get(series, ()), *inputs.series.get(series, ()))
        if each.date is not None and each.date < day and each.status in ("determined", "published")
    ]
    return max(known, key=lambda each: (each.date or day, each.revision)) if known else None


def screened(
    methodology: Methodology, series: str, day: date, inputs: Inputs, sheet: Sheet
) -> Screened:
    """Every submission of the series and day with its verdicts; the survivors as candidates."""
    assessment = methodology.assessment
    assert assessment is not None
    around = day_of(methodology, series, day, inputs, sheet)
    own = [each for each in sheet.rows if each.series == series]
    strays = [
        each
        for each in inputs.submissions
        if each.series == series
        and each.pricing_date != day
        and each.received_at is not None
        and around.begins is not None
        and around.ends is not None
        and around.begins <= each.received_at < around.ends
    ]
    dropped = [
        each for each in inputs.submissions if each.series == series and each.id in sheet.dropped
    ]
    verdicts = [
        _verdict(each, "cleaning", _cleaning_clause(assessment, sheet.dropped[each.id]), sheet.dropped[each.id])
        for each in dropped
    ]  # fmt: skip
    came = [each for each in own if each.id not in sheet.lent]
    result = Screened([*came, *strays, *dropped], [], verdicts, around)
    rules = [
        (call, found.function)
        for call in assessment.screening
        if (found := entry_of("screening", call.rule)) is not None
    ]
    for each in (*own, *strays):
        _screen_one(each, around, assessment, rules, result)
    _one_group_a_firm(result.candidates)
    return result


def _one_group_a_firm(candidates: Sequence[Candidate]) -> None:
    """A firm is of one group: where its rows name several, the first by name."""
    groups: dict[str, str] = {}
    for each in candidates:
        name = each.submission.contributor
        groups[name] = min(groups.get(name, each.group), each.group)
    for each in candidates:
        each.group = groups[each.submission.contributor]


def _cleaning_clause(assessment: Assessment, outcome: Outcome) -> str:
    rule = {
        "cleaning.zero_row": "zero_rows_missing",
        "cleaning.repeated_row": "repeated_rows_once",
        "cleaning.misdated_sheet": "two_sheets_one_date",
    }.get(outcome.code, "")
    return next((call.clause for call in assessment.cleaning if call.rule == rule), "")


def _verdict(submission: Submission, rule: str, clause: str, outcome: Outcome) -> Verdict:
    return Verdict(
        submission.id,
        submission.contributor,
        rule,
        clause,
        outcome.verdict,
        outcome.code,
        outcome.seen,
    )


def _screen_one(
    each: Submission,
    around: Day,
    assessment: Assessment,
    rules: Sequence[tuple[RuleCall, Callable[..., Any]]],
    result: Screened,
) -> None:
    candidate = _candidate(each, around, assessment)
    judged = each if candidate is None else _as_normalised(each, candidate)
    out = False
    included = each.text("decision") == "include"
    if each.text("decision") == "exclude":
        reason = each.text("decision_reason") or ""
        seen = {"reason": reason}
        outcome = Outcome("exclude", "submission.excluded_by_desk", seen)
        result.verdicts.append(_verdict(each, "desk_decision", "", outcome))
        out = True
    for call, function in rules:
        outcome = function(judged, around, **call.arguments)
        if outcome.verdict in REJECTING and included and call.overridable:
            outcome = Outcome("flag", outcome.code, {**outcome.seen, "included_by_desk": True})
        result.verdicts.append(_verdict(each, call.rule, call.clause, outcome))
        out = out or outcome.verdict in REJECTING
    if not out and candidate is not None:
        result.candidates.append(candidate)


def _as_normalised(each: Submission, candidate: Candidate) -> Submission:
    if not candidate.terms:
        return each
    texts = dict(each.texts)
    for step in candidate.terms:
        for name in ("unit", "tax"):
            if name in step["because"]:
                texts.pop(name, None)
    return replace(each, low=candidate.low, high=candidate.high, texts=texts)


def _based(steps: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a premium quote met the price it is a premium to."""
    return any("base" in step for step in steps)


def _candidate(each: Submission, around: Day, assessment: Assessment) -> Candidate | None:
    firm = around.firm(each.contributor)
    low, high = each.low, each.high
    steps: list[dict[str, Any]] = []
    if low is None or high is None:
        low, high = each.premium_low, each.premium_high
    for call in assessment.normalisation:
        found = function_of("normalisation", call)(each, around, **call.arguments)
        if found is not None and low is not None and high is not None:
            how, number, because = found
            low, high = (
                (low * number, high * number)
                if how == "multiply"
                else (low + number, high + number)
            )
            steps.append(
                {
                    "rule": call.rule,
                    "clause": call.clause,
                    how: exact_text(number),
                    "because": because,
                }
            )
    if low is None or high is None or (each.low is None and not _based(steps)):
        return None
    point: Fraction = {"middle": (low + high) / 2, "low": low, "high": high}[assessment.point]
    group = firm.group if firm is not None else (each.group or each.contributor)
    klass = each.text("class") or (firm.klass if firm is not None else "")
    return Candidate(each, point, low, high, group, klass, steps)


def panel(
    assessment: Assessment, candidates: Sequence[Candidate], day: Day, verdicts: list[Verdict] | None
) -> list[Candidate]:  # fmt: skip
    """The candidates the panel rules leave, in the order of the document."""
    left = list(candidates)
    for call in assessment.screening:
        found = entry_of("panel", call.rule)
        if found is None:
            continue
        outcomes = found.function(left, day, **call.arguments)
        if not outcomes:
            continue
        gone = set()
        for each in left:
            outcome = outcomes.get(each.id)
            if outcome is None:
                continue
            if outcome.verdict in REJECTING:
                if call.overridable and each.submission.text("decision") == "include":
                    outcome = Outcome("flag", outcome.code, {**outcome.seen, "included": True})
                else:
                    gone.add(each.id)
            if verdicts is not None:
                verdicts.append(_verdict(each.submission, call.rule, call.clause, outcome))
        if gone:
            left = [each for each in left if each.id not in gone]
    return left


_SEVERITY = {"flag": Severity.WARNING, "replaced": Severity.INFO, "duplicate": Severity.INFO}
_WAY_OUT = {
    "submission.late": "kept and flagged late; not used: ask the contributor to send before the cut-off",
    "submission.incomplete": "kept, not used: ask the contributor for the missing fields",
    "submission.above_typical": "look at the deal; it stays in unless excluded with a reason code",
    "submission.below_minimum": "kept, not used: the deal is smaller than the methodology accepts",
    "submission.not_todays": "kept, not used: a price of another day is never today's",
    "submission.affiliated": "kept, not used: not a deal at arm's length",
    "submission.unit": "kept, not used: ask for the price in the series' unit, nothing is converted",
    "submission.after_soft_cutoff": "in time for the hard cut-off; noted",
    "submission.relation_undisclosed": "ask whether the parties are independent",
    "submission.received_at_unknown": "nobody said when it came: confirm it was before the cut-off",
    "submission.tax": "kept, not used: ask for the price on the series' tax basis, nothing is converted",
    "submission.tax_rate": "kept, not used: ask for the price at the series' tax rate",
    "submission.currency": "kept, not used: ask for the price in the series' currency",
    "submission.unknown_contributor": "kept, not used: no firm of the register has this name; "
    "a new spelling needs a dated alias",
    "submission.terms_refused": "kept, not used: not the terms of this series",
    "submission.replaced": "a later one of the same kind and side counts instead",
    "submission.excluded_by_desk": "kept, not used: set aside by the desk for the reason given",
    "submission.concentration": "one group has more than the share the methodology looks at: "
    "look at its deals; the cap does the rest",
    "submission.same_deal": "the same deal told twice counts once",
    "submission.same_deal_terms_differ": "buyer and seller tell the deal differently: ask both",
}


def finding_of(verdict: Verdict, series: str, day: date) -> Finding:
    """The finding that a verdict other than `pass` becomes."""
    severity = _SEVERITY.get(verdict.verdict, Severity.WARNING)
    if verdict.code == "submission.after_soft_cutoff":
        severity = Severity.INFO
    said = ", ".join(f"{name} {_listed(seen)}" for name, seen in verdict.seen.items())
    out = _WAY_OUT.get(verdict.code) or (
        "kept, not used: the verdict stands in the screening record"
        if verdict.verdict in REJECTING
        else "look at it; it stays in unless excluded with a reason code"
    )
    return Finding(
        verdict.code or f"submission.{verdict.verdict}",
        severity,
        f"{series} {day}, submission {verdict.submission} of {verdict.contributor}, "
        f"rule {verdict.rule} (clause {verdict.clause or 'desk'})",
        f"{out} ({said})" if said else out,
    )


def _listed(seen: Any) -> str:
    """A value as people read it: lists without brackets, endless decimals cut."""
    if isinstance(seen, list | tuple):
        return " and ".join(_listed(each) for each in seen)
    if isinstance(seen, str) and _RATIO.match(seen):
        return f"about {round_to_step(parse_exact(seen), CENT, Rounding.HALF_UP)}"
    return str(seen)
