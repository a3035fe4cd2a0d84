"""The columns of submission tables: which heading is which field, from data.

Finds the heading row among title rows, refuses unknown headings with the known ones listed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.collection.grids import Grid
from assay.collection.lexicon import PhraseTableError
from assay.collection.text import normalise

_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_BLANKS = re.compile(r"[\s:*]+")
_LEAST_KNOWN = 2
_SEARCHED_ROWS = 40


@dataclass(frozen=True, slots=True)
class ColumnTable:
    """Headings, footers and cell words of submission tables."""

    headings: Mapping[str, str]
    footers: frozenset[str]
    cells: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, folder: Path) -> ColumnTable:
        """Read `quotes-columns.toml` of `folder` (``reference/phrases``)."""
        return cls.from_document(tomllib.loads((folder / "quotes-columns.toml").read_text("utf-8")))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> ColumnTable:
        """Build from the parsed table; a heading listed twice is refused."""
        headings: dict[str, str] = {}
        for name, words in document["columns"].items():
            for word in words:
                key = heading_key(word)
                if headings.get(key, name) != name:
                    raise PhraseTableError(
                        f"quotes-columns.toml: {word!r} names both {headings[key]} and {name}"
                    )
                headings[key] = name
        cells = {
            name: {word: content for content, words in table.items() for word in words}
            for name, table in document.get("cells", {}).items()
        }
        return cls(headings, frozenset(document["footers"]["words"]), cells)

    def known(self) -> str:
        """All headings, for the word to a person."""
        return ", ".join(sorted(self.headings))


def heading_key(text: str) -> str:
    """A heading in comparable form: no blanks, no bracketed unit, half width, lower case."""
    return _BLANKS.sub("", _BRACKETS.sub("", normalise(text).text))


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the heading row stands, which column is which field, and what is not known."""

    row: int
    columns: Mapping[int, str]
    unknown: tuple[str, ...]
    unit: str | None


def find_heading(grid: Grid, table: ColumnTable) -> Heading | None:
    """The row with most known headings (at least two), among the first rows of the grid."""
    best: Heading | None = None
    for index, row in enumerate(grid.rows[:_SEARCHED_ROWS]):
        columns: dict[int, str] = {}
        unknown: list[str] = []
        for column, cell in enumerate(row):
            name = table.headings.get(heading_key(cell.text)) if cell.text else None
            if name is not None and name not in columns.values():
                columns[column] = name
            elif cell.text and not cell.merged:
                unknown.append(cell.text)
        if len(columns) >= _LEAST_KNOWN and (best is None or len(columns) > len(best.columns)):
            units = [match for cell in row if (match := _unit(cell.text))]
            best = Heading(index, columns, tuple(unknown), units[0] if units else None)
    return best


def _unit(text: str) -> str | None:
    match = _BRACKETS.search(text)
    return match.group()[1:-1].strip() if match and "/" in match.group() else None
