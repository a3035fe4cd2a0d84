"""The declared mapping of one feed, read from `reference/feeds/*.toml`.

Says what the file is, not what it means for a price. Unknown keys, figures or units are
refused when the mapping is loaded, so that a typing error never becomes a fact.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from assay.collection.text import normalise
from assay.core import decimal_of, unit_of, zone_of

KINDS = ("daily", "sessions", "path", "quantities", "history")
FIGURES = (
    "value", "open", "high", "low", "close", "settlement", "volume", "open_interest", "turnover",
    "price", "mid", "output", "emission", "intensity",
)  # fmt: skip
WORDS = (
    "date", "at", "trading_day", "session", "contract", "trade_type", "product", "enterprise", "quarter",
    "source", "series", "unit", "tax", "claimed_at",
)  # fmt: skip
_KEYS = {
    "id", "kind", "series", "unit", "source", "licence", "zone", "encoding", "columns", "ignored",
    "date_format", "event_clock", "calendar", "closed_days", "values", "use", "definition",
    "limits", "zero_is_outage", "sessions", "weekdays_only", "note",
}  # fmt: skip
_LIMIT_KEYS = {"least", "most", "day_change_percent", "path_percent"}
_DATE_FORMATS = ("year_first", "day_first", "month_first")


class MappingError(ValueError):
    """A feed mapping that does not say what it must."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means from a day on; `check` names the identity that must hold, if any."""

    since: date
    name: str
    check: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of belief: by the unit (`least`, `most`), by yesterday, along a path."""

    least: Decimal | None = None
    most: Decimal | None = None
    day_change_percent: Decimal | None = None
    path_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FeedMapping:
    """Which column is which figure, and what surrounds it."""

    id: str
    kind: str
    series: str
    unit: str
    source: str
    columns: Mapping[str, str]
    licence: str | None = None
    zone: str = "Asia/Shanghai"
    encoding: str | None = None
    ignored: frozenset[str] = frozenset()
    date_format: str = "year_first"
    event_clock: time = time(15, 0)
    calendar: str | None = None
    closed_days: str = "quarantine"
    weekdays_only: bool = False
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    use: Mapping[str, str] = field(default_factory=dict)
    definitions: tuple[Definition, ...] = ()
    limits: Limits = Limits()
    zero_is_outage: frozenset[str] = frozenset()
    sessions: Mapping[str, tuple[time, time]] = field(default_factory=dict)

    def definition_on(self, day: date) -> Definition | None:
        """The definition in force on `day`."""
        held = [each for each in self.definitions if each.since <= day]
        return held[-1] if held else None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> FeedMapping:
        """Build from a parsed mapping; what it does not know is refused with what it knows."""
        name = str(document.get("id", "feed"))
        _only(name, document, _KEYS)
        if document["kind"] not in KINDS:
            raise MappingError(f"{name}: kind {document['kind']!r}; allowed: {', '.join(KINDS)}")
        zone_of(document.get("zone", "Asia/Shanghai"))
        limits = document.get("limits", {})
        _only(f"{name}, limits", limits, _LIMIT_KEYS)
        if document.get("date_format", "year_first") not in _DATE_FORMATS:
            raise MappingError(f"{name}: date_format; allowed: {', '.join(_DATE_FORMATS)}")
        if document.get("closed_days", "quarantine") not in {"quarantine", "ignore"}:
            raise MappingError(f"{name}: closed_days; allowed: quarantine, ignore")
        return cls(
            id=name,
            kind=document["kind"],
            series=document["series"],
            unit=unit_of(document["unit"]).code,
            source=document["source"],
            columns=_columns(name, document["columns"]),
            licence=document.get("licence"),
            zone=document.get("zone", "Asia/Shanghai"),
            encoding=document.get("encoding"),
            ignored=frozenset(column_key(each) for each in document.get("ignored", ())),
            date_format=document.get("date_format", "year_first"),
            event_clock=document.get("event_clock", time(15, 0)),
            calendar=document.get("calendar"),
            closed_days=document.get("closed_days", "quarantine"),
            weekdays_only=bool(document.get("weekdays_only", False)),
            values={
                word: {spelling.lower(): said for said, many in table.items() for spelling in many}
                for word, table in document.get("values", {}).items()
            },
            use=dict(document.get("use", {})),
            definitions=tuple(
                Definition(each["since"], each["name"], each.get("check"))
                for each in sorted(document.get("definition", ()), key=lambda each: each["since"])
            ),
            limits=Limits(**{key: decimal_of(text) for key, text in limits.items()}),
            zero_is_outage=frozenset(document.get("zero_is_outage", ())),
            sessions={
                session: (hours["opens"], hours["closes"])
                for session, hours in document.get("sessions", {}).items()
            },
        )


def _only(name: str, table: Mapping[str, Any], allowed: set[str]) -> None:
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise MappingError(
            f"{name}: unknown keys {', '.join(unknown)}; allowed: {', '.join(sorted(allowed))}"
        )


def _columns(name: str, columns: Mapping[str, str]) -> dict[str, str]:
    mapped: dict[str, str] = {}
    for heading, figure in columns.items():
        if figure not in (*FIGURES, *WORDS):
            known = ", ".join((*FIGURES, *WORDS))
            raise MappingError(f"{name}: column {heading!r} -> {figure!r}; allowed: {known}")
        mapped[column_key(heading)] = figure
    return mapped


def column_key(heading: str) -> str:
    """A heading in comparable form: half width, lower case, without blanks."""
    return "".join(normalise(heading).text.split())


def load_feeds(folder: Path) -> dict[str, FeedMapping]:
    """Every mapping of `folder` (``reference/feeds``) by id; two with one id are refused."""
    feeds: dict[str, FeedMapping] = {}
    for path in sorted(folder.glob("*.toml")):
        mapping = FeedMapping.from_document(tomllib.loads(path.read_text("utf-8")))
        if mapping.id in feeds:
            raise MappingError(f"{path.name}: the id {mapping.id} is taken")
        feeds[mapping.id] = mapping
    return feeds
