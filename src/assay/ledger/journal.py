"""Rows of the journal: reading them with their hashes checked, and who may add one.

Everything here runs inside a transaction that somebody else opened. Never changes or
deletes a row, never commits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import BrokenPromise, Finding, Severity, refused
from assay.ledger.book.home import active_key, key_of
from assay.ledger.entry import GENESIS, Draft, Entry, Head, entry_of
from assay.ledger.keys import PUBLICATION, Signer
from assay.ledger.store import journal, vault

_TAIL = (
    sa.select(journal.c.seq, journal.c.digest, journal.c.recorded_at)
    .order_by(journal.c.seq.desc())
    .limit(1)
)
_VAULT = re.compile('"(vault:[0-9a-f]{64})"')
_EVIDENCE = re.compile('"evidence":"(sha256:[0-9a-f]{64})"')


def stored_entry(row: Any) -> Entry:
    """The entry of a journal row; a row that does not match its hashes is a broken promise."""
    content = row["content"].encode()
    entry = entry_of(row["seq"], row["previous"], row["salt"], content)
    same = (entry.commitment, entry.digest, entry.kind, entry.recorded_at)
    if same != (row["commitment"], row["digest"], row["kind"], row["recorded_at"]):
        raise BrokenPromise(
            Finding(
                "journal.changed",
                Severity.ERROR,
                f"entry {row['seq']}",
                "the stored row does not match its hash: run assay ledger check, restore",
            )
        )
    return entry


def row_of(entry: Entry, content: str) -> dict[str, Any]:
    """The journal row of an entry with this content (`Entry.content` as text)."""
    return {
        "seq": entry.seq,
        "previous": entry.previous,
        "commitment": entry.commitment,
        "digest": entry.digest,
        "salt": entry.salt,
        "content": content,
        "kind": entry.kind,
        "recorded_at": entry.recorded_at,
    }


def tail_of(connection: Connection) -> tuple[Head, datetime | None]:
    """The last entry's number, digest and recorded time."""
    row = connection.execute(_TAIL).first()
    return (Head(row.seq, row.digest), row.recorded_at) if row else (Head(0, GENESIS), None)


def home_digest(connection: Connection) -> str:
    """The digest of entry 1, which every signed act names as its home."""
    query = sa.select(journal.c.digest).where(journal.c.seq == 1)
    return str(connection.execute(query).scalar_one())


def holds(connection: Connection, entry: Entry) -> bool:
    """Whether exactly this entry is in the journal."""
    query = sa.select(journal.c.digest).where(journal.c.seq == entry.seq)
    return bool(connection.execute(query).scalar_one_or_none() == entry.digest)


def must_be_signed(kind: str) -> bool:
    """Acts on prices are signed by everybody who has a key."""
    return kind.startswith("price.")


def check_signer(connection: Connection, signer: Signer | None, drafts: Sequence[Draft]) -> None:
    """Refuse a signature that the journal could not check later, or one that is missing."""
    if signer is None:
        for actor in {draft.actor for draft in drafts if must_be_signed(draft.kind)}:
            if active_key(connection, actor) is not None:
                raise refused(
                    "key.unsigned",
                    f"{', '.join(draft.kind for draft in drafts)} by {actor}",
                    f"{actor} has a key: acts on prices must be signed with it",
                )
        return
    purpose = "publication" if signer.person == PUBLICATION else "acts"
    known = key_of(connection, signer.key)
    wanted = {"person": signer.person, "purpose": purpose, "retired_seq": None}
    if known is None or {each: known[each] for each in wanted} != wanted:
        raise refused(
            "key.unknown",
            f"key {signer.key} of {signer.person}",
            "the journal knows no such active key of this person: register it first",
        )
    for draft in drafts:
        if draft.actor != signer.person:
            raise refused(
                "key.actor",
                f"{draft.kind} by {draft.actor}",
                f"{signer.person} can sign only his own acts",
            )


def check_references(connection: Connection, content: str) -> None:
    """Refuse an entry that names a personal record which is not in the vault."""
    for reference in vault_references(content):
        query = sa.select(vault.c.reference).where(vault.c.reference == reference)
        if connection.execute(query).first() is None:
            raise refused("vault.unknown", reference, "remember the record first")


def vault_references(content: str) -> set[str]:
    """The references of personal records that stand as a whole text in canonical JSON."""
    return set(_VAULT.findall(content)) if "vault:" in content else set()


def evidence_references(content: str) -> set[str]:
    """The references of evidence in canonical JSON: every field of the name ``evidence``."""
    return set(_EVIDENCE.findall(content)) if '"evidence"' in content else set()
