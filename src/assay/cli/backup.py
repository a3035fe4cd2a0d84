"""`assay backup ...` and `assay health`: copies that can be trusted, and whether all is well."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from assay.cli.session import FINDING, FINE, Json, answer, say, say_table, session

app = App(name="backup", help="Back a home up, and restore it with proof.")


@app.command
def make(
    folder: Annotated[Path, Parameter(help="A new folder; it appears when it is whole.")],
    *,
    json: Json = False,
) -> None:
    """Back the home up while others go on writing; the backup is checked before it counts.

    Example: `assay backup make backups/2025-12-30`
    """
    from assay.ledger.backup import backup

    with session().ledger() as ledger:
        report = backup(ledger, folder)
    if not answer({**report.document(), "folder": str(folder)}, json):
        say(f"{folder}: {report.entries} entries up to {report.head.digest}, checked")


@app.command
def restore(
    folder: Annotated[Path, Parameter(help="A backup.")],
    *,
    json: Json = False,
) -> None:
    """Restore a backup into the empty home that ASSAY_HOME names (and ASSAY_STORE_URL).

    Example: `ASSAY_HOME=restored assay backup restore backups/2025-12-30`
    """
    from assay.ledger.backup import restore as restored
    from assay.ledger.clock import system_clock

    settings = session().settings
    report = restored(folder, settings.home, system_clock, store_url=settings.store_url)
    if not answer({**report.document(), "home": str(settings.home)}, json):
        say(f"{settings.home}: {report.entries} entries up to {report.head.digest}, checked")


@app.command
def verify(folder: Path, *, json: Json = False) -> None:
    """Check that a backup's files are as its manifest says.

    Example: `assay backup verify backups/2025-12-30`
    """
    from assay.ledger.backup import verify_backup

    manifest = verify_backup(folder)
    if not answer(manifest, json):
        say(
            f"{folder}: {len(manifest['files'])} files as they should be, taken {manifest['taken_at']}"
        )


def health(*, json: Json = False) -> int:
    """Look at store, durability, triggers, book, clock, head, evidence, space. Exit 1 when one is bad.

    Example: `assay health --json`
    """
    from assay.ledger.health import health as look

    with session().ledger() as ledger:
        report = look(ledger)
    rows = [{"name": e.name, "state": e.state, "says": e.says} for e in report.aspects]
    if not answer({"ok": report.ok, "aspects": rows}, json):
        say_table("", ("aspect", "state", "says"), [tuple(row.values()) for row in rows])
    return FINE if report.ok else FINDING
