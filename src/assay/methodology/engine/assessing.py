"""An assessed price: screening, the ladder, the numbers, and the trace that explains them.

Judgement is not exercised here: what a person excluded or included comes in as a
decision on the submission, with its reason, and is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from fractions import Fraction
from typing import Any

from assay.core import Finding, Severity, exact_text
from assay.methodology.catalogue.cleaning import Sheet
from assay.methodology.catalogue.estimators import total
from assay.methodology.catalogue.shapes import Candidate
from assay.methodology.catalogue.trimming import BY_COUNT, drops
from assay.methodology.determination import (
    Determination,
    Verdict,
    identity,
    not_assessed,
    term,
)
from assay.methodology.document.model import Methodology, Rung
from assay.methodology.engine import screening
from assay.methodology.engine.choosing import choose, input_term, numbers_of
from assay.methodology.engine.influence import influence_of
from assay.methodology.engine.ladder import Found, Result, outcome_of, rounded
from assay.methodology.inputs import Inputs, Observation


def assess(
    methodology: Methodology,
    series: str,
    day: date,
    inputs: Inputs,
    sheet: Sheet,
    influence: bool,
) -> Determination:
    """Determine one assessed series on one day."""
    assessment = methodology.assessment
    assert assessment is not None
    found = screening.screened(methodology, series, day, inputs, sheet)
    verdicts = found.verdicts
    candidates = screening.panel(assessment, found.candidates, found.day, verdicts)
    findings = [*inputs.findings, *(_notes(sheet, series))]
    findings += [
        screening.finding_of(each, series, day) for each in verdicts if each.verdict != "pass"
    ]
    findings += _unknown_reasons(methodology, verdicts, series, day)
    closed = sheet.closed or ("holiday" if sheet.filled == "not_assessed" else "")
    if closed:
        return _none(methodology, series, day, closed, findings, found, None, sheet)
    chosen = [choose(methodology, spec, day, inputs) for spec in assessment.inputs]
    for each in chosen:
        findings += each.findings
        if each.seen is None:
            reason = f"missing_input:{each.spec.series}"
            return _none(methodology, series, day, reason, findings, found, None, sheet)
    if chosen:
        found.day = replace(found.day, numbers=numbers_of(chosen))
    result = outcome_of(methodology, candidates, found.day)
    if result.rung is None:
        carried = _carried(methodology, series, day, inputs, findings, found, result)
        return carried or _none(
            methodology, series, day, "insufficient_data", findings, found, result, sheet
        )
    findings += _rung_findings(methodology, series, day, result)
    trace = _trace(methodology, series, day, result, candidates)
    trace.update(_record(verdicts, result, sheet))
    if chosen:
        trace["inputs"] = [input_term(each, "mid", day) for each in chosen]
    if influence:
        trace["influence"] = influence_of(methodology, found.candidates, found.day, result)
    statistics = statistics_of(result, candidates)
    trace["statistics"] = statistics
    branch = "carried" if sheet.filled == "carried" else result.rung.branch
    return Determination(
        series=series,
        pricing_date=day,
        status="determined",
        reason=None,
        low=result.low,
        mid=result.mid,
        high=result.high,
        unit=methodology.card(series).unit.code,
        branch=branch,
        n_received=len(found.received),
        n_used=result.n_used,
        findings=tuple(findings),
        methodology=identity(methodology),
        trace=trace,
        verdicts=tuple(verdicts),
        statistics=statistics,
        second_signature=result.rung.second_signature,
    )


def _notes(sheet: Sheet, series: str) -> list[Finding]:
    return [
        Finding(code, Severity.WARNING, f"{series} {sheet.date}", said)
        for code, said in sheet.notes
    ]


def _unknown_reasons(
    methodology: Methodology, verdicts: Sequence[Verdict], series: str, day: date
) -> list[Finding]:
    known = methodology.judgement.exclusion_reasons
    return [
        Finding(
            "submission.unknown_reason",
            Severity.ERROR,
            f"{series} {day}, submission {each.submission}",
            f"reason {each.seen['reason']!r} is not in the document; allowed: {', '.join(known)}",
        )
        for each in verdicts
        if each.rule == "desk_decision" and known and each.seen["reason"] not in known
    ]


def _none(
    methodology: Methodology,
    series: str,
    day: date,
    reason: str,
    findings: list[Finding],
    found: screening.Screened,
    result: Result | None,
    sheet: Sheet,
) -> Determination:
    if reason == "insufficient_data":
        findings.append(
            Finding(
                "determination.insufficient_data",
                Severity.ERROR,
                f"{series} {day}",
                "no rung of the ladder has its minimum data: publish the reason, not a price",
            )
        )
    return not_assessed(
        methodology,
        series,
        day,
        reason,
        findings=tuple(findings),
        n_received=len(found.received),
        trace=_record(found.verdicts, result, sheet),
        verdicts=tuple(found.verdicts),
    )


def _carried(
    methodology: Methodology,
    series: str,
    day: date,
    inputs: Inputs,
    findings: list[Finding],
    found: screening.Screened,
    result: Result,
) -> Determination | None:
    assert methodology.assessment is not None
    rung = next((each for each in methodology.assessment.ladder if each.branch == "carried"), None)
    last = screening.last_before(inputs, series, day)
    if rung is None or last is None or last.date is None:
        return None
    age = _age(methodology, last.date, day)
    if age > rung.carry_days:
        return None
    findings.append(
        Finding(
            "determination.carried",
            Severity.WARNING,
            f"{series} {day}",
            f"the value of {last.date} is repeated (age {age} of {rung.carry_days} days)",
        )
    )
    low, mid, high = rounded(
        methodology, series, (last.leg("low"), last.mid, last.leg("high"))
    )  # fmt: skip
    unit = methodology.card(series).unit.code
    trace = {
        "mid": term(
            "mid", last.mid, unit, source=last.source or "history", day=last.date,
            clause=rung.clause, revision=last.revision, age=age,
        ),
        **_record(found.verdicts, result, None),
    }  # fmt: skip
    return Determination(
        series=series,
        pricing_date=day,
        status="determined",
        reason=None,
        low=low,
        mid=mid,
        high=high,
        unit=unit,
        branch="carried",
        n_received=len(found.received),
        n_used=0,
        findings=tuple(findings),
        methodology=identity(methodology),
        trace=trace,
        verdicts=tuple(found.verdicts),
        second_signature=rung.second_signature,
    )


def _age(methodology: Methodology, older: date, day: date) -> int:
    calendar = methodology.calendars.get(methodology.calendar)
    return calendar.age(older, day) if calendar is not None else (day - older).days


def _rung_findings(
    methodology: Methodology, series: str, day: date, result: Result
) -> list[Finding]:
    assert result.rung is not None
    where = f"{series} {day}, branch {result.rung.branch} (clause {result.rung.clause})"
    findings = []
    if result.rung.second_signature:
        findings.append(
            Finding(
                "branch.second_signature",
                Severity.WARNING,
                where,
                "indications were used: the price manager signs a second time",
            )
        )
    findings += _trim_findings(result, where)
    cap = methodology.assessment.cap if methodology.assessment else None
    if result.bound and cap is not None:
        code = "concentration.cap_bound" if result.cap_holds else "concentration.cap_cannot_hold"
        findings.append(
            Finding(
                code,
                Severity.WARNING,
                where,
                f"{', '.join(sorted(result.bound))} held to {cap.percent} % (clause {cap.clause})"
                if result.cap_holds
                else f"too few for a cap of {cap.percent} %: all weigh the same",
            )
        )
    return findings


def _trim_findings(result: Result, where: str) -> list[Finding]:
    """A trim that these few values cannot bear, or that drops nobody of them."""
    trim, size = result.rung.trim if result.rung else None, len(result.entered)
    if trim is None or trim.rule not in BY_COUNT or result.parts:
        return []
    asked = sum(drops(trim.rule, trim.arguments, size))
    said = f"{size} values (clause {trim.clause})"
    if asked >= size:
        told = f"dropping {asked} would leave nothing of {said}: all are used"
        return [Finding("trim.not_applied", Severity.WARNING, where, told)]
    if not asked and trim.rule == "percent" and trim.arguments["percent"]:
        told = f"{trim.arguments['percent']} % of {said} is nobody: all are used"
        return [Finding("trim.nobody", Severity.INFO, where, told)]
    return []


def _record(
    verdicts: Sequence[Verdict], result: Result | None, sheet: Sheet | None
) -> dict[str, Any]:
    record: dict[str, Any] = {"screening": [each.document() for each in verdicts]}
    if result is not None:
        record["ladder"] = [_rung_line(*each) for each in result.tried]
    if sheet is not None and sheet.notes:
        record["cleaning"] = [{"code": code, "said": said} for code, said in sheet.notes]
    return record


#: Conditions of a rung that its line shows though the document asks for none.
_ALWAYS = ("contributors", "groups", "transactions", "tonnes")


def _rung_line(rung: Rung, found: Found, taken: bool) -> dict[str, Any]:
    least = rung.minimum
    return {
        "branch": rung.branch,
        "clause": rung.clause,
        "kinds": sorted(rung.kinds),
        "taken": taken,
        "found": {
            "contributors": found.contributors,
            "groups": found.groups,
            "transactions": found.transactions,
            "submissions": found.submissions,
            "buyers": found.buyers,
            "sellers": found.sellers,
            "tonnes": exact_text(found.tonnes),
            "largest_share_percent": exact_text(found.largest_share_percent),
            "top_five_below_percent": exact_text(found.top_five_percent),
        },
        "wanted": {
            each.name: stated
            if isinstance(stated := getattr(least, each.name), int)
            else str(stated)
            for each in fields(least)
            if each.name in _ALWAYS or getattr(least, each.name)
        },
    }


def _trace(
    methodology: Methodology,
    series: str,
    day: date,
    result: Result,
    candidates: Sequence[Candidate],
) -> dict[str, Any]:
    assert methodology.assessment is not None
    assert result.rung is not None
    assert result.exact is not None
    unit = methodology.card(series).unit.code
    by_id = {each.id: each for each in candidates}
    clause = result.rung.clause
    everything = total([each.weight for each in result.used])
    kept = {each.submissions for each in result.used}
    terms = []
    for each in result.used:
        share = each.weight / everything if everything else Fraction(0)
        inner = [_submission_term(by_id[name], unit, clause) for name in each.submissions]
        terms.append(
            term(
                each.contributor, each.price, unit, source=", ".join(each.submissions), day=day,
                clause=clause, weight=exact_text(each.weight), share=exact_text(share),
                group=each.group, kind=each.kind, terms=inner,
            )
        )  # fmt: skip
    low, mid, high = result.exact
    rounding = methodology.rounding
    trace: dict[str, Any] = {
        "branch": result.rung.branch,
        "clause": clause,
        "estimator": result.rung.estimator.rule,
        "rounding": {"rule": rounding.rule.value, "clause": rounding.clause,
                     "step": str(methodology.card(series).step)},
        "mid": term("mid", mid, unit, source=result.rung.estimator.rule, day=day,
                    clause=result.rung.estimator.clause, rounded=str(result.mid), terms=terms),
        "low": term("low", low, unit, source=methodology.assessment.range.rule, day=day,
                    clause=methodology.assessment.range.clause, rounded=str(result.low),
                    terms=[each for each in terms if each["value"] == exact_text(low)]),
        "high": term("high", high, unit, source=methodology.assessment.range.rule, day=day,
                     clause=methodology.assessment.range.clause, rounded=str(result.high),
                     terms=[each for each in terms if each["value"] == exact_text(high)]),
        "set_aside_by_trim": [
            {"contributor": each.contributor, "price": exact_text(each.price)}
            for each in result.entered
            if each.submissions not in kept
        ],
    }  # fmt: skip
    if result.parts:
        trace["parts"] = {
            name: {"value": exact_text(part["value"]), "values": part["values"],
                   "tonnes": exact_text(part["tonnes"])}
            for name, part in result.parts.items()
        }  # fmt: skip
    if methodology.assessment.cap is not None:
        trace["cap"] = {
            "percent": str(methodology.assessment.cap.percent),
            "clause": methodology.assessment.cap.clause,
            "bound": sorted(result.bound),
        }
    return trace


def _submission_term(each: Candidate, unit: str, clause: str) -> dict[str, Any]:
    submission = each.submission
    quantity = submission.quantity
    return term(
        submission.id,
        each.price,
        unit,
        source=submission.text("evidence") or f"submission {submission.id}",
        day=submission.pricing_date,
        clause=clause,
        kind=submission.kind,
        quantity=None if quantity is None else exact_text(quantity),
        normalisation=each.terms,
    )


def statistics_of(result: Result, candidates: Sequence[Candidate]) -> dict[str, Any]:
    """What goes with a value, as far as secrecy allows: counts, tonnes, shares by kind."""
    used = {name for each in result.entered for name in each.submissions}
    own = [each for each in candidates if each.id in used]
    tonnes = sum(
        (e.submission.quantity or Fraction(0) for e in own if e.submission.kind == "transaction"),
        Fraction(0),
    )
    kinds: dict[str, int] = {}
    for each in own:
        kinds[each.submission.kind] = kinds.get(each.submission.kind, 0) + 1
    return {
        "contributors": len({each.submission.contributor for each in own}),
        "groups": len({each.group for each in own}),
        "transactions": kinds.get("transaction", 0),
        "transaction_tonnes": exact_text(tonnes),
        "share_by_kind": {
            kind: exact_text(Fraction(100 * number, len(own)))
            for kind, number in sorted(kinds.items())
        },
    }


def observation_of(determination: Determination) -> Observation | None:
    """A determination as the input of another series."""
    if determination.mid is None or determination.low is None or determination.high is None:
        return None
    return Observation(
        date=determination.pricing_date,
        low=Fraction(determination.low),
        mid=Fraction(determination.mid),
        high=Fraction(determination.high),
        source=f"determination of {determination.series}",
    )
