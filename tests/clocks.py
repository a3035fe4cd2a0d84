"""Clocks for tests: time passes only when it is told to."""

from __future__ import annotations

from datetime import datetime, timedelta


class ToldClock:
    """A clock for tests: shows what it is told, and a second more at each reading."""

    def __init__(self, now: datetime, step: timedelta = timedelta(seconds=1)) -> None:
        self.now = now
        self.step = step

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now
