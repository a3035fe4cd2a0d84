"""Retention: five years whoever asks, then a tombstone that the check accepts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assay.core import Refused
from assay.governance.retention import due, forget_due, load_classes
from assay.ledger import SYSTEM, Draft, Ledger
from assay.ledger.kinds.submissions import Channel
from assay.ledger.retention import forget

REFERENCE = Path(__file__).parents[3] / "reference"
CLASSES = load_classes(REFERENCE)


class Now:
    def __init__(self):
        self.instant = datetime(2020, 2, 29, 2, 0, tzinfo=UTC)

    def __call__(self):
        return self.instant


@pytest.fixture
def now():
    return Now()


@pytest.fixture
def ledger(tmp_path, now):
    ledger = Ledger.create(tmp_path / "home", now, agency="Test", simulated=True)
    yield ledger
    ledger.close()


def archived(ledger, channel, raw):
    name = ledger.evidence.put(raw)
    body = {
        "evidence": name, "channel": channel, "media_type": "text/plain", "size": len(raw),
        "received_at": "2020-02-29T02:00:00Z",
    }  # fmt: skip
    ledger.append([Draft("evidence.archived/1", SYSTEM, body)])
    return name


def registered(ledger, person, until=None, name=None):
    reference = name or ledger.remember({"name": person})
    body = {
        "person": person, "roles": ["analyst"], "since": "2020-01-02", "until": until,
        "name": reference,
    }  # fmt: skip
    ledger.append([Draft("person.registered/1", SYSTEM, body)])
    return reference


def code_of(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.finding.code


def shredding(reference, store="evidence"):
    body = {"reference": reference, "store": store, "retention": "none", "reason": "in a hurry"}
    return [Draft("evidence.shredded/1", "boss", body)]


def test_every_channel_has_a_class_and_none_is_below_the_floor():
    named = {name for each in CLASSES if each.store == "evidence" for name in each.which}
    assert named == set(Channel.__args__)
    assert min(each.years for each in CLASSES) == 5


def test_the_store_refuses_earlier_forgetting_whoever_writes_the_entry(ledger, now):
    chat = archived(ledger, "wechat", b"sold 100 t at 22180")
    person = registered(ledger, "ana")
    now.instant = datetime(2025, 2, 28, 23, 59, tzinfo=UTC)
    for reference, store in ((chat, "evidence"), (person, "vault")):
        # By the act and by an entry written past it.
        assert code_of(forget, ledger, reference, actor="boss", reason="x") == "retention.too_early"
        assert code_of(ledger.append, shredding(reference, store)) == "retention.too_early"
    assert code_of(ledger.append, shredding("sha256:" + "0" * 64)) == "retention.unknown"
    assert ledger.evidence.get(chat) == b"sold 100 t at 22180"
    assert ledger.check().ok


def test_what_is_over_becomes_a_tombstone_that_the_check_accepts(ledger, now):
    chat = archived(ledger, "wechat", b"chat")
    workbook = archived(ledger, "workbook", b"workbook")
    feed = archived(ledger, "feed", b"closes")
    gone = registered(ledger, "ana", until="2020-12-31")
    stays = registered(ledger, "ben")
    # Five years from 29 February 2020 end on 1 March 2025, the rest is not over.
    now.instant = datetime(2025, 3, 1, 2, 0, tzinfo=UTC)
    assert [e.body["reference"] for e in forget_due(ledger, CLASSES, actor="C-1")] == [chat]
    # She left on 2020-12-31: her name is kept until the end of 2025.
    now.instant = datetime(2025, 12, 31, 15, 59, 58, tzinfo=UTC)
    assert forget_due(ledger, CLASSES, actor="C-1") == []
    now.instant = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    assert [e.body["reference"] for e in forget_due(ledger, CLASSES, actor="C-1")] == [gone]
    assert ledger.recall(gone) is None
    assert ledger.recall(stays) == {"name": "ben"}
    # Ten years for workbooks; exchange files are never forgotten.
    now.instant = datetime(2040, 1, 1, tzinfo=UTC)
    assert [e.body["reference"] for e in forget_due(ledger, CLASSES, actor="C-1")] == [workbook]
    assert ledger.evidence.get(feed) == b"closes"
    assert {each.reference for each in due(ledger, CLASSES)} == {feed, stays}
    report = ledger.check()
    assert report.ok, report.findings


def test_a_person_who_comes_back_is_not_forgotten(ledger, now):
    name = registered(ledger, "ana", until="2020-12-31")
    now.instant = datetime(2024, 1, 1, tzinfo=UTC)
    registered(ledger, "ana", name=name)
    now.instant = datetime(2030, 1, 1, tzinfo=UTC)
    assert forget_due(ledger, CLASSES, actor="C-1") == []


def test_a_class_below_the_floor_is_refused(tmp_path):
    text = (REFERENCE / "retention.toml").read_text("utf-8").replace("years = 5", "years = 3", 1)
    (tmp_path / "retention.toml").write_text(text)
    assert code_of(load_classes, tmp_path) == "retention.years"


def test_classes_of_the_vault_name_fields_that_exist():
    from assay.ledger.kinds import KINDS

    for each in CLASSES:
        for name in each.which if each.store == "vault" else ():
            kind, _, field = name.partition(":")
            assert field in KINDS[kind].body.__struct_fields__, name


def test_evidence_that_a_document_still_names_is_kept(ledger, now):
    paper = archived(ledger, "email", b"the rules")
    body = {
        "methodology": "al-a00", "effective": "2020-01-01", "digest": "sha256:" + "1" * 64,
        "evidence": paper, "series": ["AL-A00-FOSHAN"],
    }  # fmt: skip
    ledger.append([Draft("methodology.archived/1", SYSTEM, body)])
    now.instant = datetime(2040, 1, 1, tzinfo=UTC)
    assert forget_due(ledger, CLASSES, actor="C-1") == []
