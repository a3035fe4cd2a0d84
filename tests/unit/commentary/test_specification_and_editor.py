"""Specifications and the analyst's document: what is refused, and with which words."""

import copy

import pytest

from assay.commentary.compose import Composer
from assay.commentary.editor import load_editorial, read_editorial
from assay.commentary.gather import gather
from assay.commentary.phrases import NoSuchWord, Phrases
from assay.commentary.specification import BadSpecification, read_report
from tests.unit.commentary.day import DAY, PUBLISHED, ROOT, demo_points, phrases, report, toml

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
