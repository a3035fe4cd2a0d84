"""The office of the house: ledger, roles, calendar and thresholds that its acts share.

An act of governance takes the person who signs, has his permission checked inside the
transaction that records it, and gives the entries. Sets no deadline of its own: clocks
and thresholds stand in `reference/surveillance.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import Calendar, digest_of, refused, utc, zone_of
from assay.governance.deadlines import days_after, deadline, open_days_after
from assay.ledger import SYSTEM, Draft, Entry, Ledger, Signer
from assay.ledger.book.home import person_on
from assay.ledger.roles import Roles, load_roles

Act = tuple[str, dict[str, Any]]
Guard = Callable[[Connection], None]


@dataclass(frozen=True)
class Thresholds:
    """The file of clocks and thresholds and its digest."""

    table: Mapping[str, Any]
    digest: str

    def of(self, part: str) -> Mapping[str, Any]:
        """One part of the file, e.g. ``clocks``."""
        found: Mapping[str, Any] = self.table[part]
        return found


def load_thresholds(reference: Path) -> Thresholds:
    """Read ``surveillance.toml`` of the reference folder."""
    raw = (reference / "surveillance.toml").read_bytes()
    return Thresholds(tomllib.loads(raw.decode("utf-8")), digest_of(raw))


@dataclass(frozen=True)
class Office:
    """What acts of governance are given; `zone` is that of the house."""

    ledger: Ledger
    roles: Roles
    calendar: Calendar
    thresholds: Thresholds
    zone: str = "Asia/Shanghai"

    def now(self) -> datetime:
        """The instant on the ledger's clock."""
        return utc(self.ledger.clock())

    def today(self) -> date:
        """The date in the zone of the house, not in UTC."""
        return self.now().astimezone(zone_of(self.zone)).date()

    def deadline(self, start: date, days: int) -> date:
        """`days` calendar days after `start`; on a closed day the next working day.

        Told to others as a promise: past the announced calendar it is refused, never guessed.
        """
        return self.calendar.first_open_from(start + timedelta(days=days))

    def due(self, start: date, days: int) -> date:
        """`deadline` for the house itself: past the announced calendar the day stands provisionally.

        Nobody is kept from reporting or declaring because next year's holidays are not known yet.
        """
        return days_after(start, days, self.calendar).day

    def working_due(self, start: date, days: int) -> date:
        """`days` working days after `start`; calendar days where no calendar reaches."""
        return open_days_after(start, days, self.calendar).day

    def moved(self, day: date) -> date:
        """A deadline as the calendar of now has it: a provisional one may move on, never back."""
        return deadline(day, self.calendar).day

    def may(self, connection: Connection, person: str, permission: str) -> bool:
        """Whether a person holds `permission` today."""
        known = person_on(connection, person, self.today())
        return known is not None and permission in self.roles.of(known.roles)

    def require(self, connection: Connection, person: str, permission: str) -> None:
        """Refuse a person who does not hold `permission` today."""
        known = person_on(connection, person, self.today())
        if known is None:
            raise refused(
                "person.unknown",
                f"{person} on {self.today()}",
                "no registration of this person holds on this day: assay person add",
            )
        self.roles.require(person, known.roles, permission)

    def permit(self, person: str, permission: str) -> None:
        """`require` outside of a transaction, before anything is read for him."""
        with self.ledger.read() as connection:
            self.require(connection, person, permission)

    def record(
        self,
        signer: Signer | None,
        permission: str,
        acts: Sequence[Act],
        guard: Guard | None = None,
    ) -> list[Entry]:
        """Append `acts` in one transaction, permission checked; None is the clockwork."""
        actor = signer.person if signer else SYSTEM

        def check(connection: Connection) -> None:
            if signer is not None:
                self.require(connection, signer.person, permission)
            if guard is not None:
                guard(connection)

        drafts = [Draft(kind, actor, body) for kind, body in acts]
        return self.ledger.append(drafts, signer=signer, guard=check)


def need_words(words: str, where: str) -> None:
    """Refuse an act that says nothing."""
    if not words.strip():
        raise refused("words.missing", where, "say in words why: the file keeps them")


def office_of(ledger: Ledger, reference: Path, calendar: Calendar) -> Office:
    """The office over an open ledger, roles and thresholds from the reference folder."""
    return Office(ledger, load_roles(reference), calendar, load_thresholds(reference))
