"""The evidence drawer: the raw message beside what was read from it, spans marked.

Text is shown as text, whatever it contains: a message is never markup here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.collection.readable import readable
from assay.core import Refused, refused
from assay.ledger import Ledger
from assay.ledger.book.submissions import evidence, submissions

#: A longer message is cut in the drawer; the whole stays in the evidence store.
LONGEST = 20_000


@dataclass(frozen=True)
class Piece:
    """A stretch of the message; `fields` name what was read from it."""

    text: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawer:
    """One datum with its evidence."""

    submission: Mapping[str, Any]
    archived: Mapping[str, Any] | None
    pieces: Sequence[Piece]
    raw: str
    forgotten: bool = False


def drawer_of(ledger: Ledger, connection: Connection, submission: str) -> Drawer:
    """The drawer of a submission; refused when there is none."""
    found = connection.execute(
        sa.select(submissions).where(submissions.c.submission == submission)
    ).mappings().first()  # fmt: skip
    if found is None:
        raise refused("submission.unknown", submission, "it is not in this book: reload the page")
    archived = connection.execute(
        sa.select(evidence).where(evidence.c.evidence == found["evidence"]).limit(1)
    ).mappings().first()  # fmt: skip
    try:
        content = ledger.evidence.get(found["evidence"])
        raw = readable(content, found["channel"])[:LONGEST]
    except Refused:
        return Drawer(dict(found), _plain(archived), [], "", forgotten=True)
    return Drawer(dict(found), _plain(archived), pieces_of(raw, found["spans"]), raw)


def _plain(row: Any) -> dict[str, Any] | None:
    return dict(row) if row else None


def pieces_of(text: str, spans: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Piece]:
    """`text` cut where fields were read: by the words of each span, where they stand in it."""
    marks: dict[tuple[int, int], list[str]] = {}
    for name, found in spans.items():
        for span in found:
            start = text.find(span["text"]) if span.get("text") else -1
            if start >= 0:
                marks.setdefault((start, start + len(span["text"])), []).append(name)
    pieces, at = [], 0
    for (start, end), names in sorted(marks.items()):
        if start < at:
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], tuple(sorted(names))))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return pieces
