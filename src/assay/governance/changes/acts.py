"""The acts of a methodology change: propose, study, notice, comment, answer, decide.

Each checks the permission and leaves the promises (28 days, four eyes, every comment
answered) to the ledger's fold. Never touches a document that is in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from assay.core import Calendar, instant_text, refused, zone_of
from assay.governance.accounts import Roles
from assay.governance.acting import Act, next_name, notice_name, record, today_of
from assay.governance.changes.attaching import sorted_study
from assay.governance.changes.classes import ChangeRules, load_change_rules
from assay.governance.changes.study import page_of, study_rows, summary_of, table_of
from assay.governance.deadlines import days_after, months_after
from assay.governance.letters.secrecy import refuse_names
from assay.ledger import Entry, Ledger, Signer
from assay.ledger.book import changes as book
from assay.ledger.book.screening import archived_document
from assay.methodology import (
    Library,
    Methodology,
    Reference,
    differences_between,
    load_reference,
    parse_methodology,
)

READ = "governance:change:read"
PROPOSE = "governance:change:propose"
DECIDE = "governance:change:decide"


@dataclass(frozen=True)
class Changes:
    """Methodology changes of one home: its ledger, its documents, who may act."""

    ledger: Ledger
    library: Library
    roles: Roles
    rules: ChangeRules
    documents: Path
    reference: Reference = field(repr=False)

    @classmethod
    def of(
        cls, ledger: Ledger, library: Library, roles: Roles, documents: Path, reference: Path
    ) -> Changes:
        """Wire the changes of a home."""
        rules = load_change_rules(reference)
        return cls(ledger, library, roles, rules, documents, load_reference(reference))

    @property
    def calendar(self) -> Calendar | None:
        """The calendar on which deadlines move."""
        return self.reference.calendars.get(self.rules.calendar)

    def today(self) -> date:
        """The date on which notices count."""
        return today_of(self.ledger, self.rules.zone)

    def day_of(self, instant: datetime | None) -> date:
        """The date of an instant where notices count; today for none."""
        if instant is None:
            return self.today()
        return instant.astimezone(zone_of(self.rules.zone)).date()

    def _record(self, signer: Signer | None, permission: str, acts: Sequence[Act]) -> list[Entry]:
        zone = self.rules.zone
        return record(self.ledger, self.roles, signer, permission, acts, zone=zone)

    # ---- proposing --------------------------------------------------------------------

    def document_of(self, change: Mapping[str, Any]) -> Methodology:
        """The proposed document, read from its kept bytes."""
        return self.read(self.ledger.evidence.get(change["evidence"]), change["change"])

    def read(self, raw: bytes, file: str) -> Methodology:
        """A document from its bytes, checked."""
        return parse_methodology(raw, file, self.reference)

    def previous_of(self, document: Methodology) -> Methodology | None:
        """The version that `document` would follow: the newest of its methodology before it."""
        older = [
            each
            for each in self.library.documents()
            if each.id == document.id and each.effective < document.effective
        ]
        return older[-1] if older else None

    def propose(
        self,
        signer: Signer,
        raw: bytes,
        *,
        change_class: str,
        title: str,
        rationale: str,
        questions: Sequence[str] = (),
        title_zh: str | None = None,
        rationale_zh: str | None = None,
    ) -> list[Entry]:
        """Propose the document with these bytes; its own effective date is the wanted one.

        Refused where it changes more than its class may, where nothing changes, and where it
        would take effect today or earlier.
        """
        document = self.read(raw, "proposed document")
        card, previous = self.rules.of(change_class), self.previous_of(document)
        where = f"{document.id} of {document.effective}"
        if document.effective <= self.today():
            raise refused("change.backdated", where, f"today is {self.today()}: name a later day")
        if (previous is None) != (change_class == "addition"):
            said = "an addition" if previous is None else "a change of the version before"
            raise refused("change.class", f"{where}: {change_class}", f"this is {said}")
        clauses = self._clauses(previous, document)
        beyond = card.beyond(each["place"] for each in clauses)
        if previous is not None and beyond:
            raise refused(
                "change.class", f"{where}: {change_class} touches {', '.join(beyond[:4])}",
                "a change of this class may not: choose the class that says what it is",
            )  # fmt: skip
        with self.ledger.read() as connection:
            name = next_name(connection, book.changes.c.change, f"MC-{self.today().year}")
        body = {
            "change": name, "change_class": change_class, "methodology": document.id,
            "series": list(document.series), "title": title, "rationale": rationale,
            "document": document.digest, "evidence": self.ledger.evidence.put(raw),
            "effective": document.effective.isoformat(), "questions": list(questions),
            "previous": previous.digest if previous else None, "clauses": clauses,
            "title_zh": title_zh or None, "rationale_zh": rationale_zh or None,
        }  # fmt: skip
        self._nobody_named(where, title, rationale, title_zh, rationale_zh, *questions)
        return self._record(signer, PROPOSE, [("change.proposed/1", body)])

    def _nobody_named(self, where: str, *words: str | None) -> None:
        """What a notice prints names no contributor."""
        with self.ledger.read() as connection:
            refuse_names(connection, "\n".join(filter(None, words)), self.today(), where)

    def _clauses(self, previous: Methodology | None, document: Methodology) -> list[dict[str, Any]]:
        if previous is None:
            return []
        return [
            {"place": e.place, "clause": e.clause, "before": e.before, "after": e.after}
            for e in differences_between(previous, document)
        ]

    def study(
        self, signer: Signer, change: str, first: date | None = None, last: date | None = None
    ) -> list[Entry]:
        """Run both documents over the stored days and keep tables and page as evidence."""
        known = self.known(change)
        document = self.document_of(known)
        previous = self.previous_of(document)
        with self.ledger.read() as connection:
            rows = study_rows(connection, document, previous, first, last) if previous else []
        put = self.ledger.evidence.put
        page = page_of(rows, document, previous or document, known["clauses"])
        files = [
            {"name": "study.md", "evidence": put(page)},
            {"name": "comparison.csv", "evidence": put(table_of(rows))},
        ]
        days = sorted({row.day for row in rows})
        body = {
            "change": change, "first": days[0].isoformat() if days else None,
            "last": days[-1].isoformat() if days else None, "days": len(rows),
            "differ": sum(row.differs for row in rows), "files": files,
            "summary": summary_of(rows),
        }  # fmt: skip
        return self._record(signer, PROPOSE, [("change.studied/1", body)])

    def attach(self, signer: Signer, change: str, files: Mapping[str, bytes], words: str) -> Entry:
        """Put a study made by `assay methodology compare` to the change, its files as evidence."""
        known = self.known(change)
        found = sorted_study(known, files)
        with self.ledger.read() as connection:
            refuse_names(connection, found.public_words, self.today(), f"study of {change}")
        put = self.ledger.evidence.put
        body = {
            "change": change, "words": words, "compared": found.compared,
            "files": [{"name": name, "evidence": put(raw)} for name, raw in found.public.items()],
            "desk_files": [{"name": name, "evidence": put(raw)} for name, raw in found.desk.items()],
        }  # fmt: skip
        return self._record(signer, PROPOSE, [("change.study_attached/1", body)])[0]

    # ---- notice and comments ----------------------------------------------------------

    def notice(
        self, signer: Signer, change: str, exception: Mapping[str, str] | None = None
    ) -> list[Entry]:
        """Publish the notice: from today its days run; too early an effective date is refused.

        `exception` is a force majeure: ``ground``, ``reason`` and ``declared_by``; it shortens
        the notice to what the effective date leaves, and stands in the notice for all to see.
        """
        known, today = self.known(change), self.today()
        card = self.rules.of(known["change_class"])
        days = card.notice_days
        if exception is not None:
            days = max(0, min(days, (known["effective"] - today).days))
        until = days_after(today, card.comment_days, self.calendar).day
        until = min(until, known["effective"] - timedelta(days=1))
        document = self.document_of(known)
        if not card.study and known["study"] is None and exception is None:
            self.study(signer, change)
        with self.ledger.read() as connection:
            name = notice_name(connection, today)
        first = today + timedelta(days=days)
        fields = ("change", "change_class", "methodology", "series", "title", "rationale",
                  "title_zh", "rationale_zh", "document", "previous", "clauses", "questions")  # fmt: skip
        body = {each: known[each] for each in fields} | {
            "notice": name, "effective": known["effective"].isoformat(),
            "notice_day": today.isoformat(), "notice_days": days,
            "first_allowed": first.isoformat(), "comments_until": until.isoformat(),
            "zone": self.rules.zone, "exception": dict(exception) if exception else None,
        }  # fmt: skip
        if exception is not None:
            self._nobody_named(change, *exception.values())
        acts: list[Act] = [self._notice(name, known, _noticed_text(known, body))]
        acts.append(("change.noticed/1", body))
        with self.ledger.read() as connection:
            archived = archived_document(connection, document.digest)
        if archived is None:
            acts.append(("methodology.archived/1", _archived(known)))
        return self._record(signer, PROPOSE, acts)

    def _notice(self, name: str, known: Mapping[str, Any], text: str) -> Act:
        body = {
            "notice": name, "about": "methodology", "title": known["title"], "text": text,
            "published_at": instant_text(self.ledger.clock()), "pricing_date": None,
            "series": known.get("series", []),
        }  # fmt: skip
        return ("notice.published/1", body)

    def comment(
        self,
        subject: str,
        text: str,
        *,
        name: str = "",
        contact: str = "",
        confidential: bool = False,
        signer: Signer | None = None,
    ) -> list[Entry]:
        """A comment on a noticed change or an open consultation, by anybody.

        Name and contact go to the vault (none: anonymous); so do the words of a confidential one.
        """
        if not text.strip():
            raise refused("comment.words", subject, "say what you think of it")
        person = {"name": name.strip(), "contact": contact.strip()}
        if confidential:
            person["text"] = text.strip()
        kept = any(person.values())
        with self.ledger.read() as connection:
            column = book.consultation_comments.c.comment
            number = next_name(connection, column, f"{subject}-V")
            until = self._until(connection, subject)
        body = {
            "comment": number, "subject": subject,
            "visibility": "confidential" if confidential else "public",
            "person": self.ledger.remember(person) if kept else None,
            "text": "" if confidential else text.strip(),
            "late": until is not None and self.today() > until,
        }  # fmt: skip
        return self._record(signer, PROPOSE, [("consultation.commented/1", body)])

    def _until(self, connection: Any, subject: str) -> date | None:
        known = book.change_of(connection, subject) or book.consultation_of(connection, subject)
        found: date | None = known["comments_until"] if known else None
        return found

    def answer(self, signer: Signer, comment: str, answer: str) -> list[Entry]:
        """Answer one comment in words."""
        subject = comment.rpartition("-V-")[0]
        self._nobody_named(f"answer to {comment}", answer)
        body = {"comment": comment, "subject": subject, "answer": answer}
        return self._record(signer, PROPOSE, [("consultation.answered/1", body)])

    # ---- decision ---------------------------------------------------------------------

    def decide(self, signer: Signer, change: str, outcome: str, reason: str) -> list[Entry]:
        """Adopt or reject, by another person than the proposer; an adopted document is installed.

        It makes prices from its effective date by itself.
        """
        known = self.known(change)
        self._nobody_named(change, reason)
        with self.ledger.read() as connection:
            name = notice_name(connection, self.today())
        effective = known["effective"].isoformat()
        body = {
            "change": change, "outcome": outcome, "reason": reason,
            "effective": effective, "notice": name,
        }  # fmt: skip
        said = f"{change} is {outcome}, effective {effective}: {reason}"
        entries = self._record(
            signer, DECIDE, [self._notice(name, known, said), ("change.decided/1", body)]
        )
        if outcome == "adopted":
            self.install(change)
        return entries

    def withdraw(self, signer: Signer, change: str, reason: str) -> list[Entry]:
        """Take a proposal back before it is decided."""
        body = {"change": change, "reason": reason}
        return self._record(signer, PROPOSE, [("change.withdrawn/1", body)])

    def install(self, change: str) -> Path:
        """Put the adopted document into the folder, byte for byte; another file is not replaced."""
        known = self.known(change)
        if known["state"] not in ("adopted", "in_force"):
            raise refused("change.state", change, f"it is {known['state']}, not adopted")
        raw = self.ledger.evidence.get(known["evidence"])
        folder = self.documents / str(known["methodology"])
        path: Path = folder / f"{known['effective'].isoformat()}.toml"
        if path.is_file() and path.read_bytes() != raw:
            raise refused("change.file", str(path), "another document lies there: move it away")
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(raw)
        fresh.replace(path)
        return path

    def activate(self) -> list[Entry]:
        """Put every adopted change whose day has come in force (opening a day does it too)."""
        with self.ledger.read() as connection:
            due = [
                each
                for each in book.changes_of(connection)
                if each["state"] == "adopted" and each["effective"] <= self.today()
            ]
        entries: list[Entry] = []
        for each in due:
            self.install(each["change"])
            body = {"change": each["change"], "effective": each["effective"].isoformat()}
            entries += self._record(None, DECIDE, [("change.activated/1", body)])
        return entries

    # ---- the yearly consultation ------------------------------------------------------

    def consult(
        self, signer: Signer, methodology: str, questions: Sequence[str], title: str = ""
    ) -> list[Entry]:
        """Open the yearly consultation of a methodology, with a public notice."""
        today = self.today()
        self._methodology(methodology)
        until = days_after(today, self.rules.consultation_days, self.calendar).day
        said = title or consultation_title(methodology)
        self._nobody_named(methodology, said, *questions)
        with self.ledger.read() as connection:
            name = next_name(
                connection, book.consultations.c.consultation, f"YC-{today.year}-{methodology}"
            )
            notice = notice_name(connection, today)
        body = {
            "consultation": name, "methodology": methodology, "title": said,
            "questions": list(questions), "opened_on": today.isoformat(),
            "comments_until": until.isoformat(), "notice": notice,
        }  # fmt: skip
        words = f"{said}: comments until {until}. " + " ".join(questions)
        known = {"title": said, "series": []}
        acts: list[Act] = [self._notice(notice, known, words), ("consultation.opened/1", body)]
        return self._record(signer, PROPOSE, acts)

    def close(self, signer: Signer, consultation: str, outcome: str) -> list[Entry]:
        """Close a consultation with its outcome; the next one is due within the review time."""
        with self.ledger.read() as connection:
            known = book.consultation_of(connection, consultation)
        if known is None:
            raise refused("consultation.unknown", consultation, "list them: assay change list")
        document = self._methodology(known["methodology"])
        self._nobody_named(consultation, outcome)
        review = document.consultation.review_months if document.consultation else 12
        body = {
            "consultation": consultation, "methodology": known["methodology"],
            "closed_on": self.today().isoformat(), "outcome": outcome,
            "next_due": months_after(self.today(), min(12, review)).isoformat(),
        }  # fmt: skip
        return self._record(signer, DECIDE, [("consultation.closed/1", body)])

    def _methodology(self, name: str) -> Methodology:
        found = [each for each in self.library.documents() if each.id == name]
        if not found:
            names = sorted({each.id for each in self.library.documents()})
            raise refused("methodology.unknown", name, f"methodologies: {', '.join(names)}")
        return found[-1]

    def known(self, change: str) -> dict[str, Any]:
        """The change of this name; refused when there is none."""
        with self.ledger.read() as connection:
            found = book.change_of(connection, change)
        if found is None:
            raise refused("change.unknown", change, "list them: assay change list")
        return found


def consultation_title(methodology: str) -> str:
    """What a yearly consultation is called that nobody named."""
    return f"Yearly consultation on {methodology}"


def _noticed_text(known: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    said = (
        f"{known['title']} ({known['change_class']}, {known['methodology']}): effective "
        f"{body['effective']}, noticed {body['notice_day']}, {body['notice_days']} days. "
        f"{known['rationale']} Comments until {body['comments_until']}."
    )
    exception = body["exception"]
    if exception is None:
        return said
    return (
        f"{said} SHORTER NOTICE under force majeure ({exception['ground']}), declared by "
        f"{exception['declared_by']}: {exception['reason']}"
    )


def _archived(known: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "methodology": known["methodology"], "effective": known["effective"].isoformat(),
        "digest": known["document"], "evidence": known["evidence"], "series": known["series"],
    }  # fmt: skip


__all__ = ["DECIDE", "PROPOSE", "READ", "Changes", "consultation_title"]
