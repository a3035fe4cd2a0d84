"""What lies behind a flag: its links followed to the data, the messages and the day.

Only for whoever watches: the look is recorded before anything is read. Says what was
sent and what became of it; judges nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.governance.audit import evidence_state, log_view
from assay.governance.integrity.surveillance import READ
from assay.governance.office import Office
from assay.ledger.book.integrity import flags_of
from assay.ledger.book.prices import latest_tick
from assay.ledger.book.screening import screenings_of
from assay.ledger.book.submissions import submissions, submissions_of

#: How the access log names a look behind a flag.
VIEW = "flag"
_NO_MESSAGE = {"message": None, "message_state": None}
_SHOWN = ("kind", "side", "low", "high", "quantity", "counterparty", "relation")


def opened_flag(office: Office, person: str, name: str, door: str = "commands") -> dict[str, Any]:
    """A flag with what its links lead to; refused without the permission, recorded before it is read.

    ``evidence`` has rows of ``link what``: ``data`` (with ``rows`` and their ``message``), or
    ``table`` where the link leads into a table that the house does not hold.
    """
    office.permit(person, READ)
    with office.ledger.read() as connection:
        flag = next((row for row in flags_of(connection) if row["flag"] == name), None)
    if flag is None:
        raise refused("flag.unknown", name, "no such flag: assay integrity flags --all")
    log_view(office.ledger, person, VIEW, {"flag": name}, door=door, today=office.today())
    with office.ledger.read() as connection:
        evidence = [_followed(office, connection, link) for link in flag["links"]]
    return {**flag, "evidence": evidence}


def _followed(office: Office, connection: Connection, link: str) -> dict[str, Any]:
    what, _, rest = link.partition(":")
    if what == "submission":
        query = sa.select(submissions).where(submissions.c.submission == rest)
        rows = [dict(row) for row in connection.execute(query).mappings()]
        return {"link": link, "what": "data", "tick": None, **_data(office, connection, rows)}
    if what == "day":
        series, _, day = rest.rpartition("/")
        when = date.fromisoformat(day)
        rows = submissions_of(connection, when, series, ("confirmed",))
        tick = latest_tick(connection, series, when)
        return {"link": link, "what": "data", "tick": tick, **_data(office, connection, rows)}
    return {"link": link, "what": "table", "tick": None, "rows": []}


def _data(office: Office, connection: Connection, rows: list[dict[str, Any]]) -> dict[str, Any]:
    shown = []
    for row in rows:
        screened: dict[str, Any] = {}
        if row["pricing_date"] and row["series"]:
            held = screenings_of(connection, row["pricing_date"], row["series"])
            screened = held.get(row["submission"], {})
        kept = ("submission", "pricing_date", "series", "contributor", "state", "channel",
                "received_at", "evidence", "confirmed_by")  # fmt: skip
        shown.append({
            **{name: row[name] for name in kept},
            **{name: row["fields"].get(name) for name in _SHOWN},
            "late": screened.get("late"), "passed": screened.get("passed"),
            **(_message(office, row["evidence"]) if len(rows) == 1 else _NO_MESSAGE),
        })  # fmt: skip
    return {"rows": shown}


def _message(office: Office, evidence: str) -> dict[str, Any]:
    """The words of the message as they came, and whether its bytes are intact.

    ``message`` is None where it is no text, was forgotten after its time, or is broken.
    """
    state = evidence_state(office.ledger, evidence)
    text = None
    if state == "intact":
        raw = office.ledger.evidence.get(evidence)
        text = None if b"\0" in raw else raw.decode("utf-8", errors="replace")
    return {"message": text, "message_state": state}
