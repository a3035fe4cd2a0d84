"""The pricing days of the bundle: what was opened, and how each series ended.

Silence is no state: every series of an opened day ends once, published or not assessed,
and later only by the next revision. Judges order and completeness, never a number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from verifier.bundle import MANIFEST, Bundle
from verifier.canonical import Malformed
from verifier.chain import Act, Journal
from verifier.report import Report

PUBLISHED, CORRECTED, NOT_ASSESSED = (
    "price.published/1",
    "price.corrected/1",
    "price.not_assessed/1",
)
LEGS = ("low", "mid", "high")
ENDS = (PUBLISHED, CORRECTED, NOT_ASSESSED)


@dataclass(slots=True)
class PriceDay:
    """One series on one pricing day: its opening and its values, oldest first.

    `asked` says that the bundle is about this day; values of other days are only inputs.
    """

    series: str
    pricing_date: str
    opened: Act | None
    document: str | None
    asked: bool = False
    ends: list[Act] = field(default_factory=list)

    @property
    def where(self) -> str:
        """Its name, for people."""
        return f"{self.series} {self.pricing_date}"

    def before(self, act: Act) -> Act | None:
        """The value that `act` follows, or None."""
        earlier = [each for each in self.ends if each.seq < act.seq]
        return earlier[-1] if earlier else None


Days = dict[tuple[str, str], PriceDay]


def read_days(bundle: Bundle, journal: Journal, report: Report) -> Days:
    """Every (series, pricing date) that the journal shows, checked for its ending."""
    days: Days = {}
    opened_days = []
    for act in journal.of("day.opened/1"):
        with report.place(act.where):
            day = act.body["pricing_date"]
            opened_days.append(day)
            for series in act.body["series"]:
                document = act.body["documents"].get(series)
                if (series, day) in days:
                    report.problem("day.opened_twice", act.where, f"{series} was open already")
                days[series, day] = PriceDay(series, day, act, document)
    if sorted(set(opened_days)) != bundle.days:
        report.problem(
            "manifest.days", MANIFEST,
            f"it says {', '.join(bundle.days)}, the journal shows the opening of "
            f"{', '.join(sorted(set(opened_days))) or 'no day'}",
        )  # fmt: skip
    for act in journal.of(*ENDS):
        with report.place(act.where):
            key = (act.body["series"], act.body["pricing_date"])
            days.setdefault(key, PriceDay(*key, None, None)).ends.append(act)
    for price in days.values():
        price.asked = price.pricing_date in bundle.days
        _check_endings(price, report)
    _check_closings(journal, days, report)
    return days


def _check_endings(price: PriceDay, report: Report) -> None:
    if price.asked and price.opened is None:
        report.problem("price.not_opened", price.where, "its day was not opened for it")
    if price.opened is not None and not price.ends:
        report.problem(
            "price.silent", price.where,
            "the day was opened and the series neither published nor declared not assessed",
        )  # fmt: skip
    for revision, act in enumerate(price.ends):
        with report.place(act.where):
            if act.body["revision"] != revision:
                report.problem(
                    "price.revision", act.where,
                    f"{price.where} should have revision {revision} here, "
                    f"not {act.body['revision']}",
                )  # fmt: skip
            if act.kind == CORRECTED:
                _check_correction(price, act, report)
            elif revision and act.kind == PUBLISHED:
                report.problem("price.twice", act.where, f"{price.where} was published before")
            if price.opened is not None and act.seq < price.opened.seq:
                report.problem("price.early", act.where, f"{price.where} was not open yet")


def _check_correction(price: PriceDay, act: Act, report: Report) -> None:
    """A correction keeps the earlier value beside the later one, and says why."""
    before = price.before(act)
    if before is None:
        report.problem("correction.first", act.where, f"{price.where} had no value to correct")
        return
    shown, stood = act.body["previous"], before.body.get("tick") or {}
    expected = {leg: stood.get(leg) for leg in LEGS} | {"revision": before.body["revision"]}
    if shown != expected:
        words = f"it says the earlier value was {legs(shown)}, "
        words += f"entry {before.seq} says {legs(stood)}"
        report.problem("correction.previous", act.where, words)
    if not act.body["reason"].strip() or not act.body["notice"].strip():
        report.problem("correction.words", act.where, "a correction needs its reason and notice")
    cause = act.body.get("cascade_of")
    if act.body["cause"] == "cascade" and not cause:
        report.problem("correction.cascade", act.where, "a cascade must name what it follows")


def _check_closings(journal: Journal, days: Days, report: Report) -> None:
    for act in journal.of("day.closed/1"):
        with report.place(act.where):
            for series, state in act.body["states"].items():
                price = days.get((series, act.body["pricing_date"]))
                earlier = [each for each in price.ends if each.seq < act.seq] if price else []
                if not earlier:
                    report.problem("day.closed", act.where, f"{series} had not ended")
                elif (earlier[-1].kind == NOT_ASSESSED) != (state == "not_assessed"):
                    report.problem("day.closed", act.where, f"{series} did not end {state}")


def legs(tick: Any) -> str:
    """The low, mid and high of a tick, for people."""
    if not isinstance(tick, dict):
        raise Malformed("a tick must be a table")
    return "/".join(str(tick.get(leg)) for leg in LEGS)
