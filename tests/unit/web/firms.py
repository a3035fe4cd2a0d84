"""A house with firms, reports, declarations and flags in it, for the tests of their pages."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

import pytest
from litestar.testing import TestClient

from assay.desk import register_key, register_person
from assay.governance import contributors as firms
from assay.governance.integrity import declaring, pressure
from assay.governance.office import office_of
from assay.ledger import SYSTEM, Draft, make_key
from assay.ledger.book.audit import views_since
from assay.ledger.book.contributors import contributors_on
from assay.methodology import REFERENCE
from assay.web.security import COOKIE
from tests.unit.web.test_permissions import PASSWORD, application

SUBMITTERS = {"SUB-1": "F01", "SUB-3": "F03"}
FLAG = {
    "flag": "FL-0001", "detector": "late", "about": "contributor", "subjects": ["F02"],
    "series": ["AL-A00-FOSHAN"], "first": "2025-12-01", "last": "2025-12-29", "strength": "2.5",
    "sentence": "8 of 20 data of F02 in 2025-12 came after the cut-off.",
    "links": ["submission:S-001", "day:AL-A00-FOSHAN/2025-12-30", "quote:AL-A00-FOSHAN/2025-12-29/F02"],
    "thresholds": "sha256:" + "0" * 64,
}  # fmt: skip


def office(room):
    return office_of(room.ledger, REFERENCE, room.desk.calendars["CN"])


def furnish(room, folder) -> None:
    """F01 and F03 with submitters and papers; F03 under notice since 30 December; F09 applies.

    One report of A-1 (supervised by M-1), one holding of A-2, two flags (one about A-1). Then it
    is the morning of 5 January 2026: nobody took up the report, which is escalated.
    """
    here = office(room)
    compliance = room.keys["C-1"]
    for person in SUBMITTERS:
        room.keys[person] = make_key(folder, person)
        register_person(room.desk, room.keys["B-1"], person, ["submitter"], date(2025, 1, 2))
        register_key(room.desk, room.keys["B-1"], room.keys[person])
    for person, firm in SUBMITTERS.items():
        papers(here, compliance, firm, person)
    firms.notice_rectification(
        here, compliance, "F03", ["timeliness", "selective_sending"], "late on nine days"
    )
    card = {
        "contributor": "F09", "name": "Example Metals", "name_zh": "示例金属", "group": "G01",
        "classes": ["producer", "trader"], "series": ["AL-A00-FOSHAN"],
    }  # fmt: skip
    firms.apply(here, compliance, card, "asked by mail", {"name": "Ms Escalation"})
    declaring.supervise(here, compliance, "A-1", "M-1", date(2025, 12, 29))
    declaring.review(here, compliance, "A-1", ["AL-A00-FOSHAN"], "ten years in the trade")
    declaring.declare(
        here, room.keys["A-2"], "holding", series=["AL-LC"], words="shares of a smelter"
    )
    pressure.report(
        here, room.keys["A-1"], "inducement", "offered a holiday if I lift the price",
        contributor="F02", series=["AL-A00-FOSHAN"],
    )  # fmt: skip
    about_person = {**FLAG, "flag": "FL-0002", "detector": "handling", "about": "person",
                    "subjects": ["A-1"], "strength": "1.20", "links": [],
                    "sentence": "5 of 6 changes and exclusions by A-1 in 2025-12 moved the price up."}  # fmt: skip
    room.ledger.append(
        [Draft("flag.raised/1", SYSTEM, about_person), Draft("flag.raised/1", SYSTEM, FLAG)]
    )
    room.clock("2026-01-05 09:30:00")
    pressure.run_clock(here)


def papers(here, signer, firm: str, person: str) -> None:
    """A whole file: licence, checks, mandate, reference, agreement, certificate, spelling."""
    firms.file_document(
        here, signer, firm, f"licence-{firm}", "business_licence", b"licence of " + firm.encode(),
        "application/pdf", date(2025, 1, 2), date(2026, 1, 10),
    )  # fmt: skip
    for which in firms.CHECKS:
        firms.check(here, signer, firm, which, "passed", f"noted by the house about {firm}")
    firms.mandate(here, signer, firm, person, f"Chen of {firm}", [], date(2025, 12, 1))
    for which in firms.SUBMITTER_CHECKS:
        firms.check(here, signer, firm, which, "passed", "seen", submitter=person)
    firms.reference(here, signer, firm, "Another Firm", "good", f"pays {firm} on time")
    firms.agree(here, signer, firm, "by telephone, on the rules of the house")
    firms.alias(here, signer, firm, f"spelling of {firm}", date(2025, 12, 1), channel="wechat")
    firms.file_certificate(here, signer, {
        "contributor": firm, "certificate": f"CQC-{firm}", "boundary": "cradle_to_gate",
        "footprint": "3.2", "issuer": "CQC", "valid_from": "2025-06-01", "valid_until": "2026-05-31",
    })  # fmt: skip


@pytest.fixture
def door(room, tmp_path):
    """A client over a furnished house; `as_` signs somebody in, `post` adds the form's proof."""
    for number, firm in enumerate(("F01", "F02", "F03")):
        room.deal(firm, str(22150 + 10 * number))
    furnish(room, tmp_path / "keys")
    app, accounts = application(room, tmp_path / "keys")
    for person in (*SUBMITTERS, "A-2", "B-1", "M-2"):
        accounts.redeem(accounts.invite(person, "join", by="B-1"), PASSWORD)

    class Door:
        def __init__(self, client):
            self.client, self.token, self.room = client, "", room

        def as_(self, person):
            self.token = accounts.sign_in(person, PASSWORD)
            self.client.cookies.set(COOKIE, self.token)
            return self

        def get(self, path, **headers):
            return self.client.get(path, headers=headers, follow_redirects=False)

        def proof(self):
            return hmac.new(self.token.encode(), b"assay csrf", hashlib.sha256).hexdigest()

        def post(self, path, files=None, **form):
            form = {**form, "csrf": self.proof()}
            return self.client.post(path, data=form, files=files, follow_redirects=False)

        def views(self, person):
            with room.ledger.read() as connection:
                rows = views_since(connection, person=person)
            return [(each["view"], *each["about"].values()) for each in rows][::-1]

        def status(self, firm):
            with room.ledger.read() as connection:
                cards = contributors_on(connection, room.desk.today())
            return {card["contributor"]: card["status"] for card in cards}[firm]

    with TestClient(app, raise_server_exceptions=True) as client:
        yield Door(client)
