"""Notes people type: the phone note and the typed note of a fax -> offered submissions.

A phone call's evidence is its note; a fax's evidence is the scanned page, and the note says
what stands on it. Nothing is read out of a picture here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assay.collection.lexicon import Lexicon
from assay.collection.quote_fields import QuoteContext
from assay.collection.quotes import read_quotes
from assay.collection.reading import Message, Offered, Reading, error, notice, refusal
from assay.collection.safety import too_large
from assay.core import Finding, NaiveInstant, canonical_bytes, parse_instant

_PHONE_KEYS = ("called_at", "analyst", "contributor", "submitter", "number", "text")
_PICTURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/tiff": b"II*\x00",
    "application/pdf": b"%PDF-",
}
_TIFF_BIG = b"MM\x00*"


@dataclass(frozen=True, slots=True)
class PhoneNote:
    """What an analyst writes down of a call; its canonical bytes are the evidence."""

    called_at: datetime
    analyst: str
    contributor: str
    text: str
    submitter: str | None = None
    number: str | None = None

    def evidence(self) -> bytes:
        """The note as canonical JSON, to be archived."""
        return canonical_bytes(
            {
                "called_at": self.called_at,
                "analyst": self.analyst,
                "contributor": self.contributor,
                "submitter": self.submitter,
                "number": self.number,
                "text": self.text,
            }
        )


def read_phone_note(
    content: bytes, lexicon: Lexicon, context: QuoteContext | None = None, where: str = "phone note"
) -> Reading:
    """The submissions of a phone note (JSON with `called_at`, `analyst`, `contributor`, `text`)."""
    context = context or QuoteContext(locator=where)
    large = too_large(content, where)
    if large is not None:
        return Reading(findings=(large,))
    note = _parsed(content, where)
    if isinstance(note, Reading):
        return note
    try:
        called_at = parse_instant(str(note.get("called_at")))
    except NaiveInstant as problem:
        return refusal("phone.no_time", where, f"called_at: {problem}")
    text = str(note["text"])
    message = Message(
        text=text,
        channel="phone",
        locator=where,
        sender=note.get("number") or note.get("submitter") or note.get("contributor"),
        sender_name=note.get("contributor"),
        sent_at=called_at,
    )
    quotes = read_quotes(text, lexicon, replace(context, locator=f"{where}, text"))
    return Reading((message,), quotes.offers, findings=quotes.findings)


def _parsed(content: bytes, where: str) -> dict[str, Any] | Reading:
    try:
        note = json.loads(content)
    except (ValueError, RecursionError):
        return refusal("phone.not_json", where, "a phone note is one JSON object")
    if not isinstance(note, dict):
        return refusal("phone.not_json", where, "a phone note is one JSON object")
    unknown = sorted(set(note) - set(_PHONE_KEYS))
    if unknown:
        return refusal(
            "phone.unknown_keys", where, f"{', '.join(unknown)}; allowed: {', '.join(_PHONE_KEYS)}"
        )
    for name in ("analyst", "contributor", "text"):
        if not isinstance(note.get(name), str) or not note[name].strip():
            return refusal("phone.incomplete", where, f"{name} is missing: say it in words")
    if any(note[name] is not None and not isinstance(note[name], str) for name in note):
        return refusal("phone.not_text", where, "every part of a phone note is text")
    return note


def read_fax(
    page: bytes,
    typed: str,
    lexicon: Lexicon,
    context: QuoteContext | None = None,
    where: str = "fax",
) -> Reading:
    """The submissions of a scanned page by the note a person typed of it."""
    context = context or QuoteContext(locator=where)
    findings = _page(page, where)
    if not typed.strip():
        findings.append(error("fax.no_note", where, "type what stands on the page: it is not read"))
        return Reading(findings=tuple(findings))
    quotes = read_quotes(typed, lexicon, replace(context, locator=f"{where}, typed note"))
    message = Message(text=typed, channel="fax", locator=where)
    findings.append(notice("fax.typed", where, "read from the typed note: compare with the page"))
    return Reading((message,), quotes.offers, findings=(*findings, *quotes.findings))


def _page(page: bytes, where: str) -> list[Finding]:
    large = too_large(page, where)
    if large is not None:
        return [large]
    if not any(page.startswith(mark) for mark in (*_PICTURES.values(), _TIFF_BIG)):
        return [
            error("fax.no_page", where, "the evidence is no scanned page (PNG, JPEG, TIFF, PDF)")
        ]
    return []


def offered_of(note: PhoneNote, lexicon: Lexicon, context: QuoteContext) -> tuple[Offered, ...]:
    """The submissions of a note before it is archived, for the form's preview."""
    return read_quotes(note.text, lexicon, context).offers
