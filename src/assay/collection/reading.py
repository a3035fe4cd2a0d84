"""What a reader gives back: messages, offered submissions, market facts, findings.

A reader takes bytes or text and returns a `Reading`; it never raises for bad input and
never decides anything. An `Offered` submission is what a text *seems* to say, field by
field with its place in the text and its certainty; a person confirms it before use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

from assay.core import Finding, Severity, instant_text

#: The shared shape of one submission, in the order people read it.
SUBMISSION_FIELDS = (
    "id", "pricing_date", "series", "contributor", "submitter", "channel", "evidence", "kind",
    "side", "low", "high", "premium_low", "premium_high", "against", "currency", "unit", "tax",
    "tax_rate", "quantity", "grade", "brand", "place", "delivery", "delivery_date", "pickup",
    "payment", "counterparty", "relation", "deal_reference", "concluded_at", "received_at",
    "note", "basis",
)  # fmt: skip

KINDS = ("transaction", "bid", "offer", "indication")

CHANNELS = ("email", "wechat", "qq", "phone", "fax", "workbook", "portal", "api")

#: What each kind needs; "price" and "terms" are answered by one of several.
REQUIRED = {
    "transaction": ("quantity", "place", "delivery", "payment"),
    "bid": ("side", "quantity"),
    "offer": ("side", "quantity"),
    "indication": ("basis",),
}


class Certainty(Enum):
    """How sure a reading of one field is."""

    STATED = "stated"
    """The digits or words of the text say it."""
    APPROXIMATE = "approximate"
    """Said, but with a word such as 附近 or around."""
    INHERITED = "inherited"
    """Said elsewhere in the same message, or by the channel."""
    CONVENTIONAL = "conventional"
    """Not said at all: the series' own card says it."""
    UNCERTAIN = "uncertain"
    """More than one reading is possible; a person must decide."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a field stands: in the normalised text, and in the original characters."""

    start: int
    end: int
    origin_start: int
    origin_end: int


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One field of an offered submission, with where it was read and how surely."""

    content: str
    certainty: Certainty
    span: Span | None = None
    locator: str | None = None

    def document(self) -> dict[str, Any]:
        """Plain text values for the journal."""
        shown: dict[str, Any] = {"content": self.content, "certainty": self.certainty.value}
        if self.span is not None:
            shown["span"] = [
                self.span.start,
                self.span.end,
                self.span.origin_start,
                self.span.origin_end,
            ]
        if self.locator is not None:
            shown["locator"] = self.locator
        return shown


def missing_fields(fields: Mapping[str, FieldRead | str | None]) -> tuple[str, ...]:
    """The names of the fields this kind of submission needs and has not got.

    A price is answered by low and high or by a premium against something named; the terms of
    delivery by `delivery` or `pickup`.
    """
    known = {
        name: read.content if isinstance(read, FieldRead) else read for name, read in fields.items()
    }
    lacking = [name for name in ("series", "kind") if not known.get(name)]
    outright = bool(known.get("low") and known.get("high"))
    premium = bool(known.get("premium_low") and known.get("premium_high"))
    if not outright and not premium:
        lacking.append("price")
    if premium and not outright and not known.get("against"):
        lacking.append("against")
    for name in REQUIRED.get(known.get("kind") or "", ()):
        if name == "delivery" and (known.get("pickup") or known.get("delivery_date")):
            continue
        if not known.get(name):
            lacking.append(name)
    return tuple(lacking)


@dataclass(frozen=True, slots=True)
class Attachment:
    """Bytes that came inside a message; its own reader is chosen by what they are."""

    name: str
    media_type: str
    content: bytes
    locator: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a channel: who said it, when, in which words, and where it stands.

    `sender` is personal (address, nick) and never enters the journal as such. `sent_at` is
    the channel's own clock, `None` where it shows none. `starts_at` is the character offset
    of `text` in the decoded evidence where that is known (plain text files).
    """

    text: str
    channel: str
    locator: str
    sender: str | None = None
    sender_name: str | None = None
    sent_at: datetime | None = None
    subject: str | None = None
    forwarded_by: str | None = None
    starts_at: int | None = None
    notice: str | None = None
    attachments: tuple[Attachment, ...] = ()

    def when(self) -> str | None:
        """The channel's time as RFC 3339 text."""
        return None if self.sent_at is None else instant_text(self.sent_at)


@dataclass(frozen=True, slots=True)
class Offered:
    """One submission as offered to a person: fields, what is missing, what is wrong.

    `act` is ``submit``, ``replace`` or ``withdraw`` as the words say; `said` holds what the
    text says besides the fields of a submission (a stated mean, a stated change). `origin` is the
    message it was read from: personal, never part of `document()`.
    """

    fields: Mapping[str, FieldRead]
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    act: str = "submit"
    said: Mapping[str, FieldRead] = field(default_factory=dict)
    text: str = ""
    locator: str = ""
    origin: Message | None = None

    def __getitem__(self, name: str) -> str | None:
        """The content of a field, or None where nothing was read."""
        read = self.fields.get(name)
        return None if read is None else read.content

    def submission(self) -> dict[str, str | None]:
        """The shared submission shape; unknown fields are None."""
        return {name: self[name] for name in SUBMISSION_FIELDS}

    def with_fields(self, **fields: FieldRead | None) -> Offered:
        """The same offer with these fields set (None is skipped); `missing` is worked out anew."""
        merged = {**self.fields, **{name: read for name, read in fields.items() if read}}
        return replace(self, fields=merged, missing=missing_fields(merged))

    def document(self) -> dict[str, Any]:
        """Plain text values for the journal and for pages."""
        return {
            "submission": self.submission(),
            "fields": {name: read.document() for name, read in self.fields.items()},
            "missing": list(self.missing),
            "act": self.act,
            "said": {name: read.document() for name, read in self.said.items()},
            "findings": [finding.document() for finding in self.findings],
            "locator": self.locator,
        }


@dataclass(frozen=True, slots=True)
class Fact:
    """One market fact: a figure of an exchange, an authority or another agency.

    `figures` holds exact decimals as text: ``value`` alone, or open, high, low, close,
    settlement, volume, open_interest, turnover; `path` its trades or minutes in order, each
    (instant, price, volume). `carried` says that the source itself
    repeated the figure; `definition` names what the figure meant on that day.
    """

    series: str
    date: date
    figures: Mapping[str, str]
    unit: str
    source: str
    session: str | None = None
    carried: bool = False
    definition: str | None = None
    licence: str | None = None
    event_time: datetime | None = None
    contract: str | None = None
    path: tuple[tuple[str, ...], ...] = ()
    locator: str = ""
    findings: tuple[Finding, ...] = ()

    def content(self) -> dict[str, Any]:
        """The figures (and the path) as the journal keeps them."""
        shown: dict[str, Any] = dict(self.figures)
        if self.path:
            shown["path"] = [list(step) for step in self.path]
        return shown


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row of a feed that was not believed: as it stands, where, and why."""

    series: str
    row: Mapping[str, str]
    locator: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one reader found in one piece of evidence."""

    messages: tuple[Message, ...] = ()
    offers: tuple[Offered, ...] = ()
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    quarantined: tuple[QuarantinedRow, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether an error keeps the whole evidence from being used."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def and_then(self, *others: Reading) -> Reading:
        """One reading of all: this one first, then the others in order."""
        every = (self, *others)
        return Reading(
            tuple(each for reading in every for each in reading.messages),
            tuple(each for reading in every for each in reading.offers),
            tuple(each for reading in every for each in reading.facts),
            tuple(each for reading in every for each in reading.findings),
            tuple(each for reading in every for each in reading.quarantined),
        )


def joined(readings: Iterable[Reading]) -> Reading:
    """All readings as one, in order."""
    return Reading().and_then(*readings)


def error(code: str, where: str, what_to_do: str) -> Finding:
    """A finding that blocks."""
    return Finding(code, Severity.ERROR, where, what_to_do)


def warning(code: str, where: str, what_to_do: str) -> Finding:
    """A finding that needs eyes."""
    return Finding(code, Severity.WARNING, where, what_to_do)


def notice(code: str, where: str, what_to_do: str) -> Finding:
    """A finding that informs."""
    return Finding(code, Severity.INFO, where, what_to_do)


def refusal(code: str, where: str, what_to_do: str) -> Reading:
    """A reading that holds nothing but why it was refused."""
    return Reading(findings=(error(code, where, what_to_do),))
