"""One arithmetic line over named inputs: ``foshan + (national - yunnan) * cea``.

Read and computed here by hand, in exact fractions; never given to Python to run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from verifier.canonical import Malformed

_WORD = re.compile(r"\s*(\d+(?:\.\d+)?|[a-z][a-z0-9_]*|[-+*/()])", re.ASCII)
DEEPEST = 40


def words_of(line: str) -> list[str]:
    """The names, numbers and signs of a line."""
    found, place, end = [], 0, len(line.rstrip())
    while place < end:
        match = _WORD.match(line, place)
        if match is None:
            raise Malformed(f"the formula {line!r} cannot be read at {line[place:]!r}")
        found.append(match[1])
        place = match.end()
    return found


def compute(line: str, numbers: Mapping[str, Fraction]) -> Fraction:
    """The exact value of `line` with these numbers for its names."""
    reader = _Reader(words_of(line), numbers)
    found = reader.sum(0)
    if reader.next() is not None:
        raise Malformed(f"the formula {line!r} has something left at its end")
    return found


class _Reader:
    def __init__(self, words: list[str], numbers: Mapping[str, Fraction]) -> None:
        self.words = words
        self.numbers = numbers
        self.place = 0

    def next(self) -> str | None:
        return self.words[self.place] if self.place < len(self.words) else None

    def take(self) -> str:
        word = self.next()
        if word is None:
            raise Malformed("the formula ends too early")
        self.place += 1
        return word

    def sum(self, depth: int) -> Fraction:
        left = self.product(depth)
        while self.next() in ("+", "-"):
            sign = self.take()
            right = self.product(depth)
            left = left + right if sign == "+" else left - right
        return left

    def product(self, depth: int) -> Fraction:
        left = self.atom(depth)
        while self.next() in ("*", "/"):
            sign = self.take()
            right = self.atom(depth)
            left = left * right if sign == "*" else left / right
        return left

    def atom(self, depth: int) -> Fraction:
        if depth > DEEPEST:
            raise Malformed("the formula is nested too deeply")
        word = self.take()
        if word == "-":
            return -self.atom(depth + 1)
        if word == "(":
            inner = self.sum(depth + 1)
            if self.take() != ")":
                raise Malformed("a parenthesis of the formula is not closed")
            return inner
        if word[0].isdigit():
            return Fraction(word)
        if word not in self.numbers:
            raise Malformed(f"the formula names {word!r}, which is no input")
        return self.numbers[word]
