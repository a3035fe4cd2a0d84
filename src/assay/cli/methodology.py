"""`assay methodology ...`: documents checked, listed, compared, rendered. Needs no home."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from assay.cli.compare import compare
from assay.cli.session import (
    FINDING,
    FINE,
    Json,
    SomeOptionalDate,
    WrongUse,
    answer,
    say,
    say_finding,
    say_table,
    session,
)
from assay.core import Refused, refused

if TYPE_CHECKING:
    from assay.methodology import Determination, Methodology

app = App(name="methodology", help="Methodology documents: check, list, render, differences.")
app.command(compare)


@app.command
def check(
    *documents: Annotated[Path, Parameter(help="Files or folders; the folder of the settings when left out.")],
    json: Json = False,
) -> int:  # fmt: skip
    """Check documents: keys, units, rules, inputs, overlaps, cycles. Exit 1 when anything is wrong.

    Example: `assay methodology check methodologies/al-lc/2021-12-27.toml`
    """
    from assay.desk.wiring import open_library
    from assay.methodology import load_library, load_methodology, load_reference

    settings = session().settings
    findings = []
    good: list[Methodology] = []
    if documents:
        reference = load_reference(settings.reference)
        for path in documents:
            try:
                if path.is_dir():
                    good += load_library(path, reference).documents()
                else:
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


@app.command
def render(
    document: Annotated[Path, Parameter(help="A methodology document (TOML).")],
    *,
    lang: Annotated[str, Parameter(help="en or zh.")] = "en",
    format: Annotated[str, Parameter(help="md or html.")] = "md",  # noqa: A002  (the option's name)
    out: Annotated[Path | None, Parameter(help="A file; standard output when left out.")] = None,
    today: Annotated[
        SomeOptionalDate,
        Parameter(help="Fill the formula with the numbers of this day (needs a home)."),
    ] = None,
    series: Annotated[str | None, Parameter(help="Which series, with --today.")] = None,
) -> None:
    """Render a document for people, complete, with its cases as the annex.

    Example: `assay methodology render methodologies/al-lc/2021-12-27.toml --lang zh --format html`
    """
    from assay.methodology import load_methodology, load_reference
    from assay.methodology.cases import cases_of
    from assay.methodology.rendering import FORMATS
    from assay.methodology.rendering import render as rendered

    if lang not in ("en", "zh") or format not in FORMATS:
        raise WrongUse("--lang, --format", f"en or zh; {' or '.join(FORMATS)}")
    if not document.is_file():
        raise WrongUse(str(document), "no such document: name a methodology file (TOML)")
    methodology = load_methodology(document, load_reference(session().settings.reference))
    cases = cases_of(methodology, document.parent)
    filled = _published(series or methodology.series[0], today) if today else None
    text = rendered(methodology, lang, format, cases, filled)
    if out is None:
        say(text)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, "utf-8")
        say(f"{methodology.id} of {methodology.effective}: {out}")


def _published(series: str, day: date) -> Determination:
    """The determination behind what was published on a day, run again from its inputs."""
    from assay.desk import price_of
    from assay.ledger.book.prices import latest_determination
    from assay.methodology import determine, inputs_from_document

    with session().desk() as desk, desk.ledger.read() as connection:
        price_of(connection, series, day, now=desk.now())
        known = latest_determination(connection, series, day)
        if known is None:
            raise refused("price.none", f"{series} on {day}", "no determination is recorded")
        inputs = inputs_from_document(known["inputs"])
        return determine(desk.document(series, day), day, inputs, series)


@app.command
def differences(old: Path, new: Path, *, json: Json = False) -> None:
    """Show every line in which two versions of a document differ, by clause.

    Example: `assay methodology differences methodologies/cea/2021-07-16.toml methodologies/cea/2023-08-24.toml`
    """
    from dataclasses import asdict

    from assay.methodology import load_methodology, load_reference
    from assay.methodology.comparing import differences_between

    for path in (old, new):
        if not path.is_file():
            raise WrongUse(str(path), "no such document: name a methodology file (TOML)")
    reference = load_reference(session().settings.reference)
    found = differences_between(load_methodology(old, reference), load_methodology(new, reference))
    if not answer({"differences": [asdict(each) for each in found]}, json):
        say_table(
            "", ("place", "clause", "before", "after"),
            [(e.place, e.clause, e.before, e.after) for e in found],
        )  # fmt: skip
