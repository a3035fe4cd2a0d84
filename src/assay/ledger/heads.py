"""Signed heads: the publication key says where the journal ended, so no end can be cut off.

A signed head is an entry like any other, and a line in ``heads.jsonl`` beside the
store: a rewritten or shortened journal no longer agrees with the lines that were kept,
here or by anybody outside. Private keys are given, never looked for.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import instant_text, refused
from assay.ledger.book.home import active_key, agency_of, heads
from assay.ledger.entry import SYSTEM, Draft, Entry, head_bytes
from assay.ledger.keys import PUBLICATION, Signer
from assay.ledger.ledger import Ledger

FILE_NAME = "heads.jsonl"


def sign_head(ledger: Ledger, signer: Signer) -> Entry:
    """Sign the present head with the publication key and record it (``head.signed/1``).

    The line in the heads file follows the entry: a crash between the two costs the line
    only, and the next signing puts it back. Refused when the journal knows another active
    publication key.
    """
    _made_whole(ledger)
    head = ledger.head()
    with ledger.read() as connection:
        agency = agency_of(connection)
        known = active_key(connection, PUBLICATION, "publication")
    if known is None or known["key"] != signer.key:
        raise refused(
            "key.unknown",
            f"publication key {signer.key}",
            "the journal knows no such active publication key: register or rotate it first",
        )
    body = {
        "seq": head.seq,
        "digest": head.digest,
        "signed_at": instant_text(ledger.clock()),
        "key": signer.key,
        "signature": signer.sign(head_bytes(agency, head)),
    }
    (entry,) = ledger.append([Draft("head.signed/1", SYSTEM, body)])
    ledger.checkpoint("head.recorded")
    keep_head(ledger.home, {"agency": agency, **body})
    return entry


def register_publication_key(ledger: Ledger, signer: Signer, actor: str = SYSTEM) -> Entry:
    """Record the first publication key; later ones come by `rotate_publication_key`."""
    with ledger.read() as connection:
        if active_key(connection, PUBLICATION, "publication") is not None:
            raise refused("key.exists", PUBLICATION, "there is one: rotate it")
    (entry,) = ledger.append([Draft("key.registered/1", actor, _registration(signer))])
    return entry


def rotate_publication_key(
    ledger: Ledger, old: Signer, new: Signer, reason: str
) -> tuple[Entry, Entry]:
    """Hand over from `old` to `new`, both acts signed by `old`, in one transaction."""
    drafts = [
        Draft("key.registered/1", PUBLICATION, _registration(new)),
        Draft(
            "key.retired/1",
            PUBLICATION,
            {"key": old.key, "reason": reason, "successor": new.key},
        ),
    ]
    registered, retired = ledger.append(drafts, signer=old)
    return registered, retired


def _registration(signer: Signer) -> dict[str, Any]:
    return {
        "key": signer.key,
        "person": PUBLICATION,
        "public": signer.public,
        "purpose": "publication",
    }


def keep_head(home: Path, statement: dict[str, Any]) -> None:
    """Append one signed head to the heads file, durably."""
    line = json.dumps(statement, sort_keys=True, ensure_ascii=False) + "\n"
    path = home / FILE_NAME
    there = path.read_bytes() if path.is_file() else b""
    torn = bool(there) and not there.endswith(b"\n")
    with path.open("ab") as file:
        file.write(b"\n" * torn + line.encode())
        file.flush()
        os.fsync(file.fileno())


def _made_whole(ledger: Ledger) -> None:
    """The file is there before the first head; the line that a crash cost follows now."""
    with ledger.read() as connection:
        signed = signed_heads(connection)
        agency = agency_of(connection) if signed else ""
    path = ledger.home / FILE_NAME
    if not signed:
        path.touch()
        return
    lost = missing(signed, kept_heads(ledger.home))
    if path.is_file() and lost == signed[-1:]:
        keep_head(ledger.home, _line(agency, lost[0]))


def signed_heads(connection: Connection) -> list[dict[str, Any]]:
    """Every signed head that the journal records, in order."""
    return [
        dict(row) for row in connection.execute(sa.select(heads).order_by(heads.c.seq)).mappings()
    ]


def missing(
    signed: Sequence[Mapping[str, Any]], kept: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The signed heads of the journal (rows of `heads`) that no kept line says."""
    lines = {(each.get("seq"), each.get("digest")) for each in kept}
    return [dict(each) for each in signed if (each["head_seq"], each["digest"]) not in lines]


def write_back(ledger: Ledger) -> list[Entry]:
    """Write the lines that are missing from the heads file again, and record that it was done.

    What the journal itself says proves nothing about an end that was cut off: compare with
    heads kept elsewhere first.
    """
    with ledger.read() as connection:
        lost = missing(signed_heads(connection), kept_heads(ledger.home))
        agency = agency_of(connection)
    if not lost:
        return []
    body = {
        "code": "heads.written_back", "severity": "warning",
        "where": f"{FILE_NAME}, signed heads {', '.join(str(each['head_seq']) for each in lost)}",
        "what_to_do": "written again from the journal: compare with heads kept elsewhere",
    }  # fmt: skip
    entries = ledger.append([Draft("finding.raised/1", SYSTEM, body)])
    for each in lost:
        keep_head(ledger.home, _line(agency, each))
    return entries


def _line(agency: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "agency": agency, "seq": row["head_seq"], "digest": row["digest"],
        "signed_at": row["signed_at"], "key": row["key"],
        "signature": row["signature"],
    }  # fmt: skip


def kept_heads(home: Path) -> Iterator[dict[str, Any]]:
    """The signed heads kept beside the store; a torn last line is left out."""
    path = home / FILE_NAME
    if not path.is_file():
        return
    for line in path.read_text("utf-8", "replace").splitlines():
        try:
            statement = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(statement, dict):
            yield statement
