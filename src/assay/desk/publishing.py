"""Publishing in the window, the late notice, not assessing, closing the day.

All prices of one act leave at one instant, inputs before what is made of them, in one
transaction with their guards: approved by another person, still holding, inside the
window. Silence is no state: when the window closes, the notice goes out by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import Finding, Refused, Severity, instant_text, refused
from assay.desk.desk import ALL, Desk
from assay.desk.determining import same_day_inputs, staleness
from assay.desk.notices import notice_body, notice_name
from assay.desk.proposing import unsigned
from assay.ledger import Entry, Signer
from assay.ledger.book.prices import ENDED, proposal_of, state_of, states_of

Act = tuple[str, dict[str, Any]]

#: The closed list of reasons for a day without a price; `missing_input` names its series.
NOT_ASSESSED = ("insufficient_data", "missing_input", "holiday", "suspended", "force_majeure")


@dataclass(frozen=True)
class Published:
    """What went out, and what did not with the finding that says why."""

    entries: list[Entry]
    findings: list[Finding]


def publish(
    desk: Desk,
    signer: Signer | None,
    day: date,
    wanted: Sequence[str] | str = ALL,
    *,
    late: bool = False,
) -> Published:
    """Publish every wanted series of `day` whose proposal is approved and still holds.

    Refused outside the window (`late` allows it after the window has closed, flagged), and
    when nothing can go out; what stays behind is told as findings.
    """
    now = desk.now()
    with desk.ledger.read() as connection:
        ready, findings = _ready(desk, connection, day, wanted, now, late)
        if not ready:
            raise Refused(findings[0] if findings else _nothing(day, wanted))
        acts = _acts(desk, connection, day, ready, now)

    def still(connection: Connection) -> None:
        again, said = _ready(desk, connection, day, list(ready), desk.now(), late)
        if set(again) != set(ready):
            raise Refused(said[0])

    entries = desk.record(signer, "desk:price:publish", acts, still)
    _left_the_house(desk)
    return Published(entries, findings)


def _nothing(day: date, wanted: Sequence[str] | str) -> Finding:
    return Finding(
        "price.nothing_to_publish", Severity.ERROR, f"{wanted} on {day}",
        "nothing is approved and unpublished: assay day status",
    )  # fmt: skip


def _left_the_house(desk: Desk) -> None:
    if desk.after_publication is not None:
        desk.after_publication(desk.ledger)


def _ready(
    desk: Desk,
    connection: Connection,
    day: date,
    wanted: Sequence[str] | str,
    now: datetime,
    late: bool,
) -> tuple[dict[str, dict[str, Any]], list[Finding]]:
    """Proposals that may go out now, by series in order; findings for those that may not."""
    ready: dict[str, dict[str, Any]] = {}
    findings: list[Finding] = []
    for series in desk.opened(connection, day, wanted):
        state = state_of(connection, series, day)
        if state is not None and state["state"] in ENDED:
            if wanted != ALL:
                findings.append(_finding("day.ended", series, day, "it ended already"))
            continue
        try:
            _in_window(desk, connection, series, day, now, late)
            ready[series] = _publishable(desk, connection, series, day, ready)
        except Refused as problem:
            findings.append(problem.finding)
    return ready, findings


def _finding(code: str, series: str, day: date, what_to_do: str) -> Finding:
    return Finding(code, Severity.ERROR, f"{series} on {day}", what_to_do)


def _in_window(
    desk: Desk, connection: Connection, series: str, day: date, now: datetime, late: bool
) -> None:
    window = desk.hours(connection, series, day).window
    where = f"{series} on {day}, at {instant_text(now)}"
    span = f"{window.opens:%H:%M}-{window.closes:%H:%M} {window.zone}"
    if now < window.opens_at(day):
        raise refused(
            "window.not_open",
            where,
            f"nothing leaves before the window {span}: wait, embargo holds",
        )
    if now >= window.closes_at(day) and not late:
        raise refused(
            "window.closed", where,
            f"the window {span} is over: assay day window-end, then publish --late",
        )  # fmt: skip


def _publishable(
    desk: Desk,
    connection: Connection,
    series: str,
    day: date,
    with_it: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    where = f"{series} on {day}"
    proposal = proposal_of(connection, series, day)
    if proposal is None:
        raise refused("price.not_proposed", where, "nothing is proposed: assay day propose")
    missing = unsigned(desk, connection, proposal)
    if missing is not None:
        raise refused("price.not_approved", where, f"{missing}: assay day approve")
    changed = staleness(desk, connection, proposal)
    if changed:
        raise refused(
            "proposal.stale", where,
            f"the approval is void: {'; '.join(changed)}; determine, propose and approve anew",
        )  # fmt: skip
    for code in same_day_inputs(desk.document(series, day)):
        state = state_of(connection, code, day)
        if state is not None and state["state"] not in ENDED and code not in with_it:
            raise refused(
                "price.input_unpublished", where, f"{code} must be out first, or go with it"
            )
    return proposal


def _acts(
    desk: Desk,
    connection: Connection,
    day: date,
    ready: dict[str, dict[str, Any]],
    now: datetime,
) -> list[Act]:
    acts: list[Act] = []
    overdue = []
    for series, proposal in ready.items():
        after = now >= desk.hours(connection, series, day).window.closes_at(day)
        state = state_of(connection, series, day)
        if after and state is not None and not state["late"]:
            overdue.append(series)
        body = {
            "series": series, "pricing_date": day.isoformat(), "revision": 0,
            "published_at": instant_text(now), "proposal": proposal["proposal"],
            "tick": proposal["tick"], "late": after,
        }  # fmt: skip
        acts.append(("price.published/1", body))
    notices = _late_notice(desk, connection, day, overdue, now)
    return [*notices, *acts, *_closing(connection, day, dict.fromkeys(ready, "published"))]


def _closing(connection: Connection, day: date, ending: dict[str, str]) -> list[Act]:
    """The entry that closes the day, when these endings are the last."""
    states = {row["series"]: row["state"] for row in states_of(connection, day)} | ending
    if any(state not in ENDED for state in states.values()):
        return []
    return [("day.closed/1", {"pricing_date": day.isoformat(), "states": states})]


def _late_notice(
    desk: Desk, connection: Connection, day: date, series: Sequence[str], now: datetime
) -> list[Act]:
    if not series:
        return []
    name = notice_name(connection, desk.today())
    title = f"Late: {', '.join(series)} of {day}"
    document = desk.document(series[0], day)
    text = (
        f"The price of {', '.join(series)} for {day} was not published in its window. "
        "It follows, marked late, or the day ends not assessed with the reason."
    )
    if document.outage is not None:
        text += f" {document.outage.en}"
    acts: list[Act] = [
        ("notice.published/1", notice_body(name, "delay", title, text, now, day, series))
    ]
    delayed = {"pricing_date": day.isoformat(), "notice": name}
    acts += [("price.delayed/1", {"series": code, **delayed}) for code in series]
    return acts


def window_end(desk: Desk, day: date, wanted: Sequence[str] | str = ALL) -> list[Entry]:
    """After the window: delay every series that has not ended, with one notice, once.

    The clockwork signs for it; asked again it does nothing. Refused while a window of a
    named series is still open.
    """
    now = desk.now()
    with desk.ledger.read() as connection:
        overdue = []
        for series in desk.opened(connection, day, wanted):
            state = state_of(connection, series, day)
            if state is None or state["state"] in ENDED or state["late"]:
                continue
            closes = desk.hours(connection, series, day).window.closes_at(day)
            if now >= closes:
                overdue.append(series)
            elif wanted != ALL:
                raise refused(
                    "window.open",
                    f"{series} on {day}",
                    f"its window closes at {instant_text(closes)}",
                )
        acts = _late_notice(desk, connection, day, overdue, now)

    def still(connection: Connection) -> None:
        for series in overdue:
            state = state_of(connection, series, day)
            if state is None or state["late"] or state["state"] in ENDED:
                raise refused("day.changed", f"{series} on {day}", "it was noticed already")

    return desk.record(None, "", acts, still) if acts else []


def not_assess(
    desk: Desk, signer: Signer | None, day: date, series: str, reason: str, words: str = ""
) -> list[Entry]:
    """End the day of a series without a price, for a reason of the closed list.

    It leaves the house with the window, like a price: decided earlier, it shows from the
    window's opening on. Refused while the day can still be priced for want of data alone.
    """
    where = f"{series} on {day}"
    noun, _, named = reason.partition(":")
    if noun not in NOT_ASSESSED or (noun == "missing_input") != bool(named):
        raise refused(
            "price.reason", f"{where}: {reason!r}",
            f"reasons: {', '.join(NOT_ASSESSED)} (write missing_input:SERIES)",
        )  # fmt: skip
    if noun in ("suspended", "force_majeure") and not words.strip():
        raise refused("price.words", where, "say in words what happened: the notice prints them")
    now = desk.now()
    with desk.ledger.read() as connection:
        desk.opened(connection, day, [series])
        hard = desk.document(series, day).hours.hard_at(day)
        if noun == "insufficient_data" and hard is not None and now < hard:
            raise refused(
                "price.too_early", where, f"data is taken until {instant_text(hard)}: wait for it"
            )
        acts = _not_assessed_acts(desk, connection, day, series, reason, words, now)
    entries = desk.record(signer, "desk:price:not_assess", acts)
    _left_the_house(desk)
    return entries


def _not_assessed_acts(
    desk: Desk,
    connection: Connection,
    day: date,
    series: str,
    reason: str,
    words: str,
    now: datetime,
) -> list[Act]:
    shown = max(now, desk.hours(connection, series, day).window.opens_at(day))
    body = {
        "series": series, "pricing_date": day.isoformat(), "reason": reason, "words": words,
        "published_at": instant_text(shown),
    }  # fmt: skip
    name = notice_name(connection, desk.today())
    title = f"{series} of {day}: not assessed"
    text = f"{title}: {reason}. {words}".strip()
    notice = notice_body(name, "not_assessed", title, text, shown, day, [series])
    acts: list[Act] = [("price.not_assessed/1", body), ("notice.published/1", notice)]
    return [*acts, *_closing(connection, day, {series: "not_assessed"})]
