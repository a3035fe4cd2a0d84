"""Caps: no group weighs more than a share; what is cut goes to the others, to a fixed point.

Raising the others can push one of them over the cap, so the cut is repeated until
nobody is above it. With so few groups that the cap cannot hold (two groups under
40 %), all weigh the same and the caller is told. Nothing here knows prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from assay.methodology.catalogue.estimators import total


def cap_shares(
    weights: Mapping[str, Fraction], cap: Fraction
) -> tuple[dict[str, Fraction], frozenset[str], bool]:
    """Shares of the groups under `cap`, the groups it binds, and whether it can hold at all.

    Shares sum to one. Uncapped groups keep their proportions among each other.
    """
    heavy = {name: weight for name, weight in weights.items() if weight > 0}
    everything = total(list(heavy.values()))
    if not heavy:
        return {}, frozenset(), True
    if cap * len(heavy) < 1:
        equal = Fraction(1, len(heavy))
        return dict.fromkeys(heavy, equal), frozenset(heavy), False
    bound: set[str] = set()
    while True:
        free = {name: weight for name, weight in heavy.items() if name not in bound}
        rest = 1 - cap * len(bound)
        mass = total(list(free.values())) if free else Fraction(0)
        over = {name for name, weight in free.items() if weight * rest > cap * mass}
        if not over:
            break
        bound |= over
    shares = {name: cap if name in bound else heavy[name] * rest / mass for name in heavy}
    assert everything > 0
    return shares, frozenset(bound), True
