"""Day by day: the day engine itself, fed from columns.

Slower and the measure of everything else: what comes out here is what `determine` says
of the rows of that pricing date. A row counts for its own pricing date only; rows of
the day before are shown where the document looks at them, without their hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from assay.methodology.determination import Determination
from assay.methodology.document.model import Methodology
from assay.methodology.engine.determining import determine, determine_all
from assay.methodology.inputs import Inputs, Observation, Submission
from assay.methodology.replay.columns import NULL, Columns, Dictionary, day_of, instant_of
from assay.methodology.replay.observations import Window

_OWN_WORDS = ("series", "contributor", "kind", "side", "group")
#: From this many series of one day on, the whole document is determined at once.
_ALL_FROM = 3


def submission_of(
    columns: Columns, dictionaries: Mapping[str, Dictionary], row: int, *, hours: bool = True
) -> Submission:
    """A row as the day engine reads it, with the id it has or its place in the table."""

    def word(name: str) -> str | None:
        codes = columns.words.get(name)
        return None if codes is None else dictionaries[name].word(int(codes[row]))

    def instant(name: str) -> Any:
        whole = columns.instants.get(name)
        return None if whole is None or whole[row] == NULL else instant_of(int(whole[row]))

    delivery = columns.days.get("delivery_date")
    stated = columns.days.get("stated", columns.day)
    position = int(columns.position[row])
    named = columns.ids[row] if columns.ids is not None else ""
    texts = {name: word(name) for name in columns.words if name not in _OWN_WORDS}
    return Submission(
        id=str(named) or f"#{position + 1}",
        pricing_date=day_of(int(stated[row])),
        series=word("series") or "",
        contributor=word("contributor") or "",
        kind=word("kind") or "indication",
        low=columns.number("low", row),
        high=columns.number("high", row),
        position=position,
        side=word("side"),
        quantity=columns.number("quantity", row),
        premium_low=columns.number("premium_low", row),
        premium_high=columns.number("premium_high", row),
        received_at=instant("received_at") if hours else None,
        concluded_at=instant("concluded_at"),
        delivery_date=None
        if delivery is None or delivery[row] == NULL
        else day_of(int(delivery[row])),
        group=word("group"),
        texts={name: said for name, said in texts.items() if said},
    )


class DayEngine:
    """Determines days of one document from columns of rows and tables of inputs."""

    def __init__(
        self,
        methodology: Methodology,
        dictionaries: Mapping[str, Dictionary],
        series: Mapping[str, tuple[Observation, ...]],
    ) -> None:
        self._methodology = methodology
        self._dictionaries = dictionaries
        self._window = Window(series)
        #: The last price of each series, where the document looks back.
        self.last: dict[str, Observation] = {}

    def day(
        self,
        day: date,
        columns: Columns,
        rows: Iterable[int],
        before: Iterable[int],
        wanted: list[str],
        *,
        influence: bool = False,
    ) -> dict[str, Determination]:
        """Determine the wanted series of a day from these rows and those of the day before."""
        submissions = [
            submission_of(columns, self._dictionaries, row, hours=False) for row in before
        ]
        submissions += [submission_of(columns, self._dictionaries, row) for row in rows]
        inputs = Inputs(
            submissions=tuple(submissions),
            series=self._window.until(day),
            history={code: (last,) for code, last in self.last.items()},
        )
        if len(wanted) >= _ALL_FROM:
            every = determine_all(self._methodology, day, inputs, influence=influence)
            return {code: every[code] for code in wanted}
        return {
            code: determine(self._methodology, day, inputs, code, influence=influence)
            for code in wanted
        }

    def remember(self, found: Determination) -> None:
        """Keep a price as the series' last one (a carried one is not a price of its day)."""
        if found.mid is None or found.branch == "carried":
            return
        assert found.low is not None
        assert found.high is not None
        self.last[found.series] = Observation(
            found.pricing_date, Fraction(found.low), Fraction(found.mid), Fraction(found.high)
        )
