"""Evidence as a person can read it: the text of a mail, a chat, a table, a note.

For the drawer beside a submission. It decodes and never interprets: tags are shown as text,
formulas as what they hold, pictures as their size.
"""

from __future__ import annotations

from assay.collection.chats import read_chat
from assay.collection.grids import open_grids
from assay.collection.mail import read_mail
from assay.collection.safety import OLE_MAGIC, ZIP_MAGIC
from assay.collection.text import decode

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"%PDF")
LONGEST = 200_000


def readable(content: bytes, channel: str, longest: int = LONGEST) -> str:
    """The text of a piece of evidence, at most `longest` characters."""
    if content.startswith(_PICTURES):
        return f"[a scanned page or picture of {len(content)} bytes]"
    if channel == "email":
        return _mail(content)[:longest]
    if channel == "workbook" or content.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return _table(content)[:longest]
    if channel in {"wechat", "qq"} and b"<t" in content[:4_000].lower():
        chat = read_chat(content, channel)
        return "\n".join(f"{each.sender_name or ''}\n{each.text}" for each in chat.messages)[
            :longest
        ]
    return decode(content, channel).text[:longest]


def _mail(content: bytes) -> str:
    reading = read_mail(content)
    if not reading.messages:
        return decode(content, "mail").text
    parts: list[str] = []
    for message in reading.messages:
        head = [f"From: {message.sender_name or ''} <{message.sender or ''}>"]
        if message.sent_at is not None:
            head.append(f"Date: {message.when()}")
        if message.subject:
            head.append(f"Subject: {message.subject}")
        parts.append("\n".join([*head, "", message.text.strip()]))
        parts.extend(
            f"[{attachment.name}]\n{_attached(attachment.content)}"
            for attachment in message.attachments
        )
    return "\n\n".join(parts)


def _attached(content: bytes) -> str:
    if content.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return _table(content)
    if content.startswith(_PICTURES):
        return f"[a picture of {len(content)} bytes]"
    return decode(content, "attachment").text


def _table(content: bytes) -> str:
    grids = open_grids(content, "table")
    if not grids.grids:
        return "\n".join(str(finding) for finding in grids.findings)
    lines: list[str] = []
    for grid in grids.grids:
        lines.append(f"[{grid.name}]")
        lines += ["\t".join(cell.text for cell in row) for row in grid.rows]
    return "\n".join(lines)
