"""Findings: what is wrong, how badly, where, and the way out.

Bad input is a finding, never an exception that loses the rest of the day. A broken
promise (hash mismatch, same person on both sides) is the opposite: it is raised.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


class Severity(Enum):
    """How a finding binds: `error` blocks, `warning` needs eyes, `info` informs."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    `code` is ``noun.problem`` and stable; `where` names thing, day, line or span;
    `what_to_do` is the way out, in words for the person who reads it.
    """

    code: str
    severity: Severity
    where: str
    what_to_do: str

    def document(self) -> dict[str, Any]:
        """The finding as plain text values, for JSON and the journal."""
        return {**asdict(self), "severity": self.severity.value}

    def __str__(self) -> str:
        return f"{self.severity.value}: {self.code} at {self.where}: {self.what_to_do}"


class BrokenPromise(Exception):
    """An invariant of the house does not hold: publication stops, loudly."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


class Refused(Exception):
    """An act that the house rules do not allow; carries the finding to show."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def refused(code: str, where: str, what_to_do: str) -> Refused:
    """Shorthand for an act refused with an error finding."""
    return Refused(Finding(code, Severity.ERROR, where, what_to_do))
