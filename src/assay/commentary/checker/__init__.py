"""The checker: what a careful reader would find wrong in a comment, ours or anybody's.

It reads only rendered text or a fact file, never the generator's tables, a ledger or
the network. `check_text` and `check_facts` are pure; a calendar sharpens the rule on
stale figures where one is at hand. Errors and warnings block; information does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assay.commentary.checker import arithmetic, timing, wording
from assay.commentary.checker.claims import Claims
from assay.commentary.checker.facts_file import PARTS, parse, read_facts
from assay.commentary.checker.own import check_own, check_pair, own_page
from assay.commentary.checker.own_words import check_words
from assay.commentary.checker.plain import readable
from assay.commentary.checker.reading import claims_of
from assay.commentary.checker.rules import RULES, Rule, found, law_of
from assay.commentary.checker.said_twice import check_said_twice
from assay.core import Calendar, Finding, Severity

__all__ = [
    "PARTS", "RULES", "Rule", "blocks", "check_facts", "check_file", "check_pair", "check_text", "document",
    "law_of",
]  # fmt: skip


def check_text(text: str, calendar: Calendar | None = None) -> list[Finding]:
    """Findings on the plain text, Markdown or HTML of a published comment."""
    words = readable(text)
    ours = own_page(words)
    findings = [*check_own(words, calendar, text), *(check_words(ours) if ours else ())]
    page, claims = claims_of(ours.prose if ours else words)
    findings += _common(claims, calendar)
    for rule in (
        wording.check_period,
        wording.check_digits,
        wording.check_units,
        wording.check_claims,
    ):
        findings += rule(page)
    findings += wording.check_headline(page, claims)
    findings += wording.check_directions(page, claims)
    findings += check_said_twice(page, claims)
    findings += wording.check_weekdays(page, calendar)
    findings += wording.check_leftovers(words)
    return _once(findings)


def check_facts(facts: Any, calendar: Calendar | None = None) -> list[Finding]:
    """Findings on a fact file's document (parsed JSON)."""
    claims, findings = read_facts(facts)
    return _once([*findings, *_common(claims, calendar)])


def _common(claims: Claims, calendar: Calendar | None) -> Iterable[Finding]:
    for rule in (*arithmetic.ARITHMETIC, *timing.TIMING):
        yield from rule(claims)
    yield from timing.check_fresh(claims, calendar)
    for worded in (
        wording.check_bands, wording.check_positions, wording.check_path, wording.check_volume_words,
    ):  # fmt: skip
        yield from worded(claims)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    kept: dict[tuple[str, str], Finding] = {}
    for each in findings:
        kept.setdefault((each.code, each.where), each)
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return sorted(kept.values(), key=lambda each: order[each.severity])


def check_file(
    path: Path, calendar: Calendar | None = None, previous: Path | None = None
) -> list[Finding]:
    """Findings on a file: ``.json`` is a fact file, everything else a text.

    With the comment of the day before, warrants are checked from day to day too.
    """
    facts, text = _read(path)
    findings = check_facts(facts, calendar) if facts is not None else check_text(text, calendar)
    if facts is None and path.suffix.lower() == ".json":
        return [found("facts.unreadable", path.name, "this is not JSON")]
    if previous is not None:
        findings += arithmetic.check_continuity(_claims(previous), _claims(path))
    return findings


def _read(path: Path) -> tuple[Any, str]:
    """(the parsed fact file or None, the text)."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    if path.suffix.lower() != ".json":
        return None, text
    try:
        return parse(text), text
    except (json.JSONDecodeError, RecursionError):
        return None, text


def _claims(path: Path) -> Claims:
    facts, text = _read(path)
    return read_facts(facts)[0] if facts is not None else claims_of(readable(text))[1]


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether anything but information was found."""
    return any(each.severity is not Severity.INFO for each in findings)


def document(name: str, findings: list[Finding]) -> dict[str, Any]:
    """The answer of ``assay comment check --json`` as plain values."""
    return {
        "file": name,
        "clean": not blocks(findings),
        "findings": [{**each.document(), "rule": law_of(each.code)} for each in findings],
    }
