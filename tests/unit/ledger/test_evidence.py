"""Evidence and personal records: kept by salted hash, forgotten only after their time."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta

import pytest
from ledger_acts import archived, notice

from assay.core import BrokenPromise, Refused
from assay.ledger import Ledger
from assay.ledger.evidence import SALT_BYTES, TOMBSTONE
from assay.ledger.retention import finish_forgetting, forget


def test_the_same_bytes_are_one_file_and_nobody_can_guess_them(ledger):
    first = ledger.evidence.put(b"A00 22180")
    assert ledger.evidence.put(b"A00 22180") == first
    assert first != "sha256:" + hashlib.sha256(b"A00 22180").hexdigest()
    whole = ledger.evidence.whole(first)
    assert whole[SALT_BYTES:] == b"A00 22180"
    assert first == "sha256:" + hashlib.sha256(whole).hexdigest()
    assert ledger.evidence.path_of(first).parent.name == first[7:9]
    assert list(ledger.evidence.names()) == [first.removeprefix("sha256:")]


def test_empty_and_large_bytes_are_kept_as_they_are(ledger):
    for content in (b"", b"\0" * 1_000_000, TOMBSTONE):
        assert ledger.evidence.get(ledger.evidence.put(content)) == content


def test_changed_missing_and_false_references_are_told_apart(ledger):
    reference = ledger.evidence.put(b"A00 22180")
    path = ledger.evidence.path_of(reference)
    path.write_bytes(b"something else")
    with pytest.raises(BrokenPromise, match=r"evidence\.changed"):
        ledger.evidence.get(reference)
    assert ledger.evidence.put(b"A00 22180") == reference
    assert ledger.evidence.get(reference) == b"A00 22180"
    path.unlink()
    with pytest.raises(BrokenPromise, match=r"evidence\.missing"):
        ledger.evidence.get(reference)
    with pytest.raises(Refused, match=r"evidence\.reference"):
        ledger.evidence.get("sha256:../../etc/passwd")
    with pytest.raises(Refused, match=r"evidence\.changed"):
        ledger.evidence.put_whole("0" * 64, b"x")


def test_only_the_owner_may_look(ledger):
    reference = ledger.evidence.put(b"A00 22180")
    for path in (ledger.home, ledger.evidence.folder, ledger.evidence.path_of(reference).parent):
        assert path.stat().st_mode & 0o077 == 0


def test_drafts_that_a_crash_left_are_tidied(ledger):
    def crash(step):
        raise RuntimeError(step)

    ledger.evidence._checkpoint = crash
    with pytest.raises(RuntimeError, match=r"evidence\.written"):
        ledger.evidence.put(b"A00 22180")
    ledger.evidence._checkpoint = lambda step: None
    assert ledger.evidence.tidy() == 0
    assert ledger.evidence.tidy(older_than=0) == 1
    assert list((ledger.evidence.folder / "drafts").iterdir()) == []


def test_personal_records_are_remembered_and_recalled(ledger):
    record = {"name": "张伟", "phone": "138"}
    reference = ledger.remember(record)
    assert ledger.recall(reference) == record
    assert ledger.remember(record) != reference
    assert ledger.recall("vault:" + "0" * 64) is None


def test_nothing_is_forgotten_before_its_time(ledger, clock):
    (entry,) = ledger.append([archived(ledger, b"A00 22180")])
    reference = entry.body["evidence"]
    clock.now = datetime(2030, 12, 29, 23, tzinfo=UTC)
    with pytest.raises(Refused, match=r"retention\.too_early"):
        forget(ledger, reference, actor="P-01", reason="asked for")
    with pytest.raises(Refused, match=r"retention\.years"):
        forget(ledger, reference, actor="P-01", reason="asked for", years=4)
    with pytest.raises(Refused, match=r"retention\.unknown"):
        forget(ledger, "sha256:" + "0" * 64, actor="P-01", reason="asked for")
    assert ledger.evidence.get(reference) == b"A00 22180"


def test_after_its_time_evidence_and_record_are_gone_and_the_check_accepts_it(ledger, clock):
    (entry,) = ledger.append([archived(ledger, b"A00 22180")])
    reference = entry.body["evidence"]
    person = ledger.remember({"name": "Zhang Wei"})
    clock.now = datetime(2031, 1, 1, tzinfo=UTC)
    forget(ledger, reference, actor="P-01", reason="retention over")
    forget(ledger, person, actor="P-01", reason="retention over")
    with pytest.raises(Refused, match=r"evidence\.forgotten"):
        ledger.evidence.get(reference)
    assert ledger.evidence.path_of(reference).read_bytes() == TOMBSTONE
    assert ledger.recall(person) is None
    assert ledger.check().findings == ()
    with pytest.raises(Refused, match=r"retention\.unknown"):
        forget(ledger, person, actor="P-01", reason="again")


def test_evidence_that_comes_again_after_it_was_forgotten_is_kept_again(ledger, clock):
    ledger.append([archived(ledger, b"A00 22180")])
    reference = ledger.entry(2).body["evidence"]
    clock.now = datetime(2031, 1, 1, tzinfo=UTC)
    forget(ledger, reference, actor="P-01", reason="retention over")
    ledger.append([archived(ledger, b"A00 22180")])
    assert ledger.evidence.get(reference) == b"A00 22180"
    assert ledger.check().findings == ()
    with pytest.raises(Refused, match=r"retention\.too_early"):
        forget(ledger, reference, actor="P-01", reason="too soon")


def test_a_crash_while_forgetting_is_seen_and_finished_when_the_home_is_opened(ledger, clock):
    ledger.append([archived(ledger, b"A00 22180")])
    reference = ledger.entry(2).body["evidence"]
    person = ledger.remember({"name": "Zhang Wei"})
    clock.now = datetime(2031, 1, 1, tzinfo=UTC)

    def crash(step):
        if step in {"evidence.zeroed", "retention.recorded"}:
            raise RuntimeError(step)

    ledger.evidence._checkpoint = crash
    with pytest.raises(RuntimeError):
        forget(ledger, reference, actor="P-01", reason="retention over")
    ledger.checkpoint = crash
    with pytest.raises(RuntimeError):
        forget(ledger, person, actor="P-01", reason="retention over")
    report = ledger.check()
    assert report.ok
    assert {each.code for each in report.findings} == {"evidence.unfinished", "vault.unfinished"}
    url = None if ledger.store.sqlite else ledger.store.url
    again = Ledger.open(ledger.home, clock, simulated=True, store_url=url)
    assert again.check().findings == ()
    assert again.recall(person) is None
    assert list((again.evidence.folder / "forgetting").iterdir()) == []
    again.close()


def test_a_marker_without_an_entry_forgets_nothing(ledger, clock):
    ledger.append([archived(ledger, b"A00 22180")])
    reference = ledger.entry(2).body["evidence"]
    clock.now = datetime(2031, 1, 1, tzinfo=UTC)

    def crash(step):
        if step == "retention.marked":
            raise RuntimeError(step)

    ledger.checkpoint = crash
    with pytest.raises(RuntimeError):
        forget(ledger, reference, actor="P-01", reason="retention over")
    (marker,) = (ledger.evidence.folder / "forgetting").iterdir()
    assert finish_forgetting(ledger) == []
    assert marker.exists()
    os.utime(marker, (0, 0))
    assert finish_forgetting(ledger) == []
    assert not marker.exists()
    assert ledger.evidence.get(reference) == b"A00 22180"


def test_leap_days_end_on_the_first_of_march(ledger, clock):
    clock.now = datetime(2028, 2, 28, 23, 59, 57, tzinfo=UTC)
    ledger.append([notice(1)])
    clock.now = datetime(2028, 2, 29, 12, tzinfo=UTC)
    (entry,) = ledger.append([archived(ledger, b"x")])
    clock.now = entry.recorded_at.replace(year=2033, day=28) - timedelta(seconds=1)
    with pytest.raises(Refused, match="2033-03-01"):
        forget(ledger, entry.body["evidence"], actor="P-01", reason="over")
