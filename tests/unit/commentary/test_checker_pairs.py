"""Words beside numbers in anybody's English: the fault is found, its clean twin is not touched."""

import pytest

from assay.commentary.checker import check_text
from tests.unit.commentary.texts import BYLINE, FUTURES, HEADER, HEADLINE, SUMMARY, comment

LEDE = (
    "[Alloy Morning Comment: Alloy futures {word} overnight as scrap stayed tight] " + FUTURES[9:]
)
PAIRS = {
    "sign": ("The A00 price {} by 310 yuan/mt (-1.38%) to 22,180 yuan/mt.", "fell", "rose", "direction.conflict"),
    "volume": ("Trading volume was 1,240 lots (-310), {} than the night before.", "lower", "higher", "direction.conflict"),
    "volume's size": ("Trading volume was 1,240 lots (-60), {} from the night before.", "little changed", "sharply lower", "verb.band"),
    "offers": ("Overseas ADC12 offers {} to $2,520-2,550/mt, from $2,510-2,540/mt.", "rose", "fell", "direction.conflict"),
    "offers' size": ("Overseas ADC12 offers {} to $2,520-2,550/mt, from $2,510-2,540/mt.", "rose", "soared", "verb.band"),
    "first": ("The 2605 contract opened at 20,390 yuan/mt overnight. The price first {} to 20,355 yuan/mt.", "dipped", "climbed",
              "path.conflict"),
    "kilogram": ("Futures: The contract had a high of 20,480 {} overnight; aluminum was firm.", "yuan/mt", "yuan/kg", "unit.instrument"),
    "lots": ("Futures: Open interest was 11,310 {} as cast aluminum alloy stood firm.", "lots", "mt", "unit.instrument"),
    "wider": ("Overseas market: The import profit was 300 yuan/mt, {} than 450 yuan/mt the trading day before.", "narrower", "wider",
              "direction.conflict"),
    "widened": ("Spot-Futures Price Spread: The ADC12 premium {} to 470 yuan/mt over AD2605 from 430 yuan/mt.", "widened", "narrowed",
                "direction.conflict"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_a_word_against_the_number_beside_it(name):
    sentence, right, wrong, code = PAIRS[name]
    assert code not in {each.code for each in check_text(sentence.format(right))}
    assert code in {each.code for each in check_text(sentence.format(wrong))}


def test_the_headline_in_the_brackets_of_the_lede_is_judged_too():
    assert check_text(comment(header=f"{LEDE.format(word='rose')}\n\n{HEADER}")) == []
    found = check_text(comment(header=f"{LEDE.format(word='plunged')}\n\n{HEADER}"))
    assert {each.code for each in found} & {"headline.band", "direction.conflict"}


def test_a_base_in_the_lede_is_held_against_the_body():
    lede = LEDE.format(word="rose").replace("previous close", "previous settlement")
    assert "base.mixed" in {each.code for each in check_text(comment(header=f"{lede}\n\n{HEADER}"))}


def test_a_morning_text_has_no_price_of_its_own_day():
    """Published on Wednesday at 09:05: the day's prices are made at 10:15."""
    assert check_text(comment()) == []
    today = comment(summary=SUMMARY.replace("On Tuesday", "On Wednesday"))
    assert "asof.future" in {each.code for each in check_text(today)}
    evening = today.replace(BYLINE, "Published: Mar 18, 2026 14:05").replace("Morning", "Evening")
    assert "asof.future" not in {each.code for each in check_text(evening)}


def test_parity_needs_no_number():
    text = f"{HEADLINE}\n\n{BYLINE}\n\nSpot-Futures Price Spread: On March 17, the ADC12 price stood at parity with AD2605."
    assert check_text(text) == []
