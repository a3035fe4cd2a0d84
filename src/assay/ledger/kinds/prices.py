"""The pricing day: opened, determined, proposed, approved, published, corrected."""

from typing import Any, Literal

from assay.ledger.kinds.registry import Body, kind


@kind("day.opened/1", disclosure="public")
class DayOpened(Body, frozen=True, kw_only=True):
    """A pricing day of these series exists, with the documents in force on it."""

    pricing_date: str
    series: list[str]
    documents: dict[str, str]


@kind("day.closed/1", disclosure="public")
class DayClosed(Body, frozen=True, kw_only=True):
    """Every series of the day ended published or not assessed."""

    pricing_date: str
    states: dict[str, str]


@kind("price.determined/1", disclosure="auditor")
class PriceDetermined(Body, frozen=True, kw_only=True):
    """The methodology computed this from what was known; `inputs` make it repeatable."""

    series: str
    pricing_date: str
    digest: str
    determination: dict[str, Any]
    inputs: dict[str, Any]


@kind("price.proposed/1", disclosure="public")
class PriceProposed(Body, frozen=True, kw_only=True):
    """An analyst proposes exactly this tick; `proposal` is the digest of `tick`."""

    series: str
    pricing_date: str
    proposal: str
    tick: dict[str, Any]
    determination: str


@kind("price.approved/1", disclosure="public")
class PriceApproved(Body, frozen=True, kw_only=True):
    """Another person approved exactly this content; `second` where a second is asked for."""

    series: str
    pricing_date: str
    proposal: str
    words: str = ""
    guideline: str | None = None


@kind("price.returned/1", disclosure="auditor")
class PriceReturned(Body, frozen=True, kw_only=True):
    """The reviewer sent a proposal back with words."""

    series: str
    pricing_date: str
    proposal: str
    words: str


@kind("price.published/1", disclosure="public")
class PricePublished(Body, frozen=True, kw_only=True):
    """The tick as it left the house, at one instant for all."""

    series: str
    pricing_date: str
    revision: int
    published_at: str
    proposal: str
    tick: dict[str, Any]
    late: bool = False


@kind("price.delayed/1", disclosure="public")
class PriceDelayed(Body, frozen=True, kw_only=True):
    """The window closed without this price: the late notice that goes out by itself."""

    series: str
    pricing_date: str
    notice: str
    expected: str | None = None


@kind("price.not_assessed/1", disclosure="public")
class PriceNotAssessed(Body, frozen=True, kw_only=True):
    """The day of this series ends without a price, for this reason."""

    series: str
    pricing_date: str
    reason: str
    words: str = ""
    published_at: str
    revision: int = 0


@kind("price.corrected/1", disclosure="public")
class PriceCorrected(Body, frozen=True, kw_only=True):
    """A later revision replaces an earlier tick; both values stand, with the reason."""

    series: str
    pricing_date: str
    revision: int
    published_at: str
    proposal: str
    tick: dict[str, Any]
    previous: dict[str, Any]
    reason: str
    cause: Literal["late_submission", "contributor_error", "agency_error", "system", "cascade"]
    notice: str
    cascade_of: str | None = None
    affects: list[dict[str, str]] = []


@kind("price.imported/1", disclosure="public")
class PriceImported(Body, frozen=True, kw_only=True):
    """History taken over from elsewhere: claimed time and true recorded time, both shown."""

    series: str
    pricing_date: str
    low: str
    mid: str
    high: str
    unit: str
    source: str
    claimed_at: str
    tax: str | None = None
    evidence: str | None = None


@kind("notice.published/1", disclosure="public")
class NoticePublished(Body, frozen=True, kw_only=True):
    """A public notice: a delay, a correction, a closure, an outage."""

    notice: str
    about: str
    title: str
    text: str
    published_at: str
    pricing_date: str | None = None
    series: list[str] = []
