"""The price tables and the page for the reader: nothing in them may differ from the journal.

Both are written again from the disclosed entries and compared byte for byte, so that a
table that was altered together with its hash is found too.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from verifier.bundle import Bundle
from verifier.canonical import canonical_bytes, sha256
from verifier.days import ENDS, Days
from verifier.report import Report

JSON_TABLE, CSV_TABLE, README = "prices.json", "prices.csv", "README.md"
COLUMNS = (
    "series", "pricing_date", "revision", "status", "low", "mid", "high", "unit", "branch",
    "late", "reason", "published_at", "entry",
)  # fmt: skip
#: The page for the reader is the same in every bundle of this format.
README_DIGEST = "sha256:2c20b30f8a46dcd2fea3fa7c62c1c035944d4b9c13083487067440eac1ae3cd7"
#: Pages that bundles of this format carried before; what was right then stays right.
EARLIER_READMES = ("sha256:aa467b9e168e609cf772f7b168dcd32586f0b394b7d282f7f0d5abbb6c3780f2",)


def check_tables(bundle: Bundle, days: Days, report: Report) -> None:
    """`prices.json`, `prices.csv` and `README.md`."""
    rows = price_rows(days, bundle.days)
    for name, expected in ((JSON_TABLE, json_table(rows)), (CSV_TABLE, csv_table(rows))):
        found = bundle.files.get(name)
        if found is None:
            report.problem("file.missing", name, "every bundle has it")
        elif found != expected:
            report.problem("table.differs", _first_difference(name, found, expected),
                           "not what the journal says")  # fmt: skip
    if sha256(bundle.files.get(README, b"")) not in (README_DIGEST, *EARLIER_READMES):
        report.problem("readme.differs", README, "not the page of this bundle format")


def price_rows(days: Days, wanted: list[str]) -> list[dict[str, Any]]:
    """One row a published value, by series, date and revision."""
    rows: list[dict[str, Any]] = []
    for key in sorted(days):
        if key[1] in wanted:
            rows.extend(_row(act) for act in days[key].ends if act.kind in ENDS)
    return rows


def _row(act: Any) -> dict[str, Any]:
    body, tick = act.body, act.body.get("tick") or {}
    return {
        "series": body["series"],
        "pricing_date": body["pricing_date"],
        "revision": body["revision"],
        "status": act.kind.partition(".")[2].partition("/")[0],
        **{each: tick.get(each) for each in ("low", "mid", "high", "unit", "branch")},
        "late": bool(body.get("late", False)),
        "reason": body.get("reason"),
        "published_at": body["published_at"],
        "entry": act.seq,
    }


def json_table(rows: list[dict[str, Any]]) -> bytes:
    """The rows as one line of canonical JSON."""
    return canonical_bytes(rows) + b"\n"


def csv_table(rows: list[dict[str, Any]]) -> bytes:
    """The rows as comma-separated values: header, line feeds, empty where there is nothing."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[each]) for each in COLUMNS])
    return out.getvalue().encode()


def _cell(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, bool):
        return "yes" if content else "no"
    return str(content)


def _first_difference(name: str, found: bytes, expected: bytes) -> str:
    pairs = zip(found.split(b"\n"), expected.split(b"\n"), strict=False)
    for number, (left, right) in enumerate(pairs, 1):
        if left != right:
            return f"{name} line {number}"
    return name
