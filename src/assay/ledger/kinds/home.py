"""Acts about the home itself: opening it, its people and their keys, signed heads."""

from typing import Any, Literal

from assay.ledger.kinds.registry import Body, kind


@kind("home.opened/1", disclosure="public")
class HomeOpened(Body, frozen=True, kw_only=True):
    """The first entry of every home: the agency, and for ever whether its clock is simulated."""

    agency: str
    clock: Literal["live", "simulated"]
    software: str


@kind("person.registered/1", disclosure="auditor")
class PersonRegistered(Body, frozen=True, kw_only=True):
    """A person of the agency with roles; the name lies in the vault."""

    person: str
    roles: list[str]
    name: str | None = None
    since: str
    until: str | None = None


@kind("key.registered/1", disclosure="public")
class KeyRegistered(Body, frozen=True, kw_only=True):
    """A public key and whose acts it signs, from now on."""

    key: str
    person: str
    public: str
    purpose: Literal["acts", "publication"] = "acts"


@kind("key.retired/1", disclosure="public")
class KeyRetired(Body, frozen=True, kw_only=True):
    """A key that signs nothing from now on; what it signed stays valid."""

    key: str
    reason: str
    successor: str | None = None


@kind("head.signed/1", disclosure="public")
class HeadSigned(Body, frozen=True, kw_only=True):
    """The publication key signed the head that the journal had just before this entry."""

    seq: int
    digest: str
    signed_at: str
    key: str
    signature: str


@kind("finding.raised/1", disclosure="auditor")
class FindingRaised(Body, frozen=True, kw_only=True):
    """Something a person must look at; the day went on."""

    code: str
    severity: Literal["info", "warning", "error"]
    where: str
    what_to_do: str
    pricing_date: str | None = None
    series: str | None = None
    evidence: str | None = None
    subject: str | None = None


@kind("finding.settled/1", disclosure="auditor")
class FindingSettled(Body, frozen=True, kw_only=True):
    """A finding stands no longer: its cause is gone, or a person did something and says what.

    `finding` is the number of the entry that raised it.
    """

    finding: int
    how: Literal["gone", "done", "no_case"]
    words: str = ""


@kind("setting.recorded/1", disclosure="auditor")
class SettingRecorded(Body, frozen=True, kw_only=True):
    """A decision about how this home runs, with its reason."""

    name: str
    content: dict[str, Any]
    reason: str
