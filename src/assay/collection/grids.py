"""Workbooks and CSV files -> grids of cells as text, with what was unusual about each cell.

Opens .xlsx and .xls with python-calamine after `safety` has looked; numbers come out as the
exact decimal of the shortest text of the stored double. Formulas are never evaluated.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from assay.collection.old_workbook import old_formula_cells
from assay.collection.reading import error, warning
from assay.collection.safety import (
    OLE_MAGIC,
    ZIP_MAGIC,
    check_ole,
    check_package,
    formula_cells,
    hidden_rows,
    too_large,
)
from assay.collection.text import decode
from assay.core import Finding, Severity, decimal_text

MOST_ROWS = 200_000
MOST_COLUMNS = 500
_LETTERS = 26


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, how it was stored, and whether it only repeats a merged neighbour."""

    text: str
    stored: str = "text"
    merged: bool = False
    formula: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet or table; rows and columns count from 0 at the sheet's own corner."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    first_row: int = 0
    first_column: int = 0

    def place(self, row: int, column: int) -> str:
        """The spreadsheet address of a cell, with the sheet's name."""
        return f"{self.name}!{column_letters(self.first_column + column)}{self.first_row + row + 1}"


@dataclass(frozen=True, slots=True)
class Grids:
    """All sheets of one file and what was found on the way."""

    grids: tuple[Grid, ...] = ()
    findings: tuple[Finding, ...] = field(default=())


def column_letters(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def open_grids(content: bytes, where: str) -> Grids:
    """The sheets of a workbook, or the one table of a CSV file."""
    large = too_large(content, where)
    if large is not None:
        return Grids(findings=(large,))
    if content.startswith(ZIP_MAGIC):
        findings = check_package(content, where)
        formulas = {} if _blocked(findings) else formula_cells(content)
        if not _blocked(findings):
            findings += _hidden(content, where)
    elif content.startswith(OLE_MAGIC):
        findings = check_ole(content, where)
        formulas = {} if _blocked(findings) else _old_formulas(content, where, findings)
    else:
        return _csv_grid(content, where)
    if _blocked(findings):
        return Grids(findings=tuple(findings))
    return _workbook(content, where, findings, formulas)


def _old_formulas(content: bytes, where: str, findings: list[Finding]) -> dict[str, frozenset[str]]:
    """The formulas of an old workbook; where they cannot be told, that is said."""
    cells = old_formula_cells(content)
    if cells is None:
        said = "whether it holds formulas cannot be told: compare with the sheet, or ask for .xlsx"
        findings.append(warning("workbook.formulas_unknown", where, said))
        return {}
    return {
        name: frozenset(f"{column_letters(column)}{row + 1}" for row, column in places)
        for name, places in cells.items()
    }


def _hidden(content: bytes, where: str) -> list[Finding]:
    said = "{} hidden rows or columns were read like the others: look at the sheet"
    return [
        warning("workbook.hidden_rows", f"{where}, {name}", said.format(count))
        for name, count in hidden_rows(content).items()
    ]


def _blocked(findings: list[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _workbook(
    content: bytes, where: str, findings: list[Finding], formulas: dict[str, frozenset[str]]
) -> Grids:
    import python_calamine

    grids: list[Grid] = []
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in _shown(book, where, findings):
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
                findings.append(
                    error("workbook.sheet_too_large", f"{where}, {name}", "send the quotes alone")
                )
                continue
            grids.append(_sheet(sheet, name, formulas.get(name, frozenset())))
    except BaseException as problem:
        # calamine is a compiled reader: its panics are no `Exception`, and a broken file is
        # a finding here, never the end of the morning.
        if isinstance(problem, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        finding = error("workbook.broken", where, f"cannot be opened ({problem}); ask for it again")
        known = (each for each in findings if each.code != "workbook.formulas_unknown")
        return Grids(findings=(*known, finding))
    for name, cells in formulas.items():
        findings.append(
            warning(
                "workbook.formulas",
                f"{where}, {name}",
                f"{len(cells)} cells hold formulas (first {min(cells)}): their rows are not read",
            )
        )
    return Grids(tuple(grids), tuple(findings))


def _shown(book: Any, where: str, findings: list[Finding]) -> list[str]:
    """The sheets that a person sees; the others are named and not read."""
    kept: list[str] = []
    hidden: list[str] = []
    for each in book.sheets_metadata:
        visible = str(each.visible).rpartition(".")[2] == "Visible"
        (kept if visible else hidden).append(str(each.name))
    if hidden:
        said = f"hidden and not read: {', '.join(hidden[:5])}; unhide what belongs to the quotes"
        findings.append(warning("workbook.hidden_sheet", where, said))
    return kept


def _sheet(sheet: Any, name: str, formulas: frozenset[str]) -> Grid:
    start = sheet.start or (0, 0)
    rows = [[_cell(stored) for stored in row] for row in sheet.to_python(skip_empty_area=True)]
    grid = Grid(name, (), start[0], start[1])
    if formulas:
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if f"{column_letters(start[1] + c)}{start[0] + r + 1}" in formulas:
                    row[c] = Cell(cell.text, cell.stored, formula=True)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        _spread(rows, top - start[0], left - start[1], bottom - start[0], right - start[1])
    return Grid(name, tuple(tuple(row) for row in rows), grid.first_row, grid.first_column)


def _spread(rows: list[list[Cell]], top: int, left: int, bottom: int, right: int) -> None:
    """Write the content of a merged range into its empty cells, marked as merged."""
    if not (0 <= top < len(rows) and 0 <= left < len(rows[top])):
        return
    first = rows[top][left]
    if not first.text:
        return
    for r in range(top, min(bottom, len(rows) - 1) + 1):
        for c in range(left, min(right, len(rows[r]) - 1) + 1):
            if not rows[r][c].text:
                rows[r][c] = Cell(first.text, first.stored, merged=True, formula=first.formula)


def _cell(stored: Any) -> Cell:
    if stored is None or stored == "":
        return Cell("", "empty")
    if isinstance(stored, bool):
        return Cell("true" if stored else "false", "bool")
    if isinstance(stored, float | int):
        return Cell(number_shown(stored), "number")
    if isinstance(stored, datetime):
        midnight = stored.time() == time(0)
        text = stored.date().isoformat() if midnight else stored.isoformat(" ")
        return Cell(text, "date")
    if isinstance(stored, date):
        return Cell(stored.isoformat(), "date")
    return Cell(str(stored).strip(), "text")


def number_shown(stored: float) -> str:
    """The exact decimal of the shortest text that names this stored double: 13552.95, 2.0 -> 2."""
    shown = repr(stored)
    if shown in {"nan", "inf", "-inf"}:
        return ""
    text = decimal_text(Decimal(shown))
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text or "0"


def _csv_grid(content: bytes, where: str) -> Grids:
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Grids(findings=(error("table.binary", where, "neither a workbook nor text"),))
    decoded = decode(content, where)
    text = decoded.text
    head = text[:8192]
    separators = {mark: head.count(mark) for mark in ("\t", ";", ",")}
    separator = max(separators, key=lambda mark: (separators[mark], mark == ","))
    csv.field_size_limit(1_000_000)
    rows: list[tuple[Cell, ...]] = []
    findings = list(decoded.findings)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(tuple(_csv_cell(cell) for cell in row[:MOST_COLUMNS]))
            if len(rows) > MOST_ROWS:
                findings.append(error("table.too_long", where, "send a shorter file"))
                break
    except csv.Error as problem:
        findings.append(error("table.broken", where, f"{problem}: ask for the file again"))
    return Grids((Grid(where, tuple(rows)),), tuple(findings))


def _csv_cell(text: str) -> Cell:
    text = text.strip()
    return Cell(text, "text" if text else "empty", formula=text.startswith(("=", "@")))
