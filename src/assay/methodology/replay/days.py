"""Some days of a table, determined one by one with everything that explains them.

For the days that a comparison asks about: one pass over the table keeps only their rows
and those of the days before, where the document looks at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np

from assay.methodology.determination import Determination
from assay.methodology.document.model import Methodology
from assay.methodology.engine.determining import determine
from assay.methodology.inputs import SUBMISSION_FIELDS, Inputs, Observation
from assay.methodology.replay.columns import Columns, day_number, joined
from assay.methodology.replay.daily import DayEngine
from assay.methodology.replay.observations import read_observations
from assay.methodology.replay.partitions import by_day
from assay.methodology.replay.plan import needs_previous
from assay.methodology.replay.rows import NEEDED, Findings, RowReader
from assay.methodology.replay.run import Source
from assay.methodology.replay.sharing import restated
from assay.methodology.replay.tables import open_table

Wanted = tuple[str, date]


def explained(
    document: Methodology,
    source: Source,
    wanted: Iterable[Wanted],
    before: Mapping[date, Sequence[date]],
    last: dict[Wanted, Observation],
) -> dict[Wanted, Determination]:
    """The wanted series and days with verdicts and trace.

    `before` names the days of the table before each wanted one, in order; `last` the last price of a
    series before a wanted day, for documents that look back.
    """
    listed = sorted(set(wanted), key=lambda each: each[1])
    findings = Findings()
    series = read_observations(source.inputs, findings)
    if document.assessment is None:
        return {
            (code, day): determine(document, day, Inputs(series=series), code)
            for code, day in listed
        }
    days = {day for _, day in listed}
    if needs_previous(document):
        days |= {each for _, day in listed for each in before.get(day, ())}
    reader, columns = _rows(document, source, days, findings)
    found: dict[Wanted, Determination] = {}
    for code, day in listed:
        engine = DayEngine(document, reader.dictionaries, series)
        if (code, day) in last:
            engine.last[code] = last[code, day]
        rows = _of(columns, day)
        earlier: Sequence[int] = ()
        if needs_previous(document) and before.get(day):
            earlier = range(_of(columns, before[day][0]).start, rows.start)
        found[code, day] = engine.day(day, columns, rows, earlier, [code])[code]
    return found


def _rows(
    document: Methodology, source: Source, days: set[date], findings: Findings
) -> tuple[RowReader, Columns]:
    assert source.submissions is not None
    table = open_table(source.submissions, NEEDED, SUBMISSION_FIELDS)
    reader = RowReader(source.submissions.name, findings)
    numbers = np.array(sorted(day_number(day) for day in days), dtype=np.int64)
    moved = restated([document])
    kept: list[Columns] = []
    for batch in table.batches():
        columns = reader.read(batch)
        if moved:
            columns.days["stated"] = columns.day
            columns.day = columns.day.copy()
            for given, true in moved.items():
                columns.day[columns.days["stated"] == given] = true
        served = np.array(
            [word in document.cards for word in reader.dictionary("series").words], dtype=bool
        )
        keep = np.isin(columns.day, numbers) & served[columns.words["series"]]
        if keep.any() or not kept:
            kept.append(columns.take(keep))
    return reader, by_day(joined(kept))


def _of(columns: Columns, day: date) -> range:
    number = day_number(day)
    return range(
        int(np.searchsorted(columns.day, number, "left")),
        int(np.searchsorted(columns.day, number, "right")),
    )
