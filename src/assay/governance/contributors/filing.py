"""The file of a contributor as it stands, and the alarms that follow from all files.

Compliance reads every file. A submitter sees the file of his own firm only, without what
others said about it. Writes nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import CalendarNotAnnounced, Finding, Severity, refused
from assay.governance.contributors.life import card_on, shortcomings
from assay.governance.office import Office
from assay.ledger.book.contributors import contributors_on
from assay.ledger.book.files import (
    certificates_on,
    papers_of,
    rectification_of,
    statuses_of,
    submitter_on,
)

READ = "governance:contributor:read"
OWN = "portal:file:read"
#: What other participants said, and what the house thinks: not for the firm itself.
_NOT_HIS = ("reference",)


def readable_file(
    office: Office, person: str, contributor: str | None, known_at: datetime | None = None
) -> dict[str, Any]:
    """The file that `person` may read: any for compliance and desk, his own for a submitter."""
    day = office.today()
    with office.ledger.read() as connection:
        if office.may(connection, person, READ):
            if contributor is None:
                raise refused("contributor.which", person, "name the contributor")
            return file_of(connection, contributor, day, known_at)
        office.require(connection, person, OWN)
        own = submitter_on(connection, person, day)
        if own is None or contributor not in (None, own):
            raise refused(
                "contributor.not_his", f"file of {contributor or 'a firm'} by {person} on {day}",
                "a submitter sees the file of the firm that mandated him, and no other",
            )  # fmt: skip
        found = file_of(connection, own, day, known_at)
    found["papers"] = [row for row in found["papers"] if row["what"] not in _NOT_HIS]
    return found


def file_of(
    connection: Connection, contributor: str, day: date, known_at: datetime | None = None
) -> dict[str, Any]:
    """Card, statuses, papers, running rectification, certificates, what is lacking."""
    card = card_on(connection, contributor, day)
    rows = papers_of(connection, contributor, known_at=known_at)
    return {
        "contributor": contributor,
        "day": day,
        "card": {name: card[name] for name in ("name", "name_zh", "group", "classes", "series", "status")},
        "aliases": [_plain(row) for row in card["aliases"]],
        "submitters": [
            {name: row[name] for name in ("submitter", "series", "since", "until", "function")}
            for row in card["submitters"]
        ],
        "statuses": [_plain(row) for row in statuses_of(connection, contributor)],
        "papers": [_plain(row) for row in rows],
        "rectification": _plain(rectification_of(connection, contributor) or {}) or None,
        "certificates": [_plain(row) for row in certificates_on(connection, day, contributor)],
        "lacking": shortcomings(connection, contributor, day),
    }  # fmt: skip


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in row if row[name] is not None}


def alarms(office: Office, day: date | None = None) -> list[Finding]:
    """What somebody must see today: expiries, rectifications, mandates, lacking papers."""
    today = day or office.today()
    soon = today + timedelta(days=office.thresholds.of("clocks")["expiry_alarm_days"])
    found: list[Finding] = []
    with office.ledger.read() as connection:
        for card in contributors_on(connection, today):
            if card["status"] == "terminated":
                continue
            found += _expiries(connection, card["contributor"], today, soon)
            found += _rectification(connection, card["contributor"], today)
            found += [
                _alarm("submitter.expiring", f"{row['submitter']} of {card['contributor']}", row["until"], today)
                for row in card["submitters"] if row["until"] is not None and row["until"] <= soon
            ]  # fmt: skip
    return [*found, *_calendar(office, today)]


def _alarm(code: str, where: str, until: date, today: date) -> Finding:
    if until < today:
        return Finding(
            code, Severity.ERROR, f"{where}: expired {until}", "renew it, or act on it today"
        )
    left = (until - today).days
    return Finding(
        code, Severity.WARNING, f"{where}: until {until}, {left} days left", "renew it in time"
    )


def _expiries(
    connection: Connection, contributor: str, today: date, soon: date
) -> list[Finding]:  # fmt: skip
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in papers_of(connection, contributor):
        if row["what"] == "certificate_end":
            newest.pop(("certificate", row["name"]), None)
        elif row["what"] in ("document", "certificate"):
            newest[row["what"], row["name"]] = row
    return [
        _alarm(f"{row['what']}.expiring", f"{row['name']} of {contributor}", row["until"], today)
        for row in newest.values() if row["until"] is not None and row["until"] <= soon
    ]  # fmt: skip


def _rectification(connection: Connection, contributor: str, today: date) -> list[Finding]:
    notice = rectification_of(connection, contributor)
    if notice is None:
        return []
    if notice["until"] < today:
        return [Finding(
            "rectification.unmet", Severity.ERROR, f"{contributor}: deadline {notice['until']} is over",
            "terminate: assay contributor rectify --end unmet",
        )]  # fmt: skip
    left = (notice["until"] - today).days
    return [Finding(
        "rectification.running", Severity.WARNING,
        f"{contributor}: until {notice['until']}, {left} days left", "look at what it sends in",
    )]  # fmt: skip


def _calendar(office: Office, today: date) -> list[Finding]:
    """From 1 December on next year's calendar must be loaded: no deadline is guessed."""
    next_year = date(today.year + 1, 12, 31)
    if today < date(today.year, 12, 1):
        return []
    try:
        office.calendar.is_open(next_year)
    except CalendarNotAnnounced as problem:
        return [Finding("calendar.not_announced", Severity.ERROR, office.calendar.id, str(problem))]
    return []
