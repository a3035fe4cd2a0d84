"""A small agency built by appending entries directly: one day, one assessed and one formula price.

Every number is worked by hand (see `FOSHAN` and `LOW_CARBON`); the desk takes no part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assay.core import digest, digest_of
from assay.ledger import SYSTEM, Draft, Entry, Ledger, Signer
from assay.ledger.heads import register_publication_key, sign_head

ROOT = Path(__file__).resolve().parents[3]
METHODOLOGIES = ROOT / "methodologies"
DAY = date(2025, 12, 30)
A00 = METHODOLOGIES / "al-a00" / "2021-12-27.toml"
LC = METHODOLOGIES / "al-lc" / "2021-12-27.toml"

# Used: F01 200 t at 22,180, F02 100 t at 22,170, F03 100 t at 22,200. F01 holds 200 of 400 t,
# capped at 40 %, the others 30 % each: 0.4 x 22,180 + 0.3 x 22,170 + 0.3 x 22,200 =
# 8,872 + 6,651 + 6,660 = 22,183 -> 22,180 (step 10). F04 is below 50 t.
FOSHAN = {"low": "22170", "mid": "22180", "high": "22200"}
# (12.8 - 2.3) x 74.01 = 777.105 on each leg, then half up to whole yuan.
LOW_CARBON = {"low": "22947", "mid": "22957", "high": "22977"}

DEALS = (
    ("S-1", "F01", "22180", "200"),
    ("S-2", "F02", "22170", "100"),
    ("S-3", "F03", "22200", "100"),
    ("S-4", "F04", "22300", "30"),
)


def private(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def signer(name: str) -> Signer:
    return Signer(name, private(name))


def public_pem(name: str) -> bytes:
    return (
        private(name)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


@dataclass
class Clock:
    now: datetime = datetime(2025, 12, 29, 0, 0, tzinfo=UTC)
    simulated: bool = True

    def __call__(self) -> datetime:
        return self.now

    def shanghai(self, clock: str, day: date = DAY) -> None:
        self.now = datetime.fromisoformat(f"{day}T{clock}+08:00").astimezone(UTC)


def entropy() -> Callable[[int], bytes]:
    number = count()
    return lambda size: hashlib.sha256(f"salt {next(number)}".encode()).digest()[:size]


@dataclass
class SmallAgency:
    folder: Path
    clock: Clock = field(default_factory=Clock)
    licence: str | None = None
    branch: str = "transactions"
    late: bool = False
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger.create(
            self.folder / "home",
            self.clock,
            agency="Example Metals",
            simulated=True,
            entropy=entropy(),
        )
        self.key = self.folder / "publication.pub"
        self.key.write_bytes(public_pem("publication"))

    def add(self, kind: str, body: dict[str, Any], who: str = SYSTEM) -> Entry:
        return self.ledger.append(
            [Draft(kind, who, body)], signer=None if who == SYSTEM else signer(who)
        )[0]

    # ---- the registers -----------------------------------------------------------------

    def people(self) -> None:
        for person, role in (
            ("P-01", "analyst"), ("P-03", "price_manager"), ("P-04", "price_manager"),
        ):  # fmt: skip
            self.add(
                "person.registered/1",
                {"person": person, "roles": [role], "since": "2025-01-01", "name": "vault:0"},
            )
            one = signer(person)
            self.add("key.registered/1", {"key": one.key, "person": person, "public": one.public})
        register_publication_key(self.ledger, signer("publication"))

    def firms(self) -> None:
        for code in ("F01", "F02", "F03", "F04"):
            card = {
                "contributor": code, "name": f"Firm {code}", "group": f"G-{code}",
                "classes": ["trader"], "series": [], "since": "2025-01-01",
            }  # fmt: skip
            self.add("contributor.registered/1", card)
            status = {
                "contributor": code,
                "status": "active",
                "since": "2025-01-01",
                "reason": "ok",
            }
            self.add("contributor.status_set/1", status)

    def facts(self) -> None:
        fact = {
            "series": "CEA-CLOSE", "date": "2025-12-29", "content": {"value": "74.01"},
            "unit": "CNY/tCO2", "source": "made up for the test",
            "event_time": "2025-12-29T07:00:00Z", "licence": self.licence,
        }  # fmt: skip
        self.add("market.recorded/1", fact)
        for series, intensity in (("CI-AL-NATIONAL", "12.8"), ("CI-AL-YUNNAN", "2.3")):
            factor = {
                "series": series, "value": intensity, "unit": "tCO2/t", "period": "2025-Q3",
                "takes_effect": "2025-11-03", "source": "made up for the test",
            }  # fmt: skip
            self.add("factor.recorded/1", factor)

    # ---- the day -----------------------------------------------------------------------

    def submit(self, name: str, firm: str, price: str, tonnes: str) -> None:
        raw = f"{firm} sold {tonnes}t A00 Foshan {price}".encode()
        evidence = self.ledger.evidence.put(raw)
        received = "2025-12-30T01:40:00Z"
        self.add(
            "evidence.archived/1",
            {
                "evidence": evidence, "channel": "email", "media_type": "text/plain",
                "size": len(raw), "received_at": received,
            },
        )  # fmt: skip
        fields = {
            "pricing_date": "2025-12-30", "series": "AL-A00-FOSHAN", "contributor": firm,
            "kind": self.kind, "side": "sell", "low": price, "high": price,
            "currency": "CNY", "unit": "CNY/t", "tax": "included", "quantity": tonnes,
            "place": "Foshan", "delivery": "same day", "payment": "cash",
            "relation": "arms_length", "deal_reference": name, "basis": "own book",
        }  # fmt: skip
        self.add(
            "submission.received/1",
            {
                "submission": name, "channel": "email", "evidence": evidence,
                "received_at": received, "fields": fields,
            },
        )  # fmt: skip
        self.add("submission.confirmed/1", {"submission": name, "fields": fields}, "P-01")

    @property
    def kind(self) -> str:
        return {"transactions": "transaction", "indications": "indication"}[self.branch]

    def rows(self) -> list[dict[str, Any]]:
        """The submissions as a determination is given them."""
        rows = []
        received = {
            e.body["submission"]: e.body
            for e in self.ledger.entries(kinds=["submission.received/1"])
        }
        for name, firm, _, _ in DEALS:
            body = received[name]
            row = {k: v for k, v in body["fields"].items() if v not in (None, "")}
            row |= {each: body[each] for each in ("channel", "evidence", "received_at")}
            rows.append({**row, "id": name, "group": f"G-{firm}"})
        return rows

    def register(self) -> list[dict[str, Any]]:
        return [
            {"code": code, "group": f"G-{code}", "class": "trader", "aliases": [f"Firm {code}"]}
            for code in ("F01", "F02", "F03", "F04")
        ]

    def determined(
        self, series: str, legs: dict[str, str], branch: str, inputs: dict[str, Any]
    ) -> dict[str, Any]:
        document = A00 if series.startswith("AL-A00") else LC
        determination = {
            "series": series, "pricing_date": "2025-12-30", "status": "determined",
            "reason": None, **legs, "unit": "CNY/t", "branch": branch, "n_received": 0,
            "n_used": 0, "findings": [], "trace": self.trace(series, inputs),
            "methodology": {
                "id": document.parent.name, "effective": "2021-12-27",
                "digest": digest_of(document.read_bytes()),
            },
        }  # fmt: skip
        body = {
            "series": series, "pricing_date": "2025-12-30",
            "digest": digest({"determination": determination, "inputs": inputs}),
            "determination": determination, "inputs": inputs,
        }  # fmt: skip
        self.add("price.determined/1", body, "P-01")
        return body

    def trace(self, series: str, inputs: dict[str, Any]) -> dict[str, Any]:
        if series == "AL-LC":
            return {"mid": {"licence": "calculation only"}}
        terms = [
            {"name": row["contributor"], "terms": [{"name": row["id"]}]}
            for row in inputs.get("submissions", [])
            if row["id"] != "S-4"
        ]
        return {"mid": {"terms": terms}}

    def decide(
        self,
        determined: dict[str, Any],
        revision: int = 0,
        approvers: tuple[str, ...] = ("P-03",),
        **more: Any,
    ) -> dict[str, Any]:
        said = determined["determination"]
        tick = {
            "series": said["series"], "pricing_date": "2025-12-30", "revision": revision,
            **{leg: said[leg] for leg in ("low", "mid", "high")}, "unit": "CNY/t",
            "branch": said["branch"], "methodology": said["methodology"],
            "determination": determined["digest"], "statistics": {}, **more,
        }  # fmt: skip
        proposal = digest(tick)
        about = {"series": said["series"], "pricing_date": "2025-12-30", "proposal": proposal}
        self.add(
            "price.proposed/1",
            {**about, "tick": tick, "determination": determined["digest"]},
            "P-01",
        )
        for person in approvers:
            self.add("price.approved/1", about, person)
        return {**about, "revision": revision, "tick": tick}

    def morning(self) -> None:
        """Registers, facts, the opened day and its data."""
        self.people()
        self.firms()
        self.facts()
        self.clock.shanghai("08:00:00")
        documents = {
            "AL-A00-FOSHAN": digest_of(A00.read_bytes()),
            "AL-LC": digest_of(LC.read_bytes()),
        }
        self.add(
            "day.opened/1",
            {"pricing_date": "2025-12-30", "series": list(documents), "documents": documents},
        )
        self.clock.shanghai("09:40:00")
        for deal in DEALS:
            self.submit(*deal)

    def foshan_inputs(self) -> dict[str, Any]:
        return {"submissions": self.rows(), "contributors": self.register()}

    def low_carbon_inputs(self, foshan: dict[str, str], revision: int = 0) -> dict[str, Any]:
        return {
            "series": {
                "AL-A00-FOSHAN": [{"date": "2025-12-30", "revision": revision, **foshan}],
                "CI-AL-NATIONAL": [
                    {"effective": "2025-11-03", "value": "12.8", "period": "2025-Q3"}
                ],
                "CI-AL-YUNNAN": [{"effective": "2025-11-03", "value": "2.3", "period": "2025-Q3"}],
                "CEA-CLOSE": [{"date": "2025-12-29", "value": "74.01"}],
            }
        }

    def price(
        self, foshan: dict[str, str] = FOSHAN, low_carbon: dict[str, str] = LOW_CARBON
    ) -> None:
        """Determine, propose, approve and publish both prices, then sign the head."""
        self.clock.shanghai("10:14:00")
        approvers = ("P-03",) if self.branch == "transactions" else ("P-03", "P-04")
        made = self.determined("AL-A00-FOSHAN", foshan, self.branch, self.foshan_inputs())
        decided = [self.decide(made, approvers=approvers)]
        made = self.determined("AL-LC", low_carbon, "formula", self.low_carbon_inputs(foshan))
        told = [{"name": "cea", "date": "2025-12-29", "value": None if self.licence else "74.01"}]
        decided.append(self.decide(made, inputs=told))
        self.clock.shanghai("10:31:00" if self.late else "10:16:00")
        at = self.clock.now.isoformat().replace("+00:00", "Z")
        drafts = [
            Draft("price.published/1", "P-03", {**each, "published_at": at, "late": self.late})
            for each in decided
        ]
        states = {"AL-A00-FOSHAN": "published", "AL-LC": "published"}
        drafts.append(
            Draft("day.closed/1", "P-03", {"pricing_date": "2025-12-30", "states": states})
        )
        self.ledger.append(drafts, signer=signer("P-03"))
        self.sign()

    def sign(self) -> None:
        sign_head(self.ledger, signer("publication"))


def priced(folder: Path, **settings: Any) -> SmallAgency:
    """The agency after its day."""
    agency = SmallAgency(folder, **settings)
    agency.morning()
    agency.price()
    return agency


def corrected(agency: SmallAgency) -> None:
    """Revision 1 of both prices: F03's deal was 22,230, not 22,200; signed the same day.

    0.4 x 22,180 + 0.3 x 22,170 + 0.3 x 22,230 = 8,872 + 6,651 + 6,669 = 22,192 -> 22,190;
    the low-carbon legs follow: 22,947.105 / 22,967.105 / 23,007.105.
    """
    agency.clock.shanghai("11:00:00")
    received = next(
        e.body
        for e in agency.ledger.entries(kinds=["submission.received/1"])
        if e.body["submission"] == "S-3"
    )
    fields = {**received["fields"], "low": "22230", "high": "22230"}
    agency.add("submission.confirmed/1", {"submission": "S-3", "fields": fields}, "P-01")
    inputs = agency.foshan_inputs()
    inputs["submissions"][2] |= {"low": "22230", "high": "22230"}
    foshan = {"low": "22170", "mid": "22190", "high": "22230"}
    low_carbon = {"low": "22947", "mid": "22967", "high": "23007"}
    made = [
        agency.determined("AL-A00-FOSHAN", foshan, "transactions", inputs),
        agency.determined("AL-LC", low_carbon, "formula", agency.low_carbon_inputs(foshan, 1)),
    ]
    decided = [agency.decide(each, revision=1) for each in made]
    at = agency.clock.now.isoformat().replace("+00:00", "Z")
    drafts = []
    for each, before in zip(decided, (FOSHAN, LOW_CARBON), strict=True):
        root = each["series"] == "AL-A00-FOSHAN"
        body = {
            **each, "published_at": at, "previous": {**before, "revision": 0},
            "reason": "F03 restated its deal", "notice": "N-2025-12-30-01",
            "cause": "contributor_error" if root else "cascade",
            "cascade_of": None if root else "AL-A00-FOSHAN 2025-12-30",
        }  # fmt: skip
        drafts.append(Draft("price.corrected/1", "P-03", body))
    agency.ledger.append(drafts, signer=signer("P-03"))
    agency.sign()
