"""Leave-one-out: how far the price would move without each contributor and each group.

The whole of screening between submissions, ladder, estimator and rounding is repeated
without the firm, so that a deal told by two firms revives when one of them is left out.
Inside the house only: published, such figures would betray a firm's price.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any

from assay.core import decimal_text
from assay.methodology.catalogue.shapes import Candidate, Day
from assay.methodology.document.model import Methodology
from assay.methodology.engine.ladder import Result, run

#: Pairs are searched exactly up to this many contributors; larger panels grow greedily.
EXACT_PAIRS = 24
#: Larger coalitions are not looked for: the answer then says that it takes more.
LARGEST = 8


def influence_of(
    methodology: Methodology, candidates: Sequence[Candidate], day: Day, base: Result
) -> dict[str, Any]:
    """Moves of low, mid, high without each contributor and group, and the smallest coalition."""
    used = {each.contributor for each in base.entered}
    firms = sorted(
        {c.submission.contributor for c in candidates if c.submission.contributor in used}
    )
    groups: dict[str, set[str]] = {}
    for each in candidates:
        if each.submission.contributor in used:
            groups.setdefault(each.group, set()).add(each.submission.contributor)
    single = {name: _without(methodology, candidates, day, {name}) for name in firms}
    found: dict[str, Any] = {
        "contributors": {name: _moves(base, result) for name, result in single.items()},
        "groups": {
            name: _moves(
                base,
                single[next(iter(members))]
                if len(members) == 1
                else _without(methodology, candidates, day, members),
            )
            for name, members in sorted(groups.items())
        },
    }
    move = move_of(methodology, day.series, base.mid)
    if move is not None and base.mid is not None:
        found["coalition"] = coalition(
            firms,
            lambda names: _without(methodology, candidates, day, names).mid,
            base.mid,
            move,
            {name: result.mid for name, result in single.items()},
        )
    return found


def _without(
    methodology: Methodology, candidates: Sequence[Candidate], day: Day, names: Iterable[str]
) -> Result:
    gone = set(names)
    left = [each for each in candidates if each.submission.contributor not in gone]
    return run(methodology, left, day)


def _moves(base: Result, other: Result) -> dict[str, Any]:
    if other.rung is None:
        return {"low": None, "mid": None, "high": None, "branch": "none"}
    assert base.low is not None
    assert other.low is not None
    pairs = ((base.low, other.low), (base.mid, other.mid), (base.high, other.high))
    low, mid, high = (
        decimal_text(after - before) if before is not None and after is not None else None
        for before, after in pairs
    )
    return {"low": low, "mid": mid, "high": high, "branch": other.rung.branch}


def move_of(methodology: Methodology, series: str, mid: Decimal | None) -> Decimal | None:
    """The move that counts: stated in the document, else its correction threshold, else a step."""
    if mid is None:
        return None
    if methodology.influence_move is not None:
        return methodology.influence_move
    if methodology.correction is not None:
        return methodology.correction.threshold(mid)
    return methodology.card(series).step


def coalition(
    firms: Sequence[str],
    mid_without: Callable[[Sequence[str]], Decimal | None],
    base: Decimal,
    move: Decimal,
    single: dict[str, Decimal | None],
) -> dict[str, Any]:
    """The fewest contributors whose absence moves the mid by at least `move` (or ends it).

    Exact for one and (up to `EXACT_PAIRS` firms) two; beyond that firms are added greedily
    by what they move, and the answer says so: it is then an upper bound.
    """
    wanted = {"move": decimal_text(move)}

    def moved(mid: Decimal | None) -> Decimal:
        return Decimal("Infinity") if mid is None else abs(mid - base)

    ranked = sorted(firms, key=lambda name: (-moved(single[name]), name))
    if ranked and moved(single[ranked[0]]) >= move:
        return {**wanted, "size": 1, "members": [ranked[0]], "exact": True}
    if len(ranked) <= EXACT_PAIRS:
        for pair in combinations(ranked, 2):
            if moved(mid_without(pair)) >= move:
                return {**wanted, "size": 2, "members": sorted(pair), "exact": True}
    return _greedy(ranked, mid_without, moved, move, wanted)


def _greedy(
    ranked: Sequence[str],
    mid_without: Callable[[Sequence[str]], Decimal | None],
    moved: Callable[[Decimal | None], Decimal],
    move: Decimal,
    wanted: dict[str, Any],
) -> dict[str, Any]:
    chosen: list[str] = []
    left = list(ranked)
    while left and len(chosen) < LARGEST:
        best = max(left, key=lambda name: moved(mid_without([*chosen, name])))
        chosen.append(best)
        left.remove(best)
        if moved(mid_without(chosen)) >= move:
            return {**wanted, "size": len(chosen), "members": sorted(chosen), "exact": False}
    return {**wanted, "size": None, "members": [], "exact": False, "more_than": len(chosen)}
