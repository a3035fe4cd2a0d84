"""What the journal says about a series at a certain place: values, facts, firms, data.

The horizon is a sequence number: nothing recorded after it is looked at. What a
determination was given must be exactly what stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from verifier import exact
from verifier.canonical import Malformed
from verifier.chain import Act, Journal, instant
from verifier.days import CORRECTED, NOT_ASSESSED, PUBLISHED
from verifier.methods.market import Row
from verifier.methods.pricing import Seen

#: Every kind that says something of a submission's state.
SUBMISSION_KINDS = (
    "submission.received/1", "submission.confirmed/1", "submission.withdrawn/1",
    "submission.discarded/1", "submission.judged/1",
)  # fmt: skip
LEGS = ("low", "mid", "high")


@dataclass(frozen=True, slots=True)
class Horizon:
    """Values that were out, and everything else that was recorded, before an entry."""

    ticks: int
    others: int


def observations(journal: Journal, series: str, last: date, horizon: Horizon) -> list[Seen]:
    """Every value of `series` up to the day `last`: ticks before factors before facts."""
    seen: dict[date, Seen] = {}
    silent: set[date] = set()
    for act in _about(journal, "market.recorded/1", series, horizon.others):
        number = act.body["content"].get("value") or act.body["content"].get("close")
        day = date.fromisoformat(act.body["date"])
        if act.body["session"] == "day" and number is not None:
            value = exact.number(number)
            seen[day] = Seen(
                day, value, value, value, act.body["revision"], carried=act.body["carried"]
            )
    for act in _about(journal, "factor.recorded/1", series, horizon.others):
        day, value = date.fromisoformat(act.body["takes_effect"]), exact.number(act.body["value"])
        seen[day] = Seen(day, value, value, value, period=act.body["period"] or "")
    for act in ticks(journal, series, horizon.ticks):
        day = date.fromisoformat(act.body["pricing_date"])
        silent.discard(day)
        if act.kind == NOT_ASSESSED:
            silent.add(day)
        else:
            seen[day] = tick_value(act)
    return [seen[day] for day in sorted(seen) if day <= last and day not in silent]


def _about(journal: Journal, kind: str, series: str, before: int) -> Iterator[Act]:
    return (e for e in journal.of(kind) if e.seq < before and e.body["series"] == series)


def ticks(journal: Journal, series: str, before: int) -> Iterator[Act]:
    """Published, corrected, imported and not assessed values of a series, in order."""
    kinds = (PUBLISHED, CORRECTED, NOT_ASSESSED, "price.imported/1")
    return (e for e in journal.of(*kinds) if e.seq < before and e.body["series"] == series)


def tick_value(act: Act) -> Seen:
    """The legs of one published or imported value."""
    legs = act.body if act.kind == "price.imported/1" else act.body["tick"]
    mid = exact.number(legs["mid"])
    low, high = (exact.number(legs.get(leg) or legs["mid"]) for leg in ("low", "high"))
    day = date.fromisoformat(act.body["pricing_date"])
    return Seen(day, low, mid, high, act.body.get("revision", 0))


def market_rows(journal: Journal, series: str, first: date, last: date, before: int) -> list[Row]:
    """The exchange rows of a market series between two days, newest revision of each fact."""
    newest: dict[tuple[str, str, str], Act] = {}
    for act in _about(journal, "market.recorded/1", series, before):
        if first <= date.fromisoformat(act.body["date"]) <= last:
            key = (act.body["date"], act.body["session"], act.body["contract"] or "")
            newest[key] = act
    rows: list[Row] = []
    for act in newest.values():
        rows.extend(_rows(act))
    return sorted(rows, key=lambda each: each.date)


def _rows(act: Act) -> Iterator[Row]:
    body = act.body
    day, contract, session = (
        date.fromisoformat(body["date"]),
        body["contract"] or "",
        body["session"],
    )
    numbers = {
        name: number
        for name, given in body["content"].items()
        if name != "path" and (number := _number(given)) is not None
    }
    if numbers:
        yield Row(day, None, contract, session, body["carried"], numbers)
    for moment, price, *volume in body["content"].get("path") or []:
        step = {"price": exact.number(price)}
        if volume:
            step["volume"] = exact.number(volume[0])
        yield Row(day, instant(moment), contract, session, False, step)


def _number(given: Any) -> Fraction | None:
    try:
        return exact.number(given)
    except Malformed:
        return None


def rolls(journal: Journal, series: str, before: int) -> list[dict[str, Any]]:
    """The analyst's dated overrides of the most-traded contract, recorded before an entry."""
    told = _about(journal, "contract.rolled/1", series, before)
    return [dict(act.body) for act in told if act.body["override"]]


# ---- firms -----------------------------------------------------------------------------


@dataclass(slots=True)
class Card:
    """A firm of the register on a day."""

    body: dict[str, Any]
    status: str
    names: set[str]


def register(journal: Journal, day: str, before: int) -> dict[str, Card]:
    """Every firm as it stood on `day`, by what was recorded before an entry."""
    cards: dict[str, Card] = {}
    for act in journal.of("contributor.registered/1"):
        if act.seq < before and act.body["since"] <= day:
            cards[act.body["contributor"]] = Card(act.body, "candidate", {act.body["name"]})
    statuses = [
        act.body
        for act in journal.of("contributor.status_set/1")
        if act.seq < before and act.body["since"] <= day
    ]
    for told in sorted(statuses, key=lambda each: str(each["since"])):
        if told["contributor"] in cards:
            cards[told["contributor"]].status = told["status"]
    for act in journal.of("contributor.alias_added/1"):
        told = act.body
        held = told["since"] <= day and (told["until"] is None or day <= told["until"])
        if act.seq < before and held and told["contributor"] in cards:
            cards[told["contributor"]].names.add(told["alias"])
    return cards


# ---- submissions -----------------------------------------------------------------------


@dataclass(slots=True)
class Told:
    """A submission as it stood: how it came, what was confirmed, what was decided."""

    received: Act
    fields: dict[str, Any] | None = None
    live: bool = True
    judged: dict[str, Any] | None = None


def submissions(journal: Journal, before: int) -> dict[str, Told]:
    """Every disclosed submission as it stood before an entry."""
    told: dict[str, Told] = {}
    for act in journal.of(*SUBMISSION_KINDS):
        if act.seq >= before:
            break
        name = act.body["submission"]
        if act.kind == "submission.received/1":
            told[name] = Told(act)
        elif name not in told:
            raise Malformed(f"{act.where}: submission {name} was never received")
        elif act.kind == "submission.confirmed/1":
            told[name].fields = act.body["fields"]
        elif act.kind in ("submission.withdrawn/1", "submission.discarded/1"):
            told[name].live = False
        elif act.kind == "submission.judged/1":
            told[name].judged = act.body
    return told
