"""`assay collect feed` and `assay market ...`: market facts in, by declared mappings.

Chooses the mapping, hands the file to collection, and puts quarterly quantities through
the desk. Decides nothing about a figure.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from assay.cli.session import (
    As,
    Json,
    OptionalInstant,
    SomeDate,
    SomeOptionalDate,
    WrongUse,
    answer,
    say,
    say_finding,
    session,
    verdict,
)
from assay.core import Refused

app = App(name="market", help="Market facts: import, the most-traded contract.")


def feed(
    *files: Annotated[Path, Parameter(help="Files of exchanges and statistics (CSV, XLSX).")],
    feed: Annotated[str, Parameter(help="Id of a mapping in reference/feeds, or auto.")] = "auto",
    received_at: Annotated[OptionalInstant, Parameter(name="--received-at")] = None,
    takes_effect: Annotated[
        SomeOptionalDate,
        Parameter(name="--takes-effect", help="Of quarterly quantities; today when left out."),
    ] = None,
    licence: Annotated[
        str | None,
        Parameter(help="What this file's source allows, where the mapping's note does not fit."),
    ] = None,
    as_: As = None,
    json: Json = False,
) -> int:
    """Take market files in: archived, read by a declared mapping, recorded or quarantined.

    Exit 1 where a row or a file became a finding; the good rows are recorded all the same.

    Example: `assay collect feed examples/agency/market/before/cea.csv --as P-01`
    """
    if not files:
        raise WrongUse("assay collect feed", "name the files")
    for path in files:
        if not path.is_file():
            raise WrongUse(str(path), "no such file")
    run = session()
    signer = run.signer(as_)
    rows, found = [], []
    with run.desk() as desk:
        desk.permit(signer, "desk:submission:add")
        intake = _intake(desk, signer, licence)
        for path in files:
            name, taken = _taken(intake, path, feed, received_at or desk.now())
            entries = list(taken.entries) + _after(desk, intake, signer, name, taken, takes_effect)
            rows.append(
                {
                    "file": str(path), "feed": name, "evidence": taken.evidence,
                    "recorded": taken.recorded, "quarantined": len(taken.reading.quarantined),
                    "findings": [each.document() for each in taken.findings],
                    "entries": [{"seq": each.seq, "kind": each.kind} for each in entries],
                }
            )  # fmt: skip
            found += taken.findings
    if not answer({"taken": rows}, json):
        for finding in found:
            say_finding(finding)
        for row in rows:
            factors = sum(each["kind"] == "factor.recorded/1" for each in row["entries"])
            more = f", {factors} factors made of it" if factors else ""
            say(
                f"{row['file']}: {row['feed'] or 'no declared feed'}, {row['recorded']} recorded, {row['quarantined']} quarantined{more}"
            )
    return verdict(found)


def _taken(intake: Any, path: Path, feed: str, received_at: datetime) -> tuple[str | None, Any]:
    """The feed and what came of one file; a file of no declared feed does not stop the others."""
    if feed != "auto":
        return feed, intake.take(path, feed, received_at)
    try:
        name = intake.recognise(path)
    except Refused as problem:
        return None, intake.keep(path, problem.finding, received_at)
    return name, intake.take(path, name, received_at)


@app.command(name="import")
def import_(
    *files: Annotated[Path, Parameter(help="Files of exchanges and statistics (CSV, XLSX).")],
    feed: Annotated[str, Parameter(help="Id of a mapping in reference/feeds, or auto.")] = "auto",
    received_at: Annotated[OptionalInstant, Parameter(name="--received-at")] = None,
    takes_effect: Annotated[SomeOptionalDate, Parameter(name="--takes-effect")] = None,
    licence: Annotated[str | None, Parameter(help="Instead of the mapping's note.")] = None,
    as_: As = None,
    json: Json = False,
) -> int:
    """Take market files in (the same as `assay collect feed`).

    Example: `assay market import usdcny.csv --feed usdcny-daily --as P-01`
    """
    take_feed = globals()["feed"]
    code: int = take_feed(
        *files,
        feed=feed,
        received_at=received_at,
        takes_effect=takes_effect,
        licence=licence,
        as_=as_,
        json=json,
    )
    return code


@app.command
def roll(
    series: str,
    contract: str,
    *,
    since: SomeDate,
    words: Annotated[str, Parameter(help="Why: kept for ever.")],
    as_: As = None,
    json: Json = False,
) -> None:
    """State the most-traded contract from a day on, against the rule, with words.

    Example: `assay market roll AD-MAIN AD2603 --since 2025-12-31 --words "open interest moved" --as P-01`
    """
    run = session()
    signer = run.must_sign(as_)
    with run.desk() as desk:
        desk.permit(signer, "desk:submission:judge")
        entries = _intake(desk, signer).override_contract(series, contract, since, words)
    if not answer({"entries": [{"seq": e.seq, "kind": e.kind, **e.body} for e in entries]}, json):
        say(f"{series}: {contract} from {since}, by override")


def _intake(desk: Any, signer: Any, licence: str | None = None) -> Any:
    from assay.collection.feed_intake import FeedIntake
    from assay.collection.feeds import load_feeds
    from assay.ledger import SYSTEM

    feeds = load_feeds(session().settings.reference / "feeds")
    actor = signer.person if signer else SYSTEM
    return FeedIntake(
        desk.ledger, feeds, desk.calendars, actor=actor, signer=signer, licence=licence
    )


def _after(
    desk: Any, intake: Any, signer: Any, name: str | None, taken: Any, takes_effect: Any
) -> list[Any]:
    """What follows from a file: factors of quantities, rolls of sessions."""
    if name is None:
        return []
    from assay.desk import record_factors

    mapping = intake.feeds[name]
    if taken.quantities:
        rows = [dict(row) for row in taken.quantities]
        effective = takes_effect or desk.today()
        source = f"{mapping.source}; evidence {taken.evidence}"
        found: list[Any] = record_factors(
            desk, signer, mapping.series, effective, rows, source, taken.evidence
        )
        return found
    days = [fact.date for fact in taken.reading.facts]
    if mapping.kind == "sessions" and days:
        rolls: list[Any] = intake.record_rolls(mapping.series, mapping.calendar, max(days))
        return rolls
    return []
