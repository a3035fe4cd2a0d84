"""The check: everything that is kept is looked at, and every difference is named.

Chain, hashes, columns, signatures, signed heads, evidence, vault, triggers; then the
book is folded anew in memory and compared row by row. Changes nothing; reads one
consistent state, so that it can run while others write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import BrokenPromise, Finding, Refused, Severity
from assay.ledger.book import fold_entry
from assay.ledger.chain import ChainCheck
from assay.ledger.checkbook import compare_books
from assay.ledger.checkstores import check_evidence, check_vault
from assay.ledger.entry import Entry, Head
from assay.ledger.folding import empty_book, refold
from assay.ledger.heads import FILE_NAME, kept_heads
from assay.ledger.ledger import Ledger
from assay.ledger.log import logger
from assay.ledger.store import book_is_current, journal

_LOG = logger("ledger")


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found and how much it looked at."""

    findings: tuple[Finding, ...]
    entries: int
    evidence_files: int
    heads: int
    book_equal: bool
    head: Head
    orphans: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong (warnings and information are allowed)."""
        return not any(each.severity is Severity.ERROR for each in self.findings)

    def document(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        return {
            "ok": self.ok,
            "entries": self.entries,
            "evidence_files": self.evidence_files,
            "orphans": self.orphans,
            "heads": self.heads,
            "book_equal": self.book_equal,
            "head": {"seq": self.head.seq, "digest": self.head.digest},
            "findings": [each.document() for each in self.findings],
        }


def check(ledger: Ledger, *, heads: Iterable[Mapping[str, Any]] = ()) -> CheckReport:
    """Verify the home; `heads` are signed heads that somebody kept elsewhere.

    A head is ``{seq, digest, key, signature}``, as in ``heads.jsonl`` of the home, which
    is always looked at.
    """
    findings: list[Finding] = []
    try:
        with ledger.read() as connection:
            return _check(ledger, connection, findings, list(heads))
    except sa.exc.DatabaseError as problem:
        said = str(problem.orig).splitlines()[0]
        way_out = f"the store cannot be read ({said}): restore it from the backup"
        findings.append(Finding("store.unreadable", Severity.ERROR, "store", way_out))
        return CheckReport(tuple(findings), 0, 0, 0, book_equal=False, head=Head(0, ""))


def _check(
    ledger: Ledger,
    connection: Connection,
    findings: list[Finding],
    heads: list[Mapping[str, Any]],
) -> CheckReport:
    findings += _check_store(ledger, connection)
    chain = ChainCheck()
    with empty_book() as book:
        folding = _Folding(book)
        query = sa.select(journal).order_by(journal.c.seq).execution_options(yield_per=500)
        for row in connection.execute(query).mappings():
            entry = chain.row(row)
            if entry is not None:
                folding.entry(entry)
        broken = bool(chain.findings)
        ours = list(kept_heads(ledger.home))
        chain.kept([*ours, *heads])
        chain.unkept(ours, there=(ledger.home / FILE_NAME).is_file())
        findings += chain.findings
        findings += folding.findings
        equal = False
        if broken or folding.findings:
            way_out = "the book was not compared: mend the journal first"
            findings.append(Finding("book.not_compared", Severity.INFO, "book", way_out))
        else:
            differences = list(compare_books(connection, book))
            findings += differences
            equal = not differences
    files, orphans = check_evidence(
        ledger.evidence, chain.evidence, chain.forgotten_evidence(), findings
    )
    check_vault(connection, chain.vault, chain.forgotten_vault(), findings)
    errors = sorted({each.code for each in findings if each.severity is Severity.ERROR})
    _LOG.info("ledger.checked", entries=chain.count, evidence_files=files, code=errors)
    return CheckReport(
        findings=tuple(findings),
        entries=chain.count,
        evidence_files=files,
        heads=chain.heads,
        book_equal=equal,
        head=chain.head,
        orphans=orphans,
    )


def _check_store(ledger: Ledger, connection: Connection) -> Iterator[Finding]:
    for name in ledger.store.missing_guards(connection):
        way_out = "this trigger is gone or altered: find out who could, restore from the backup"
        yield Finding("journal.guard_missing", Severity.ERROR, f"trigger {name}", way_out)
    if ledger.store.sqlite:
        said = list(connection.execute(sa.text("PRAGMA integrity_check")).scalars())
        if said != ["ok"]:
            where = "; ".join(str(each) for each in said[:3])
            yield Finding(
                "store.damaged", Severity.ERROR, where, "restore the store from the backup"
            )
    if not book_is_current(connection):
        way_out = "made by another version of the program: assay ledger rebuild"
        yield Finding("book.shape", Severity.ERROR, "book", way_out)


class _Folding:
    """Folds entries into a fresh book until one does not fit; then names it and stops."""

    def __init__(self, book: Connection) -> None:
        self._book = book
        self.findings: list[Finding] = []

    def entry(self, entry: Entry) -> None:
        if self.findings:
            return
        try:
            fold_entry(self._book, entry)
        except (Refused, BrokenPromise) as problem:
            self._stop(entry, f"{problem.finding.code}: {problem.finding.what_to_do}")
        except (sa.exc.DBAPIError, KeyError, ValueError) as problem:
            self._stop(entry, f"{type(problem).__name__}: its content does not fit the book")

    def _stop(self, entry: Entry, why: str) -> None:
        where = f"entry {entry.seq} ({entry.kind})"
        self.findings.append(Finding("book.fold_refused", Severity.ERROR, where, why))


def rebuild(ledger: Ledger) -> int:
    """Throw the book away and fold the journal into a new one; gives the entries folded."""
    return ledger.rebuild()


@contextmanager
def as_known_at(ledger: Ledger, instant: datetime) -> Iterator[Connection]:
    """The book as it stood at `instant` of recorded time, for the usual query functions."""
    with ledger.read() as source, empty_book() as book:
        refold(source, book, until=instant)
        yield book
