"""Daily bulletins of the national carbon market in words -> one fact.

Reads the four prices, the listed and the block trades of the "comprehensive price" sentence,
simplified or traditional, and checks that the parts give the total. A missing close is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal

from assay.collection.numerals import plain_amount
from assay.collection.quote_checks import decimal_shown
from assay.collection.reading import Fact, Reading, error, refusal
from assay.collection.text import LONGEST_MESSAGE, normalise
from assay.core import Finding, at

_NUMBER = r"([0-9][0-9,]*(?:\.[0-9]+)?)"
_PRICES = {"open": "开盘价", "high": "最高价", "low": "最低价", "close": "收盘价"}
_TRADES = {
    "": r"挂牌协议交易成交量",
    "block_": r"大宗协议交易成交量",
    "total_": r"总成交量",
}
_HEAD = re.compile(r"综合价格行情")
_COMPOSITE_SINCE = date(2023, 8, 24)
_CLOSES = time(15, 0)


def read_bulletin(
    text: str,
    day: date,
    *,
    traditional: Mapping[str, str] | None = None,
    source: str = "bulletin of the national carbon market",
    where: str = "bulletin",
) -> Reading:
    """The fact of one bulletin of `day` (the page's own date: the sentence says only "today")."""
    if len(text) > LONGEST_MESSAGE:
        return refusal("bulletin.too_long", where, "no bulletin is that long")
    said = normalise(text, traditional).text
    figures = {
        name: found for name, word in _PRICES.items() if (found := _after(said, word)) is not None
    }
    if "close" not in figures:
        return refusal("bulletin.no_close", where, "no 收盘价 with a number: read it by hand")
    findings: list[Finding] = []
    for prefix, word in _TRADES.items():
        figures.update(_trades(said, prefix, word))
    findings += _sums(figures, where, day) + _range(figures, where, day)
    if findings:
        return Reading(findings=tuple(findings))
    composite = day >= _COMPOSITE_SINCE or _HEAD.search(said) is not None
    fact = Fact(
        series="CEA-CLOSE",
        date=day,
        figures={name: decimal_shown(amount) for name, amount in figures.items()},
        unit="CNY/tCO2",
        source=source,
        definition="composite over vintages" if composite else "turnover over volume",
        licence="restricted",
        event_time=at(day, _CLOSES, "Asia/Shanghai"),
        locator=where,
    )
    return Reading(facts=(fact,))


def _after(text: str, word: str) -> Decimal | None:
    match = re.search(rf"{word}(?:为|:|：)?\s*{_NUMBER}\s*元/吨", text)
    return plain_amount(match[1]) if match else None


def _trades(text: str, prefix: str, word: str) -> dict[str, Decimal]:
    match = re.search(rf"{word}\s*{_NUMBER}\s*吨[,，]\s*总?成交额\s*{_NUMBER}\s*元", text)
    if match is None:
        return {}
    volume, turnover = plain_amount(match[1]), plain_amount(match[2])
    if volume is None or turnover is None:
        return {}
    return {f"{prefix}volume": volume, f"{prefix}turnover": turnover}


def _sums(figures: Mapping[str, Decimal], where: str, day: date) -> list[Finding]:
    found = []
    for name in ("volume", "turnover"):
        total = figures.get(f"total_{name}")
        parts = figures.get(name, Decimal(0)) + figures.get(f"block_{name}", Decimal(0))
        if total is not None and total != parts:
            found.append(
                error("bulletin.sum", f"{where}, {day}", f"{name}: parts {parts}, total {total}")
            )
    return found


def _range(figures: Mapping[str, Decimal], where: str, day: date) -> list[Finding]:
    low, high, close = figures.get("low"), figures.get("high"), figures["close"]
    if low is None or high is None or low <= close <= high:
        return []
    return [error("bulletin.range", f"{where}, {day}", f"close {close} outside {low}-{high}")]
