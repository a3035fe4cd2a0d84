"""The loop of the day: what falls due by itself, decided from the journal and the clock alone.

`turn` does everything that is due now and nothing twice: it may be called at any moment,
by a process that just started or after one that died. It opens the day, publishes what
two people approved once the window is open, sends the late notice, signs the head. It
never decides a price, and never publishes what nobody approved.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import Refused
from assay.desk.desk import Desk
from assay.desk.opening import open_day, served
from assay.desk.phases import phase_of
from assay.desk.proposing import unsigned
from assay.desk.publishing import publish, window_end
from assay.ledger import Entry
from assay.ledger.book.home import heads
from assay.ledger.book.prices import ENDED, proposal_of, states_of, ticks

#: A day is opened when its desk starts to collect, and not in the night before.
OPEN_FROM = ("collect", "soft", "review", "publish", "late")


def turn(desk: Desk) -> list[Entry]:
    """Do what is due now; gives the entries made. Doing it again does nothing."""
    day = desk.today()
    made = _quietly(lambda: _open(desk, day))
    made += _quietly(lambda: _publish(desk, day))
    made += _quietly(lambda: window_end(desk, day))
    _sign(desk)
    return made


def _quietly(act: Callable[[], list[Entry]]) -> list[Entry]:
    """What is not due, or was done by somebody else this moment, is no error here."""
    try:
        return act()
    except Refused:
        return []


def _open(desk: Desk, day: date) -> list[Entry]:
    with desk.ledger.read() as connection:
        known = {row["series"] for row in states_of(connection, day)}
        due = [
            code
            for code in served(desk, day)
            if code not in known and _begun(desk, connection, code, day)
        ]
    return open_day(desk, None, day, due) if due else []


def _begun(desk: Desk, connection: Connection, series: str, day: date) -> bool:
    return phase_of(desk.hours(connection, series, day), day, desk.now()) in OPEN_FROM


def _publish(desk: Desk, day: date) -> list[Entry]:
    """Publish what is signed by all: in the window, or late where the window is over."""
    now = desk.now()
    due: dict[bool, list[str]] = {False: [], True: []}
    with desk.ledger.read() as connection:
        for row in states_of(connection, day):
            series = row["series"]
            window = desk.hours(connection, series, day).window
            if row["state"] in ENDED or now < window.opens_at(day):
                continue
            proposal = proposal_of(connection, series, day)
            if proposal is not None and unsigned(desk, connection, proposal) is None:
                due[now >= window.closes_at(day)].append(series)
    made: list[Entry] = []
    for late, wanted in due.items():
        if wanted:
            made += publish(desk, None, day, wanted, late=late).entries
    return made


def _sign(desk: Desk) -> None:
    """Sign the head where a process died between publishing and signing."""
    if desk.after_publication is None:
        return
    with desk.ledger.read() as connection:
        newest = sa.select(sa.func.max(ticks.c.seq)).where(ticks.c.status != "imported")
        published = connection.execute(newest).scalar_one_or_none() or 0
        signed = connection.execute(sa.select(sa.func.max(heads.c.head_seq))).scalar_one_or_none()
    if published > (signed or 0):
        desk.after_publication(desk.ledger)
