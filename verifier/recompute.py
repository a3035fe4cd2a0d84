"""Every published price computed again, with this program's own methods.

One line a price: `recomputed`, `differs`, or `not recomputed` and why. Where the bundle
discloses the determination, its inputs are held against the journal first; where it
does not, formula prices are computed from the values and facts that the journal shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from verifier import exact
from verifier.approvals import live_proposal
from verifier.bundle import Bundle
from verifier.canonical import digest
from verifier.chain import Act, Journal
from verifier.days import LEGS, NOT_ASSESSED, Days, PriceDay, legs
from verifier.documents import Documents
from verifier.factors import check_factors
from verifier.facts import Horizon, market_rows, observations, rolls
from verifier.inputs import check_inputs
from verifier.methods.assessed import Outcome, assess
from verifier.methods.calendars import calendar_of
from verifier.methods.data import UnknownMethod, card_of, day_of
from verifier.methods.market import read_market
from verifier.methods.pricing import BEFORE, Seen, Surroundings, price, rounded
from verifier.report import DIFFERS, NOT_RECOMPUTED, RECOMPUTED, Line, Report
from verifier.statistics import check_statistics

SEALED = "made from submissions, which only an auditor is shown"
LICENCE = "licence"
#: How many days back exchange rows are looked at.
MARKET_DAYS = timedelta(days=10)


class NotRecomputed(Exception):
    """A price that this bundle does not allow to compute again, and why."""


@dataclass(slots=True)
class Check:
    """One published value being computed again."""

    bundle: Bundle
    journal: Journal
    documents: Documents
    price: PriceDay
    act: Act
    report: Report
    seen: dict[str, list[Seen]] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The pricing date."""
        return date.fromisoformat(self.price.pricing_date)


def recompute_all(
    bundle: Bundle, journal: Journal, days: Days, documents: Documents, report: Report
) -> None:
    """A line for every value of the bundle's days."""
    check_factors(journal, documents, report)
    for key in sorted(days):
        if key[1] not in bundle.days:
            continue
        for act in days[key].ends:
            line = _line(days[key], act, DIFFERS, "it could not be read")
            with report.place(act.where):
                check = Check(bundle, journal, documents, days[key], act, report)
                line = _verdict(check)
            report.line(line)


def _line(price: PriceDay, act: Act, verdict: str, why: str) -> Line:
    tick = act.body.get("tick")
    shown = legs(tick) if isinstance(tick, dict) else f"not assessed ({act.body.get('reason')})"
    return Line(price.series, price.pricing_date, act.body.get("revision", 0), verdict, why, shown)


def _verdict(check: Check) -> Line:
    document = check.documents.in_force(check.price)
    if document is None:
        check.report.problem(
            "document.missing", check.act.where, f"no document for {check.price.where}"
        )
        return _line(check.price, check.act, DIFFERS, "its document is not in the bundle")
    before = len(check.report.problems)
    try:
        why = _compare(check, document)
    except NotRecomputed as reason:
        return _line(check.price, check.act, NOT_RECOMPUTED, str(reason))
    except UnknownMethod as unknown:
        check.report.problem("method.unknown", check.price.where, str(unknown))
        return _line(check.price, check.act, NOT_RECOMPUTED, f"unknown to this verifier: {unknown}")
    if len(check.report.problems) > before:
        return _line(check.price, check.act, DIFFERS, check.report.problems[before].what)
    return _line(check.price, check.act, RECOMPUTED, why)


def _compare(check: Check, document: dict[str, Any]) -> str:
    """Compute again and compare; problems go into the report, words are given back."""
    determined = _determination(check)
    if check.act.kind == NOT_ASSESSED:
        return _compare_silence(check, document, determined)
    if determined is None and document["kind"] == "assessed":
        if check.bundle.audience == "public":
            raise NotRecomputed(SEALED)
        check.report.problem(
            "determination.missing", check.act.where, "the determination behind it is not shown"
        )
        return ""
    outcome = _compute(check, document, determined)
    if determined is not None:
        _hold(check, determined, outcome, determined.body["determination"], "the determination")
        if document["kind"] != "market":
            check_inputs(check.journal, document, determined, check.seen, check.report)
    return _compare_tick(check, document, outcome)


def _compare_tick(check: Check, document: dict[str, Any], outcome: Outcome) -> str:
    tick = check.act.body["tick"]
    branch = tick.get("branch", outcome.branch)
    if branch != outcome.branch:
        check.report.problem(
            "price.branch", check.act.where, f"it says {branch}, computed {outcome.branch}"
        )
    if (
        tick.get("unit", card_of(document, check.price.series)["unit"])
        != card_of(document, check.price.series)["unit"]
    ):
        check.report.problem("price.unit", check.act.where, f"its unit is not {tick['unit']}")
    check_statistics(check.act, tick, outcome.used, check.report)
    _check_shown_inputs(check, document, tick)
    adjusted = _adjusted(check, tick, outcome)
    _hold(check, check.act, adjusted, tick, "the published value")
    if _legs(adjusted) != _legs(outcome):
        return f"then adjusted by judgement from {_shown(outcome)}"
    return ""


def _check_shown_inputs(check: Check, document: dict[str, Any], tick: dict[str, Any]) -> None:
    """The inputs printed with a formula price are those of the journal."""
    direct = {
        spec["name"]: spec
        for spec in document.get("input", [])
        if spec.get("series") and not spec["lag"].startswith("mean")
    }
    for told in tick.get("inputs", []):
        spec = direct.get(told["name"])
        if spec is None or told["value"] is None:
            continue
        leg = spec.get("leg", "same")
        known = {
            str(each.date): each.leg("mid" if leg == "same" else leg)
            for each in check.seen.get(spec["series"], [])
        }
        if known.get(told["date"]) != exact.number(told["value"]):
            words = f"it prints {spec['series']} of {told['date']} as {told['value']}"
            check.report.problem("price.inputs", check.act.where, words)


def _adjusted(check: Check, tick: dict[str, Any], outcome: Outcome) -> Outcome:
    """The computed legs with the adjustments that the value itself declares as judgement."""
    judgement = tick.get("judgement") or {}
    legs_now = dict(zip(LEGS, _legs(outcome), strict=True))
    for each in judgement.get("how", []):
        if each["act"] != "adjust":
            continue
        leg = each["leg"]
        if exact.number(each["computed"]) != legs_now[leg]:
            check.report.problem(
                "judgement.computed",
                check.act.where,
                f"it says {leg} was computed as {each['computed']}, computed {_shown(outcome)}",
            )
        legs_now[leg] = exact.number(each["proposed"])
    low, mid, high = (legs_now[leg] for leg in LEGS)
    return replace(outcome, low=low, mid=mid, high=high)


def _hold(check: Check, act: Act, outcome: Outcome, said: dict[str, Any], what: str) -> None:
    if outcome.mid is None:
        check.report.problem(
            "price.differs", act.where, f"{what} has a price, computed: {outcome.reason}"
        )
    elif _legs(outcome) != _tick_legs(said):
        check.report.problem(
            "price.differs", act.where,
            f"{what} of {check.price.where} is {legs(said)}, computed {_shown(outcome)}",
        )  # fmt: skip


def _legs(outcome: Outcome) -> tuple[Fraction | None, ...]:
    return outcome.low, outcome.mid, outcome.high


def _tick_legs(tick: dict[str, Any]) -> tuple[Fraction | None, ...]:
    return tuple(exact.maybe(tick.get(leg)) for leg in LEGS)


def _shown(outcome: Outcome) -> str:
    return "/".join("-" if leg is None else exact.text(leg) for leg in _legs(outcome))


def _compare_silence(check: Check, document: dict[str, Any], determined: Act | None) -> str:
    """A day without a price: the reason must be the one that the data gives."""
    reason = check.act.body["reason"]
    if determined is None or not reason.startswith(("insufficient_data", "missing_input")):
        raise NotRecomputed(f"declared: {reason}")
    outcome = _compute(check, document, determined)
    if outcome.mid is not None:
        raise NotRecomputed(f"declared {reason}; the data alone gives {_shown(outcome)}")
    check_inputs(check.journal, document, determined, check.seen, check.report)
    if outcome.reason != reason:
        check.report.problem("price.reason", check.act.where, f"computed: {outcome.reason}")
    return "no price, as declared"


def _determination(check: Check) -> Act | None:
    """The determination behind the value, as its proposal names it; checked for its digest."""
    wanted, before = None, check.act
    if check.act.kind != NOT_ASSESSED:
        before = live_proposal(check.journal, check.act) or check.act
        wanted = before.body.get("determination")
    found = None
    for act in check.journal.about(check.price.series, check.price.pricing_date):
        if act.seq < before.seq and act.kind == "price.determined/1":
            found = act if wanted is None or act.body["digest"] == wanted else found
    if found is None:
        return None
    bound = {name: found.body[name] for name in ("determination", "inputs")}
    if digest(bound) != found.body["digest"]:
        check.report.problem("determination.digest", found.where, "it is not the hash of both")
    if found.body["determination"]["methodology"]["digest"] != check.price.document:
        check.report.problem(
            "determination.document", found.where, "made under another document than the day's"
        )
    return found


def _compute(check: Check, document: dict[str, Any], determined: Act | None) -> Outcome:
    """The rounded outcome by this program's own methods."""
    series, kind = check.price.series, document["kind"]
    if kind == "assessed" and determined is not None:
        outcome = assess(day_of(document, series, check.day, determined.body["inputs"]))
    elif kind == "formula":
        outcome = _formula(check, document, determined)
    elif kind == "market":
        before = determined.seq if determined is not None else check.act.seq
        outcome = _market(check, series, document, before)
    else:
        raise UnknownMethod(f"a {kind} series")
    return rounded(outcome, card_of(document, series), document["rounding"]["rule"])


def _formula(check: Check, document: dict[str, Any], determined: Act | None) -> Outcome:
    """The line over what the journal shows, which in an auditor's bundle is everything."""
    horizon = Horizon(check.act.seq, determined.seq if determined else check.act.seq)
    for spec in document["input"]:
        if spec.get("series"):
            check.seen[spec["series"]] = _observed(check, spec, horizon)
            _explain(check, spec, check.seen[spec["series"]])
    calendars = check.documents.reference(check.price, "calendar")
    around = Surroundings(
        seen=check.seen,
        calendars={name: calendar_of(each) for name, each in calendars.items()},
        tables=check.documents.reference(check.price, "table"),
    )
    unchecked: list[str] = []
    outcome = price(document, check.day, around, unchecked)
    for each in unchecked:
        check.report.note(f"not checked: {each}")
    return outcome


def _observed(check: Check, spec: dict[str, Any], horizon: Horizon) -> list[Seen]:
    """Values of an input; of a market series without one of the day, its own reading."""
    series = spec["series"]
    seen = observations(check.journal, series, check.day, horizon)
    if spec["lag"] in BEFORE or any(each.date == check.day for each in seen):
        return seen
    document = check.documents.of_market(check.price, series)
    if document is not None:
        read = _market(check, series, document, horizon.others)
        if read.mid is not None:
            card = card_of(document, series)
            read = rounded(read, card, document["rounding"]["rule"])
            value = exact.number(read.mid)
            seen.append(Seen(check.day, value, value, value))
    return seen


def _explain(check: Check, spec: dict[str, Any], seen: list[Seen]) -> None:
    """Stop where the value that was used is sealed because of its licence."""
    if check.bundle.audience != "public":
        return
    document = check.documents.of_market(check.price, spec["series"])
    restricted = bool(document and document["market"].get("licence_restricted"))
    told = [
        each
        for each in check.act.body.get("tick", {}).get("inputs", [])
        if each["name"] == spec["name"] and each["value"] is None
    ]
    hidden = told and told[0]["date"] not in {str(each.date) for each in seen}
    if hidden or (not seen and (spec.get("licence") or restricted)):
        shown = f" ({spec['series']} of {told[0]['date']})" if told else ""
        raise NotRecomputed(f"{LICENCE}{shown}")


def _market(check: Check, series: str, document: dict[str, Any], before: int) -> Outcome:
    rows = market_rows(check.journal, series, check.day - MARKET_DAYS, check.day, before)
    sealed = not rows and document["market"].get("licence_restricted", False)
    if sealed and check.bundle.audience == "public":
        raise NotRecomputed(f"{LICENCE} ({series} of {check.day})")
    return read_market(document, check.day, rows, rolls(check.journal, series, before))
