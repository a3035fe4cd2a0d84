"""The price tables of a bundle: for people a CSV, for programs the same rows as JSON.

Only what disclosed entries say; nothing is computed here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from assay.core import canonical_bytes
from assay.ledger import Entry

COLUMNS = (
    "series",
    "pricing_date",
    "revision",
    "status",
    "low",
    "mid",
    "high",
    "unit",
    "branch",
    "late",
    "reason",
    "published_at",
    "entry",
)
VALUES = ("price.published/1", "price.corrected/1", "price.not_assessed/1")


def price_rows(entries: Iterable[Entry], days: set[str]) -> list[dict[str, Any]]:
    """One row a value of the days, by series, pricing date and revision."""
    rows = [
        _row(each) for each in entries if each.kind in VALUES and each.body["pricing_date"] in days
    ]
    return sorted(rows, key=lambda row: (row["series"], row["pricing_date"], row["entry"]))


def _row(entry: Entry) -> dict[str, Any]:
    body = entry.body
    tick = body.get("tick") or {}
    return {
        "series": body["series"],
        "pricing_date": body["pricing_date"],
        "revision": body["revision"],
        "status": entry.kind.removeprefix("price.").removesuffix("/1"),
        **{name: tick.get(name) for name in ("low", "mid", "high", "unit", "branch")},
        "late": bool(body.get("late", False)),
        "reason": body.get("reason"),
        "published_at": body["published_at"],
        "entry": entry.seq,
    }


def as_json(rows: list[dict[str, Any]]) -> bytes:
    """One line of canonical JSON."""
    return canonical_bytes(rows) + b"\n"


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    """Header and rows with line feeds; an empty cell where there is nothing to say."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(row[name]) for name in COLUMNS} for row in rows)
    return text.getvalue().encode()


def _cell(content: Any) -> Any:
    if isinstance(content, bool):
        return "yes" if content else "no"
    return "" if content is None else content
