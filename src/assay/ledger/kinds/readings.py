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
