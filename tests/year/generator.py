"""One year of an agency from a seed: twelve firms, two series, messages, planted misconduct.

The same seed gives the same year. Prices are whole yuan; chance is drawn in whole numbers.
`honest=True` draws the same market and firms and plants nothing; `strength` (percent) thins the
misconduct out, so that it can be told how faint a thing is still seen.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from assay.core import Calendar

SERIES = ("AL-A00-FOSHAN", "AL-A00-SHANGHAI")
FIRMS = tuple(f"F{number:02d}" for number in range(1, 13))
#: F06 and F07 are affiliates, so are F11 and F12.
GROUPS = {firm: "G" + firm[1:] for firm in FIRMS} | {"F07": "G06", "F12": "G11"}
STEP = 10

LATE, SELECTIVE, PAIR, COPIER = "F01", "F02", ("F03", "F04"), "F05"
AFFILIATE, OTHER_SIDE, LIFTED = "F06", "F07", "F08"
HONEST_ANALYST, PRESSED_ANALYST = "A-1", "A-2"
#: What was planted -> the subjects of which a flag tells of it.
PLANTED: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "late reporter": (frozenset({LATE}), ("late",)),
    "selective sender": (frozenset({SELECTIVE}), ("selective",)),
    "colluding firms": (frozenset(PAIR), ("pair", "outlier", "one_sided")),
    "copier of yesterday": (frozenset({COPIER}), ("copier", "against_futures")),
    "affiliate deal": (frozenset({AFFILIATE}), ("affiliated",)),
    "pressured analyst": (frozenset({PRESSED_ANALYST, LIFTED}), ("handling", "unsupported")),
}


@dataclass(frozen=True)
class Message:
    """One message and the datum in it; `read` is what it says, `price` what was confirmed."""

    day: date
    series: str
    firm: str
    kind: str
    price: int
    read: int
    tonnes: int
    late: bool
    confirmed_by: str
    counterparty: str | None
    number: int

    @property
    def text(self) -> str:
        """The words of the message."""
        return f"{self.kind} A00 {self.tonnes}t {self.read} {self.series}"


@dataclass
class Year:
    """The drawn year."""

    days: list[date]
    futures: dict[date, int]
    messages: dict[date, list[Message]] = field(default_factory=dict)
    finals: dict[tuple[str, date], int] = field(default_factory=dict)

    def every(self) -> Iterator[Message]:
        """All messages by day."""
        for day in self.days:
            yield from self.messages[day]


def _walk(rng: random.Random, days: list[date]) -> dict[date, int]:
    """A market price that moves by about 0.6 % a day."""
    level, walked = 20_000, {}
    for day in days:
        level += sum(rng.randint(-110, 110) for _ in range(4))
        level = max(15_000, min(26_000, level))
        walked[day] = level
    return walked


def _rounded(price: int) -> int:
    return (price + STEP // 2) // STEP * STEP


def draw(
    seed: int, calendar: Calendar, *, year: int = 2025, honest: bool = False, strength: int = 100
) -> Year:  # fmt: skip
    """The year of this seed."""
    rng = random.Random(seed)
    days = list(calendar.open_days(date(year, 1, 2), date(year, 12, 31)))
    market = _walk(rng, days)
    bias = {firm: rng.randint(-15, 15) for firm in FIRMS}
    drawn = Year(days, {day: market[day] - 100 + rng.randint(-25, 25) for day in days})
    mischief = random.Random(seed * 7 + 1)
    number, before = 0, {}
    for place, day in enumerate(days):
        rising = place > 0 and market[day] > market[days[place - 1]]
        together = mischief.randint(0, 9999) < 35 * strength
        lift = mischief.randint(60, 100)
        drawn.messages[day] = []
        for offset, series in enumerate(SERIES):
            true = market[day] + 20 * offset
            for firm in FIRMS:
                own = true + bias[firm] + sum(rng.randint(-15, 15) for _ in range(3))
                here = rng.randint(0, 99) < 95
                kind = ("transaction", "transaction", "offer", "bid", "indication")[
                    rng.randint(0, 4)
                ]
                tonnes, tardy = rng.randint(5, 60) * 10, rng.randint(0, 199) < 2
                who = HONEST_ANALYST if rng.randint(0, 1) else PRESSED_ANALYST
                number += 1
                message = Message(
                    day, series, firm, kind, _rounded(own), _rounded(own), tonnes, tardy, who, None, number
                )  # fmt: skip
                if not honest:
                    changed = _misdo(
                        message,
                        mischief,
                        true,
                        rising,
                        together,
                        lift,
                        before.get(series),
                        strength,
                    )
                    here, message = (here and changed is not None), changed or message
                if here:
                    drawn.messages[day].append(message)
            timely = [m.price for m in drawn.messages[day] if m.series == series and not m.late]
            before[series] = drawn.finals[series, day] = _rounded(sum(timely) // len(timely))
    return drawn


def _misdo(
    message: Message, rng: random.Random, true: int, rising: bool, together: bool, lift: int,
    yesterday: int | None, strength: int,
) -> Message | None:  # fmt: skip
    """What a planted firm or analyst does instead; None where nothing is sent."""
    from dataclasses import replace

    month, firm, chance = message.day.month, message.firm, rng.randint(0, 9999) // strength
    if firm == LATE and month >= 4 and chance < 35:
        return replace(message, late=True)
    if firm == SELECTIVE and month >= 3 and not rising and chance < 55:
        return None
    if firm in PAIR and month >= 5 and together:
        high = _rounded(true + lift)
        return replace(message, price=high, read=high)
    if firm == COPIER and month >= 6 and yesterday is not None and chance < 85:
        return replace(message, price=yesterday, read=yesterday)
    if firm == AFFILIATE and chance < 2:
        return replace(message, kind="transaction", counterparty=OTHER_SIDE)
    if firm == LIFTED and month == 8 and chance < 30:
        return replace(message, price=message.price + 100, confirmed_by=PRESSED_ANALYST)
    return message
