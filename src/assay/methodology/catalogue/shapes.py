"""The small shapes that rules of the catalogue take and give.

A rule sees a submission and the day around it, never the store, the clock or another
rule's mind. Everything is exact: fractions inside, no rounding in here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple

from assay.methodology.document.model import Hours, Specification
from assay.methodology.inputs import Contributor, Inputs, Observation, Submission


class Outcome(NamedTuple):
    """What a rule says of one submission: verdict, code and the values it saw."""

    verdict: str
    code: str
    seen: Mapping[str, Any]


def passed(**seen: Any) -> Outcome:
    """The submission satisfies the rule."""
    return Outcome("pass", "", seen)


def excluded(code: str, **seen: Any) -> Outcome:
    """The submission fails the rule: kept, shown, not used."""
    return Outcome("exclude", code, seen)


def flagged(code: str, **seen: Any) -> Outcome:
    """The analyst should look; the submission stays in."""
    return Outcome("flag", code, seen)


@dataclass(frozen=True, slots=True)
class Day:
    """The day around a submission: what a rule may look at."""

    date: date
    series: str
    card: Specification
    hours: Hours
    required: Mapping[str, tuple[str, ...]]
    inputs: Inputs
    soft_at: datetime | None = None
    hard_at: datetime | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    last_mid: Observation | None = None
    previous: Mapping[str, Submission] = field(default_factory=dict)
    numbers: Mapping[str, Fraction] = field(default_factory=dict)

    def firm(self, contributor: str) -> Contributor | None:
        """The register's record of a contributor, or None."""
        register = self.inputs.contributors
        return None if register is None else register.get(contributor)


@dataclass(slots=True)
class Candidate:
    """A submission that survived so far, with its normalised price and group."""

    submission: Submission
    price: Fraction
    low: Fraction
    high: Fraction
    group: str
    klass: str
    terms: list[dict[str, Any]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The submission's id."""
        return self.submission.id


@dataclass(frozen=True, slots=True)
class Used:
    """One value that enters the estimator: of a contributor, or of one submission."""

    contributor: str
    group: str
    klass: str
    price: Fraction
    low: Fraction
    high: Fraction
    weight: Fraction
    at: datetime | None
    submissions: tuple[str, ...]
    kind: str = "indication"


Prices = Sequence[Fraction]
