"""Opening a pricing day, closing one by notice, moving its window.

A pricing day exists when the document's own calendar says so. A holiday in the week is
recorded as `not_assessed: holiday`; a weekend is no day at all; a year that nobody
announced is refused. Documents used for the first time are archived as evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import instant_text, refused
from assay.desk.announced import activations, require_announced
from assay.desk.desk import ALL, Desk
from assay.desk.grounds import Ground, grounds_of
from assay.desk.notices import notice_name
from assay.desk.phases import calendar_alarms, day_is_open
from assay.ledger import Entry, Signer
from assay.ledger.book.changes import last_consultation
from assay.ledger.book.prices import state_of
from assay.ledger.book.screening import archived_document, arrangement_of
from assay.methodology import Methodology

WEEKEND = "weekend"
Act = tuple[str, dict[str, Any]]


def served(desk: Desk, day: date) -> list[str]:
    """The series with a price each day: a document with a publication window, in force on `day`.

    A weighted pair is no daily price: it takes effect once a quarter (`record_factors`).
    """
    found = []
    for code in desk.library.order():
        for version in desk.library.versions(code):
            in_force = version.effective <= day and (version.ends is None or day < version.ends)
            windowed = version.hours.opens is not None and version.kind != "weighted"
            if in_force and windowed:
                found.append(code)
                break
    return found


def open_day(
    desk: Desk, signer: Signer | None, day: date, wanted: Sequence[str] | str = ALL
) -> list[Entry]:
    """Open `day` for the wanted series (all that are served and not open yet).

    Closed by a named holiday or by notice: opened and ended as `not_assessed: holiday` in
    the same transaction. Refused on a weekend and past the announced calendar.
    """
    chosen = served(desk, day) if wanted == ALL else desk.in_order(_listed(wanted))
    with desk.ledger.read() as connection:
        fresh = [code for code in chosen if state_of(connection, code, day) is None]
        if not fresh:
            raise refused(
                "day.opened_twice" if chosen else "day.no_series",
                f"{', '.join(chosen) or 'all series'} on {day}",
                "it is open already: assay day status"
                if chosen
                else "no document with a publication window is in force on this day",
            )
        closures = {code: _closure(desk, connection, code, day) for code in fresh}
        series = [code for code in fresh if closures[code] != WEEKEND]
        if not series:
            raise _no_day(desk, fresh[0], day)
        documents = {code: desk.document(code, day) for code in series}
        require_announced(connection, documents, day)
        grounds = grounds_of(desk, documents, day)
        acts = _archive(desk, connection, list(documents.values()))
        acts += _archive_grounds(desk, connection, grounds, acts)
        acts += activations(connection, documents, desk.today())
        acts += _overdue(connection, documents, day)
    acts += [
        ("finding.raised/1", _alarm(each, day))
        for each in calendar_alarms(desk.calendars, desk.today())
    ]
    opened = {
        "pricing_date": day.isoformat(),
        "series": series,
        "documents": {code: document.digest for code, document in documents.items()}
        | {each.name: each.digest for each in grounds},
    }
    acts.append(("day.opened/1", opened))
    now = instant_text(desk.now())
    for code in series:
        why = closures[code]
        if why is not None:
            ended = {
                "series": code, "pricing_date": day.isoformat(), "reason": "holiday",
                "words": why, "published_at": now,
            }  # fmt: skip
            acts.append(("price.not_assessed/1", ended))
    return desk.record(signer, "desk:day:open", acts)


def _listed(wanted: Sequence[str] | str) -> list[str]:
    return [wanted] if isinstance(wanted, str) else list(wanted)


def _closure(desk: Desk, connection: Connection, series: str, day: date) -> str | None:
    """Why there is no price on `day`: a notice, a holiday's name, ``weekend``; None when open."""
    arranged = arrangement_of(connection, series, day)
    if arranged is not None and arranged["closed"]:
        return f"closed by notice {arranged['notice']}: {arranged['reason']}"
    document = desk.document(series, day)
    calendar = document.calendars.get(document.calendar)
    if calendar is None or day_is_open(calendar, day):
        return None
    return calendar.why_closed(day)


def _no_day(desk: Desk, series: str, day: date) -> Exception:
    document = desk.document(series, day)
    calendar = document.calendars[document.calendar]
    return refused(
        "day.not_a_pricing_day",
        f"{day} ({calendar.why_closed(day)}) in calendar {calendar.id}",
        f"no price is made on this day; the next pricing day is {calendar.next_open(day)}",
    )


def _archive(desk: Desk, connection: Connection, documents: list[Methodology]) -> list[Act]:
    """Keep the bytes of each document that the journal does not know yet."""
    acts: list[Act] = []
    for document in {each.digest: each for each in documents}.values():
        path = document_path(desk, document)
        if path is None or archived_document(connection, document.digest) is not None:
            continue
        body = {
            "methodology": document.id,
            "effective": document.effective.isoformat(),
            "digest": document.digest,
            "evidence": desk.ledger.evidence.put(path.read_bytes()),
            "series": list(document.series),
        }
        acts.append(("methodology.archived/1", body))
    return acts


def _archive_grounds(
    desk: Desk, connection: Connection, grounds: list[Ground], before: list[Act]
) -> list[Act]:
    """Keep the bytes of what the documents rest on, where nobody kept them yet."""
    kept = {body["digest"] for _, body in before}
    acts: list[Act] = []
    for each in grounds:
        if each.digest in kept or archived_document(connection, each.digest) is not None:
            continue
        kept.add(each.digest)
        body = {
            "methodology": each.identity,
            "effective": each.effective.isoformat(),
            "digest": each.digest,
            "evidence": desk.ledger.evidence.put(each.path.read_bytes()),
            "series": list(each.series),
        }
        acts.append(("methodology.archived/1", body))
    return acts


def document_path(desk: Desk, document: Methodology) -> Path | None:
    """The file of a document, where it lies in the folder of this desk."""
    path = desk.documents / document.file if desk.documents is not None else None
    return path if path is not None and path.is_file() else None


def _overdue(connection: Connection, documents: dict[str, Methodology], day: date) -> list[Act]:
    acts: list[Act] = []
    for document in {each.digest: each for each in documents.values()}.values():
        asked = document.consultation
        held = last_consultation(connection, document.id)
        due = held["next_due"] if held else asked.next if asked else None
        if due is not None and due < day:
            body = {
                "code": "methodology.consultation_overdue",
                "severity": "error",
                "where": f"{document.id} of {document.effective}",
                "what_to_do": f"a consultation was due by {due}: hold it (assay change consult)",
                "pricing_date": day.isoformat(),
            }
            acts.append(("finding.raised/1", body))
    return acts


def _alarm(finding: Any, day: date) -> dict[str, Any]:
    return {**finding.document(), "pricing_date": day.isoformat()}


def arrange(
    desk: Desk,
    signer: Signer,
    day: date,
    wanted: Sequence[str] | str,
    reason: str,
    *,
    closed: bool = False,
    opens: time | None = None,
    closes: time | None = None,
) -> list[Entry]:
    """Declare an ad-hoc closure or a moved window of `day`, with a public notice."""
    chosen = served(desk, day) if wanted == ALL else _listed(wanted)
    where = f"{', '.join(chosen)} on {day}"
    if not reason.strip():
        raise refused("notice.words", where, "say why, in words: the notice prints them")
    if closed == (opens is not None and closes is not None):
        raise refused("day.arrangement", where, "give either a closure or a new window, not both")
    if opens is not None and closes is not None and opens >= closes:
        raise refused(
            "day.arrangement", where, f"a window opens before it closes: {opens}-{closes}"
        )
    with desk.ledger.read() as connection:
        name = notice_name(connection, desk.today())
    title = f"No prices on {day}" if closed else f"Window of {day} moved to {opens}-{closes}"
    notice = {
        "notice": name, "about": "closure" if closed else "window", "title": title,
        "text": f"{title} for {', '.join(chosen)}: {reason}",
        "published_at": instant_text(desk.now()), "pricing_date": day.isoformat(),
        "series": chosen,
    }  # fmt: skip
    arranged = {
        "pricing_date": day.isoformat(), "series": chosen, "notice": name, "reason": reason,
        "closed": closed, "opens": opens.isoformat() if opens else None,
        "closes": closes.isoformat() if closes else None,
    }  # fmt: skip
    acts: list[Act] = [("notice.published/1", notice), ("day.arranged/1", arranged)]
    return desk.record(signer, "desk:price:not_assess", acts)
