"""The desk: every act of the pricing day, one method each, for whatever face asks.

An act takes the person who signs (a `Signer`, or None for the clockwork of the day),
checks his permission inside the transaction that records it, and gives the entries.
What the rules do not allow is `Refused` with thing, day, conflict and way out. The desk
decides nothing that a document should say, and never writes but through the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import Calendar, refused, utc, zone_of
from assay.desk.phases import DayHours, hours_on
from assay.desk.roles import Permissions, held, require
from assay.ledger import SYSTEM, Draft, Entry, Ledger, Signer
from assay.ledger.book.home import person_on
from assay.ledger.book.prices import states_of
from assay.ledger.book.screening import arrangement_of
from assay.methodology import Library, Methodology

Guard = Callable[[Connection], None]
ALL = "all"


@dataclass(frozen=True)
class Desk:
    """The desk of one home: its ledger, the documents, the calendars.

    `permissions` are those of each role (`reference/roles.toml`); `after_publication` is called when prices left the house (it signs the head);
    `documents` is the folder the library was read from, `reference` that of the calendars;
    `zone` is the zone of the house, in which roles and registrations begin and end.
    """

    ledger: Ledger
    library: Library
    permissions: Permissions
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    documents: Path | None = None
    reference: Path | None = None
    after_publication: Callable[[Ledger], object] | None = None
    zone: str = "Asia/Shanghai"

    def now(self) -> datetime:
        """The instant on the ledger's clock."""
        return utc(self.ledger.clock())

    def today(self) -> date:
        """The date in the zone of the house."""
        return self.now().astimezone(zone_of(self.zone)).date()

    def document(self, series: str, day: date) -> Methodology:
        """The methodology of `series` in force on `day`; refused when there is none."""
        return self.library.in_force(series, day)

    def hours(self, connection: Connection, series: str, day: date) -> DayHours:
        """The hours of a series' day: the document's, as arranged by notice."""
        hours = self.document(series, day).hours
        return hours_on(hours, arrangement_of(connection, series, day))

    def in_order(self, wanted: Sequence[str]) -> list[str]:
        """The wanted series, inputs before what is made of them."""
        order = {code: place for place, code in enumerate(self.library.order())}
        return sorted(wanted, key=lambda code: (order.get(code, len(order)), code))

    def opened(self, connection: Connection, day: date, wanted: Sequence[str] | str) -> list[str]:
        """The series meant by `wanted` that are open on `day`, in order of dependence."""
        states = {row["series"]: row for row in states_of(connection, day)}
        if wanted == ALL:
            chosen = list(states)
        else:
            chosen = [wanted] if isinstance(wanted, str) else list(wanted)
        missing = [code for code in chosen if code not in states]
        if missing or not chosen:
            raise refused(
                "day.not_open",
                f"{', '.join(missing) or 'all series'} on {day}",
                f"open the day first: assay day open --date {day}",
            )
        return self.in_order(chosen)

    def record(
        self,
        signer: Signer | None,
        permission: str,
        acts: Sequence[tuple[str, dict[str, Any]]],
        guard: Guard | None = None,
    ) -> list[Entry]:
        """Append `acts` (kind, body) of one person in one transaction, permission checked."""
        actor = signer.person if signer else SYSTEM
        drafts = [Draft(kind, actor, body) for kind, body in acts]

        def check(connection: Connection) -> None:
            if signer is not None:
                require(connection, self.permissions, signer.person, permission, self.today())
            if guard is not None:
                guard(connection)

        return self.ledger.append(drafts, signer=signer, guard=check)

    def permit(self, signer: Signer | None, permission: str) -> None:
        """Refuse early what the transaction would refuse anyway."""
        if signer is not None:
            with self.ledger.read() as connection:
                require(connection, self.permissions, signer.person, permission, self.today())

    def may(self, connection: Connection, person: str | None, permission: str) -> bool:
        """Whether a person holds `permission` today; nobody holds none."""
        if person is None:
            return False
        return permission in held(self.permissions, person_on(connection, person, self.today()))
