"""Book of prices: days, determinations, proposals, ticks, notices; the four-eyes rule.

The rules that must hold whatever face asked (nobody approves what he proposed, what is
published is exactly what was approved, silence is no state) are enforced here, in the
transaction of the entry itself.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import BrokenPromise, Finding, Severity, digest, parse_instant, refused
from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Exact, Instant

days = sa.Table(
    "days",
    BOOK_TABLES,
    sa.Column("pricing_date", sa.Date, primary_key=True),
    sa.Column("series", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("document", sa.Text),
    sa.Column("opened_seq", sa.Integer, nullable=False),
)
determinations = sa.Table(
    "determinations",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("series", sa.Text, nullable=False, index=True),
    sa.Column("pricing_date", sa.Date, nullable=False, index=True),
    sa.Column("digest", sa.Text, nullable=False, index=True),
    sa.Column("determination", sa.JSON, nullable=False),
    sa.Column("inputs", sa.JSON, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
)
proposals = sa.Table(
    "proposals",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("proposal", sa.Text, nullable=False, index=True),
    sa.Column("series", sa.Text, nullable=False, index=True),
    sa.Column("pricing_date", sa.Date, nullable=False, index=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tick", sa.JSON, nullable=False),
    sa.Column("determination", sa.Text, nullable=False),
    sa.Column("words", sa.Text),
)
approvals = sa.Table(
    "approvals",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("proposal_seq", sa.Integer, nullable=False, index=True),
    sa.Column("proposal", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
)
ticks = sa.Table(
    "ticks",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("series", sa.Text, nullable=False, index=True),
    sa.Column("pricing_date", sa.Date, nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("low", Exact),
    sa.Column("mid", Exact),
    sa.Column("high", Exact),
    sa.Column("unit", sa.Text),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("proposal", sa.Text),
    sa.Column("source", sa.Text),
    sa.Column("tick", sa.JSON, nullable=False),
    sa.UniqueConstraint("series", "pricing_date", "revision"),
)
notices = sa.Table(
    "notices",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("notice", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("pricing_date", sa.Text),
    sa.Column("series", sa.JSON, nullable=False),
)

#: The states a (pricing date, series) passes through; the last two end the day.
STATES = ("open", "determined", "proposed", "approved", "published", "not_assessed")
ENDED = ("published", "not_assessed")


def _day(entry: Entry) -> date:
    return date.fromisoformat(entry.body["pricing_date"])


def _set_state(connection: Connection, entry: Entry, state: str, **more: Any) -> None:
    where = (days.c.pricing_date == _day(entry), days.c.series == entry.body["series"])
    changed = connection.execute(days.update().where(*where).values(state=state, **more)).rowcount
    if changed != 1:
        raise refused(
            "day.not_open",
            f"{entry.body['series']} on {entry.body['pricing_date']}",
            "open the day first: assay day open",
        )


def _require_open(connection: Connection, entry: Entry) -> None:
    state = state_of(connection, entry.body["series"], _day(entry))
    if state is None or state["state"] in ENDED:
        raise refused(
            "day.ended" if state else "day.not_open",
            f"{entry.kind} of {entry.body['series']} on {entry.body['pricing_date']}",
            "an ended price changes only by a correction: assay day correct"
            if state
            else "open the day first: assay day open",
        )


@fold("day.opened/1")
def _opened(connection: Connection, entry: Entry) -> None:
    for series in entry.body["series"]:
        row = {
            "pricing_date": _day(entry), "series": series, "state": "open", "late": False,
            "document": entry.body["documents"].get(series), "opened_seq": entry.seq,
        }  # fmt: skip
        if state_of(connection, series, _day(entry)):
            raise refused("day.opened_twice", f"{series} on {_day(entry)}", "it is open already")
        connection.execute(days.insert(), row)


@fold("price.determined/1")
def _determined(connection: Connection, entry: Entry) -> None:
    body = entry.body
    row = {
        "seq": entry.seq, "series": body["series"], "pricing_date": _day(entry),
        "digest": body["digest"], "determination": body["determination"],
        "inputs": body["inputs"], "recorded_at": entry.recorded_at,
    }  # fmt: skip
    connection.execute(determinations.insert(), row)
    state = state_of(connection, body["series"], _day(entry))
    if state is not None and state["state"] not in ENDED:
        _void_proposals(connection, entry)
        _set_state(connection, entry, "determined")


def _void_proposals(connection: Connection, entry: Entry) -> None:
    where = (
        proposals.c.series == entry.body["series"],
        proposals.c.pricing_date == _day(entry),
        proposals.c.state.in_(("open", "approved")),
    )
    connection.execute(proposals.update().where(*where).values(state="void"))


@fold("price.proposed/1")
def _proposed(connection: Connection, entry: Entry) -> None:
    body = entry.body
    if digest(body["tick"]) != body["proposal"]:
        raise BrokenPromise(
            Finding(
                "proposal.digest", Severity.ERROR, f"{body['series']} {body['pricing_date']}",
                "the proposal must be the digest of its tick",
            )
        )  # fmt: skip
    _void_proposals(connection, entry)
    row = {
        "seq": entry.seq, "proposal": body["proposal"], "series": body["series"],
        "pricing_date": _day(entry), "actor": entry.actor, "state": "open",
        "tick": body["tick"], "determination": body["determination"],
    }  # fmt: skip
    connection.execute(proposals.insert(), row)
    if body["tick"].get("revision", 0) == 0:
        _require_open(connection, entry)
        _set_state(connection, entry, "proposed")


def _live_proposal(connection: Connection, entry: Entry) -> dict[str, Any]:
    proposal = proposal_of(connection, entry.body["series"], _day(entry))
    if proposal is None or proposal["proposal"] != entry.body["proposal"]:
        raise refused(
            "proposal.void",
            f"{entry.body['series']} on {entry.body['pricing_date']}",
            "the content changed after it was opened: look at the present proposal and decide anew",
        )
    return proposal


@fold("price.approved/1")
def _approved(connection: Connection, entry: Entry) -> None:
    proposal = _live_proposal(connection, entry)
    if entry.actor == proposal["actor"]:
        raise refused(
            "review.same_person",
            f"{entry.actor} on {entry.body['series']} {entry.body['pricing_date']}",
            "nobody approves what he proposed: another person must review it",
        )
    row = {
        "seq": entry.seq, "proposal_seq": proposal["seq"], "proposal": proposal["proposal"],
        "actor": entry.actor, "words": entry.body["words"],
    }  # fmt: skip
    connection.execute(approvals.insert(), row)
    where = proposals.c.seq == proposal["seq"]
    connection.execute(proposals.update().where(where).values(state="approved"))
    if proposal["tick"].get("revision", 0) == 0:
        _set_state(connection, entry, "approved")


@fold("price.returned/1")
def _returned(connection: Connection, entry: Entry) -> None:
    proposal = _live_proposal(connection, entry)
    where = proposals.c.seq == proposal["seq"]
    connection.execute(
        proposals.update().where(where).values(state="returned", words=entry.body["words"])
    )
    if proposal["tick"].get("revision", 0) == 0:
        _set_state(connection, entry, "determined")


def _approved_tick(connection: Connection, entry: Entry) -> dict[str, Any]:
    proposal = _live_proposal(connection, entry)
    others = {each["actor"] for each in approvals_of(connection, proposal["seq"])}
    others -= {proposal["actor"]}
    wanted = 2 if proposal["tick"].get("second_signature_required") else 1
    if proposal["state"] != "approved" or len(others) < wanted:
        raise refused(
            "price.not_approved",
            f"{entry.body['series']} on {entry.body['pricing_date']}",
            "a second person must approve this exact content first"
            if wanted == 1
            else "two persons beside the proposer must approve this exact content first",
        )
    if digest(entry.body["tick"]) != proposal["proposal"]:
        raise BrokenPromise(
            Finding(
                "price.differs", Severity.ERROR,
                f"{entry.body['series']} {entry.body['pricing_date']}",
                "what is published must be exactly what was approved",
            )
        )  # fmt: skip
    where = proposals.c.seq == proposal["seq"]
    connection.execute(proposals.update().where(where).values(state="published"))
    return proposal


def _insert_tick(connection: Connection, entry: Entry, status: str, **more: Any) -> None:
    tick = entry.body.get("tick") or {}
    row = {
        "seq": entry.seq, "series": entry.body["series"], "pricing_date": _day(entry),
        "revision": entry.body.get("revision", 0), "status": status,
        "late": bool(entry.body.get("late")), "recorded_at": entry.recorded_at,
        "proposal": entry.body.get("proposal"), "tick": tick, "unit": tick.get("unit"),
        **{leg: Decimal(tick[leg]) if tick.get(leg) else None for leg in ("low", "mid", "high")},
        **more,
    }  # fmt: skip
    connection.execute(ticks.insert(), row)


@fold("price.published/1")
def _published(connection: Connection, entry: Entry) -> None:
    _require_open(connection, entry)
    _approved_tick(connection, entry)
    moment = parse_instant(entry.body["published_at"])
    _insert_tick(connection, entry, "published", published_at=moment)
    _set_state(connection, entry, "published")


@fold("price.corrected/1")
def _corrected(connection: Connection, entry: Entry) -> None:
    before = latest_tick(connection, entry.body["series"], _day(entry))
    if before is None or before["revision"] + 1 != entry.body["revision"]:
        raise refused(
            "price.revision",
            f"{entry.body['series']} on {entry.body['pricing_date']}",
            "a correction is the next revision of a published value",
        )
    _approved_tick(connection, entry)
    moment = parse_instant(entry.body["published_at"])
    _insert_tick(connection, entry, "corrected", published_at=moment, reason=entry.body["reason"])
    _set_state(connection, entry, "published", reason=None)


@fold("price.delayed/1")
def _delayed(connection: Connection, entry: Entry) -> None:
    state = state_of(connection, entry.body["series"], _day(entry))
    _set_state(connection, entry, state["state"] if state else "open", late=True)


@fold("price.not_assessed/1")
def _not_assessed(connection: Connection, entry: Entry) -> None:
    body = entry.body
    if body["revision"] == 0:
        _require_open(connection, entry)
    _void_proposals(connection, entry)
    moment = parse_instant(body["published_at"])
    _insert_tick(connection, entry, "not_assessed", published_at=moment, reason=body["reason"])
    _set_state(connection, entry, "not_assessed", reason=body["reason"])


@fold("price.imported/1")
def _imported(connection: Connection, entry: Entry) -> None:
    body = entry.body
    tick = {each: body[each] for each in ("low", "mid", "high", "unit", "tax")}
    row = {
        "seq": entry.seq, "series": body["series"], "pricing_date": _day(entry), "revision": 0,
        "status": "imported", "late": False, "source": body["source"], "unit": body["unit"],
        "published_at": parse_instant(body["claimed_at"]), "recorded_at": entry.recorded_at,
        "tick": tick, **{leg: Decimal(body[leg]) for leg in ("low", "mid", "high")},
    }  # fmt: skip
    connection.execute(ticks.insert(), row)


@fold("notice.published/1")
def _notice(connection: Connection, entry: Entry) -> None:
    moment = parse_instant(entry.body["published_at"])
    connection.execute(notices.insert(), {**entry.body, "seq": entry.seq, "published_at": moment})


def state_of(connection: Connection, series: str, day: date) -> dict[str, Any] | None:
    """The state of a series' day (row of `days`), or None where it was never opened."""
    query = sa.select(days).where(days.c.series == series, days.c.pricing_date == day)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def states_of(connection: Connection, day: date) -> list[dict[str, Any]]:
    """The states of all series of a day, by code."""
    query = sa.select(days).where(days.c.pricing_date == day).order_by(days.c.series)
    return [dict(row) for row in connection.execute(query).mappings()]


def days_since(connection: Connection, after: date | None) -> dict[date, set[str]]:
    """Every pricing day (after one, where given) with the states of its series."""
    query = sa.select(days.c.pricing_date, days.c.state).distinct()
    if after is not None:
        query = query.where(days.c.pricing_date > after)
    found: dict[date, set[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.pricing_date, set()).add(row.state)
    return found


def proposal_of(connection: Connection, series: str, day: date) -> dict[str, Any] | None:
    """The live proposal (open or approved) of a series' day, or None."""
    query = (
        sa.select(proposals)
        .where(
            proposals.c.series == series,
            proposals.c.pricing_date == day,
            proposals.c.state.in_(("open", "approved")),
        )
        .order_by(proposals.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def approvals_of(connection: Connection, proposal_seq: int) -> list[dict[str, Any]]:
    """Who approved a proposal, in order."""
    query = sa.select(approvals).where(approvals.c.proposal_seq == proposal_seq)
    return [dict(row) for row in connection.execute(query.order_by(approvals.c.seq)).mappings()]


def latest_determination(connection: Connection, series: str, day: date) -> dict[str, Any] | None:
    """The newest determination of a series' day, or None."""
    query = (
        sa.select(determinations)
        .where(determinations.c.series == series, determinations.c.pricing_date == day)
        .order_by(determinations.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def ticks_of(
    connection: Connection,
    series: str,
    *,
    first: date | None = None,
    last: date | None = None,
    known_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """Every revision of a series' ticks by date and revision, as known at an instant."""
    query = sa.select(ticks).where(ticks.c.series == series)
    if first is not None:
        query = query.where(ticks.c.pricing_date >= first)
    if last is not None:
        query = query.where(ticks.c.pricing_date <= last)
    if known_at is not None:
        query = query.where(ticks.c.recorded_at <= known_at)
    query = query.order_by(ticks.c.pricing_date, ticks.c.revision)
    return [dict(row) for row in connection.execute(query).mappings()]


def latest_tick(
    connection: Connection, series: str, day: date, known_at: datetime | None = None
) -> dict[str, Any] | None:
    """The newest revision of one tick, as known at an instant, or None."""
    found = ticks_of(connection, series, first=day, last=day, known_at=known_at)
    return found[-1] if found else None


def previous_tick(
    connection: Connection, series: str, day: date, known_at: datetime | None = None
) -> dict[str, Any] | None:
    """The newest revision of the last priced day strictly before `day`, or None."""
    query = (
        sa.select(sa.func.max(ticks.c.pricing_date))
        .where(ticks.c.series == series, ticks.c.pricing_date < day)
        .where(ticks.c.mid.is_not(None))
    )
    if known_at is not None:
        query = query.where(ticks.c.recorded_at <= known_at)
    before = connection.execute(query).scalar_one_or_none()
    return None if before is None else latest_tick(connection, series, before, known_at)
