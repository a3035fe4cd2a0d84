"""Book of complaints, and what must hold whatever face asks.

Enforced in the transaction of the entry: a handler had no part in the matter, as the
journal itself tells; only he decides; an appeal goes to somebody outside, in time.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.ledger.book.changes import change_of, comments_on
from assay.ledger.book.home import persons
from assay.ledger.book.prices import approvals, proposals
from assay.ledger.book.registry import fold
from assay.ledger.book.submissions import judgements, submissions
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Instant

complaints = sa.Table(
    "complaints",
    BOOK_TABLES,
    sa.Column("complaint", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("formal", sa.Boolean, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("series", sa.JSON, nullable=False),
    sa.Column("pricing_date", sa.Date),
    sa.Column("change", sa.Text),
    sa.Column("attachments", sa.JSON, nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("received_by", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("about", sa.Text),
    sa.Column("acknowledged_at", Instant),
    sa.Column("outcome_due", sa.Date),
    sa.Column("handler", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("reasons", sa.Text),
    sa.Column("measures", sa.Text),
    sa.Column("correction", sa.Text),
    sa.Column("letters", sa.JSON),
    sa.Column("decided_at", Instant),
    sa.Column("party", sa.Text),
    sa.Column("appealed_on", sa.Date),
    sa.Column("appeal_outcome", sa.Text),
    sa.Column("appeal_reasons", sa.Text),
)

#: The states of a complaint, in order.
COMPLAINT_STATES = (
    "received", "acknowledged", "assigned", "decided", "appealed", "appeal_decided",
)  # fmt: skip
#: A matter that names no day concerns whoever worked on its series in this time before.
CONCERNED = timedelta(days=365)


@fold("complaint.received/1")
def _received(connection: Connection, entry: Entry) -> None:
    body = entry.body
    day = body["pricing_date"]
    row = {
        **body, "seq": entry.seq, "received_on": date.fromisoformat(body["received_on"]),
        "pricing_date": date.fromisoformat(day) if day else None, "state": "received",
        "recorded_at": entry.recorded_at, "received_by": entry.actor,
    }  # fmt: skip
    connection.execute(complaints.insert(), row)


@fold("complaint.acknowledged/1")
def _acknowledged(connection: Connection, entry: Entry) -> None:
    body = entry.body
    _require(connection, entry, "received")
    _set(
        connection, entry, state="acknowledged", about=body["about"],
        acknowledged_at=entry.recorded_at, outcome_due=date.fromisoformat(body["outcome_due"]),
    )  # fmt: skip


@fold("complaint.assigned/1")
def _assigned(connection: Connection, entry: Entry) -> None:
    known = _require(connection, entry, "acknowledged", "assigned")
    handler = entry.body["handler"]
    part = involved_in(connection, known)
    if handler in part:
        raise refused(
            "complaint.involved", f"{known['complaint']} to {handler}",
            f"he {part[handler]}: choose a handler who had no part in it",
        )  # fmt: skip
    _set(connection, entry, state="assigned", handler=handler)


@fold("complaint.extended/1")
def _extended(connection: Connection, entry: Entry) -> None:
    known = _require(connection, entry, "acknowledged", "assigned")
    due = date.fromisoformat(entry.body["outcome_due"])
    if due <= known["outcome_due"] or not entry.body["reason"].strip():
        raise refused(
            "complaint.extension", known["complaint"],
            f"an extension names a later day than {known['outcome_due']}, and says why",
        )  # fmt: skip
    _set(connection, entry, outcome_due=due)


@fold("complaint.decided/1")
def _decided(connection: Connection, entry: Entry) -> None:
    body, known = entry.body, _require(connection, entry, "assigned")
    if entry.actor != known["handler"]:
        raise refused(
            "complaint.handler", f"{known['complaint']} by {entry.actor}",
            f"{known['handler']} handles it: he decides, or it is assigned anew",
        )  # fmt: skip
    part = involved_in(connection, known)
    if entry.actor in part:
        raise refused(
            "complaint.involved", f"{known['complaint']} by {entry.actor}",
            f"meanwhile he {part[entry.actor]}: assign it to somebody else",
        )  # fmt: skip
    if not body["reasons"].strip():
        raise refused("complaint.words", known["complaint"], "the outcome is given with reasons")
    kept = ("outcome", "reasons", "measures", "correction", "letters")
    values = {name: body[name] for name in kept}
    _set(connection, entry, state="decided", decided_at=entry.recorded_at, **values)


@fold("complaint.appealed/1")
def _appealed(connection: Connection, entry: Entry) -> None:
    body, known = entry.body, _require(connection, entry, "decided")
    received, last = (date.fromisoformat(body[each]) for each in ("received_on", "last_day"))
    if received > last:
        raise refused(
            "complaint.appeal_late", f"{known['complaint']}, appeal of {received}",
            f"an appeal comes within 6 months of the complaint: the last day was {last}",
        )  # fmt: skip
    inside = sa.select(persons.c.seq).where(persons.c.person == body["party"]).limit(1)
    if connection.execute(inside).first() is not None:
        raise refused(
            "complaint.party", f"{known['complaint']} to {body['party']}",
            "an appeal goes to a party outside the agency",
        )  # fmt: skip
    _set(connection, entry, state="appealed", party=body["party"], appealed_on=received)


@fold("complaint.appeal_decided/1")
def _appeal_decided(connection: Connection, entry: Entry) -> None:
    body, known = entry.body, _require(connection, entry, "appealed")
    if body["party"] != known["party"]:
        raise refused(
            "complaint.party", known["complaint"], f"{known['party']} decides this appeal"
        )
    _set(
        connection, entry, state="appeal_decided", appeal_outcome=body["outcome"],
        appeal_reasons=body["reasons"],
    )  # fmt: skip


def _require(connection: Connection, entry: Entry, *states: str) -> dict[str, Any]:
    known = complaint_of(connection, entry.body["complaint"])
    if known is None:
        raise refused(
            "complaint.unknown", entry.body["complaint"], "list them: assay complaint list"
        )
    if known["state"] not in states:
        raise refused(
            "complaint.state", f"{entry.kind} of {entry.body['complaint']}",
            f"it is {known['state']}, it should be {' or '.join(states)}",
        )  # fmt: skip
    return known


def _set(connection: Connection, entry: Entry, **values: Any) -> None:
    where = complaints.c.complaint == entry.body["complaint"]
    connection.execute(complaints.update().where(where).values(**values))


def complaint_of(connection: Connection, complaint: str) -> dict[str, Any] | None:
    """A complaint by name, as a row, or None."""
    query = sa.select(complaints).where(complaints.c.complaint == complaint)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def complaints_of(connection: Connection) -> list[dict[str, Any]]:
    """Every complaint in order of receipt."""
    rows = connection.execute(sa.select(complaints).order_by(complaints.c.seq)).mappings()
    return [dict(row) for row in rows]


def involved_in(connection: Connection, complaint: dict[str, Any]) -> dict[str, str]:
    """Who had a part in the matter, and which one: person -> words. From the journal's acts.

    Prices: who proposed, approved, confirmed or judged data of the series on the day (or,
    where no day is named, in the year before). Change: who proposed, noticed, decided or
    answered.
    """
    found: dict[str, str] = {}
    for series in complaint["series"]:
        for table, words in (
            (judgements, "judged data of"),
            (submissions, "confirmed data of"),
            (proposals, "proposed"),
        ):
            actor = table.c.confirmed_by if table is submissions else table.c.actor
            query = sa.select(actor).where(table.c.series == series, actor.is_not(None))
            for person in connection.execute(_within(query, table, complaint)).scalars():
                found[person] = f"{words} {series}"
        query = (
            sa.select(approvals.c.actor)
            .join(proposals, proposals.c.seq == approvals.c.proposal_seq)
            .where(proposals.c.series == series)
        )
        for person in connection.execute(_within(query, proposals, complaint)).scalars():
            found[person] = f"approved {series}"
    if complaint["change"] is not None:
        found |= _of_change(connection, complaint["change"])
    return found


def _within(query: Any, table: sa.Table, complaint: dict[str, Any]) -> Any:
    day = complaint["pricing_date"]
    if day is not None:
        return query.where(table.c.pricing_date == day)
    received = complaint["received_on"]
    return query.where(table.c.pricing_date.between(received - CONCERNED, received))


def _of_change(connection: Connection, name: str) -> dict[str, str]:
    known = change_of(connection, name)
    if known is None:
        return {}
    found = {e["answered_by"]: f"answered on {name}" for e in comments_on(connection, name)}
    for column, words in (
        ("decided_by", "decided"), ("noticed_by", "noticed"), ("proposed_by", "proposed")
    ):  # fmt: skip
        found[known[column]] = f"{words} {name}"
    return {person: words for person, words in found.items() if person}
