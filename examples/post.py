"""The post of the playable day: every message of a folder by itself, at the moment it came.

Cuts chat exports into their messages, reads the moment of each from the message or from its
file's name, and hands them to the house's own intake when the simulated clock is there.
Offers only: confirming, screening and pricing are left to whoever plays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from assay.collection.channels import PhraseTables
from assay.collection.feed_intake import FeedIntake
from assay.collection.feeds import load_feeds
from assay.collection.intake import Intake, Sent
from assay.core import at, parse_instant
from assay.desk.wiring import desk_of
from assay.ledger import Ledger
from assay.settings import Settings

ZONE = "Asia/Shanghai"
#: What is handed over without a sender of its own: whose it is, and when it lay on the desk.
HANDED = {"fax": ("F05", None), "workbook": ("F11", time(10, 2))}
#: A message of a chat export starts with its moment.
_STAMP = re.compile(r"^(?P<day>\d{4}-\d{2}-\d{2}) (?P<clock>\d{1,2}:\d{2}:\d{2})\b", re.MULTILINE)
_CLOCK = re.compile(r"^(?P<hour>\d{2})(?P<minute>\d{2})-")
#: The futures until their pause at 10:15:00 are known a moment later.
MARKET_KNOWN = time(10, 15, 5)


@dataclass(frozen=True)
class Arrival:
    """One thing that reaches the house: when, by which channel, the bytes, what is known of it."""

    when: datetime
    channel: str
    content: bytes
    sent: Sent


def arrivals(folder: Path, day: date) -> list[Arrival]:
    """Every message under ``folder/<when>/<channel>``, earliest first."""
    found: list[Arrival] = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        channel = path.relative_to(folder).parts[1]
        if channel == "fax" and path.suffix == ".txt":
            continue
        found += _of_file(path, channel, day)
    return sorted(found, key=lambda each: (each.when, each.sent.name))


def _of_file(path: Path, channel: str, day: date) -> Iterator[Arrival]:
    content = path.read_bytes()
    if channel in ("wechat", "qq"):
        for when, piece in _messages(content.decode("utf-8")):
            yield Arrival(when, channel, piece.encode(), Sent(name=path.name))
        return
    firm, handed = HANDED.get(channel, (None, None))
    named = _CLOCK.match(path.name)
    clock = handed or (time(int(named["hour"]), int(named["minute"])) if named else time(9, 30))
    beside = path.with_suffix(".txt")
    typed = beside.read_text("utf-8") if channel == "fax" and beside.is_file() else ""
    sent = Sent(name=path.name, contributor=firm, typed_note=typed)
    yield Arrival(at(day, clock, ZONE), "email" if channel == "mail" else channel, content, sent)


def _messages(text: str) -> Iterator[tuple[datetime, str]]:
    """Each message of a chat export with the export's own heading over it."""
    found = list(_STAMP.finditer(text))
    heading = text[: found[0].start()] if found else ""
    ends = [each.start() for each in found[1:]] + [len(text)]
    for begin, end in zip(found, ends, strict=True):
        moment = parse_instant(f"{begin['day']}T{begin['clock'].zfill(8)}+08:00")
        yield moment, heading + text[begin.start() : end]


class Post:
    """Hands over what is due by the clock of the home; each thing once."""

    def __init__(
        self, settings: Settings, ledger: Ledger, coming: Sequence[Arrival], market: Sequence[Path]
    ) -> None:
        """`coming` are the messages, `market` the files known from `MARKET_KNOWN` on."""
        self.ledger = ledger
        self.coming = list(coming)
        self.market = list(market)
        self.intake = Intake(ledger, PhraseTables.load(settings.reference / "phrases"))
        desk: Any = desk_of(settings, ledger)
        self.feeds = FeedIntake(ledger, load_feeds(settings.reference / "feeds"), desk.calendars)

    def deliver(self, day: date) -> int:
        """Hand over everything that is due now; gives how many things."""
        now, delivered = self.ledger.clock(), 0
        while self.coming and self.coming[0].when <= now:
            each = self.coming.pop(0)
            self.intake.take(each.content, each.channel, each.when, each.sent)
            delivered += 1
        if self.market and at(day, MARKET_KNOWN, ZONE) <= now:
            for path in self.market:
                self.feeds.take(path, self.feeds.recognise(path), now)
            self.market, delivered = [], delivered + 1
        return delivered
