"""History taken over from elsewhere -> rows for ``price.imported``.

Each row keeps the time its source claims; the ledger adds the true recorded time, and both
are shown for ever. A row that cannot be believed is quarantined.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from assay.collection.clocks import parse_clock
from assay.collection.feeds.mapping import FeedMapping
from assay.collection.feeds.plausible import within_bounds
from assay.collection.feeds.rows import FeedRow, read_rows
from assay.collection.reading import QuarantinedRow, error
from assay.core import Finding, at, decimal_text, unit_of

_LEGS = ("low", "mid", "high")


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One price of another house or time, with the instant it claims to be of."""

    series: str
    date: date
    low: str
    mid: str
    high: str
    unit: str
    claimed_at: datetime
    tax: str | None = None
    source: str = ""


def read_history(
    content: bytes, mapping: FeedMapping, where: str = "history"
) -> tuple[list[HistoryRow], list[QuarantinedRow], list[Finding]]:
    """(rows, quarantined rows, findings) of one file."""
    read = read_rows(content, mapping, where)
    rows: list[HistoryRow] = []
    quarantined: list[QuarantinedRow] = []
    seen: set[tuple[str, date]] = set()
    for row in read.rows:
        problems = [*row.findings, *within_bounds(row, mapping)]
        made = _row(row, mapping, problems)
        if made is not None and (made.series, made.date) in seen:
            problems.append(error("feed.day_twice", row.locator, f"{made.series} {made.date}"))
        if made is None or problems:
            quarantined.append(
                QuarantinedRow(mapping.series, row.raw, row.locator, tuple(problems))
            )
            continue
        seen.add((made.series, made.date))
        rows.append(made)
    return rows, quarantined, list(read.findings)


def _row(row: FeedRow, mapping: FeedMapping, problems: list[Finding]) -> HistoryRow | None:
    if row.day is None:
        problems.append(error("feed.no_date", row.locator, "the row has no date"))
        return None
    legs = {name: row.amounts[name] for name in _LEGS if name in row.amounts}
    single = row.amounts.get("value", row.amounts.get("close", legs.get("mid")))
    if set(legs) != set(_LEGS) and single is None:
        problems.append(error("feed.no_figure", row.locator, "low, mid and high, or one value"))
        return None
    low, mid, high = (legs.get(name, single) or Decimal(0) for name in _LEGS)
    if not low <= mid <= high:
        problems.append(error("feed.low_above_high", row.locator, f"{low}, {mid}, {high}"))
        return None
    unit = row.words.get("unit", mapping.unit)
    if unit_of(mapping.unit).code != unit:
        problems.append(error("feed.unit", row.locator, f"{unit}, declared {mapping.unit}"))
        return None
    claimed = row.words.get("claimed_at")
    claimed_at = parse_clock(claimed, mapping.zone) if claimed else None
    return HistoryRow(
        series=row.words.get("series", mapping.series),
        date=row.day,
        low=decimal_text(low),
        mid=decimal_text(mid),
        high=decimal_text(high),
        unit=unit,
        claimed_at=claimed_at or at(row.day, mapping.event_clock, mapping.zone),
        tax=row.words.get("tax"),
        source=row.words.get("source", mapping.source),
    )
