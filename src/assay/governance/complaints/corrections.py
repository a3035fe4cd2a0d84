"""The register of corrections and the public error statistics, from the journal itself.

Each `price.corrected` entry is a row: cause, size, time to correct, notice. What followed
from another correction (a cascade) is shown and not counted as an error of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import Rounding, decimal_of, decimal_text, parse_instant, round_to_step
from assay.governance.acting import book_at
from assay.ledger import Entry, Ledger
from assay.ledger.book.prices import ticks

CAUSES = ("late_submission", "contributor_error", "agency_error", "system", "cascade")
_LEGS = ("low", "mid", "high")
_PERCENT = Decimal("0.01")


def corrections(
    ledger: Ledger,
    *,
    known_at: datetime | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[dict[str, Any]]:
    """Every correction of the pricing dates in the span, in order, as known at an instant."""
    rows = []
    with book_at(ledger, known_at) as connection:
        published = _published(connection)
    for entry in ledger.entries(kinds=["price.corrected/1"], until=known_at):
        day = date.fromisoformat(entry.body["pricing_date"])
        if (first is None or day >= first) and (last is None or day <= last):
            rows.append(_row(entry, day, published))
    return rows


def _published(connection: Connection) -> dict[tuple[str, date, int], datetime]:
    query = sa.select(ticks.c.series, ticks.c.pricing_date, ticks.c.revision, ticks.c.published_at)
    return {
        (row.series, row.pricing_date, row.revision): row.published_at
        for row in connection.execute(query)
    }


def _row(
    entry: Entry, day: date, published: dict[tuple[str, date, int], datetime]
) -> dict[str, Any]:
    body = entry.body
    before, tick = body["previous"], body["tick"]
    moves = [
        abs(decimal_of(tick[leg]) - decimal_of(before[leg]))
        for leg in _LEGS
        if tick.get(leg) is not None and before.get(leg) is not None
    ]
    size = max(moves, default=None)
    corrected_at = parse_instant(body["published_at"])
    since = published.get((body["series"], day, body["revision"] - 1))
    return {
        "seq": entry.seq, "series": body["series"], "pricing_date": day,
        "revision": body["revision"], "cause": body["cause"], "reason": body["reason"],
        "before": {leg: before.get(leg) for leg in _LEGS},
        "after": {leg: tick.get(leg) for leg in _LEGS}, "unit": tick.get("unit"),
        "size": None if size is None else decimal_text(size),
        "percent": _percent(size, before.get("mid")), "notice": body["notice"],
        "published_at": since, "corrected_at": corrected_at,
        "minutes": None if since is None else int((corrected_at - since).total_seconds() // 60),
    }  # fmt: skip


def _percent(size: Decimal | None, mid: str | None) -> str | None:
    if size is None or mid is None or not decimal_of(mid):
        return None
    exact = 100 * Fraction(size) / abs(Fraction(decimal_of(mid)))
    return decimal_text(round_to_step(exact, _PERCENT, Rounding.HALF_AWAY_FROM_ZERO))


def statistics(
    ledger: Ledger,
    *,
    known_at: datetime | None = None,
    first: date | None = None,
    last: date | None = None,
) -> dict[str, Any]:
    """How often the house was wrong, why, by how much, and how long it took to say so."""
    rows = corrections(ledger, known_at=known_at, first=first, last=last)
    with book_at(ledger, known_at) as connection:
        query = sa.select(sa.func.count()).where(
            ticks.c.revision == 0, ticks.c.status == "published"
        )
        if first is not None:
            query = query.where(ticks.c.pricing_date >= first)
        if last is not None:
            query = query.where(ticks.c.pricing_date <= last)
        published = connection.execute(query).scalar_one()
    own = [row for row in rows if row["cause"] != "cascade"]
    rate = None
    if published:
        exact = Fraction(100 * len(own), published)
        rate = decimal_text(round_to_step(exact, _PERCENT, Rounding.HALF_AWAY_FROM_ZERO))
    return {
        "published": published, "errors": len(own), "corrections": len(rows),
        "errors_percent": rate,
        "causes": [_cause(cause, [r for r in rows if r["cause"] == cause]) for cause in CAUSES],
    }  # fmt: skip


def _cause(cause: str, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    found = list(rows)
    sizes = [decimal_of(row["percent"]) for row in found if row["percent"] is not None]
    minutes = sorted(row["minutes"] for row in found if row["minutes"] is not None)
    return {
        "cause": cause, "count": len(found),
        "largest_percent": decimal_text(max(sizes)) if sizes else None,
        "median_minutes": minutes[(len(minutes) - 1) // 2] if minutes else None,
        "longest_minutes": minutes[-1] if minutes else None,
    }  # fmt: skip
