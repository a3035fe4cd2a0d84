"""Intake: archived first, offered with spans, personal words kept out of the journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assay.collection.channels import PhraseTables
from assay.collection.intake import Intake, Sent
from assay.collection.notes import PhoneNote
from assay.collection.register import Registry
from assay.core import Refused
from assay.ledger import Draft, Ledger
from assay.ledger.book.readings import reading_of
from assay.ledger.book.submissions import submissions_of

ROOT = Path(__file__).parents[3]
NOW = datetime(2025, 12, 30, 2, 0, tzinfo=UTC)
DAY = date(2025, 12, 30)


class _Clock:
    simulated = False

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=10)
        return self.now


def firm(
    code: str, name: str, *aliases: tuple[str, str | None], status: str = "active"
) -> list[Draft]:
    since = "2025-01-01"
    drafts = [
        Draft("contributor.registered/1", "system", {
            "contributor": code, "name": name, "group": f"G-{code}", "classes": ["trader"],
            "series": ["AL-A00-FOSHAN"], "since": since,
        }),
        Draft("contributor.status_set/1", "system", {
            "contributor": code, "status": status, "since": since, "reason": "agreement",
        }),
        Draft("submitter.mandated/1", "system", {
            "contributor": code, "submitter": f"S-{code}", "person": "vault:x",
            "series": ["AL-A00-FOSHAN"], "since": since,
        }),
    ]  # fmt: skip
    for alias, channel in aliases:
        body = {"contributor": code, "alias": alias, "since": since, "channel": channel}
        drafts.append(Draft("contributor.alias_added/1", "system", body))
    return drafts


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.create(tmp_path / "home", _Clock(), agency="test")
    ledger.append([
        *firm("F01", "Northwater Metals", ("quotes@northwater.example", "email"), ("北水-李", "wechat")),
        *firm("F02", "Southhill Trading", ("desk@southhill.example", "email"), ("南岭(80010002)", "qq")),
        *firm("F03", "Eastbank Alloys", ("east", "wechat"), status="rectification"),
    ])  # fmt: skip
    yield ledger
    ledger.close()


@pytest.fixture
def intake(ledger: Ledger) -> Intake:
    return Intake(ledger, PhraseTables.load(ROOT / "reference" / "phrases"))


def mail(body: str, sender: str = "quotes@northwater.example", extra: str = "") -> bytes:
    return (
        f"From: Li Ming <{sender}>\nTo: desk@agency.example\nSubject: quote\n"
        f"Date: Tue, 30 Dec 2025 09:42:31 +0800\n{extra}"
        f"Content-Type: text/plain; charset=utf-8\n\n{body}\n"
    ).encode()


def rows(ledger: Ledger) -> list[dict[str, Any]]:
    with ledger.read() as connection:
        return submissions_of(connection, DAY)


def test_a_mail_becomes_an_offered_submission_of_its_firm(ledger: Ledger, intake: Intake) -> None:
    content = mail("A00佛山 22180-22200 现货 成交200吨 自提 电汇")
    taken = intake.take(content, "email", NOW, Sent(name="1.eml"))
    kinds = [entry.kind for entry in taken.entries]
    assert kinds == ["evidence.archived/1", "submission.received/1", "evidence.read/1"]
    assert ledger.evidence.get(taken.evidence) == content
    (row,) = rows(ledger)
    assert (row["state"], row["contributor"], row["series"]) == ("offered", "F01", "AL-A00-FOSHAN")
    assert row["fields"]["submitter"] == "S-F01"
    assert row["fields"]["pricing_date"] == "2025-12-30"
    assert row["missing"] == []
    assert row["spans"]["low"] == [
        {
            "start": 6, "end": 17, "text": "22180-22200", "certain": True, "certainty": "stated",
            "where": "1.eml, body",
        }
    ]  # fmt: skip
    assert row["spans"]["unit"][0]["certainty"] == "conventional"


def test_names_and_addresses_stay_out_of_the_journal(ledger: Ledger, intake: Intake) -> None:
    intake.take(mail("A00佛山 报22180元/吨 100吨", sender="li@elsewhere.example"), "email", NOW)
    said = "".join(str(entry.body) for entry in ledger.entries())
    assert "elsewhere" not in said
    assert "Li Ming" not in said
    (row,) = rows(ledger)
    assert row["contributor"] is None
    assert "contributor" in row["missing"]
    record = ledger.recall(row["fields"]["submitter"])
    assert record == {"channel": "email", "sender": "li@elsewhere.example", "name": "Li Ming"}


def test_findings_in_the_journal_do_not_quote_the_message(ledger: Ledger, intake: Intake) -> None:
    intake.take(mail("王经理 A00佛山 报22.18元/kg 100吨"), "email", NOW)
    (row,) = rows(ledger)
    assert [each["code"] for each in row["findings"]] == ["quote.unit_differs"]
    assert "王经理" not in str(row["findings"])


def test_a_resembling_sender_is_a_finding_and_no_match(ledger: Ledger, intake: Intake) -> None:
    intake.take(mail("A00佛山 报22180元/吨 100吨", sender="quote@northwater.example"), "email", NOW)
    (row,) = rows(ledger)
    assert row["contributor"] is None
    (finding,) = row["findings"]
    assert finding["code"] == "contributor.resembles"
    assert "F01" in finding["what_to_do"]


def test_refused_evidence_is_archived_with_its_finding(ledger: Ledger, intake: Intake) -> None:
    taken = intake.take(b"PK\x03\x04 not a zip", "workbook", NOW, Sent(name="q.xlsx"))
    assert taken.submissions == ()
    assert ledger.evidence.get(taken.evidence).startswith(b"PK")
    with ledger.read() as connection:
        reading = reading_of(connection, taken.evidence)
    assert reading is not None
    assert [each["code"] for each in reading["findings"]] == ["workbook.broken"]


def test_the_same_evidence_is_not_read_twice(ledger: Ledger, intake: Intake) -> None:
    content = mail("A00佛山 报22180元/吨 100吨")
    intake.take(content, "email", NOW)
    again = intake.take(content, "email", NOW)
    assert [finding.code for finding in again.findings] == ["evidence.known"]
    assert len(rows(ledger)) == 1


def test_a_twin_export_repeats_nothing(ledger: Ledger, intake: Intake) -> None:
    chat = "2025-12-30 09:44:09 北水-李\nA00佛山 成交22170元/吨 150吨 现货 自提 现款\n\n"
    intake.take(chat.encode(), "wechat", NOW)
    twin = intake.take(b"\xef\xbb\xbf" + chat.encode(), "wechat", NOW)
    assert twin.skipped == 1
    (row,) = rows(ledger)
    assert row["contributor"] == "F01"
    assert row["received_at"] == datetime(2025, 12, 30, 1, 44, 9, tzinfo=UTC)


def test_qq_aliases_carry_name_and_number(ledger: Ledger, intake: Intake) -> None:
    chat = "2025-12-30 9:44:09 南岭(80010002)\nA00佛山 成交22170元/吨 150吨 现货 自提 现款\n"
    intake.take(chat.encode(), "qq", NOW)
    assert [row["contributor"] for row in rows(ledger)] == ["F02"]


def test_a_firm_out_of_the_list_is_said(ledger: Ledger, intake: Intake) -> None:
    chat = "2025-12-30 09:44:09 east\nA00佛山 报22170元/吨 150吨\n"
    intake.take(chat.encode(), "wechat", NOW)
    (row,) = rows(ledger)
    assert "contributor.not_active" in {each["code"] for each in row["findings"]}


def test_replacement_names_what_it_replaces(ledger: Ledger, intake: Intake) -> None:
    chat = (
        "2025-12-30 09:44:09 北水-李\nA00佛山 报22170元/吨 150吨\n"
        "2025-12-30 09:50:09 北水-李\n改价 A00佛山 报22180元/吨 150吨\n"
    )
    first, second = intake.take(chat.encode(), "wechat", NOW).submissions
    assert {row["submission"]: row["replaces"] for row in rows(ledger)} == {
        first: None, second: first,
    }  # fmt: skip


def test_a_withdrawal_is_asked_and_done_by_a_person(ledger: Ledger, intake: Intake) -> None:
    chat = (
        "2025-12-30 09:44:09 北水-李\nA00佛山 报22170元/吨 150吨\n"
        "2025-12-30 09:50:09 北水-李\n刚才的报价作废\n"
    )
    first, _ = intake.take(chat.encode(), "wechat", NOW).submissions
    kept, asked = rows(ledger)
    assert kept["state"] == "offered"
    (finding,) = [
        each for each in asked["findings"] if each["code"] == "submission.withdrawal_asked"
    ]
    assert first in finding["what_to_do"]


def test_a_time_ahead_of_us_does_not_count(ledger: Ledger, intake: Intake) -> None:
    chat = "2025-12-30 23:44:09 北水-李\nA00佛山 报22170元/吨 150吨\n"
    intake.take(chat.encode(), "wechat", NOW)
    (row,) = rows(ledger)
    assert row["received_at"] == NOW
    assert "message.from_the_future" in {each["code"] for each in row["findings"]}


def test_an_undated_chat_message_has_no_pricing_date(ledger: Ledger, intake: Intake) -> None:
    taken = intake.take(
        "12/11/2025, 09:58 - 北水-李: A00佛山 报22170元/吨 150吨\n".encode(), "wechat", NOW
    )
    (body,) = [each.body for each in taken.entries if each.kind == "submission.received/1"]
    assert body["fields"]["pricing_date"] is None
    assert "pricing_date" in body["missing"]


def test_phone_note_and_portal(ledger: Ledger, intake: Intake) -> None:
    note = PhoneNote(
        called_at=NOW - timedelta(minutes=10), analyst="P-01", contributor="F01",
        text="A00佛山 成交22180元/吨 100吨 自提 电汇",
    )  # fmt: skip
    taken = intake.take_phone(note, NOW)
    assert ledger.evidence.get(taken.evidence) == note.evidence()
    call = b'{"instrument":"AL-A00-FOSHAN","kind":"bid","side":"buy","price_low":"22160","price_high":"22160","quantity_t":"100","unit":"CNY/t"}'
    intake.take(call, "portal", NOW, Sent(contributor="F02", submitter="S-F02"))
    assert [(row["channel"], row["contributor"], row["missing"]) for row in rows(ledger)] == [
        ("phone", "F01", []),
        ("portal", "F02", []),
    ]


def test_attachments_are_evidence_of_their_own(ledger: Ledger, intake: Intake) -> None:
    content = (
        b"From: x <quotes@northwater.example>\nDate: Tue, 30 Dec 2025 09:42:31 +0800\n"
        b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n'
        b"Content-Type: text/plain\n\nsee file\n--b\n"
        b'Content-Type: text/csv; name="q.csv"\nContent-Disposition: attachment; filename="q.csv"\n\n'
        b"grade,place,kind,price,unit,quantity,side\nA00,Foshan,bid,22160,yuan/mt,100,buy\n--b--\n"
    )
    taken = intake.take(content, "email", NOW, Sent(name="2.eml"))
    parts = [each.body for each in taken.entries if each.kind == "evidence.archived/1"]
    assert [part["part_of"] for part in parts] == [None, taken.evidence]
    (row,) = rows(ledger)
    assert (row["contributor"], row["fields"]["low"], row["spans"]["low"][0]["where"]) == (
        "F01", "22160", "2.eml, part 1, q.csv!D2",
    )  # fmt: skip


def test_maildir_and_mbox(ledger: Ledger, intake: Intake, tmp_path: Path) -> None:
    new = tmp_path / "box" / "new"
    new.mkdir(parents=True)
    (new / "a").write_bytes(mail("A00佛山 报22180元/吨 100吨"))
    (new / "b").write_bytes(mail("A00佛山 收22160元/吨 100吨"))
    taken = intake.take_mails(tmp_path / "box", NOW)
    assert [len(each.submissions) for each in taken] == [1, 1]
    mbox = tmp_path / "old.mbox"
    mbox.write_bytes(b"From x@y Tue Dec 30 09:00:00 2025\n" + mail("A00佛山 收22150元/吨 100吨"))
    assert [len(each.submissions) for each in intake.take_mails(mbox, NOW)] == [1]


def test_unknown_channels_are_refused(intake: Intake) -> None:
    with pytest.raises(Refused, match="allowed: email"):
        intake.take(b"", "pigeon", NOW)


def test_an_alias_of_two_firms_is_ambiguous() -> None:
    cards = [
        {
            "contributor": code, "name": code, "name_zh": None, "status": "active",
            "aliases": [{"alias": "twin", "channel": None}], "submitters": [],
        }
        for code in ("F01", "F02")
    ]  # fmt: skip
    match = Registry.of(cards, DAY).find(["Twin"], "wechat", "row 1")
    assert match.contributor is None
    assert [finding.code for finding in match.findings] == ["contributor.ambiguous"]


class _Mailbox:
    """Two mails; the second arrived before the cut-off and is fetched after it."""

    def uid(self, command: str, *args: str) -> tuple[str, list[object]]:
        if command == "SEARCH":
            return "OK", [b"3 5"]
        head = f'1 (UID {args[0]} INTERNALDATE "30-Dec-2025 09:50:00 +0800" BODY[] {{9}}'.encode()
        return "OK", [(head, mail(f"A00佛山 报2218{args[0]}元/吨 100吨")), b")"]


def test_an_imap_folder_is_taken_from_where_it_was_left(ledger: Ledger, intake: Intake) -> None:
    last, taken = intake.take_imap(_Mailbox(), 3, NOW + timedelta(hours=1))
    assert (last, len(taken)) == (5, 1)
    (row,) = rows(ledger)
    assert row["fields"]["low"] == "22185"
    assert row["received_at"] == datetime(2025, 12, 30, 1, 50, tzinfo=UTC)


def test_the_name_of_an_exported_chat_is_not_kept(
    ledger: Ledger, intake: Intake, tmp_path: Path
) -> None:
    export = tmp_path / "与王经理的聊天.txt"
    export.write_text("2025-12-30 09:44:09 北水-李\nA00佛山 报22170元/吨 150吨\n", "utf-8")
    intake.take(export, "wechat", NOW)
    assert "王经理" not in "".join(str(entry.body) for entry in ledger.entries())


def test_a_mandate_for_other_series_does_not_count(ledger: Ledger, intake: Intake) -> None:
    intake.take(mail("ADC12 报22300元/吨 100吨"), "email", NOW)
    (row,) = rows(ledger)
    (finding,) = row["findings"]
    assert finding["code"] == "submitter.no_mandate"
    assert "for ADC12" in finding["what_to_do"]
    assert str(row["fields"]["submitter"]).startswith("vault:")
