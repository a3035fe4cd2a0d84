"""The public pages in a browser: readable by axe's rules, in both languages, on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from assay.governance.accounts import load_roles
from assay.governance.changes import PROPOSE, Changes, subject_letter
from assay.governance.complaints import Complaints
from assay.governance.letters import load_letter_words, send
from assay.methodology import METHODOLOGIES, REFERENCE
from tests.browser.conftest import PASSWORD
from tests.browser.test_accessible import LOOKS, RULES

PAGES = ["/methodology", "/methodology/al-a00", "/methodology/al-a00/differences", "/changes/MC-2025-001",
         "/corrections", "/complaints", "/complaints/queue", "/complaints/queue/CP-2025-001",
         "/changes/office", "/changes/office/MC-2025-001", "/changes/office/MC-2025-002", "/letters",
         "/letters/change/MC-2025-001/notice/html"]  # fmt: skip
NEW = (
    (METHODOLOGIES / "al-a00" / "2021-12-27.toml").read_text("utf-8")
    .replace("effective = 2021-12-27", "effective = 2026-02-03")
    .replace("version = 1", "version = 2")
    .replace("percent = 8", "percent = 9")
    .encode()
)  # fmt: skip


@pytest.fixture
def noticed(served):
    """A noticed change with a comment and a complaint."""
    room = served.room
    served.accounts.redeem(served.accounts.invite("C-1", "join", by="B-1"), PASSWORD)
    changes = Changes.of(
        room.ledger, room.desk.library, load_roles(REFERENCE), METHODOLOGIES, REFERENCE
    )
    changes.propose(
        room.keys["M-1"], NEW, change_class="material", title="A wider cut", rationale="Why not.",
        questions=["Is nine enough?"],
    )  # fmt: skip
    changes.study(room.keys["M-1"], "MC-2025-001")
    changes.notice(room.keys["M-1"], "MC-2025-001")
    changes.comment("MC-2025-001", "It is.")
    changes.comment("MC-2025-001", "It is not.", name="Li Wei", confidential=True)
    changes.propose(
        room.keys["M-1"], NEW.replace(b"2026-02-03", b"2026-01-15"), change_class="material",
        title="Too soon", rationale="Haste.",
    )  # fmt: skip
    complaints = Complaints.of(room.ledger, room.desk.library, load_roles(REFERENCE), REFERENCE)
    complaints.receive("Too wide.", "application", name="Zhang", contact="z@x.example")
    complaints.acknowledge(room.keys["C-1"], "CP-2025-001", "The range")
    words = load_letter_words(REFERENCE)
    letter = subject_letter(changes, words, "MC-2025-001", "notice", "zh")
    send(
        room.ledger, load_roles(REFERENCE), room.keys["M-1"], PROPOSE, letter, what="notice",
        subject="MC-2025-001", channel="email", zone="Asia/Shanghai",
    )  # fmt: skip
    return served


@pytest.mark.parametrize("look", LOOKS)
def test_public_pages_meet_wcag(noticed, somebody, look):
    person = somebody("C-1", **LOOKS[look])
    found = []
    for path in PAGES:
        page = person.go(path)
        violations = Axe().run(page, options=RULES).response["violations"]
        found += [
            (path, each["id"], [node["html"][:120] for node in each["nodes"]][:3])
            for each in violations
        ]
    assert found == []


def test_a_phone_never_scrolls_the_page_sideways(noticed, somebody):
    person = somebody("C-1", viewport={"width": 360, "height": 740})
    wide = [
        path
        for path in PAGES
        if person.go(path).evaluate("document.documentElement.scrollWidth") > 360
    ]
    assert wide == []


def test_a_complaint_and_a_comment_are_sent_with_the_form(noticed, somebody):
    page = somebody("C-1").go("/complaints")
    page.get_by_label("What is wrong").fill("The range was too wide.")
    page.get_by_label("How to reach you").fill("a@firm.example")
    page.get_by_role("button", name="Send").click()
    assert "CP-2025-002" in page.get_by_role("status").first.inner_text()
    page = somebody("C-1").go("/changes/MC-2025-001")
    page.get_by_label("Your comment").fill("Ten would be better.")
    page.get_by_label("public: everybody").check()
    page.get_by_role("button", name="Send").click()
    assert page.get_by_text("Ten would be better.").is_visible()
