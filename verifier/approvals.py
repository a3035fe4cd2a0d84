"""Four eyes: what was published is exactly what another person approved.

For each published value: the live proposal, its content hash, who proposed, who
approved, with which keys and in which role. Never looks at how the number was made.
"""

from __future__ import annotations

from typing import Any

from verifier.canonical import digest
from verifier.chain import Act, Journal
from verifier.days import CORRECTED, PUBLISHED, Days, PriceDay
from verifier.documents import Documents
from verifier.keys import Key
from verifier.report import Report

REVIEWERS = {"reviewer", "price_manager"}


def check_approvals(
    journal: Journal, days: Days, documents: Documents, keys: dict[str, Key], report: Report
) -> None:
    """Every published and corrected value of the bundle."""
    persons = list(journal.of("person.registered/1"))
    if not persons:
        report.note("roles of proposers and approvers: not disclosed in this bundle")
    for price in days.values():
        for act in price.ends if price.asked else ():
            if act.kind in (PUBLISHED, CORRECTED):
                with report.place(act.where):
                    _check(journal, price, act, documents, keys, persons, report)


def _check(
    journal: Journal,
    price: PriceDay,
    act: Act,
    documents: Documents,
    keys: dict[str, Key],
    persons: list[Act],
    report: Report,
) -> None:
    tick = act.body["tick"]
    _check_tick(price, act, tick, report)
    proposal = live_proposal(journal, act)
    if proposal is None:
        report.problem("price.not_proposed", act.where, f"nobody proposed {price.where}")
        return
    if digest(tick) != act.body["proposal"] or proposal.body["proposal"] != act.body["proposal"]:
        report.problem(
            "price.not_as_proposed", act.where,
            f"the value of {price.where} is not the one proposed in entry {proposal.seq}",
        )  # fmt: skip
    if digest(proposal.body["tick"]) != proposal.body["proposal"]:
        report.problem("proposal.digest", proposal.where, "it is not the hash of its tick")
    said = _approvals(journal, proposal, act)
    valid = [each for each in said if _may_approve(each, proposal, keys, persons, report)]
    needed = 2 if _needs_second(price, tick, documents) else 1
    approvers = {each.actor for each in valid}
    publics = {_public(each, keys) for each in valid}
    if min(len(approvers), len(publics)) < needed:
        report.problem(
            "price.not_approved", act.where,
            f"{price.where} has {len(approvers)} valid approval(s) of other people, "
            f"{needed} needed",
        )  # fmt: skip


def _needs_second(price: PriceDay, tick: dict[str, Any], documents: Documents) -> bool:
    """Whether the rung that the value was taken from asks for a second signature."""
    document = documents.in_force(price) or {}
    return bool(tick.get("second_signature_required")) or any(
        rung.get("second_signature", False)
        for rung in document.get("ladder", [])
        if rung["branch"] == tick.get("branch")
    )


def _check_tick(price: PriceDay, act: Act, tick: dict[str, Any], report: Report) -> None:
    for name, told in (
        ("series", price.series),
        ("pricing_date", price.pricing_date),
        ("revision", act.body["revision"]),
    ):
        if tick.get(name, told) != told:
            report.problem(
                "tick.identity", act.where, f"the tick says {name} {tick[name]}, the entry {told}"
            )


def live_proposal(journal: Journal, act: Act) -> Act | None:
    """The last disclosed proposal of this price before `act`."""
    found = None
    for each in journal.about(act.body["series"], act.body["pricing_date"]):
        if each.seq < act.seq and each.kind == "price.proposed/1":
            found = each
    return found


def _approvals(journal: Journal, proposal: Act, act: Act) -> list[Act]:
    """Approvals of exactly this proposal, none if it was returned or voided meanwhile."""
    said: list[Act] = []
    for each in journal.about(act.body["series"], act.body["pricing_date"]):
        if not proposal.seq < each.seq < act.seq:
            continue
        if each.kind == "price.approved/1" and each.body["proposal"] == proposal.body["proposal"]:
            said.append(each)
        elif each.kind == "price.returned/1" or (
            each.kind == "price.determined/1" and act.kind == PUBLISHED
        ):
            said = []
    return said


def _may_approve(
    approval: Act, proposal: Act, keys: dict[str, Key], persons: list[Act], report: Report
) -> bool:
    """Whether this person could approve that proposal; says why not."""
    why = ""
    if approval.actor == proposal.actor:
        why = f"{approval.actor} approved what he proposed"
    elif approval.key is None or proposal.key is None:
        unsigned = proposal if proposal.key is None else approval
        why = f"entry {unsigned.seq} carries no person's signature"
    elif _public(approval, keys) == _public(proposal, keys):
        why = "proposal and approval were signed with the same key"
    elif persons and not REVIEWERS & set(_roles(approval, persons)):
        why = f"{approval.actor} was no reviewer (price manager) on {approval.body['pricing_date']}"
    if why:
        report.problem("approval.invalid", approval.where, why)
    return not why


def _public(act: Act, keys: dict[str, Key]) -> str | None:
    key = keys.get(act.key or "")
    return key.public if key else act.key


def _roles(act: Act, persons: list[Act]) -> list[str]:
    """The roles of the actor on the day of his act, as registered before it."""
    day = act.body["pricing_date"]
    roles: list[str] = []
    for each in persons:
        body = each.body
        if each.seq < act.seq and body["person"] == act.actor and body["since"] <= day:
            over = body["until"] is not None and day > body["until"]
            roles = [] if over else body["roles"]
    return roles
