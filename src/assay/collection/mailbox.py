"""Where mails lie: maildir folders, mbox files, IMAP mailboxes -> raw bytes of each mail.

Only fetches and cuts; what a mail says is the business of `mail`. IMAP reads with peek, so a
mailbox looks afterwards as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from assay.collection.reading import error
from assay.collection.safety import LARGEST_EVIDENCE
from assay.core import Finding

_MBOX_EDGE = re.compile(rb"(?:\A|\n)From [^\n]{1,200}\n")
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_INTERNAL_DATE = re.compile(rb'INTERNALDATE "([^"]{10,40})"')
_UIDS = re.compile(rb"[0-9]+")


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as bytes, where it was found, and when the house's own server took it (IMAP)."""

    locator: str
    content: bytes
    arrived_at: datetime | None = None


def maildir_mails(folder: Path) -> Iterator[Fetched | Finding]:
    """The mails of a maildir (`cur` and `new`), or of a plain folder of .eml files, by name."""
    places = [folder / "cur", folder / "new"]
    places = [place for place in places if place.is_dir()] or [folder]
    for place in places:
        for path in sorted(place.iterdir()):
            if path.is_symlink() or not path.is_file() or path.name.startswith("."):
                continue
            if path.stat().st_size > LARGEST_EVIDENCE:
                yield error("evidence.too_large", path.name, "open it by hand")
                continue
            yield Fetched(path.name, path.read_bytes())


def split_mbox(content: bytes, name: str = "mbox") -> list[Fetched]:
    """The mails of an mbox file; escaped ``>From`` lines are restored."""
    content = content.replace(b"\r\n", b"\n")
    edges = list(_MBOX_EDGE.finditer(content))
    mails: list[Fetched] = []
    for index, edge in enumerate(edges):
        end = edges[index + 1].start() if index + 1 < len(edges) else len(content)
        mail = _ESCAPED_FROM.sub(rb"\1", content[edge.end() : end])
        mails.append(Fetched(f"{name}, mail {index + 1}", mail))
    return mails


class ImapClient(Protocol):
    """The two commands of an IMAP connection that fetching needs (`imaplib.IMAP4` has them)."""

    def uid(self, command: str, *args: str) -> tuple[str, list[object]]:
        """Send ``UID command`` and give (status, answers)."""
        ...


def fetch_new(client: ImapClient, after_uid: int) -> Iterator[tuple[int, Fetched | Finding]]:
    """Mails with a UID above `after_uid`, in order, from the selected folder, without marking."""
    status, answers = client.uid("SEARCH", f"UID {after_uid + 1}:*")
    if status != "OK":
        yield after_uid, error("mailbox.refused", "SEARCH", f"the server said {status}: try later")
        return
    listed = b" ".join(each for each in answers if isinstance(each, bytes))
    for uid in sorted({int(each) for each in _UIDS.findall(listed)}):
        if uid > after_uid:
            yield uid, _fetch(client, uid)


def _fetch(client: ImapClient, uid: int) -> Fetched | Finding:
    status, answers = client.uid("FETCH", str(uid), "(INTERNALDATE BODY.PEEK[])")
    bodies = [
        each
        for each in answers
        if isinstance(each, tuple) and len(each) > 1 and isinstance(each[1], bytes)
    ]
    if status != "OK" or not bodies:
        return error("mailbox.refused", f"UID {uid}", f"the server said {status}: try later")
    head, content = bodies[0][0], bodies[0][1]
    return Fetched(f"UID {uid}", content, _arrived(head))


def _arrived(head: object) -> datetime | None:
    """The server's own time of arrival, in UTC."""
    match = _INTERNAL_DATE.search(head) if isinstance(head, bytes) else None
    if match is None:
        return None
    try:
        stated = datetime.strptime(match[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    except (ValueError, UnicodeDecodeError):
        return None
    return stated.astimezone(UTC)


@contextmanager
def open_imap(
    host: str, user: str, password: str, *, folder: str = "INBOX", port: int = 993, tls: bool = True
) -> Iterator[ImapClient]:
    """One connection with `folder` selected, logged out at the end; `tls=False` is for tests."""
    import imap_tools

    box = (
        imap_tools.MailBox(host, port) if tls else imap_tools.MailBoxUnencrypted(host, port)
    ).login(user, password, initial_folder=folder)
    try:
        yield box.client
    finally:
        box.logout()
