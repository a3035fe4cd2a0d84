"""Running the kernel over one partition: compiled, or as it stands on Python's integers.

The compiled kernel runs only where every sum is known to fit 64 bits; elsewhere, and for
small partitions, the same code runs on integers that cannot overflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.methodology.document.model import Methodology
from assay.methodology.replay import groups
from assay.methodology.replay import kernel as k
from assay.methodology.replay.columns import Array
from assay.methodology.replay.plan import Numbers, numbers_of
from assay.methodology.replay.prepare import Prepared

#: Below this many rows in a whole run the code runs as it stands (no compiler is loaded).
SMALL = 400_000
_ROOM = 1 << 62
Given = tuple[list[int], list[int], list[int]]


@dataclass(slots=True)
class Priced:
    """What the kernel found, one place a group (day x series of the document)."""

    state: Array
    rung: Array
    used: Array
    low: Array
    mid: Array
    high: Array
    branches: tuple[str, ...]


def price(methodology: Methodology, prepared: Prepared, *, compiled: bool) -> Priced:
    """Price every group of a prepared partition."""
    return price_together([methodology], prepared, compiled=compiled)[0]


def alike(one: Methodology, other: Methodology) -> bool:
    """Whether two documents that screen alike also make the same values of the rows."""
    mine, theirs = one.assessment, other.assessment
    assert mine is not None
    assert theirs is not None
    return (mine.per, mine.own_value, mine.point) == (theirs.per, theirs.own_value, theirs.point)


def price_together(
    documents: Sequence[Methodology], prepared: Prepared, *, compiled: bool
) -> list[Priced]:
    """Price every group for several documents; their values are made and sorted once."""
    numbers: list[Numbers] = []
    begin = [0]
    for document in documents:
        numbers.append(
            numbers_of(
                document, prepared.scale, prepared.quantity_scale, prepared.largest,
                prepared.has_ids, begin[-1],
            )
        )  # fmt: skip
        begin.append(begin[-1] + len(numbers[-1].rules))
    steps = [
        each.steps[code] for m, each in zip(documents, numbers, strict=True) for code in m.series
    ]
    fits = _fits(prepared, max(each.growth for each in numbers), steps)
    given = (
        begin[:-1],
        [number for each in numbers for number in each.rules],
        [number for pair in steps for number in pair],
    )
    run = _compiled if compiled and fits else _as_it_stands
    found = run(prepared, given).reshape(len(documents), -1, 6)
    return [_priced(own, each.branches) for own, each in zip(found, numbers, strict=True)]


def _priced(found: Array, branches: tuple[str, ...]) -> Priced:
    state, rung, used, low, mid, high = (found[:, column] for column in range(6))
    return Priced(state, rung, used, low, mid, high, branches)


def _fits(prepared: Prepared, growth: int, steps: Sequence[tuple[int, int]]) -> bool:
    reach = max(1, prepared.largest) * prepared.bound
    most = max(each for pair in steps for each in pair)
    tonnes = max(1, prepared.largest * int(prepared.data[k.TONNES].max(initial=0)))
    return reach * growth * 8 < _ROOM and tonnes * tonnes * most * 8 < _ROOM


def _compiled(prepared: Prepared, given: Given) -> Array:
    from assay.methodology.replay.native import native

    head, sizes = _memory(prepared)
    memory = [np.full(size, filled, dtype=np.int64) for size, filled in sizes]
    memory[0][: len(head)] = head
    found = np.zeros(6 * len(prepared.received) * len(given[0]), dtype=np.int64)
    numbers = tuple(np.array(each, dtype=np.int64) for each in given)
    native().price_days(
        prepared.bounds, prepared.size, prepared.series, prepared.valid, prepared.data, numbers,
        (*memory, found),
    )  # fmt: skip
    return found


def _as_it_stands(prepared: Prepared, given: Given) -> Array:
    found = [0] * (6 * len(prepared.received) * len(given[0]))
    data = [each.tolist() for each in prepared.data]
    documents, rules, steps = given
    head, sizes = _memory(prepared)
    desk, starts, cards, quoted, notes = ([filled] * size for size, filled in sizes)
    desk[: len(head)] = head
    groups.price_days(
        len(prepared.bounds) - 1, prepared.bounds.tolist(), prepared.size, prepared.series.tolist(),
        prepared.valid.tolist(), data, len(documents), documents, len(rules), rules, steps,
        desk, starts, cards, quoted, notes, found,
    )  # fmt: skip
    return _fitting(found)


def _memory(prepared: Prepared) -> tuple[list[int], list[tuple[int, int]]]:
    """The memory of a run: the head of the desk, and size and filling of its five parts.

    They are desk, starts, cards, living quotes and notes, in this order. Keys of price, firm and place are used where 64 bits hold them.
    """
    room, firms = prepared.largest + 1, prepared.firms + 1
    head = [0] * k.HEAD
    head[k.T_ROOM], head[k.T_GROUP], head[k.T_FIRMS] = room, -1, firms
    if (prepared.reach * firms + firms) << room.bit_length() < _ROOM:
        head[k.T_BITS] = room.bit_length()
    longest = int(np.diff(prepared.bounds).max(initial=0))
    return head, [
        (k.HEAD + k.PLACES * room, 0),
        (prepared.size + 2, 0),
        (k.CARD * longest, 0),
        (2 * firms * k.SLOTS, -1),
        ((max(prepared.firms, prepared.groups) + 1) * k.NOTES, -1),
    ]


def _fitting(found: list[int]) -> Array:
    """Prices as columns; one that does not fit 64 bits goes to the day engine."""
    for cell in range(0, len(found), 6):
        if any(abs(price) >= _ROOM for price in found[cell + 3 : cell + 6]):
            found[cell] = k.EXACT
            found[cell + 3 : cell + 6] = [0, 0, 0]
    return np.array(found, dtype=np.int64)
