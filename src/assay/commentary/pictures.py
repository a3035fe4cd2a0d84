"""The data behind the pictures: the same entries as the text, as plain points.

Keys are the pictures' names; each holds what its drawing needs and nothing else. This
module never draws.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from assay.commentary.facts import FactSet
from assay.commentary.sources import PricePoint, Source
from assay.commentary.specification import Report

HISTORY = 30


def picture_data(source: Source, report: Report, facts: FactSet, last: date) -> dict[str, Any]:
    """The data of every picture that the report's sections ask for."""
    wanted = {section.picture for section in report.sections if section.picture}
    found: dict[str, Any] = {}
    if "session" in wanted:
        found["session"] = _session(source, report, facts)
    if "spread" in wanted:
        found["spread"] = _spread(source, report, last)
    if "scrap" in wanted:
        found["scrap"] = _scrap(source, report, last)
    if "silicon" in wanted:
        found["silicon"] = [
            (fact.key.removesuffix(".range"), fact.low, fact.high)
            for fact in facts.under("si")
            if fact.key.endswith(".range")
        ]
    return {name: data for name, data in found.items() if data}


def _input(report: Report, kind: str) -> Any:
    return next((each for each in report.inputs if each["kind"] == kind), None)


def _session(source: Source, report: Report, facts: FactSet) -> dict[str, Any]:
    given = _input(report, "session")
    if given is None or f"{given['key']}.close" not in facts:
        return {}
    close = facts[f"{given['key']}.close"]
    assert close.as_of is not None
    sessions = source.sessions(given["series"], close.contract, facts.day)
    chosen = next(
        (s for s in sessions if s.day == close.as_of and s.session == close.session), None
    )
    if chosen is None or not chosen.path:
        return {}
    base = facts.facts.get(f"{given['key']}.base")
    interest = [
        (s.day, s.session, s.numbers["open_interest"])
        for s in sessions
        if "open_interest" in s.numbers
    ]
    return {
        "contract": chosen.contract, "path": chosen.path, "base": base.number if base else None,
        "interest": interest[-8:], "day": chosen.day, "session": chosen.session,
    }  # fmt: skip


def _legs(points: list[PricePoint]) -> list[tuple[Any, ...]]:
    return [(p.day, p.low, p.mid, p.high) for p in points if p.mid is not None]


def _spread(source: Source, report: Report, last: date) -> dict[str, Any]:
    given = _input(report, "spread")
    if given is None:
        return {}
    spot = report.input(given["spot"])["series"]
    history = _legs(source.history(spot, last, HISTORY))
    premiums = [
        (p.day, p.mid) for p in source.history(given["series"], last, HISTORY) if p.mid is not None
    ]
    if not history or not premiums:
        return {}
    mids = {day: mid for day, _, mid, _ in history}
    futures = [(day, mids[day] - premium) for day, premium in premiums if day in mids]
    return {"spot": history, "futures": futures, "spread": premiums}


def _scrap(source: Source, report: Report, last: date) -> dict[str, Any]:
    keys = {each["key"]: each["series"] for each in report.inputs}
    if "a00" not in keys or "scrap.tense" not in keys:
        return {}
    primary = {
        p.day: p.mid for p in source.history(keys["a00"], last, HISTORY) if p.mid is not None
    }
    lines = {}
    for name in ("scrap.ubc", "scrap.tense"):
        lines[name] = [
            (p.day, primary[p.day] - p.mid)
            for p in source.history(keys[name], last, HISTORY)
            if p.mid is not None and p.day in primary
        ]
    return lines if any(lines.values()) else {}
