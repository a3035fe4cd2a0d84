"""`assay ledger ...`: looking after the journal. Changes no fact."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from assay.cli.session import (
    FINDING,
    FINE,
    As,
    Json,
    OptionalInstant,
    answer,
    say,
    say_finding,
    session,
    verdict,
)

app = App(name="ledger", help="The journal: check, rebuild, sign, copy, entries.")


@app.command
def check(
    *,
    heads: Annotated[
        Path | None, Parameter(help="A heads.jsonl that somebody kept elsewhere.")
    ] = None,
    json: Json = False,
) -> int:
    """Verify chain, signatures and evidence, rebuild the book and compare. Exit 1 when anything differs.

    Example: `assay ledger check --json`
    """
    import json as jsonlib

    from assay.ledger.check import check as look

    kept = []
    if heads is not None:
        kept = [
            jsonlib.loads(line) for line in heads.read_text("utf-8").splitlines() if line.strip()
        ]
    with session().ledger() as ledger:
        report = look(ledger, heads=kept)
    if not answer(report.document(), json):
        for finding in report.findings:
            say_finding(finding)
        state = "is whole" if report.ok else "DIFFERS"
        say(
            f"the journal {state}: {report.entries} entries, {report.heads} signed heads, "
            f"{report.evidence_files} evidence files, book {'equal' if report.book_equal else 'differs'}",
            f"head {report.head.seq} {report.head.digest}",
        )
    return verdict(report.findings)


@app.command
def rebuild(*, json: Json = False) -> None:
    """Throw the book away and fold the journal into a new one.

    Example: `assay ledger rebuild`
    """
    with session().ledger() as ledger:
        count = ledger.rebuild()
    if not answer({"entries": count}, json):
        say(f"{count} entries folded")


@app.command
def sign(
    *,
    write_back: Annotated[
        bool,
        Parameter(negative=(), help="First write lines that heads.jsonl lost, and record it."),
    ] = False,
    json: Json = False,
) -> None:
    """Sign the present head with the publication key (publishing does it by itself).

    Example: `assay ledger sign`
    """
    from assay.ledger import load_signer
    from assay.ledger.heads import sign_head
    from assay.ledger.heads import write_back as written_back
    from assay.ledger.keys import PUBLICATION

    run = session()
    with run.ledger() as ledger:
        if write_back:
            written_back(ledger)
        entry = sign_head(ledger, load_signer(run.settings.keys, PUBLICATION))
    if not answer(entry.body, json):
        say(f"head {entry.body['seq']} {entry.body['digest']} signed with key {entry.body['key']}")


@app.command
def entries(
    *,
    after: int = 0,
    kind: Annotated[list[str], Parameter(help="Only these kinds, e.g. price.published/1.")] = [],  # noqa: B006  (never changed)
    until: OptionalInstant = None,
    limit: int = 50,
    as_: As = None,
    json: Json = False,
) -> None:
    """List entries; their content only to the desk's people and auditors, with a key.

    Example: `assay ledger entries --kind price.published/1 --as P-06 --json`
    """
    from itertools import islice

    run = session()
    with run.desk() as desk:
        person = run.proved(desk, as_)
        with desk.ledger.read() as connection:
            inside = desk.may(connection, person, "desk:submission:read")
        found = list(
            islice(desk.ledger.entries(after=after, kinds=kind or None, until=until), limit)
        )
    rows = []
    for entry in found:
        row = {
            "seq": entry.seq, "digest": entry.digest, "recorded_at": entry.recorded_at,
            "commitment": entry.commitment,
        }  # fmt: skip
        if inside:
            row |= {"kind": entry.kind, "actor": entry.actor, "body": entry.body}
        rows.append(row)
    if answer({"entries": rows}, json):
        return
    for row in rows:
        say(f"{row['seq']:>6}  {row['recorded_at']:%Y-%m-%dT%H:%M:%SZ}  {row.get('kind', row['digest'])}  {row.get('actor', '')}")  # fmt: skip


@app.command
def copy(
    source: Annotated[str, Parameter(help="A home folder, or the address of a store.")],
    target: Annotated[
        str, Parameter(help="An empty home folder, or the address of an empty store.")
    ],
    *,
    json: Json = False,
) -> int:
    """Copy a home between stores and prove that both sides are equal. Exit 1 when they are not.

    Example: `assay ledger copy .assay postgresql://assay@db/assay`
    """
    from assay.ledger import Ledger
    from assay.ledger.clock import clock_for
    from assay.ledger.copying import copy as copied
    from assay.ledger.copying import place_of

    settings = session().settings
    from_home, from_url = place_of(source, settings.home)
    to_home, to_url = place_of(target, settings.home)
    clock = clock_for(from_home, settings.clock)
    ledger = Ledger.open(from_home, clock, store_url=from_url)
    try:
        report = copied(ledger, to_home, to_url)
    finally:
        ledger.close()
    if not answer(report.document(), json):
        for finding in report.findings:
            say_finding(finding)
        state = "equal on both sides" if report.equal else "DIFFERENT"
        say(f"{report.entries} entries, {report.evidence_files} evidence files: {state}")
    return FINE if report.equal else FINDING
