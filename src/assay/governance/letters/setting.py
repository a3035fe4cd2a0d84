"""Setting a letter as PDF with typst: reproducible bytes, the package's own Chinese font.

System fonts are never used. Chooses no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst

_HEAD = """
#set document(title: {title}, author: {sender}, date: datetime(year: {year}, month: {month}, day: {day}))
#set page(paper: "a4", margin: (x: 24mm, top: 22mm, bottom: 24mm), footer: context [
  #set text(size: 8pt, fill: rgb("#56636a"))
  #text({footer}) #h(1fr) #counter(page).display("1 / 1", both: true)
])
#set text(font: ({fonts}), size: 10.5pt, lang: {lang}, fill: rgb("#1c2326"))
#set par(leading: 0.75em, spacing: 1.1em)
#let soft(body) = text(size: 8.5pt, fill: rgb("#56636a"), body)
#show heading.where(level: 2): it => block(above: 1.5em, below: 0.7em, text(size: 11pt, it.body))
#let facts(..cells) = block(width: 100%, above: 1.2em, below: 1.3em, inset: (left: 9pt, y: 4pt), stroke: (left: 1.5pt + rgb("#14586e")),
  grid(columns: (auto, 1fr), column-gutter: 12pt, row-gutter: 7pt, ..cells))
#let rows(columns, head, cells) = {{
  set text(size: 9pt)
  table(columns: columns, stroke: (x, y) => (bottom: 0.4pt + rgb("#9aa6ab")), inset: (x: 4pt, y: 5pt), align: left + top,
    table.header(..head), ..cells)
}}
#text(size: 9.5pt, {sender}) #h(1fr) #text(size: 9.5pt, {dated})
#v(9mm)
"""
#: Latin first in English; one face for both scripts in Chinese, so that digits sit well.
_FONTS = {
    "en": '"Libertinus Serif", "Noto Sans CJK SC"',
    "zh": '"Noto Sans CJK SC", "Libertinus Serif"',
}


def pdf_of(
    blocks: Sequence[str], *, title: str, sender: str, day: date, language: str, footer: str, to: str
) -> bytes:  # fmt: skip
    """The PDF of blocks written in typst; `day` is the document's own date."""
    head = _HEAD.format(
        title=quoted(title), sender=quoted(sender), year=day.year, month=day.month, day=day.day,
        dated=quoted(day.isoformat()), footer=quoted(footer), lang=quoted(language),
        fonts=_FONTS[language],
    )  # fmt: skip
    addressee = [f'#text(weight: "bold", {quoted(to)})'] if to else []
    heading = f'#block(below: 1.2em, text(size: 15pt, weight: "bold", {quoted(title)}))'
    source = "\n\n".join([head, *addressee, heading, *blocks])
    made = _compiler().compile(source.encode("utf-8"), format="pdf")
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single document")
    return made


def quoted(words: str) -> str:
    """A typst string literal: nothing in it is markup."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@cache
def _compiler() -> typst.Compiler:
    found = find_spec("noto_cjk_sans_otc")
    if found is None or found.origin is None:
        raise FileNotFoundError("the font package noto-cjk-sans-otc is not installed")
    return typst.Compiler(font_paths=[str(Path(found.origin).parent)], ignore_system_fonts=True)
