"""The statistics printed with a value: right, and telling of no single firm.

A printed statistic rests on at least three firms, none above half of the tonnes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verifier import exact
from verifier.chain import Act
from verifier.methods.data import Datum
from verifier.report import Report

FEWEST_FIRMS = 3
LARGEST_SHARE = Fraction(1, 2)


def check_statistics(act: Act, tick: dict[str, Any], used: Sequence[Datum], report: Report) -> None:
    """The counts of the tick against the data that this program used itself."""
    told = tick.get("statistics") or {}
    if "contributors" not in told or not used:
        return
    tonnes: dict[str, Fraction] = defaultdict(Fraction)
    for each in used:
        tonnes[each.contributor] += each.quantity or 0
    everything = sum(tonnes.values(), Fraction(0))
    deals = [each for each in used if each.kind == "transaction"]
    counted = {
        "contributors": Fraction(len(tonnes)),
        "transactions": Fraction(len(deals)),
        "tonnes": sum((each.quantity or Fraction(0) for each in deals), Fraction(0)),
    }
    for name, number in counted.items():
        if exact.number(told[name]) != number:
            words = f"it prints {name} {told[name]}, counted {exact.text(number)}"
            report.problem("statistic.differs", act.where, words)
    if len(tonnes) < FEWEST_FIRMS or max(tonnes.values()) > everything * LARGEST_SHARE:
        report.problem("statistic.secrecy", act.where, "it tells too much of one firm")
