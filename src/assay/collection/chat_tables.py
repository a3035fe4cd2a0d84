"""Chat exports in table form -> messages: WeChat CSV and HTML tables named .xls.

Columns are declared; an unknown one is refused with the known ones listed, because a renamed
column is how a nick becomes a price.
"""

from __future__ import annotations

import csv
import io
import re

from assay.collection.clocks import known_zone, parse_clock
from assay.collection.html_text import read_html
from assay.collection.reading import Message, Reading, error, warning
from assay.core import Finding

_COLUMNS = {
    "time": {"time", "时间", "日期", "发送时间", "date"},
    "sender": {"from_id", "wechat id", "wechatid", "微信号", "wxid", "id"},
    "name": {"from_nickname", "name", "nickname", "昵称", "姓名", "发送人", "备注"},
    "type": {"content_type", "type", "类型", "消息类型"},
    "text": {"content", "message", "消息", "内容", "消息内容"},
    "action": {"action", "动作", "状态", "收发"},
    "group_id": {"group_id", "群id"},
    "group_name": {"group_name", "群名", "群名称", "会话"},
}
_POSITIONAL = ("time", "name", "sender", "action", "type", "text")
_ZONE = re.compile(r"\A(?P<name>[^()（）]+)[(（](?P<zone>[A-Za-z_]+(?:/[A-Za-z_]+)?)[)）]\Z")
_TEXT_TYPES = {"", "text", "1", "文本", "文字", "文本消息"}
_LONGEST_FIELD = 1_000_000


def read_chat_csv(text: str, channel: str, where: str, zone: str) -> Reading:
    """The messages of a WeChat CSV export; the zone may stand in the header."""
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=False)]
    except csv.Error as problem:
        return Reading(findings=(error("chat.broken_table", where, f"{problem}: export again"),))
    return _read(rows, channel, where, zone, positional=False)


def read_chat_html(text: str, channel: str, where: str, zone: str) -> Reading:
    """The messages of an HTML table (often named .xls), with or without a header row."""
    page = read_html(text, where)
    rows = [row for row in page.rows if any(row)]
    reading = _read(rows, channel, where, zone, positional=True)
    return Reading(reading.messages, findings=(*page.findings, *reading.findings))


def _read(
    rows: list[tuple[str, ...]], channel: str, where: str, zone: str, *, positional: bool
) -> Reading:
    if not rows:
        return Reading(findings=(error("chat.empty", where, "no row in the table: export again"),))
    columns, zone, unknown = _columns(rows[0], zone)
    first = 1
    if "text" not in columns and positional and len(rows[0]) == len(_POSITIONAL):
        if parse_clock(rows[0][0], zone) is not None:
            first = 0
        columns, unknown = {name: index for index, name in enumerate(_POSITIONAL)}, []
    if unknown or not {"time", "text"} <= set(columns):
        allowed = ", ".join(sorted(alias for names in _COLUMNS.values() for alias in names))
        said = ", ".join(unknown) or "no time and message column"
        return Reading(
            findings=(error("chat.unknown_columns", where, f"{said}; known columns: {allowed}"),)
        )
    messages: list[Message] = []
    findings: list[Finding] = []
    if not known_zone(zone):
        said = f"{zone!r} is no time zone: no message has a time"
        findings.append(error("chat.unknown_zone", where, said))
    for number, row in enumerate(rows[first:], first + 1):
        if not any(cell.strip() for cell in row):
            continue
        locator = f"{where}, row {number}"
        if len(row) <= max(columns.values()):
            findings.append(warning("chat.short_row", locator, "cells are missing: not read"))
            continue
        message = _message(row, columns, channel, locator, zone)
        if message.sent_at is None and row[columns["time"]].strip() and known_zone(zone):
            said = f"{row[columns['time']].strip()[:40]!r} is no time: it has no day"
            findings.append(warning("chat.no_time", locator, said))
        messages.append(message)
    return Reading(tuple(messages), findings=tuple(findings))


def _columns(header: tuple[str, ...], zone: str) -> tuple[dict[str, int], str, list[str]]:
    columns: dict[str, int] = {}
    unknown: list[str] = []
    for index, cell in enumerate(header):
        name = cell.strip().lower()
        stated = _ZONE.match(cell.strip())
        if stated is not None:
            name, zone = stated["name"].strip().lower(), stated["zone"]
        found = next((key for key, aliases in _COLUMNS.items() if name in aliases), None)
        if found is None or found in columns:
            unknown.append(cell.strip() or f"column {index + 1}")
        else:
            columns[found] = index
    return columns, zone, unknown


def _message(
    row: tuple[str, ...], columns: dict[str, int], channel: str, locator: str, zone: str
) -> Message:
    def cell(name: str) -> str:
        return row[columns[name]].strip() if name in columns else ""

    kind = cell("type").lower()
    return Message(
        text=cell("text"),
        channel=channel,
        locator=locator,
        sender=cell("sender") or cell("name") or None,
        sender_name=cell("name") or None,
        sent_at=parse_clock(cell("time"), zone),
        notice=None if kind in _TEXT_TYPES else f"type {kind}",
    )
