"""Words as functions of facts: each rule turns facts into one key of the phrase table.

A rule returns a key such as ``down.strong`` or None when the facts say nothing; the
phrase table gives both languages. Thresholds are data. This module never prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assay.commentary.facts import Fact, FactSet
from assay.commentary.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Word:
    """A chosen word: the table's family and key, and the facts it rests on."""

    family: str
    key: str
    operands: tuple[str, ...]


Rule = Callable[[list[Fact], Phrases, str], str | None]


def share(part: Decimal, whole: Decimal) -> Fraction:
    """|part| in percent of |whole|, exactly; 0 when the whole is 0."""
    return abs(Fraction(part)) * 100 / abs(Fraction(whole)) if whole else Fraction(0)


def band(change: Decimal, base: Decimal, phrases: Phrases, series: str) -> str:
    """``flat``, or ``up`` / ``down`` with ``slight``, ``plain``, ``strong``, ``extreme``."""
    if change == 0:
        return "flat"
    size = share(change, base)
    way = "up" if change > 0 else "down"
    for name, limit in phrases.bands(series).items():
        if size < Fraction(limit):
            return f"{way}.{name}"
    return f"{way}.extreme"


def _move(facts: list[Fact], phrases: Phrases, series: str) -> str | None:
    change, base = facts
    return band(change.number, base.number, phrases, series or change.series)


def _updown(facts: list[Fact], _phrases: Phrases, _series: str) -> str:
    return _sign(facts[0].number)


def _followed(facts: list[Fact], _phrases: Phrases, _series: str) -> str | None:
    """Whether scrap went with primary aluminum: the sign of the one, the signs of the others."""
    primary, ranges = facts[0], facts[1:]
    if any(None in {each.low, each.high} for each in ranges):
        return None
    pairs = zip(ranges[::2], ranges[1::2], strict=True)
    ways = {_sign(_middle(now) - _middle(then)) for now, then in pairs}
    lead = _sign(primary.number)
    moved = ways - {"flat"}
    if not moved:
        return "flat" if lead == "flat" else "held"
    if len(moved) > 1:
        return "mixed"
    way = moved.pop()
    return way if way == lead else f"own.{way}"


def _sign(number: Decimal) -> str:
    return "flat" if number == 0 else ("up" if number > 0 else "down")


def _order(low_at: Fact, high_at: Fact) -> str:
    if not low_at.words or not high_at.words or low_at.words == high_at.words:
        return "unordered"
    return "low_first" if low_at.words < high_at.words else "high_first"


def _path(facts: list[Fact], phrases: Phrases, _series: str) -> str:
    opened, low, high, _close, low_at, high_at = facts
    if share(high.number - low.number, opened.number) < Fraction(phrases.threshold("rangebound")):
        return "rangebound"
    order = _order(low_at, high_at)
    if order == "low_first":
        if low.number == opened.number:
            return "unordered"
        dip = share(opened.number - low.number, opened.number)
        return f"low_first.{'dip' if dip < Fraction(phrases.threshold('dip')) else 'fall'}"
    if order == "high_first":
        if high.number == opened.number:
            return "unordered"
        climb = share(high.number - opened.number, opened.number)
        return f"high_first.{'climb' if climb < Fraction(phrases.threshold('dip')) else 'rise'}"
    return order


def _tail(facts: list[Fact], _phrases: Phrases, _series: str) -> str:
    low, high, close, low_at, high_at = facts
    last = {"low_first": high, "high_first": low}.get(_order(low_at, high_at))
    return "at_extreme" if last is not None and last.number == close.number else "from_extreme"


def _positions(facts: list[Fact], phrases: Phrases, _series: str) -> str:
    change, oi_change, interest = facts
    if share(oi_change.number, interest.number) < Fraction(phrases.threshold("positions")):
        return "none"
    if change.number == 0 or oi_change.number == 0:
        return "none"
    if oi_change.number > 0:
        return "bulls_adding" if change.number > 0 else "bears_adding"
    return "bears_reducing" if change.number > 0 else "bulls_reducing"


def _volume(facts: list[Fact], phrases: Phrases, _series: str) -> str:
    volume, change = facts
    size = share(change.number, volume.number - change.number)
    if size < Fraction(phrases.threshold("volume_little")):
        return "little"
    strength = "plain" if size < Fraction(phrases.threshold("volume_plain")) else "strong"
    return f"{_sign(change.number)}.{strength}"


def _spread(facts: list[Fact], _phrases: Phrases, _series: str) -> str:
    return {"up": "premium", "down": "discount", "flat": "parity"}[_sign(facts[0].number)]


def widening(today: Decimal, before: Decimal) -> str:
    """``widened``, ``narrowed``, ``held`` or ``turned`` by size and sign."""
    if (today > 0) != (before > 0) and today != 0 and before != 0:
        return "turned"
    if abs(today) == abs(before):
        return "held"
    return "widened" if abs(today) > abs(before) else "narrowed"


def _widening(facts: list[Fact], _phrases: Phrases, _series: str) -> str:
    return widening(facts[0].number, facts[1].number)


def _roll(facts: list[Fact], _phrases: Phrases, _series: str) -> str:
    return "same" if facts[0].words == facts[1].words else "rolled"


def _offers(facts: list[Fact], phrases: Phrases, series: str) -> str | None:
    today, before = facts
    if None in {today.low, today.high, before.low, before.high}:
        return None
    middle = [_middle(fact) for fact in (today, before)]
    return band(middle[0] - middle[1], middle[1], phrases, series or today.series)


def _middle(fact: Fact) -> Decimal:
    assert fact.low is not None
    assert fact.high is not None
    return (fact.low + fact.high) / 2


def _import(facts: list[Fact], _phrases: Phrases, _series: str) -> str:
    return {"up": "profit", "down": "loss", "flat": "even"}[_sign(facts[0].number)]


RULES: dict[str, tuple[str, Rule]] = {
    "move": ("move", _move),
    "updown": ("updown", _updown),
    "extent": ("extent", _updown),
    "followed": ("followed", _followed),
    "sign": ("interest", _updown),
    "path": ("path", _path),
    "tail": ("", _tail),
    "positions": ("positions", _positions),
    "volume": ("volume", _volume),
    "spread": ("spread", _spread),
    "spread_move": ("spread_move", _widening),
    "roll": ("", _roll),
    "offers": ("offers", _offers),
    "import": ("import", _import),
    "import_move": ("import_move", _widening),
}


def stable(facts: FactSet, prefix: str) -> Word | None:
    """Whether every range under `prefix` equals its value of the trading day before."""
    pairs = [
        (fact, facts[fact.key.removesuffix(".range") + ".before"])
        for fact in facts.under(prefix)
        if fact.key.endswith(".range") and fact.key.removesuffix(".range") + ".before" in facts
    ]
    if not pairs:
        return None
    same = all((now.low, now.high) == (then.low, then.high) for now, then in pairs)
    return Word(
        "stable", "stable" if same else "changed", tuple(f.key for pair in pairs for f in pair)
    )


def region_move(low: Decimal, high: Decimal) -> tuple[str, Decimal, Decimal]:
    """How a group of regions moved: table key, smallest and largest size of the change."""
    small, large = sorted((abs(low), abs(high)))
    if low == high == 0:
        return "flat", small, large
    if low < 0 < high:
        return "mixed", large, large
    way = "down" if low < 0 else "up"
    return (f"{way}.sure", small, large) if small else (f"{way}.upto", large, large)


def words_of(
    facts: FactSet, rules: Mapping[str, Mapping[str, object]], phrases: Phrases
) -> dict[str, Word]:
    """Every word of a report whose facts are all there."""
    found: dict[str, Word] = {}
    for name, rule in rules.items():
        if "over" in rule:
            word = stable(facts, str(rule["over"]))
            if word:
                found[name] = word
            continue
        keys = [str(key) for key in rule["of"]]  # type: ignore[attr-defined] # checked by the specification
        if any(key not in facts for key in keys):
            continue
        family, function = RULES[str(rule["rule"])]
        key = function([facts[each] for each in keys], phrases, str(rule.get("series", "")))
        if key is not None:
            found[name] = Word(family, key, tuple(keys))
    return found
