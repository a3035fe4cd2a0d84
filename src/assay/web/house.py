"""What a page can reach: the wired rooms of one home. Wiring itself is done by `app`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assay.collection.channels import PhraseTables
from assay.core import refused
from assay.desk import Desk
from assay.governance.accounts import Accounts, Roles, SignedIn
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

    @cached_property
    def phrases(self) -> PhraseTables:
        """The word lists by which messages are read."""
        return PhraseTables.load(self.reference / "phrases")

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
