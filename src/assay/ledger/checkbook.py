"""Comparing two books row by row, wherever they lie. Changes neither."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import Finding, Severity
from assay.ledger.store import BOOK_TABLES

#: No more findings a table than a person reads.
MOST = 20
_REBUILD = "the book differs from the journal: assay ledger rebuild, and find out who wrote"


def compare_books(stored: Connection, folded: Connection) -> Iterator[Finding]:
    """A finding for each row of the stored book that the journal does not explain."""
    there = set(sa.inspect(stored).get_table_names())
    for table in BOOK_TABLES.sorted_tables:
        if table.name not in there:
            yield Finding("book.table_missing", Severity.ERROR, f"table {table.name}", _REBUILD)
            continue
        yield from islice(_differences(table, stored, folded), MOST)


def _differences(table: sa.Table, stored: Connection, folded: Connection) -> Iterator[Finding]:
    for key, left, right in paired(rows_of(stored, table), rows_of(folded, table), table):
        where = f"{table.name} {', '.join(str(part) for part in key)}"
        if right is None:
            yield Finding("book.row_added", Severity.ERROR, where, f"no entry made it: {_REBUILD}")
        elif left is None:
            yield Finding("book.row_missing", Severity.ERROR, where, _REBUILD)
        elif left != right:
            columns = ", ".join(name for name in left if left[name] != right[name])
            where = f"{where}: {columns}"
            yield Finding("book.row_changed", Severity.ERROR, where, _REBUILD)


Row = dict[str, Any]
Key = tuple[Any, ...]


def rows_of(connection: Connection, table: sa.Table) -> Iterator[Row]:
    """All rows by primary key, text in byte order on both stores."""
    postgres = connection.dialect.name == "postgresql"
    order = [
        sa.collate(column, "C") if postgres and isinstance(column.type, sa.Text) else column
        for column in table.primary_key.columns
    ]
    query = sa.select(table).order_by(*order).execution_options(yield_per=500)
    for row in connection.execute(query).mappings():
        yield dict(row)


def paired(
    lefts: Iterator[Row], rights: Iterator[Row], table: sa.Table
) -> Iterator[tuple[Key, Row | None, Row | None]]:
    """Rows of the same key side by side, None where one side has no such row."""
    names = [column.name for column in table.primary_key.columns]

    def key_of(row: Row) -> Key:
        return tuple(row[name] for name in names)

    left, right = next(lefts, None), next(rights, None)
    while left is not None or right is not None:
        if right is None or (left is not None and key_of(left) < key_of(right)):
            assert left is not None
            yield key_of(left), left, None
            left = next(lefts, None)
        elif left is None or key_of(right) < key_of(left):
            yield key_of(right), None, right
            right = next(rights, None)
        else:
            yield key_of(left), left, right
            left, right = next(lefts, None), next(rights, None)
