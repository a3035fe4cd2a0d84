"""Proposing and reviewing: one person proposes a tick, another approves exactly that.

An approval names the digest of what was read. If the content or anything it was made of
changed since, it is void and says what changed. Publishing is elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import digest, refused
from assay.desk.desk import ALL, Desk
from assay.desk.determining import staleness
from assay.desk.drafting import Adjustment, checked_adjustment, differences, tick_of
from assay.ledger import Entry, Signer
from assay.ledger.book.home import person_on
from assay.ledger.book.prices import (
    ENDED,
    approvals_of,
    latest_determination,
    proposal_of,
    proposals,
    state_of,
)

NO_ADJUSTMENT = Adjustment()


def propose(
    desk: Desk,
    signer: Signer,
    day: date,
    wanted: Sequence[str] | str = ALL,
    *,
    adjustment: Adjustment = NO_ADJUSTMENT,
    rationale: str = "",
) -> list[Entry]:
    """Propose the newest determination of each wanted series, perhaps adjusted.

    With ``all``: every series that stands at ``determined`` with a price. One that was
    determined as not assessed is for `not_assess`, never proposed.
    """
    with desk.ledger.read() as connection:
        chosen = desk.opened(connection, day, wanted)
        if wanted == ALL:
            chosen = [code for code in chosen if _priced(connection, code, day)]
        if not chosen:
            raise refused(
                "day.nothing_determined",
                f"{wanted} on {day}",
                "determine first: assay day determine",
            )
        acts = [
            _proposal(desk, connection, series, day, adjustment, rationale) for series in chosen
        ]
    guards = [_still_newest(series, day, body) for series, body in _bodies(acts)]

    def unchanged(connection: Connection) -> None:
        for guard in guards:
            guard(connection)

    return desk.record(signer, "desk:price:propose", acts, unchanged)


def _bodies(acts: Sequence[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    return [(body["series"], body) for _, body in acts]


def _priced(connection: Connection, series: str, day: date) -> bool:
    state = state_of(connection, series, day)
    found = latest_determination(connection, series, day)
    return (
        state is not None
        and state["state"] == "determined"
        and found is not None
        and found["determination"]["status"] == "determined"
    )


def _proposal(
    desk: Desk,
    connection: Connection,
    series: str,
    day: date,
    adjustment: Adjustment,
    rationale: str,
) -> tuple[str, dict[str, Any]]:
    where = f"{series} on {day}"
    state = state_of(connection, series, day)
    if state is not None and state["state"] in ENDED:
        raise refused("day.ended", where, "an ended price changes only by a correction")
    found = latest_determination(connection, series, day)
    if found is None:
        raise refused("price.not_determined", where, "determine it first: assay day determine")
    if found["determination"]["status"] != "determined":
        raise refused(
            "price.no_value",
            f"{where}: {found['determination']['reason']}",
            "there is no price to propose: assay day not-assess",
        )
    document = desk.document(series, day)
    checked_adjustment(document, series, day, adjustment, rationale)
    tick = tick_of(document, found, revision=0, adjustment=adjustment, rationale=rationale)
    return "price.proposed/1", proposal_body(tick)


def proposal_body(tick: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a ``price.proposed/1`` for this tick."""
    return {
        "series": tick["series"],
        "pricing_date": tick["pricing_date"],
        "proposal": digest(tick),
        "tick": dict(tick),
        "determination": tick["determination"],
    }


def _still_newest(series: str, day: date, body: Mapping[str, Any]) -> Any:
    def check(connection: Connection) -> None:
        found = latest_determination(connection, series, day)
        if found is None or found["digest"] != body["determination"]:
            raise refused(
                "price.redetermined",
                f"{series} on {day}",
                "somebody determined it anew: look again",
            )

    return check


def live_proposal(connection: Connection, series: str, day: date) -> dict[str, Any]:
    """The proposal that stands now; refused when there is none."""
    found = proposal_of(connection, series, day)
    if found is None:
        raise refused(
            "proposal.none", f"{series} on {day}", "nothing is proposed: assay day propose"
        )
    return found


def approve(
    desk: Desk,
    signer: Signer,
    series: str,
    day: date,
    proposal: str,
    words: str = "",
) -> Entry:
    """Approve exactly the content with this digest, in the name of the signer."""

    def holds(connection: Connection) -> None:
        standing = _standing(connection, series, day, proposal)
        where = f"{series} on {day}"
        changed = staleness(desk, connection, standing)
        if changed:
            raise refused(
                "proposal.stale",
                where,
                f"the approval is void, something changed since: {'; '.join(changed)}; "
                "determine and propose anew",
            )
        if any(
            each["actor"] == signer.person for each in approvals_of(connection, standing["seq"])
        ):
            raise refused(
                "review.twice",
                f"{signer.person} on {where}",
                "a second signature is another person's",
            )

    body = {"series": series, "pricing_date": day.isoformat(), "proposal": proposal, "words": words}
    return desk.record(signer, "desk:price:approve", [("price.approved/1", body)], holds)[0]


def _standing(connection: Connection, series: str, day: date, proposal: str) -> dict[str, Any]:
    """The live proposal when it is the one named; refused with what changed otherwise."""
    standing = proposal_of(connection, series, day)
    if standing is not None and standing["proposal"] == proposal:
        return standing
    query = sa.select(proposals).where(
        proposals.c.series == series,
        proposals.c.pricing_date == day,
        proposals.c.proposal == proposal,
    )
    opened = connection.execute(query.order_by(proposals.c.seq.desc()).limit(1)).mappings().first()
    where = f"{series} on {day}"
    if opened is None:
        raise refused("proposal.unknown", f"{where}: {proposal}", "no such proposal was ever made")
    if standing is None:
        raise refused(
            "proposal.void",
            where,
            f"it is {opened['state']} now: wait for a new proposal and decide anew",
        )
    changed = differences(opened["tick"], standing["tick"])
    raise refused(
        "proposal.void",
        where,
        f"the content changed after it was opened: {'; '.join(changed)}; "
        f"the present proposal is {standing['proposal']}",
    )


def return_proposal(
    desk: Desk, signer: Signer, series: str, day: date, proposal: str, words: str
) -> Entry:
    """Send a proposal back to the analyst, with words."""
    if not words.strip():
        raise refused("review.words", f"{series} on {day}", "say in words what to look at")

    def holds(connection: Connection) -> None:
        _standing(connection, series, day, proposal)

    body = {"series": series, "pricing_date": day.isoformat(), "proposal": proposal, "words": words}
    return desk.record(signer, "desk:price:return", [("price.returned/1", body)], holds)[0]


def unsigned(desk: Desk, connection: Connection, proposal: Mapping[str, Any]) -> str | None:
    """What is still missing before this proposal may go out, in words, or None."""
    others = {each["actor"] for each in approvals_of(connection, proposal["seq"])}
    others -= {proposal["actor"]}
    if not others:
        return "a second person must approve it"
    if not proposal["tick"].get("second_signature_required"):
        return None
    if len(others) < 2:  # noqa: PLR2004  (two signatures beside the analyst's)
        return "this branch needs a second signature, of a price manager"
    managers = (person_on(connection, each, desk.today()) for each in others)
    if not any(each is not None and "price_manager" in each.roles for each in managers):
        return "one of the two signatures must be a price manager's"
    return None
