"""Panel sheets (one firm a row, one term a column, the day in the corner) -> offers.

The layout of fixing panels: A1 is the day, the first row names terms, the first column names
firms. The tab's own name is compared with the day; a disagreement is a finding.
"""

from __future__ import annotations

import re
from datetime import date

from assay.collection.clocks import parse_day
from assay.collection.grids import Grid
from assay.collection.numerals import plain_amount
from assay.collection.quote_checks import decimal_shown
from assay.collection.reading import (
    Certainty,
    FieldRead,
    Offered,
    Reading,
    missing_fields,
    notice,
    warning,
)
from assay.core import Finding

_LEAST_COLUMNS = 3
_LEAST_ROWS = 3
_TAB = re.compile(r"\A([0-9]{2})([0-9]{2})\Z")


def read_panel(grid: Grid) -> Reading | None:
    """The offers of a panel sheet, or None where the sheet is no panel."""
    if len(grid.rows) < _LEAST_ROWS or len(grid.rows[0]) < _LEAST_COLUMNS:
        return None
    corner, *terms = grid.rows[0]
    if not corner.text or corner.stored == "number" or not all(cell.text for cell in terms):
        return None
    if any(cell.stored != "text" for cell in terms):
        return None
    day = parse_day(corner.text, day_first=True)
    if day is None:
        return None
    findings = _tab(grid, day)
    offers: list[Offered] = []
    for index, row in enumerate(grid.rows[1:], 1):
        if not row or not row[0].text or row[0].stored != "text":
            continue
        blank = 0
        for column in range(1, min(len(row), len(terms) + 1)):
            offer = _offer(grid, index, column, day)
            if offer is None:
                blank += 1
                continue
            offers.append(offer)
        if blank:
            findings.append(
                notice("panel.missing_cells", grid.place(index, 0), f"{blank} cells hold no number")
            )
    return Reading(offers=tuple(offers), findings=tuple(findings))


def _tab(grid: Grid, day: date) -> list[Finding]:
    match = _TAB.match(grid.name)
    if match is None or (int(match[1]), int(match[2])) == (day.day, day.month):
        return []
    return [
        warning(
            "table.tab_misdated",
            grid.name,
            f"the tab is called {grid.name} (day, month), its corner says {day}: ask which is meant",
        )
    ]


def _offer(grid: Grid, index: int, column: int, day: date) -> Offered | None:
    cell = grid.rows[index][column]
    amount = plain_amount(cell.text) if cell.text and not cell.formula else None
    if amount is None:
        return None
    place = grid.place(index, column)
    firm = grid.rows[index][0].text
    term = grid.rows[0][column].text
    price = FieldRead(decimal_shown(amount), Certainty.STATED, locator=place)
    fields = {
        "pricing_date": FieldRead(day.isoformat(), Certainty.INHERITED, locator=grid.place(0, 0)),
        "contributor": FieldRead(firm, Certainty.UNCERTAIN, locator=grid.place(index, 0)),
        "low": price,
        "high": price,
    }
    said = {"term": FieldRead(term, Certainty.STATED, locator=grid.place(0, column))}
    return Offered(
        fields=fields,
        missing=missing_fields(fields),
        said=said,
        text=f"{firm}\t{term}\t{cell.text}",
        locator=place,
    )
