"""Decimal texts read in one pass over their bytes: digits and places, or a word that they are odd.

Compiled like the kernel, and written like it; only large runs use it. It reads what nearly
every number looks like; all else is odd, and read one by one by the parser of the house.
"""

from __future__ import annotations

from typing import Any

#: Instead of a number of decimal places: nothing stands there; it is no usual number.
EMPTY, ODD = -1, -2
#: More digits than these might not fit 64 bits.
MOST_DIGITS = 18
_MINUS, _DOT, _ZERO, _NINE = 45, 46, 48, 57


def read_decimals(size: int, offsets: Any, text: Any, values: Any, places: Any) -> None:
    """Of each text between its offsets: its digits as one whole number, and its decimal places."""
    for row in range(size):
        at, end = offsets[row], offsets[row + 1]
        values[row], places[row] = 0, EMPTY
        if at == end:
            continue
        negative = text[at] == _MINUS
        if negative:
            at += 1
        number = digits = 0
        before = -1
        while at < end and digits <= MOST_DIGITS:
            sign = text[at]
            if _ZERO <= sign <= _NINE:
                number = 10 * number + (sign - _ZERO)
                digits += 1
            elif sign == _DOT and before < 0:
                before = digits
            else:
                break
            at += 1
        if at < end or digits == 0 or digits > MOST_DIGITS or before in (0, digits):
            places[row] = ODD
            continue
        values[row] = -number if negative else number
        places[row] = 0 if before < 0 else digits - before
