"""Single screening rules, tax, market figures and refusals that the bigger tests pass by."""

from datetime import UTC, date, datetime
from fractions import Fraction
from types import SimpleNamespace

import pytest
from unit.methodology.methodology_texts import DAY, assessed, formula_text, given, quote

from assay.core import Refused
from assay.methodology import (
    METHODOLOGIES,
    Contributor,
    DocumentRefused,
    MarketRow,
    determine,
    differences_between,
    inputs_from_document,
    load_library,
    load_methodology,
)
from assay.methodology.cases import differences, load_cases
from assay.methodology.catalogue import entry_of
from assay.methodology.catalogue.caps import cap_shares
from assay.methodology.catalogue.estimators import at_share, weighted


def verdict(rule, submission, **more):
    document = assessed(sections=f'[[screening]]\nclause = "2"\n{rule}')
    found = determine(document, DAY, given(submission, **more))
    (only,) = found.verdicts
    return only.verdict, only.code


AT = datetime(2025, 12, 30, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "submission", "worked"),
    [
        ('rule = "before_cutoff"', quote("a", 1), ("flag", "submission.received_at_unknown")),
        (
            'rule = "before_cutoff"\nunknown = "exclude"',
            quote("a", 1),
            ("exclude", "submission.received_at_unknown"),
        ),
        ('rule = "before_cutoff"\nunknown = "pass"', quote("a", 1), ("pass", "")),
        ('rule = "minimum_quantity"\ntonnes = 50', quote("a", 1, 10), ("pass", "")),
        (
            'rule = "minimum_quantity"\ntonnes = 50\nkinds = ["indication"]',
            quote("a", 1, "49.999"),
            ("exclude", "submission.below_minimum"),
        ),
        (
            'rule = "large_quantity"\ntonnes = 2000\naction = "exclude"',
            quote("a", 1, 2001),
            ("exclude", "submission.above_typical"),
        ),
        ('rule = "large_quantity"\ntonnes = 2000', quote("a", 1, 2000), ("pass", "")),
        (
            'rule = "arms_length"\nundisclosed = "exclude"',
            quote("a", 1, kind="transaction"),
            ("exclude", "submission.relation_undisclosed"),
        ),
        ('rule = "arms_length"', quote("a", 1), ("pass", "")),
        (
            'rule = "unit_and_tax"',
            quote("a", 1, currency="USD"),
            ("exclude", "submission.currency"),
        ),
        ('rule = "unit_and_tax"', quote("a", 1, tax="included"), ("exclude", "submission.tax")),
        (
            'rule = "terms"\nfield = "place"\ntypical = ["Foshan"]',
            quote("a", 1, place="foshan, yard 3"),
            ("pass", ""),
        ),
        (
            'rule = "terms"\nfield = "place"\ntypical = ["Foshan"]',
            quote("a", 1, place="Wuxi"),
            ("flag", "submission.terms_unusual"),
        ),
        (
            'rule = "terms"\nfield = "place"\ntypical = ["Foshan"]\notherwise = "exclude"',
            quote("a", 1, place="Wuxi"),
            ("exclude", "submission.terms_unusual"),
        ),
        (
            'rule = "terms"\nfield = "payment"\nrefused = ["承兑"]',
            quote("a", 1, payment="银行承兑汇票"),
            ("exclude", "submission.terms_refused"),
        ),
        (
            'rule = "kinds"\nallowed = ["transaction"]',
            quote("a", 1),
            ("exclude", "submission.kind_not_used"),
        ),
        ('rule = "kinds"\nallowed = ["indication"]', quote("a", 1), ("pass", "")),
        (
            'rule = "positive_confidence"\nmaximum = 2',
            quote("a", 5, low=2, high=8),
            ("exclude", "submission.confidence"),
        ),
        (
            'rule = "received_between"\nseconds = 60',
            quote("a", 1, received_at=AT),
            ("exclude", "submission.too_old"),
        ),
        # 10:13:00 minus 10:00:00 is 780 seconds
        ('rule = "received_between"\nseconds = 780', quote("a", 1, received_at=AT), ("pass", "")),
        ('rule = "required_fields"', quote("a", 1), ("pass", "")),
        ('rule = "stale_repeat"\naction = "exclude"', quote("a", 1), ("pass", "")),
    ],
)
def test_single_rules(rule, submission, worked):
    assert verdict(rule, submission) == worked


def test_a_deal_inside_one_group_of_the_register_is_affiliated_whatever_it_says():
    register = {
        "a": Contributor("a", "g", "producer"),
        "b": Contributor("b", "g", "trader"),
    }
    deal = quote("a", 1, 100, kind="transaction", counterparty="b", relation="arms_length")
    assert verdict('rule = "arms_length"', deal, contributors=register) == (
        "exclude",
        "submission.affiliated",
    )


@pytest.mark.parametrize(
    ("arguments", "price", "worked"),
    [
        ("percent = 8", 108, "pass"),
        ("percent = 8", 109, "flag"),
        ('absolute = 3\naction = "exclude"', 104, "exclude"),
        ("percent = 1\nabsolute = 5", 105, "pass"),
    ],
)
def test_against_yesterday(arguments, price, worked):
    history = inputs_from_document(
        {"history": [{"series": "TEST", "date": "2025-12-29", "mid": "100"}]}
    ).history
    rule = f'rule = "against_yesterday"\n{arguments}'
    assert verdict(rule, quote("a", price), history=history)[0] == worked


def test_a_tax_rate_other_than_the_cards_is_refused():
    found = determine(
        load_methodology(METHODOLOGIES / "adc12/2023-01-03.toml"),
        DAY,
        inputs_from_document(
            {
                "submissions": [
                    {"pricing_date": "2025-12-30", "series": "ADC12", "contributor": "a",
                     "kind": "indication", "price": "22300", "basis": "x", "tax": "included",
                     "tax_rate": rate, "received_at": "2025-12-30T10:00:00+08:00"}
                    for rate in ("13", "13 %", "13.0", "16")
                ]
            }
        ),
    )  # fmt: skip
    refused = [each.submission for each in found.verdicts if each.code == "submission.tax_rate"]
    assert refused == ["#4"]


def test_tax_is_brought_to_the_basis_of_the_series_when_declared():
    rule = entry_of("normalisation", "tax").function

    basis = SimpleNamespace(basis="included")
    day = SimpleNamespace(card=SimpleNamespace(tax=basis))

    def of(said):
        return rule(quote("a", 100, tax=said), day, rate_percent=Fraction(13))

    assert of("excluded") == ("multiply", Fraction(113, 100), {"tax": "excluded"})
    assert of("included") is None
    assert of("none") is None
    basis.basis = "excluded"
    assert of("included")[1] == Fraction(100, 113)


def test_an_overridable_exclusion_yields_to_a_recorded_decision():
    rule = (
        '[[screening]]\nclause = "2"\nrule = "outlier_absolute"\ndistance = 10\n'
        'action = "exclude"\noverridable = true'
    )
    quotes = [quote("a", 100), quote("b", 100), quote("c", 150)]
    document = assessed(sections=rule)
    assert determine(document, DAY, given(*quotes)).n_used == 2
    kept = [*quotes[:2], quote("c", 150, decision="include")]
    assert determine(document, DAY, given(*kept)).n_used == 3
    single = (
        '[[screening]]\nclause = "2"\nrule = "minimum_quantity"\ntonnes = 50\noverridable = true'
    )
    deals = [quote("a", 100, 20, kind="transaction", decision="include")]
    assert determine(assessed(sections=single), DAY, given(*deals)).n_used == 1


def test_an_unknown_reason_of_the_desk_is_an_error():
    document = load_methodology(METHODOLOGIES / "al-a00/2021-12-27.toml")
    row = quote("a", 22180, series="AL-A00-FOSHAN", decision="exclude", decision_reason="mood")
    found = determine(document, DAY, given(row), "AL-A00-FOSHAN")
    (said,) = [each for each in found.findings if each.code == "submission.unknown_reason"]
    assert "unverifiable" in said.what_to_do


def test_the_figure_of_the_most_traded_contract():
    rows = [
        MarketRow("M", date(2025, 12, 29), contract="A1", numbers={"open_interest": Fraction(5)}),
        MarketRow("M", date(2025, 12, 29), contract="A2", numbers={"open_interest": Fraction(9)}),
        MarketRow("M", DAY, contract="A1", numbers={"close": Fraction(10)}),
        MarketRow("M", DAY, contract="A2", numbers={"close": Fraction(20)}),
    ]
    rule = entry_of("market", "most_traded").function
    assert rule(rows, DAY, field="close", roll=()).number == 20
    assert rule([], DAY, field="close", roll=()) is None


def test_a_close_that_only_the_exchange_states_is_carried():
    rows = [MarketRow("M", DAY, numbers={"close": Fraction(7), "volume": Fraction(0)})]
    found = entry_of("market", "turnover_over_volume").function(rows, DAY, trade_types=("listed",))
    assert (found.number, found.carried) == (7, True)
    empty = [MarketRow("M", DAY, numbers={})]
    assert entry_of("market", "turnover_over_volume").function(
        empty, DAY, trade_types=("listed",)
    ) is None  # fmt: skip


def test_weights_that_sum_to_nothing():
    with pytest.raises(ZeroDivisionError):
        weighted([Fraction(1)], [Fraction(0)])
    with pytest.raises(ZeroDivisionError):
        at_share([], Fraction(1, 2), "mean")
    assert cap_shares({}, Fraction(2, 5)) == ({}, frozenset(), True)


def test_a_price_before_and_a_mean_of_published_values():
    text = formula_text(lag="previous_published").replace('series = "OTHER"', 'series = "MADE"')
    document = load_methodology(text)
    inputs = inputs_from_document(
        {
            "series": {"BASE": "100"},
            "history": [
                {"series": "MADE", "date": "2025-12-29", "mid": "7"},
                {"series": "MADE", "date": "2025-12-30", "mid": "9"},
            ],
        }
    )
    assert str(determine(document, DAY, inputs).mid) == "107"


def test_the_last_one_before_may_be_of_a_closed_day():
    text = formula_text(lag="last_before").replace(
        'lag = "last_before"', 'lag = "last_before"\ncalendar = "CN"\nmax_age = 1'
    )
    rows = {"series": {"BASE": "100", "OTHER": [{"date": "2025-12-28", "value": "5"}]}}
    found = determine(load_methodology(text), DAY, inputs_from_document(rows))
    assert str(found.mid) == "105"
    assert {each.code for each in found.findings} == {"input.stale"}


def test_versions_that_differ_in_formula_and_inputs():
    old = load_methodology(formula_text())
    new = load_methodology(formula_text(line="base - other", lag="in_force"))
    assert {each.place for each in differences_between(old, new)} == {"formula", "input other"}
    removed = {each.kind for each in differences_between(assessed(), old)}
    assert removed == {"added", "removed", "changed"}


def test_a_series_that_depends_on_nobody_has_dependents():
    library = load_library()
    assert library.dependents("ADC12") == (
        "ADC12-AVG-MONTH",
        "ADC12-AVG-WEEK",
        "ADC12-PREMIUM",
    )
    with pytest.raises(Refused):
        library.in_force("AD-MAIN", date(2025, 6, 9))


def test_a_case_that_is_wrong_says_where(tmp_path):
    source = METHODOLOGIES / "al-lc/cases/2021-12-27.toml"
    folder = tmp_path / "al-lc" / "cases"
    folder.mkdir(parents=True)
    (tmp_path / "al-lc/2021-12-27.toml").write_bytes(
        (METHODOLOGIES / "al-lc/2021-12-27.toml").read_bytes()
    )
    path = folder / "wrong.toml"
    text = source.read_text().split("[[case]]")
    path.write_text(text[0] + "[[case]]" + text[4].replace('mid = "20741"', 'mid = "20740"'))
    (case,) = load_cases(path)
    assert differences(case) == ["mid: worked '20740', determined '20741'"]
    path.write_text(
        text[0] + "[[case]]" + text[4].replace("[case.expect]", "[case.expect]\nluck = 1")
    )
    with pytest.raises(DocumentRefused, match="luck"):
        load_cases(path)
