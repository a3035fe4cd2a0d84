"""What a control's test is, what it answers, and the register of them by name.

A test is a small function over the `Records` of a house; it answers met or not met with
the entries that show it, or that there was no case yet. Holds no test itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assay.governance.controls.records import Records
from assay.governance.controls.rows import Row

MET, NOT_MET, NO_CASE = "met", "not_met", "no_case"
NOT_APPLICABLE, OVERDUE, UNSIGNED = "not_applicable", "overdue", "unsigned"
RESULTS = (MET, NOT_MET, NO_CASE, NOT_APPLICABLE, OVERDUE, UNSIGNED)
_MOST = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a test found: the result, one sentence, links (``entry 12`` or a document)."""

    result: str
    says: str
    links: tuple[str, ...] = ()


Test = Callable[[Records, Row], Outcome]
TESTS: dict[str, Test] = {}


def control_test(name: str) -> Callable[[Test], Test]:
    """Register a test under the name that `controls.toml` uses."""

    def register(test: Test) -> Test:
        if name in TESTS:
            raise ValueError(f"control test {name} is registered twice")
        TESTS[name] = test
        return test

    return register


def every(cases: Iterable[tuple[str, bool]], what: str, none: str = "no case yet") -> Outcome:
    """Met when every case holds; a case is its link and whether it holds."""
    rows: Sequence[tuple[str, bool]] = list(cases)
    if not rows:
        return Outcome(NO_CASE, f"{what}: {none}")
    wrong = [link for link, holds in rows if not holds]
    if wrong:
        return Outcome(NOT_MET, f"{what}: {len(wrong)} of {len(rows)} do not", tuple(wrong[:_MOST]))
    return Outcome(MET, f"{what}: {len(rows)} of {len(rows)}", (rows[-1][0],))


def both(*outcomes: Outcome) -> Outcome:
    """All of several outcomes: the worst result, every sentence."""
    order = (NOT_MET, MET, NO_CASE)
    worst = min(outcomes, key=lambda each: order.index(each.result))
    links = tuple(link for each in outcomes if each.result == worst.result for link in each.links)
    return Outcome(worst.result, "; ".join(each.says for each in outcomes), links[:_MOST])
