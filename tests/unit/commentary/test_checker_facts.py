"""The checker on fact files: the same rules without any words."""

import copy
import json

import pytest

from assay.commentary.checker import PARTS, blocks, check_facts, check_file
from tests.unit.commentary.texts import FACTS


def spoiled(path, given):
    facts = copy.deepcopy(FACTS)
    target = facts
    *way, last = path
    for step in way:
        target = target[step]
    target[last] = given
    return facts


def codes(facts):
    return {each.code for each in check_facts(facts)}


def test_the_clean_file_is_clean():
    assert check_facts(FACTS) == []


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_part_is_optional(part):
    assert check_facts({key: given for key, given in FACTS.items() if key != part}) == []
    assert check_facts({part: FACTS[part]}) == []


F = ("futures", 0)
SPOILED = {
    "percent": ((*F, "pct"), "0.20", "percent.disagrees"),
    "percent as a number": ((*F, "pct"), 1, "percent.disagrees"),
    "percent sign": ((*F, "pct"), "-0.29", "percent.disagrees"),
    "change": ((*F, "change"), "160", "percent.disagrees"),
    "change sign": ((*F, "change"), "-60", "percent.disagrees"),
    "high lost": ((*F, "high"), "20400", "extreme.order"),
    "high doubled": ((*F, "high"), "24080", "extreme.implausible"),
    "low above": ((*F, "low"), "20500", "range.reversed"),
    "grid": ((*F, "open"), "20391", "price.off_step"),
    "magnitude": ((*F, "open"), "2039", "value.implausible"),
    "period": ((*F, "change_base"), "previous week", "comparator.period"),
    "WoW": ((*F, "change_base"), "WoW", "comparator.period"),
    "the open as base": ((*F, "change_base"), "open", "base.mixed"),
    "a base value": ((*F, "change_base"), "20390", "change.disagrees"),
    "night against day": ((*F, "volume_change"), "-6200", "volume.unlike_sessions"),
    "no contract": ((*F, "contract"), "AD2613", "facts.unreadable"),
    "grouping": ((*F, "volume"), "12,40", "number.malformed"),
    "header": (("header",), "3.1", "header.date"),
    "header in words": (("header",), "March 17", "header.date"),
    "no such day": (("header",), "2.30", "date.unreadable"),
    "dateline": (("dateline",), "2026-03-13", "dateline.date"),
    "spread of tomorrow": (("spread", "asof"), "2026-03-19", "asof.future"),
    "spread of last week": (("spread", "asof"), "2026-03-13", "asof.stale"),
    "two at one as-of": (("spread",), {**FACTS["spread"], "asof": "2026-03-18", "contract": "AD2604"}, "contract.two_most_traded"),
    "rolled backwards": (("spread", "contract"), "AD2606", "roll.backwards"),
    "premium": (("spread", "premium"), "4700", "spread.implausible"),
    "negative premium": (("spread", "premium"), "-470", "direction.conflict"),
    "clock": (("spread", "time"), "25:15", "facts.unreadable"),
    "a date of last week": (("date",), "2026-03-11", "asof.stale"),
    "a date of tomorrow": (("date",), "2026-03-19", "asof.future"),
    "A00 of last week": (("a00", "date"), "2026-03-11", "asof.stale"),
    "A00 digit": (("a00", "price"), "2115", "value.implausible"),
    "ADC12 average": (("adc12", "avg"), "20950", "extreme.order"),
    "ADC12 reversed": (("adc12", "low"), "20990", "range.reversed"),
    "scrap reversed": (("scrap", "ubc"), ["16300", "15900"], "range.reversed"),
    "scrap doubled": (("scrap", "ubc"), ["15900", "163000"], "range.implausible"),
    "tax": (("scrap", "tax"), None, "tax.missing"),
    "total": (("warrants", "total"), "51060", "warrants.levels"),
    "change total": (("warrants", "change"), "200", "warrants.changes"),
    "region": (("warrants", "regions", "Zhejiang"), ["1600", "0"], "warrants.levels"),
    "region from nothing": (("warrants", "regions", "Jiangsu"), ["9000", "9400"], "warrants.continuity"),
    "offers": (("overseas", "usd"), ["2540", "2510"], "range.reversed"),
    "offers in yuan": (("overseas", "usd"), ["25100", "25400"], "value.implausible"),
    "not a number": (("a00", "price"), "high", "facts.unreadable"),
    "not a pair": (("scrap", "tense"), ["1", "2", "3"], "facts.unreadable"),
    "unknown part": (("weather",), "fine", "facts.unknown_part"),
    "unknown name": (("a00", "colour"), "blue", "facts.unknown_part"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_each_error_is_found(name):
    path, given, code = SPOILED[name]
    found = check_facts(spoiled(path, given))
    assert code in {each.code for each in found}
    assert blocks(found)


def test_one_close_with_two_bases():
    facts = copy.deepcopy(FACTS)
    facts["futures"].append({**facts["futures"][0], "change_base": "previous_settlement"})
    assert codes(facts) == {"base.mixed"}


def test_a_roll_between_two_days_is_information():
    found = check_facts(spoiled(("spread", "contract"), "AD2604"))
    assert [each.code for each in found] == ["roll.unstated"]
    assert not blocks(found)


def test_other_spellings_are_clean():
    for path, given in (
        (("date",), "2026-03-17"), (("header",), "March 18 Alloy Morning Comment"), (("published",), "Mar 18, 2026 09:05"),
        ((*F, "contract"), "SHFE.AD.2026-05"), ((*F, "contract"), "2605"), ((*F, "session"), "overnight"),
        ((*F, "pct"), "+0.29%"), ((*F, "close"), "20,430"), ((*F, "change_base"), "previous close of 20,370"),
        (("spread", "direction"), "widened"), (("overseas", "import_profit"), [200, 300]),
    ):  # fmt: skip
        assert check_facts(spoiled(path, given)) == [], path


def test_open_ended_and_single_values():
    facts = copy.deepcopy(FACTS)
    facts["overseas"] = {"usd": [2510, None], "import_profit": -400}
    assert check_facts(facts) == []


def test_json_numbers_stay_exact(tmp_path):
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(FACTS).replace('"0.29"', "0.29").replace('"20430"', "20430.0"))
    assert check_file(path) == []


def test_what_is_no_fact_file(tmp_path):
    assert codes([1, 2]) == {"facts.unreadable"}
    path = tmp_path / "facts.json"
    path.write_text("{")
    assert [each.code for each in check_file(path)] == ["facts.unreadable"]
