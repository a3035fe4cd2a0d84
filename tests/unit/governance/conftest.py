"""An office on a temporary home: the calendar of the house, five people, a simulated clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from assay.core import parse_instant
from assay.governance.office import Office, load_thresholds
from assay.ledger import SYSTEM, Draft, Ledger, Signer, make_key
from assay.ledger.roles import load_roles
from assay.methodology import REFERENCE, load_reference

PEOPLE = {
    "A-1": ["analyst"], "A-2": ["analyst"], "M-1": ["price_manager"], "M-2": ["price_manager"],
    "C-1": ["compliance"], "C-2": ["compliance"], "SUB-9": ["submitter"],
}  # fmt: skip


@dataclass
class Room:
    """The office under test with its clock and keys."""

    office: Office
    keys: dict[str, Signer]
    instant: datetime

    @property
    def ledger(self) -> Ledger:
        return self.office.ledger

    def clock(self, text: str) -> None:
        day, _, clock = text.partition(" ")
        self.instant = parse_instant(f"{day}T{clock}:00+08:00")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """The house on the morning of 2025-12-01."""
    holder: list[Room] = []
    start = parse_instant("2025-12-01T09:00:00+08:00")
    ledger = Ledger.create(
        tmp_path / "home", lambda: holder[0].instant if holder else start,
        agency="test agency", simulated=True,
    )  # fmt: skip
    office = Office(
        ledger, load_roles(REFERENCE), load_reference(REFERENCE).calendars["CN"],
        load_thresholds(REFERENCE),
    )  # fmt: skip
    keys = {person: make_key(tmp_path / "keys", person) for person in PEOPLE}
    drafts = []
    for person, roles in PEOPLE.items():
        known = {"person": person, "roles": roles, "since": "2025-01-02"}
        key = {
            "key": keys[person].key,
            "person": person,
            "public": keys[person].public,
            "purpose": "acts",
        }
        drafts += [
            Draft("person.registered/1", SYSTEM, known),
            Draft("key.registered/1", SYSTEM, key),
        ]
    ledger.append(drafts)
    holder.append(Room(office, keys, start))
    yield holder[0]
    ledger.close()
