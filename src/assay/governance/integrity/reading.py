"""Where panels come from: the journal as known at an instant, or a table of quotes.

A message supports a price when the price stands in it, or when the reader showed where
it was read and nobody changed it since. Reads; records nothing.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from assay.core import NotANumber, decimal_of, fraction_of
from assay.governance.integrity.panel import SCALE, Datum, Panel
from assay.ledger import Entry, Ledger

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_KINDS = (
    "contributor.registered/1", "contributor.alias_added/1", "submission.received/1",
    "submission.confirmed/1", "submission.withdrawn/1", "submission.discarded/1",
    "submission.screened/1", "submission.judged/1", "price.published/1", "price.corrected/1",
    "market.recorded/1",
)  # fmt: skip
_FRIDAY = 5


def numbers_in(text: str) -> set[Decimal]:
    """Every plain number that a text writes; thousands separators are understood."""
    found = set()
    for match in _NUMBER.finditer(text):
        try:
            found.add(decimal_of(match.group().replace(",", "")).normalize())
        except NotANumber:
            continue
    return found


def position_of(number: str) -> int:
    """A price as a position; digits beyond the scale are cut off."""
    return int(fraction_of(number) * SCALE)


def from_journal(
    ledger: Ledger, *, futures: str | None = None, first: date | None = None,
    last: date | None = None, until: datetime | None = None,
) -> Panel:  # fmt: skip
    """The panel of a home; `futures` is the market series to hold moves against."""
    panel, collected = Panel(), _Collected()
    for entry in ledger.entries(kinds=_KINDS, until=until):
        collected.take(entry, panel, futures)
    panel.add(collected.data(ledger, first, last))
    return panel


class _Collected:
    """What the journal said of each submission so far."""

    def __init__(self) -> None:
        self.received: dict[str, Entry] = {}
        self.confirmed: dict[str, Entry] = {}
        self.screened: dict[str, dict[str, Any]] = {}
        self.excluded: dict[str, str | None] = {}
        self.gone: set[str] = set()

    def take(self, entry: Entry, panel: Panel, futures: str | None) -> None:
        """Read one entry."""
        body = entry.body
        name = body.get("submission", "")
        match entry.kind.partition("/")[0]:
            case "contributor.registered":
                panel.groups[body["contributor"]] = body["group"]
                panel.names.update(
                    {body["contributor"]: body["contributor"], body["name"]: body["contributor"]}
                )
            case "contributor.alias_added":
                panel.names[body["alias"]] = body["contributor"]
            case "submission.received":
                self.received[name] = entry
            case "submission.confirmed":
                self.confirmed[name] = entry
            case "submission.withdrawn" | "submission.discarded":
                self.gone.add(name)
            case "submission.screened":
                self.screened[name] = body
            case "submission.judged":
                self.excluded[name] = entry.actor if body["decision"] == "exclude" else None
            case "market.recorded":
                close = body["content"].get("close") or body["content"].get("value")
                if body["series"] == futures and close is not None:
                    panel.futures[date.fromisoformat(body["date"])] = position_of(close)
            case _:
                if body["tick"].get("mid") is not None:
                    day = date.fromisoformat(body["pricing_date"])
                    panel.finals.setdefault(body["series"], {})[day] = position_of(
                        body["tick"]["mid"]
                    )

    def data(self, ledger: Ledger, first: date | None, last: date | None) -> Iterator[Datum]:
        """Every confirmed datum with a place and a price of its own."""
        texts: dict[str, str | None] = {}
        for name, entry in self.confirmed.items():
            fields = entry.body["fields"]
            middle = _middle(fields)
            if name in self.gone or name not in self.received or middle is None:
                continue
            if not (fields["series"] and fields["pricing_date"] and fields["contributor"]):
                continue
            day = date.fromisoformat(fields["pricing_date"])
            if (first is not None and day < first) or (last is not None and day > last):
                continue
            origin = self.received[name].body
            if origin["evidence"] not in texts:
                texts[origin["evidence"]] = _text(ledger, origin["evidence"])
            screened = self.screened.get(name, {})
            yield Datum(
                submission=name, series=fields["series"], day=day, firm=fields["contributor"],
                kind=fields["kind"] or "", position=middle, read=_middle(origin["fields"]),
                late=screened.get("late", False), passed=screened.get("passed", True), counterparty=fields["counterparty"],
                relation=fields["relation"], handled_by=entry.actor, link=f"submission:{name}",
                excluded_by=self.excluded.get(name),
                supported=_supported(origin, fields, texts[origin["evidence"]]),
            )  # fmt: skip


def _middle(fields: Mapping[str, Any]) -> int | None:
    ends = [fraction_of(fields[leg]) for leg in ("low", "high") if fields.get(leg)]
    return int(sum(ends, Fraction(0)) / len(ends) * SCALE) if ends else None


def _text(ledger: Ledger, evidence: str) -> str | None:
    """The words of a message, or None where its bytes are gone or are no text."""
    from assay.core import Refused

    try:
        return ledger.evidence.get(evidence).decode("utf-8")
    except (UnicodeDecodeError, Refused, FileNotFoundError):
        return None


def _supported(
    origin: Mapping[str, Any], fields: Mapping[str, Any], text: str | None
) -> bool | None:
    if text is None or "\0" in text:
        return None
    changed = any(fields.get(leg) != origin["fields"].get(leg) for leg in ("low", "high"))
    if not changed and any(origin["spans"].get(leg) for leg in ("low", "high")):
        return True
    written = numbers_in(text)
    ends = {decimal_of(fields[leg]).normalize() for leg in ("low", "high") if fields.get(leg)}
    return bool(ends & written)


def from_table(submissions: Path, finals: Path | None = None, level: str | None = None) -> Panel:
    """A panel of quotes: rows of ``series,pricing_date,contributor,low,high`` (gzip or plain).

    A firm whose quotes of a day are all zero did not quote; a weekend is no day; of two
    lines of one firm the later stands. `level` (in the unit of the quotes) is what basis points
    are of: rates come near zero.
    """
    by_day: dict[tuple[date, str], dict[str, int]] = defaultdict(dict)
    days: dict[str, date] = {}
    for row in _rows(submissions):
        text = row["pricing_date"]
        day = days.setdefault(text, date.fromisoformat(text))
        if day.isoweekday() <= _FRIDAY:
            low, high = (position_of(row[leg]) for leg in ("low", "high"))
            by_day[day, row["contributor"]][row["series"]] = (low + high) // 2
    panel = Panel(level=position_of(level) if level else None)
    for (day, firm), quotes in by_day.items():
        if any(quotes.values()):
            for series, position in quotes.items():
                panel.put(series, day, firm, position)
    for row in _rows(finals) if finals is not None else ():
        day = date.fromisoformat(row["pricing_date"])
        panel.finals.setdefault(row["series"], {})[day] = position_of(row["published"])
    return panel


def _rows(path: Path) -> Iterator[dict[str, str]]:
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    yield from csv.DictReader(io.StringIO(text.decode("utf-8")))
