"""Contracts and instruments in words: AD2603, ad2603, "2603 contract", LME copper.

Several spellings stand for one contract; the canonical form is product and delivery
month (AD2603). A number is a contract only beside its words, never by its look alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PRODUCTS = (
    ("AD", r"cast(?:ing)?[- ]aluminum(?:[- ]alloy)?|aluminum[- ](?:cast[- ])?alloy|alloy futures"),
    ("AO", r"alumina"),
    ("AL", r"SHFE aluminum|aluminum"),
    ("CU", r"copper"),
    ("NI", r"nickel"),
    ("ZN", r"zinc"),
    ("PB", r"lead(?= (?:\d{4}|contract|futures))|SHFE lead"),
    ("SN", r"\btin\b"),
    ("SI", r"silicon"),
)
_PREFIXES = {"AD", "AL", "AO", "CU", "NI", "ZN", "PB", "SN", "SI", "SS", "LC", "BC"}
_CONTRACT = re.compile(
    r"(?<![\w.,$])(?:(?P<prefix>[A-Za-z]\(?[A-Za-z])[ -]?)?(?P<month>2[3-9](?:0[1-9]|1[0-2]))"
    r"(?![\d%]|[.,]\d|\s?-\s?\d|\s?(?:yuan|usd|mt|lots|/mt))"
)
_LME = re.compile(r"\bLME\s+(?P<metal>aluminum|copper|nickel|zinc|lead|tin)", re.IGNORECASE)
_DOTTED = re.compile(
    r"(?:SHFE|LME|INE|GFEX)\.(?P<product>[A-Z]{2})\.20(?P<year>\d\d)-(?P<month>0[1-9]|1[0-2])"
)
_NEAR = re.compile(r"contract|futures|most[- ]traded|most[- ]active", re.IGNORECASE)
_UNDATED = re.compile(
    r"most[- ](?:traded|active)\s(?:SHFE\s)?(?:[a-z]+[- ]){0,4}(?:futures\s)?contract\b(?!\s?\(?[A-Za-z]{0,2}\d)",
    re.IGNORECASE,
)
_LME_CODES = {
    "aluminum": "AH",
    "copper": "CA",
    "nickel": "NI",
    "zinc": "ZS",
    "lead": "PB",
    "tin": "SN",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """One instrument named in a text: where, which product, which contract (if any)."""

    start: int
    product: str
    contract: str | None


def canonical(text: str | None, product: str = "AD") -> str | None:
    """A contract in canonical form: "ad2603", "2603", "A(D2603" all give AD2603."""
    if text is None:
        return None
    dotted = _DOTTED.fullmatch(str(text).strip())
    if dotted:
        return dotted["product"] + dotted["year"] + dotted["month"]
    match = re.fullmatch(
        r"\W*([A-Za-z]\(?[A-Za-z])?\W*(2[3-9](?:0[1-9]|1[0-2]))\W*", str(text).strip()
    )
    if not match:
        return None
    prefix = (match[1] or product).replace("(", "").upper()
    return prefix + match[2]


def product_near(text: str, position: int, reach: int = 90) -> str:
    """The product whose words stand nearest before (or just after) `position`."""
    before = text[max(0, position - reach) : position + 30]
    best, best_at = "", -1
    for code, pattern in _PRODUCTS:
        for match in re.finditer(pattern, before, re.IGNORECASE):
            if match.end() > best_at and not (
                code == "AL" and best in {"AD", "AO"} and match.start() < best_at
            ):
                best, best_at = code, match.end()
    return best


def mentions(text: str) -> list[Mention]:
    """Every instrument named in `text`, in order."""
    found = []
    for match in _CONTRACT.finditer(text):
        prefix = (match["prefix"] or "").replace("(", "").upper()
        around = text[max(0, match.start() - 70) : match.end() + 45]
        if prefix and prefix not in _PREFIXES:
            continue
        if not prefix and not _NEAR.search(around):
            continue
        product = prefix or product_near(text, match.start()) or "AD"
        found.append(Mention(match.start(), product, product + match["month"]))
    for match in _LME.finditer(text):
        code = "LME-" + _LME_CODES[match["metal"].lower()]
        found.append(Mention(match.start(), code, None))
    if not any(each.contract for each in found):
        for match in _UNDATED.finditer(text):
            product = product_near(text, match.end())
            if product:
                found.append(Mention(match.start(), product, None))
    return sorted(found, key=lambda each: each.start)
