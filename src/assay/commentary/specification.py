"""A report specification: which facts, which sections, which sentences, as data.

Read from reference/reports/<id>.toml and checked whole: unknown keys, unknown rules,
free digits and one-sided translations are refused with the place. This module never
sees a fact.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.commentary.phrases import LANGUAGES
from assay.commentary.words import RULES

TOKEN = re.compile(r"\{([^{}]*)\}")
#: Digits that are names, not numbers: A00, ADC12, #553 and 553#.
NAMES_WITH_DIGITS = re.compile(r"\b[A-Z]{1,4}-?\d+\b|#\d+|\d+#", re.ASCII)
INPUT_KINDS = ("session", "price", "range", "spread", "regions", "level", "warrants", "quote")
_INPUT_KEYS = {
    "key", "kind", "series", "unit", "tax", "session", "required", "spot", "futures", "at",
    "regions", "hedge", "freshness_days", "product", "step", "contract",
}  # fmt: skip
_TOP_KEYS = {
    "id", "title", "headline", "headline_without_night", "product", "lede", "lede_without", "source_statement", "contact",
    "ordered_futures", "input", "names", "words", "section", "languages",
}  # fmt: skip
_SECTION_KEYS = {
    "name", "title", "needs", "freshness_days", "required", "picture", "sentence", "analyst",
}  # fmt: skip


class BadSpecification(ValueError):
    """A report specification that cannot be used; names file, place and way out."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to say a sentence, under conditions."""

    texts: Mapping[str, str]
    when: Mapping[str, str] = field(default_factory=dict)
    list: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SentenceRule:
    """A sentence of a section: its variants in order, or the analyst's prose."""

    id: str
    variants: tuple[Variant, ...] = ()
    analyst: str = ""


@dataclass(frozen=True, slots=True)
class SectionRule:
    """A section: its title, what it needs, how old it may be, its sentences."""

    name: str
    title: Mapping[str, str]
    needs: tuple[str, ...] = ()
    freshness_days: int = 1
    required: bool = False
    picture: str = ""
    analyst: str = ""
    sentences: tuple[SentenceRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report specification."""

    id: str
    title: Mapping[str, str]
    headline: Mapping[str, str]
    lede: tuple[str, ...]
    lede_without: tuple[str, ...]
    source_statement: Mapping[str, str]
    contact: Mapping[str, str]
    inputs: tuple[Mapping[str, Any], ...]
    names: Mapping[str, Mapping[str, str]]
    words: Mapping[str, Mapping[str, Any]]
    sections: tuple[SectionRule, ...]
    headline_without_night: Mapping[str, str] = field(default_factory=dict)

    def input(self, key: str) -> Mapping[str, Any]:
        """The input with this key."""
        return next(each for each in self.inputs if each["key"] == key)


def load_report(path: Path) -> Report:
    """Read and check one specification."""
    return read_report(tomllib.loads(path.read_text(encoding="utf-8")), path.name)


def read_report(given: Mapping[str, Any], where: str) -> Report:
    """Check a parsed specification and build it."""
    _known(given, _TOP_KEYS, where)
    for each in given["input"]:
        _known(each, _INPUT_KEYS, f"{where}: input {each.get('key')}")
        if each["kind"] not in INPUT_KINDS:
            raise BadSpecification(
                f"{where}: input {each['key']}: unknown kind {each['kind']!r}; "
                f"known: {', '.join(INPUT_KINDS)}"
            )
    for name, rule in given.get("words", {}).items():
        if "over" not in rule and rule["rule"] not in RULES:
            raise BadSpecification(
                f"{where}: word {name}: unknown rule {rule['rule']!r}; known: {', '.join(RULES)}, stable"
            )
    return Report(
        id=given["id"],
        title=_both(given["title"], f"{where}: title"),
        headline=_template(given["headline"], f"{where}: headline"),
        lede=tuple(given["lede"]),
        lede_without=tuple(given.get("lede_without", ())),
        source_statement=_both(given["source_statement"], where),
        contact=_both(given["contact"], where),
        inputs=tuple(given["input"]),
        names=given.get("names", {}),
        words=given.get("words", {}),
        sections=tuple(_section(each, where) for each in given["section"]),
        headline_without_night=_template(
            given.get("headline_without_night", given["headline"]), f"{where}: headline"
        ),
    )


def _known(given: Mapping[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise BadSpecification(
            f"{where}: unknown keys {unknown}; allowed: {', '.join(sorted(allowed))}"
        )


def _both(given: Mapping[str, str], where: str) -> Mapping[str, str]:
    missing = [language for language in LANGUAGES if language not in given]
    if missing:
        raise BadSpecification(f"{where}: {', '.join(missing)} is missing: both languages, always")
    return given


def _template(given: Mapping[str, str], where: str) -> Mapping[str, str]:
    """Both languages, without a free digit."""
    for language, text in _both(given, where).items():
        free = free_digits(text)
        if language in LANGUAGES and free:
            raise BadSpecification(f"{where}.{language}: free digits {free}: numbers are {{facts}}")
    return given


def free_digits(text: str) -> list[str]:
    """Digits of a template that stand in no reference and in no name such as ADC12."""
    return re.findall(r"\d[\d.,]*", NAMES_WITH_DIGITS.sub("", TOKEN.sub("", text)))


def _section(given: Mapping[str, Any], where: str) -> SectionRule:
    place = f"{where}: section {given.get('name')}"
    _known(given, _SECTION_KEYS, place)
    return SectionRule(
        name=given["name"],
        title=_both(given["title"], place),
        needs=tuple(given.get("needs", ())),
        freshness_days=int(given.get("freshness_days", 1)),
        required=bool(given.get("required", False)),
        picture=given.get("picture", ""),
        analyst=given.get("analyst", ""),
        sentences=tuple(_sentence(each, place) for each in given.get("sentence", ())),
    )


def _sentence(given: Mapping[str, Any], where: str) -> SentenceRule:
    place = f"{where}, sentence {given.get('id')}"
    _known(given, {"id", "variant", "analyst"}, place)
    variants = []
    for each in given.get("variant", ()):
        _known(each, {"en", "zh", "when", "list"}, place)
        texts = _template({"en": each["en"], "zh": each["zh"]}, place)
        variants.append(Variant(texts, each.get("when", {}), each.get("list")))
    return SentenceRule(given["id"], tuple(variants), given.get("analyst", ""))
