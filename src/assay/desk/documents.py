"""The documents of a process that goes on: read again when the folder changed, whole or not at all.

A new file that cannot be executed is a loud finding and the old documents stay in force. A
reading that would change what a day under way rests on waits until that day has ended: no
price changes its rule in the middle of its window. Records nothing; announces nothing
(whether a document may make a price is asked when a day is opened, `announced.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa

from assay.core import Finding, Refused, Severity
from assay.desk.desk import Desk
from assay.ledger.book.prices import ENDED, days
from assay.methodology import Library

Stamp = tuple[tuple[str, int, int], ...]
#: A day that nobody ended within so many days holds no document back any longer.
PATIENCE = timedelta(days=7)


class LiveLibrary(Library):
    """A library whose documents are exchanged all at once: who holds it sees the new ones."""

    def take(self, read: Library) -> None:
        """Hold what was read; one assignment, so that no reader sees half of it."""
        object.__setattr__(self, "held", read.held)  # frozen for everybody but this method


@dataclass
class Folder:
    """The folder of documents as this process knows it.

    `stamp` tells that the folder changed, `read` reads it whole; `known` is the stamp of
    what the desk's library was read from.
    """

    desk: Desk
    stamp: Callable[[], Stamp]
    read: Callable[[], Library]
    known: Stamp
    seen: Stamp = ()
    waiting: Library | None = None
    problems: list[Finding] = field(default_factory=list)

    def look(self) -> list[Finding]:
        """Read what changed and take it where that is safe; gives what stands in the way now.

        A folder is read when two looks in a row saw it the same: nobody is writing.
        """
        now = self.stamp()
        settled, self.seen = now == self.seen, now
        if settled and now != self.known:
            self.known = now
            self._read()
        if self.waiting is not None:
            self._take(self.waiting)
        return list(self.problems)

    def _read(self) -> None:
        self.waiting, self.problems = None, []
        try:
            self.waiting = self.read()
        except Refused as problem:
            several: tuple[Finding, ...] = getattr(problem, "findings", (problem.finding,))
            self.problems = [
                Finding(
                    "methodology.unreadable", Severity.ERROR, each.where,
                    f"{each.code}: {each.what_to_do}; the documents read before stay in force",
                )
                for each in several
            ]  # fmt: skip

    def _take(self, read: Library) -> None:
        library = self.desk.library
        assert isinstance(library, LiveLibrary), "a folder is followed by a live library"
        self.problems = self._under_way(read)
        if not self.problems:
            library.take(read)
            self.waiting = None

    def _under_way(self, read: Library) -> list[Finding]:
        """The days that were opened under another document and have not ended yet."""
        today = self.desk.today()
        query = sa.select(days).where(
            days.c.state.not_in(ENDED),
            days.c.pricing_date >= today - PATIENCE,
            days.c.document.is_not(None),
        )
        with self.desk.ledger.read() as connection:
            rows = connection.execute(query.order_by(days.c.pricing_date, days.c.series)).mappings()
            return [
                Finding(
                    "methodology.changed_meanwhile", Severity.WARNING,
                    f"{row['series']} of {row['pricing_date']}",
                    "its day is under way with the document it was opened with: "
                    "the folder is taken over when that day has ended",
                )
                for row in rows
                if _digest(read, row["series"], row["pricing_date"]) != row["document"]
            ]  # fmt: skip


def _digest(library: Library, series: str, day: date) -> str | None:
    try:
        return library.in_force(series, day).digest
    except Refused:
        return None
