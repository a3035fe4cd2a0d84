"""A desk on a temporary home: the aluminium documents, a simulated clock, six people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest

from assay.core import parse_instant
from assay.desk import Desk, load_permissions, record_factors, register_key, register_person
from assay.ledger import SYSTEM, Draft, Ledger, Signer, make_key
from assay.methodology import METHODOLOGIES, REFERENCE, library_of, load_methodology, load_reference

DAY = date(2025, 12, 30)
PEOPLE = {
    "A-1": ["analyst"],
    "A-2": ["analyst"],
    "M-1": ["price_manager"],
    "M-2": ["price_manager"],
    "B-1": ["analyst", "price_manager", "admin"],
    "C-1": ["compliance"],
    "U-1": ["auditor"],
}
FAMILIES = ("al-a00", "al-lc", "cea", "ci-al")


def shanghai(text: str) -> datetime:
    """An instant of 2025-12-30, or of the day given before a blank, Shanghai time."""
    day, _, clock = text.rpartition(" ")
    return parse_instant(f"{day or DAY.isoformat()}T{clock}+08:00")


@dataclass
class Room:
    """The desk under test with its clock and people."""

    desk: Desk
    keys: dict[str, Signer]
    instant: datetime
    published: list[int] = field(default_factory=list)
    counter: int = 0

    @property
    def ledger(self) -> Ledger:
        return self.desk.ledger

    def clock(self, text: str) -> None:
        self.instant = shanghai(text)

    def deal(
        self, firm: str, price: str, tonnes: str = "100", series: str = "AL-A00-FOSHAN", **more
    ):
        """A confirmed transaction, received at 09:50 unless told otherwise."""
        self.counter += 1
        name = more.pop("name", f"S-{self.counter:03d}")
        received = more.pop("received", "09:50:00")
        confirmed = more.pop("confirmed", True)
        fields = {
            "pricing_date": DAY.isoformat(), "series": series, "contributor": firm,
            "kind": "transaction", "low": price, "high": price, "currency": "CNY",
            "unit": "CNY/t", "tax": "included", "quantity": tonnes, "grade": "A00",
            "place": "Shanghai" if "SHANGHAI" in series else "Foshan", "delivery": "same day", "payment": "cash", "relation": "arms_length",
            "deal_reference": name, **more,
        }  # fmt: skip
        raw = f"{name} {firm} {price} {tonnes}".encode()
        evidence = self.ledger.evidence.put(raw)
        at = shanghai(received).isoformat()
        drafts = [
            Draft("evidence.archived/1", SYSTEM, {
                "evidence": evidence, "channel": "wechat", "media_type": "text/plain",
                "size": len(raw), "received_at": at}),
            Draft("submission.received/1", SYSTEM, {
                "submission": name, "channel": "wechat", "evidence": evidence,
                "received_at": at, "fields": fields}),
        ]  # fmt: skip
        if confirmed:
            drafts.append(
                Draft("submission.confirmed/1", "A-1", {"submission": name, "fields": fields})
            )
        self.ledger.append(drafts)
        return name


def documents():
    reference = load_reference(REFERENCE)
    return library_of(
        load_methodology(path, reference)
        for family in FAMILIES
        for path in sorted((METHODOLOGIES / family).glob("*.toml"))
    )


@pytest.fixture(scope="session")
def library():
    return documents()


@pytest.fixture
def room(tmp_path: Path, library) -> Room:
    """An agency on the morning of 2025-12-30 at 08:00, register and carbon facts loaded."""
    holder: list[Room] = []
    ledger = Ledger.create(
        tmp_path / "home",
        lambda: holder[0].instant if holder else shanghai("2025-12-29 08:00:00"),
        agency="test agency",
        simulated=True,
    )
    desk = Desk(
        ledger,
        library,
        load_permissions(REFERENCE),
        load_reference(REFERENCE).calendars,
        documents=METHODOLOGIES,
        after_publication=lambda ledger: holder[0].published.append(ledger.head().seq),
    )
    keys = {}
    for person, roles in PEOPLE.items():
        until = date(2026, 3, 31) if "auditor" in roles else None
        register_person(desk, None, person, roles, date(2025, 1, 2), until=until)
        keys[person] = make_key(tmp_path / "keys", person)
    register_key(desk, None, keys["B-1"])
    for owner in keys.values():
        if owner.person != "B-1":
            register_key(desk, keys["B-1"], owner)
    holder.append(Room(desk, keys, shanghai("2025-12-29 08:00:00")))
    _register(ledger)
    _carbon(desk)
    holder[0].clock("08:00:00")
    yield holder[0]
    ledger.close()


def _register(ledger: Ledger) -> None:
    drafts = []
    for number in range(1, 7):
        code = f"F{number:02d}"
        body = {
            "contributor": code, "name": f"Firm {number}", "group": f"G{number:02d}",
            "classes": ["trader"], "series": [], "since": "2025-01-02",
        }  # fmt: skip
        status = {
            "contributor": code,
            "status": "active",
            "since": "2025-01-02",
            "reason": "checked",
        }
        drafts += [
            Draft("contributor.registered/1", "C-1", body),
            Draft("contributor.status_set/1", "C-1", status),
        ]
    ledger.append(drafts)


def _carbon(desk: Desk) -> None:
    """12.8 and 2.3 tCO2/t in force; the close of 12-29 at 74.01 (DOMAIN section 4)."""
    document = desk.document("CI-AL-YUNNAN", date(2025, 12, 1))
    four = document.weighting.members["CI-AL-YUNNAN"]
    rows = [
        {"enterprise": name, "quarter": "2025-Q3", "output": "250", "emission": "575"}
        for name in four
    ]
    rows.append({"enterprise": "REST", "quarter": "2025-Q3", "output": "3000", "emission": "48900"})
    record_factors(desk, None, "CI-AL-YUNNAN", date(2025, 12, 1), rows, "made up for the test")
    desk.ledger.append(
        [
            Draft("market.recorded/1", SYSTEM, {
                "series": "CEA-CLOSE", "date": "2025-12-29",
                "content": {"close": "74.01", "turnover": "8881200.00", "volume": "120000"},
                "unit": "CNY/tCO2", "source": "exchange daily file",
                "event_time": "2025-12-29T15:30:00+08:00"}),
        ]
    )  # fmt: skip
