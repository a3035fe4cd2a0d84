"""Panel rules: data of the day judged against each other, in the order of the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from verifier import exact
from verifier.methods.data import Datum, Day, UnknownMethod
from verifier.methods.screening import PANEL

Arguments = Mapping[str, Any]
_EARLIEST = datetime.min.replace(tzinfo=UTC)


def arrival(datum: Datum) -> tuple[datetime, str, int]:
    """The order in which messages count: received, then id, then place."""
    named = "" if datum.id.startswith("#") else datum.id
    return datum.received or _EARLIEST, named, datum.place


def one_live_quote(data: list[Datum], arguments: Arguments) -> set[str]:
    """Of quotes of one firm, kind and side only the last one lives."""
    kinds = arguments.get("kinds", ["bid", "offer", "indication"])
    living: dict[tuple[str, str, str | None], str] = {}
    gone = set()
    for each in sorted(data, key=arrival):
        if each.kind in kinds:
            key = (each.contributor, each.kind, each.side)
            if key in living:
                gone.add(living[key])
            living[key] = each.id
    return gone


def deal_once(data: list[Datum], _: Arguments) -> set[str]:
    """The same deal counts once: told again the later stays, told by both the earlier."""
    kept: list[Datum] = []
    gone = set()
    for each in sorted((one for one in data if one.kind == "transaction"), key=arrival):
        again = next((one for one in kept if _told_again(one, each)), None)
        if again is not None:
            gone.add(again.id)
            kept.remove(again)
        if any(_other_side(one, each) for one in kept):
            gone.add(each.id)
        else:
            kept.append(each)
    return gone


def _reference(datum: Datum) -> str:
    return (datum.text("deal_reference") or "").strip().casefold()


def _told_again(one: Datum, other: Datum) -> bool:
    same = _reference(one) == _reference(other) != ""
    return same and one.contributor == other.contributor


def _other_side(one: Datum, other: Datum) -> bool:
    if one.contributor == other.contributor:
        return False
    if one.side is not None and one.side == other.side:
        return False
    if _reference(one) and _reference(other):
        return _reference(one) == _reference(other)
    crossed = (one.text("counterparty"), other.text("counterparty")) == (
        other.contributor,
        one.contributor,
    )
    return crossed and one.point == other.point and one.quantity == other.quantity


def _median(numbers: list[Fraction]) -> Fraction:
    ordered = sorted(numbers)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def _far(data: list[Datum], points: Mapping[str, Fraction], limit: Fraction) -> set[str]:
    centre = _median(list(points.values()))
    return {each.id for each in data if abs(points[each.id] - centre) > limit}


def outliers(
    rule: str, data: list[Datum], points: Mapping[str, Fraction], arguments: Arguments
) -> set[str]:
    """Data too far from the median of the day, where the document takes them out."""
    if arguments["action"] != "exclude" or not data:
        return set()
    numbers = list(points.values())
    if rule == "outlier_absolute":
        return _far(data, points, exact.number(arguments["distance"]))
    centre = _median(numbers)
    if rule == "outlier_percent":
        if arguments.get("readmit_percent") is not None:
            raise UnknownMethod("outlier_percent with readmission")
        return _far(data, points, abs(centre) * exact.number(arguments["percent"]) / 100)
    spread = _median([abs(each - centre) for each in numbers])
    floor = exact.number(arguments.get("floor", 0))
    return _far(data, points, max(spread * exact.number(arguments["multiple"]), floor))


_SIMPLE: dict[str, Callable[[list[Datum], Arguments], set[str]]] = {
    "one_live_quote": one_live_quote,
    "deal_once": deal_once,
}


def after_panel(data: list[Datum], day: Day) -> list[Datum]:
    """The data that the panel rules leave."""
    left = list(data)
    point = day.document["assessment"].get("point", "middle")
    for call in day.document.get("screening", []):
        rule = call["rule"]
        if rule not in PANEL or rule == "concentration":
            continue
        if rule in _SIMPLE:
            gone = _SIMPLE[rule](left, call)
        else:
            gone = outliers(rule, left, {e.id: price_of(e, point) for e in left}, call)
        if call.get("overridable", False):
            gone -= {each.id for each in left if each.text("decision") == "include"}
        left = [each for each in left if each.id not in gone]
    return left


def price_of(datum: Datum, point: str) -> Fraction:
    """The one number a datum stands for: its middle, low or high end."""
    if point == "middle":
        return datum.point
    ends = {"low": datum.low, "high": datum.high}
    return exact.number(ends[point])
