# ruff: noqa: ARG001 (rules of a family share one signature)
"""Splits: the used values in parts (by class, or by time), each with its own statistic.

A split gives parts by name in a stable order; an empty part is absent (it gets no
weight). How the parts are combined stands in the document. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from assay.methodology.catalogue.registry import clock, count, entry, texts
from assay.methodology.catalogue.shapes import Used


@entry("split", "class", texts("classes"))
def by_class(
    used: Sequence[Used], *, classes: tuple[str, ...], start: datetime | None = None
) -> dict[str, list[Used]]:
    """Parts by the contributor's class (producer, trader, consumer)."""
    parts: dict[str, list[Used]] = {name: [] for name in classes}
    for each in used:
        if each.klass in parts:
            parts[each.klass].append(each)
    return {name: part for name, part in parts.items() if part}


@entry("split", "time", clock("from"), count("minutes"), count("parts"))
def by_time(
    used: Sequence[Used], *, minutes: int, parts: int, start: datetime | None = None, **_from: str
) -> dict[str, list[Used]]:
    """Parts by the clock: equal spans of minutes from a start, ends exclusive."""
    assert start is not None
    span = timedelta(minutes=minutes)
    found: dict[str, list[Used]] = {}
    for number in range(parts):
        begins, ends = start + span * number, start + span * (number + 1)
        inside = [each for each in used if each.at is not None and begins <= each.at < ends]
        if inside:
            found[f"{number + 1}"] = inside
    return found
