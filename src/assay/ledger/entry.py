"""What one line of the journal is, and how it is bound to the line before it.

An entry is hashed in two steps, so that it can be kept secret without breaking the
chain. The *content* (kind, actor, recorded time, body, signature) is committed to
with a random salt; the *link* binds sequence number, previous digest and commitment::

    act        = canonical {home, kind, actor, body, key}      (what a person signs)
    content    = canonical {kind, actor, recorded_at, body, key, signature of act}
    commitment = sha256(salt || content)
    digest     = sha256(canonical {seq, previous, commitment})

Whoever holds the content and the salt can check everything; whoever holds only the
commitment can still check the chain, and learns nothing. `docs/reference/journal.md`
is the specification that the independent verifier was written from.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assay.core import canonical_bytes, digest, instant_text, parse_instant

#: What the first entry names as its predecessor.
GENESIS = "sha256:" + "0" * 64

#: The actor of entries that no person made: the day's own clockwork.
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Draft:
    """An act about to be recorded: `kind` (``noun.verbed/version``), `actor`, plain `body`."""

    kind: str
    actor: str
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the journal: the last sequence number and its digest."""

    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded act, with everything needed to check its place in the chain."""

    seq: int
    previous: str
    commitment: str
    digest: str
    salt: str
    kind: str
    actor: str
    recorded_at: datetime
    body: dict[str, Any]
    key: str | None = None
    signature: str | None = None

    def content(self) -> bytes:
        """The committed bytes."""
        return content_bytes(
            self.kind, self.actor, self.recorded_at, self.body, self.key, self.signature
        )


def act_bytes(home: str, kind: str, actor: str, body: dict[str, Any], key: str | None) -> bytes:
    """What a person signs: the act itself, before the journal gives it time and place.

    `home` is the digest of entry 1, so that an act of a demo is worth nothing elsewhere.
    """
    act = {"home": home, "kind": kind, "actor": actor, "body": body, "key": key}
    return canonical_bytes(act)


def head_bytes(agency: str, head: Head) -> bytes:
    """What the publication key signs: this agency's journal ended here."""
    return canonical_bytes({"agency": agency, "seq": head.seq, "digest": head.digest})


def content_bytes(
    kind: str,
    actor: str,
    recorded_at: datetime,
    body: dict[str, Any],
    key: str | None,
    signature: str | None,
) -> bytes:
    """The canonical content of an entry."""
    return canonical_bytes(
        {
            "kind": kind,
            "actor": actor,
            "recorded_at": instant_text(recorded_at),
            "body": body,
            "key": key,
            "signature": signature,
        }
    )


def commitment_of(salt: str, content: bytes) -> str:
    """The salted commitment to `content`; `salt` is hexadecimal text."""
    return "sha256:" + hashlib.sha256(bytes.fromhex(salt) + content).hexdigest()


def link_digest(seq: int, previous: str, commitment: str) -> str:
    """The digest that the next entry will name as its predecessor."""
    return digest({"seq": seq, "previous": previous, "commitment": commitment})


def entry_of(seq: int, previous: str, salt: str, content: bytes) -> Entry:
    """The entry with this content at this place, hashes computed from it."""
    parts = json.loads(content)
    commitment = commitment_of(salt, content)
    return Entry(
        seq=seq,
        previous=previous,
        commitment=commitment,
        digest=link_digest(seq, previous, commitment),
        salt=salt,
        kind=parts["kind"],
        actor=parts["actor"],
        recorded_at=parse_instant(parts["recorded_at"]),
        body=parts["body"],
        key=parts["key"],
        signature=parts["signature"],
    )
