"""The analyst's references against the facts of the day, before anything is composed.

A reference to nothing, a format nobody knows, a fact without the part that is asked for:
each is a finding with its place, and that paragraph is left out. Nothing of this raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from assay.commentary.compose import Composer, draft_sentence
from assay.commentary.editor import Editorial
from assay.commentary.facts import FactSet
from assay.commentary.phrases import LANGUAGES
from assay.core import Finding, Severity


def referring(
    composer: Composer, facts: FactSet, editorial: Editorial, day: date
) -> tuple[Editorial, list[Finding]]:
    """The editorial without what cannot be composed, and why."""
    findings = list(_other_day(editorial, day))
    kept = []
    for number, prose in enumerate(editorial.prose, start=1):
        wrong = list(
            _wrong(composer, facts, editorial, f"prose {number} of {prose.section}", prose.texts)
        )
        findings += wrong
        if not wrong:
            kept.append(prose)
    headline = editorial.headline
    if headline:
        wrong = list(_wrong(composer, facts, editorial, "headline", headline))
        findings += wrong
        headline = {} if wrong else headline
    return replace(editorial, prose=tuple(kept), headline=headline), findings


def _other_day(editorial: Editorial, day: date) -> Iterator[Finding]:
    if editorial.day is not None and editorial.day != day:
        words = f"it was written for {editorial.day}: write the date of this comment"
        yield Finding("editor.other_day", Severity.ERROR, day.isoformat(), words)


def _wrong(
    composer: Composer, facts: FactSet, editorial: Editorial, where: str, texts: Mapping[str, str]
) -> Iterator[Finding]:
    for language in LANGUAGES:
        place = f"{where}.{language}"
        if language not in texts:
            words = "both languages are written by the analyst"
            yield Finding("editor.language", Severity.ERROR, place, words)
            continue
        for token, problem in draft_sentence(composer, facts, editorial, language, texts[language]):
            yield Finding("editor.reference", Severity.ERROR, f"{place}: {{{token}}}", problem)
