"""Pressure reports: in confidence, to the supervisor and compliance, on a clock that escalates.

The words lie in the vault. Read by compliance, by the supervisor named, by the reporter;
a report against one of these goes past him. Nobody answers or closes his own. Whoever
reads the words of a report leaves an entry in the access log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.governance.audit import log_view
from assay.governance.integrity.numbering import numbered
from assay.governance.office import Act, Office, need_words
from assay.ledger import Entry, Signer
from assay.ledger.book.home import person_on, persons
from assay.ledger.book.integrity import report_of, reports_of, supervisor_on

REPORT = "governance:pressure:report"
READ = "governance:pressure:read"
COMPLIANCE = "compliance"
#: How the access log names a look at the words of a report.
VIEW = "pressure_report"
#: Roles of people who are not the house's own.
_OUTSIDE = frozenset({"submitter", "auditor"})
_HISTORY = ("pressure.answered/1", "pressure.escalated/1", "pressure.closed/1")


def report(
    office: Office, signer: Signer, manner: str, words: str, *, contributor: str | None = None,
    against: str | None = None, series: Sequence[str] = (),
) -> Entry:  # fmt: skip
    """Report force, threat or inducement; `against` is a person of the house, where it is one."""
    need_words(words, f"report of {signer.person}")
    day = office.today()
    clocks = office.thresholds.of("clocks")
    with office.ledger.read() as connection:
        office.require(connection, signer.person, REPORT)
        supervisor = supervisor_on(connection, signer.person, day)
    if against is not None and against not in staff(office):
        raise refused(
            "pressure.against", f"{against} on {day}",
            "no such person of the house: a report against somebody goes past him only under his code",
        )  # fmt: skip
    body = {
        "manner": manner,
        "words": office.ledger.remember({"by": signer.person, "words": words}),
        "day": day.isoformat(), "contributor": contributor, "against": against,
        "supervisor": None if supervisor == against else supervisor, "series": list(series),
        "answer_by": office.working_due(day, clocks["pressure_answer_working_days"]).isoformat(),
        "close_by": office.due(day, clocks["pressure_close_days"]).isoformat(),
    }  # fmt: skip
    return numbered(
        lambda connection: f"PR-{len(reports_of(connection)) + 1:04d}", office,
        lambda name, guard: office.record(
            signer, REPORT, [("pressure.reported/1", {"report": name, **body})], guard
        )[0],
    )  # fmt: skip


def staff(office: Office) -> list[str]:
    """The codes of the house's own people today: everybody but submitters and auditors."""
    day = office.today()
    with office.ledger.read() as connection:
        codes = sorted(set(connection.execute(sa.select(persons.c.person)).scalars()))
        known = [person_on(connection, code, day) for code in codes]
    return [each.person for each in known if each is not None and each.roles - _OUTSIDE]


def may_see(connection: Connection, person: str, row: dict[str, Any], day: date) -> bool:
    """Whether `person` may know of this report at all."""
    if person == row["reporter"]:
        return True
    if person == row["against"]:
        return False
    known = person_on(connection, person, day)
    return known is not None and (COMPLIANCE in known.roles or person == row["supervisor"])


def listed(office: Office, person: str) -> list[dict[str, Any]]:
    """The reports that `person` may know of, with their clocks and without their words.

    Rows: those of the book, ``overdue`` (unanswered, unclosed or None), ``due`` (the next
    deadline) and ``left`` (days to it, below 0 when it is over; None once closed).
    """
    day = office.today()
    with office.ledger.read() as connection:
        rows = [row for row in reports_of(connection) if may_see(connection, person, row, day)]
    found = []
    for row in rows:
        due = {"open": row["answer_by"], "answered": row["close_by"]}.get(row["state"])
        left = (due - day).days if due else None
        found.append({**row, "overdue": overdue(office, row, day), "due": due, "left": left})
    return found


def visible(office: Office, person: str, door: str = "commands") -> list[dict[str, Any]]:
    """The reports that `person` may read, with their words; each look is recorded first."""
    found = listed(office, person)
    for row in found:
        _log(office, person, row["report"], door)
        row["words"] = _words(office, row["words"])
    return found


def opened(office: Office, person: str, name: str, door: str = "commands") -> dict[str, Any]:
    """One report with its words and its history; the look is recorded first.

    ``history`` has rows of ``what at actor words`` and what the entry said of its own.
    """
    row = next((each for each in listed(office, person) if each["report"] == name), None)
    if row is None:
        raise refused("pressure.unknown", name, "no such report")
    _log(office, person, name, door)
    history = [
        {
            "what": entry.kind.partition("/")[0].partition(".")[2], "at": entry.recorded_at,
            "actor": entry.actor, "reason": entry.body.get("reason"), "to": entry.body.get("to", []),
            "outcome": entry.body.get("outcome"), "words": _words(office, entry.body.get("words")),
        }
        for entry in office.ledger.entries(kinds=_HISTORY) if entry.body["report"] == name
    ]  # fmt: skip
    return {**row, "words": _words(office, row["words"]), "history": history}


def _words(office: Office, reference: str | None) -> str | None:
    record = office.ledger.recall(reference) if reference else None
    return record["words"] if record else None


def _log(office: Office, person: str, name: str, door: str) -> None:
    log_view(office.ledger, person, VIEW, {"report": name}, door=door, today=office.today())


def overdue(office: Office, row: dict[str, Any], day: date) -> str | None:
    """Which clock of a report ran out by `day`, or None.

    A day that was set while the calendar did not reach it moves on when it proves closed.
    """
    if row["state"] == "open" and day > office.moved(row["answer_by"]):
        return "unanswered"
    late = row["state"] != "closed" and day > office.moved(row["close_by"])
    return "unclosed" if late else None


def _must_see(office: Office, person: str, name: str) -> None:
    with office.ledger.read() as connection:
        row = report_of(connection, name)
        if not may_see(connection, person, row, office.today()):
            raise refused("pressure.unknown", name, "no such report")


def answer(office: Office, signer: Signer, name: str, words: str) -> Entry:
    """Supervisor or compliance takes the report up."""
    need_words(words, name)
    _must_see(office, signer.person, name)
    body = {"report": name, "words": office.ledger.remember({"by": signer.person, "words": words})}
    return office.record(signer, READ, [("pressure.answered/1", body)])[0]


def close(office: Office, signer: Signer, name: str, outcome: str, words: str) -> Entry:
    """Close a report with its outcome and words."""
    need_words(words, name)
    _must_see(office, signer.person, name)
    kept = office.ledger.remember({"by": signer.person, "words": words})
    body = {"report": name, "outcome": outcome, "words": kept}
    return office.record(signer, READ, [("pressure.closed/1", body)])[0]


def run_clock(office: Office) -> list[Entry]:
    """Escalate every report whose clock ran out, once for each reason; the clockwork signs."""
    day = office.today()
    acts: list[Act] = []
    with office.ledger.read() as connection:
        to = _people_of(connection, COMPLIANCE, day)
        for row in reports_of(connection):
            reason = overdue(office, row, day)
            if reason is None or reason in row["escalated"]:
                continue
            told = [each for each in to if each not in (row["against"], row["reporter"])]
            body = {"report": row["report"], "reason": reason, "to": told, "day": day.isoformat()}
            acts.append(("pressure.escalated/1", body))
    return office.record(None, READ, acts) if acts else []


def _people_of(connection: Connection, role: str, day: date) -> list[str]:
    codes = sorted(set(connection.execute(sa.select(persons.c.person)).scalars()))
    known = [person_on(connection, code, day) for code in codes]
    return [each.person for each in known if each is not None and role in each.roles]
