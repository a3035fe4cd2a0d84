"""What the tests of controls read: the journal by kind, the documents, the roles, today.

One reading of the journal serves every test of a run. Reads only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from assay.ledger import Entry, Ledger
from assay.ledger.book.home import Person, all_persons
from assay.methodology import Library, Methodology


def link(entry: Entry) -> str:
    """How evidence of a control is named: the entry's number."""
    return f"entry {entry.seq}"


@dataclass
class Records:
    """One house as its journal tells it: `now` and `today` come in, nothing is asked twice."""

    ledger: Ledger
    library: Library
    permissions: Mapping[str, frozenset[str]]
    now: datetime
    today: date

    @cached_property
    def _by_kind(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.ledger.entries():
            found[entry.kind].append(entry)
        return found

    def of(self, *kinds: str) -> list[Entry]:
        """Every entry of these kinds, in order."""
        found = [entry for kind in kinds for entry in self._by_kind.get(kind, [])]
        return sorted(found, key=lambda entry: entry.seq)

    @cached_property
    def ticks(self) -> list[Entry]:
        """Every published value and correction."""
        return self.of("price.published/1", "price.corrected/1")

    @cached_property
    def determined(self) -> dict[str, Mapping[str, Any]]:
        """Determinations by digest."""
        return {each.body["digest"]: each.body for each in self.of("price.determined/1")}

    @cached_property
    def persons(self) -> list[Person]:
        """Everybody whose registration holds today."""
        with self.ledger.read() as connection:
            return all_persons(connection, self.today)

    @cached_property
    def documents(self) -> dict[str, Methodology]:
        """Every document of the library by its digest."""
        return {each.digest: each for each in self.library.documents()}

    @cached_property
    def series(self) -> list[str]:
        """The series that this house has opened a day for."""
        return sorted({code for each in self.of("day.opened/1") for code in each.body["series"]})

    @cached_property
    def in_force(self) -> list[Methodology]:
        """The documents in force today for the series of the house, each once."""
        found: dict[str, Methodology] = {}
        for code in self.series:
            for each in self.library.versions(code):
                if each.effective <= self.today and (each.ends is None or self.today < each.ends):
                    found[each.id] = each
        return [found[name] for name in sorted(found)]

    def used(self, tick: Entry) -> list[Mapping[str, Any]]:
        """The submission rows that a published value was made of."""
        made = self.determined.get(tick.body["tick"].get("determination", ""))
        if made is None:
            return []
        names = {
            one["name"]
            for value in made["determination"]["trace"].get("mid", {}).get("terms", [])
            for one in value.get("terms", [])
        }
        return [row for row in made["inputs"].get("submissions", []) if row["id"] in names]
