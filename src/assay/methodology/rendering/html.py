"""The rendered document as one self-contained HTML page, every clause with an address.

The page is made of the Markdown of the same document; raw HTML in a document is shown
as text, never executed.
"""

from __future__ import annotations

import re
from html import escape

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.55 system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif;
       max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0; }
th, td { border: 1px solid #8888; padding: .3rem .6rem; text-align: left; vertical-align: top; }
h3 { margin-top: 1.6rem; }
code { font-family: ui-monospace, "Noto Sans Mono", monospace; overflow-wrap: anywhere; }
"""


def html(source: str, title: str, language: str) -> str:
    """A whole page from Markdown; headings get ids (``clause-2.1`` for clauses)."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(source)
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _anchor(tokens[place + 1].content))
    body = reader.renderer.render(tokens, reader.options, {})
    lang = "zh-CN" if language == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}</body>\n</html>\n"
    )


def _anchor(heading: str) -> str:
    if re.fullmatch(r"\d+(\.\d+)*", heading):
        return f"clause-{heading}"
    return re.sub(r"\W+", "-", heading.casefold()).strip("-")
