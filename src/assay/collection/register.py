"""Who sent it: addresses, nicks and spellings -> a contributor of the dated register.

Only what the register lists on that day counts. A resemblance is a finding for a person and
never a match; two firms with one alias are a finding too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy.engine import Connection

from assay.collection.reading import Message, warning
from assay.collection.text import normalise
from assay.core import Finding
from assay.ledger.book.contributors import contributors_on

_RESEMBLES = 0.75
_SHORTEST = 2
_MOST_SHOWN = 3


def alias_key(spelling: str) -> str:
    """A spelling in comparable form: half width, lower case, single blanks."""
    return " ".join(normalise(spelling).text.split())


@dataclass(frozen=True, slots=True)
class Match:
    """The firm (or None), the code of its one mandated submitter (or None), and findings."""

    contributor: str | None
    submitter: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Registry:
    """The register as it stands on one day."""

    day: date
    firms: Mapping[str, Mapping[str, Any]]
    keys: Mapping[tuple[str, str | None], frozenset[str]]

    @classmethod
    def read(cls, connection: Connection, day: date) -> Registry:
        """From the ledger's book."""
        return cls.of(contributors_on(connection, day), day)

    @classmethod
    def of(cls, firms: Iterable[Mapping[str, Any]], day: date) -> Registry:
        """From rows of `contributors_on`; an alias counts only on its own channel, if it has one."""
        keys: dict[tuple[str, str | None], set[str]] = {}
        known = {firm["contributor"]: firm for firm in firms}
        for code, firm in known.items():
            for spelling in (code, firm["name"], firm.get("name_zh")):
                if spelling:
                    keys.setdefault((alias_key(spelling), None), set()).add(code)
            for alias in firm["aliases"]:
                key = (alias_key(alias["alias"]), alias["channel"])
                keys.setdefault(key, set()).add(code)
        return cls(day, known, {key: frozenset(codes) for key, codes in keys.items()})

    def find(
        self, spellings: Iterable[str], channel: str, where: str, series: str | None = None
    ) -> Match:
        """The firm that one of these spellings names on this channel, for this series."""
        asked = [alias_key(each) for each in spellings if each and alias_key(each)]
        hits: set[str] = set()
        for key in asked:
            hits |= self.keys.get((key, channel), frozenset()) | self.keys.get(
                (key, None), frozenset()
            )
        if len(hits) == 1:
            return self._matched(hits.pop(), where, series)
        if hits:
            return Match(
                None,
                findings=(
                    warning(
                        "contributor.ambiguous",
                        where,
                        f"the register gives this sender to {', '.join(sorted(hits))}: choose one",
                    ),
                ),
            )
        return Match(None, findings=(self._unknown(asked, where),))

    def _matched(self, code: str, where: str, series: str | None) -> Match:
        firm = self.firms[code]
        found: list[Finding] = []
        if firm["status"] != "active":
            found.append(
                warning(
                    "contributor.not_active", where, f"{code} is {firm['status']} on {self.day}"
                )
            )
        submitters = [
            each["submitter"] for each in firm["submitters"] if _covers(each["series"], series)
        ]
        if not submitters:
            what = f" for {series}" if series and firm["submitters"] else ""
            found.append(
                warning(
                    "submitter.no_mandate", where, f"{code} has no mandated submitter today{what}"
                )
            )
        return Match(code, submitters[0] if len(submitters) == 1 else None, tuple(found))

    def _unknown(self, asked: list[str], where: str) -> Finding:
        near: dict[str, float] = {}
        for (known, _channel), codes in self.keys.items():
            likeness = max((_likeness(known, key) for key in asked), default=0.0)
            if likeness >= _RESEMBLES:
                for code in codes:
                    near[code] = max(near.get(code, 0.0), likeness)
        if near:
            shown = ", ".join(sorted(near, key=lambda code: -near[code])[:_MOST_SHOWN])
            return warning(
                "contributor.resembles",
                where,
                f"the sender resembles {shown} and is not listed: add a dated alias, or leave it",
            )
        return warning(
            "contributor.unknown",
            where,
            "nobody of the register by this name (assay contributor list): say who it is, "
            "assay day confirm NAME --set contributor=CODE, or discard it",
        )


def _covers(mandate: Iterable[str], series: str | None) -> bool:
    """Whether a mandate (none listed: all; ``X*``: all that begin so) covers this series."""
    listed = list(mandate)
    return (
        series is None
        or not listed
        or any(
            series == each or (each.endswith("*") and series.startswith(each[:-1]))
            for each in listed
        )
    )


def _likeness(known: str, asked: str) -> float:
    if min(len(known), len(asked)) < _SHORTEST:
        return 0.0
    if known in asked or asked in known:
        return 1.0
    domain, other = known.rpartition("@")[2], asked.rpartition("@")[2]
    if "@" in known and "@" in asked and domain == other:
        return 1.0
    return SequenceMatcher(None, known, asked).ratio()


def spellings_of(message: Message | None) -> list[str]:
    """Under which spellings the sender of a message may be listed; a mail counts by address only."""
    if message is None:
        return []
    if message.channel == "email":
        return [message.sender] if message.sender else []
    found = [each for each in (message.sender, message.sender_name) if each]
    if message.sender and message.sender_name and message.sender != message.sender_name:
        found.append(f"{message.sender_name}({message.sender})")
    return found
