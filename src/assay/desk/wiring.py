"""Settings in, an open ledger or desk out: the same joining for every face.

Opens what the settings name and nothing else; holds no rule. The publication key is
looked for in the folder of keys, never in the home.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa

from assay.core import refused
from assay.desk.desk import Desk
from assay.desk.documents import Folder, LiveLibrary
from assay.desk.roles import load_permissions
from assay.ledger import SYSTEM, Draft, Ledger, load_signer
from assay.ledger.book.findings import findings
from assay.ledger.book.home import heads
from assay.ledger.clock import clock_for
from assay.ledger.heads import sign_head
from assay.ledger.keys import PUBLICATION
from assay.methodology import Library, load_library, load_reference
from assay.settings import Settings


@contextmanager
def open_ledger(settings: Settings) -> Iterator[Ledger]:
    """The ledger of the home that the settings name, on the clock they ask for."""
    clock = clock_for(settings.home, settings.clock)
    ledger = Ledger.open(settings.home, clock, store_url=settings.store_url)
    try:
        yield ledger
    finally:
        ledger.close()


def open_library(settings: Settings) -> Library:
    """Every document of the folder that the settings name."""
    if not settings.methodologies.is_dir():
        raise refused(
            "methodologies.missing",
            str(settings.methodologies),
            "set ASSAY_METHODOLOGIES to the folder",
        )
    return _library(settings.methodologies, settings.reference, _stamp(settings.methodologies))


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells that a folder of documents changed: names, sizes and times of its files."""
    found = []
    for path in sorted(folder.rglob("*.toml")):
        known = path.stat()
        found.append((str(path), known.st_size, known.st_mtime_ns))
    return tuple(found)


@lru_cache(maxsize=4)
def _library(folder: Path, reference: Path, stamp: tuple[tuple[str, int, int], ...]) -> Library:
    """Read once while nothing changes: many commands in one process share a library."""
    del stamp
    return load_library(folder, load_reference(reference))


def desk_of(settings: Settings, ledger: Ledger) -> Desk:
    """The desk over an open ledger."""
    reference = load_reference(settings.reference)
    return Desk(
        ledger,
        open_library(settings),
        load_permissions(settings.reference),
        reference.calendars,
        documents=settings.methodologies,
        reference=settings.reference,
        after_publication=head_signer(settings),
    )


def living_desk(settings: Settings, ledger: Ledger) -> tuple[Desk, Folder]:
    """The desk of a process that goes on, with the folder that it reads again when it changed."""
    before = _stamp(settings.methodologies)
    desk = desk_of(settings, ledger)
    desk = replace(desk, library=LiveLibrary(desk.library.held))
    return desk, Folder(
        desk, lambda: _stamp(settings.methodologies), lambda: open_library(settings), before
    )


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    """The desk of the home that the settings name."""
    with open_ledger(settings) as ledger:
        yield desk_of(settings, ledger)


def head_signer(settings: Settings) -> Callable[[Ledger], object]:
    """Signs the head with the publication key; without the key at hand it raises a finding."""

    def sign(ledger: Ledger) -> object:
        if (settings.keys / f"{PUBLICATION}.key").is_file():
            return sign_head(ledger, load_signer(settings.keys, PUBLICATION))
        if _told(ledger):
            return None
        body = {
            "code": "head.unsigned", "severity": "error",
            "where": f"head {ledger.head().seq}",
            "what_to_do": "the publication key is not at hand: set ASSAY_KEYS, then assay ledger sign",
        }  # fmt: skip
        return ledger.append([Draft("finding.raised/1", SYSTEM, body)])

    return sign


def _told(ledger: Ledger) -> bool:
    """Whether the last signed head was followed by this finding already: it is raised once."""
    with ledger.read() as connection:
        signed = connection.execute(sa.select(sa.func.max(heads.c.head_seq))).scalar_one() or 0
        told = sa.select(sa.func.max(findings.c.seq)).where(findings.c.code == "head.unsigned")
        return (connection.execute(told).scalar_one() or 0) > signed
