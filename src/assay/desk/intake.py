"""Submissions at the desk: confirm, withdraw, discard, judge.

What a reader offered is a proposal until a person confirmed it. A withdrawal is
possible until the cut-off and visible after it. Leaving out what conforms, or taking in
what a rule allows to be overruled, is judgement: a reason code of the document and words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import Finding, Severity, instant_text, refused, zone_of
from assay.desk.desk import Desk
from assay.ledger import Entry, Signer
from assay.ledger.book.submissions import submissions, submissions_of, unplaced_submissions
from assay.ledger.kinds.submissions import Fields
from assay.methodology import Methodology

#: Fields a person may fill in or correct when he confirms.
FIELDS = Fields.__struct_fields__
#: Warnings of a reader that say: this is perhaps no datum of the day.
FOR_A_PERSON = ("submission.withdrawal_asked", "quote.other_day")


def submission_of(connection: Connection, name: str) -> dict[str, Any]:
    """The row of one submission; refused when there is none."""
    query = sa.select(submissions).where(submissions.c.submission == name)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise refused(
            "submission.unknown", name, "no such submission: assay day status lists those of a day"
        )
    return dict(row)


def missing_fields(document: Methodology | None, fields: Mapping[str, Any]) -> list[str]:
    """What the document requires of this kind and the datum does not say."""
    if document is None or document.assessment is None or not fields.get("kind"):
        return [name for name in ("series", "kind", "pricing_date") if not fields.get(name)]
    wanted = document.assessment.required.get(fields["kind"], ())
    return [name for name in wanted if not _has(fields, name)]


def _has(fields: Mapping[str, Any], name: str) -> bool:
    if name == "price":
        return any(fields.get(each) for each in ("low", "high", "premium_low", "premium_high"))
    return bool(fields.get(name))


def confirm(
    desk: Desk,
    signer: Signer,
    name: str,
    changes: Mapping[str, str] | None = None,
    words: str = "",
) -> Entry:
    """Confirm what was read, with the fields filled in or corrected in `changes`.

    A change of a datum that was confirmed before needs `words`. An empty text in
    `changes` says that a field was read wrongly and is unknown.
    """
    given = dict(changes or {})
    unknown = sorted(set(given) - set(FIELDS))
    if unknown:
        raise refused(
            "submission.unknown_field",
            f"{name}: {', '.join(unknown)}",
            f"fields: {', '.join(FIELDS)}",
        )
    return _confirm(desk, signer, [name], given, words)[0]


def confirm_all(desk: Desk, signer: Signer, names: Sequence[str], words: str = "") -> list[Entry]:
    """Confirm several data as they were read, all in one transaction or none."""
    return _confirm(desk, signer, list(dict.fromkeys(names)), {}, words)


def _confirm(
    desk: Desk, signer: Signer, names: Sequence[str], given: Mapping[str, str], words: str
) -> list[Entry]:
    confirmed: list[tuple[str, dict[str, Any]]] = []
    withdrawn: dict[str, dict[str, Any]] = {}
    with desk.ledger.read() as connection:
        for name in names:
            row = submission_of(connection, name)
            body = _confirmation(desk, row, given, words)
            confirmed.append(("submission.confirmed/1", body))
            replaced = _replaced(desk, connection, row, body["fields"])
            if replaced is not None:
                withdrawn.setdefault(row["replaces"], replaced)
    acts = [*confirmed, *(("submission.withdrawn/1", body) for body in withdrawn.values())]
    return desk.record(signer, "desk:submission:confirm", acts)[: len(confirmed)]


def _confirmation(
    desk: Desk, row: Mapping[str, Any], given: Mapping[str, str], words: str
) -> dict[str, Any]:
    """The body of the confirmation of one row; refused where it cannot be placed."""
    name = row["submission"]
    if row["state"] == "confirmed" and given and not words.strip():
        raise refused(
            "submission.words", name, "it was confirmed before: say in words why it changes"
        )
    fields = {**row["fields"], **{field: text or None for field, text in given.items()}}
    if not fields.get("series") or not fields.get("pricing_date"):
        raise refused(
            "submission.unplaced",
            name,
            "give series and pricing_date: --set series=... pricing_date=...",
        )
    document = desk.document(fields["series"], _day(name, fields["pricing_date"]))
    return {
        "submission": name,
        "fields": fields,
        "missing": missing_fields(document, fields),
        "changes": dict(given),
        "words": words,
    }


def open_offers(desk: Desk, connection: Connection, day: date) -> tuple[list[str], list[Finding]]:
    """The day's offers that can be confirmed as they stand, and why the others cannot.

    Left out: what lacks a field, what was read without certainty or found wrong, what asks to
    withdraw, and what came on the day without saying for which series or day it is.
    """
    ready: list[str] = []
    left: list[Finding] = []
    zone = zone_of(desk.zone)
    lost = [
        row
        for row in unplaced_submissions(connection)
        if row["pricing_date"] is None and row["received_at"].astimezone(zone).date() == day
    ]
    for row in [*submissions_of(connection, day, states=("offered",)), *lost]:
        why = _unready(desk, row)
        if why:
            left.append(_left_out(row, why))
        else:
            ready.append(row["submission"])
    return ready, left


def _unready(desk: Desk, row: Mapping[str, Any]) -> list[str]:
    lacking = list(row["missing"])
    lacking += [each for each in ("series", "pricing_date") if not row[each]]
    if not lacking:
        document = desk.document(row["series"], row["pricing_date"])
        lacking = missing_fields(document, row["fields"])
    lacking = list(dict.fromkeys(lacking))
    why = [f"lacks {', '.join(lacking)}"] if lacking else []
    doubtful = sorted(
        name
        for name, spans in row["spans"].items()
        if any(each["certainty"] == "uncertain" for each in spans)
    )
    if doubtful:
        why.append(f"read without certainty: {', '.join(doubtful)}")
    wrong = [
        each["code"]
        for each in row["findings"]
        if each["severity"] == Severity.ERROR.value or each["code"] in FOR_A_PERSON
    ]
    return [*why, *dict.fromkeys(wrong)]


def _left_out(row: Mapping[str, Any], why: Sequence[str]) -> Finding:
    about = ", ".join(each for each in (row["series"], row["contributor"]) if each)
    where = f"{row['submission']} ({about})" if about else row["submission"]
    said = (
        f"left out: {'; '.join(why)}: look at it, then assay day confirm {row['submission']} "
        "(with --set field=value), or discard it"
    )
    return Finding("submission.left_out", Severity.WARNING, where, said)


def _replaced(
    desk: Desk, connection: Connection, row: Mapping[str, Any], fields: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The withdrawal of the datum that this one says it replaces, when it came in time."""
    if row["replaces"] is None or row["state"] != "offered":
        return None
    day = date.fromisoformat(fields["pricing_date"])
    before = submission_of(connection, row["replaces"])
    hard = desk.hours(connection, fields["series"], day).hard_at(day)
    if before["state"] not in ("offered", "confirmed") or row["received_at"] > hard:
        return None
    reason = f"replaced by {row['submission']}"
    return {"submission": row["replaces"], "reason": reason, "replaced_by": row["submission"]}


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refused(
            "submission.pricing_date", f"{name}: {text!r}", "write a date such as 2025-12-30"
        ) from None


def withdraw(
    desk: Desk, signer: Signer, name: str, reason: str, replaced_by: str | None = None
) -> Entry:
    """Record that the contributor takes a datum back; refused after the hard cut-off."""
    if not reason.strip():
        raise refused("submission.words", name, "say in words why it is withdrawn")

    def in_time(connection: Connection) -> None:
        row = submission_of(connection, name)
        if row["pricing_date"] is None or row["series"] is None:
            return
        hard = desk.hours(connection, row["series"], row["pricing_date"]).hard_at(
            row["pricing_date"]
        )
        if desk.now() > hard:
            raise refused(
                "submission.withdrawal_late",
                f"{name} for {row['series']} on {row['pricing_date']}",
                f"the cut-off was {instant_text(hard)}: it stays; judge it with a reason code, "
                "or correct the price",
            )

    body = {"submission": name, "reason": reason, "replaced_by": replaced_by}
    acts = [("submission.withdrawn/1", body)]
    return desk.record(signer, "desk:submission:confirm", acts, in_time)[0]


def discard(desk: Desk, signer: Signer, name: str, reason: str) -> Entry:
    """Decide that what was read is no datum; only what nobody confirmed."""
    if not reason.strip():
        raise refused("submission.words", name, "say in words why it is no datum")

    def only_offered(connection: Connection) -> None:
        row = submission_of(connection, name)
        if row["state"] != "offered":
            raise refused(
                "submission.state",
                f"{name} is {row['state']}",
                "only an offered datum is discarded: judge a confirmed one with a reason code",
            )

    acts = [("submission.discarded/1", {"submission": name, "reason": reason})]
    return desk.record(signer, "desk:submission:confirm", acts, only_offered)[0]


def judge(
    desk: Desk,
    signer: Signer,
    name: str,
    decision: str,
    code: str,
    words: str,
    day: date | None = None,
) -> Entry:
    """Exclude or include a datum by judgement (``none`` takes a judgement back).

    `code` is one of the document's exclusion reasons (exclude) or a guideline of it
    (include); `words` say why in this case.
    """
    if decision not in ("exclude", "include", "none"):
        raise refused("judgement.decision", decision, "write exclude, include or none")
    if not words.strip():
        raise refused("judgement.words", name, "a judgement needs words: what was seen, and why")
    with desk.ledger.read() as connection:
        row = submission_of(connection, name)
    if row["state"] != "confirmed" or row["series"] is None:
        raise refused("submission.state", f"{name} is {row['state']}", "confirm it first")
    priced = day or row["pricing_date"]
    document = desk.document(row["series"], priced)
    allowed = reasons(document, decision)
    if decision != "none" and code not in allowed:
        raise refused(
            "judgement.code",
            f"{code!r} for {name}, {row['series']} on {priced}",
            f"{document.id} allows: {', '.join(allowed) or 'no judgement at all'}",
        )
    body = {
        "submission": name, "pricing_date": priced.isoformat(), "series": row["series"],
        "decision": decision, "code": code, "words": words,
    }  # fmt: skip
    return desk.record(signer, "desk:submission:judge", [("submission.judged/1", body)])[0]


def reasons(document: Methodology, decision: str) -> list[str]:
    """The closed list of codes for a decision under this document."""
    if decision == "exclude":
        return list(document.judgement.exclusion_reasons)
    return [each.id for each in document.judgement.guidelines]
