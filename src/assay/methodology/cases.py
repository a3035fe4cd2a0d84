"""Hand-worked cases beside a document: at once its test and its annex.

A case gives a day, inputs in the shape of `assay determine`, and what must come out, with
the working in words and where the answer comes from. Nothing here computes an answer;
`differences` only holds the engine's determination against the written one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from assay.core import plain
from assay.methodology.document.loading import load_methodology
from assay.methodology.document.model import Methodology, Words
from assay.methodology.document.reading import Reading, Section
from assay.methodology.engine.determining import determine
from assay.methodology.inputs_reading import inputs_from_document

EXPECTED = ("status", "reason", "low", "mid", "high", "unit", "branch", "n_received", "n_used")


@dataclass(frozen=True, slots=True)
class Case:
    """One worked case of a document."""

    file: str
    document: Path
    name: Words
    source: str
    working: str
    day: date
    series: str
    inputs: Mapping[str, Any]
    expect: Mapping[str, Any]
    clauses: tuple[str, ...]


def load_cases(path: Path) -> tuple[Case, ...]:
    """The cases of one file; unknown keys are refused with the allowed ones listed."""
    reading = Reading(f"{path.parent.parent.name}/cases/{path.name}")
    top = Section(reading, tomllib.loads(path.read_text(), parse_float=Decimal), "")
    document = path.parent.parent / top.text("document")
    defaults = dict(top.table.get("defaults", {})) if "defaults" in top else {}
    shared = dict(top.table.get("inputs", {})) if "inputs" in top else {}
    cases = [_case(each, path, document, defaults, shared) for each in top.sections("case")]
    top.close()
    reading.finish()
    return tuple(cases)


def _case(
    section: Section,
    path: Path,
    document: Path,
    defaults: Mapping[str, Any],
    shared: Mapping[str, Any],
) -> Case:
    given = {**shared, **(section.table.get("inputs", {}) if "inputs" in section else {})}
    expect = dict(section.section("expect").table)
    day = section.day("date")
    unknown = sorted(set(expect) - {*EXPECTED, "codes", "trace"})
    if unknown:
        section.wrong("expect", f"unknown {unknown}; allowed: {', '.join(EXPECTED)}, codes, trace")
    found = Case(
        file=path.name,
        document=document,
        name=section.words("name"),
        source=section.text("source"),
        working=section.text("working"),
        day=day,
        series=section.text("series"),
        inputs=given,
        expect=expect,
        clauses=section.texts("clauses", ()),
    )
    rows = [
        {"pricing_date": day.isoformat(), "series": found.series, **defaults, **row}
        for row in given.get("submissions", [])
    ]
    if rows:
        given["submissions"] = rows
    section.close()
    return found


def cases_of(methodology: Methodology, folder: Path) -> tuple[Case, ...]:
    """Every case under `folder` that belongs to this document's file."""
    found: list[Case] = []
    for path in sorted(folder.rglob("cases/*.toml")):
        found += [
            each
            for each in load_cases(path)
            if f"{each.document.parent.name}/{each.document.name}" == methodology.file
        ]
    return tuple(found)


def differences(case: Case, methodology: Methodology | None = None) -> list[str]:
    """What the engine says otherwise than the case, in words; empty when they agree."""
    document = methodology or load_methodology(case.document)
    inputs = inputs_from_document(plain(dict(case.inputs)))
    found = determine(document, case.day, inputs, case.series)
    said = found.document()
    wrong: list[str] = []
    wrong += [
        f"{key}: worked {case.expect[key]!r}, determined {said[key]!r}"
        for key in EXPECTED
        if key in case.expect and plain(case.expect[key]) != said[key]
    ]
    codes = {each.code for each in found.findings}
    there = ", ".join(sorted(codes)) or "none"
    wrong += [
        f"finding {code} is missing; there: {there}"
        for code in case.expect.get("codes", [])
        if code not in codes
    ]
    for path, worked in case.expect.get("trace", {}).items():
        seen = _at(said["trace"], path)
        if seen != plain(worked):
            wrong.append(f"trace {path}: worked {worked!r}, determined {seen!r}")
    return wrong


def _at(trace: Any, path: str) -> Any:
    for step in path.split("/"):
        if isinstance(trace, list):
            trace = next((e for e in trace if isinstance(e, dict) and e.get("name") == step), None)
        elif isinstance(trace, dict):
            trace = trace.get(step)
    return trace
