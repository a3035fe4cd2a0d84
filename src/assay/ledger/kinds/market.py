"""Market facts: what exchanges and statistics say, as recorded, with source and licence."""

from typing import Any

from assay.ledger.kinds.registry import Body, kind


@kind("market.recorded/1", disclosure="public")
class MarketRecorded(Body, frozen=True, kw_only=True):
    """One fact of a market series for one trading day (and session, where it has sessions).

    `content` holds exact decimals as text: ``value``, or ``open high low close settlement
    volume open_interest turnover``, or a `path` of [instant, price, volume] rows.
    """

    series: str
    date: str
    content: dict[str, Any]
    unit: str
    source: str
    event_time: str
    session: str = "day"
    contract: str | None = None
    carried: bool = False
    definition: str | None = None
    licence: str | None = None
    evidence: str | None = None
    revision: int = 0


@kind("market.quarantined/1", disclosure="auditor")
class MarketQuarantined(Body, frozen=True, kw_only=True):
    """A row that was not believed: kept with its finding, used by nobody."""

    series: str
    row: dict[str, Any]
    finding: dict[str, str]
    evidence: str


@kind("contract.rolled/1", disclosure="public")
class ContractRolled(Body, frozen=True, kw_only=True):
    """From this trading day on another contract is the most-traded one."""

    series: str
    since: str
    contract: str
    previous: str | None
    rule: str
    override: bool = False
    reason: str = ""


@kind("factor.recorded/1", disclosure="public")
class FactorRecorded(Body, frozen=True, kw_only=True):
    """A value in force from a day on (carbon intensities of a quarter, a duty, a fee)."""

    series: str
    value: str
    unit: str
    takes_effect: str
    source: str
    period: str | None = None
    evidence: str | None = None
    determination: dict[str, Any] | None = None
