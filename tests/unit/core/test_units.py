"""Units multiply as a physicist expects, and never convert by themselves."""

import pytest

from assay.core import TaxBasis, UnitError, divide, multiply, unit_of


def test_the_carbon_part_has_the_unit_of_the_price():
    intensity, carbon = unit_of("tCO2/t"), unit_of("CNY/tCO2")
    assert multiply(intensity, carbon) == unit_of("CNY/t")


def test_import_parity_has_the_unit_of_the_price():
    assert multiply(unit_of("USD/t"), unit_of("USD/CNY")) == unit_of("CNY/t")


def test_turnover_over_volume_is_a_carbon_price():
    assert divide(unit_of("CNY"), unit_of("tCO2")) == unit_of("CNY/tCO2")


def test_kilograms_have_the_dimension_but_not_the_unit_of_tonnes():
    assert unit_of("CNY/kg").same_dimension(unit_of("CNY/t"))
    assert unit_of("CNY/kg") != unit_of("CNY/t")
    assert unit_of("CNY/kg").scale == 1000


def test_dollars_are_not_yuan():
    assert not unit_of("USD/t").same_dimension(unit_of("CNY/t"))


def test_a_product_without_a_name_gets_a_readable_code():
    assert str(multiply(unit_of("CNY/t"), unit_of("CNY/t"))) == "CNY^2/t^2"
    assert str(divide(unit_of("ratio"), unit_of("t"))) == "1/t"


def test_unknown_units_and_tax_bases_name_the_known_ones():
    with pytest.raises(UnitError, match="CNY/t"):
        unit_of("yuan/ton")
    with pytest.raises(UnitError, match="included"):
        TaxBasis("incl")


def test_tax_bases_in_words():
    assert str(TaxBasis("included", "13")) == "VAT 13 % included"
    assert str(TaxBasis("included")) == "tax included"
    assert str(TaxBasis("excluded")) == "tax excluded"
