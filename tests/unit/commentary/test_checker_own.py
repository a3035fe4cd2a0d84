"""Our own text in both languages: one word spoiled by hand, the rows left as they were."""

import pytest

from assay.commentary.checker import check_text
from assay.commentary.text import plain_text
from tests.properties.comment_days import comments_of
from tests.unit.commentary.day import demo_comments, phrases

TEXTS = dict(
    zip(("en", "zh"), (plain_text(each, phrases()) for each in demo_comments()[0]), strict=True)
)
SPOILED = [
    ("en", "widened to", "narrowed to", "direction.conflict"),
    ("zh", "走扩至", "收窄至", "direction.conflict"),
    ("en", "theoretical premium", "theoretical discount", "direction.conflict"),
    ("zh", "理论升水", "理论贴水", "direction.conflict"),
    ("en", "import profit", "import loss", "direction.conflict"),
    ("zh", "即时进口盈利", "即时进口亏损", "direction.conflict"),
    ("zh", "A00铝价大幅下跌310", "A00铝价大幅上涨310", "direction.conflict"),
    ("zh", "A00铝价大幅下跌310", "A00铝价小幅下跌310", "verb.band"),
    ("zh", "A00铝价大幅下跌310", "A00铝价暴跌310", "verb.band"),
    ("zh", "多头增仓", "空头增仓", "positions.conflict"),
    ("zh", "前收盘价", "前结算价", "base.mixed"),
    ("zh", "（不含税）", "（含税）", "unit.instrument"),
    ("en", "(ex-tax)", "(VAT included)", "unit.instrument"),
    ("zh", "元/吨", "元/千克", "unit.instrument"),
    ("zh", "16700-17100", "17100-16700", "range.reversed"),
    ("zh", "周二", "周三", "asof.stale"),
    ("en", "On Tuesday", "On Monday", "asof.stale"),
    (
        "zh",
        "价格先小幅下探至21425元/吨，随后反弹至21600元/吨",
        "价格先上冲至21600元/吨，随后下跌至21425元/吨",
        "path.conflict",
    ),
    (
        "zh",
        "上海、浙江、江苏、天津、山东下调",
        "上海、浙江、江苏、天津、山东上调",
        "direction.conflict",
    ),
    ("zh", "上海、浙江、江苏", "上海、河南、江苏", "fact.two_values"),
    ("en", "Shanghai, Zhejiang,", "Shanghai, Henan,", "fact.two_values"),
    ("zh", "A00铝价大幅下跌310", "A00铝价环比大幅下跌310", "comparator.period"),
    ("zh", "铝价此前接近三年高位", "铝价创历史新高，此前接近高位", "claim.unproven"),
    ("zh", "铸造铝合金期货隔夜小幅上涨", "铸造铝合金期货隔夜暴涨", "headline.band"),
    ("zh", "有价无市", "成交约4350吨", "number.unbound"),
]


@pytest.mark.parametrize(("language", "old", "new", "code"), SPOILED)
def test_a_spoiled_word_is_found(language, old, new, code):
    text = TEXTS[language]
    assert old in text
    assert code in {each.code for each in check_text(text.replace(old, new))}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_text_as_it_was_is_clean(language):
    assert check_text(TEXTS[language]) == []


@pytest.mark.parametrize("seed", [91, 315, 326, 753, 843])
def test_numbers_that_fit_two_rows_accuse_nobody(seed):
    """Days on which a close equals a spot price, two premiums are of one size, a day's number is a change."""
    for comment in comments_of(seed):
        assert check_text(plain_text(comment, phrases())) == []
