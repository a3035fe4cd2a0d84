"""The floor of retention: nothing is forgotten before five years, whoever asks and however.

Checked in the transaction of every ``evidence.shredded`` entry, so that no face, room or
script that writes to the journal can go round it; the bytes go only after that entry.
Knows no class of records; longer times are the agency's own (`governance/retention`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import instant_text, refused
from assay.ledger.book.submissions import archived_last
from assay.ledger.store import journal, vault

#: Records are kept at least this many years (IOSCO PRA 2.18).
LEAST_YEARS = 5
FORGETTING = "evidence.shredded/1"


def kept_since(connection: Connection, reference: str) -> datetime | None:
    """Since when the store keeps these bytes or this record; None where it does not."""
    if not reference.startswith("vault:"):
        seq = archived_last(connection, reference)
        query = sa.select(journal.c.recorded_at).where(journal.c.seq == seq)
        return None if seq is None else connection.execute(query).scalar_one()
    query = sa.select(vault.c.kept_since).where(
        vault.c.reference == reference, vault.c.record.is_not(None)
    )
    return connection.execute(query).scalar_one_or_none()


def years_later(since: datetime, years: int) -> datetime:
    """The same instant `years` later; 29 February becomes 1 March."""
    try:
        return since.replace(year=since.year + years)
    except ValueError:
        return since.replace(year=since.year + years, day=28) + timedelta(days=1)


def check_floor(
    connection: Connection, kind: str, body: Mapping[str, Any], recorded_at: datetime
) -> None:
    """Refuse an entry that would forget what is not kept, or not for long enough."""
    if kind != FORGETTING:
        return
    reference = body["reference"]
    since = kept_since(connection, reference)
    if since is None:
        raise refused("retention.unknown", reference, "nothing is kept under this reference")
    until = years_later(since, LEAST_YEARS)
    if recorded_at < until:
        raise refused(
            "retention.too_early",
            reference,
            f"it is kept until {instant_text(until)}: the store refuses to forget it earlier",
        )
