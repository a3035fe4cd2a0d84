"""Days and instants that people typed into a form or an address: read, or refused by name."""

from __future__ import annotations

from datetime import date, datetime

from assay.core import refused, utc, zone_of


def day_in(text: str | None, what: str = "day") -> date:
    """A date that must be there."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise refused(
            f"{what}.unreadable", text or what, "write a date such as 2025-12-30"
        ) from None


def some_day(text: str | None, what: str = "day") -> date | None:
    """A date that may be left out."""
    return day_in(text, what) if text else None


def instant_in(text: str | None, zone: str) -> datetime | None:
    """The instant of an as-known-at field (without a zone: the house's); empty means now."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise refused("instant.unreadable", text, "write e.g. 2025-12-30T10:14:00+08:00") from None
    return utc(found if found.tzinfo else found.replace(tzinfo=zone_of(zone)))
