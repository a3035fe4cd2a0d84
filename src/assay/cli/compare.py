"""`assay methodology compare`: what if the other document had been in force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from assay.cli.replay import InputTable, Submissions, Workers, bar
from assay.cli.session import First, Json, Last, WrongUse, answer, say, say_table, session


def compare(
    old: Annotated[Path, Parameter(help="The document in force.")],
    new: Annotated[Path, Parameter(help="The proposed document.")],
    *,
    submissions: Submissions = None,
    inputs: InputTable = None,
    out: Annotated[Path, Parameter(help="The folder of the study.")],
    first: First = None,
    last: Last = None,
    workers: Workers = 2,
    days: Annotated[int, Parameter(help="How many of the most different days to explain.")] = 10,
    influence: Annotated[
        bool, Parameter(help="Measure leave-one-out influence under both.")
    ] = True,
    json: Json = False,
) -> None:
    """Replay two documents over the same days: a table, pictures, the days that differ most and why.

    Example: `assay methodology compare old.toml new.toml --submissions stored.parquet --out study`
    """
    from assay.methodology import load_methodology, load_reference
    from assay.methodology.impact import study, write_study
    from assay.methodology.impact.report import percent
    from assay.methodology.replay import Source

    for path in (old, new):
        if not path.is_file():
            raise WrongUse(str(path), "no such document: name a methodology file (TOML)")
    reference = load_reference(session().settings.reference)
    before, after = load_methodology(old, reference), load_methodology(new, reference)
    source = Source(submissions, inputs, first, last, max(1, workers))
    with bar(source, f"{before.id} against {after.id}"):
        found = study(before, after, source, days=max(1, days), influence=influence)
    written = write_study(found, out)
    differ = sum(row.differs for row in found.rows)
    document = {
        "days": len(found.rows),
        "differ": differ,
        "most": [
            {
                "series": told.row.series, "pricing_date": told.row.day,
                "old": told.row.old.mid, "new": told.row.new.mid, "reasons": list(told.reasons),
            }
            for told in found.days
        ],
        "files": [str(path) for path in written],
    }  # fmt: skip
    if answer(document, json):
        return
    say(f"{len(found.rows)} days of series compared, {differ} differ; the study is in {out}")
    say_table(
        "", ("series", "day", "old", "new", "change", "%", "reason"),
        [
            (t.row.series, t.row.day, t.row.old.mid, t.row.new.mid, t.row.change, percent(t.row),
             t.reasons[0] if t.reasons else "")
            for t in found.days
        ],
        ("old", "new", "change", "%"),
    )  # fmt: skip
