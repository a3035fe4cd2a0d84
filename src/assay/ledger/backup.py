"""Backup and restore: a backup is a small home of its own, checked before it is done.

Whatever the store was, a backup holds ``journal.sqlite``, evidence, signed heads and a
manifest; it can be restored into either store. Private keys are never in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from assay.core import BrokenPromise, Finding, Severity, digest_of, instant_text, refused
from assay.ledger.book.home import agency_of
from assay.ledger.check import CheckReport, check
from assay.ledger.copying import copy, copy_files
from assay.ledger.ledger import Ledger
from assay.ledger.log import logger

_LOG = logger("ledger")
MANIFEST = "manifest.json"
FORMAT = "assay-backup/1"


def backup(ledger: Ledger, folder: Path) -> CheckReport:
    """Back the home up into the new `folder` while others go on writing; gives its check.

    The folder gets its name only when it is whole, so a half one is never taken for a
    backup. A backup that does not pass its own check is a broken promise.
    """
    if folder.exists():
        raise refused("backup.exists", str(folder), "a backup is never overwritten: name another")
    draft = folder.with_name(f"{folder.name}.unfinished")
    if draft.exists():
        raise refused("backup.unfinished", str(draft), "remove what an earlier crash left there")
    draft.mkdir(parents=True, mode=0o700)
    if ledger.store.sqlite:
        _copy_database(ledger, draft / "journal.sqlite")
        copy_files(ledger, draft)
    else:
        copy(ledger, draft)
    taken = Ledger(draft, ledger.clock)
    try:
        report = check(taken)
        with taken.read() as connection:
            agency = agency_of(connection)
    finally:
        taken.close()
    if not report.ok:
        raise BrokenPromise(report.findings[0])
    _write_manifest(draft, _manifest(draft, report, agency, ledger.clock()))
    draft.rename(folder)
    _LOG.info("backup.taken", entries=report.entries, evidence_files=report.evidence_files)
    return report


def _copy_database(ledger: Ledger, path: Path) -> None:
    """SQLite's own online backup: one consistent state, whoever writes meanwhile."""
    source = ledger.store.url.removeprefix("sqlite:///")
    with (
        contextlib.closing(sqlite3.connect(source)) as here,
        contextlib.closing(sqlite3.connect(path)) as there,
    ):
        here.backup(there)


def _manifest(folder: Path, report: CheckReport, agency: str, now: datetime) -> dict[str, Any]:
    names = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    return {
        "format": FORMAT,
        "agency": agency,
        "taken_at": instant_text(now),
        "head": {"seq": report.head.seq, "digest": report.head.digest},
        "entries": report.entries,
        "evidence_files": report.evidence_files,
        "files": {name: digest_of((folder / name).read_bytes()) for name in names},
    }


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    with (folder / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=2, ensure_ascii=False, sort_keys=True)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def restore(
    folder: Path, home: Path, clock: Callable[[], datetime], *, store_url: str | None = None
) -> CheckReport:
    """Restore a backup into an empty home on either store; gives the check of that home.

    What is restored must be exactly what the manifest says, else it is a broken promise.
    """
    manifest = verify_backup(folder)
    source = Ledger(folder, clock)
    try:
        copied = copy(source, home, store_url)
    finally:
        source.close()
    if not copied.equal:
        raise BrokenPromise(copied.findings[0])
    restored = Ledger(home, clock, store_url=store_url)
    try:
        report = check(restored)
    finally:
        restored.close()
    if {"seq": report.head.seq, "digest": report.head.digest} != manifest["head"]:
        way_out = "the restored journal does not end where the backup's manifest says"
        raise BrokenPromise(Finding("backup.head", Severity.ERROR, str(folder), way_out))
    _LOG.info("backup.restored", entries=report.entries, evidence_files=report.evidence_files)
    return report


def verify_backup(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose files are as it says."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError):
        raise refused("backup.none", str(folder), "no readable manifest.json: no backup") from None
    if manifest.get("format") != FORMAT:
        raise refused("backup.format", str(folder), f"this program reads {FORMAT}")
    for name, wanted in files.items():
        path = folder / name
        if not path.is_file() or digest_of(path.read_bytes()) != wanted:
            way_out = "the file is not what the manifest says: take another backup"
            raise BrokenPromise(Finding("backup.changed", Severity.ERROR, str(path), way_out))
    return manifest
