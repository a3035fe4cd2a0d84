"""The auditor's pages and the controls page, by requests, over one published morning."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import zipfile

import pytest
from litestar.testing import TestClient

from assay.ledger import Draft, make_key
from assay.ledger.book.audit import signature_of, views_since
from assay.ledger.heads import sign_head
from assay.web.security import COOKIE
from tests.unit.desk.conftest import DAY, library, room
from tests.unit.desk.morning import FOSHAN, published
from tests.unit.web.test_permissions import PASSWORD, PEOPLE, application

__all__ = ["library", "room"]
ASK = f"/audit/dossier?series={FOSHAN}&day={DAY}"


@pytest.fixture
def door(room, tmp_path):
    """A client over a published morning; `as_` signs somebody in, `post` adds the form's proof."""
    published(room)
    keys = tmp_path / "keys"
    app, accounts = application(room, keys)

    class Door:
        def __init__(self, client):
            self.client, self.token, self.keys, self.room = client, "", keys, room

        def as_(self, role):
            self.token = accounts.sign_in(PEOPLE[role], PASSWORD)
            self.client.cookies.set(COOKIE, self.token)
            return self

        def get(self, path, **headers):
            return self.client.get(path, headers=headers, follow_redirects=False)

        def post(self, path, **form):
            proof = hmac.new(self.token.encode(), b"assay csrf", hashlib.sha256).hexdigest()
            return self.client.post(path, data={**form, "csrf": proof}, follow_redirects=False)

        def views(self):
            with room.ledger.read() as connection:
                return [each["view"] for each in views_since(connection, person="U-1")]

    with TestClient(app, raise_server_exceptions=True) as client:
        yield Door(client)


def test_an_auditor_opens_a_dossier_and_computes_the_price_again(door):
    door.as_("auditor")
    text = door.get(ASK).text
    assert "22,160 – 22,200" in text
    assert "F02" in text
    assert "intact" in text
    again = door.post("/audit/reproduce", series=FOSHAN, day=str(DAY))
    assert "Computed again: equal" in again.text
    early = door.get(f"{ASK}&known_at=2025-12-30T10:14:00").text
    assert "No value was out by then." in early
    assert "22,160 – 22,200" not in early
    assert door.views() == ["dossier", "dossier", "reproduction", "dossier"]
    chinese = door.get(ASK, **{"accept-language": "zh"}).text
    assert "逐位重算" in chinese


def test_raw_evidence_is_saved_and_never_rendered(door):
    door.as_("auditor")
    name = next(iter(door.room.ledger.entries(kinds=["evidence.archived/1"])))
    archived = [
        each.body["evidence"]
        for each in door.room.ledger.entries(kinds=["evidence.archived/1"])
        if each.body["channel"] == "wechat"
    ]
    answer = door.get(f"/audit/evidence?name={archived[0]}")
    assert answer.content == b"S-001 F01 22160 100"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert door.get("/audit/evidence?name=secret").status_code == 422
    assert name.body["evidence"] not in answer.text


def test_a_sample_shows_its_seed_and_a_bundle_comes_sealed(door, tmp_path):
    door.as_("auditor")
    day = str(DAY)
    text = door.post("/audit/sample", first=day, last=day, size="2", seed="winter").text
    assert "<code>winter</code>" in text
    assert door.post("/audit/sample", first="x", last=day, size="2", seed="w").status_code == 422
    assert door.post("/audit/bundle", first=day, last=day).status_code == 422  # no key at hand
    publication = make_key(door.keys, "publication")
    body = {
        "key": publication.key, "person": "publication", "public": publication.public,
        "purpose": "publication",
    }  # fmt: skip
    door.room.ledger.append([Draft("key.registered/1", "B-1", body)])
    sign_head(door.room.ledger, publication)
    packed = door.post("/audit/bundle", first=day, last=day)
    names = zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
    assert {"manifest.json", "manifest.sig", "journal.jsonl"} <= set(names)


def test_every_other_page_of_an_auditor_is_a_look_too(door):
    door.as_("auditor")
    door.get(f"/desk?day={DAY}")
    assert door.views() == ["page"]
    door.get(f"/desk?day={DAY}", **{"hx-request": "true"})
    assert door.views() == ["page"]
    door.as_("compliance").get("/controls")
    with door.room.ledger.read() as connection:
        assert [each["view"] for each in views_since(connection, person="C-1")] == ["controls"]


def test_after_his_last_day_he_is_nobody(door):
    door.as_("auditor")
    assert door.get(ASK).status_code == 200
    door.room.clock("2026-03-31 23:59:59")
    door.as_("auditor")
    assert door.get(ASK).status_code == 200
    door.room.clock("2026-04-01 00:00:00")
    assert door.get(ASK).headers["location"].startswith("/sign-in")


def test_the_controls_are_shown_signed_and_kept(door):
    door.as_("compliance")
    text = door.get("/controls").text
    assert 'id="A4"' in text
    assert "values were approved by another person than the proposer: 3 of 3" in text
    assert "四" not in text
    assert "他人签署" in door.get("/controls", **{"accept-language": "zh"}).text
    only = door.get("/controls?only=unsigned").text
    assert 'id="Q5"' in only
    assert 'id="A4"' not in only
    assert door.post("/controls/sign", control="X1", answer="met", words="x").status_code == 422
    signed = door.post("/controls/sign", control="Q5", answer="met", words="asked them")
    assert signed.headers["location"] == "/controls#Q5"
    with door.room.ledger.read() as connection:
        assert signature_of(connection, "Q5")["person"] == "C-1"
    assert door.post("/controls/run").status_code == 303
    assert "Last kept" in door.get("/controls").text
    seq = door.room.ledger.head().seq
    entry = door.get(f"/controls/entry/{seq}").text
    assert "record.viewed/1" in entry
    assert json.dumps("C-1")[1:-1] in entry


def test_the_findings_register_is_read_and_settled_on_the_page(door):
    body = {
        "code": "submitter.not_mandated", "severity": "warning", "where": "S-001",
        "what_to_do": "ask for the mandate", "pricing_date": str(DAY),
    }  # fmt: skip
    (entry,) = door.room.ledger.append([Draft("finding.raised/1", "system", body)])
    text = door.as_("auditor").get("/controls/findings").text
    assert "ask for the mandate" in text
    assert "/controls/settle" not in text
    assert door.post("/controls/settle", finding=str(entry.seq)).status_code == 403
    assert "Findings register" in door.as_("compliance").get("/controls").text
    assert door.post("/controls/settle", finding="x", how="done", words="w").status_code == 422
    assert "发现登记册" in door.get("/controls/findings", **{"accept-language": "zh"}).text
    assert "ask for the mandate" in door.get(f"/controls/findings?day={DAY}&settled=true").text
    assert "ask for the mandate" not in door.get("/controls/findings?day=2025-12-29").text
