"""What anybody may see of a price, and when: the embargo of every exit.

A tick shows from its publication instant on, never before, whoever asks; what was known
at an earlier instant is answered from recorded times. Reads only.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import decimal_text, instant_text, refused
from assay.ledger.book.prices import ticks

LEGS = ("low", "mid", "high")


def visible_ticks(
    connection: Connection,
    series: str,
    *,
    now: datetime,
    known_at: datetime | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[dict[str, Any]]:
    """Every revision that was out (and recorded) at `known_at`, or is out at `now`."""
    limit = now if known_at is None else min(known_at, now)
    query = (
        sa.select(ticks)
        .where(ticks.c.series == series, ticks.c.recorded_at <= limit)
        .where(sa.or_(ticks.c.published_at <= limit, ticks.c.status == "imported"))
    )
    if first is not None:
        query = query.where(ticks.c.pricing_date >= first)
    if last is not None:
        query = query.where(ticks.c.pricing_date <= last)
    rows = connection.execute(query.order_by(ticks.c.pricing_date, ticks.c.revision)).mappings()
    return [dict(row) for row in rows]


def price_of(
    connection: Connection,
    series: str,
    day: date | None,
    *,
    now: datetime,
    known_at: datetime | None = None,
) -> dict[str, Any]:
    """The newest revision of a price (of the newest day when none is named), for people.

    Keys: series, pricing_date, revision, status, low, mid, high, unit, published_at,
    recorded_at, known_at, tax, branch, late, reason, change, source, methodology, judgement.
    """
    found = visible_ticks(connection, series, now=now, known_at=known_at, first=day, last=day)
    if not found:
        when = instant_text(known_at or now)
        raise refused(
            "price.none",
            f"{series} on {day or 'any day'}, as known at {when}",
            "nothing was out by then: look at assay day status, or ask for another day",
        )
    newest = found[-1]
    before = _before(connection, newest, now=now, known_at=known_at)
    return _view(newest, before, known_at or now)


def _before(
    connection: Connection, tick: dict[str, Any], *, now: datetime, known_at: datetime | None
) -> dict[str, Any] | None:
    """The last day with a price before this one, in its newest visible revision."""
    query = (
        sa.select(sa.func.max(ticks.c.pricing_date))
        .where(ticks.c.series == tick["series"], ticks.c.pricing_date < tick["pricing_date"])
        .where(ticks.c.mid.is_not(None))
    )
    day = connection.execute(query).scalar_one_or_none()
    if day is None:
        return None
    seen = visible_ticks(
        connection, tick["series"], now=now, known_at=known_at, first=day, last=day
    )
    return seen[-1] if seen and seen[-1]["mid"] is not None else None


def _view(
    tick: dict[str, Any], before: dict[str, Any] | None, known_at: datetime
) -> dict[str, Any]:
    content = tick["tick"]
    change = None
    if before is not None and tick["mid"] is not None:
        change = {
            "of": "mid", "against": before["pricing_date"].isoformat(),
            "value": decimal_text(tick["mid"] - before["mid"]),
        }  # fmt: skip
    return {
        "series": tick["series"],
        "pricing_date": tick["pricing_date"].isoformat(),
        "revision": tick["revision"],
        "status": tick["status"],
        **{leg: None if tick[leg] is None else decimal_text(tick[leg]) for leg in LEGS},
        "unit": tick["unit"],
        "tax": content.get("tax"),
        "branch": content.get("branch"),
        "late": tick["late"],
        "reason": tick["reason"],
        "change": change,
        "published_at": instant_text(tick["published_at"]),
        "recorded_at": instant_text(tick["recorded_at"]),
        "known_at": instant_text(known_at),
        "source": tick["source"],
        "methodology": content.get("methodology"),
        "statistics": content.get("statistics"),
        "judgement": content.get("judgement"),
        "rationale": content.get("rationale"),
        "licence_notes": content.get("licence_notes", []),
    }
