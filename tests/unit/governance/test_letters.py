"""Letters and notices: every kind in both languages and three forms; nobody named who must not be.

Days by hand. 2025-12-30 is a Tuesday; 28 calendar days later is 2026-01-27; 30 calendar days
later is Thursday 2026-01-29. From 12-30 to 2026-02-03 are 1 + 31 + 3 = 35 days.
"""

from __future__ import annotations

import re
from datetime import date

import pytest

from assay import desk as acts
from assay.core import Refused, digest_of
from assay.governance import contributors as firms
from assay.governance.accounts import load_roles
from assay.governance.changes import (
    CHANGE_LETTERS,
    CONSULTATION_LETTERS,
    Changes,
    answer_letter,
    subject_letter,
)
from assay.governance.complaints import (
    COMPLAINT_LETTERS,
    Complaints,
    correction_letter,
    letter_to,
    procedure_paper,
)
from assay.governance.letters import (
    CHANNELS,
    FORMS,
    LANGUAGES,
    Letter,
    firms_named,
    load_letter_words,
    send,
)
from assay.governance.letters.firms import FIRM_LETTERS, firm_letter
from assay.governance.office import office_of
from assay.ledger import SYSTEM, Draft, make_key
from assay.ledger.book.letters import letters_of
from assay.methodology import METHODOLOGIES, REFERENCE, load_reference
from tests.unit.desk.conftest import DAY, library, room

__all__ = ["library", "room"]
FOSHAN = "AL-A00-FOSHAN"
WORDS = load_letter_words(REFERENCE)
ROLES = load_roles(REFERENCE)
TEXT = (METHODOLOGIES / "al-a00" / "2021-12-27.toml").read_text("utf-8")
NEW = (
    TEXT.replace("effective = 2021-12-27", "effective = 2026-02-03")
    .replace("version = 1", "version = 2")
    .replace("percent = 8", "percent = 9")
    .replace("further than 8 %", "further than 9 %")
    .replace("价8%以上", "价9%以上")
    .encode()
)


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.finding.code


@pytest.fixture
def office(room):
    return office_of(room.ledger, REFERENCE, load_reference(REFERENCE).calendars["CN"])


@pytest.fixture
def changes(room):
    return Changes.of(room.ledger, room.desk.library, ROLES, METHODOLOGIES, REFERENCE)


@pytest.fixture
def complaints(room, tmp_path):
    acts.register_person(room.desk, room.keys["B-1"], "C-2", ["compliance"], date(2025, 1, 2))
    room.keys["C-2"] = make_key(tmp_path / "keys", "C-2")
    acts.register_key(room.desk, room.keys["B-1"], room.keys["C-2"])
    return Complaints.of(room.ledger, room.desk.library, ROLES, REFERENCE)


@pytest.fixture
def noticed(changes, room):
    (entry,) = changes.propose(
        room.keys["M-1"], NEW, change_class="material", title="A wider cut", title_zh="放宽偏离界限",
        rationale="Eight percent showed too much <b>noise</b>.", rationale_zh="百分之八提示过多。",
        questions=["Is nine enough?"],
    )  # fmt: skip
    name = entry.body["change"]
    changes.study(room.keys["M-1"], name)
    changes.notice(room.keys["M-1"], name)
    return name


def all_forms(letter):
    assert isinstance(letter, Letter)
    files = letter.files("x")
    assert set(files) == {f"x.{form}" for form in FORMS}
    assert files == letter.files("x"), "the same letter, the same bytes"
    page = files["x.html"].decode()
    assert not re.search(r"(?:src|href)=|<script|@import|url\(", page), "it fetches nothing"
    assert files["x.pdf"].startswith(b"%PDF")
    return files["x.md"].decode().replace("\\", "")


# ---- to a contributor -----------------------------------------------------------------------


def test_notice_of_rectification_has_its_clock_its_clauses_and_the_way_to_answer(office, room):
    firms.notice_rectification(
        office, room.keys["C-1"], "F03", ["timeliness", "completeness"], "Late on nine days."
    )
    text = all_forms(firm_letter(office, room.desk.library, WORDS, "F03", "rectification"))
    for said in ("Firm 3 (F03)", "within 30 calendar days", "2026-01-29", "Late on nine days.",
                 "Data after the cut-off", "≥ 90 %", "al-a00 1.4", "al-a00 2.3",
                 "Data is asked for until 10:10", "How to answer"):  # fmt: skip
        assert said in text, said
    assert not re.search(r"F0[124-6]|Firm [124-6]", text)
    chinese = all_forms(firm_letter(office, room.desk.library, WORDS, "F03", "rectification", "zh"))
    for said in ("30个自然日", "2026年1月29日", "报价不及时", "各渠道数据征集至上海时间10:10"):
        assert said in chinese, said
    assert "Data is asked" not in chinese


def test_a_notice_tells_the_figure_beside_the_standard(office, room):
    """F03 sent three data, one at 10:13:30 after the cut-off of 10:13:00: 2 of 3 are 66.7 %."""
    acts.open_day(room.desk, room.keys["A-1"], DAY)
    room.clock("10:14:00")
    for number, at in enumerate(("09:50:00", "09:51:00", "10:13:30")):
        room.deal("F03", str(22160 + 10 * number), received=at)
    acts.screen(room.desk, room.keys["A-1"], DAY)
    room.clock("2025-12-31 08:00:00")
    firms.notice_rectification(office, room.keys["C-1"], "F03", ["timeliness", "manners"], "Late.")
    text = all_forms(firm_letter(office, room.desk.library, WORDS, "F03", "rectification"))
    assert "| Data after the cut-off | 66.7 % | ≥ 90 % | al-a00 1.4 |" in text
    assert "| manners | – | – | – |" in text, "a shortfall of no score stands in its own words"
    # What comes in on the day of the notice does not move its figures.
    acts.open_day(room.desk, room.keys["A-1"], date(2025, 12, 31))
    room.deal("F03", "22200", received="2025-12-31 08:30:00", pricing_date="2025-12-31")
    assert text == all_forms(firm_letter(office, room.desk.library, WORDS, "F03", "rectification"))


def test_termination_tells_which_rectification_it_follows(office, room):
    ask = (office, room.desk.library, WORDS, "F03")
    assert refusal(firm_letter, *ask, "rectification") == "letter.none"
    assert refusal(firm_letter, *ask, "termination") == "letter.none"
    assert refusal(firm_letter, *ask, "praise") == "letter.unknown"
    assert refusal(firm_letter, *ask, "termination", "de") == "letter.language"
    firms.notice_rectification(office, room.keys["C-1"], "F03", ["timeliness"], "Late.")
    room.clock("2026-01-30 09:00:00")
    firms.end_rectification(office, room.keys["C-1"], "F03", "unmet", "Still late.")
    text = all_forms(firm_letter(*ask, "termination"))
    for said in ("From 2026-01-30", "2025-12-30: the standard was not met", "Still late."):
        assert said in text, said
    firms.terminate(office, room.keys["C-1"], "F04", "It left the trade.")
    other = all_forms(firm_letter(office, room.desk.library, WORDS, "F04", "termination", "zh"))
    assert "2026年1月30日" in other
    assert "整改通知" not in other


def test_a_letter_to_one_firm_names_no_other(office, room):
    key, words = room.keys["C-1"], "It copied Firm 5 every day."
    give, end = firms.notice_rectification, firms.end_rectification
    assert refusal(give, office, key, "F03", [], words) == "letter.names"
    assert refusal(give, office, key, "F03", ["as F05"], "Late.") == "letter.names"
    give(office, key, "F03", [], "F03 was late.")  # its own name may stand there
    assert refusal(end, office, key, "F03", "refused", "F05 told us so.") == "letter.names"
    assert refusal(firms.terminate, office, key, "F04", "Firm 5 bought it.") == "letter.names"
    # A firm that came later with such a name stops the letter itself.
    room.ledger.append([Draft("contributor.registered/1", "C-1", {
        "contributor": "late", "name": "Later", "group": "G9", "classes": ["trader"],
        "series": [], "since": "2025-12-30"})])  # fmt: skip
    assert refusal(firm_letter, office, room.desk.library, WORDS, "F03", "rectification") == (
        "letter.names"
    )


def test_names_are_found_as_words_and_short_ones_left_alone(room):
    room.ledger.append([Draft("contributor.registered/1", "C-1", {
        "contributor": "ABC", "name": "Li", "name_zh": "佛山铝业", "group": "G9",
        "classes": ["trader"], "series": [], "since": "2025-01-02"}),
        Draft("contributor.alias_added/1", "C-1", {
            "contributor": "ABC", "alias": "Lianhe", "since": "2025-01-02"})])  # fmt: skip
    with room.ledger.read() as connection:
        for text, named in (("ABC", ["ABC"]), ("ABCD", []), ("xABC", []), ("Li said", []),
                            ("据佛山铝业称", ["ABC"]), ("Lianhe.", ["ABC"]), ("Lianhex", []),
                            ("F03与F04", ["F03", "F04"])):  # fmt: skip
            assert firms_named(connection, text, DAY) == named, text
        assert firms_named(connection, "ABC", DAY, but=["ABC"]) == []


# ---- to the public --------------------------------------------------------------------------


def test_a_notice_counts_down_and_shows_each_line_in_its_language(changes, noticed):
    text = all_forms(subject_letter(changes, WORDS, noticed))
    for said in ("A wider cut", "material change", "2026-01-27", "2026-02-03", "2026-01-20",
                 "Days from the notice to the effect: **35**", "<b>noise</b>", "9 %", "Is nine enough?",
                 "screening rule: against_yesterday", "How to comment"):  # fmt: skip
        assert said in text.replace("\\", ""), said
    assert "偏离" not in text
    chinese = all_forms(subject_letter(changes, WORDS, noticed, "notice", "zh"))
    for said in (
        "放宽偏离界限",
        "百分之八提示过多",
        "重大变更",
        "2026年1月27日",
        "9%以上",
        "如何提出意见",
    ):
        assert said in chinese, said
    assert "A price further" not in chinese
    assert refusal(subject_letter, changes, WORDS, noticed, "decision") == "change.state"
    assert refusal(subject_letter, changes, WORDS, noticed, "outcome") == "letter.unknown"
    assert refusal(subject_letter, changes, WORDS, noticed, "notice", "fr") == "letter.language"
    assert refusal(subject_letter, changes, WORDS, "MC-1999-001") == "change.unknown"


def test_a_force_majeure_stands_in_the_notice(changes, room):
    soon = NEW.replace(b"2026-02-03", b"2026-01-05")
    (entry,) = changes.propose(
        room.keys["M-1"], soon, change_class="emergency", title="T", rationale="R"
    )
    name = entry.body["change"]
    said = {
        "ground": "exchange_failure",
        "reason": "it is shut",
        "declared_by": "the price manager",
    }
    changes.notice(room.keys["M-1"], name, said)
    assert "SHORTER NOTICE under force majeure (failure of an exchange), declared by the price manager: it is shut" in (
        all_forms(subject_letter(changes, WORDS, name))
    )  # fmt: skip
    assert "因不可抗力（交易所破产或停运）缩短公告期" in all_forms(
        subject_letter(changes, WORDS, name, "notice", "zh")
    )


def test_a_decision_and_a_consultation_have_their_papers(changes, noticed, room):
    room.clock("2026-01-21 09:00:00")
    changes.decide(room.keys["C-1"], noticed, "rejected", "Users did not want it.")
    text = all_forms(subject_letter(changes, WORDS, noticed, "decision"))
    assert "Decision: **rejected**" in text
    assert "The version in force goes on" in text
    assert "takes effect on 2026-02-03 by itself" not in text
    entries = changes.consult(room.keys["C-1"], "al-a00", ["Does the lot still fit?"])
    name = entries[-1].body["consultation"]
    assert "Does the lot still fit?" in all_forms(subject_letter(changes, WORDS, name, "notice"))
    assert refusal(subject_letter, changes, WORDS, name, "outcome") == "consultation.open"
    room.clock("2026-03-02 09:00:00")
    changes.close(room.keys["C-1"], name, "No change.")
    chinese = all_forms(subject_letter(changes, WORDS, name, "outcome", "zh"))
    assert "2027年3月2日" in chinese
    assert "Yearly consultation" not in chinese, "a title that nobody chose is not printed"


def test_an_answer_reaches_who_commented_and_repeats_no_confidence(changes, noticed, room):
    changes.comment(noticed, "It is enough.")
    changes.comment(
        noticed, "Our secret.", name="Li Wei", contact="li@x.example", confidential=True
    )
    first, second = f"{noticed}-V-001", f"{noticed}-V-002"
    assert refusal(answer_letter, changes, WORDS, first) == "letter.none"
    for each in (first, second):
        changes.answer(room.keys["C-1"], each, "Ten would hide too much.")
    text = all_forms(answer_letter(changes, WORDS, first))
    assert "You wrote: It is enough." in text
    assert "in confidence" not in text
    secret = all_forms(answer_letter(changes, WORDS, second, "zh"))
    assert "保密意见" in secret
    assert "Ten would hide too much." in secret
    assert not re.search("Our secret|Li Wei|x.example", secret)


def test_words_that_go_out_name_no_contributor(changes, noticed, room):
    key = room.keys["C-1"]
    changes.comment(noticed, "We at Firm 2 like it.")  # users may name themselves
    assert refusal(changes.answer, key, f"{noticed}-V-001", "So does F03.") == "letter.names"
    room.clock("2026-01-21 09:00:00")
    assert refusal(changes.decide, key, noticed, "rejected", "Firm 4 asked.") == "letter.names"
    assert refusal(changes.consult, key, "al-a00", ["Is F05 right?"]) == "letter.names"
    assert refusal(
        changes.propose, room.keys["M-1"], NEW, change_class="material", title="T",
        rationale="Firm 6 wants it.",
    ) == "letter.names"  # fmt: skip


# ---- to a complainant -----------------------------------------------------------------------


@pytest.fixture
def complaint(complaints, room):
    (entry,) = complaints.receive(
        "The range was too wide.", "application", name="Zhang San", contact="zhang@firm.example",
        series=[FOSHAN],
    )  # fmt: skip
    return entry.body["complaint"]


def test_every_stage_of_a_complaint_has_its_letter(complaints, complaint, room):
    for what in COMPLAINT_LETTERS:
        assert refusal(letter_to, complaints, complaint, what) == "letter.none"
    key = room.keys["C-1"]
    complaints.acknowledge(key, complaint, "The range of Foshan")
    assert "2026-01-29" in all_forms(letter_to(complaints, complaint, "acknowledgement"))
    complaints.extend(key, complaint, date(2026, 2, 5), "an expert is asked")
    assert "an expert is asked" in all_forms(letter_to(complaints, complaint, "extension"))
    # The acknowledgement made again still says what it said, not the later day.
    again = all_forms(letter_to(complaints, complaint, "acknowledgement"))
    assert "2026-01-29" in again
    assert "2026-02-05" not in again
    complaints.assign(key, complaint, "C-2")
    complaints.decide(room.keys["C-2"], complaint, "upheld", "It was.", measures="A new rule.")
    kept = {
        each["name"]: room.ledger.evidence.get(each["evidence"])
        for each in complaints.known(complaint)["letters"]
    }
    made = letter_to(complaints, complaint, "outcome").files(f"{complaint}-outcome")
    assert made == kept, "the letter of the record, made again, is the record"
    room.clock("2026-02-10 09:00:00")
    complaints.appeal(key, complaint, "Not enough.")
    assert "独立仲裁人" in all_forms(letter_to(complaints, complaint, "appeal", "zh"))
    complaints.appeal_decided(key, complaint, "confirmed", "It was enough.")
    text = all_forms(letter_to(complaints, complaint, "appeal_outcome"))
    assert "our outcome is confirmed" in text
    assert "It was enough." in text
    for what in COMPLAINT_LETTERS:
        for language in LANGUAGES:
            letter = letter_to(complaints, complaint, what, language)
            assert not re.search("Zhang|firm.example", letter.text())


def test_the_procedure_of_complaints_says_the_clocks_of_the_rules(complaints):
    text = all_forms(procedure_paper(complaints))
    for said in ("3 working days", "within 30 days of the receipt", "6 months", "at least 5 years",
                 "| a question about a day's price | no |"):  # fmt: skip
        assert said in text, said
    chinese = all_forms(procedure_paper(complaints, "zh"))
    for said in ("3个工作日", "30个自然日", "6个月", "至少5年"):
        assert said in chinese, said


def test_a_last_day_past_the_calendar_is_said_to_be_provisional(complaints, room):
    """Six months after 2026-12-21 is 2027-06-21; 2027 is not announced."""
    room.clock("2026-12-21 09:00:00")
    (entry,) = complaints.receive("T", "application", name="", contact="z@x.example")
    complaints.acknowledge(room.keys["C-1"], entry.body["complaint"], "A line")
    chinese = all_forms(letter_to(complaints, entry.body["complaint"], "acknowledgement", "zh"))
    assert "如2027年6月21日届时为休息日" in chinese


def test_no_letter_of_a_complaint_names_firm_or_complainant(complaints, complaint, room):
    key = room.keys["C-1"]
    for words in ("F02 was right", "Zhang San is wrong", "write to zhang@firm.example"):
        assert refusal(complaints.acknowledge, key, complaint, words) == "letter.names", words
    complaints.acknowledge(key, complaint, "The range")
    complaints.assign(key, complaint, "C-2")
    assert refusal(complaints.decide, room.keys["C-2"], complaint, "upheld", "Firm 1 said so.") == (
        "letter.names"
    )


# ---- what went out --------------------------------------------------------------------------


def test_a_letter_that_went_out_is_an_entry_with_its_bytes(changes, noticed, room):
    letter = subject_letter(changes, WORDS, noticed, "notice", "zh")
    given = {
        "what": "notice", "subject": noticed, "channel": "email", "zone": "Asia/Shanghai",
    }  # fmt: skip
    put = (room.ledger, ROLES)
    entry = send(*put, room.keys["M-1"], "governance:change:propose", letter, **given)
    assert entry.body["letter"] == "L-2025-001"
    kept = {each["name"]: each for each in entry.body["files"]}[f"{noticed}-notice-zh.pdf"]
    assert kept["digest"] == digest_of(letter.pdf())
    assert room.ledger.evidence.get(kept["evidence"]) == letter.pdf()
    with room.ledger.read() as connection:
        (row,) = letters_of(connection, noticed)
        assert letters_of(connection, "MC-1999-001") == []
    assert (row["sent_by"], row["day"], row["channel"]) == ("M-1", DAY, "email")
    assert "pigeon" not in CHANNELS
    odd = given | {"channel": "pigeon"}
    assert refusal(send, *put, room.keys["M-1"], "governance:change:propose", letter, **odd) == (
        "letter.channel"
    )
    assert refusal(send, *put, room.keys["A-1"], "governance:change:propose", letter, **given) == (
        "permission.missing"
    )
    empty = entry.body | {"letter": "L-2025-002", "files": []}
    assert refusal(room.ledger.append, [Draft("letter.sent/1", SYSTEM, empty)]) == "letter.empty"
    assert room.ledger.check().ok


def test_a_correction_has_its_notice(room, complaints):
    acts.open_day(room.desk, room.keys["A-1"], DAY)
    room.clock("09:55:00")
    for firm, price, tonnes in (
        ("F01", "22160", "100"),
        ("F02", "22180", "200"),
        ("F03", "22200", "100"),
    ):
        room.deal(firm, price, tonnes)
    room.clock("10:13:30")
    acts.determine_series(room.desk, room.keys["A-1"], DAY, FOSHAN)
    (proposal,) = acts.propose(room.desk, room.keys["A-1"], DAY, FOSHAN)
    acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, proposal.body["proposal"])
    room.clock("10:15:01")
    acts.publish(room.desk, room.keys["M-1"], DAY, FOSHAN)
    ask = (room.ledger, WORDS, FOSHAN, DAY)
    assert refusal(correction_letter, *ask, "en", "Asia/Shanghai") == "letter.none"
    room.clock("11:30:00")
    room.deal("F04", "22380", "200", received="09:58:00")
    acts.correct(room.desk, room.keys["A-1"], DAY, FOSHAN, "a deal was left lying", "agency_error")
    with room.ledger.read() as connection:
        waiting = acts.live_proposal(connection, FOSHAN, DAY)
    acts.approve(room.desk, room.keys["M-1"], FOSHAN, DAY, waiting["proposal"])
    room.clock("11:45:01")
    acts.publish_correction(room.desk, room.keys["M-1"], DAY, FOSHAN)
    text = all_forms(correction_letter(*ask, "en", "Asia/Shanghai"))
    for said in ("2025-12-30 11:45:01", "2025-12-30 10:15:01", "error of ours", "| high | 22200 | 22380 |",
                 "a deal was left lying"):  # fmt: skip
        assert said in text, said
    assert not re.search(r"F04|Firm", text)
    assert "| 高价 | 22200 | 22380 |" in all_forms(
        correction_letter(*ask, "zh", "Asia/Shanghai", 1)
    )
    assert refusal(correction_letter, *ask, "zh", "Asia/Shanghai", 2) == "letter.none"


# ---- the page -------------------------------------------------------------------------------


def test_the_reference_page_has_every_letter_and_every_finding():
    root = REFERENCE.parent
    page = (root / "docs" / "reference" / "letters.md").read_text("utf-8")
    kinds = {*FIRM_LETTERS, *COMPLAINT_LETTERS, *CHANGE_LETTERS, *CONSULTATION_LETTERS, "answer"}
    assert {each for each in kinds if f"`{each}`" not in page} == set()
    raised = {
        code
        for path in (root / "src").rglob("*.py")
        for code in re.findall(r'"(letter\.[a-z_]+)"', path.read_text("utf-8"))
    }
    assert raised - {"letter.sent"} == set(re.findall(r"`(letter\.[a-z_]+)`", page))
    assert {f"`{each}`" for each in CHANNELS} - set(re.findall(r"`\w+`", page)) <= {"`email`"}
    assert f"`--sent {CHANNELS[0]}`" in page
