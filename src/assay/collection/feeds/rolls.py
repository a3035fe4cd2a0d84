"""Which contract is the most-traded one, from which trading day, by a stated rule.

The rule: the largest open interest at the close of the last trading day before; volume breaks
a tie, then the nearer month; once rolled to a later month it never rolls back. An analyst's
dated override wins and says why. Both contracts are "most-traded" only across a roll.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

RULE = (
    "largest open interest at the last close, volume breaks a tie, then the nearer month; "
    "never back to an earlier month"
)


@dataclass(frozen=True, slots=True)
class ContractDay:
    """Open interest and volume of one contract at the close of one trading day."""

    date: date
    contract: str
    open_interest: Decimal
    volume: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Roll:
    """From `since` on `contract` is the most-traded one."""

    since: date
    contract: str
    previous: str | None
    rule: str = RULE
    override: bool = False
    reason: str = ""


def rolls_of(
    days: Iterable[ContractDay], open_days: Sequence[date], overrides: Iterable[Roll] = ()
) -> list[Roll]:
    """The dated rolls that these closes and overrides give.

    `open_days` are the exchange's trading days in order; a roll takes effect on the first of
    them after the close that shows it, an override on its own day.
    """
    by_day: dict[date, list[ContractDay]] = {}
    for each in days:
        by_day.setdefault(each.date, []).append(each)
    stated = sorted(overrides, key=lambda roll: roll.since)
    found: list[Roll] = []
    current: str | None = None
    for day in open_days:
        override = [roll for roll in stated if roll.since <= day]
        if override:
            chosen, last = override[-1].contract, override[-1]
        else:
            earlier = [each for each in by_day if each < day]
            if not earlier:
                continue
            largest = _largest(by_day[max(earlier)])
            chosen = largest if current is None else max(current, largest)
            last = Roll(day, chosen, current)
        if chosen != current:
            found.append(
                Roll(day, chosen, current, last.rule, override=bool(override), reason=last.reason)
            )
            current = chosen
    return found


def _largest(contracts: list[ContractDay]) -> str:
    ordered = sorted(contracts, key=lambda each: each.contract)
    return max(ordered, key=lambda each: (each.open_interest, each.volume)).contract
