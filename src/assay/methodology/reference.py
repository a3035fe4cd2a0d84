"""Dated reference facts that documents name: calendars and tax tables, read from files.

The folder comes in as an argument; by default it is `reference/` of the checkout this
package runs from (an installed agency names its own). Nothing here is a rule.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from assay.core import Calendar, digest_of, fraction_of
from assay.methodology.document.model import DatedTable

CHECKOUT = Path(__file__).resolve().parents[3]
REFERENCE = CHECKOUT / "reference"
METHODOLOGIES = CHECKOUT / "methodologies"


@dataclass(frozen=True, slots=True)
class Reference:
    """Calendars and dated tables by id."""

    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    tables: Mapping[str, DatedTable] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)


@cache
def load_reference(folder: Path = REFERENCE) -> Reference:
    """Every `calendars/*.toml` and `taxes/*.toml` under `folder`."""
    calendars: dict[str, Calendar] = {}
    tables: dict[str, DatedTable] = {}
    digests: dict[str, str] = {}
    for path in sorted((folder / "calendars").glob("*.toml")):
        raw = path.read_bytes()
        calendar = Calendar.from_document(_toml(raw))
        calendars[calendar.id] = calendar
        digests[calendar.id] = digest_of(raw)
    for path in sorted((folder / "taxes").glob("*.toml")):
        raw = path.read_bytes()
        table = table_from_document(_toml(raw), digest_of(raw))
        tables[table.id] = table
        digests[table.id] = table.digest
    return Reference(calendars, tables, digests)


def _toml(raw: bytes) -> dict[str, Any]:
    from decimal import Decimal

    return tomllib.loads(raw.decode(), parse_float=Decimal)


def table_from_document(document: Mapping[str, Any], digest: str) -> DatedTable:
    """A dated table: ``id``, ``source``, rows ``[[row]] from, source, columns of decimals``."""
    rows = []
    for row in document["row"]:
        numbers = {
            name: fraction_of(number)
            for name, number in row.items()
            if name not in ("from", "source", "note")
        }
        rows.append((row["from"], numbers, row.get("source", document["source"])))
    rows.sort(key=lambda each: each[0])
    return DatedTable(document["id"], document["source"], digest, tuple(rows))
