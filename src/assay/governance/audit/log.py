"""The access log and the time box: who may look, until when, and that he looked.

Every look at records under secrecy is an entry before the records are shown. An auditor
is a person with the role and an end date; after it, or without one, he is nobody here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import instant_text, refused
from assay.ledger import Draft, Entry, Ledger, Signer
from assay.ledger.book.home import person_on, persons

#: The longest box: a yearly audit and the three months to publish its result.
LONGEST_DAYS = 458
AUDITOR = "auditor"


def time_box(connection: Connection, person: str, today: date) -> date | None:
    """Until when this person may look; None for the house's own people, who have no box.

    Refused for an auditor without an end date, with one too far away, or past it.
    """
    known = person_on(connection, person, today)
    if known is None:
        raise refused(
            "audit.closed", f"{person} on {today}",
            "no registration holds on this day: the box is over, or was never opened",
        )  # fmt: skip
    if AUDITOR not in known.roles:
        return None
    query = sa.select(persons.c.since, persons.c.until).where(
        persons.c.person == person, persons.c.since <= today
    )
    row = connection.execute(query.order_by(persons.c.seq.desc()).limit(1)).one()
    until: date | None = row.until
    if until is None or (until - row.since).days > LONGEST_DAYS:
        raise refused(
            "audit.no_end",
            f"{person}: {until or 'no end date'}",
            f"an auditor's account has an end, at most {LONGEST_DAYS} days after it begins: "
            f"assay person add {person} --role auditor --since D --until D",
        )
    return until


def log_view(
    ledger: Ledger,
    person: str,
    view: str,
    about: Mapping[str, str],
    *,
    door: str,
    today: date,
    known_at: datetime | None = None,
    signer: Signer | None = None,
) -> Entry:
    """Record that `person` looks at something; refused when his time box is not open."""
    body: dict[str, Any] = {
        "view": view,
        "about": dict(about),
        "door": door,
        "known_at": instant_text(known_at) if known_at else None,
    }

    def open_box(connection: Connection) -> None:
        time_box(connection, person, today)

    (entry,) = ledger.append(
        [Draft("record.viewed/1", person, body)], signer=signer, guard=open_box
    )
    return entry
