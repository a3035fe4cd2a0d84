"""The ledger: the only writer. Appends acts, folds the book, keeps evidence and vault.

`append` is one transaction: journal rows and book rows are there together or not at
all, and what it returned is on disk. Never changes or deletes an entry.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay import __version__
from assay.core import BrokenPromise, Finding, Severity, canonical_bytes, refused, utc
from assay.ledger.apart import check_apart
from assay.ledger.book import fold_entry
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
from assay.ledger.evidence import EvidenceStore, sync_folder
from assay.ledger.floor import check_floor
from assay.ledger.folding import refold
from assay.ledger.journal import (
    check_references,
    check_signer,
    holds,
    home_digest,
    row_of,
    stored_entry,
    tail_of,
)
from assay.ledger.keys import Signer
from assay.ledger.kinds import body_of
from assay.ledger.log import logger
from assay.ledger.store import Store, book_is_current, journal, make_book, sqlite_url, vault
from assay.ledger.surely import PATIENCE, in_words, surely

if TYPE_CHECKING:
    from assay.ledger.check import CheckReport

_LOG = logger("ledger")
Clock = Callable[[], datetime]
Guard = Callable[[Connection], None]

#: A clock may stumble by this much (several writers); more is refused.
CLOCK_STUMBLE = timedelta(seconds=2)
_SALT_BYTES = 16
_INSERT = journal.insert()


def _nothing(_step: str) -> None:
    return None


class Ledger:
    """An open home: journal, book, evidence, vault.

    `clock` gives the recorded time (aware); `checkpoint` is called at every step of a
    write, so that tests can fail there; `entropy` gives salts; `patience` is how many
    seconds to wait for a server that went away.
    """

    def __init__(
        self,
        home: Path,
        clock: Clock,
        *,
        store_url: str | None = None,
        checkpoint: Callable[[str], None] = _nothing,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
        patience: float = PATIENCE,
    ) -> None:
        """Wire the parts; use `create` or `open`."""
        self.patience = patience
        self._home: str | None = None
        self.home = home
        self.clock = clock
        self.store = Store(store_url or sqlite_url(home / "journal.sqlite"))
        self.evidence = EvidenceStore(home / "evidence", checkpoint=checkpoint)
        self.checkpoint = checkpoint
        self._entropy = entropy

    @classmethod
    def create(
        cls, home: Path, clock: Clock, *, agency: str, simulated: bool = False, **wiring: Any
    ) -> Ledger:
        """A new home; its first entry says for ever whether its clock is simulated."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        ledger = cls(home, clock, **wiring)
        try:
            with in_words():
                ledger._found(agency, simulated=simulated)
        except BaseException:
            ledger.close()
            raise
        return ledger

    def _found(self, agency: str, *, simulated: bool) -> None:
        self.store.create()
        self.evidence.prepare(self._entropy(32))
        sync_folder(self.home)
        sync_folder(self.home.parent)
        if self.head().seq:
            raise refused("home.exists", str(self.home), "open it, or choose another ASSAY_HOME")
        body = {
            "agency": agency,
            "clock": "simulated" if simulated else "live",
            "software": f"assay {__version__}",
        }
        self.append([Draft("home.opened/1", SYSTEM, body)])

    @classmethod
    def open(
        cls, home: Path, clock: Clock, *, simulated: bool | None = None, **wiring: Any
    ) -> Ledger:
        """An existing home. A live home refuses a simulated clock, and the other way round.

        `simulated` defaults to what the clock says of itself (`SimulatedClock`). A book
        made by another version of the program is folded anew.
        """
        if not wiring.get("store_url") and not (home / "journal.sqlite").is_file():
            raise refused("home.missing", str(home), "create one: assay home create (or make demo)")
        ledger = cls(home, clock, **wiring)
        if simulated is None:
            simulated = bool(getattr(clock, "simulated", False))
        try:
            with in_words():
                ledger._check_home(simulated=simulated)
                ledger._recover()
        except BaseException:
            ledger.close()
            raise
        return ledger

    def _check_home(self, *, simulated: bool) -> None:
        first = self._first()
        if first is None:
            raise refused("home.empty", str(self.home), "create it first: assay home create")
        if (first.body["clock"] == "simulated") != simulated:
            raise refused(
                "home.clock",
                str(self.home),
                f"this home runs on a {first.body['clock']} clock and keeps it for ever",
            )
        with self.read() as connection:
            current = book_is_current(connection)
        if not current:
            self.rebuild()

    def _recover(self) -> None:
        """Finish what a crash left undone outside the store: recovery is start-up."""
        from assay.ledger.retention import finish_forgetting

        finish_forgetting(self)
        self.evidence.tidy()

    def _first(self) -> Entry | None:
        if not self.store.exists():
            return None
        with self.read() as connection:
            query = sa.select(journal).where(journal.c.seq == 1)
            row = connection.execute(query).mappings().first()
        return stored_entry(row) if row else None

    def rebuild(self) -> int:
        """Throw the book away and fold the journal into a new one; gives the entries folded."""
        with self.store.write() as connection:
            make_book(connection)
            self.checkpoint("book.emptied")
            count = refold(connection, connection)
            self.checkpoint("book.refolded")
            return count

    def append(
        self, drafts: Sequence[Draft], *, signer: Signer | None = None, guard: Guard | None = None
    ) -> list[Entry]:
        """Record acts in one transaction and fold them; durable when this returns.

        `guard` runs inside the transaction, before anything is written, and may refuse.
        A `signer` must be the actor of every draft, with a key that the journal knows.
        Should the server die meanwhile, the journal is looked at before anything is
        repeated; `StoreUnreachable` when it does not come back.
        """
        if self.store.sqlite:
            return self._append(drafts, signer, guard, [])
        return surely(
            lambda noted: self._append(drafts, signer, guard, noted),
            lambda noted: self._holds(noted[-1]),
            self.patience,
        )

    def _append(
        self,
        drafts: Sequence[Draft],
        signer: Signer | None,
        guard: Guard | None,
        noted: list[Entry],
    ) -> list[Entry]:
        with self.store.write() as connection:
            self.checkpoint("journal.begun")
            if guard is not None:
                guard(connection)
            check_signer(connection, signer, drafts)
            head, last = tail_of(connection)
            if signer is not None and self._home is None:
                self._home = home_digest(connection)
            home = self._home or GENESIS
            for draft in drafts:
                recorded_at = self._now(last)
                entry, content = self._entry(draft, head, recorded_at, signer, home)
                check_references(connection, content)
                check_floor(connection, entry.kind, entry.body, recorded_at)
                check_apart(connection, entry.kind, entry.actor, entry.body, recorded_at)
                connection.execute(_INSERT, row_of(entry, content))
                self.checkpoint("journal.inserted")
                _fold(connection, entry)
                self.checkpoint("book.folded")
                head, last = Head(entry.seq, entry.digest), recorded_at
                noted.append(entry)
            self.checkpoint("journal.committing")
        self.checkpoint("journal.committed")
        _LOG.debug("journal.appended", seq=head.seq, kinds=[each.kind for each in noted])
        return list(noted)

    def _holds(self, entry: Entry) -> bool:
        """Whether `entry` is recorded; waits for the end of a transaction under way."""
        with self.store.write() as connection:
            return holds(connection, entry)

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
    ) -> tuple[Entry, str]:
        kind, actor, body = draft.kind, draft.actor, body_of(draft.kind, draft.body)
        key = signer.key if signer else None
        signature = signer.sign(act_bytes(home, kind, actor, body, key)) if signer else None
        content = content_bytes(kind, actor, recorded_at, body, key, signature)
        salt = self._entropy(_SALT_BYTES).hex()
        return entry_of(head.seq + 1, head.digest, salt, content), content.decode()

    def head(self) -> Head:
        """The last entry's number and digest (0 and GENESIS when there is none)."""
        with self.read() as connection:
            return tail_of(connection)[0]

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
        with self.read() as connection:
            for row in connection.execute(query.execution_options(yield_per=500)).mappings():
                yield stored_entry(row)

    def entry(self, seq: int) -> Entry:
        """The entry at this place; refused when there is none."""
        with self.read() as connection:
            query = sa.select(journal).where(journal.c.seq == seq)
            row = connection.execute(query).mappings().first()
        if row is None:
            raise refused("entry.missing", f"entry {seq}", "the journal does not reach that far")
        return stored_entry(row)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of the book for queries; `StoreUnreachable` when the server is gone."""
        with in_words(), self.store.read() as connection:
            yield connection

    def remember(self, record: dict[str, Any]) -> str:
        """Put a personal record into the vault; gives its salted reference."""
        whole = self._entropy(_SALT_BYTES) + canonical_bytes(record)
        reference = "vault:" + hashlib.sha256(whole).hexdigest()
        row = {"reference": reference, "record": whole, "kept_since": utc(self.clock())}
        (kept,) = surely(
            lambda noted: self._remember(row, noted),
            lambda noted: self._remembers(noted[0]),
            self.patience,
        )
        return kept

    def _remember(self, row: dict[str, Any], noted: list[str]) -> list[str]:
        with self.store.write() as connection:
            connection.execute(vault.insert(), row)
            noted.append(row["reference"])
            self.checkpoint("vault.committing")
        self.checkpoint("vault.committed")
        return list(noted)

    def _remembers(self, reference: str) -> bool:
        with self.store.write() as connection:
            query = sa.select(vault.c.reference).where(vault.c.reference == reference)
            return connection.execute(query).scalar_one_or_none() is not None

    def recall(self, reference: str) -> dict[str, Any] | None:
        """The personal record, or None where it was forgotten."""
        with self.read() as connection:
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

    def check(self) -> CheckReport:
        """Verify everything that is kept and compare the book (see `assay.ledger.check`)."""
        from assay.ledger.check import check

        return check(self)

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()


def _fold(connection: Connection, entry: Entry) -> None:
    """Fold; content that the book cannot take is refused in words, not in the database's."""
    where = f"{entry.kind} by {entry.actor}"
    try:
        fold_entry(connection, entry)
    except sa.exc.IntegrityError as problem:
        raise refused(
            "entry.conflict", where, "the book already has one with this name, day or revision"
        ) from problem
    except sa.exc.StatementError as problem:
        if isinstance(problem, sa.exc.DBAPIError) and not isinstance(problem, sa.exc.DataError):
            raise
        raise refused("entry.content", where, str(problem.orig)) from problem
    except (ValueError, ArithmeticError) as problem:
        raise refused("entry.content", where, str(problem)) from problem
