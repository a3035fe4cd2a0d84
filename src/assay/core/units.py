"""Units, dimensions and tax bases: what a number is a number *of*.

A bare decimal never crosses a room. A `Unit` is a product of base dimensions
(CNY, USD, t, tCO2, lot) with a scale; formulas are checked on dimensions before
any price is made, so a price per kilogram never meets one per tonne unnoticed.
Nothing here converts by itself: a conversion is declared, or it is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


class UnitError(ValueError):
    """Two units that cannot be used together, or a unit nobody knows."""


Dimensions = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: its code, its dimensions, its scale to the base unit.

    ``CNY/kg`` has the dimensions of ``CNY/t`` and scale 1000: 22 CNY/kg *are*
    22,000 CNY/t, but nobody may conclude so without saying it (`compatible`).
    """

    code: str
    dimensions: Dimensions
    scale: Fraction = Fraction(1)

    def same_dimension(self, other: Unit) -> bool:
        """Whether both measure the same thing, whatever their scale."""
        return self.dimensions == other.dimensions

    def __str__(self) -> str:
        return self.code


def _dimensions(**powers: int) -> Dimensions:
    return tuple(sorted((name, power) for name, power in powers.items() if power))


_KNOWN = (
    Unit("CNY/t", _dimensions(CNY=1, t=-1)),
    Unit("CNY/kg", _dimensions(CNY=1, t=-1), Fraction(1000)),
    Unit("USD/t", _dimensions(USD=1, t=-1)),
    Unit("USD/kg", _dimensions(USD=1, t=-1), Fraction(1000)),
    Unit("USD/lb", _dimensions(USD=1, t=-1), Fraction("2204.6226218")),
    Unit("t", _dimensions(t=1)),
    Unit("kg", _dimensions(t=1), Fraction(1, 1000)),
    Unit("lot", _dimensions(lot=1)),
    Unit("tCO2", _dimensions(tCO2=1)),
    Unit("tCO2/t", _dimensions(tCO2=1, t=-1)),
    Unit("CNY/tCO2", _dimensions(CNY=1, tCO2=-1)),
    # The market's name of the pair: how many CNY one USD costs.
    Unit("USD/CNY", _dimensions(CNY=1, USD=-1)),
    Unit("CNY", _dimensions(CNY=1)),
    Unit("USD", _dimensions(USD=1)),
    Unit("percent", (), Fraction(1, 100)),
    Unit("ratio", ()),
)

UNITS: dict[str, Unit] = {unit.code: unit for unit in _KNOWN}
NUMBER = UNITS["ratio"]


def unit_of(code: str) -> Unit:
    """The unit with this code; `UnitError` names the known ones."""
    try:
        return UNITS[code]
    except KeyError:
        raise UnitError(f"unknown unit {code!r}; known: {', '.join(UNITS)}") from None


def multiply(left: Unit, right: Unit, sign: int = 1) -> Unit:
    """The unit of a product (`sign` 1) or quotient (`sign` -1)."""
    powers = dict(left.dimensions)
    for name, power in right.dimensions:
        powers[name] = powers.get(name, 0) + sign * power
    dimensions = _dimensions(**powers)
    scale = left.scale * right.scale if sign == 1 else left.scale / right.scale
    for unit in _KNOWN:
        if unit.dimensions == dimensions and unit.scale == scale:
            return unit
    over = "*".join(n if p == 1 else f"{n}^{p}" for n, p in dimensions if p > 0) or "1"
    under = "*".join(n if p == -1 else f"{n}^{-p}" for n, p in dimensions if p < 0)
    return Unit(f"{over}/{under}" if under else over, dimensions, scale)


def divide(left: Unit, right: Unit) -> Unit:
    """The unit of a quotient."""
    return multiply(left, right, -1)


@dataclass(frozen=True, slots=True)
class TaxBasis:
    """Whether value-added tax is in the price, and at which rate (percent).

    ``TaxBasis("included", "13")``, ``TaxBasis("excluded")`` or, where no such tax
    exists (carbon, exchange rates), ``TaxBasis("none")``.
    """

    basis: str
    rate_percent: str | None = None

    def __post_init__(self) -> None:
        if self.basis not in TAX_BASES:
            raise UnitError(f"unknown tax basis {self.basis!r}; known: {', '.join(TAX_BASES)}")

    def __str__(self) -> str:
        if self.basis == "included" and self.rate_percent:
            return f"VAT {self.rate_percent} % included"
        return {"included": "tax included", "excluded": "tax excluded", "none": "no tax"}[
            self.basis
        ]


TAX_BASES = ("included", "excluded", "none")
