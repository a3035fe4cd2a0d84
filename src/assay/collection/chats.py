"""Chat exports -> messages: WeChat (CSV, HTML-in-.xls, TXT), QQ (TXT), WhatsApp lines.

Keeps multi-line bodies together, knows system notices, recalls and placeholders, and drops an
exact repeat. A message that carries markup where words belong is kept and not read further.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from assay.collection.chat_tables import read_chat_csv, read_chat_html
from assay.collection.chat_text import read_chat_text
from assay.collection.html_text import looks_like_markup
from assay.collection.reading import Message, Reading, notice, refusal, warning
from assay.collection.safety import too_large
from assay.collection.text import LONGEST_MESSAGE, decode
from assay.core import Finding

MOST_MESSAGES = 200_000
_SYSTEM_IDS = {"10000", "1000000"}
_SYSTEM_NAMES = {"系统消息", "系统提示", "system", "system message"}
#: A reply in WeChat opens with the words it answers, in corner brackets, and a dashed line.
_REPLY = re.compile(r"\A\s*「[^」]{0,4000}」\s*\n(?:-\s?){5,}\s*")
_RECALL = re.compile(
    r"撤回了一条消息|撤回一条消息|recalled a message|deleted this message", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"\A\s*(?:\[(?P<zh>[^\[\]\s]{1,12})\]|<(?P<en>media omitted|image omitted)>)\s*\Z",
    re.IGNORECASE,
)
_HOLDS_CONTENT = re.compile(
    r"图片|文件|语音|视频|photo|image|file|audio|voice|media", re.IGNORECASE
)
_CSV_HEAD = re.compile(r"\A\s*\"?time\b[^\n]*,[^\n]*content", re.IGNORECASE)
_HTML_HEAD = re.compile(
    r"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype[^>]*>\s*)?<(?:html|table|meta)", re.IGNORECASE
)
_JUMP = timedelta(hours=1)


def read_chat(
    content: bytes, channel: str = "wechat", where: str = "chat", zone: str = "Asia/Shanghai"
) -> Reading:
    """The messages of one chat export, whichever of the known layouts it has."""
    large = too_large(content, where)
    if large is not None:
        return Reading(findings=(large,))
    decoded = decode(content, where)
    text = decoded.text
    if _HTML_HEAD.match(text[:2_000]):
        reading = read_chat_html(text, channel, where, zone)
    elif _CSV_HEAD.match(text[:2_000]):
        reading = read_chat_csv(text, channel, where, zone)
    else:
        reading = read_chat_text(text, channel, where, zone)
    if not reading.messages and not reading.findings:
        return refusal(
            "chat.unknown_layout",
            where,
            "no message line of a known export (WeChat CSV, HTML or TXT; QQ TXT; WhatsApp)",
        )
    if len(reading.messages) > MOST_MESSAGES:
        return refusal("chat.too_many_messages", where, "export a shorter period")
    messages, findings = _sorted_out(reading.messages)
    return Reading(tuple(messages), findings=(*decoded.findings, *reading.findings, *findings))


def _sorted_out(messages: Iterable[Message]) -> tuple[list[Message], list[Finding]]:
    kept: list[Message] = []
    findings: list[Finding] = []
    seen: set[tuple[str | None, str | None, str]] = set()
    latest = None
    for message in messages:
        key = (message.sender, message.when(), message.text)
        if key in seen and message.text.strip():
            findings.append(notice("chat.repeated", message.locator, "an exact repeat: dropped"))
            continue
        seen.add(key)
        marked, found = _marked(message)
        findings += found
        if latest and message.sent_at and message.sent_at < latest - _JUMP:
            findings.append(
                notice("chat.clock_jumps_back", message.locator, "older than the message before it")
            )
        latest = message.sent_at or latest
        kept.append(marked)
    return kept, findings


def _marked(message: Message) -> tuple[Message, list[Finding]]:
    text, where = message.text.strip(), message.locator
    if _RECALL.search(text):
        finding = warning(
            "chat.recalled", where, "an earlier message was recalled: check it before use"
        )
        return replace(message, notice="recall"), [finding]
    if message.sender in _SYSTEM_IDS or (message.sender_name or "").lower() in _SYSTEM_NAMES:
        return replace(message, notice="system"), []
    placeholder = _PLACEHOLDER.match(text)
    if placeholder is not None:
        said = placeholder["zh"] or placeholder["en"]
        if _HOLDS_CONTENT.search(said):
            finding = notice(
                "chat.content_missing", where, f"[{said}] may hold a quote and is not in the export"
            )
            return replace(message, notice="placeholder"), [finding]
        return replace(message, notice="placeholder"), []
    if len(text) > LONGEST_MESSAGE:
        finding = warning("message.too_long", where, "too long for a quote: read it by hand")
        return replace(message, notice="too long"), [finding]
    if looks_like_markup(text):
        finding = warning("chat.markup", where, "carries tags: kept, not read; read it by hand")
        return replace(message, notice="markup"), [finding]
    quoted = _REPLY.match(message.text)
    if quoted is not None:
        blank = re.sub(r"[^\n]", " ", quoted.group())
        finding = notice("chat.quoted_reply", where, "what it quotes of another was not read again")
        return replace(message, text=blank + message.text[quoted.end() :]), [finding]
    return message, []
