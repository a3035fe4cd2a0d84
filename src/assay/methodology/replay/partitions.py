"""Rows in the order of their days, a bounded number at a time.

A table that is sorted by pricing date streams through. Any other is sorted outside
memory: chunks are sorted, written as runs into a temporary folder, and read back by
ranges of days. A day is never cut in two; a single day larger than the bound is one
partition. Nothing here looks at a price.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assay.methodology.replay.columns import (
    FAMILIES,
    Array,
    Columns,
    column_of,
    finest,
    joined,
)

#: Rows of one partition; about 60 bytes each in memory, some of them twice.
PARTITION_ROWS = 1 << 18
#: Rows that may be held to be sorted in memory, before runs are written.
RUN_ROWS = 1 << 20
_COUNTED = 1 << 16


class OutOfOrder(Exception):
    """A table that was streamed turned out not to be sorted by pricing date."""


def streamed(batches: Iterable[Columns], bound: int = PARTITION_ROWS) -> Iterator[Columns]:
    """Partitions of a table that is sorted by day; `OutOfOrder` as soon as it is not.

    A large batch is not copied: only the day that runs over its edge is put together.
    """
    held: list[Columns] = []
    rows, last = 0, None
    for batch in batches:
        if not len(batch):
            continue
        if (last is not None and batch.day[0] < last) or _falls(batch.day):
            raise OutOfOrder
        last = batch.day[-1]
        if held and rows + len(batch) >= bound:
            over = int(np.searchsorted(batch.day, held[-1].day[-1], "right"))
            if over == len(batch):
                held.append(batch)
                rows += len(batch)
                continue
            yield joined([*held, batch.take(slice(0, over))])
            held, rows, batch = [], 0, batch.take(slice(over, None))  # noqa: PLW2901 the rest of it
        if not held and len(batch) >= bound // 2 and batch.day[0] < last:
            cut = int(np.searchsorted(batch.day, last))
            yield batch.take(slice(0, cut))
            batch = batch.take(slice(cut, None))  # noqa: PLW2901 the day that may go on
        held.append(batch)
        rows += len(batch)
    if held:
        yield joined(held)


def _falls(day: Array) -> bool:
    return bool((day[1:] < day[:-1]).any())


def by_day(columns: Columns) -> Columns:
    """The rows sorted by day; rows of one day keep their order."""
    if not _falls(columns.day):
        return columns
    return columns.take(_order(columns.day))


def _order(day: Array) -> Array:
    """A stable order by day: by counting, where the days span less than 65,536."""
    first = int(day.min())
    if int(day.max()) - first < _COUNTED:
        return np.argsort((day - first).astype(np.uint16), kind="stable")
    return np.argsort(day, kind="stable")


def sorted_outside(batches: Iterable[Columns], bound: int = PARTITION_ROWS) -> Iterator[Columns]:
    """Partitions of a table in any order, in memory while it is small, else through runs."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="assay-replay-")))
        writer = opened.enter_context(ThreadPoolExecutor(1))
        written: list[Future[_Run]] = []
        held: list[Columns] = []
        rows = 0
        for batch in batches:
            held.append(batch)
            rows += len(batch)
            if rows >= RUN_ROWS:
                if written:
                    written[-1].result()
                written.append(writer.submit(_Run, folder / str(len(written)), held))
                held, rows = [], 0
        if not written:
            yield from streamed([by_day(joined(held))] if rows else [], bound)
            return
        if rows:
            written.append(writer.submit(_Run, folder / str(len(written)), held))
        del held
        runs = [opened.enter_context(closing(each.result())) for each in written]
        for first, last in _ranges(runs, bound):
            parts = [part for run in runs if len(part := run.between(first, last))]
            yield by_day(joined(parts))


def _ranges(runs: list[_Run], bound: int) -> Iterator[tuple[int, int]]:
    """Ranges of days [first, last) with about `bound` rows each."""
    days = np.concatenate([run.days for run in runs])
    rows = np.concatenate([run.counts for run in runs])
    listed, place = np.unique(days, return_inverse=True)
    each = np.zeros(len(listed), dtype=np.int64)
    np.add.at(each, place, rows)
    start = total = 0
    for number, more in enumerate(each):
        if total and total + more > bound:
            yield int(listed[start]), int(listed[number])
            start, total = number, 0
        total += int(more)
    yield int(listed[start]), int(listed[-1]) + 1


@dataclass(frozen=True, slots=True)
class _Stored:
    """Where a column stands in the file of a run, and how it is brought back."""

    at: int
    kind: Any
    least: int
    wide: Any


class _Run:
    """One sorted run in a file, column after column; whole numbers as narrow as they allow."""

    def __init__(self, path: Path, parts: list[Columns]) -> None:
        """Sort and write the rows of some pieces (the list is emptied: memory is needed)."""
        self._scales = finest(parts)
        self._ids = parts[0].ids is not None
        day = column_of(parts, "day")
        order = _order(day)
        self.days, self.counts = np.unique(day, return_counts=True)
        self._starts = np.concatenate([[0], np.cumsum(self.counts)])
        self._columns: dict[tuple[str, str], _Stored] = {}
        self._file = path.open("w+b")
        for family in ("day", "position", *(["ids"] if self._ids else [])):
            self._put((family, ""), column_of(parts, family), order)
        for family in FAMILIES:
            for name in getattr(parts[0], family):
                self._put((family, name), column_of(parts, family, name, self._scales), order)
        self._file.flush()
        parts.clear()

    def _put(self, key: tuple[str, str], column: Array, order: Array) -> None:
        if column.dtype == object:
            column = column.astype(str)
        stored, least = _narrow(column)
        self._columns[key] = _Stored(self._file.tell(), stored.dtype, least, column.dtype)
        np.take(stored, order).tofile(self._file)

    def between(self, first: int, last: int) -> Columns:
        """The rows of the days from `first` up to, not including, `last`."""
        start = int(self._starts[np.searchsorted(self.days, first)])
        end = int(self._starts[np.searchsorted(self.days, last)])

        def part(family: str, name: str = "") -> Array:
            about = self._columns[family, name]
            self._file.seek(about.at + start * about.kind.itemsize)
            stored = np.fromfile(self._file, about.kind, end - start)
            if about.kind == about.wide:
                return stored
            wide: Array = stored.astype(about.wide)
            wide += about.wide.type(about.least)
            return wide

        families: dict[str, dict[str, Array]] = {
            family: {name: part(family, name) for own, name in self._columns if own == family}
            for family in FAMILIES
        }
        return Columns(
            day=part("day"),
            position=part("position"),
            scales=dict(self._scales),
            ids=part("ids").astype(object) if self._ids else None,
            **families,
        )

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _narrow(column: Array) -> tuple[Array, int]:
    """Whole numbers as distances from the least of them, in as few bytes as hold them."""
    if column.dtype.kind != "i" or not len(column):
        return column, 0
    least, most = int(column.min()), int(column.max())
    for kind in (np.uint8, np.uint16, np.uint32):
        if most - least <= np.iinfo(kind).max and np.dtype(kind).itemsize < column.dtype.itemsize:
            return (column - column.dtype.type(least)).astype(kind), least
    return column, 0
