"""Every version of a methodology that was ever announced, readable for ever.

Reads the archived bytes where the journal has them, the folder else. A document that was
never announced is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.governance.changes.acts import Changes
from assay.ledger.book import changes as book
from assay.ledger.book.screening import documents
from assay.methodology import Methodology


@dataclass(frozen=True, slots=True)
class Version:
    """One announced version: its document and the change that brought it, if one did."""

    document: Methodology
    change: dict[str, Any] | None

    @property
    def state(self) -> str:
        """``founding`` or the state of its change."""
        return self.change["state"] if self.change else "founding"

    @property
    def rules(self) -> bool:
        """Whether it makes the price from its effective date on."""
        return self.state in ("founding", "adopted", "in_force")


def versions_of(changes: Changes, connection: Connection, methodology: str) -> list[Version]:
    """The announced versions of a methodology, oldest first; refused when there is none."""
    found = {e.digest: e for e in changes.library.documents() if e.id == methodology}
    query = sa.select(documents).where(documents.c.methodology == methodology)
    for row in connection.execute(query).mappings():
        if row["digest"] not in found:
            raw = changes.ledger.evidence.get(row["evidence"])
            found[row["digest"]] = changes.read(raw, methodology)
    versions = []
    for document in sorted(found.values(), key=lambda each: (each.effective, each.version)):
        change = book.change_state(connection, document.digest)
        announced = change is not None and change["notice_day"] is not None
        if announced or (change is None and _old(changes, connection, document)):
            versions.append(Version(document, change))
    if not versions:
        names = sorted({each.id for each in changes.library.documents()})
        raise refused("methodology.unknown", methodology, f"methodologies: {', '.join(names)}")
    return versions


def _old(changes: Changes, connection: Connection, document: Methodology) -> bool:
    """A document no change brought: of the founding, archived by a day, or in force already."""
    founding = book.founding_document(connection, document.digest)
    if founding is not None:
        return founding
    query = sa.select(documents.c.seq).where(documents.c.digest == document.digest)
    archived = connection.execute(query).first() is not None
    return archived or document.effective <= changes.today()
