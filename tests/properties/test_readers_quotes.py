"""Readers of quotes: any text in, no exception out; what is read stands in the text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.collection import Lexicon, QuoteContext, read_quotes
from assay.collection.numerals import number_at, plain_amount
from assay.collection.text import decode, normalise

LEXICON = Lexicon.load(Path(__file__).parents[2] / "reference" / "phrases")
AMOUNTS = {"low", "high", "premium_low", "premium_high", "quantity", "mid"}
#: Numbers written in words are equal to their digits, not made of them.
SPELLED = set("零〇一二三四五六七八九两十百千万亿点平p")
CONTEXT = QuoteContext(day=date(2025, 12, 30))
SHORTHAND = st.lists(
    st.sampled_from(
        [
            "A00",
            "佛山",
            "上海",
            "报",
            "成交",
            "收",
            "升水",
            "贴",
            "平水",
            "22180",
            "22200",
            "-130",
            "~",
            "至",
            "/",
            ",",
            "，",
            "。",
            "\n",
            "元/吨",
            "吨",
            "t",
            "200",
            "100",
            "自提",
            "电汇",
            "现款",
            "均价",
            "+10",
            "跌",
            "二点二万",
            "万",
            "对",
            "2603合约",
            "作废",
            "改",
            "约",
            "附近",
            ".",
            "%",
            "2,2180",
            "１２３",
            "昨天",
            "12.30",
            "10:05",
            "$",
            "/b",
            "ADC12",
            "cif",
            "553#",
            "依据",
            "单号",
            "卖给",
            "不含税",
            "含13%税",
            "·",
            " ",
            "\u202e",
        ]
    ),
    max_size=25,
).map("".join)


@given(st.one_of(SHORTHAND, st.text(max_size=120)))
@settings(max_examples=400, deadline=None)
def test_any_text_reads_without_an_exception_and_every_field_has_its_place(text: str) -> None:
    reading = read_quotes(text, LEXICON, CONTEXT)
    for offer in reading.offers:
        for name, read in {**offer.fields, **offer.said}.items():
            if read.span is None:
                assert read.certainty.value == "conventional", name
                continue
            assert 0 <= read.span.origin_start <= read.span.origin_end <= len(text)
            if name in AMOUNTS:
                said = text[read.span.origin_start : read.span.origin_end]
                digits = normalise(said).text.replace(",", "")
                if not SPELLED & set(digits):
                    assert read.content.removeprefix("-") in digits, (name, said)


@given(
    st.integers(min_value=8_000, max_value=60_000),
    st.integers(min_value=0, max_value=400),
    st.integers(min_value=1, max_value=2_000),
    st.sampled_from(["佛山", "Shanghai"]),
    st.sampled_from(["-", "~", "至", "－"]),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_what_was_typed_is_what_is_read(
    low: int, width: int, tonnes: int, place: str, dash: str, grouped: bool
) -> None:
    first, last = (f"{each:,}" if grouped else str(each) for each in (low, low + width))
    text = f"成交 A00{place} {first}{dash}{last}元/吨 {tonnes}吨 自提 现款"
    (offer,) = read_quotes(text, LEXICON, CONTEXT).offers
    assert (offer["low"], offer["high"]) == (str(low), str(low + width))
    assert offer["quantity"] == str(tonnes)
    span = offer.fields["low"].span
    assert span is not None
    said = text[span.origin_start : span.origin_end]
    assert first in said
    assert last in said


@given(st.integers(min_value=0, max_value=10**8 - 1))
@settings(deadline=None)
def test_a_grouped_number_is_the_number(amount: int) -> None:
    read = number_at(f"{amount:,}", 0)
    assert read is not None
    assert read.amount == Decimal(amount)
    assert plain_amount(f" {amount:,} ") == Decimal(amount)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_normalised_characters_know_their_origin(text: str) -> None:
    normal = normalise(text, LEXICON.traditional)
    assert len(normal.text) == len(normal.origin)
    assert list(normal.origin) == sorted(normal.origin)
    assert all(0 <= each < len(text) for each in normal.origin)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_decode_to_some_text(content: bytes) -> None:
    assert isinstance(decode(content, "evidence").text, str)
