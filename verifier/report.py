"""What the verifier says: problems with their place, one line a price, notes.

A report never decides what is a problem; it only counts and prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

RECOMPUTED = "recomputed"
DIFFERS = "differs"
NOT_RECOMPUTED = "not recomputed"

VERIFIED, UNSEALED, FAILURE = "verified", "unsealed", "failed"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not hold: what kind, where, and what was found."""

    code: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Line:
    """The verdict on one published value."""

    series: str
    pricing_date: str
    revision: int
    verdict: str
    why: str
    value: str


@dataclass(slots=True)
class Report:
    """Everything found in one bundle."""

    problems: list[Problem] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not self.problems and all(each.verdict != DIFFERS for each in self.lines)

    @property
    def verdict(self) -> str:
        """One word: failed, unsealed (nothing failed, the agency's seal is missing), verified."""
        if not self.ok:
            return FAILURE
        return VERIFIED if self.facts.get("sealed") else UNSEALED

    def problem(self, code: str, where: str, what: str) -> None:
        """Note what does not hold (once)."""
        found = Problem(code, where, what)
        if found not in self.problems:
            self.problems.append(found)

    def note(self, words: str) -> None:
        """Note something the reader should know; it fails nothing."""
        if words not in self.notes:
            self.notes.append(words)

    def line(self, line: Line) -> None:
        """The verdict on one price."""
        self.lines.append(line)

    @contextmanager
    def place(self, where: str) -> Iterator[None]:
        """Whatever breaks inside is a problem at `where`, never an end of the checking."""
        try:
            yield
        except RecursionError:
            self.problem("malformed", where, "nested too deeply")
        except KeyError as missing:
            self.problem("malformed", where, f"{missing} is missing")
        except (ValueError, TypeError, AttributeError, ArithmeticError, LookupError) as broken:
            self.problem("malformed", where, str(broken) or type(broken).__name__)

    def document(self) -> dict[str, Any]:
        """The report as JSON-able values."""
        return {
            "verdict": self.verdict,
            **self.facts,
            "prices": [
                {
                    "series": each.series,
                    "pricing_date": each.pricing_date,
                    "revision": each.revision,
                    "verdict": each.verdict,
                    "why": each.why,
                    "value": each.value,
                }
                for each in self.lines
            ],
            "problems": [
                {"code": each.code, "where": each.where, "what": each.what}
                for each in self.problems
            ],
            "notes": self.notes,
        }
