"""The table of inputs: values of other series by date, as the day engine takes them.

Columns `series,date` and either `value` or `low,mid,high`; `pricing_date` is taken for
`date`, so that the output of one replay is the input of the next. Rows without a price
(a day that was not assessed) say nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from assay.core import Finding, Severity, refused
from assay.methodology.inputs import Observation
from assay.methodology.inputs_reading import agreeing
from assay.methodology.replay.columns import Columns, day_of
from assay.methodology.replay.rows import Findings, RowReader
from assay.methodology.replay.tables import open_table

ALLOWED = (
    "series", "date", "pricing_date", "low", "mid", "high", "value", "source", "period",
    "status", "branch", "n_received", "n_used", "carried", "revision",
)  # fmt: skip
_MONTH = timedelta(days=31)
_TRUE = ("true", "True", "1", "yes")


def read_observations(
    path: Path | None, findings: Findings, refused_days: dict[str, set[date]] | None = None
) -> dict[str, tuple[Observation, ...]]:
    """Every series of the table, each in the order of its dates.

    A date with two different values is left out, as `determine` leaves it out; where
    `refused_days` is given, it takes those dates.
    """
    if path is None:
        return {}
    table = open_table(path, ("series",), ALLOWED)
    day = next((name for name in ("date", "pricing_date") if name in table.columns), None)
    if day is None or not {"value", "mid"} & set(table.columns):
        raise refused(
            "table.columns", path.name, "needs series, date and either value or low, mid, high"
        )
    reader = RowReader(path.name, findings)
    held: dict[str, list[Observation]] = {}
    for batch in table.batches():
        columns = reader.read_as(batch, day, ("series", "source", "period", "status", "carried"))
        _collect(columns, reader, held)
    for broken in table.broken:
        findings.add(broken)
    agreed: dict[str, tuple[Observation, ...]] = {}
    torn: list[Finding] = []
    for code, seen in held.items():
        seen.sort(key=_date)
        agreed[code] = agreeing(seen, f"{path.name}, series {code}", torn)
        if refused_days is not None:
            there = {each.date for each in agreed[code]}
            gone = {each.date for each in seen if each.date is not None} - there
            refused_days[code] = {each for each in gone if each is not None}
    for each in torn:
        findings.add(each)
    return agreed


def _collect(columns: Columns, reader: RowReader, held: dict[str, list[Observation]]) -> None:
    def word(name: str, row: int) -> str:
        codes = columns.words.get(name)
        return "" if codes is None else reader.dictionary(name).word(int(codes[row])) or ""

    for row in range(len(columns)):
        middle = columns.number("mid", row)
        if middle is None:
            middle = columns.number("value", row)
        status = word("status", row) or "determined"
        if middle is None:
            if status == "determined":
                reader.findings.add(
                    Finding(
                        "row.missing",
                        Severity.ERROR,
                        f"{reader.name}, row {int(columns.position[row]) + 1}",
                        "neither mid nor value is given",
                    )
                )
            continue
        revision: Fraction | None = columns.number("revision", row)
        held.setdefault(word("series", row), []).append(
            Observation(
                date=day_of(int(columns.day[row])),
                low=columns.number("low", row),
                mid=middle,
                high=columns.number("high", row),
                revision=int(revision or 0),
                source=word("source", row),
                carried=word("carried", row) in _TRUE,
                period=word("period", row),
                status=status,
            )
        )


class Window:
    """The observations that a pricing day may look at, without those of later days.

    A formula looks back; a table of twenty years handed over whole would be read anew
    for each of its days. What a window leaves out is dated after the day, or is older
    than the newest observations that every lag rule could still choose from.
    """

    #: Observations kept of each series: the newest that a lag rule may choose from, and
    #: more of them than any calendar has closed days in a row.
    KEPT = 32

    def __init__(
        self, series: Mapping[str, tuple[Observation, ...]], *, month: bool = True
    ) -> None:
        self._series = series
        self._month = _MONTH if month else timedelta(0)
        self._dates = {code: [_date(each) for each in seen] for code, seen in series.items()}
        self._whole = {code for code, seen in series.items() if any(e.period for e in seen)}

    def until(self, day: date) -> dict[str, tuple[Observation, ...]]:
        """The window of a day."""
        window = {}
        for code, dates in self._dates.items():
            end = bisect_right(dates, day)
            start = 0
            if code not in self._whole and end > self.KEPT:
                start = bisect_left(dates, min(dates[end - self.KEPT], day - self._month))
            window[code] = self._series[code][start:end]
        return window


def _date(seen: Observation) -> date:
    return seen.date or date.min
