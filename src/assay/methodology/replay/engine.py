"""Running the kernel over one partition: compiled, or as it stands on Python's integers.

The compiled kernel runs only where every sum is known to fit 64 bits; elsewhere, and for
small partitions, the same code runs on integers that cannot overflow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assay.methodology.document.model import Methodology
from assay.methodology.replay import kernel as k
from assay.methodology.replay.columns import Array
from assay.methodology.replay.plan import Numbers, numbers_of
from assay.methodology.replay.prepare import Prepared

#: Below this many rows in a whole run the code runs as it stands (no compiler is loaded).
SMALL = 400_000
_ROOM = 1 << 62


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
    groups = len(prepared.received)
    largest = prepared.largest
    numbers = numbers_of(
        methodology, prepared.scale, prepared.quantity_scale, largest, prepared.has_ids
    )
    step = [numbers.steps[code] for code in methodology.series]
    fits = _fits(prepared, numbers.growth, largest, step)
    found = np.zeros((3, groups), dtype=np.int64)
    out = np.zeros((3, groups), dtype=np.int64)
    if compiled and fits:
        _compiled(prepared, numbers, step, largest, found, out)
    else:
        found, out = _as_it_stands(prepared, numbers, step, largest, groups)
    return Priced(found[0], found[1], found[2], out[0], out[1], out[2], numbers.branches)


def _fits(prepared: Prepared, growth: int, largest: int, steps: list[tuple[int, int]]) -> bool:
    reach = max(1, largest) * prepared.bound
    most = max(each for pair in steps for each in pair)
    tonnes = max(1, largest * int(prepared.data[k.TONNES].max(initial=0)))
    return reach * growth * 8 < _ROOM and tonnes * tonnes * most * 8 < _ROOM


def _compiled(
    prepared: Prepared,
    numbers: Numbers,
    step: list[tuple[int, int]],
    largest: int,
    found: Array,
    out: Array,
) -> None:
    from assay.methodology.replay.compiled import compiled

    functions = compiled()
    starts, rows = prepared.placed(functions["place_rows"])
    quotes = np.full(prepared.firms * k.SLOTS + k.SLOTS, -1, dtype=np.int64)
    notes = np.full((max(prepared.firms, prepared.groups) + 1) * k.NOTES, -1, dtype=np.int64)
    room = largest + 1
    work = (np.zeros(room * k.WIDTH, dtype=np.int64), *np.zeros((4, room), dtype=np.int64))
    steps = np.array(step, dtype=np.int64)
    functions["price_groups"](
        starts, rows, steps[:, 0].copy(), steps[:, 1].copy(), numbers.rungs, numbers.cuts,
        numbers.rules, prepared.data, work, (quotes, np.zeros_like(quotes), notes),
        tuple(found), tuple(out),
    )  # fmt: skip


def _as_it_stands(
    prepared: Prepared,
    numbers: Numbers,
    step: list[tuple[int, int]],
    largest: int,
    groups: int,
) -> tuple[Array, Array]:
    order = np.flatnonzero(prepared.valid)
    order = order[np.argsort(prepared.group[order], kind="stable")]
    counts = np.bincount(prepared.group[order], minlength=groups)
    starts = np.concatenate([[0], np.cumsum(counts)])
    found = [[0] * groups for _ in range(3)]
    out = [[0] * groups for _ in range(3)]
    quotes = [-1] * (prepared.firms * k.SLOTS + k.SLOTS)
    notes = [-1] * ((max(prepared.firms, prepared.groups) + 1) * k.NOTES)
    work = [[0] * ((largest + 1) * k.WIDTH), *([0] * (largest + 1) for _ in range(4))]
    k.price_groups(
        starts.tolist(), order.tolist(), [each[0] for each in step], [each[1] for each in step],
        numbers.rungs.tolist(), numbers.cuts.tolist(), numbers.rules.tolist(),
        [each.tolist() for each in prepared.data], work, (quotes, list(quotes), notes), found, out,
    )  # fmt: skip
    legs = _fitting(found[0], out)
    return np.array(found, dtype=np.int64), legs


def _fitting(state: list[int], out: list[list[int]]) -> Array:
    """Prices as columns; one that does not fit 64 bits goes to the day engine."""
    for number in range(len(state)):
        if any(abs(leg[number]) >= _ROOM for leg in out):
            state[number] = k.EXACT
            for leg in out:
                leg[number] = 0
    return np.array(out, dtype=np.int64)
