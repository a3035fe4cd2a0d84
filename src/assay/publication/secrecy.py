"""The secrecy of firms at the exit: no public statistic may let one firm's data be inferred.

The rule stands in `core/secrecy.py`. The desk withholds what breaks it; here the exit checks
it again, from the determination itself, and stops rather than let it pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from assay.core import BrokenPromise, Finding, Severity, fraction_of
from assay.core.secrecy import betrayals, may_be_public, may_stand_beside
from assay.ledger import Entry, Ledger
from assay.publication.disclosure import PUBLISHED

__all__ = ["check_statistics", "may_be_public", "volumes_of"]


def check_statistics(ledger: Ledger, shown: Iterable[Entry], days: set[str]) -> None:
    """Stop the export when a published value carries a figure that secrecy forbids.

    Statistics over too few firms, statistics that changed between two revisions, and
    anything that the house knows of a single firm (leave-one-out figures among it).
    """
    ticks = [e for e in shown if e.kind in PUBLISHED and e.body["pricing_date"] in days]
    told = [e for e in ticks if "contributors" in (e.body["tick"].get("statistics") or {})]
    wanted = {entry.body["tick"]["determination"] for entry in told}
    made = {
        entry.body["digest"]: entry.body
        for entry in ledger.entries(kinds=["price.determined/1"])
        if entry.body["digest"] in wanted
    }
    for entry in told:
        determined = made.get(entry.body["tick"]["determination"])
        if determined is None or not may_be_public(volumes_of(determined)):
            raise _stop(entry, "its statistics rest on too few firms to be public")
    before: dict[tuple[str, str], Mapping[str, Any]] = {}
    for entry in ticks:
        for place in betrayals(entry.body["tick"]):
            raise _stop(entry, f"{place} is a figure of single firms")
        key = (entry.body["series"], entry.body["pricing_date"])
        statistics = entry.body["tick"].get("statistics") or {}
        if not may_stand_beside(before.get(key), statistics):
            raise _stop(entry, "its statistics differ from those of the revision before")
        if "contributors" in statistics:
            before[key] = statistics


def _stop(entry: Entry, why: str) -> BrokenPromise:
    where = f"entry {entry.seq}: {entry.body['series']} {entry.body['pricing_date']}"
    way_out = f"{why}: withhold them and correct"
    return BrokenPromise(Finding("statistic.secrecy", Severity.ERROR, where, way_out))


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
