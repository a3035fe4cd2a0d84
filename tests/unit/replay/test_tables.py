"""What a table may look like, and what is refused before the first row is read."""

import gzip
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assay.core import Refused
from assay.methodology.replay.rows import NEEDED
from assay.methodology.replay.tables import ahead, ascending, open_table

ALLOWED = (*NEEDED, "kind", "received_at")
HEADER = "series,pricing_date,contributor,low,high"


def said(problem: pytest.ExceptionInfo[Refused]) -> str:
    return str(problem.value)


def test_unknown_columns_are_refused_with_the_allowed_ones(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(f"{HEADER},colour\n")
    with pytest.raises(Refused) as problem:
        open_table(path, NEEDED, ALLOWED)
    assert "unknown column 'colour'" in said(problem)
    assert "received_at" in said(problem)


def test_missing_and_doubled_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("series,series,low,high\n")
    with pytest.raises(Refused) as problem:
        open_table(path, NEEDED, ALLOWED)
    assert "column 'pricing_date' is missing" in said(problem)
    assert "column 'series' stands there twice" in said(problem)


@pytest.mark.parametrize("name", ["rows.txt", "rows.xlsx", "rows"])
def test_other_suffixes_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(f"{HEADER}\n")
    with pytest.raises(Refused, match=r"table\.suffix"):
        open_table(tmp_path / name, NEEDED, ALLOWED)


def test_binary_floats_and_naive_times_are_refused(tmp_path: Path) -> None:
    floats = tmp_path / "floats.parquet"
    table = {name: pa.array(["x"]) for name in NEEDED}
    pq.write_table(pa.table({**table, "low": pa.array([1.5])}), floats)
    with pytest.raises(Refused, match=r"table\.float"):
        open_table(floats, NEEDED, ALLOWED)
    naive = tmp_path / "naive.parquet"
    pq.write_table(pa.table({**table, "received_at": pa.array([0], pa.timestamp("us"))}), naive)
    with pytest.raises(Refused, match=r"table\.naive_time"):
        open_table(naive, NEEDED, ALLOWED)


def test_a_parquet_that_is_none_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    fake = tmp_path / "fake.parquet"
    fake.write_bytes(b"no parquet")
    with pytest.raises(Refused, match=r"table\.unreadable"):
        open_table(fake, NEEDED, ALLOWED)
    gbk = tmp_path / "gbk.csv"
    gbk.write_bytes("编号".encode("gbk"))
    with pytest.raises(Refused, match=r"table\.unreadable"):
        open_table(gbk, NEEDED, ALLOWED)


def test_packed_csv_and_rows_with_too_many_fields(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv.gz"
    with gzip.open(path, "wt") as file:
        file.write(f"{HEADER}\nS,2024-01-01,A,1,2\nS,2024-01-01,B,1,2,3\nS,2024-01-01,C,1,2\n")
    table = open_table(path, NEEDED, ALLOWED)
    batches = list(table.batches())
    assert sum(batch.num_rows for batch in batches) == 2
    assert [each.code for each in table.broken] == ["row.columns"]


def test_row_groups_tell_whether_a_table_is_sorted(tmp_path: Path) -> None:
    days = pa.array([20000, 20001, 20002, 20003], pa.date32())
    texts = {name: pa.array(["1"] * 4) for name in NEEDED}
    for name, order, wanted in (("up", [0, 1, 2, 3], True), ("down", [3, 2, 1, 0], False)):
        path = tmp_path / f"{name}.parquet"
        whole = pa.table({**texts, "pricing_date": days.take(pa.array(order))})
        pq.write_table(whole, path, row_group_size=2)
        assert ascending(open_table(path, NEEDED, ALLOWED), "pricing_date") is wanted


def test_batches_read_ahead_come_in_order_and_an_error_comes_with_them() -> None:
    def three():
        yield from (1, 2, 3)
        raise OSError("the disk is gone")

    batches = ahead(three())
    assert [next(batches) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(OSError, match="the disk is gone"):
        next(batches)
    endless = ahead(iter(range(10**9)))
    assert next(endless) == 0
    before = threading.active_count()
    endless.close()
    assert threading.active_count() == before - 1
