"""Tokens -> number phrases: a price, a premium, a quantity, a stated mean, a change.

A phrase joins a number (or a range of two) with its sign words and its unit and says which
role it plays. What cannot be told stays `unread`; nothing is repaired.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from assay.collection.tokens import Token

#: A bare number below this is no price of a tonne; it is left unread unless a unit stands by it.
LEAST_BARE_PRICE = Decimal(1_000)
LEAST_CURRENCY_PRICE = Decimal(100)
MOST_BARE_PRICE = Decimal(10_000_000)
_LEAST_SLASH = Decimal(100)
_SKIPPED = {"approximate", "currency", "kind", "comma_less"}
_SKIPPED_WORDS = set(":在为是了价以至的按") | {"at", "of", "by", "is", "price"}
_FURTHEST = 4
_SIGNS = {"above": 1, "below": -1}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A number or a range with its role, as signed exact amounts."""

    role: str
    start: int
    end: int
    first: int
    last: int
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None
    currency: str | None = None
    approximate: bool = False
    reversed: bool = False
    two_sided: bool = False
    broken: bool = False
    kind: str | None = None
    against: Token | None = None


@dataclass(frozen=True, slots=True)
class _Number:
    amount: Decimal | None
    sign: int | None
    start: int
    first: int
    last: int
    end: int


def phrases_of(tokens: list[Token]) -> list[Phrase]:
    """Every number phrase of the tokens, in order."""
    found: list[Phrase] = []
    index = 0
    while index < len(tokens):
        number = _number(tokens, index)
        if number is None:
            index += 1
            continue
        phrase = _phrase(tokens, number)
        found.append(phrase)
        index = max(phrase.last + 1, index + 1)
    return found


def _number(tokens: list[Token], index: int) -> _Number | None:
    token = tokens[index]
    if token.role == "premium" and token.content == "par":
        return _Number(Decimal(0), 1, token.start, index, index, token.end)
    if _is_flat(token):
        return _Number(Decimal(0), None, token.start, index, index, token.end)
    if token.role != "number":
        return None
    sign, first = _sign(tokens, index)
    start = min(token.start, tokens[first].start)
    return _Number(token.amount, sign, start, first, index, token.end)


def _is_flat(token: Token) -> bool:
    """持平, unchanged: a change of nothing, said without a number."""
    return token.role == "change" and token.content == "flat"


def _sign(tokens: list[Token], index: int) -> tuple[int | None, int]:
    """The sign that stands before a number, and the index of the token that says it."""
    at = index - 1
    while at >= 0 and index - at <= _FURTHEST:
        token = tokens[at]
        if token.role == "premium" and token.content in _SIGNS:
            return _SIGNS[token.content], at
        if token.role == "plus":
            return 1, at
        if token.role == "dash":
            before = tokens[at - 1] if at else None
            joins = before is not None and before.role in {"number", "unit", "quantity_unit"}
            return (None, index) if joins else (-1, at)
        if token.role not in {"approximate", "currency"} and token.content not in _SKIPPED_WORDS:
            break
        at -= 1
    return None, index


def _phrase(tokens: list[Token], number: _Number) -> Phrase:
    unit, at = _unit(tokens, number.last)
    second = _second(tokens, number, at)
    last = number.last if second is None else second.last
    second_unit, after = _unit(tokens, last)
    slash = second is not None and tokens[_joint(tokens, at)].role == "slash"
    unit = second_unit or unit
    known = Phrase(
        role="unread",
        start=number.start,
        end=tokens[after].end,
        first=number.first,
        last=after,
        unit=unit.content if unit is not None else None,
        currency=_currency(tokens, number.first, unit),
        approximate=_approximate(tokens, number.first, after),
        two_sided=slash,
        broken=number.amount is None or (second is not None and second.amount is None),
    )
    role, signed, kind, against = _role(tokens, number, second, unit)
    low, high = _amounts(number, second, signed)
    turned = low is not None and high is not None and low > high
    if turned and role == "premium" and _same_discount(number, second):
        low, high, turned = high, low, False
    if turned and low is not None and high is not None:
        low, high = high, low
    return replace(
        known, role=role, low=low, high=high, reversed=turned, kind=kind, against=against
    )


def _same_discount(first: _Number, second: _Number | None) -> bool:
    """Whether both ends are discounts: the trade prints those with the larger one first or last."""
    return second is not None and first.sign == -1 and second.sign in {None, -1}


def _unit(tokens: list[Token], last: int) -> tuple[Token | None, int]:
    if last + 1 < len(tokens) and tokens[last + 1].role in {
        "unit", "quantity_unit", "currency", "measure",
    }:  # fmt: skip
        return tokens[last + 1], last + 1
    return None, last


def _joint(tokens: list[Token], at: int) -> int:
    return min(at + 1, len(tokens) - 1)


def _second(tokens: list[Token], first: _Number, at: int) -> _Number | None:
    """The other end of a range, when a dash, 至, 到, to, ~ or / joins two numbers."""
    if at + 2 >= len(tokens) or tokens[at + 1].role not in {"dash", "joiner", "slash"}:
        return None
    after = at + 2
    sign: int | None = None
    if tokens[after].role in {"plus", "dash"}:
        sign = 1 if tokens[after].role == "plus" else -1
        after += 1
    elif tokens[after].role == "premium" and tokens[after].content in _SIGNS:
        sign = _SIGNS[tokens[after].content]
        after += 1
    if after >= len(tokens):
        return None
    token = tokens[after]
    if token.role == "premium" and token.content == "par":
        return _Number(Decimal(0), 1, token.start, at + 2, after, token.end)
    if token.role == "currency" and after + 1 < len(tokens):
        after += 1
        token = tokens[after]
    if token.role != "number":
        return None
    slash = tokens[at + 1].role == "slash"
    if slash and min(token.amount or 0, first.amount or 0) < _LEAST_SLASH:
        return None
    return _Number(token.amount, sign, token.start, at + 2, after, token.end)


def _currency(tokens: list[Token], first: int, unit: Token | None) -> str | None:
    if unit is not None and unit.role == "unit":
        return unit.currency
    if unit is not None and unit.role == "currency":
        return unit.content
    for at in (first, first - 1):
        if 0 <= at < len(tokens) and tokens[at].role == "currency":
            return tokens[at].content
    if first + 1 < len(tokens) and tokens[first + 1].role == "currency":
        return tokens[first + 1].content
    return None


def _approximate(tokens: list[Token], first: int, last: int) -> bool:
    around = [at for at in (first - 1, last + 1) if 0 <= at < len(tokens)]
    inside = range(first, last + 1)
    return any(tokens[at].role == "approximate" for at in (*around, *inside))


def _cue(tokens: list[Token], first: int) -> Token | None:
    """The word that says what the number is (mean, change, quantity, margin, against ...)."""
    at = first - 1
    while at >= 0 and first - at <= _FURTHEST:
        token = tokens[at]
        if _is_flat(token):
            return None
        if token.role in {"mean", "change", "quantity", "margin", "against", "contract", "tax"}:
            return token
        if token.role not in _SKIPPED and token.content not in _SKIPPED_WORDS:
            return None
        at -= 1
    return None


def _role(
    tokens: list[Token], first: _Number, second: _Number | None, unit: Token | None
) -> tuple[str, int | None, str | None, Token | None]:
    """(role, sign of the first number, kind of premium, what it is against)."""
    if _is_flat(tokens[first.first]):
        return "change", 1, None, None
    if unit is not None and unit.role == "quantity_unit":
        return "quantity", None, None, None
    if unit is not None and unit.role == "measure":
        return "other", None, None, None
    cue = _cue(tokens, first.first)
    signed = first.sign if first.sign is not None else (second.sign if second else None)
    if cue is not None and cue.role == "change":
        return "change", -1 if cue.content == "down" else 1, None, None
    if cue is not None and cue.role == "margin":
        return "premium", signed or 1, "conversion_margin", None
    if first.sign is not None:
        against = cue if cue is not None and cue.role in {"mean", "against", "contract"} else None
        if _is_price_after_dash(tokens, first, unit):
            return "price", 1, None, None
        return "premium", first.sign, None, against
    if cue is not None and cue.role == "mean":
        return "mean", 1, None, None
    if cue is not None and cue.role == "quantity":
        return "quantity", None, None, None
    return _bare_role(tokens, first, second, unit), 1, None, None


def _is_price_after_dash(tokens: list[Token], first: _Number, unit: Token | None) -> bool:
    """Whether "-22180" is a list dash before a price, not a discount of 22,180."""
    del unit
    token = tokens[first.first]
    return (
        token.role == "dash"
        and first.amount is not None
        and first.amount >= LEAST_BARE_PRICE
        and (first.first == 0 or tokens[first.first - 1].role in {"stop", "grade", "place", "kind"})
    )


def _bare_role(
    tokens: list[Token], first: _Number, second: _Number | None, unit: Token | None
) -> str:
    amounts = [each.amount for each in (first, second) if each is not None and each.amount]
    if unit is not None and unit.role == "unit":
        return "price"
    if not amounts:
        return "price" if first.amount is None else "unread"
    money = _currency(tokens, first.first, unit) is not None
    least = LEAST_CURRENCY_PRICE if money else LEAST_BARE_PRICE
    return "price" if least <= amounts[0] < MOST_BARE_PRICE else "unread"


def _amounts(
    first: _Number, second: _Number | None, sign: int | None
) -> tuple[Decimal | None, Decimal | None]:
    low = None if first.amount is None else first.amount * (sign or 1)
    if second is None:
        return low, low
    other = second.sign if second.sign is not None else (sign or 1)
    return low, None if second.amount is None else second.amount * other
