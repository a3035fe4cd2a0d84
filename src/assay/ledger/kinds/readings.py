"""What came of reading a piece of evidence: how much was offered, what was refused and why."""

from typing import Any

from assay.ledger.kinds.registry import Body, kind


@kind("evidence.read/1", disclosure="auditor")
class EvidenceRead(Body, frozen=True, kw_only=True):
    """A reader went over the evidence; with nothing offered, `findings` say why.

    `skipped` counts exact repeats of data recorded before.
    """

    evidence: str
    channel: str
    offered: int
    skipped: int = 0
    findings: list[dict[str, Any]] = []


@kind("evidence.reopened/1", disclosure="auditor")
class EvidenceReopened(Body, frozen=True, kw_only=True):
    """A person had evidence read again, under the channel it truly came by, and says why.

    The reading before it stays in the journal; what it offered and nobody confirmed is
    discarded in the same act. `read` is the entry of the reading that came before.
    """

    evidence: str
    read: int
    before: str
    channel: str
    words: str
