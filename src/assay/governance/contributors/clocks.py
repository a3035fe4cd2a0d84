"""What runs out in the files of contributors, and the alarms that follow from it.

Documents, certificates, mandates and rectifications each have a last day; the calendar of
next year must be loaded in December. Acts on nothing: a person renews or terminates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import CalendarNotAnnounced, Finding, Severity
from assay.governance.office import Office
from assay.ledger.book.contributors import contributors_on
from assay.ledger.book.files import papers_of, rectification_of

_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Clock:
    """Something of a firm that ends: what it is, its name, its last day, days left (below 0: over)."""

    what: str
    name: str
    until: date
    left: int


def soon_of(office: Office, today: date) -> date:
    """The last day on which an end is near enough to be said."""
    return today + timedelta(days=office.thresholds.of("clocks")["expiry_alarm_days"])


def clocks_of(connection: Connection, card: Mapping[str, Any], today: date, soon: date) -> list[Clock]:  # fmt: skip
    """Everything of a firm that ends by `soon`, or ended; a terminated firm has no clocks."""
    if card["status"] == "terminated":
        return []
    code = card["contributor"]
    notice = rectification_of(connection, code)
    ends = _expiries(connection, code)
    if notice is not None:
        ends.append(("rectification", code, notice["until"]))
    ends += [
        ("submitter", row["submitter"], row["until"])
        for row in card["submitters"] if row["until"] is not None
    ]  # fmt: skip
    return [
        Clock(what, name, until, (until - today).days)
        for what, name, until in ends if until <= soon or what == "rectification"
    ]  # fmt: skip


def _expiries(connection: Connection, contributor: str) -> list[tuple[str, str, date]]:
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in papers_of(connection, contributor):
        if row["what"] == "certificate_end":
            newest.pop(("certificate", row["name"]), None)
        elif row["what"] in ("document", "certificate"):
            newest[row["what"], row["name"]] = row
    return [
        (row["what"], row["name"], row["until"])
        for row in newest.values() if row["until"] is not None
    ]  # fmt: skip


def alarms(office: Office, day: date | None = None) -> list[Finding]:
    """What somebody must see today: expiries, rectifications, mandates, the calendar."""
    today = day or office.today()
    soon = soon_of(office, today)
    with office.ledger.read() as connection:
        found = [
            _alarm(clock, card["contributor"])
            for card in contributors_on(connection, today)
            for clock in clocks_of(connection, card, today, soon)
        ]
    return [*found, *_calendar(office, today)]


def _alarm(clock: Clock, contributor: str) -> Finding:
    over = clock.left < 0
    if clock.what == "rectification":
        if over:
            return Finding(
                "rectification.unmet", Severity.ERROR,
                f"{contributor}: deadline {clock.until} is over",
                "terminate: assay contributor rectify --end unmet",
            )  # fmt: skip
        return Finding(
            "rectification.running", Severity.WARNING,
            f"{contributor}: until {clock.until}, {clock.left} days left",
            "look at what it sends in",
        )  # fmt: skip
    where = f"{clock.name} of {contributor}"
    if over:
        return Finding(
            f"{clock.what}.expiring", Severity.ERROR, f"{where}: expired {clock.until}",
            "renew it, or act on it today",
        )  # fmt: skip
    return Finding(
        f"{clock.what}.expiring", Severity.WARNING,
        f"{where}: until {clock.until}, {clock.left} days left", "renew it in time",
    )  # fmt: skip


def _calendar(office: Office, today: date) -> list[Finding]:
    """From 1 December on next year's calendar must be loaded: no deadline is guessed."""
    if today < date(today.year, _DECEMBER, 1):
        return []
    try:
        office.calendar.is_open(date(today.year + 1, _DECEMBER, 31))
    except CalendarNotAnnounced as problem:
        return [Finding("calendar.not_announced", Severity.ERROR, office.calendar.id, str(problem))]
    return []
