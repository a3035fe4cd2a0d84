"""Tables on disk, opened and streamed: CSV (also .gz) and Parquet, chosen by suffix.

Column names are checked before the first row is read: an unknown column is refused with
the allowed ones listed, a column of binary floats is refused with the way out. Rows are
handed on in batches as they stand in the file; nothing here reads a price.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any, TypeVar

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

from assay.core import Finding, Severity, refused

_WORDS = pa.dictionary(pa.int32(), pa.string())
Each = TypeVar("Each")

BATCH_ROWS = 1 << 18
_CSV_BLOCK = 1 << 23
#: Bytes of a row of CSV, plain and packed, for a guess at the number of rows.
_CSV_ROW, _GZIPPED_ROW = 32, 4
_CSV_SUFFIXES = (".csv", ".csv.gz")
SUFFIXES = (*_CSV_SUFFIXES, ".parquet")


@dataclass(slots=True)
class Table:
    """A table on disk whose columns were checked."""

    path: Path
    columns: tuple[str, ...]
    is_parquet: bool
    size: int
    #: Columns of words, handed on as codes and a dictionary.
    words: frozenset[str] = frozenset()
    read: int = 0
    broken: list[Finding] = field(default_factory=list)

    @property
    def about_rows(self) -> int:
        """How many rows there are: known of Parquet, guessed from the size of a CSV."""
        if self.is_parquet:
            return self.size
        return self.size // (_GZIPPED_ROW if self.path.name.endswith(".gz") else _CSV_ROW)

    def batches(self, columns: Iterable[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows in file order; `read` of `size` grows for the progress bar."""
        self.read = 0
        self.broken = []
        wanted = [name for name in self.columns if columns is None or name in set(columns)]
        return self._parquet(wanted) if self.is_parquet else self._csv(wanted)

    def _parquet(self, wanted: list[str]) -> Iterator[pa.RecordBatch]:
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no types

        with pq.ParquetFile(self.path, read_dictionary=wanted, pre_buffer=False) as file:
            for batch in ahead(file.iter_batches(batch_size=BATCH_ROWS, columns=wanted)):
                self.read += batch.num_rows
                yield batch

    def _csv(self, wanted: list[str]) -> Iterator[pa.RecordBatch]:
        import pyarrow.csv as pc  # type: ignore[import-untyped]  # pyarrow ships no types

        raw = pa.OSFile(str(self.path))
        gzipped = self.path.name.endswith(".gz")
        stream = pa.CompressedInputStream(raw, "gzip") if gzipped else raw
        try:
            reader = pc.open_csv(
                stream,
                read_options=pc.ReadOptions(block_size=_CSV_BLOCK),
                parse_options=pc.ParseOptions(invalid_row_handler=self._invalid),
                convert_options=pc.ConvertOptions(
                    column_types={
                        name: _WORDS if name in self.words else pa.string() for name in self.columns
                    },
                    include_columns=wanted,
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
            for batch in reader:
                self.read = min(raw.tell(), self.size)
                yield batch
        except pa.ArrowInvalid as problem:
            raise refused(
                "table.unreadable", self.path.name, f"cannot be read as UTF-8 CSV: {problem}"
            ) from None
        finally:
            stream.close()
            raw.close()

    def _invalid(self, row: Any) -> str:
        self.broken.append(
            Finding(
                "row.columns",
                Severity.ERROR,
                f"{self.path.name}: {(row.text or '')[:60]!r}",
                f"has {row.actual_columns} fields, the header has {row.expected_columns}",
            )
        )
        return "skip"


def ahead(batches: Iterator[Each]) -> Iterator[Each]:
    """The same batches, each read by another thread while the one before is worked on."""
    waiting: Queue[tuple[bool, Any]] = Queue(maxsize=1)
    stopped = Event()

    def read() -> None:
        try:
            for batch in batches:
                waiting.put((True, batch))
                if stopped.is_set():
                    return
            waiting.put((False, None))
        except BaseException as problem:  # noqa: BLE001 raised again where the batches are used
            waiting.put((False, problem))

    thread = Thread(target=read, daemon=True)
    thread.start()
    try:
        while (given := waiting.get())[0]:
            yield given[1]
        if given[1] is not None:
            raise given[1]
    finally:
        stopped.set()
        while thread.is_alive():
            with suppress(Empty):
                waiting.get(timeout=0.01)


def open_table(path: Path, needed: Iterable[str], allowed: Iterable[str]) -> Table:
    """Open a table and check its columns; `Refused` names what is wrong with it."""
    if not path.name.endswith(SUFFIXES):
        raise refused("table.suffix", path.name, f"write a table as {', '.join(SUFFIXES)}")
    if not path.is_file():
        raise refused("table.missing", str(path), "there is no such file")
    is_parquet = path.name.endswith(".parquet")
    names, rows = _parquet_header(path) if is_parquet else (_csv_header(path), path.stat().st_size)
    needed, known = tuple(needed), tuple(dict.fromkeys((*needed, *sorted(allowed))))
    missing = [name for name in needed if name not in names]
    unknown = [name for name in names if name not in known]
    twice = sorted({name for name in names if names.count(name) > 1})
    if missing or unknown or twice:
        said = [f"column {name!r} is missing" for name in missing]
        said += [f"unknown column {name!r}" for name in unknown]
        said += [f"column {name!r} stands there twice" for name in twice]
        raise refused("table.columns", path.name, f"{'; '.join(said)}; allowed: {', '.join(known)}")
    return Table(path, tuple(names), is_parquet, rows)


def _csv_header(path: Path) -> list[str]:
    gzipped = path.name.endswith(".gz")
    with (gzip.open if gzipped else open)(path, "rt", encoding="utf-8-sig", newline="") as file:
        try:
            return next(csv.reader(file))
        except (StopIteration, UnicodeDecodeError, OSError):
            raise refused(
                "table.unreadable", path.name, "no header line: write UTF-8 CSV with column names"
            ) from None


def _parquet_header(path: Path) -> tuple[list[str], int]:
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except pa.ArrowInvalid as problem:
        raise refused("table.unreadable", path.name, f"is no Parquet file: {problem}") from None
    for column in schema:
        if pa.types.is_floating(column.type):
            raise refused(
                "table.float",
                f"{path.name}: column {column.name}",
                "holds binary floats; write decimals (decimal128), whole numbers or text",
            )
        if pa.types.is_timestamp(column.type) and column.type.tz is None:
            raise refused(
                "table.naive_time",
                f"{path.name}: column {column.name}",
                "holds times without a zone; write timestamps in UTC",
            )
    return list(schema.names), rows


def ascending(table: Table, column: str) -> bool | None:
    """Whether row groups follow each other by date, from the file's own statistics (or None)."""
    if not table.is_parquet:
        return None
    import pyarrow.parquet as pq

    last: date | str | None = None
    with pq.ParquetFile(table.path) as file:
        index = file.schema_arrow.get_field_index(column)
        for number in range(file.metadata.num_row_groups):
            seen = file.metadata.row_group(number).column(index).statistics
            if seen is None or not seen.has_min_max:
                return None
            if last is not None and seen.min < last:
                return False
            last = seen.max
    return True
