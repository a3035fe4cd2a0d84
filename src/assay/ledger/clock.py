"""Clocks: the real one, and a simulated one whose present lies in a file of the home.

A simulated clock only ever moves forward and only when told; several processes share
it. Whether a home may use one is said for ever by its first entry, not here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assay.core import instant_text, parse_instant, refused, utc

FILE_NAME = "clock.json"


def system_clock() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


class SimulatedClock:
    """The clock of a demo home: shows the instant in ``clock.json`` until it is moved."""

    simulated = True

    def __init__(self, home: Path) -> None:
        """Use the clock file of `home` (`start` makes one)."""
        self.path = home / FILE_NAME

    @classmethod
    def start(cls, home: Path, instant: datetime) -> SimulatedClock:
        """A new clock file showing `instant`; one that is there already is kept."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        clock = cls(home)
        if not clock.path.exists():
            clock._show(utc(instant))
        return clock

    def __call__(self) -> datetime:
        """The instant that the clock shows."""
        try:
            return parse_instant(json.loads(self.path.read_text("utf-8"))["instant"])
        except FileNotFoundError:
            raise refused(
                "clock.missing", str(self.path), "start the simulated clock, or use the live one"
            ) from None
        except (ValueError, KeyError, TypeError):
            raise refused(
                "clock.unreadable", str(self.path), 'write {"instant": "2025-12-30T10:14:00+08:00"}'
            ) from None

    def set(self, instant: datetime) -> datetime:
        """Move forward to `instant`; backwards is refused, the same instant is fine."""
        now, wanted = self(), utc(instant)
        if wanted < now:
            raise refused(
                "clock.backwards",
                f"clock shows {instant_text(now)}, wanted {instant_text(wanted)}",
                "a simulated clock only moves forward: start another demo home",
            )
        self._show(wanted)
        return wanted

    def advance(self, span: timedelta) -> datetime:
        """Move forward by `span`."""
        return self.set(self() + span)

    def _show(self, instant: datetime) -> None:
        draft = self.path.with_name(f".{FILE_NAME}.{os.getpid()}")
        draft.write_text(json.dumps({"instant": instant_text(instant)}) + "\n", "utf-8")
        draft.replace(self.path)


def clock_for(home: Path, setting: str = "home") -> Callable[[], datetime]:
    """The clock that the setting ``clock`` asks for.

    ``home``: the simulated one where the home has a clock file, else the real one;
    ``live``; ``simulated``; or an instant that the simulated clock is set forward to
    (and started at, where there is none). `Ledger.open` refuses what does not fit the home.
    """
    if setting == "live":
        return system_clock
    if setting in {"home", "simulated"}:
        simulated = setting == "simulated" or (home / FILE_NAME).is_file()
        return SimulatedClock(home) if simulated else system_clock
    instant = parse_instant(setting)
    if not (home / FILE_NAME).is_file():
        if (home / "evidence").is_dir():
            raise refused("home.clock", str(home), "a live home refuses a simulated clock")
        return SimulatedClock.start(home, instant)
    clock = SimulatedClock(home)
    clock.set(instant)
    return clock
