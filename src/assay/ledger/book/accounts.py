"""Book of sign-in: invitations, credentials, sessions, failed attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import parse_instant, refused
from assay.ledger.book.registry import fold
from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, Instant

invitations = sa.Table(
    "invitations",
    BOOK_TABLES,
    sa.Column("invitation", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_seq", sa.Integer),
)
credentials = sa.Table(
    "credentials",
    BOOK_TABLES,
    sa.Column("credential", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("counter", sa.Integer, nullable=False),
    sa.Column("removed_seq", sa.Integer),
)
sessions = sa.Table(
    "sessions",
    BOOK_TABLES,
    sa.Column("session", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("methods", sa.JSON, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("closed_seq", sa.Integer),
)
failures = sa.Table(
    "sign_in_failures",
    BOOK_TABLES,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("claimed", sa.Text, nullable=False, index=True),
    sa.Column("person", sa.Text),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("address", sa.Text, index=True),
    sa.Column("recorded_at", Instant, nullable=False),
)


@fold("invitation.issued/1")
def _issued(connection: Connection, entry: Entry) -> None:
    expires = parse_instant(entry.body["expires_at"])
    row = {**entry.body, "seq": entry.seq, "expires_at": expires}
    connection.execute(invitations.insert(), row)


@fold("invitation.used/1")
def _used(connection: Connection, entry: Entry) -> None:
    where = (
        invitations.c.invitation == entry.body["invitation"],
        invitations.c.used_seq.is_(None),
        invitations.c.expires_at > entry.recorded_at,
    )
    values = {"used_seq": entry.seq}
    if connection.execute(invitations.update().where(*where).values(values)).rowcount != 1:
        raise refused(
            "invitation.spent", "one-time link", "it was used or has expired: ask for a new one"
        )


@fold("credential.added/1")
def _added(connection: Connection, entry: Entry) -> None:
    until = entry.body["expires_at"]
    row = {
        **entry.body,
        "seq": entry.seq,
        "counter": 0,
        "expires_at": parse_instant(until) if until else None,
    }
    connection.execute(credentials.insert(), row)


@fold("credential.removed/1")
def _removed(connection: Connection, entry: Entry) -> None:
    where = credentials.c.credential == entry.body["credential"]
    connection.execute(credentials.update().where(where).values(removed_seq=entry.seq))


@fold("session.opened/1")
def _opened(connection: Connection, entry: Entry) -> None:
    body = entry.body
    row = {
        "session": body["session"],
        "seq": entry.seq,
        "person": body["person"],
        "methods": body["methods"],
        "opened_at": entry.recorded_at,
        "expires_at": parse_instant(body["expires_at"]),
    }
    connection.execute(sessions.insert(), row)
    if body["credential"] is not None and body["counter"] is not None:
        where = credentials.c.credential == body["credential"]
        connection.execute(credentials.update().where(where).values(counter=body["counter"]))


@fold("session.closed/1")
def _closed(connection: Connection, entry: Entry) -> None:
    where = (sessions.c.session == entry.body["session"], sessions.c.closed_seq.is_(None))
    connection.execute(sessions.update().where(*where).values(closed_seq=entry.seq))


@fold("sign_in.failed/1")
def _failed(connection: Connection, entry: Entry) -> None:
    row = {**entry.body, "seq": entry.seq, "recorded_at": entry.recorded_at}
    connection.execute(failures.insert(), row)


def invitation_of(connection: Connection, invitation: str) -> dict[str, Any] | None:
    """The invitation with this token hash, used or not."""
    query = sa.select(invitations).where(invitations.c.invitation == invitation)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def credentials_of(connection: Connection, person: str) -> list[dict[str, Any]]:
    """What a person can sign in with, in order of adding."""
    query = sa.select(credentials).where(
        credentials.c.person == person, credentials.c.removed_seq.is_(None)
    )
    rows = connection.execute(query.order_by(credentials.c.seq)).mappings()
    return [dict(row) for row in rows]


def credential_of(connection: Connection, credential: str) -> dict[str, Any] | None:
    """The credential of this identity unless removed (a passkey names itself)."""
    query = sa.select(credentials).where(
        credentials.c.credential == credential, credentials.c.removed_seq.is_(None)
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def session_at(connection: Connection, session: str, now: datetime) -> dict[str, Any] | None:
    """The open session with this token hash at an instant, or None."""
    query = sa.select(sessions).where(
        sessions.c.session == session,
        sessions.c.closed_seq.is_(None),
        sessions.c.expires_at > now,
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def open_sessions(connection: Connection, person: str, now: datetime) -> list[dict[str, Any]]:
    """All open sessions of a person at an instant."""
    query = sa.select(sessions).where(
        sessions.c.person == person, sessions.c.closed_seq.is_(None), sessions.c.expires_at > now
    )
    return [dict(row) for row in connection.execute(query.order_by(sessions.c.seq)).mappings()]


def failures_since(connection: Connection, claimed: str, since: datetime) -> int:
    """How often somebody failed to sign in under this name since an instant, without success."""
    query = sa.select(sa.func.count()).where(
        failures.c.claimed == claimed, failures.c.recorded_at > since
    )
    return int(connection.execute(query).scalar_one())


def anybody_can_sign_in(connection: Connection) -> bool:
    """Whether a first credential exists: until then the one-time link is the only door."""
    query = sa.select(credentials.c.seq).where(credentials.c.removed_seq.is_(None)).limit(1)
    return connection.execute(query).first() is not None
