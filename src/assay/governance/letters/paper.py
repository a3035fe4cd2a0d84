"""A letter on paper: one content as Markdown, as a page of its own, and as PDF.

The day is part of the letter, so that the same words give the same bytes. Chooses no
words; knows nothing of what a letter is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from html import escape

from assay.governance.letters.setting import pdf_of, quoted

#: The forms of a letter with their media types.
FORMS = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
}
_MARKUP = "\\`*_{}[]<>#|~!&"
STYLE = """
:root{color-scheme:light dark;--ink:#1c2326;--soft:#56636a;--line:#d5dadc;--paper:#fff;--mark:#14586e}
@media (prefers-color-scheme:dark){:root{--ink:#e7ecee;--soft:#a5b2b8;--line:#38454b;--paper:#14191b;--mark:#7cc7de}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,"Segoe UI","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
main{max-width:46rem;margin:0 auto;padding:2rem 1.25rem 3rem}
.head{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;color:var(--soft);font-size:.9rem;margin:0 0 1.6rem}
h1{font-size:1.5rem;line-height:1.3;margin:0 0 1.1rem}
h2{font-size:1.02rem;margin:1.6rem 0 .3rem}
p{margin:0 0 .8rem;overflow-wrap:anywhere}
.to{font-weight:600}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.15rem 1.1rem;margin:1rem 0 1.2rem;padding:.7rem .9rem;border:1px solid var(--line);border-left:3px solid var(--mark)}
dt{color:var(--soft)}dd{margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.1rem;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{color:var(--soft);font-weight:600}
.foot{margin-top:2.2rem;padding-top:.7rem;border-top:1px solid var(--line);color:var(--soft);font-size:.8rem}
@media (max-width:34rem){main{padding:1rem .9rem 2rem}dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}thead{display:none}tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}td{display:block;border:0;padding:.1rem 0}td::before{content:attr(data-label) "\\A0";color:var(--soft);font-size:.82rem}}
@media print{:root{--ink:#000;--soft:#444;--line:#ccc;--paper:#fff}main{max-width:none;padding:0}tr,dl{break-inside:avoid}@page{size:A4;margin:20mm}}
""".strip()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a letter."""

    text: str

    def markdown(self) -> str:
        """In Markdown."""
        return f"## {_plain(self.text)}"

    def html(self) -> str:
        """In HTML."""
        return f"<h2>{escape(self.text)}</h2>"

    def typst(self) -> str:
        """In typst."""
        return f"#heading(level: 2, {quoted(self.text)})"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; whatever stands in it is text."""

    text: str

    def markdown(self) -> str:
        """In Markdown."""
        return _plain(self.text)

    def html(self) -> str:
        """In HTML."""
        return f"<p>{escape(self.text)}</p>"

    def typst(self) -> str:
        """In typst."""
        return f"#par(text({quoted(self.text)}))"


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with what stands beside each: days, numbers, names of papers."""

    rows: tuple[tuple[str, str], ...]

    def markdown(self) -> str:
        """In Markdown."""
        return "\n".join(f"* {_plain(label)}: **{_plain(said)}**" for label, said in self.rows)

    def html(self) -> str:
        """In HTML."""
        inner = "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in self.rows)
        return f"<dl>{inner}</dl>"

    def typst(self) -> str:
        """In typst."""
        cells = ", ".join(f"soft({quoted(a)}), text({quoted(b)})" for a, b in self.rows)
        return f"#facts({cells})"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; `shares` are the columns' parts of the width (none: alike)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...] = ()

    def _widths(self) -> tuple[int, ...]:
        return self.shares or (1,) * len(self.columns)

    def markdown(self) -> str:
        """In Markdown."""
        lines = [self.columns, ("---",) * len(self.columns)]
        cells = [tuple(map(_plain, row)) for row in (self.columns, *self.rows)]
        return "\n".join(f"| {' | '.join(row)} |" for row in (cells[0], lines[1], *cells[1:]))

    def html(self) -> str:
        """In HTML."""
        head = "".join(f'<th scope="col">{escape(each)}</th>' for each in self.columns)
        body = "".join(f"<tr>{self._row(row)}</tr>" for row in self.rows)
        parts = self._widths()
        widths = "".join(f'<col style="width:{100 * each // sum(parts)}%">' for each in parts)
        return f"<table><colgroup>{widths}</colgroup><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _row(self, row: tuple[str, ...]) -> str:
        pairs = zip(self.columns, row, strict=True)
        return "".join(f'<td data-label="{escape(a)}">{escape(b)}</td>' for a, b in pairs)

    def typst(self) -> str:
        """In typst."""
        head = ", ".join(f"soft({quoted(each)})" for each in self.columns)
        cells = ", ".join(f"text({quoted(each)})" for row in self.rows for each in row)
        shares = ", ".join(f"{each}fr" for each in self._widths())
        return f"#rows(({shares}), ({head},), ({cells},))"


Block = Heading | Paragraph | Facts | Table


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says: sender, title, blocks in order, its day and language.

    `to` stands above the title where the letter has one addressee; `footer` holds the
    numbers under which the papers lie.
    """

    sender: str
    title: str
    blocks: tuple[Block, ...]
    day: date
    language: str = "en"
    footer: str = ""
    to: str = ""

    def markdown(self) -> str:
        """The letter in Markdown; nothing in its words is markup."""
        parts = [f"# {_plain(self.title)}", f"{_plain(self.sender)}, {self.day}"]
        parts += [_plain(self.to)] if self.to else []
        parts += [each.markdown() for each in self.blocks]
        parts += [_plain(self.footer)] if self.footer else []
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        """The letter as one page that fetches nothing and runs nothing."""
        to = f'<p class="to">{escape(self.to)}</p>\n' if self.to else ""
        foot = f'<p class="foot">{escape(self.footer)}</p>\n' if self.footer else ""
        blocks = "\n".join(each.html() for each in self.blocks)
        lang = "zh-CN" if self.language == "zh" else "en"
        return (
            f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<title>{escape(self.title)}</title><style>{STYLE}</style></head>\n<body><main>"
            f'<p class="head"><span>{escape(self.sender)}</span><span>{self.day}</span></p>\n'
            f"{to}<h1>{escape(self.title)}</h1>\n{blocks}\n{foot}</main></body></html>\n"
        )

    def pdf(self) -> bytes:
        """The letter set by typst: the same letter gives the same bytes."""
        return pdf_of(
            [each.typst() for each in self.blocks], title=self.title, sender=self.sender,
            day=self.day, language=self.language, footer=self.footer, to=self.to,
        )  # fmt: skip

    def text(self) -> str:
        """Every word of the letter, for whoever looks for a name in it."""
        return re.sub(r"\\(.)", r"\1", self.markdown())

    def content(self, form: str) -> bytes:
        """The letter in one of `FORMS`."""
        return self.pdf() if form == "pdf" else getattr(self, _MAKES[form])().encode()

    def files(self, name: str) -> dict[str, bytes]:
        """The letter in its three forms, by file name."""
        return {f"{name}.{form}": self.content(form) for form in FORMS}


_MAKES = {"md": "markdown", "html": "html"}


def _plain(words: str) -> str:
    """Words in which Markdown finds no markup."""
    return "".join(f"\\{each}" if each in _MARKUP else each for each in words)
