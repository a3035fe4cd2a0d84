"""One door for all channels: evidence bytes -> offered submissions with their message.

Chooses the reader by channel and by what the bytes are, routes attachments, gives each quote
the day of its message. It archives nothing and believes no sender.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from assay.collection.chats import read_chat
from assay.collection.heards import read_heards
from assay.collection.html_text import read_html
from assay.collection.lexicon import Lexicon
from assay.collection.mail import read_mail
from assay.collection.notes import read_fax, read_phone_note
from assay.collection.portal import read_portal
from assay.collection.quote_fields import QuoteContext
from assay.collection.quotes import read_quotes
from assay.collection.reading import (
    CHANNELS,
    Attachment,
    Message,
    Offered,
    Reading,
    error,
    joined,
    notice,
    refusal,
    warning,
)
from assay.collection.safety import OLE_MAGIC, ZIP_MAGIC
from assay.collection.table_columns import ColumnTable
from assay.collection.tables import read_table
from assay.collection.text import decode
from assay.core import zone_of

_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<table|<\?xml[^>]*>\s*<html)", re.IGNORECASE
)
_JSON = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*[\[{]")
_SHEET_NAMES = (".xlsx", ".xls", ".xlsm", ".csv", ".tsv")
_PICTURE_TYPES = ("image/", "application/pdf", "audio/", "video/")
_BLANK = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"
_HEARD_HEAD = re.compile(rb"\A[^\n]*(?:heard_type|order_type)[^\n]*\n")


@dataclass(frozen=True, slots=True)
class PhraseTables:
    """The word lists and column headings of `reference/phrases`."""

    lexicon: Lexicon
    columns: ColumnTable

    @classmethod
    def load(cls, folder: Path) -> PhraseTables:
        """Read every table of `folder`; a table that does not fit is refused."""
        return cls(Lexicon.load(folder), ColumnTable.load(folder))


def read_channel(
    content: bytes,
    channel: str,
    tables: PhraseTables,
    context: QuoteContext | None = None,
    *,
    name: str = "",
    typed_note: str = "",
) -> Reading:
    """Everything one piece of evidence offers; `typed_note` goes with a fax page.

    Never raises for bad input: what cannot be read is refused with a finding.
    """
    if channel not in CHANNELS:
        return refusal("channel.unknown", channel, f"allowed: {', '.join(CHANNELS)}")
    context = context or QuoteContext()
    if context.locator == "text":
        context = replace(context, locator=name or channel)
    if not content.strip(_BLANK):
        return refusal("evidence.empty", context.locator, "it holds nothing: ask for it again")
    try:
        if channel == "fax":
            return read_fax(content, typed_note, tables.lexicon, context, context.locator)
        return _said(_reader(channel)(content, channel, tables, context, name), context.locator)
    except Exception as problem:  # noqa: BLE001 - bytes nobody thought of must not end the morning
        return refusal(
            "reader.failed",
            context.locator,
            f"{type(problem).__name__}: read it by hand and report the file",
        )


def _said(reading: Reading, where: str) -> Reading:
    """The reading; where it holds neither an offer nor a word about it, that is said."""
    if reading.offers or reading.findings or reading.facts:
        return reading
    nothing = notice(
        "evidence.no_quote", where, "no quote was found in it: look, if one belongs there"
    )
    return replace(reading, findings=(nothing,))


_Read = Callable[[bytes, str, PhraseTables, QuoteContext, str], Reading]


def _reader(channel: str) -> _Read:
    return {
        "email": _mail,
        "wechat": _chat,
        "qq": _chat,
        "phone": _phone,
        "workbook": _workbook,
        "portal": _call,
        "api": _call,
    }[channel]


def _mail(
    content: bytes, channel: str, tables: PhraseTables, context: QuoteContext, name: str
) -> Reading:
    del channel, name
    mail = read_mail(content, context.locator, context.zone)
    readings = [mail]
    for message in mail.messages:
        readings.append(_quotes(message, tables, context))
        readings.extend(
            _with_origin(_attachment(each, tables, context, message), message)
            for each in message.attachments
        )
    return joined(readings)


def _chat(
    content: bytes, channel: str, tables: PhraseTables, context: QuoteContext, name: str
) -> Reading:
    del name
    if content.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return refusal("chat.not_text", context.locator, "export the chat as CSV, HTML or TXT")
    chat = read_chat(content, channel, context.locator, context.zone)
    return joined([chat, *(_quotes(message, tables, context) for message in chat.messages)])


def _phone(
    content: bytes, channel: str, tables: PhraseTables, context: QuoteContext, name: str
) -> Reading:
    del channel, name
    note = read_phone_note(content, tables.lexicon, context, context.locator)
    return _with_origin(note, note.messages[0]) if note.messages else note


def _workbook(
    content: bytes, channel: str, tables: PhraseTables, context: QuoteContext, name: str
) -> Reading:
    del channel, name
    if _HTML.match(content[:2_000]):
        return refusal(
            "workbook.html", context.locator, "a web page named as a workbook: save it as .xlsx"
        )
    return read_table(content, tables.lexicon, tables.columns, context, context.locator)


def _call(
    content: bytes, channel: str, tables: PhraseTables, context: QuoteContext, name: str
) -> Reading:
    if _HEARD_HEAD.match(content[:20_000]) or (
        _JSON.match(content[:64]) and b"heard_type" in content and b"sample" in content
    ):
        return read_heards(content, context.locator)
    if _JSON.match(content[:64]):
        return read_portal(content, tables.lexicon, context.locator)
    return _workbook(content, channel, tables, context, name)


def _attachment(
    attachment: Attachment, tables: PhraseTables, context: QuoteContext, message: Message
) -> Reading:
    where = f"{attachment.locator}, {attachment.name}"
    inner = replace(_of(message, context), locator=where)
    content, lowered = attachment.content, attachment.name.lower()
    if attachment.media_type.startswith(_PICTURE_TYPES):
        return Reading(
            findings=(
                warning(
                    "mail.picture",
                    where,
                    "not read: file it as a fax with a typed note if it quotes",
                ),
            )
        )
    if content.startswith((ZIP_MAGIC, OLE_MAGIC)) and not lowered.endswith(_SHEET_NAMES):
        return Reading(
            findings=(
                error("mail.archive", where, "a packed attachment is not opened: ask for the file"),
            )
        )
    if lowered.endswith(_SHEET_NAMES) or content.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return _workbook(content, "workbook", tables, inner, attachment.name)
    if _JSON.match(content[:64]):
        return read_portal(content, tables.lexicon, where)
    if _HTML.match(content[:2_000]):
        page = read_html(decode(content, where).text, where)
        quotes = read_quotes(page.text, tables.lexicon, inner)
        return Reading(offers=quotes.offers, findings=(*page.findings, *quotes.findings))
    if attachment.media_type.startswith("text/") or lowered.endswith(".txt"):
        decoded = decode(content, where)
        quotes = read_quotes(decoded.text, tables.lexicon, inner)
        return Reading(offers=quotes.offers, findings=(*decoded.findings, *quotes.findings))
    return Reading(
        findings=(
            notice("mail.attachment_unread", where, f"{attachment.media_type}: open by hand"),
        )
    )


def _of(message: Message, context: QuoteContext) -> QuoteContext:
    if message.sent_at is None:
        return replace(context, locator=message.locator)
    day = message.sent_at.astimezone(zone_of(context.zone)).date()
    return replace(context, day=day, locator=message.locator)


def _quotes(message: Message, tables: PhraseTables, context: QuoteContext) -> Reading:
    if message.notice is not None or not message.text.strip():
        return Reading()
    quotes = read_quotes(message.text, tables.lexicon, _of(message, context))
    return _with_origin(Reading(offers=quotes.offers, findings=quotes.findings), message)


def _with_origin(reading: Reading, message: Message) -> Reading:
    offers: tuple[Offered, ...] = tuple(
        offer if offer.origin is not None else replace(offer, origin=message)
        for offer in reading.offers
    )
    return replace(reading, offers=offers)
