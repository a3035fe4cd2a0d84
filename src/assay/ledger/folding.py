"""Folding the journal anew: into the store's own book, or into one in memory.

A book in memory shows what was known at an instant, or what the book should say.
Never writes the journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.pool import StaticPool

from assay.ledger.book import fold_entry
from assay.ledger.entry import Entry
from assay.ledger.journal import stored_entry
from assay.ledger.store import BOOK_TABLES, journal


def recorded(connection: Connection, until: datetime | None = None) -> Iterator[Entry]:
    """Entries in order, recorded up to `until`, read within an open transaction."""
    query = sa.select(journal).order_by(journal.c.seq).execution_options(yield_per=500)
    if until is not None:
        query = query.where(journal.c.recorded_at <= until)
    for row in connection.execute(query).mappings():
        yield stored_entry(row)


def refold(source: Connection, target: Connection, until: datetime | None = None) -> int:
    """Fold the journal of `source` into the empty book of `target`; gives the count."""
    count = 0
    for count, entry in enumerate(recorded(source, until), start=1):  # noqa: B007  (the count is the answer)
        fold_entry(target, entry)
    return count


@contextmanager
def empty_book() -> Iterator[Connection]:
    """A connection to a fresh empty book in memory."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            BOOK_TABLES.create_all(connection)
            yield connection
            connection.rollback()
    finally:
        engine.dispose()
