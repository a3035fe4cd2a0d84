"""The quote language. Expected values are read off the sentence by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from assay.collection import Certainty, Lexicon, Offered, QuoteContext, Reading, read_quotes

DAY = date(2025, 12, 30)


def reading(text: str, lexicon: Lexicon) -> Reading:
    return read_quotes(text, lexicon, QuoteContext(day=DAY))


def only(text: str, lexicon: Lexicon) -> Offered:
    offers = reading(text, lexicon).offers
    assert len(offers) == 1, [offer.text for offer in offers]
    return offers[0]


def fields(offer: Offered, *names: str) -> list[str | None]:
    return [offer[name] for name in names]


def codes(offer: Offered) -> set[str]:
    return {finding.code for finding in offer.findings}


def test_a_chinese_deal_with_every_field_but_payment(lexicon: Lexicon) -> None:
    offer = only("A00佛山 22180-22200 现货 成交200吨 自提", lexicon)
    assert fields(offer, "series", "kind", "low", "high", "quantity") == [
        "AL-A00-FOSHAN", "transaction", "22180", "22200", "200",
    ]  # fmt: skip
    assert fields(offer, "place", "delivery", "pickup", "payment") == [
        "Foshan", "spot", "buyer", None,
    ]  # fmt: skip
    assert offer.missing == ("payment",)
    assert offer.fields["low"].certainty is Certainty.STATED
    assert offer.fields["tax"].certainty is Certainty.CONVENTIONAL


def test_an_english_deal_is_complete(lexicon: Lexicon) -> None:
    offer = only("sold 200t A00 Foshan 22,180 cash self pick-up", lexicon)
    assert fields(offer, "kind", "side", "low", "high", "quantity", "payment", "pickup") == [
        "transaction", "sell", "22180", "22180", "200", "cash", "buyer",
    ]  # fmt: skip
    assert offer.missing == ()


def test_spans_point_into_the_original_characters(lexicon: Lexicon) -> None:
    text = "Ａ００佛山　２２１８０－２２２００ 成交２００噸"
    offer = only(text, lexicon)
    assert fields(offer, "low", "high", "quantity", "grade") == ["22180", "22200", "200", "A00"]
    span = offer.fields["low"].span
    assert span is not None
    assert text[span.origin_start : span.origin_end] == "２２１８０－２２２００"


@pytest.mark.parametrize(
    ("text", "low", "high", "against"),
    [
        ("对2603合约贴150-贴110", "-150", "-110", "2603"),
        ("对2603合约报贴150-贴110元/吨", "-150", "-110", "2603"),
        ("对1903合约贴水70元/吨-贴水30元/吨", "-70", "-30", "1903"),
        ("报升水10元/吨", "10", "10", None),
        ("压价平水接货", "0", "0", None),
        ("贴50~40元/吨附近", "-50", "-40", None),
        ("贴40-50", "-50", "-40", None),
        ("跟盘-130上下", "-130", "-130", "board"),
        ("出货 均价+10", "10", "10", "average"),
        ("discount 150-110 to 2603", "-150", "-110", "2603"),
        ("平水-升10", "0", "10", None),
        ("贴20-升10 对AD2603", "-20", "10", "AD2603"),
        ("A00 premium 30 against 2601", "30", "30", "2601"),
    ],
)
def test_premiums(text: str, low: str, high: str, against: str | None, lexicon: Lexicon) -> None:
    offer = only(text, lexicon)
    assert fields(offer, "premium_low", "premium_high", "against") == [low, high, against]
    assert offer["low"] is None


def test_around_stays_approximate(lexicon: Lexicon) -> None:
    offer = only("跟盘-130上下", lexicon)
    assert offer.fields["premium_low"].certainty is Certainty.APPROXIMATE
    assert offer.fields["against"].certainty is Certainty.UNCERTAIN


def test_around_the_average_without_a_number_is_a_finding(lexicon: Lexicon) -> None:
    offer = only("报价在均价附近", lexicon)
    assert codes(offer) == {"quote.no_number"}
    assert "price" in offer.missing
    assert offer["low"] is None


def test_conversion_margin(lexicon: Lexicon) -> None:
    offer = only("ADC12 加工费 350元/吨", lexicon)
    assert fields(offer, "premium_low", "premium_high", "against") == ["350", "350", None]
    assert offer.said["price_kind"].content == "conversion_margin"
    assert "against" in offer.missing


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("A00佛山 二点二万 成交", "22000"),
        ("A00佛山 2.218万 成交", "22180"),
        ("A00佛山 两万二 成交", "22000"),
        ("A00佛山 22180块 成交", "22180"),
    ],
)
def test_myriads_and_chinese_numerals(text: str, price: str, lexicon: Lexicon) -> None:
    assert fields(only(text, lexicon), "low", "high") == [price, price]


def test_per_kilogram_is_a_finding_and_never_converted(lexicon: Lexicon) -> None:
    offer = only("A00佛山 报22.18元/kg 100吨", lexicon)
    assert fields(offer, "low", "unit") == ["22.18", "CNY/kg"]
    assert "quote.unit_differs" in codes(offer)


@pytest.mark.parametrize(
    "text",
    ["A00佛山 15,250-157,500", "A00佛山 22180-2220", "A00佛山 22180-200", "A00佛山 报221800"],
)
def test_a_digit_lost_or_doubled_is_a_finding(text: str, lexicon: Lexicon) -> None:
    offer = only(text, lexicon)
    assert codes(offer) & {"quote.digit_lost_or_doubled", "quote.implausible_price"}
    assert offer.fields["low"].certainty is Certainty.UNCERTAIN


def test_a_turned_outright_range_is_set_right_and_said(lexicon: Lexicon) -> None:
    offer = only("A00上海 报22200-22180 100吨", lexicon)
    assert fields(offer, "low", "high") == ["22180", "22200"]
    assert "quote.range_reversed" in codes(offer)


def test_broken_grouping_is_a_finding(lexicon: Lexicon) -> None:
    offer = only("A00佛山 报2,2180元/吨", lexicon)
    assert "quote.broken_number" in codes(offer)
    assert offer["low"] is None


def test_yesterday_is_not_today(lexicon: Lexicon) -> None:
    offer = only("昨天成交22180 佛山 A00 100吨", lexicon)
    assert offer["pricing_date"] == "2025-12-29"
    assert offer.fields["pricing_date"].certainty is Certainty.UNCERTAIN
    assert "quote.other_day" in codes(offer)


def test_a_comparison_with_yesterday_is_no_date(lexicon: Lexicon) -> None:
    assert "pricing_date" not in only("A00佛山 报22180元/吨 较昨日跌60", lexicon).fields


def test_several_quotes_in_one_sentence(lexicon: Lexicon) -> None:
    first, second = reading(
        "佛山A00 22180，200吨，自提，上海22170，100吨 现款 成交", lexicon
    ).offers
    assert fields(first, "series", "low", "quantity", "pickup") == [
        "AL-A00-FOSHAN", "22180", "200", "buyer",
    ]  # fmt: skip
    assert fields(second, "series", "low", "quantity", "payment") == [
        "AL-A00-SHANGHAI", "22170", "100", "cash",
    ]  # fmt: skip
    assert second.fields["grade"].certainty is Certainty.INHERITED
    assert second["pickup"] is None


def test_offer_and_deal_in_one_breath(lexicon: Lexicon) -> None:
    first, second = reading("佛山A00 报22200 成交22180 100吨", lexicon).offers
    assert fields(first, "kind", "low", "quantity") == ["offer", "22200", None]
    assert fields(second, "kind", "low", "quantity") == ["transaction", "22180", "100"]


def test_headings_and_closing_terms_are_inherited(lexicon: Lexicon) -> None:
    text = "今日报价：\n佛山A00 22180\n上海 22170\n以上自提，当日到账"
    for offer, place in zip(reading(text, lexicon).offers, ("Foshan", "Shanghai"), strict=True):
        assert fields(offer, "place", "kind", "side", "pickup", "payment") == [
            place, "offer", "sell", "buyer", "same-day bank transfer",
        ]  # fmt: skip
        assert offer.fields["payment"].certainty is Certainty.INHERITED


def test_silicon_grades_of_one_line(lexicon: Lexicon) -> None:
    text = "金属硅 华东 不通氧553# 9100-9300，通氧553# 9200-9300，421# 9500-9800 元/吨"
    assert [fields(offer, "series", "low", "high") for offer in reading(text, lexicon).offers] == [
        ["SI-553N", "9100", "9300"],
        ["SI-553O", "9200", "9300"],
        ["SI-421", "9500", "9800"],
    ]


def test_silicon_of_another_place_is_no_series_of_ours(lexicon: Lexicon) -> None:
    assert only("昆明 441# 报9300元/吨", lexicon)["series"] is None


def test_dollars_make_the_overseas_series(lexicon: Lexicon) -> None:
    offer = only("offers ADC12 CIF 2660-2690 USD/t", lexicon)
    assert fields(offer, "series", "low", "high", "unit", "tax") == [
        "ADC12-OVERSEAS", "2660", "2690", "USD/t", "none",
    ]  # fmt: skip


def test_regional_change_of_scrap(lexicon: Lexicon) -> None:
    offer = only("上海 UBC 跌100-300元", lexicon)
    assert fields(offer, "series", "low", "high") == ["SCRAP-UBC-SH", "-300", "-100"]


@pytest.mark.parametrize("words", ["持平", "报价 持平", "报价持稳"])
def test_a_flat_regional_change_is_a_change_of_nothing(words: str, lexicon: Lexicon) -> None:
    text = f"打包易拉罐 报价17100元/吨 120吨 不含税\n贵州 打包易拉罐 {words} 60吨 不含税"
    national, regional = reading(text, lexicon).offers
    assert fields(national, "series", "low", "place") == ["SCRAP-UBC", "17100", None]
    assert fields(regional, "series", "low", "high", "quantity") == [
        "SCRAP-UBC-GZ", "0", "0", "60",
    ]  # fmt: skip


def test_withdrawal_and_replacement(lexicon: Lexicon) -> None:
    first, second = reading("22180作废，改22200", lexicon).offers
    assert (first.act, first["low"]) == ("withdraw", "22180")
    assert (second.act, second["low"]) == ("replace", "22200")
    alone = only("刚才的报价作废", lexicon)
    assert (alone.act, alone["kind"], alone.missing) == ("withdraw", "offer", ())


def test_affiliated_words_and_references(lexicon: Lexicon) -> None:
    offer = only("成交 A00佛山 22180 100吨 自提 电汇 集团内 单号D20251230-01", lexicon)
    assert fields(offer, "relation", "deal_reference", "low") == [
        "affiliated", "D20251230-01", "22180",
    ]  # fmt: skip
    english = only("bid 22,160 for 100t A00 Shanghai, arm's length", lexicon)
    assert fields(english, "kind", "side", "relation") == ["bid", "buy", "arms_length"]


def test_basis_of_an_indication_keeps_its_numbers_to_itself(lexicon: Lexicon) -> None:
    offer = only("预计A00佛山 22190，依据昨日成交22150", lexicon)
    assert fields(offer, "kind", "low", "high") == ["indication", "22190", "22190"]
    assert offer["basis"] == "昨日成交22150"
    assert offer.missing == ()


def test_two_kinds_for_one_price_stay_uncertain(lexicon: Lexicon) -> None:
    offer = only("A00佛山 报22180 现货 成交200吨", lexicon)
    assert "quote.two_kinds" in codes(offer)
    assert offer.fields["kind"].certainty is Certainty.UNCERTAIN


def test_quantities_in_other_units_are_findings(lexicon: Lexicon) -> None:
    assert "quote.quantity_unit" in codes(only("A00佛山 报22180 5车", lexicon))
    assert only("A00佛山 报22180 5车", lexicon)["quantity"] is None
    assert "quote.quantity_range" in codes(only("A00佛山 报22180 50-100吨", lexicon))


def test_tax_words(lexicon: Lexicon) -> None:
    assert fields(only("A00佛山 报22180 含13%增值税", lexicon), "tax", "tax_rate") == [
        "included", "13",
    ]  # fmt: skip
    assert only("UBC 报16700-17100 不含税", lexicon)["tax"] == "excluded"
    assert only("UBC offer 16700-17100 ex-tax", lexicon)["tax"] == "excluded"


def test_a_date_like_number_is_neither_date_nor_price(lexicon: Lexicon) -> None:
    offer = only("12.30 A00佛山 报22180元/吨", lexicon)
    assert offer["low"] == "22180"
    assert "quote.date_like_number" in codes(offer)


@pytest.mark.parametrize(
    "text",
    ["你好", "收到，谢谢", "", "[图片]", "请打13800138000", "会议 10:30 12楼", "2025年12月30日"],
)
def test_small_talk_offers_nothing(text: str, lexicon: Lexicon) -> None:
    assert reading(text, lexicon).offers == ()


def test_other_goods_offer_nothing(lexicon: Lexicon) -> None:
    assert reading("马币5000枚,13,多,15天期,互打1元保证金;单快递≥1000枚", lexicon).offers == ()


def test_hostile_text_is_a_finding(lexicon: Lexicon) -> None:
    assert reading("报" * 30_000, lexicon).refused
    hidden = reading("A00佛山 报22\u200b180元/吨", lexicon)
    assert {finding.code for finding in hidden.findings} == {"text.invisible_characters"}


def test_the_published_spot_sentences_give_their_numbers(lexicon: Lexicon, shared: Path) -> None:
    lines = json.loads((shared / "messages" / "price_lines.json").read_text("utf-8"))
    for line in lines["range_lines"]:
        offers = reading(line["text"], lexicon).offers
        first = offers[0]
        if "low" in line:
            assert fields(first, "low", "high") == [str(line["low"]), str(line["high"])]
            assert first.said["mid"].content == str(line["avg"])
            assert first.said["change"].content == str(line["chg"])
        if "contract" in line:
            assert first["against"] == line["contract"]
            assert fields(first, "premium_low", "premium_high") == [
                str(each) for each in line["premium"]
            ]
        elif "premium" in line:
            ends = {offer[name] for offer in offers for name in ("premium_low", "premium_high")}
            assert ends == {str(each) for each in line["premium"]}
        assert not any(code == "quote.digit_lost_or_doubled" for code in codes(first))


def test_the_shorthand_samples_are_read(lexicon: Lexicon, shared: Path) -> None:
    samples = json.loads((shared / "messages" / "chat_formats.json").read_text("utf-8"))
    expected = [("10", "10"), ("0", "0"), ("-150", "-110"), ("-50", "-40"), ("-130", "-130"),
                ("10", "10"), (None, None)]  # fmt: skip
    for text, (low, high) in zip(samples["spot_shorthand_cn"], expected, strict=True):
        assert fields(only(text, lexicon), "premium_low", "premium_high") == [low, high], text
    trade = samples["wechat_group_trade_shorthand"]["sample"]
    assert reading(trade, lexicon).offers == ()


def test_credit_is_named_so_that_documents_can_refuse_it(lexicon: Lexicon) -> None:
    assert only("A00佛山 成交22180 100吨 30天账期", lexicon)["payment"] == "credit (账期)"
    assert only("A00佛山 成交22180 100吨 承兑", lexicon)["payment"] == "acceptance"
    assert only("A00佛山 成交22180 100吨 当天款", lexicon)["payment"] == "same-day bank transfer"


def test_sold_to_somebody_is_a_deal_with_its_counterparty(lexicon: Lexicon) -> None:
    offer = only("A00佛山 卖给南岭贸易 22180 100吨 自提 现款", lexicon)
    assert fields(offer, "kind", "side", "counterparty") == ["transaction", "sell", "南岭贸易"]
    assert offer.missing == ()


def test_another_currency_is_never_taken_for_yuan(lexicon: Lexicon) -> None:
    offer = only("A00佛山 报8000-8100 港币 100吨", lexicon)
    assert fields(offer, "currency", "unit") == ["HKD", None]
    assert "quote.currency_differs" in codes(offer)
    assert "quote.unit_differs" in codes(only("A00佛山 报2700 USD/t 100吨", lexicon))


def test_a_correction_withdraws_the_wrong_one_and_gives_the_right_one(lexicon: Lexicon) -> None:
    wrong, right = reading("更正 刚才22180报错，应为22280 A00佛山", lexicon).offers
    assert (wrong.act, wrong["low"], right.act, right["low"]) == (
        "withdraw", "22180", "replace", "22280",
    )  # fmt: skip


def test_a_mean_alone_is_said_and_not_offered(lexicon: Lexicon) -> None:
    found = reading("今日均价22180，A00佛山", lexicon)
    assert found.offers == ()
    assert [finding.code for finding in found.findings] == ["quote.mean_alone"]


def test_no_tonnes_is_a_finding(lexicon: Lexicon) -> None:
    assert "quote.implausible_quantity" in codes(only("A00佛山 成交22180元/吨 0吨", lexicon))


def test_negated_words_are_no_deal(lexicon: Lexicon) -> None:
    offer = only("A00佛山 报22180 未成交", lexicon)
    assert offer["kind"] == "offer"
    assert offer.fields["kind"].certainty is Certainty.STATED


@pytest.mark.parametrize(
    "tail", ["QQ 12345", "电话：020-12345", "tel 22 33 44 55", "微信号 22334", "账号22334455"]
)
def test_numbers_of_people_are_no_prices(tail: str, lexicon: Lexicon) -> None:
    assert only(f"A00佛山 报22180元/吨 100吨 {tail}", lexicon)["low"] == "22180"


def test_a_later_number_without_words_is_doubted(lexicon: Lexicon) -> None:
    first, second = reading("A00佛山 报22180元/吨 100吨，12345", lexicon).offers
    assert first.fields["low"].certainty is Certainty.STATED
    assert second.fields["low"].certainty is Certainty.UNCERTAIN
    assert "quote.bare_number" in codes(second)
