"""The dated register of contributors: firms, groups, submitters, aliases, status."""

from typing import Literal

from assay.ledger.kinds.registry import Body, kind

Class = Literal["producer", "trader", "downstream"]
Status = Literal["candidate", "active", "rectification", "terminated"]


@kind("contributor.registered/1", disclosure="auditor")
class ContributorRegistered(Body, frozen=True, kw_only=True):
    """A firm enters the register (or its card is restated by a new entry)."""

    contributor: str
    name: str
    group: str
    classes: list[Class]
    series: list[str]
    since: str
    name_zh: str | None = None


@kind("contributor.status_set/1", disclosure="auditor")
class ContributorStatusSet(Body, frozen=True, kw_only=True):
    """From this day on the firm has this status; the history stays."""

    contributor: str
    status: Status
    since: str
    reason: str


@kind("contributor.alias_added/1", disclosure="auditor")
class ContributorAliasAdded(Body, frozen=True, kw_only=True):
    """Another spelling, chat name or address of the same firm, from a day on."""

    contributor: str
    alias: str
    since: str
    until: str | None = None
    channel: str | None = None


@kind("submitter.mandated/1", disclosure="auditor")
class SubmitterMandated(Body, frozen=True, kw_only=True):
    """A named person may submit for a firm; the name lies in the vault under `person`."""

    contributor: str
    submitter: str
    person: str
    series: list[str]
    since: str
    until: str | None = None
    function: Literal["back_office", "trading", "sales", "management"] = "back_office"
