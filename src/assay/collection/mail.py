"""E-mail bytes -> messages: own words, forwarded blocks with their sender, attachments.

Headers in any charset, text or HTML bodies, nested messages. It opens no attachment itself
and never believes a header more than it says: `From` is a claim until the register knows it.
"""

from __future__ import annotations

import email
import email.errors
import email.policy
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message as Mail
from email.utils import parseaddr

from assay.collection.clocks import mail_date
from assay.collection.forwarded import Block, blocks_of
from assay.collection.html_text import read_html
from assay.collection.reading import (
    Attachment,
    Message,
    Reading,
    error,
    joined,
    notice,
    refusal,
    warning,
)
from assay.collection.safety import too_large
from assay.collection.text import decode
from assay.core import Finding

_MOST_PARTS = 200
_DEEPEST = 5
_LONGEST_HEADER = 2_000
_LONGEST_BODY = 200_000
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030"}
_ATTACHED = re.compile(r"\battached\b|\bAttached\b|见附件|附件为|附件是")
_TORN = (
    email.errors.InvalidBase64CharactersDefect,
    email.errors.InvalidBase64LengthDefect,
    email.errors.InvalidBase64PaddingDefect,
)
_MAIL_HEADERS = ("From", "Date", "Subject", "Message-ID", "Received", "To")


def read_mail(content: bytes, where: str = "mail", zone: str = "Asia/Shanghai") -> Reading:
    """The messages of one mail; `zone` is for times without one."""
    large = too_large(content, where)
    if large is not None:
        return Reading(findings=(large,))
    try:
        mail = email.message_from_bytes(content, policy=email.policy.compat32)
    except (
        ValueError,
        LookupError,
        RecursionError,
        TypeError,
        email.errors.MessageError,
    ) as problem:
        return refusal("mail.broken", where, f"not a readable mail ({problem}); ask for it again")
    if not any(mail.get(name) for name in _MAIL_HEADERS):
        return refusal("mail.no_headers", where, "no mail header was found: is this a mail?")
    return _read(mail, where, zone, 0)


def _read(mail: Mail, where: str, zone: str, depth: int) -> Reading:
    findings: list[Finding] = []
    sender_name, sender = _address(mail)
    subject = header_text(_header(mail, "Subject"))
    sent_at = mail_date(_header(mail, "Date")[:_LONGEST_HEADER], zone)
    if sent_at is None:
        findings.append(
            warning("mail.no_date", where, "the mail states no readable date: use the server's")
        )
    if sum(each.lower() == "from" for each in mail) > 1:
        sender_name = sender = None
        said = "two senders stand in the headers: nobody is believed, look at the original"
        findings.append(warning("mail.two_senders", where, said))
    text, attachments, nested, more = _parts(mail, where, depth)
    findings += more
    if not attachments and not nested and _ATTACHED.search(text):
        findings.append(
            notice("mail.attachment_missing", where, "speaks of an attachment, none came with it")
        )
    blocks = blocks_of(text, subject, zone)
    first = Message(
        text=blocks[0].text,
        channel="email",
        locator=f"{where}, body",
        sender=sender,
        sender_name=sender_name,
        sent_at=sent_at,
        subject=subject,
        attachments=attachments,
    )
    messages = [first]
    for index, block in enumerate(blocks[1:], 1):
        messages.append(_inner(block, sender, subject, f"{where}, {block.role} block {index}"))
    own = Reading(messages=tuple(messages), findings=tuple(findings))
    return joined([own, *(_read(each, place, zone, depth + 1) for each, place in nested)])


def _inner(block: Block, outer: str | None, subject: str, locator: str) -> Message:
    return Message(
        text=block.text,
        channel="email",
        locator=locator,
        sender=block.sender,
        sent_at=block.sent_at,
        subject=subject,
        forwarded_by=outer,
        notice="quoted" if block.role == "quoted" else None,
    )


def _address(mail: Mail) -> tuple[str | None, str | None]:
    try:
        name, address = parseaddr(header_text(_header(mail, "From")))
    except (TypeError, ValueError, IndexError):
        return None, None
    return name or None, address.lower() or None


def _header(mail: Mail, name: str) -> str:
    """The first header of this name, raw bytes read as text (never a `Header` object)."""
    for each, content in mail.raw_items():
        if each.lower() == name.lower():
            raw = str(content).encode("utf-8", "surrogateescape")
            return decode(raw, name).text.replace("\n", " ").replace("\r", " ")
    return ""


def header_text(raw: str) -> str:
    """A header as readable text, whatever its declared charset."""
    text = raw[:_LONGEST_HEADER]
    try:
        pieces = decode_header(text)
    except (ValueError, TypeError, LookupError, email.errors.MessageError):
        return text
    words: list[str] = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            words.append(piece)
            continue
        declared = _SUPERSETS.get((charset or "").lower(), charset)
        words.append(decode(piece, "header", declared if charset != "unknown-8bit" else None).text)
    return " ".join("".join(words).split())


def _parts(
    mail: Mail, where: str, depth: int
) -> tuple[str, tuple[Attachment, ...], list[tuple[Mail, str]], list[Finding]]:
    plain: list[str] = []
    pages: list[str] = []
    attachments: list[Attachment] = []
    nested: list[tuple[Mail, str]] = []
    findings: list[Finding] = []
    for index, part in enumerate(_leaves(mail)):
        place = f"{where}, part {index}"
        if index >= _MOST_PARTS:
            findings.append(error("mail.too_many_parts", where, f"more than {_MOST_PARTS} parts"))
            break
        if part.get_content_type() == "message/rfc822":
            _nest(part, place, depth, nested, findings)
            continue
        name = _file_name(part)
        content = _payload(part)
        if any(isinstance(each, _TORN) for each in part.defects):
            findings.append(
                warning("mail.torn", place, "its encoding is damaged: compare with the original")
            )
        media = part.get_content_type()
        if name or part.get_content_disposition() == "attachment" or not media.startswith("text/"):
            if content:
                attachments.append(Attachment(name or f"part-{index}", media, content, place))
        elif media == "text/html":
            pages.append(_text(part, content, place, findings))
        else:
            plain.append(_text(part, content, place, findings))
    body = "\n".join(plain)
    if len(body) > _LONGEST_BODY:
        findings.append(
            warning("mail.body_too_long", where, f"read up to {_LONGEST_BODY} characters")
        )
        body = body[:_LONGEST_BODY]
    if not body.strip() and pages:
        page = read_html("\n".join(pages), where)
        findings += page.findings
        findings.append(notice("mail.html_only", where, "read from HTML: look at the original"))
        body = page.text
    return body.replace("\r\n", "\n").replace("\r", "\n"), tuple(attachments), nested, findings


def _leaves(mail: Mail) -> Iterator[Mail]:
    """Parts that hold content, without going into nested messages."""
    queue = [mail]
    while queue:
        part = queue.pop(0)
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            payload = part.get_payload()
            if isinstance(payload, list):
                queue = [each for each in payload if isinstance(each, Mail)] + queue
            continue
        yield part


def _nest(
    part: Mail, place: str, depth: int, nested: list[tuple[Mail, str]], findings: list[Finding]
) -> None:
    payload = part.get_payload()
    if depth >= _DEEPEST:
        findings.append(error("mail.nested_too_deep", place, "open the inner mail by hand"))
    elif isinstance(payload, list):
        nested.extend((each, f"{place}, inner mail") for each in payload if isinstance(each, Mail))


def _file_name(part: Mail) -> str | None:
    try:
        raw = part.get_filename()
    except (ValueError, TypeError, LookupError, AttributeError):
        return "unreadable-name"
    return header_text(str(raw))[:200] if raw else None


def _payload(part: Mail) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, AssertionError):
        return b""
    return content if isinstance(content, bytes) else b""


def _text(part: Mail, content: bytes, place: str, findings: list[Finding]) -> str:
    try:
        charset = part.get_content_charset()
    except (ValueError, LookupError, TypeError):
        charset = None
    read = decode(content, place, _SUPERSETS.get((charset or "").lower(), charset))
    findings += read.findings
    return read.text
