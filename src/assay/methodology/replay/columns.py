"""Rows as columns of integers: what the tables are read into and the engines read from.

Prices and quantities are whole numbers of 10^-scale (the scale is found from the data),
days count from 1970-01-01, instants are microseconds UTC, words are codes into one
dictionary per column. Nothing here is a binary float, and nothing here judges a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

#: No number, no day, no instant stands here.
NULL = int(np.iinfo(np.int64).min)
NUMBERS = ("low", "high", "premium_low", "premium_high", "quantity")
INSTANTS = ("received_at", "concluded_at")
DAYS = ("delivery_date",)
#: The attributes of `Columns` that hold columns by name.
FAMILIES = ("words", "numbers", "instants", "days")
EPOCH = date(1970, 1, 1)
_FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(number))


def instant_number(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z, exactly."""
    return (instant - _FIRST_INSTANT) // timedelta(microseconds=1)


def instant_of(number: int) -> datetime:
    """The instant of a number of microseconds."""
    return _FIRST_INSTANT + timedelta(microseconds=int(number))


class Dictionary:
    """The words of one column and their codes; -1 is no word."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._codes: dict[str, int] = {}

    def code(self, word: str) -> int:
        """The code of `word`, new or known."""
        known = self._codes.get(word)
        if known is None:
            known = self._codes[word] = len(self.words)
            self.words.append(word)
        return known

    def known(self, word: str) -> int:
        """The code of a word that was seen, else -2 (which no row has)."""
        return self._codes.get(word, -2)

    def codes(self, words: Iterable[str | None]) -> Array:
        """The codes of many words (None and empty are -1)."""
        return np.array([self.code(word) if word else -1 for word in words], dtype=np.int32)

    def word(self, code: int) -> str | None:
        """The word of a code, or None."""
        return self.words[code] if code >= 0 else None


@dataclass(slots=True)
class Columns:
    """Some rows: each column an array of the same length.

    `words` holds code arrays (series, contributor, kind, ...), `numbers` holds integers
    at the scale given in `scales`, `instants` microseconds; absent columns are absent.
    `ids` are the submissions' own ids where the table has them.
    """

    day: Array
    position: Array
    words: dict[str, Array]
    numbers: dict[str, Array]
    scales: dict[str, int]
    instants: dict[str, Array] = field(default_factory=dict)
    days: dict[str, Array] = field(default_factory=dict)
    ids: Array | None = None

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: Any) -> Columns:
        """The rows of an index, a mask or a slice, in that order."""
        return Columns(
            day=self.day[rows],
            position=self.position[rows],
            words={name: codes[rows] for name, codes in self.words.items()},
            numbers={name: whole[rows] for name, whole in self.numbers.items()},
            scales=dict(self.scales),
            instants={name: each[rows] for name, each in self.instants.items()},
            days={name: each[rows] for name, each in self.days.items()},
            ids=None if self.ids is None else self.ids[rows],
        )

    def number(self, name: str, row: int) -> Fraction | None:
        """One number exactly, or None."""
        whole = self.numbers.get(name)
        if whole is None or whole[row] == NULL:
            return None
        return Fraction(int(whole[row]), 10 ** self.scales[name])


class DoesNotFit(OverflowError):
    """A number has more digits than a column of 64-bit integers holds."""


def rescaled(whole: Array, places: int) -> Array:
    """Integers times 10^places, nulls kept; `DoesNotFit` rather than a wrapped number."""
    if places == 0:
        return whole
    factor = 10**places
    there = whole != NULL
    if there.any():
        limit = (2**63 - 1) // factor
        if int(whole[there].max()) > limit or int(whole[there].min()) < -limit:
            raise DoesNotFit(f"a number does not fit 64 bits at {places} more decimals")
    return np.where(there, np.where(there, whole, 0) * factor, NULL)


def joined(parts: list[Columns]) -> Columns:
    """Several pieces one after another, brought to the finest scale among them."""
    if len(parts) == 1:
        return parts[0]
    scales = finest(parts)
    families: dict[str, dict[str, Array]] = {
        family: {name: column_of(parts, family, name, scales) for name in getattr(parts[0], family)}
        for family in FAMILIES
    }
    return Columns(
        day=column_of(parts, "day"),
        position=column_of(parts, "position"),
        scales=scales,
        ids=None if parts[0].ids is None else column_of(parts, "ids"),
        **families,
    )


def finest(parts: list[Columns]) -> dict[str, int]:
    """The finest scale of each column of numbers."""
    scales: dict[str, int] = {}
    for part in parts:
        for name, scale in part.scales.items():
            scales[name] = max(scale, scales.get(name, 0))
    return scales


def column_of(
    parts: list[Columns], family: str, name: str = "", scales: Mapping[str, int] | None = None
) -> Array:
    """One column of several pieces: of a family by its name, or `day`, `position`, `ids`."""
    if not name:
        return np.concatenate([getattr(part, family) for part in parts])
    pieces = [getattr(part, family)[name] for part in parts]
    if family == "numbers" and scales is not None:
        pieces = [
            rescaled(piece, scales[name] - part.scales[name])
            for piece, part in zip(pieces, parts, strict=True)
        ]
    return np.concatenate(pieces)


def null_numbers(size: int) -> Array:
    """A column of nothing but nulls."""
    return np.full(size, NULL, dtype=np.int64)
