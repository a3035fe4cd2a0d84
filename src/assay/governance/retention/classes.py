"""Retention classes read from `retention.toml`, and what of each is over by an instant.

Every record of the evidence store and the vault falls in one class or in none; what has
no class is kept for ever. Reads only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from assay.core import at, refused, utc
from assay.ledger import Ledger
from assay.ledger.floor import FORGETTING, LEAST_YEARS, kept_since, years_later
from assay.ledger.journal import evidence_references
from assay.ledger.kinds import KINDS

#: Entries that keep evidence in use for ever: documents, files of firms, letters, studies.
_IN_USE = (
    "methodology.", "change.", "consultation.", "contributor.", "certificate.", "complaint.",
    "control.", "comment.", "audit.",
)  # fmt: skip
_KEYS = {"id", "title", "store", "which", "years", "counts_from", "forget", "source"}
ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """One class: where its records lie, for how many years, from when on."""

    id: str
    title: Mapping[str, str]
    store: str
    which: tuple[str, ...]
    years: int
    counts_from: str
    forget: bool
    source: str


@dataclass(frozen=True, slots=True)
class Due:
    """One record with its class: kept since, kept until; `until` None while it is in use."""

    reference: str
    retention: RetentionClass
    since: datetime
    until: datetime | None

    def over(self, now: datetime) -> bool:
        """Whether its time is over and its class forgets."""
        return self.retention.forget and self.until is not None and self.until <= now


def load_classes(reference: Path) -> tuple[RetentionClass, ...]:
    """The classes of the house; one below the floor, or with an unknown key, is refused."""
    table = tomllib.loads((reference / "retention.toml").read_text("utf-8"))
    return tuple(_class(card) for card in table["class"])


def _class(card: Mapping[str, Any]) -> RetentionClass:
    where = f"class {card.get('id')} in retention.toml"
    if set(card) != _KEYS:
        odd = ", ".join(sorted(set(card) ^ _KEYS))
        raise refused("retention.class", f"{where}: {odd}", f"keys: {', '.join(sorted(_KEYS))}")
    if card["store"] not in ("evidence", "vault") or card["counts_from"] not in ("kept", "ended"):
        raise refused("retention.class", where, "store is evidence or vault; counts_from kept or ended")  # fmt: skip
    if card["years"] < LEAST_YEARS:
        raise refused(
            "retention.years", f"{where}: {card['years']}", f"keep it {LEAST_YEARS} years or more"
        )
    return RetentionClass(**{**card, "which": tuple(card["which"])})


def due(ledger: Ledger, classes: tuple[RetentionClass, ...]) -> list[Due]:
    """Every record that is still kept and has a class, with the end of its time."""
    forgotten = {each.body["reference"] for each in ledger.entries(kinds=[FORGETTING])}
    found: dict[str, Due] = {}
    for each in (*_evidence(ledger, classes), *_vault(ledger, classes)):
        before = found.get(each.reference)
        # A record with two uses is kept for the longer one.
        if before is None or _later(each.until, before.until):
            found[each.reference] = each
    return [found[name] for name in sorted(found) if name not in forgotten]


def _later(one: datetime | None, other: datetime | None) -> bool:
    return other is not None and (one is None or one > other)


def _evidence(ledger: Ledger, classes: tuple[RetentionClass, ...]) -> Iterator[Due]:
    by_channel = {name: each for each in classes if each.store == "evidence" for name in each.which}
    kinds = [name for name in KINDS if name.startswith(_IN_USE)]
    in_use: set[str] = set()
    for entry in ledger.entries(kinds=kinds):
        in_use |= evidence_references(entry.content().decode())
    for entry in ledger.entries(kinds=["evidence.archived/1"]):
        retention = by_channel.get(entry.body["channel"])
        if retention is not None and entry.body["evidence"] not in in_use:
            since = entry.recorded_at
            yield Due(entry.body["evidence"], retention, since, years_later(since, retention.years))


def _vault(ledger: Ledger, classes: tuple[RetentionClass, ...]) -> Iterator[Due]:
    by_field = {name: each for each in classes if each.store == "vault" for name in each.which}
    kinds = sorted({name.partition(":")[0] for name in by_field})
    ends = _ends(ledger)
    with ledger.read() as connection:
        for entry in ledger.entries(kinds=kinds):
            for name, retention in by_field.items():
                kind, _, column = name.partition(":")
                reference = entry.body.get(column) if entry.kind == kind else None
                if not str(reference).startswith("vault:"):
                    continue
                since = kept_since(connection, str(reference))
                if since is None:
                    continue
                start = since if retention.counts_from == "kept" else ends.get(_use(entry.kind, entry.body))  # fmt: skip
                until = years_later(max(start, since), retention.years) if start else None
                yield Due(str(reference), retention, since, until)


def _use(kind: str, body: Mapping[str, Any]) -> str:
    """What a personal record is used for: its use ends when this does."""
    if kind == "person.registered/1":
        return f"person {body['person']}"
    if kind.startswith("submitter.mandate"):
        return f"submitter {body['contributor']} {body['submitter']}"
    return f"credential {body.get('credential')}"


def _ends(ledger: Ledger) -> dict[str, datetime]:
    """When each use ended: the last statement counts; a use that goes on is not here."""
    ends: dict[str, datetime] = {}
    kinds = [
        "person.registered/1", "submitter.mandated/1", "submitter.mandate_ended/1",
        "credential.removed/1",
    ]  # fmt: skip
    for entry in ledger.entries(kinds=kinds):
        use = _use(entry.kind, entry.body)
        if entry.kind == "credential.removed/1":
            ends[use] = entry.recorded_at
        elif entry.body["until"] is None:
            ends.pop(use, None)
        else:
            ends[use] = utc(at(date.fromisoformat(entry.body["until"]), time(23, 59, 59), ZONE))
    return ends
