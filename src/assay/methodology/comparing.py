"""Two documents side by side, clause by clause: what was added, taken away, changed.

Everything a document says is laid out flat, each line under its clause; the comparison
is of those lines. What the change does to prices is the replay's business, not this one's.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from assay.core import plain
from assay.methodology.document.checks import calls_of
from assay.methodology.document.model import Methodology


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that differs: where, under which clause, before and after (None: not there)."""

    place: str
    clause: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def differences_between(old: Methodology, new: Methodology) -> tuple[Difference, ...]:
    """Every line in which two documents differ, in the order of the new one."""
    before, after = _lines(old), _lines(new)
    places = [*after, *(each for each in before if each not in after)]
    found = []
    for place in places:
        left, right = before.get(place), after.get(place)
        if left is None or right is None or left[1] != right[1]:
            clause = (right or left or ("", ""))[0]
            found.append(
                Difference(place, clause, left[1] if left else None, right[1] if right else None)
            )
    return tuple(found)


def changed_clauses(old: Methodology, new: Methodology) -> tuple[str, ...]:
    """The clauses under which anything differs, in order."""
    return tuple(
        dict.fromkeys(each.clause for each in differences_between(old, new) if each.clause)
    )


def _lines(document: Methodology) -> dict[str, tuple[str, str]]:
    lines: dict[str, tuple[str, str]] = {}
    for name in ("version", "effective", "ends", "status", "kind", "calendar", "modelled_on"):
        lines[name] = ("", str(getattr(document, name)))
    for language in ("en", "zh"):
        lines[f"title ({language})"] = ("", document.title.in_(language))
        lines[f"summary ({language})"] = ("", document.summary.in_(language))
        for number, words in document.clauses.items():
            lines[f"clause {number} ({language})"] = (number, words.in_(language))
    for code, card in document.cards.items():
        for each in fields(card):
            said = getattr(card, each.name)
            text = getattr(said, "en", said)
            lines[f"{code}: {each.name}"] = ("", str(getattr(text, "code", text)))
    hours = document.hours
    for name in ("zone", "soft", "hard", "opens", "closes"):
        lines[f"hours: {name}"] = (hours.clause, str(getattr(hours, name)))
    lines["rounding"] = (document.rounding.clause, document.rounding.rule.value)
    lines |= _rules(document) | _kind(document) | _policies(document)
    return lines


def _rules(document: Methodology) -> dict[str, tuple[str, str]]:
    lines: dict[str, tuple[str, str]] = {}
    for where, call in calls_of(document):
        field = call.arguments.get("field")
        place = f"{where}: {call.rule}" + (f" of {field}" if isinstance(field, str) else "")
        while place in lines:
            place += " (again)"
        lines[place] = (call.clause, _flat(call.arguments) or "without arguments")
    return lines


def _flat(arguments: Any) -> str:
    return ", ".join(f"{name} = {plain(_exact(each))}" for name, each in sorted(arguments.items()))


def _exact(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _exact(each) for name, each in given.items()}
    if isinstance(given, tuple | list):
        return [_exact(each) for each in given]
    return given if given is not None else "-"


def _kind(document: Methodology) -> dict[str, tuple[str, str]]:
    lines: dict[str, tuple[str, str]] = {}
    for spec in document.inputs:
        said = (
            f"{spec.series or spec.table or spec.value}, {spec.leg}, {spec.lag}, "
            f"{spec.calendar or '-'}, at most {spec.max_age}, {spec.unit}, {spec.tax}"
        )
        lines[f"input {spec.name}"] = (spec.clause, said)
    if document.pricing is not None:
        lines["formula"] = (document.pricing.clause, document.pricing.formula.text)
    assessed = document.assessment
    if assessed is not None:
        for kind, names in assessed.required.items():
            lines[f"required of a {kind}"] = ("", ", ".join(names) or "nothing")
        for number, rung in enumerate(assessed.ladder, 1):
            asked = {n: getattr(rung.minimum, n) for n in rung.minimum.__slots__}
            least = ", ".join(f"{each} {name}" for name, each in asked.items() if each)
            lines[f"rung {number}"] = (
                rung.clause,
                (
                    f"{rung.branch} of {', '.join(sorted(rung.kinds))}; needs {least or 'anything'}"
                    f"{'; second signature' if rung.second_signature else ''}"
                    f"{f'; carried {rung.carry_days} days' if rung.carry_days else ''}"
                ),
            )
        lines["one value"] = ("", f"per {assessed.per}, {assessed.point}, {assessed.own_value}")
        if assessed.cap is not None:
            cap = assessed.cap
            lines["cap"] = (cap.clause, f"{cap.percent} % per {cap.per}")
    if document.weighting is not None:
        for code, names in document.weighting.members.items():
            lines[f"weighting of {code}"] = (document.weighting.clause, ", ".join(names))
    return lines


def _policies(document: Methodology) -> dict[str, tuple[str, str]]:
    lines: dict[str, tuple[str, str]] = {}
    correction, consultation = document.correction, document.consultation
    if correction is not None:
        lines["correction"] = (
            correction.clause,
            f"max({correction.percent} %, {correction.absolute}) until {correction.deadline}",
        )
    if consultation is not None:
        lines["consultation"] = (
            consultation.clause,
            (
                f"last {consultation.last}, next {consultation.next}, "
                f"notice {consultation.notice_days} days"
            ),
        )
    for control, clause in document.controls.items():
        lines[f"control {control}"] = (clause, clause)
    for code, words in document.judgement.exclusion_reasons.items():
        lines[f"exclusion reason {code}"] = ("", words.en)
    return lines
