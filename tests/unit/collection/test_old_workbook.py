"""Old .xls: cells with formulas are found in the records and their rows are not read.

The workbook is built here record by record, as the format's specification lays them out.
"""

from __future__ import annotations

import struct
from datetime import date
from pathlib import Path

import pytest

from assay.collection import QuoteContext
from assay.collection.channels import PhraseTables, read_channel
from assay.collection.old_workbook import old_formula_cells

ROOT = Path(__file__).parents[3]
HEAD = ("series", "price", "quantity", "kind", "payment", "place", "delivery")
ROW = ("AL-A00-FOSHAN", "22180", "200", "transaction", "cash", "Foshan", "spot")
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def label(row: int, column: int, text: str) -> bytes:
    head = struct.pack("<HHHHB", row, column, 15, len(text), 0)
    return record(0x0204, head + text.encode("latin-1"))


def formula(row: int, column: int, result: float) -> bytes:
    """A formula that is the constant 1, with a stored result that says something else."""
    head = struct.pack("<HHHdHI", row, column, 15, result, 0, 0)
    return record(0x0006, head + struct.pack("<HBH", 3, 0x1E, 1))


def stream(*cells: bytes) -> bytes:
    opened = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 0)
    begin = record(0x0809, opened)
    name = b"Quotes"
    sheet_at = len(begin) + 4 + 8 + len(name) + 4
    listed = record(0x0085, struct.pack("<IBBBB", sheet_at, 0, 0, len(name), 0) + name)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 0))
    size = record(0x0200, struct.pack("<IIHHH", 0, 3, 0, len(HEAD), 0))
    end = record(0x000A, b"")
    return begin + listed + end + sheet + size + b"".join(cells) + end


def container(workbook: bytes) -> bytes:
    """One stream in an OLE container: header, table of sectors, directory, content."""
    padded = workbook.ljust(4096, b"\x00")
    padded += b"\x00" * (-len(padded) % 512)
    count = len(padded) // 512
    table = [TABLE, END, *range(3, 2 + count), END]
    table += [FREE] * (128 - len(table))

    def entry(name: str, kind: int, start: int, total: int, child: int = FREE) -> bytes:
        raw = name.encode("utf-16-le")
        head = raw.ljust(64, b"\x00") + struct.pack("<HBB", len(raw) + 2, kind, 1)
        links = struct.pack("<III", FREE, FREE, child)
        return (head + links + b"\x00" * 36 + struct.pack("<III", start, total, 0)).ljust(128)

    directory = entry("Root Entry", 5, END, 0, child=1) + entry("Workbook", 2, 2, len(padded))
    empty = b"\x00" * 66 + b"\x00\x00" + struct.pack("<III", FREE, FREE, FREE) + b"\x00" * 48
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    return header + struct.pack("<128I", *table) + directory + empty * 2 + padded


def table(*cells: bytes) -> bytes:
    head = [label(0, column, text) for column, text in enumerate(HEAD)]
    first = [label(1, column, text) for column, text in enumerate(ROW)]
    return container(stream(*head, *first, *cells))


def read(content: bytes):
    tables = PhraseTables.load(ROOT / "reference" / "phrases")
    return read_channel(content, "workbook", tables, QuoteContext(day=date(2025, 12, 30)))


def test_a_plain_old_workbook_is_read() -> None:
    reading = read(table())
    assert reading.findings == ()
    assert [(each["low"], each["quantity"]) for each in reading.offers] == [("22180", "200")]


def test_a_row_with_a_formula_is_not_read_and_named() -> None:
    second = [label(2, column, text) for column, text in enumerate(ROW) if column != 1]
    content = table(*second, formula(2, 1, 22500.0))
    assert old_formula_cells(content) == {"Quotes": frozenset({(2, 1)})}
    reading = read(content)
    assert [each["low"] for each in reading.offers] == ["22180"]
    codes = {finding.code: finding for finding in reading.findings}
    assert "(first B3)" in codes["workbook.formulas"].what_to_do


@pytest.mark.parametrize("cut", [40, 600, 1200, 2100])
def test_a_cut_workbook_is_no_crash(cut: int) -> None:
    reading = read(table()[:cut])
    assert reading.offers == ()
    assert reading.findings


def test_sectors_in_a_circle_are_no_endless_walk() -> None:
    content = bytearray(table())
    struct.pack_into("<I", content, 512 + 4 * 3, 2)
    assert old_formula_cells(bytes(content)) is None
