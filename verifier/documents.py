"""The methodology documents of the bundle: exactly the files that the journal names.

Reads TOML without floating point. A document that the journal does not name by its hash
has no business in a bundle; a named one that is missing is a problem. Where it lies
follows from what it says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from verifier.bundle import Bundle
from verifier.canonical import Malformed, sha256
from verifier.chain import Journal
from verifier.days import PriceDay
from verifier.report import Report

METHODOLOGIES, REFERENCE = "methodologies", "reference"


@dataclass(slots=True)
class Documents:
    """The documents and reference files by their hash."""

    by_digest: dict[str, dict[str, Any]] = field(default_factory=dict)

    def in_force(self, price: PriceDay) -> dict[str, Any] | None:
        """The document under which the day of this series was opened."""
        return self.by_digest.get(price.document or "")

    def of_market(self, price: PriceDay, series: str) -> dict[str, Any] | None:
        """The market document of an input series, as the opening of the day names it."""
        digest = price.opened.body["documents"].get(series) if price.opened else None
        found = self.by_digest.get(digest or "")
        return found if found is not None and found["kind"] == "market" else None

    def reference(self, price: PriceDay, sort: str) -> dict[str, dict[str, Any]]:
        """The calendars (or tables) that the opening of the day names, by id."""
        named = price.opened.body["documents"] if price.opened else {}
        return {
            name.partition(":")[2]: self.by_digest[digest]
            for name, digest in named.items()
            if name.startswith(f"{sort}:") and digest in self.by_digest
        }


def read_documents(bundle: Bundle, journal: Journal, report: Report) -> Documents:
    """Every document of the bundle, bound to the journal."""
    documents = Documents()
    named = named_digests(journal)
    for folder in (METHODOLOGIES, REFERENCE):
        for name, content in bundle.under(folder).items():
            where = f"{folder}/{name}"
            with report.place(where):
                digest = sha256(content)
                if digest not in named:
                    report.problem("document.unknown", where, "the journal names no such document")
                documents.by_digest[digest] = read_toml(content)
                _check_name(where, documents.by_digest[digest], digest)
    for digest, thing in named.items():
        if digest not in {sha256(content) for content in bundle.files.values()}:
            report.problem("document.missing", thing, f"no file of the bundle has hash {digest}")
    return documents


def named_digests(journal: Journal) -> dict[str, str]:
    """The hashes of documents that disclosed entries name, each with the thing it is for."""
    named: dict[str, str] = {}
    for act in journal.of("day.opened/1"):
        for thing, digest in act.body["documents"].items():
            named.setdefault(digest, f"{thing} on {act.body['pricing_date']}")
    for act in journal.of("price.determined/1", "factor.recorded/1"):
        made = act.body["determination"] or {}
        made = made.get("determination", made)
        if made.get("methodology", {}).get("digest"):
            named.setdefault(made["methodology"]["digest"], act.where)
    return named


def read_toml(content: bytes) -> dict[str, Any]:
    """A TOML document with exact decimals."""
    try:
        return tomllib.loads(content.decode(), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise Malformed(f"not TOML: {problem}") from None


def _check_name(where: str, parsed: Mapping[str, Any], digest: str) -> None:
    wanted = f"{REFERENCE}/{parsed['id']}-{digest.removeprefix('sha256:')[:12]}.toml"
    if where.startswith(METHODOLOGIES):
        wanted = f"{METHODOLOGIES}/{parsed['id']}/{parsed['effective']}.toml"
    if where != wanted:
        raise Malformed(f"by what it says, its place is {wanted}")
