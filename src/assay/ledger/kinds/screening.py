"""Screening and the day's arrangements: what the rules said, and what was decided for a day."""

from typing import Any

from assay.ledger.kinds.registry import Body, kind


@kind("submission.screened/1", disclosure="auditor")
class SubmissionScreened(Body, frozen=True, kw_only=True):
    """Every rule of the document spoke on this datum; a failed one is kept and not used.

    `verdicts` are rows of ``rule clause passed values``; `late` is the flag of data that
    came after the hard cut-off; `document` is the digest of the methodology that judged.
    """

    submission: str
    pricing_date: str
    series: str
    document: str
    passed: bool
    late: bool
    verdicts: list[dict[str, Any]]


@kind("methodology.archived/1", disclosure="public")
class MethodologyArchived(Body, frozen=True, kw_only=True):
    """The bytes of a methodology document, kept as evidence when it is first used."""

    methodology: str
    effective: str
    digest: str
    evidence: str
    series: list[str]


@kind("day.arranged/1", disclosure="public")
class DayArranged(Body, frozen=True, kw_only=True):
    """A closure or a moved window of one day, announced by a notice; times of the document's zone.

    Cut-offs never move: they decide which data counts.
    """

    pricing_date: str
    series: list[str]
    notice: str
    reason: str
    closed: bool = False
    opens: str | None = None
    closes: str | None = None
