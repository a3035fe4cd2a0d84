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
from assay.governance.letters import Letter
from assay.ledger.book import changes as book
from assay.ledger.book.home import agency_of
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


def notice_letter(changes: Changes, change: dict[str, Any]) -> Letter:
    """The notice of a change as a page of its own: words, days, every line that differs."""
    if change["notice_day"] is None:
        raise refused("change.state", change["change"], "it was not noticed")
    with changes.ledger.read() as connection:
        sender = agency_of(connection)
    series, card = ", ".join(change["series"]), changes.rules.of(change["change_class"])
    about = (
        f"{change['title']}. Methodology {change['methodology']}, series {series}. "
        f"Class: {card.title['en']}."
    )
    days = (
        f"Notice of {change['notice_day']}; it takes effect on {change['effective']}, not before "
        f"{change['first_allowed']} ({change['notice_days']} calendar days). Comments, public or "
        f"confidential, until {change['comments_until']}."
    )
    parts = [about, change["rationale"], days]
    if change["exception"]:
        said = change["exception"]
        parts.append(
            f"SHORTER NOTICE under force majeure ({said['ground']}), declared by "
            f"{said['declared_by']}: {said['reason']}"
        )
    parts += [
        f"{each['place']}{' (clause ' + each['clause'] + ')' if each['clause'] else ''}: "
        f"{each['before'] or 'nothing'} becomes {each['after'] or 'nothing'}."
        for each in change["clauses"]
    ]
    footer = f"{change['change']} {change['notice']} {change['document']}"
    title = f"Notice {change['change']}: change of methodology {change['methodology']}"
    return Letter(sender, title, "\n\n".join(parts), change["notice_day"], "en", footer)
