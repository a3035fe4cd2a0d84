"""What a page can reach: the wired rooms of one home. Wiring itself is done by `app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assay.collection.channels import PhraseTables
from assay.core import Finding, refused
from assay.desk import Desk
from assay.governance.accounts import Accounts, Roles, SignedIn
from assay.governance.alarms import concerning
from assay.governance.office import Office, office_of
from assay.ledger import Ledger, Signer, load_signer


@dataclass(frozen=True)
class House:
    """One home with its rooms, as the faces need it."""

    ledger: Ledger
    desk: Desk
    accounts: Accounts
    roles: Roles
    keys: Path
    reference: Path
    zone: str = "Asia/Shanghai"
    secure: bool = True
    told: Callable[[], list[Finding]] = list

    @cached_property
    def phrases(self) -> PhraseTables:
        """The word lists by which messages are read."""
        return PhraseTables.load(self.reference / "phrases")

    @cached_property
    def office(self) -> Office:
        """The office of the house, whose calendar is the publication calendar."""
        return office_of(self.ledger, self.reference, self.desk.calendars["CN"])

    def alarms(self, who: SignedIn | None) -> list[dict[str, Any]]:
        """What stands and concerns this person: trouble of the process first, then by the journal.

        Rows of ``code severity where_ what_to_do recorded_at``.
        """
        if who is None:
            return []
        own = [
            {**each.document(), "where_": each.where, "recorded_at": None} for each in self.told()
        ]
        with self.ledger.read() as connection:
            return own + concerning(self.office, connection, who.person.person)

    def signer(self, who: SignedIn) -> Signer:
        """The key of the signed-in person, kept by the server for the pages.

        What the signature then proves, and what not, stands in `docs/threat-model.md`.
        """
        try:
            return load_signer(self.keys, who.person.person)
        except Exception as problem:
            raise refused(
                "key.missing",
                f"key of {who.person.person}",
                "the server holds no key of yours: ask the administrator to make one",
            ) from problem
