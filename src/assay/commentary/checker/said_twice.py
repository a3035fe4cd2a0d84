"""Anybody's English: a word and the number beside it that say the same thing twice (L8, L10, L13).

"fell by 100 (+0.5%)", "lower than the night before" beside "(+428)", "rose to 2,660, from
2,690", "first fell to" a price above the open. Only pairs that stand side by side are
judged; this module knows no series and no table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from assay.commentary.checker.arithmetic import plain
from assay.commentary.checker.claims import Claims, SpotClaim
from assay.commentary.checker.rules import found
from assay.commentary.checker.scan import NUMBER, number, sentences, snippet
from assay.commentary.checker.sections import Page
from assay.commentary.checker.words import band_of, sign_of
from assay.core import Finding

_UP = r"rose|increased|gained|climbed|edged up|soared|surged|advanced|rebounded"
_DOWN = r"fell|decreased|lost|dropped|declined|edged down|plunged|slid|dipped|slipped"
_VERB = rf"(?P<word>{_UP}|{_DOWN})(?P<how> sharply| slightly)?"
_SIGNED = re.compile(
    rf"\b{_VERB} by {NUMBER}\s?(?:yuan/mt|usd/mt|mt|lots) \((?P<sign>[+-]){NUMBER}\s?%"
)
_VOLUME = re.compile(
    rf"\bvolume was (?P<level>{NUMBER}) lots \((?P<step>[+-]{NUMBER})\), (?P<hard>sharply )?(?P<word>lower|higher|little changed)"
)
_FROM = re.compile(
    rf"\b{_VERB} to (?P<a>{NUMBER})(?:-(?P<b>{NUMBER}))?\s?(?:usd/mt|yuan/mt), (?:up |down )?from (?P<c>{NUMBER})(?:-(?P<d>{NUMBER}))?"
)
_FIRST = re.compile(
    rf"opened (?:at|slightly (?:higher|lower) at) (?P<open>{NUMBER})(?P<between>[^;]{{0,60}}?)\bfirst (?P<word>{_UP}|{_DOWN}) to (?:around |about )?(?P<to>{NUMBER})"
)
_PER_KILO = re.compile(rf"{NUMBER}(?:-{NUMBER})?\s?yuan/(?:kg|lb|g)\b", re.IGNORECASE)
_LOTS_IN_TONNES = re.compile(
    rf"\b(?:trading volume|open interest)\s(?:was|stood at|of)\s{NUMBER}\s?mt\b", re.IGNORECASE
)
_WIDER_THAN = re.compile(
    rf"(?P<now>{NUMBER})\s?yuan/mt, (?P<word>wider|narrower) than (?:around |about )?(?P<then>{NUMBER})"
)
_WIDENED_FROM = re.compile(
    rf"(?P<word>widened|narrowed) to (?P<now>{NUMBER})\s?yuan/mt[^.]*(?:\. The trading day before it was |,? from )"
    rf"(?P<then>{NUMBER})"
)
_BY_THE_TONNE = {"futures", "spread", "scrap", "summary"}
STRONG, EXTREME = 3, 4
#: A word this strong needs at least this percent, with a fifth of room.
LEAST = {STRONG: Fraction(8, 10), EXTREME: Fraction(12, 10)}
LITTLE, SHARP = 12, 32


def check_said_twice(page: Page, claims: Claims) -> Iterator[Finding]:
    """Every rule of this module."""
    text = page.text
    yield from _signs(text)
    yield from _volumes(text)
    yield from _from(text)
    yield from _first(text)
    yield from _units(page)
    yield from _widths(page)
    yield from _told_elsewhere(claims)


def _signs(text: str) -> Iterator[Finding]:
    for match in _SIGNED.finditer(text):
        if (sign_of(match["word"]) > 0) != (match["sign"] == "+"):
            yield found(
                "direction.conflict",
                f'"{snippet(match.group())}"',
                "the word and the sign disagree",
            )


def _volumes(text: str) -> Iterator[Finding]:
    for match in _VOLUME.finditer(text):
        level, step = number(match["level"]), number(match["step"])
        if level is None or step is None or level - step <= 0:
            continue
        share = abs(Fraction(step)) * 100 / Fraction(level - step)
        way = {"lower": -1, "higher": 1}.get(match["word"], 0)
        place = f'"{snippet(match.group())}"'
        if way * step < 0:
            yield found("direction.conflict", place, f"the volume changed by {plain(step)}")
        elif (match["hard"] and share < SHARP) or (not way and share > LITTLE):
            yield found("verb.band", place, f"the volume changed by {plain(step)}")


def _from(text: str) -> Iterator[Finding]:
    for match in _FROM.finditer(text):
        now = _middle(match["a"], match["b"])
        then = _middle(match["c"], match["d"])
        if now is None or not then:
            continue
        place = f'"{snippet(match.group())}"'
        if (now - then) * sign_of(match["word"]) <= 0:
            yield found("direction.conflict", place, "the two numbers go the other way")
            continue
        least = LEAST.get(band_of(match["word"] + (match["how"] or "")))
        if least is not None and abs(now - then) * 100 < least * then:
            yield found("verb.band", place, f"{match['word']!r} is too strong for these numbers")


def _middle(low: str, high: str | None) -> Fraction | None:
    ends = [number(low), number(high or low)]
    if None in ends:
        return None
    return sum((Fraction(end) for end in ends if end is not None), Fraction(0)) / 2


def _first(text: str) -> Iterator[Finding]:
    for match in _FIRST.finditer(text):
        opened, reached = number(match["open"]), number(match["to"])
        if opened is None or reached is None:
            continue
        if (reached - opened) * sign_of(match["word"]) < 0:
            yield found(
                "path.conflict", f'"{snippet(match.group())}"',
                f"{plain(reached)} is {'above' if reached > opened else 'below'} the open {plain(opened)}",
            )  # fmt: skip


def _units(page: Page) -> Iterator[Finding]:
    """L10: aluminum and its scrap are priced by the tonne, its futures counted in lots."""
    if not re.search(r"A00|ADC12|aluminum", page.text):
        return
    parts = [page.lede, *(each.text for each in page.sections if each.name in _BY_THE_TONNE)]
    for text in parts:
        for pattern, words in (
            (_PER_KILO, "aluminum and its scrap are priced per tonne"),
            (_LOTS_IN_TONNES, "volume and open interest of futures are in lots"),
        ):
            for match in pattern.finditer(text):
                yield found("unit.instrument", f'"{snippet(match.group())}"', words)


def _widths(page: Page) -> Iterator[Finding]:
    """L13: "widened to" and "wider than" against the two numbers they stand between."""
    for section in page.named("spread", "overseas"):
        told = [match for one in sentences(section.text) for match in _WIDER_THAN.finditer(one)]
        for match in (*told, *_WIDENED_FROM.finditer(section.text)):
            yield from _width(section.name, match)


def _width(where: str, match: re.Match[str]) -> Iterator[Finding]:
    today, before = number(match["now"]), number(match["then"])
    if today is None or before is None:
        return
    wider = match["word"].startswith("wid")
    if (wider and today <= before) or (not wider and today >= before):
        yield found(
            "direction.conflict", f'{where}: "{snippet(match.group())}"',
            f"{plain(today)} after {plain(before)} is not {match['word']}",
        )  # fmt: skip


def _told_elsewhere(claims: Claims) -> Iterator[Finding]:
    """L8: a strong word without a number against the change that the text gives elsewhere."""
    for each in claims.spots:
        if each.change is not None or each.movement is None:
            continue
        size = _size(claims.spots, each)
        least = LEAST.get(each.movement.band)
        if size is not None and least is not None and size < least:
            yield found(
                "verb.band",
                each.where,
                f"{each.movement.words.strip()!r} is too strong for this change",
            )


def _size(spots: list[SpotClaim], each: SpotClaim) -> Fraction | None:
    for other in spots:
        same = other.series == each.series and None not in {other.change, other.price}
        if same and (other.day is None or each.day is None or other.day == each.day):
            return _share(other.change or Decimal(0), other.price or Decimal(0))
    return None


def _share(change: Decimal, price: Decimal) -> Fraction:
    base = price - change
    return abs(Fraction(change)) * 100 / Fraction(base) if base > 0 else Fraction(0)
