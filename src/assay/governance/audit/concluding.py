"""The outside audit: its result recorded, its findings in the register, its publication on a clock.

An auditor writes nothing here: compliance records what he handed over. Yearly; the result
is public within three months of its completion (IOSCO PRA 2.21). Settles no finding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import Finding, Severity, instant_text, refused, zone_of
from assay.governance.acting import notice_name
from assay.governance.deadlines import deadline, months_after
from assay.governance.office import Act, Office, need_words
from assay.ledger import Entry, Signer
from assay.ledger.book.audit import audits_of
from assay.ledger.store import journal

SIGN = "governance:control:sign"
#: Months within which a result is public, and after which the next audit is due.
PUBLISH_MONTHS, AUDIT_MONTHS = 3, 12
_SOON = timedelta(days=30)
_NAME = re.compile(r"AU-[0-9]{4}(-[0-9]{2})?")
_SEVERITIES = ("error", "warning", "info")


def conclude(
    office: Office, signer: Signer, audit: str, *, auditor: str, first: date, last: date,
    completed_on: date, report: bytes, findings: Sequence[Mapping[str, str]],
) -> list[Entry]:  # fmt: skip
    """Record a completed audit; `findings` are rows of ``severity where words``.

    Each finding enters the register by an entry of its own and is settled there with words.
    """
    if not _NAME.fullmatch(audit):
        raise refused("audit.name", audit, "name it AU-2025, or AU-2025-06 for an interim one")
    need_words(auditor, audit)
    if completed_on > office.today():
        raise refused(
            "audit.completed", f"{audit}: {completed_on}", "it lies ahead: record it then"
        )
    archived, evidence = _archived(office, report)
    acts: list[Act] = [archived]
    counts = dict.fromkeys(_SEVERITIES, 0)
    for number, each in enumerate(findings, start=1):
        where = f"{audit}, finding {number}"
        if set(each) != {"severity", "where", "words"} or each["severity"] not in _SEVERITIES:
            raise refused("audit.finding", where, f"give severity ({', '.join(_SEVERITIES)}), where, words")  # fmt: skip
        need_words(each["words"], where)
        counts[each["severity"]] += 1
        body = {
            "code": "audit.finding", "severity": each["severity"], "evidence": evidence,
            "where": f"{where}: {each['where']}", "what_to_do": each["words"], "subject": audit,
        }  # fmt: skip
        acts.append(("finding.raised/1", body))
    until = deadline(months_after(completed_on, PUBLISH_MONTHS), office.calendar).day
    concluded = {
        "audit": audit, "auditor": auditor, "first": first.isoformat(), "last": last.isoformat(),
        "completed_on": completed_on.isoformat(), "publish_by": until.isoformat(),
        "severities": counts, "report": evidence,
    }  # fmt: skip
    return office.record(signer, SIGN, [*acts, ("audit.concluded/1", concluded)])


def publish_result(
    office: Office, signer: Signer, audit: str, statement: bytes, words: str
) -> list[Entry]:
    """Publish the result of an audit: the statement as evidence, `words` as a public notice."""
    need_words(words, audit)
    archived, evidence = _archived(office, statement)
    today = office.today()
    with office.ledger.read() as connection:
        name = notice_name(connection, today)
    notice = {
        "notice": name, "about": "audit", "title": f"Result of the audit {audit}", "text": words,
        "published_at": instant_text(office.now()),
    }  # fmt: skip
    body = {
        "audit": audit, "statement": evidence, "notice": name, "published_on": today.isoformat(),
    }  # fmt: skip
    acts: list[Act] = [archived, ("notice.published/1", notice), ("audit.published/1", body)]
    return office.record(signer, SIGN, acts)


def _archived(office: Office, content: bytes) -> tuple[Act, str]:
    if not content:
        raise refused("document.empty", "report", "the file is empty")
    evidence = office.ledger.evidence.put(content)
    body = {
        "evidence": evidence, "channel": "portal", "media_type": "application/octet-stream",
        "size": len(content), "received_at": instant_text(office.now()),
    }  # fmt: skip
    return ("evidence.archived/1", body), evidence


def alarms(office: Office) -> list[Finding]:
    """Results that are not public yet, soon due or overdue; the yearly audit that is overdue."""
    today = office.today()
    with office.ledger.read() as connection:
        known = audits_of(connection)
        since = max([row["completed_on"] for row in known], default=_opened(office, connection))
    found = [
        _due(
            "audit.unpublished",
            row["audit"],
            office.moved(row["publish_by"]),
            today,
            "publish its result: assay audit publish",
        )
        for row in known
        if row["published_on"] is None
    ]
    found.append(
        _due(
            "audit.overdue",
            "the yearly audit",
            office.moved(months_after(since, AUDIT_MONTHS)),
            today,
            "have an outside auditor examine the house",
        )
    )
    return [each for each in found if each is not None]


def _opened(office: Office, connection: Connection) -> date:
    """The day this home was opened, in the zone of the house."""
    query = sa.select(journal.c.recorded_at).where(journal.c.seq == 1)
    opened: datetime = connection.execute(query).scalar_one()
    return opened.astimezone(zone_of(office.zone)).date()


def _due(code: str, where: str, until: date, today: date, way_out: str) -> Finding | None:
    if until < today:
        return Finding(code, Severity.ERROR, f"{where}: due by {until}", way_out)
    if until - today <= _SOON:
        said = f"{where}: due by {until}, {(until - today).days} days left"
        return Finding(code, Severity.WARNING, said, way_out)
    return None
