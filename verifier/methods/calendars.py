"""Open days of a publication or an exchange, as far as they were announced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from verifier.canonical import Malformed

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Normally open weekdays with the dated exceptions."""

    id: str
    first: date
    last: date
    weekdays: frozenset[int]
    closed: frozenset[date]
    opened: frozenset[date]

    def is_open(self, day: date) -> bool:
        """Whether `day` is open; a day that nobody announced is refused."""
        if not self.first <= day <= self.last:
            raise Malformed(f"calendar {self.id} does not reach {day}")
        return day in self.opened or (day.isoweekday() in self.weekdays and day not in self.closed)

    def before(self, day: date) -> date:
        """The last open day strictly before `day`."""
        day -= ONE_DAY
        while not self.is_open(day):
            day -= ONE_DAY
        return day

    def age(self, older: date, newer: date) -> int:
        """How many open days lie after `older`, up to `newer`."""
        count, day = 0, older
        while day < newer:
            day += ONE_DAY
            count += self.is_open(day)
        return count


def calendar_of(document: Mapping[str, Any]) -> Calendar:
    """A calendar file of ``reference/``."""
    return Calendar(
        id=document["id"],
        first=document["announced_from"],
        last=document["announced_until"],
        weekdays=frozenset(document["weekdays"]),
        closed=frozenset(date.fromisoformat(day) for day in document.get("closed", {})),
        opened=frozenset(date.fromisoformat(day) for day in document.get("opened", {})),
    )
