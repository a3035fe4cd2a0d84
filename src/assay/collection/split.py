"""Where one quote ends and the next begins inside a message.

Sentences end at strong separators; inside a sentence each price (with the premium said of
the same goods) is one quote, and the words that lead up to a price belong to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from assay.collection.phrases import Phrase
from assay.collection.tokens import Token

_HEADS = {"grade", "place", "kind", "contract", "against", "mean", "day", "date"}
_NEUTRAL = {"other", "approximate", "currency", "premium", "dash", "plus", "act", "slash", "noise"}
_COUNTED = {"number", "quantity_unit", "measure", "quantity"}
_PRICED = {"price", "premium"}


@dataclass(frozen=True, slots=True)
class Part:
    """Some tokens of a message (from `first`, to `last` excluded) and their number phrases.

    `prices` is empty for a sentence that only talks about others (a heading, the terms).
    """

    first: int
    last: int
    phrases: tuple[Phrase, ...]
    prices: tuple[Phrase, ...] = ()
    crowded: bool = False


def parts_of(tokens: list[Token], phrases: list[Phrase]) -> list[Part]:
    """The quotes and the sentences between them, in order."""
    parts: list[Part] = []
    for first, last in _sentences(tokens):
        inside = [each for each in phrases if first <= each.first < last]
        prices = [each for each in inside if each.role in _PRICED]
        if not prices:
            if last > first:
                parts.append(Part(first, last, tuple(inside)))
            continue
        parts.extend(_split(tokens, first, last, inside, prices))
    return parts


def _sentences(tokens: list[Token]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    first = 0
    for index, token in enumerate(tokens):
        if token.role == "stop":
            found.append((first, index))
            first = index + 1
    found.append((first, len(tokens)))
    return found


def _split(
    tokens: list[Token], first: int, last: int, inside: list[Phrase], prices: list[Phrase]
) -> list[Part]:
    groups = _groups(tokens, prices)
    edges = [first]
    crowded = [False]
    for left, right in pairwise(groups):
        edge = _boundary(tokens, left[-1], right[0])
        edges.append(edge)
        crowded.append(edge == right[0].first and right[0].first == left[-1].last + 1)
    edges.append(last)
    return [
        Part(
            edges[index],
            edges[index + 1],
            tuple(each for each in inside if edges[index] <= each.first < edges[index + 1]),
            tuple(group),
            crowded[index],
        )
        for index, group in enumerate(groups)
    ]


def _groups(tokens: list[Token], prices: list[Phrase]) -> list[list[Phrase]]:
    groups: list[list[Phrase]] = [[prices[0]]]
    for phrase in prices[1:]:
        group = groups[-1]
        if len(group) == 1 and {group[0].role, phrase.role} == _PRICED:
            between = tokens[group[0].last + 1 : phrase.first + 1]
            if _same_goods(tokens[: group[0].first], between):
                group.append(phrase)
                continue
        groups.append([phrase])
    return groups


def _same_goods(before: list[Token], between: list[Token]) -> bool:
    kinds = {each.content for each in between if each.role == "kind"}
    earlier = {each.content for each in before if each.role == "kind"}
    return not any(each.role in {"grade", "place", "act"} for each in between) and kinds <= earlier


def _boundary(tokens: list[Token], left: Phrase, right: Phrase) -> int:
    """The index of the first token that belongs to the right price."""
    edge, blocked = right.first, False
    at = right.first - 1
    while at > left.last:
        role = tokens[at].role
        if role == "comma":
            return at + 1
        if role in _HEADS:
            edge = edge if blocked else at
        elif role in _COUNTED:
            blocked = True
        elif role not in _NEUTRAL:
            break
        at -= 1
    return edge
