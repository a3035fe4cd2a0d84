"""Health: whether this home can take the next act, durably, and nobody tampered plainly.

Quick (no fold, no hashing of the whole); `check` is the thorough one. Changes nothing.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import instant_text
from assay.ledger.book.home import heads
from assay.ledger.heads import kept_heads, missing, signed_heads
from assay.ledger.journal import tail_of
from assay.ledger.ledger import CLOCK_STUMBLE, Ledger
from assay.ledger.store import book_is_current

State = Literal["fine", "warning", "error"]
#: Less free space than this is a warning (bytes).
LEAST_FREE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Health:
    """One aspect: its name, its state, and what it says for people."""

    name: str
    state: State
    says: str


@dataclass(frozen=True, slots=True)
class HealthReport:
    """All aspects."""

    aspects: tuple[Health, ...]

    @property
    def ok(self) -> bool:
        """Whether the home can take the next act."""
        return not any(each.state == "error" for each in self.aspects)

    def document(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        rows = [{"name": a.name, "state": a.state, "says": a.says} for a in self.aspects]
        return {"ok": self.ok, "aspects": rows}


def health(ledger: Ledger) -> HealthReport:
    """Look at store, durability, triggers, book, clock, head, evidence, permissions, space."""
    aspects: list[Health] = []
    try:
        with ledger.store.write() as connection:  # takes the writer's turn, writes nothing
            aspects.append(Health("store", "fine", f"{connection.dialect.name} takes writes"))
            looks = (_durability, _guards, _book, _clock, _head)
            aspects += [look(ledger, connection) for look in looks]
    except sa.exc.DBAPIError as problem:
        said = str(problem.orig).strip().splitlines()[0]
        aspects.append(Health("store", "error", f"does not take writes: {said}"))
    aspects += [_evidence(ledger), _permissions(ledger), _space(ledger)]
    return HealthReport(tuple(aspects))


def _durability(ledger: Ledger, connection: Connection) -> Health:
    def show(query: str) -> str:
        return str(connection.execute(sa.text(query)).scalar())

    if ledger.store.sqlite:
        said = (show("PRAGMA journal_mode"), show("PRAGMA synchronous"))
        fine = said == ("wal", "2")
        return Health("durability", _state(fine), f"journal_mode {said[0]}, synchronous {said[1]}")
    names = ("fsync", "full_page_writes", "synchronous_commit")
    shown = {name: show(f"SHOW {name}") for name in names}
    says = ", ".join(f"{name} {said}" for name, said in shown.items())
    return Health("durability", _state(set(shown.values()) == {"on"}), says)


def _state(fine: bool, otherwise: State = "error") -> State:
    return "fine" if fine else otherwise


def _guards(ledger: Ledger, connection: Connection) -> Health:
    gone = ledger.store.missing_guards(connection)
    says = f"gone or altered: {', '.join(gone)}" if gone else "entries cannot be changed"
    return Health("triggers", _state(not gone), says)


def _book(_ledger: Ledger, connection: Connection) -> Health:
    current = book_is_current(connection)
    says = "is of this version" if current else "is of another version: assay ledger rebuild"
    return Health("book", _state(current), says)


def _clock(ledger: Ledger, connection: Connection) -> Health:
    last, now = tail_of(connection)[1], ledger.clock()
    fine = last is None or now >= last - CLOCK_STUMBLE
    says = f"shows {instant_text(now)}"
    return Health("clock", _state(fine), says if fine else f"{says}, before the last entry")


def _head(ledger: Ledger, connection: Connection) -> Health:
    head, last = tail_of(connection)
    signed = connection.execute(sa.select(sa.func.max(heads.c.head_seq))).scalar()
    when = instant_text(last) if last else "never"
    says = f"entry {head.seq} of {when}; signed up to entry {signed or 0}"
    lost = missing(signed_heads(connection), kept_heads(ledger.home))
    if lost:
        says += f"; heads.jsonl lacks {len(lost)}: assay ledger check"
    return Health("head", _state(head.seq > 0 and len(lost) <= 1), says)


def _evidence(ledger: Ledger) -> Health:
    folder = ledger.evidence.folder
    fine = (folder / "secret").is_file() and os.access(folder, os.W_OK | os.X_OK)
    return Health("evidence", _state(fine), "takes files" if fine else f"{folder} is not writable")


def _permissions(ledger: Ledger) -> Health:
    if not ledger.home.is_dir():
        return Health("permissions", "error", f"{ledger.home} is missing")
    open_to_all = ledger.home.stat().st_mode & 0o077
    says = "only the owner may look" if not open_to_all else "others may look: chmod 700"
    return Health("permissions", _state(not open_to_all, "warning"), says)


def _space(ledger: Ledger) -> Health:
    free = shutil.disk_usage(ledger.home if ledger.home.is_dir() else "/").free
    return Health("space", _state(free >= LEAST_FREE, "warning"), f"{free // 1_000_000} MB free")
