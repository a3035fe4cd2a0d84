"""Rows into columns of integers: exactly, or not at all."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa

from assay.methodology.replay.columns import NULL, day_number, instant_number, joined
from assay.methodology.replay.rows import Findings, RowReader

GOOD = {"series": "S", "pricing_date": "2024-01-02", "contributor": "A", "low": "1", "high": "1"}


def read(*rows: dict, **types) -> tuple:
    names = list(dict.fromkeys(name for row in rows for name in row))
    arrays = [pa.array([row.get(name) for row in rows], types.get(name)) for name in names]
    findings = Findings()
    reader = RowReader("rows.csv", findings)
    return reader.read(pa.RecordBatch.from_arrays(arrays, names)), findings, reader


def test_the_scale_is_found_from_the_data() -> None:
    columns, _, _ = read({**GOOD, "low": "2.5", "high": "3"}, {**GOOD, "low": "-0.125"})
    assert columns.scales["low"] == columns.scales["high"] == 3
    assert columns.numbers["low"].tolist()[1] == -125


def test_one_end_stands_for_both_and_price_for_low_and_high() -> None:
    columns, _, _ = read({**GOOD, "low": None, "high": "7"}, {**GOOD, "low": None, "high": None})
    assert columns.numbers["low"].tolist() == [7, NULL]
    priced, _, _ = read({**GOOD, "low": None, "high": None, "price": "7.5"})
    assert priced.number("low", 0) == priced.number("high", 0) == Fraction(15, 2)


def test_bad_rows_are_counted_named_and_left_out() -> None:
    columns, findings, _ = read(
        GOOD,
        {**GOOD, "low": "1e3"},
        {**GOOD, "low": "NaN"},
        {**GOOD, "pricing_date": "02/01/2024"},
        {**GOOD, "contributor": None},
        {**GOOD, "low": "2", "high": "1"},
        {**GOOD, "received_at": "2024-01-02T10:00:00"},
        {**GOOD, "quantity": "9" * 30},
    )
    assert len(columns) == 1
    assert findings.bad_rows == 7
    assert {each.code for each in findings.listed} == {
        "row.number", "row.date", "row.missing", "row.crossed",
    }  # fmt: skip
    assert any("rows.csv, row 2" in each.where for each in findings.listed)


def test_decimals_whole_numbers_and_texts_say_the_same() -> None:
    numbers = [Decimal("22180.50"), Decimal("-0.25"), None]
    rows = [{**GOOD, "low": each, "high": each} for each in numbers]
    decimals, _, _ = read(*rows, low=pa.decimal128(12, 2), high=pa.decimal128(12, 2))
    texts = [{**row, "low": row["low"] and str(row["low"]), "high": row["high"] and str(row["high"])} for row in rows]  # fmt: skip
    as_text, _, _ = read(*texts)
    assert (
        decimals.numbers["low"].tolist() == as_text.numbers["low"].tolist() == [2218050, -25, NULL]
    )
    whole, _, _ = read({**GOOD, "low": 7, "high": 8}, low=pa.int32(), high=pa.int64())
    assert whole.number("high", 0) == 8


def test_a_decimal_beyond_64_bits_is_a_bad_row() -> None:
    wide = Decimal(2**70)
    columns, findings, _ = read(
        {**GOOD, "low": wide, "high": wide}, low=pa.decimal128(38, 0), high=pa.decimal128(38, 0)
    )
    assert len(columns) == 0
    assert findings.listed[0].code == "row.too_large"


def test_days_and_instants() -> None:
    columns, _, _ = read({**GOOD, "received_at": "2024-01-02T10:13:00.000001+08:00"})
    assert columns.day.tolist() == [day_number(date(2024, 1, 2))]
    wanted = datetime(2024, 1, 2, 2, 13, 0, 1, tzinfo=UTC)
    assert columns.instants["received_at"].tolist() == [instant_number(wanted)]


def test_pieces_join_at_the_finer_scale() -> None:
    one, _, _ = read({**GOOD, "low": "1.5", "high": "2"})
    other, _, _ = read({**GOOD, "low": "1.125", "high": "2"})
    assert joined([one, other]).numbers["low"].tolist() == [1500, 1125]


def test_many_findings_are_counted_and_not_all_listed(monkeypatch) -> None:
    monkeypatch.setattr("assay.methodology.replay.rows.MOST_FINDINGS", 3)
    _, findings, _ = read(*[{**GOOD, "low": "x"}] * 5)
    assert findings.counts == {"row.number": 5}
    assert len(findings.listed) == 3


def test_usual_numbers_are_read_at_once_and_the_same_as_one_by_one() -> None:
    usual = ["1.50", "-0.125", "22180", "0", "-7", "123456789012345.5"]
    at_once, _, _ = read(*[{**GOOD, "low": each, "high": each} for each in usual])
    mixed, _, _ = read(*[{**GOOD, "low": each, "high": each} for each in (*usual, "+.5")])
    for row, each in enumerate(usual):
        assert at_once.number("low", row) == mixed.number("low", row) == Fraction(each)
    huge, findings, _ = read({**GOOD, "low": "99999999999999999.999999999", "high": "1"})
    assert len(huge) == 0
    assert findings.counts == {"row.number": 1}
    line, findings, _ = read({**GOOD, "low": "1\n", "high": "1"})
    assert len(line) == 1
