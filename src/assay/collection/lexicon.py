"""The word lists of quotes, read from `reference/phrases/quotes*.toml`.

Every word that gives a field its content stands in those files, with dates and source; this
module only checks them (unknown keys are refused) and builds the matcher. It knows no word
of its own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from assay.core import decimal_of, unit_of

_TERM_KEYS = {"field", "content", "side", "loosely", "words"}
_SERIES_KEYS = {"code", "when", "places", "unit", "tax", "tax_rate", "plausible"}
_WORD_SECTIONS = {
    "effective", "source", "term", "unit", "currency", "quantity", "measure", "noise", "traditional",
    "combined", "limits",
}  # fmt: skip


class PhraseTableError(ValueError):
    """A phrase table that does not say what it must."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one word of a quote says: a field and its content."""

    role: str
    content: str
    side: str | None = None
    loosely: bool = False
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """Which read fields make a quote one of this series, and what its card says."""

    code: str
    when: Mapping[str, str]
    places: tuple[str, ...]
    unit: str
    tax: str
    tax_rate: str | None
    plausible: tuple[Decimal, Decimal]


class Matcher:
    """Finds the longest word of a list at a position of normalised text."""

    def __init__(self, words: Mapping[str, Word], *, bounded: bool) -> None:
        """`bounded`: a word of letters must not stand inside a longer word."""
        self._words = words
        ordered = sorted(words, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(_pattern(word, bounded) for word in ordered) or r"(?!)")

    def at(self, text: str, start: int) -> tuple[int, Word] | None:
        """The end of the word at `start` and what it says."""
        match = self._pattern.match(text, start)
        return None if match is None else (match.end(), self._words[match.group()])


def _pattern(word: str, bounded: bool) -> str:
    before = r"(?<![a-z0-9])" if bounded and word[0].isascii() and word[0].isalnum() else ""
    after = ""
    if word[-1].isascii() and word[-1].isalpha():
        after = r"(?![a-z])"
    elif word[-1].isascii() and word[-1].isdigit():
        after = r"(?![0-9])"
    return before + re.escape(word) + after


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All word lists of the quote language, ready to match."""

    terms: Matcher
    units: Matcher
    currencies: Matcher
    quantities: Matcher
    measures: Matcher
    traditional: Mapping[str, str]
    series: tuple[SeriesRule, ...]
    combined: Mapping[tuple[str, frozenset[str]], str]
    widest_range: Decimal
    largest_quantity: Decimal

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Read `quotes.toml` and `quotes-series.toml` of `folder` (``reference/phrases``)."""
        words = tomllib.loads((folder / "quotes.toml").read_text("utf-8"))
        series = tomllib.loads((folder / "quotes-series.toml").read_text("utf-8"))
        return cls.from_documents(words, series)

    @classmethod
    def from_documents(cls, words: Mapping[str, Any], series: Mapping[str, Any]) -> Lexicon:
        """Build from parsed tables; unknown sections and keys are refused."""
        _only("quotes.toml", words, _WORD_SECTIONS)
        _only("quotes-series.toml", series, {"effective", "source", "series"})
        terms = _terms(words.get("term", ()))
        terms |= {each: Word("noise", each) for each in words.get("noise", {}).get("words", ())}
        return cls(
            terms=Matcher(terms, bounded=True),
            units=Matcher(_units("unit", words.get("unit", ())), bounded=False),
            currencies=Matcher(_units("currency", words.get("currency", ())), bounded=False),
            quantities=Matcher(_units("quantity", words.get("quantity", ())), bounded=False),
            measures=Matcher(
                {each: Word("measure", each) for each in words.get("measure", {}).get("words", ())},
                bounded=False,
            ),
            traditional=dict(words.get("traditional", {})),
            series=tuple(_series(each) for each in series.get("series", ())),
            combined={
                (each["field"], frozenset(each["contents"])): each["content"]
                for each in words.get("combined", ())
            },
            widest_range=decimal_of(words["limits"]["widest_range"]),
            largest_quantity=decimal_of(words["limits"]["largest_quantity"]),
        )

    def rule(self, code: str) -> SeriesRule | None:
        """The matching rule of this series, if the tables have one."""
        return next((each for each in self.series if each.code == code), None)


def _only(name: str, table: Mapping[str, Any], allowed: set[str]) -> None:
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise PhraseTableError(
            f"{name}: unknown keys {', '.join(unknown)}; allowed: {', '.join(sorted(allowed))}"
        )


def _terms(entries: Any) -> dict[str, Word]:
    words: dict[str, Word] = {}
    for entry in entries:
        _only(f"quotes.toml, term {entry.get('content')}", entry, _TERM_KEYS)
        word = Word(entry["field"], entry["content"], entry.get("side"), bool(entry.get("loosely")))
        for each in entry["words"]:
            if each in words:
                raise PhraseTableError(
                    f"quotes.toml: {each!r} says both {words[each].role}={words[each].content} "
                    f"and {word.role}={word.content}; keep one"
                )
            words[each] = word
    return words


def _units(role: str, entries: Any) -> dict[str, Word]:
    words: dict[str, Word] = {}
    for entry in entries:
        _only(f"quotes.toml, {role}", entry, {"content", "currency", "scale", "words"})
        for each in entry["words"]:
            words[each] = Word(role, entry["content"], currency=entry.get("currency"))
    return words


def _series(entry: Mapping[str, Any]) -> SeriesRule:
    _only(f"quotes-series.toml, {entry.get('code')}", entry, _SERIES_KEYS)
    low, high = entry["plausible"]
    return SeriesRule(
        code=entry["code"],
        when=dict(entry["when"]),
        places=tuple(entry.get("places", ())),
        unit=unit_of(entry["unit"]).code,
        tax=entry["tax"],
        tax_rate=entry.get("tax_rate"),
        plausible=(decimal_of(low), decimal_of(high)),
    )
