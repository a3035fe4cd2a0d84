"""What documents of one run share: the moved days, the days looked back at, the preparation.

Two documents that clean and screen alike are prepared once. Nothing is priced here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from assay.core import refused
from assay.methodology.catalogue.cleaning import DAYS_BACK, resembling
from assay.methodology.document.model import Methodology
from assay.methodology.replay.columns import Columns, day_number, joined
from assay.methodology.replay.plan import why_not
from assay.methodology.replay.prepare import Partition, Prepared, is_weekend, partition_of, prepare
from assay.methodology.replay.rows import RowReader


class Ready:
    """One partition prepared once for documents that screen alike.

    `likes` remembers from partition to partition which documents of the run do.
    """

    def __init__(self, likes: dict[tuple[int, int], bool] | None = None) -> None:
        self._held: list[tuple[Methodology, Partition, Prepared | None]] = []
        self._likes = {} if likes is None else likes

    def of(
        self,
        document: Methodology,
        columns: Columns,
        context: Columns | None,
        reader: RowReader,
    ) -> tuple[Partition, Prepared | None]:
        """Partition and, where the document allows columns, what the kernel needs."""
        for other, partition, prepared in self._held:
            if self._alike(document, other):
                return partition, prepared
        partition = partition_of(document, columns, reader.dictionaries, context)
        ready = None if why_not(document) else prepare(document, partition)
        self._held.append((document, partition, ready))
        return partition, ready

    def _alike(self, one: Methodology, other: Methodology) -> bool:
        """As `_alike`, asked once of each pair: the run holds its documents to the end."""
        pair = (id(one), id(other))
        if pair not in self._likes:
            self._likes[pair] = _alike(one, other)
        return self._likes[pair]


def _alike(one: Methodology, other: Methodology) -> bool:
    """Whether two documents clean, screen and normalise the same rows the same way."""
    mine, theirs = one.assessment, other.assessment
    if mine is None or theirs is None or bool(why_not(one)) != bool(why_not(other)):
        return False
    return (
        one.series == other.series
        and one.cards.keys() == other.cards.keys()
        and all(one.cards[c].unit == other.cards[c].unit for c in one.series)
        and all(one.cards[c].tax == other.cards[c].tax for c in one.series)
        and (one.hours, one.calendar) == (other.hours, other.calendar)
        and (mine.cleaning, mine.screening) == (theirs.cleaning, theirs.screening)
        and (mine.normalisation, mine.point) == (theirs.normalisation, theirs.point)
        and mine.required == theirs.required
    )


def restated(documents: Iterable[Methodology]) -> dict[int, int]:
    """The days that the documents' cleaning moves, given to true."""
    tables = []
    for document in documents:
        assert document.assessment is not None
        moved: dict[int, int] = {}
        for place, call in enumerate(document.assessment.cleaning):
            if call.rule == "redate":
                if place:
                    raise refused(
                        "replay.redate_first",
                        f"{document.id} (clause {call.clause})",
                        "days are moved before anything else is cleaned: write redate first",
                    )
                for row in call.arguments["table"]:
                    moved[day_number(row["given"])] = day_number(row["true"])
        tables.append(moved)
    if any(each != tables[0] for each in tables):
        raise refused(
            "replay.redated", _names(documents), "these move different days: replay apart"
        )
    return tables[0]


def alike_names(document: Methodology, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names that resemble each other and that no table of the document brings together."""
    assert document.assessment is not None
    rules = {call.rule: call for call in document.assessment.cleaning}
    if "resembling_names" not in rules:
        return
    tables = [c.arguments["table"] for c in rules.values() if c.rule == "aliases"]
    firm = {line["name"]: line["contributor"] for table in tables for line in table}
    for one, other in resembling(tuple(sorted(names))):
        if firm.get(one, one) != firm.get(other, other):
            yield one, other


def last_days(columns: Columns, context: Columns | None) -> Columns:
    """The rows of the last weekdays and what lies between: what cleaning looks back at."""
    days = np.unique(columns.day)
    if context is not None and (~is_weekend(days)).sum() < DAYS_BACK:
        columns = joined([context, columns])
        days = np.unique(columns.day)
    weekdays = days[~is_weekend(days)][-DAYS_BACK:]
    return columns.take(columns.day >= weekdays[0]) if len(weekdays) else columns


def _names(documents: Iterable[Methodology]) -> str:
    return ", ".join(each.id for each in documents)
