"""HTML -> plain text and tables, without running or fetching anything.

Scripts, styles and comments are dropped and reported; rows of tables become lines. It never
follows a link and never keeps a tag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from assay.collection.reading import warning
from assay.core import Finding

_HIDDEN = {"script", "style", "head", "template", "noscript", "object", "iframe", "svg"}
_ACTIVE = {"script", "iframe", "object", "embed", "applet", "form", "meta"}
_VOID = {"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr"}
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE
)
_BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote"}
_DEEPEST = 400
#: A longer page is read up to here, and said.
LONGEST_PAGE = 1_000_000
_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!?][^>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Page:
    """The visible text of a page, the rows of its tables, and what was dropped."""

    text: str
    rows: tuple[tuple[str, ...], ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Sink:
    words: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    cell: list[str] | None = None
    hidden: list[str] = field(default_factory=list)
    active: set[str] = field(default_factory=set)
    unseen: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sink = _Sink()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        sink = self.sink
        if tag in _ACTIVE and tag != "meta":
            sink.active.add(tag)
        sink.active |= {name for name, _ in attrs if name.startswith("on")}
        unseen = tag not in _VOID and _unseen(attrs)
        sink.unseen = sink.unseen or unseen
        inside = bool(sink.hidden) and tag == sink.hidden[-1]
        if (tag in _HIDDEN or unseen or inside) and len(sink.hidden) < _DEEPEST:
            sink.hidden.append(tag)
        if tag in _BREAKS:
            sink.words.append("\n")
        if tag == "tr":
            sink.rows.append([])
        elif tag in {"td", "th"}:
            sink.cell = []

    def handle_endtag(self, tag: str) -> None:
        sink = self.sink
        if tag in sink.hidden:
            while sink.hidden and sink.hidden.pop() != tag:
                continue
        if tag in {"td", "th"} and sink.cell is not None:
            if not sink.rows:
                sink.rows.append([])
            sink.rows[-1].append("".join(sink.cell).strip())
            sink.cell = None
            sink.words.append("  ")
        if tag in _BREAKS:
            sink.words.append("\n")

    def handle_data(self, data: str) -> None:
        if self.sink.hidden:
            return
        self.sink.words.append(data)
        if self.sink.cell is not None:
            self.sink.cell.append(data)


def _unseen(attrs: list[tuple[str, str | None]]) -> bool:
    """Whether the tag hides what it holds from whoever looks at the page."""
    return any(
        name == "hidden" or (name == "style" and _UNSEEN.search(said or "") is not None)
        for name, said in attrs
    )


def read_html(markup: str, where: str) -> Page:
    """The visible text and table rows of `markup`."""
    reader = _Reader()
    findings: list[Finding] = []
    if len(markup) > LONGEST_PAGE:
        findings.append(
            warning("html.too_long", where, f"read up to {LONGEST_PAGE} characters: open by hand")
        )
    try:
        reader.feed(_without_comments(markup[:LONGEST_PAGE]))
        reader.close()
    except (AssertionError, ValueError, RecursionError):
        findings.append(warning("html.broken", where, "the page could not be read to its end"))
    if reader.sink.active:
        names = ", ".join(sorted(reader.sink.active))
        findings.append(warning("html.active_content", where, f"dropped without running: {names}"))
    if reader.sink.unseen:
        said = "text that nobody sees on the page was not read: look at its source"
        findings.append(warning("html.hidden_text", where, said))
    lines = [re.sub(r"[ \t\xa0]{3,}", "  ", line).strip() for line in
             "".join(reader.sink.words).split("\n")]  # fmt: skip
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return Page(text, tuple(tuple(row) for row in reader.sink.rows), tuple(findings))


def _without_comments(markup: str) -> str:
    """Comments and marked sections cut out in one pass; an unclosed one hides the rest.

    The parser would look for the end of each unclosed section again and again.
    """
    for opened, closed in (("<!--", "-->"), ("<![", ">"), ("<?", ">")):
        at = 0
        pieces: list[str] = []
        while (start := markup.find(opened, at)) >= 0:
            pieces.append(markup[at:start])
            end = markup.find(closed, start + len(opened))
            if end < 0:
                at = len(markup)
                break
            at = end + len(closed)
        pieces.append(markup[at:])
        markup = "".join(pieces)
    return markup[: markup.rfind(">") + 1] + markup[markup.rfind(">") + 1 :].replace("<", " ")


def looks_like_markup(text: str) -> bool:
    """Whether a chat message carries tags where words are expected."""
    return _MARKUP.search(text) is not None
