"""Checking the journal row by row: chain, hashes, columns, signatures, heads.

Reads rows as they are stored and goes on after a bad one, so that every bad place is
named. Trusts no column that it can compute.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.engine import RowMapping

from assay.core import Finding, NaiveInstant, Refused, Severity, canonical_bytes
from assay.ledger.entry import GENESIS, Entry, Head, act_bytes, entry_of, head_bytes
from assay.ledger.journal import evidence_references, must_be_signed, vault_references
from assay.ledger.keys import PUBLICATION, is_key, signature_holds
from assay.ledger.kinds import body_of

_RESTORE = "the journal was changed outside the program: keep it, restore the backup"


class ChainCheck:
    """Takes the rows in order; collects findings, references, keys and heads."""

    def __init__(self) -> None:
        """Begin before entry 1."""
        self.findings: list[Finding] = []
        self.head = Head(0, GENESIS)
        self.count = 0
        self._heads: set[tuple[int, str]] = set()
        self._told: list[tuple[int, str]] = []
        self.evidence: set[str] = set()
        self.vault: set[str] = set()
        self._digests: dict[int, str] = {}
        self._forgotten: dict[str, int] = {}
        self._archived: dict[str, int] = {}
        self._keys: dict[str, dict[str, Any]] = {}
        self._agency = ""
        self._last: Entry | None = None

    def row(self, row: RowMapping) -> Entry | None:
        """Check one stored row; gives its entry where it is sound."""
        self.count += 1
        before = len(self.findings)
        seq = row["seq"]
        if seq != self.head.seq + 1:
            self._say("journal.gap", f"entry {self.head.seq + 1}", "entries are missing here")
        elif row["previous"] != self.head.digest:
            self._say("journal.chain", f"entry {seq}", f"it does not follow entry {seq - 1}")
        self.head = Head(seq, row["digest"])
        self._digests[seq] = row["digest"]
        entry = self._entry(row)
        if entry is None:
            return None
        self._act(entry)
        self._references(entry, row["content"])
        self._last = entry
        return entry if len(self.findings) == before else None

    def kept(self, heads: Iterable[Mapping[str, Any]]) -> None:
        """Compare with signed heads that were kept beside the store or elsewhere."""
        for kept in heads:
            where = f"signed head {kept.get('seq')}"
            seq, signed = kept.get("seq"), str(kept.get("digest"))
            key = self._keys.get(str(kept.get("key")))
            if not isinstance(seq, int) or key is None or key["purpose"] != "publication":
                self._say("head.signature", where, "no publication key of this journal signed it")
                continue
            self._heads.add((seq, signed))
            statement = head_bytes(self._agency, Head(seq, signed))
            if not signature_holds(key["public"], statement, str(kept.get("signature"))):
                self._say("head.signature", where, "its signature is false")
            elif seq > self.head.seq:
                self._say("journal.cut", where, f"the journal ends at entry {self.head.seq}")
            elif self._digests.get(seq) != signed:
                self._say("journal.rewritten", where, "the entry has another digest")

    def unkept(self, lines: Iterable[Mapping[str, Any]], *, there: bool) -> None:
        """Compare the heads file of the home (if it is `there`) with the heads that were signed.

        A crash can cost the line of the newest head; any other that is missing was taken away.
        """
        kept = {(each.get("seq"), each.get("digest")) for each in lines}
        lost = [each for each in self._told if each not in kept]
        if not lost:
            return
        if there and lost == self._told[-1:]:
            said = "its line is missing, as a crash leaves it: assay ledger sign"
            severity, where = Severity.WARNING, f"signed head {lost[0][0]}"
        else:
            gone = "" if there else ": the file is gone"
            where = f"heads.jsonl, {len(lost)} of {len(self._told)} signed heads{gone}"
            said = (
                "the journal says that they were signed and kept: find out who took them, compare "
                "with heads kept elsewhere (--heads FILE), then assay ledger sign --write-back"
            )
            severity = Severity.ERROR
        self.findings.append(Finding("head.not_kept", severity, where, said))

    @property
    def heads(self) -> int:
        """How many different signed heads were compared."""
        return len(self._heads)

    def forgotten_evidence(self) -> set[str]:
        """Evidence that an entry says is shredded, and none archived again afterwards."""
        return {
            each
            for each, seq in self._forgotten.items()
            if not each.startswith("vault:") and self._archived.get(each, 0) < seq
        }

    def forgotten_vault(self) -> set[str]:
        """Personal records that an entry says are forgotten."""
        return {each for each in self._forgotten if each.startswith("vault:")}

    def _say(self, code: str, where: str, why: str) -> None:
        self.findings.append(Finding(code, Severity.ERROR, where, f"{why}: {_RESTORE}"))

    def _entry(self, row: RowMapping) -> Entry | None:
        where = f"entry {row['seq']}"
        content = row["content"].encode("utf-8", "surrogatepass")
        try:
            entry = entry_of(row["seq"], row["previous"], row["salt"], content)
            canonical = canonical_bytes(json.loads(content)) == content
        except (ValueError, KeyError, TypeError, NaiveInstant):
            self._say("journal.content", where, "its content is no entry")
            return None
        if not canonical:
            self._say("journal.content", where, "its content is not canonical JSON")
        for column in ("commitment", "digest"):
            if getattr(entry, column) != row[column]:
                self._say("journal.changed", f"{where}, {column}", "does not match the content")
        for column in ("kind", "recorded_at"):
            if getattr(entry, column) != row[column]:
                self._say("journal.column", f"{where}, {column}", "differs from the content")
        if self._last is not None and entry.recorded_at < self._last.recorded_at:
            self._say("journal.time", where, "it was recorded before the entry before it")
        try:
            if body_of(entry.kind, entry.body) != entry.body:
                self._say("journal.body", where, "its body is not complete")
        except Refused as problem:
            self._say("journal.body", where, problem.finding.what_to_do)
            return None
        return entry

    def _act(self, entry: Entry) -> None:
        where = f"entry {entry.seq} ({entry.kind} by {entry.actor})"
        if (entry.seq == 1) != (entry.kind == "home.opened/1"):
            self._say("journal.opening", where, "entry 1, and no other, opens the home")
        if entry.key is not None or entry.signature is not None:
            self._signature(entry, where)
        elif must_be_signed(entry.kind) and self._has_key(entry.actor):
            self._say("signature.missing", where, "the actor has a key and did not sign")
        if entry.kind == "home.opened/1":
            self._agency = str(entry.body.get("agency"))
        elif entry.kind == "key.registered/1":
            self._registered(entry, where)
        elif entry.kind == "key.retired/1":
            self._keys.get(entry.body["key"], {})["retired"] = entry.seq
        elif entry.kind == "head.signed/1":
            self._signed_head(entry, where)
        elif entry.kind == "evidence.archived/1":
            self._archived[entry.body["evidence"]] = entry.seq
        elif entry.kind == "evidence.shredded/1":
            self._forgotten[entry.body["reference"]] = entry.seq

    def _has_key(self, actor: str) -> bool:
        return any(
            key["person"] == actor and key["purpose"] == "acts" and key.get("retired") is None
            for key in self._keys.values()
        )

    def _active(self, name: str | None, person: str, purpose: str) -> dict[str, Any] | None:
        key = self._keys.get(name or "")
        if key is None or (key["person"], key["purpose"]) != (person, purpose):
            return None
        return None if key.get("retired") is not None else key

    def _signature(self, entry: Entry, where: str) -> None:
        purpose = "publication" if entry.actor == PUBLICATION else "acts"
        key = self._active(entry.key, entry.actor, purpose)
        if key is None:
            self._say("signature.key", where, f"no active key {entry.key} of {entry.actor}")
            return
        home = self._digests.get(1, "")
        act = act_bytes(home, entry.kind, entry.actor, entry.body, entry.key)
        if not signature_holds(key["public"], act, str(entry.signature)):
            self._say("signature.false", where, f"key {entry.key} did not sign this act")

    def _registered(self, entry: Entry, where: str) -> None:
        body = entry.body
        if body["key"] in self._keys or not is_key(body["public"], body["key"]):
            self._say("key.identity", where, "a key identity is false or registered twice")
            return
        self._keys[body["key"]] = dict(body)

    def _signed_head(self, entry: Entry, where: str) -> None:
        body = entry.body
        self._heads.add((body["seq"], body["digest"]))
        self._told.append((body["seq"], body["digest"]))
        key = self._active(body["key"], PUBLICATION, "publication")
        statement = head_bytes(self._agency, Head(body["seq"], body["digest"]))
        if key is None or not signature_holds(key["public"], statement, body["signature"]):
            self._say("head.signature", where, "the active publication key did not sign it")
        elif not 0 < body["seq"] < entry.seq or self._digests.get(body["seq"]) != body["digest"]:
            self._say("journal.rewritten", where, f"entry {body['seq']} has another digest")

    def _references(self, entry: Entry, content: str) -> None:
        self.vault |= vault_references(content)
        self.evidence |= evidence_references(content)
        if entry.kind == "evidence.shredded/1" and entry.body["store"] == "evidence":
            self.evidence.add(entry.body["reference"])
