"""What the documents of a day rest on: documents of their inputs, calendars, dated tables.

A price can be computed again only from exactly these files, so the opening of the day
names each by its hash and keeps its bytes. Decides nothing about any price.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assay.core import digest_of
from assay.desk.desk import Desk
from assay.methodology import Methodology, load_reference


@dataclass(frozen=True)
class Ground:
    """One file that a document rests on: its name in the journal, identity, hash, place, date."""

    name: str
    identity: str
    digest: str
    path: Path
    effective: date
    series: tuple[str, ...] = ()


def grounds_of(desk: Desk, documents: Mapping[str, Methodology], day: date) -> list[Ground]:
    """Every file beyond the documents of the opened series, each once, by name.

    Documents of input series are named by the series, calendars ``calendar:ID``, tables
    ``table:ID``.
    """
    found: dict[str, Ground] = {}
    for document in documents.values():
        for each in (*_inputs(desk, document, documents, day), *_reference(desk, document, day)):
            found[each.name] = each
    return [found[name] for name in sorted(found)]


def _inputs(
    desk: Desk, document: Methodology, opened: Mapping[str, Methodology], day: date
) -> Iterator[Ground]:
    for series in document.depends_on():
        if series in opened or desk.documents is None:
            continue
        made_by = desk.document(series, day)
        path = desk.documents / made_by.file
        if path.is_file():
            yield Ground(
                series, made_by.id, made_by.digest, path, made_by.effective, made_by.series
            )
            yield from _reference(desk, made_by, day)


def _reference(desk: Desk, document: Methodology, day: date) -> Iterator[Ground]:
    if desk.reference is None:
        return
    digests = load_reference(desk.reference).digests
    files = {digest_of(path.read_bytes()): path for path in desk.reference.rglob("*.toml")}
    for name in _named(document):
        digest = digests.get(name.partition(":")[2])
        if digest in files:
            yield Ground(name, name, digest, files[digest], day)


def _named(document: Methodology) -> Iterator[str]:
    calendars = {document.calendar}
    if document.market is not None:
        calendars.add(document.market.calendar)
    calendars |= {each.calendar for each in document.inputs if each.calendar}
    tables = {each.table.partition(".")[0] for each in document.inputs if each.table}
    yield from (f"calendar:{each}" for each in sorted(calendars))
    yield from (f"table:{each}" for each in sorted(tables))
