"""Book of integrity: pressure reports with their clocks, declarations, assessors, flags.

`must_not_be_conflicted` is asked of every entry that works on a series (`ledger/apart.py`).
Nothing is kept here of what was said in confidence: that lies in the vault.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.ledger.book.registry import fold
from assay.ledger.book.submissions import submissions
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Instant

#: Interests that keep a person from the series he named.
BINDING = ("conflict", "holding", "outside_job")

reports = sa.Table(
    "pressure_reports",
    BOOK_TABLES,
    sa.Column("report", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("reporter", sa.Text, nullable=False),
    sa.Column("manner", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("answer_by", sa.Date, nullable=False),
    sa.Column("close_by", sa.Date, nullable=False),
    sa.Column("supervisor", sa.Text),
    sa.Column("contributor", sa.Text),
    sa.Column("against", sa.Text),
    sa.Column("series", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("escalated", sa.JSON, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("recorded_at", Instant, nullable=False),
)
declarations = sa.Table(
    "declarations",
    BOOK_TABLES,
    sa.Column("declaration", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("interest", sa.Text, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("until", sa.Date),
    sa.Column("renew_by", sa.Date, nullable=False),
    sa.Column("series", sa.JSON, nullable=False),
    sa.Column("contributor", sa.Text),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("amount", sa.Text),
    sa.Column("renews", sa.Text),
    sa.Column("recorded_at", Instant, nullable=False),
)
assessors = sa.Table(
    "assessors",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("series", sa.JSON, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("review_by", sa.Date, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
)
supervision = sa.Table(
    "supervision",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("supervisor", sa.Text, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
)
flags = sa.Table(
    "flags",
    BOOK_TABLES,
    sa.Column("flag", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("detector", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("subjects", sa.JSON, nullable=False),
    sa.Column("series", sa.JSON, nullable=False),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("last", sa.Date, nullable=False),
    sa.Column("strength", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("links", sa.JSON, nullable=False),
    sa.Column("thresholds", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("words", sa.Text),
    sa.Column("closed_by", sa.Text),
    sa.Column("closed_seq", sa.Integer),
)
watches = sa.Table(
    "surveillance_runs",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("flags", sa.Integer, nullable=False),
    sa.Column("raised", sa.JSON, nullable=False),
    sa.Column("thresholds", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
)


def _with_days(entry: Entry, *fields: str) -> dict[str, Any]:
    days = {name: date.fromisoformat(entry.body[name]) for name in fields}
    return {**entry.body, **days, "seq": entry.seq}


@fold("pressure.reported/1")
def _reported(connection: Connection, entry: Entry) -> None:
    row = {
        **_with_days(entry, "day", "answer_by", "close_by"),
        "reporter": entry.actor, "state": "open", "escalated": [], "recorded_at": entry.recorded_at,
    }  # fmt: skip
    connection.execute(reports.insert(), row)


def _open_report(connection: Connection, entry: Entry) -> dict[str, Any]:
    row = report_of(connection, entry.body["report"])
    if row["state"] == "closed":
        raise refused("pressure.closed", row["report"], "it is closed: write a new report")
    return row


def _change(connection: Connection, report: str, **values: Any) -> None:
    connection.execute(reports.update().where(reports.c.report == report).values(**values))


@fold("pressure.answered/1")
def _answered(connection: Connection, entry: Entry) -> None:
    row = _open_report(connection, entry)
    if row["reporter"] == entry.actor:
        raise refused("pressure.own", row["report"], "another person answers a report")
    _change(connection, row["report"], state="answered")


@fold("pressure.escalated/1")
def _escalated(connection: Connection, entry: Entry) -> None:
    row = _open_report(connection, entry)
    reasons = [*row["escalated"], entry.body["reason"]]
    _change(connection, row["report"], escalated=reasons)


@fold("pressure.closed/1")
def _pressure_closed(connection: Connection, entry: Entry) -> None:
    row = _open_report(connection, entry)
    if row["reporter"] == entry.actor:
        raise refused("pressure.own", row["report"], "another person closes a report")
    _change(connection, row["report"], state="closed", outcome=entry.body["outcome"])


@fold("declaration.filed/1")
def _declared(connection: Connection, entry: Entry) -> None:
    row = _with_days(entry, "since", "renew_by")
    connection.execute(declarations.insert(), {**row, "recorded_at": entry.recorded_at})


@fold("declaration.ended/1")
def _declaration_ended(connection: Connection, entry: Entry) -> None:
    until = date.fromisoformat(entry.body["until"])
    where = sa.and_(
        declarations.c.declaration == entry.body["declaration"], declarations.c.until.is_(None)
    )
    if not connection.execute(declarations.update().where(where).values(until=until)).rowcount:
        raise refused("declaration.unknown", entry.body["declaration"], "none such is in force")


@fold("assessor.reviewed/1")
def _assessor(connection: Connection, entry: Entry) -> None:
    connection.execute(assessors.insert(), _with_days(entry, "since", "review_by"))


@fold("supervision.set/1")
def _supervision(connection: Connection, entry: Entry) -> None:
    if entry.body["person"] == entry.body["supervisor"]:
        raise refused("supervision.self", entry.body["person"], "nobody supervises himself")
    connection.execute(supervision.insert(), _with_days(entry, "since"))


@fold("flag.raised/1")
def _flag_raised(connection: Connection, entry: Entry) -> None:
    connection.execute(flags.insert(), _with_days(entry, "first", "last"))


@fold("surveillance.run/1")
def _watched(connection: Connection, entry: Entry) -> None:
    row = {**_with_days(entry, "day", "first"), "recorded_at": entry.recorded_at}
    connection.execute(watches.insert(), row)


@fold("flag.closed/1")
def _flag_closed(connection: Connection, entry: Entry) -> None:
    body = entry.body
    if not body["words"].strip():
        raise refused("flag.words", body["flag"], "say in words what it was")
    where = sa.and_(flags.c.flag == body["flag"], flags.c.outcome.is_(None))
    values = {
        "outcome": body["outcome"], "words": body["words"], "closed_by": entry.actor,
        "closed_seq": entry.seq,
    }  # fmt: skip
    if not connection.execute(flags.update().where(where).values(**values)).rowcount:
        raise refused("flag.unknown", body["flag"], "no such open flag: assay integrity flags")


# ---- what others ask ---------------------------------------------------------------------


def declarations_on(
    connection: Connection, day: date, person: str | None = None
) -> list[dict[str, Any]]:
    """Declarations in force on `day`, in recorded order.

    One that was not renewed in time still binds: what was declared is not gone by silence.
    """
    query = sa.select(declarations).where(
        declarations.c.since <= day,
        sa.or_(declarations.c.until.is_(None), declarations.c.until >= day),
    )
    if person is not None:
        query = query.where(declarations.c.person == person)
    return [dict(r) for r in connection.execute(query.order_by(declarations.c.seq)).mappings()]


def must_not_be_conflicted(
    connection: Connection, person: str, series: Iterable[str], day: date
) -> None:
    """Refuse the act of a person who declared an interest in one of these series."""
    held = [e for e in declarations_on(connection, day, person) if e["interest"] in BINDING]
    for code in series if held else ():
        row = next((each for each in held if code in each["series"]), None)
        if row is not None:
            raise refused(
                "integrity.conflict",
                f"{person} on {code}, {day}",
                f"he declared a {row['interest'].replace('_', ' ')} in it "
                f"({row['declaration']}, since {row['since']}): another person does this",
            )


def series_of_submission(connection: Connection, submission: str) -> str | None:
    """The series that a submission is for, as far as it is known."""
    query = sa.select(submissions.c.series).where(submissions.c.submission == submission)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def report_of(connection: Connection, report: str) -> dict[str, Any]:
    """One pressure report; refused when there is none."""
    query = sa.select(reports).where(reports.c.report == report)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise refused("pressure.unknown", report, "no such report")
    return dict(row)


def reports_of(connection: Connection) -> list[dict[str, Any]]:
    """Every pressure report, in recorded order."""
    query = sa.select(reports).order_by(reports.c.seq)
    return [dict(row) for row in connection.execute(query).mappings()]


def supervisor_on(connection: Connection, person: str, day: date) -> str | None:
    """Who supervises `person` on `day`, or None where nobody was named."""
    query = sa.select(supervision.c.supervisor).where(
        supervision.c.person == person, supervision.c.since <= day
    )
    query = query.order_by(supervision.c.since.desc(), supervision.c.seq.desc()).limit(1)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def assessors_on(connection: Connection, day: date) -> list[dict[str, Any]]:
    """The latest review of each assessor that began by `day`, by person."""
    query = sa.select(assessors).where(assessors.c.since <= day).order_by(assessors.c.seq)
    latest = {row["person"]: dict(row) for row in connection.execute(query).mappings()}
    return [latest[person] for person in sorted(latest)]


def last_watched(connection: Connection) -> date | None:
    """The newest pricing day after which surveillance ran, or None."""
    found: date | None = connection.execute(sa.select(sa.func.max(watches.c.day))).scalar_one()
    return found


def flag_of(connection: Connection, flag: str) -> dict[str, Any] | None:
    """The flag of this name, or None."""
    row = connection.execute(sa.select(flags).where(flags.c.flag == flag)).mappings().first()
    return dict(row) if row else None


def flags_of(connection: Connection, *, only_open: bool = False) -> list[dict[str, Any]]:
    """Flags in recorded order (or those nobody closed yet)."""
    query = sa.select(flags).order_by(flags.c.seq)
    if only_open:
        query = query.where(flags.c.outcome.is_(None))
    return [dict(row) for row in connection.execute(query).mappings()]
