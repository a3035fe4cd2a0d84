"""Where changes and consultations stand: the clock of a notice, the alarms, the versions.

Reads only. An alarm blocks nothing silently and is shown until its cause is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import Finding, Severity
from assay.governance.changes.acts import Changes
from assay.governance.deadlines import days_after
from assay.ledger.book import changes as book
from assay.methodology import Methodology


def shown(change: dict[str, Any], today: date) -> dict[str, Any]:
    """A change with its clock: days of notice gone, days left, whether its day came undecided."""
    clock = None
    if change["notice_day"] is not None:
        clock = {
            "gone": min((today - change["notice_day"]).days, change["notice_days"]),
            "of": change["notice_days"],
            "left": max(0, (change["effective"] - today).days),
            "comments_open": change["state"] == "noticed" and today <= change["comments_until"],
        }
    lapsed = change["state"] in ("proposed", "noticed") and change["effective"] <= today
    return {**change, "clock": clock, "lapsed": lapsed}


def public_changes(connection: Connection, today: date) -> list[dict[str, Any]]:
    """Every change that was noticed, newest first: what the public may read."""
    found = [each for each in book.changes_of(connection) if each["notice_day"] is not None]
    return [shown(each, today) for each in reversed(found)]


def public_comments(connection: Connection, subject: str) -> list[dict[str, Any]]:
    """The public comments with their answers; of confidential ones only that they are there."""
    found = []
    for each in book.comments_on(connection, subject):
        open_ = each["visibility"] == "public"
        found.append({
            "comment": each["comment"], "visibility": each["visibility"],
            "received_at": each["received_at"], "late": each["late"],
            "text": each["text"] if open_ else None, "answer": each["answer"] if open_ else None,
        })  # fmt: skip
    return found


def staff_comments(
    changes: Changes, connection: Connection, subject: str, with_words: bool
) -> list[dict[str, Any]]:
    """Every comment with its answer; what was said in confidence only `with_words`.

    `text` is None where the words were not to be read, or were forgotten; who spoke stands
    in `name` and `contact` under the same rule.
    """
    found = []
    for each in book.comments_on(connection, subject):
        kept = changes.ledger.recall(each["person"]) if with_words and each["person"] else None
        words = (kept or {}).get("text") if each["visibility"] == "confidential" else each["text"]
        told = {name: (kept or {}).get(name) or None for name in ("name", "contact")}
        found.append({**each, "text": words, **told})
    return found


def notice_days(changes: Changes, change: dict[str, Any]) -> dict[str, Any]:
    """The days of a notice published today: first allowed day, comments, whether it is too early."""
    today, card = changes.today(), changes.rules.of(change["change_class"])
    first = today + timedelta(days=card.notice_days)
    until = days_after(today, card.comment_days, changes.calendar)
    return {
        "days": card.notice_days, "first_allowed": first, "early": change["effective"] < first,
        "comments_until": min(until.day, change["effective"] - timedelta(days=1)),
    }  # fmt: skip


def consultation_dates(connection: Connection, document: Methodology) -> dict[str, date | None]:
    """When users were asked last and by when they are asked again: journal before document."""
    held = book.last_consultation(connection, document.id)
    if held is not None:
        return {"last": held["closed_on"], "next": held["next_due"]}
    said = document.consultation
    return {"last": said.last if said else None, "next": said.next if said else None}


def alarms(changes: Changes) -> list[Finding]:
    """Everything somebody must look at today: overdue, near, undecided, unannounced, missing."""
    today = changes.today()
    with changes.ledger.read() as connection:
        found = [*_consultations(changes, connection, today), *_pending(changes, connection, today)]
        return [*found, *_documents(changes, connection, today)]


def _newest(changes: Changes) -> list[Methodology]:
    newest = {each.id: each for each in changes.library.documents()}
    return [newest[name] for name in sorted(newest)]


def _consultations(changes: Changes, connection: Connection, today: date) -> Iterator[Finding]:
    for document in _newest(changes):
        due = consultation_dates(connection, document)["next"]
        running = book.open_consultation(connection, document.id)
        if due is None:
            yield _finding(
                "methodology.no_consultation", "error", document.id, "state when users are asked"
            )
            continue
        moved = days_after(due, 0, changes.calendar)
        left = (moved.day - today).days
        note = "" if moved.firm else "; the calendar is not loaded that far: the day may move on"
        if left < 0:
            word = (
                "close the open one" if running else f"hold it: assay change consult {document.id}"
            )
            yield _finding(
                "methodology.consultation_overdue", "error",
                f"{document.id}: due by {moved.day}, {-left} days ago", word + note,
            )  # fmt: skip
        elif left <= changes.rules.alarm_days and running is None:
            yield _finding(
                "methodology.consultation_due", "warning",
                f"{document.id}: due by {moved.day}, in {left} days",
                f"open it: assay change consult {document.id}{note}",
            )  # fmt: skip


def _pending(changes: Changes, connection: Connection, today: date) -> Iterator[Finding]:
    for each in book.changes_of(connection):
        where = f"{each['change']} ({each['methodology']}), effective {each['effective']}"
        if each["state"] == "noticed":
            if today >= each["effective"]:
                yield _finding(
                    "change.lapsed", "error", where, "undecided on its day: withdraw, propose anew"
                )
            elif today > each["comments_until"]:
                waiting = sum(not e["answer"] for e in book.comments_on(connection, each["change"]))
                yield _finding(
                    "change.undecided", "warning", where,
                    f"comments are closed, {waiting} unanswered: answer and decide",
                )  # fmt: skip
        elif each["state"] == "adopted":
            path = changes.documents / each["methodology"] / f"{each['effective']}.toml"
            if not path.is_file():
                yield _finding(
                    "methodology.not_installed", "error", where,
                    f"its document is not in the folder: assay change install {each['change']}",
                )  # fmt: skip


def _documents(changes: Changes, connection: Connection, today: date) -> Iterator[Finding]:
    stated = book.founding_document(connection, "") is not None
    for document in changes.library.documents():
        where = f"{document.file} of {document.effective}"
        if document.ends is not None:
            left = (document.ends - today).days
            successor = any(
                set(e.series) & set(document.series) and e.effective >= document.ends
                for e in changes.library.documents()
            )
            if 0 <= left <= changes.rules.alarm_days and not successor:
                yield _finding(
                    "methodology.ending", "warning", f"{where}: ends {document.ends}",
                    "nothing follows it: prices stop on that day",
                )  # fmt: skip
        if not stated or book.founding_document(connection, document.digest):
            continue
        known = book.change_state(connection, document.digest)
        if known is None or known["state"] not in ("adopted", "in_force"):
            yield _finding(
                "methodology.unannounced", "error", where,
                "it lies in the folder and no change adopted it: no day opens under it",
            )  # fmt: skip


def _finding(code: str, severity: str, where: str, what_to_do: str) -> Finding:
    return Finding(code, Severity(severity), where, what_to_do)
