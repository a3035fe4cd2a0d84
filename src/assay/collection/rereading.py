"""Reading a piece of evidence again, under the channel it truly came by.

A file taken in as the wrong channel stays where it is and as it was read; a person opens it
again in words. What the first reading offered and nobody confirmed is discarded in the same
act; what was confirmed stays, and is named. Nothing is read here, and no byte is archived anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.collection.reading import notice, warning
from assay.core import Finding, Refused, refused, utc
from assay.ledger import Draft, Signer
from assay.ledger.book.readings import reading_of, times_read
from assay.ledger.book.submissions import evidence, submissions

#: What a second reading takes the place of.
SUPERSEDED = ("offered", "discarded")


@dataclass(frozen=True, slots=True)
class Reopened:
    """What opening a piece of evidence again brings: drafts, findings, when it reached us.

    `turn` counts the readings: 1 is the first; it goes into the names of what is offered.
    """

    drafts: tuple[Draft, ...] = ()
    findings: tuple[Finding, ...] = ()
    reached: datetime | None = None
    turn: int = 1


def known_finding(known: Mapping[str, Any], channel: str, where: str) -> Finding:
    """What is said of evidence that was read before: a notice, or a warning by another channel."""
    if known["channel"] == channel:
        return notice("evidence.known", where, "read before: not read again")
    return warning(
        "evidence.known",
        where,
        f"read before as {known['channel']}, and not read again as {channel}: "
        f'where that was wrong, assay collect FILE --channel {channel} --again "why"',
    )


def still_unread(reference: str, before: int | None) -> Callable[[Connection], None]:
    """A guard: nobody else read this evidence since its last reading was entry `before`."""

    def look(connection: Connection) -> None:
        latest = reading_of(connection, reference)
        if (None if latest is None else latest["seq"]) != before:
            raise Refused(notice("evidence.known", reference, "read meanwhile by somebody else"))

    return look


def reopen(
    connection: Connection,
    known: Mapping[str, Any],
    channel: str,
    words: str,
    actor: str,
    signer: Signer | None,
) -> Reopened:
    """The act that opens evidence again; refused by the same channel or without a signature."""
    reference = known["evidence"]
    if known["channel"] == channel:
        raise refused(
            "evidence.same_channel",
            f"{reference} as {channel}",
            "it was read as that: confirm, correct or discard what it offered",
        )
    if signer is None:
        raise refused("evidence.unsigned", reference, "a person opens evidence again: --as PERSON")
    offered, confirmed = _of(connection, reference)
    body = {
        "evidence": reference, "read": known["seq"], "before": known["channel"],
        "channel": channel, "words": words,
    }  # fmt: skip
    reason = f"read again as {channel}, not {known['channel']}: {words}"
    drafts = [Draft("evidence.reopened/1", actor, body)]
    drafts += [
        Draft("submission.discarded/1", actor, {"submission": name, "reason": reason})
        for name in offered
    ]
    return Reopened(
        tuple(drafts), _standing(confirmed, known["channel"]),
        _reached(connection, reference), times_read(connection, reference) + 1,
    )  # fmt: skip


def _of(connection: Connection, reference: str) -> tuple[list[str], list[str]]:
    """The names of what earlier readings offered: still open, and confirmed."""
    query = (
        sa.select(submissions.c.submission, submissions.c.state)
        .where(submissions.c.evidence == reference)
        .order_by(submissions.c.seq)
    )
    rows = [(name, state) for name, state in connection.execute(query)]
    offered = [name for name, state in rows if state == "offered"]
    return offered, [name for name, state in rows if state == "confirmed"]


def _standing(confirmed: list[str], before: str) -> tuple[Finding, ...]:
    if not confirmed:
        return ()
    said = f"confirmed when it was read as {before}, and left as they are: look at them, judge them"
    return (warning("evidence.confirmed_before", ", ".join(confirmed), said),)


def _reached(connection: Connection, reference: str) -> datetime | None:
    """When the evidence first reached the house: reading it again makes it no later."""
    query = sa.select(sa.func.min(evidence.c.received_at)).where(evidence.c.evidence == reference)
    first: datetime | None = connection.execute(query).scalar_one_or_none()
    return None if first is None else utc(first)
