"""A mail body -> its own words, forwarded messages, and quoted older ones.

A forwarded block keeps its original sender and time; a quoted reply is older text and is never
read as a new quote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from assay.collection.clocks import parse_clock

_MARKER = re.compile(
    r"^[ \t>]*(?:[-_=]{2,}\s*)?(?P<words>Original Message|Forwarded message|Forwarded by|"
    r"Begin forwarded message|原始邮件|原邮件|转发邮件|转发的邮件|转发邮件信息|Original Appointment|"
    r"回复的原邮件)[^\n]{0,40}$",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER = re.compile(
    r"^[ \t>*]*(?P<name>From|Sent|Date|To|Cc|Subject|发件人|发送时间|发送日期|日期|时间|收件人|抄送|主题)"
    r"\s*[:：]\s*\**\s*(?P<content>[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_FROM = {"from", "发件人"}
_SENT = {"sent", "date", "发送时间", "发送日期", "日期", "时间"}
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_FORWARD_WORDS = ("forward", "转发")
_FORWARD_SUBJECT = re.compile(r"^\s*(?:fw|fwd|转发|转)\s*[:：]", re.IGNORECASE)
_REPLY_SUBJECT = re.compile(r"^\s*(?:re|回复|答复)\s*[:：]", re.IGNORECASE)
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_MOST_BLOCKS = 20


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a mail body. `role` is ``own``, ``forwarded`` or ``quoted``."""

    role: str
    text: str
    start: int
    sender: str | None = None
    sent_at: datetime | None = None


def blocks_of(body: str, subject: str, zone: str) -> list[Block]:
    """The pieces of a body, in order; every piece but the first has a marker or header lines."""
    marks = _marks(body)
    edges = [start for start, _, _ in marks]
    own_end = edges[0] if edges else len(body)
    blocks = [Block("own", _unquoted(body[:own_end]), 0)]
    for index, (_, words, content) in enumerate(marks[:_MOST_BLOCKS]):
        end = edges[index + 1] if index + 1 < len(edges) else len(body)
        sender, sent_at, text_start = _headers(body, content, end, zone)
        role = _role(words, subject)
        text = body[text_start:end]
        blocks.append(Block(role, text.lstrip("\n"), text_start, sender, sent_at))
    return blocks


def _marks(body: str) -> list[tuple[int, str, int]]:
    """(start, marker words, where its header lines begin)."""
    marked = islice(_MARKER.finditer(body), _MOST_BLOCKS)
    found = [(match.start(), match["words"], match.end()) for match in marked]
    for match in _HEADER.finditer(body):
        if match["name"].lower() not in _FROM:
            continue
        if len(found) >= 2 * _MOST_BLOCKS:
            break
        near = any(0 <= match.start() - end <= _NEAR for _, _, end in found)
        following = _HEADER.search(body, match.end())
        if not near and following is not None and following.start() - match.end() <= _NEXT_LINE:
            found.append((match.start(), "", match.start()))
    return sorted(found)


_NEAR = 120
_NEXT_LINE = 2


def _headers(body: str, start: int, end: int, zone: str) -> tuple[str | None, datetime | None, int]:
    sender: str | None = None
    sent_at: datetime | None = None
    at = start
    for match in _HEADER.finditer(body, start, end):
        if body[at : match.start()].strip(" \t>\r\n-_=*"):
            break
        name, content = match["name"].lower(), match["content"].strip()
        if name in _FROM and sender is None:
            address = _ADDRESS.search(content)
            sender = address.group() if address else content[:200] or None
        elif name in _SENT and sent_at is None:
            sent_at = parse_clock(content, zone)
        at = match.end()
    return sender, sent_at, at


def _role(words: str, subject: str) -> str:
    if any(word in words.lower() for word in _FORWARD_WORDS) or _FORWARD_SUBJECT.match(subject):
        return "forwarded"
    return "quoted" if _REPLY_SUBJECT.match(subject) else "forwarded"


def _unquoted(text: str) -> str:
    """The text with quoted lines blanked, so that offsets stay what they were."""
    return _QUOTED_LINE.sub(lambda match: " " * len(match.group()), text)
