"""The loop of the house: what falls due in governance by itself, decided from the journal and the clock alone.

`turn` does everything that is due now and nothing twice; it may be called at any moment, by a
process that just started or after one that died. It holds no rule: each step is the act that
its command does too (`assay controls turn` does them all). Never closes, decides or answers
anything: that takes a person.
"""

from __future__ import annotations

from collections.abc import Callable

from assay.core import CalendarNotAnnounced, Refused
from assay.governance import alarms
from assay.governance.alarms import Rooms
from assay.governance.integrity import pressure, surveillance
from assay.ledger import Entry
from assay.ledger.log import logger

_LOG = logger("governance")


def turn(rooms: Rooms) -> list[Entry]:
    """Do what is due now; gives the entries made. A step that cannot be done keeps no other back."""
    made: list[Entry] = []
    for name, step in steps(rooms):
        try:
            made += step()
        except (Refused, CalendarNotAnnounced) as problem:
            # What stands in the way is an alarm of its own room; here only the log hears of it.
            _LOG.warning("loop.step_refused", act=name, error=type(problem).__name__)
    return made


def steps(rooms: Rooms) -> tuple[tuple[str, Callable[[], list[Entry]]], ...]:
    """The steps in order: effects first, alarms last, so that they say what stands after them."""
    return (
        ("pressure", lambda: pressure.run_clock(rooms.office)),
        ("changes", rooms.changes.activate),
        ("surveillance", lambda: surveillance.watch(rooms.office)),
        ("alarms", lambda: alarms.record(rooms)),
    )
