"""Forgetting after its time: evidence and personal records become tombstones.

The journal entry comes first, then the bytes go; a crash between the two is finished by
`finish_forgetting`. Nothing is forgotten before its retention is over (`floor.py` holds that whoever writes),
and no entry ever.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from assay.core import instant_text, refused, utc
from assay.ledger.book.submissions import archived_last
from assay.ledger.entry import Draft, Entry
from assay.ledger.evidence import sync_folder
from assay.ledger.floor import LEAST_YEARS, kept_since, years_later
from assay.ledger.keys import Signer
from assay.ledger.ledger import Ledger
from assay.ledger.store import vault

#: Seconds after which a marker without an entry is taken for what a crash left.
_PATIENCE = 3600


def forget(
    ledger: Ledger,
    reference: str,
    *,
    actor: str,
    reason: str,
    years: int = LEAST_YEARS,
    signer: Signer | None = None,
) -> Entry:
    """Forget evidence (``sha256:...``) or a personal record (``vault:...``) for good.

    Refused while it is younger than `years`, and for fewer years than the least.
    """
    if years < LEAST_YEARS:
        raise refused(
            "retention.years", f"{years} years", f"records are kept at least {LEAST_YEARS} years"
        )
    with ledger.read() as connection:
        since = kept_since(connection, reference)
    if since is None:
        raise refused("retention.unknown", reference, "nothing is kept under this reference")
    until = years_later(since, years)
    if utc(ledger.clock()) < until:
        raise refused(
            "retention.too_early",
            reference,
            f"it is kept until {instant_text(until)}: the store refuses to forget it earlier",
        )
    body = {
        "reference": reference,
        "store": "vault" if reference.startswith("vault:") else "evidence",
        "retention": f"{years} years from {instant_text(since)}",
        "reason": reason,
    }
    marker = _mark(ledger, reference)
    ledger.checkpoint("retention.marked")
    (entry,) = ledger.append([Draft("evidence.shredded/1", actor, body)], signer=signer)
    ledger.checkpoint("retention.recorded")
    _shred(ledger, reference)
    ledger.checkpoint("retention.shredded")
    marker.unlink(missing_ok=True)
    return entry


def finish_forgetting(ledger: Ledger) -> list[str]:
    """Shred what the journal says is forgotten but a crash left behind; gives what it did.

    Done whenever a home is opened: a marker tells that somebody had begun.
    """
    done = []
    for marker in sorted(_markers(ledger).glob("*")):
        reference = marker.name.replace("-", ":")
        if _is_forgotten(ledger, reference):
            _shred(ledger, reference)
            done.append(reference)
        elif time.time() - marker.stat().st_mtime < _PATIENCE:
            continue  # somebody may be about to record it just now
        marker.unlink(missing_ok=True)
    return done


def _markers(ledger: Ledger) -> Path:
    return ledger.evidence.folder / "forgetting"


def _mark(ledger: Ledger, reference: str) -> Path:
    folder = _markers(ledger)
    folder.mkdir(exist_ok=True, mode=0o700)
    marker = folder / reference.replace(":", "-")
    with marker.open("wb") as file:
        os.fsync(file.fileno())
    sync_folder(folder)
    return marker


def _is_forgotten(ledger: Ledger, reference: str) -> bool:
    said = [
        entry.seq
        for entry in ledger.entries(kinds=["evidence.shredded/1"])
        if entry.body["reference"] == reference
    ]
    with ledger.read() as connection:
        archived = archived_last(connection, reference) or 0
    return bool(said) and archived < max(said)


def _shred(ledger: Ledger, reference: str) -> None:
    if not reference.startswith("vault:"):
        ledger.evidence.shred(reference)
        return
    with ledger.store.write() as connection:
        where = vault.c.reference == reference
        connection.execute(vault.update().where(where).values(record=None))
        ledger.checkpoint("vault.emptied")
