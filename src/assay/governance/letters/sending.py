"""Recording that a letter went out: which, when, how, with its bytes as evidence.

Sends nothing by itself: a person posts it, or the mail room does.
"""

from __future__ import annotations

from assay.core import digest_of, refused
from assay.governance.accounts import Roles
from assay.governance.acting import next_name, record, today_of
from assay.governance.letters.paper import Letter
from assay.ledger import Entry, Ledger, Signer
from assay.ledger.book.letters import letters

CHANNELS = ("email", "post", "hand", "portal", "page")


def send(
    ledger: Ledger,
    roles: Roles,
    signer: Signer,
    permission: str,
    letter: Letter,
    *,
    what: str,
    subject: str,
    channel: str,
    zone: str,
    words: str = "",
) -> Entry:
    """Keep the letter's three forms and record that it went out today by this channel."""
    if channel not in CHANNELS:
        raise refused("letter.channel", channel, f"channels: {', '.join(CHANNELS)}")
    day = today_of(ledger, zone)
    with ledger.read() as connection:
        name = next_name(connection, letters.c.letter, f"L-{day.year}")
    files = [
        {"name": each, "evidence": ledger.evidence.put(content), "digest": digest_of(content)}
        for each, content in letter.files(f"{subject}-{what}-{letter.language}").items()
    ]
    body = {
        "letter": name, "what": what, "subject": subject, "language": letter.language,
        "day": day.isoformat(), "channel": channel, "files": files, "words": words,
    }  # fmt: skip
    return record(ledger, roles, signer, permission, [("letter.sent/1", body)], zone=zone)[0]
