"""Integrity: pressure reports, declarations, supervision, assessors, surveillance flags.

What a person wrote in confidence lies in the vault; the journal keeps who, when and the clock.
"""

from typing import Literal

from assay.ledger.kinds.registry import Body, kind

Interest = Literal["conflict", "holding", "outside_job", "gift", "none"]


@kind("pressure.reported/1", disclosure="auditor")
class PressureReported(Body, frozen=True, kw_only=True):
    """A person of the house was forced, threatened or induced; his words lie in the vault."""

    report: str
    manner: Literal["force", "threat", "inducement", "other"]
    words: str
    day: str
    answer_by: str
    close_by: str
    supervisor: str | None = None
    contributor: str | None = None
    against: str | None = None
    series: list[str] = []


@kind("pressure.answered/1", disclosure="auditor")
class PressureAnswered(Body, frozen=True, kw_only=True):
    """Supervisor or compliance took the report up; the words lie in the vault."""

    report: str
    words: str


@kind("pressure.escalated/1", disclosure="auditor")
class PressureEscalated(Body, frozen=True, kw_only=True):
    """A clock of the report ran out, or a person took it further."""

    report: str
    reason: Literal["unanswered", "unclosed", "by_hand"]
    to: list[str]
    day: str


@kind("pressure.closed/1", disclosure="auditor")
class PressureClosed(Body, frozen=True, kw_only=True):
    """The report is closed with an outcome; the words lie in the vault."""

    report: str
    outcome: Literal["confirmed", "not_confirmed", "passed_on"]
    words: str


@kind("declaration.filed/1", disclosure="auditor")
class DeclarationFiled(Body, frozen=True, kw_only=True):
    """A person declares an interest, or that he has none; to be renewed by a day.

    `conflict`, `holding` and `outside_job` keep him from the series named; a gift does not.
    """

    declaration: str
    person: str
    interest: Interest
    since: str
    renew_by: str
    series: list[str] = []
    contributor: str | None = None
    words: str = ""
    amount: str | None = None
    renews: str | None = None


@kind("declaration.ended/1", disclosure="auditor")
class DeclarationEnded(Body, frozen=True, kw_only=True):
    """The interest is gone; it binds until this day, the last included."""

    declaration: str
    until: str
    words: str


@kind("supervision.set/1", disclosure="auditor")
class SupervisionSet(Body, frozen=True, kw_only=True):
    """Who supervises a person from a day on."""

    person: str
    supervisor: str
    since: str


@kind("assessor.reviewed/1", disclosure="auditor")
class AssessorReviewed(Body, frozen=True, kw_only=True):
    """A person is fit to assess these series; his competence is looked at again by a day."""

    person: str
    series: list[str]
    since: str
    review_by: str
    words: str


@kind("flag.raised/1", disclosure="auditor")
class FlagRaised(Body, frozen=True, kw_only=True):
    """Surveillance saw something; one sentence says what, links lead to the evidence.

    `strength` is how many times the threshold was reached, `thresholds` the digest of the file
    of thresholds that was in force.
    """

    flag: str
    detector: str
    about: Literal["day", "contributor", "pair", "person"]
    subjects: list[str]
    series: list[str]
    first: str
    last: str
    strength: str
    sentence: str
    links: list[str]
    thresholds: str


@kind("surveillance.run/1", disclosure="auditor")
class SurveillanceRun(Body, frozen=True, kw_only=True):
    """The house was watched after the prices of `day`: every detector over the days from `first`.

    `raised` are the flags that came of it, `flags` how many there were in all.
    """

    day: str
    first: str
    flags: int
    raised: list[str]
    thresholds: str


@kind("flag.closed/1", disclosure="auditor")
class FlagClosed(Body, frozen=True, kw_only=True):
    """A person looked into a flag and says in words what it was."""

    flag: str
    outcome: Literal["misconduct", "error", "explained", "false_alarm"]
    words: str
