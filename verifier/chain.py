"""The journal: one line an entry, each bound to the one before it.

Checks links and commitments. An undisclosed entry is only a link; a disclosed one also
shows salt and content, which must be what the commitment was made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import merge
from typing import Any

from verifier.bundle import JOURNAL
from verifier.canonical import Malformed, canonical_bytes, digest, read_canonical, sha256
from verifier.report import Report

GENESIS = "sha256:" + "0" * 64
CONTENT_KEYS = ["actor", "body", "key", "kind", "recorded_at", "signature"]
_LINK_KEYS = ["commitment", "digest", "previous", "seq"]
_SALT = re.compile(r"[0-9a-f]{32}\Z")


@dataclass(frozen=True, slots=True)
class Act:
    """A disclosed entry."""

    seq: int
    digest: str
    kind: str
    actor: str
    recorded_at: datetime
    body: dict[str, Any]
    key: str | None
    signature: str | None

    @property
    def where(self) -> str:
        """Its place, for people."""
        return f"{JOURNAL} entry {self.seq} ({self.kind})"


@dataclass(slots=True)
class Journal:
    """The chain: the digest of every entry and the content of the disclosed ones."""

    digests: list[str] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    _kinds: dict[str, list[Act]] = field(default_factory=dict)
    _series: dict[tuple[Any, Any], list[Act]] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """How many entries the chain has."""
        return len(self.digests)

    def of(self, *kinds: str) -> Iterator[Act]:
        """Disclosed entries of these kinds, in order."""
        found = [self._kinds.get(kind, []) for kind in kinds]
        return iter(found[0]) if len(found) == 1 else merge(*found, key=lambda act: act.seq)

    def about(self, series: str, day: str) -> list[Act]:
        """Disclosed entries whose body names this series and pricing date, in order."""
        return self._series.get((series, day), [])

    def add(self, act: Act) -> None:
        """Take in the next disclosed entry."""
        self.acts.append(act)
        self._kinds.setdefault(act.kind, []).append(act)
        series, day = act.body.get("series"), act.body.get("pricing_date")
        if isinstance(series, str) and isinstance(day, str):
            self._series.setdefault((series, day), []).append(act)


def instant(given: Any) -> datetime:
    """An RFC 3339 instant with its zone, in UTC."""
    if not isinstance(given, str):
        raise Malformed(f"{given!r} is not an instant")
    moment = datetime.fromisoformat(given)
    if moment.tzinfo is None:
        raise Malformed(f"{given!r} has no time zone")
    return moment.astimezone(UTC)


def read_journal(raw: bytes, report: Report) -> Journal:
    """The journal of a bundle, every link and commitment checked."""
    journal = Journal()
    lines = raw.split(b"\n")
    if lines.pop() != b"":
        report.problem("journal.cut", JOURNAL, "the last line has no line feed")
    previous = GENESIS
    for number, line in enumerate(lines, 1):
        where = f"{JOURNAL} line {number}"
        claimed = previous
        with report.place(where):
            row = read_canonical(line)
            claimed = str(row["digest"])
            _check_link(row, number, previous, where, report)
            if "content" in row:
                journal.add(_act(row))
                _check_commitment(row, f"{where} ({row['content']['kind']})", report)
        previous = claimed
        journal.digests.append(claimed)
    return journal


def _check_link(
    row: dict[str, Any], number: int, previous: str, where: str, report: Report
) -> None:
    keys = sorted(row)
    if keys not in (_LINK_KEYS, sorted([*_LINK_KEYS, "content", "salt"])):
        raise Malformed(f"holds the keys {', '.join(keys)}")
    if row["seq"] != number or isinstance(row["seq"], bool):
        report.problem("journal.order", where, f"says it is entry {row['seq']}")
    if row["previous"] != previous:
        report.problem("journal.chain", where, "does not follow the entry before it")
    parts = {each: row[each] for each in ("seq", "previous", "commitment")}
    if digest(parts) != row["digest"]:
        report.problem("journal.digest", where, "its digest is not that of its link")


def _check_commitment(row: dict[str, Any], where: str, report: Report) -> None:
    if not _SALT.match(row["salt"]):
        report.problem("journal.salt", where, "must be 32 lower-case hexadecimal digits")
    elif sha256(bytes.fromhex(row["salt"]) + canonical_bytes(row["content"])) != row["commitment"]:
        report.problem("journal.commitment", where, "the content is not the one committed to")


def _act(row: dict[str, Any]) -> Act:
    content = row["content"]
    if not isinstance(content, dict) or sorted(content) != CONTENT_KEYS:
        raise Malformed(f"content must hold exactly {', '.join(CONTENT_KEYS)}")
    if not isinstance(content["body"], dict):
        raise Malformed("the body must be a table")
    if (content["key"] is None) != (content["signature"] is None):
        raise Malformed("key and signature go together")
    if (content["kind"] == "home.opened/1") != (row["seq"] == 1):
        raise Malformed("the first entry, and no other, opens the home")
    return Act(
        seq=row["seq"],
        digest=row["digest"],
        kind=content["kind"],
        actor=content["actor"],
        recorded_at=instant(content["recorded_at"]),
        body=content["body"],
        key=content["key"],
        signature=content["signature"],
    )


def check_times(journal: Journal, report: Report) -> None:
    """Recorded time never runs backwards."""
    last: Act | None = None
    for act in journal.acts:
        if last is not None and act.recorded_at < last.recorded_at:
            report.problem("journal.time", act.where, f"recorded before entry {last.seq}")
        last = act
