"""One partition made ready for the kernel: names, prices, groups, and what the day engine keeps.

A day or a group on which a rule might speak that columns cannot repeat (a row of zeros,
a bank listed twice, a sheet that looks like yesterday's) is *suspect*: the day engine
determines it from the same rows. Suspecting too much costs time, never the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from assay.core import CalendarNotAnnounced
from assay.methodology.catalogue import entry_of
from assay.methodology.catalogue.cleaning import DAYS_BACK
from assay.methodology.document.model import Methodology
from assay.methodology.replay import kernel as k
from assay.methodology.replay.columns import (
    NULL,
    Array,
    Columns,
    Dictionary,
    day_number,
    day_of,
    rescaled,
)
from assay.methodology.replay.screen import Screen

_SIDES = {"buy": k.BUY, "sell": k.SELL}
_DENSE = 1 << 25


@dataclass(slots=True)
class Partition:
    """The rows of whole days, sorted by day; the first `context` rows are of the days just before."""

    columns: Columns
    dictionaries: Mapping[str, Dictionary]
    days: Array
    starts: Array
    day_index: Array
    context: int
    series: Array
    closed: Array
    unannounced: dict[int, str]

    @property
    def own_days(self) -> range:
        """The days that are this partition's to answer for."""
        return range(int(np.searchsorted(self.starts, self.context)), len(self.days))

    def before(self, place: int) -> range:
        """The rows before a day, as far back as cleaning looks: the day engine picks its days."""
        first, weekdays = place, 0
        while first and weekdays < DAYS_BACK:
            first -= 1
            weekdays += not is_weekend(self.days[first])
        return range(int(self.starts[first]), int(self.starts[place]))

    def rows_of(self, place: int) -> range:
        """The rows of a day, by its place."""
        return range(int(self.starts[place]), int(self.starts[place + 1]))


@dataclass(slots=True)
class Prepared:
    """What the kernel is given, and which groups are not its business.

    `group` is day x series of the document; `reach` is the largest price in half units, `bound`
    that times the largest quantity, for the question whether sums fit 64 bits.
    """

    data: tuple[Array, ...]
    group: Array
    valid: Array
    received: Array
    suspect: Array
    #: Days on which the day engine is asked for every series, silent ones included.
    suspect_days: Array
    scale: int
    quantity_scale: int
    reach: int
    bound: int
    firms: int
    groups: int
    has_ids: bool
    #: Where each day's rows begin (one more than days), how many series there are, the row's own.
    bounds: Array
    size: int
    series: Array

    @property
    def largest(self) -> int:
        """No group has more valid rows than this."""
        return int(self.received.max(initial=0))


def partition_of(
    methodology: Methodology,
    columns: Columns,
    dictionaries: Mapping[str, Dictionary],
    context: Columns | None,
) -> Partition:
    """Find the days of some rows that are sorted by day; rows of other series are left out."""
    from assay.methodology.replay.columns import joined

    before = 0 if context is None else len(context)
    if context is not None and before:
        columns = joined([context, columns])
    columns, series, before = _served(methodology, columns, dictionaries, before)
    differs = np.append(True, columns.day[1:] != columns.day[:-1])[: len(columns)]
    change = np.flatnonzero(differs)
    starts = np.append(change, len(columns)).astype(np.int64)
    days = columns.day[starts[:-1]]
    index = np.repeat(np.arange(len(days), dtype=np.int64), np.diff(starts))
    closed = np.zeros(len(days), dtype=bool)
    unannounced: dict[int, str] = {}
    for number, day in enumerate(days):
        try:
            closed[number] = not methodology.is_pricing_day(day_of(day))
        except CalendarNotAnnounced as problem:
            unannounced[number] = str(problem)
    return Partition(
        columns, dictionaries, days, starts, index, before,
        series, closed, unannounced,
    )  # fmt: skip


def _served(
    methodology: Methodology, columns: Columns, dictionaries: Mapping[str, Dictionary], before: int
) -> tuple[Columns, Array, int]:
    """The rows of the document's series, each row's series by its place; how many come before."""
    place = {code: number for number, code in enumerate(methodology.series)}
    own = [place.get(word, -1) for word in dictionaries["series"].words]
    series = columns.words["series"]
    if own == list(range(len(own))):
        return columns, series, before
    series = np.array(own, dtype=np.int32)[series]
    keep = series >= 0
    if keep.all():
        return columns, series, before
    return columns.take(keep), series[keep], int(keep[:before].sum())


def prepare(methodology: Methodology, partition: Partition) -> Prepared:
    """Everything the kernel needs of one partition."""
    columns, size = partition.columns, len(methodology.series)
    begin = np.arange(0, len(partition.days) * size, size, dtype=np.int64)
    group = np.repeat(begin, np.diff(partition.starts)) + partition.series
    groups = len(partition.days) * size
    screen = Screen(
        methodology, columns, partition.dictionaries, partition.days, partition.day_index
    )
    kinds = screen.kinds()
    valid = screen.passing() & (kinds >= 0)
    suspect = np.zeros(groups, dtype=bool)
    firm = _renamed(methodology, partition)
    sides = _sides(partition)
    low, high, scale = _normalised(methodology, partition, group, suspect)
    _suspect_rows(methodology, partition, group, sides, suspect)
    _suspect_deals(methodology, partition, group, kinds, valid, suspect)
    clusters, cluster_count = _clusters(partition, firm)
    _suspect_groups(partition, group, firm, clusters, suspect)
    days = _suspect_days(methodology, partition, firm, kinds, sides)
    suspect |= np.repeat(days, size)
    if suspect.any():
        valid &= ~suspect[group]
    if partition.closed.any():
        valid &= ~partition.closed[partition.day_index]
    valid[: partition.context] = False
    tonnes = columns.numbers.get("quantity")
    weight = np.zeros(len(columns), dtype=np.int64) if tonnes is None else tonnes
    reach = 2 * max(1, _reach(low), _reach(high))
    rank = _ranks(partition.dictionaries["contributor"])
    received = columns.instants.get("received_at")
    data = (
        low, high, weight, firm, clusters, kinds, sides,
        received if received is not None else np.zeros(len(columns), dtype=np.int64), rank,
    )  # fmt: skip
    return Prepared(
        data=tuple(np.ascontiguousarray(each) for each in data),
        group=group,
        valid=valid,
        received=np.bincount(group[partition.context :], minlength=groups),
        suspect=suspect,
        suspect_days=days,
        scale=scale,
        quantity_scale=columns.scales.get("quantity", 0),
        reach=reach,
        bound=reach * max(1, int(weight.max(initial=0))),
        firms=len(rank),
        groups=cluster_count,
        has_ids=columns.ids is not None,
        bounds=partition.starts,
        size=size,
        series=partition.series,
    )


def _reach(prices: Array) -> int:
    """The largest distance of a price from zero."""
    most, least = int(prices.max(initial=0)), int(prices.min(initial=0))
    if least == NULL:
        least = int(np.where(prices == NULL, 0, prices).min(initial=0))
    return max(most, -least)


def _renamed(methodology: Methodology, partition: Partition) -> Array:
    """The contributors' codes after the document's dated tables of names."""
    assert methodology.assessment is not None
    columns, names = partition.columns, partition.dictionaries["contributor"]
    firm = columns.words["contributor"]
    stated = columns.days.get("stated", columns.day)
    for call in methodology.assessment.cleaning:
        if call.rule != "aliases":
            continue
        given, firm = firm, firm.copy()
        done = np.zeros(len(firm), dtype=bool)
        for line in call.arguments["table"]:
            since = day_number(line.get("from", date.min))
            until = day_number(line.get("until", date.max))
            day = columns.day if "redate" in _cleaning(methodology) else stated
            here = (given == names.known(line["name"])) & ~done & (day >= since) & (day <= until)
            if here.any():
                firm[here] = names.code(line["contributor"])
                done |= here
    return firm


def _cleaning(methodology: Methodology) -> set[str]:
    assert methodology.assessment is not None
    return {call.rule for call in methodology.assessment.cleaning}


def _sides(partition: Partition) -> Array:
    """Side of each row in the kernel's numbers; -1 for a word that is neither buy nor sell."""
    codes = partition.columns.words.get("side")
    if codes is None:
        return np.zeros(len(partition.columns), dtype=np.int8)
    words = partition.dictionaries["side"].words
    own = [*(_SIDES.get(word, -1) for word in words), k.NO_SIDE]
    return np.array(own, dtype=np.int8)[codes]


def _clusters(partition: Partition, firm: Array) -> tuple[Array, int]:
    """The group of each row: the one it states, else the contributor itself."""
    names = partition.dictionaries["contributor"]
    stated = partition.columns.words.get("group")
    if stated is None:
        return firm, len(names.words)
    words = Dictionary()
    own = words.codes(partition.dictionaries["group"].words)
    alone = words.codes(names.words)
    own = np.append(own, np.int32(-1)).astype(np.int64)
    clusters = np.where(stated < 0, alone[firm], own[stated])
    return clusters.astype(np.int32), len(words.words)


def _ranks(names: Dictionary) -> Array:
    order = np.array(sorted(range(len(names.words)), key=names.words.__getitem__), dtype=np.int64)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


# ---- normalisation -------------------------------------------------------------------


def _normalised(
    methodology: Methodology, partition: Partition, group: Array, suspect: Array
) -> tuple[Array, Array, int]:
    """Low and high after declared amounts; rows that would be multiplied are suspect."""
    assert methodology.assessment is not None
    columns = partition.columns
    low, high, scale = columns.numbers["low"], columns.numbers["high"], columns.scales["low"]
    for call in methodology.assessment.normalisation:
        if call.rule == "differential":
            codes = columns.words.get(call.arguments["field"])
            if codes is None:
                continue
            words = partition.dictionaries[call.arguments["field"]].words
            adds = [Fraction(call.arguments["add"].get(word, 0)) for word in words]
            finest = max([scale, *(_places(each) for each in adds)])
            low, high = rescaled(low, finest - scale), rescaled(high, finest - scale)
            scale = finest
            more = np.array([*(int(each * 10**scale) for each in adds), 0], dtype=np.int64)[codes]
            there = low != NULL
            low = np.where(there, low + np.where(there, more, 0), NULL)
            high = np.where(there, high + np.where(there, more, 0), NULL)
        else:
            names = ("series", "unit" if call.rule == "per_unit" else "tax")
            suspect[group[_multiplied(methodology, partition, call, names)]] = True
    return low, high, scale


def _places(number: Fraction) -> int:
    places = 0
    while (number * 10**places).denominator > 1:
        places += 1
    return places


def _multiplied(
    methodology: Methodology, partition: Partition, call: Any, names: tuple[str, str]
) -> Array:
    if names[1] not in partition.columns.words:
        return np.zeros(len(partition.columns), dtype=bool)
    screen = Screen(
        methodology, partition.columns, partition.dictionaries, partition.days, partition.day_index
    )
    found = entry_of("normalisation", call.rule)
    assert found is not None
    return screen.by_words(
        names, lambda submission, day: found.function(submission, day, **call.arguments) is not None
    )


# ---- suspects ------------------------------------------------------------------------


def _suspect_rows(
    methodology: Methodology, partition: Partition, group: Array, sides: Array, suspect: Array
) -> None:
    assert methodology.assessment is not None
    columns = partition.columns
    suspect[group[sides < 0]] = True
    tonnes = columns.numbers.get("quantity")
    if tonnes is not None:
        suspect[group[(tonnes < 0) & (tonnes != NULL)]] = True
    decision = columns.words.get("decision")
    if decision is not None and any(c.overridable for c in methodology.assessment.screening):
        included = decision == partition.dictionaries["decision"].known("include")
        suspect[group[included]] = True


def _suspect_groups(
    partition: Partition, group: Array, firm: Array, clusters: Array, suspect: Array
) -> None:
    """A firm whose rows of a day name several groups: the day engine says which it is of."""
    if "group" not in partition.columns.words:
        return
    firms = int(firm.max(initial=0)) + 1
    key = group * firms + firm if len(suspect) * firms <= _DENSE else firm
    one = np.zeros(int(key.max(initial=0)) + 1, dtype=np.int32)
    one[key] = clusters
    suspect[group[clusters != one[key]]] = True


def _suspect_deals(
    methodology: Methodology,
    partition: Partition,
    group: Array,
    kinds: Array,
    valid: Array,
    suspect: Array,
) -> None:
    """Groups in which a deal may be told twice."""
    assert methodology.assessment is not None
    if not any(call.rule == "deal_once" for call in methodology.assessment.screening):
        return
    columns = partition.columns
    deals = valid & (kinds == k.TRANSACTION)
    told = columns.words.get("counterparty")
    if told is not None:
        names = partition.dictionaries["contributor"]
        words = partition.dictionaries["counterparty"].words
        firms = np.array([*(names.known(word) >= 0 for word in words), False])
        suspect[group[deals & firms[told]]] = True
    reference = columns.words.get("deal_reference")
    if reference is not None:
        words = partition.dictionaries["deal_reference"].words
        folded = Dictionary().codes([word.strip().casefold() for word in words])
        own = np.append(folded, np.int32(-1)).astype(np.int64)[reference]
        rows = np.flatnonzero(deals & (own >= 0))
        key = group[rows] * (len(words) + 1) + own[rows]
        suspect[group[rows[_twice(key)]]] = True


def _twice(key: Array) -> Array:
    """Which keys occur more than once."""
    listed, place, counts = np.unique(key, return_inverse=True, return_counts=True)
    del listed
    again: Array = counts[place] > 1
    return again


def _suspect_days(
    methodology: Methodology, partition: Partition, firm: Array, kinds: Array, sides: Array
) -> Array:
    """Days on which the cleaning section may have something to say."""
    rules = _cleaning(methodology)
    columns, index = partition.columns, partition.day_index
    days = np.zeros(len(partition.days), dtype=bool)
    if columns.ids is not None:
        rows = np.flatnonzero(columns.ids != "")
        words = Dictionary().codes(columns.ids[rows])
        days[index[rows[_twice(index[rows] * (len(rows) + 1) + words)]]] = True
    low, high = columns.numbers["low"], columns.numbers["high"]
    if "zero_rows_missing" in rules:
        days[index[(low == 0) & (high == 0)]] = True
    if rules & {"repeated_rows_once", "two_sheets_one_date"}:
        firms = len(partition.dictionaries["contributor"].words)
        key = index * len(methodology.series) + partition.series
        key = ((key * firms + firm) * 5 + kinds + 1) * 4 + sides + 1
        days[index[_repeated(key)]] = True
    if "weekdays_only" in rules:
        days |= is_weekend(partition.days)
    if "filled_forward" in rules:
        days[1:] |= _repeating(methodology, partition, firm)
        # what a day is a copy of may be a copy itself, with a weekend's sheet between
        for _ in range(2):
            days[1:] |= days[:-1].copy()
    return days


def is_weekend(day: Any) -> Any:
    """Whether a day number (or which of many) is a Saturday or Sunday."""
    return (day + 3) % 7 >= 5  # noqa: PLR2004 1970-01-01 was a Thursday


def _repeating(methodology: Methodology, partition: Partition, firm: Array) -> Array:
    """Which days but the first repeat the day before, quote by quote."""
    assert methodology.assessment is not None
    if not any(call.arguments.get("absent_percent") for call in methodology.assessment.cleaning):
        seen = _fingerprints(partition, firm)
        same: Array = seen[1:] == seen[:-1]
        return same
    index, mixed = partition.day_index, _mixed(partition, firm)
    code = np.unique(mixed, return_inverse=True)[1]
    room = int(code.max(initial=0)) + 1
    key = index * room + code
    new = ~np.isin(key, key + room)
    copied: Array = np.bincount(index[new], minlength=len(partition.days)) == 0
    return copied[1:]


def _repeated(key: Array) -> Array:
    room = int(key.max(initial=0)) + 1
    if room <= _DENSE:
        again: Array = np.bincount(key, minlength=room)[key] > 1
        return again
    return _twice(key)


def _fingerprints(partition: Partition, firm: Array) -> Array:
    """A number of each day's quotes that does not depend on their order."""
    sums = np.add.reduceat(_mixed(partition, firm), partition.starts[:-1])
    return sums + np.diff(partition.starts).astype(np.uint64)


def _mixed(partition: Partition, firm: Array) -> Array:
    """A number of each quote: series, firm, low and high."""
    columns = partition.columns
    mixed = partition.series.astype(np.uint64)
    for each in (firm, columns.numbers["low"], columns.numbers["high"]):
        mixed = (mixed ^ each.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed
