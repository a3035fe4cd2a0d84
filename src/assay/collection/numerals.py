"""Numbers as people type them: 22,180, 2.22万, 二点二万, 两万二.

Finds them in normalised text with their span and exact decimal; a number whose grouping is
broken ("2,2180") is found too, without a value. It never rounds and never repairs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal

from assay.core import NotANumber, decimal_of

_EXACT = Context(prec=120)
_LONGEST = 24
_ASCII = re.compile(
    r"(?<![0-9.])"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)"
    r"(?P<rest>\.[0-9]+)?"
)
_BROKEN = re.compile(r"(?<![0-9,.])[0-9]{1,3},(?:[0-9]{1,2}|[0-9]{4,})(?![0-9])")
_AFTER_MYRIAD = re.compile(r"(?P<four>[0-9]{4})(?![0-9.])|(?P<one>[0-9])(?![0-9.])")
_CHINESE = re.compile(r"[零〇一二三四五六七八九两十百千万亿点]{2,24}")
_DIGITS = {letter: number for number, letter in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_STEPS = {"十": 10, "百": 100, "千": 1_000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_SPELLED_RUN = 3


@dataclass(frozen=True, slots=True)
class NumberRead:
    """A number in a text: its span and exact amount; None where its digits are broken."""

    start: int
    end: int
    amount: Decimal | None
    digits: int = 0


def number_at(text: str, start: int) -> NumberRead | None:
    """The number that begins at `start`, or None."""
    letter = text[start]
    if "0" <= letter <= "9":
        return _ascii_at(text, start)
    if letter in _DIGITS or letter == "十":
        return _chinese_at(text, start)
    return None


def _ascii_at(text: str, start: int) -> NumberRead | None:
    broken = _BROKEN.match(text, start)
    if broken:
        return NumberRead(start, broken.end(), None)
    match = _ASCII.match(text, start)
    if match is None:
        return None
    whole = match["digits"].replace(",", "")
    if len(whole) + len(match["rest"] or "") > _LONGEST:
        return NumberRead(start, match.end(), None)
    amount, end = Decimal(whole + (match["rest"] or "")), match.end()
    if text.startswith("万", end):
        return _myriads(text, start, end + 1, amount, len(whole))
    if text.startswith("千", end):
        return NumberRead(start, end + 1, _EXACT.multiply(amount, Decimal(1_000)), len(whole))
    return NumberRead(start, end, amount, len(whole))


def _myriads(text: str, start: int, end: int, amount: Decimal, digits: int) -> NumberRead:
    amount = _EXACT.multiply(amount, Decimal(10_000))
    more = _AFTER_MYRIAD.match(text, end)
    if more is None:
        return NumberRead(start, end, amount, digits)
    rest = Decimal(more["four"]) if more["four"] else Decimal(more["one"]) * 1_000
    if more["one"] and text.startswith("吨", more.end()):
        return NumberRead(start, end, amount, digits)
    return NumberRead(start, more.end(), _EXACT.add(amount, rest), digits)


def _chinese_at(text: str, start: int) -> NumberRead | None:
    match = _CHINESE.match(text, start)
    if match is None:
        return None
    for end in range(match.end(), start + 1, -1):
        amount = chinese_number(text[start:end])
        if amount is not None:
            return NumberRead(start, end, amount)
    return None


def chinese_number(text: str) -> Decimal | None:
    """The exact amount of a Chinese numeral, or None where it is not one.

    Reads spelled digits (二二一八零), sections (二万二千一百八十), a point (二点二万) and the
    spoken tail (两万二 is 22,000, 一百五 is 150).
    """
    whole, point, rest = text.partition("点")
    if not point:
        return _whole(text)
    scale = Decimal(1)
    if rest and rest[-1] in _MYRIADS:
        scale = Decimal(_MYRIADS[rest[-1]])
        rest = rest[:-1]
    before = _section(whole) if len(whole) > 1 else _one(whole)
    if before is None or not rest or any(letter not in _DIGITS for letter in rest):
        return None
    after = "".join(str(_DIGITS[letter]) for letter in rest)
    return _EXACT.multiply(Decimal(f"{before}.{after}"), scale)


def _one(letter: str) -> int | None:
    return 10 if letter == "十" else _DIGITS.get(letter)


def _whole(text: str) -> Decimal | None:
    if all(letter in _DIGITS for letter in text):
        if len(text) < _SPELLED_RUN:
            return None
        return Decimal("".join(str(_DIGITS[letter]) for letter in text))
    total, rest = 0, text
    for mark in ("亿", "万"):
        before, found, after = rest.partition(mark)
        if not found:
            continue
        section = _section(before)
        if section is None:
            return None
        total += section * _MYRIADS[mark]
        rest = after
        if len(after) == 1 and after in _DIGITS and _DIGITS[after]:
            return Decimal(total + _DIGITS[after] * _MYRIADS[mark] // 10)
    tail = _section(rest) if rest else 0
    return None if tail is None else Decimal(total + tail)


def _section(text: str) -> int | None:
    """A number below ten thousand: 二千一百八十, 十五, 一百五 (150), 零五."""
    total, pending, last = 0, None, 0
    for index, letter in enumerate(text):
        if letter in _STEPS:
            step = _STEPS[letter]
            if pending is None and not (index == 0 and letter == "十"):
                return None
            if last and step >= last:
                return None
            total += (1 if pending is None else pending) * step
            pending, last = None, step
        elif letter in _DIGITS:
            if pending:
                return None
            pending = _DIGITS[letter]
            if pending == 0:
                last = 1
                pending = None
        else:
            return None
    if pending is not None:
        total += pending * (last // 10 if last >= _STEPS["百"] else 1)
    return total if text else None


def plain_amount(text: str) -> Decimal | None:
    """The amount of a whole cell: "22,180", " ２２１８０ " normalised, "二点二万"; None otherwise."""
    trimmed = text.strip()
    sign = trimmed[:1] if trimmed[:1] in {"-", "+", "−"} else ""
    bare = trimmed[len(sign) :].strip()
    if not bare:
        return None
    read = number_at(bare, 0)
    if read is None or read.end != len(bare) or read.amount is None:
        return None
    try:
        amount = decimal_of(read.amount)
    except NotANumber:
        return None
    return amount.copy_negate() if sign in {"-", "−"} else amount
