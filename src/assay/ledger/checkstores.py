"""Checking evidence files and the vault against what the journal refers to. Changes nothing."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import BrokenPromise, Finding, Severity
from assay.ledger.evidence import TOMBSTONE, EvidenceStore
from assay.ledger.store import vault

_RESTORE = "restore it from the backup"
_UNEXPLAINED = f"forgotten without an entry that says so: {_RESTORE}"
_UNFINISHED = "the journal says it is forgotten, its bytes are still here: open the home again"


def check_evidence(
    store: EvidenceStore, wanted: set[str], forgotten: set[str], findings: list[Finding]
) -> tuple[int, int]:
    """Every file and every reference; gives the number of files and of unreferenced ones."""
    names = {f"sha256:{name}" for name in store.names()}
    findings += [
        Finding("evidence.missing", Severity.ERROR, each, _RESTORE)
        for each in sorted(wanted - names)
    ]
    for reference in sorted(names):
        finding = _file(store, reference, forgotten=reference in forgotten)
        if finding is not None:
            findings.append(finding)
    return len(names), len(names - wanted)


def _file(store: EvidenceStore, reference: str, *, forgotten: bool) -> Finding | None:
    try:
        tombstone = store.whole(reference) == TOMBSTONE
    except BrokenPromise as problem:
        if forgotten:
            return Finding("evidence.unfinished", Severity.WARNING, reference, _UNFINISHED)
        return problem.finding
    if tombstone and not forgotten:
        return Finding("evidence.tombstone", Severity.ERROR, reference, _UNEXPLAINED)
    if forgotten and not tombstone:
        return Finding("evidence.unfinished", Severity.WARNING, reference, _UNFINISHED)
    return None


def check_vault(
    connection: Connection, wanted: set[str], forgotten: set[str], findings: list[Finding]
) -> None:
    """Every personal record against its reference."""
    query = sa.select(vault).order_by(vault.c.reference).execution_options(yield_per=500)
    there = set()
    for row in connection.execute(query).mappings():
        reference, record = row["reference"], row["record"]
        there.add(reference)
        if record is None and reference not in forgotten:
            findings.append(Finding("vault.tombstone", Severity.ERROR, reference, _UNEXPLAINED))
        elif record is not None and reference in forgotten:
            findings.append(Finding("vault.unfinished", Severity.WARNING, reference, _UNFINISHED))
        elif record is not None and reference != "vault:" + hashlib.sha256(record).hexdigest():
            findings.append(Finding("vault.changed", Severity.ERROR, reference, _RESTORE))
    findings += [
        Finding("vault.missing", Severity.ERROR, each, _RESTORE) for each in sorted(wanted - there)
    ]
