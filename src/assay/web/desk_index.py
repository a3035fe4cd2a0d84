"""The series of the day in one list: state, phase, what came in, when its window opens. Reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import Refused
from assay.desk import Desk, phase_of
from assay.ledger.book.prices import ENDED, states_of
from assay.ledger.book.submissions import submissions


@dataclass(frozen=True, slots=True)
class Line:
    """One series of the day."""

    series: str
    state: dict[str, Any]
    phase: str
    opens: datetime | None
    closes: datetime | None
    offered: int
    confirmed: int


def lines_of(desk: Desk, connection: Connection, day: date) -> list[Line]:
    """Every series that is open on `day`, those still under way first, by their window."""
    counts = _counts(connection, day)
    found = [_line(desk, connection, row, day, counts) for row in states_of(connection, day)]
    return sorted(
        found,
        key=lambda each: (
            each.state["state"] in ENDED,
            each.opens is None,
            each.opens or desk.now(),
            each.series,
        ),
    )


def _counts(connection: Connection, day: date) -> Counter[tuple[str, str]]:
    columns = submissions.c
    query = (
        sa.select(columns.series, columns.state, sa.func.count().label("number"))
        .where(columns.pricing_date == day)
        .group_by(columns.series, columns.state)
    )
    return Counter({(row.series, row.state): row.number for row in connection.execute(query)})


def _line(
    desk: Desk, connection: Connection, state: dict[str, Any], day: date,
    counts: Counter[tuple[str, str]],
) -> Line:  # fmt: skip
    series = state["series"]
    try:
        hours = desk.hours(connection, series, day)
    except Refused:  # the document that opened this day is not in the folder any more
        return Line(series, state, "", None, None, counts[series, "offered"], counts[series, "confirmed"])  # fmt: skip
    return Line(
        series, state, phase_of(hours, day, desk.now()), hours.window.opens_at(day),
        hours.window.closes_at(day), counts[series, "offered"], counts[series, "confirmed"],
    )  # fmt: skip
