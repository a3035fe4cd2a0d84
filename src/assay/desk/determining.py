"""Screening and determining: the document's rules run on what the book holds.

The desk adds nothing to the engine's answer: it gathers inputs, records verdicts and
determinations with everything needed to run them again, and says whether they still
hold. Inputs of the same day that are not out yet count, under embargo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import digest, refused
from assay.desk.desk import ALL, Desk
from assay.desk.gathering import changed_inputs, gather
from assay.desk.intake import submission_of
from assay.ledger import Entry, Signer
from assay.ledger.book.contributors import contributors_on
from assay.ledger.book.prices import (
    ENDED,
    determinations,
    latest_determination,
    proposals,
    state_of,
    states_of,
)
from assay.ledger.book.screening import screenings_of
from assay.methodology import Determination, Methodology, determine, inputs_from_document

REJECTING = frozenset({"exclude", "late", "incomplete", "replaced", "duplicate", "missing"})
Ticks = dict[tuple[str, date], dict[str, Any]]


@dataclass(frozen=True)
class Computed:
    """A determination with the inputs it was made from and the digest that binds both."""

    document: Methodology
    inputs: dict[str, Any]
    result: Determination

    @property
    def digest(self) -> str:
        """Digest of determination and inputs together: what a tick names."""
        return digest({"determination": self.result.document(), "inputs": self.inputs})

    def body(self) -> dict[str, Any]:
        """The body of a ``price.determined/1``."""
        return {
            "series": self.result.series,
            "pricing_date": self.result.pricing_date.isoformat(),
            "digest": self.digest,
            "determination": self.result.document(),
            "inputs": self.inputs,
        }


def pending_ticks(
    connection: Connection, document: Methodology, day: date, *, correcting: bool
) -> Ticks:
    """What the price of `document` may be made of before it is out: inputs under embargo.

    In the morning: live proposals, and where nothing is proposed yet the newest
    determination. In a correction: every proposed revision, of whatever day.
    """
    needed = document.depends_on()
    if not needed:
        return {}
    query = sa.select(proposals).where(
        proposals.c.state.in_(("open", "approved")), proposals.c.series.in_(needed)
    )
    live = connection.execute(query.order_by(proposals.c.seq)).mappings()
    held = {
        (row["series"], row["pricing_date"]): row["tick"]
        for row in live
        if (row["tick"].get("revision", 0) > 0) == correcting
    }
    if correcting:
        return held
    for state in states_of(connection, day):
        key = (state["series"], day)
        if state["state"] in ENDED or key in held or state["series"] not in needed:
            continue
        newest = latest_determination(connection, state["series"], day)
        if newest is not None and newest["determination"]["status"] == "determined":
            held[key] = {**newest["determination"], "revision": 0}
    return held


def compute(
    desk: Desk,
    connection: Connection,
    series: str,
    day: date,
    pending: Mapping[tuple[str, date], Mapping[str, Any]],
    *,
    influence: bool = True,
) -> Computed:
    """Run the document in force on what the book holds now.

    `influence` adds the leave-one-out figures; a page that is asked many times a second for
    its rows does without.
    """
    document = desk.document(series, day)
    state = state_of(connection, series, day)
    if state is not None and state["document"] not in (None, document.digest):
        raise refused(
            "methodology.changed",
            f"{series} on {day}",
            f"the day was opened under {state['document']}, the folder now holds "
            f"{document.digest}: put the document back",
        )
    inputs = gather(desk, connection, document, series, day, pending)
    result = determine(document, day, inputs_from_document(inputs), series, influence=influence)
    return Computed(document, inputs, result)


def screen(
    desk: Desk, signer: Signer | None, day: date, wanted: Sequence[str] | str = ALL
) -> list[Entry]:
    """Run the screening rules on every datum of the day and record each verdict.

    A datum whose verdicts did not change since the last screening gives no new entry.
    """
    desk.permit(signer, "desk:price:determine")
    acts: list[tuple[str, dict[str, Any]]] = []
    with desk.ledger.read() as connection:
        for series in desk.opened(connection, day, wanted):
            if desk.document(series, day).assessment is None:
                continue
            found = compute(desk, connection, series, day, {})
            known = screenings_of(connection, day, series)
            screened = _screened(found, known)
            acts += [*screened, *_mandates(connection, series, day, screened)]
    return desk.record(signer, "desk:price:determine", acts) if acts else []


def _screened(found: Computed, known: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    by_submission: dict[str, list[dict[str, Any]]] = {}
    for verdict in found.result.verdicts:
        by_submission.setdefault(verdict.submission, []).append(verdict.document())
    acts = []
    for name, verdicts in by_submission.items():
        body = {
            "submission": name,
            "pricing_date": found.result.pricing_date.isoformat(),
            "series": found.result.series,
            "document": found.document.digest,
            "passed": not any(each["verdict"] in REJECTING for each in verdicts),
            "late": any(each["verdict"] == "late" for each in verdicts),
            "verdicts": verdicts,
        }
        before = known.get(name)
        if (
            before is None
            or before["verdicts"] != verdicts
            or before["document"] != body["document"]
        ):
            acts.append(("submission.screened/1", body))
    return acts


def _mandates(connection: Connection, series: str, day: date, screened: Sequence[Any]) -> list[Any]:
    """A finding for each newly screened datum whose sender holds no mandate for the series."""
    mandated = {
        (firm["contributor"], each["submitter"])
        for firm in contributors_on(connection, day)
        for each in firm["submitters"]
        if not each["series"] or series in each["series"]
    }
    acts = []
    for _, body in screened:
        fields = submission_of(connection, body["submission"])["fields"]
        sender = (fields.get("contributor"), fields.get("submitter"))
        if sender[1] is None or sender in mandated:
            continue
        finding = {
            "code": "submitter.not_mandated", "severity": "warning",
            "where": f"{body['submission']} of {sender[0] or 'an unknown firm'}, {series} on {day}",
            "what_to_do": "the sender has no mandate for this series: ask the firm, record one",
            "pricing_date": day.isoformat(), "series": series, "subject": body["submission"],
        }  # fmt: skip
        acts.append(("finding.raised/1", finding))
    return acts


def determine_series(
    desk: Desk, signer: Signer | None, day: date, wanted: Sequence[str] | str = ALL
) -> list[Entry]:
    """Determine each wanted series that has not ended, in order of dependence.

    A formula is made of what is published, proposed or determined of the same day, in this
    order. With ``all`` a series whose determination would not change is left alone; the
    open and approved proposals of every other are void from then on.
    """
    desk.permit(signer, "desk:price:determine")
    entries: list[Entry] = []
    with desk.ledger.read() as connection:
        chosen = [
            code
            for code in desk.opened(connection, day, wanted)
            if not _ended(connection, code, day)
        ]
    if not chosen:
        raise refused("day.ended", f"{wanted} on {day}", "every wanted series has ended")
    for series in chosen:
        with desk.ledger.read() as connection:
            document = desk.document(series, day)
            pending = pending_ticks(connection, document, day, correcting=False)
            found = compute(desk, connection, series, day, pending)
            if wanted == ALL and _same_as_before(connection, found):
                continue
        entries += desk.record(
            signer, "desk:price:determine", [("price.determined/1", found.body())]
        )
    return entries


def _ended(connection: Connection, series: str, day: date) -> bool:
    state = state_of(connection, series, day)
    return state is not None and state["state"] in ENDED


def same_day_inputs(document: Methodology) -> list[str]:
    """The series of the same day that this document's price is made of."""
    lags = ("same_day", "mean_of_week", "mean_of_month")
    return sorted({each.series for each in document.inputs if each.lag in lags})


def _same_as_before(connection: Connection, found: Computed) -> bool:
    """Whether exactly this is the newest determination: then nothing is void by asking again."""
    query = (
        sa.select(determinations.c.digest)
        .where(
            determinations.c.series == found.result.series,
            determinations.c.pricing_date == found.result.pricing_date,
        )
        .order_by(determinations.c.seq.desc())
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none() == found.digest


def determination_of(connection: Connection, wanted: str) -> dict[str, Any] | None:
    """The recorded determination with this digest, or None."""
    query = sa.select(determinations).where(determinations.c.digest == wanted)
    row = (
        connection.execute(query.order_by(determinations.c.seq.desc()).limit(1)).mappings().first()
    )
    return dict(row) if row else None


def staleness(desk: Desk, connection: Connection, proposal: Mapping[str, Any]) -> list[str]:
    """What changed since the determination of a proposal was made, in words."""
    series, day = proposal["series"], proposal["pricing_date"]
    known = determination_of(connection, proposal["determination"])
    if known is None:
        return ["the determination it names is not in the book"]
    document = desk.document(series, day)
    correcting = proposal["tick"].get("revision", 0) > 0
    pending = pending_ticks(connection, document, day, correcting=correcting)
    now = gather(desk, connection, document, series, day, pending)
    return changed_inputs(known["inputs"], now, document.hours.hard_at(day))
