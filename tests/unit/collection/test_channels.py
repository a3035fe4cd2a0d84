"""Channels: mails, chats, notes, calls. Contents are made up; layouts are those of the trade."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assay.collection import QuoteContext, Reading
from assay.collection.channels import PhraseTables, read_channel
from assay.collection.chats import read_chat
from assay.collection.mail import read_mail
from assay.collection.mailbox import split_mbox
from assay.collection.readable import readable

ROOT = Path(__file__).parents[3]
TABLES = PhraseTables.load(ROOT / "reference" / "phrases")
CONTEXT = QuoteContext(day=date(2025, 12, 30))


def read(content: bytes, channel: str, name: str = "", note: str = "") -> Reading:
    return read_channel(content, channel, TABLES, CONTEXT, name=name, typed_note=note)


def codes(reading: Reading) -> set[str]:
    return {finding.code for finding in reading.findings}


# -- mail ---------------------------------------------------------------------------------------


def test_chinese_headers_and_gbk_body() -> None:
    content = (
        b"From: =?gb2312?B?tdrSu8LB0rU=?= <QUOTES@North.Example>\n"
        b"Subject: =?utf-8?B?5oql5Lu3?=\nDate: Tue, 30 Dec 2025 09:42:31 +0800\n"
        b"Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: 8bit\n\n"
    ) + "A00佛山 报22180元/吨 100吨".encode("gb18030")
    (message,) = read(content, "email").messages
    assert message.sender == "quotes@north.example"
    assert message.sender_name == "第一铝业"
    assert message.subject == "报价"
    assert message.sent_at == datetime(2025, 12, 30, 1, 42, 31, tzinfo=UTC)
    (offer,) = read(content, "email").offers
    assert (offer["kind"], offer["low"]) == ("offer", "22180")
    assert offer.origin == message


FORWARDED = """See below.

---------- Forwarded message ----------
From: Wang <wang@mill.example>
Date: 2025年12月30日(星期二) 上午9:31
Subject: quote
To: trader@north.example

A00佛山 报22190元/吨 100吨
"""


def test_a_forwarded_block_keeps_its_sender_and_time() -> None:
    content = b"From: t <trader@north.example>\nSubject: Fwd: quote\nDate: Tue, 30 Dec 2025 09:50:00 +0800\nContent-Type: text/plain; charset=utf-8\n\n"
    reading = read(content + FORWARDED.encode(), "email")
    own, inner = reading.messages
    assert own.text.strip() == "See below."
    assert (inner.sender, inner.forwarded_by) == ("wang@mill.example", "trader@north.example")
    assert inner.sent_at == datetime(2025, 12, 30, 1, 31, tzinfo=UTC)
    (offer,) = reading.offers
    assert offer["low"] == "22190"
    assert offer.origin == inner


def test_a_quoted_reply_is_not_read_again() -> None:
    body = """A00佛山 报22200元/吨 100吨

-----原始邮件-----
发件人: desk@agency.example
发送时间: 2025年12月29日 9:31
主题: 报价

昨天 A00佛山 报22400元/吨 100吨
"""
    head = "From: t <t@n.example>\nSubject: 回复: 报价\nDate: Tue, 30 Dec 2025 09:50:00 +0800\nContent-Type: text/plain; charset=utf-8\n\n"
    reading = read((head + body).encode(), "email")
    assert [offer["low"] for offer in reading.offers] == ["22200"]
    assert reading.messages[1].notice == "quoted"
    lines = read(
        (head + "A00佛山 报22200元/吨 1000吨\n> A00佛山 报22400元/吨 100吨\n").encode(), "email"
    )
    assert [offer["low"] for offer in lines.offers] == ["22200"]


def test_html_only_bodies_are_read_as_text_and_never_run() -> None:
    page = "<html><script>A00佛山 报11111元/吨</script><table><tr><td>A00佛山</td><td>报22180元/吨</td></tr></table><img onerror='x()'></html>"
    head = "From: t <t@n.example>\nDate: Tue, 30 Dec 2025 09:50:00 +0800\nContent-Type: text/html; charset=utf-8\n\n"
    reading = read((head + page).encode(), "email")
    assert {"mail.html_only", "html.active_content"} <= codes(reading)
    assert [offer["low"] for offer in reading.offers] == ["22180"]


def test_pictures_and_archives_in_a_mail_are_said() -> None:
    content = (
        b"From: t <t@n.example>\nDate: Tue, 30 Dec 2025 09:50:00 +0800\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: image/png; name="a.png"\n\nxx\n'
        b'--b\nContent-Type: application/zip; name="a.zip"\nContent-Disposition: attachment; filename="a.zip"\n\nPK\x03\x04zz\n--b--\n'
    )
    assert {"mail.picture", "mail.archive"} <= codes(read(content, "email"))


def test_nested_mails_are_read_to_a_bounded_depth() -> None:
    inner = b"From: i <i@n.example>\nDate: Tue, 30 Dec 2025 09:40:00 +0800\n\nA00 Foshan offer 22180 yuan/mt 100t\n"
    mail = inner
    for _ in range(8):
        mail = b"From: o <o@n.example>\nContent-Type: message/rfc822\n\n" + mail
    assert "mail.nested_too_deep" in codes(read(mail, "email"))
    once = (
        b'From: o <o@n.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: message/rfc822\n\n'
        + inner
        + b"\n--b--\n"
    )
    (offer,) = read(once, "email").offers
    assert offer.origin is not None
    assert offer.origin.sender == "i@n.example"


def test_what_is_no_mail_is_refused() -> None:
    assert codes(read(b"\x00\x01\x02", "email")) == {"mail.no_headers"}
    assert codes(read_mail(b"x" * (33 * 1024 * 1024))) == {"evidence.too_large"}


def test_mbox_is_cut_and_unescaped() -> None:
    mbox = b"From a@b Tue Dec 30 2025\nFrom: a@b\n\nhello\n>From here\nFrom c@d Tue Dec 30 2025\nFrom: c@d\n\nx\n"
    first, second = split_mbox(mbox)
    assert first.content.endswith(b"hello\nFrom here")
    assert second.content == b"From: c@d\n\nx\n"


# -- chat ---------------------------------------------------------------------------------------

QQ = """消息记录（此消息记录为文本格式，不支持重新导入）

================================================================
消息分组:我的群聊
================================================================
消息对象:example
================================================================

2025-12-30 9:44:09 AM 【管理员】王(80010001)
A00佛山 报22180元/吨
100吨 自提

2025-12-30 9:45:00 AM 李<80010002@qq.com>
[图片]

2025-12-30 21:46:00 系统消息(1000000)
王撤回了一条消息
"""


def test_qq_text_with_roles_two_clocks_and_recalls() -> None:
    first, second, third = (chat := read_chat(QQ.encode("utf-8-sig"), "qq")).messages
    assert (first.sender, first.sender_name) == ("80010001", "王")
    assert first.sent_at == datetime(2025, 12, 30, 1, 44, 9, tzinfo=UTC)
    assert first.text == "A00佛山 报22180元/吨\n100吨 自提"
    assert first.starts_at is not None
    assert QQ[first.starts_at : first.starts_at + len(first.text)] == first.text
    assert (second.sender, second.notice) == ("80010002@qq.com", "placeholder")
    assert third.sent_at == datetime(2025, 12, 30, 13, 46, tzinfo=UTC)
    assert third.notice == "recall"
    assert codes(chat) == {"chat.content_missing", "chat.recalled"}
    (offer,) = read(QQ.encode(), "qq").offers
    assert (offer["low"], offer["quantity"], offer["pickup"]) == ("22180", "100", "buyer")


def test_wechat_csv_takes_its_zone_from_the_heading() -> None:
    table = (
        "time(Asia/Tokyo),group_id,group_name,from_id,from_nickname,content_type,content\n"
        '2025-12-30 10:44:09,g,组,u1,王,Text,"A00佛山 报22180元/吨\n100吨"\n'
        "2025-12-30 10:45:09,g,组,u1,王,Image,[图片]\n"
    )
    first, second = read_chat(table.encode()).messages
    assert first.sent_at == datetime(2025, 12, 30, 1, 44, 9, tzinfo=UTC)
    assert first.text == "A00佛山 报22180元/吨\n100吨"
    assert second.notice is not None


def test_an_unknown_chat_column_is_refused_with_the_known_ones() -> None:
    chat = read_chat(b"time,from_id,mood,content\n2025-12-30 10:00:00,u,good,hi\n")
    assert codes(chat) == {"chat.unknown_columns"}
    assert "mood; known columns:" in chat.findings[0].what_to_do


def test_html_named_xls() -> None:
    page = (
        "<html><table><tr><td x:str>2025-12-30 09:44:09</td><td x:str>王</td><td x:str>wx1</td>"
        "<td x:str>接收</td><td x:str>文本</td><td x:str>A00佛山 报22180元/吨 100吨</td></tr></table></html>"
    )
    (message,) = read_chat(page.encode()).messages
    assert (message.sender, message.sender_name) == ("wx1", "王")
    assert message.sent_at == datetime(2025, 12, 30, 1, 44, 9, tzinfo=UTC)
    headed = page.replace(
        "<table>",
        "<table><tr><th>时间</th><th>昵称</th><th>微信号</th><th>动作</th><th>类型</th><th>消息</th></tr>",
    )
    assert len(read_chat(headed.encode()).messages) == 1


@pytest.mark.parametrize(
    ("line", "instant"),
    [
        ("30/12/2025, 09:44 - Wang: hi", datetime(2025, 12, 30, 1, 44, tzinfo=UTC)),
        ("[30/12/2025, 09:44:09] Wang: hi", datetime(2025, 12, 30, 1, 44, 9, tzinfo=UTC)),
        ("2025-12-30, 09:44 - Wang: hi", datetime(2025, 12, 30, 1, 44, tzinfo=UTC)),
        ("12/30/2025, 9:44 PM - Wang: hi", datetime(2025, 12, 30, 13, 44, tzinfo=UTC)),
        ("2025-12-30 09:44:09 Wang\nhi", datetime(2025, 12, 30, 1, 44, 9, tzinfo=UTC)),
        ("Wang 2025-12-30 下午1:44\nhi", datetime(2025, 12, 30, 5, 44, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_text_layouts(line: str, instant: datetime) -> None:
    (message,) = read_chat(line.encode()).messages
    assert (message.sender, message.text, message.sent_at) == ("Wang", "hi", instant)


def test_an_order_of_day_and_month_nobody_tells_stays_open() -> None:
    chat = read_chat(b"11/12/2025, 09:44 - Wang: hi")
    assert chat.messages[0].sent_at is None
    assert codes(chat) == {"chat.date_order_uncertain"}


def test_markup_in_a_chat_is_kept_and_not_read() -> None:
    text = "2025-12-30 09:44:09 Wang\n<b>A00佛山</b> 报22180元/吨<script>x</script>\n"
    reading = read(text.encode(), "wechat")
    assert codes(reading) == {"chat.markup"}
    assert reading.offers == ()
    assert reading.messages[0].notice == "markup"


def test_exact_repeats_are_dropped_and_jumps_said() -> None:
    text = (
        "2025-12-30 09:44:09 Wang\nhi\n2025-12-30 09:44:09 Wang\nhi\n2025-12-29 09:44:09 Wang\nho\n"
    )
    chat = read_chat(text.encode())
    assert len(chat.messages) == 2
    assert codes(chat) == {"chat.repeated", "chat.clock_jumps_back"}


def test_an_unknown_layout_is_refused() -> None:
    assert codes(read_chat(b"just some words\nand more")) == {"chat.unknown_layout"}
    assert codes(read(b"PK\x03\x04", "wechat")) == {"chat.not_text"}


# -- notes, calls --------------------------------------------------------------------------------


def test_phone_note() -> None:
    note = {
        "called_at": "2025-12-30T09:40:00+08:00", "analyst": "P-01", "contributor": "F01",
        "text": "A00佛山 成交22180元/吨 100吨 自提 电汇",
    }  # fmt: skip
    reading = read(json.dumps(note).encode(), "phone")
    (offer,) = reading.offers
    assert (offer["low"], offer.missing) == ("22180", ())
    assert offer.origin is not None
    assert offer.origin.sender_name == "F01"
    assert codes(
        read(b'{"called_at":"x","analyst":"a","contributor":"c","text":"t"}', "phone")
    ) == {"phone.no_time"}
    assert codes(read(json.dumps({**note, "mood": "x"}).encode(), "phone")) == {
        "phone.unknown_keys"
    }
    assert codes(read(b"[]", "phone")) == {"phone.not_json"}


def test_fax_is_its_page_and_a_typed_note() -> None:
    page = b"\x89PNG\r\n\x1a\n..."
    reading = read(page, "fax", note="A00上海 成交22190元/吨 100吨 自提 电汇")
    assert [offer["low"] for offer in reading.offers] == ["22190"]
    assert codes(reading) == {"fax.typed"}
    assert codes(read(page, "fax")) == {"fax.no_note"}
    assert "fax.no_page" in codes(read(b"text", "fax", note="x"))


def test_portal_takes_numbers_as_text_only() -> None:
    call = {
        "instrument": "AL-A00-FOSHAN", "trade_date": "2025-12-30", "kind": "deal",
        "price_low": "22180", "price_high": "22200.0", "quantity_t": "100", "location": "Foshan",
        "delivery": "spot", "payment": "bank transfer", "tax_included": True,
        "counterparty_relation": "arms_length", "concluded_at": "2025-12-30T09:30:00+08:00",
    }  # fmt: skip
    (offer,) = read(json.dumps(call).encode(), "portal").offers
    assert (offer["kind"], offer["low"], offer["high"], offer["tax"]) == (
        "transaction", "22180", "22200", "included",
    )  # fmt: skip
    assert offer.missing == ()
    assert offer["concluded_at"] == "2025-12-30T01:30:00Z"
    bad = read(json.dumps({**call, "price_low": 22180.5}).encode(), "api").offers[0]
    assert "portal.bad_field" in {finding.code for finding in bad.findings}
    assert bad["low"] is None
    unknown = read(b'{"prize": "1"}', "api")
    assert "prize; allowed:" in unknown.findings[0].what_to_do
    assert codes(read(b"{", "portal")) == {"portal.not_json"}
    assert codes(read(b"[1]", "portal")) == {"portal.not_an_object"}


# -- the real samples ------------------------------------------------------------------------------


def test_every_real_sample_is_read_or_refused_as_a_person_would(shared: Path) -> None:
    messages = shared / "messages"
    said = {}
    for path in sorted(messages.iterdir()):
        channel = {".eml": "email", ".xlsx": "workbook", ".csv": "workbook", ".json": "api"}[
            path.suffix
        ]
        reading = read(path.read_bytes(), channel, path.name)
        said[path.name] = (len(reading.messages), len(reading.offers), codes(reading))
    assert said.pop("2000-08-28_to_ngi.eml") == (1, 0, {"mail.attachment_missing"})
    assert said.pop("2001-09-13_fallback_platts_not_published.eml") == (1, 0, {"evidence.no_quote"})
    assert said.pop("Nickel_Aluminium_Data_Workbook.xlsx") == (
        0, 0, {"workbook.formulas", "table.no_heading"},
    )  # fmt: skip
    assert said.pop("hist_panel_EURIBOR_Mar_2015.xlsx") == (0, 22 * 25 * 8, {"table.tab_misdated"})
    assert said.pop("al_basis_gbk_encoded.csv") == (0, 0, {"table.unknown_columns"})
    assert said.pop("platts_ewindow_samples.json") == (0, 6, {"heards.no_quotes"})
    # Two collections of samples, not messages themselves: refused as calls, read piece by piece.
    assert said.pop("chat_formats.json") == (0, 0, {"portal.unknown_keys"})
    assert said.pop("price_lines.json") == (0, 0, {"portal.unknown_keys"})
    assert said == {}


def test_the_real_chat_layouts_are_read(shared: Path) -> None:
    samples = json.loads((shared / "messages" / "chat_formats.json").read_text("utf-8"))
    native, roles, mails = samples["qq_txt_native"]["variants"]
    first, second = read_chat(native.encode(), "qq").messages
    assert (first.sender, first.text) == ("87200175", "1")
    assert first.sent_at == datetime(2019, 9, 23, 12, 43, 38, tzinfo=UTC)
    assert (second.notice, second.text) == ("system", "3\n4")
    assert read_chat(roles.encode(), "qq").messages[0].sender_name == "Alice"
    assert read_chat(mails.encode(), "qq").messages[0].sender == "10001@qq.com"
    table = samples["wechat_csv"]
    (message,) = read_chat(f"{table['header']}\n{table['row']}\n".encode()).messages
    assert message.sent_at == datetime(2019, 4, 29, 3, 51, 48, tzinfo=UTC)
    assert message.notice == "placeholder"


def test_heards_say_what_stands_there(shared: Path) -> None:
    samples = json.loads((shared / "messages" / "chat_formats.json").read_text("utf-8"))
    for text, premium in zip(samples["platts_heard"]["samples"], ("-1.65", "-2.9"), strict=True):
        (offer,) = read_channel(
            json.dumps({"called_at": "2025-12-17T00:00:00Z", "analyst": "a", "contributor": "c",
                        "text": text}).encode(), "phone", TABLES, CONTEXT,
        ).offers  # fmt: skip
        assert offer["premium_low"] == premium
        assert "quote.unit_unknown" in {finding.code for finding in offer.findings}


def test_evidence_is_readable_whatever_its_encoding() -> None:
    head = b"From: =?gb2312?B?tdrSu8LB0rU=?= <q@n.example>\nDate: Tue, 30 Dec 2025 09:42:31 +0800\nContent-Type: text/plain; charset=gb2312\n\n"
    shown = readable(head + "A00佛山 报22180元/吨".encode("gbk"), "email")
    assert "第一铝业 <q@n.example>" in shown
    assert "A00佛山 报22180元/吨" in shown
    assert (
        readable("品名,价格\nA00,22180\n".encode("gbk"), "workbook")
        == "[table]\n品名\t价格\nA00\t22180"
    )
    assert readable(b"\x89PNG....", "fax") == "[a scanned page or picture of 8 bytes]"
    assert readable("2025-12-30 09:00:00 W\n你好\n".encode("gb18030"), "wechat").endswith("你好\n")
