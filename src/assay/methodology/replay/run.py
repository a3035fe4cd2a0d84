"""A replay from table to table: read, partition, price, complete, write.

Rows stream through in partitions of whole days; memory holds a few partitions and the
fixings, never the table. Documents of one run share the reading and the grouping.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np

from assay.core import Finding, Severity, refused
from assay.methodology.determination import Determination
from assay.methodology.document.model import Methodology
from assay.methodology.inputs import SUBMISSION_FIELDS, Observation
from assay.methodology.replay import kernel as k
from assay.methodology.replay.columns import Array, Columns, day_number, day_of
from assay.methodology.replay.daily import DayEngine
from assay.methodology.replay.engine import SMALL, Priced, alike, price_together
from assay.methodology.replay.formulas import formula_days, replay_formula
from assay.methodology.replay.observations import read_observations
from assay.methodology.replay.partitions import OutOfOrder, sorted_outside, streamed
from assay.methodology.replay.plan import may_close, needs_history, needs_previous, why_not
from assay.methodology.replay.prepare import Partition, Prepared
from assay.methodology.replay.results import (
    BRANCH_CODES,
    DETERMINED,
    INSUFFICIENT,
    OTHER,
    Completion,
    Fixings,
    completed,
    empty,
    put,
    together,
)
from assay.methodology.replay.rows import NEEDED, WORDS, Findings, RowReader
from assay.methodology.replay.sharing import Ready, alike_names, last_days, restated
from assay.methodology.replay.tables import Table, ascending, open_table
from assay.methodology.replay.writing import (
    check_out,
    findings_path,
    write_findings,
    write_fixings,
)

#: From so many fixings on the documents of a run are completed one after another: for memory.
_LARGE = 1 << 20
Progress = Callable[[int, int], None]


class Witness(Protocol):
    """Who looks on while a run prices: leave-one-out figures are made this way."""

    def columns(
        self, document: Methodology, partition: Partition, prepared: Prepared, priced: Priced
    ) -> None:
        """A partition that the kernel priced (groups it left to the day engine included)."""

    def determined(self, document: Methodology, found: Determination) -> None:
        """A day of a series that the day engine determined, with its influence figures."""

    def restart(self) -> None:
        """The run begins anew: forget what was seen."""


@dataclass(slots=True)
class Report:
    """What a replay did: rows read and left out, fixings, and which engine spoke."""

    rows: int = 0
    bad_rows: int = 0
    fixings: int = 0
    determined: int = 0
    by_day_engine: int = 0
    slow_because: tuple[str, ...] = ()
    findings: Path | None = None


@dataclass(slots=True)
class Source:
    """Where a run reads from and how it goes about it."""

    submissions: Path | None
    inputs: Path | None = None
    first: date | None = None
    last: date | None = None
    workers: int = 0
    progress: Progress | None = None
    #: True and False force the compiled and the plain kernel; None chooses by size.
    compile: bool | None = None
    findings: Findings = field(default_factory=Findings)
    witness: Witness | None = None


def replay(methodology: Methodology, source: Source, out: Path) -> Report:
    """Replay one document over a table of submissions into a table of fixings."""
    check_out(out)
    [(fixings, report)] = replay_together([methodology], source)
    write_fixings(out, fixings, methodology)
    report.findings = findings_path(out)
    write_findings(report.findings, source.findings)
    return report


def replay_together(
    documents: Sequence[Methodology], source: Source
) -> list[tuple[Fixings, Report]]:
    """Replay several documents over one reading of the table."""
    kinds = {document.kind for document in documents}
    for document in documents:
        if document.kind not in ("assessed", "formula"):
            raise refused(
                "replay.kind",
                f"{document.id} ({document.file})",
                f"a series of kind {document.kind} is fed from reported quantities or exchange "
                "rows, which a table of submissions does not hold: determine it day by day",
            )
    torn: dict[str, set[date]] = {}
    series = read_observations(source.inputs, source.findings, torn)
    if kinds == {"formula"}:
        return [_formula(document, series, torn, source) for document in documents]
    if source.submissions is None or kinds != {"assessed"}:
        raise refused(
            "replay.submissions", documents[0].id, "an assessed series needs --submissions TABLE"
        )
    return _Run(documents, source, series).go()


def _formula(
    document: Methodology,
    series: Mapping[str, tuple[Observation, ...]],
    torn: Mapping[str, set[date]],
    source: Source,
) -> tuple[Fixings, Report]:
    days = formula_days(document, series, torn, source)
    about = Completion(document, days[0], days[-1]) if days else None
    pieces: list[Fixings] = []
    for done, piece in replay_formula(document, series, days, source.findings):
        pieces.append(piece)
        if source.progress:
            source.progress(done, len(days))
    fixings = together(pieces)
    if about is not None:
        about.days = np.array([day_number(day) for day in days], dtype=np.int32)
        fixings = completed(fixings, about)
    bad = source.findings.bad_rows
    return fixings, Report(bad_rows=bad, fixings=len(fixings), determined=_determined(fixings))


def _determined(fixings: Fixings) -> int:
    return int((fixings.state == DETERMINED).sum())


class _Run:
    """One run over one table, for documents that clean it the same way."""

    def __init__(
        self,
        documents: Sequence[Methodology],
        source: Source,
        series: Mapping[str, tuple[Observation, ...]],
    ) -> None:
        assert source.submissions is not None
        self.documents = documents
        self.source = source
        self.series = series
        self.table: Table = open_table(source.submissions, NEEDED, SUBMISSION_FIELDS)
        self.table.words = frozenset(("series", "contributor", *WORDS))
        self.reader = RowReader(source.submissions.name, source.findings)
        self.moved = restated(documents)
        self.slow = [tuple(why_not(document)) for document in documents]
        self.reports = [Report(slow_because=slow) for slow in self.slow]
        self.rows = 0
        self.compile = source.compile
        self._outside = False
        self._strange: dict[str, int] = {}
        self._likes: dict[tuple[int, int], bool] = {}
        self._served = {code for document in documents for code in document.series}
        for code in documents[0].series:
            self.reader.dictionary("series").code(code)
        for document in documents:
            assert document.assessment is not None
            for call in document.assessment.cleaning:
                if call.rule == "aliases":
                    for line in call.arguments["table"]:
                        self.reader.dictionary("contributor").code(line["contributor"])

    def go(self) -> list[tuple[Fixings, Report]]:
        """Run to the end."""
        self._warm()
        try:
            pieces, days = self._collected()
        except OutOfOrder:
            self._outside = True
            self._restart()
            pieces, days = self._collected()
        self._note()
        large = max(sum(map(len, held)) for held in pieces) > _LARGE
        with ThreadPoolExecutor(1 if large else self.source.workers or 2) as pool:
            return list(pool.map(self._finished, self.documents, pieces, days, self.reports))

    def _collected(self) -> tuple[list[list[Fixings]], list[list[Array]]]:
        """Of each document the pieces of its fixings, and the days that it has rows of."""
        pieces: list[list[Fixings]] = [[] for _ in self.documents]
        days: list[list[Array]] = [[] for _ in self.documents]
        for found, listed in self._priced():
            for number in range(len(self.documents)):
                pieces[number].append(found[number])
                days[number].append(listed[number])
        return pieces, days

    # ---- reading -----------------------------------------------------------------------

    def _warm(self) -> None:
        """Choose the kernel by the size of the table; load the compiler beside the reading."""
        if self.compile is None:
            self.compile = self.table.about_rows >= SMALL and not all(self.slow)
        if self.compile:
            from threading import Thread

            from assay.methodology.replay.native import keep_memory, native, read_decimals

            keep_memory()
            self.reader.machine = read_decimals
            Thread(target=native, daemon=True).start()

    def _partitions(self) -> Iterator[Columns]:
        if self._outside or self.moved or ascending(self.table, "pricing_date") is False:
            return sorted_outside(self._batches())
        return streamed(self._batches())

    def _restart(self) -> None:
        dictionaries = self.reader.dictionaries
        machine = self.reader.machine
        self.reader = RowReader(self.table.path.name, self.source.findings, machine)
        self.reader.dictionaries = dictionaries
        self.source.findings.listed.clear()
        self.source.findings.counts.clear()
        self._strange.clear()
        self.rows = 0
        self.reports = [Report(slow_because=slow) for slow in self.slow]
        if self.source.witness is not None:
            self.source.witness.restart()

    def _batches(self) -> Iterator[Columns]:
        for batch in self.table.batches():
            columns = self._served_rows(self.reader.read(batch))
            if self.source.progress:
                self.source.progress(self.table.read, self.table.size)
            if len(columns):
                yield columns

    def _served_rows(self, columns: Columns) -> Columns:
        self.rows += len(columns)
        if self.moved:
            columns.days["stated"] = columns.day
            columns.day = self._redated(columns.day)
        words = self.reader.dictionary("series").words
        served = np.array([word in self._served for word in words], dtype=bool)
        every = bool(served.all())
        if every and self.source.first is None and self.source.last is None:
            return columns
        keep = served[columns.words["series"]]
        if not every:
            strange = np.bincount(columns.words["series"][~keep], minlength=len(words))
            for code in np.flatnonzero(strange):
                self._strange[words[code]] = self._strange.get(words[code], 0) + int(strange[code])
        if self.source.last is not None:
            keep &= columns.day <= day_number(self.source.last)
        if self.source.first is not None and not self._looks_back():
            keep &= columns.day >= day_number(self.source.first)
        return columns if keep.all() else columns.take(keep)

    def _looks_back(self) -> bool:
        return any(needs_history(each) or needs_previous(each) for each in self.documents)

    def _redated(self, day: Array) -> Array:
        moved = day.copy()
        for given, true in self.moved.items():
            moved[day == given] = true
        return moved

    # ---- pricing -----------------------------------------------------------------------

    def _priced(self) -> Iterator[tuple[list[Fixings], list[Array]]]:
        if any(self.slow) and any(needs_history(d) for d in self.documents):
            yield from self._in_sequence()
            return
        workers = self.source.workers or 2
        with ThreadPoolExecutor(workers) as pool:
            waiting: deque[Future[tuple[list[Fixings], list[Array]]]] = deque()
            for partition in self._with_context():
                waiting.append(pool.submit(self._price_one, partition))
                while len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _in_sequence(self) -> Iterator[tuple[list[Fixings], list[Array]]]:
        engines = [self._day_engine(each, own=True) for each in self.documents]
        for partition in self._with_context():
            yield self._price_one(partition, engines)

    def _with_context(self) -> Iterator[tuple[Columns, Columns | None]]:
        wanted = any(needs_previous(each) for each in self.documents)
        context: Columns | None = None
        for columns in self._partitions():
            yield columns, context
            if wanted:
                context = last_days(columns, context)

    def _day_engine(self, document: Methodology, *, own: bool) -> DayEngine:
        series = {
            code: seen for code, seen in self.series.items() if own or code not in document.cards
        }
        return DayEngine(document, self.reader.dictionaries, series)

    def _price_one(
        self,
        given: tuple[Columns, Columns | None],
        engines: list[DayEngine] | None = None,
    ) -> tuple[list[Fixings], list[Array]]:
        columns, context = given
        ready, found = Ready(self._likes), []
        shared = [ready.of(document, columns, context, self.reader) for document in self.documents]
        priced = self._kernel(shared)
        for number, document in enumerate(self.documents):
            partition, prepared = shared[number]
            if prepared is None:
                engine = engines[number] if engines else self._day_engine(document, own=True)
                found.append(self._slowly(document, partition, engine, self.reports[number]))
            else:
                found.append(self._quickly(document, partition, prepared, priced[number]))
            for place, said in partition.unannounced.items():
                if place in partition.own_days:
                    self.source.findings.add(
                        Finding("row.calendar", Severity.ERROR, str(day_of(partition.days[place])), said),
                        len(partition.rows_of(place)),
                    )  # fmt: skip
        return found, [partition.days[partition.own_days.start :] for partition, _ in shared]

    def _kernel(self, shared: Sequence[tuple[Partition, Prepared | None]]) -> dict[int, Priced]:
        """The kernel's answer by the number of the document; those alike run together."""
        priced: dict[int, Priced] = {}
        for number, (_, prepared) in enumerate(shared):
            if prepared is None or number in priced:
                continue
            same = [
                other
                for other in range(number, len(shared))
                if shared[other][1] is prepared
                and alike(self.documents[number], self.documents[other])
            ]
            listed = [self.documents[other] for other in same]
            answers = price_together(listed, prepared, compiled=bool(self.compile))
            priced |= dict(zip(same, answers, strict=True))
        return priced

    def _quickly(
        self, document: Methodology, partition: Partition, prepared: Prepared, priced: Priced
    ) -> Fixings:
        """The kernel's prices, with the day engine for what it left."""
        if self.source.witness is not None:
            self.source.witness.columns(document, partition, prepared, priced)
        size = len(document.series)
        asked_whole = prepared.suspect_days & (
            np.arange(len(partition.days)) >= partition.own_days.start
        )
        there = np.flatnonzero((prepared.received > 0) | np.repeat(asked_whole, size))
        day, series = there // size, there % size
        open_days = np.ones(len(partition.days), dtype=bool)
        open_days[list(partition.unannounced)] = False
        keep = open_days[day]
        there, day, series = there[keep], day[keep], series[keep]
        found = empty(len(there))
        found.series[:], found.day[:] = series, partition.days[day]
        found.received[:] = prepared.received[there]
        state = priced.state[there]
        closed = partition.closed[day]
        good = state == k.PRICED
        found.state[:] = np.where(good, DETERMINED, np.where(closed, OTHER, INSUFFICIENT))
        for leg in ("low", "mid", "high"):
            getattr(found, leg)[:] = np.where(good, getattr(priced, leg)[there], 0)
        branches = np.array([BRANCH_CODES[name] for name in priced.branches], dtype=np.int8)
        found.branch[good] = branches[priced.rung[there][good]]
        found.used[good] = priced.used[there][good]
        asked = np.flatnonzero((prepared.suspect[there] | (state == k.EXACT)) & ~closed)
        if len(asked):
            self._ask(document, partition, found, day, asked)
            self.reports[self.documents.index(document)].by_day_engine += len(asked)
        return found

    def _ask(
        self, document: Methodology, partition: Partition, found: Fixings, day: Array, asked: Array
    ) -> None:
        engine = self._day_engine(document, own=False)
        for place in np.unique(day[asked]):
            rows = asked[day[asked] == place]
            wanted = {document.series[found.series[row]]: int(row) for row in rows}
            before = partition.before(place) if needs_previous(document) else ()
            outcome = engine.day(
                day_of(partition.days[place]), partition.columns, partition.rows_of(place),
                before, list(wanted), influence=self._watched(partition.days[place]),
            )  # fmt: skip
            for code, row in wanted.items():
                self._put(document, found, row, outcome[code])

    def _watched(self, day: int) -> bool:
        first = self.source.first
        return self.source.witness is not None and (first is None or day >= day_number(first))

    def _put(self, document: Methodology, found: Fixings, row: int, outcome: Determination) -> None:
        put(found, row, outcome, Fraction(document.card(outcome.series).step))
        if self.source.witness is not None:
            self.source.witness.determined(document, outcome)

    def _slowly(
        self, document: Methodology, partition: Partition, engine: DayEngine, report: Report
    ) -> Fixings:
        """Every day by the day engine, in the order of the days."""
        size = len(document.series)
        group = partition.day_index * size + partition.series
        received = np.bincount(group[partition.context :], minlength=len(partition.days) * size)
        if may_close(document):
            received[partition.own_days.start * size :] += 1
        there = np.flatnonzero(received > 0)
        found = empty(len(there))
        found.series[:], found.day[:] = there % size, partition.days[there // size]
        kept = np.ones(len(there), dtype=bool)
        look_back, remember = needs_previous(document), needs_history(document)
        for place in partition.own_days:
            rows = np.flatnonzero(there // size == place)
            if place in partition.unannounced:
                kept[rows] = False
                continue
            wanted = {document.series[there[row] % size]: int(row) for row in rows}
            before = partition.before(place) if look_back else ()
            outcome = engine.day(
                day_of(partition.days[place]), partition.columns, partition.rows_of(place),
                before, list(wanted), influence=self._watched(partition.days[place]),
            )  # fmt: skip
            for code, row in wanted.items():
                self._put(document, found, row, outcome[code])
                if remember:
                    engine.remember(outcome[code])
        report.by_day_engine += len(there)
        return found.take(kept)

    # ---- the end -----------------------------------------------------------------------

    def _note(self) -> None:
        for broken in self.table.broken:
            self.source.findings.add(broken)
        served = ", ".join(sorted(self._served))
        for code, number in sorted(self._strange.items()):
            self.source.findings.add(
                Finding(
                    "series.not_served",
                    Severity.WARNING,
                    f"{self.table.path.name}: series {code}",
                    f"{number} rows are of no series of the document; it serves {served}",
                )
            )
        names = self.reader.dictionary("contributor").words
        for one, other in {pair for d in self.documents for pair in alike_names(d, names)}:
            self.source.findings.add(
                Finding(
                    "cleaning.resembling_names",
                    Severity.WARNING,
                    f"{self.table.path.name}: {one}, {other}",
                    "they resemble each other and are taken as two firms: only a dated table of "
                    "names makes them one",
                )
            )

    def _finished(
        self, document: Methodology, pieces: list[Fixings], days: list[Array], report: Report
    ) -> tuple[Fixings, Report]:
        fixings = together(pieces)
        pieces.clear()
        every = np.unique(np.concatenate(days)) if days else np.zeros(0, dtype=np.int32)
        if len(every):
            about = Completion(document, day_of(every[0]), day_of(every[-1]), self.series, every)
            fixings = completed(fixings, about)
        if self.source.first is not None:
            fixings = fixings.take(np.flatnonzero(fixings.day >= day_number(self.source.first)))
        report.rows = self.rows
        report.bad_rows = self.source.findings.bad_rows
        report.fixings, report.determined = len(fixings), _determined(fixings)
        return fixings, report
