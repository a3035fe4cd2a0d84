"""From HTML or Markdown to the plain words a reader sees.

Scripts, styles and pictures are dropped; links keep their words; table cells of a row
are joined. This module never judges.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_BLOCKS = {
    "p",
    "div",
    "section",
    "h1",
    "h2",
    "h3",
    "h4",
    "li",
    "tr",
    "header",
    "footer",
    "article",
    "br",
    "details",
    "summary",
    "figure",
    "table",
}
_DROPPED = {"script", "style", "svg", "nav", "template", "figcaption"}
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:#|https?:|/)[^)\s]*\)")
_ANCHOR = re.compile(r"<a id=\"[^\"]*\"></a>")
_MARKS = re.compile(r"^(?:>|#{1,4}|[-*])\s+|\*\*|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)", re.MULTILINE)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.dropped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self.dropped += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in {"td", "th"}:
            self.parts.append(" ")
        del attrs

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self.dropped = max(0, self.dropped - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.dropped:
            self.parts.append(re.sub(r"\s+", " ", data))


def readable(raw: str) -> str:
    """The plain text of a page in HTML, Markdown or plain text."""
    if re.search(r"<(?:!doctype html|html|body|article)\b", raw[:2000], re.IGNORECASE):
        reader = _Reader()
        reader.feed(raw)
        reader.close()
        return "\n".join(
            line.strip() for line in "".join(reader.parts).splitlines() if line.strip()
        )
    text = _ANCHOR.sub("", raw)
    if _LINK.search(text):
        text = _MARKS.sub("", _LINK.sub(r"\1", text))
    return html.unescape(text) if "&" in text and ";" in text else text
