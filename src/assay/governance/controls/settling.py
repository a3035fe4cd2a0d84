"""Settling a finding of the day: a person says in words what was done, or that it was no case.

An alarm cannot be settled by a person: it goes when its cause is gone (`governance/alarms.py`).
"""

from __future__ import annotations

from assay.core import refused
from assay.governance.office import Office, need_words
from assay.ledger import Entry, Signer

SIGN = "governance:control:sign"
HOWS = ("done", "no_case")


def settle(office: Office, signer: Signer, finding: int, how: str, words: str) -> Entry:
    """Settle the finding that entry `finding` raised; `how` is done or no_case."""
    where = f"finding of entry {finding}"
    if how not in HOWS:
        raise refused("finding.how", f"{where}: {how or 'nothing'}", f"one of {', '.join(HOWS)}")
    need_words(words, where)
    body = {"finding": finding, "how": how, "words": words}
    return office.record(signer, SIGN, [("finding.settled/1", body)])[0]
