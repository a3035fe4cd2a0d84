"""From a fact file (JSON) to its claims; every part optional, unknown parts reported.

Numbers may be JSON numbers or text with thousands commas and a sign; a JSON number is
read as the exact decimal it prints, never as a binary float.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from assay.commentary.checker.claims import (
    Claims,
    DatedWord,
    FuturesClaim,
    RangeClaim,
    RegionClaim,
    SpotClaim,
    SpreadClaim,
    WarrantClaim,
)
from assay.commentary.checker.contracts import canonical
from assay.commentary.checker.dates import parse_day
from assay.commentary.checker.futures_text import base_class
from assay.commentary.checker.rules import found
from assay.commentary.checker.scan import places
from assay.core import Finding, NotANumber, decimal_of

PARTS: dict[str, tuple[str, ...]] = {
    "date": (), "published": (), "header": (), "dateline": (),
    "futures": ("contract", "session", "open", "high", "low", "close", "change", "change_base", "pct",
                "volume", "volume_change", "open_interest", "oi_change"),
    "spread": ("asof", "contract", "premium", "direction", "time"),
    "a00": ("date", "price", "change"),
    "adc12": ("date", "avg", "low", "high", "change"),
    "scrap": ("ubc", "tense", "tax"),
    "warrants": ("total", "change", "regions"),
    "overseas": ("usd", "import_profit"),
}  # fmt: skip
_PERIOD_BASE = re.compile(r"week|month|\bwow\b|\bmom\b|w-o-w|m-o-m", re.IGNORECASE)
_TAX = {"excluded", "ex-tax", "ex tax", "extax", "excluding tax", "tax excluded", "tax-excluded",
        "tax not included", "exclusive", "none", "included", "tax included", "including tax",
        "excluding vat", "vat excluded", "including vat", "vat included", "incl", "excl"}  # fmt: skip


class Reader:
    """Reads one document part by part, collecting findings instead of raising."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.claims = Claims()
        self.findings: list[Finding] = []

    def bad(self, where: str, words: str) -> None:
        """Note a part that cannot be read."""
        self.findings.append(found("facts.unreadable", where, words))

    def number(self, where: str, given: Any) -> Decimal | None:
        """An exact number given as JSON number or text; None when absent."""
        if given is None or given == "":
            return None
        if isinstance(given, bool | list | dict):
            self.bad(where, f"{given!r} is not a number")
            return None
        text = str(given).strip().replace("\u2212", "-").removesuffix("%").strip()
        if re.search(r",\d{1,2}(?!\d)|,\d{4,}", text):
            self.findings.append(
                found("number.malformed", where, f"{given!r} is not grouped by threes")
            )
        try:
            return decimal_of(text.replace(",", "").removeprefix("+"))
        except NotANumber:
            self.bad(where, f"{given!r} is not a number")
            return None

    def day(self, where: str, given: Any, near: date | None) -> date | None:
        """A day in any written form; an impossible one is a finding."""
        if given is None or given == "":
            return None
        day = parse_day(str(given), near)
        if day is None:
            self.findings.append(
                found("date.unreadable", f"{where}: {given}", "no calendar has this date")
            )
        return day

    def pair(self, where: str, given: Any) -> tuple[Decimal | None, Decimal | None] | None:
        """A [low, high] pair; one number stands for both ends, null for an open end."""
        if given is None:
            return None
        if isinstance(given, dict):
            given = [given.get("low"), given.get("high")]
        if not isinstance(given, list):
            given = [given, given]
        if len(given) == 1:
            given = given * 2
        if len(given) != len(("low", "high")):
            self.bad(where, f"{given!r} is not [low, high]")
            return None
        return self.number(where, given[0]), self.number(where, given[1])


def read_facts(document: Any) -> tuple[Claims, list[Finding]]:
    """The claims of a fact file and the findings of reading it."""
    if not isinstance(document, Mapping):
        return Claims(), [found("facts.unreadable", "document", "a fact file is one JSON object")]
    reader = Reader(document)
    _unknown(reader)
    _days(reader)
    near = reader.claims.published
    for part, read in _PARTS.items():
        given = document.get(part)
        if given is None:
            continue
        shape: type = list if part == "futures" else dict
        if part == "futures" and isinstance(given, dict):
            given = [given]
        if not isinstance(given, shape):
            reader.bad(part, f"{part} should be {'a list' if shape is list else 'an object'}")
            continue
        read(reader, given, near)
    return reader.claims, reader.findings


def _unknown(reader: Reader) -> None:
    for key, given in reader.document.items():
        if key not in PARTS:
            reader.findings.append(
                found("facts.unknown_part", str(key), f"allowed: {', '.join(PARTS)}")
            )
            continue
        for each in given if isinstance(given, list) else [given]:
            if PARTS[key] and isinstance(each, dict):
                for name in each:
                    if name not in PARTS[key]:
                        reader.findings.append(
                            found(
                                "facts.unknown_part",
                                f"{key}.{name}",
                                f"allowed: {', '.join(PARTS[key])}",
                            )
                        )


def _days(reader: Reader) -> None:
    document, claims = reader.document, reader.claims
    published = reader.day("published", document.get("published"), None)
    day = reader.day("date", document.get("date"), published)
    claims.published = published or day
    for key, target in (("header", claims.headers), ("dateline", claims.datelines)):
        given = document.get(key)
        if given is None:
            continue
        words = str(given)
        target.append(DatedWord(key, words, _header_day(words, claims.published)))
    if published and day and published != day:
        claims.as_of.append(DatedWord("date", str(document.get("date")), day))


def _header_day(words: str, near: date | None) -> date | None:
    match = re.search(
        r"\d{1,2}[.]\d{1,2}|[A-Z][a-z]{2,8}\.? \d{1,2}(?:, 20\d\d)?|20\d\d-\d\d-\d\d|\d{1,2}[-/]\d{1,2}",
        words,
    )
    return parse_day(match.group() if match else words, near)


def _futures(reader: Reader, given: list[Any], _near: date | None) -> None:
    for index, each in enumerate(given):
        where = f"futures[{index}]"
        if not isinstance(each, dict):
            reader.bad(where, "should be an object")
            continue
        claim = FuturesClaim(where, "AD", canonical(each.get("contract")))
        if each.get("contract") is not None and claim.contract is None:
            reader.bad(f"{where}.contract", f"{each['contract']!r} is no contract such as AD2603")
        if claim.contract:
            claim.product = claim.contract[:-4]
        claim.session = _session(each.get("session"))
        for name in (
            "open",
            "high",
            "low",
            "close",
            "change",
            "volume",
            "volume_change",
            "open_interest",
            "oi_change",
        ):
            setattr(claim, name, reader.number(f"{where}.{name}", each.get(name)))
        claim.pct = reader.number(f"{where}.pct", each.get("pct"))
        claim.pct_places = places(str(each.get("pct", "")).removesuffix("%").strip())
        _base(reader, claim, each.get("change_base"))
        reader.claims.futures.append(claim)
        for name in ("open", "high", "low", "close", "volume", "open_interest"):
            value = getattr(claim, name)
            if value is not None and value < 0:
                reader.findings.append(
                    found("value.implausible", f"{where}.{name}", f"{value} is below zero")
                )


def _session(given: Any) -> str | None:
    words = str(given or "").lower()
    if "night" in words:
        return "night"
    return "day" if "day" in words else (words or None)


def _base(reader: Reader, claim: FuturesClaim, given: Any) -> None:
    if given is None:
        return
    words = str(given)
    if _PERIOD_BASE.search(words):
        reader.findings.append(
            found("comparator.period", f"{claim.where}.change_base: {words}",
                  "a day's change is compared with the previous close or settlement")
        )  # fmt: skip
        return
    if re.fullmatch(r"[\d,.]+", words.strip()):
        claim.base_value = reader.number(f"{claim.where}.change_base", given)
        return
    claim.base_words, claim.base = words, base_class(words)
    stated = re.search(r"\d[\d,]{3,}(?:\.\d+)?", words)
    if stated:
        claim.base_value = reader.number(f"{claim.where}.change_base", stated.group())
    if words.lower().strip() in {"open", "day_open", "session_open"}:
        reader.findings.append(
            found(
                "base.mixed",
                f"{claim.where}.change_base: {words}",
                "a change runs from the previous close, not the open",
            )
        )


def _spread(reader: Reader, given: dict[str, Any], near: date | None) -> None:
    claim = SpreadClaim("spread", contract=canonical(given.get("contract")))
    if given.get("contract") is not None and claim.contract is None:
        reader.bad("spread.contract", f"{given['contract']!r} is no contract such as AD2603")
    if claim.contract:
        claim.product = claim.contract[:-4]
    claim.as_of = reader.day("spread.asof", given.get("asof"), near)
    claim.premium = reader.number("spread.premium", given.get("premium"))
    direction = str(given.get("direction") or "").lower()
    claim.kind = "discount" if "discount" in direction else "premium"
    if (
        "discount" not in direction
        and "premium" not in direction
        and claim.premium is not None
        and claim.premium < 0
    ):
        claim.kind, claim.premium = "discount", -claim.premium
    clock = given.get("time")
    if clock is not None and not re.match(r"^(?:[01]?\d|2[0-3]):[0-5]\d", str(clock).strip()):
        reader.bad("spread.time", f"{clock!r} is no time of day such as 10:15")
    if claim.as_of:
        reader.claims.as_of.append(DatedWord("spread", str(given.get("asof")), claim.as_of))
    reader.claims.spreads.append(claim)


def _a00(reader: Reader, given: dict[str, Any], near: date | None) -> None:
    _spot(reader, "a00", given, near, "price")


def _adc12(reader: Reader, given: dict[str, Any], near: date | None) -> None:
    _spot(reader, "adc12", given, near, "avg")


def _spot(
    reader: Reader, series: str, given: dict[str, Any], near: date | None, price: str
) -> None:
    claim = SpotClaim(series, series, section=series)
    claim.as_of = reader.day(f"{series}.date", given.get("date"), near)
    claim.price = reader.number(f"{series}.{price}", given.get(price))
    claim.change = reader.number(f"{series}.change", given.get("change"))
    claim.low = reader.number(f"{series}.low", given.get("low"))
    claim.high = reader.number(f"{series}.high", given.get("high"))
    if claim.as_of:
        reader.claims.as_of.append(DatedWord(series, str(given.get("date")), claim.as_of))
    reader.claims.spots.append(claim)


def _scrap(reader: Reader, given: dict[str, Any], _near: date | None) -> None:
    tax = given.get("tax")
    words = str(tax).strip().lower() if tax not in (None, "") else None
    if words is not None and words.replace("_", " ") not in _TAX:
        reader.bad("scrap.tax", f"{tax!r} is no tax basis: excluded or included")
    for thing in ("ubc", "tense"):
        pair = reader.pair(f"scrap.{thing}", given.get(thing))
        if pair:
            reader.claims.ranges.append(
                RangeClaim(f"scrap.{thing}", thing, *pair, "yuan/mt", words, needs_tax=True)
            )


def _warrants(reader: Reader, given: dict[str, Any], _near: date | None) -> None:
    claim = WarrantClaim("warrants", reader.number("warrants.total", given.get("total")))
    claim.change = reader.number("warrants.change", given.get("change"))
    regions = given.get("regions") or {}
    if not isinstance(regions, dict):
        reader.bad("warrants.regions", "should be an object of name: [level, change]")
        regions = {}
    for name, pair in regions.items():
        where = f"warrants.regions.{name}"
        both = pair if isinstance(pair, list) else [pair, None]
        if len(both) != len(("level", "change")):
            reader.bad(where, f"{pair!r} is not [level, change]")
            continue
        level = reader.number(where, both[0])
        if level is not None and level < 0:
            reader.findings.append(found("value.implausible", where, f"{level} t is below nothing"))
        claim.regions.append(RegionClaim(str(name), level, reader.number(where, both[1])))
    reader.claims.warrants.append(claim)


def _overseas(reader: Reader, given: dict[str, Any], _near: date | None) -> None:
    for key, thing, unit in (
        ("usd", "overseas", "usd/mt"),
        ("import_profit", "import_profit", "yuan/mt"),
    ):
        pair = reader.pair(f"overseas.{key}", given.get(key))
        if pair:
            reader.claims.ranges.append(RangeClaim(f"overseas.{key}", thing, *pair, unit))


_PARTS: dict[str, Callable[[Reader, Any, date | None], None]] = {
    "futures": _futures, "spread": _spread, "a00": _a00, "adc12": _adc12,
    "scrap": _scrap, "warrants": _warrants, "overseas": _overseas,
}  # fmt: skip


def parse(raw: str) -> Any:
    """The JSON document with exact decimals."""
    return json.loads(raw, parse_float=Decimal, parse_int=Decimal)
