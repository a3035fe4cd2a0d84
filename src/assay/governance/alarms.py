"""Alarms: everything that runs out, is overdue or is missing, told to the roles concerned until it is gone.

Each room says what stands today; here it is gathered, written to the journal once when it
begins and once when it is over, and shown to whom it concerns. Sets no deadline of its own and
blocks nothing: a source that fails is an alarm itself, never a silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import CalendarNotAnnounced, Finding, Refused, Severity, digest
from assay.governance import changes as changing
from assay.governance import complaints as complaining
from assay.governance import contributors
from assay.governance.audit import concluding
from assay.governance.integrity import declaring, pressure
from assay.governance.office import Act, Office
from assay.ledger import Entry
from assay.ledger.book.findings import ALARM, standing_alarms
from assay.ledger.book.home import person_on
from assay.ledger.book.integrity import flags_of, report_of, reports_of

#: Days after which an open flag of surveillance is an alarm.
FLAG_DAYS = 30
#: How a code begins -> the permission whose holders it concerns.
CONCERNS = (
    ("declaration.", "governance:declaration:read"),
    ("supervision.", "governance:declaration:read"),
    ("assessor.", "governance:declaration:read"),
    ("methodology.", "governance:change:propose"),
    ("change.", "governance:change:propose"),
    ("consultation.", "governance:change:propose"),
    ("complaint.", "governance:complaint:handle"),
    ("pressure.", "governance:pressure:report"),
    ("flag.", "governance:flag:close"),
    ("audit.", "governance:control:sign"),
    ("calendar.", "desk:day:open"),
    ("loop.", "desk:day:read"),
    ("", "governance:contributor:write"),
)
Source = Callable[[], Iterable[Finding]]


@dataclass(frozen=True)
class Rooms:
    """The rooms whose alarms are gathered; `also` are what the caller knows of itself."""

    office: Office
    changes: changing.Changes
    complaints: complaining.Complaints
    also: Sequence[Source] = ()

    def sources(self) -> tuple[tuple[str, Source], ...]:
        """Every source by name."""
        office = self.office
        return (
            ("contributors", lambda: contributors.alarms(office)),
            ("declarations", lambda: declaring.alarms(office)),
            ("changes", lambda: changing.alarms(self.changes)),
            ("complaints", lambda: complaining.complaint_alarms(self.complaints)),
            ("pressure", lambda: _pressure(office)),
            ("flags", lambda: _flags(office)),
            ("audits", lambda: concluding.alarms(office)),
            *((f"caller {number}", source) for number, source in enumerate(self.also, start=1)),
        )


def standing(rooms: Rooms) -> list[Finding]:
    """What stands now, each once; a source that cannot say is itself an alarm."""
    found: dict[str, Finding] = {}
    for name, source in rooms.sources():
        try:
            told = list(source())
        except (Refused, CalendarNotAnnounced) as problem:
            told = [Finding("alarms.unknown", Severity.ERROR, name, str(problem))]
        for each in told:
            if each.severity is not Severity.INFO:
                found.setdefault(identity(each), each)
    return list(found.values())


def identity(finding: Finding) -> str:
    """The same cause has the same name; days left and gone, which change daily, stand after a colon."""
    about = [finding.code, finding.severity.value, finding.where.partition(": ")[0]]
    return ALARM + digest(about).removeprefix("sha256:")[:16]


def record(rooms: Rooms) -> list[Entry]:
    """Raise what began to stand and settle what is over, in one transaction; again it does nothing."""
    with rooms.office.ledger.read() as connection:
        before = {row["subject"]: row for row in standing_alarms(connection)}
    now = {identity(each): each for each in standing(rooms)}
    acts: list[Act] = [
        ("finding.raised/1", {**each.document(), "subject": name})
        for name, each in now.items()
        if name not in before
    ]
    acts += [
        ("finding.settled/1", {"finding": row["seq"], "how": "gone", "words": ""})
        for name, row in before.items()
        if name not in now
    ]

    def nobody_else(connection: Connection) -> None:
        """Another process may have done it this moment: then this one looks again."""
        if {row["subject"] for row in standing_alarms(connection)} != set(before):
            raise _moved()

    return rooms.office.record(None, "", acts, nobody_else) if acts else []


def _moved() -> Refused:
    why = "another process wrote alarms this moment: look again"
    return Refused(Finding("alarms.moved", Severity.INFO, "alarms", why))


def concerning(office: Office, connection: Connection, person: str) -> list[dict[str, Any]]:
    """The alarms that concern `person` by his permissions of today, errors first."""
    day = office.today()
    known = person_on(connection, person, day)
    may = office.roles.of(known.roles) if known else frozenset()
    found = []
    for row in standing_alarms(connection):
        wanted = next(permission for begin, permission in CONCERNS if row["code"].startswith(begin))
        own = row["code"].startswith("declaration.") and row["where_"].partition(",")[0] == person
        if own or (wanted in may and _may_know(office, connection, person, row)):
            found.append(row)
    return found


def _may_know(office: Office, connection: Connection, person: str, row: dict[str, Any]) -> bool:
    """A pressure report is known to few, whatever permission one holds."""
    if not row["code"].startswith("pressure."):
        return True
    report = report_of(connection, row["where_"])
    return person != report["reporter"] and pressure.may_see(
        connection, person, report, office.today()
    )


def _pressure(office: Office) -> list[Finding]:
    day = office.today()
    with office.ledger.read() as connection:
        rows = [(row, pressure.overdue(office, row, day)) for row in reports_of(connection)]
    return [
        Finding(
            f"pressure.{reason}", Severity.ERROR, row["report"],
            "answer it today" if reason == "unanswered" else "conclude it today",
        )
        for row, reason in rows
        if reason is not None
    ]  # fmt: skip


def _flags(office: Office) -> list[Finding]:
    before = office.today() - timedelta(days=FLAG_DAYS)
    with office.ledger.read() as connection:
        waiting = [row for row in flags_of(connection, only_open=True) if row["last"] < before]
    return [
        Finding(
            "flag.waiting", Severity.WARNING, row["flag"],
            f"{row['sentence']} Nobody closed it for more than {FLAG_DAYS} days: look, and say what it was",
        )
        for row in waiting
    ]  # fmt: skip


__all__ = ["CONCERNS", "Rooms", "concerning", "identity", "record", "standing"]
