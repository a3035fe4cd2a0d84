"""Scores by hand: ten days, one firm, what it sent and what another side told of it."""

from __future__ import annotations

from datetime import date, timedelta

from assay.core import digest
from assay.governance import contributors as firms
from assay.ledger import SYSTEM, Draft

SERIES = "ADC12"
FIRST = date(2025, 11, 3)
ZERO = "sha256:" + "0" * 64


def write(room, firm: str, name: str, day: date, price: str, **more) -> None:
    fields = {
        "pricing_date": str(day), "series": SERIES, "contributor": firm, "kind": more.pop("kind", "offer"),
        "low": price, "high": price, **more.pop("fields", {}),
    }  # fmt: skip
    received = {
        "submission": name, "channel": "wechat", "evidence": ZERO, "received_at": f"{day}T02:00:00Z",
        "fields": fields,
    }  # fmt: skip
    confirmed = {"submission": name, "fields": fields, "missing": more.pop("missing", [])}
    screened = {
        "submission": name, "pricing_date": str(day), "series": SERIES, "document": ZERO,
        "passed": True, "late": more.pop("late", False), "verdicts": [],
    }  # fmt: skip
    room.ledger.append([
        Draft("submission.received/1", SYSTEM, received), Draft("submission.confirmed/1", "K-1", confirmed),
        Draft("submission.screened/1", SYSTEM, screened),
    ])  # fmt: skip


def publish(room, day: date, mid: str) -> None:
    tick = {"low": mid, "mid": mid, "high": mid, "unit": "CNY/t", "pricing_date": str(day)}
    named = {"series": SERIES, "pricing_date": str(day), "proposal": digest(tick)}
    opened = {"pricing_date": str(day), "series": [SERIES], "documents": {}}
    out = {**named, "tick": tick, "revision": 0, "published_at": f"{day}T02:16:00Z"}
    room.ledger.append([
        Draft("day.opened/1", SYSTEM, opened),
        Draft("price.proposed/1", "K-1", {**named, "tick": tick, "determination": ZERO}),
        Draft("price.approved/1", "K-2", named), Draft("price.published/1", SYSTEM, out),
    ])  # fmt: skip


def test_every_score_by_hand(room) -> None:
    card = {"contributor": "F01", "name": "First Metals", "group": "G1", "classes": ["trader"], "series": [SERIES], "since": "2025-01-02"}  # fmt: skip
    status = {"contributor": "F01", "status": "active", "since": "2025-01-02", "reason": "x"}
    room.ledger.append([Draft("contributor.registered/1", "C-1", card), Draft("contributor.status_set/1", "C-1", status)])  # fmt: skip
    days = [FIRST + timedelta(days=number) for number in range(20)]
    for day in days:
        publish(room, day, "20000")
    # 8 of 20 days: 7 at 20,100 (50 bp away), 1 at 20,200 (100 bp); 2 late, 1 incomplete, 2 deals
    for number in range(8):
        more = {"late": number < 2, "missing": ["place"] if number == 5 else []}
        if number in (3, 4):
            more |= {"kind": "transaction", "fields": {"deal_reference": f"D{number}"}}
        write(room, "F01", f"S{number}", days[number], "20200" if number == 7 else "20100", **more)
    # another side told D3, D4 and two deals that F01 kept to itself
    for number, deal in enumerate(("D3", "D4", "D8", "D9")):
        write(room, "F02", f"T{number}", days[number], "20000", kind="transaction", fields={"deal_reference": deal, "counterparty": "First Metals"})  # fmt: skip
    wrong = {"submission": "S7", "pricing_date": str(days[7]), "series": SERIES, "decision": "exclude", "code": "unverifiable", "words": "no such deal"}  # fmt: skip
    room.ledger.append([Draft("submission.judged/1", "K-1", wrong)])
    with room.ledger.read() as connection:
        scores = firms.scores_of(connection, "F01", days[0], days[-1], room.office.thresholds)
    figures = {each.name: each.document()["figure"] for each in scores}
    # distance: (7 x 50 + 100) / 8 = 56.25 basis points, half up to one decimal 56.3
    assert figures == {
        "timeliness": "75.0", "completeness": "87.5", "share_of_days": "40.0",
        "share_of_transactions": "25.0", "distance_to_final": "56.3", "corrections": "0.0",
        "later_found_wrong": "12.5", "selective_sending": "50.0",
    }  # fmt: skip
    assert firms.below_standard(scores) == ["timeliness", "completeness", "share_of_days", "selective_sending"]  # fmt: skip
    assert all(each.sentence.endswith(".") for each in scores)


def test_a_firm_out_of_the_list_is_not_judged_for_those_days(room) -> None:
    card = {"contributor": "F01", "name": "First", "group": "G1", "classes": ["trader"], "series": [SERIES], "since": "2025-01-02"}  # fmt: skip
    drafts = [Draft("contributor.registered/1", "C-1", card)]
    for status, since in (("active", "2025-01-02"), ("rectification", "2025-11-05")):
        drafts.append(Draft("contributor.status_set/1", "C-1", {"contributor": "F01", "status": status, "since": since, "reason": "x"}))  # fmt: skip
    room.ledger.append(drafts)
    for number in range(4):
        publish(room, FIRST + timedelta(days=number), "20000")
    with room.ledger.read() as connection:
        scores = firms.scores_of(
            connection, "F01", FIRST, FIRST + timedelta(days=3), room.office.thresholds
        )
    share = next(each for each in scores if each.name == "share_of_days")
    assert "0 of 2 days" in share.sentence
    assert share.meets is None
