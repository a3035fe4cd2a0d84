"""The comment as a PDF, set by typst: the same words and pictures, reproducible bytes.

The document date is the day of publication, so the same comment gives the same bytes.
The Chinese font is the package's own file, found through the import system; system fonts
are never used. This module never chooses words or numbers.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import typst

from assay.commentary.charts import chart, title_of
from assay.commentary.compose import Comment, Section, Sentence
from assay.commentary.figures import ZONE, figures_of
from assay.commentary.phrases import Phrases
from assay.commentary.specification import Report
from assay.commentary.text import absent_text, header_text, published_text, row_text, status_text

#: Longer stretches than this may be broken over two lines.
SHORT = 24
FAMILY = "Noto Sans CJK SC"
_PREAMBLE = """
#set document(title: {title}, author: {author}, date: datetime(year: {year}, month: {month}, day: {day}))
#set page(paper: "a4", margin: (x: 18mm, top: 16mm, bottom: 18mm), footer: context [
  #set text(size: 7.5pt, fill: rgb("#66707d"))
  #text({footer}) #h(1fr) #counter(page).display()
])
#set text(font: ({family}, "Libertinus Serif"), size: 9.6pt, lang: {lang}, fill: rgb("#1c2430"))
#set par(leading: 0.72em, spacing: 0.9em, justify: false)
#show heading.where(level: 2): it => block(above: 1.1em, below: 0.55em, text(size: 10.4pt, weight: "regular", fill: rgb("#0b5cad"), it.body))
#let soft(body) = text(size: 8pt, fill: rgb("#66707d"), body)
"""


@cache
def _compiler() -> typst.Compiler:
    """One compiler for the life of the process: its fonts are read once."""
    return typst.Compiler(font_paths=[str(_font_folder())], ignore_system_fonts=True)


def _font_folder() -> Path:
    found = find_spec("noto_cjk_sans_otc")
    if found is None or found.origin is None:
        raise FileNotFoundError("the font package noto-cjk-sans-otc is not installed")
    return Path(found.origin).parent


def quoted(words: str) -> str:
    """A typst string literal: nothing in it is markup."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def pdf_bytes(comment: Comment, report: Report, phrases: Phrases) -> bytes:
    """The finished PDF."""
    made = _compiler().compile(pdf_source(comment, report, phrases).encode("utf-8"), format="pdf")
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single document")
    return made


def pdf_source(comment: Comment, report: Report, phrases: Phrases) -> str:
    """The typst document."""
    local = comment.published.astimezone(ZoneInfo(ZONE))
    language = comment.language
    colon = ": " if language == "en" else "："

    def label(name: str) -> str:
        return phrases.say(language, "label", name)

    head = _PREAMBLE.format(
        title=quoted(comment.headline.text), author=quoted(comment.contact), year=local.year,
        month=local.month, day=local.day, footer=quoted(f"{header_text(comment)}  {comment.digest}"),
        family=quoted(FAMILY), lang=quoted(language),
    )  # fmt: skip
    parts = [
        head,
        f"#soft({quoted(header_text(comment))})",
        f'#block(above: 0.9em, below: 0.9em, text(size: 17pt, fill: rgb("#111820"), {quoted(comment.headline.text)}))',
        f"#soft({quoted(label('published') + colon + published_text(comment) + '   ' + status_text(comment, phrases))})",
    ]
    if comment.lede:
        parts.append(
            '#block(inset: (left: 9pt), stroke: (left: 1.6pt + rgb("#0b5cad")), '
            f"text(size: 10.6pt)[{_words(comment.lede, language)}])"
        )
    parts += [_section(section, language) for section in comment.sections]
    parts.append(_pictures(comment, report))
    if comment.absent:
        parts.append(f"#soft({quoted(label('absent') + colon + absent_text(comment))})")
    parts.append(f"#soft({quoted(label('source') + colon + comment.source_statement)})")
    parts.append(f"#soft({quoted(label('contact') + colon + comment.contact)})")
    rows = "\\ ".join(f"#text({quoted(row_text(row))})" for row in figures_of(comment))
    parts.append(
        f"== {_literal(label('figures'))}\n#text(size: 6.6pt)[#columns(2)[#par(leading: 0.5em)[{rows}]]]"
    )
    return "\n\n".join(parts)


def _literal(words: str) -> str:
    return f"#text({quoted(words)})"


def _words(sentences: tuple[Sentence, ...], language: str) -> str:
    glue = _literal(" ") if language == "en" else ""
    return glue.join(_sentence(sentence) for sentence in sentences)


def _sentence(sentence: Sentence) -> str:
    """A sentence; a number and its unit are never parted at the end of a line."""
    return "".join(
        f"#box({quoted(span.text)})"
        if span.fact and len(span.text) <= SHORT
        else _literal(span.text)
        for span in sentence.spans
    )


def _section(section: Section, language: str) -> str:
    when = f"#h(0.6em)#soft({quoted(section.as_of.isoformat())})" if section.as_of else ""
    return f"== {_literal(section.title)}{when}\n{_words(section.sentences, language)}"


def _pictures(comment: Comment, report: Report) -> str:
    cells = []
    for section in comment.sections:
        svg = chart(section.picture, comment, report) if section.picture else ""
        if svg:
            title = title_of(section.picture, comment)
            cells.append(
                f"block(breakable: false)[#text(size: 8.4pt, {quoted(title)})\\ "
                f'#image(bytes({quoted(svg)}), format: "svg", width: 100%, alt: {quoted(title)})]'
            )
    if not cells:
        return ""
    return f"#v(0.6em)\n#grid(columns: (1fr, 1fr), column-gutter: 14pt, row-gutter: 14pt, {', '.join(cells)})"
