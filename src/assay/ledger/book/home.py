"""Book of the home: its agency and clock, persons with roles, keys, signed heads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry, Head, head_bytes
from assay.ledger.keys import PUBLICATION, is_key, signature_holds
from assay.ledger.store import BOOK_TABLES

home = sa.Table(
    "home",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("clock", sa.Text, nullable=False),
)
persons = sa.Table(
    "persons",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("until", sa.Date),
)
keys = sa.Table(
    "keys",
    BOOK_TABLES,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("public", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("retired_seq", sa.Integer),
)
heads = sa.Table(
    "heads",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("head_seq", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("signed_at", sa.Text, nullable=False),
)


@fold("home.opened/1")
def _home_opened(connection: Connection, entry: Entry) -> None:
    if entry.seq != 1:
        raise refused("home.opened_twice", f"entry {entry.seq}", "a home is opened once")
    row = {"seq": 1, "agency": entry.body["agency"], "clock": entry.body["clock"]}
    connection.execute(home.insert(), row)


@fold("person.registered/1")
def _person_registered(connection: Connection, entry: Entry) -> None:
    body = entry.body
    until = body["until"] and date.fromisoformat(body["until"])
    row = {
        "seq": entry.seq, "person": body["person"], "roles": body["roles"],
        "name": body["name"], "since": date.fromisoformat(body["since"]), "until": until,
    }  # fmt: skip
    connection.execute(persons.insert(), row)


@fold("key.registered/1")
def _key_registered(connection: Connection, entry: Entry) -> None:
    body = entry.body
    if not is_key(body["public"], body["key"]):
        raise refused(
            "key.identity", f"key {body['key']}", "it must be the identity of its public part"
        )
    if (body["person"] == PUBLICATION) != (body["purpose"] == "publication"):
        raise refused(
            "key.purpose",
            f"key {body['key']} of {body['person']}",
            "heads are signed by `publication`, acts by persons",
        )
    if key_of(connection, body["key"]) is not None:
        raise refused("key.registered_twice", f"key {body['key']}", "make a new key")
    row = {each: body[each] for each in ("key", "person", "public", "purpose")}
    connection.execute(keys.insert(), {**row, "seq": entry.seq})


@fold("key.retired/1")
def _key_retired(connection: Connection, entry: Entry) -> None:
    where = sa.and_(keys.c.key == entry.body["key"], keys.c.retired_seq.is_(None))
    retired = connection.execute(keys.update().where(where).values(retired_seq=entry.seq)).rowcount
    if retired != 1:
        raise refused("key.unknown", f"key {entry.body['key']}", "no such active key")


@fold("head.signed/1")
def _head_signed(connection: Connection, entry: Entry) -> None:
    body = entry.body
    key = key_of(connection, body["key"])
    known = key is not None and key["purpose"] == "publication" and key["retired_seq"] is None
    statement = head_bytes(agency_of(connection), Head(body["seq"], body["digest"]))
    if (
        key is None
        or not known
        or not 0 < body["seq"] < entry.seq
        or not signature_holds(key["public"], statement, body["signature"])
    ):
        raise refused(
            "head.signature",
            f"signed head {body['seq']} by key {body['key']}",
            "sign the present head with the active publication key",
        )
    row = {each: body[each] for each in ("digest", "key", "signature", "signed_at")}
    connection.execute(heads.insert(), {**row, "seq": entry.seq, "head_seq": body["seq"]})


def agency_of(connection: Connection) -> str:
    """The agency that this home belongs to, as its first entry says."""
    return str(connection.execute(sa.select(home.c.agency)).scalar_one())


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the agency on a day: identity, roles, vault reference of the name."""

    person: str
    roles: frozenset[str]
    name: str | None


def person_on(connection: Connection, person: str, day: date) -> Person | None:
    """The person's latest registration that holds on `day`, or None."""
    query = (
        sa.select(persons)
        .where(persons.c.person == person, persons.c.since <= day)
        .order_by(persons.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    if row is None or (row["until"] is not None and day > row["until"]):
        return None
    return Person(row["person"], frozenset(row["roles"]), row["name"])


def key_of(connection: Connection, key: str) -> dict[str, Any] | None:
    """The key of this identity as a row (``key person public purpose seq retired_seq``)."""
    row = connection.execute(sa.select(keys).where(keys.c.key == key)).mappings().first()
    return dict(row) if row else None


def active_key(connection: Connection, person: str, purpose: str = "acts") -> dict[str, Any] | None:
    """The newest key of `person` that is not retired, as a row, or None."""
    query = (
        sa.select(keys)
        .where(keys.c.person == person, keys.c.purpose == purpose, keys.c.retired_seq.is_(None))
        .order_by(keys.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def all_persons(connection: Connection, day: date) -> list[Person]:
    """Everybody whose registration holds on `day`, by code."""
    known = connection.execute(sa.select(persons.c.person).distinct()).scalars()
    held = (person_on(connection, each, day) for each in sorted(known))
    return [each for each in held if each is not None]


def persons_with(connection: Connection, role: str, day: date) -> list[str]:
    """The persons who hold `role` on `day`, by code."""
    return [each.person for each in all_persons(connection, day) if role in each.roles]
