"""A letter or notice on paper: the same words as Markdown, HTML and PDF.

The date is part of the letter, so that the same words give the same bytes. Chooses no
words; names no person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst

from assay.methodology.rendering import html

_SOURCE = """
#set document(title: {title}, author: {sender}, date: datetime(year: {year}, month: {month}, day: {day}))
#set page(paper: "a4", margin: (x: 24mm, y: 24mm), footer: [#set text(size: 8pt)
#text({footer})])
#set text(font: ("Libertinus Serif", "Noto Sans CJK SC"), size: 11pt, lang: {lang})
#set par(leading: 0.75em, spacing: 1.2em)
#text(size: 9pt, {sender}) #h(1fr) #text(size: 9pt, {dated})
#v(8mm)
#text(size: 15pt, weight: "bold", {title})
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says: sender, title, paragraphs, its day and language."""

    sender: str
    title: str
    text: str
    day: date
    language: str = "en"
    footer: str = ""

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs, parted by empty lines."""
        return [" ".join(each.split()) for each in self.text.strip().split("\n\n")]

    def markdown(self) -> str:
        """The letter in Markdown; nothing in its words is markup."""
        parts = [f"# {_plain(self.title)}", f"{_plain(self.sender)}, {self.day}"]
        parts += [_plain(each) for each in self.paragraphs]
        if self.footer:
            parts.append(_plain(self.footer))
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        """The letter as one page."""
        return html(self.markdown(), self.title, self.language)

    def pdf(self) -> bytes:
        """The letter set by typst."""
        head = _SOURCE.format(
            title=_quoted(self.title), sender=_quoted(self.sender), year=self.day.year,
            month=self.day.month, day=self.day.day, dated=_quoted(self.day.isoformat()),
            footer=_quoted(self.footer), lang=_quoted(self.language),
        )  # fmt: skip
        body = "\n\n".join(f"#text({_quoted(each)})" for each in self.paragraphs)
        made = _compiler().compile((head + "\n" + body).encode("utf-8"), format="pdf")
        if not isinstance(made, bytes):
            raise TypeError("typst gave no single document")
        return made

    def files(self, name: str) -> dict[str, bytes]:
        """The letter in its three forms, by file name."""
        return {
            f"{name}.md": self.markdown().encode(),
            f"{name}.html": self.html().encode(),
            f"{name}.pdf": self.pdf(),
        }


def _plain(words: str) -> str:
    """Words in which Markdown finds no markup."""
    return "".join(f"\\{each}" if each in "\\`*_{}[]<>#|~!&" else each for each in words)


def _quoted(words: str) -> str:
    """A typst string literal: nothing in it is markup."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@cache
def _compiler() -> typst.Compiler:
    found = find_spec("noto_cjk_sans_otc")
    if found is None or found.origin is None:
        raise FileNotFoundError("the font package noto-cjk-sans-otc is not installed")
    return typst.Compiler(font_paths=[str(Path(found.origin).parent)], ignore_system_fonts=True)
