"""Texts into whole numbers: by Arrow, by machine code and one by one they say the same."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from unit.replay.making import read_as_it_stands

from assay.methodology.replay import native
from assay.methodology.replay.columns import NULL
from assay.methodology.replay.numerals import Machine, numerals_of
from assay.methodology.replay.texts import EMPTY, ODD

machines = pytest.mark.parametrize(
    "machine",
    [None, read_as_it_stands, pytest.param(native.read_decimals, marks=pytest.mark.slow)],
    ids=["arrow", "python", "compiled"],
)


def strings(*texts: str | None) -> pa.Array:
    return pa.array(texts, pa.string())


@machines
def test_one_scale_for_all_and_nothing_where_nothing_stands(machine: Machine | None) -> None:
    found = numerals_of(strings("1", "-0.25", None, "22550.5", "", "0"), machine)
    assert found.scale == 2
    assert found.wholes.tolist() == [100, -25, NULL, 2255050, NULL, 0]
    assert found.wrong == {}


@machines
def test_unusual_texts_are_read_by_the_parser_of_the_house(machine: Machine | None) -> None:
    found = numerals_of(
        strings("+1.5", ".5", "2.", " 7 ", "1e3", "1,5", " ", "12.0.0", "-"), machine
    )
    assert found.scale == 1
    assert found.wholes.tolist() == [15, 5, 20, 70, *[NULL] * 5]
    assert sorted(found.wrong) == [4, 5, 7, 8]
    assert "'1e3' is not a plain decimal number" in found.wrong[4]


@machines
def test_what_does_not_fit_is_said(machine: Machine | None) -> None:
    # 18 digits and 9 places do not fit one column of 64 bits: the small one keeps what it can.
    found = numerals_of(strings("123456789012345678", "0.000000001", "5"), machine)
    assert found.scale == 1
    assert found.wholes.tolist() == [1234567890123456780, NULL, 50]
    assert "more digits than a column holds" in found.wrong[1]
    alone = numerals_of(strings("9" * 30, "1"), machine)
    assert list(alone.wrong) == [0]
    assert alone.wholes.tolist()[1] == 10**alone.scale


@machines
def test_a_slice_is_read_from_its_own_start(machine: Machine | None) -> None:
    found = numerals_of(strings("999", None, "1.5", "2", "x").slice(1, 3), machine)
    assert found.wholes.tolist() == [NULL, 15, 20]


def test_digits_and_places_of_each_text() -> None:
    read: Callable[..., Any] = read_as_it_stands
    values, places = read(strings("-12.50", None, "007", "1" * 18, "1" * 19, "--1", "1..2", "１"))
    assert values.tolist()[:4] == [-1250, 0, 7, int("1" * 18)]
    assert places.tolist() == [2, EMPTY, 0, 0, ODD, ODD, ODD, ODD]
