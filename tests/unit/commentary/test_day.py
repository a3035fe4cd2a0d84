"""The demo day in words: every market number of the published report, both languages."""

import re
import tomllib
from collections import Counter

import pytest

from assay.commentary.checker import check_text
from assay.commentary.checker.own import check_pair
from assay.commentary.compose import changes
from assay.commentary.text import markdown, plain_text
from tests.unit.commentary.day import ROOT, demo_comments, phrases

NUMBERS = tomllib.loads(
    (ROOT / "examples/agency/report-2025-12-31-numbers.toml").read_text("utf-8")
)


@pytest.fixture(scope="module")
def comments():
    return demo_comments()[0]


def prose(comment):
    return "\n".join(sentence.text for sentence in comment.sentences()).replace(",", "")


def test_the_list_holds_every_token_of_the_report():
    counted = Counter()
    for each in NUMBERS["number"]:
        counted[each["kind"]] += each["times"]
    assert sum(counted.values()) == NUMBERS["tokens"] == 69


@pytest.mark.parametrize("index", range(len(NUMBERS["number"])))
def test_every_market_number_is_stated_in_both_languages(comments, index):
    wanted = NUMBERS["number"][index]
    if wanted["number"] == "12.31":
        return
    number = re.escape(wanted["number"].replace(",", ""))
    for comment in comments:
        assert re.search(rf"(?<![\d.]){number}(?![\d]|\.\d)", prose(comment)), comment.language
        key = wanted.get("key")
        if key:
            assert key in comment.used()


def test_the_sentences_of_the_futures(comments):
    english, chinese = comments
    futures = {each.id: each.text for each in english.sections[0].sentences}
    assert futures["fut.path"] == (
        "The price first dipped to 21,425 yuan/mt, then rebounded to 21,600 yuan/mt, "
        "before pulling back to 21,480 yuan/mt towards the close."
    )
    assert futures["fut.close"] == (
        "It closed at 21,480 yuan/mt, up 5 yuan/mt or 0.02% from the previous close of 21,475 yuan/mt."
    )
    assert (
        futures["fut.oi"]
        == "Open interest was 16,097 lots (+231), suggesting bulls were adding positions."
    )
    there = {each.id: each.text for each in chinese.sections[0].sentences}
    assert there["fut.close"] == "收于21480元/吨，较前收盘价21475元/吨上涨5元/吨，涨幅0.02%。"
    assert there["fut.oi"] == "持仓量16097手（+231），多头增仓。"


def test_regions_with_the_same_change_stand_together(comments):
    text = {each.id: each.text for part in comments[0].sections for each in part.sentences}
    assert text["scrap.regions"] == (
        "Offers in Shanghai, Zhejiang, Jiangsu, Tianjin and Shandong decreased by 100–300 yuan/mt; those in "
        "Guizhou, Henan, Jiangxi and Hubei decreased by up to 100 yuan/mt or remained stable."
    )


def test_the_lede_is_the_same_sentences_by_reference(comments):
    for comment in comments:
        by_id = {each.id: each for part in comment.sections for each in part.sentences}
        assert [each is by_id[each.id] for each in comment.lede] == [True, True, True]


def test_our_own_comment_is_clean_in_every_text(comments):
    words = phrases()
    for comment in comments:
        assert check_text(plain_text(comment, words)) == []
        assert check_text(markdown(comment, words)) == []
    assert check_pair(*(plain_text(comment, words) for comment in comments)) == []


def test_the_seal_finds_a_changed_word(comments):
    text = plain_text(comments[0], phrases()).replace("bulls were adding", "bulls are adding")
    assert [each.code for each in check_text(text)] == ["text.altered"]


def test_two_languages_of_different_figures_are_told_apart(comments):
    words = phrases()
    english, chinese = (plain_text(comment, words) for comment in comments)
    found = check_pair(english.replace("16,097", "16,907"), chinese)
    assert {each.code for each in found} == {"languages.differ"}


def test_a_changed_fact_changes_its_sentences_and_no_other(comments):
    from assay.commentary.compose import Composer
    from assay.commentary.gather import gather
    from tests.unit.commentary.day import DAY, PUBLISHED, demo_points, editorial, report

    rules, words = report(), phrases()
    facts, _ = gather(demo_points(), rules, DAY, PUBLISHED)
    composer, wrote = Composer(rules, words), editorial(rules, words)
    before = composer.compose(facts, wrote, "en")
    moved = facts.changed(
        "adc12.price", low=facts["adc12.price"].number - 50, high=facts["adc12.price"].number - 50
    )
    after = composer.compose(moved, wrote, "en")
    assert {name for name, _, _ in changes(before, after)} == {"spread.premium", "sum.adc12"}
    told = {name: new for name, _, new in changes(before, after)}
    assert told["sum.adc12"] == "The ADC12 price fell by 150 yuan/mt (-0.67%) to 22,250 yuan/mt."
