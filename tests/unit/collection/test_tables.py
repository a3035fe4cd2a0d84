"""Workbooks and CSV files: title rows, footers, merged cells, misdated tabs, hostile ones."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from assay.collection import Certainty, QuoteContext, Reading
from assay.collection.channels import PhraseTables
from assay.collection.grids import Grid, column_letters, number_shown, open_grids
from assay.collection.tables import read_table

ROOT = Path(__file__).parents[3]
TABLES = PhraseTables.load(ROOT / "reference" / "phrases")
HEADINGS = ["品名", "地区", "类型", "最低价(元/吨)", "最高价", "数量", "提货", "付款", "日期"]
ROW = ["A00铝锭", "佛山", "成交", 22180, "２２２００", 200, "自提", "电汇", "2025-12-30"]


def workbook(rows: list[list[Any]], tab: str = "报价", **extra: Any) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet(tab)
    for index, row in enumerate(rows):
        for column, content in enumerate(row):
            sheet.write(index, column, content)
    for place, content in extra.get("merged", ()):
        sheet.merge_range(*place, content)
    for (row, column), formula in extra.get("formulas", {}).items():
        sheet.write_formula(row, column, formula)
    book.close()
    return stream.getvalue()


def read(content: bytes, day: date | None = date(2025, 12, 30)) -> Reading:
    return read_table(content, TABLES.lexicon, TABLES.columns, QuoteContext(day=day), "q")


def codes(reading: Reading) -> set[str]:
    return {finding.code for finding in reading.findings}


def test_title_rows_footers_and_full_width_digits() -> None:
    title = ["北水公司 铝锭报价 2025年12月30日"]
    reading = read(
        workbook([title, [], HEADINGS, ROW, ["合计", "", "", "", "", 200], ["注：仅供参考"]])
    )
    (offer,) = reading.offers
    assert {name: offer[name] for name in ("series", "kind", "low", "high", "quantity", "unit")} == {
        "series": "AL-A00-FOSHAN", "kind": "transaction", "low": "22180", "high": "22200",
        "quantity": "200", "unit": "CNY/t",
    }  # fmt: skip
    assert (offer["pickup"], offer["payment"], offer["pricing_date"]) == (
        "buyer", "bank transfer", "2025-12-30",
    )  # fmt: skip
    assert offer.fields["high"].locator == "报价!E4"
    assert offer.missing == ()
    assert codes(reading) == set()


def test_merged_cells_are_inherited() -> None:
    rows = [HEADINGS, ["", *ROW[1:]], ["", "上海", *ROW[2:]]]
    reading = read(workbook(rows, merged=[((1, 0, 2, 0), "A00")]))
    first, second = reading.offers
    assert (first["grade"], second["grade"], second["series"]) == ("A00", "A00", "AL-A00-SHANGHAI")
    assert second.fields["grade"].certainty is Certainty.INHERITED


def test_a_misdated_tab_and_a_misdated_row_are_said() -> None:
    reading = read(workbook([["报价 2025-12-30"], HEADINGS, [*ROW[:8], "2025-12-29"]], "12.29"))
    assert codes(reading) == {"table.tab_misdated"}
    assert "table.row_misdated" in {finding.code for finding in reading.offers[0].findings}


def test_a_date_stored_as_a_number_is_no_date() -> None:
    (offer,) = read(workbook([HEADINGS, [*ROW[:8], 12.3]])).offers
    assert offer["pricing_date"] is None
    assert {finding.code for finding in offer.findings} == {"table.date_as_number"}


def test_formulas_are_refused_with_their_cell() -> None:
    reading = read(workbook([HEADINGS, ROW, ROW], formulas={(2, 3): "=22180+20"}))
    assert len(reading.offers) == 1
    assert codes(reading) == {"workbook.formulas", "table.formula"}
    assert "报价!D3" in {finding.where for finding in reading.findings}
    text = "品名,地区,类型,价格,数量\nA00,佛山,报价,=22180+20,100\n"
    assert codes(read(text.encode())) == {"table.formula", "table.no_rows"}


def test_unknown_columns_are_refused_with_the_known_ones() -> None:
    reading = read(workbook([[*HEADINGS, "心情"], [*ROW, "好"]]))
    assert codes(reading) == {"table.unknown_columns"}
    assert "心情; known headings:" in reading.findings[0].what_to_do
    assert reading.offers == ()


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_in_any_encoding_and_separator(encoding: str, mark: str) -> None:
    table = mark.join(["品名", "地区", "类型", "价格", "单位", "数量"]) + "\n"
    table += mark.join(["A00", "佛山", "报价", "22180-22200", "元/吨", "100"]) + "\n"
    (offer,) = read(table.encode(encoding)).offers
    assert (offer["low"], offer["high"], offer["side"], offer["unit"]) == (
        "22180", "22200", "sell", "CNY/t",
    )  # fmt: skip


def test_premiums_against_a_contract() -> None:
    table = "品名,地区,类型,升贴水,合约,数量\nA00,上海,报价,-150~-110,2603,100\nA00,上海,买价,平水,2603,100\n"
    first, second = read(table.encode()).offers
    assert (first["premium_low"], first["premium_high"], first["against"]) == (
        "-150", "-110", "2603",
    )  # fmt: skip
    assert (second["premium_low"], second["kind"], second["side"]) == ("0", "bid", "buy")


def test_what_a_cell_does_not_say_is_not_made_up() -> None:
    (offer,) = read(
        b"grade,place,kind,price,unit,quantity\nA00,Foshan,bid,tbc,yuan/mt,many\n"
    ).offers
    assert (offer["low"], offer["quantity"]) == (None, None)
    assert {finding.code for finding in offer.findings} == {"table.not_a_number"}


def test_floats_come_out_as_their_shortest_decimal() -> None:
    assert [number_shown(each) for each in (13552.95, 2.0, -0.08, 22180, 1e22)] == [
        "13552.95", "2", "-0.08", "22180", "10000000000000000000000",
    ]  # fmt: skip
    assert number_shown(float("nan")) == ""


def test_addresses() -> None:
    assert [column_letters(each) for each in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert Grid("s", (), 2, 1).place(0, 0) == "s!B3"


# -- hostile files -------------------------------------------------------------------------------


def packed(parts: dict[str, bytes], source: bytes | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        if source is not None:
            with zipfile.ZipFile(io.BytesIO(source)) as original:
                for name in original.namelist():
                    if name not in parts:
                        package.writestr(name, original.read(name))
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def test_a_bomb_is_not_opened() -> None:
    assert codes(read(packed({"xl/worksheets/sheet1.xml": b"0" * 60_000_000}))) == {"workbook.bomb"}
    many = packed({f"{index}": b"" for index in range(4_100)})
    assert codes(read(many)) == {"workbook.bomb"}


def test_macros_are_refused() -> None:
    clean = workbook([HEADINGS, ROW])
    assert codes(read(packed({"xl/vbaProject.bin": b"x"}, clean))) == {"workbook.macros"}
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le")
    assert codes(read(ole)) == {"workbook.macros"}


def test_billion_laughs_are_refused() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'
    clean = workbook([HEADINGS, ROW])
    assert codes(read(packed({"xl/sharedStrings.xml": laughs}, clean))) == {"workbook.entities"}


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", b"PK\x03\x04" + b"\x00" * 40, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600],
)
def test_broken_files_are_findings(content: bytes) -> None:
    assert codes(read(content)) == {"workbook.broken"}


def test_truncated_workbooks_never_raise() -> None:
    whole = workbook([HEADINGS, ROW])
    for size in range(0, len(whole), 199):
        assert read(whole[:size]).offers == ()


def test_binary_rubbish_is_no_table() -> None:
    assert codes(read(b"\x00\x01\x02,\x03")) == {"table.binary"}
    assert open_grids(b"a" * (33 * 1024 * 1024), "q").findings[0].code == "evidence.too_large"
