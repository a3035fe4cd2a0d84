"""The acts of a complaint: receive, acknowledge, assign, decide, appeal; letters with them.

Who complained stays in the vault. Who may handle is asked of the journal, in the fold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import Calendar, refused, zone_of
from assay.governance.accounts import Roles
from assay.governance.acting import Act, Guard, next_name, record, today_of
from assay.governance.complaints.letters import complaint_letter
from assay.governance.complaints.rules import ComplaintRules, load_complaint_rules
from assay.governance.deadlines import Deadline, days_after, deadline, months_after, open_days_after
from assay.governance.letters.secrecy import refuse_names
from assay.governance.letters.words import LetterWords, load_letter_words
from assay.ledger import Entry, Ledger, Signer
from assay.ledger.book import complaints as book
from assay.ledger.book.home import person_on
from assay.ledger.book.prices import ticks_of
from assay.methodology import Library, load_reference

HANDLE = "governance:complaint:handle"
READ = "governance:complaint:read"


@dataclass(frozen=True)
class Complaints:
    """Complaints of one home."""

    ledger: Ledger
    library: Library
    roles: Roles
    rules: ComplaintRules
    calendar: Calendar | None
    words: LetterWords

    @classmethod
    def of(cls, ledger: Ledger, library: Library, roles: Roles, reference: Path) -> Complaints:
        """Wire the complaints of a home."""
        rules = load_complaint_rules(reference)
        calendar = load_reference(reference).calendars.get(rules.calendar)
        return cls(ledger, library, roles, rules, calendar, load_letter_words(reference))

    def today(self) -> date:
        """The date on which receipts count."""
        return today_of(self.ledger, self.rules.zone)

    def day_of(self, instant: datetime | None) -> date:
        """The date of an instant where receipts count; today for none."""
        if instant is None:
            return self.today()
        return instant.astimezone(zone_of(self.rules.zone)).date()

    def _record(
        self, signer: Signer | None, acts: Sequence[Act], guard: Guard | None = None
    ) -> list[Entry]:
        zone = self.rules.zone
        return record(self.ledger, self.roles, signer, HANDLE, acts, zone=zone, guard=guard)

    def may_read(self, person: str) -> None:
        """Refuse who may not read complaints."""
        with self.ledger.read() as connection:
            known = person_on(connection, person, self.today())
        self.roles.require(person, known.roles if known else (), READ)

    def may_handle(self, roles: Iterable[str]) -> bool:
        """Whether somebody with these roles reads what a complainant wrote."""
        return HANDLE in self.roles.of(roles)

    # ---- deadlines --------------------------------------------------------------------

    def acknowledge_until(self, received_on: date) -> Deadline:
        """By when the complainant hears that it is in hand."""
        return open_days_after(received_on, self.rules.acknowledge_days, self.calendar)

    def outcome_until(self, received_on: date) -> Deadline:
        """By when the outcome is given, unless extended."""
        return days_after(received_on, self.rules.outcome_days, self.calendar)

    def appeal_until(self, received_on: date) -> Deadline:
        """The last day on which an appeal reaches the outside party."""
        return deadline(months_after(received_on, self.rules.appeal_months), self.calendar)

    # ---- acts -------------------------------------------------------------------------

    def receive(
        self,
        text: str,
        category: str,
        *,
        name: str,
        contact: str,
        series: Sequence[str] = (),
        pricing_date: date | None = None,
        change: str | None = None,
        channel: str = "page",
        signer: Signer | None = None,
    ) -> list[Entry]:
        """A complaint comes in, from anybody; the receipt of today starts every clock."""
        card = self.rules.category(category)
        if not text.strip() or not contact.strip():
            raise refused(
                "complaint.words", category, "say what is wrong, and where the answer can reach you"
            )
        unknown = sorted(set(series) - set(self.library.series()))
        if unknown:
            raise refused("complaint.series", ", ".join(unknown), "name series of ours, or none")
        today = self.today()
        person = {"name": name.strip(), "contact": contact.strip(), "text": text.strip()}
        with self.ledger.read() as connection:
            number = next_name(connection, book.complaints.c.complaint, f"CP-{today.year}")
        body = {
            "complaint": number, "category": category, "formal": card["formal"],
            "channel": channel, "person": self.ledger.remember(person), "series": list(series),
            "received_on": today.isoformat(), "change": change or None,
            "pricing_date": pricing_date.isoformat() if pricing_date else None,
        }  # fmt: skip
        return self._record(signer, [("complaint.received/1", body)])

    def words_of(self, complaint: str) -> dict[str, Any] | None:
        """The complainant's record in the vault, or None where it was forgotten."""
        return self.ledger.recall(self.known(complaint)["person"])

    def acknowledge(
        self, signer: Signer, complaint: str, about: str, language: str = "en"
    ) -> list[Entry]:
        """Tell the complainant; `about` is the line of the public register and names no person."""
        known = self.known(complaint)
        if not about.strip():
            raise refused("complaint.words", complaint, "say in one line what it is about")
        self._nobody_named(complaint, about)
        due = self.outcome_until(known["received_on"]).day
        told = {**known, "about": about.strip(), "outcome_due": due}
        letter = complaint_letter(self, told, "acknowledgement", language)
        body = {
            "complaint": complaint, "about": about.strip(), "outcome_due": due.isoformat(),
            "evidence": self.ledger.evidence.put(letter.markdown().encode()),
        }  # fmt: skip
        return self._record(signer, [("complaint.acknowledged/1", body)])

    def assign(self, signer: Signer, complaint: str, handler: str) -> list[Entry]:
        """Give it to a person who may handle complaints and had no part in the matter."""
        today = self.today()
        with self.ledger.read() as connection:
            examined = len(book.involved_in(connection, self.known(complaint)))

        def may(connection: Connection) -> None:
            person = person_on(connection, handler, today)
            if person is None:
                raise refused("person.unknown", handler, "register the person first")
            self.roles.require(handler, person.roles, HANDLE)

        body = {"complaint": complaint, "handler": handler, "examined": examined}
        return self._record(signer, [("complaint.assigned/1", body)], may)

    def extend(self, signer: Signer, complaint: str, until: date, reason: str) -> list[Entry]:
        """Move the outcome to a later day, with a reason; a closed day moves on."""
        self._nobody_named(complaint, reason)
        due = deadline(until, self.calendar).day
        body = {"complaint": complaint, "outcome_due": due.isoformat(), "reason": reason}
        return self._record(signer, [("complaint.extended/1", body)])

    def decide(
        self,
        signer: Signer,
        complaint: str,
        outcome: str,
        reasons: str,
        *,
        measures: str = "",
        correction: str | None = None,
        language: str = "en",
    ) -> list[Entry]:
        """The handler's outcome, with its letter in Markdown, HTML and PDF.

        `correction` names the revision that followed (``SERIES DATE rN``).
        """
        known = self.known(complaint)
        if outcome not in self.rules.outcomes:
            raise refused(
                "complaint.outcome", f"{complaint}: {outcome}",
                f"outcomes: {', '.join(self.rules.outcomes)}",
            )  # fmt: skip
        if correction is not None:
            self._corrected(complaint, correction)
        self._nobody_named(complaint, reasons, measures)
        told = {
            **known, "handler": signer.person, "reasons": reasons, "measures": measures,
            "outcome": outcome, "correction": correction,
        }  # fmt: skip
        letter = complaint_letter(self, told, "outcome", language)
        files = letter.files(f"{complaint}-outcome")
        letters = [
            {"name": name, "evidence": self.ledger.evidence.put(content)}
            for name, content in files.items()
        ]
        body = {
            "complaint": complaint, "outcome": outcome, "reasons": reasons, "letters": letters,
            "measures": measures, "correction": correction,
        }  # fmt: skip
        return self._record(signer, [("complaint.decided/1", body)])

    def _corrected(self, complaint: str, correction: str) -> None:
        where = f"{complaint}: {correction}"
        try:
            series, day, revision = correction.split()
            on, number = date.fromisoformat(day), int(revision.removeprefix("r"))
        except ValueError:
            raise refused("complaint.correction", where, "write SERIES DATE rN") from None
        with self.ledger.read() as connection:
            known = ticks_of(connection, series, first=on, last=on)
        if number < 1 or number not in {each["revision"] for each in known}:
            raise refused("complaint.correction", where, "no such revision was published")

    def appeal(
        self, signer: Signer | None, complaint: str, grounds: str, party: str | None = None
    ) -> list[Entry]:
        """Take an appeal to the outside party; refused after the last day."""
        known, today = self.known(complaint), self.today()
        last = self.appeal_until(known["received_on"])
        if today > last.day and not last.firm:
            raise refused(
                "calendar.not_announced", f"{complaint}: {last.day}",
                "whether the last day moves on is not known: load the announced year first",
            )  # fmt: skip
        body = {
            "complaint": complaint, "party": party or self.rules.appeal_party["en"],
            "received_on": today.isoformat(), "last_day": last.day.isoformat(),
            "grounds": self.ledger.remember({"grounds": grounds}),
        }  # fmt: skip
        return self._record(signer, [("complaint.appealed/1", body)])

    def appeal_decided(
        self, signer: Signer, complaint: str, outcome: str, reasons: str
    ) -> list[Entry]:
        """Record what the outside party decided."""
        party = self.known(complaint)["party"] or ""
        body = {"complaint": complaint, "party": party, "outcome": outcome, "reasons": reasons}
        return self._record(signer, [("complaint.appeal_decided/1", body)])

    def _nobody_named(self, complaint: str, *words: str) -> None:
        """What leaves the house about a complaint names no firm and not the complainant."""
        kept = self.words_of(complaint) or {}
        with self.ledger.read() as connection:
            refuse_names(
                connection, "\n".join(words), self.today(), complaint,
                persons=[kept.get("name", ""), kept.get("contact", "")],
            )  # fmt: skip

    def known(self, complaint: str) -> dict[str, Any]:
        """The complaint of this name; refused when there is none."""
        with self.ledger.read() as connection:
            found = book.complaint_of(connection, complaint)
        if found is None:
            raise refused("complaint.unknown", complaint, "list them: assay complaint list")
        return found
