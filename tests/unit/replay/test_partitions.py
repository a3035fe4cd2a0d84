"""Partitions: whole days, in order, a bounded number of rows, whatever order the table has."""

import numpy as np
import pytest

from assay.methodology.replay import partitions
from assay.methodology.replay.columns import Columns
from assay.methodology.replay.partitions import OutOfOrder, sorted_outside, streamed


def rows(days: list[int], first: int = 0, ids: bool = False) -> Columns:
    size = len(days)
    return Columns(
        day=np.array(days, dtype=np.int32),
        position=np.arange(first, first + size),
        words={"series": np.zeros(size, dtype=np.int32)},
        numbers={"low": np.array(days, dtype=np.int64)},
        scales={"low": 0},
        ids=np.array([f"i{first + n}" for n in range(size)], dtype=object) if ids else None,
    )


@pytest.mark.parametrize("bound", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("sizes", [(1, 1, 1, 1, 1, 1, 1, 1), (3, 5), (8,), (2, 2, 4), (7, 1)])
def test_a_sorted_table_streams_in_whole_days(bound: int, sizes: tuple[int, ...]) -> None:
    days, cut, batches = [1, 1, 1, 2, 2, 3, 5, 5], 0, []
    for size in sizes:
        batches.append(rows(days[cut : cut + size], cut))
        cut += size
    parts = list(streamed(batches, bound))
    assert [day for part in parts for day in part.day.tolist()] == days
    seen = [set(part.day.tolist()) for part in parts]
    assert sum(len(each) for each in seen) == 4
    assert all(len(part) for part in parts)


def test_a_stream_that_falls_back_is_noticed() -> None:
    with pytest.raises(OutOfOrder):
        list(streamed([rows([1, 2]), rows([1])]))
    with pytest.raises(OutOfOrder):
        list(streamed([rows([2, 1])]))


@pytest.mark.parametrize("run_rows", [2, 3, 1000])
@pytest.mark.parametrize("ids", [False, True])
def test_any_other_table_is_sorted_outside_and_stays_in_order_within_a_day(
    monkeypatch, run_rows: int, ids: bool
) -> None:
    monkeypatch.setattr(partitions, "RUN_ROWS", run_rows)
    batches = [rows([5, 1, 3], 0, ids), rows([1, 1], 3, ids), rows([3, 5, 2], 5, ids)]
    parts = list(sorted_outside(batches, 2))
    assert [d for part in parts for d in part.day.tolist()] == [1, 1, 1, 2, 3, 3, 5, 5]
    assert [p for part in parts for p in part.position.tolist()] == [1, 3, 4, 7, 2, 5, 0, 6]
    if ids:
        assert [i for part in parts for i in part.ids] == [
            f"i{n}" for n in (1, 3, 4, 7, 2, 5, 0, 6)
        ]


@pytest.mark.parametrize(
    "numbers", [[5, 5], [-(2**63), 7], [2**40, -3], [0, 255], [0, 256], [-9, 70000]]
)
def test_numbers_come_back_from_a_run_as_they_were(monkeypatch, numbers: list[int]) -> None:
    monkeypatch.setattr(partitions, "RUN_ROWS", 2)
    column = np.array(numbers, dtype=np.int64)
    given = [
        Columns(
            day=np.array([70_000, 2], dtype=np.int32), position=np.array([0, 1]) + 2 * part,
            words={"series": np.array([-1, 40_000], dtype=np.int32)}, numbers={"low": column},
            scales={"low": 2}, instants={"received_at": column}, days={"stated": column},
        )
        for part in range(2)
    ]  # fmt: skip
    back = list(sorted_outside(given, 2))
    for name, found in (("low", "numbers"), ("received_at", "instants"), ("stated", "days")):
        seen = [n for part in back for n in getattr(part, found)[name].tolist()]
        assert seen == [*([numbers[1]] * 2), *([numbers[0]] * 2)]
    assert [n for part in back for n in part.words["series"].tolist()] == [40_000] * 2 + [-1] * 2
    assert all(
        part.words["series"].dtype == np.int32 and part.day.dtype == np.int32 for part in back
    )


def test_nothing_gives_nothing() -> None:
    assert list(streamed([])) == list(sorted_outside([])) == []
