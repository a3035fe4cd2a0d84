"""The figures of a comment as rows: what stands under the text so that it can be checked.

Each row has the fact's key, its number, contract and session, as-of day, formula or
entry. An entry number carries a check letter, as bank numbers do, so that a mistyped
one is noticed. This module never decides what is printed in a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from assay.commentary.compose import Comment, Sentence, Span
from assay.commentary.facts import Fact
from assay.commentary.formats import number_text
from assay.commentary.seal import check_letter

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NAME = re.compile(r"\b(?![A-Z]{2}\d{4}\b)[A-Z]{1,4}-?\d+\b|#\d+|\d+#", re.ASCII)
_DAY = re.compile(r"^(?:[A-Z][a-z]+ \d{1,2}|\d{1,2}月\d{1,2}日)$")
ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: key, printed value, description, whether the text states it."""

    key: str
    value: str
    about: str
    stated: bool
    entries: tuple[int, ...] = ()


def entry_reference(seq: int, row: str = "") -> str:
    """An entry number with its check letter over itself and its row's digits: 212-K."""
    return f"{seq}-{check_letter(f'{seq}{row}')}"


def figures_of(comment: Comment) -> list[Figure]:
    """The rows of a comment: stated facts, what words and derived ones rest on, typed digits, days, names."""
    facts = comment.facts
    stated = comment.used()
    behind: dict[str, None] = {}
    rested = {key for sentence in printed(comment) for key in sentence.depends}
    behind.update(dict.fromkeys(key for key in facts.facts if key in rested and key not in stated))
    queue = [*stated, *behind]
    while queue:
        for operand in facts[queue.pop(0)].operands:
            if operand not in stated and operand not in behind:
                behind[operand] = None
                queue.append(operand)
    spans = [span for sentence in printed(comment) for span in sentence.spans]
    leaders = {key: span.fact for span in spans for key in span.also}
    rows = [_row(facts[key], _statement(facts[key], spans, leaders)) for key in stated]
    rows += [_row(facts[key], "") for key in behind if facts[key].kind != "time"]
    return [
        *rows, *_orders(comment), *_typed(comment), *_days(comment, spans), *_names(comment)
    ]  # fmt: skip


def _orders(comment: Comment) -> list[Figure]:
    """The order of a session's extremes, where a sentence tells its path."""
    rested = {key for sentence in printed(comment) for key in sentence.depends}
    rows = []
    for key in sorted(each for each in rested if each.endswith(".low_at")):
        prefix = key.removesuffix(".low_at")
        low, high = (comment.facts.facts.get(f"{prefix}.{name}_at") for name in ("low", "high"))
        if low is None or high is None or not low.words or not high.words:
            continue
        if low.words != high.words:
            order = "low then high" if low.words < high.words else "high then low"
            name = f"{prefix}.order"
            about = "entry " + " ".join(entry_reference(seq, name) for seq in low.entries)
            rows.append(Figure(name, order, about, stated=False, entries=low.entries))
    return rows


def printed(comment: Comment) -> list[Sentence]:
    """The sentences as pages print them: the headline stands twice, the lede repeats its own."""
    return [comment.headline, *comment.sentences()]


def _statement(fact: Fact, spans: list[Span], leaders: dict[str, str]) -> str:
    """``stated 3x``, or ``as scrap.region.SH`` for a member of a group."""
    if fact.key in leaders:
        return f"as {leaders[fact.key]}"
    shown = sum(1 for span in spans if span.fact == fact.key and _prints(fact, span))
    return f"stated {shown}x" if shown else "named"


def _prints(fact: Fact, span: Span) -> bool:
    """Whether the span prints the fact itself, not its day, tax or base."""
    if fact.low is None and fact.high is None:
        return span.text == fact.words or fact.kind == "quote"
    tokens = {token.replace(",", "") for token in _NUMBER.findall(span.text)}
    ends = {format(abs(end), "f") for end in (fact.low, fact.high) if end is not None}
    return bool(tokens & ends) and not _DAY.search(span.text)


def _days(comment: Comment, spans: list[Span]) -> list[Figure]:
    """The days that stand in the prose, and the moment of publication."""
    counted: dict[str, int] = {}
    for span in spans:
        fact = comment.facts.facts.get(span.fact)
        if fact is not None and fact.as_of is not None and _DAY.search(span.text):
            counted[fact.as_of.isoformat()] = counted.get(fact.as_of.isoformat(), 0) + 1
    rows = [
        Figure(f"day.d{chr(ord('a') + index)}", day, f"stated {count}x", stated=True)
        for index, (day, count) in enumerate(sorted(counted.items()))
    ]
    local = comment.published.astimezone(ZoneInfo(ZONE))
    return [*rows, Figure("day.published", f"{local:%Y-%m-%d %H:%M}", "", stated=True)]


def _names(comment: Comment) -> list[Figure]:
    """Names with digits (A00, #553, P-01): how often each stands in the prose."""
    counted: dict[str, int] = {}
    for sentence in printed(comment):
        for name in _NAME.findall(sentence.text):
            counted[name] = counted.get(name, 0) + 1
    return [
        Figure(f"name.n{chr(ord('a') + index)}", name, f"stated {count}x", stated=True)
        for index, (name, count) in enumerate(sorted(counted.items()))
    ]


def _typed(comment: Comment) -> list[Figure]:
    seen: dict[tuple[str, str], int] = {}
    for sentence in printed(comment):
        for span in sentence.spans:
            if span.typed:
                seen[span.typed, span.text] = seen.get((span.typed, span.text), 0) + 1
    return [
        Figure(f"typed.{kind}.{chr(ord('a') + index)}", words, f"stated {count}x", stated=True)
        for index, ((kind, words), count) in enumerate(seen.items())
    ]


def _row(fact: Fact, statement: str) -> Figure:
    about = [part for part in (f"{fact.contract} {fact.session}".strip(), fact.tax) if part]
    if fact.as_of:
        about.append(fact.as_of.isoformat())
    if fact.base:
        about.append(f"from {fact.base.kind}")
    if fact.formula:
        about.append(fact.formula)
    place = len(about)
    if fact.step:
        about.append(f"to the nearest {fact.step}")
    if fact.source:
        about.append("source: " + fact.source)
    if fact.author:
        about.append("by " + fact.author)
    if fact.revision:
        about.append(f"revision {'I' * fact.revision}")
    if fact.entries and not fact.formula:
        row = "; ".join([fact.key, value_text(fact), *about])
        said = " ".join(entry_reference(seq, row) for seq in fact.entries)
        about.insert(place, f"entry {said}")
    if statement:
        about.append(statement)
    return Figure(fact.key, value_text(fact), "; ".join(about), bool(statement), fact.entries)


def value_text(fact: Fact) -> str:
    """The value for a row, the same in both languages: "+5 CNY/t", "16,700-17,100 CNY/t"."""
    if fact.low is None and fact.high is None:
        return fact.words
    ends = [end for end in (fact.low, fact.high) if end is not None]
    if fact.is_single:
        ends = ends[:1]
    shown = [number_text(end, "en", signed=fact.signed) for end in ends]
    glue = " to " if any(end < 0 for end in ends) else "-"
    text = glue.join(shown)
    return f"{fact.hedge} {text} {fact.unit}".strip()
