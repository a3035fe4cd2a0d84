"""Copy between stores, backup, restore, health: the drills of an operator."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from clocks import ToldClock
from ledger_acts import archived, notice, opened, proposed

from assay.core import BrokenPromise, Refused
from assay.ledger import Draft, Ledger, make_key
from assay.ledger.backup import backup, restore
from assay.ledger.clock import SimulatedClock
from assay.ledger.copying import copy, place_of
from assay.ledger.heads import register_publication_key, sign_head
from assay.ledger.health import health

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def lived_in(tmp_path, clock, new_store, store_kind):
    """A home with evidence, a record, a signed head and a simulated clock file."""
    home = tmp_path / "home"
    ledger = Ledger.create(
        home, clock, agency="Example Agency", simulated=True, store_url=new_store(store_kind)
    )
    SimulatedClock.start(home, clock.now)
    key = make_key(tmp_path / "keys", "publication")
    register_publication_key(ledger, key)
    name = ledger.remember({"name": "张伟"})
    body = {"person": "P-01", "roles": [], "name": name, "since": "2025-01-01"}
    ledger.append([Draft("person.registered/1", "system", body)])
    ledger.append([archived(ledger, b"A00 22180"), opened(), proposed("P-09")])
    sign_head(ledger, key)
    yield ledger
    ledger.close()


def same(left, right):
    assert list(left.entries()) == list(right.entries())
    assert right.check().findings == ()
    assert right.evidence.get(left.entry(4).body["evidence"]) == b"A00 22180"
    assert right.recall(left.entry(3).body["name"]) == {"name": "张伟"}


def test_a_home_moves_between_the_stores_and_is_proved_equal(
    lived_in, tmp_path, clock, new_store, store_kind
):
    url = new_store(OTHER[store_kind])
    report = copy(lived_in, tmp_path / "other", url)
    assert report.equal, report.findings
    assert (report.entries, report.records, report.evidence_files) == (7, 1, 1)
    assert json.dumps(report.document())
    moved = Ledger.open(tmp_path / "other", clock, simulated=True, store_url=url)
    same(lived_in, moved)
    moved.append([notice(1)])
    assert moved.check().findings == ()
    reference = moved.evidence.put(b"A00 22180")
    assert reference == moved.entry(4).body["evidence"]
    moved.close()
    with pytest.raises(Refused, match=r"home\.exists"):
        copy(lived_in, tmp_path / "other", url)


def test_the_same_home_gets_another_store(lived_in, new_store, store_kind):
    url = new_store(OTHER[store_kind])
    report = copy(lived_in, lived_in.home, url)
    assert report.equal
    with pytest.raises(Refused, match=r"home\.(same|exists)"):
        copy(lived_in, lived_in.home, url or None)


def test_a_copy_of_a_changed_home_is_refused_and_leaves_no_entry(tmp_path, clock):
    ledger = Ledger.create(tmp_path / "a", clock, agency="Example Agency")
    ledger.append([notice(1)])
    with ledger.store.write() as store:
        store.execute(sa.text("DROP TRIGGER journal_no_update"))
        store.execute(sa.text("UPDATE journal SET content = replace(content, 'Late', 'Fine')"))
    with pytest.raises(BrokenPromise, match=r"journal\.changed"):
        copy(ledger, tmp_path / "b")
    with pytest.raises(Refused, match=r"home\.empty"):
        Ledger.open(tmp_path / "b", clock)
    ledger.close()


def test_places_are_folders_or_addresses(tmp_path):
    assert place_of("other", tmp_path) == (type(tmp_path)("other"), None)
    assert place_of("postgresql://db/x", tmp_path) == (tmp_path, "postgresql://db/x")


def test_backup_and_restore_into_either_store(lived_in, tmp_path, clock, new_store, store_kind):
    report = backup(lived_in, tmp_path / "backup")
    assert report.findings == ()
    assert report.entries == 7
    files = {path.name for path in (tmp_path / "backup").iterdir()}
    assert files >= {"journal.sqlite", "evidence", "heads.jsonl", "clock.json", "manifest.json"}
    assert not [name for name in files if name.endswith(("-wal", "-shm"))]
    lived_in.append([notice(1)])
    for number, kind in enumerate((store_kind, OTHER[store_kind])):
        home, url = tmp_path / f"restored-{number}", new_store(kind)
        report = restore(tmp_path / "backup", home, clock, store_url=url)
        assert (report.findings, report.entries) == ((), 7)
        restored = Ledger.open(home, clock, simulated=True, store_url=url)
        assert restored.head().seq == 7
        restored.append([notice(1)])
        assert restored.check().findings == ()
        restored.close()
        with pytest.raises(Refused, match=r"home\.exists"):
            restore(tmp_path / "backup", home, clock, store_url=url)


def test_a_backup_is_never_overwritten_and_a_half_one_never_used(lived_in, tmp_path, clock):
    folder = tmp_path / "backup"
    backup(lived_in, folder)
    with pytest.raises(Refused, match=r"backup\.exists"):
        backup(lived_in, folder)
    (tmp_path / "second.unfinished").mkdir()
    with pytest.raises(Refused, match=r"backup\.unfinished"):
        backup(lived_in, tmp_path / "second")
    with pytest.raises(Refused, match=r"backup\.none"):
        restore(tmp_path / "second.unfinished", tmp_path / "home-2", clock)


@pytest.mark.parametrize("name", ["journal.sqlite", "evidence/secret", "heads.jsonl"])
def test_a_changed_backup_is_not_restored(tmp_path, clock, name):
    ledger = Ledger.create(tmp_path / "home", clock, agency="Example Agency", simulated=True)
    key = make_key(tmp_path / "keys", "publication")
    register_publication_key(ledger, key)
    sign_head(ledger, key)
    backup(ledger, tmp_path / "backup")
    ledger.close()
    path = tmp_path / "backup" / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(BrokenPromise, match=r"backup\.changed"):
        restore(tmp_path / "backup", tmp_path / "other", clock)


def test_a_swapped_evidence_file_in_a_backup_is_not_restored(lived_in, tmp_path, clock):
    backup(lived_in, tmp_path / "backup")
    name = next(lived_in.evidence.names())
    (tmp_path / "backup" / "evidence" / name[:2] / name).write_bytes(b"another")
    with pytest.raises(BrokenPromise, match=r"backup\.changed"):
        restore(tmp_path / "backup", tmp_path / "other", clock)


def test_a_damaged_home_gives_no_backup(lived_in, tmp_path):
    name = next(lived_in.evidence.names())
    lived_in.evidence.path_of(name).unlink()
    with pytest.raises(BrokenPromise, match=r"evidence\.missing"):
        backup(lived_in, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_manifest_of_another_format_is_refused(tmp_path, clock):
    (tmp_path / "manifest.json").write_text('{"format": "other/9", "files": {}}')
    with pytest.raises(Refused, match=r"backup\.format"):
        restore(tmp_path, tmp_path / "home", clock)


def test_health_of_a_sound_home(lived_in, store_kind):
    report = health(lived_in)
    assert {each.name: each.state for each in report.aspects} == dict.fromkeys(
        (
            "store", "durability", "triggers", "book", "clock", "head", "evidence",
            "permissions", "space",
        ),
        "fine",
    )  # fmt: skip
    says = {each.name: each.says for each in report.aspects}
    assert says["store"] == f"{store_kind} takes writes"
    assert "signed up to entry 6" in says["head"]
    assert report.document()["ok"] is True


def test_health_names_what_is_wrong(lived_in):
    drop = "DROP TRIGGER journal_no_delete" if lived_in.store.sqlite else (
        "DROP TRIGGER journal_no_change ON journal"
    )  # fmt: skip
    with lived_in.store.write() as store:
        store.execute(sa.text(drop))
        store.execute(sa.text("UPDATE book_shape SET shape = 'older'"))
    (lived_in.evidence.folder / "secret").unlink()
    lived_in.home.chmod(0o755)
    lived_in.clock = ToldClock(lived_in.entry(1).recorded_at)
    report = health(lived_in)
    assert not report.ok
    states = {each.name: each.state for each in report.aspects if each.state != "fine"}
    assert states == {
        "triggers": "error", "book": "error", "clock": "error", "evidence": "error",
        "permissions": "warning",
    }  # fmt: skip


def test_health_of_a_home_that_is_gone(tmp_path, clock):
    report = health(Ledger(tmp_path / "none", clock))
    assert not report.ok
    assert "store" in {each.name for each in report.aspects if each.state == "error"}
