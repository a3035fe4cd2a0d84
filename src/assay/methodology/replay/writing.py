"""Fixings and findings written to tables: exact decimals, the digits of the step.

CSV (also .gz) carries decimals as text; Parquet carries them as decimal128 where every
series has the same number of decimals, else as text. Rows are sorted by series and date.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types

from assay.core import decimal_text, refused
from assay.methodology.document.model import BRANCHES, Methodology
from assay.methodology.replay.columns import Array
from assay.methodology.replay.results import DETERMINED, Fixings, empty
from assay.methodology.replay.rows import Findings
from assay.methodology.replay.tables import SUFFIXES

COLUMNS = (
    "series", "pricing_date", "low", "mid", "high", "status", "branch", "n_received", "n_used",
)  # fmt: skip
#: Arrow writes smaller numbers with an exponent; those are written one by one.
_PLAIN_PLACES = 6
_PIECE = 1 << 18
_STATUSES = ("not_assessed", "determined")


def table_of(fixings: Fixings, methodology: Methodology, *, as_text: bool) -> pa.Table:
    """Fixings as an Arrow table with the columns of the output."""
    series = pa.DictionaryArray.from_arrays(
        pa.array(fixings.series, type=pa.int32()), pa.array(list(methodology.series))
    )
    columns: list[Any] = [series, pa.array(fixings.day, type=pa.date32())]
    columns += [
        _prices(fixings, getattr(fixings, leg), methodology, as_text)
        for leg in ("low", "mid", "high")
    ]
    priced = (fixings.state == DETERMINED).astype(np.int32)
    columns += [
        pa.DictionaryArray.from_arrays(pa.array(priced), pa.array(_STATUSES)),
        pa.DictionaryArray.from_arrays(
            pa.array(fixings.branch.astype(np.int32)), pa.array(list(BRANCHES))
        ),
        pa.array(fixings.received, type=pa.int32()),
        pa.array(fixings.used, type=pa.int32()),
    ]
    if as_text:
        columns = [
            each.cast(pa.string()) if pa.types.is_dictionary(each.type) else each
            for each in columns
        ]
    return pa.table(dict(zip(COLUMNS, columns, strict=True)))


def _prices(fixings: Fixings, steps: Array, methodology: Methodology, as_text: bool) -> pa.Array:
    cards = [methodology.card(code).step for code in methodology.series]
    places = [max(0, -int(step.as_tuple().exponent)) for step in cards]
    wide = [int(step * 10**p) for step, p in zip(cards, places, strict=True)]
    missing = fixings.state != DETERMINED
    if len(set(places)) == 1:
        whole = steps * np.array(wide, dtype=np.int64)[fixings.series]
        decimals = _decimals(whole, places[0], missing)
        return _texts(decimals, places[0]) if as_text else decimals
    texts = np.full(len(fixings), None, dtype=object)
    for place in sorted(set(places)):
        own = np.array([p == place for p in places])[fixings.series]
        whole = steps[own] * np.array(wide, dtype=np.int64)[fixings.series[own]]
        texts[own] = _texts(_decimals(whole, place, missing[own]), place).to_pylist()
    return pa.array(texts, type=pa.string())


def _decimals(whole: Array, places: int, missing: Array) -> pa.Array:
    """Whole numbers of 10^-places as decimals, without a float or a loop."""
    halves = np.empty((len(whole), 2), dtype=np.int64)
    halves[:, 0] = whole
    halves[:, 1] = whole >> 63
    valid = pa.array(~missing).buffers()[1] if missing.any() else None
    return pa.Decimal128Array.from_buffers(
        pa.decimal128(28, places), len(whole), [valid, pa.py_buffer(halves)]
    )


def _texts(decimals: pa.Array, places: int) -> pa.Array:
    if places <= _PLAIN_PLACES:
        return decimals.cast(pa.string())
    listed: list[Decimal | None] = decimals.to_pylist()
    return pa.array([None if each is None else decimal_text(each) for each in listed], pa.string())


def check_out(path: Path) -> None:
    """Refuse an output that has no known suffix or no folder, before work begins."""
    if not path.name.endswith(SUFFIXES):
        raise refused("table.suffix", path.name, f"write the output as {', '.join(SUFFIXES)}")
    if not path.resolve().parent.is_dir():
        raise refused("table.folder", str(path), "the folder does not exist: make it first")


def write_fixings(path: Path, fixings: Fixings, methodology: Methodology) -> None:
    """Write the output table, by suffix, a bounded number of rows at a time."""
    if path.name.endswith(".parquet"):
        _write_parquet(path, fixings, methodology)
        return
    import pyarrow.csv as pc  # type: ignore[import-untyped]  # pyarrow ships no types

    special = any(set('",\r\n') & set(code) for code in methodology.series)
    options = pc.WriteOptions(
        include_header=False, quoting_style="needed" if special else "none", batch_size=1 << 16
    )
    gzipped = path.name.endswith(".gz")
    with (
        pa.CompressedOutputStream(str(path), "gzip")
        if gzipped
        else pa.OSFile(str(path), "wb") as stream
    ):
        stream.write((",".join(COLUMNS) + "\n").encode())
        for piece in _pieces(fixings):
            pc.write_csv(table_of(piece, methodology, as_text=True), stream, options)


def _write_parquet(path: Path, fixings: Fixings, methodology: Methodology) -> None:
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no types

    schema = table_of(empty(0), methodology, as_text=False).schema
    # Codes are written as they are; without the stored schema they read back as text.
    with pq.ParquetWriter(
        path,
        schema,
        store_schema=False,
        write_statistics=["series", "pricing_date"],
        store_decimal_as_integer=True,
    ) as writer:
        for piece in _pieces(fixings):
            writer.write_table(table_of(piece, methodology, as_text=False))


def _pieces(fixings: Fixings) -> Iterator[Fixings]:
    for start in range(0, len(fixings), _PIECE):
        yield fixings.take(slice(start, start + _PIECE))


def findings_path(out: Path) -> Path:
    """The file beside the output that lists the bad rows."""
    stem = next(out.name.removesuffix(each) for each in SUFFIXES if out.name.endswith(each))
    return out.with_name(f"{stem.removesuffix('.csv')}.findings.csv")


def write_findings(path: Path, findings: Findings) -> None:
    """Every finding of the run; those beyond the limit as one line of their count."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "severity", "where", "what_to_do"))
        for each in findings.listed:
            writer.writerow((each.code, each.severity.value, each.where, each.what_to_do))
        writer.writerows(_rest(findings))


def _rest(findings: Findings) -> Iterable[tuple[str, str, str, str]]:
    listed: dict[str, int] = {}
    for each in findings.listed:
        listed[each.code] = listed.get(each.code, 0) + 1
    for code, number in findings.counts.items():
        more = number - listed.get(code, 0)
        if more > 0:
            yield code, "error", f"{more} more rows", "not listed one by one"
