"""Changes of a methodology: proposed, studied, noticed, commented, decided, in force.

A consultation is where users speak: about one proposed change, or once a year about a
whole methodology. `subject` names the change or the consultation a comment is about.
"""

from typing import Any, Literal

from assay.ledger.kinds.registry import Body, kind

ChangeClass = Literal[
    "material", "addition", "time", "specification", "discontinuation", "correction", "emergency"
]


@kind("methodology.adopted/1", disclosure="public")
class MethodologyAdopted(Body, frozen=True, kw_only=True):
    """The documents with which the home begins: no notice was due for these, and only these."""

    documents: dict[str, str]
    reason: str


@kind("change.proposed/1", disclosure="auditor")
class ChangeProposed(Body, frozen=True, kw_only=True):
    """A person proposes a new document of a methodology, with its class and rationale.

    `document` is the digest of the proposed file, `evidence` its kept bytes; `previous` is
    the digest of the version it would follow (none: a new methodology). `clauses` are the
    lines that differ: place, clause, before, after. The Chinese title and rationale are the
    proposer's own words too, where he gave them.
    """

    change: str
    change_class: ChangeClass
    methodology: str
    series: list[str]
    title: str
    rationale: str
    document: str
    evidence: str
    effective: str
    previous: str | None = None
    clauses: list[dict[str, Any]] = []
    questions: list[str] = []
    title_zh: str | None = None
    rationale_zh: str | None = None


@kind("change.study_attached/1", disclosure="auditor")
class ChangeStudyAttached(Body, frozen=True, kw_only=True):
    """A study made outside of the journal was put to the change, e.g. over a long history.

    `files` (name, evidence) go out with the notice and name nobody; `desk_files` stay in
    the house. `compared` are the digests of the two documents that the study itself names.
    """

    change: str
    words: str
    compared: list[str]
    files: list[dict[str, str]]
    desk_files: list[dict[str, str]] = []


@kind("change.studied/1", disclosure="auditor")
class ChangeStudied(Body, frozen=True, kw_only=True):
    """The proposed document was run over stored days beside the one in force.

    `files` lists name and evidence of its tables and page; none of them names a contributor.
    """

    change: str
    first: str | None
    last: str | None
    days: int
    differ: int
    files: list[dict[str, str]]
    summary: list[dict[str, Any]]


@kind("change.noticed/1", disclosure="public")
class ChangeNoticed(Body, frozen=True, kw_only=True):
    """The public notice of a change: from this day its days run.

    `notice_day` is the day of the notice in `zone`; `first_allowed` the earliest day on which
    the change may take effect; `exception` names a force majeure: ground, reason, declarer.
    """

    change: str
    notice: str
    change_class: ChangeClass
    methodology: str
    series: list[str]
    title: str
    rationale: str
    document: str
    effective: str
    notice_day: str
    notice_days: int
    first_allowed: str
    comments_until: str
    zone: str
    clauses: list[dict[str, Any]]
    previous: str | None = None
    exception: dict[str, str] | None = None
    questions: list[str] = []
    title_zh: str | None = None
    rationale_zh: str | None = None


@kind("change.decided/1", disclosure="public")
class ChangeDecided(Body, frozen=True, kw_only=True):
    """Another person than the proposer decided, with reasons; comments may have been overruled."""

    change: str
    outcome: Literal["adopted", "rejected"]
    reason: str
    effective: str
    notice: str


@kind("change.withdrawn/1", disclosure="public")
class ChangeWithdrawn(Body, frozen=True, kw_only=True):
    """A proposal was taken back before it was decided."""

    change: str
    reason: str


@kind("change.activated/1", disclosure="public")
class ChangeActivated(Body, frozen=True, kw_only=True):
    """The effective date came: from this day the adopted document makes the price."""

    change: str
    effective: str


@kind("consultation.opened/1", disclosure="public")
class ConsultationOpened(Body, frozen=True, kw_only=True):
    """Users are asked, as at least once a year, whether a methodology still fits its market."""

    consultation: str
    methodology: str
    title: str
    questions: list[str]
    opened_on: str
    comments_until: str
    notice: str


@kind("consultation.commented/1", disclosure="auditor")
class ConsultationCommented(Body, frozen=True, kw_only=True):
    """Somebody spoke about a change or in a consultation; his name lies in the vault.

    The words of a public comment stand in `text`; those of a confidential one lie in the
    vault with the name, and nothing but their existence is ever shown.
    """

    comment: str
    subject: str
    visibility: Literal["public", "confidential"]
    person: str | None
    text: str = ""
    late: bool = False


@kind("consultation.answered/1", disclosure="auditor")
class ConsultationAnswered(Body, frozen=True, kw_only=True):
    """The agency's answer to one comment; public where the comment is."""

    comment: str
    subject: str
    answer: str


@kind("consultation.closed/1", disclosure="public")
class ConsultationClosed(Body, frozen=True, kw_only=True):
    """A yearly consultation ended: its outcome, and by when the next one is due."""

    consultation: str
    methodology: str
    closed_on: str
    outcome: str
    next_due: str
