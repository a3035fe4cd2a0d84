"""Recording an act of governance: permission checked inside the transaction that writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused, utc, zone_of
from assay.governance.accounts import Roles
from assay.ledger import SYSTEM, Draft, Entry, Ledger, Signer
from assay.ledger.book.home import person_on
from assay.ledger.book.prices import notices
from assay.ledger.folding import empty_book, refold

Act = tuple[str, dict[str, Any]]
Guard = Callable[[Connection], None]


def today_of(ledger: Ledger, zone: str) -> date:
    """The date in `zone` on the ledger's clock."""
    return ledger.clock().astimezone(zone_of(zone)).date()


def record(
    ledger: Ledger,
    roles: Roles,
    signer: Signer | None,
    permission: str,
    acts: Sequence[Act],
    *,
    zone: str,
    guard: Guard | None = None,
) -> list[Entry]:
    """Append `acts` of one person in one transaction, his permission of today checked in it.

    Without a signer it is an act of the clockwork or of the public: no permission is asked.
    """
    actor = signer.person if signer else SYSTEM
    today = today_of(ledger, zone)

    def check(connection: Connection) -> None:
        if signer is not None:
            person = person_on(connection, signer.person, today)
            if person is None:
                raise refused(
                    "person.unknown",
                    f"{signer.person} on {today}",
                    "no registration of this person holds on this day: assay person add",
                )
            roles.require(signer.person, person.roles, permission)
        if guard is not None:
            guard(connection)

    return ledger.append(
        [Draft(kind, actor, body) for kind, body in acts], signer=signer, guard=check
    )


def next_name(connection: Connection, column: Any, prefix: str) -> str:
    """The next free name ``<prefix>-<number>``, counted over all that begin so."""
    query = sa.select(sa.func.count()).where(column.like(f"{prefix}-%"))
    return f"{prefix}-{connection.execute(query).scalar_one() + 1:03d}"


def notice_name(connection: Connection, today: date) -> str:
    """The next free name of a public notice: ``N-<date>-<number>``."""
    prefix = f"N-{today.isoformat()}"
    query = sa.select(sa.func.count()).where(notices.c.notice.like(f"{prefix}-%"))
    return f"{prefix}-{connection.execute(query).scalar_one() + 1:02d}"


@contextmanager
def book_at(ledger: Ledger, known_at: datetime | None) -> Iterator[Connection]:
    """The book as it stands, or as it stood at an instant (folded anew from the journal)."""
    with ledger.read() as connection:
        if known_at is None:
            yield connection
            return
        with empty_book() as book:
            refold(connection, book, utc(known_at))
            yield book
