"""Plain-text chat exports -> messages with their place in the text.

QQ ("2024-01-02 03:04:05 【管理员】Name(10001)", 12 or 24 hours), WeChat TXT ("Name 2024-01-02
03:04" or time first, body below) and WhatsApp lines. Says nothing about what a message means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from assay.collection.clocks import parse_clock
from assay.collection.reading import Message, Reading, warning
from assay.core import Finding

_TIME = (
    r"20[0-9]{2}[-/年][0-9]{1,2}[-/月][0-9]{1,2}日?\s+(?:(?:上午|下午|凌晨|晚上|中午)\s*)?"
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*[AaPp][Mm])?"
)
_QQ = re.compile(
    rf"^(?P<time>{_TIME})[ \t]+(?:【(?P<tag>[^】]{{1,20}})】)?(?P<name>.{{0,80}}?)"
    r"(?:\((?P<number>[0-9]{4,12})\)|<(?P<mail>[^<>\s]{1,80})>)[ \t]*$"
)
_NAME_FIRST = re.compile(rf"^(?P<name>[^\s].{{0,60}}?)[ \t]+(?P<time>{_TIME})[ \t]*$")
_TIME_FIRST = re.compile(
    rf"^(?P<time>{_TIME})[ \t]+(?P<name>[^\s:：].{{0,60}}?)[ \t]*[:：]?[ \t]*$"
)
_WHATSAPP = re.compile(
    r"^‎?\[?(?P<date>[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{2,4}),?\s+"
    r"(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*[AaPp][Mm])?)\]?\s*(?:-\s*)?"
    r"(?P<name>[^:：]{1,80}?):\s(?P<body>.*)$"
)
_PREAMBLE = re.compile(r"^(?:消息记录|消息分组[:：]|消息对象[:：]|={8,}|日期[:：])")
_YEAR_DIGITS = 4
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class _Head:
    name: str
    sender: str
    sent_at: datetime | None
    body: str | None


def read_chat_text(text: str, channel: str, where: str, zone: str) -> Reading:
    """The messages of a text export, each with the offset of its body in `text`."""
    lines = list(_lines(text))
    day_first, findings = _date_order([line for _, line in lines], where)
    messages: list[Message] = []
    open_head: tuple[_Head, int, int] | None = None
    body: list[str] = []
    for number, (start, line) in enumerate(lines, 1):
        head = _head(line, zone, day_first)
        if head is None:
            if open_head is not None and not (_PREAMBLE.match(line) and not messages):
                body.append(line)
            continue
        if open_head is not None:
            messages.append(_message(open_head, body, channel, where))
        body = [] if head.body is None else [head.body]
        offset = start + len(line) + 1 if head.body is None else start + line.rindex(head.body)
        open_head = (head, number, offset)
    if open_head is not None:
        messages.append(_message(open_head, body, channel, where))
    return Reading(tuple(messages), findings=tuple(findings))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line.rstrip("\r")
        start += len(line) + 1


def _head(line: str, zone: str, day_first: bool | None) -> _Head | None:
    whatsapp = _WHATSAPP.match(line)
    if whatsapp is not None:
        sent_at = _whatsapp_time(whatsapp["date"], whatsapp["clock"], zone, day_first)
        name = whatsapp["name"].strip()
        return _Head(name, name, sent_at, whatsapp["body"])
    qq = _QQ.match(line)
    if qq is not None:
        name = qq["name"].strip()
        return _Head(name, qq["number"] or qq["mail"], parse_clock(qq["time"], zone), None)
    for pattern in (_TIME_FIRST, _NAME_FIRST):
        match = pattern.match(line)
        if match is not None:
            name = match["name"].strip()
            return _Head(name, name, parse_clock(match["time"], zone), None)
    return None


def _message(opened: tuple[_Head, int, int], body: list[str], channel: str, where: str) -> Message:
    head, number, offset = opened
    while body and not body[-1].strip():
        body = body[:-1]
    return Message(
        text="\n".join(body),
        channel=channel,
        locator=f"{where}, line {number}",
        sender=head.sender,
        sender_name=head.name or None,
        sent_at=head.sent_at,
        starts_at=offset,
    )


def _date_order(lines: list[str], where: str) -> tuple[bool | None, list[Finding]]:
    """Day first or month first, as far as the file itself decides (None: it does not)."""
    turned = [match["date"] for line in lines if (match := _WHATSAPP.match(line))]
    turned = [each for each in turned if not re.match(r"[0-9]{4}", each)]
    if not turned:
        return None, []
    pairs = [[int(part) for part in re.split(r"[-/.]", each)[:2]] for each in turned]
    if any(first > _MONTHS for first, _ in pairs):
        return True, []
    if any(second > _MONTHS for _, second in pairs):
        return False, []
    return None, [
        warning(
            "chat.date_order_uncertain",
            where,
            "no date says whether the day or the month comes first: the messages stay undated",
        )
    ]


def _whatsapp_time(day: str, clock: str, zone: str, day_first: bool | None) -> datetime | None:
    parts = re.split(r"[-/.]", day)
    if len(parts[0]) != _YEAR_DIGITS:
        if day_first is None:
            return None
        first, second, year = parts
        year = year if len(year) == _YEAR_DIGITS else f"20{year}"
        parts = [year, second, first] if day_first else [year, first, second]
    return parse_clock("-".join(parts) + " " + clock, zone)
