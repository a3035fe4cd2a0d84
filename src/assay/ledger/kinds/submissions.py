"""Evidence and submissions: what came in, what was read, who confirmed it."""

from typing import Any, Literal

from assay.ledger.kinds.registry import Body, kind

Channel = Literal["email", "wechat", "qq", "phone", "fax", "workbook", "portal", "api", "feed"]


@kind("evidence.archived/1", disclosure="auditor")
class EvidenceArchived(Body, frozen=True, kw_only=True):
    """Raw bytes are in the evidence store, before anybody read them."""

    evidence: str
    channel: Channel
    media_type: str
    size: int
    received_at: str
    source: str | None = None
    part_of: str | None = None


@kind("evidence.shredded/1", disclosure="auditor")
class EvidenceShredded(Body, frozen=True, kw_only=True):
    """Bytes or personal record were forgotten after their time; the hash remains."""

    reference: str
    store: Literal["evidence", "vault"]
    retention: str
    reason: str


class Span(Body, frozen=True, kw_only=True):
    """Where a field was read: characters `start`..`end` of the message, which say `text`.

    `where` names the message or the cell inside the evidence; `certainty` is stated,
    approximate, inherited, conventional or uncertain (`certain` is true for stated only).
    """

    start: int
    end: int
    text: str
    certain: bool = True
    certainty: str = "stated"
    where: str = ""


class Fields(Body, frozen=True, kw_only=True):
    """The datum itself; decimals and times as text, None where unknown."""

    pricing_date: str | None = None
    series: str | None = None
    contributor: str | None = None
    submitter: str | None = None
    kind: Literal["transaction", "bid", "offer", "indication"] | None = None
    side: Literal["buy", "sell"] | None = None
    low: str | None = None
    high: str | None = None
    premium_low: str | None = None
    premium_high: str | None = None
    against: str | None = None
    currency: str | None = None
    unit: str | None = None
    tax: Literal["included", "excluded", "none"] | None = None
    tax_rate: str | None = None
    quantity: str | None = None
    grade: str | None = None
    brand: str | None = None
    place: str | None = None
    delivery: str | None = None
    delivery_date: str | None = None
    pickup: str | None = None
    payment: str | None = None
    counterparty: str | None = None
    relation: Literal["arms_length", "affiliated", "undisclosed"] | None = None
    deal_reference: str | None = None
    concluded_at: str | None = None
    note: str | None = None
    basis: str | None = None


@kind("submission.received/1", disclosure="auditor")
class SubmissionReceived(Body, frozen=True, kw_only=True):
    """A datum was read from evidence and is offered; nobody has confirmed it yet."""

    submission: str
    channel: Channel
    evidence: str
    received_at: str
    fields: Fields
    spans: dict[str, list[Span]] = {}
    missing: list[str] = []
    findings: list[dict[str, Any]] = []
    replaces: str | None = None


@kind("submission.confirmed/1", disclosure="auditor")
class SubmissionConfirmed(Body, frozen=True, kw_only=True):
    """A person confirmed what was read; `changes` are what he filled in or corrected."""

    submission: str
    fields: Fields
    missing: list[str] = []
    changes: dict[str, str] = {}
    words: str = ""


@kind("submission.withdrawn/1", disclosure="auditor")
class SubmissionWithdrawn(Body, frozen=True, kw_only=True):
    """The contributor took a datum back (possible until the cut-off, visible for ever)."""

    submission: str
    reason: str
    replaced_by: str | None = None


@kind("submission.discarded/1", disclosure="auditor")
class SubmissionDiscarded(Body, frozen=True, kw_only=True):
    """A person decided that what was read is no datum (a greeting, a duplicate of evidence)."""

    submission: str
    reason: str


@kind("submission.judged/1", disclosure="auditor")
class SubmissionJudged(Body, frozen=True, kw_only=True):
    """A discretionary act: exclude or include a datum that the rules alone would not."""

    submission: str
    pricing_date: str
    series: str
    decision: Literal["exclude", "include", "none"]
    code: str
    words: str
