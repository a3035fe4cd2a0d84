"""A methodology document as Markdown for people: complete, with its clause numbers.

Everything shown comes from the parsed document, so what people read is what is executed.
Nothing is computed here; a determination handed in fills the formula with its numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assay.core import plain
from assay.methodology.cases import Case
from assay.methodology.catalogue import entry_of
from assay.methodology.determination import Determination
from assay.methodology.document.checks import calls_of
from assay.methodology.document.model import (
    Assessment,
    InputSpec,
    Methodology,
    Minimum,
    RuleCall,
    Rung,
)
from assay.methodology.rendering.words import MEANINGS_ZH, label, name, said

FAMILIES = (
    "cleaning", "screening", "panel", "normalisation", "trim", "split", "estimator", "range",
    "market",
)  # fmt: skip


def markdown(
    methodology: Methodology,
    language: str = "en",
    cases: Sequence[Case] = (),
    determination: Determination | None = None,
) -> str:
    """The whole document in one language."""
    if language not in ("en", "zh"):
        raise ValueError(f"language {language!r}; allowed: en, zh")
    parts = [
        f"# {methodology.title.in_(language)}",
        _identity(methodology, language),
        methodology.summary.in_(language),
        _heading("specification", language),
        _specification(methodology, language),
        _heading("hours", language),
        _hours(methodology, language),
        _heading("clauses", language),
        *_clauses(methodology, language),
        _heading("execution", language),
        *_execution(methodology, language, determination),
        *_policies(methodology, language),
    ]
    if cases:
        parts += [_heading("annex", language), *(_case(each, language) for each in cases)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _heading(key: str, language: str, level: int = 2) -> str:
    return f"{'#' * level} {label(key, language)}"


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table; pipes and line breaks inside cells are made harmless."""
    rows = [head, ["---"] * len(head), *([each or "-" for each in row] for row in lines)]
    return "\n".join("| " + " | ".join(_cell(each) for each in row) + " |" for row in rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _identity(methodology: Methodology, language: str) -> str:
    consultation = methodology.consultation
    lines = [
        ("document", f"{methodology.id} ({methodology.file})"),
        ("version", str(methodology.version)),
        ("effective", methodology.effective.isoformat()),
        ("ends", methodology.ends.isoformat() if methodology.ends else ""),
        ("status", said(methodology.status, language)),
        ("kind", said(methodology.kind, language)),
        ("last_consultation", consultation.last.isoformat() if consultation else ""),
        ("next_consultation", consultation.next.isoformat() if consultation else ""),
        (
            "notice",
            f"{consultation.notice_days} {label('days', language)}" if consultation else "",
        ),
        ("modelled_on", methodology.modelled_on),
        ("digest", f"`{methodology.digest}`"),
    ]
    return table(
        ["", ""], [(label(key, language), text) for key, text in lines if text]
    )  # fmt: skip


def _specification(methodology: Methodology, language: str) -> str:
    keys = ("grade", "standard", "place", "delivery", "payment")
    rows = []
    for code, card in methodology.cards.items():
        words = [getattr(card, key).in_(language) for key in keys]
        tax = said(card.tax.basis, language)
        if card.tax.rate_percent and card.tax.basis == "included":
            tax = f"{tax}, {card.tax.rate_percent} %"
        rows.append(
            (code, *words, card.lot(), str(card.unit), tax, str(card.step),
             said(card.presentation, language))
        )  # fmt: skip
    head = ["series", *keys, "lot", "unit", "tax", "step", "presentation"]
    if len(rows) == 1:
        return table(["", ""], zip((label(each, language) for each in head), rows[0], strict=True))
    return table([label(each, language) for each in head], rows)


def _hours(methodology: Methodology, language: str) -> str:
    hours = methodology.hours
    lines = [("calendar", methodology.calendar)]
    for key, clock in (("soft", hours.soft), ("hard", hours.hard)):
        if clock:
            lines.append((key, f"{clock.isoformat()} {hours.zone}"))
    if hours.opens and hours.closes:
        lines.append(
            ("window", f"{hours.opens.isoformat('minutes')}-{hours.closes.isoformat('minutes')} {hours.zone}")
        )  # fmt: skip
    if methodology.channels:
        lines.append(("channels", ", ".join(methodology.channels)))
    lines.append(("clause", hours.clause))
    return table(["", ""], [(label(key, language), text) for key, text in lines])


def _clauses(methodology: Methodology, language: str) -> list[str]:
    return [
        f"### {number}\n\n{words.in_(language)}" for number, words in methodology.clauses.items()
    ]


def _execution(
    methodology: Methodology, language: str, determination: Determination | None
) -> list[str]:
    parts: list[str] = []
    if determination is not None:
        parts.append(_with_numbers(determination, language))
    if methodology.pricing is not None:
        parts += _formula(methodology, language, determination)
    if methodology.inputs:
        parts += [_heading("inputs", language, 3), _inputs(methodology.inputs, language)]
    if methodology.assessment is not None:
        parts += _assessment(methodology.assessment, language)
    if methodology.weighting is not None:
        weighting = methodology.weighting
        rows = [
            (
                code,
                label("everybody", language)
                if code in weighting.whole
                else ", ".join(weighting.members[code]),
                weighting.clause,
            )
            for code in methodology.series
        ]
        head = [label(each, language) for each in ("series", "weighting", "clause")]
        parts += [_heading("weighting", language, 3), table(head, rows)]
    calls = calls_of(methodology)
    if calls:
        parts += [_heading("rules", language, 3), _calls(calls, language)]
    rounding = methodology.rounding
    steps = ", ".join(sorted({str(card.step) for card in methodology.cards.values()}))
    parts.append(
        f"**{label('rounding', language)}**: {said(rounding.rule.value, language)}, "
        f"{label('step', language)} {steps} ({rounding.clause})"
    )
    return parts


def _formula(
    methodology: Methodology, language: str, determination: Determination | None
) -> list[str]:
    pricing = methodology.pricing
    assert pricing is not None
    parts = [
        _heading("formula", language, 3),
        f"`{pricing.formula.text}` ({label('clause', language)} {pricing.clause})",
    ]
    if determination is not None and "filled" in determination.trace:
        parts.append(
            f"{label('with_numbers', language)} {determination.pricing_date}: "
            f"`{determination.trace['filled']}`"
        )
    return parts


def _with_numbers(found: Determination, language: str) -> str:
    """What came out on a day. Nothing of who told what: the rendered document is public."""
    said_of = f"**{label('with_numbers', language)} {found.pricing_date}**: {found.series}"
    if found.mid is None:
        return f"{said_of}, {name(found.status, language)}: {found.reason}"
    legs = [(leg, getattr(found, leg)) for leg in ("low", "mid", "high")]
    told = ", ".join(f"{name(leg, language)} {number}" for leg, number in legs)
    return f"{said_of}, {told} {found.unit} ({said(found.branch, language)})"


def _inputs(inputs: Sequence[InputSpec], language: str) -> str:
    rows = []
    for spec in inputs:
        lag = said("in_force_lag" if spec.lag == "in_force" else spec.lag, language)
        source = spec.series or spec.table or str(spec.value)
        where = f"{lag} ({spec.calendar})" if spec.calendar else lag
        age = str(spec.max_age) if spec.calendar else "-"
        tax = said(spec.tax.basis, language)
        rows.append((f"`{spec.name}`", source, where, age, str(spec.unit), tax, spec.clause))
    keys = ("input", "series", "day", "age", "unit", "tax", "clause")
    return table([label(key, language) for key in keys], rows)


def _assessment(assessment: Assessment, language: str) -> list[str]:
    parts = []
    if any(assessment.required.values()):
        rows = [
            (said(kind, language), ", ".join(name(each, language) for each in fields))
            for kind, fields in assessment.required.items()
            if fields
        ]
        parts += [
            _heading("required", language, 3),
            table([label("kind", language), label("required", language)], rows),
        ]
    parts += [_heading("ladder", language, 3), _ladder(assessment.ladder, language)]
    if assessment.cap is not None:
        cap = assessment.cap
        parts.append(
            f"**{label('cap', language)}**: {cap.percent} % / {name(cap.per, language)} ({cap.clause})"
        )
    return parts


def _ladder(ladder: Sequence[Rung], language: str) -> str:
    rows = []
    for number, rung in enumerate(ladder, 1):
        needs = _minimum(rung.minimum, language)
        if rung.second_signature:
            needs = f"{needs}; {label('second_signature', language)}"
        if rung.carry_days:
            needs = f"{rung.carry_days} {label('days', language)}"
        uses = ", ".join(said(kind, language) for kind in sorted(rung.kinds, reverse=True))
        made = meaning(rung.estimator, language) if rung.kinds else "-"
        rows.append((f"{number}. {said(rung.branch, language)}", uses, needs, made, rung.clause))
    keys = ("branch", "uses", "needs", "makes", "clause")
    return table([label(key, language) for key in keys], rows)


def _minimum(minimum: Minimum, language: str) -> str:
    asked = []
    for each in minimum.__slots__:
        number = getattr(minimum, each)
        if number:
            asked.append(f"{number} {said(each, language)}")
    return ", ".join(asked) or "1"


def meaning(call: RuleCall, language: str) -> str:
    """What a rule does, in `language`."""
    if language == "zh":
        return MEANINGS_ZH.get(call.rule, call.rule)
    found = next((e for f in FAMILIES if (e := entry_of(f, call.rule)) is not None), None)
    return found.meaning.rstrip(".") if found is not None else call.rule


def _calls(calls: Sequence[tuple[str, RuleCall]], language: str) -> str:
    rows = [
        (
            " ".join(said(name(word, language), language) for word in where.split(" of ")),
            f"`{call.rule}`",
            meaning(call, language),
            arguments(call.arguments, language),
            call.clause,
        )
        for where, call in calls
    ]
    keys = ("where", "rule", "meaning", "arguments", "clause")
    return table([label(key, language) for key in keys], rows)


def arguments(given: Mapping[str, Any], language: str = "en") -> str:
    """Arguments of a rule in one line."""
    return ", ".join(
        f"{name(key, language)} = {_argument(each, language)}"
        for key, each in given.items()
        if each not in (None, (), "")
    )


def _argument(given: Any, language: str) -> str:
    if isinstance(given, tuple):
        return "; ".join(_argument(each, language) for each in given)
    if isinstance(given, Mapping):
        return " ".join(
            f"{name(key, language)} {_argument(each, language)}" for key, each in given.items()
        )
    return str(plain(given)) if isinstance(given, Decimal) else name(str(given), language)


def _policies(methodology: Methodology, language: str) -> list[str]:
    parts: list[str] = []
    correction = methodology.correction
    if correction is not None:
        parts += [
            _heading("correction", language),
            (
                f"{label('threshold', language)} max({correction.percent} %, {correction.absolute}), "
                f"{label('deadline', language)} {correction.deadline.isoformat('minutes')} "
                f"({label('clause', language)} {correction.clause})"
            ),
        ]
    judgement = methodology.judgement
    if judgement.guidelines or judgement.exclusion_reasons:
        parts.append(_heading("judgement", language))
        parts += [
            f"* {each.id} ({label('clause', language)} {each.clause}): {each.text.in_(language)}"
            for each in judgement.guidelines
        ]
        reasons = [
            (f"`{code}`", words.in_(language))
            for code, words in judgement.exclusion_reasons.items()
        ]
        if reasons:
            parts.append(table([label("reasons", language), ""], reasons))
    for key, words in (("licence", methodology.licence), ("outage", methodology.outage)):
        if words is not None:
            parts += [_heading(key, language), words.in_(language)]
    if methodology.controls:
        rows = list(methodology.controls.items())
        head = [label("control", language), label("clause", language)]
        parts += [_heading("controls", language), table(head, rows)]
    return parts


def _case(case: Case, language: str) -> str:
    expect = ", ".join(
        f"{name(key, language)} {name(str(plain(each)), language)}"
        for key, each in case.expect.items()
        if key not in ("codes", "trace")
    )
    lines = [
        f"### {case.name.in_(language)}",
        f"{case.series}, {case.day.isoformat()}"
        + (f" ({label('clause', language)} {', '.join(case.clauses)})" if case.clauses else ""),
        *_given(case, language),
        f"{label('working', language)}: {case.working}",
        f"{label('result', language)}: {expect}",
        f"{label('source', language)}: {case.source}",
    ]
    return "\n\n".join(lines)


#: What stands in every row of a case's submissions and need not be repeated there.
_OF_THE_CASE = ("series", "pricing_date")


def _given(case: Case, language: str) -> list[str]:
    """The inputs of a case: tables of what was told, and the values of other series."""
    parts = []
    for key, given in plain(dict(case.inputs)).items():
        if isinstance(given, list) and given and all(isinstance(row, Mapping) for row in given):
            parts.append(_told(given, case, language))
        elif isinstance(given, Mapping):
            lines = [f"* {code}: {_seen(each, language)}" for code, each in given.items()]
            parts.append("\n".join(lines))
        elif given:
            parts.append(f"{name(key, language)}: {_seen(given, language)}")
    return [f"{label('given', language)}:", *parts] if parts else []


def _told(rows: Sequence[Mapping[str, Any]], case: Case, language: str) -> str:
    own = {"series": case.series, "pricing_date": case.day.isoformat()}
    keys = list(dict.fromkeys(key for row in rows for key in row))
    shown = [
        key
        for key in keys
        if key not in _OF_THE_CASE or any(str(row.get(key, own[key])) != own[key] for row in rows)
    ]
    lines = [[name(str(row.get(key, "")), language) for key in shown] for row in rows]
    return table([name(key, language) for key in shown], lines)


def _seen(given: Any, language: str) -> str:
    if isinstance(given, list):
        return "; ".join(_seen(each, language) for each in given)
    if isinstance(given, Mapping):
        return ", ".join(f"{name(key, language)} {each}" for key, each in given.items())
    return str(given)
