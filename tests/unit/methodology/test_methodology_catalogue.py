"""Estimators, trims, caps, ranges and panel rules against numbers worked by hand."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from unit.methodology.methodology_texts import DAY, assessed, given, quote

from assay.methodology import determine
from assay.methodology.catalogue import entry_of
from assay.methodology.catalogue.caps import cap_shares
from assay.methodology.catalogue.shapes import Used
from assay.methodology.catalogue.trimming import trim_count


def used(*values):
    """Used values of (contributor, price, weight)."""
    return [
        Used(name, name, "", Fraction(price), Fraction(price), Fraction(price), Fraction(weight),
             None, (name,))
        for name, price, weight in values
    ]  # fmt: skip


def run(family, name, values, **arguments):
    return entry_of(family, name).function(values, **arguments)


FIVE = used(("a", 1, 10), ("b", 2, 20), ("c", 4, 40), ("d", 8, 20), ("e", 100, 10))
FOUR = FIVE[:4]


@pytest.mark.parametrize(
    ("name", "values", "arguments", "worked"),
    [
        ("mean", used(("a", 1, 1), ("b", 2, 1)), {}, Fraction(3, 2)),
        # 10 + 40 + 160 + 160 + 1000 = 1370 on 100
        ("weighted_mean", FIVE, {}, Fraction(137, 10)),
        ("vwap", FIVE, {}, Fraction(137, 10)),
        ("median", FIVE, {"even": "mean"}, 4),
        ("median", FOUR, {"even": "mean"}, 3),
        ("median", FOUR, {"even": "lower"}, 2),
        ("median", FOUR, {"even": "upper"}, 4),
        # half of 100 is 50: 10, 30, 70 passes it at 4
        ("weighted_median", FIVE, {"tie": "lower"}, 4),
        ("percentile", FIVE, {"percent": Decimal(25), "tie": "lower"}, 2),
        ("percentile", FIVE, {"percent": Decimal(10), "tie": "lower"}, 1),
        ("percentile", FIVE, {"percent": Decimal(10), "tie": "upper"}, 2),
        ("percentile", FIVE, {"percent": Decimal(10), "tie": "mean"}, Fraction(3, 2)),
        ("percentile", FIVE, {"percent": Decimal(100), "tie": "mean"}, 100),
        ("middle_of_range", FIVE, {}, Fraction(101, 2)),
    ],
)
def test_estimators(name, values, arguments, worked):
    assert run("estimator", name, values, **arguments) == worked
    assert run("estimator", name, values[::-1], **arguments) == worked


def prices(values):
    return [(int(each.price), each.weight) for each in values]


def test_trim_by_count_and_table():
    assert [p for p, _ in prices(run("trim", "count", FIVE, low=1, high=2))] == [2, 4]
    table = [{"from": 1, "drop": 0}, {"from": 4, "drop": 1}, {"from": 11, "drop": 3}]
    assert [p for p, _ in prices(run("trim", "count_table", FIVE, table=table))] == [2, 4, 8]
    assert len(run("trim", "count_table", FIVE[:3], table=table)) == 3


@pytest.mark.parametrize(
    ("size", "percent", "count", "worked"),
    [
        (10, "15", "floor", 1),
        (10, "15", "ceil", 2),
        (10, "15", "half_up", 2),
        (9, "15", "half_up", 1),
        (3, "15", "half_up", 0),
        (48, "15", "half_up", 7),
        (20, "15", "ceil", 3),
        (6, "10", "floor", 0),
    ],
)
def test_how_many_a_percent_trims(size, percent, count, worked):
    assert trim_count(size, Decimal(percent), count) == worked


def test_trim_by_volume_cuts_the_value_at_the_edge():
    # 100 in all, a quarter at each end: 10 and 15 of b's 20 go below, 10 and 15 of d's above
    kept = run("trim", "volume", FIVE, percent=Decimal(25))
    assert prices(kept) == [(2, 5), (4, 40), (8, 5)]


def test_trim_of_the_lowest_volume_of_one_segment():
    mixed = [replace(each, klass="DVP" if each.price < 5 else "GCF") for each in FIVE]
    # DVP is 10 + 20 + 40 = 70; 20 % of it, 14, go: all of a and 4 of b
    kept = run("trim", "lowest_volume", mixed, percent=Decimal(20), segment="DVP")
    assert sorted(prices(kept)) == [(2, 16), (4, 40), (8, 20), (100, 10)]


def test_a_trim_that_would_leave_nothing_leaves_all():
    assert len(run("trim", "count", FIVE, low=3, high=2)) == 5


def shares(**weights):
    found, bound, holds = cap_shares(
        {name: Fraction(weight) for name, weight in weights.items()}, Fraction(2, 5)
    )
    return {name: str(share) for name, share in found.items()}, sorted(bound), holds


def test_a_cap_that_does_not_bind_changes_nothing():
    assert shares(a=40, b=30, c=30) == ({"a": "2/5", "b": "3/10", "c": "3/10"}, [], True)


def test_a_cap_repeated_to_its_fixed_point():
    # 60:30:10 -> a at 2/5; the rest 3/5 as 3:1 = 9/20 and 3/20; b above -> 2/5; c gets 1/5
    assert shares(a=60, b=30, c=10) == ({"a": "2/5", "b": "2/5", "c": "1/5"}, ["a", "b"], True)


def test_a_cap_that_cannot_hold_weighs_all_alike():
    assert shares(a=90, b=10) == ({"a": "1/2", "b": "1/2"}, ["a", "b"], False)


@pytest.mark.parametrize(
    ("rule", "low", "mid", "high"),
    [
        ('rule = "min_max"', "100", "200", "300"),
        ('rule = "mid"', "200", "200", "200"),
        ('rule = "band"\nbelow = 30\nabove = 50\nas = "absolute"', "170", "200", "250"),
        ('rule = "band"\nbelow = 5\nabove = 10\nas = "percent"', "190", "200", "220"),
        ('rule = "percentiles"\nlow = 25\nhigh = 75', "100", "200", "300"),
        ('rule = "quote_ends"', "80", "200", "320"),
        ('rule = "quote_means"', "190", "200", "210"),
    ],
)
def test_range_rules(rule, low, mid, high):
    quotes = [
        quote("a", 100, low=80, high=120),
        quote("b", 200, low=200, high=200),
        quote("c", 300, low=290, high=310),
        quote("d", 200, low=190, high=210),
    ]
    if "quote" not in rule:
        quotes = quotes[:3]
    if "ends" in rule:
        quotes[2] = quote("c", 300, low=280, high=320)
    found = determine(assessed(range=rule), DAY, given(*quotes))
    if "means" in rule:
        # (80 + 200 + 290 + 190) / 4 = 190 and (120 + 200 + 310 + 210) / 4 = 210
        assert (str(found.low), str(found.high)) == (low, high)
        return
    assert (str(found.low), str(found.mid), str(found.high)) == (low, mid, high)


def screened(rule, quotes, **more):
    document = assessed(sections=f'[[screening]]\nclause = "2"\n{rule}')
    return determine(document, DAY, given(*quotes, **more))


def codes(found):
    return sorted(each.code for each in found.findings)


THREE = (quote("a", 100), quote("b", 102), quote("c", 130))


@pytest.mark.parametrize(
    ("rule", "used_count"),
    [
        # the median of the day is 102
        ('rule = "outlier_absolute"\ndistance = 28\naction = "exclude"', 3),
        ('rule = "outlier_absolute"\ndistance = 27\naction = "exclude"', 2),
        ('rule = "outlier_percent"\npercent = 27\naction = "exclude"', 2),
        ('rule = "outlier_percent"\npercent = 28\naction = "exclude"', 3),
        # deviations 2, 0, 28: their median is 2; 14 x 2 = 28 is not exceeded
        ('rule = "outlier_mad"\nmultiple = 14\naction = "exclude"', 3),
        ('rule = "outlier_mad"\nmultiple = 13\naction = "exclude"', 2),
        ('rule = "outlier_mad"\nmultiple = 13\nfloor = 30\naction = "exclude"', 3),
        ('rule = "outlier_percent"\npercent = 27\naction = "flag"', 3),
        # a against the median of 102 and 130 (116): 14 %; b against 115: 11 %; c: 101, 29 %
        ('rule = "outlier_contributor"\npercent = 15\naction = "exclude"', 2),
    ],
)
def test_outliers(rule, used_count):
    assert screened(rule, THREE).n_used == used_count


def test_once_out_back_in_only_within_a_closer_limit():
    from datetime import date

    rule = 'rule = "outlier_percent"\npercent = 10\nreadmit_percent = 5\naction = "exclude"'
    yesterday = date(2025, 12, 29)
    before = [quote("a", 100, day=yesterday), quote("b", 100, day=yesterday)]
    out = [*before, quote("c", 130, day=yesterday)]
    today = [quote("a", 100), quote("b", 100), quote("c", 108)]
    assert screened(rule, [*before, *today]).n_used == 3
    assert screened(rule, [*out, *today]).n_used == 2
    close = [quote("a", 100), quote("b", 100), quote("c", 105)]
    assert screened(rule, [*out, *close]).n_used == 3


def test_stale_repeats_are_seen():
    from datetime import date

    before = quote("a", 100, day=date(2025, 12, 29))
    found = screened('rule = "stale_repeat"', [before, quote("a", 100), quote("b", 101)])
    assert codes(found) == ["submission.stale_repeat"]
    assert found.n_used == 2


def test_against_a_related_series():
    from assay.methodology import inputs_from_document

    rule = 'rule = "against_series"\nseries = ["FUT"]\nbelow = 10\nabove = 40\naction = "exclude"'
    inputs = inputs_from_document({"series": {"FUT": "100"}})
    quotes = [quote("a", 90), quote("b", 140), quote("c", 89), quote("d", 141)]
    assert screened(rule, quotes, series=inputs.series).n_used == 2


def test_concentration_is_shown():
    rule = 'rule = "concentration"\npercent = 50\nper = "group"\nof = "tonnes"'
    quotes = [quote("a", 100, 60, group="g"), quote("b", 100, 40)]
    assert codes(screened(rule, quotes)) == ["submission.concentration"]


def test_differentials_stand_in_the_trace():
    document = assessed(
        sections='[[normalisation]]\nrule = "differential"\nclause = "2"\nfield = "place"\n'
        'add = { Wuxi = "-20" }'
    )
    found = determine(document, DAY, given(quote("a", 120, place="Wuxi"), quote("b", 100)))
    assert (str(found.low), str(found.mid), str(found.high)) == ("100", "100", "100")
    (term,) = found.document()["trace"]["mid"]["terms"][0]["terms"]
    assert term["normalisation"] == [
        {"rule": "differential", "clause": "2", "add": "-20", "because": {"place": "Wuxi"}}
    ]


def test_units_are_converted_only_when_declared():
    declared = '[[normalisation]]\nrule = "per_unit"\nclause = "2"\ndeclared = true\n'
    screen = '[[screening]]\nrule = "unit_and_tax"\nclause = "2"\n'
    kilo = given(quote("a", "22.1", unit="CNY/kg"), quote("b", "22120", unit="CNY/t"))
    assert str(determine(assessed(sections=screen), DAY, kilo).mid) == "22120"
    assert str(determine(assessed(sections=declared + screen), DAY, kilo).mid) == "22110"


def test_a_premium_quote_is_priced_by_its_series():
    from dataclasses import replace as changed

    from assay.methodology import inputs_from_document

    document = assessed(
        sections='[[normalisation]]\nrule = "premium_against"\nclause = "2"\nseries = ["FUT"]'
    )
    series = inputs_from_document({"series": {"FUT": "21480"}}).series
    premium = changed(
        quote("a", 0, against="FUT"), low=None, high=None,
        premium_low=Fraction(-150), premium_high=Fraction(-110),
    )  # fmt: skip
    # 21480 - 130 = 21350
    assert str(determine(document, DAY, given(premium, series=series)).mid) == "21350"
    assert determine(document, DAY, given(premium)).reason == "insufficient_data"


def test_futures_plus_premium_range():
    text = (
        '[[input]]\nname = "{0}"\nseries = "{1}"\nleg = "{2}"\nlag = "same_day"\n'
        'unit = "CNY/t"\ntax = "none"\nclause = "2"\n'
    )
    inputs = "".join(
        text.format(*each)
        for each in (
            ("fl", "FUT", "low"),
            ("fh", "FUT", "high"),
            ("pl", "PREM", "low"),
            ("ph", "PREM", "high"),
        )
    )
    rule = (
        'rule = "futures_premium"\nlow = "fl"\nhigh = "fh"\npremium_low = "pl"\npremium_high = "ph"'
    )
    document = assessed(sections=inputs, range=rule)
    from assay.methodology import inputs_from_document

    series = inputs_from_document(
        {
            "series": {
                "FUT": {"low": "21400", "mid": "21450", "high": "21500"},
                "PREM": {"low": "-50", "mid": "0", "high": "80"},
            }
        }
    ).series
    found = determine(document, DAY, given(quote("a", 21460), series=series))
    assert (str(found.low), str(found.mid), str(found.high)) == ("21350", "21460", "21580")
    missing = determine(document, DAY, given(quote("a", 21460)))
    assert missing.reason == "missing_input:FUT"
