"""The auditor's room and the controls: what was looked at, sampled, recomputed, signed."""

from typing import Literal

from assay.ledger.kinds.registry import Body, kind

View = Literal[
    "dossier", "evidence", "sample", "reproduction", "bundle", "controls", "log", "page", "command",
    "contributor_file", "pressure_report", "flag",
]  # fmt: skip


@kind("record.viewed/1", disclosure="auditor")
class RecordViewed(Body, frozen=True, kw_only=True):
    """Somebody looked at records of the house: who is the actor, what and by which door.

    `about` names the thing (series, pricing date, evidence, folder); `known_at` is the
    instant whose state was asked for.
    """

    view: View
    about: dict[str, str]
    door: Literal["pages", "commands"]
    known_at: str | None = None


@kind("sample.drawn/1", disclosure="auditor")
class SampleDrawn(Body, frozen=True, kw_only=True):
    """A random sample of ended series-days, drawn by the printed seed.

    `strata` says how many there were of each; `chosen` are rows of ``series pricing_date
    stratum``.
    """

    seed: str
    first: str
    last: str
    size: int
    strata: dict[str, int]
    chosen: list[dict[str, str]]


@kind("reproduction.made/1", disclosure="auditor")
class ReproductionMade(Body, frozen=True, kw_only=True):
    """A price was computed again from its recorded inputs and archived document.

    `recorded` and `recomputed` are digests of determination and inputs; `differences` is
    empty exactly when the outcome is ``equal``.
    """

    series: str
    pricing_date: str
    revision: int
    outcome: Literal["equal", "different", "impossible"]
    recorded: str
    recomputed: str | None
    document: str
    software: str
    differences: list[str] = []


@kind("control.signed/1", disclosure="auditor")
class ControlSigned(Body, frozen=True, kw_only=True):
    """A person answers a control that software cannot decide, with words and evidence."""

    control: str
    answer: Literal["met", "not_met", "not_applicable"]
    words: str
    evidence: str | None = None


@kind("control.tested/1", disclosure="auditor")
class ControlTested(Body, frozen=True, kw_only=True):
    """Every row of the controls as it stood: results computed from the journal up to `head`.

    Rows of ``control result says``.
    """

    head: int
    results: list[dict[str, str]]
    summary: dict[str, int]


@kind("audit.concluded/1", disclosure="public")
class AuditConcluded(Body, frozen=True, kw_only=True):
    """An outside audit of a period is complete; its result is to be public by a day.

    `auditor` is the firm; `severities` counts its findings, which stand in the register, each
    by an entry of its own; `report` is the evidence of what it handed over.
    """

    audit: str
    auditor: str
    first: str
    last: str
    completed_on: str
    publish_by: str
    severities: dict[str, int]
    report: str


@kind("audit.published/1", disclosure="public")
class AuditPublished(Body, frozen=True, kw_only=True):
    """The result of an audit went out with a notice; `statement` is the evidence of it."""

    audit: str
    statement: str
    notice: str
    published_on: str
