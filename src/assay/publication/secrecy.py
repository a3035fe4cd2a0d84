"""The secrecy of firms at the exit: no public statistic may let one firm's data be inferred.

A statistic that leaves the house rests on at least three contributors, none of them above
half of the volume. The desk withholds what breaks this; here the exit checks it again,
from the determination itself, and stops rather than let it pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from assay.core import BrokenPromise, Finding, Severity, fraction_of
from assay.ledger import Entry, Ledger
from assay.publication.disclosure import PUBLISHED

LEAST_CONTRIBUTORS = 3
LARGEST_SHARE = Fraction(1, 2)


def may_be_public(volumes: Mapping[str, Fraction]) -> bool:
    """Whether a statistic over these volumes by contributor lets no firm be inferred."""
    everything = sum(volumes.values(), Fraction(0))
    if len(volumes) < LEAST_CONTRIBUTORS:
        return False
    return everything == 0 or max(volumes.values()) <= everything * LARGEST_SHARE


def check_statistics(ledger: Ledger, shown: Iterable[Entry], days: set[str]) -> None:
    """Stop the export when a published value carries a statistic that secrecy forbids."""
    told = [
        entry
        for entry in shown
        if entry.kind in PUBLISHED
        and entry.body["pricing_date"] in days
        and "contributors" in (entry.body["tick"].get("statistics") or {})
    ]
    wanted = {entry.body["tick"]["determination"] for entry in told}
    made = {
        entry.body["digest"]: entry.body
        for entry in ledger.entries(kinds=["price.determined/1"])
        if entry.body["digest"] in wanted
    }
    for entry in told:
        determined = made.get(entry.body["tick"]["determination"])
        if determined is None or not may_be_public(volumes_of(determined)):
            raise BrokenPromise(
                Finding(
                    "statistic.secrecy",
                    Severity.ERROR,
                    f"entry {entry.seq}: {entry.body['series']} {entry.body['pricing_date']}",
                    "its statistics rest on too few firms to be public: withhold them and correct",
                )
            )


def volumes_of(determined: Mapping[str, Any]) -> dict[str, Fraction]:
    """Tonnes of the used data by contributor, from a ``price.determined/1`` body."""
    used = {
        one["name"]: value["name"]
        for value in determined["determination"]["trace"].get("mid", {}).get("terms", [])
        for one in value.get("terms", [])
    }
    volumes: dict[str, Fraction] = defaultdict(Fraction)
    for row in determined["inputs"].get("submissions", []):
        if row["id"] in used:
            volumes[used[row["id"]]] += fraction_of(row.get("quantity") or 0)
    return volumes
