"""A methodology document for people: Markdown or HTML, English or Chinese, with its cases."""

from __future__ import annotations

from collections.abc import Sequence

from assay.methodology.cases import Case
from assay.methodology.determination import Determination
from assay.methodology.document.model import Methodology
from assay.methodology.rendering.html import html
from assay.methodology.rendering.markdown import markdown

FORMATS = ("md", "html")


def render(
    methodology: Methodology,
    language: str = "en",
    form: str = "md",
    cases: Sequence[Case] = (),
    determination: Determination | None = None,
) -> str:
    """The document for people, complete, in `language` (en, zh) and `form` (md, html).

    `cases` become the annex; a `determination` fills the formula with its numbers.
    """
    if form not in FORMATS:
        raise ValueError(f"format {form!r}; allowed: {', '.join(FORMATS)}")
    text = markdown(methodology, language, cases, determination)
    return text if form == "md" else html(text, methodology.title.in_(language), language)


__all__ = ["FORMATS", "html", "markdown", "render"]
