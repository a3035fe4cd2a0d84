"""What a determination is given: submissions, observations of other series, firms, history.

Shapes only: `inputs_reading` makes them of a document. Nothing here judges a submission:
that is screening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from assay.core import Finding

TEXTS = (
    "id", "submitter", "channel", "evidence", "side", "against", "currency", "unit", "tax",
    "tax_rate", "grade", "brand", "place", "delivery", "pickup", "payment", "counterparty",
    "relation", "deal_reference", "note", "basis", "decision", "decision_reason", "class",
    "recorded_at",
)  # fmt: skip
SUBMISSION_FIELDS = (
    "pricing_date", "series", "contributor", "kind", "low", "high", "price",
    "premium_low", "premium_high",
    "quantity", "delivery_date", "concluded_at", "received_at", "group",
    "mode", "delivery_mode", *TEXTS,
)  # fmt: skip


KINDS = ("transaction", "bid", "offer", "indication")
SIDES = ("buy", "sell")
#: A bid buys, an offer sells: the other side is a slip to be asked about, not read.
CONTRADICTING = (("bid", "sell"), ("offer", "buy"))
STATES = ("", "suspended", "force_majeure")


@dataclass(frozen=True, slots=True)
class Submission:
    """One datum in, as the desk confirmed it. `None` where the submitter said nothing."""

    id: str
    pricing_date: date
    series: str
    contributor: str
    kind: str
    low: Fraction | None
    high: Fraction | None
    position: int = 0
    side: str | None = None
    quantity: Fraction | None = None
    premium_low: Fraction | None = None
    premium_high: Fraction | None = None
    received_at: datetime | None = None
    concluded_at: datetime | None = None
    delivery_date: date | None = None
    group: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """One of the descriptive fields, or None."""
        return self.texts.get(name)

    def has(self, name: str) -> bool:
        """Whether the submitter gave this field."""
        if name == "price":
            return self.low is not None or self.premium_low is not None
        if name in _NUMBERS:
            return getattr(self, name) is not None
        return bool(self.texts.get(name))

    @property
    def point(self) -> Fraction:
        """The middle of its low and high."""
        if self.low is None or self.high is None:
            raise ValueError(f"submission {self.id} has no price")
        return self.low if self.low == self.high else (self.low + self.high) / 2


_NUMBERS = frozenset(
    {"quantity", "low", "high", "premium_low", "premium_high", "received_at", "concluded_at",
     "side", "kind", "contributor", "series", "pricing_date", "delivery_date", "group", "id"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Observation:
    """A value of another series on a date, with where it came from."""

    date: date | None
    low: Fraction | None
    mid: Fraction
    high: Fraction | None
    revision: int = 0
    source: str = ""
    carried: bool = False
    period: str = ""
    status: str = "determined"

    def leg(self, leg: str) -> Fraction:
        """The value of one leg; a series of one value has it in every leg."""
        if leg == "low" and self.low is not None:
            return self.low
        if leg == "high" and self.high is not None:
            return self.high
        return self.mid


@dataclass(frozen=True, slots=True)
class Quantity:
    """A reported quantity of one enterprise and quarter, for weighted series."""

    enterprise: str
    quarter: str
    output: Fraction
    emission: Fraction
    effective: date | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class MarketRow:
    """One row of an exchange: a day, a session, a minute or a trade."""

    series: str
    date: date
    at: datetime | None = None
    contract: str = ""
    session: str = "day"
    trade_type: str = "listed"
    numbers: Mapping[str, Fraction] = field(default_factory=dict)
    source: str = ""
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Contributor:
    """A firm as the register knows it: group, class, dates, other spellings."""

    code: str
    group: str
    klass: str
    active_from: date | None = None
    active_to: date | None = None
    aliases: tuple[str, ...] = ()

    def active_on(self, day: date) -> bool:
        """Whether the firm is qualified on `day`."""
        return not (
            (self.active_from is not None and day < self.active_from)
            or (self.active_to is not None and day > self.active_to)
        )


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a determination may look at."""

    submissions: tuple[Submission, ...] = ()
    series: Mapping[str, tuple[Observation, ...]] = field(default_factory=dict)
    history: Mapping[str, tuple[Observation, ...]] = field(default_factory=dict)
    contributors: Mapping[str, Contributor] | None = None
    quantities: tuple[Quantity, ...] = ()
    market: tuple[MarketRow, ...] = ()
    roll: tuple[Mapping[str, Any], ...] = ()
    state: str = ""
    findings: tuple[Finding, ...] = ()
