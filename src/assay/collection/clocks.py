"""Times as channels write them -> instants: 12 and 24 hour clocks, Chinese and English dates.

A time without a zone gets the zone the channel declares, never the machine's. A day-first or
month-first order that cannot be told is not guessed: the caller is told so.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from assay.core import zone_of

_CHINESE = re.compile(
    r"(?P<y>20[0-9]{2})\s*[-/年.]\s*(?P<m>[0-9]{1,2})\s*[-/月.]\s*(?P<d>[0-9]{1,2})\s*日?"
    r"(?:\s*[(（]?\s*(?:星期|周)[一二三四五六日天]\s*[)）]?)?"
    r"[T\s,，]*"
    r"(?:(?P<half>上午|下午|凌晨|早上|晚上|中午|AM|PM|am|pm)\s*)?"
    r"(?P<h>[0-9]{1,2})\s*[:：]\s*(?P<min>[0-9]{2})(?:\s*[:：]\s*(?P<s>[0-9]{2}))?(?:\.[0-9]+)?"
    r"(?:\s*(?P<after>AM|PM|am|pm))?"
    r"(?:\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2}))?"
)
_ENGLISH = re.compile(
    r"(?:[A-Za-z]+,\s*)?(?P<month>[A-Za-z]{3,9})\.?\s+(?P<d>[0-9]{1,2}),?\s+(?P<y>20[0-9]{2})"
    r"[\s,]*(?:at\s+)?(?P<h>[0-9]{1,2}):(?P<min>[0-9]{2})(?::(?P<s>[0-9]{2}))?\s*(?P<after>AM|PM)?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AFTERNOON = {"下午", "晚上", "pm"}
_MORNING = {"上午", "凌晨", "早上", "am"}
_NOON = 12
_SHORT_ZONE = 5


def known_zone(name: str) -> bool:
    """Whether a channel's heading names a time zone."""
    try:
        zone_of(name)
    except (ValueError, LookupError, OSError):
        return False
    return True


def parse_clock(text: str, zone: str) -> datetime | None:
    """The instant this text writes, in UTC; a time without a zone is one of `zone`."""
    match = _CHINESE.search(text)
    if match is not None:
        return _built(match, int(match["m"]), zone)
    match = _ENGLISH.search(text)
    if match is not None and match["month"][:3].lower() in _MONTHS:
        return _built(match, _MONTHS.index(match["month"][:3].lower()) + 1, zone)
    return mail_date(text, zone)


def mail_date(text: str, zone: str) -> datetime | None:
    """The instant of an RFC 5322 date header, in UTC; `zone` where the header has none."""
    try:
        stated = parsedate_to_datetime(text)
        if stated.tzinfo is None:
            stated = stated.replace(tzinfo=zone_of(zone))
        return stated.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError, AttributeError):
        return None


def _built(match: re.Match[str], month: int, zone: str) -> datetime | None:
    parts = match.groupdict()
    hour = int(parts["h"])
    half = (parts.get("half") or parts.get("after") or "").lower()
    if half in _AFTERNOON and hour < _NOON:
        hour += _NOON
    elif half in _MORNING and hour == _NOON:
        hour = 0
    try:
        stated = datetime(
            int(parts["y"]), month, int(parts["d"]), hour, int(parts["min"]),
            int(parts.get("s") or 0), tzinfo=_zone(parts.get("zone"), zone),
        )  # fmt: skip
        return stated.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(stated: str | None, zone: str) -> tzinfo:
    if not stated:
        return zone_of(zone)
    if stated == "Z":
        return UTC
    sign = -1 if stated[0] == "-" else 1
    digits = stated[1:].replace(":", "").ljust(_SHORT_ZONE - 1, "0")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:4])))


_ISO = re.compile(r"\s*(20[0-9]{2}|19[0-9]{2})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?![0-9])")
_COMPACT = re.compile(r"\s*(20[0-9]{2}|19[0-9]{2})([0-9]{2})([0-9]{2})\s*\Z")
_TURNED = re.compile(r"\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.](20[0-9]{2}|19[0-9]{2})(?![0-9])")


def parse_day(text: str, *, day_first: bool | None = None) -> date | None:
    """The date this text writes: 2025-12-30, 2025/12/30, 20251230, 2025年12月30日, 30/12/2025.

    With the year last, `day_first` settles the order; undecided (None) it is read only where
    one of the two cannot be a month.
    """
    for pattern in (_ISO, _COMPACT):
        match = pattern.match(text)
        if match is not None:
            return _day(int(match[1]), int(match[2]), int(match[3]))
    match = _TURNED.match(text)
    if match is None:
        return None
    first, second = int(match[1]), int(match[2])
    if day_first is None:
        if first <= _NOON and second <= _NOON and first != second:
            return None
        day_first = first > _NOON or first == second
    day, month = (first, second) if day_first else (second, first)
    return _day(int(match[3]), month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
