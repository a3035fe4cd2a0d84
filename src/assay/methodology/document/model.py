"""The parsed methodology: frozen values that the engines, the pages and people read.

Nothing here computes a price or opens a file. Whatever stands in one of these classes
was written in the document (its clause stands beside it); defaults are only those that
`docs/reference/methodology-format.md` lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.core import Calendar, Rounding, TaxBasis, Unit, at
from assay.methodology.formula import Formula

KINDS = ("assessed", "formula", "weighted", "market")
STATUSES = ("draft", "consultation", "in_force", "ended", "conformance")
SUBMISSION_KINDS = ("transaction", "bid", "offer", "indication")
BRANCHES = (
    "transactions",
    "bids_offers",
    "indications",
    "formula",
    "weighted",
    "market",
    "carried",
    "none",
)
REASONS = ("insufficient_data", "missing_input", "holiday", "suspended", "force_majeure")
LAGS = (
    "same_day",
    "previous_open_day",
    "last_before",
    "in_force",
    "mean_of_week",
    "mean_of_month",
    "previous_published",
    "table",
    "constant",
)


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said in English and in Chinese."""

    en: str
    zh: str

    def in_(self, language: str) -> str:
        """The words in `language` (``en`` or ``zh``)."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Specification:
    """The card of one series: what exactly the price is a price of."""

    unit: Unit
    tax: TaxBasis
    step: Decimal
    presentation: str
    grade: Words
    standard: Words
    place: Words
    delivery: Words
    payment: Words
    lot_min: Decimal | None = None
    lot_max: Decimal | None = None
    definition: int = 1

    def lot(self) -> str:
        """The lot in words: ``50-2000 t`` or a dash."""
        if self.lot_min is None and self.lot_max is None:
            return "-"
        return f"{self.lot_min or 0}-{self.lot_max or '...'} t"


@dataclass(frozen=True, slots=True)
class Hours:
    """Cut-offs and publication window, all on the clock of one zone."""

    zone: str
    clause: str
    soft: time | None = None
    hard: time | None = None
    opens: time | None = None
    closes: time | None = None

    def hard_at(self, day: date) -> datetime | None:
        """The instant after which data of `day` is late, in UTC."""
        return at(day, self.hard, self.zone) if self.hard else None

    def soft_at(self, day: date) -> datetime | None:
        """The instant after which data of `day` is asked for no longer, in UTC."""
        return at(day, self.soft, self.zone) if self.soft else None


@dataclass(frozen=True, slots=True)
class RuleCall:
    """A rule of the catalogue, called by one clause with checked arguments."""

    rule: str
    clause: str
    arguments: Mapping[str, Any]
    overridable: bool = False


@dataclass(frozen=True, slots=True)
class Minimum:
    """The least data a rung asks for; every number given must be met (a conjunction)."""

    contributors: int = 0
    groups: int = 0
    transactions: int = 0
    submissions: int = 0
    buyers: int = 0
    sellers: int = 0
    tonnes: Decimal = Decimal(0)
    largest_share_percent: Decimal | None = None
    top_five_below_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder: which kinds it uses, what it needs, how it makes the mid."""

    branch: str
    clause: str
    kinds: frozenset[str]
    minimum: Minimum
    estimator: RuleCall
    trim: RuleCall | None = None
    second_signature: bool = False
    carry_days: int = 0


@dataclass(frozen=True, slots=True)
class GroupCap:
    """No group (or contributor) weighs more than this share; excess goes to the others."""

    percent: Decimal
    per: str
    clause: str


@dataclass(frozen=True, slots=True)
class Split:
    """Used values in parts: by class or by time, each with its own statistic."""

    call: RuleCall
    combine: str
    minimum_parts: int
    minimum_in_part: int = 1


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One named input of a formula: which series, of which day, how old it may be."""

    name: str
    series: str
    leg: str
    lag: str
    clause: str
    unit: Unit
    tax: TaxBasis
    calendar: str | None = None
    max_age: int = 0
    stale_code: str = "input.stale"
    licence: str = ""
    table: str = ""
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """How an assessed price is made of submissions."""

    required: Mapping[str, tuple[str, ...]]
    cleaning: tuple[RuleCall, ...]
    screening: tuple[RuleCall, ...]
    normalisation: tuple[RuleCall, ...]
    per: str
    point: str
    own_value: str
    ladder: tuple[Rung, ...]
    cap: GroupCap | None
    split: Split | None
    range: RuleCall
    quorum: int = 0
    inputs: tuple[InputSpec, ...] = ()

    @property
    def minimum_data(self) -> str:
        """The first rung's least data, in words (control M7)."""
        first = self.ladder[0].minimum
        return f"{first.contributors} contributors from {first.groups} groups"


@dataclass(frozen=True, slots=True)
class Pricing:
    """The one arithmetic line of a formula series, with its inputs."""

    formula: Formula
    clause: str
    inputs: tuple[InputSpec, ...]
    pairs: tuple[tuple[str, str], ...]
    tax_conversion: str

    def input(self, name: str) -> InputSpec:
        """The input of this name."""
        return next(each for each in self.inputs if each.name == name)


@dataclass(frozen=True, slots=True)
class Weighting:
    """A weighted mean over reported quantities: which rows count for which series."""

    clause: str
    members: Mapping[str, tuple[str, ...]]
    whole: tuple[str, ...]
    paired: bool
    expected_days: int
    minimum_rows: int


@dataclass(frozen=True, slots=True)
class MarketRule:
    """How a value is read out of exchange rows."""

    call: RuleCall
    calendar: str
    carry: bool
    licence_restricted: bool
    definition: str


@dataclass(frozen=True, slots=True)
class RoundingRule:
    """The named rounding and the clause that names it (the step stands on the card)."""

    rule: Rounding
    clause: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The correction policy: from which size, until when on the same day."""

    clause: str
    percent: Decimal
    absolute: Decimal
    deadline: time

    def threshold(self, price: Decimal) -> Decimal:
        """The size from which an error of `price` is corrected the same day."""
        return max(abs(price) * self.percent / 100, self.absolute)


@dataclass(frozen=True, slots=True)
class Consultation:
    """When users were asked last, and by when they will be asked again."""

    last: date
    next: date
    notice_days: int
    review_months: int
    clause: str


@dataclass(frozen=True, slots=True)
class Guideline:
    """A guideline for judgement, by id: every judgement record points to one."""

    id: str
    clause: str
    text: Words


@dataclass(frozen=True, slots=True)
class Judgement:
    """What judgement may do, and the closed list of reasons to exclude conforming data."""

    guidelines: tuple[Guideline, ...] = ()
    exclusion_reasons: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Methodology:
    """One dated methodology document, checked, ready to be executed or rendered."""

    id: str
    version: int
    effective: date
    ends: date | None
    status: str
    kind: str
    series: tuple[str, ...]
    title: Words
    summary: Words
    modelled_on: str
    cards: Mapping[str, Specification]
    hours: Hours
    calendar: str
    rounding: RoundingRule
    clauses: Mapping[str, Words]
    assessment: Assessment | None = None
    pricing: Pricing | None = None
    weighting: Weighting | None = None
    market: MarketRule | None = None
    correction: Correction | None = None
    consultation: Consultation | None = None
    judgement: Judgement = field(default_factory=Judgement)
    controls: Mapping[str, str] = field(default_factory=dict)
    licence: Words | None = None
    outage: Words | None = None
    channels: tuple[str, ...] = ()
    presented_step: Decimal | None = None
    influence_move: Decimal | None = None
    digest: str = ""
    file: str = ""
    calendars: Mapping[str, Calendar] = field(default_factory=dict, compare=False, repr=False)
    tables: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def card(self, series: str) -> Specification:
        """The specification card of `series`; `KeyError` when it is not served here."""
        return self.cards[series]

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The named inputs of a formula, or of the range rule of an assessed price."""
        if self.pricing is not None:
            return self.pricing.inputs
        return self.assessment.inputs if self.assessment is not None else ()

    def depends_on(self) -> tuple[str, ...]:
        """The series this document reads, without tables and constants."""
        return tuple(
            dict.fromkeys(
                each.series
                for each in self.inputs
                if each.lag not in ("table", "constant", "previous_published") and each.series
            )
        )

    def is_pricing_day(self, day: date) -> bool:
        """Whether the document's calendar has a price on `day` (always, without one)."""
        calendar = self.calendars.get(self.calendar)
        return calendar is None or calendar.is_open(day)

    def clause_text(self, clause: str, language: str = "en") -> str:
        """The words of a clause."""
        return self.clauses[clause].in_(language)


@dataclass(frozen=True, slots=True)
class DatedTable:
    """Dated facts of the law (taxes, duties): columns of exact numbers by their date."""

    id: str
    source: str
    digest: str
    rows: tuple[tuple[date, Mapping[str, Fraction], str], ...]

    def on(self, day: date, column: str) -> tuple[date, Fraction, str] | None:
        """The row in force on `day`: its date, the number and its source."""
        for since, numbers, source in reversed(self.rows):
            if since <= day and column in numbers:
                return since, numbers[column], source
        return None
