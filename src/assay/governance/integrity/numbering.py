"""The next free number of a report or declaration, also when two people write at one moment.

The number is looked at again inside the transaction that takes it; who came second takes
the next. Writes nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.engine import Connection

from assay.core import Refused, refused
from assay.governance.office import Guard, Office
from assay.ledger import Entry

#: How often somebody may come second in one moment before he is told.
TRIES = 20
_TAKEN = "number.taken"


def numbered(
    next_name: Callable[[Connection], str], office: Office, record: Callable[[str, Guard], Entry]
) -> Entry:
    """Record under the next free name; `record` is given the name and the guard that holds it."""
    for _ in range(TRIES - 1):
        try:
            return _once(next_name, office, record)
        except Refused as problem:
            if problem.finding.code != _TAKEN:
                raise
    return _once(next_name, office, record)


def _once(
    next_name: Callable[[Connection], str], office: Office, record: Callable[[str, Guard], Entry]
) -> Entry:
    with office.ledger.read() as connection:
        name = next_name(connection)

    def still_free(connection: Connection) -> None:
        if next_name(connection) != name:
            raise refused(_TAKEN, name, "another person took this number this moment: do it again")

    return record(name, still_free)
