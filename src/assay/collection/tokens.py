"""Normalised text -> tokens: words of the lists, numbers, contracts, dates, separators.

Only cuts and names; what the tokens mean together is the business of `phrases` and `quotes`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assay.collection.lexicon import Lexicon
from assay.collection.numerals import number_at

_DATE = re.compile(
    r"(?<![0-9])(?:"
    r"(?P<y>20[0-9]{2})[-/.年](?P<m>1[0-2]|0?[1-9])[-/.月](?P<d>3[01]|[12][0-9]|0?[1-9])(?![0-9])日?"
    r"|(?P<m2>1[0-2]|0?[1-9])月(?P<d2>3[01]|[12][0-9]|0?[1-9])(?![0-9])[日号]?"
    r")"
)
_DATE_LIKE = re.compile(
    r"(?<![0-9.])(?:1[0-2]|0?[1-9])[./](?:3[01]|[12][0-9]|0?[1-9])(?![0-9.%/]|\s?(?:[元$万吨块]|usd|mt|t|kg|公斤))"
)
_CLOCK = re.compile(
    r"(?<![0-9:])(?P<h>[01]?[0-9]|2[0-3]):(?P<min>[0-5][0-9])(?::[0-5][0-9])?(?![0-9:])"
)
_CONTRACT = re.compile(
    r"(?P<root>沪铝|铸铝|铝合金|shfe ?al|shfe ?ad|al|ad)?[ -]?"
    r"(?P<month>[12][0-9](?:0[1-9]|1[0-2]))(?![0-9,.])(?P<tail> ?(?:合约|合同|contract))?"
)
_CUE = re.compile(r"(?:对|vs\.?|against|over|under|on)\s*$")
_CUE_TO = re.compile(r"(?:^|[^0-9,.])[0-9]{1,3}\s+to\s*$")
_ROOTS = {"沪铝": "AL", "shfe al": "AL", "shfeal": "AL", "al": "AL"}
_LONG_CODE = re.compile(r"[0-9]{8,}")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_BLANKS = re.compile(r" {2,}")
_STOPS = "\n。;；!！?？|"
_COMMAS = ",，、"
_DASHES = "-−–—"
_JOINERS = ("至", "到", "~")


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its class, its span in the normalised text, and what it says."""

    role: str
    start: int
    end: int
    content: str = ""
    amount: Decimal | None = None
    digits: int = 0
    side: str | None = None
    loosely: bool = False
    currency: str | None = None


def tokens_of(text: str, lexicon: Lexicon) -> list[Token]:
    """The tokens of a normalised text, in order; single blanks are left out."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        token = _token(text, at, lexicon, found[-1] if found else None)
        if token is None:
            at += 1
            continue
        found.append(token)
        at = max(token.end, at + 1)
    return found


def _token(text: str, at: int, lexicon: Lexicon, before: Token | None) -> Token | None:
    letter = text[at]
    if letter == " ":
        blanks = _BLANKS.match(text, at)
        return None if blanks is None else Token("stop", at, blanks.end())
    if letter in _STOPS or _ends_sentence(text, at):
        return Token("stop", at, at + 1)
    dated = _dated(text, at)
    if dated is not None:
        return dated
    if before is not None and before.role == "number" and at - before.end <= 1:
        measured = _measured(text, at, lexicon)
        if measured is not None:
            return measured
    for role, matcher in (("term", lexicon.terms), ("unit", lexicon.units)):
        hit = matcher.at(text, at)
        if hit is not None:
            end, word = hit
            return Token(
                word.role if role == "term" else "unit", at, end, word.content,
                side=word.side, loosely=word.loosely, currency=word.currency,
            )  # fmt: skip
    return _figure(text, at, lexicon)


def _dated(text: str, at: int) -> Token | None:
    if not ("0" <= text[at] <= "9" or text[at] in "沪铸铝sa"):
        return None
    for role, pattern in (("date", _DATE), ("clock", _CLOCK), ("date_like", _DATE_LIKE)):
        match = pattern.match(text, at)
        if match is not None:
            return Token(role, at, match.end(), match.group())
    match = _CONTRACT.match(text, at)
    if match is None or (at and text[at - 1].isascii() and text[at - 1].isalnum()):
        return None
    before = text[:at]
    if match["root"] or match["tail"] or _CUE.search(before) or _CUE_TO.search(before[-24:]):
        root = _ROOTS.get(match["root"], "AD") if match["root"] else ""
        return Token("contract", match.start("month"), match.end(), root + match["month"])
    return None


def _measured(text: str, at: int, lexicon: Lexicon) -> Token | None:
    """What stands right after a number: unit, currency, quantity or a measure word."""
    best: tuple[int, Token] | None = None
    for role, matcher in (
        ("unit", lexicon.units),
        ("quantity_unit", lexicon.quantities),
        ("currency", lexicon.currencies),
        ("measure", lexicon.measures),
    ):
        hit = matcher.at(text, at)
        if hit is not None and (best is None or hit[0] > best[0]):
            token = Token(role, at, hit[0], hit[1].content, currency=hit[1].currency)
            best = (hit[0], token)
    term = lexicon.terms.at(text, at)
    if best is None or (term is not None and term[0] > best[0]):
        return None
    return best[1]


def _figure(text: str, at: int, lexicon: Lexicon) -> Token | None:
    letter = text[at]
    code = _LONG_CODE.match(text, at)
    if code is not None:
        return Token("other", at, code.end(), "code")
    number = number_at(text, at)
    if number is not None:
        amount = number.amount
        return Token("number", at, number.end, amount=amount, digits=number.digits)
    hit = lexicon.currencies.at(text, at)
    if hit is not None:
        return Token("currency", at, hit[0], hit[1].content)
    for role, letters in (("comma", _COMMAS), ("dash", _DASHES), ("joiner", _JOINERS)):
        if letter in letters:
            return Token(role, at, at + 1, letter)
    if letter in "+/":
        return Token("plus" if letter == "+" else "slash", at, at + 1, letter)
    word = _WORD.match(text, at)
    if word is not None:
        return Token("joiner" if word.group() == "to" else "other", at, word.end(), word.group())
    return Token("other", at, at + 1, letter)


def _ends_sentence(text: str, at: int) -> bool:
    return text[at] == "." and (at + 1 == len(text) or text[at + 1] in " \n")
