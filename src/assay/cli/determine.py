"""`assay determine`: one document, one day, inputs from a file. Needs no home."""

from __future__ import annotations

import datetime as dt
import json as jsonlib
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from assay.cli.session import Date, Json, WrongUse, answer, say, say_finding, say_table, session
from assay.core import Finding, Severity

if TYPE_CHECKING:
    from assay.methodology import Methodology


def determine(
    document: Annotated[Path, Parameter(help="A methodology document (TOML).")],
    *,
    date: Date,
    inputs: Annotated[
        Path, Parameter(help="JSON: submissions, history, series, contributors, ...")
    ],
    series: Annotated[str | None, Parameter(help="Which series of the document.")] = None,
    json: Json = False,
) -> None:
    """Run a document on one day and print the price with its whole explanation.

    Example: `assay determine methodologies/al-lc/2021-12-27.toml --date 2023-08-18 --inputs examples/real-check/2023-08-18.json --json`
    """
    from assay.methodology import determine as engine
    from assay.methodology import inputs_from_document, load_methodology, load_reference

    given = _document_of(inputs)
    if not document.is_file():
        raise WrongUse(str(document), "no such document: name a methodology file (TOML)")
    methodology = load_methodology(document, load_reference(session().settings.reference))
    try:
        read = inputs_from_document(given)
    except (ValueError, TypeError, AttributeError) as problem:
        raise WrongUse(str(inputs), str(problem)) from None
    served = methodology.series
    if series not in served and (series is not None or len(served) > 1):
        named = f"--series {series}" if series else "no series named"
        raise WrongUse(f"{document}: {named}", f"it serves {', '.join(served)}: name one of them")
    newer = _superseded_by(document, methodology, date)
    found = engine(methodology, date, replace(read, findings=(*read.findings, *newer)), series)
    if answer(found.document(), json):
        return
    legs = [str(each) if each is not None else "-" for each in (found.low, found.mid, found.high)]
    say(f"{found.series} {date}: {found.status}{f' ({found.reason})' if found.reason else ''}")
    say_table(
        "", ("low", "mid", "high", "unit", "branch", "received", "used"),
        [(*legs, found.unit, found.branch, found.n_received, found.n_used)],
        ("low", "mid", "high", "received", "used"),
    )  # fmt: skip
    for line in _terms(found.trace.get("mid") or {}, 0):
        say(line)
    for finding in found.findings:
        say_finding(finding)


def _superseded_by(document: Path, methodology: Methodology, day: dt.date) -> list[Finding]:
    """A finding when a later version beside the document is the one in force on `day`."""
    later = []
    for beside in document.parent.glob("*.toml"):
        try:
            other = tomllib.loads(beside.read_text("utf-8"))
        except (ValueError, OSError):
            continue
        since = other.get("effective")
        if (
            other.get("id") == methodology.id
            and other.get("status") == methodology.status == "in_force"
            and isinstance(since, dt.date)
            and methodology.effective < since <= day
        ):
            later.append((since, beside.name))
    if not later:
        return []
    since, name = max(later)
    where = f"{methodology.id} of {methodology.effective} on {day}"
    said = f"superseded on {since} by {name}: use that one; this result is for a study only"
    return [Finding("methodology.not_in_force", Severity.WARNING, where, said)]


def _document_of(path: Path) -> dict[str, Any]:
    try:
        given = jsonlib.loads(path.read_text("utf-8-sig"), parse_float=_no_float)
    except FileNotFoundError:
        raise WrongUse(str(path), "no such file of inputs") from None
    except (ValueError, RecursionError) as problem:
        raise WrongUse(str(path), f"not readable as JSON: {problem}") from None
    if not isinstance(given, dict):
        raise WrongUse(str(path), 'write an object: {"submissions": [...], "series": {...}}')
    return given


def _no_float(text: str) -> str:
    """A JSON number with a point is kept digit for digit: as text, never as a float."""
    return text


def _terms(term: dict[str, Any], depth: int) -> list[str]:
    if not term:
        return []
    unit = term.get("unit", "")
    about = ", ".join(str(term[name]) for name in ("source", "date") if term.get(name))
    clause = f" (clause {term['clause']})" if term.get("clause") else ""
    lines = [f"{'  ' * depth}{term.get('name')} = {term.get('value')} {unit}  {about}{clause}"]
    for each in term.get("terms", []):
        lines += _terms(each, depth + 1)
    return lines
