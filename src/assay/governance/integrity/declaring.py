"""Conflicts, gifts, holdings: declared per person, renewed every year; assessors reviewed.

A binding interest keeps its person from the series he named, at the desk, in the
transaction of the act (`ledger/book/integrity.py`). An interest that was not renewed still
binds; a person without any declaration of the last year is an alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import Finding, NotANumber, Severity, decimal_of, refused
from assay.governance.integrity.numbering import numbered
from assay.governance.office import Office, need_words
from assay.ledger import Entry, Signer
from assay.ledger.book.home import person_on, persons
from assay.ledger.book.integrity import (
    BINDING,
    assessors_on,
    declarations,
    declarations_on,
    supervisor_on,
)

FILE = "governance:declaration:file"
READ = "governance:declaration:read"
SIGN = "governance:control:sign"
#: Roles whose holders must have declared within the year.
DECLARING = frozenset({"analyst", "price_manager", "compliance"})


def declare(
    office: Office, signer: Signer, interest: str, *, series: Sequence[str] = (), words: str = "",
    contributor: str | None = None, amount: str | None = None, renews: str | None = None,
) -> Entry:  # fmt: skip
    """A person declares an interest of his own (or ``none``), from today, to be renewed in a year."""
    day = office.today()
    where = f"{interest} of {signer.person}"
    if interest in BINDING and not series:
        raise refused("declaration.series", where, "name the series that it concerns")
    if interest == "gift":
        _worth(amount, where)
    if interest != "none":
        need_words(words, where)
    due = office.due(day, office.thresholds.of("clocks")["renewal_days"])
    body = {
        "person": signer.person, "interest": interest,
        "since": day.isoformat(), "renew_by": due.isoformat(), "series": list(series),
        "contributor": contributor, "words": words, "amount": amount, "renews": renews,
    }  # fmt: skip
    return numbered(
        _next_name, office,
        lambda name, guard: office.record(
            signer, FILE, [("declaration.filed/1", {"declaration": name, **body})], guard
        )[0],
    )  # fmt: skip


def _next_name(connection: Connection) -> str:
    count = connection.execute(sa.select(sa.func.count()).select_from(declarations)).scalar_one()
    return f"DC-{count + 1:04d}"


def _worth(amount: str | None, where: str) -> None:
    try:
        decimal_of(amount or "")
    except NotANumber:
        raise refused(
            "declaration.amount", where, "say what the gift is worth, as a number"
        ) from None


def end_interest(
    office: Office, signer: Signer, declaration: str, until: date, words: str
) -> Entry:
    """The interest is gone after `until`; by its person or by compliance, never for the past."""
    need_words(words, declaration)
    if until < office.today():
        raise refused(
            "declaration.past",
            f"{declaration} until {until}",
            "it bound until today: name today or later",
        )

    def his(connection: Connection) -> None:
        query = sa.select(declarations.c.person).where(declarations.c.declaration == declaration)
        person = connection.execute(query).scalar_one_or_none()
        if person != signer.person and not office.may(connection, signer.person, READ):
            raise refused("declaration.not_his", declaration, "its person ends it, or compliance")

    body = {"declaration": declaration, "until": until.isoformat(), "words": words}
    return office.record(signer, FILE, [("declaration.ended/1", body)], his)[0]


def supervise(office: Office, signer: Signer, person: str, supervisor: str, since: date) -> Entry:
    """Name who supervises a person from a day on."""
    body = {"person": person, "supervisor": supervisor, "since": since.isoformat()}
    return office.record(signer, SIGN, [("supervision.set/1", body)])[0]


def review(office: Office, signer: Signer, person: str, series: Sequence[str], words: str) -> Entry:
    """Sign that a person is fit to assess these series; nobody reviews himself."""
    need_words(words, f"review of {person}")
    if signer.person == person:
        raise refused("assessor.self", person, "another person reviews his competence")
    day = office.today()
    due = office.due(day, office.thresholds.of("clocks")["review_days"])
    body = {
        "person": person, "series": list(series), "since": day.isoformat(),
        "review_by": due.isoformat(), "words": words,
    }  # fmt: skip
    return office.record(signer, SIGN, [("assessor.reviewed/1", body)])[0]


def register(office: Office, person: str) -> list[dict[str, Any]]:
    """The declarations that `person` may read: all for compliance, else his own."""
    with office.ledger.read() as connection:
        everything = office.may(connection, person, READ)
        return declarations_on(connection, office.today(), None if everything else person)


def kept_from(office: Office, person: str) -> list[dict[str, Any]]:
    """Who may not work on which series today: rows of the binding declarations, by series.

    Everybody's for compliance, else one's own. Rows: ``series person interest declaration since``.
    """
    found = [
        {"series": series, **{name: row[name] for name in ("person", "interest", "declaration", "since")}}
        for row in register(office, person) if row["interest"] in BINDING
        for series in row["series"]
    ]  # fmt: skip
    return sorted(found, key=lambda row: (row["series"], row["person"]))


def standing(office: Office, person: str) -> list[dict[str, Any]]:
    """Each person who must declare, and how he stands: his latest renewal, supervisor, review.

    Everybody for compliance, else oneself. Rows: ``person roles renew_by left supervisor
    series review_by``; `left` is None where nothing was ever declared.
    """
    day = office.today()
    with office.ledger.read() as connection:
        everybody = office.may(connection, person, READ)
        codes = sorted(set(connection.execute(sa.select(persons.c.person)).scalars()))
        known = [person_on(connection, code, day) for code in codes if everybody or code == person]
        reviews = {row["person"]: row for row in assessors_on(connection, day)}
        found = []
        for each in known:
            if each is None or not each.roles & DECLARING:
                continue
            dues = [row["renew_by"] for row in declarations_on(connection, day, each.person)]
            review = reviews.get(each.person, {})
            found.append({
                "person": each.person, "roles": sorted(each.roles),
                "renew_by": max(dues, default=None),
                "left": (max(dues) - day).days if dues else None,
                "supervisor": supervisor_on(connection, each.person, day),
                "series": review.get("series", []), "review_by": review.get("review_by"),
            })  # fmt: skip
    return found


def alarms(office: Office, series: Sequence[str] = ()) -> list[Finding]:
    """Declarations missing or not renewed, reviews overdue, series with fewer than two assessors."""
    day = office.today()
    found: list[Finding] = []
    with office.ledger.read() as connection:
        codes = sorted(set(connection.execute(sa.select(persons.c.person)).scalars()))
        for code in codes:
            known = person_on(connection, code, day)
            if known is not None and known.roles & DECLARING:
                found += _undeclared(connection, code, day)
                if "analyst" in known.roles and supervisor_on(connection, code, day) is None:
                    found.append(_alarm("supervision.missing", code, "name his supervisor"))
        fit = assessors_on(connection, day)
    found += [
        _alarm("assessor.overdue", f"{row['person']}, due {row['review_by']}", "review his competence")
        for row in fit if office.moved(row["review_by"]) < day
    ]  # fmt: skip
    for code in series:
        able = sum(1 for row in fit if code in row["series"] and row["review_by"] >= day)
        if able < 2:  # noqa: PLR2004  (control A3: at least two)
            found.append(
                _alarm("assessor.too_few", f"{code}: {able} fit", "continuity needs two assessors")
            )
    return found


def _undeclared(connection: Connection, person: str, day: date) -> list[Finding]:
    rows = declarations_on(connection, day, person)
    if not rows:
        return [_alarm("declaration.missing", person, "declare interests, or that there are none")]
    latest = max(row["renew_by"] for row in rows)
    if latest < day:
        return [_alarm("declaration.overdue", f"{person}, due {latest}", "renew the declaration")]
    return []


def _alarm(code: str, where: str, what_to_do: str) -> Finding:
    return Finding(code, Severity.WARNING, where, what_to_do)
