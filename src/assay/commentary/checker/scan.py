"""Scanning: sentences, numbers and spellings of a published English comment.

Spellings are brought to one form first (RMB 21,070 per tonne becomes 21,070 yuan/mt,
every dash a hyphen, aluminium aluminum), so that the readers need one pattern. This
module never decides what a number means.
"""

from __future__ import annotations

import re
from decimal import Decimal

from assay.core import NotANumber, decimal_of

#: A number as printed, with or without thousands commas.
NUMBER = r"(?>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?)"
PRICE_UNIT = r"(?:yuan/mt|usd/mt|/mt)"

_DASHES = re.compile("[\u2010\u2011\u2012\u2013\u2014\u2015\u2212~\uff5e]")
_SPACES = re.compile("[\u00a0\u2002-\u200a\u202f\u3000]")
_SPELLINGS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"aluminium", "aluminum"),
        (r"\bper cent\b|\bpercent\b", "%"),
        (r"\bmetric tonnes?\b|\bmetric tons?\b|\btonnes?\b", "mt"),
        (r"\bper mt\b|(?<=yuan)/(?:ton|t)\b|(?<=yuan) a mt\b|(?<=cny)/(?:ton|t|mt)\b", "/mt"),
        (r"(?<=usd)/(?:ton|t)\b|(?<=dollars)/(?:ton|t)\b", "/mt"),
        (r"(?:RMB|CNY|¥|￥)\s?(?=\d)", "yuan "),
        (rf"yuan ({NUMBER}(?:\s?-\s?(?:yuan )?{NUMBER})?)\s?/mt", r"\1 yuan/mt"),
        (r"\b(?:RMB|CNY)\s?/mt", "yuan/mt"),
        (r"\byuan\s+/mt|\byuan per (?:mt|ton|t)\b", "yuan/mt"),
        (r"(?:US\$|USD\s?)(?=\d)", "$"),
        (r"\bUS dollars?\s?/mt|\bdollars?\s?/mt|\bUSD\s?/mt", "usd/mt"),
        (rf"\$({NUMBER})\s?-\s?\$?({NUMBER})\s?/\s?mt", r"\1-\2 usd/mt"),
        (rf"\$({NUMBER})\s?/\s?mt", r"\1 usd/mt"),
        (rf"({NUMBER})\s?-\s?({NUMBER})", r"\1-\2"),
        (r"\ba\.m\.|\bp\.m\.", "AM"),
    )
)
_SENTENCE = re.compile(
    r"(?<=[.;!?。；！？])(?<!No\.)(?<!Nov\.)(?<!Dec\.)\s+(?=[A-Z\[\"“(#*'0-9])|\n+"
)
MALFORMED = re.compile(
    r"(?<![\d,.#])(?:\d{1,3}(?:,\d{3})*,(?:\d{1,2}|\d{4,})|\d{4,},\d{3})(?![\d,])"
    r"(?=\s?(?:yuan|usd|mt\b|lots|/mt|-\d))"
)


def normalised(text: str) -> str:
    """`text` in one spelling of units, dashes and spaces."""
    text = _SPACES.sub(" ", _DASHES.sub("-", text)).replace("\r\n", "\n").replace("\u2019", "'")
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    return text


def sentences(text: str) -> list[str]:
    """The sentences of a normalised text, in order, stripped."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def clauses(sentence: str) -> list[str]:
    """The clauses of a sentence, cut where a new subject usually begins."""
    parts = re.split(
        r";|,? while |, whereas |, and (?=(?:the )?(?:domestic )?SMM)|, with ", sentence
    )
    return [part.strip() for part in parts if part.strip()]


def number(text: str | None) -> Decimal | None:
    """The exact number of a printed token; None when there is none."""
    if text is None:
        return None
    try:
        return decimal_of(text.replace(",", "").replace("+", "").strip())
    except NotANumber:
        return None


def places(text: str) -> int:
    """Printed decimals of a number token."""
    return len(text.partition(".")[2])


def snippet(text: str, limit: int = 90) -> str:
    """A short quotation for a finding's place."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 3].rstrip() + "..."
