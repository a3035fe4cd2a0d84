"""The facts of a comment in the shape of the checker's fact file, for exchange and self-check.

Only what the comment states goes in; a part without facts is left out. This module never
judges and never reads a text.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from assay.commentary.facts import FactSet
from assay.commentary.figures import ZONE
from assay.core import decimal_text

_FUTURES = {
    "open": "open", "high": "high", "low": "low", "close": "close", "change": "change", "pct": "pct",
    "volume": "volume", "volume_change": "volume_change", "open_interest": "oi", "oi_change": "oi_change",
}  # fmt: skip
_BASES = {"prev_close": "previous_close", "prev_settlement": "previous_settlement"}


def fact_file(facts: FactSet) -> dict[str, Any]:
    """The document; numbers are text."""
    local = facts.published.astimezone(ZoneInfo(ZONE)).date()
    document: dict[str, Any] = {
        "date": facts.day.isoformat(), "published": local.isoformat(),
        "header": f"{local.month:02d}-{local.day:02d}", "dateline": local.isoformat(),
    }  # fmt: skip
    parts = {
        "futures": _futures(facts), "spread": _spread(facts), "a00": _spot(facts, "a00", "price"),
        "adc12": _spot(facts, "adc12", "avg"), "scrap": _scrap(facts), "warrants": _warrants(facts),
        "overseas": _overseas(facts),
    }  # fmt: skip
    return document | {name: part for name, part in parts.items() if part}


def _number(facts: FactSet, key: str) -> str | None:
    return decimal_text(facts[key].number) if key in facts else None


def _pair(facts: FactSet, key: str) -> list[str | None] | None:
    if key not in facts:
        return None
    ends = (facts[key].low, facts[key].high)
    return [None if end is None else decimal_text(end) for end in ends]


def _kept(part: dict[str, Any]) -> dict[str, Any]:
    return {name: given for name, given in part.items() if given is not None}


def _futures(facts: FactSet) -> list[dict[str, Any]]:
    if "fut.close" not in facts:
        return []
    close = facts["fut.close"]
    part = {name: _number(facts, f"fut.{key}") for name, key in _FUTURES.items()}
    base = facts["fut.change"].base if "fut.change" in facts else None
    part |= {"contract": close.contract, "session": close.session}
    part["change_base"] = _BASES[base.kind] if base else None
    return [_kept(part)]


def _spread(facts: FactSet) -> dict[str, Any]:
    if "spread.premium" not in facts:
        return {}
    premium = facts["spread.premium"]
    part = {
        "asof": premium.as_of.isoformat() if premium.as_of else None,
        "contract": facts["spread.contract"].words if "spread.contract" in facts else None,
        "premium": decimal_text(abs(premium.number)),
        "direction": "discount" if premium.number < 0 else "premium",
        "time": facts["spread.at"].words if "spread.at" in facts else None,
    }
    return _kept(part)


def _spot(facts: FactSet, key: str, name: str) -> dict[str, Any]:
    if f"{key}.price" not in facts:
        return {}
    price = facts[f"{key}.price"]
    day = price.as_of.isoformat() if price.as_of else None
    return _kept(
        {"date": day, name: _number(facts, price.key), "change": _number(facts, f"{key}.change")}
    )


def _scrap(facts: FactSet) -> dict[str, Any]:
    part = _kept(
        {"ubc": _pair(facts, "scrap.ubc.range"), "tense": _pair(facts, "scrap.tense.range")}
    )
    return part | {"tax": "excluded"} if part else {}


def _warrants(facts: FactSet) -> dict[str, Any]:
    if "warrants.total" not in facts:
        return {}
    regions = {
        fact.key.rpartition(".")[2]: [
            decimal_text(fact.number),
            _number(facts, f"warrants.region_change.{fact.key.rpartition('.')[2]}"),
        ]
        for fact in facts.under("warrants.region")
    }
    total, change = _number(facts, "warrants.total"), _number(facts, "warrants.change")
    return _kept({"total": total, "change": change, "regions": regions})


def _overseas(facts: FactSet) -> dict[str, Any]:
    profit = _number(facts, "import.level")
    return _kept(
        {
            "usd": _pair(facts, "overseas.range"),
            "import_profit": [profit, profit] if profit else None,
        }
    )
