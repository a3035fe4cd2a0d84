"""From the text of a published English comment to its claims.

Reads only what is printed. It never opens the generator's tables, a ledger or a file.
"""

from __future__ import annotations

import re
from datetime import date

from assay.commentary.checker.claims import Claims, DatedWord
from assay.commentary.checker.dates import MONTH_DAY, dated, pair_of
from assay.commentary.checker.futures_text import read_futures
from assay.commentary.checker.scan import NUMBER, number, sentences, snippet
from assay.commentary.checker.sections import Page, page_of
from assay.commentary.checker.spot_text import (
    as_of_day,
    read_ranges,
    read_spots,
    read_spreads,
    read_warrants,
)

_ROLL = re.compile(
    r"\broll(?:s|ed|ing|over)?\b[^.]{0,80}\b(?:contract|from|to|over)|roll-?over|"
    r"most-traded contract (?:has )?(?:shifted|switched|changed|moved)|"
    r"(?:shifted|switched|changed) (?:its |the )?(?:most-traded|main)|contract (?:roll|switch|change)",
    re.IGNORECASE,
)
#: The headline in brackets before a lede: it speaks of several things at once.
_TAG = re.compile(r"^\W{0,3}\[[^\]]*\]\s*")
_DATED_SECTIONS = ("warrants", "silicon", "scrap", "overseas", "spread")


def claims_of(raw: str) -> tuple[Page, Claims]:
    """The page and everything it claims."""
    page = page_of(raw)
    near = page.published or _day_of_header(page)
    claims = Claims(published=page.published, headline=page.headline)
    claims.headers, claims.datelines = page.headers, page.datelines
    claims.roll_stated = bool(_ROLL.search(page.text))
    parts = [("lede", _TAG.sub("", page.lede))] if page.lede else []
    parts += [(section.name, section.text) for section in page.sections]
    for name, text in parts:
        if name in {"industry", "source"}:
            continue
        _read(claims, name, text, near)
    _listing_base(claims, page.text)
    return page, claims


def _day_of_header(page: Page) -> date | None:
    for each in (*page.headers, *page.datelines):
        if each.day:
            return each.day
    return None


def _read(claims: Claims, name: str, text: str, near: date | None) -> None:
    if name in {"futures", "lede", "body", "spot", "summary"}:
        claims.futures += read_futures(name, text)
    if name == "spread" or (name in {"body", "lede"} and "theoretical" in text):
        day = as_of_day(text, near)
        claims.spreads += read_spreads(text, near, day)
    if name in {"scrap", "summary", "lede", "spot", "body", "overseas"}:
        claims.spots += read_spots(name, text, near)
    claims.ranges += list(read_ranges(name, text))
    if name in {"warrants", "body"}:
        warrants = read_warrants(text)
        if warrants:
            claims.warrants.append(warrants)
    if name in _DATED_SECTIONS:
        claims.as_of += _as_of(name, text, near)
    elif name != "inventory":
        claims.as_of += _priced_as_of(name, text, near)


def _as_of(name: str, text: str, near: date | None) -> list[DatedWord]:
    """The first "on December 30" of a dated section: its as-of day."""
    for sentence in sentences(text)[:2]:
        match = re.search(rf"\b(?:on|as of) {MONTH_DAY}", sentence, re.IGNORECASE)
        if match:
            pair = pair_of(match["month"], match["day"])
            return [DatedWord(name, snippet(match.group()), dated(pair, near), pair)]
    return []


def _priced_as_of(name: str, text: str, near: date | None) -> list[DatedWord]:
    """The day of "As of September 4 ..." before a price, in sections without an own day."""
    found = []
    for sentence in sentences(text):
        match = re.search(rf"\bas of {MONTH_DAY}", sentence, re.IGNORECASE)
        if (
            match
            and re.search(r"yuan/mt", sentence)
            and not re.search(r"inventor|stock|warrant", sentence)
        ):
            pair = pair_of(match["month"], match["day"])
            found.append(DatedWord(name, snippet(match.group()), dated(pair, near), pair))
    return found


def _listing_base(claims: Claims, text: str) -> None:
    """A first day's percent is counted from the listing benchmark price, where it is stated."""
    match = re.search(rf"benchmark(?: listing)? price[^.]{{0,80}}?(?:of|at|to) ({NUMBER})", text)
    for each in claims.futures:
        if (
            match
            and each.change is None
            and each.base_value is None
            and each.base in {None, "listing"}
        ):
            each.base_value = number(match.group(1))
