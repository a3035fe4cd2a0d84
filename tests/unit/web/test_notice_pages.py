"""The public pages: what everybody reads, what a form records, what nobody sees."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from dataclasses import replace

import pytest
from litestar.testing import TestClient

from assay.governance.accounts import Accounts, load_roles
from assay.governance.changes import Changes
from assay.governance.complaints import Complaints
from assay.methodology import METHODOLOGIES, REFERENCE
from assay.web import House, build
from assay.web.notice_pages import noticed_change
from assay.web.rooms import CONTROLLERS
from assay.web.security import COOKIE
from tests.unit.desk.conftest import FAMILIES, library, room

__all__ = ["library", "room"]
TEXT = (METHODOLOGIES / "al-a00" / "2021-12-27.toml").read_text("utf-8")
NEW = (
    TEXT.replace("effective = 2021-12-27", "effective = 2026-02-03")
    .replace("version = 1", "version = 2")
    .replace("percent = 8", "percent = 9")
    .encode()
)
ROLES = load_roles(REFERENCE)


@pytest.fixture
def house(room, tmp_path):
    folder = tmp_path / "methodologies"
    for family in FAMILIES:
        shutil.copytree(METHODOLOGIES / family, folder / family)
    desk = replace(room.desk, documents=folder)
    accounts = Accounts(room.ledger)
    return House(room.ledger, desk, accounts, ROLES, tmp_path / "keys", REFERENCE, secure=False)


@pytest.fixture
def client(house):
    with TestClient(build(house, CONTROLLERS), raise_server_exceptions=True) as client:
        yield client


@pytest.fixture
def change(house, room):
    changes = Changes.of(room.ledger, room.desk.library, ROLES, house.desk.documents, REFERENCE)
    (entry,) = changes.propose(
        room.keys["M-1"], NEW, change_class="material", title="A wider cut",
        rationale="Eight percent cut too much <b>off</b>.", questions=["Is nine enough?"],
    )  # fmt: skip
    name = entry.body["change"]
    changes.study(room.keys["M-1"], name)
    return changes, name


def test_the_reader_shows_dates_on_top_and_every_clause(client):
    page = client.get("/methodology/al-a00").text
    assert "2025-06-16" in page
    assert "2026-06-15" in page
    assert page.index("2026-06-15") < page.index('id="clause-3.3"')
    assert "A00铝锭" in client.get("/methodology/al-a00", headers={"accept-language": "zh"}).text
    assert client.get("/methodology/no-such").status_code == 422
    assert client.get("/methodology/al-a00?version=sha256:0").status_code == 422


def test_a_page_says_its_encoding_once(client):
    assert client.get("/methodology").headers["content-type"] == "text/html; charset=utf-8"


def test_a_proposal_is_not_public_before_its_notice(client, change, room):
    changes, name = change
    assert client.get(f"/changes/{name}").status_code == 422
    assert name not in client.get("/methodology").text
    changes.notice(room.keys["M-1"], name)
    page = client.get(f"/changes/{name}").text
    assert "<del>" in page
    assert "2026-01-27" in page
    assert "Is nine enough?" in page
    assert "&lt;b&gt;off" in page
    # Both versions can be read and set side by side; the old one makes the price.
    both = client.get("/methodology/al-a00").text
    assert both.count('class="hash"') == 2
    differing = client.get("/methodology/al-a00/differences").text
    assert "<ins>" in differing
    assert noticed_change(changes, name)["clock"]["left"] == 35


def test_a_notice_is_a_page_a_text_and_a_pdf(client, change, room):
    changes, name = change
    changes.notice(room.keys["M-1"], name)
    assert client.get(f"/changes/{name}/notice/pdf").content.startswith(b"%PDF")
    assert "28 calendar days" in client.get(f"/changes/{name}/notice/md").text
    assert "<h1" in client.get(f"/changes/{name}/notice/html").text
    assert client.get(f"/changes/{name}/notice/doc").status_code == 422
    assert "Impact study" in client.get(f"/changes/{name}/study/study.md").text


def test_a_comment_is_public_only_when_asked_for_and_never_with_a_name(client, change, room):
    changes, name = change
    changes.notice(room.keys["M-1"], name)
    said = {"text": "Nine is right.", "name": "Li Wei", "visibility": "public"}
    answer = client.post(f"/changes/{name}/comment", data=said, follow_redirects=True)
    assert f"{name}-V-001" in answer.text
    client.post(f"/changes/{name}/comment", data={"text": "Our secret.", "name": "Wang"})
    page = client.get(f"/changes/{name}").text
    assert "Nine is right." in page
    assert "Li Wei" not in page
    assert "Our secret." not in page
    assert client.post(f"/changes/{name}/comment", data={"text": " "}).status_code == 422


def test_a_complaint_comes_in_and_is_not_shown_before_it_was_acknowledged(client, house, room):
    form = {
        "category": "application",
        "text": "Too wide.",
        "name": "Zhang",
        "contact": "z@x.example",
    }
    answer = client.post("/complaints", data=form, follow_redirects=True)
    assert "CP-2025-001" in answer.text
    assert "Too wide." not in answer.text
    complaints = Complaints.of(room.ledger, room.desk.library, ROLES, REFERENCE)
    complaints.acknowledge(room.keys["C-1"], "CP-2025-001", "The range of Foshan")
    page = client.get("/complaints").text
    assert "The range of Foshan" in page
    assert "Zhang" not in page
    wrong = client.post("/complaints", data=form | {"day": "30.12."})
    assert wrong.status_code == 422


def test_only_who_handles_complaints_reads_their_words(client, house, room):
    form = {
        "category": "application",
        "text": "Too wide.",
        "name": "Zhang",
        "contact": "z@x.example",
    }
    client.post("/complaints", data=form)
    for person, sees in (("C-1", True), ("U-1", False)):
        token = house.accounts.invite(person, "join", by="B-1")
        house.accounts.redeem(token, "a long enough password")
        client.cookies.set(COOKIE, house.accounts.sign_in(person, "a long enough password"))
        assert client.get("/complaints/queue").status_code == 200
        page = client.get("/complaints/queue/CP-2025-001")
        assert page.status_code == 200
        assert ("Too wide." in page.text) is sees
    # A form of another session is refused also on an open page.
    token = client.cookies.get(COOKIE)
    proof = hmac.new(token.encode(), b"assay csrf", hashlib.sha256).hexdigest()
    assert client.post("/complaints", data=form).status_code == 403
    assert client.post("/complaints", data=form | {"csrf": proof}).status_code == 200


def test_the_register_of_corrections_opens_without_any(client):
    page = client.get("/corrections").text
    assert "Nothing was corrected." in page
