"""The check finds every tampering and names its place; on both stores."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from ledger_acts import (
    DAY,
    SERIES,
    approved,
    archived,
    notice,
    opened,
    proposed,
    published,
    register,
)

from assay.core import digest
from assay.ledger import Draft, Head, make_key
from assay.ledger.book.prices import latest_tick, state_of
from assay.ledger.check import as_known_at, check, rebuild
from assay.ledger.entry import content_bytes, entry_of, head_bytes
from assay.ledger.evidence import TOMBSTONE
from assay.ledger.heads import kept_heads, register_publication_key, sign_head
from assay.ledger.journal import row_of
from assay.ledger.store import BOOK_TABLES, journal


@pytest.fixture
def busy(ledger, tmp_path):
    """A home with a published price, evidence, a personal record, keys and a signed head."""
    analyst, reviewer = (make_key(tmp_path / "keys", each) for each in ("P-01", "P-02"))
    publication = make_key(tmp_path / "keys", "publication")
    register(ledger, analyst)
    register(ledger, reviewer)
    register_publication_key(ledger, publication)
    name = ledger.remember({"name": "Zhang Wei"})
    body = {"person": "P-01", "roles": ["analyst"], "name": name, "since": "2025-01-01"}
    ledger.append([Draft("person.registered/1", "system", body)])
    ledger.append([archived(ledger, b"A00 22180")])
    ledger.append([opened()])
    ledger.append([proposed("P-01")], signer=analyst)
    ledger.append([approved("P-02")], signer=reviewer)
    ledger.append([published()])
    sign_head(ledger, publication)
    assert ledger.check().findings == ()
    return ledger


def attack(ledger, *statements):
    """Somebody with the database password does this, triggers or not."""
    from assay.ledger.store import _SQLITE_GUARDS

    with ledger.store.write() as store:
        if ledger.store.sqlite:
            for name in _SQLITE_GUARDS:
                store.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            for table in ("journal", "vault"):
                store.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            store.execute(statement if not isinstance(statement, str) else sa.text(statement))
        if ledger.store.sqlite:
            for guard in _SQLITE_GUARDS.values():
                store.execute(sa.text(guard))
        else:
            for table in ("journal", "vault"):
                store.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))


def codes(ledger):
    return {(each.code, each.where) for each in ledger.check().findings}


def found(ledger, code, where):
    report = ledger.check()
    assert not report.ok
    places = [each.where for each in report.findings if each.code == code]
    assert any(where in place for place in places), report.findings


def test_what_is_counted(busy):
    report = busy.check()
    assert (report.entries, report.evidence_files, report.heads) == (11, 1, 1)
    assert report.book_equal
    assert report.head == busy.head()
    assert report.document()["ok"] is True
    assert json.dumps(report.document())


@pytest.mark.parametrize(
    ("statement", "code", "where"),
    [
        (
            "UPDATE journal SET content = replace(content, '22180', '22190') WHERE seq = 8",
            "journal.changed",
            "entry 8",
        ),
        ("UPDATE journal SET kind = 'x.y/1' WHERE seq = 8", "journal.column", "entry 8, kind"),
        (
            "UPDATE journal SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE seq = 8",
            "journal.column",
            "entry 8, recorded_at",
        ),
        ("UPDATE journal SET salt = previous WHERE seq = 8", "journal.content", "entry 8"),
        ("UPDATE journal SET digest = 'sha256:0' WHERE seq = 8", "journal.changed", "entry 8"),
        ("UPDATE journal SET content = 'x' WHERE seq = 8", "journal.content", "entry 8"),
        (
            "UPDATE journal SET content = replace(content, ',\"body\"', ', \"body\"') WHERE seq=8",
            "journal.content",
            "entry 8",
        ),
        ("DELETE FROM journal WHERE seq = 8", "journal.gap", "entry 8"),
        ("DELETE FROM journal WHERE seq > 8", "journal.cut", "signed head 10"),
        ("DELETE FROM journal WHERE seq = 1", "journal.gap", "entry 1"),
    ],
)
def test_a_changed_journal_is_found_and_its_place_named(busy, statement, code, where):
    attack(busy, statement)
    found(busy, code, where)


def rehashed(entries, change):
    """The chain that a patient forger would write: every later hash recomputed."""
    previous, rows = "sha256:" + "0" * 64, []
    for entry in entries:
        content = change(entry)
        again = entry_of(entry.seq, previous, entry.salt, content)
        rows.append(row_of(again, content.decode()))
        previous = again.digest
    return rows


def with_body(entry, **changes):
    body = {**entry.body, **changes}
    return content_bytes(
        entry.kind, entry.actor, entry.recorded_at, body, entry.key, entry.signature
    )


def rewrite(ledger, change):
    rows = rehashed(list(ledger.entries()), change)
    attack(ledger, "DELETE FROM journal", sa.insert(journal).values(rows))


def test_a_rewritten_chain_is_found_by_signatures_and_heads(busy):
    tick = {"low": "22160", "mid": "22190", "high": "22200", "unit": "CNY/t"}

    def change(entry):
        if entry.kind == "price.proposed/1":
            return with_body(entry, tick=tick, proposal=digest(tick))
        return entry.content()

    rewrite(busy, change)
    found(busy, "signature.false", "entry 8 (price.proposed/1 by P-01)")
    found(busy, "journal.rewritten", "entry 11")
    found(busy, "journal.rewritten", "signed head 10")


def test_a_rewritten_unsigned_entry_is_found_by_the_signed_head(busy):
    def change(entry):
        if entry.kind == "day.opened/1":
            return with_body(entry, documents={SERIES: "another"})
        return entry.content()

    rewrite(busy, change)
    found(busy, "journal.rewritten", "signed head 10")


def test_a_signature_taken_out_is_found(busy):
    def change(entry):
        if entry.kind == "price.approved/1":
            return content_bytes(entry.kind, entry.actor, entry.recorded_at, entry.body, None, None)
        return entry.content()

    rewrite(busy, change)
    found(busy, "signature.missing", "price.approved/1 by P-02")


def test_the_same_person_on_both_sides_does_not_pass_the_check_either(ledger):
    ledger.append([opened(), proposed("P-01"), approved("P-02")])

    def change(entry):
        actor = "P-01" if entry.kind == "price.approved/1" else entry.actor
        return content_bytes(entry.kind, actor, entry.recorded_at, entry.body, None, None)

    rewrite(ledger, change)
    found(ledger, "book.fold_refused", "entry 4 (price.approved/1)")


def test_a_cut_journal_is_found_by_a_head_that_somebody_kept(busy):
    (kept,) = kept_heads(busy.home)
    (busy.home / "heads.jsonl").unlink()
    assert [each.code for each in busy.check().findings] == ["head.not_kept"]
    attack(busy, "DELETE FROM journal WHERE seq > 6", *emptied_book())
    busy.rebuild()
    assert busy.check().ok
    report = check(busy, heads=[kept])
    assert [(each.code, each.where) for each in report.findings] == [
        ("journal.cut", "signed head 10")
    ]


def emptied_book():
    return [f'DELETE FROM "{table.name}"' for table in BOOK_TABLES.sorted_tables]


def test_a_head_of_a_stranger_is_no_witness(busy, tmp_path):
    stranger = make_key(tmp_path / "other", "publication")
    head = Head(3, busy.entry(3).digest)
    kept = {
        "seq": 3, "digest": head.digest, "key": stranger.key,
        "signature": stranger.sign(head_bytes("Example Agency", head)),
    }  # fmt: skip
    assert [each.code for each in check(busy, heads=[kept]).findings] == ["head.signature"]
    assert [each.code for each in check(busy, heads=[{"x": 1}]).findings] == ["head.signature"]


@pytest.mark.parametrize(
    ("statement", "code", "where"),
    [
        ("UPDATE ticks SET mid = '22190'", "book.row_changed", "ticks 10: mid"),
        ("UPDATE days SET state = 'open'", "book.row_changed", f"days {DAY}, {SERIES}: state"),
        ("DELETE FROM ticks", "book.row_missing", "ticks 10"),
        (
            "INSERT INTO approvals VALUES (77, 8, 'x', 'P-09', '')",
            "book.row_added",
            "approvals 77",
        ),
        ("DROP TABLE heads", "book.table_missing", "table heads"),
    ],
)
def test_a_tampered_book_is_found_and_rebuilt(busy, statement, code, where):
    with busy.store.write() as store:
        store.execute(sa.text(statement))
    report = busy.check()
    assert [(each.code, each.where) for each in report.findings] == [(code, where)]
    assert not report.book_equal
    assert rebuild(busy) == 11
    assert busy.check().findings == ()


def test_a_dropped_or_disarmed_trigger_is_noticed(busy):
    with busy.store.write() as store:
        if busy.store.sqlite:
            store.execute(sa.text("DROP TRIGGER journal_no_delete"))
            name = "journal_no_delete"
        else:
            store.execute(sa.text("ALTER TABLE journal DISABLE TRIGGER journal_no_change"))
            name = "journal_no_change"
    assert codes(busy) == {("journal.guard_missing", f"trigger {name}")}


def test_an_altered_trigger_is_noticed(busy):
    with busy.store.write() as store:
        if busy.store.sqlite:
            store.execute(sa.text("DROP TRIGGER journal_no_delete"))
            store.execute(
                sa.text(
                    "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT 1; END"
                )
            )
            name = "journal_no_delete"
        else:
            store.execute(
                sa.text(
                    "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql "
                    "AS $$ BEGIN RETURN NEW; END $$"
                )
            )
            name = "journal_refuse"
    assert codes(busy) == {("journal.guard_missing", f"trigger {name}")}


def test_a_trigger_stays_dropped_for_the_check_when_the_home_is_opened_again(busy, clock):
    from assay.ledger import Ledger

    drop = "DROP TRIGGER journal_no_delete" if busy.store.sqlite else (
        "DROP TRIGGER journal_no_change ON journal"
    )  # fmt: skip
    with busy.store.write() as store:
        store.execute(sa.text(drop))
    url = None if busy.store.sqlite else busy.store.url
    again = Ledger.open(busy.home, clock, simulated=True, store_url=url)
    assert [each.code for each in again.check().findings] == ["journal.guard_missing"]
    again.close()


def test_swapped_missing_and_forgotten_evidence(busy):
    reference = busy.entry(6).body["evidence"]
    path = busy.evidence.path_of(reference)
    good = path.read_bytes()
    path.write_bytes(good[:-1] + b"9")
    assert codes(busy) == {("evidence.changed", reference)}
    path.write_bytes(TOMBSTONE)
    assert codes(busy) == {("evidence.tombstone", reference)}
    path.unlink()
    assert codes(busy) == {("evidence.missing", reference)}
    path.write_bytes(good)
    assert codes(busy) == set()


def test_swapped_missing_and_forgotten_personal_records(busy):
    reference = busy.entry(5).body["name"]
    for statement, code in (
        ("UPDATE vault SET record = :bytes", "vault.changed"),
        ("UPDATE vault SET record = NULL", "vault.tombstone"),
        ("DELETE FROM vault", "vault.missing"),
    ):
        wanted = {"bytes": hashlib.sha256(b"x").digest()} if ":bytes" in statement else {}
        attack(busy, sa.text(statement).bindparams(**wanted))
        assert codes(busy) == {(code, reference)}


def test_a_record_must_be_in_the_vault_before_an_entry_names_it(ledger):
    from assay.core import Refused

    body = {"person": "P-01", "roles": [], "name": "vault:" + "0" * 64, "since": "2025-01-01"}
    with pytest.raises(Refused, match=r"vault\.unknown"):
        ledger.append([Draft("person.registered/1", "system", body)])


def test_a_store_that_cannot_be_read_is_a_finding(tmp_path, clock):
    from assay.ledger import Ledger

    ledger = Ledger.create(tmp_path, clock, agency="Example Agency")
    ledger.append([notice(number) for number in range(200)])
    ledger.close()
    path = tmp_path / "journal.sqlite"
    damaged = bytearray(path.read_bytes())
    damaged[8192:65536] = b"\xff" * (65536 - 8192)
    path.write_bytes(damaged)
    report = ledger.check()
    assert not report.ok
    assert {each.code for each in report.findings} & {"store.unreadable", "store.damaged"}
    ledger.close()


def test_the_book_as_it_was_known_at_an_instant(ledger):
    entries = ledger.append([opened(), proposed("P-01"), approved("P-02"), published()])
    day = date(2025, 12, 30)
    states = []
    for entry in entries:
        with as_known_at(ledger, entry.recorded_at) as book:
            states.append(state_of(book, SERIES, day)["state"])
            tick = latest_tick(book, SERIES, day)
    assert states == ["open", "proposed", "approved", "published"]
    assert str(tick["mid"]) == "22180"
    with as_known_at(ledger, datetime(2025, 1, 1, tzinfo=UTC)) as book:
        assert state_of(book, SERIES, day) is None
    assert ledger.check().ok


def test_a_book_of_another_version_is_folded_anew_when_the_home_is_opened(busy, clock):
    from assay.ledger import Ledger

    with busy.store.write() as store:
        store.execute(sa.text("UPDATE book_shape SET shape = 'older'"))
        store.execute(sa.text("DROP TABLE ticks"))
    assert "book.shape" in {code for code, _ in codes(busy)}
    url = None if busy.store.sqlite else busy.store.url
    again = Ledger.open(busy.home, clock, simulated=True, store_url=url)
    assert again.check().findings == ()
    again.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda e: with_body(e, surprise="x"), "journal.body"),
        (lambda e: with_body(e, series=None), "journal.body"),
        (lambda e: retold(e, kind="no.such/1"), "journal.body"),
        (lambda e: retold(e, kind="home.opened/1"), "journal.opening"),
        (lambda e: retold(e, recorded_at=datetime(2020, 1, 1, tzinfo=UTC)), "journal.time"),
        (lambda e: retold(e, key="0" * 16, signature="00" * 64), "signature.key"),
        (lambda e: retold(e, signature="00" * 64), "signature.key"),
    ],
)
def test_a_forged_entry_in_a_rehashed_chain_is_found(ledger, change, code):
    """Nobody signed a head yet: the forger had a free hand, the rules still find him."""
    ledger.append([notice(1), opened(), notice(2)])
    rewrite(ledger, lambda e: change(e) if e.seq == 3 else e.content())
    found(ledger, code, "entry 3")


def retold(entry, **changes):
    parts = {
        "kind": entry.kind, "actor": entry.actor, "recorded_at": entry.recorded_at,
        "body": entry.body, "key": entry.key, "signature": entry.signature,
    }  # fmt: skip
    if changes.get("kind") == "home.opened/1":
        changes["body"] = {"agency": "Another", "clock": "live", "software": "x"}
    return content_bytes(**{**parts, **changes})


def test_a_false_key_registration_is_found(ledger, tmp_path):
    signer = make_key(tmp_path / "keys", "P-01")
    register(ledger, signer)
    rewrite(
        ledger,
        lambda e: with_body(e, key="0" * 16) if e.kind == "key.registered/1" else e.content(),
    )
    found(ledger, "key.identity", "entry 2")


def test_kept_heads_that_are_no_heads(busy):
    (kept,) = kept_heads(busy.home)
    for change in ({"signature": "00"}, {"seq": "10"}, {"key": None}, {"digest": "sha256:0"}):
        report = check(busy, heads=[{**kept, **change}])
        assert [each.code for each in report.findings] == ["head.signature"]
