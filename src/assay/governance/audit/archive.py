"""The documents then in force, found again by their hash: archived as evidence, or in a folder.

A document is what its hash says; where no bytes have it any more, that is said.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from assay.core import Calendar, digest_of
from assay.ledger import Ledger
from assay.methodology import Methodology, Reference, load_reference, parse_methodology
from assay.methodology.reference import table_from_document

#: How the opening of a day names what documents lean on.
_BESIDE = ("calendar:", "table:")


class Archive:
    """Bytes of documents by digest, over one ledger and the folders of the house."""

    def __init__(self, ledger: Ledger, *folders: Path) -> None:
        """Look in the ledger's archived documents first, then in `folders`."""
        self._ledger = ledger
        self._folders = folders

    @cached_property
    def _archived(self) -> dict[str, str]:
        return {
            each.body["digest"]: each.body["evidence"]
            for each in self._ledger.entries(kinds=["methodology.archived/1"])
        }

    @cached_property
    def _on_disk(self) -> dict[str, bytes]:
        paths = (path for folder in self._folders for path in sorted(folder.rglob("*.toml")))
        return {digest_of(content): content for content in (path.read_bytes() for path in paths)}

    def find(self, digest: str) -> bytes | None:
        """The bytes with this hash, or None."""
        named = self._archived.get(digest)
        if named is not None:
            content = self._ledger.evidence.get(named)
            if digest_of(content) == digest:
                return content
        return self._on_disk.get(digest)

    def methodology(self, digest: str, named: Mapping[str, str]) -> Methodology | None:
        """The document of this hash with the calendars and tables that `named` says, or None."""
        raw = self.find(digest)
        if raw is None or self.missing(named):
            return None
        return parse_methodology(raw, "<archived>", self._reference(named))

    def missing(self, named: Mapping[str, str]) -> list[str]:
        """The calendars and tables that the day was opened with and whose bytes are gone."""
        return [
            f"{thing} ({digest})"
            for thing, digest in sorted(named.items())
            if thing.startswith(_BESIDE) and self.find(digest) is None
        ]

    def _reference(self, named: Mapping[str, str]) -> Reference:
        """Calendars and tables as of the day: what the day did not name is today's."""
        calendars: dict[str, Calendar] = {}
        tables: dict[str, Any] = {}
        for thing, digest in named.items():
            raw = self.find(digest)
            if raw is None or not thing.startswith(_BESIDE):
                continue
            document = tomllib.loads(raw.decode(), parse_float=Decimal)
            if thing.startswith("calendar:"):
                calendars[document["id"]] = Calendar.from_document(document)
            else:
                tables[document["id"]] = table_from_document(document, digest)
        today = self._today()
        return Reference({**today.calendars, **calendars}, {**today.tables, **tables})

    def _today(self) -> Reference:
        folder = next((each for each in self._folders if (each / "calendars").is_dir()), None)
        return load_reference(folder) if folder else Reference()


def documents_of(entries: Iterable[Any], series: str, day: date) -> dict[str, str]:
    """What the opening of a series' day says was in force: name -> digest."""
    found: dict[str, str] = {}
    for entry in entries:
        body = entry.body
        if body["pricing_date"] == day.isoformat() and series in body["series"]:
            found.update(body["documents"])
    return found
