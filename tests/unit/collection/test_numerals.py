"""Numbers as typed. Every expected amount is what a Chinese or English reader would say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assay.collection.numerals import chinese_number, number_at, plain_amount


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("二点二万", "22000"),
        ("两万二", "22000"),
        ("二万二千一百八十", "22180"),
        ("二二一八零", "22180"),
        ("十五", "15"),
        ("一百五", "150"),
        ("一百零五", "105"),
        ("两千三", "2300"),
        ("一万零五", "10005"),
        ("三亿", "300000000"),
    ],
)
def test_chinese_numerals(typed: str, amount: str) -> None:
    assert chinese_number(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["千一百", "十点", "一二", "万", "二百三百", "点五"])
def test_what_is_no_numeral_is_not_read(typed: str) -> None:
    assert chinese_number(typed) is None


@pytest.mark.parametrize(
    ("typed", "amount", "end"),
    [
        ("22,180", "22180", 6),
        ("4,752,340.00", "4752340.00", 12),
        ("2.22万", "22200", 5),
        ("2万2", "22000", 3),
        ("2万2180", "22180", 6),
        ("22180,22200", "22180", 5),
        ("2千", "2000", 2),
        ("3万2吨", "30000", 2),
    ],
)
def test_ascii_numbers(typed: str, amount: str, end: int) -> None:
    read = number_at(typed, 0)
    assert read is not None
    assert read.amount == Decimal(amount)
    assert read.end == end


@pytest.mark.parametrize("typed", ["2,2180", "1,22", "123,4567"])
def test_broken_grouping_has_no_amount(typed: str) -> None:
    read = number_at(typed, 0)
    assert read is not None
    assert read.amount is None


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("22,180", "22180"), (" -1.5 ", "-1.5"), ("+10", "10"), ("二点二万", "22000")],
)
def test_whole_cells(cell: str, amount: str) -> None:
    assert plain_amount(cell) == Decimal(amount)


@pytest.mark.parametrize("cell", ["", "-", "22180元", "n/a", "1e5", "2,2180"])
def test_cells_that_are_no_number(cell: str) -> None:
    assert plain_amount(cell) is None
