"""Exact numbers and named roundings: the only arithmetic a price ever meets.

Money is never binary floating point. Inside a calculation a value is a
`fractions.Fraction` (so a mean of three prices is exact); what is printed,
stored or signed is a `decimal.Decimal` rounded once, by a named rounding, to a
named step. This module never guesses: what is not a finite plain number is
refused.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum
from fractions import Fraction

#: More digits than any price has; keeps "1e400" from becoming a denial of service.
MAX_DIGITS = 40

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z", re.ASCII)
_RATIO = re.compile(r"-?\d+/\d+\Z", re.ASCII)


class NotANumber(ValueError):
    """The text is not a plain finite decimal number."""


class Rounding(Enum):
    """A named way to resolve ties. Part of a methodology, never a default.

    The three differ only at exact ties:

    * ``half_up``: towards plus infinity (-2.5 becomes -2);
    * ``half_away_from_zero``: away from zero (-2.5 becomes -3);
    * ``half_even``: to the even neighbour (2.5 becomes 2, 3.5 becomes 4).
    """

    HALF_UP = "half_up"
    HALF_AWAY_FROM_ZERO = "half_away_from_zero"
    HALF_EVEN = "half_even"


def decimal_of(text: str | int | Decimal) -> Decimal:
    """The exact decimal that `text` writes.

    Accepts plain notation only ("22180", "-0.5", "74.01"); floats, exponents,
    NaN, infinities and thousands separators are refused with `NotANumber`.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | Decimal):
        raise NotANumber(f"{text!r} is not an exact number: give decimals as text")
    if isinstance(text, Decimal):
        if not text.is_finite():
            raise NotANumber(f"{text} is not finite")
        exponent = text.as_tuple().exponent
        if abs(int(exponent)) > MAX_DIGITS or abs(text.adjusted()) > MAX_DIGITS:
            raise NotANumber(f"{text} has more than {MAX_DIGITS} digits")
        return text
    if isinstance(text, int):
        return decimal_of(str(text))
    stripped = text.strip()
    if not _PLAIN.match(stripped):
        raise NotANumber(f"{text!r} is not a plain decimal number such as 22180 or 74.01")
    if len(stripped) > MAX_DIGITS:
        raise NotANumber(f"{stripped[:20]}... has more than {MAX_DIGITS} digits")
    return Decimal(stripped)


def fraction_of(number: str | int | Decimal | Fraction) -> Fraction:
    """The same number as an exact fraction, for arithmetic."""
    if isinstance(number, Fraction):
        return number
    return Fraction(decimal_of(number))


def round_to_step(number: Fraction | Decimal | int, step: Decimal, rounding: Rounding) -> Decimal:
    """`number` rounded to a whole multiple of `step`, ties by `rounding`.

    `step` is the rounding unit of the series (10 for A00, 0.001 for Euribor)
    and must be positive. The result carries the decimals of the step.
    """
    if step <= 0:
        raise ValueError(f"a step must be positive, not {step}")
    steps = _round_half(Fraction(number) / Fraction(step), rounding)
    exponent = min(0, int(step.as_tuple().exponent))
    return _scaled(steps * int(Fraction(step) / Fraction(10) ** exponent), exponent)


def _scaled(digits: int, exponent: int) -> Decimal:
    """`digits` x 10^`exponent`, exactly: no decimal context ever rounds it."""
    sign = 1 if digits < 0 else 0
    return Decimal((sign, tuple(int(each) for each in str(abs(digits))), exponent))


def _round_half(ratio: Fraction, rounding: Rounding) -> int:
    floor, rest = divmod(ratio.numerator, ratio.denominator)
    twice = 2 * rest
    if twice != ratio.denominator:
        return floor + (1 if twice > ratio.denominator else 0)
    if rounding is Rounding.HALF_UP:
        return floor + 1
    if rounding is Rounding.HALF_AWAY_FROM_ZERO:
        return floor + (1 if ratio > 0 else 0)
    return floor + (floor % 2)


def decimal_text(number: Decimal) -> str:
    """The canonical text of a decimal: plain notation, no exponent, no minus zero.

    Trailing zeros after the point are kept: 74.10 is a price with two decimals.
    """
    if not number.is_finite():
        raise NotANumber(f"{number} is not finite")
    text = format(number, "f")
    return text[1:] if number == 0 and text.startswith("-") else text


def exact_text(number: Fraction | Decimal) -> str:
    """An exact value for people and traces: decimal where it ends, else a fraction.

    ``Fraction(155421, 200)`` gives ``"777.105"``; ``Fraction(1, 3)`` gives ``"1/3"``.
    """
    if isinstance(number, Decimal):
        return decimal_text(number)
    rest = number.denominator
    twos = fives = 0
    while rest % 2 == 0:
        rest //= 2
        twos += 1
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    places = max(twos, fives)
    digits = number.numerator * 10**places // number.denominator
    return decimal_text(_scaled(digits, -places)) if places else str(digits)


def parse_exact(text: str) -> Fraction:
    """The inverse of `exact_text`."""
    if "/" in text:
        above, _, below = text.partition("/")
        if _RATIO.match(text) is None or int(below) == 0:
            raise NotANumber(f"{text[:20]!r} is no ratio of whole numbers such as 1/3")
        return Fraction(int(above), int(below))
    return fraction_of(text)
