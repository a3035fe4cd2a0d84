"""Complaints: received, acknowledged, handled by someone not involved, decided, appealed.

Who complained and in which words lies in the vault; the journal keeps codes and dates.
"""

from typing import Literal

from assay.ledger.kinds.registry import Body, kind


@kind("complaint.received/1", disclosure="auditor")
class ComplaintReceived(Body, frozen=True, kw_only=True):
    """A complaint came in; `person` is the vault's record of the complainant and his words."""

    complaint: str
    category: str
    formal: bool
    channel: str
    person: str
    received_on: str
    series: list[str] = []
    pricing_date: str | None = None
    change: str | None = None
    attachments: list[dict[str, str]] = []


@kind("complaint.acknowledged/1", disclosure="auditor")
class ComplaintAcknowledged(Body, frozen=True, kw_only=True):
    """The complainant was told that it is in hand; `about` is its public line.

    The letter is kept as `evidence`; the public line names no person.
    """

    complaint: str
    about: str
    outcome_due: str
    evidence: str


@kind("complaint.assigned/1", disclosure="auditor")
class ComplaintAssigned(Body, frozen=True, kw_only=True):
    """A person who had no part in the matter handles it from now on."""

    complaint: str
    handler: str
    examined: int


@kind("complaint.extended/1", disclosure="auditor")
class ComplaintExtended(Body, frozen=True, kw_only=True):
    """The outcome will come later than the timetable says; the complainant was told why."""

    complaint: str
    outcome_due: str
    reason: str


@kind("complaint.decided/1", disclosure="auditor")
class ComplaintDecided(Body, frozen=True, kw_only=True):
    """The handler's outcome in writing: the letter as evidence, Markdown, HTML and PDF."""

    complaint: str
    outcome: Literal["upheld", "partly_upheld", "not_upheld", "inadmissible"]
    reasons: str
    letters: list[dict[str, str]]
    measures: str = ""
    correction: str | None = None


@kind("complaint.appealed/1", disclosure="auditor")
class ComplaintAppealed(Body, frozen=True, kw_only=True):
    """The complainant turned to the outside party; `grounds` is a vault reference."""

    complaint: str
    party: str
    received_on: str
    last_day: str
    grounds: str


@kind("complaint.appeal_decided/1", disclosure="auditor")
class ComplaintAppealDecided(Body, frozen=True, kw_only=True):
    """What the outside party decided, in its words."""

    complaint: str
    party: str
    outcome: Literal["confirmed", "changed", "returned"]
    reasons: str
