"""The file of a contributor as it stands, and who may read it; every look is an entry.

Compliance, desk and auditor read every file. A submitter sees the file of his own firm
only, without what others said about it and without the words of the checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused, zone_of
from assay.governance.acting import book_at
from assay.governance.audit import log_view
from assay.governance.contributors.clocks import Clock, clocks_of, soon_of
from assay.governance.contributors.life import WRITE, card_on, shortcomings
from assay.governance.contributors.scores import (
    Score,
    below_standard,
    scores_of,
    scores_of_all,
    told_to_the_firm,
    usual_span,
)
from assay.governance.office import Office
from assay.ledger.book.contributors import contributors_on, submitters
from assay.ledger.book.files import (
    certificates_on,
    papers_of,
    rectification_of,
    statuses_of,
    submitter_on,
)

READ = "governance:contributor:read"
OWN = "portal:file:read"
#: What a person must have recorded for a file to be read by these doors.
VIEW = "contributor_file"
#: What other participants said of the firm: not for the firm itself.
_NOT_HIS = ("reference",)
#: Every kind of entry that concerns one firm's file.
TIMELINE = (
    "contributor.registered/1", "contributor.status_set/1", "contributor.alias_added/1",
    "contributor.applied/1", "contributor.document_filed/1", "contributor.checked/1",
    "contributor.reference_taken/1", "contributor.agreed/1",
    "contributor.rectification_noticed/1", "contributor.rectification_ended/1",
    "certificate.filed/1", "certificate.withdrawn/1", "submitter.mandated/1",
    "submitter.mandate_ended/1", "submitter.alias_added/1",
)  # fmt: skip
#: Checks that rest on what others said.
_OF_OTHERS = ("reputation",)


def reach(office: Office, person: str, contributor: str | None) -> tuple[str, bool]:
    """Whose file `person` reads, and whether as one of its own people; refused otherwise.

    Any firm's for compliance, desk and auditor; for a submitter that of the firm whose
    mandate he holds today.
    """
    day = office.today()
    with office.ledger.read() as connection:
        if office.may(connection, person, READ):
            if contributor is None:
                raise refused("contributor.which", person, "name the contributor")
            card_on(connection, contributor, day)
            return contributor, False
        office.require(connection, person, OWN)
        own = submitter_on(connection, person, day)
    if own is None or contributor not in (None, own):
        raise refused(
            "contributor.not_his", f"file of {contributor or 'a firm'} by {person} on {day}",
            "a submitter sees the file of the firm that mandated him, and no other",
        )  # fmt: skip
    return own, True


def readable_file(
    office: Office, person: str, contributor: str | None, known_at: datetime | None = None,
    door: str = "commands",
) -> dict[str, Any]:  # fmt: skip
    """The file that `person` may read: any for compliance and desk, his own for a submitter.

    The look is recorded before anything is read.
    """
    code, own = reach(office, person, contributor)
    _log(office, person, code, door, known_at)
    day = known_at.astimezone(zone_of(office.zone)).date() if known_at else office.today()
    with book_at(office.ledger, known_at) as book:
        found = file_of(book, code, day)
    with office.ledger.read() as connection:
        names = not own and office.may(connection, person, WRITE)
    if own:
        found["papers"] = _as_told(found["papers"])
        for row in found["statuses"]:
            del row["reason"]
    else:
        found["affiliates"] = _affiliates(office, code, found["card"]["group"])
        found["timeline"] = timeline_of(office, code, known_at)
    if names:
        _with_names(office, found)
    return found


def _affiliates(office: Office, contributor: str, group: str) -> list[str]:
    with office.ledger.read() as connection:
        cards = contributors_on(connection, office.today())
    return [
        card["contributor"] for card in cards
        if card["group"] == group and card["contributor"] != contributor
    ]  # fmt: skip


def timeline_of(
    office: Office, contributor: str, known_at: datetime | None = None
) -> list[dict[str, Any]]:
    """Every act on the file, newest first: rows of ``seq at kind actor signed about words``."""
    found = [
        {
            "seq": entry.seq, "at": entry.recorded_at, "kind": entry.kind, "actor": entry.actor,
            "signed": entry.signature is not None, "about": _about(entry.body),
            "words": entry.body.get("words") or entry.body.get("reason") or "",
        }
        for entry in office.ledger.entries(kinds=TIMELINE, until=known_at)
        if entry.body["contributor"] == contributor
    ]  # fmt: skip
    return found[::-1]


def _about(body: Mapping[str, Any]) -> list[str]:
    """What an act was about: the thing it names and how it came out."""
    names = (
        "status",
        "document",
        "check",
        "certificate",
        "submitter",
        "form",
        "outcome",
        "deadline",
    )
    plain = [str(body[name]) for name in names if body.get(name)]
    alias = str(body.get("alias", ""))
    return [*plain, alias] if alias and not alias.startswith("vault:") else plain


def _as_told(papers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The papers as their firm reads them: not what others said, nor what the house noted."""
    told = []
    for row in papers:
        if row["what"] in _NOT_HIS or (row["what"] == "check" and row["name"] in _OF_OTHERS):
            continue
        kept = {name: row[name] for name in row if name != "actor"}
        if row["what"] == "check":
            kept["content"] = {**row["content"], "words": ""}
        told.append(kept)
    return told


def _log(
    office: Office, person: str, contributor: str, door: str, known_at: datetime | None
) -> None:
    about = {"contributor": contributor}
    log_view(office.ledger, person, VIEW, about, door=door, today=office.today(), known_at=known_at)


def _with_names(office: Office, found: dict[str, Any]) -> None:
    """Names of persons from the vault, for whoever keeps the files; None once forgotten."""
    recall = office.ledger.recall
    with office.ledger.read() as connection:
        query = sa.select(submitters.c.submitter, submitters.c.person)
        rows = connection.execute(query.order_by(submitters.c.seq)).all()
    vaults = {code: recall(reference) for code, reference in rows}
    for each in found["submitters"]:
        each["name"] = (vaults.get(each["submitter"]) or {}).get("name")
    for row in found["papers"]:
        for field, part in (("referee", "referee"), ("escalation", "name")):
            if row["content"].get(field):
                row["named"] = (recall(row["content"][field]) or {}).get(part)


def readable_scores(
    office: Office, person: str, contributor: str | None = None,
    first: date | None = None, last: date | None = None,
) -> dict[str, list[Score]]:  # fmt: skip
    """The scores that `person` may read: all active firms' (or one's); of his own firm for a submitter.

    A submitter reads them up to yesterday (of today the desk has not decided yet), without
    what others told of his firm.
    """
    begin, end = usual_span(office, first, last)
    with office.ledger.read() as connection:
        everybody = contributor is None and office.may(connection, person, READ)
        if everybody:
            active = [c["contributor"] for c in contributors_on(connection, end) if c["status"] == "active"]  # fmt: skip
            return scores_of_all(connection, active, begin, end, office.thresholds)
    code, own = reach(office, person, contributor)
    if own:
        end = min(end, office.today() - timedelta(days=1))
    with office.ledger.read() as connection:
        card_day = max(end, office.today()) if own else end
        found = scores_of(connection, code, begin, end, office.thresholds, card_day)
    return {code: [told_to_the_firm(each) for each in found] if own else found}


def register(
    office: Office, person: str, *, status: str = "", class_: str = "", words: str = "",
    attention: bool = False,
) -> list[dict[str, Any]]:  # fmt: skip
    """Every firm as it stands today with its clocks and the scores below standard, filtered.

    Rows: the card, ``clocks`` (`Clock`), ``below`` (names of scores). `words` are looked for in
    code, names, group and aliases; `attention` keeps firms with a clock or a score below.
    """
    office.permit(person, READ)
    today = office.today()
    first, last = usual_span(office)
    with office.ledger.read() as connection:
        cards = contributors_on(connection, today)
        active = [card["contributor"] for card in cards if card["status"] == "active"]
        scores = scores_of_all(connection, active, first, last, office.thresholds)
        rows = [
            {
                **card, "clocks": clocks_of(connection, card, today, soon_of(office, today)),
                "below": below_standard(scores.get(card["contributor"], [])),
            }
            for card in cards
        ]  # fmt: skip
    return [
        row for row in rows
        if status in ("", row["status"]) and (not class_ or class_ in row["classes"])
        and _says(row, words) and (not attention or row["clocks"] or row["below"])
    ]  # fmt: skip


def _says(row: Mapping[str, Any], words: str) -> bool:
    texts = [row["contributor"], row["name"], row["name_zh"] or "", row["group"]]
    texts += [each["alias"] for each in row["aliases"]]
    return words.strip().lower() in " ".join(texts).lower()


def clocks_today(office: Office, contributor: str) -> list[Clock]:
    """What of one firm ends soon or ended."""
    today = office.today()
    with office.ledger.read() as connection:
        card = card_on(connection, contributor, today)
        return clocks_of(connection, card, today, soon_of(office, today))


def file_of(connection: Connection, contributor: str, day: date) -> dict[str, Any]:
    """Card, statuses, papers, running rectification, certificates, what is lacking."""
    card = card_on(connection, contributor, day)
    rows = papers_of(connection, contributor)
    return {
        "contributor": contributor,
        "day": day,
        "card": {name: card[name] for name in ("name", "name_zh", "group", "classes", "series", "status")},
        "aliases": [_plain(row) for row in card["aliases"]],
        "submitters": [
            {name: row[name] for name in ("submitter", "series", "since", "until", "function")}
            for row in card["submitters"]
        ],
        "statuses": [_plain(row) for row in statuses_of(connection, contributor)],
        "papers": [_plain(row) for row in rows],
        "rectification": _plain(rectification_of(connection, contributor) or {}) or None,
        "certificates": [_plain(row) for row in certificates_on(connection, day, contributor)],
        "lacking": shortcomings(connection, contributor, day),
    }  # fmt: skip


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in row if row[name] is not None}


def paper_of(office: Office, person: str, contributor: str, name: str, door: str) -> bytes:
    """The bytes of a document or agreement of the file, by its evidence; the look is recorded."""
    code, _ = reach(office, person, contributor)
    with office.ledger.read() as connection:
        held = {row["content"].get("evidence") for row in papers_of(connection, code)}
    if not name or name not in held:
        raise refused("document.unknown", f"{name or 'a paper'} of {code}", "no such paper is in the file")  # fmt: skip
    log_view(
        office.ledger, person, VIEW, {"contributor": code, "evidence": name},
        door=door, today=office.today(),
    )  # fmt: skip
    return office.ledger.evidence.get(name)


def acts_open(status: str, *, rectifying: bool) -> Sequence[str]:
    """The acts on the standing of a firm that are not refused at once in this status."""
    if rectifying:
        return ("end_rectification",)
    return {
        "candidate": ("activate", "terminate"), "active": ("rectify", "terminate"),
        "rectification": (), "terminated": ("return",),
    }[status]  # fmt: skip
