"""Where complaints stand: stages with their deadlines, alarms, the public register.

Reads only. The public register shows what a complaint is about and what became of it,
never who complained or in which words.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import Finding, Refused, Severity
from assay.governance.complaints.acts import Complaints
from assay.ledger.book import complaints as book
from assay.ledger.book.home import all_persons
from assay.ledger.book.integrity import must_not_be_conflicted

_PUBLIC = (
    "complaint", "category", "formal", "series", "pricing_date", "change", "received_on", "state",
    "about", "outcome_due", "outcome", "measures", "correction", "appealed_on", "appeal_outcome",
)  # fmt: skip


def public_register(connection: Connection) -> list[dict[str, Any]]:
    """Every acknowledged complaint without a person, newest first."""
    found = [each for each in book.complaints_of(connection) if each["about"] is not None]
    return [{name: each[name] for name in _PUBLIC} for each in reversed(found)]


def clock_of(complaints: Complaints, known: dict[str, Any], today: date) -> dict[str, Any]:
    """The stage that is due next, by when, and how late it is (0: in time)."""
    due, what = None, None
    if known["state"] == "received":
        due, what = complaints.acknowledge_until(known["received_on"]).day, "acknowledgement"
    elif known["state"] in ("acknowledged", "assigned"):
        due, what = known["outcome_due"], "outcome"
    appeal = complaints.appeal_until(known["received_on"])
    return {
        "due": due, "what": what, "late": max(0, (today - due).days) if due else 0,
        "appeal_until": appeal.day, "appeal_firm": appeal.firm,
        "may_appeal": known["state"] == "decided" and today <= appeal.day,
    }  # fmt: skip


def queue(complaints: Complaints, connection: Connection, today: date) -> list[dict[str, Any]]:
    """Every complaint with its clock, the most urgent first."""
    found = [
        {**each, "clock": clock_of(complaints, each, today)}
        for each in book.complaints_of(connection)
    ]
    return sorted(found, key=lambda e: (e["clock"]["due"] is None, e["clock"]["due"], e["seq"]))


def handlers(
    complaints: Complaints, connection: Connection, known: dict[str, Any]
) -> list[dict[str, Any]]:
    """Who may handle complaints today, each with the part he had in this matter (None: none)."""
    part, today = book.involved_in(connection, known), complaints.today()
    able = [e.person for e in all_persons(connection, today) if complaints.may_handle(e.roles)]
    return [
        {"person": each, "part": part.get(each) or _interest(connection, each, known, today)}
        for each in able
    ]


def _interest(
    connection: Connection, person: str, known: dict[str, Any], today: date
) -> str | None:
    """That he declared an interest in a series of the matter; which one is not said here."""
    try:
        must_not_be_conflicted(connection, person, known["series"], today)
    except Refused:
        return "declared an interest"
    return None


def complaint_alarms(complaints: Complaints) -> list[Finding]:
    """Every deadline of a complaint that is over."""
    today = complaints.today()
    with complaints.ledger.read() as connection:
        waiting = queue(complaints, connection, today)
    return [
        Finding(
            f"complaint.{each['clock']['what']}_overdue", Severity.ERROR,
            f"{each['complaint']}: due {each['clock']['due']}, {each['clock']['late']} days ago",
            "do it now, or extend it with a reason" if each["clock"]["what"] == "outcome"
            else "acknowledge it: assay complaint acknowledge",
        )
        for each in waiting
        if each["clock"]["late"]
    ]  # fmt: skip
