"""The documents then in force: found again by their hash, handed on byte for byte.

A document whose bytes are gone stops the export: a price without its rule is no proof.
In the bundle a document lies where its own words say: by identity and effective date.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from assay.core import BrokenPromise, Finding, Severity, digest_of, refused
from assay.ledger import Entry, Ledger

Named = dict[str, str]


def named_documents(shown: Iterable[Entry]) -> Named:
    """The digests of documents that disclosed entries name, each with who names it."""
    named: Named = {}
    for entry in shown:
        for thing, digest in _named_by(entry):
            named.setdefault(digest, thing)
    return named


def _named_by(entry: Entry) -> Iterator[tuple[str, str]]:
    body = entry.body
    if entry.kind == "day.opened/1":
        for thing, digest in body["documents"].items():
            yield f"{thing} on {body['pricing_date']}", digest
    elif entry.kind in ("price.determined/1", "factor.recorded/1"):
        made = body["determination"] or {}
        made = made.get("determination", made)
        if made.get("methodology", {}).get("digest"):
            yield f"{body['series']} in entry {entry.seq}", made["methodology"]["digest"]


def documents_in_force(
    ledger: Ledger, named: Named, methodologies: Path, reference: Path
) -> dict[str, bytes]:
    """The named documents by their place in the bundle."""
    held = {digest_of(content): content for content in _files(methodologies, reference)}
    for entry in ledger.entries(kinds=["methodology.archived/1"]):
        digest = entry.body["digest"]
        if digest in named and digest not in held:
            held[digest] = ledger.evidence.get(entry.body["evidence"])
    missing = sorted(set(named) - set(held))
    if missing:
        raise BrokenPromise(
            Finding(
                "export.document",
                Severity.ERROR,
                f"{named[missing[0]]} ({missing[0]})",
                f"no file under {methodologies} has this hash: restore the document then in force",
            )
        )
    placed: dict[str, bytes] = {}
    for digest in sorted(named):
        place = _place(held[digest], digest)
        if place in placed:
            raise refused(
                "export.two_documents",
                place,
                "two texts of one document were in force on these days: export them day by day",
            )
        placed[place] = held[digest]
    return placed


def _files(*folders: Path) -> Iterator[bytes]:
    for folder in folders:
        for path in sorted(folder.rglob("*.toml")):
            yield path.read_bytes()


def _place(content: bytes, digest: str) -> str:
    parsed = tomllib.loads(content.decode())
    if "effective" in parsed:
        return f"methodologies/{parsed['id']}/{parsed['effective']}.toml"
    return f"reference/{parsed['id']}-{digest.removeprefix('sha256:')[:12]}.toml"
