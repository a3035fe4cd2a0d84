"""Tests of controls over people: contributors and their submitters, assessors, interests, roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from assay.governance.controls.records import Records, link
from assay.governance.controls.registry import Outcome, both, control_test, every
from assay.governance.controls.rows import Row
from assay.ledger.book.contributors import contributors_on

_PROPOSE, _APPROVE = "desk:price:propose", "desk:price:approve"


@control_test("used_firms_active")
def used_firms_active(records: Records, row: Row) -> Outcome:
    """Every datum that made a value came from a firm on the list on that day."""
    del row
    cases = []
    with records.ledger.read() as connection:
        active: dict[str, set[str]] = {}
        for tick in records.ticks:
            used = records.used(tick)
            day = tick.body["pricing_date"]
            if used and day not in active:
                firms = contributors_on(connection, date.fromisoformat(day))
                active[day] = {e["contributor"] for e in firms if e["status"] == "active"}
            if used:
                cases.append((link(tick), {each["contributor"] for each in used} <= active[day]))
    return every(cases, "values rest on active contributors only")


@control_test("firms_checked")
def firms_checked(records: Records, row: Row) -> Outcome:
    """Every active firm was checked by name and has an agreement, written or recorded."""
    del row
    checked = {e.body["contributor"] for e in records.of("contributor.checked/1")}
    agreed = {e.body["contributor"] for e in records.of("contributor.agreed/1")}
    with records.ledger.read() as connection:
        firms = contributors_on(connection, records.today)
    return every(
        (
            (f"contributor {each['contributor']}", each["contributor"] in checked & agreed)
            for each in firms
            if each["status"] == "active"
        ),
        "active firms were checked and have an agreement",
        "no active firm",
    )


@control_test("submitters_mandated")
def submitters_mandated(records: Records, row: Row) -> Outcome:
    """Every active firm has a submitter with a dated mandate; findings name senders without one."""
    del row
    with records.ledger.read() as connection:
        firms = contributors_on(connection, records.today)
    without = records.of("finding.raised/1")
    strangers = sum(1 for each in without if each.body["code"] == "submitter.not_mandated")
    return every(
        (
            (f"contributor {each['contributor']}", bool(each["submitters"]))
            for each in firms
            if each["status"] == "active"
        ),
        f"active firms have a submitter with a mandate ({strangers} messages of others were flagged)",
        "no active firm",
    )


@control_test("escalation_known")
def escalation_known(records: Records, row: Row) -> Outcome:
    """Every firm that applied named whom to ask inside it, and pressure reports meet their clock."""
    del row
    firms = every(
        ((link(e), bool(e.body["escalation"])) for e in records.of("contributor.applied/1")),
        "applicants named an escalation contact",
    )
    return both(firms, _pressure(records))


@control_test("pressure_answered")
def pressure_answered(records: Records, row: Row) -> Outcome:
    """Every report of pressure was answered, closed or escalated by its day."""
    del row
    return _pressure(records)


def _pressure(records: Records) -> Outcome:
    kinds = ("pressure.answered/1", "pressure.closed/1", "pressure.escalated/1")
    met = {e.body["report"] for e in records.of(*kinds)}
    today = records.today.isoformat()
    return every(
        (
            (link(e), e.body["report"] in met or e.body["answer_by"] >= today)
            for e in records.of("pressure.reported/1")
        ),
        "reports of pressure were taken up or escalated in time",
        "none was reported",
    )


@control_test("flags_looked_into")
def flags_looked_into(records: Records, row: Row) -> Outcome:
    """Every flag of surveillance older than thirty days was closed with words."""
    del row
    closed = {e.body["flag"] for e in records.of("flag.closed/1")}
    before = records.now - timedelta(days=30)
    return every(
        (
            (link(e), e.body["flag"] in closed)
            for e in records.of("flag.raised/1")
            if e.recorded_at < before
        ),
        "flags older than 30 days were looked into",
        "no such flag",
    )


@control_test("assessors_reviewed")
def assessors_reviewed(records: Records, row: Row) -> Outcome:
    """Every analyst has a dated review of competence that is not overdue."""
    del row
    until: dict[str, str] = {}
    for entry in records.of("assessor.reviewed/1"):
        until[entry.body["person"]] = entry.body["review_by"]
    today = records.today.isoformat()
    return every(
        ((f"person {each}", until.get(each, "") >= today) for each in _with(records, _PROPOSE)),
        "analysts have a review of competence in time",
        "no analyst",
    )


@control_test("succession")
def succession(records: Records, row: Row) -> Outcome:
    """At least two people can assess and two can approve."""
    del row
    cases = []
    for permission in (_PROPOSE, _APPROVE):
        found = _with(records, permission)
        cases.append((f"{permission}: {', '.join(found) or 'nobody'}", len(found) > 1))
    return every(cases, "acts on prices have at least two people each")


@control_test("declarations_in_time")
def declarations_in_time(records: Records, row: Row) -> Outcome:
    """Everybody who proposes or approves declared his interests and renewed in time."""
    del row
    until: dict[str, str] = {}
    for entry in records.of("declaration.filed/1"):
        person = entry.body["person"]
        until[person] = max(until.get(person, ""), entry.body["renew_by"])
    today = records.today.isoformat()
    people = sorted({*_with(records, _PROPOSE), *_with(records, _APPROVE)})
    return every(
        ((f"person {each}", until.get(each, "") >= today) for each in people),
        "assessors and price managers declared their interests within the year",
        "nobody acts on prices",
    )


@control_test("roles_apart")
def roles_apart(records: Records, row: Row) -> Outcome:
    """No role both proposes and approves, and administration touches no price."""
    del row
    return every(
        (
            (
                f"role {name}",
                not {_PROPOSE, _APPROVE} <= may
                and not (name == "admin" and any(e.startswith("desk:price") for e in may)),
            )
            for name, may in sorted(records.permissions.items())
        ),
        "roles keep proposing, approving and administration apart",
    )


@control_test("auditors_boxed")
def auditors_boxed(records: Records, row: Row) -> Outcome:
    """Every auditor's account has an end."""
    del row
    last = {e.body["person"]: e for e in records.of("person.registered/1")}
    return every(
        (
            (link(e), e.body["until"] is not None)
            for e in last.values()
            if "auditor" in e.body["roles"]
        ),
        "auditors' accounts have an end",
        "no auditor is registered",
    )


def _with(records: Records, permission: str) -> list[str]:
    roles: Iterable[str] = [r for r, may in records.permissions.items() if permission in may]
    return sorted(each.person for each in records.persons if each.roles & set(roles))
