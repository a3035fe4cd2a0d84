"""Made-up submissions for the replay bench: seeded, as Parquet, sorted by date (or shuffled).

About 25 submissions a series and day from 22 firms: some firms send twice (the later one
counts), some deals are below 50 t, some mails come after the cut-off or from another day,
some days are thin, so that the fallback to the previous price is used. No two messages of
one firm and series arrive in the same microsecond.
"""

import argparse
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FIRST = date(2005, 1, 3)
FIRMS = 22
DAY_US = 86_400_000_000
#: 10:13 in Shanghai, as microseconds of the UTC day.
HARD_US = (2 * 3600 + 13 * 60) * 1_000_000
SHAPES = {1: (100, 400), 10: (200, 2000), 50: (500, 4000)}


def decimals(whole: np.ndarray, precision: int, scale: int) -> pa.Array:
    """Whole numbers as decimals, without a float."""
    halves = np.empty((len(whole), 2), dtype=np.int64)
    halves[:, 0], halves[:, 1] = whole, whole >> 63
    kind = pa.decimal128(precision, scale)
    return pa.Decimal128Array.from_buffers(kind, len(whole), [None, pa.py_buffer(halves)])


def days_of(rng: np.random.Generator, series: int, level: np.ndarray, days: np.ndarray):
    """All submissions of some days, in the order of days and mixed within each."""
    for day in days:
        level += rng.integers(-60, 61, series)
        size = np.where(rng.random(series) < 0.03, rng.integers(0, 4, series), 25)
        code = np.repeat(np.arange(series), size)
        count = len(code)
        firm = rng.integers(0, FIRMS, count)
        low = level[code] * 100 + rng.integers(-8000, 8001, count)
        high = low + rng.choice([0, 0, 500, 1000, 2500], count)
        tonnes = rng.integers(30_000, 900_000, count)
        at = HARD_US - rng.integers(-150_000_000, 5_000_000_000, count)
        at += np.where(rng.random(count) < 0.01, -DAY_US, 0)
        at += day * DAY_US
        order = rng.permutation(count)
        yield (
            np.full(count, day),
            code[order],
            firm[order],
            low[order],
            high[order],
            tonnes[order],
            at[order],
        )


def table(columns, names: pa.Array, firms: pa.Array) -> pa.Table:
    """The rows of some days as an Arrow table."""
    day, code, firm, low, high, tonnes, at = (
        np.concatenate(each) for each in zip(*columns, strict=True)
    )
    return pa.table(
        {
            "series": pa.DictionaryArray.from_arrays(pa.array(code, pa.int32()), names).cast(
                pa.string()
            ),
            "pricing_date": pa.array(day.astype(np.int32), pa.date32()),
            "contributor": pa.DictionaryArray.from_arrays(pa.array(firm, pa.int32()), firms).cast(
                pa.string()
            ),
            "low": decimals(low, 12, 2),
            "high": decimals(high, 12, 2),
            "quantity": decimals(tonnes, 12, 3),
            "received_at": pa.array(at, pa.timestamp("us", "UTC")),
        }
    )


def generate(folder: Path, millions: int, seed: int = 20251230) -> Path:
    """Write the submissions and the inputs of the formula; gives the path of the submissions."""
    folder.mkdir(parents=True, exist_ok=True)
    series, length = SHAPES[millions]
    path = folder / f"{millions}m.parquet"
    rng = np.random.default_rng(seed)
    names = pa.array([f"S-{n:03d}" for n in range(series)])
    firms = pa.array([f"F-{n:02d}" for n in range(FIRMS)])
    first = (FIRST - date(1970, 1, 1)).days
    dates = [first + n + 2 * (n // 5) for n in range(length)]
    level = rng.integers(18_000, 26_000, series)
    writer, held, rows = None, [], 0
    for day in days_of(rng, series, level, np.array(dates)):
        held.append(day)
        rows += len(day[0])
        if rows >= 1 << 20:
            writer = put(writer, path, held, names, firms)
            held, rows = [], 0
    if held:
        writer = put(writer, path, held, names, firms)
    writer.close()
    inputs(folder / f"{millions}m-inputs.csv", rng, dates)
    return path


def put(writer, path, held, names, firms):
    """Append some days as one row group."""
    piece = table(held, names, firms)
    if writer is None:
        writer = pq.ParquetWriter(
            path, piece.schema, compression="zstd", store_decimal_as_integer=True
        )
    writer.write_table(piece, row_group_size=1 << 20)
    return writer


def inputs(path: Path, rng, dates) -> None:
    """Carbon closes and intensities of the formula."""
    lines = ["series,date,value", "CI-A,2004-01-01,12.8", "CI-B,2004-01-01,2.3"]
    close = 4000
    for day in dates:
        close = max(500, close + int(rng.integers(-40, 41)))
        lines.append(
            f"CARBON,{date(1970, 1, 1) + timedelta(days=int(day))},{close // 100}.{close % 100:02d}"
        )
    path.write_text("\n".join(lines) + "\n", "utf-8")


def shuffle(source: Path, target: Path, seed: int = 7) -> None:
    """The same rows in no order at all (needs the table in memory)."""
    whole = pq.read_table(source)
    order = np.random.default_rng(seed).permutation(len(whole))
    pq.write_table(
        whole.take(order),
        target,
        compression="zstd",
        row_group_size=1 << 20,
        store_decimal_as_integer=True,
    )


def as_csv(source: Path, target: Path) -> None:
    """The same rows as CSV."""
    import pyarrow.csv as pc

    pc.write_csv(pq.read_table(source), target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("millions", type=int, choices=SHAPES)
    parser.add_argument("--shuffled", action="store_true")
    given = parser.parse_args()
    made = generate(given.folder, given.millions)
    if given.shuffled:
        shuffle(made, made.with_name(made.stem + "-shuffled.parquet"))
