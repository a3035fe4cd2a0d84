"""Persons of the agency and their keys: registration, rotation, the first administrator.

Until an administrator has a key the home is being set up and the clockwork signs; from
then on only an administrator registers people and keys. Names go to the vault.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.desk.desk import Desk
from assay.ledger import SYSTEM, Entry, Signer
from assay.ledger.book.home import active_key, persons
from assay.ledger.keys import PUBLICATION

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
PERMISSION = "accounts:person:write"


def is_set_up(desk: Desk, connection: Connection) -> bool:
    """Whether an administrator has a key: from then on he signs."""
    names = set(connection.execute(sa.select(persons.c.person)).scalars())
    return any(
        desk.may(connection, name, PERMISSION) and active_key(connection, name) is not None
        for name in names
    )


def _must_be_admin(desk: Desk, signer: Signer | None, what: str) -> None:
    if signer is not None:
        return
    with desk.ledger.read() as connection:
        if is_set_up(desk, connection):
            raise refused("person.admin", what, "an administrator signs this: give --as PERSON")


def register_person(
    desk: Desk,
    signer: Signer | None,
    person: str,
    roles: Sequence[str],
    since: date,
    *,
    name: dict[str, str] | None = None,
    until: date | None = None,
) -> Entry:
    """Register a person with roles from a day on (or restate them by a new entry)."""
    unknown = sorted(set(roles) - set(desk.permissions))
    if unknown or not roles:
        raise refused(
            "person.roles", f"{person}: {', '.join(unknown) or 'none'}",
            f"roles: {', '.join(sorted(desk.permissions))}",
        )  # fmt: skip
    if person in (PUBLICATION, SYSTEM) or not _CODE.fullmatch(person):
        raise refused(
            "person.code", repr(person), "choose a code of letters, digits and - such as P-08"
        )
    _must_be_admin(desk, signer, f"register {person}")
    body: dict[str, Any] = {
        "person": person, "roles": list(roles), "since": since.isoformat(),
        "until": until.isoformat() if until else None,
        "name": desk.ledger.remember({"person": person, **name}) if name else None,
    }  # fmt: skip
    return desk.record(signer, PERMISSION, [("person.registered/1", body)])[0]


def must_be_registered(desk: Desk, person: str) -> None:
    """Refuse a code that no registration knows (a key file carries it in its name)."""
    with desk.ledger.read() as connection:
        query = sa.select(persons.c.person).where(persons.c.person == person).limit(1)
        if connection.execute(query).first() is None:
            raise refused(
                "person.unknown", repr(person), "register the person first: assay person add"
            )


def register_key(desk: Desk, signer: Signer | None, owner: Signer) -> list[Entry]:
    """Register the public key of a person's key file; an older key of his is retired by it."""
    must_be_registered(desk, owner.person)
    _must_be_admin(desk, signer, f"key of {owner.person}")
    with desk.ledger.read() as connection:
        before = active_key(connection, owner.person)
    if before is not None and before["key"] == owner.key:
        raise refused("key.exists", f"{owner.key} of {owner.person}", "it is registered already")
    body = {"key": owner.key, "person": owner.person, "public": owner.public, "purpose": "acts"}
    acts: list[tuple[str, dict[str, Any]]] = [("key.registered/1", body)]
    if before is not None:
        retired = {"key": before["key"], "reason": "replaced", "successor": owner.key}
        acts.append(("key.retired/1", retired))
    return desk.record(signer, PERMISSION, acts)
