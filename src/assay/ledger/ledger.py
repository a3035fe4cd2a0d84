"""The ledger: the only writer. Appends acts, folds the book, keeps evidence and vault.

`append` is one transaction: journal rows and book rows are there together or not at
all, and what it returned is on disk. Never changes or deletes an entry.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay import __version__
from assay.core import BrokenPromise, Finding, Severity, canonical_bytes, refused, utc
from assay.ledger.book import fold_entry
from assay.ledger.book.home import active_key
from assay.ledger.entry import (
    GENESIS,
    SYSTEM,
    Draft,
    Entry,
    Head,
    act_bytes,
    content_bytes,
    entry_of,
)  # fmt: skip
from assay.ledger.evidence import EvidenceStore
from assay.ledger.keys import PUBLICATION, Signer
from assay.ledger.kinds import body_of
from assay.ledger.store import Store, journal, sqlite_url, vault

Clock = Callable[[], datetime]
Guard = Callable[[Connection], None]

#: A clock may stumble by this much (several writers); more is refused.
CLOCK_STUMBLE = timedelta(seconds=2)
_SALT_BYTES = 16


def _nothing(_step: str) -> None:
    return None


class Ledger:
    """An open home: journal, book, evidence, vault.

    `clock` gives the recorded time (aware); `checkpoint` is called at every step of a
    write, so that tests can fail there; `entropy` gives salts.
    """

    def __init__(
        self,
        home: Path,
        clock: Clock,
        *,
        store_url: str | None = None,
        checkpoint: Callable[[str], None] = _nothing,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Wire the parts; use `create` or `open`."""
        self.home = home
        self.clock = clock
        self.store = Store(store_url or sqlite_url(home / "journal.sqlite"))
        self.evidence = EvidenceStore(home / "evidence", checkpoint=checkpoint)
        self._checkpoint = checkpoint
        self._entropy = entropy

    @classmethod
    def create(
        cls, home: Path, clock: Clock, *, agency: str, simulated: bool = False, **wiring: Any
    ) -> Ledger:
        """A new home; its first entry says for ever whether its clock is simulated."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        ledger = cls(home, clock, **wiring)
        ledger.store.create()
        ledger.evidence.prepare(ledger._entropy(32))
        if ledger.head().seq:
            raise refused("home.exists", str(home), "open it, or choose another ASSAY_HOME")
        body = {
            "agency": agency,
            "clock": "simulated" if simulated else "live",
            "software": f"assay {__version__}",
        }
        ledger.append([Draft("home.opened/1", SYSTEM, body)])
        return ledger

    @classmethod
    def open(cls, home: Path, clock: Clock, *, simulated: bool = False, **wiring: Any) -> Ledger:
        """An existing home. A live home refuses a simulated clock, and the other way round."""
        if not wiring.get("store_url") and not (home / "journal.sqlite").is_file():
            raise refused("home.missing", str(home), "create one: assay home create (or make demo)")
        ledger = cls(home, clock, **wiring)
        ledger.store.create()
        first = next(ledger.entries(), None)
        if first is None:
            raise refused("home.empty", str(home), "create it first: assay home create")
        if (first.body["clock"] == "simulated") != simulated:
            raise refused(
                "home.clock",
                str(home),
                f"this home runs on a {first.body['clock']} clock and keeps it for ever",
            )
        return ledger

    def append(
        self, drafts: Sequence[Draft], *, signer: Signer | None = None, guard: Guard | None = None
    ) -> list[Entry]:
        """Record acts in one transaction and fold them; durable when this returns.

        `guard` runs inside the transaction, before anything is written, and may refuse.
        A `signer` must be the actor of every draft, with a key that the journal knows.
        """
        with self.store.write() as connection:
            self._checkpoint("journal.begun")
            if guard is not None:
                guard(connection)
            if signer is not None:
                _check_signer(connection, signer, drafts)
            entries = []
            head, last = _tail(connection)
            home = home_digest(connection) if signer is not None else GENESIS
            for draft in drafts:
                recorded_at = self._now(last)
                entry = self._entry(draft, head, recorded_at, signer, home)
                connection.execute(journal.insert(), _row(entry))
                self._checkpoint("journal.inserted")
                fold_entry(connection, entry)
                self._checkpoint("book.folded")
                head, last = Head(entry.seq, entry.digest), recorded_at
                entries.append(entry)
            self._checkpoint("journal.committing")
        self._checkpoint("journal.committed")
        return entries

    def _now(self, last: datetime | None) -> datetime:
        now = utc(self.clock())
        if last is None or now >= last:
            return now
        if last - now > CLOCK_STUMBLE:
            raise refused(
                "clock.backwards",
                f"clock says {now.isoformat()}, last entry {last.isoformat()}",
                "set the clock right; recorded time never runs backwards",
            )
        return last

    def _entry(
        self, draft: Draft, head: Head, recorded_at: datetime, signer: Signer | None, home: str
    ) -> Entry:
        kind, actor, body = draft.kind, draft.actor, body_of(draft.kind, draft.body)
        key = signer.key if signer else None
        signature = signer.sign(act_bytes(home, kind, actor, body, key)) if signer else None
        content = content_bytes(kind, actor, recorded_at, body, key, signature)
        return entry_of(head.seq + 1, head.digest, self._entropy(_SALT_BYTES).hex(), content)

    def head(self) -> Head:
        """The last entry's number and digest (0 and GENESIS when there is none)."""
        with self.store.read() as connection:
            return _tail(connection)[0]

    def entries(
        self,
        *,
        after: int = 0,
        kinds: Sequence[str] | None = None,
        until: datetime | None = None,
    ) -> Iterator[Entry]:
        """Entries in order, after a sequence number, of some kinds, recorded up to `until`."""
        query = sa.select(journal).where(journal.c.seq > after).order_by(journal.c.seq)
        if kinds is not None:
            query = query.where(journal.c.kind.in_(list(kinds)))
        if until is not None:
            query = query.where(journal.c.recorded_at <= until)
        with self.store.read() as connection:
            for row in connection.execute(query).mappings():
                yield stored_entry(row)

    def entry(self, seq: int) -> Entry:
        """The entry at this place; refused when there is none."""
        with self.store.read() as connection:
            query = sa.select(journal).where(journal.c.seq == seq)
            row = connection.execute(query).mappings().first()
        if row is None:
            raise refused("entry.missing", f"entry {seq}", "the journal does not reach that far")
        return stored_entry(row)

    def read(self) -> AbstractContextManager[Connection]:
        """A consistent view of the book for queries."""
        return self.store.read()

    def remember(self, record: dict[str, Any]) -> str:
        """Put a personal record into the vault; gives its salted reference."""
        whole = self._entropy(_SALT_BYTES) + canonical_bytes(record)
        reference = "vault:" + hashlib.sha256(whole).hexdigest()
        with self.store.write() as connection:
            connection.execute(vault.insert(), {"reference": reference, "record": whole})
        return reference

    def recall(self, reference: str) -> dict[str, Any] | None:
        """The personal record, or None where it was forgotten."""
        with self.store.read() as connection:
            query = sa.select(vault.c.record).where(vault.c.reference == reference)
            whole = connection.execute(query).scalar_one_or_none()
        if whole is None:
            return None
        if "vault:" + hashlib.sha256(whole).hexdigest() != reference:
            raise BrokenPromise(
                Finding("vault.changed", Severity.ERROR, reference, "restore it from the backup")
            )
        record: dict[str, Any] = json.loads(whole[_SALT_BYTES:])
        return record

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()


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


def _tail(connection: Connection) -> tuple[Head, datetime | None]:
    query = (
        sa.select(journal.c.seq, journal.c.digest, journal.c.recorded_at)
        .order_by(journal.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (Head(row.seq, row.digest), row.recorded_at) if row else (Head(0, GENESIS), None)


def home_digest(connection: Connection) -> str:
    """The digest of entry 1, which every signed act names as its home."""
    query = sa.select(journal.c.digest).where(journal.c.seq == 1)
    return str(connection.execute(query).scalar_one())


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "previous": entry.previous,
        "commitment": entry.commitment,
        "digest": entry.digest,
        "salt": entry.salt,
        "content": entry.content().decode(),
        "kind": entry.kind,
        "recorded_at": entry.recorded_at,
    }


def _check_signer(connection: Connection, signer: Signer, drafts: Sequence[Draft]) -> None:
    purpose = "publication" if signer.person == PUBLICATION else "acts"
    known = active_key(connection, signer.person, purpose)
    if known is None or known["key"] != signer.key:
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
