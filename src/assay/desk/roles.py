"""Who may do what at the desk: roles by dated registration, permissions from `roles.toml`.

The permission of an act is checked inside the transaction that records it. Four eyes
are not here: they hold for every role alike, in the fold (`ledger/book/prices.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sqlalchemy.engine import Connection

from assay.core import refused
from assay.ledger.book.home import Person, person_on
from assay.ledger.roles import load_roles

#: role -> the permissions (``room:noun:verb``) it holds.
Permissions = Mapping[str, frozenset[str]]


def load_permissions(reference: Path) -> Permissions:
    """The roles of ``roles.toml`` in the reference folder."""
    return load_roles(reference).permissions


def held(permissions: Permissions, person: Person | None) -> frozenset[str]:
    """Every permission of a person; nobody holds none."""
    if person is None:
        return frozenset()
    return frozenset().union(*(permissions.get(role, frozenset()) for role in person.roles))


def require(
    connection: Connection, permissions: Permissions, person: str, wanted: str, today: date
) -> Person:
    """The person, when his roles of `today` hold one of `wanted` (parted by `` or ``)."""
    known = person_on(connection, person, today)
    if known is None:
        raise refused(
            "person.unknown",
            f"{person} on {today}",
            "no registration of this person holds on this day: assay person add",
        )
    if not held(permissions, known) & set(wanted.split(" or ")):
        holders = sorted(
            role for role, may in permissions.items() if may & set(wanted.split(" or "))
        )
        raise refused(
            "person.not_permitted",
            f"{wanted} by {person} on {today}",
            f"he is {', '.join(sorted(known.roles))}; it takes {' or '.join(holders) or 'nobody'}",
        )
    return known
