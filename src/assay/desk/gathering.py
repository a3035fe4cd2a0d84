"""What a determination is given, gathered from the book and nowhere else.

The result is a plain document (`methodology.inputs` reads it), complete enough to run
the determination again for ever. It depends on the book alone, never on the clock, so
gathering twice tells whether anything changed in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import NotANumber, at, decimal_of, decimal_text, instant_text, parse_instant
from assay.desk.desk import Desk
from assay.ledger.book.contributors import contributors_on
from assay.ledger.book.market import factors, facts, rolls
from assay.ledger.book.prices import ticks_of
from assay.ledger.book.submissions import judgements, submissions
from assay.methodology import Methodology, determine, inputs_from_document
from assay.methodology.document.model import InputSpec

#: Ticks that are approved but not out yet, by (series, pricing date): inputs under embargo.
Pending = Mapping[tuple[str, date], Mapping[str, Any]]

#: How far back observations of an input go (a month's average needs its whole month).
LOOK_BACK = timedelta(days=45)
#: How far back the series' own history goes.
HISTORY = timedelta(days=30)
#: How far back exchange rows go that a market document reads.
MARKET_ROWS = timedelta(days=10)
#: Lags that never look at the pricing date itself.
_STRICTLY_BEFORE = ("last_before", "previous_open_day", "previous_published")
#: Inputs whose number stands in the document or in a dated table, in no series.
_STATED = ("table", "constant")
_LEGS = ("low", "mid", "high")


def gather(
    desk: Desk,
    connection: Connection,
    methodology: Methodology,
    series: str,
    day: date,
    pending: Pending | None = None,
    state: str = "",
) -> dict[str, Any]:
    """The complete inputs document of one determination, empty parts left out."""
    held = pending or {}
    document: dict[str, Any] = {"history": _history(connection, series, day)}
    if methodology.assessment is not None:
        firms = contributors_on(connection, day)
        document["submissions"] = _submissions(connection, methodology, series, day, firms)
        document["contributors"] = _register(firms, series, day)
    read = [each for each in methodology.inputs if each.lag not in _STATED and each.series]
    if read:
        document["series"] = {
            spec.series: _observations(desk, connection, spec, day, held) for spec in read
        }
    if methodology.market is not None:
        document["market"] = _market_rows(connection, series, day)
        document["roll"] = _rolls(connection, series, day)
    document["state"] = state
    return {name: part for name, part in document.items() if part}


# ---- submissions and firms -------------------------------------------------------------


def _submissions(
    connection: Connection,
    methodology: Methodology,
    series: str,
    day: date,
    firms: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Confirmed data of the day, and data received on it that claims an earlier day."""
    zone = methodology.hours.zone
    begins, ends = at(day, time(0, 0), zone), at(day + timedelta(days=1), time(0, 0), zone)
    stale = sa.and_(
        submissions.c.pricing_date < day,
        submissions.c.received_at >= begins,
        submissions.c.received_at < ends,
    )
    query = (
        sa.select(submissions)
        .where(submissions.c.series == series, submissions.c.state == "confirmed")
        .where(sa.or_(submissions.c.pricing_date == day, stale))
        .order_by(submissions.c.seq)
    )
    judged = _judgements(connection, series, day)
    by_code = {firm["contributor"]: firm for firm in firms}
    return [
        submission_row(dict(row), by_code.get(row["contributor"]), judged)
        for row in connection.execute(query).mappings()
    ]


def submission_row(
    row: Mapping[str, Any], firm: Mapping[str, Any] | None, judged: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """One datum in the shape of the engine's inputs document."""
    given = {name: text for name, text in row["fields"].items() if text not in (None, "")}
    given["id"] = row["submission"]
    given["channel"] = row["channel"]
    given["evidence"] = row["evidence"]
    given["received_at"] = instant_text(row["received_at"])
    if firm is not None:
        given["group"] = firm["group"]
    judgement = judged.get(row["submission"])
    if judgement is not None and judgement["decision"] != "none":
        given["decision"] = judgement["decision"]
        given["decision_reason"] = judgement["code"]
    return given


def _judgements(connection: Connection, series: str, day: date) -> dict[str, dict[str, Any]]:
    query = sa.select(judgements).where(
        judgements.c.series == series, judgements.c.pricing_date == day
    )
    rows = connection.execute(query.order_by(judgements.c.seq)).mappings()
    return {row["submission"]: dict(row) for row in rows}


def _register(firms: list[dict[str, Any]], series: str, day: date) -> list[dict[str, Any]]:
    """The register of the day; who is not active for this series has ended before it."""
    before = (day - timedelta(days=1)).isoformat()
    register = []
    for firm in firms:
        serves = not firm["series"] or series in firm["series"]
        row = {
            "code": firm["contributor"],
            "group": firm["group"],
            "class": (firm["classes"] or [""])[0],
            "aliases": sorted({firm["name"], *(each["alias"] for each in firm["aliases"])}),
        }
        if firm["status"] != "active" or not serves:
            row["active_to"] = before
        register.append(row)
    return register


# ---- other series ----------------------------------------------------------------------


def _observations(
    desk: Desk, connection: Connection, spec: InputSpec, day: date, pending: Pending
) -> list[dict[str, Any]]:
    """What is known of an input series: ticks, ticks under embargo, facts, factors; by date."""
    last = day - timedelta(days=1) if spec.lag in _STRICTLY_BEFORE else day
    first = day - LOOK_BACK
    seen: dict[str, dict[str, Any]] = {}
    for row in _facts(connection, spec.series, first, last):
        seen[row["date"].isoformat()] = _of_fact(row)
    for row in _factors(connection, spec.series, day):
        seen[row["takes_effect"].isoformat()] = _of_factor(row)
    for row in ticks_of(connection, spec.series, first=first, last=last):
        seen[row["pricing_date"].isoformat()] = _of_tick(row)
    for (code, pricing_date), tick in pending.items():
        if code == spec.series and first <= pricing_date <= last:
            seen[pricing_date.isoformat()] = _of_pending(tick)
    for when in _contract_days(connection, spec.series, day, last):
        read = (
            None if when.isoformat() in seen else _read_market(desk, connection, spec.series, when)
        )
        if read is not None:
            seen[when.isoformat()] = read
    return [seen[each] for each in sorted(seen)]


def _facts(connection: Connection, series: str, first: date, last: date) -> list[dict[str, Any]]:
    query = (
        sa.select(facts)
        .where(facts.c.series == series, facts.c.date >= first, facts.c.date <= last)
        .where(facts.c.value.is_not(None), facts.c.session == "day", facts.c.contract.is_(None))
        .order_by(facts.c.date, facts.c.seq)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _contract_days(connection: Connection, series: str, day: date, last: date) -> list[date]:
    """Days on which a series quoted by contract is read by its own document.

    Of the same day where that is asked for, else the days of the rows that document reads.
    """
    first = day if last == day else last - MARKET_ROWS
    query = sa.select(facts.c.date).where(
        facts.c.series == series, facts.c.contract.is_not(None),
        facts.c.date >= first, facts.c.date <= last,
    ).distinct()  # fmt: skip
    return sorted(connection.execute(query).scalars())


def _factors(connection: Connection, series: str, day: date) -> list[dict[str, Any]]:
    query = (
        sa.select(factors)
        .where(factors.c.series == series, factors.c.takes_effect <= day)
        .order_by(factors.c.takes_effect.desc(), factors.c.seq.desc())
        .limit(4)
    )
    return [dict(row) for row in reversed(connection.execute(query).mappings().all())]


def _of_fact(row: Mapping[str, Any]) -> dict[str, Any]:
    fact = {
        "date": row["date"].isoformat(),
        "value": decimal_text(row["value"]),
        "source": row["source"],
        "revision": row["revision"],
    }
    return {**fact, "carried_at_source": True} if row["carried"] else fact


def _of_factor(row: Mapping[str, Any]) -> dict[str, Any]:
    factor = {
        "effective": row["takes_effect"].isoformat(),
        "value": decimal_text(row["value"]),
        "source": row["source"],
    }
    return {**factor, "period": row["period"]} if row["period"] else factor


def _of_tick(row: Mapping[str, Any]) -> dict[str, Any]:
    seen = {
        "date": row["pricing_date"].isoformat(),
        "revision": row["revision"],
        "source": row["source"] or f"{row['series']} {row['pricing_date']}",
    }
    if row["mid"] is None:
        return {**seen, "status": row["status"]}
    return {**seen, **{leg: decimal_text(row[leg]) for leg in _LEGS if row[leg] is not None}}


def _of_pending(tick: Mapping[str, Any]) -> dict[str, Any]:
    """Exactly what `_of_tick` will say once it is out."""
    seen = {
        "date": tick["pricing_date"],
        "revision": tick["revision"],
        "source": f"{tick['series']} {tick['pricing_date']}",
    }
    return {**seen, **{leg: tick[leg] for leg in _LEGS if tick.get(leg) is not None}}


def _read_market(
    desk: Desk, connection: Connection, series: str, day: date
) -> dict[str, Any] | None:
    """Today's value of a market series, read out of its exchange rows by its own document."""
    document = desk.document(series, day)
    if document.market is None:
        return None
    inputs = gather(desk, connection, document, series, day)
    said = determine(document, day, inputs_from_document(inputs), series)
    if said.mid is None:
        return None
    return {
        "date": day.isoformat(),
        "value": decimal_text(said.mid),
        "source": f"{series} {day} by {document.id} of {document.effective}",
    }


def _history(connection: Connection, series: str, day: date) -> list[dict[str, Any]]:
    rows = {}
    for row in ticks_of(connection, series, first=day - HISTORY, last=day - timedelta(days=1)):
        if row["mid"] is not None:
            legs = {leg: decimal_text(row[leg]) for leg in _LEGS if row[leg] is not None}
            rows[row["pricing_date"]] = {
                "series": series, "date": row["pricing_date"].isoformat(), **legs,
            }  # fmt: skip
    return [rows[each] for each in sorted(rows)]


# ---- exchange rows ---------------------------------------------------------------------


def _market_rows(connection: Connection, series: str, day: date) -> list[dict[str, Any]]:
    query = (
        sa.select(facts)
        .where(facts.c.series == series, facts.c.date <= day, facts.c.date >= day - MARKET_ROWS)
        .order_by(facts.c.date, facts.c.seq)
    )
    newest: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in connection.execute(query).mappings():
        newest[row["date"], row["session"], row["contract"] or ""] = dict(row)
    rows: list[dict[str, Any]] = []
    for fact in newest.values():
        rows.extend(_exchange_rows(fact))
    return rows


def _exchange_rows(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A fact as exchange rows: one for the day, one for each step of its path."""
    base: dict[str, Any] = {
        "series": row["series"], "date": row["date"].isoformat(), "session": row["session"],
        "source": row["source"],
    }  # fmt: skip
    if row["contract"]:
        base["contract"] = row["contract"]
    if row["carried"]:
        base["carried"] = True
    content = dict(row["content"])
    path = content.pop("path", None) or []
    whole = {name: text for name, text in content.items() if _is_number(text)}
    rows = [{**base, **whole}] if whole else []
    for instant, price, *volume in path:
        step = {**base, "at": instant, "price": price}
        rows.append({**step, "volume": volume[0]} if volume else step)
    return rows


def _is_number(text: Any) -> bool:
    try:
        decimal_of(text)
    except NotANumber:
        return False
    return True


def _rolls(connection: Connection, series: str, day: date) -> list[dict[str, Any]]:
    """The analyst's dated overrides; ordinary rolls follow from the rows by the rule."""
    query = sa.select(rolls).where(rolls.c.series == series, rolls.c.since <= day)
    query = query.where(rolls.c.override.is_(True))
    return [
        {"from": row["since"].isoformat(), "contract": row["contract"]}
        for row in connection.execute(query.order_by(rolls.c.since, rolls.c.seq)).mappings()
    ]


# ---- comparing two gatherings ------------------------------------------------------------


def changed_inputs(
    before: Mapping[str, Any], now: Mapping[str, Any], hard_cut_off: datetime | None
) -> list[str]:
    """What differs between two gatherings, in words; data after the cut-off never counts."""
    said = _changed_submissions(_by_id(before, hard_cut_off), _by_id(now, hard_cut_off))
    earlier, later = before.get("series", {}), now.get("series", {})
    for code in sorted({*earlier, *later}):
        if earlier.get(code) != later.get(code):
            said.append(f"input {code} changed")
    for part in ("contributors", "market", "roll", "state", "quantities"):
        if before.get(part) != now.get(part):
            said.append(f"{part} changed")
    return said


def _by_id(document: Mapping[str, Any], cut_off: datetime | None) -> dict[str, dict[str, Any]]:
    return {
        row["id"]: row
        for row in document.get("submissions", [])
        if cut_off is None or parse_instant(row["received_at"]) <= cut_off
    }


def _changed_submissions(
    before: Mapping[str, dict[str, Any]], now: Mapping[str, dict[str, Any]]
) -> list[str]:
    said = [f"submission {each} is no longer there" for each in before if each not in now]
    said += [f"submission {each} is new" for each in now if each not in before]
    for each in before:
        if each in now and before[each] != now[each]:
            fields = sorted(
                name
                for name in {*before[each], *now[each]}
                if before[each].get(name) != now[each].get(name)
            )
            said.append(f"submission {each}: {', '.join(fields)} changed")
    return said
