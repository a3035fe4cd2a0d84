"""The one part of collection that writes: archive, read, offer.

Bytes are archived durably before any reader sees them; then every offered submission becomes
an entry, its sender a reference into the vault. It confirms nothing and decides nothing: a
person does, at the desk.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.collection.channels import PhraseTables, read_channel
from assay.collection.mailbox import (
    Fetched,
    ImapClient,
    fetch_new,
    maildir_mails,
    split_mbox,
)
from assay.collection.notes import PhoneNote
from assay.collection.quote_fields import QuoteContext
from assay.collection.reading import (
    CHANNELS,
    Message,
    Offered,
    Reading,
    warning,
)
from assay.collection.recording import (
    delivery_stated,
    fields_body,
    finding_body,
    kept,
    lacking,
    received_body,
    submission_name,
)
from assay.collection.register import Match, Registry, spellings_of
from assay.collection.rereading import (
    SUPERSEDED,
    Reopened,
    known_finding,
    reopen,
    still_unread,
)
from assay.core import Finding, Refused, instant_text, refused, utc, zone_of
from assay.ledger import SYSTEM, Draft, Entry, Ledger, Signer
from assay.ledger.book.readings import reading_of
from assay.ledger.book.submissions import submissions

_FUTURE = timedelta(minutes=5)
_LIVE = ("offered", "confirmed")
_CHATS = {"wechat", "qq"}
_MEDIA = {
    "email": "message/rfc822",
    "portal": "application/json",
    "phone": "application/json",
    "api": "application/json",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one piece of evidence."""

    evidence: str
    entries: tuple[Entry, ...] = ()
    reading: Reading = field(default_factory=Reading)
    findings: tuple[Finding, ...] = ()
    skipped: int = 0

    @property
    def submissions(self) -> tuple[str, ...]:
        """The names of the submissions offered."""
        received = (each for each in self.entries if each.kind == "submission.received/1")
        return tuple(each.body["submission"] for each in received)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the caller knows about a piece of evidence beyond its bytes.

    `contributor` (a code of the register) and `submitter` where the channel itself says who it
    is (portal, fax, a workbook handed over); `typed_note` goes with a fax page.
    """

    name: str = ""
    contributor: str | None = None
    submitter: str | None = None
    typed_note: str = ""
    media_type: str | None = None


class Intake:
    """Takes evidence in for one ledger, in one zone, by the word lists given."""

    def __init__(
        self,
        ledger: Ledger,
        tables: PhraseTables,
        *,
        zone: str = "Asia/Shanghai",
        actor: str = SYSTEM,
        signer: Signer | None = None,
    ) -> None:
        """`actor` is who collects (a person's code with `signer`, or the house's clockwork)."""
        self.ledger = ledger
        self.tables = tables
        self.zone = zone
        self.actor = actor
        self.signer = signer
        self._senders: dict[tuple[str, str, str], str] = {}

    def take(
        self,
        evidence: Path | bytes,
        channel: str,
        received_at: datetime,
        sent: Sent | None = None,
        *,
        again: str = "",
    ) -> Taken:
        """Archive one piece of evidence, read it, and record what it offers.

        `received_at` is when it reached the house. Evidence that was read before is not read
        again, unless a person says in words (`again`) that it came by this channel and not by
        the one before. Raises `Refused` for an unknown channel or an `again` that fits nothing;
        bad content is a finding.
        """
        if channel not in CHANNELS:
            raise refused("channel.unknown", channel, f"allowed: {', '.join(CHANNELS)}")
        sent = sent or Sent()
        content = evidence if isinstance(evidence, bytes) else evidence.read_bytes()
        if channel in _CHATS:
            # The name of an exported chat is the name of a person or a group: never kept.
            sent = replace(sent, name=f"{channel} export")
        elif isinstance(evidence, Path) and not sent.name:
            sent = replace(sent, name=evidence.name)
        reference = self.ledger.evidence.put(content)
        with self.ledger.read() as connection:
            known = reading_of(connection, reference)
            reopened = Reopened()
            if known is not None and again.strip():
                words = kept(again)
                reopened = reopen(connection, known, channel, words, self.actor, self.signer)
        if known is not None and not again.strip():
            finding = known_finding(known, channel, sent.name or reference)
            return Taken(reference, findings=(finding,))
        entries: list[Entry] = []
        if known is None:
            entries = self._archive(content, reference, channel, received_at, sent)
        received_at = reopened.reached or received_at
        context = QuoteContext(
            day=self._day(received_at), zone=self.zone, locator=sent.name or channel
        )
        reading = read_channel(
            content, channel, self.tables, context, name=sent.name, typed_note=sent.typed_note
        )
        before = None if known is None else known["seq"]
        try:
            return self._record(
                reading, reference, channel, received_at, sent, entries, reopened, before
            )
        except Refused as problem:
            if problem.finding.code != "evidence.known":
                raise
            return Taken(reference, tuple(entries), findings=(problem.finding,))

    def take_phone(self, note: PhoneNote, received_at: datetime) -> Taken:
        """Take in a phone note; the note itself is the evidence."""
        sent = Sent(name="phone note", submitter=note.submitter)
        return self.take(note.evidence(), "phone", received_at, sent)

    def take_mails(self, mails: Path, received_at: datetime) -> list[Taken]:
        """Take in a maildir, a folder of .eml files, or an mbox file, mail by mail."""
        found: Iterable[Fetched | Finding]
        if mails.is_dir():
            found = maildir_mails(mails)
        elif mails.suffix == ".mbox":
            found = split_mbox(mails.read_bytes(), mails.name)
        else:
            found = [Fetched(mails.name, mails.read_bytes())]
        return [
            self.take(each.content, "email", received_at, Sent(name=each.locator))
            if isinstance(each, Fetched)
            else Taken("", findings=(each,))
            for each in found
        ]

    def take_imap(
        self, client: ImapClient, after_uid: int, received_at: datetime
    ) -> tuple[int, list[Taken]]:
        """Take in what is new in a selected IMAP folder; gives the last UID seen, for next time.

        A mail counts as received when the house's own server took it.
        """
        last, taken = after_uid, []
        for uid, found in fetch_new(client, after_uid):
            if isinstance(found, Finding):
                taken.append(Taken("", findings=(found,)))
                break
            reached = min(found.arrived_at or received_at, received_at)
            taken.append(self.take(found.content, "email", reached, Sent(name=found.locator)))
            last = uid
        return last, taken

    def _archive(
        self, content: bytes, reference: str, channel: str, received_at: datetime, sent: Sent
    ) -> list[Entry]:
        body = {
            "evidence": reference,
            "channel": channel,
            "media_type": sent.media_type or _MEDIA.get(channel, "application/octet-stream"),
            "size": len(content),
            "received_at": instant_text(received_at),
            "source": kept(sent.name) or None,
        }
        return self._append([Draft("evidence.archived/1", self.actor, body)])

    def _append(self, drafts: list[Draft]) -> list[Entry]:
        return self.ledger.append(drafts, signer=self.signer)

    def _record(
        self,
        reading: Reading,
        reference: str,
        channel: str,
        received_at: datetime,
        sent: Sent,
        entries: list[Entry],
        reopened: Reopened,
        before: int | None,
    ) -> Taken:
        drafts = [*reopened.drafts, *self._parts(reading, reference, channel, received_at)]
        bodies, about = self._bodies(
            reading.offers, reference, channel, received_at, sent, reopened.turn
        )
        drafts += [Draft("submission.received/1", self.actor, body) for body in bodies]
        skipped = len(reading.offers) - len(bodies)
        read = {
            "evidence": reference,
            "channel": channel,
            "offered": len(bodies),
            "skipped": skipped,
            "findings": [finding_body(finding) for finding in reading.findings],
        }
        drafts.append(Draft("evidence.read/1", self.actor, read))
        guard = still_unread(reference, before)
        entries += self.ledger.append(drafts, signer=self.signer, guard=guard)
        findings = (*reopened.findings, *reading.findings, *about)
        return Taken(reference, tuple(entries), reading, findings, skipped)

    def _parts(
        self, reading: Reading, reference: str, channel: str, received_at: datetime
    ) -> list[Draft]:
        """Attachments are evidence of their own, part of the mail they came in."""
        drafts = []
        for message in reading.messages:
            for part in message.attachments:
                body = {
                    "evidence": self.ledger.evidence.put(part.content),
                    "channel": channel,
                    "media_type": kept(part.media_type),
                    "size": len(part.content),
                    "received_at": instant_text(received_at),
                    "source": kept(part.name),
                    "part_of": reference,
                }
                drafts.append(Draft("evidence.archived/1", self.actor, body))
        return drafts

    def _bodies(
        self,
        offers: Iterable[Offered],
        reference: str,
        channel: str,
        received_at: datetime,
        sent: Sent,
        turn: int,
    ) -> tuple[list[dict[str, Any]], list[Finding]]:
        """The bodies of the submissions without exact repeats, and what was found about them."""
        registries: dict[date, Registry] = {}
        said: list[Finding] = []
        prepared: list[tuple[Message | None, dict[str, Any]]] = []
        with self.ledger.read() as connection:
            for number, offer in enumerate(map(delivery_stated, offers), 1):
                reached, day, findings = self._reached(offer, channel, received_at)
                counted = day or self._day(received_at)
                if counted not in registries:
                    registries[counted] = Registry.read(connection, counted)
                match = self._match(registries[counted], offer, channel, sent)
                fields = fields_body(
                    offer,
                    contributor=match.contributor,
                    submitter=sent.submitter or match.submitter,
                    day=day,
                )
                if _repeats(connection, fields, reached, reference):
                    continue
                seen = [body for _, body in prepared]
                replaces, about = _replaced(connection, offer.act, fields, seen, offer.locator)
                every = [*offer.findings, *match.findings, *findings, *about]
                body = received_body(
                    offer,
                    name=submission_name(counted, reference, number, turn),
                    channel=channel,
                    evidence=reference,
                    received_at=reached,
                    fields=fields,
                    findings=every,
                    replaces=replaces,
                )
                said += [*every, *lacking(body)]
                prepared.append((offer.origin, body))
        for origin, body in prepared:
            body["fields"]["submitter"] = body["fields"]["submitter"] or self._sender(origin)
        return [body for _, body in prepared], said

    def _day(self, instant: datetime) -> date:
        return utc(instant).astimezone(zone_of(self.zone)).date()

    def _reached(
        self, offer: Offered, channel: str, received_at: datetime
    ) -> tuple[datetime, date | None, list[Finding]]:
        """When it reached us, the day it is for by default, and findings.

        A chat's own clock counts; a mail's date is only a claim, so the caller's time counts,
        but an older date makes it an older price. An undated chat message has no day.
        """
        received_at = utc(received_at)
        message, chat = offer.origin, channel in {*_CHATS, "phone"}
        if message is None or message.sent_at is None:
            undated = message is not None and chat
            return received_at, None if undated else self._day(received_at), []
        if message.sent_at > received_at + _FUTURE:
            finding = warning(
                "message.from_the_future",
                offer.locator,
                f"says {instant_text(message.sent_at)}, after it reached us: the clock is wrong",
            )
            return received_at, self._day(received_at), [finding]
        return (message.sent_at if chat else received_at), self._day(message.sent_at), []

    def _match(self, registry: Registry, offer: Offered, channel: str, sent: Sent) -> Match:
        where, series = offer.locator, offer["series"]
        if sent.contributor is not None:
            return registry.find([sent.contributor], channel, where, series)
        stated = offer["contributor"]
        spellings = [stated] if stated else spellings_of(offer.origin)
        match = registry.find(spellings, channel, where, series)
        if match.contributor is None and stated and offer.origin is not None:
            return registry.find(spellings_of(offer.origin), channel, where, series)
        return match

    def _sender(self, message: Message | None) -> str | None:
        """The vault reference of a message's sender; one record a sender and run."""
        if message is None or not (message.sender or message.sender_name):
            return None
        key = (message.channel, message.sender or "", message.sender_name or "")
        if key not in self._senders:
            record = {"channel": key[0], "sender": kept(key[1]), "name": kept(key[2])}
            self._senders[key] = self.ledger.remember(record)
        return self._senders[key]


_COMPARED = (
    "contributor", "series", "kind", "side", "low", "high", "premium_low", "premium_high",
    "quantity", "deal_reference", "pricing_date",
)  # fmt: skip


def _repeats(
    connection: Connection, fields: dict[str, str | None], reached: datetime, evidence: str
) -> bool:
    """Whether the same firm said exactly this at exactly this moment before (a twin export).

    What an earlier reading of the same evidence offered counts only where it was confirmed.
    """
    if fields["contributor"] is None:
        return False
    superseded = sa.and_(submissions.c.evidence == evidence, submissions.c.state.in_(SUPERSEDED))
    query = sa.select(submissions.c.fields).where(
        submissions.c.contributor == fields["contributor"],
        submissions.c.received_at == reached,
        sa.not_(superseded),
    )
    for row in connection.execute(query).scalars():
        if all(row.get(name) == fields[name] for name in _COMPARED):
            return True
    return False


def _replaced(
    connection: Connection,
    act: str,
    fields: dict[str, str | None],
    seen: list[dict[str, Any]],
    where: str,
) -> tuple[str | None, list[Finding]]:
    """The live submission that this one says it replaces or withdraws."""
    if act == "submit":
        return None, []
    names = ("contributor", "series", "kind", "side", "pricing_date")
    wanted = {name: fields[name] for name in names if fields[name] is not None}
    query = sa.select(submissions).where(
        submissions.c.contributor == fields["contributor"], submissions.c.state.in_(_LIVE)
    )
    live = [(row["submission"], row["fields"]) for row in connection.execute(query).mappings()] + [
        (body["submission"], body["fields"]) for body in seen
    ]
    found = [
        name
        for name, known in live
        if all(known.get(field) == content for field, content in wanted.items())
    ]
    if act == "withdraw":
        shown = ", ".join(found) or "none found"
        finding = warning(
            "submission.withdrawal_asked",
            where,
            f"asks to withdraw ({shown}): withdraw at the desk",
        )
        return None, [finding]
    if len(found) == 1:
        return found[0], []
    return None, [
        warning(
            "submission.replaces_unclear",
            where,
            f"says it replaces an earlier one; candidates: {', '.join(found) or 'none'}",
        )
    ]
