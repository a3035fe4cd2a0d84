"""Drafts that the ledger's tests record; contents are made up."""

from __future__ import annotations

from assay.core import digest
from assay.ledger import Draft, Ledger, Signer
from assay.ledger.keys import key_id  # noqa: F401  (tests use it from here)

DAY = "2025-12-30"
SERIES = "AL-A00-SHANGHAI"


def notice(number: int, actor: str = "system", text: str = "The price is late.") -> Draft:
    """A harmless public act."""
    body = {
        "notice": f"N-{number}", "about": "delay", "title": "Late", "text": text,
        "published_at": "2025-12-30T02:20:00Z", "pricing_date": DAY, "series": [SERIES],
    }  # fmt: skip
    return Draft("notice.published/1", actor, body)


def opened(day: str = DAY) -> Draft:
    """A pricing day is there."""
    body = {"pricing_date": day, "series": [SERIES], "documents": {SERIES: "al-a00"}}
    return Draft("day.opened/1", "system", body)


def tick(mid: str = "22180") -> dict[str, str]:
    return {"low": "22160", "mid": mid, "high": "22200", "unit": "CNY/t"}


def proposed(actor: str = "P-01", mid: str = "22180", day: str = DAY) -> Draft:
    body = {
        "series": SERIES, "pricing_date": day, "proposal": digest(tick(mid)),
        "tick": tick(mid), "determination": "sha256:" + "0" * 64,
    }  # fmt: skip
    return Draft("price.proposed/1", actor, body)


def approved(actor: str = "P-02", mid: str = "22180", day: str = DAY) -> Draft:
    body = {"series": SERIES, "pricing_date": day, "proposal": digest(tick(mid))}
    return Draft("price.approved/1", actor, body)


def published(mid: str = "22180", day: str = DAY) -> Draft:
    body = {
        "series": SERIES, "pricing_date": day, "revision": 0, "proposal": digest(tick(mid)),
        "published_at": f"{day}T02:15:00Z", "tick": tick(mid),
    }  # fmt: skip
    return Draft("price.published/1", "system", body)


def archived(ledger: Ledger, content: bytes) -> Draft:
    """Bytes in the evidence store, and the act that says so."""
    body = {
        "evidence": ledger.evidence.put(content), "channel": "email", "media_type": "text/plain",
        "size": len(content), "received_at": "2025-12-30T01:00:00Z",
    }  # fmt: skip
    return Draft("evidence.archived/1", "system", body)


def register(ledger: Ledger, signer: Signer) -> None:
    """The journal knows the key of this person."""
    body = {"key": signer.key, "person": signer.person, "public": signer.public}
    ledger.append([Draft("key.registered/1", "system", body)])
