"""Public notices: their names and words. Writes nothing by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import instant_text
from assay.ledger.book.prices import notices


def notice_name(connection: Connection, today: date, offset: int = 0) -> str:
    """The next free name: ``N-<date>-<number>``."""
    prefix = f"N-{today.isoformat()}-"
    query = sa.select(sa.func.count()).where(notices.c.notice.like(f"{prefix}%"))
    return f"{prefix}{connection.execute(query).scalar_one() + 1 + offset:02d}"


def notice_body(
    name: str,
    about: str,
    title: str,
    text: str,
    now: datetime,
    day: date,
    series: Sequence[str],
) -> dict[str, Any]:
    """The body of a ``notice.published/1``."""
    return {
        "notice": name, "about": about, "title": title, "text": text,
        "published_at": instant_text(now), "pricing_date": day.isoformat(),
        "series": list(series),
    }  # fmt: skip
