"""Material that is broken, hides something or says something else than it seems to.

Each is read rightly or said; nothing is lost or taken for a price in silence.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assay.collection import CHANNELS, QuoteContext, Reading
from assay.collection.channels import PhraseTables, read_channel
from assay.collection.recording import delivery_stated

ROOT = Path(__file__).parents[3]
DAY = date(2025, 12, 30)
DEAL = "A00佛山 22180 成交200吨 现货 自提 当日到账"
HEAD = ["series", "price", "quantity", "kind", "payment", "place", "delivery"]
ROW = ["AL-A00-FOSHAN", "22180", "200", "transaction", "cash", "Foshan", "spot"]


@pytest.fixture(scope="module")
def read() -> Callable[..., Reading]:
    tables = PhraseTables.load(ROOT / "reference" / "phrases")

    def read_as(content: bytes | str, channel: str) -> Reading:
        raw = content if isinstance(content, bytes) else content.encode()
        return read_channel(raw, channel, tables, QuoteContext(day=DAY, locator="x"))

    return read_as


def codes(reading: Reading) -> set[str]:
    inner = (finding.code for offer in reading.offers for finding in offer.findings)
    return {finding.code for finding in reading.findings} | set(inner)


def workbook(fill: Callable[[Any, Any], None]) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    fill(book, book.active)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def mail(body: str, *headers: str) -> str:
    head = ("From: a@b.example", "Date: Tue, 30 Dec 2025 09:42:31 +0800", *headers)
    return "\n".join(head) + "\n\n" + body + "\n"


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("nothing", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\x00" * 99])
def test_nothing_at_all_is_said(read: Any, channel: str, nothing: bytes) -> None:
    if channel == "feed":
        return
    reading = read(nothing, channel)
    assert reading.offers == ()
    assert codes(reading) == {"evidence.empty"}


def test_what_holds_no_quote_says_so(read: Any) -> None:
    assert codes(read(mail("good morning, a quiet day"), "email")) == {"evidence.no_quote"}


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("not sold 200t A00 Foshan 22180", "22180"),
        ("A00佛山 22180 能成交吗？200吨", "22180"),
        ("A00 Foshan 22180 200t did not sell", "22180"),
    ],
)
def test_what_was_not_dealt_is_no_transaction(read: Any, text: str, price: str) -> None:
    (offer,) = read(mail(text, "Content-Type: text/plain; charset=utf-8"), "email").offers
    assert offer["low"] == price
    assert offer["kind"] is None


def test_each_price_has_its_own_day(read: Any) -> None:
    text = "12月29日成交22180，12月30日成交22200 A00佛山 各100吨"
    before, now = read(mail(text, "Content-Type: text/plain; charset=utf-8"), "email").offers
    assert (before["low"], before["pricing_date"]) == ("22180", "2025-12-29")
    assert (now["low"], now["pricing_date"]) == ("22200", "2025-12-30")
    assert "quote.other_day" in {each.code for each in before.findings}


def test_a_price_torn_by_a_blank_is_asked_for(read: Any) -> None:
    text = mail("A00佛山 22 180 成交200吨", "Content-Type: text/plain; charset=utf-8")
    assert codes(read(text, "email")) == {"quote.no_price"}


def test_two_senders_are_nobody(read: Any) -> None:
    text = mail("A00 Foshan sold 200t 22180", "From: c@d.example")
    reading = read(text, "email")
    assert "mail.two_senders" in codes(reading)
    assert reading.messages[0].sender is None


def test_damaged_base64_is_said(read: Any) -> None:
    text = mail("!!!no base64!!!", "Content-Transfer-Encoding: base64")
    assert "mail.torn" in codes(read(text, "email"))


@pytest.mark.parametrize("style", ["display:none", "visibility : hidden", "font-size:0"])
def test_what_a_page_hides_is_not_read(read: Any, style: str) -> None:
    page = (
        f"<p>{DEAL}</p><span style='{style}'>A00佛山 <span>99</span> 22999 成交900吨</span>"
        "<p>祝好</p>"
    )
    reading = read(mail(page, "Content-Type: text/html; charset=utf-8"), "email")
    assert [offer["low"] for offer in reading.offers] == ["22180"]
    assert "html.hidden_text" in codes(reading)
    assert "祝好" in reading.messages[0].text, "the page goes on after what it hides"


def test_a_hidden_sheet_is_named_and_not_read(read: Any) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.append(ROW)
        secret = book.create_sheet("secret")
        secret.sheet_state = "hidden"
        secret.append(HEAD)
        secret.append([*ROW[:1], "22000", *ROW[2:]])

    reading = read(workbook(fill), "workbook")
    assert [offer["low"] for offer in reading.offers] == ["22180"]
    (finding,) = reading.findings
    assert finding.code == "workbook.hidden_sheet"
    assert "secret" in finding.what_to_do


def test_hidden_rows_are_said(read: Any) -> None:
    def fill(book: Any, sheet: Any) -> None:
        del book
        sheet.append(ROW)
        sheet.row_dimensions[2].hidden = True

    reading = read(workbook(fill), "workbook")
    assert len(reading.offers) == 1
    assert codes(reading) == {"workbook.hidden_rows"}


def test_tonnes_and_pick_up_in_a_table(read: Any) -> None:
    """Full-width digits, GBK, a unit beside the quantity, pick-up in the delivery column."""
    table = (
        "品种,地区,价格,数量,类型,付款,交货\nＡ００铝锭,佛山,２２，１８０,２００吨,成交,现汇,自提\n"
    )
    (offer,) = read(table.encode("gbk"), "workbook").offers
    assert (offer["low"], offer["quantity"], offer["pickup"]) == ("22180", "200", "buyer")
    assert offer.missing == ()
    assert delivery_stated(offer)["delivery"] == "self pick-up"


@pytest.mark.parametrize("price", ["22180,50", "22180;200", "22180 22200"])
def test_a_cell_of_which_a_part_is_no_price_is_asked_for(read: Any, price: str) -> None:
    table = f"series\tprice\tquantity\nAL-A00-FOSHAN\t{price}\t200\n"
    (offer,) = read(table, "workbook").offers
    assert offer["low"] is None
    assert "table.not_a_number" in {each.code for each in offer.findings}


def test_a_table_of_years_is_no_table_of_quotes(read: Any) -> None:
    table = "series,price,quantity\n" + "AL-A00-FOSHAN,22180,200\n" * 5_001
    reading = read(table, "workbook")
    assert (reading.offers, codes(reading)) == ((), {"table.too_many_rows"})


def test_the_words_that_a_reply_answers_are_not_its_own(read: Any) -> None:
    said = f"「王: A00佛山 22000 成交500吨」\n- - - - - - - - - - - - - - -\n{DEAL}"
    chat = f'time(Asia/Shanghai),from_nickname,content\n2025-12-30 09:41:48,Li,"{said}"\n'
    reading = read(chat, "wechat")
    (offer,) = reading.offers
    assert offer["low"] == "22180"
    span = offer.fields["low"].span
    assert said[span.origin_start : span.origin_end] == "22180", "it stands where it stood"
    assert "chat.quoted_reply" in codes(reading)


def test_a_time_that_is_none_is_said(read: Any) -> None:
    chat = f"time(Asia/Shanghai),from_nickname,content\n2025-12-30 25:61:48,Li,{DEAL}\n"
    assert "chat.no_time" in codes(read(chat, "wechat"))


def test_kilograms_in_a_quantity_are_not_tonnes(read: Any) -> None:
    table = "series,price,quantity\nAL-A00-FOSHAN,22180,200公斤\n"
    (offer,) = read(table, "workbook").offers
    assert offer["quantity"] is None
    assert "table.not_a_number" in codes(read(table, "workbook"))


def test_one_price_under_one_name(read: Any) -> None:
    call = '{"series": "AL-A00-FOSHAN", "low": "22180", "low": "99999"}'
    reading = read(call, "portal")
    assert reading.offers == ()
    assert "low stands twice" in reading.findings[0].what_to_do


@pytest.mark.parametrize(
    ("zone", "sent"), [("UTC", "2025-12-30T01:41:48Z"), ("Asia/Shanghai", "2025-12-29T17:41:48Z")]
)
def test_the_zone_of_a_chat_heading(read: Any, zone: str, sent: str) -> None:
    chat = f"time({zone}),from_nickname,content\n2025-12-30 01:41:48,Li,{DEAL}\n"
    assert read(chat, "wechat").messages[0].when() == sent


def test_a_zone_that_is_none_is_said(read: Any) -> None:
    chat = f"time(America/Nowhere),from_nickname,content\n2025-12-30 01:41:48,Li,{DEAL}\n"
    reading = read(chat, "wechat")
    assert "chat.unknown_zone" in codes(reading)
    assert reading.messages[0].sent_at is None


@pytest.mark.parametrize(
    ("text", "delivery"),
    [
        ("sold 200t A00 Foshan 22,180 cash self pick-up", "self pick-up"),
        ("A00佛山 22180 成交200吨 送到 现汇", "delivered"),
        (DEAL, "spot"),
    ],
)
def test_who_picks_up_is_a_term_of_delivery(read: Any, text: str, delivery: str) -> None:
    (offer,) = read(mail(text, "Content-Type: text/plain; charset=utf-8"), "email").offers
    assert delivery_stated(offer)["delivery"] == delivery
