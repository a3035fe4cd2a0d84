"""Correcting a published value: a new revision, its cascade, its notice, its deadline.

A published value never changes. An error becomes revision 1, 2, ... of every price that
was made of it, proposed by one person, approved by another, published in one act under
the correction policy of the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import (
    Finding,
    Refused,
    Severity,
    at,
    decimal_of,
    instant_text,
    refused,
    utc,
    zone_of,
)
from assay.core.secrecy import between_revisions
from assay.desk.desk import Desk
from assay.desk.determining import Computed, Ticks, compute, staleness
from assay.desk.drafting import LEGS, Adjustment, checked_adjustment, tick_of
from assay.desk.notices import notice_body, notice_name
from assay.desk.proposing import NO_ADJUSTMENT, proposal_body, unsigned
from assay.desk.publishing import Published
from assay.ledger import Entry, Signer
from assay.ledger.book.prices import determinations, latest_tick, proposals, ticks

CAUSES = ("late_submission", "contributor_error", "agency_error", "system")
Act = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Revision:
    """One tick of a correction: what it replaces, what it is made of, what it says."""

    before: Mapping[str, Any]
    computed: Computed
    tick: dict[str, Any]


def correct(
    desk: Desk,
    signer: Signer,
    day: date,
    series: str,
    reason: str,
    cause: str,
    *,
    adjustment: Adjustment = NO_ADJUSTMENT,
) -> list[Entry]:
    """Propose the next revision of a published value and of everything made of it.

    The value is determined anew from what the book says now (a datum confirmed anew, a fact
    restated, a judgement); `adjustment` states it instead. Another person approves each,
    then `publish_correction` lets them out together.
    """
    where = f"{series} on {day}"
    if cause not in CAUSES:
        raise refused("correction.cause", f"{where}: {cause!r}", f"causes: {', '.join(CAUSES)}")
    if not reason.strip():
        raise refused(
            "correction.reason", where, "say in words what was wrong: the notice prints it"
        )
    desk.permit(signer, "desk:price:correct or desk:price:propose")
    with desk.ledger.read() as connection:
        root = _root(desk, connection, series, day, reason, cause, adjustment)
        revisions = [root, *_cascade(desk, connection, root, reason)]
        acts = _superseded(connection, series, day, revisions)
    for each in revisions:
        acts.append(("price.determined/1", each.computed.body()))
        acts.append(("price.proposed/1", proposal_body(each.tick)))
    guard = _unrevised(revisions)
    return desk.record(signer, "desk:price:correct or desk:price:propose", acts, guard)


def _superseded(
    connection: Connection, series: str, day: date, revisions: list[Revision]
) -> list[Act]:
    """Proposals of an earlier attempt at this correction that the new one does not replace."""
    replaced = {_key(each.tick) for each in revisions}
    acts: list[Act] = []
    for each in live_correction(connection, series, day):
        if (each["series"], each["pricing_date"]) not in replaced:
            body = {
                "series": each["series"], "pricing_date": each["pricing_date"].isoformat(),
                "proposal": each["proposal"], "words": "superseded: the correction was made anew",
            }  # fmt: skip
            acts.append(("price.returned/1", body))
    return acts


def _unrevised(revisions: list[Revision]) -> Any:
    def check(connection: Connection) -> None:
        for each in revisions:
            code, day = each.tick["series"], date.fromisoformat(each.tick["pricing_date"])
            now = latest_tick(connection, code, day)
            if now is None or now["revision"] != each.before["revision"]:
                raise refused(
                    "price.revision", f"{code} on {day}", "it was revised meanwhile: look again"
                )

    return check


def _root(
    desk: Desk,
    connection: Connection,
    series: str,
    day: date,
    reason: str,
    cause: str,
    adjustment: Adjustment,
) -> Revision:
    where = f"{series} on {day}"
    before = latest_tick(connection, series, day)
    if before is None or before["published_at"] > desk.now():
        raise refused(
            "correction.unpublished",
            where,
            "only a published value is corrected: determine and propose",
        )
    if before["status"] == "imported":
        raise refused("correction.imported", where, "it is another house's value: import it anew")
    computed = compute(desk, connection, series, day, {})
    checked_adjustment(computed.document, series, day, adjustment, reason)
    if not computed.result.determined:
        raise refused(
            "correction.no_value", f"{where}: {computed.result.reason}",
            "the data as it stands now gives no price: state the legs under a guideline",
        )  # fmt: skip
    link = {"reason": reason, "cause": cause, "of": f"{series} {day} r{before['revision'] + 1}"}
    tick = _tick(computed, before["revision"] + 1, adjustment, link)
    tick["statistics"] = dict(
        between_revisions(before["tick"].get("statistics"), tick["statistics"])
    )
    if _legs(tick) == _legs(before["tick"]):
        raise refused(
            "correction.same", where,
            "the value would not change: confirm the datum anew first, or state the legs",
        )  # fmt: skip
    return Revision(before, computed, tick)


def _tick(
    computed: Computed, revision: int, adjustment: Adjustment, link: Mapping[str, Any]
) -> dict[str, Any]:
    return tick_of(
        computed.document,
        computed.body(),
        revision=revision,
        adjustment=adjustment,
        rationale=f"Correction: {link['reason']}",
        correction=link,
    )


def _legs(tick: Mapping[str, Any]) -> list[Any]:
    return [tick.get(leg) for leg in LEGS]


def _cascade(desk: Desk, connection: Connection, root: Revision, reason: str) -> list[Revision]:
    """Every published price that was made of the corrected one, made again from it."""
    pending: Ticks = {_key(root.tick): root.tick}
    found: list[Revision] = []
    for series in desk.library.dependents(root.tick["series"]):
        for day in _days_made_of(connection, series, pending):
            before = latest_tick(connection, series, day)
            if before is None:
                continue
            computed = compute(desk, connection, series, day, pending)
            if not computed.result.determined and before["mid"] is None:
                continue
            if not computed.result.determined:
                raise refused(
                    "correction.cascade", f"{series} on {day}: {computed.result.reason}",
                    "what is made of the corrected price has no value any more: look at its inputs",
                )  # fmt: skip
            link = {**root.tick["correction"], "cause": "cascade", "reason": reason}
            tick = _tick(computed, before["revision"] + 1, NO_ADJUSTMENT, link)
            if _legs(tick) == _legs(before["tick"]):
                continue
            pending[_key(tick)] = tick
            found.append(Revision(before, computed, tick))
    return found


def _key(tick: Mapping[str, Any]) -> tuple[str, date]:
    return tick["series"], date.fromisoformat(tick["pricing_date"])


def _days_made_of(connection: Connection, series: str, pending: Ticks) -> list[date]:
    """The ended days of `series` whose determination read one of the pending ticks, or missed it."""
    first = min(day for _, day in pending)
    query = (
        sa.select(determinations.c.pricing_date, determinations.c.inputs)
        .where(determinations.c.series == series, determinations.c.pricing_date >= first)
        .where(
            sa.exists().where(
                ticks.c.series == series, ticks.c.pricing_date == determinations.c.pricing_date
            )
        )
        .order_by(determinations.c.pricing_date)
    )
    found = set()
    for row in connection.execute(query).mappings():
        for code, day in pending:
            seen = row["inputs"].get("series", {}).get(code, [])
            if any(each.get("date") == day.isoformat() for each in seen):
                found.add(row["pricing_date"])
    missed = sa.select(ticks.c.pricing_date).where(
        ticks.c.series == series,
        sa.or_(
            *(
                sa.and_(ticks.c.pricing_date == day, ticks.c.reason == f"missing_input:{code}")
                for code, day in pending
            )
        ),
    )
    return sorted(found | set(connection.execute(missed).scalars()))


# ---- publishing --------------------------------------------------------------------------


def live_correction(connection: Connection, series: str, day: date) -> list[dict[str, Any]]:
    """The live proposals of the correction that revises `series` on `day`, root first."""
    query = (
        sa.select(proposals)
        .where(proposals.c.state.in_(("open", "approved")))
        .order_by(proposals.c.seq)
    )
    revisions = [
        dict(row)
        for row in connection.execute(query).mappings()
        if row["tick"].get("revision", 0) > 0
    ]
    own = [e for e in revisions if e["series"] == series and e["pricing_date"] == day]
    if not own:
        return []
    link = own[-1]["tick"]["correction"]["of"]
    return [each for each in revisions if each["tick"]["correction"]["of"] == link]


def publish_correction(desk: Desk, signer: Signer | None, day: date, series: str) -> Published:
    """Let an approved correction out: every revision, one notice, one instant, one act."""
    now = desk.now()
    with desk.ledger.read() as connection:
        held = _approved_whole(desk, connection, series, day)
        _policy(desk, connection, held[0], now)
        acts = _correction_acts(desk, connection, held, now)

    def still(connection: Connection) -> None:
        again = _approved_whole(desk, connection, series, day)
        if [each["proposal"] for each in again] != [each["proposal"] for each in held]:
            raise refused("day.changed", f"{series} on {day}", "it changed meanwhile: look again")

    entries = desk.record(signer, "desk:price:publish", acts, still)
    if desk.after_publication is not None:
        desk.after_publication(desk.ledger)
    return Published(entries, [])


def _approved_whole(
    desk: Desk, connection: Connection, series: str, day: date
) -> list[dict[str, Any]]:
    held = live_correction(connection, series, day)
    if not held:
        raise refused(
            "correction.none", f"{series} on {day}", "no correction is proposed: assay day correct"
        )
    for each in held:
        where = f"{each['series']} on {each['pricing_date']}, revision {each['tick']['revision']}"
        missing = unsigned(desk, connection, each)
        if missing is not None:
            raise refused("price.not_approved", where, f"{missing}: assay day approve")
        changed = staleness(desk, connection, each)
        if changed:
            raise refused(
                "proposal.stale", where, f"the approval is void: {'; '.join(changed)}; correct anew"
            )
    return held


def _policy(desk: Desk, connection: Connection, root: Mapping[str, Any], now: datetime) -> None:
    """Same day at or above the threshold and before the deadline; else the next pricing day."""
    series, day = root["series"], root["pricing_date"]
    document = desk.document(series, day)
    policy = document.correction
    zone = document.hours.zone
    today = utc(now).astimezone(zone_of(zone)).date()
    if today > day:
        calendar = document.calendars.get(document.calendar)
        if calendar is None or calendar.is_open(today):
            return
        raise _wait(series, day, f"{today} is no pricing day", calendar.next_open(today))
    before = latest_tick(connection, series, day)
    assert before is not None
    size = _size(before, root["tick"])
    calendar = document.calendars.get(document.calendar)
    following = calendar.next_open(day) if calendar is not None else None
    if policy is None or (size is not None and size < policy.threshold(before["mid"])):
        least = "no same-day policy" if policy is None else f"{policy.threshold(before['mid'])}"
        raise _wait(series, day, f"the error of {size} is below the threshold ({least})", following)
    if now > at(day, policy.deadline, zone):
        raise _wait(series, day, f"the deadline {policy.deadline:%H:%M} is over", following)


def _size(before: Mapping[str, Any], tick: Mapping[str, Any]) -> Any:
    """The largest move of a leg; None where there was no price before."""
    if before["mid"] is None:
        return None
    return max(abs(decimal_of(tick[leg]) - before[leg]) for leg in LEGS)


def _wait(series: str, day: date, why: str, following: date | None) -> Refused:
    way_out = f"{why}: by the correction policy the revision goes out on the next pricing day"
    if following is not None:
        way_out += f", {following}"
    return Refused(Finding("correction.wait", Severity.ERROR, f"{series} on {day}", way_out))


def _correction_acts(
    desk: Desk, connection: Connection, held: list[dict[str, Any]], now: datetime
) -> list[Act]:
    root = held[0]["tick"]
    name = notice_name(connection, desk.today())
    affected = [
        {"series": each["series"], "pricing_date": each["pricing_date"].isoformat(),
         "revision": str(each["tick"]["revision"])}
        for each in held[1:]
    ]  # fmt: skip
    acts: list[Act] = []
    lines = []
    for each in held:
        tick = each["tick"]
        before = latest_tick(connection, each["series"], each["pricing_date"])
        assert before is not None
        link = tick["correction"]
        body = {
            "series": each["series"], "pricing_date": tick["pricing_date"],
            "revision": tick["revision"], "published_at": instant_text(now),
            "proposal": each["proposal"], "tick": tick,
            "previous": {leg: before["tick"].get(leg) for leg in LEGS}
            | {"revision": before["revision"]},
            "reason": link["reason"], "cause": link["cause"], "notice": name,
            "cascade_of": None if each is held[0] else link["of"],
            "affects": affected if each is held[0] else [],
        }  # fmt: skip
        acts.append(("price.corrected/1", body))
        lines.append(
            f"{each['series']} of {tick['pricing_date']}: "
            f"{_said(before['tick'])} -> {_said(tick)} {tick['unit']} (revision {tick['revision']})"
        )
    title = f"Correction of {root['series']} of {root['pricing_date']}"
    text = f"{title}: {root['correction']['reason']}. {'; '.join(lines)}."
    codes = sorted({each["series"] for each in held})
    day = date.fromisoformat(root["pricing_date"])
    return [
        *acts,
        ("notice.published/1", notice_body(name, "correction", title, text, now, day, codes)),
    ]


def _said(tick: Mapping[str, Any]) -> str:
    if tick.get("mid") is None:
        return "not assessed"
    return f"{tick['low']}-{tick['high']} (mid {tick['mid']})"
