"""The rule of secrecy by itself: DOMAIN section 5, numbers chosen by hand at its edges."""

from fractions import Fraction

import pytest

from assay.core.secrecy import (
    BETWEEN_REVISIONS,
    TOO_FEW,
    TOO_LARGE,
    betrayals,
    between_revisions,
    may_stand_beside,
    withheld_because,
)


@pytest.mark.parametrize(
    ("volumes", "why"),
    [
        ({}, TOO_FEW),
        ({"A": 100, "B": 100}, TOO_FEW),
        ({"A": 50, "B": 25, "C": 25}, None),  # exactly half is allowed
        ({"A": 51, "B": 25, "C": 25}, TOO_LARGE),  # 51 of 101
        ({"A": 0, "B": 0, "C": 0}, None),  # no tonnes known: all alike
        ({"A": 0, "B": 0, "C": 1}, TOO_LARGE),
    ],
)
def test_at_least_three_none_above_half(volumes, why):
    assert withheld_because({firm: Fraction(each) for firm, each in volumes.items()}) == why


def test_two_revisions_may_not_be_subtracted():
    three, four = {"contributors": 3, "tonnes": "300"}, {"contributors": 4, "tonnes": "400"}
    assert between_revisions(three, four) == {"withheld": BETWEEN_REVISIONS}
    assert between_revisions(three, three) == three
    assert between_revisions(None, four) == four
    assert between_revisions({"withheld": TOO_FEW}, four) == {"withheld": BETWEEN_REVISIONS}
    assert between_revisions(three, {}) == {}
    assert not may_stand_beside(three, four)
    assert may_stand_beside(three, {"withheld": TOO_FEW})
    assert may_stand_beside(None, four)


def test_a_figure_of_one_firm_is_found_wherever_it_stands():
    public = {"mid": "22180", "statistics": {"contributors": 5}, "inputs": [{"series": "CEA"}]}
    assert list(betrayals(public)) == []
    left_out = {"statistics": {"contributors": 5, "influence": {"F01": "-10"}}}
    assert list(betrayals(left_out)) == ["statistics.influence"]
    assert list(betrayals({"inputs": [{"contributors": {"F01": "1"}}]})) == [
        "inputs[0].contributors"
    ]
