"""Forgetting what is over: record by record, each with its class as the reason.

The store refuses what is too early, whoever asks; this room asks only for what its
classes say is over, and tells what it did.
"""

from __future__ import annotations

from assay.core import utc
from assay.governance.retention.classes import RetentionClass, due
from assay.ledger import Entry, Ledger, Signer
from assay.ledger.retention import forget


def forget_due(
    ledger: Ledger,
    classes: tuple[RetentionClass, ...],
    *,
    actor: str,
    signer: Signer | None = None,
) -> list[Entry]:
    """Forget every record whose time is over; gives the entries that say so."""
    now = utc(ledger.clock())
    entries = []
    for each in due(ledger, classes):
        if each.over(now):
            reason = f"class {each.retention.id}: its time is over"
            entries.append(
                forget(
                    ledger,
                    each.reference,
                    actor=actor,
                    reason=reason,
                    years=each.retention.years,
                    signer=signer,
                )
            )
    return entries
