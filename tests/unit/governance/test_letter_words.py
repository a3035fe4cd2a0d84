"""The words of the letters: whole in both languages, and what is filled in stays text."""

from __future__ import annotations

import re
import tomllib

import pytest

from assay.core import Refused
from assay.governance.letters import (
    LANGUAGES,
    Filling,
    Paragraph,
    Table,
    letter_of,
    load_letter_words,
)
from assay.methodology import REFERENCE
from tests.unit.desk.conftest import DAY

WORDS = load_letter_words(REFERENCE)


def test_every_letter_is_there_in_both_languages_with_the_same_parts():
    for kind, card in WORDS.letters.items():
        marks = [
            [
                re.findall(r"\{(\w+)\}|\?(\w+)|(##)", part)
                for part in card["text"][each].split("\n\n")
            ]
            for each in LANGUAGES
        ]
        held = [sorted({name for part in own for found in part for name in found}) for own in marks]
        assert held[0] == held[1], kind
        assert set(card["facts"]) <= set(WORDS.labels), kind


def test_no_english_letter_has_chinese_and_no_chinese_one_lacks_it():
    table = tomllib.loads((REFERENCE / "letters.toml").read_text("utf-8"))
    for kind, card in table["letters"].items():
        assert not re.search("[一-鿿]", card["text"]["en"]), kind
        for part in card["text"]["zh"].strip().split("\n\n"):
            assert re.search("[一-鿿]", part) or part.startswith(("{", "?")), (kind, part)


@pytest.mark.parametrize("hole", ["labels", "letters.outcome.title", "letters.outcome"])
def test_a_file_with_a_hole_is_refused(tmp_path, hole):
    text = (REFERENCE / "letters.toml").read_text("utf-8")
    broken = {
        "labels": ('firm = { en = "Firm", zh = "企业" }', 'firm = { en = "Firm" }'),
        "letters.outcome.title": ('zh = "投诉 {complaint} 的处理结果"', 'de = "x"'),
        "letters.outcome": ('facts = ["complaint", "received_on", "outcome",', 'fact = ["x",'),
    }[hole]
    assert broken[0] in text
    (tmp_path / "letters.toml").write_text(text.replace(*broken), "utf-8")
    with pytest.raises(Refused) as refusal:
        load_letter_words(tmp_path)
    assert refusal.value.finding.code == "file.keys"


def test_what_is_filled_in_is_text_in_every_form():
    said = {"title": "x", "methodology": "m", "consultation": "c", "comments_until": DAY}
    nasty = 'a *b* [c](d) <i>e</i> #strong[f] "g" \\ {comments_until}'
    table = {"questions": Table(("#", "Q"), (("1", nasty),))}
    letter = letter_of(WORDS, "consultation_notice", "en", Filling(nasty, DAY, said, table))
    assert "<i>" not in letter.html()
    assert "\\*b\\*" in letter.markdown()
    assert letter.pdf() == letter.pdf()
    assert nasty in letter.text()
    assert Paragraph("<b>").html() == "<p>&lt;b&gt;</p>"
