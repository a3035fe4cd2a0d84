"""Staff pages of changes, complaints and letters: who sees what, what is refused, what goes out."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from dataclasses import replace
from datetime import date

import pytest
from argon2 import PasswordHasher
from litestar.testing import TestClient

from assay import desk as acts
from assay.governance import contributors as firms
from assay.governance.accounts import Accounts, load_roles
from assay.governance.changes import Changes
from assay.governance.complaints import Complaints
from assay.governance.office import office_of
from assay.ledger import make_key
from assay.ledger.book.letters import letters_of
from assay.methodology import METHODOLOGIES, REFERENCE, load_reference
from assay.web import House, build
from assay.web.rooms import CONTROLLERS
from assay.web.security import COOKIE
from tests.unit.desk.conftest import FAMILIES, library, room

__all__ = ["library", "room"]
PASSWORD = "a long enough password"
ROLES = load_roles(REFERENCE)
TEXT = (METHODOLOGIES / "al-a00" / "2021-12-27.toml").read_text("utf-8")
NEW = (
    TEXT.replace("effective = 2021-12-27", "effective = 2026-02-03")
    .replace("version = 1", "version = 2")
    .replace("percent = 8", "percent = 9")
    .encode()
)
CHANGE, COMPLAINT = "MC-2025-001", "CP-2025-001"


@pytest.fixture
def house(room, tmp_path):
    folder = tmp_path / "methodologies"
    for family in FAMILIES:
        shutil.copytree(METHODOLOGIES / family, folder / family)
    desk = replace(room.desk, documents=folder)
    acts.register_person(room.desk, room.keys["B-1"], "SUB-3", ["submitter"], date(2025, 1, 2))
    room.keys["SUB-3"] = make_key(tmp_path / "keys", "SUB-3")
    accounts = Accounts(
        room.ledger, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )
    for person in ("A-1", "M-1", "C-1", "U-1", "SUB-3"):
        accounts.redeem(accounts.invite(person, "join", by="B-1"), PASSWORD)
    return House(room.ledger, desk, accounts, ROLES, tmp_path / "keys", REFERENCE, secure=False)


class Visitor:
    """Somebody at the pages, with his token in every form."""

    def __init__(self, client, house, person):
        self.client, self.token = client, house.accounts.sign_in(person, PASSWORD)

    def get(self, path, **more):
        self.client.cookies.set(COOKIE, self.token)
        return self.client.get(path, **more)

    def post(self, path, files=None, **form):
        self.client.cookies.set(COOKIE, self.token)
        csrf = hmac.new(self.token.encode(), b"assay csrf", hashlib.sha256).hexdigest()
        return self.client.post(
            path, data={"csrf": csrf, **form}, files=files, follow_redirects=False
        )


@pytest.fixture
def visitor(house):
    with TestClient(build(house, CONTROLLERS), raise_server_exceptions=True) as client:
        yield lambda person: Visitor(client, house, person)


@pytest.fixture
def changes(house, room):
    return Changes.of(room.ledger, room.desk.library, ROLES, house.desk.documents, REFERENCE)


@pytest.fixture
def proposed(changes, room):
    changes.propose(
        room.keys["M-1"], NEW, change_class="material", title="A wider cut", rationale="Why not."
    )
    return changes


def propose_form(person, raw=NEW, **more):
    form = {
        "change_class": "material",
        "title": "T",
        "rationale": "R",
        "questions": "One?\n\n Two?",
    }
    files = {"document": ("new.toml", raw, "application/toml")}
    return person.post("/changes/office", files=files, **form | more)


# ---- changes --------------------------------------------------------------------------------


def test_an_uploaded_document_is_validated_by_the_loader(visitor, changes):
    person = visitor("M-1")
    assert propose_form(person).headers["location"] == f"/changes/office/{CHANGE}"
    assert changes.known(CHANGE)["questions"] == ["One?", "Two?"]
    wrong = propose_form(
        person, NEW.replace(b'rule = "minimum_quantity"', b'rule = "minimum_luck"')
    )
    assert wrong.status_code == 422
    assert "minimum_luck" in wrong.text
    unreadable = propose_form(person, b"\xff\xfe not toml")
    assert unreadable.status_code == 422
    assert propose_form(person, b"").status_code == 422
    named = propose_form(person, rationale="Firm 3 wants it")
    assert named.status_code == 422
    assert "letter.names" in named.text
    assert "Firm 3 wants it" in named.text, "what was typed is not lost"
    assert len(changes.ledger.evidence.get(changes.known(CHANGE)["evidence"])) == len(NEW)


def test_a_proposal_is_for_the_house_only(visitor, proposed):
    for person, sees in (("M-1", True), ("C-1", True), ("U-1", True), ("A-1", False)):
        answer = visitor(person).get(f"/changes/office/{CHANGE}")
        assert answer.status_code == (200 if sees else 403), person
        assert ("A wider cut" in answer.text) is sees
    for path in (f"/changes/{CHANGE}", f"/letters/change/{CHANGE}/notice/pdf"):
        assert visitor("A-1").get(path).status_code == 422
    page = visitor("U-1").get(f"/changes/office/{CHANGE}").text
    assert "<button>" not in page.partition("<main")[2], "who only reads has no button"
    assert visitor("M-1").get("/changes/office/MC-1999-001").status_code == 422


def test_words_in_confidence_reach_who_answers_and_not_the_auditor(visitor, proposed, room):
    proposed.study(room.keys["M-1"], CHANGE)
    proposed.notice(room.keys["M-1"], CHANGE)
    proposed.comment(CHANGE, "Our secret.", name="Li Wei", confidential=True)
    for person, sees in (("M-1", True), ("C-1", True), ("U-1", False)):
        page = visitor(person).get(f"/changes/office/{CHANGE}").text
        assert ("Our secret." in page) is sees, person
        assert ("Li Wei" in page) is sees, person


def test_an_answer_said_in_confidence_is_for_staff_to_send(visitor, proposed, room):
    proposed.study(room.keys["M-1"], CHANGE)
    proposed.notice(room.keys["M-1"], CHANGE)
    proposed.comment(CHANGE, "Our secret.", contact="li@x.example", confidential=True)
    proposed.answer(room.keys["C-1"], f"{CHANGE}-V-001", "Heard.")
    path = f"/letters/comment/{CHANGE}-V-001/answer"
    assert "Heard." in visitor("M-1").get(f"{path}/html").text
    for person in ("A-1", "U-1"):
        assert visitor(person).get(f"{path}/html").status_code == 403
    assert visitor("A-1").get(f"/letters/change/{CHANGE}-V-001/answer/html").status_code == 422
    place = f"/changes/office/{CHANGE}"
    sent = visitor("M-1").post(path, channel="email", lang="zh", next=place)
    assert sent.headers["location"] == place
    assert "L-2025-001" in visitor("M-1").get(place).text


def test_who_proposed_does_not_decide_and_a_manager_may_not(visitor, proposed, room):
    proposed.study(room.keys["M-1"], CHANGE)
    proposed.notice(room.keys["M-1"], CHANGE)
    said = {"outcome": "adopted", "reason": "yes"}
    assert visitor("M-1").post(f"/changes/office/{CHANGE}/decide", **said).status_code == 403
    early = visitor("C-1").post(f"/changes/office/{CHANGE}/decide", **said)
    assert early.status_code == 422
    assert "change.comments_open" in early.text
    back = visitor("M-1").post(f"/changes/office/{CHANGE}/withdraw", reason="overtaken")
    assert back.status_code == 303
    assert proposed.known(CHANGE)["state"] == "withdrawn"


def test_a_consultation_is_opened_answered_and_closed(visitor, changes, room):
    person = visitor("C-1")
    opened = person.post(
        "/changes/office/consultation", methodology="al-a00", questions="Still right?", title=""
    )
    place = opened.headers["location"]
    name = place.rpartition("/")[2]
    again = person.post(
        "/changes/office/consultation", methodology="al-a00", questions="", title=""
    )
    assert again.status_code == 422
    changes.comment(name, "It is.")
    assert person.post(f"{place}/answer/{name}-V-001", answer="Good.").status_code == 303
    early = person.post(f"{place}/close", outcome="No change.")
    assert "change.comments_open" in early.text
    room.clock("2026-02-20 09:00:00")
    person = visitor("C-1")
    assert person.post(f"{place}/close", outcome="No change.").status_code == 303
    assert person.get(f"/letters/change/{name}/outcome/pdf?lang=zh").content.startswith(b"%PDF")


# ---- a study over a long history ------------------------------------------------------------


def study_files(known, extra=b""):
    page = f"# Impact study\n\nOld document: `{known['previous']}`. New document: `{known['document']}`.\n"
    return {
        "study.md": page.encode() + extra, "AL-A00-FOSHAN.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "desk/days.csv": b"series,firm\nAL-A00-FOSHAN,F03\n",
    }  # fmt: skip


def uploaded(files):
    return [("files", (f"study/{name}", raw, "text/plain")) for name, raw in files.items()]


def test_a_study_over_a_long_history_is_attached_and_its_desk_tables_stay(visitor, proposed, room):
    known, person = proposed.known(CHANGE), visitor("M-1")
    place = f"/changes/office/{CHANGE}"
    answer = person.post(f"{place}/attach", files=uploaded(study_files(known)), words="eight years")
    assert answer.status_code == 303, answer.text
    (study,) = proposed.known(CHANGE)["attached"]
    assert study["compared"] == [known["previous"], known["document"]]
    assert [each["name"] for each in study["desk_files"]] == ["desk/days.csv"]
    inside = f"{place}/study/{study['seq']}/days.csv"
    assert "F03" in visitor("C-1").get(inside).text
    assert visitor("A-1").get(inside).status_code == 403
    proposed.study(room.keys["M-1"], CHANGE)
    proposed.notice(room.keys["M-1"], CHANGE)
    public = visitor("A-1")
    page = public.get(f"/changes/{CHANGE}").text
    assert "-study.md" in page
    assert "days.csv" not in page
    picture = next(each for each in study["files"] if each["name"].endswith(".svg"))
    shown = public.get(f"/changes/{CHANGE}/study/{picture['evidence'][7:15]}-{picture['name']}")
    assert shown.headers["content-type"].startswith("image/svg+xml")
    assert "script-src" not in shown.headers["content-security-policy"]
    assert public.get(f"/changes/{CHANGE}/study/days.csv").status_code == 422
    assert room.ledger.check().ok


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda files: files.pop("study.md"), "change.study_empty"),
        (lambda files: files.update({"study.md": b"# of nothing"}), "change.study_other"),
        (lambda files: files.update({"run.exe": b"x"}), "change.study_file"),
        (lambda files: files.update({"study.md": files["study.md"] + b"F03 moved most"}), "letter.names"),
    ],
)  # fmt: skip
def test_a_study_of_something_else_or_with_a_name_is_refused(visitor, proposed, spoil, code):
    files = study_files(proposed.known(CHANGE))
    spoil(files)
    answer = visitor("M-1").post(
        f"/changes/office/{CHANGE}/attach", files=uploaded(files), words="eight years"
    )
    assert answer.status_code == 422
    assert code in answer.text
    assert proposed.known(CHANGE)["attached"] == []


# ---- complaints -----------------------------------------------------------------------------


@pytest.fixture
def complaints(house, room):
    found = Complaints.of(room.ledger, room.desk.library, ROLES, REFERENCE)
    found.receive("Too wide.", "application", name="Zhang San", contact="z@x.example")
    return found


def test_a_complaint_page_has_its_timetable_and_hides_its_words_from_the_auditor(
    visitor, complaints
):
    for person, sees in (("C-1", True), ("U-1", False)):
        page = visitor(person).get(f"/complaints/queue/{COMPLAINT}").text
        assert ("Too wide." in page) is sees
        assert ("Zhang San" in page) is sees
        for day in ("2025-12-30", "2026-01-06", "2026-06-30"):
            assert day in page
        assert ('<form class="say"' in page) is sees
    assert visitor("M-1").get(f"/complaints/queue/{COMPLAINT}").status_code == 403
    assert visitor("C-1").get("/complaints/queue/CP-1999-001").status_code == 422


def test_a_refused_act_on_a_complaint_is_shown_on_its_page(visitor, complaints):
    person, place = visitor("C-1"), f"/complaints/queue/{COMPLAINT}"
    assert "complaint.state" in person.post(f"{place}/assign", handler="C-1").text
    assert person.post(f"{place}/acknowledge", about="The range", lang="zh").status_code == 303
    assert "permission.missing" in person.post(f"{place}/assign", handler="A-1").text
    assert person.post(f"{place}/assign", handler="C-1").status_code == 303
    assert "complaint.day" in person.post(f"{place}/extend", until="", reason="x").text
    assert "day.unreadable" in person.post(f"{place}/extend", until="soon", reason="x").text
    assert (
        "complaint.extension" in person.post(f"{place}/extend", until="2026-01-05", reason="x").text
    )
    assert "complaint.outcome" in person.post(f"{place}/decide", outcome="maybe", reasons="x").text
    assert "complaint.correction" in person.post(
        f"{place}/decide", outcome="upheld", reasons="x", correction="AL-A00-FOSHAN 2025-12-30 r1"
    ).text  # fmt: skip
    odd = person.post(
        "/complaints/queue", channel="pigeon", category="application", text="x", contact="y"
    )
    assert "complaint.channel" in odd.text
    for act in ("acknowledge", "assign", "extend", "decide", "appeal", "appeal-decided"):
        assert visitor("U-1").post(f"{place}/{act}").status_code == 403


# ---- letters --------------------------------------------------------------------------------


@pytest.fixture
def rectified(house, room):
    office = office_of(room.ledger, REFERENCE, load_reference(REFERENCE).calendars["CN"])
    key = room.keys["C-1"]
    firms.mandate(office, key, "F03", "SUB-3", "Chen An", [], date(2025, 1, 2))
    firms.notice_rectification(office, key, "F03", ["timeliness"], "Late on nine days.")
    firms.notice_rectification(office, key, "F04", ["timeliness"], "Late too.")
    return office


def test_a_firm_reads_its_own_notice_and_no_other(visitor, rectified):
    own = visitor("SUB-3")
    page = own.get("/letters/own/rectification/html?lang=en").text
    assert "Late on nine days." in page
    assert own.get("/letters/own/termination/html").status_code == 422
    assert "/letters/own/rectification/pdf" in own.get("/portal/file").text
    assert (
        "/letters/contributor/F04/rectification/pdf" in visitor("C-1").get("/contributors/F04").text
    )
    for firm in ("F03", "F04"):
        assert own.get(f"/letters/contributor/{firm}/rectification/html").status_code == 403
    staff = visitor("C-1")
    assert "Late too." in staff.get("/letters/contributor/F04/rectification/html").text
    answer = staff.get(
        "/letters/contributor/F04/rectification/pdf", headers={"accept-language": "zh"}
    )
    assert answer.headers["content-type"] == "application/pdf"
    assert staff.get("/letters/contributor/F04/rectification/docx").status_code == 422
    assert staff.get("/letters/contributor/F04/praise/pdf").status_code == 422


def test_that_a_letter_went_out_is_recorded_by_who_may(visitor, rectified, complaints, room):
    said = {"channel": "email", "lang": "zh", "next": "/letters"}
    path = "/letters/contributor/F03/rectification"
    for person in ("A-1", "U-1", "SUB-3"):
        assert visitor(person).post(path, **said).status_code == 403
    staff = visitor("C-1")
    assert staff.post(path, **said).headers["location"] == "/letters"
    assert (
        staff.post(path, **said | {"next": "https://elsewhere.example"}).headers["location"] == "/"
    )
    complaints.acknowledge(room.keys["C-1"], COMPLAINT, "The range")
    assert staff.post(f"/letters/complaint/{COMPLAINT}/acknowledgement", **said).status_code == 303
    with room.ledger.read() as connection:
        rows = letters_of(connection)
    assert [each["what"] for each in rows] == ["rectification", "rectification", "acknowledgement"]
    page = visitor("U-1").get("/letters").text
    assert "L-2025-003" in page
    kept = rows[0]["files"][2]
    assert kept["digest"] in page
    again = visitor("U-1").get(f"/letters/sent/L-2025-001/{kept['name']}").content
    assert "sha256:" + hashlib.sha256(again).hexdigest() == kept["digest"]
    assert visitor("U-1").get("/letters/sent/L-2025-001/other.pdf").status_code == 422
    assert visitor("M-1").get("/letters").status_code == 403


def test_a_letter_as_a_page_runs_nothing(visitor, rectified):
    answer = visitor("C-1").get("/letters/contributor/F03/rectification/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script" not in answer.headers["content-security-policy"]
    odd = visitor("A-1").get("/letters/correction/AL-A00-FOSHAN/yesterday/1/pdf")
    assert odd.status_code == 422
    public = visitor("A-1").get("/letters/procedure/html?lang=zh").text
    assert "投诉处理程序" in public
    none = visitor("A-1").get("/letters/correction/AL-A00-FOSHAN/2025-12-30/1/pdf")
    assert "letter.none" in none.text
