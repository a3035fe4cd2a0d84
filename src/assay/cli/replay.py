"""`assay replay`: a document over stored years; or the journal run again and compared."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from assay.cli.session import (
    FINDING,
    FINE,
    First,
    Json,
    Last,
    WrongUse,
    answer,
    say,
    say_finding,
    session,
)

if TYPE_CHECKING:
    from assay.methodology.replay import Report, Source

Submissions = Annotated[
    Path | None, Parameter(help="Submissions: .csv, .csv.gz or .parquet; one row a submission.")
]
InputTable = Annotated[
    Path | None, Parameter(name="--inputs", help="Other series: series,date and value or low,mid,high.")
]  # fmt: skip
Workers = Annotated[int, Parameter(help="Threads that price partitions.")]


def replay(
    document: Annotated[Path | None, Parameter(help="A methodology document (TOML).")] = None,
    *,
    submissions: Submissions = None,
    inputs: InputTable = None,
    out: Annotated[Path | None, Parameter(help="The table of prices to write, by suffix.")] = None,
    first: First = None,
    last: Last = None,
    workers: Workers = 2,
    journal: Annotated[
        bool, Parameter(negative=(), help="Run the home's journal again and compare it instead.")
    ] = False,
    json: Json = False,
) -> int:
    """Run a document over a table of submissions: one price a series and day. Exit 1 with --journal when anything differs.

    Example: `assay replay methodologies/conformance/euribor.toml --submissions quotes.csv.gz --out fixings.csv`
    """
    if journal:
        return _journal(json)
    if document is None or out is None:
        raise WrongUse("assay replay", "name a document and --out TABLE, or ask for --journal")
    from assay.methodology import load_methodology, load_reference
    from assay.methodology.replay import Source
    from assay.methodology.replay import replay as run

    if not document.is_file():
        raise WrongUse(str(document), "no such document: name a methodology file (TOML)")
    _refuse_senseless(out, (submissions, inputs, document), first, last, workers)
    methodology = load_methodology(document, load_reference(session().settings.reference))
    source = Source(submissions, inputs, first, last, workers)
    with bar(source, methodology.id):
        report = run(methodology, source, out)
    _tell(report, out, json)
    return FINE


def _refuse_senseless(
    out: Path, read: tuple[Path | None, ...], first: date | None, last: date | None, workers: int
) -> None:
    if any(each is not None and each.resolve() == out.resolve() for each in read):
        raise WrongUse(f"--out {out}", "it would overwrite what is read: name another file")
    if first is not None and last is not None and first > last:
        raise WrongUse(f"--from {first} --to {last}", "the first day is after the last: turn them")
    if workers < 1:
        raise WrongUse(f"--workers {workers}", "name at least 1")


@contextmanager
def bar(source: Source, name: str) -> Iterator[None]:
    """A progress bar on standard error while `source` is read (none where it is no terminal)."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=sys.stderr), transient=True) as progress:
        task = progress.add_task(name, total=None)

        def move(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None)

        source.progress = move
        yield


def _tell(report: Report, out: Path, as_json: bool) -> None:
    document = {
        "rows": report.rows,
        "bad_rows": report.bad_rows,
        "fixings": report.fixings,
        "determined": report.determined,
        "by_day_engine": report.by_day_engine,
        "slow_because": list(report.slow_because),
        "out": str(out),
        "findings": str(report.findings),
    }
    if answer(document, as_json):
        return
    say(
        f"{report.rows} rows, {report.bad_rows} left out; {report.fixings} days of series, "
        f"{report.determined} priced, {report.by_day_engine} of them asked of the day engine"
    )
    for each in report.slow_because:
        say(f"day by day, because of {each}")
    if report.bad_rows:
        say(f"what was left out stands in {report.findings}")


def _journal(as_json: bool) -> int:
    from assay.desk.wiring import open_library
    from assay.methodology.replay.journal import Comparison

    documents = {each.digest: each for each in open_library(session().settings).documents()}
    comparison = Comparison(documents)
    kinds = ["price.determined/1", "price.published/1", "price.corrected/1"]
    with session().ledger() as ledger:
        for entry in ledger.entries(kinds=kinds):
            if entry.kind == "price.determined/1":
                comparison.determination(entry.seq, entry.body)
            else:
                comparison.tick(entry.seq, entry.body)
    document = {
        "determinations": comparison.determinations,
        "ticks": comparison.ticks,
        "differences": [each.document() for each in comparison.findings],
    }
    if not answer(document, as_json):
        for finding in comparison.findings:
            say_finding(finding)
        state = "all as recorded" if not comparison.findings else "DIFFERENT"
        say(
            f"{comparison.determinations} determinations and {comparison.ticks} ticks run again: "
            f"{state} ({len(comparison.findings)} differences)"
        )
    return FINDING if comparison.findings else FINE
