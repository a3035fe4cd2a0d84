"""The impact study over the journal: the proposed document run on recorded inputs.

Takes the newest determination of each series and day, runs both documents on exactly its
inputs, and sets low, mid and high side by side. Names no contributor and no count of
them, so that a notice may attach it. Changes nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import decimal_of, decimal_text
from assay.ledger.book.prices import determinations
from assay.methodology import Determination, Methodology, determine, inputs_from_document

LEGS = ("low", "mid", "high")
_NAMES = ["series", "pricing_date", *(f"{side}_{leg}" for side in ("old", "new") for leg in LEGS),
          "old_branch", "new_branch", "change"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A series and day under both documents; a side without a price says why."""

    series: str
    day: date
    old: dict[str, Any]
    new: dict[str, Any]

    @property
    def change(self) -> Decimal | None:
        """New mid minus old mid, where both are there."""
        old, new = self.old["mid"], self.new["mid"]
        return None if old is None or new is None else decimal_of(new) - decimal_of(old)

    @property
    def differs(self) -> bool:
        """Whether another number, or none, would have been published."""
        return [self.old[leg] for leg in LEGS] != [self.new[leg] for leg in LEGS]


def study_rows(
    connection: Connection,
    new: Methodology,
    previous: Methodology,
    first: date | None = None,
    last: date | None = None,
) -> list[StudyRow]:
    """Both documents on every stored day of the series they share, by series and day."""
    rows = []
    for series in sorted(set(new.series) & set(previous.series)):
        for day, inputs in _stored(connection, series, first, last):
            sides = []
            for document in (previous, new):
                given = inputs_from_document(inputs)
                sides.append(_side(determine(document, day, given, series)))
            rows.append(StudyRow(series, day, *sides))
    return rows


def _stored(
    connection: Connection, series: str, first: date | None, last: date | None
) -> Iterator[tuple[date, dict[str, Any]]]:
    newest = sa.select(sa.func.max(determinations.c.seq)).where(determinations.c.series == series)
    if first is not None:
        newest = newest.where(determinations.c.pricing_date >= first)
    if last is not None:
        newest = newest.where(determinations.c.pricing_date <= last)
    newest = newest.group_by(determinations.c.pricing_date)
    query = sa.select(determinations.c.pricing_date, determinations.c.inputs).where(
        determinations.c.seq.in_(newest)
    )
    for row in connection.execute(query.order_by(determinations.c.pricing_date)):
        yield row.pricing_date, row.inputs


def _side(result: Determination) -> dict[str, Any]:
    said = result.document()
    return {"branch": said["branch"] if said["mid"] is not None else said["reason"]} | {
        leg: said[leg] for leg in LEGS
    }


def summary_of(rows: list[StudyRow]) -> list[dict[str, Any]]:
    """One line a series: days, days that differ, days without a price, the largest change."""
    found = []
    for series in sorted({row.series for row in rows}):
        own = [row for row in rows if row.series == series]
        moves = [row.change for row in own if row.change is not None]
        largest = max(moves, key=abs, default=None)
        found.append({
            "series": series, "days": len(own), "differ": sum(row.differs for row in own),
            "old_without": sum(row.old["mid"] is None for row in own),
            "new_without": sum(row.new["mid"] is None for row in own),
            "largest_change": None if largest is None else decimal_text(largest),
        })  # fmt: skip
    return found


def table_of(rows: list[StudyRow]) -> bytes:
    """Every series and day as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_NAMES)
    for row in rows:
        sides = [side[leg] or "" for side in (row.old, row.new) for leg in LEGS]
        moved = "" if row.change is None else decimal_text(row.change)
        writer.writerow([row.series, row.day, *sides, row.old["branch"], row.new["branch"], moved])
    return out.getvalue().encode()


def page_of(
    rows: list[StudyRow], new: Methodology, previous: Methodology, clauses: list[dict[str, Any]]
) -> bytes:
    """The study for people, in Markdown."""
    lines = [
        f"# Impact study: {previous.id} of {previous.effective} and {new.id} of {new.effective}",
        "", f"Old document `{previous.digest}`, proposed `{new.digest}`.", "",
        "## What changes in the document", "",
        *(f"* {e['place']} (clause {e['clause'] or '-'}): {e['before'] or 'nothing'} -> "
          f"{e['after'] or 'nothing'}" for e in clauses),
        "", "## What it would have done to the stored days", "",
        "| series | days | differ | old without price | new without price | largest change |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| {each['series']} | {each['days']} | {each['differ']} | {each['old_without']} | "
        f"{each['new_without']} | {each['largest_change'] or '-'} |"
        for each in summary_of(rows)
    ]
    if not rows:
        lines += ["", "No stored day: the study says nothing about prices."]
    return ("\n".join(lines) + "\n").encode()
