"""Facts with formula and operands; words as functions of facts, by the table's thresholds."""

from datetime import date
from decimal import Decimal

import pytest

from assay.commentary.facts import (
    Base,
    Fact,
    FactSet,
    difference,
    from_documents,
    interval,
    percent,
    single,
)
from assay.commentary.formats import fact_text
from assay.commentary.words import band, region_move, widening, words_of
from tests.unit.commentary.day import DAY, PUBLISHED, T1, T2, phrases

PHRASES = phrases()


def price(key, number, **parts):
    return single(key, "price", number, "CNY/t", **parts)


def test_change_and_percent_carry_formula_operands_and_entries():
    close, base = (
        price("f.close", "21480", as_of=DAY, entries=(7,)),
        price("f.base", "21475", entries=(3,)),
    )
    change = difference("f.change", close, base, base=Base("prev_close", "f.base", T1))
    pct = percent("f.pct", change, base)
    assert (change.number, change.formula, change.operands, change.entries) == (
        Decimal(5), "f.close - f.base", ("f.close", "f.base"), (3, 7),
    )  # fmt: skip
    assert pct.number == Decimal("0.02")
    assert pct.base == change.base


def test_percent_is_rounded_half_away_from_zero():
    base = price("b", "20000")
    assert percent("p", price("c", "-1"), base).number == Decimal("-0.01")
    assert percent("p", price("c", "1"), base).number == Decimal("0.01")


def test_units_and_taxes_do_not_mix():
    with pytest.raises(ValueError, match="declare a conversion"):
        difference("d", price("a", "1"), single("b", "price", "1", "USD/t"))
    with pytest.raises(ValueError, match="declare a conversion"):
        difference("d", price("a", "1", tax="included"), price("b", "1", tax="excluded"))


def test_a_fact_refuses_what_is_no_fact():
    for wrong in ({"kind": "colour"}, {"kind": "price", "hedge": "maybe"}):
        with pytest.raises(ValueError, match="unknown"):
            Fact("k", **wrong)
    with pytest.raises(ValueError, match="above"):
        interval("r", "2", "1")
    with pytest.raises(ValueError, match="unknown comparison base"):
        Base("last_moon", "k", DAY)


def test_changing_an_input_recomputes_what_rests_on_it():
    facts = FactSet("r", DAY, PUBLISHED)
    close, base = price("f.close", "21480"), price("f.base", "21475")
    change = difference("f.change", close, base)
    facts.add(close, base, change, percent("f.pct", change, base))
    moved = facts.changed("f.close", low=Decimal(21690), high=Decimal(21690))
    assert (moved["f.change"].number, moved["f.pct"].number) == (Decimal(215), Decimal("1.00"))
    assert facts["f.change"].number == Decimal(5)
    assert facts.closure("f.close") == {"f.close", "f.change", "f.pct"}
    with pytest.raises(KeyError, match=r"no fact 'f\.open'"):
        facts["f.open"]


def test_documents_give_the_same_facts_back():
    fact = price(
        "a", "22180", as_of=T1, entries=(4,), base=Base("prev_trading_day", "b", T2), tax="included"
    )
    assert from_documents([fact.document()]) == {"a": fact}


@pytest.mark.parametrize(
    ("change", "base", "series", "key"),
    [
        ("0", "21475", "", "flat"), ("5", "21475", "", "up.slight"), ("-50", "20050", "ADC12", "down.plain"),
        ("-50", "20050", "", "down.slight"), ("80", "21200", "", "up.plain"), ("-310", "22490", "", "down.strong"),
        ("700", "21475", "", "up.extreme"),
    ],
)  # fmt: skip
def test_verbs_by_band(change, base, series, key):
    assert band(Decimal(change), Decimal(base), PHRASES, series) == key


@pytest.mark.parametrize(
    ("change", "oi_change", "key"),
    [("5", "231", "bulls_adding"), ("-5", "231", "bears_adding"), ("5", "-231", "bears_reducing"),
     ("-5", "-231", "bulls_reducing"), ("5", "40", "none"), ("0", "231", "none")],
)  # fmt: skip
def test_positions_from_two_signs(change, oi_change, key):
    facts = FactSet("r", DAY, PUBLISHED)
    facts.add(
        price("c", change), single("d", "oi", oi_change, "lot"), single("o", "oi", "16097", "lot")
    )
    words = words_of(facts, {"w": {"rule": "positions", "of": ["c", "d", "o"]}}, PHRASES)
    assert words["w"].key == key


@pytest.mark.parametrize(
    ("today", "before", "key"),
    [("830", "810", "widened"), ("810", "830", "narrowed"), ("830", "830", "held"), ("-20", "30", "turned"),
     ("-40", "-20", "widened"), ("0", "20", "narrowed")],
)  # fmt: skip
def test_spreads_widen_by_size_and_turn_by_sign(today, before, key):
    assert widening(Decimal(today), Decimal(before)) == key


@pytest.mark.parametrize(
    ("low", "high", "key", "english"),
    [("-300", "-100", "down.sure", "100–300"), ("-100", "0", "down.upto", "100"), ("0", "0", "flat", ""),
     ("0", "50", "up.upto", "50"), ("50", "200", "up.sure", "50–200"), ("-50", "50", "mixed", "50")],
)  # fmt: skip
def test_groups_of_regions(low, high, key, english):
    found, small, large = region_move(Decimal(low), Decimal(high))
    assert found == key
    sizes = {str(small), str(large)}
    assert sizes >= set(english.split("–")) - {""}


@pytest.mark.parametrize(
    ("fact", "formats", "english", "chinese"),
    [
        (interval("r", "2660", "2690", "USD/t"), (), "$2,660–2,690/mt", "2660-2690美元/吨"),
        (single("p", "price", "300", "CNY/t", hedge="around"), (), "around 300 yuan/mt", "300元/吨左右"),
        (interval("o", "2500", None, "USD/t", hedge="over"), (), "over $2,500/mt", "逾2500美元/吨"),
        (single("v", "volume", "-7855", "lot"), ("signed",), "-7,855 lots", "-7855手"),
        (single("c", "change", "-310", "CNY/t"), (), "310 yuan/mt", "310元/吨"),
        (price("d", "1", as_of=date(2025, 12, 30)), ("date",), "December 30", "12月30日"),
        (price("d", "1", as_of=date(2025, 12, 30)), ("weekday",), "Tuesday", "周二"),
        (interval("t", "1", "2", "CNY/t", tax="excluded"), ("tax",), "(ex-tax)", "（不含税）"),
    ],
)  # fmt: skip
def test_numbers_in_both_languages(fact, formats, english, chinese):
    assert fact_text(fact, "en", PHRASES, formats) == english
    assert fact_text(fact, "zh", PHRASES, formats) == chinese
