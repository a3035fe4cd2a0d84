"""`assay methodology ...`: documents checked, listed, compared, rendered. Needs no home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from assay.cli.session import (
    FINDING,
    FINE,
    Json,
    SomeOptionalDate,
    answer,
    say,
    say_finding,
    say_table,
    session,
)

app = App(name="methodology", help="Methodology documents: check, list.")


@app.command
def check(
    *documents: Annotated[Path, Parameter(help="Files; the whole folder when left out.")],
    json: Json = False,
) -> int:
    """Check documents: keys, units, rules, inputs, overlaps, cycles. Exit 1 when anything is wrong.

    Example: `assay methodology check methodologies/al-lc/2021-12-27.toml`
    """
    from assay.core import Refused
    from assay.desk.wiring import open_library
    from assay.methodology import load_methodology, load_reference

    settings = session().settings
    findings = []
    good = []
    if documents:
        reference = load_reference(settings.reference)
        for path in documents:
            try:
                good.append(load_methodology(path, reference))
            except Refused as problem:
                findings += list(getattr(problem, "findings", (problem.finding,)))
    else:
        try:
            good = list(open_library(settings).documents())
        except Refused as problem:
            findings += list(getattr(problem, "findings", (problem.finding,)))
    document = {
        "good": [{"id": e.id, "effective": e.effective, "digest": e.digest} for e in good],
        "findings": [each.document() for each in findings],
    }
    if not answer(document, json):
        for each in findings:
            say_finding(each)
        say(f"{len(good)} documents in order, {len(findings)} findings")
    return FINDING if findings else FINE


@app.command(name="list")
def list_(*, on: SomeOptionalDate = None, json: Json = False) -> None:
    """List the documents with their series and dates (in force on a day).

    Example: `assay methodology list --on 2025-12-30`
    """
    from assay.desk.wiring import open_library

    documents = [
        each
        for each in open_library(session().settings).documents()
        if on is None or (each.effective <= on and (each.ends is None or on < each.ends))
    ]
    names = ("id", "effective", "ends", "kind", "series", "digest")
    rows = [{name: getattr(each, name) for name in names} for each in documents]
    if not answer({"documents": rows}, json):
        table = [(e.id, e.effective, e.ends, e.kind, ", ".join(e.series)) for e in documents]
        say_table("", ("document", "effective", "ends", "kind", "series"), table)
