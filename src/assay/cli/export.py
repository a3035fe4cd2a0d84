"""`assay export ...`: bundles of what may leave the house, to whom."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from assay.cli.session import (
    First,
    Json,
    Last,
    SomeOptionalDate,
    WrongUse,
    answer,
    say,
    say_finding,
    session,
    verdict,
)
from assay.core import Finding, Severity
from assay.ledger import Signer, load_signer
from assay.ledger.keys import PUBLICATION

app = App(name="export", help="Bundles for auditors and for the public.")


def _seal(keys: Path) -> Signer | None:
    """The publication key, where it is at hand; without it the bundle goes out unsealed."""
    return load_signer(keys, PUBLICATION) if _at_hand(keys) else None


def _at_hand(keys: Path) -> bool:
    return (keys / f"{PUBLICATION}.key").is_file()


def _unsealed(out: Path, keys: Path) -> Finding:
    said = (
        f"no {PUBLICATION}.key in {keys}: nobody can tell that nothing was left out; "
        "set ASSAY_KEYS, export anew"
    )
    return Finding("export.unsealed", Severity.WARNING, str(out), said)


@app.command
def day(
    date: SomeOptionalDate = None,
    *,
    from_: First = None,
    to: Last = None,
    audience: Annotated[Literal["auditor", "public"], Parameter(name="--for", help="Who gets it.")],
    out: Annotated[Path, Parameter(help="A new or empty folder.")],
    json: Json = False,
) -> int:
    """Write the bundle of a pricing day (or of --from to --to) with the hash of every file.

    Example: `assay export day 2025-12-30 --for public --out out/public`
    """
    from assay.publication import export_days

    first, last = (date, date) if date is not None else (from_, to)
    if first is None or last is None or (date is not None and (from_ or to)):
        raise WrongUse("assay export day", "name one day, or --from D --to D")
    if first > last:
        raise WrongUse(f"--from {first} --to {last}", "the first day comes first")
    run = session()
    settings = run.settings
    with run.ledger() as ledger:
        found = export_days(
            ledger, first, last, audience, out, settings.methodologies, settings.reference,
            signer=_seal(settings.keys),
        )  # fmt: skip
    findings = [] if _at_hand(settings.keys) else [_unsealed(out, settings.keys)]
    said = {
        **asdict(found), "folder": str(found.folder), "days": list(found.days),
        "findings": [each.document() for each in findings],
    }  # fmt: skip
    if not answer(said, json):
        for each in findings:
            say_finding(each)
        say(
            f"{found.files} files for the {audience} in {found.folder}: {', '.join(found.days)}, "
            f"{found.disclosed} entries shown of {found.head_seq}",
            f"check it: python -m verifier {found.folder} --key {settings.keys / 'publication.pub'}",
        )
    return verdict(findings)
