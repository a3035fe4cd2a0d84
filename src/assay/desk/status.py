"""Where a day stands: for everybody without prices, for the desk with everything.

A face shows what this gives; whether somebody may see proposals is asked here, once.
Reads only.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import decimal_text, instant_text, refused
from assay.desk.desk import ALL, Desk
from assay.desk.phases import phase_of
from assay.desk.proposing import unsigned
from assay.ledger.book.prices import (
    ENDED,
    approvals_of,
    latest_determination,
    latest_tick,
    proposal_of,
    proposals,
    state_of,
    states_of,
)
from assay.ledger.book.screening import screenings_of
from assay.ledger.book.submissions import submissions_of

LEGS = ("low", "mid", "high")


def day_status(desk: Desk, day: date, person: str | None = None) -> dict[str, Any]:
    """Every series of the day with state, phase and, for the desk's own people, the content.

    `person` must already have proved who he is (his key, his session).
    """
    now = desk.now()
    with desk.ledger.read() as connection:
        insider = desk.may(connection, person, "desk:price:read")
        series = [row["series"] for row in states_of(connection, day)]
        rows = [
            _row(desk, connection, code, day, now, insider)
            for code in (desk.opened(connection, day, ALL) if series else [])
        ]
    return {"pricing_date": day.isoformat(), "at": instant_text(now), "series": rows}


def _row(
    desk: Desk, connection: Connection, series: str, day: date, now: datetime, insider: bool
) -> dict[str, Any]:
    state = state_of(connection, series, day)
    assert state is not None
    hours = desk.hours(connection, series, day)
    tick = latest_tick(connection, series, day)
    out = tick is not None and tick["published_at"] <= now
    row = {
        "series": series,
        "state": state["state"] if insider or out or state["state"] == "open" else _outside(state),
        "late": state["late"],
        "reason": state["reason"] if insider or out else None,
        "phase": phase_of(hours, day, now),
        "window": {
            "opens": instant_text(hours.window.opens_at(day)),
            "closes": instant_text(hours.window.closes_at(day)),
        },
    }
    if out and tick is not None:
        row["tick"] = {
            "revision": tick["revision"],
            **{leg: None if tick[leg] is None else decimal_text(tick[leg]) for leg in LEGS},
            "unit": tick["unit"],
        }
    return {**row, **_inside(desk, connection, series, day)} if insider else row


def _outside(state: dict[str, Any]) -> str:
    """What the public hears of a day under way: not how far the desk is."""
    return state["state"] if state["state"] in ("published", "open") else "open"


def _inside(desk: Desk, connection: Connection, series: str, day: date) -> dict[str, Any]:
    found: dict[str, Any] = {"submissions": _counts(connection, series, day)}
    determined = latest_determination(connection, series, day)
    if determined is not None:
        said = determined["determination"]
        found["determination"] = {
            "digest": determined["digest"],
            **{
                name: said[name]
                for name in ("status", "reason", *LEGS, "branch", "n_received", "n_used")
            },
        }
    proposal = proposal_of(connection, series, day)
    if proposal is not None:
        found["proposal"] = {
            "proposal": proposal["proposal"],
            "by": proposal["actor"],
            "state": proposal["state"],
            **{leg: proposal["tick"][leg] for leg in LEGS},
            "revision": proposal["tick"]["revision"],
            "judgement": proposal["tick"]["judgement"],
            "rationale": proposal["tick"]["rationale"],
            "approved_by": [each["actor"] for each in approvals_of(connection, proposal["seq"])],
            "missing": unsigned(desk, connection, proposal),
        }
    return found


def _counts(connection: Connection, series: str, day: date) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in submissions_of(connection, day, series):
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    screened = screenings_of(connection, day, series).values()
    passed = sum(1 for each in screened if each["passed"])
    return {**counts, "screened": len(screened), "passed": passed}


def awaiting(desk: Desk, connection: Connection, day: date) -> list[dict[str, Any]]:
    """Proposals of `day` that still lack a signature, and the whole of corrections begun there.

    Rows: ``series pricing_date proposal tick by approved_by missing``, in order of proposal.
    """
    query = sa.select(proposals).where(proposals.c.state.in_(("open", "approved")))
    live = [dict(row) for row in connection.execute(query.order_by(proposals.c.seq)).mappings()]
    links = {
        each["tick"]["correction"]["of"]
        for each in live
        if each["pricing_date"] == day and each["tick"].get("correction")
    }
    found = []
    for each in live:
        link = (each["tick"].get("correction") or {}).get("of")
        missing = unsigned(desk, connection, each)
        if missing is None or (each["pricing_date"] != day and link not in links):
            continue
        row = {name: each[name] for name in ("series", "pricing_date", "proposal", "tick")}
        signed = [approval["actor"] for approval in approvals_of(connection, each["seq"])]
        found.append({**row, "by": each["actor"], "approved_by": signed, "missing": missing})
    return found


def unpriced(desk: Desk, connection: Connection, day: date) -> list[str]:
    """The open series of `day` whose newest determination gave no price."""
    found = []
    for code in desk.opened(connection, day, ALL):
        state = state_of(connection, code, day)
        newest = latest_determination(connection, code, day)
        if state is None or state["state"] in ENDED or newest is None:
            continue
        if newest["determination"]["status"] == "not_assessed":
            found.append(code)
    return found


def blotter(desk: Desk, day: date, series: str | None, person: str | None) -> list[dict[str, Any]]:
    """The day's submissions with state, verdict and judgement; refused to outsiders."""
    with desk.ledger.read() as connection:
        if not desk.may(connection, person, "desk:submission:read"):
            raise refused(
                "submission.secret", f"submissions of {day}", "only the desk and auditors see them"
            )
        screened = screenings_of(connection, day)
        return [
            _line(row, screened.get(row["submission"]))
            for row in submissions_of(connection, day, series)
        ]


def _line(row: dict[str, Any], screening: dict[str, Any] | None) -> dict[str, Any]:
    fields = row["fields"]
    low, high = fields.get("low"), fields.get("high")
    premium = fields.get("premium_low")
    price = low if low == high else f"{low}-{high}"
    return {
        "submission": row["submission"],
        "state": row["state"],
        "series": row["series"],
        "contributor": row["contributor"],
        "kind": row["kind"],
        "price": price if low is not None else premium and f"{premium} on {fields.get('against')}",
        "quantity": fields.get("quantity"),
        "received_at": instant_text(row["received_at"]),
        "verdict": None if screening is None else _verdict(screening),
        "judgement": row["judgement"]
        and f"{row['judgement']['decision']}: {row['judgement']['code']}",
        "missing": ", ".join(row["missing"]),
        "channel": row["channel"],
        "evidence": row["evidence"],
        "fields": {name: text for name, text in fields.items() if text is not None},
    }


def _verdict(screening: dict[str, Any]) -> str:
    if screening["passed"]:
        return "passed"
    return ", ".join(
        e["code"] for e in screening["verdicts"] if e["verdict"] not in ("pass", "flag")
    )
