"""Named roundings at exact ties, exact text, and what is no number."""

from decimal import Decimal
from fractions import Fraction

import pytest

from assay.core import (
    NotANumber,
    Rounding,
    decimal_of,
    decimal_text,
    exact_text,
    parse_exact,
    round_to_step,
)

UP, AWAY, EVEN = Rounding.HALF_UP, Rounding.HALF_AWAY_FROM_ZERO, Rounding.HALF_EVEN


@pytest.mark.parametrize(
    ("number", "step", "up", "away", "even"),
    [
        # DOMAIN section 9: ties at the rounding digit, also negative ones.
        ("22185", "10", "22190", "22190", "22180"),
        ("22195", "10", "22200", "22200", "22200"),
        ("-2.5", "1", "-2", "-3", "-2"),
        ("-3.5", "1", "-3", "-4", "-4"),
        ("2.3125", "0.001", "2.313", "2.313", "2.312"),
        ("-0.0005", "0.001", "0.000", "-0.001", "0.000"),
        ("22325", "50", "22350", "22350", "22300"),
        ("21482.4", "5", "21480", "21480", "21480"),
        ("-0.4", "1", "0", "0", "0"),
    ],
)
def test_ties(number, step, up, away, even):
    rounded = [
        decimal_text(round_to_step(Decimal(number), Decimal(step), rounding))
        for rounding in (UP, AWAY, EVEN)
    ]
    assert rounded == [up, away, even]


def test_the_low_carbon_price_of_2023_08_18_rounds_once():
    # DOMAIN section 4: 18,460 + 10.4 x 70.10 = 19,189.04, printed 19,189.
    unrounded = 18460 + Fraction("10.4") * Fraction("70.10")
    assert exact_text(unrounded) == "19189.04"
    assert round_to_step(unrounded, Decimal(1), UP) == 19189


def test_more_digits_than_any_decimal_context_stay_exact():
    huge = Decimal("123456789012345678901234567890123.5")
    assert decimal_text(round_to_step(huge, Decimal(1), UP)) == "123456789012345678901234567890124"


@pytest.mark.parametrize(
    "text",
    ["", "NaN", "Infinity", "1e400", "1E3", "22,180", "０", "12.3.0", "0x10", "1_000", " ", "--1"],
)
def test_what_is_not_a_plain_number_is_refused(text):
    with pytest.raises(NotANumber):
        decimal_of(text)


@pytest.mark.parametrize("thing", [True, None, 1.5, float("inf"), Decimal("NaN"), Decimal("1E+99")])
def test_floats_and_infinities_are_refused(thing):
    with pytest.raises(NotANumber):
        decimal_of(thing)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (Fraction(155421, 200), "777.105"),
        (Fraction(-3, 8), "-0.375"),
        (Fraction(1, 3), "1/3"),
        (Fraction(22180), "22180"),
        (Fraction(0), "0"),
    ],
)
def test_exact_text_and_back(fraction, text):
    assert exact_text(fraction) == text
    assert parse_exact(text) == fraction


def test_a_step_must_be_positive():
    with pytest.raises(ValueError, match="positive"):
        round_to_step(Decimal(1), Decimal(0), UP)


def test_canonical_decimal_text_keeps_zeros_and_drops_minus_zero():
    assert decimal_text(Decimal("74.10")) == "74.10"
    assert decimal_text(Decimal("-0.00")) == "0.00"
    assert decimal_text(Decimal("2.218E+4")) == "22180"
