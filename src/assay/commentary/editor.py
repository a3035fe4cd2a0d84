"""The analyst's document: prose, choices, forecasts and quotes for one comment.

Numbers stand as fact references. A free digit is refused unless it is typed inside
{forecast:...}, {quote:...}, {identifier:...} or {date:...}. Both languages are written by
the analyst; nothing is translated. This module never changes a fact of the ledger.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assay.commentary.facts import Fact, interval, worded
from assay.commentary.phrases import LANGUAGES, Phrases
from assay.commentary.specification import TOKEN, Report, free_digits
from assay.core import Finding, Severity

TYPED = ("forecast", "quote", "identifier", "date")
_TYPED = re.compile(r"\{(forecast|quote|identifier|date):([^{}]+)\}")
TAG_GROUPS = ("supports", "drags", "demand", "market")
_LISTS = {"news", "prose", "forecast", "quote"}
_TABLES = {"headline", "tags", "outlook"}
_KEYS = {
    "report", "date", "analyst", "headline", "news", "prose", "forecast", "quote", "tags", "outlook",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prose:
    """One paragraph of the analyst's words for a section, with its source."""

    section: str
    texts: Mapping[str, str]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Editorial:
    """A checked analyst's document."""

    report: str
    day: date | None = None
    analyst: str = ""
    headline: Mapping[str, str] = field(default_factory=dict)
    prose: tuple[Prose, ...] = ()
    facts: tuple[Fact, ...] = ()
    local: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    outlook: Mapping[str, str] = field(default_factory=dict)

    def of(self, section: str) -> list[Prose]:
        """The paragraphs for one section, in order."""
        return [prose for prose in self.prose if prose.section == section]


def load_editorial(path: Path, report: Report, phrases: Phrases) -> tuple[Editorial, list[Finding]]:
    """Read an analyst's document and check it."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        return Editorial(report.id), [_bad("document.unreadable", path.name, str(broken))]
    return read_editorial(given, report, phrases)


def _bad(code: str, where: str, words: str) -> Finding:
    return Finding(f"editor.{code}", Severity.ERROR, where, words)


def read_editorial(
    given: Mapping[str, Any], report: Report, phrases: Phrases
) -> tuple[Editorial, list[Finding]]:
    """Check a parsed document; every problem is a finding, what is good is kept."""
    findings = [
        _bad("unknown_part", key, f"allowed: {', '.join(sorted(_KEYS))}")
        for key in set(given) - _KEYS
    ]
    given = _shaped(given, findings)
    if given.get("report", report.id) != report.id:
        findings.append(_bad("other_report", str(given["report"]), f"this is for {report.id}"))
    facts, local = _typed_facts(given, findings, phrases)
    prose = [Prose("industry", each, each.get("source", "")) for each in given.get("news", ())]
    prose += [Prose(each.get("section", ""), each) for each in given.get("prose", ())]
    sections = {section.name for section in report.sections}
    for each in prose:
        findings += _check_prose(each, sections)
    tags, evidence = _tags(given.get("tags", {}), phrases, findings)
    outlook = _outlook(given.get("outlook", {}), phrases, findings, str(given.get("analyst", "")))
    headline = given.get("headline", {})
    for language, text in headline.items():
        findings += _digits(f"headline.{language}", text)
    editorial = Editorial(
        report.id, given.get("date"), str(given.get("analyst", "")), headline, tuple(prose),
        tuple(facts), local, tags, evidence, outlook,
    )  # fmt: skip
    return editorial, findings


def _shaped(given: Mapping[str, Any], findings: list[Finding]) -> dict[str, Any]:
    """The parts that have the shape they should; the others are findings and left out."""
    kept: dict[str, Any] = {}
    for key, part in given.items():
        good, words = True, ""
        if key in _LISTS:
            good = isinstance(part, list) and all(isinstance(each, dict) for each in part)
            words = f"write [[{key}]]"
        elif key in _TABLES:
            good, words = isinstance(part, dict), f"write [{key}]"
            flat = good and key != "tags"
            if flat and not all(isinstance(each, str) for each in part.values()):
                good, words = False, "each of its values is a text"
        elif key == "date":
            good, words = type(part) is date, "write date = 2025-12-31, without quotes"
        if good:
            kept[key] = part
        else:
            findings.append(_bad("shape", key, words))
    for key in _LISTS & set(kept):
        kept[key] = [each for each in kept[key] if _texts(key, each, findings)]
    return kept


def _texts(key: str, each: Mapping[str, Any], findings: list[Finding]) -> bool:
    """Whether every text of an entry is a text; numbers are written as text too."""
    for name, part in each.items():
        good = isinstance(part, str)
        if name == "as_of":
            good = type(part) is date
        elif name == "words":
            good = isinstance(part, dict) and all(
                isinstance(part.get(language), str) for language in LANGUAGES
            )
        if not good:
            findings.append(_bad("shape", f"{key}.{name}", 'write it as text, e.g. low = "18200"'))
            return False
    return True


def _typed_facts(
    given: Mapping[str, Any], findings: list[Finding], phrases: Phrases
) -> tuple[list[Fact], dict[str, Mapping[str, str]]]:
    facts: list[Fact] = []
    local: dict[str, Mapping[str, str]] = {}
    author = str(given.get("analyst", ""))
    for kind in ("forecast", "quote"):
        for each in given.get(kind, ()):
            key = str(each.get("key", ""))
            if not key.startswith(kind + "."):
                findings.append(
                    _bad("key", key or kind, f"the key of a {kind} begins with {kind}.")
                )
                continue
            problem = _lacks(kind, each) or _unknown(each, phrases)
            if problem:
                findings.append(_bad(f"{kind}_unlabelled", key, problem))
                continue
            try:
                facts.append(_fact(kind, key, each, author, given.get("date")))
            except ValueError as wrong:
                findings.append(_bad("number", key, str(wrong)))
                continue
            if "words" in each:
                local[key] = each["words"]
    return facts, local


def _lacks(kind: str, each: Mapping[str, Any]) -> str:
    if kind == "forecast" and not each.get("horizon"):
        return "a forecast names its horizon"
    if kind == "quote" and not each.get("source"):
        return "a quote names its source"
    if "low" not in each and "high" not in each and "words" not in each:
        return "give low and high, or words in both languages"
    return ""


def _unknown(each: Mapping[str, Any], phrases: Phrases) -> str:
    """Words of an entry that the phrase table does not have."""
    for name in ("horizon", "tax", "unit"):
        known = phrases.tables[name]
        if each.get(name) and each[name] not in known:
            return f"{name} {each[name]!r} is unknown; one of {', '.join(filter(None, known))}"
    return ""


def _fact(kind: str, key: str, each: Mapping[str, Any], author: str, day: Any) -> Fact:
    parts: dict[str, Any] = {
        "as_of": each.get("as_of", day), "hedge": each.get("hedge", ""), "tax": each.get("tax", ""),
        "author": each.get("author", author), "source": each.get("source", ""),
        "horizon": each.get("horizon", ""),
    }  # fmt: skip
    if "words" in each:
        return worded(key, kind, each["words"]["en"], **parts)
    low, high = each.get("low"), each.get("high")
    if parts["hedge"] == "over" and high is None:
        high = low
    return interval(key, low, high, each.get("unit", ""), kind=kind, **parts)


def _check_prose(prose: Prose, sections: set[str]) -> Iterable[Finding]:
    where = f"prose for {prose.section}"
    if prose.section not in sections:
        yield _bad("section", where, f"sections: {', '.join(sorted(sections))}")
    for language in LANGUAGES:
        if language not in prose.texts:
            yield _bad(
                "language", f"{where}.{language}", "both languages are written by the analyst"
            )
            continue
        yield from _digits(f"{where}.{language}", prose.texts[language])
    if prose.section == "industry" and not prose.source:
        yield _bad("source", where, "news names its source")


def _digits(where: str, text: str) -> Iterable[Finding]:
    for free in free_digits(text):
        yield _bad(
            "free_digit", f"{where}: {free}",
            "refer to a fact as {key}, or type it: {forecast:...}, {quote:...}, {identifier:...}, {date:...}",
        )  # fmt: skip
    for token in TOKEN.findall(text):
        kind, colon, _ = token.partition(":")
        if colon and kind not in TYPED:
            yield _bad("type", f"{where}: {{{token}}}", f"typed marks are {', '.join(TYPED)}")


def _tags(
    given: Mapping[str, Any], phrases: Phrases, findings: list[Finding]
) -> tuple[dict[str, tuple[str, ...]], Mapping[str, str]]:
    evidence = given.get("evidence", {})
    chosen: dict[str, tuple[str, ...]] = {}
    for group, tags in given.items():
        if group == "evidence":
            continue
        if group not in TAG_GROUPS:
            findings.append(_bad("tag_group", group, f"groups: {', '.join(TAG_GROUPS)}"))
            continue
        if not isinstance(tags, (str, list)) or not isinstance(evidence, dict):
            findings.append(_bad("shape", f"tags.{group}", "a tag, or a list of tags"))
            continue
        known = phrases.tables["tag"][group]
        listed = (tags,) if isinstance(tags, str) else tuple(tags)
        for tag in listed:
            if tag not in known:
                findings.append(
                    _bad("tag", f"{group}: {tag}", f"controlled list: {', '.join(known)}")
                )
            elif tag not in evidence:
                findings.append(
                    _bad(
                        "tag_evidence", f"{group}: {tag}", "name the evidence under [tags.evidence]"
                    )
                )
        chosen[group] = tuple(tag for tag in listed if tag in known)
    return chosen, evidence


def _outlook(
    given: Mapping[str, str], phrases: Phrases, findings: list[Finding], analyst: str
) -> dict[str, str]:
    if not given:
        return {}
    for key, family in (
        ("tag", phrases.tables["tag"]["outlook"]),
        ("horizon", phrases.tables["horizon"]),
    ):
        if given.get(key) not in family:
            findings.append(
                _bad(f"outlook_{key}", str(given.get(key)), f"one of {', '.join(family)}")
            )
            return {}
    if not analyst:
        findings.append(_bad("outlook_author", "outlook", "an outlook is signed: give analyst"))
        return {}
    return {**given, "author": analyst}
