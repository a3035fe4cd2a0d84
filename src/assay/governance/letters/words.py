"""The words of every letter as data (`reference/letters.toml`), filled in and laid out.

A text is parts divided by empty lines: ``## words`` is a heading, ``{facts}`` the box of
dated facts, ``{a table's name}`` a table, anything else a paragraph; ``?name`` before a
part lets it stand only where `name` says something. Invents no words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assay.core import refused
from assay.governance.letters.paper import Block, Facts, Heading, Letter, Paragraph, Table

FILE = "letters.toml"
LANGUAGES = ("en", "zh")
Said = Mapping[str, str]
_TOP = {"labels", "terms", "letters"}
_CARD = {"title", "facts", "text"}


@dataclass(frozen=True, slots=True)
class LetterWords:
    """The texts of letters by kind, labels of facts and columns, terms of the field."""

    labels: Mapping[str, Said]
    terms: Mapping[str, Said]
    letters: Mapping[str, Mapping[str, Any]]

    def label(self, name: str, language: str) -> str:
        """The label of a fact or a column."""
        return self.labels[name][language]

    def term(self, word: str, language: str) -> str:
        """A word of the house in this language; one without an entry stands as it is."""
        return self.terms[word][language] if word in self.terms else word


@dataclass(frozen=True, slots=True)
class Filling:
    """What fills a letter's words: sender, day, what is said, tables by name."""

    sender: str
    day: date
    said: Mapping[str, object]
    tables: Mapping[str, Table] = field(default_factory=dict)
    footer: str = ""
    to: str = ""


def load_letter_words(reference: Path) -> LetterWords:
    """Read the file strictly: a letter or a label lacks neither language."""
    path = reference / FILE
    table = tomllib.loads(path.read_text("utf-8"))
    _only(table, _TOP, str(path))
    for kind, card in table["letters"].items():
        _only(card, _CARD, f"{path}: {kind}")
        for part in ("title", "text"):
            _only(card[part], set(LANGUAGES), f"{path}: {kind}: {part}")
    for part in ("labels", "terms"):
        for name, said in table[part].items():
            _only(said, set(LANGUAGES), f"{path}: {part}: {name}")
    return LetterWords(table["labels"], table["terms"], table["letters"])


def _only(table: Mapping[str, Any], allowed: set[str], where: str) -> None:
    if set(table) != allowed:
        odd = ", ".join(sorted(set(table) ^ allowed))
        raise refused("file.keys", f"{where}: {odd}", f"keys: {', '.join(sorted(allowed))}")


def dated(day: date, language: str) -> str:
    """A day as letters write it: ``2025-12-30``, or with the Chinese words."""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


def in_language(language: str) -> str:
    """A language in which letters are written; refused otherwise."""
    if language not in LANGUAGES:
        raise refused("letter.language", language, f"languages: {', '.join(LANGUAGES)}")
    return language


def letter_of(words: LetterWords, kind: str, language: str, filling: Filling) -> Letter:
    """The letter of this kind; days in what is said are written in the letter's language."""
    card = words.letters[kind]
    said = {
        name: dated(each, language) if isinstance(each, date) else "" if each is None else str(each)
        for name, each in filling.said.items()
    }
    facts = Facts(tuple((words.label(e, language), said[e]) for e in card["facts"] if said.get(e)))
    blocks = tuple(_blocks(card["text"][language], said, {**filling.tables, "facts": facts}))
    return Letter(
        filling.sender, _filled(card["title"][language], said), blocks, filling.day, language,
        filling.footer, filling.to,
    )  # fmt: skip


def _blocks(
    text: str, said: Mapping[str, str], laid: Mapping[str, Table | Facts]
) -> Iterator[Block]:
    for each in text.strip().split("\n\n"):
        part = " ".join(each.split())
        if part.startswith("?"):
            name, _, part = part[1:].partition(" ")
            if not (laid[name].rows if name in laid else said[name]):
                continue
        if part.startswith("## "):
            yield Heading(_filled(part[3:], said))
        elif part.startswith("{") and part[1:-1] in laid:
            if laid[part[1:-1]].rows:
                yield laid[part[1:-1]]
        else:
            yield Paragraph(_filled(part, said))


def _filled(text: str, said: Mapping[str, str]) -> str:
    return " ".join(text.format_map(said).split())
