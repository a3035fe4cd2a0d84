"""Readers of evidence: any bytes in, no exception out; what is read has its place."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assay.collection import CHANNELS, QuoteContext, Reading
from assay.collection.channels import PhraseTables, read_channel
from assay.collection.chats import read_chat
from assay.collection.feeds import (
    load_feeds,
    read_bulletin,
    read_feed,
    read_history,
    read_quantities,
)
from assay.collection.mailbox import split_mbox
from assay.collection.readable import readable

ROOT = Path(__file__).parents[2]
TABLES = PhraseTables.load(ROOT / "reference" / "phrases")
FEEDS = load_feeds(ROOT / "reference" / "feeds")
CONTEXT = QuoteContext(day=date(2025, 12, 30))

MAIL = b"From: a <a@b.example>\nSubject: Fwd: x\nDate: Tue, 30 Dec 2025 09:00:00 +0800\nContent-Type: %s\n\n%s"
PIECES = st.sampled_from([
    b"From: ", b"Date: ", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", b"--b--", b"\n\n",
    b"Content-Type: text/html; charset=gb2312\n", b"=?utf-8?B?", b"?=", b"=?x?Q?=", b"\xff\xfe", b"\x00",
    b"message/rfc822", b"Content-Transfer-Encoding: base64\n", b"<table><tr><td>", b"<script>", b"{", b"[",
    b'"', b",", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "报价".encode("gbk"),
    b"time,from_id,content\n", b"2025-12-30 10:00:00,u,", b"30/12/2025, 10:00 - W: ", b"\r\n", b"=1+1",
    "A00佛山 报22180元/吨 100吨".encode(), "品名,地区,类型,价格\n".encode(), b"99999999999999999999999999999",
    b"----- Forwarded message -----\nFrom: x\nDate: y\n", b"Content-Disposition: attachment; filename=q.csv\n",
])  # fmt: skip
BYTES = st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=14).map(b"".join))


def well_formed(reading: Reading) -> None:
    assert isinstance(reading, Reading)
    for offer in reading.offers:
        for read in offer.fields.values():
            if read.span is not None and offer.origin is not None:
                assert read.span.origin_end <= len(offer.origin.text)
        json.dumps(offer.document())


@pytest.mark.parametrize("channel", CHANNELS)
@given(content=BYTES, note=st.text(max_size=40))
@settings(max_examples=60, deadline=None)
@example(content=b"\xef\xbb\xbf{", note="")
def test_any_bytes_on_any_channel(channel: str, content: bytes, note: str) -> None:
    reading = read_channel(content, channel, TABLES, CONTEXT, name="x", typed_note=note)
    well_formed(reading)
    assert isinstance(readable(content, channel), str)
    assert "reader.failed" not in {finding.code for finding in reading.findings}


@given(
    st.binary(max_size=200), st.sampled_from([b"text/plain", b"text/html", b"message/rfc822", b"x"])
)
@settings(max_examples=150, deadline=None)
def test_any_body_in_a_mail(body: bytes, kind: bytes) -> None:
    well_formed(read_channel(MAIL % (kind, body), "email", TABLES, CONTEXT))


@given(st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(st.text(max_size=8), st.sampled_from(
                ["kind", "price_low", "quantity_t", "tax_included", "series", "concluded_at", "act",
                 "called_at", "analyst", "contributor", "text", "submissions"])),
            inner, max_size=5),
    ), max_leaves=12))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_json(document: object) -> None:
    content = json.dumps(document).encode()
    for channel in ("portal", "phone", "api"):
        well_formed(read_channel(content, channel, TABLES, CONTEXT))


@given(
    st.lists(
        st.tuples(
            st.integers(min_value=0, max_value=23), st.integers(min_value=0, max_value=59),
            st.text(alphabet="甲乙丙abc", min_size=1, max_size=6),
            st.integers(min_value=20_000, max_value=24_000),
        ), min_size=1, max_size=8, unique=True,
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_every_message_of_a_text_export_stands_where_it_says(
    lines: list[tuple[int, int, str, int]],
) -> None:
    text = "".join(
        f"2025-12-30 {hour:02}:{minute:02}:00 {name}(80010001)\nA00佛山 报{price}元/吨\n\n"
        for hour, minute, name, price in lines
    )
    for encoding in ("utf-8-sig", "gb18030"):
        chat = read_chat(text.encode(encoding), "qq")
        assert len(chat.messages) == len(lines)
        for message, (_, _, name, price) in zip(chat.messages, lines, strict=True):
            assert message.sender_name == name
            assert message.starts_at is not None
            stands = text[message.starts_at : message.starts_at + len(message.text)]
            assert stands == message.text == f"A00佛山 报{price}元/吨"


@pytest.mark.parametrize("feed", sorted(FEEDS))
@given(content=BYTES)
@settings(max_examples=40, deadline=None)
def test_any_bytes_as_a_feed(feed: str, content: bytes) -> None:
    heading = ",".join(FEEDS[feed].columns).encode() + b"\n"
    for whole in (content, heading + content):
        read_feed(whole, FEEDS[feed])
        read_quantities(whole, FEEDS[feed])
        read_history(whole, FEEDS[feed])


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_words_as_a_bulletin(text: str) -> None:
    read_bulletin(text, date(2024, 7, 12), traditional=TABLES.lexicon.traditional)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_as_an_mbox(content: bytes) -> None:
    for mail in split_mbox(content):
        assert isinstance(mail.content, bytes)


@given(
    st.one_of(
        st.binary(max_size=120),
        st.lists(
            st.sampled_from([b"=?utf-8?B?", b"=?gb2312?Q?", b"?=", b"=?", b"abc", b"\xb1\xa8", b"<", b">", b"@",
                             b'"', b"(", b",", b" "]),
            max_size=20,
        ).map(b"".join),
    )
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_any_header_in_a_mail(header: bytes) -> None:
    header = header.replace(b"\n", b" ").replace(b"\r", b" ")
    content = b"From: %s\nSubject: %s\nDate: %s\n\nx" % (header, header, header)
    reading = read_channel(content, "email", TABLES, CONTEXT)
    assert "reader.failed" not in {finding.code for finding in reading.findings}


@pytest.mark.parametrize(
    "body",
    [
        b"From: x\n" * 60_000,
        b"<!--" * 100_000,
        b"<![CDATA[" * 60_000,
        b"<?" * 200_000,
        b"<a " * 100_000,
    ],
)
@pytest.mark.timeout(20)
def test_hostile_bodies_take_no_time(body: bytes) -> None:
    for kind in (b"text/plain", b"text/html"):
        well_formed(read_channel(MAIL % (kind, body), "email", TABLES, CONTEXT))
