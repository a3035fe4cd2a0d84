"""Spot prices, spreads, ranges and warrants in English prose, read by section and role.

This module never judges; what it cannot place it leaves out, because a false alarm
costs as much as a miss.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from assay.commentary.checker.claims import (
    Movement,
    RangeClaim,
    RegionClaim,
    SpotClaim,
    SpreadClaim,
    WarrantClaim,
)
from assay.commentary.checker.contracts import mentions
from assay.commentary.checker.dates import MONTH_DAY, WEEKDAYS, dated, pair_of
from assay.commentary.checker.scan import NUMBER, clauses, number, places, sentences, snippet
from assay.commentary.checker.words import FLAT, movements

_SERIES = re.compile(r"\b(?P<name>A00|ADC12|primary aluminum)\b", re.IGNORECASE)
_APART = re.compile(
    r"\b(?:difference|spread|premium|discount|gap|futures|contract|inversion|to the discount)\b",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    rf"(?:\b(?:to|at|reaching|unchanged at|reported|recorded|was|were)\s(?:the\srange\sof\s|around\s|about\s|a\s)?)(?P<low>{NUMBER})(?:-(?P<high>{NUMBER}))?\s?yuan/mt",
    re.IGNORECASE,
)
_STEP = re.compile(
    rf"\b(?:by|up|down|of|fell|rose|dropped|dropp(?:ed)?|gained|lost|declined|increased|decreased|plunged|surged|sharply|slightly|soared|rebounded|plummeted|raised|lowered)\s(?:just\s|only\s|about\s)?(?P<n>{NUMBER})\s?yuan(?:/mt)?(?!\s?-)",
    re.IGNORECASE,
)
_PCT = re.compile(rf"(?P<sign>[+-]?)(?P<n>{NUMBER})\s?%")
_AVERAGE = re.compile(rf"average(?: price)?(?: of| at| was)? (?P<n>{NUMBER})", re.IGNORECASE)
_DAY = re.compile(
    r"\b(?P<which>on|last|this)\s(?P<day>" + "|".join(WEEKDAYS) + r")\b(?P<night>\snight)?|^(?P<bare>"
    + "|".join(WEEKDAYS) + r")\b|\b(?P<rel>yesterday|today)\b",
    re.IGNORECASE,
)  # fmt: skip
_DATE = re.compile(rf"\b(?:on|as of) {MONTH_DAY}", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?<![\w.,])(?P<low>{NUMBER})-(?P<high>\$?{NUMBER})\s?(?P<unit>yuan/mt|usd/mt)", re.IGNORECASE
)
_THINGS = (
    ("ubc", r"\bUBC\b"),
    ("tense", r"tense scrap|shredded aluminum"),
    ("silicon", r"#\d{3,4}|silicon"),
    ("overseas", r"overseas|CIF|imported ADC12"),
    ("import_profit", r"import (?:profit|loss)"),
    (
        "change",
        r"(?:decreased|increased|fell|rose|lowered|raised|dropped|up|down|prices down|prices up)(?: \w+){0,4} by|\bby\b",
    ),
    ("forecast", r"expected|maintain|forecast|likely"),
)
_TAX = re.compile(
    r"ex-tax|(?:ex|in)cluding (?:VAT|tax)|tax(?:es)?[- ](?:not )?(?:in|ex)cluded|tax[- ](?:in|ex)clusive|"
    r"(?:excl|incl)\.? (?:VAT|tax)|VAT (?:in|ex)cluded|without tax|with tax|(?:before|after)[- ]tax|untaxed|"
    r"net of (?:VAT|tax)|no tax|non-tax",
    re.IGNORECASE,
)
_MADE_OF_SPREAD = re.compile(r"premium|discount|parity", re.IGNORECASE)
_WARRANT_TOTAL = re.compile(
    rf"(?:total|registered|warrants?)[^.;]*?\b(?:was|were|stood at|reached|at|of|totaled|is|came to|came in at)\s(?P<n>{NUMBER})\s?mt(?P<tail>[^.;(]*(?:\([^)]*\))?)",
    re.IGNORECASE,
)
REGIONS = (
    "Shanghai", "Guangdong", "Jiangsu", "Zhejiang", "Chongqing", "Sichuan", "Tianjin", "Shandong",
    "Henan", "Hubei", "Hunan", "Jiangxi", "Anhui", "Fujian", "Guangxi", "Guizhou", "Yunnan",
    "Hebei", "Foshan", "Ningbo", "Wuxi", "Shaanxi", "Xinjiang", "Liaoning",
)  # fmt: skip
FULL_LIST = 4
_REGION = re.compile(rf"\b(?P<name>{'|'.join(REGIONS)})\b(?:'s)?")
_REGION_LEVEL = re.compile(rf"(?P<n>{NUMBER})\s?mt\b")
_REGION_CHANGE = re.compile(
    rf"\b(?P<flat>unchanged|flat|no change|stable|held steady)\b|(?P<word>up|down|increased?|decreased?|rose|fell|gain|drop(?:ped)?|declined?|rise)(?:\s(?:of|by)){{0,2}}\s(?P<n>{NUMBER})\s?mt|(?P<sign>[+-])(?P<m>{NUMBER})(?:\s?mt)?",
    re.IGNORECASE,
)


def as_of_day(text: str, near: date | None) -> date | None:
    """The day of the first "on December 30" in `text`."""
    match = _DATE.search(text)
    return dated(pair_of(match["month"], match["day"]), near) if match else None


def read_spots(section: str, text: str, near: date | None) -> list[SpotClaim]:
    """Every A00 or ADC12 price with its change in one section."""
    found: list[SpotClaim] = []
    for sentence in sentences(text):
        day = _day_word(sentence)
        subject = None
        for clause in clauses(sentence):
            named = list(_SERIES.finditer(clause))
            if named:
                subject = _named_before_number(clause, named)
            if (
                subject is None
                or _apart(clause)
                or re.search(r"expected|forecast|above|below", clause)
            ):
                continue
            claim = _spot(section, subject, clause, _day_word(clause) or day)
            if claim:
                claim.as_of = as_of_day(clause, near)
                found.append(claim)
    return found


def _named_before_number(clause: str, named: list[re.Match[str]]) -> str:
    """The series named last before the clause's first price; else the first named."""
    value = re.search(rf"{NUMBER}\s?yuan", clause)
    before = [each for each in named if value is None or each.start() < value.start()]
    chosen = before[-1] if before else named[0]
    return "adc12" if chosen["name"].upper() == "ADC12" else "a00"


def _apart(clause: str) -> bool:
    """Whether the clause's first number belongs to a difference, not to the price."""
    value = re.search(rf"{NUMBER}\s?yuan", clause)
    head = clause[: value.end()] if value else clause
    return bool(_APART.search(head))


def _day_word(text: str) -> str | None:
    match = _DAY.search(text)
    if not match:
        return None
    word = match["day"] or match["bare"] or match["rel"]
    return word.lower() if word else None


def _spot(section: str, series: str, clause: str, day: str | None) -> SpotClaim | None:
    city = re.search(
        r"\b(Foshan|(?:central|east|south|north|southwest) China|Gongyi|Guangdong|Chongqing|Henan|Wuxi|Nanhai|overseas|imported|import|CIF)\b",
        clause,
        re.IGNORECASE,
    )
    name = series if not city else f"{series} {city.group(1)}"
    claim = SpotClaim(f'{section}: "{snippet(clause)}"', name, day=day, section=section)
    step = _STEP.search(clause)
    start = step.end() if step else 0
    level = _LEVEL.search(clause, start) or _LEVEL.search(
        clause, 0, step.start() if step else len(clause)
    )
    moves = movements(clause)
    if level:
        claim.low, claim.high = number(level["low"]), number(level["high"])
        claim.price = claim.low if level["high"] is None else None
        if claim.price is not None:
            claim.low = None
    if step:
        value = number(step["n"])
        sign = _nearest(moves, step.start("n"))
        claim.change = sign * value if value is not None and sign else None
        claim.movement = _movement(clause, moves, step.start("n"), sign)
    elif moves:
        claim.movement = moves[0][1]
    elif FLAT.search(clause):
        claim.movement = Movement(0, 0, FLAT.search(clause).group())  # type: ignore[union-attr] # just searched
        claim.change = claim.change if claim.price is None else number("0")
    average = _AVERAGE.search(clause)
    if average and claim.price is None:
        claim.price = number(average["n"])
    _spot_percent(claim, clause)
    moved = claim.movement is not None and claim.movement.sign != 0
    return (
        claim if claim.price is not None or claim.change is not None or claim.low or moved else None
    )


def _spot_percent(claim: SpotClaim, clause: str) -> None:
    match = _PCT.search(clause)
    if not match or re.search(r"operating rate|YoY|MoM|output|production", clause):
        return
    value = number(match["n"])
    if value is None or claim.change is None:
        return
    negative = match["sign"] == "-" or claim.change < 0
    claim.pct, claim.pct_places = (-value if negative else value), places(match["n"])


def _nearest(moves: list[tuple[int, Movement]], position: int) -> int:
    before = [move for at, move in moves if at < position]
    return before[-1].sign if before else 0


def _movement(
    clause: str, moves: list[tuple[int, Movement]], position: int, sign: int
) -> Movement | None:
    """The strength of the words around a change: the whole stretch up to the number."""
    from assay.commentary.checker.words import band_of

    before = [at for at, _ in moves if at < position]
    if not before:
        return None
    words = clause[max(0, before[-1] - 22) : position]
    words = words[words.find("price") + 5 :] if "price" in words else words
    return Movement(sign, band_of(words), snippet(words))


def read_spreads(text: str, near: date | None, default_day: date | None) -> list[SpreadClaim]:
    """The theoretical premium or discount of spot against a contract."""
    found = []
    for sentence in sentences(text):
        if "ADC12" not in sentence or not re.search(r"premium|discount|parity", sentence):
            continue
        claim = SpreadClaim(f'spread: "{snippet(sentence)}"')
        named = [each for each in mentions(sentence) if each.contract]
        if named:
            claim.product, claim.contract = named[0].product, named[0].contract
        claim.as_of = as_of_day(sentence, near) or default_day
        if not re.search(r"premium|discount", sentence):
            claim.kind, claim.premium = "parity", number("0")
            found.append(claim)
            continue
        claim.kind = "discount" if re.search(r"\bdiscount\b", sentence) else "premium"
        value = re.search(rf"(?P<sign>-)?(?P<n>{NUMBER})\s?(?P<unit>yuan/mt|usd/mt)", sentence)
        if value:
            claim.premium = number((value["sign"] or "") + value["n"])
            claim.unit_wrong = value["unit"] if value["unit"].lower() != "yuan/mt" else None
        found.append(claim)
    return found


def read_ranges(section: str, text: str) -> Iterator[RangeClaim]:
    """Every low-high with a unit, with the thing it is a range of."""
    for sentence in sentences(text):
        matches = list(_RANGE.finditer(sentence))
        for index, match in enumerate(matches):
            before = sentence[: match.start()]
            if _MADE_OF_SPREAD.search(before[-80:]):
                continue
            end = matches[index + 1].start() if index + 1 < len(matches) else len(sentence)
            after = sentence[match.end() :]
            tax = (
                _TAX.search(sentence[match.end() : end])
                or _TAX.search(after)
                or _TAX.search(before[-60:])
            )
            thing = _thing(before)
            yield RangeClaim(
                f'{section}: "{snippet(sentence[max(0, match.start() - 40) : match.end()])}"',
                thing, number(match["low"]), number(match["high"].lstrip("$")), match["unit"].lower(),
                tax.group() if tax else None,
                needs_tax=section == "scrap" and thing in {"ubc", "tense"},
            )  # fmt: skip


def _thing(before: str) -> str:
    best, best_at = "other", -1
    for name, pattern in _THINGS:
        for match in re.finditer(pattern, before[-160:], re.IGNORECASE):
            if match.end() > best_at:
                best, best_at = name, match.end()
    return best


def read_warrants(text: str) -> WarrantClaim | None:
    """Registered warrants: total, change, and each region's level and change."""
    match = _WARRANT_TOTAL.search(text)
    if not match or "warrant" not in text.lower():
        return None
    claim = WarrantClaim(f'warrants: "{snippet(match.group())}"', number(match["n"]))
    if _REGION.search(text[: match.start("n")]) and not re.search(
        r"\btotal\b", text[: match.start("n")]
    ):
        return None
    claim.change = _change_in(match["tail"])
    rest = text[match.end("n") :]
    marks = list(_REGION.finditer(rest))
    for index, mark in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(rest)
        part = rest[mark.end() : end]
        level = _REGION_LEVEL.search(part)
        if level:
            claim.regions.append(
                RegionClaim(mark["name"], number(level["n"]), _change_in(part[level.end() :]))
            )
    claim.complete = len(claim.regions) >= FULL_LIST or bool(
        re.search(r"by region|breakdown|respectively", rest)
    )
    return claim


def _change_in(text: str) -> Decimal | None:
    match = _REGION_CHANGE.search(text)
    if not match:
        return None
    if match["flat"]:
        return number("0")
    value = number(match["n"] or match["m"])
    if value is None:
        return None
    down = match["sign"] == "-" or bool(
        re.match(r"down|decreas|fell|drop|declin", match["word"] or "", re.IGNORECASE)
    )
    return -value if down else value
