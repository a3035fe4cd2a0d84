"""Exact arithmetic: fractions inside, decimals in text outside, three named roundings.

No floating point anywhere, no decimal context that could round by itself.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from verifier.canonical import Malformed

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z", re.ASCII)
ROUNDINGS = ("half_up", "half_away_from_zero", "half_even")


def number(given: Any) -> Fraction:
    """The exact number that a text, an integer or a TOML decimal writes."""
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal | Fraction):
        raise Malformed(f"{given!r} is not an exact number")
    if isinstance(given, str):
        text = given.strip()
        if "/" in text:
            above, _, below = text.partition("/")
            if not (re.fullmatch(r"-?\d+", above) and re.fullmatch(r"0*[1-9]\d*", below)):
                raise Malformed(f"{given!r} is not an exact number")
            return Fraction(int(above), int(below))
        if not _PLAIN.match(text):
            raise Malformed(f"{given!r} is not a plain decimal number")
        return Fraction(text)
    return Fraction(given)


def maybe(given: Any) -> Fraction | None:
    """The number, or None where there is none."""
    return None if given is None else number(given)


def rounded(exact: Fraction, step: Fraction, rounding: str) -> Fraction:
    """`exact` brought to a whole multiple of `step`, ties by the named rounding."""
    if rounding not in ROUNDINGS:
        raise Malformed(f"unknown rounding {rounding!r}; known: {', '.join(ROUNDINGS)}")
    if step <= 0:
        raise Malformed(f"a step must be positive, not {step}")
    steps = exact / step
    below = steps.numerator // steps.denominator
    rest = steps - below
    half = Fraction(1, 2)
    if rest != half:
        return (below + (1 if rest > half else 0)) * step
    up = {
        "half_up": True,
        "half_away_from_zero": steps > 0,
        "half_even": below % 2 == 1,
    }[rounding]
    return (below + (1 if up else 0)) * step


def text(exact: Fraction) -> str:
    """An exact number for people: a decimal where it ends, a fraction otherwise."""
    rest, twos, fives = exact.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1:
        return f"{exact.numerator}/{exact.denominator}"
    return _plain(exact, places)


def fixed(exact: Fraction, step: Fraction) -> str:
    """A rounded number with as many places as its step has: 74.10 for a step of 0.01."""
    return _plain(exact, len(text(step).partition(".")[2]))


def _plain(exact: Fraction, places: int) -> str:
    digits = str(abs(exact.numerator) * 10**places // exact.denominator).rjust(places + 1, "0")
    sign = "-" if exact < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
