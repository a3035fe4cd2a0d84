"""Columns of decimal texts as whole numbers of one scale, exactly.

Usual texts are read at once (by machine code in large runs, by Arrow in small ones); what
is unusual is read one by one by the parser of the house, which alone says what a number is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # pyarrow ships no types

from assay.core import NotANumber, decimal_of
from assay.core.numbers import MAX_DIGITS
from assay.methodology.replay.columns import NULL, Array
from assay.methodology.replay.texts import ODD

#: Texts to digits and decimal places, as `texts.read_decimals` gives them.
Machine = Callable[[pa.Array], tuple[Array, Array]]
_LIMIT = 2**63 - 1
#: What nearly every number looks like; anything else is read one by one.
_USUAL = r"^-?[0-9]{1,17}(\.[0-9]{1,9})?$"
_EXACT = Context(prec=2 * MAX_DIGITS)


@dataclass(frozen=True, slots=True)
class Numerals:
    """Whole numbers of 10^-scale (nulls where nothing stands), and what is no number, by place."""

    wholes: Array
    scale: int
    wrong: Mapping[int, str]


def numerals_of(texts: pa.Array, machine: Machine | None = None) -> Numerals:
    """Every text of a column, at the finest scale that still fits 64 bits."""
    if pa.types.is_string(texts.type) and len(texts):
        found = _by_arrow(texts) if machine is None else _by_machine(texts, machine)
        if found is not None:
            return found
    return _one_by_one(texts)


def _by_arrow(texts: pa.Array) -> Numerals | None:
    """Many plain decimals at once; None where any is unusual."""
    if texts.null_count or not pc.all(pc.match_substring_regex(texts, _USUAL)).as_py():
        return None
    dot, length = (
        np.asarray(each.to_numpy(zero_copy_only=False))
        for each in (pc.find_substring(texts, "."), pc.utf8_length(texts))
    )
    scale = int(np.where(dot < 0, 0, length - dot - 1).max())
    halves = np.frombuffer(pc.cast(texts, pa.decimal128(38, scale)).buffers()[1], dtype=np.int64)
    low, high = halves.reshape(-1, 2)[: len(texts)].T
    if (high != low >> 63).any():
        return None
    return Numerals(low, scale, {})


def _by_machine(texts: pa.Array, machine: Machine) -> Numerals | None:
    """Usual texts by machine code, the odd ones by the parser; None where they fit no one scale."""
    digits, places = machine(texts)
    read, wrong = _parsed(texts, np.flatnonzero(places == ODD).tolist())
    scale = max([int(places.max()), 0, *(_places(each) for each in read.values())])
    if scale >= MAX_DIGITS:
        return None
    wholes = np.full(len(texts), NULL, dtype=np.int64)
    for place in np.unique(places[places >= 0]).tolist():
        own, factor = places == place, 10 ** (scale - place)
        if _LIMIT // factor < int(np.abs(digits[own]).max()):
            return None
        wholes[own] = digits[own] * factor
    for row, each in read.items():
        whole = Fraction(each) * 10**scale
        if abs(whole) > _LIMIT:
            return None
        wholes[row] = int(whole)
    return Numerals(wholes, scale, wrong)


def _one_by_one(texts: pa.Array) -> Numerals:
    read, wrong = _parsed(texts, list(range(len(texts))))
    scale = _scale_for(list(read.values()))
    wholes = np.full(len(texts), NULL, dtype=np.int64)
    for row, each in read.items():
        whole = Fraction(each) * 10**scale
        if whole.denominator > 1 or abs(whole) > _LIMIT:
            wrong[row] = f"{each} has more digits than a column holds"
        else:
            wholes[row] = int(whole)
    return Numerals(wholes, scale, wrong)


def _parsed(texts: pa.Array, rows: list[int]) -> tuple[dict[int, Decimal], dict[int, str]]:
    """The numbers of some rows, and what is said of those that are none (blanks are neither)."""
    read: dict[int, Decimal] = {}
    wrong: dict[int, str] = {}
    listed: list[Any] = texts.take(pa.array(rows, pa.int64())).to_pylist()
    for row, text in zip(rows, listed, strict=True):
        try:
            if text and text.strip():
                read[row] = decimal_of(text)
        except NotANumber as problem:
            wrong[row] = str(problem)
    return read, wrong


def _places(number: Decimal) -> int:
    return max(0, -int(number.normalize(_EXACT).as_tuple().exponent))


def _scale_for(read: list[Decimal]) -> int:
    """The finest scale at which the column's largest number still fits 64 bits."""
    largest = max((abs(int(each)) for each in read), default=0)
    room = next(n for n in range(MAX_DIGITS) if (largest + 1) * 10 ** (n + 1) > _LIMIT)
    return min(max([0, *map(_places, read)]), room)
