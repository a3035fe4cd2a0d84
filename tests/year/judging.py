"""What surveillance caught of the planted misconduct, what it missed, and false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assay.governance.integrity.panel import Flag
from tests.year.generator import PLANTED, Year

GUILTY = frozenset().union(*(subjects for subjects, _ in PLANTED.values()))


@dataclass(frozen=True)
class Verdict:
    """One run against what was planted."""

    caught: dict[str, str]
    missed: list[str]
    false: list[Flag]
    contributor_days: int

    @property
    def false_per_hundred(self) -> Fraction:
        """False alarms per 100 contributor-days."""
        return Fraction(100 * len(self.false), self.contributor_days)


def judged(flags: Sequence[Flag], year: Year, *, honest: bool = False) -> Verdict:
    """Which misconduct has a flag that tells of it; whose flags name somebody innocent.

    Flags about days suspect nobody and are left out.
    """
    caught: dict[str, str] = {}
    for what, (subjects, detectors) in PLANTED.items() if not honest else ():
        for flag in flags:
            if flag.hit.detector in detectors and set(flag.hit.subjects) <= subjects:
                caught.setdefault(what, flag.sentence)
    innocent = [
        flag for flag in flags
        if flag.hit.about != "day" and (honest or not set(flag.hit.subjects) <= GUILTY)
    ]  # fmt: skip
    days = len({(message.day, message.firm) for message in year.every()})
    missed = [] if honest else [what for what in PLANTED if what not in caught]
    return Verdict(caught, missed, innocent, days)
