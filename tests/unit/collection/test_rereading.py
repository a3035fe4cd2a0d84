"""Evidence taken in as the wrong channel is read again by an act that the journal keeps."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from assay.collection.channels import PhraseTables
from assay.collection.intake import Intake, Sent
from assay.core import Refused
from assay.ledger import Draft, Ledger, make_key
from assay.ledger.book.submissions import submissions

from .test_intake import DAY, NOW, ROOT, firm
from .test_intake import ledger as ledger  # noqa: PLC0414 the fixture itself

CHAT = """Chat history with Metals group (timezone: UTC+08:00)

北水-李 2025-12-30 09:41:07
A00佛山 22180 成交200吨 现货 自提 货到付款
"""
WHY = "exported from WeChat, filed as a call by mistake"


@pytest.fixture
def analyst(ledger: Ledger, tmp_path: Path) -> Intake:
    signer = make_key(tmp_path / "keys", "P-01")
    body = {"key": signer.key, "person": "P-01", "public": signer.public, "purpose": "acts"}
    ledger.append([Draft("key.registered/1", "system", body)])
    tables = PhraseTables.load(ROOT / "reference" / "phrases")
    return Intake(ledger, tables, actor="P-01", signer=signer)


def states(ledger: Ledger) -> list[tuple[str, str, str]]:
    query = sa.select(submissions).order_by(submissions.c.seq)
    with ledger.read() as connection:
        rows: list[Any] = list(connection.execute(query).mappings())
    return [(row["submission"], row["channel"], row["state"]) for row in rows]


def test_the_wrong_channel_is_said_with_the_way_out(analyst: Intake) -> None:
    analyst.take(CHAT.encode(), "fax", NOW, Sent(typed_note="A00佛山 22180"))
    taken = analyst.take(CHAT.encode(), "wechat", NOW)
    (finding,) = taken.findings
    assert (finding.code, finding.severity.value) == ("evidence.known", "warning")
    assert "--channel wechat --again" in finding.what_to_do
    same = analyst.take(CHAT.encode(), "fax", NOW)
    assert same.findings[0].severity.value == "info"


def test_both_readings_stay_in_the_journal(ledger: Ledger, analyst: Intake) -> None:
    first = analyst.take(CHAT.encode(), "email", NOW)
    again = analyst.take(CHAT.encode(), "wechat", NOW + timedelta(minutes=30), again=WHY)
    assert [each.body["channel"] for each in ledger.entries(kinds=["evidence.read/1"])] == [
        "email",
        "wechat",
    ]
    (opened,) = ledger.entries(kinds=["evidence.reopened/1"])
    assert opened.actor == "P-01"
    assert opened.key is not None
    assert opened.body | {"read": 0} == {
        "evidence": again.evidence, "read": 0, "before": "email", "channel": "wechat", "words": WHY,
    }  # fmt: skip
    assert opened.body["read"] == first.entries[-1].seq
    (archived,) = ledger.entries(kinds=["evidence.archived/1"])
    assert archived.body["channel"] == "email"
    assert ledger.check().ok


def test_what_nobody_confirmed_gives_way_to_the_new_reading(
    ledger: Ledger, analyst: Intake
) -> None:
    text = "A00佛山 22180 成交200吨 现货 自提 货到付款"
    csv = f"series,price,quantity\nAL-A00-FOSHAN,22180,200\n# {text}\n".encode()
    (before,) = analyst.take(csv, "workbook", NOW, Sent(contributor="F01")).submissions
    assert before.endswith("-1")
    late = NOW + timedelta(hours=2)
    taken = analyst.take(
        csv, "api", late, Sent(contributor="F01"), again="it came by the interface"
    )
    (after,) = taken.submissions
    assert after == before.removesuffix("-1") + "r2-1"
    assert states(ledger) == [(before, "workbook", "discarded"), (after, "api", "offered")]
    (received, anew) = ledger.entries(kinds=["submission.received/1"])
    assert anew.body["received_at"] == received.body["received_at"], "read again makes it no later"


def test_what_was_confirmed_stays_and_is_named(ledger: Ledger, analyst: Intake) -> None:
    csv = b"series,price,quantity\nAL-A00-FOSHAN,22180,200\n"
    (name,) = analyst.take(csv, "workbook", NOW, Sent(contributor="F01")).submissions
    (received,) = ledger.entries(kinds=["submission.received/1"])
    body = {"submission": name, "fields": received.body["fields"]}
    ledger.append([Draft("submission.confirmed/1", "P-09", body)])
    taken = analyst.take(csv, "api", NOW, Sent(contributor="F01"), again="the interface")
    assert taken.submissions == (), "the same datum is not offered twice"
    said = {finding.code: finding.where for finding in taken.findings}
    assert said["evidence.confirmed_before"] == name
    assert states(ledger) == [(name, "workbook", "confirmed")]


def test_the_same_channel_and_nobody_are_refused(ledger: Ledger, analyst: Intake) -> None:
    analyst.take(CHAT.encode(), "email", NOW)
    with pytest.raises(Refused, match=r"evidence\.same_channel"):
        analyst.take(CHAT.encode(), "email", NOW, again="once more")
    clockwork = Intake(ledger, analyst.tables)
    with pytest.raises(Refused, match=r"evidence\.unsigned"):
        clockwork.take(CHAT.encode(), "wechat", NOW, again=WHY)
    assert not list(ledger.entries(kinds=["evidence.reopened/1"]))


def test_read_by_another_hand_meanwhile_it_is_read_once(
    ledger: Ledger, analyst: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Intake(ledger, analyst.tables)
    read = analyst._bodies

    def while_the_other_reads(*given: Any) -> Any:
        monkeypatch.setattr(analyst, "_bodies", read)
        other.take(CHAT.encode(), "wechat", NOW)
        return read(*given)

    monkeypatch.setattr(analyst, "_bodies", while_the_other_reads)
    taken = analyst.take(CHAT.encode(), "wechat", NOW)
    assert [finding.code for finding in taken.findings] == ["evidence.known"]
    assert len(list(ledger.entries(kinds=["submission.received/1"]))) == 1


def test_an_unknown_firm_of_a_call_is_said(ledger: Ledger, analyst: Intake) -> None:
    from assay.collection.notes import PhoneNote

    ledger.append(firm("F90", "Farwind"))
    note = PhoneNote(NOW, "P-01", "F99", "sold 200t A00 Foshan 22,180 cash self pick-up")
    taken = analyst.take_phone(note, NOW)
    finding = next(each for each in taken.findings if each.code == "contributor.unknown")
    assert finding.severity.value == "warning"
    assert "--set contributor=CODE" in finding.what_to_do
    (entry,) = ledger.entries(kinds=["submission.received/1"])
    assert entry.body["fields"]["contributor"] is None
    assert "contributor" in entry.body["missing"]
    assert entry.body["fields"]["pricing_date"] == DAY.isoformat()
