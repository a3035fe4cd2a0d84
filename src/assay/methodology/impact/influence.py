"""Leave-one-out over years: how far prices would move without each contributor and group.

The kernel runs once more for each contributor, over the days on which it was used; what
the day engine determined brings its own figures. Inside the house only: published, such
figures would betray a firm's price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from threading import Lock
from typing import Any

import numpy as np

from assay.methodology.determination import Determination
from assay.methodology.document.model import Methodology
from assay.methodology.replay import kernel as k
from assay.methodology.replay.columns import Array, day_number, day_of
from assay.methodology.replay.daily import DayEngine
from assay.methodology.replay.engine import Priced, price
from assay.methodology.replay.plan import KIND_CODES, needs_previous
from assay.methodology.replay.prepare import Partition, Prepared

#: Rows that leave-one-out would visit, from which on the compiled kernel is used.
_MANY = 3_000_000


@dataclass(slots=True)
class Influence:
    """One contributor or group under one document, over all days on which it was used.

    `mean` of the absolute moves of the mid is `total / days`; `ended` counts the days
    that would have no price without it.
    """

    document: str
    per: str
    name: str
    days: int = 0
    moved: int = 0
    ended: int = 0
    total: Fraction = Fraction(0)
    largest: Fraction = Fraction(0)

    def day(self, move: Fraction | None) -> None:
        """Count one day: how far the mid moved, or None when there was no price any more."""
        self.days += 1
        if move is None:
            self.ended += 1
            return
        self.moved += move != 0
        self.total += abs(move)
        self.largest = max(self.largest, abs(move))


class InfluenceWitness:
    """Collects leave-one-out figures while documents are replayed."""

    def __init__(self, first: date | None = None) -> None:
        self._first = day_number(first) if first is not None else None
        self._lock = Lock()
        self._held: dict[tuple[str, str, str], Influence] = {}

    def restart(self) -> None:
        """Forget what was seen."""
        self._held = {}

    def found(self) -> list[Influence]:
        """The figures, by document, contributors before groups, the strongest first."""
        return sorted(
            self._held.values(),
            key=lambda i: (i.document, i.per, -i.ended, -i.largest, -i.total, i.name),
        )

    def determined(self, document: Methodology, found: Determination) -> None:
        """Take over the figures of a day that the day engine determined."""
        if self._first is not None and day_number(found.pricing_date) < self._first:
            return
        told: Mapping[str, Any] = found.trace.get("influence", {})
        with self._lock:
            for per, names in (("contributor", "contributors"), ("group", "groups")):
                for name, moves in told.get(names, {}).items():
                    mid = moves["mid"]
                    self._of(document, per, name).day(
                        None if mid is None else Fraction(Decimal(mid))
                    )

    def columns(
        self, document: Methodology, partition: Partition, prepared: Prepared, priced: Priced
    ) -> None:
        """Run a partition again without each contributor and each group."""
        used = _used_rows(document, prepared, priced)
        if self._first is not None:
            used &= partition.columns.day >= self._first
        again = _Again(document, prepared, priced)
        firms, clusters = prepared.data[k.FIRM], prepared.data[k.GROUP]
        names = _names(partition, prepared)
        runs: list[tuple[str, str, _Moves]] = []
        single: dict[int, _Moves] = {}
        for firm in np.unique(firms[used]):
            single[int(firm)] = again.without(used & (firms == firm), firms == firm)
            runs.append(("contributor", names["contributor"][int(firm)], single[int(firm)]))
        for cluster, own in _members(firms[used], clusters[used]).items():
            of_group = used & (clusters == cluster)
            alone = len(own) == 1 and not (used & (firms == own[0]) & ~of_group).any()
            moves = (
                single[own[0]] if alone else again.without(of_group, _beside(of_group, prepared))
            )
            runs.append(("group", names["group"][cluster], moves))
        self._ask(document, partition, again.beyond)
        for per, name, moves in runs:
            self._count(document, per, name, moves, again.beyond)

    def _ask(self, document: Methodology, partition: Partition, beyond: Array) -> None:
        """Groups that leave the columns when somebody is left out: ask the day engine."""
        engine = DayEngine(document, partition.dictionaries, {})
        size = len(document.series)
        for group in np.flatnonzero(beyond):
            place, code = int(group) // size, document.series[int(group) % size]
            before = partition.before(place) if needs_previous(document) else ()
            found = engine.day(
                day_of(partition.days[place]), partition.columns, partition.rows_of(place),
                before, [code], influence=True,
            )  # fmt: skip
            self.determined(document, found[code])

    def _count(
        self, document: Methodology, per: str, name: str, moves: _Moves, beyond: Array
    ) -> None:
        with self._lock:
            held = self._of(document, per, name)
            for group, priced, steps in zip(moves.groups, moves.priced, moves.steps, strict=True):
                if not beyond[group]:
                    code = document.series[int(group) % len(document.series)]
                    step = Fraction(document.card(code).step)
                    held.day(int(steps) * step if priced else None)

    def _of(self, document: Methodology, per: str, name: str) -> Influence:
        key = (document.digest, per, name)
        if key not in self._held:
            self._held[key] = Influence(document.digest, per, name)
        return self._held[key]


def _used_rows(document: Methodology, prepared: Prepared, priced: Priced) -> Array:
    """The rows whose kind the rung taken uses, in groups that the kernel priced."""
    assert document.assessment is not None
    ladder = [rung for rung in document.assessment.ladder if rung.branch != "carried"]
    bits = np.array([sum(1 << KIND_CODES[kind] for kind in rung.kinds) for rung in ladder])
    there = priced.state[prepared.group] == k.PRICED
    taken = bits[priced.rung[prepared.group]]
    used: Array = prepared.valid & there & (((taken >> prepared.data[k.KIND]) & 1) == 1)
    return used


def _members(firms: Array, clusters: Array) -> dict[int, list[int]]:
    pairs = np.unique(np.stack([clusters, firms]), axis=1)
    members: dict[int, list[int]] = {}
    for cluster, firm in zip(pairs[0], pairs[1], strict=True):
        members.setdefault(int(cluster), []).append(int(firm))
    return members


def _names(partition: Partition, prepared: Prepared) -> dict[str, Mapping[int, str]]:
    firms = dict(enumerate(partition.dictionaries["contributor"].words))
    stated = partition.columns.words.get("group")
    if stated is None:
        return {"contributor": firms, "group": firms}
    clusters: dict[int, str] = {}
    words = partition.dictionaries["group"].words
    codes, places = np.unique(prepared.data[k.GROUP], return_index=True)
    for code, place in zip(codes, places, strict=True):
        own = int(stated[place])
        clusters[int(code)] = words[own] if own >= 0 else firms[int(prepared.data[k.FIRM][place])]
    return {"contributor": firms, "group": clusters}


@dataclass(slots=True)
class _Moves:
    """Groups, whether they still have a price, and the mid's move in steps."""

    groups: Array
    priced: Array
    steps: Array


class _Again:
    """A partition priced again with rows left out."""

    def __init__(self, document: Methodology, prepared: Prepared, priced: Priced) -> None:
        self._document, self._prepared, self._priced = document, prepared, priced
        rows = int(prepared.valid.sum())
        self._compiled = rows * max(1, prepared.firms) > _MANY
        #: Groups that leave the columns when somebody is left out.
        self.beyond = np.zeros(len(prepared.received), dtype=bool)

    def without(self, used: Array, gone: Array) -> _Moves:
        """The groups in which the `used` rows count, priced without the `gone` rows."""
        prepared = self._prepared
        touched = np.zeros(len(prepared.received), dtype=bool)
        touched[prepared.group[used]] = True
        groups = np.flatnonzero(touched)
        left = replace(prepared, valid=prepared.valid & ~gone & touched[prepared.group])
        again = price(self._document, left, compiled=self._compiled)
        state = again.state[groups]
        self.beyond[groups[state == k.EXACT]] = True
        return _Moves(groups, state == k.PRICED, again.mid[groups] - self._priced.mid[groups])


def _beside(of_group: Array, prepared: Prepared) -> Array:
    """Every row of the firms that stand in a group that day, as the day engine leaves them out."""
    key = prepared.group * (prepared.firms + 1) + prepared.data[k.FIRM]
    gone: Array = np.isin(key, np.unique(key[of_group]))
    return gone
