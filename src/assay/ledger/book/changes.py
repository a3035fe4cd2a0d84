"""Book of methodology changes and consultations, and the rules no face can go round.

Enforced here, in the transaction of the entry: a notice counts from the day it is
recorded, never from an earlier one; 28 calendar days pass before the change takes effect
unless a force majeure is named; every comment is answered before the decision; nobody
decides what he proposed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused, zone_of
from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Instant

#: The least notice in calendar days ([M] section 2.6); only a named force majeure is shorter.
LEAST_NOTICE = 28
#: What counts as force majeure, closed ([M]: natural disaster, war, bankruptcy of an exchange).
FORCE_MAJEURE = ("natural_disaster", "war", "exchange_failure")
_EXCEPTION = {"ground", "reason", "declared_by"}

changes = sa.Table(
    "changes",
    BOOK_TABLES,
    sa.Column("change", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("change_class", sa.Text, nullable=False),
    sa.Column("methodology", sa.Text, nullable=False, index=True),
    sa.Column("series", sa.JSON, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("rationale", sa.Text, nullable=False),
    sa.Column("title_zh", sa.Text),
    sa.Column("rationale_zh", sa.Text),
    sa.Column("document", sa.Text, nullable=False, index=True),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("previous", sa.Text),
    sa.Column("effective", sa.Date, nullable=False),
    sa.Column("clauses", sa.JSON, nullable=False),
    sa.Column("questions", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("proposed_at", Instant, nullable=False),
    sa.Column("study", sa.JSON),
    sa.Column("attached", sa.JSON, nullable=False),
    sa.Column("notice", sa.Text),
    sa.Column("noticed_by", sa.Text),
    sa.Column("notice_day", sa.Date),
    sa.Column("notice_days", sa.Integer),
    sa.Column("first_allowed", sa.Date),
    sa.Column("comments_until", sa.Date),
    sa.Column("zone", sa.Text),
    sa.Column("exception", sa.JSON),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", Instant),
    sa.Column("reason", sa.Text),
    sa.Column("activated_at", Instant),
)
consultations = sa.Table(
    "consultations",
    BOOK_TABLES,
    sa.Column("consultation", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("methodology", sa.Text, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("questions", sa.JSON, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("comments_until", sa.Date, nullable=False),
    sa.Column("opened_by", sa.Text, nullable=False),
    sa.Column("notice", sa.Text, nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("outcome", sa.Text),
    sa.Column("next_due", sa.Date),
)
consultation_comments = sa.Table(
    "consultation_comments",
    BOOK_TABLES,
    sa.Column("comment", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, index=True),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("person", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("answered_by", sa.Text),
    sa.Column("answered_at", Instant),
)
adopted_documents = sa.Table(
    "adopted_documents",
    BOOK_TABLES,
    sa.Column("document", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
)

#: The states of a change; the last three are ends.
CHANGE_STATES = ("proposed", "noticed", "adopted", "in_force", "rejected", "withdrawn")


@fold("methodology.adopted/1")
def _documents_adopted(connection: Connection, entry: Entry) -> None:
    if _has_adopted(connection):
        raise refused(
            "methodology.adopted_twice", "the founding documents",
            "a home begins once: propose a change instead (assay change propose)",
        )  # fmt: skip
    seen: dict[str, str] = {}
    for file, document in entry.body["documents"].items():
        seen.setdefault(document, file)
    rows = [{"document": each, "seq": entry.seq, "file": file} for each, file in seen.items()]
    if rows:
        connection.execute(adopted_documents.insert(), rows)


@fold("change.proposed/1")
def _proposed(connection: Connection, entry: Entry) -> None:
    body = entry.body
    _words(body["rationale"], f"{body['change']}: rationale")
    row = {
        **body, "seq": entry.seq, "effective": date.fromisoformat(body["effective"]),
        "state": "proposed", "attached": [], "proposed_by": entry.actor, "proposed_at": entry.recorded_at,
    }  # fmt: skip
    connection.execute(changes.insert(), row)


@fold("change.studied/1")
def _studied(connection: Connection, entry: Entry) -> None:
    _require(connection, entry, "proposed", "noticed")
    study = {name: text for name, text in entry.body.items() if name != "change"}
    _set(connection, entry, study={**study, "seq": entry.seq, "by": entry.actor})


@fold("change.study_attached/1")
def _study_attached(connection: Connection, entry: Entry) -> None:
    body, known = entry.body, _require(connection, entry, "proposed", "noticed")
    where = f"{body['change']}: a study of {', '.join(body['compared'])}"
    if known["document"] not in body["compared"]:
        raise refused(
            "change.study_other", where, f"it studies another document than {known['document']}"
        )
    if not body["files"]:
        raise refused("change.study_empty", where, "a study has a page that the notice can print")
    kept = {name: said for name, said in body.items() if name != "change"}
    attached = [*known["attached"], {**kept, "seq": entry.seq, "by": entry.actor}]
    _set(connection, entry, attached=attached)


@fold("change.noticed/1")
def _noticed(connection: Connection, entry: Entry) -> None:
    body, known = entry.body, _require(connection, entry, "proposed")
    where = f"{body['change']} ({body['methodology']}) for {body['effective']}"
    local = entry.recorded_at.astimezone(zone_of(body["zone"])).date()
    notice_day, effective = (date.fromisoformat(body[e]) for e in ("notice_day", "effective"))
    if notice_day != local:
        raise refused("change.notice_day", where, f"a notice of today counts from {local}")
    if body["document"] != known["document"] or effective != known["effective"]:
        raise refused("change.differs", where, "the notice names exactly what was proposed")
    first = notice_day + timedelta(days=body["notice_days"])
    _exception(body["exception"], where)
    if body["exception"] is None and body["notice_days"] < LEAST_NOTICE:
        raise refused("change.notice_short", where, f"the least notice is {LEAST_NOTICE} days")
    if effective < first:
        raise refused(
            "change.notice_short", where,
            f"noticed on {notice_day}, {body['notice_days']} calendar days: the first allowed "
            f"day is {first}",
        )  # fmt: skip
    if known["study"] is None and body["exception"] is None:
        raise refused("change.not_studied", where, "run the impact study first: assay change study")
    _set(
        connection, entry, state="noticed", notice=body["notice"], noticed_by=entry.actor,
        notice_day=notice_day, notice_days=body["notice_days"], first_allowed=first,
        comments_until=date.fromisoformat(body["comments_until"]), zone=body["zone"],
        exception=body["exception"],
    )  # fmt: skip


def _exception(said: dict[str, str] | None, where: str) -> None:
    if said is None:
        return
    whole = set(said) == _EXCEPTION and all(said[each].strip() for each in _EXCEPTION)
    if not whole or said["ground"] not in FORCE_MAJEURE:
        raise refused(
            "change.exception", where,
            f"a shorter notice names ground ({', '.join(FORCE_MAJEURE)}), reason, declared_by",
        )  # fmt: skip


@fold("change.decided/1")
def _decided(connection: Connection, entry: Entry) -> None:
    body, known = entry.body, _require(connection, entry, "noticed")
    where = f"{body['change']} ({known['methodology']})"
    if entry.actor == known["proposed_by"]:
        raise refused(
            "review.same_person", where, "nobody decides what he proposed: another person must"
        )
    _words(body["reason"], f"{where}: reason")
    unanswered = [e["comment"] for e in comments_on(connection, body["change"]) if not e["answer"]]
    if unanswered:
        raise refused(
            "change.unanswered", f"{where}: {', '.join(unanswered)}",
            "every comment is answered before the decision: assay change answer",
        )  # fmt: skip
    today = entry.recorded_at.astimezone(zone_of(known["zone"])).date()
    if body["outcome"] == "adopted":
        _in_time(known, today, where)
        if body["effective"] != known["effective"].isoformat():
            raise refused("change.differs", where, "the decision names the noticed effective date")
    _set(
        connection, entry, state=body["outcome"], decided_by=entry.actor,
        decided_at=entry.recorded_at, reason=body["reason"],
    )  # fmt: skip


def _in_time(known: dict[str, Any], today: date, where: str) -> None:
    urgent = known["exception"] is not None
    if today <= known["comments_until"] and not urgent:
        raise refused(
            "change.comments_open", where,
            f"users may comment until {known['comments_until']}: decide afterwards",
        )  # fmt: skip
    if today > known["effective"] or (today == known["effective"] and not urgent):
        raise refused(
            "change.lapsed", where,
            f"its effective date {known['effective']} came undecided: withdraw it, give the "
            "document a later date and propose it anew",
        )  # fmt: skip


@fold("change.withdrawn/1")
def _withdrawn(connection: Connection, entry: Entry) -> None:
    _require(connection, entry, "proposed", "noticed")
    _words(entry.body["reason"], f"{entry.body['change']}: reason")
    _set(connection, entry, state="withdrawn", reason=entry.body["reason"])


@fold("change.activated/1")
def _activated(connection: Connection, entry: Entry) -> None:
    known = _require(connection, entry, "adopted")
    today = entry.recorded_at.astimezone(zone_of(known["zone"])).date()
    if entry.body["effective"] != known["effective"].isoformat():
        raise refused("change.differs", entry.body["change"], f"effective {known['effective']}")
    if today < known["effective"]:
        raise refused("change.early", entry.body["change"], f"not before {known['effective']}")
    _set(connection, entry, state="in_force", activated_at=entry.recorded_at)


@fold("consultation.opened/1")
def _opened(connection: Connection, entry: Entry) -> None:
    body = entry.body
    if open_consultation(connection, body["methodology"]) is not None:
        raise refused("consultation.open", body["methodology"], "one is open: close it first")
    days = {name: date.fromisoformat(body[name]) for name in ("opened_on", "comments_until")}
    row = {**body, **days, "seq": entry.seq, "opened_by": entry.actor}
    connection.execute(consultations.insert(), row)


@fold("consultation.commented/1")
def _commented(connection: Connection, entry: Entry) -> None:
    body = entry.body
    _open_subject(connection, body["subject"])
    confidential = body["visibility"] == "confidential"
    if confidential != (not body["text"]) or (confidential and body["person"] is None):
        raise refused(
            "comment.words", body["comment"],
            "a public comment has its words here, a confidential one in the vault",
        )  # fmt: skip
    row = {**body, "seq": entry.seq, "received_at": entry.recorded_at}
    connection.execute(consultation_comments.insert(), row)


@fold("consultation.answered/1")
def _answered(connection: Connection, entry: Entry) -> None:
    body = entry.body
    _words(body["answer"], f"answer to {body['comment']}")
    column = consultation_comments.c
    where = (
        column.comment == body["comment"],
        column.subject == body["subject"],
        column.answer.is_(None),
    )
    values = {
        "answer": body["answer"], "answered_by": entry.actor, "answered_at": entry.recorded_at
    }  # fmt: skip
    done = connection.execute(consultation_comments.update().where(*where).values(**values))
    if done.rowcount != 1:
        raise refused(
            "comment.unknown", f"{body['comment']} on {body['subject']}",
            "no such comment waits for an answer: assay change comments",
        )  # fmt: skip


@fold("consultation.closed/1")
def _closed(connection: Connection, entry: Entry) -> None:
    body = entry.body
    known = open_consultation(connection, body["methodology"])
    if known is None or known["consultation"] != body["consultation"]:
        raise refused("consultation.unknown", body["consultation"], "no such one is open")
    closed = date.fromisoformat(body["closed_on"])
    waiting = [e for e in comments_on(connection, body["consultation"]) if not e["answer"]]
    if waiting:
        raise refused(
            "change.unanswered", f"{body['consultation']}: {waiting[0]['comment']}",
            "every comment is answered before the end: assay change answer",
        )  # fmt: skip
    if closed <= known["comments_until"]:
        raise refused(
            "change.comments_open", body["consultation"],
            f"users may comment until {known['comments_until']}",
        )  # fmt: skip
    _words(body["outcome"], f"{body['consultation']}: outcome")
    values = {
        "closed_on": closed,
        "outcome": body["outcome"],
        "next_due": date.fromisoformat(body["next_due"]),
    }
    where = consultations.c.consultation == body["consultation"]
    connection.execute(consultations.update().where(where).values(**values))


def _words(text: str, where: str) -> None:
    if not text.strip():
        raise refused("change.words", where, "say it in words: the notice prints them")


def _require(connection: Connection, entry: Entry, *states: str) -> dict[str, Any]:
    known = change_of(connection, entry.body["change"])
    if known is None:
        raise refused("change.unknown", entry.body["change"], "list them: assay change list")
    if known["state"] not in states:
        raise refused(
            "change.state", f"{entry.kind} of {entry.body['change']}",
            f"it is {known['state']}, it should be {' or '.join(states)}",
        )  # fmt: skip
    return known


def _set(connection: Connection, entry: Entry, **values: Any) -> None:
    where = changes.c.change == entry.body["change"]
    connection.execute(changes.update().where(where).values(**values))


def _open_subject(connection: Connection, subject: str) -> None:
    known = change_of(connection, subject)
    if known is not None and known["state"] == "noticed":
        return
    asked = consultation_of(connection, subject)
    if asked is not None and asked["closed_on"] is None:
        return
    raise refused(
        "comment.closed", subject,
        "comments are taken on noticed changes and open consultations: assay change list",
    )  # fmt: skip


def _has_adopted(connection: Connection) -> bool:
    return connection.execute(sa.select(adopted_documents.c.seq).limit(1)).first() is not None


def founding_document(connection: Connection, document: str) -> bool | None:
    """Whether the home began with this document; None where it never said with which."""
    if not _has_adopted(connection):
        return None
    query = sa.select(adopted_documents.c.seq).where(adopted_documents.c.document == document)
    return connection.execute(query).first() is not None


def change_of(connection: Connection, change: str) -> dict[str, Any] | None:
    """A change by name, as a row, or None."""
    row = connection.execute(sa.select(changes).where(changes.c.change == change)).mappings()
    found = row.first()
    return dict(found) if found else None


def change_state(connection: Connection, document: str) -> dict[str, Any] | None:
    """The change that proposes the document with this digest; the adopted one before others."""
    query = sa.select(changes).where(changes.c.document == document).order_by(changes.c.seq.desc())
    found = [dict(row) for row in connection.execute(query).mappings()]
    settled = [each for each in found if each["state"] in ("adopted", "in_force")]
    found = settled or found
    return found[0] if found else None


def changes_of(connection: Connection, methodology: str | None = None) -> list[dict[str, Any]]:
    """Every change in order of proposal; of one methodology when named."""
    query = sa.select(changes).order_by(changes.c.seq)
    if methodology is not None:
        query = query.where(changes.c.methodology == methodology)
    return [dict(row) for row in connection.execute(query).mappings()]


def comments_on(connection: Connection, subject: str) -> list[dict[str, Any]]:
    """Every comment on a change or in a consultation, in order of receipt."""
    column = consultation_comments.c
    query = sa.select(consultation_comments).where(column.subject == subject)
    return [dict(row) for row in connection.execute(query.order_by(column.seq)).mappings()]


def consultation_of(connection: Connection, consultation: str) -> dict[str, Any] | None:
    """A yearly consultation by name, or None."""
    query = sa.select(consultations).where(consultations.c.consultation == consultation)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def consultations_of(
    connection: Connection, methodology: str | None = None
) -> list[dict[str, Any]]:
    """Every yearly consultation in order; of one methodology when named."""
    query = sa.select(consultations).order_by(consultations.c.seq)
    if methodology is not None:
        query = query.where(consultations.c.methodology == methodology)
    return [dict(row) for row in connection.execute(query).mappings()]


def open_consultation(connection: Connection, methodology: str) -> dict[str, Any] | None:
    """The consultation of a methodology that is open now, or None."""
    found = [e for e in consultations_of(connection, methodology) if e["closed_on"] is None]
    return found[-1] if found else None


def last_consultation(connection: Connection, methodology: str) -> dict[str, Any] | None:
    """The consultation of a methodology that ended last, or None."""
    found = [e for e in consultations_of(connection, methodology) if e["closed_on"] is not None]
    return found[-1] if found else None
