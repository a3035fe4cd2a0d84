"""The one arithmetic line: what it accepts, what it refuses, what it measures."""

from fractions import Fraction

import pytest

from assay.core import TaxBasis, unit_of
from assay.methodology.formula import FormulaError, Measure, parse_formula

INCLUDED = TaxBasis("included", "13")


def measured(line, **units):
    measures = {
        name: Measure(unit_of(code), tax) for name, (code, tax) in units.items()
    }  # fmt: skip
    return parse_formula(line).measure(measures)


@pytest.mark.parametrize(
    ("line", "worked"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("12 / 3 / 2", 2),
        ("-2 * 3", -6),
        ("2 * -3", -6),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1 / 3", Fraction(1, 3)),
    ],
)
def test_arithmetic_is_exact_and_in_the_usual_order(line, worked):
    assert parse_formula(line).evaluate({}) == worked


@pytest.mark.parametrize(
    "line",
    ["", "1 +", "(1", "1)", "a b", "max(a, b)", "a ** 2", "a if b", "A + 1", "1e5", "a[0]", "a; b",
     "__import__", "a == b", "+"],
)  # fmt: skip
def test_what_is_no_formula_is_refused(line):
    with pytest.raises(FormulaError):
        parse_formula(line)


def test_parentheses_cannot_be_endless():
    with pytest.raises(FormulaError, match="deep"):
        parse_formula("(" * 60 + "1" + ")" * 60)


def test_names_and_numbers_filled_in():
    formula = parse_formula("foshan + (national - yunnan) * cea")
    assert formula.names() == ("foshan", "national", "yunnan", "cea")
    numbers = {"foshan": 22180, "national": "12.8", "yunnan": "2.3", "cea": "74.01"}
    exact = {name: Fraction(number) for name, number in numbers.items()}
    assert formula.evaluate(exact) == Fraction("22957.105")
    assert formula.filled(exact) == "22180 + (12.8 - 2.3) * 74.01"


def test_units_multiply_and_cancel():
    none = TaxBasis("none")
    found = measured(
        "base + (a - b) * c",
        base=("CNY/t", INCLUDED),
        a=("tCO2/t", none),
        b=("tCO2/t", none),
        c=("CNY/tCO2", none),
    )
    assert found.unit.code == "CNY/t"
    assert found.tax == INCLUDED


@pytest.mark.parametrize(
    ("line", "left", "right"),
    [
        ("a + b", "CNY/t", "USD/t"),
        ("a + b", "CNY/t", "CNY/kg"),
        ("a - b", "CNY/t", "t"),
        ("a + 1", "CNY/t", "t"),
    ],
)
def test_units_that_do_not_add(line, left, right):
    none = TaxBasis("none")
    with pytest.raises(FormulaError, match="cannot"):
        measured(line, a=(left, none), b=(right, none))


def test_tax_included_and_excluded_do_not_meet_unless_declared():
    units = {
        "a": Measure(unit_of("CNY/t"), INCLUDED),
        "b": Measure(unit_of("CNY/t"), TaxBasis("excluded")),
    }
    formula = parse_formula("a - b")
    with pytest.raises(FormulaError, match="tax_conversion"):
        formula.measure(units)
    assert formula.measure(units, "scrap is bought without an invoice").tax == INCLUDED
