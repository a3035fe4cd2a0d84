"""The file of a contributor: application, documents, checks, agreement, certificates, rectification.

The card, the status and the mandates are in `kinds/contributors.py`; here is what they rest on.
"""

from typing import Literal

from assay.ledger.kinds.registry import Body, kind

Document = Literal["business_licence", "chain_proof", "mandate", "code_of_conduct", "other"]
Check = Literal["identity", "chain", "data_access", "mandate", "reputation"]
Outcome = Literal["passed", "failed"]


@kind("contributor.applied/1", disclosure="auditor")
class ContributorApplied(Body, frozen=True, kw_only=True):
    """A firm asks to be a contributor; `escalation` is whom to ask inside it when data is doubted."""

    contributor: str
    day: str
    words: str
    escalation: str | None = None


@kind("contributor.document_filed/1", disclosure="auditor")
class ContributorDocumentFiled(Body, frozen=True, kw_only=True):
    """A paper of the firm, kept as evidence, valid until a day (none: without end)."""

    contributor: str
    document: str
    type: Document
    evidence: str
    valid_from: str
    valid_until: str | None = None
    words: str = ""


@kind("contributor.checked/1", disclosure="auditor")
class ContributorChecked(Body, frozen=True, kw_only=True):
    """The actor checked something about the firm or a submitter, and stands for the outcome."""

    contributor: str
    check: Check
    outcome: Outcome
    words: str
    submitter: str | None = None
    document: str | None = None


@kind("contributor.reference_taken/1", disclosure="auditor")
class ContributorReferenceTaken(Body, frozen=True, kw_only=True):
    """What another participant of the market said of the firm; his name lies in the vault."""

    contributor: str
    referee: str
    outcome: Literal["good", "bad", "none"]
    words: str


@kind("contributor.agreed/1", disclosure="auditor")
class ContributorAgreed(Body, frozen=True, kw_only=True):
    """The agreement with the firm: written (evidence) or spoken and recorded in words."""

    contributor: str
    form: Literal["written", "recorded"]
    day: str
    words: str
    evidence: str | None = None


@kind("contributor.rectification_noticed/1", disclosure="auditor")
class ContributorRectificationNoticed(Body, frozen=True, kw_only=True):
    """Notice of rectification: out of the list from `since`, to be met by `deadline`."""

    contributor: str
    since: str
    deadline: str
    shortfalls: list[str]
    words: str


@kind("contributor.rectification_ended/1", disclosure="auditor")
class ContributorRectificationEnded(Body, frozen=True, kw_only=True):
    """How a rectification ended."""

    contributor: str
    since: str
    outcome: Literal["met", "refused", "unmet"]
    words: str


@kind("certificate.filed/1", disclosure="auditor")
class CertificateFiled(Body, frozen=True, kw_only=True):
    """A certified carbon footprint of the firm's metal in tCO2 a tonne."""

    contributor: str
    certificate: str
    boundary: Literal["cradle_to_gate", "non_cradle_to_gate"]
    footprint: str
    issuer: str
    valid_from: str
    valid_until: str
    evidence: str | None = None


@kind("certificate.withdrawn/1", disclosure="auditor")
class CertificateWithdrawn(Body, frozen=True, kw_only=True):
    """From this day on the certificate counts no more."""

    contributor: str
    certificate: str
    since: str
    reason: str


@kind("submitter.mandate_ended/1", disclosure="auditor")
class SubmitterMandateEnded(Body, frozen=True, kw_only=True):
    """The submitter's mandate for the firm holds until this day, the last included."""

    contributor: str
    submitter: str
    until: str
    reason: str


@kind("submitter.alias_added/1", disclosure="auditor")
class SubmitterAliasAdded(Body, frozen=True, kw_only=True):
    """Another spelling or chat name of a person; the name itself lies in the vault under `alias`."""

    contributor: str
    submitter: str
    alias: str
    since: str
    until: str | None = None
    channel: str | None = None
