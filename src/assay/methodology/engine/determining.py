"""`determine`: one document, one day, what is known -> a price or the reason why not.

Pure: same document and same inputs give the same determination for ever. It never looks
at a store or a clock, and never approximates what the document does not say.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from assay.core import Finding, Severity, refused
from assay.methodology.determination import Determination, not_assessed
from assay.methodology.document.model import Methodology
from assay.methodology.engine.assessing import assess
from assay.methodology.engine.combining import combine
from assay.methodology.engine.screening import cleaned, known_names
from assay.methodology.engine.trading import trade
from assay.methodology.engine.weighing import weigh
from assay.methodology.inputs import Inputs


def determine(
    methodology: Methodology,
    day: date,
    inputs: Inputs,
    series: str | None = None,
    *,
    influence: bool = True,
) -> Determination:
    """Determine `series` (the only one of the document when not named) on `day`.

    `influence` adds the leave-one-out figures to the trace of an assessed price. Raises
    `Refused` for a series the document does not serve and `CalendarNotAnnounced` for a
    day its calendar does not reach.
    """
    code = _series(methodology, series)
    return _determine(methodology, day, inputs, (code,), influence)[code]


def determine_all(
    methodology: Methodology, day: date, inputs: Inputs, *, influence: bool = True
) -> dict[str, Determination]:
    """Every series of the document on `day`; cleaning is done once for all of them."""
    return _determine(methodology, day, inputs, methodology.series, influence)


def _series(methodology: Methodology, series: str | None) -> str:
    if series is None and len(methodology.series) == 1:
        return methodology.series[0]
    if series not in methodology.cards:
        raise refused(
            "methodology.unknown_series",
            f"{methodology.id}: {series or 'no series named'}",
            f"this document serves {', '.join(methodology.series)}: name one of them",
        )
    assert series is not None
    return series


def _determine(
    methodology: Methodology,
    day: date,
    inputs: Inputs,
    codes: tuple[str, ...],
    influence: bool,
) -> dict[str, Determination]:
    inputs = _noted(methodology, day, inputs)
    reason = inputs.state
    if not reason and not methodology.is_pricing_day(day):
        reason = "holiday"
    if reason:
        return {
            code: not_assessed(
                methodology,
                code,
                day,
                reason,
                findings=inputs.findings,
                n_received=sum(
                    1 for s in inputs.submissions if s.series == code and s.pricing_date == day
                ),
            )
            for code in codes
        }
    if methodology.assessment is not None:
        inputs = known_names(inputs)
        sheet = cleaned(methodology, day, inputs)
        return {code: assess(methodology, code, day, inputs, sheet, influence) for code in codes}
    if methodology.pricing is not None:
        return {code: combine(methodology, code, day, inputs) for code in codes}
    if methodology.weighting is not None:
        return {code: weigh(methodology, code, day, inputs) for code in codes}
    return {code: trade(methodology, code, day, inputs) for code in codes}


#: Rules that look at the days before.
_LOOKING_BACK = frozenset({
    "redate", "two_sheets_one_date", "filled_forward", "stale_repeat",
})  # fmt: skip


def _other_days(methodology: Methodology, day: date, inputs: Inputs) -> list[Finding]:
    """Data of other days that no rule looks at: kept out of the price, and said."""
    assessment = methodology.assessment
    if assessment is None:
        return []
    looks_back = any(
        call.rule in _LOOKING_BACK or call.arguments.get("readmit_percent") is not None
        for call in (*assessment.cleaning, *assessment.screening)
    )
    rows = Counter(
        each.pricing_date
        for each in inputs.submissions
        if each.series in methodology.cards
        and each.received_at is None
        and (each.pricing_date > day or (each.pricing_date < day and not looks_back))
    )
    return [
        Finding(
            "input.other_day",
            Severity.INFO,
            f"{methodology.id} on {day}, submissions of {when}",
            f"{number} not used: a price of another day is never today's; correct the date, or "
            f"determine {when} by itself",
        )
        for when, number in sorted(rows.items())
    ]


def _strange(methodology: Methodology, day: date, inputs: Inputs) -> list[Finding]:
    """Submissions that this document has no use for: said, never passed over in silence."""
    served = methodology.cards if methodology.assessment is not None else {}
    rows = Counter(each.series for each in inputs.submissions if each.series not in served)
    takes = f"this document serves {', '.join(methodology.series)}"
    if methodology.assessment is None:
        takes = f"a {methodology.kind} document takes no submissions"
    return [
        Finding(
            "input.series_not_served",
            Severity.WARNING,
            f"{methodology.id} on {day}, submissions of {code}",
            f"{number} not used: {takes}; name the series right or determine it by its own document",
        )
        for code, number in sorted(rows.items())
    ]


def _noted(methodology: Methodology, day: date, inputs: Inputs) -> Inputs:
    strange = [*_strange(methodology, day, inputs), *_other_days(methodology, day, inputs)]
    if strange:
        inputs = replace(inputs, findings=(*inputs.findings, *strange))
    if methodology.status == "conformance":
        return inputs
    where = f"{methodology.id} of {methodology.effective} on {day}"
    if day < methodology.effective:
        said = f"the document takes effect on {methodology.effective}: for a study only"
    elif methodology.ends is not None and day >= methodology.ends:
        said = f"the document ended on {methodology.ends}: use the one in force"
    else:
        return inputs
    finding = Finding("methodology.not_in_force", Severity.WARNING, where, said)
    return replace(inputs, findings=(*inputs.findings, finding))
