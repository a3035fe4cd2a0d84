"""The inputs of a determination as values: data of firms, the register, the card.

Reads the plain inputs document; names of firms are brought to their codes here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from verifier import exact
from verifier.canonical import Malformed
from verifier.chain import instant
from verifier.windows import at

KINDS = ("transaction", "bid", "offer", "indication")


class UnknownMethod(Exception):
    """The document asks for something this verifier does not know."""


#: A bid that sells and an offer that buys are asked about, never read.
CONTRADICTING = (("bid", "sell"), ("offer", "buy"))


@dataclass(frozen=True, slots=True)
class Datum:
    """One submission as the determination was given it."""

    id: str
    day: date
    series: str
    contributor: str
    kind: str
    low: Fraction | None
    high: Fraction | None
    side: str | None
    quantity: Fraction | None
    received: datetime | None
    concluded: datetime | None
    place: int
    said: Mapping[str, Any]

    @property
    def point(self) -> Fraction:
        """The middle of its ends."""
        if self.low is None or self.high is None:
            raise Malformed(f"submission {self.id} has no price")
        return (self.low + self.high) / 2

    def text(self, name: str) -> str | None:
        """A descriptive field, or None where nothing was said."""
        given = self.said.get(name)
        return None if given in (None, "") else str(given)


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm of the register on the day."""

    code: str
    group: str
    klass: str
    since: date | None
    until: date | None

    def active(self, day: date) -> bool:
        """Whether it is qualified on `day`."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True)
class Day:
    """The day around the data: card, hours, register, what was published before."""

    date: date
    series: str
    document: Mapping[str, Any]
    card: Mapping[str, Any]
    firms: Mapping[str, Firm] | None
    last_mid: Fraction | None
    inputs: Mapping[str, Any]
    data: tuple[Datum, ...] = field(default=())

    def clock(self, name: str) -> datetime | None:
        """One of the document's hours of this day (``soft``, ``hard``), in UTC."""
        hours = self.document["hours"]
        return at(self.date, hours[name], hours["zone"]) if hours.get(name) else None

    @property
    def begins(self) -> datetime:
        """Midnight at which the day begins in its zone."""
        return at(self.date, time(0), self.document["hours"]["zone"])

    @property
    def ends(self) -> datetime:
        """Midnight at which it ends."""
        return at(self.date + timedelta(days=1), time(0), self.document["hours"]["zone"])

    def firm(self, code: str) -> Firm | None:
        """The firm of this code, or None."""
        return None if self.firms is None else self.firms.get(code)


def card_of(document: Mapping[str, Any], series: str) -> dict[str, Any]:
    """The specification card of one series: the common card, its own words over it."""
    common = dict(document["specification"])
    own = common.pop("of", {})
    return common | dict(own.get(series, {}))


def day_of(document: Mapping[str, Any], series: str, day: date, inputs: Mapping[str, Any]) -> Day:
    """Everything a rule may look at."""
    register = inputs.get("contributors")
    firms, names = (None, {}) if register is None else _register(register)
    data = tuple(
        _renamed(_datum(row, place), names)
        for place, row in enumerate(inputs.get("submissions", []))
        if (row.get("kind"), row.get("side")) not in CONTRADICTING
    )
    return Day(
        date=day,
        series=series,
        document=document,
        card=card_of(document, series),
        firms=firms,
        last_mid=_last_mid(inputs, series, day),
        inputs=inputs,
        data=data,
    )


def _register(rows: list[dict[str, Any]]) -> tuple[dict[str, Firm], dict[str, str]]:
    firms, names = {}, {}
    for row in rows:
        code = row["code"]
        firms[code] = Firm(
            code,
            row.get("group") or code,
            row.get("class") or "",
            _day(row.get("active_from")),
            _day(row.get("active_to")),
        )
        names.update(dict.fromkeys(row.get("aliases") or [], code))
    return firms, names


def _renamed(datum: Datum, names: Mapping[str, str]) -> Datum:
    return replace(datum, contributor=names.get(datum.contributor, datum.contributor))


def _day(given: str | None) -> date | None:
    return date.fromisoformat(given) if given else None


def _instant(given: str | None) -> datetime | None:
    return instant(given).astimezone(UTC) if given else None


def _datum(row: Mapping[str, Any], place: int) -> Datum:
    low = row.get("low") if row.get("low") is not None else row.get("price")
    high = row.get("high") if row.get("high") is not None else row.get("price")
    low, high = (high if low is None else low), (low if high is None else high)
    return Datum(
        id=str(row.get("id") or f"#{place + 1}"),
        day=date.fromisoformat(row["pricing_date"]),
        series=row["series"],
        contributor=row["contributor"],
        kind=row.get("kind") or "indication",
        low=exact.maybe(low or None),
        high=exact.maybe(high or None),
        side=row.get("side") or None,
        quantity=exact.maybe(row.get("quantity") or None),
        received=_instant(row.get("received_at")),
        concluded=_instant(row.get("concluded_at")),
        place=place,
        said=row,
    )


def _last_mid(inputs: Mapping[str, Any], series: str, day: date) -> Fraction | None:
    """The last value of the series before the day, for comparison only."""
    rows = [
        (row["date"], row.get("revision") or 0, row)
        for row in inputs.get("history", [])
        if row["series"] == series and date.fromisoformat(row["date"]) < day
    ]
    if not rows:
        return None
    row = max(rows, key=lambda each: each[:2])[2]
    return exact.maybe(row.get("mid") if row.get("mid") is not None else row.get("value"))
