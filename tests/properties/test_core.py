"""Algebra of exact numbers: what must hold for every number, step and rounding."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from assay.core import Rounding, decimal_of, decimal_text, exact_text, parse_exact, round_to_step

fractions = st.fractions(max_denominator=10_000)
steps = st.sampled_from([Decimal(each) for each in ("10", "50", "5", "1", "0.01", "0.001", "0.25")])
roundings = st.sampled_from(Rounding)


@given(fractions, steps, roundings)
def test_a_rounded_number_is_a_whole_multiple_within_half_a_step(number, step, rounding):
    rounded = round_to_step(number, step, rounding)
    assert (Fraction(rounded) / Fraction(step)).denominator == 1
    assert abs(Fraction(rounded) - number) <= Fraction(step) / 2


@given(fractions, steps, roundings)
def test_rounding_twice_changes_nothing(number, step, rounding):
    once = round_to_step(number, step, rounding)
    assert round_to_step(once, step, rounding) == once


@given(fractions, steps)
def test_the_roundings_differ_only_at_ties(number, step):
    results = {round_to_step(number, step, rounding) for rounding in Rounding}
    tie = (number / Fraction(step) * 2).denominator == 1 and (
        number / Fraction(step)
    ).denominator == 2
    assert len(results) == 1 or tie


@given(fractions, steps)
def test_away_from_zero_is_symmetric_and_half_up_is_not_below(number, step):
    away = Rounding.HALF_AWAY_FROM_ZERO
    there, back = (Fraction(round_to_step(each, step, away)) for each in (number, -number))
    assert there == -back
    assert round_to_step(number, step, Rounding.HALF_UP) >= round_to_step(
        number, step, Rounding.HALF_EVEN
    )


@given(fractions)
def test_exact_text_loses_nothing(number):
    assert parse_exact(exact_text(number)) == number


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6
    )
)
def test_decimal_text_loses_nothing(number):
    assert decimal_of(decimal_text(number)) == number
