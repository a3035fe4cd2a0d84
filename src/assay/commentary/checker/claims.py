"""What a comment claims, read from its text or its fact file, in one neutral shape.

The rules of the checker see only these claims: they hold for our own comment and for
anybody's. Every number is an exact decimal; None means the text does not say. This
module never reads a text and never judges.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class Movement:
    """A change in words: sign of the direction word and the strength of the verb.

    `band` is 1 slight, 2 plain, 3 strong, 4 extreme; 0 when the word says no strength.
    """

    sign: int
    band: int
    words: str


@dataclass(slots=True)
class FuturesClaim:
    """One statement about one session of one contract."""

    where: str
    product: str = ""
    contract: str | None = None
    session: str | None = None
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    close: Decimal | None = None
    change: Decimal | None = None
    base: str | None = None
    base_words: str = ""
    base_value: Decimal | None = None
    pct: Decimal | None = None
    pct_places: int = 2
    volume: Decimal | None = None
    volume_change: Decimal | None = None
    volume_alike: bool = False
    open_interest: Decimal | None = None
    oi_change: Decimal | None = None
    positions: tuple[str, str, str] | None = None
    open_at: str | None = None
    close_at: str | None = None
    movement: Movement | None = None
    said: str = ""
    words: str = ""

    @property
    def month(self) -> str | None:
        """The delivery month, e.g. 2603, whatever the spelling of the contract."""
        return self.contract[-4:] if self.contract else None


@dataclass(slots=True)
class SpreadClaim:
    """Spot against futures at a time of a day."""

    where: str
    product: str = "AD"
    contract: str | None = None
    as_of: date | None = None
    premium: Decimal | None = None
    kind: str | None = None
    unit_wrong: str | None = None


@dataclass(slots=True)
class SpotClaim:
    """One spot price with its change, or a range with its average."""

    where: str
    series: str
    price: Decimal | None = None
    change: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    pct: Decimal | None = None
    pct_places: int = 2
    as_of: date | None = None
    day: str | None = None
    movement: Movement | None = None
    section: str = ""


@dataclass(slots=True)
class RangeClaim:
    """A low and a high of something."""

    where: str
    thing: str
    low: Decimal | None
    high: Decimal | None
    unit: str
    tax: str | None = None
    needs_tax: bool = False


@dataclass(slots=True)
class RegionClaim:
    """Warrants of one region."""

    name: str
    level: Decimal | None
    change: Decimal | None


@dataclass(slots=True)
class WarrantClaim:
    """Registered warrants: total, change and the regions named."""

    where: str
    total: Decimal | None = None
    change: Decimal | None = None
    regions: list[RegionClaim] = field(default_factory=list)
    complete: bool = True


@dataclass(slots=True)
class DatedWord:
    """A date somewhere in the comment, with the words it stands in."""

    where: str
    words: str
    day: date | None
    month_day: tuple[int, int] | None = None


@dataclass(slots=True)
class Claims:
    """Everything one comment claims."""

    published: date | None = None
    headline: str = ""
    headers: list[DatedWord] = field(default_factory=list)
    datelines: list[DatedWord] = field(default_factory=list)
    as_of: list[DatedWord] = field(default_factory=list)
    futures: list[FuturesClaim] = field(default_factory=list)
    spreads: list[SpreadClaim] = field(default_factory=list)
    spots: list[SpotClaim] = field(default_factory=list)
    ranges: list[RangeClaim] = field(default_factory=list)
    warrants: list[WarrantClaim] = field(default_factory=list)
    roll_stated: bool = False
