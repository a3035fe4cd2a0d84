"""A document makes prices only when the house said so in time: founding, or a decided change.

Asked when a day is opened. A new file in the folder of documents, or an edited one, opens
nothing by itself; an adopted change takes effect here by itself, on its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.desk.desk import Desk
from assay.ledger.book.changes import change_state, changes_of, founding_document
from assay.ledger.book.prices import days
from assay.methodology import Methodology

Act = tuple[str, dict[str, Any]]


def founding_act(desk: Desk) -> Act:
    """The act that states with which documents this home begins."""
    documents = {each.file: each.digest for each in desk.library.documents()}
    body = {"documents": documents, "reason": "the documents with which the home was created"}
    return ("methodology.adopted/1", body)


def unannounced(
    connection: Connection, document: Methodology, series: str, day: date
) -> str | None:
    """Why `document` may not make the price of `series` on `day`, in words; None when it may."""
    change = change_state(connection, document.digest)
    if change is not None and change["state"] in ("adopted", "in_force"):
        return None if change["effective"] <= day else f"it takes effect on {change['effective']}"
    founding = founding_document(connection, document.digest)
    if founding:
        return None
    if change is not None:
        return f"change {change['change']} is {change['state']}: it was not adopted"
    if founding is None and _of_old(connection, document, series):
        return None
    return "no change was noticed and adopted for it: assay change propose"


def _of_old(connection: Connection, document: Methodology, series: str) -> bool:
    """In a home that never stated its founding: in use last, or older than its first day."""
    last = (
        sa.select(days.c.document)
        .where(days.c.series == series, days.c.document.is_not(None))
        .order_by(days.c.opened_seq.desc())
        .limit(1)
    )
    used = connection.execute(last).scalar_one_or_none()
    if used is not None:
        return bool(used == document.digest)
    first = connection.execute(sa.select(sa.func.min(days.c.pricing_date))).scalar_one_or_none()
    return first is None or document.effective <= first


def require_announced(
    connection: Connection, documents: Mapping[str, Methodology], day: date
) -> None:
    """Refuse a day whose documents were not all announced."""
    for series, document in documents.items():
        awaited = _awaited(connection, document, series, day)
        if awaited is not None:
            raise refused(
                "methodology.not_installed",
                f"{series} on {day}: {awaited['document']} ({awaited['change']})",
                f"its change took effect on {awaited['effective']} and the folder does not hold it "
                "or the program runs since before: assay change install, then start it again",
            )
        why = unannounced(connection, document, series, day)
        if why is not None:
            raise refused(
                "methodology.unannounced",
                f"{series} on {day}: {document.file} ({document.digest})",
                f"{why}; until then the version before makes the price: move the file away",
            )


def _awaited(
    connection: Connection, document: Methodology, series: str, day: date
) -> dict[str, Any] | None:
    """The adopted change that should make the price of `series` on `day` instead, or None."""
    due = [
        each
        for each in changes_of(connection)
        if each["state"] in ("adopted", "in_force")
        and series in each["series"]
        and document.effective < each["effective"] <= day
    ]
    return due[-1] if due else None


def activations(
    connection: Connection, documents: Mapping[str, Methodology], today: date
) -> list[Act]:
    """The acts that put adopted changes in force, one for each document used the first time.

    A day opened ahead of its date waits: the change is in force from its effective date.
    """
    acts: list[Act] = []
    for document in {each.digest: each for each in documents.values()}.values():
        change = change_state(connection, document.digest)
        if change is not None and change["state"] == "adopted" and change["effective"] <= today:
            body = {"change": change["change"], "effective": change["effective"].isoformat()}
            acts.append(("change.activated/1", body))
    return acts
