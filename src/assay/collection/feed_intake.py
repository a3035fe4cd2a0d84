"""The part of collection that records market facts: archive, read, record or quarantine.

Raw bytes are archived before they are read. A figure that changed at the source becomes a new
revision beside the old one; a path joins the session it belongs to. It determines nothing:
weighted factors are the desk's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from assay.collection.feeds import (
    ContractDay,
    FeedMapping,
    HistoryRow,
    Roll,
    read_bulletin,
    read_feed,
    read_history,
    read_quantities,
    rolls_of,
)
from assay.collection.feeds.rows import read_rows
from assay.collection.feeds.sessions import FROM_PATH
from assay.collection.reading import Fact, QuarantinedRow, Reading, error, notice, warning
from assay.collection.recording import finding_body, kept
from assay.core import Calendar, Finding, Severity, decimal_of, instant_text, refused
from assay.ledger import SYSTEM, Draft, Entry, Ledger, Signer
from assay.ledger.book.market import contract_on, facts_of, rolls
from assay.ledger.book.prices import ticks_of

_LEADING = ("close", "value")
_NO_QUANTITIES: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TakenFeed:
    """What came of one feed file; `quantities` are for the desk to determine factors from."""

    evidence: str
    entries: tuple[Entry, ...] = ()
    reading: Reading = field(default_factory=Reading)
    quantities: tuple[dict[str, str], ...] = _NO_QUANTITIES

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found, the reasons of the quarantined rows among it."""
        said = self.reading.findings
        why = (each for row in self.reading.quarantined for each in row.findings)
        return (*said, *(each for each in why if each not in said))

    @property
    def recorded(self) -> int:
        """How many facts or prices were recorded."""
        kinds = ("market.recorded/1", "price.imported/1")
        return sum(1 for entry in self.entries if entry.kind in kinds)


class FeedIntake:
    """Takes feed files in for one ledger by declared mappings."""

    def __init__(
        self,
        ledger: Ledger,
        feeds: Mapping[str, FeedMapping],
        calendars: Mapping[str, Calendar],
        *,
        actor: str = SYSTEM,
        signer: Signer | None = None,
        licence: str | None = None,
    ) -> None:
        """`feeds` by id (`load_feeds`); `calendars` by id; `licence` instead of the mapping's."""
        self.licence = licence
        self.ledger = ledger
        self.feeds = feeds
        self.calendars = calendars
        self.actor = actor
        self.signer = signer

    def take(
        self, content: Path | bytes, feed: str, received_at: datetime, name: str = ""
    ) -> TakenFeed:
        """Archive one file and record its facts; `feed` is the id of a declared mapping."""
        mapping = self.feeds.get(feed)
        if mapping is None:
            raise refused("feed.unknown", feed, f"declared feeds: {', '.join(sorted(self.feeds))}")
        if isinstance(content, Path):
            name, content = name or content.name, content.read_bytes()
        reference, entries = self._archive(content, received_at, name or feed)
        where = name or feed
        if mapping.kind == "quantities":
            table = read_quantities(content, mapping, where)
            entries += self._append([self._read(reference, len(table.rows), table.findings)])
            reading = Reading(findings=table.findings)
            return TakenFeed(reference, tuple(entries), reading, table.rows)
        if mapping.kind == "history":
            return self._history(content, mapping, reference, where, entries)
        known = self._known(content, mapping, where)
        reading = read_feed(content, mapping, self.calendars, known=known, where=where)
        return self._record(reading, reference, entries)

    def recognise(self, content: Path | bytes, name: str = "") -> str:
        """The id of the one declared feed whose columns this file has; refused otherwise."""
        if isinstance(content, Path):
            name, content = name or content.name, content.read_bytes()
        fitting = [
            feed
            for feed, mapping in sorted(self.feeds.items())
            if not any(
                finding.severity is Severity.ERROR
                for finding in read_rows(content, mapping, name).findings
            )
        ]
        if len(fitting) == 1:
            return fitting[0]
        said = ", ".join(fitting) if fitting else f"none of {', '.join(sorted(self.feeds))}"
        raise refused(
            "feed.not_recognised", name or "file", f"fits {said}: name the feed, or declare one"
        )

    def keep(
        self, content: Path | bytes, finding: Finding, received_at: datetime, name: str = ""
    ) -> TakenFeed:
        """Archive a file that nothing could be read of, with the finding that says why."""
        if isinstance(content, Path):
            name, content = name or content.name, content.read_bytes()
        reference, entries = self._archive(content, received_at, name)
        entries += self._append([self._read(reference, 0, (finding,))])
        return TakenFeed(reference, tuple(entries), Reading(findings=(finding,)))

    def take_bulletin(
        self,
        text: str,
        day: date,
        received_at: datetime,
        traditional: Mapping[str, str] | None = None,
    ) -> TakenFeed:
        """Archive the words of a carbon market bulletin of `day` and record its fact."""
        reference, entries = self._archive(text.encode("utf-8"), received_at, f"bulletin {day}")
        reading = read_bulletin(text, day, traditional=traditional, where=f"bulletin {day}")
        return self._record(reading, reference, entries)

    def _archive(self, content: bytes, received_at: datetime, name: str) -> tuple[str, list[Entry]]:
        reference = self.ledger.evidence.put(content)
        body = {
            "evidence": reference,
            "channel": "feed",
            "media_type": "application/octet-stream",
            "size": len(content),
            "received_at": instant_text(received_at),
            "source": kept(name),
        }
        return reference, self._append([Draft("evidence.archived/1", self.actor, body)])

    def _append(self, drafts: list[Draft]) -> list[Entry]:
        return self.ledger.append(drafts, signer=self.signer)

    def _read(self, reference: str, count: int, findings: Iterable[Finding]) -> Draft:
        body = {
            "evidence": reference,
            "channel": "feed",
            "offered": count,
            "findings": [finding_body(finding) for finding in findings],
        }
        return Draft("evidence.read/1", self.actor, body)

    def _known(self, content: bytes, mapping: FeedMapping, where: str) -> dict[str, Decimal]:
        """The last recorded close of each contract before the first day of the file."""
        days = [row.day for row in read_rows(content, mapping, where).rows if row.day is not None]
        if not days:
            return {}
        known: dict[str, Decimal] = {}
        with self.ledger.read() as connection:
            for row in facts_of(connection, mapping.series, last=min(days)):
                if row["date"] < min(days) and row["value"] is not None:
                    known[row["contract"] or ""] = row["value"]
        return known

    def _record(self, reading: Reading, reference: str, entries: list[Entry]) -> TakenFeed:
        reading = _without_tomorrow(reading, self.ledger.clock())
        with self.ledger.read() as connection:
            drafts, said = self._drafts(connection, reading.facts, reference)
        drafts += [self._quarantined(row, reference) for row in reading.quarantined]
        findings = (*reading.findings, *said)
        drafts.append(self._read(reference, len(reading.facts), findings))
        entries += self._append(drafts)
        reading = Reading(facts=reading.facts, findings=findings, quarantined=reading.quarantined)
        return TakenFeed(reference, tuple(entries), reading)

    def _drafts(
        self, connection: Connection, found: tuple[Fact, ...], reference: str
    ) -> tuple[list[Draft], list[Finding]]:
        recorded = _recorded(connection, found)
        drafts: list[Draft] = []
        said: list[Finding] = []
        for each in found:
            fact = each
            before = recorded.get((fact.date, fact.session or "day", fact.contract))
            content, revision = fact.content(), 0
            if before is not None:
                fact, content = _merged(fact, before)
                if content == before["content"] and fact.carried == before["carried"]:
                    continue
                said += _changed(fact, before, content)
                revision = before["revision"] + 1
            if self.licence is not None:
                fact = replace(fact, licence=self.licence)
            body = _body(fact, content, revision, reference)
            drafts.append(Draft("market.recorded/1", self.actor, body))
        return drafts, said

    def _quarantined(self, row: QuarantinedRow, reference: str) -> Draft:
        worst = next(
            (each for each in row.findings if each.severity is Severity.ERROR), row.findings[0]
        )
        body = {
            "series": row.series,
            "row": {name: kept(text) for name, text in row.row.items()},
            "finding": finding_body(worst),
            "evidence": reference,
        }
        return Draft("market.quarantined/1", self.actor, body)

    def _history(
        self,
        content: bytes,
        mapping: FeedMapping,
        reference: str,
        where: str,
        entries: list[Entry],
    ) -> TakenFeed:
        rows, quarantined, findings = read_history(content, mapping, where)
        with self.ledger.read() as connection:
            rows, differing, known = _new_prices(connection, rows, where)
        quarantined, findings = [*quarantined, *differing], [*findings, *known]
        drafts = [
            Draft(
                "price.imported/1",
                self.actor,
                {
                    "series": row.series,
                    "pricing_date": row.date.isoformat(),
                    "low": row.low,
                    "mid": row.mid,
                    "high": row.high,
                    "unit": row.unit,
                    "source": row.source,
                    "claimed_at": instant_text(row.claimed_at),
                    "tax": row.tax,
                    "evidence": reference,
                },
            )
            for row in rows
        ]
        drafts += [self._quarantined(row, reference) for row in quarantined]
        drafts.append(self._read(reference, len(rows), findings))
        entries += self._append(drafts)
        reading = Reading(findings=tuple(findings), quarantined=tuple(quarantined))
        return TakenFeed(reference, tuple(entries), reading)

    def record_rolls(self, series: str, calendar: str, last: date) -> list[Entry]:
        """Record the rolls of the most-traded contract that the facts up to `last` give."""
        with self.ledger.read() as connection:
            days = [_contract_day(row) for row in facts_of(connection, series, last=last)]
            stated = _overrides(connection, series)
            known = _known_rolls(connection, series)
        closes = [day for day in days if day is not None]
        if not closes:
            return []
        first = min(day.date for day in closes)
        open_days = list(self.calendars[calendar].open_days(first, last))
        found = rolls_of(closes, open_days, stated)
        new = [roll for roll in found if (roll.since, roll.contract) not in known]
        return self._append([_roll_draft(series, roll, self.actor) for roll in new]) if new else []

    def override_contract(
        self, series: str, contract: str, since: date, reason: str
    ) -> list[Entry]:
        """The analyst's dated override of the most-traded contract; it needs words."""
        if not reason.strip():
            raise refused("contract.words", f"{series} from {since}", "say in words why")
        with self.ledger.read() as connection:
            before = contract_on(connection, series, since)
        previous = before["contract"] if before else None
        roll = Roll(since, contract, previous, "analyst's override", override=True, reason=reason)
        return self._append([_roll_draft(series, roll, self.actor)])


def _body(fact: Fact, content: dict[str, Any], revision: int, reference: str) -> dict[str, Any]:
    if fact.event_time is None:
        raise ValueError(f"{fact.locator}: a fact needs the time of its event")
    return {
        "series": fact.series,
        "date": fact.date.isoformat(),
        "content": content,
        "unit": fact.unit,
        "source": fact.source,
        "event_time": instant_text(fact.event_time),
        "session": fact.session or "day",
        "contract": fact.contract,
        "carried": fact.carried,
        "definition": fact.definition,
        "licence": fact.licence,
        "evidence": reference,
        "revision": revision,
    }


def _recorded(
    connection: Connection, found: tuple[Fact, ...]
) -> dict[tuple[date, str, str | None], dict[str, Any]]:
    if not found:
        return {}
    first, last = min(each.date for each in found), max(each.date for each in found)
    return {
        (row["date"], row["session"], row["contract"]): row
        for series in {each.series for each in found}
        for row in facts_of(connection, series, first=first, last=last)
    }


def _merged(fact: Fact, before: Mapping[str, Any]) -> tuple[Fact, dict[str, Any]]:
    """A fact with what the book holds of it: figures that follow from a path give way."""
    known, content = before["content"], fact.content()
    if fact.definition == FROM_PATH and before["definition"] != FROM_PATH:
        kept_fact = replace(
            fact, definition=before["definition"], source=before["source"], unit=before["unit"]
        )
        return kept_fact, {**content, **known, **({"path": content["path"]} if fact.path else {})}
    return fact, {**known, **content}


def _without_tomorrow(reading: Reading, now: datetime) -> Reading:
    """A figure of a day that has begun nowhere on earth yet is quarantined, not believed."""
    latest = (now.astimezone(UTC) + timedelta(hours=14)).date()
    held: list[QuarantinedRow] = []
    begun: list[Fact] = []
    for each in reading.facts:
        if each.date <= latest or each.session == "night":
            begun.append(each)
            continue
        said = "the day has not begun: check the date of the row, import it again on its day"
        where = f"{each.locator or each.series}, {each.date}"
        finding = error("feed.not_yet", where, said)
        row = {"date": each.date.isoformat(), **each.figures}
        held.append(QuarantinedRow(each.series, row, each.locator, (finding,)))
    return replace(
        reading,
        facts=tuple(begun),
        findings=(*reading.findings, *(row.findings[0] for row in held)),
        quarantined=(*reading.quarantined, *held),
    )


def _changed(fact: Fact, known: Mapping[str, Any], now: Mapping[str, Any]) -> list[Finding]:
    """Figures that stood otherwise in the book: the source was changed silently.

    Not where they only followed from a path that the day went on after: the first trades of
    a session are no statement about its close.
    """
    before = known["content"]
    if known["definition"] == FROM_PATH and _goes_on(fact, before.get("path") or [], now):
        return []
    names = [
        name
        for name in sorted(before)
        if name != "path" and name in now and decimal_of(now[name]) != decimal_of(before[name])
    ]
    if not names:
        return []
    said = ", ".join(f"{name} {before[name]} -> {now[name]}" for name in names)
    return [
        warning("feed.revised_at_source", f"{fact.series} {fact.date}", f"{said}: a new revision")
    ]


def _goes_on(fact: Fact, path: list[list[str]], now: Mapping[str, Any]) -> bool:
    """Whether the exchange's own figures came, or a path that begins with the known one."""
    if fact.definition != FROM_PATH:
        return True
    longer: list[list[str]] = now.get("path") or []
    return longer[: len(path)] == path


def _new_prices(
    connection: Connection, rows: list[HistoryRow], where: str
) -> tuple[list[HistoryRow], list[QuarantinedRow], list[Finding]]:
    """The rows of which the book holds nothing; those that differ from it; what is said.

    A price that is out is never taken over again: the same one is passed over, another one is
    quarantined.
    """
    held = {
        (series, tick["pricing_date"]): tick
        for series in sorted({row.series for row in rows})
        for tick in ticks_of(connection, series)
    }
    new: list[HistoryRow] = []
    differing: list[QuarantinedRow] = []
    repeated = 0
    for row in rows:
        tick = held.get((row.series, row.date))
        if tick is None:
            new.append(row)
            continue
        legs = {"low": row.low, "mid": row.mid, "high": row.high}
        if all(tick[leg] == decimal_of(text) for leg, text in legs.items()):
            repeated += 1
            continue
        place = f"{where}, {row.series} {row.date}"
        said = (
            f"the book holds {tick['low']}-{tick['high']}, mid {tick['mid']} ({tick['status']}), the file "
            f"{row.low}-{row.high}, mid {row.mid}: a price that is out is corrected at the desk"
        )
        finding = error("feed.price_differs", place, said)
        raw = {"series": row.series, "date": row.date.isoformat(), **legs}
        differing.append(QuarantinedRow(row.series, raw, place, (finding,)))
    said = f"{repeated} prices stand in the book already: passed over"
    known = [notice("feed.known_prices", where, said)] if repeated else []
    return new, differing, known


def _contract_day(row: Mapping[str, Any]) -> ContractDay | None:
    interest = row["content"].get("open_interest")
    if row["contract"] is None or interest is None or row["session"] != "day":
        return None
    volume = decimal_of(row["content"].get("volume", "0"))
    return ContractDay(row["date"], row["contract"], decimal_of(interest), volume)


def _overrides(connection: Connection, series: str) -> list[Roll]:
    query = rolls.select().where(rolls.c.series == series, rolls.c.override.is_(True))
    return [
        Roll(row["since"], row["contract"], row["previous"], row["rule"], override=True,
             reason=row["reason"])
        for row in connection.execute(query.order_by(rolls.c.seq)).mappings()
    ]  # fmt: skip


def _known_rolls(connection: Connection, series: str) -> set[tuple[date, str]]:
    query = rolls.select().where(rolls.c.series == series)
    return {(row["since"], row["contract"]) for row in connection.execute(query).mappings()}


def _roll_draft(series: str, roll: Roll, actor: str) -> Draft:
    body = {
        "series": series,
        "since": roll.since.isoformat(),
        "contract": roll.contract,
        "previous": roll.previous,
        "rule": roll.rule,
        "override": roll.override,
        "reason": roll.reason,
    }
    return Draft("contract.rolled/1", actor, body)
