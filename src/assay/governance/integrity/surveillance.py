"""Surveillance: every detector over a panel, ranked; flags raised once and closed with words.

The panel comes from the journal (as known at an instant) or from a table of quotes. The
clockwork raises flags; only a person closes one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import refused
from assay.governance.integrity import conduct, positions
from assay.governance.integrity.panel import Flag, Hit, Panel, ranked
from assay.governance.integrity.reading import from_journal
from assay.governance.office import Act, Office, Thresholds, need_words
from assay.ledger import Entry, Signer
from assay.ledger.book.integrity import flags_of, last_watched
from assay.ledger.book.prices import ENDED, days_since

Detector = Callable[[Panel, Thresholds], Iterator[Hit]]
CLOSE = "governance:flag:close"
READ = "governance:flag:read"
#: The market series that moves are held against.
FUTURES = "AD-MAIN"
DETECTORS: tuple[Detector, ...] = (
    positions.outliers, positions.edges, positions.influence, positions.pairs,
    conduct.stale, conduct.copiers, conduct.against_futures, conduct.silences, conduct.selective,
    conduct.late, conduct.affiliated, conduct.unsupported, conduct.handling,
)  # fmt: skip


def survey(panel: Panel, thresholds: Thresholds) -> list[Flag]:
    """Every flag of a panel, strongest first."""
    return ranked(hit for detector in DETECTORS for hit in detector(panel, thresholds))


def raise_flags(office: Office, panel: Panel, since: date | None = None) -> list[Entry]:
    """Record the flags that are not recorded yet; asked again it does nothing."""
    flags = [flag for flag in survey(panel, office.thresholds) if since is None or flag.last >= since]  # fmt: skip
    acts = _raised(office, flags)
    return office.record(None, READ, acts) if acts else []


def _raised(office: Office, flags: Sequence[Flag]) -> list[Act]:
    """The acts that raise what was not raised before."""
    with office.ledger.read() as connection:
        known = {row["flag"] for row in flags_of(connection)}
    return [
        ("flag.raised/1", {**flag.document(), "thresholds": office.thresholds.digest})
        for flag in flags
        if flag.name not in known
    ]


def watch_due(office: Office) -> date | None:
    """The newest pricing day that has ended and was not watched yet, or None.

    A day of before today has ended; today has when each of its series is published or not assessed.
    """
    with office.ledger.read() as connection:
        watched = last_watched(connection)
        states = days_since(connection, watched)
    today = office.today()
    ended = [
        day for day, several in states.items() if day < today or (day == today and several <= set(ENDED))
    ]  # fmt: skip
    return max(ended, default=None)


def watch(office: Office, futures: str | None = FUTURES) -> list[Entry]:
    """Once a day after publication: every detector over this year and the last, flags raised.

    Flags and the entry that says so are one transaction; a day that was watched is not again.
    """
    day = watch_due(office)
    if day is None:
        return []
    first = date(day.year - 1, 1, 1)
    flags = survey(from_journal(office.ledger, futures=futures, first=first, last=day), office.thresholds)  # fmt: skip
    acts = _raised(office, flags)
    body = {
        "day": day.isoformat(), "first": first.isoformat(), "flags": len(flags),
        "raised": [raised["flag"] for _, raised in acts], "thresholds": office.thresholds.digest,
    }  # fmt: skip

    def not_yet(connection: Connection) -> None:
        done = last_watched(connection)
        if done is not None and done >= day:
            raise refused("surveillance.done", str(day), "another process watched it this moment")

    return office.record(None, READ, [*acts, ("surveillance.run/1", body)], not_yet)


def flags_for(
    office: Office, person: str, *, state: str = "open", detector: str = "", subject: str = "",
    series: str = "", since: date | None = None, until: date | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The flags that `person` may read, strongest first, filtered; `state` is open, closed or all."""
    office.permit(person, READ)
    with office.ledger.read() as connection:
        rows = flags_of(connection, only_open=state == "open")
    found = [
        row for row in rows
        if (state != "closed" or row["outcome"] is not None)
        and detector in ("", row["detector"]) and (not subject or subject in row["subjects"])
        and (not series or series in row["series"])
        and (since is None or row["last"] >= since) and (until is None or row["first"] <= until)
    ]  # fmt: skip
    return sorted(found, key=lambda row: -Decimal(row["strength"]))


def close_flag(office: Office, signer: Signer, flag: str, outcome: str, words: str) -> Entry:
    """A person says what it was, in words."""
    need_words(words, flag)
    with office.ledger.read() as connection:
        row = next((row for row in flags_of(connection) if row["flag"] == flag), None)
    if row is not None and signer.person in row["subjects"]:
        raise refused("flag.own", flag, "it is about him: another person closes it")
    body = {"flag": flag, "outcome": outcome, "words": words}
    return office.record(signer, CLOSE, [("flag.closed/1", body)])[0]
