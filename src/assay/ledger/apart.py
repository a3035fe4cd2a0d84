"""Nobody works on a series in which he declared an interest: asked of every entry, whatever the door.

Checked in the transaction that writes the entry, so that no face, room or script goes
round it: desk, phone notes, comments, changes of methodology, complaints, flags. Opening or
arranging a day decides about no price and is free; so is what a machine reads (an imported
chat), because a person confirms each datum of it afterwards. Asked when an entry is
written, never when the book is folded anew: an old act stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import zone_of
from assay.ledger.book.changes import change_of
from assay.ledger.book.comments import live_comment
from assay.ledger.book.complaints import complaint_of
from assay.ledger.book.integrity import flag_of, must_not_be_conflicted, series_of_submission
from assay.ledger.entry import SYSTEM

#: The zone of the house: declarations begin and end with its days.
ZONE = "Asia/Shanghai"
#: Channels whose words a person of the house typed himself.
TYPED = ("phone", "fax")
Body = Mapping[str, Any]


def check_apart(
    connection: Connection, kind: str, actor: str, body: Body, recorded_at: datetime
) -> None:
    """Refuse the entry of a person who declared an interest in a series it works on."""
    people = {actor, str(body.get("handler") or actor)} - {SYSTEM}
    worked_on = series_of_work(connection, kind, body) if people else []
    if worked_on:
        day = recorded_at.astimezone(zone_of(ZONE)).date()
        for person in sorted(people):
            must_not_be_conflicted(connection, person, worked_on, day)


def series_of_work(connection: Connection, kind: str, body: Body) -> list[str]:
    """The series that an entry of this kind works on, by the book as it stands."""
    found = _RULES.get(kind.partition(".")[0], _nothing)(connection, kind, body)
    return sorted({code for code in found if code})


def _nothing(_connection: Connection, _kind: str, _body: Body) -> list[str | None]:
    return []


def _submission(connection: Connection, kind: str, body: Body) -> list[str | None]:
    said = body.get("fields", {}).get("series") or body.get("series")
    if kind.startswith("submission.received"):
        return [said] if body["channel"] in TYPED else []
    return [said, series_of_submission(connection, body["submission"])]


def _named(_connection: Connection, _kind: str, body: Body) -> list[str | None]:
    return [body.get("series")]


def _comment(connection: Connection, kind: str, body: Body) -> list[str | None]:
    if kind.startswith("comment.drafted"):
        return list(body["series"])
    draft = live_comment(connection, body["report"], date.fromisoformat(body["day"]))
    return list(draft["series"]) if draft else []


def _change(connection: Connection, _kind: str, body: Body) -> list[str | None]:
    known = change_of(connection, body.get("change") or body.get("subject") or "")
    return [*body.get("series", []), *(known["series"] if known else [])]


def _answer(connection: Connection, kind: str, body: Body) -> list[str | None]:
    """Answers to comments on a change; anybody may comment."""
    return _change(connection, kind, body) if kind.startswith("consultation.answered") else []


def _complaint(connection: Connection, kind: str, body: Body) -> list[str | None]:
    """From the assignment on; receiving and acknowledging a complaint decides nothing."""
    if kind.partition("/")[0] in ("complaint.received", "complaint.acknowledged"):
        return []
    known = complaint_of(connection, body["complaint"])
    return list(known["series"]) if known else []


def _flag(connection: Connection, _kind: str, body: Body) -> list[str | None]:
    known = flag_of(connection, body["flag"])
    return list(known["series"]) if known else []


_RULES: dict[str, Callable[[Connection, str, Body], list[str | None]]] = {
    "submission": _submission,
    "price": _named,
    "factor": _named,
    "comment": _comment,
    "change": _change,
    "consultation": _answer,
    "complaint": _complaint,
    "flag": _flag,
}
