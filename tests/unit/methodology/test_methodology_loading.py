"""Documents that must be refused, each with the place and the way out; the digest."""

import hashlib

import pytest
from unit.methodology.methodology_texts import LADDER, assessed, formula_text

from assay.methodology import (
    METHODOLOGIES,
    DocumentRefused,
    library_of,
    load_library,
    load_methodology,
)


def refusal(text):
    with pytest.raises(DocumentRefused) as caught:
        load_methodology(text)
    return caught.value.findings


def refusal_of(**parts):
    with pytest.raises(DocumentRefused) as caught:
        assessed(**parts)
    return caught.value.findings


def test_the_digest_is_the_sha256_of_the_file():
    path = METHODOLOGIES / "al-lc/2021-12-27.toml"
    worked = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    assert load_methodology(path).digest == worked


def test_an_unknown_key_is_refused_with_the_allowed_ones():
    (found,) = refusal(formula_text(more='speed = "fast"'))
    assert found.code == "methodology.unknown_key"
    assert found.where == "<text>: formula"
    assert "speed" in found.what_to_do
    assert "line" in found.what_to_do


def test_every_problem_is_told_at_once():
    found = refusal(formula_text(line="base + nobody", lag="someday"))
    assert {each.code for each in found} == {"methodology.bad_key", "methodology.unknown_input"}


@pytest.mark.parametrize(
    ("parts", "code", "words"),
    [
        ({"line": "max(base, other)"}, "methodology.not_expressible", "clause 1"),
        ({"line": "base + nobody"}, "methodology.unknown_input", "base, other"),
        ({"line": "base"}, "methodology.unused_input", "does not use"),
        ({"other": "USD/t"}, "methodology.units", "USD/t"),
        ({"other": "CNY/kg"}, "methodology.units", "CNY/kg"),
        ({"unit": "CNY/lb"}, "methodology.unknown_unit", "known"),
        ({"line": "base * other", "other": "t"}, "methodology.units", "CNY/t"),
        ({"tax": '"excluded"'}, "methodology.tax", "tax_conversion"),
        ({"lag": "previous_open_day"}, "methodology.missing_key", "calendar"),
        ({"lag": "constant"}, "methodology.bad_key", "constant"),
        ({"more": 'pairs = [["base", "ghost"]]'}, "methodology.unknown_input", "ghost"),
    ],
)
def test_formula_documents_that_do_not_fit(parts, code, words):
    found = refusal(formula_text(**parts))
    assert code in {each.code for each in found}
    assert any(words in f"{each.where} {each.what_to_do}" for each in found)


@pytest.mark.parametrize(
    ("parts", "code", "words"),
    [
        (
            {"sections": '[[screening]]\nrule = "sentiment"\nclause = "2"'},
            "methodology.not_expressible",
            "clause 2",
        ),
        (
            {"sections": '[[screening]]\nrule = "minimum_quantity"\nclause = "2"'},
            "methodology.bad_argument",
            "tonnes",
        ),
        (
            {"sections": '[[screening]]\nrule = "deal_once"\nclause = "2"\nspeed = 1'},
            "methodology.bad_argument",
            "unknown argument 'speed'",
        ),
        (
            {"sections": '[[screening]]\nrule = "deal_once"\nclause = "9.9"'},
            "methodology.unknown_clause",
            "9.9",
        ),
        ({"ladder": ""}, "methodology.missing_key", "ladder"),
        (
            {"ladder": LADDER.replace('"mean"', '"hunch"')},
            "methodology.not_expressible",
            "estimator rule 'hunch'",
        ),
        (
            {"ladder": LADDER.replace('{ rule = "mean" }', '{ rule = "median" }')},
            "methodology.bad_argument",
            "even",
        ),
        (
            {"ladder": LADDER.replace('"bid"', '"whisper"')},
            "methodology.bad_key",
            "whisper",
        ),
        ({"range": 'rule = "vibes"'}, "methodology.not_expressible", "vibes"),
        ({"rounding": "up"}, "methodology.bad_key", "half_up"),
        (
            {"sections": '[required]\nbid = ["mood"]'},
            "methodology.bad_key",
            "mood",
        ),
        (
            {"sections": '[cap]\npercent = 140\nper = "group"\nclause = "2"'},
            "methodology.bad_key",
            "140",
        ),
    ],
)
def test_assessed_documents_that_do_not_fit(parts, code, words):
    found = refusal_of(**parts)
    assert code in {each.code for each in found}
    assert any(words in f"{each.where} {each.what_to_do}" for each in found)


def test_a_document_in_force_answers_every_control_and_states_its_policies():
    text = (METHODOLOGIES / "al-lc/2021-12-27.toml").read_text()
    found = refusal(text.replace('M7 = "2.7"\n', ""))
    assert [each.code for each in found] == ["methodology.missing_control"]
    assert "M7" in found[0].what_to_do
    assert refusal(text.replace('M7 = "2.7"', 'M7 = "8.8"'))[0].code == "methodology.unknown_clause"


def test_a_broken_file_is_refused():
    assert refusal("id = \n")[0].code == "methodology.not_toml"


def test_an_unknown_calendar_is_refused():
    text = formula_text().replace('calendar = "every_day"', 'calendar = "LUNAR"')
    assert refusal(text)[0].code == "methodology.unknown_calendar"


# ---- between documents ----------------------------------------------------------------


def renamed(series, needs, effective="2021-12-27", family="made", unit="CNY/t"):
    text = formula_text(line="base + other", lag="constant", more="")
    text = text.replace('series = "OTHER"', 'value = "1"')
    text = text.replace('series = ["MADE"]', f'series = ["{series}"]')
    text = text.replace('series = "BASE"', f'series = "{needs}"').replace("CNY/t", unit)
    text = text.replace("2021-12-27", effective).replace('id = "made"', f'id = "{family}"')
    return load_methodology(text)


def test_a_cycle_between_series_is_refused():
    from assay.core import Refused

    pair = [renamed("A", "B"), renamed("B", "A", family="other")]
    with pytest.raises(Refused) as caught:
        library_of(pair)
    assert caught.value.finding.code == "methodology.cycle"
    assert "A, B" in caught.value.finding.where


def test_two_documents_on_one_day_are_refused():
    library = load_library()
    one = library.in_force("AL-A00-FOSHAN", one_day())
    with pytest.raises(DocumentRefused, match="overlap"):
        library_of([*library.documents(), one])


def test_two_families_for_one_series_are_refused_unless_the_older_ends():
    base = load_library().in_force("ADC12", one_day())
    older = renamed("A", "ADC12", family="old")
    newer = renamed("A", "ADC12", "2023-01-02", family="new")
    with pytest.raises(DocumentRefused, match="two families"):
        library_of([base, older, newer])


def test_an_input_that_no_document_serves_is_refused():
    with pytest.raises(DocumentRefused, match="NOWHERE"):
        library_of([renamed("A", "NOWHERE")])


def test_an_input_in_another_unit_than_its_card_is_refused():
    base = load_library().in_force("ADC12", one_day())
    with pytest.raises(DocumentRefused, match="card of ADC12"):
        library_of([base, renamed("A", "ADC12", unit="USD/t")])


def one_day():
    from datetime import date

    return date(2025, 12, 30)


def test_order_and_versions_of_the_shipped_library():
    from datetime import date

    from assay.core import Refused

    library = load_library()
    order = library.order()
    for before, after in (
        ("AL-A00-FOSHAN", "AL-LC"),
        ("CI-AL-YUNNAN", "AL-LC"),
        ("CEA-CLOSE", "AL-LC"),
        ("AL-LC", "AL-LC-AVG-WEEK"),
        ("AD-MAIN", "ADC12-PREMIUM"),
        ("USDCNY", "ADC12-IMPORT-PROFIT"),
    ):
        assert order.index(before) < order.index(after)
    assert library.in_force("CEA-CLOSE", date(2023, 8, 23)).version == 1
    assert library.in_force("CEA-CLOSE", date(2023, 8, 24)).version == 2
    with pytest.raises(Refused, match="takes effect on 2021-07-16"):
        library.in_force("CEA-CLOSE", date(2021, 7, 15))
    with pytest.raises(Refused, match="unknown_series"):
        library.in_force("COPPER", date(2021, 7, 15))


def test_every_conformance_document_loads():
    names = {each.id for each in load_library(conformance=True).documents()}
    assert {
        "euribor", "libor-usd", "estr", "sofr", "sonia", "iron-ore", "partitions", "pyth",
        "odd-quorum",
    } <= names  # fmt: skip


def test_a_series_made_from_its_own_value_of_the_day_is_refused():
    text = formula_text()
    own = text.replace('series = "BASE"', 'series = "MADE"')
    assert own != text
    (said,) = refusal(own)
    assert (said.code, said.where.partition(": ")[2]) == (
        "methodology.cycle",
        "input base (clause 1)",
    )


def test_a_rule_about_terms_names_series_of_its_own_document():
    text = (METHODOLOGIES / "al-a00" / "2021-12-27.toml").read_text("utf-8")
    wrong = text.replace('series = ["AL-A00-FOSHAN"]', 'series = ["AL-A00-WUXI"]')
    with pytest.raises(DocumentRefused, match="AL-A00-WUXI is no series of this document"):
        load_methodology(wrong)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "words"),
    [
        ("euribor", "percent = 15", "percent = 50", "50 does not lie from 0 to below 50"),
        ("euribor", "percent = 15", 'percent = "-1"', "-1 does not lie from 0 to below 50"),
        ("estr", "percent = 25", "percent = 60", "60 does not lie from 0 to below 50"),
        ("sofr", "percent = 20", "percent = 100", "100 does not lie from 0 to below 100"),
        ("sofr", "high = 75", "high = 101", "101 does not lie from 0 to 100"),
        ("euribor", "absent_percent = 25", "absent_percent = 101", "does not lie from 0 to 100"),
        ("iron-ore", "percent = 4", "percent = -4", "-4 does not lie from 0"),
    ],
)
def test_a_number_no_rule_can_execute_is_refused_with_its_clause(file, right, wrong, words):
    text = (METHODOLOGIES / "conformance" / f"{file}.toml").read_text("utf-8")
    assert right in text
    with pytest.raises(DocumentRefused, match=r"clause \d") as refusal:
        load_methodology(text.replace(right, wrong))
    assert words in str(refusal.value)


@pytest.mark.parametrize("wrong", ["soon", "25:00", "10:15+08:00"])
def test_a_time_that_is_none_is_refused_with_its_clause(wrong):
    text = next((METHODOLOGIES / "ad-main").glob("*.toml")).read_text("utf-8")
    assert 'until = "10:15:00"' in text
    with pytest.raises(DocumentRefused, match=r"clause \d") as refusal:
        load_methodology(text.replace('until = "10:15:00"', f'until = "{wrong}"'))
    assert f"{wrong!r} is not a time such as 16:00" in str(refusal.value)


def test_a_rule_about_terms_of_which_a_part_is_wrong_too_is_refused_not_a_fault():
    text = (METHODOLOGIES / "al-a00" / "2021-12-27.toml").read_text("utf-8")
    wrong = text.replace('series = ["AL-A00-FOSHAN"]', "series = 7")
    with pytest.raises(DocumentRefused, match="7 is not a list of texts"):
        load_methodology(wrong)
