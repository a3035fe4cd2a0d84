"""Moving a home between stores: everything is copied, then both sides are compared.

The journal goes over row by row as it is (same salts, same digests); the book is folded
anew on the other side. Ends in one transaction, so that a crash leaves the target empty
and the same command can be given again. Never writes the source.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import Finding, Severity, refused
from assay.ledger.checkbook import compare_books, paired, rows_of
from assay.ledger.clock import FILE_NAME as CLOCK_FILE
from assay.ledger.evidence import EvidenceStore
from assay.ledger.folding import refold
from assay.ledger.heads import FILE_NAME as HEADS_FILE
from assay.ledger.journal import tail_of
from assay.ledger.ledger import Ledger
from assay.ledger.store import Store, journal, make_book, vault

BATCH = 500


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What was copied, and whether both sides are equal (`findings` name differences)."""

    entries: int
    records: int
    evidence_files: int
    findings: tuple[Finding, ...]

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not self.findings

    def document(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        return {
            "equal": self.equal,
            "entries": self.entries,
            "records": self.records,
            "evidence_files": self.evidence_files,
            "findings": [each.document() for each in self.findings],
        }


def place_of(text: str, home: Path) -> tuple[Path, str | None]:
    """What FROM or TO of ``assay ledger copy`` means: a home folder, or a store address.

    An address (``postgresql://...``) is the other store of `home`: evidence stays there.
    """
    return (home, text) if "://" in text else (Path(text), None)


def copy(source: Ledger, home: Path, store_url: str | None = None) -> CopyReport:
    """Copy `source` into an empty `home` (and store) and prove that both are equal."""
    target = Ledger(home, source.clock, store_url=store_url)
    try:
        _refuse_same(source, target)
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.store.create()
        with target.store.read() as connection:
            if tail_of(connection)[0].seq:
                raise refused("home.exists", str(home), "copy only into an empty home and store")
        with source.read() as snapshot:
            copy_files(source, home)
            _copy_rows(snapshot, target.store)
            with target.read() as copied:
                return _compare(snapshot, copied, source, target)
    finally:
        target.close()


def _refuse_same(source: Ledger, target: Ledger) -> None:
    if source.store.url == target.store.url:
        raise refused("home.same", str(target.home), "FROM and TO are the same store")


def copy_files(source: Ledger, home: Path) -> None:
    """Evidence, signed heads and the simulated clock; what is there already is kept."""
    if home.resolve() == source.home.resolve():
        return
    evidence = EvidenceStore(home / "evidence")
    evidence.prepare((source.evidence.folder / "secret").read_bytes())
    for name in source.evidence.names():
        evidence.put_whole(name, source.evidence.whole(name))
    for name in (HEADS_FILE, CLOCK_FILE):
        if (source.home / name).is_file():
            shutil.copyfile(source.home / name, home / name)


def _copy_rows(snapshot: Connection, store: Store) -> None:
    with store.write() as connection:
        for table in (journal, vault):
            for rows in _batches(snapshot, table):
                connection.execute(table.insert(), rows)
        make_book(connection)
        refold(connection, connection)


def _batches(connection: Connection, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    query = sa.select(table).order_by(*table.primary_key.columns)
    result = connection.execute(query.execution_options(yield_per=BATCH))
    for rows in result.mappings().partitions(BATCH):
        yield [dict(row) for row in rows]


def _compare(left: Connection, right: Connection, source: Ledger, target: Ledger) -> CopyReport:
    findings: list[Finding] = []
    counts = {}
    for table in (journal, vault):
        count = 0
        for key, here, there in paired(rows_of(left, table), rows_of(right, table), table):
            count += 1
            if here != there:
                findings.append(_differs(f"{table.name} {key[0]}"))
        counts[table.name] = count
    findings += compare_books(right, left)
    ours, theirs = set(source.evidence.names()), set(target.evidence.names())
    for name in sorted(ours | theirs):
        both = name in ours and name in theirs
        if not both or source.evidence.whole(name) != target.evidence.whole(name):
            findings.append(_differs(f"evidence {name}"))
    return CopyReport(counts["journal"], counts["vault"], len(theirs), tuple(findings))


def _differs(where: str) -> Finding:
    return Finding("copy.differs", Severity.ERROR, where, "do not use the copy: copy again")
