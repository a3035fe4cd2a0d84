"""Who may see which entry: the rule of every bundle, in one place.

The public sees public kinds of the days asked, readings of public facts, and of other
days only what a formula of those days was computed from; never a proposal that was not published, never a value
whose licence forbids it, never a vault record. An auditor sees everything that belongs
to the days, the registers, and what the determinations were computed from.
Written down for readers in `docs/reference/bundle.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from assay.core import parse_instant
from assay.ledger import Entry
from assay.ledger.kinds import kind_of

#: Earlier days whose published values and market facts can enter a price of the day
#: (the average of a month, the oldest carried close).
LOOKBACK = timedelta(days=62)

TICKS = frozenset(
    {"price.published/1", "price.corrected/1", "price.not_assessed/1", "price.imported/1"}
)
PUBLISHED = frozenset({"price.published/1", "price.corrected/1"})
_DECIDED = frozenset({"price.proposed/1", "price.approved/1"})
#: How a licence note begins that lets a value be handed on; any other note forbids it.
FREE_LICENCES = ("free", "open", "public", "made up")
#: Branches of determinations that compute nothing secret: an exchange's, a statistic's figure.
_READ_OUT = frozenset({"market", "weighted"})
_BY_DATE = {"market.recorded/1": "date", "factor.recorded/1": "takes_effect"}
#: Entries of a day that do not name it themselves.
_OF_THE_MOMENT = ("submission.", "evidence.", "finding.", "market.quarantined")
#: Who signed in when is not evidence of a price.
_SIGN_IN = ("invitation.", "credential.", "session.", "sign_in.")


@dataclass(slots=True)
class Asked:
    """What was asked for, and what the journal says about it."""

    first: date
    last: date
    audience: str
    days: set[str] = field(default_factory=set)
    published: set[tuple[str, str, str]] = field(default_factory=set)
    submissions: set[str] = field(default_factory=set)
    evidence: set[str] = field(default_factory=set)
    restricted: set[str] = field(default_factory=set)
    _dated: dict[str, str] = field(default_factory=dict)
    _moments: list[tuple[int, str]] = field(default_factory=list)

    def covers(self, day: str | None) -> bool:
        """Whether `day` is one of the pricing days asked for."""
        return day in self.days

    def recent(self, day: str) -> bool:
        """Whether a value of `day` can have entered a price of the days."""
        return self.first - LOOKBACK <= date.fromisoformat(day) <= self.last

    def learn(self, entry: Entry) -> None:
        """First reading: note which days, proposals, submissions and evidence are meant."""
        body = entry.body
        if entry.kind == "day.opened/1":
            self._moments.append((entry.seq, body["pricing_date"]))
            if self.first <= date.fromisoformat(body["pricing_date"]) <= self.last:
                self.days.add(body["pricing_date"])
        elif entry.kind in PUBLISHED:
            self.published.add((body["series"], body["pricing_date"], body["proposal"]))
        elif entry.kind == "market.recorded/1" and forbidden(body["licence"]):
            self.restricted.add(body["series"])
        elif entry.kind == "price.determined/1":
            if self.covers(body["pricing_date"]):
                self.submissions.update(_named_submissions(body["inputs"]))
        elif entry.kind in ("submission.received/1", "submission.confirmed/1"):
            day = body["fields"].get("pricing_date")
            if day:
                self._dated[body["submission"]] = day

    def settle(self, entries: Iterable[Entry]) -> None:
        """Second reading: the submissions and evidence that belong to the days."""
        for entry in entries:
            body = entry.body
            if entry.kind.startswith("submission.") and self._own(entry):
                self.submissions.add(body["submission"])
            if body.get("evidence") and self._brings_evidence(entry):
                self.evidence.add(body["evidence"])

    def _brings_evidence(self, entry: Entry) -> bool:
        """Whether the evidence that this entry names belongs to the days."""
        if entry.kind == "submission.received/1":
            return entry.body["submission"] in self.submissions
        if entry.kind in _BY_DATE:
            return self._recent(entry)
        return entry.kind == "evidence.archived/1" and self._at_the_time(entry)

    def _own(self, entry: Entry) -> bool:
        named = entry.body["submission"]
        if named in self.submissions:
            return True
        day = entry.body.get("pricing_date") or self._dated.get(named)
        return self.covers(day) if day else self._at_the_time(entry)

    def _at_the_time(self, entry: Entry) -> bool:
        """Whether the entry was recorded after one of the days opened and before the next did."""
        current = None
        for seq, day in self._moments:
            if seq > entry.seq:
                break
            current = day
        return self.covers(current)

    def _recent(self, entry: Entry) -> bool:
        if entry.kind == "factor.recorded/1":
            return date.fromisoformat(entry.body["takes_effect"]) <= self.last
        return self.recent(entry.body["date"])

    def shows(self, entry: Entry) -> bool:
        """Whether this audience is shown the content of `entry`."""
        if self.audience == "auditor":
            return self._auditor(entry)
        if entry.kind == "price.determined/1":
            return self._fact(entry)
        return kind_of(entry.kind).disclosure == "public" and self._public(entry)

    def _fact(self, entry: Entry) -> bool:
        """Whether a determination only reads what an exchange or a statistic said in public."""
        body = entry.body
        said = body["determination"]
        return (
            self.covers(body["pricing_date"])
            and said.get("branch") in _READ_OUT
            and "submissions" not in body["inputs"]
            and body["series"] not in self.restricted
            and not said.get("trace", {}).get("mid", {}).get("licence_restricted")
        )

    def _public(self, entry: Entry) -> bool:
        body = entry.body
        if entry.kind in _DECIDED:
            decided = (body["series"], body["pricing_date"], body["proposal"])
            return self.covers(body["pricing_date"]) and decided in self.published
        if entry.kind in TICKS:
            return self.covers(body["pricing_date"]) or self.recent(body["pricing_date"])
        if entry.kind in _BY_DATE:
            return self._recent(entry) and not forbidden(body.get("licence"))
        return body.get("pricing_date") is None or self.covers(body["pricing_date"])

    def _auditor(self, entry: Entry) -> bool:
        body = entry.body
        if entry.kind in TICKS:
            return self.covers(body["pricing_date"]) or self.recent(body["pricing_date"])
        if entry.kind in _BY_DATE:
            return self._recent(entry)
        if entry.kind.startswith("submission."):
            return body["submission"] in self.submissions
        if entry.kind.startswith("evidence."):
            return (body.get("evidence") or body.get("reference")) in self.evidence
        if entry.kind.startswith(_SIGN_IN):
            return False
        if body.get("pricing_date") is not None:
            return self.covers(body["pricing_date"])
        return not entry.kind.startswith(_OF_THE_MOMENT) or self._at_the_time(entry)


def forbidden(licence: str | None) -> bool:
    """Whether a licence note forbids to hand the value on: every note does that is not free."""
    return bool(licence) and not str(licence).casefold().startswith(FREE_LICENCES)


def embargoed(entry: Entry, now: datetime) -> bool:
    """Whether this is dated for a later instant than `now`: nothing of it may leave yet."""
    dated = entry.body.get("published_at")
    return dated is not None and parse_instant(dated) > now


def _named_submissions(inputs: dict[str, Any]) -> set[str]:
    return {each["id"] for each in inputs.get("submissions", []) if each.get("id")}
