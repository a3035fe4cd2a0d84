"""Categories, timetable and outcomes of complaints as data (`reference/complaints.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.core import refused

FILE = "complaints.toml"
Said = Mapping[str, str]
_TOP = {
    "source", "calendar", "zone", "acknowledge_days", "outcome_days", "appeal_months",
    "appeal_party", "categories", "outcomes",
}  # fmt: skip
#: An appeal is heard no later than this after the complaint was received ([M]; PRA K5).
LONGEST_APPEAL = 6


@dataclass(frozen=True, slots=True)
class ComplaintRules:
    """What a complaint may be about, and by when what happens."""

    calendar: str
    zone: str
    acknowledge_days: int
    outcome_days: int
    appeal_months: int
    appeal_party: Said
    categories: Mapping[str, Mapping[str, Any]]
    outcomes: Mapping[str, Said]

    def category(self, name: str) -> Mapping[str, Any]:
        """The category of this name; refused with the known ones."""
        if name not in self.categories:
            raise refused("complaint.category", name, f"categories: {', '.join(self.categories)}")
        return self.categories[name]


def load_complaint_rules(reference: Path) -> ComplaintRules:
    """Read the file strictly."""
    path = reference / FILE
    table = tomllib.loads(path.read_text("utf-8"))
    if set(table) != _TOP:
        raise refused(
            "file.keys", f"{path}: {', '.join(sorted(set(table) ^ _TOP))}",
            f"keys: {', '.join(sorted(_TOP))}",
        )  # fmt: skip
    if table["appeal_months"] > LONGEST_APPEAL:
        raise refused("complaint.appeal", str(path), f"at most {LONGEST_APPEAL} months")
    del table["source"]
    return ComplaintRules(**table)
