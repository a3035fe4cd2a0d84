"""Rows in the order of their days, a bounded number at a time.

A table that is sorted by pricing date streams through. Any other is sorted outside
memory: chunks are sorted, written as runs into a temporary folder, and read back by
ranges of days. A day is never cut in two; a single day larger than the bound is one
partition. Nothing here looks at a price.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from assay.methodology.replay.columns import Array, Columns, joined

#: Rows of one partition; about 60 bytes each in memory, some of them twice.
PARTITION_ROWS = 1 << 18
#: Rows that may be held to be sorted in memory, before runs are written.
RUN_ROWS = 1 << 21


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
    return columns.take(np.argsort(columns.day, kind="stable"))


def sorted_outside(batches: Iterable[Columns], bound: int = PARTITION_ROWS) -> Iterator[Columns]:
    """Partitions of a table in any order, in memory while it is small, else through runs."""
    with tempfile.TemporaryDirectory(prefix="assay-replay-") as folder:
        runs: list[_Run] = []
        held: list[Columns] = []
        rows = 0
        for batch in batches:
            held.append(batch)
            rows += len(batch)
            if rows >= RUN_ROWS:
                runs.append(_Run(Path(folder) / str(len(runs)), by_day(joined(held))))
                held, rows = [], 0
        rest = by_day(joined(held)) if rows else None
        held = []
        if not runs:
            yield from streamed([rest] if rest is not None else [], bound)
            return
        if rest is not None:
            runs.append(_Run(Path(folder) / str(len(runs)), rest))
            del rest
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


class _Run:
    """One sorted run on disk: a file per column, mapped into memory when read."""

    def __init__(self, folder: Path, columns: Columns) -> None:
        folder.mkdir()
        self._folder = folder
        self._scales = dict(columns.scales)
        self._ids = columns.ids is not None
        self.days, self.counts = np.unique(columns.day, return_counts=True)
        self._starts = np.concatenate([[0], np.cumsum(self.counts)])
        self._names = {
            "words": list(columns.words),
            "numbers": list(columns.numbers),
            "instants": list(columns.instants),
            "days": list(columns.days),
        }
        self._put("day", columns.day)
        self._put("position", columns.position)
        for family, names in self._names.items():
            for name in names:
                self._put(f"{family}.{name}", getattr(columns, family)[name])
        if columns.ids is not None:
            self._put("ids", columns.ids.astype(str))

    def _put(self, name: str, column: Array) -> None:
        np.save(self._folder / f"{name}.npy", column)

    def between(self, first: int, last: int) -> Columns:
        """The rows of the days from `first` up to, not including, `last`."""
        start = int(self._starts[np.searchsorted(self.days, first)])
        end = int(self._starts[np.searchsorted(self.days, last)])

        def part(name: str) -> Array:
            whole = np.load(self._folder / f"{name}.npy", mmap_mode="r")
            return np.array(whole[start:end])

        families = {
            family: {name: part(f"{family}.{name}") for name in names}
            for family, names in self._names.items()
        }
        return Columns(
            day=part("day"),
            position=part("position"),
            words=families["words"],
            numbers=families["numbers"],
            scales=dict(self._scales),
            instants=families["instants"],
            days=families["days"],
            ids=part("ids").astype(object) if self._ids else None,
        )
