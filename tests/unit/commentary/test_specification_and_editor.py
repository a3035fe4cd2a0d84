"""Specifications and the analyst's document: what is refused, and with which words."""

import copy
import tomllib
from dataclasses import replace
from datetime import date

import pytest
from markdown_it import MarkdownIt

from assay.commentary.build import House, build
from assay.commentary.compose import Composer
from assay.commentary.editor import load_editorial, read_editorial
from assay.commentary.gather import gather
from assay.commentary.phrases import NoSuchWord, Phrases
from assay.commentary.specification import BadSpecification, read_report
from assay.commentary.text import chat_text, markdown, plain_text
from assay.core import Calendar
from tests.unit.commentary.day import (
    DAY,
    PUBLISHED,
    ROOT,
    demo_comments,
    demo_points,
    phrases,
    report,
    toml,
)

PHRASES, REPORT = phrases(), report()
GIVEN = toml((ROOT / "reference/reports/cast-alloy-morning.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", ["cast-alloy-morning", "copper-morning", "nickel-morning"])
def test_every_shipped_specification_reads(name):
    assert report(name).id == name


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda given: given.update(colour="blue"), "unknown keys"),
        (lambda given: given["title"].pop("zh"), "both languages"),
        (lambda given: given["input"][0].update(kind="rumour"), "unknown kind"),
        (lambda given: given["words"].update(w={"rule": "magic", "of": []}), "unknown rule"),
        (
            lambda given: given["section"][0]["sentence"][0]["variant"][0].update(
                en="It fell by 300."
            ),
            "free digits",
        ),
        (lambda given: given["section"][0].update(mood="good"), "unknown keys"),
    ],
)
def test_a_bad_specification_is_refused(spoil, words):
    given = copy.deepcopy(GIVEN)
    spoil(given)
    with pytest.raises(BadSpecification, match=words):
        read_report(given, "test")


def test_the_phrase_table_names_what_it_lacks(tmp_path):
    with pytest.raises(NoSuchWord, match=r"word\.move\.sideways"):
        PHRASES.say("en", "word", "move", "sideways")
    path = tmp_path / "comment.toml"
    text = (ROOT / "reference/phrases/comment.toml").read_text("utf-8")
    path.write_text(
        text.replace(
            'flat = { en = "was unchanged", zh = "持平" }', 'flat = { en = "was unchanged" }', 1
        ),
        "utf-8",
    )
    with pytest.raises(NoSuchWord, match="lacks zh"):
        Phrases.load(path)


def problems(document):
    return [each.code for each in read_editorial(document, REPORT, PHRASES)[1]]


BOTH = {"en": "Words.", "zh": "文字。"}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"weather": 1}, "editor.unknown_part"),
        ({"report": "copper-morning"}, "editor.other_report"),
        (
            {"prose": [{"section": "summary", "en": "It fell 300.", "zh": "下跌。"}]},
            "editor.free_digit",
        ),
        (
            {"prose": [{"section": "summary", "en": "It fell {price:300}.", "zh": "下跌。"}]},
            "editor.type",
        ),
        ({"prose": [{"section": "summary", "en": "It fell."}]}, "editor.language"),
        ({"prose": [{"section": "moon", **BOTH}]}, "editor.section"),
        ({"news": [BOTH]}, "editor.source"),
        ({"tags": {"demand": "mad"}}, "editor.tag"),
        ({"tags": {"demand": "weak"}}, "editor.tag_evidence"),
        ({"tags": {"mood": "weak"}}, "editor.tag_group"),
        (
            {"outlook": {"tag": "up", "horizon": "short_term"}, "analyst": "P-01"},
            "editor.outlook_tag",
        ),
        (
            {"outlook": {"tag": "rangebound", "horizon": "soon"}, "analyst": "P-01"},
            "editor.outlook_horizon",
        ),
        ({"outlook": {"tag": "rangebound", "horizon": "short_term"}}, "editor.outlook_author"),
        (
            {"forecast": [{"key": "forecast.x", "low": "1", "high": "2"}]},
            "editor.forecast_unlabelled",
        ),
        ({"quote": [{"key": "quote.x", "low": "1", "high": "2"}]}, "editor.quote_unlabelled"),
        ({"quote": [{"key": "x", "low": "1", "high": "2", "source": "s"}]}, "editor.key"),
        ({"quote": [{"key": "quote.x", "low": "3", "high": "2", "source": "s"}]}, "editor.number"),
        ({"headline": {"en": "Up 300", "zh": "上涨"}}, "editor.free_digit"),
    ],
)
def test_the_editor_refuses(document, code):
    assert problems(document) == [code]


def test_typed_digits_names_and_references_are_allowed():
    text = "ADC12, #553, {date:2026}, {identifier:GB/T 1196}, {quote:3,000}, {fut.close}"
    assert problems({"prose": [{"section": "summary", "en": text, "zh": text}]}) == []


def test_an_unreadable_document_is_a_finding(tmp_path):
    path = tmp_path / "comment.toml"
    path.write_text("report = ", "utf-8")
    assert [each.code for each in load_editorial(path, REPORT, PHRASES)[1]] == [
        "editor.document.unreadable"
    ]


def test_prose_with_a_reference_to_nothing_says_so():
    facts, _ = gather(demo_points(), REPORT, DAY, PUBLISHED)
    wrote, _ = read_editorial(
        {"prose": [{"section": "summary", "en": "{no.fact}", "zh": "{no.fact}"}]}, REPORT, PHRASES
    )
    with pytest.raises(KeyError, match="refers to a fact that is not there"):
        Composer(REPORT, PHRASES).compose(facts, wrote, "en")


@pytest.mark.parametrize(
    ("document", "code", "where"),
    [
        ('[[prose]]\nsection = "summary"\nen = "Down to {fut.nix}."\nzh = "跌至{fut.nix}。"', "editor.reference", "{fut.nix}"),
        ('[[prose]]\nsection = "summary"\nen = "{fut.close|silly}"\nzh = "{fut.close}"', "editor.reference", "{fut.close|silly}"),
        ('[headline]\nen = "Up {fut.nix}"\nzh = "涨"', "editor.reference", "headline.en"),
        ('[headline]\nen = "Up"', "editor.language", "headline.zh"),
        ("date = 2025-12-30", "editor.other_day", "2025-12-31"),
        ('news = "x"', "editor.shape", "news"),
        ("prose = [1]", "editor.shape", "prose"),
        ("[tags]\nsupports = 3", "editor.shape", "tags.supports"),
        ('[[forecast]]\nkey = "forecast.tense"\nlow = 18200\nhorizon = "this_week"', "editor.shape", "forecast.low"),
        ('[[forecast]]\nkey = "forecast.tense"\nlow = "18200"\nhorizon = "soon"', "editor.forecast_unlabelled", "forecast.tense"),
        ('[[quote]]\nkey = "quote.x"\nwords = "three"\nsource = "desk"', "editor.shape", "quote.words"),
        ('[[quote]]\nkey = "quote.x"\nlow = "5"\nhigh = "4"\nsource = "desk"', "editor.number", "quote.x"),
    ],
)  # fmt: skip
def test_a_bad_document_is_a_finding_of_the_build_never_a_crash(tmp_path, document, code, where):
    path = tmp_path / "comment.toml"
    path.write_text(document, encoding="utf-8")
    house = House.load(ROOT / "reference", "cast-alloy-morning")
    built = build(demo_points(), house, DAY, editorial=path)
    assert not built.publishable
    assert (code, True) in [(each.code, where in each.where) for each in built.findings]
    assert all(built.files.values())


def test_no_comment_on_a_day_without_publication():
    house = House.load(ROOT / "reference", "cast-alloy-morning")
    calendar = Calendar.from_document(
        tomllib.loads((ROOT / "reference/calendars/cn-publication.toml").read_text("utf-8"))
    )
    built = build(demo_points(), replace(house, calendar=calendar), date(2025, 12, 28), formats=())
    assert "commentary.no_publication_day" in [each.code for each in built.findings]


def test_the_text_for_a_chat_is_words_only_and_names_the_seal():
    for comment in demo_comments()[0]:
        whole, short = plain_text(comment, phrases()), chat_text(comment, phrases())
        assert "fut.close" not in short
        assert short.rstrip().splitlines()[-1] == whole.rstrip().splitlines()[-1]
        assert all(each.text in short for part in comment.sections for each in part.sentences)


def test_the_labels_of_the_markdown_are_bold_in_every_reader():
    for comment, label in zip(demo_comments()[0], ("**Futures:** ", "**期货：** "), strict=True):
        html = MarkdownIt().render(markdown(comment, phrases()))
        assert label in markdown(comment, phrases())
        assert f"<strong>{label.strip('* ')}</strong>" in html
