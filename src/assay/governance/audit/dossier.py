"""The dossier of one price: everything the journal says about it, from evidence to tick.

Made of entries alone, so that "as known at" an instant is the same dossier made of the
entries recorded by then. Shows, judges nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from assay.core import BrokenPromise, instant_text, refused
from assay.ledger import Entry, Ledger
from assay.ledger.evidence import TOMBSTONE
from assay.ledger.journal import stored_entry
from assay.ledger.store import journal

#: Kinds that belong to a series' day by their own fields.
_OF_THE_DAY = ("price.", "submission.screened", "submission.judged", "finding.raised", "day.")
_TICKS = ("price.published/1", "price.corrected/1", "price.not_assessed/1", "price.imported/1")
#: What a line of the timeline says beside kind, actor and time.
_TOLD = (
    "submission", "decision", "code", "words", "reason", "proposal", "revision", "notice",
    "passed", "late", "evidence", "channel",
)  # fmt: skip


@dataclass(slots=True)
class Dossier:
    """One price with its whole story."""

    series: str
    pricing_date: date
    known_at: datetime | None
    entries: list[Entry]
    evidence: list[dict[str, Any]] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)

    def of(self, *kinds: str) -> list[Entry]:
        """The entries of these kinds, in order."""
        return [each for each in self.entries if each.kind in kinds]

    @property
    def ticks(self) -> list[Entry]:
        """Every revision of the value, oldest first."""
        return self.of(*_TICKS)

    @property
    def determination(self) -> Mapping[str, Any] | None:
        """The determination behind the newest tick, else the newest one."""
        made = {each.body["digest"]: each.body for each in self.of("price.determined/1")}
        for entry in reversed(self.ticks):
            named = (entry.body.get("tick") or {}).get("determination")
            if named in made:
                return made[named]
        return next(reversed(made.values()), None) if made else None

    def timeline(self) -> list[dict[str, Any]]:
        """One line an entry: when, who, what, with what it names."""
        return [
            {
                "seq": each.seq, "recorded_at": instant_text(each.recorded_at),
                "kind": each.kind, "actor": each.actor, "digest": each.digest,
                "signed": each.signature is not None,
                **{name: each.body[name] for name in _TOLD
                   if each.body.get(name) not in (None, "", False, [])},
            }
            for each in self.entries
        ]  # fmt: skip

    def verdicts(self) -> list[dict[str, Any]]:
        """The last screening of each datum, every rule with clause and values."""
        latest = {each.body["submission"]: each for each in self.of("submission.screened/1")}
        return [
            {"seq": each.seq, **{name: each.body[name]
             for name in ("submission", "passed", "late", "verdicts", "document")}}
            for each in latest.values()
        ]  # fmt: skip

    def decisions(self) -> list[dict[str, Any]]:
        """Every discretionary act: judgements of data, adjusted proposals, returns."""
        rows = [
            {"seq": e.seq, "actor": e.actor, "act": e.body["decision"], "code": e.body["code"],
             "words": e.body["words"], "of": e.body["submission"]}
            for e in self.of("submission.judged/1")
        ]  # fmt: skip
        for each in self.of("price.proposed/1"):
            used = each.body["tick"].get("judgement") or {}
            rows += [
                {"seq": each.seq, "actor": each.actor, "act": how["act"], "code": how["code"],
                 "words": each.body["tick"].get("rationale", ""),
                 "of": how.get("leg", each.body["proposal"])}
                for how in used.get("how", []) if how["act"] == "adjust"
            ]  # fmt: skip
        rows += [
            {"seq": e.seq, "actor": e.actor, "act": "return", "code": "",
             "words": e.body["words"], "of": e.body["proposal"]}
            for e in self.of("price.returned/1")
        ]  # fmt: skip
        return sorted(rows, key=lambda row: row["seq"])

    def approvals(self) -> list[dict[str, Any]]:
        """Who proposed and who approved which content."""
        return [
            {"seq": each.seq, "kind": each.kind, "actor": each.actor,
             "proposal": each.body["proposal"], "signed": each.signature is not None,
             "recorded_at": instant_text(each.recorded_at)}
            for each in self.of("price.proposed/1", "price.approved/1")
        ]  # fmt: skip

    def sensitivity(self) -> dict[str, Any]:
        """Leave-one-out figures of the determination: inside the house only."""
        made = self.determination
        found: dict[str, Any] = (made or {}).get("determination", {}).get("trace", {})
        return dict(found.get("influence") or {})

    def document(self) -> dict[str, Any]:
        """The dossier as plain values, for JSON."""
        made = self.determination
        return {
            "series": self.series,
            "pricing_date": self.pricing_date.isoformat(),
            "known_at": instant_text(self.known_at) if self.known_at else None,
            "ticks": [{"seq": each.seq, "kind": each.kind, **each.body} for each in self.ticks],
            "timeline": self.timeline(),
            "evidence": self.evidence,
            "verdicts": self.verdicts(),
            "decisions": self.decisions(),
            "approvals": self.approvals(),
            "sensitivity": self.sensitivity(),
            "documents": self.documents,
            "determination": made["determination"] if made else None,
            "determination_digest": made["digest"] if made else None,
        }


def dossier(ledger: Ledger, series: str, day: date, known_at: datetime | None = None) -> Dossier:
    """The dossier of a series' day, as known at an instant; refused where the day never opened."""
    found = [each for each in _naming(ledger, day.isoformat(), known_at) if _belongs(each, series)]
    if not any(each.kind in ("day.opened/1", *_TICKS) for each in found):
        raise refused(
            "audit.no_price", f"{series} on {day}",
            "this series was not opened on this day (by the instant asked for)",
        )  # fmt: skip
    named = {each.body["submission"] for each in found if each.body.get("submission")}
    wanted = {each.body["evidence"] for each in found if each.body.get("evidence")}
    beside = [
        each
        for each in _of_kinds(ledger, ("submission.", "evidence."), known_at)
        if each.body.get("submission") in named
        or (each.body.get("evidence") or each.body.get("reference")) in wanted
    ]
    entries = sorted({each.seq: each for each in (*found, *beside)}.values(), key=lambda e: e.seq)
    return Dossier(
        series, day, known_at, entries, _evidence(ledger, entries), _documents(entries, series)
    )


def _naming(ledger: Ledger, day: str, known_at: datetime | None) -> Iterable[Entry]:
    query = sa.select(journal).where(journal.c.content.contains(f'"pricing_date":"{day}"'))
    yield from _entries(ledger, query, known_at)


def _of_kinds(ledger: Ledger, begins: Sequence[str], known_at: datetime | None) -> Iterable[Entry]:
    which = sa.or_(*(journal.c.kind.startswith(each) for each in begins))
    yield from _entries(ledger, sa.select(journal).where(which), known_at)


def _entries(ledger: Ledger, query: Any, known_at: datetime | None) -> Iterable[Entry]:
    if known_at is not None:
        query = query.where(journal.c.recorded_at <= known_at)
    with ledger.read() as connection:
        for row in connection.execute(query.order_by(journal.c.seq)).mappings():
            yield stored_entry(row)


def _belongs(entry: Entry, series: str) -> bool:
    body = entry.body
    named = body.get("series")
    if entry.kind.startswith("submission.") and "fields" in body:
        return bool(body["fields"].get("series") == series)
    if entry.kind == "notice.published/1" or entry.kind.startswith(_OF_THE_DAY):
        if isinstance(named, list):
            return series in named
        return named == series or (entry.kind == "day.closed/1" and series in body["states"])
    return False


def _evidence(ledger: Ledger, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Every raw message with its hash, looked at anew: there, forgotten after its time, or not."""
    rows = []
    for each in entries:
        if each.kind != "evidence.archived/1":
            continue
        name = each.body["evidence"]
        rows.append(
            {"seq": each.seq, **{key: each.body[key] for key in
             ("evidence", "channel", "media_type", "size", "received_at", "source")},
             "state": evidence_state(ledger, name)}
        )  # fmt: skip
    return rows


def evidence_state(ledger: Ledger, name: str) -> str:
    """``intact``, ``forgotten`` (a tombstone) or ``broken``: its bytes against its name."""
    try:
        return "forgotten" if ledger.evidence.whole(name) == TOMBSTONE else "intact"
    except BrokenPromise:
        return "broken"


def _documents(entries: Iterable[Entry], series: str) -> dict[str, str]:
    """The documents in force, by the name under which the day was opened."""
    found: dict[str, str] = {}
    for each in entries:
        if each.kind == "day.opened/1" and series in each.body["series"]:
            found.update(each.body["documents"])
    return found
