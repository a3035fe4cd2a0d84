"""The register of what the checker can find: code, rule of COMMENTARY, severity, meaning.

One line per code; the reference page docs/reference/comment.md is compared with this
register by a test. This module never reads a text and never decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from assay.core import Finding, Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing the checker finds."""

    code: str
    law: str
    severity: Severity
    meaning: str


_REGISTER = (
    Rule("number.unbound", "L1", ERROR, "a number in our own text that no listed figure carries"),
    Rule("number.unused", "L1", ERROR, "a listed figure of our own text that the prose never states"),
    Rule("number.malformed", "L1", ERROR, "thousands grouped wrongly: a digit is lost or doubled"),
    Rule("figure.recomputed", "L2", ERROR, "a derived figure that its formula does not give"),
    Rule("figure.reference", "L1", ERROR, "an entry reference whose check letter is wrong"),
    Rule("text.altered", "L1", ERROR, "our own text no longer has the content its seal names"),
    Rule("percent.disagrees", "L2", ERROR, "percent, change and base do not agree"),
    Rule("change.disagrees", "L2", ERROR, "change is not the value minus its stated base"),
    Rule("change.implausible", "L2", WARNING, "a day's change above a tenth of the price"),
    Rule("base.mixed", "L3", ERROR, "one close compared with the previous close and the previous settlement"),
    Rule("fact.two_values", "L3", ERROR, "the same fact stated with two values"),
    Rule("warrants.levels", "L4", ERROR, "regional levels do not sum to the total"),
    Rule("warrants.changes", "L4", ERROR, "regional changes do not sum to the total change"),
    Rule("warrants.continuity", "L4", ERROR, "a level is not yesterday's level plus the change"),
    Rule("comparator.period", "L5", ERROR, "a day's change called week-on-week or month-on-month"),
    Rule("header.date", "L6", ERROR, "the header's date is not the day of publication"),
    Rule("dateline.date", "L6", ERROR, "the dateline is not the day of publication"),
    Rule("date.unreadable", "L6", ERROR, "a date that no calendar has"),
    Rule("asof.future", "L6", ERROR, "a figure dated after its publication"),
    Rule("asof.stale", "L6", ERROR, "a figure older than the previous working day"),
    Rule("roll.unstated", "L7", INFO, "two contracts across a roll that the text does not mention"),
    Rule("contract.two_most_traded", "L7", ERROR, "two contracts both most-traded at one time"),
    Rule("roll.backwards", "L7", ERROR, "the later text names the earlier contract"),
    Rule("verb.band", "L8", WARNING, "a verb stronger or weaker than its number"),
    Rule("headline.band", "L8", ERROR, "a headline stronger than the body's number"),
    Rule("range.reversed", "L9", ERROR, "low above high"),
    Rule("range.implausible", "L9", ERROR, "a range too wide to be one: a digit is lost or doubled"),
    Rule("value.implausible", "L9", ERROR, "a value outside anything its series has seen"),
    Rule("extreme.order", "L9", ERROR, "open, close or average outside low and high"),
    Rule("extreme.implausible", "L9", ERROR, "a high or low too far from open and close"),
    Rule("price.off_step", "L9", WARNING, "a futures price off the exchange's grid"),
    Rule("tax.missing", "L9", ERROR, "a scrap price without a word on tax"),
    Rule("unit.instrument", "L10", ERROR, "an instrument quoted in a unit it does not have"),
    Rule("spread.implausible", "L10", ERROR, "a spread that spot minus futures cannot give"),
    Rule("volume.unlike_sessions", "L10", ERROR, "a night session's volume compared with a full day's"),
    Rule("languages.differ", "L11", ERROR, "the two languages do not state the same figures"),
    Rule("forecast.unlabelled", "L12", ERROR, "our own forecast without horizon or author"),
    Rule("direction.conflict", "L13", ERROR, "a word of direction against the sign of its number"),
    Rule("positions.conflict", "L13", ERROR, "the positions label against price and open interest"),
    Rule("path.conflict", "L13", ERROR, "a word about the path that the numbers contradict"),
    Rule("claim.unproven", "L14", WARNING, "a record or first-since claim without its window"),
    Rule("footnote.orphan", "L14", WARNING, "a footnote about a section that is not there"),
    Rule("markup.leaked", "L14", WARNING, "markup inside words or an address"),
    Rule("facts.unknown_part", "-", ERROR, "a part of the fact file that nobody knows"),
    Rule("facts.unreadable", "-", ERROR, "a part of the fact file that cannot be read"),
)  # fmt: skip

RULES: dict[str, Rule] = {rule.code: rule for rule in _REGISTER}


def found(code: str, where: str, what_to_do: str, severity: Severity | None = None) -> Finding:
    """A finding of a registered code; its severity stands in the register."""
    rule = RULES[code]
    return Finding(code, severity or rule.severity, where, what_to_do)


def law_of(code: str) -> str:
    """The rule of COMMENTARY (L1 to L14) behind a code."""
    return RULES[code].law
