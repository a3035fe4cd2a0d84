"""A year of the house around its prices: methodology changes and consultations, right ones and planted wrongs.

The same seed gives the same plan. The loop of the house (`governance/clockwork.py`) turns once
on every open day; nobody looks for the wrongs but the rules, the folds and the alarms. Planted: a
notice too short, a notice forged past the act that would refuse it, a document laid into the
folder that no change adopted, a consultation that nobody holds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from assay.core import Calendar, Refused, parse_instant
from assay.governance.alarms import Rooms
from assay.governance.changes import Changes
from assay.governance.clockwork import turn
from assay.governance.complaints import Complaints
from assay.governance.integrity import declaring
from assay.governance.office import Office, load_thresholds
from assay.ledger import SYSTEM, Draft, Ledger, Signer, make_key
from assay.ledger.book.changes import open_consultation
from assay.ledger.book.findings import standing_alarms
from assay.ledger.roles import load_roles
from assay.methodology import METHODOLOGIES, REFERENCE, Library, load_library, load_reference

PEOPLE = {"A-1": "analyst", "M-1": "price_manager", "C-1": "compliance"}
#: The documents of this house: the first is changed, the others are consulted on.
FILES = ("al-a00/2021-12-27.toml", "al-lc/2021-12-27.toml", "cea/2023-08-24.toml", "ci-al/2021-12-27.toml")  # fmt: skip
#: Whose consultation nobody holds in a year of wrongs.
LATE = "al-lc"
SHORT, FORGED, SMUGGLED, MISSED = (
    "notice skipped", "notice forged", "document smuggled in", "consultation missed",
)  # fmt: skip
WRONGS = (SHORT, FORGED, SMUGGLED, MISSED)
_DUE = "next = 2026-06-15"
_WEIGHTED, _PLAIN = 'rule = "weighted_mean", clause', 'rule = "mean", clause'


@dataclass(frozen=True)
class Plan:
    """What happens on which day of the year."""

    due: dict[str, date]
    right: date
    wrong: date
    days: int
    smuggled: date

    @classmethod
    def of(cls, seed: int, open_days: list[date]) -> Plan:
        """The plan of this seed: every consultation falls due within the year."""
        rng = random.Random(seed * 13 + 5)
        names = [name.partition("/")[0] for name in FILES]
        due = {name: open_days[rng.randint(60, 180)] + timedelta(days=rng.randint(0, 6)) for name in names}  # fmt: skip
        return cls(
            due, open_days[rng.randint(10, 40)], open_days[rng.randint(110, 160)],
            rng.randint(1, 27), open_days[rng.randint(161, 200)],
        )  # fmt: skip


@dataclass
class Told:
    """What the house did about it: what was stopped or alarmed, and alarms that were none."""

    caught: dict[str, str] = field(default_factory=dict)
    false: list[str] = field(default_factory=list)
    days: int = 0
    in_force: list[str] = field(default_factory=list)

    @property
    def missed(self) -> list[str]:
        """The planted wrongs that nothing told of."""
        return [each for each in WRONGS if each not in self.caught]


class House:
    """One house with its clock, its people and a folder of documents of its own."""

    def __init__(self, place: Path, seed: int, calendar: Calendar, *, honest: bool) -> None:
        self.honest, self.calendar = honest, calendar
        self.open_days = list(calendar.open_days(date(2025, 1, 2), date(2025, 12, 31)))
        self.plan = Plan.of(seed, self.open_days)
        self.folder = place / "methodologies"
        self.now = parse_instant("2025-01-02T08:00:00+08:00")
        self.ledger = Ledger.create(
            place / "home", lambda: self.now, agency="a year", simulated=True
        )
        self.keys = {person: make_key(place / "keys", person) for person in PEOPLE}
        self.told = Told()
        self._lay_documents()
        self._found()

    def _lay_documents(self) -> None:
        for file in FILES:
            name = file.partition("/")[0]
            due = self.plan.due[name]
            text = (METHODOLOGIES / file).read_text("utf-8").replace(_DUE, f"next = {due}")
            path = self.folder / file
            path.parent.mkdir(parents=True)
            path.write_text(text.replace("last = 2025-06-16", "last = 2024-06-17"), "utf-8")

    def _found(self) -> None:
        drafts = []
        for person, role in PEOPLE.items():
            known = {"person": person, "roles": [role], "since": "2025-01-02"}
            key = {"key": self.keys[person].key, "person": person, "public": self.keys[person].public, "purpose": "acts"}  # fmt: skip
            drafts += [Draft("person.registered/1", SYSTEM, known), Draft("key.registered/1", SYSTEM, key)]  # fmt: skip
        self.ledger.append(drafts)
        documents = {each.file: each.digest for each in self.library().documents()}
        body = {"documents": documents, "reason": "the documents with which the home was created"}
        self.ledger.append([Draft("methodology.adopted/1", SYSTEM, body)])
        self.office = Office(
            self.ledger, load_roles(REFERENCE), self.calendar, load_thresholds(REFERENCE)
        )
        declaring.supervise(self.office, self.keys["C-1"], "A-1", "M-1", date(2025, 1, 2))
        for person in PEOPLE:
            declaring.declare(self.office, self.keys[person], "none")

    def library(self) -> Library:
        """The folder as it lies there now."""
        return load_library(self.folder, load_reference(REFERENCE))

    def rooms(self, library: Library) -> Rooms:
        """The rooms over these documents."""
        parts = (self.ledger, library, self.office.roles)
        return Rooms(
            self.office,
            Changes.of(*parts, self.folder, REFERENCE),
            Complaints.of(*parts, REFERENCE),
        )

    def live(self) -> Told:
        """The year, day by day; gives what was told."""
        rooms = self.rooms(self.library())
        for day in self.open_days:
            self.now = parse_instant(f"{day}T15:00:00+08:00")
            if self._happens(day, rooms):
                rooms = self.rooms(self.library())
            turn(rooms)
            self._judge(day)
        entries = list(self.ledger.entries(kinds=["change.activated/1"]))
        self.told.in_force = [each.body["change"] for each in entries]
        self.told.days = len(self.open_days)
        assert self.ledger.check().ok
        self.ledger.close()
        return self.told

    # ---- what happens ------------------------------------------------------------------

    def _happens(self, day: date, rooms: Rooms) -> bool:
        """The acts of `day`; gives whether the folder changed."""
        plan, changes = self.plan, rooms.changes
        for name, due in plan.due.items():
            if not self.honest and name == LATE:
                continue
            if day == self._last_open(due - timedelta(days=40)):
                changes.consult(self.keys["M-1"], name, ["Does it still mirror the market?"])
            if day == self._last_open(due):
                self._close(changes, name)
        if day == plan.right:
            self._change(changes, day, 35)
        if day == self._open_after(plan.right, 22):
            return self._adopt(changes)
        if self.honest:
            return False
        if day == plan.wrong:
            self._skip(changes, day)
        if day == plan.smuggled:
            self._smuggle(day)
            return True
        return False

    def _last_open(self, due: date) -> date:
        """The last open day on or before `due`."""
        return due if self.calendar.is_open(due) else self.calendar.previous_open(due)

    def _open_after(self, day: date, days: int) -> date:
        return self.calendar.first_open_from(day + timedelta(days=days))

    def _close(self, changes: Changes, name: str) -> None:
        with self.ledger.read() as connection:
            running = open_consultation(connection, name)
        assert running is not None
        changes.close(self.keys["C-1"], running["consultation"], "It does; nothing changes.")

    def _text(self, effective: date, version: int) -> bytes:
        text = (self.folder / FILES[0]).read_text("utf-8")
        assert _WEIGHTED in text
        later = text.replace("effective = 2021-12-27", f"effective = {effective}")
        return later.replace("version = 1", f"version = {version}").replace(_WEIGHTED, _PLAIN).encode()  # fmt: skip

    def _propose(self, changes: Changes, effective: date, version: int) -> str:
        entries = changes.propose(
            self.keys["M-1"], self._text(effective, version), change_class="material",
            title=f"The plain mean, version {version}", rationale="Weights favour one firm.",
        )  # fmt: skip
        change = str(entries[0].body["change"])
        changes.study(self.keys["M-1"], change)
        return change

    def _change(self, changes: Changes, day: date, days: int) -> None:
        """A change as it should be: noticed `days` before."""
        self.right = self._propose(changes, day + timedelta(days=days), 2)
        changes.notice(self.keys["M-1"], self.right)

    def _adopt(self, changes: Changes) -> bool:
        changes.decide(self.keys["C-1"], self.right, "adopted", "nobody spoke against it")
        return True

    def _skip(self, changes: Changes, day: date) -> None:
        """A change that would take effect after too few days: by the act, then past it."""
        effective = day + timedelta(days=self.plan.days)
        change = self._propose(changes, effective, 3)
        try:
            changes.notice(self.keys["M-1"], change)
        except Refused as problem:
            self.told.caught[SHORT] = problem.finding.code
        try:
            self._forge(changes, change, day, effective)
        except Refused as problem:
            self.told.caught[FORGED] = problem.finding.code
        changes.withdraw(self.keys["M-1"], change, "not in this manner")

    def _forge(self, changes: Changes, change: str, day: date, effective: date) -> None:
        """The entry of a notice, written straight into the ledger with his own key."""
        known = changes.known(change)
        names = ("change", "change_class", "methodology", "series", "title", "rationale",
                 "document", "previous", "clauses", "questions")  # fmt: skip
        body = {each: known[each] for each in names} | {
            "notice": f"N-{day}-77", "effective": str(effective), "notice_day": str(day),
            "notice_days": self.plan.days, "first_allowed": str(effective),
            "comments_until": str(effective - timedelta(days=1)), "zone": "Asia/Shanghai",
            "exception": None,
        }  # fmt: skip
        self.ledger.append([Draft("change.noticed/1", "M-1", body)], signer=self._key("M-1"))

    def _key(self, person: str) -> Signer:
        return self.keys[person]

    def _smuggle(self, day: date) -> None:
        (self.folder / "al-a00" / f"{day}.toml").write_bytes(self._text(day, 4))

    # ---- what the alarms say ------------------------------------------------------------

    def _alarms(self) -> Iterator[tuple[str, str]]:
        with self.ledger.read() as connection:
            for row in standing_alarms(connection):
                if row["severity"] == "error":
                    yield row["code"], row["where_"]

    def _judge(self, day: date) -> None:
        """Errors that stand tonight: each tells of a planted wrong, or is a false alarm."""
        for code, where in self._alarms():
            said = f"{day} {code} {where}"
            if code == "methodology.consultation_overdue" and where.startswith(LATE):
                due = self.calendar.first_open_from(self.plan.due[LATE])
                if self.honest or day <= due:
                    self.told.false.append(said)
                elif MISSED not in self.told.caught:
                    gone = (day - due).days
                    self.told.caught[MISSED] = (
                        f"{gone} {'day' if gone == 1 else 'days'} after it was due"
                    )
            elif (
                code == "methodology.unannounced" and not self.honest and day >= self.plan.smuggled
            ):
                self.told.caught.setdefault(SMUGGLED, said)
            else:
                self.told.false.append(said)
