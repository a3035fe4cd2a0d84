"""The drawn year as a panel at once, or written into a ledger: one commit a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from assay.core import digest
from assay.governance.integrity.panel import SCALE, Datum, Panel
from assay.ledger import SYSTEM, Draft, Ledger
from tests.year.generator import FIRMS, GROUPS, SERIES, Message, Year

FUTURES = "AD-MAIN"
PEOPLE = {"A-1": ["analyst"], "A-2": ["analyst"], "M-1": ["price_manager"], "C-1": ["compliance"]}


def as_panel(year: Year) -> Panel:
    """What surveillance sees of this year, without a ledger."""
    panel = Panel(groups=dict(GROUPS), names={firm: firm for firm in FIRMS})
    panel.futures = {day: price * SCALE for day, price in year.futures.items()}
    for (series, day), final in year.finals.items():
        panel.finals.setdefault(series, {})[day] = final * SCALE
    panel.add(
        Datum(
            submission=f"S-{m.number:06d}", series=m.series, day=m.day, firm=m.firm, kind=m.kind,
            position=m.price * SCALE, read=m.read * SCALE, late=m.late, counterparty=m.counterparty,
            relation="arms_length" if m.kind == "transaction" else None, handled_by=m.confirmed_by,
            supported=m.price == m.read, link=f"submission:S-{m.number:06d}",
        )
        for m in year.every()
    )  # fmt: skip
    return panel


def found(ledger: Ledger) -> None:
    """People and firms of the agency."""
    drafts = [
        Draft("person.registered/1", SYSTEM, {"person": p, "roles": roles, "since": "2024-12-02"})
        for p, roles in PEOPLE.items()
    ]
    for firm in FIRMS:
        card = {
            "contributor": firm, "name": f"Firm {firm}", "group": GROUPS[firm], "classes": ["trader"],
            "series": list(SERIES), "since": "2024-12-02",
        }  # fmt: skip
        status = {"contributor": firm, "status": "active", "since": "2024-12-02", "reason": "file complete"}  # fmt: skip
        drafts += [
            Draft("contributor.registered/1", "C-1", card),
            Draft("contributor.status_set/1", "C-1", status),
        ]
    ledger.append(drafts)


def write_day(ledger: Ledger, year: Year, day: date) -> None:
    """Everything of one day in one commit."""
    drafts = [Draft("day.opened/1", SYSTEM, {"pricing_date": str(day), "series": list(SERIES), "documents": {}})]  # fmt: skip
    for message in year.messages[day]:
        drafts += _message(ledger, message)
    for series in SERIES:
        drafts += _price(series, day, year.finals[series, day])
    fact = {
        "series": FUTURES, "date": str(day), "session": "day", "contract": None, "unit": "CNY/t",
        "content": {"close": str(year.futures[day])}, "source": "made up", "event_time": f"{day}T07:00:00Z",
    }  # fmt: skip
    drafts.append(Draft("market.recorded/1", SYSTEM, fact))
    drafts.append(Draft("day.closed/1", SYSTEM, {"pricing_date": str(day), "states": dict.fromkeys(SERIES, "published")}))  # fmt: skip
    ledger.append(drafts)


def _message(ledger: Ledger, m: Message) -> list[Draft]:
    name, raw = f"S-{m.number:06d}", m.text.encode()
    evidence = ledger.evidence.put(raw)
    at = f"{m.day}T02:{'25' if m.late else '05'}:00Z"
    fields: dict[str, Any] = {
        "pricing_date": str(m.day), "series": m.series, "contributor": m.firm, "kind": m.kind,
        "low": str(m.read), "high": str(m.read), "currency": "CNY", "unit": "CNY/t",
        "tax": "included", "quantity": str(m.tonnes), "place": "Foshan", "delivery": "same day",
        "payment": "cash", "deal_reference": name if m.kind == "transaction" else None,
        "counterparty": f"Firm {m.counterparty}" if m.counterparty else None,
        "relation": "arms_length" if m.kind == "transaction" else None,
    }  # fmt: skip
    confirmed = {**fields, "low": str(m.price), "high": str(m.price)}
    archived = {
        "evidence": evidence, "channel": "wechat", "media_type": "text/plain", "size": len(raw),
        "received_at": at,
    }  # fmt: skip
    received = {
        "submission": name, "channel": "wechat", "evidence": evidence, "received_at": at,
        "fields": fields,
    }  # fmt: skip
    screened = {
        "submission": name, "pricing_date": str(m.day), "series": m.series,
        "document": "sha256:" + "0" * 64, "passed": not m.late, "late": m.late, "verdicts": [],
    }  # fmt: skip
    return [
        Draft("evidence.archived/1", SYSTEM, archived),
        Draft("submission.received/1", SYSTEM, received),
        Draft("submission.confirmed/1", m.confirmed_by, {"submission": name, "fields": confirmed}),
        Draft("submission.screened/1", SYSTEM, screened),
    ]


def _price(series: str, day: date, final: int) -> list[Draft]:
    tick = {"low": str(final), "mid": str(final), "high": str(final), "unit": "CNY/t", "series": series, "pricing_date": str(day)}  # fmt: skip
    named = {"series": series, "pricing_date": str(day), "proposal": digest(tick)}
    zero = "sha256:" + "0" * 64
    out = {**named, "tick": tick, "revision": 0, "published_at": f"{day}T02:16:00Z"}
    return [
        Draft("price.proposed/1", "A-1", {**named, "tick": tick, "determination": zero}),
        Draft("price.approved/1", "M-1", named),
        Draft("price.published/1", SYSTEM, out),
    ]
