"""The journal on both stores: appended, hash-linked, signed, never changed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from ledger_acts import approved, notice, opened, proposed, published, register

from assay.core import BrokenPromise, Refused
from assay.ledger import Draft, Ledger, Signer, make_key
from assay.ledger.entry import Head, act_bytes, content_bytes, entry_of, head_bytes
from assay.ledger.store import journal

PAGE = Path(__file__).parents[3] / "docs/reference/journal.md"


def test_entries_are_numbered_linked_and_given_back_as_they_were(ledger):
    body = notice(1, text='"短" 价格\n').body
    (entry,) = ledger.append([Draft("notice.published/1", "system", body)])
    first, second = ledger.entries()
    assert (first.seq, second.seq) == (1, 2)
    assert first.previous == "sha256:" + "0" * 64
    assert second.previous == first.digest
    assert second == entry
    assert second.body == body
    assert ledger.head() == Head(2, entry.digest)


def test_entries_are_chosen_by_number_kind_and_recorded_time(ledger):
    ledger.append([notice(1), notice(2), opened()])
    assert [each.seq for each in ledger.entries(after=2)] == [3, 4]
    assert [each.seq for each in ledger.entries(kinds=["day.opened/1"])] == [4]
    third = ledger.entry(3)
    assert [each.seq for each in ledger.entries(until=third.recorded_at)] == [1, 2, 3]
    with pytest.raises(Refused, match=r"entry\.missing"):
        ledger.entry(99)


def test_the_worked_example_of_the_specification():
    """Computed with json, hashlib and cryptography when the page was written."""
    page = PAGE.read_text("utf-8")
    key = re.search(r"^key +(\S+)$", page, re.MULTILINE)[1]
    signer = Signer("P-01", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    assert signer.key == key
    blocks = re.findall(
        r"^entry (\d)\n  content    (.*)\n  commitment (.*)\n  digest     (.*)$", page, re.MULTILINE
    )
    assert len(blocks) == 3
    previous, entries = "sha256:" + "0" * 64, []
    for (seq, content, commitment, digest), salt in zip(blocks, ("00", "11", "22"), strict=True):
        entry = entry_of(int(seq), previous, salt * 16, content.encode())
        assert (entry.commitment, entry.digest) == (commitment, digest)
        assert entry.content() == content.encode()
        entries.append(entry)
        previous = digest
    home, _, third = entries
    act = act_bytes(home.digest, third.kind, third.actor, third.body, third.key)
    assert act.decode() == re.search(r"^act of entry 3   (.*)$", page, re.MULTILINE)[1]
    assert signer.sign(act) == third.signature
    statement = head_bytes("示例 agency", Head(3, third.digest))
    assert statement.decode() == re.search(r"^statement of head 3   (.*)$", page, re.MULTILINE)[1]
    assert (
        signer.sign(statement) == re.search(r"^signature of head 3   (.*)$", page, re.MULTILINE)[1]
    )


def test_content_is_canonical_and_its_salt_hides_it(ledger):
    one, two = ledger.append([notice(1), notice(1)])
    assert one.body == two.body
    assert one.commitment != two.commitment
    moment = datetime(2025, 12, 30, 10, 14, tzinfo=UTC)
    content = content_bytes("a.b/1", "P", moment, {"b": "2", "a": ["1"]}, None, None)
    assert content == (
        b'{"actor":"P","body":{"a":["1"],"b":"2"},"key":null,"kind":"a.b/1",'
        b'"recorded_at":"2025-12-30T10:14:00Z","signature":null}'
    )


ATTACKS = [
    "UPDATE journal SET content = '{}' WHERE seq = 2",
    "UPDATE journal SET seq = 99 WHERE seq = 2",
    "DELETE FROM journal WHERE seq = 2",
    "DELETE FROM journal",
    (
        "INSERT INTO journal SELECT seq - 5, previous, commitment, 'd', salt, content, kind, "
        "recorded_at FROM journal WHERE seq = 2"
    ),
    (
        "INSERT INTO journal SELECT seq + 5, previous, commitment, 'd', salt, content, kind, "
        "recorded_at FROM journal WHERE seq = 2"
    ),
]
ATTACKS_SQLITE = [
    (
        "REPLACE INTO journal SELECT seq, previous, commitment, digest, salt, '{}', kind, recorded_at "
        "FROM journal WHERE seq = 2"
    ),
    (
        "INSERT OR REPLACE INTO journal SELECT 4, previous, commitment, digest, salt, '{}', kind, "
        "recorded_at FROM journal WHERE seq = 2"
    ),
    "UPDATE OR REPLACE journal SET seq = 3 WHERE seq = 2",
    (
        "INSERT INTO journal SELECT seq, previous, commitment, digest, salt, content, kind, "
        "recorded_at FROM journal WHERE seq = 2 ON CONFLICT (seq) DO UPDATE SET content = '{}'"
    ),
]
ATTACKS_POSTGRES = [
    "TRUNCATE journal",
    "TRUNCATE journal CASCADE",
    (
        "INSERT INTO journal SELECT * FROM journal WHERE seq = 2 "
        "ON CONFLICT (seq) DO UPDATE SET content = '{}'"
    ),
    "MERGE INTO journal USING (VALUES (2)) AS v(n) ON seq = n WHEN MATCHED THEN DELETE",
]


def test_no_statement_changes_or_removes_an_entry(ledger):
    ledger.append([notice(1), notice(2)])
    before = list(ledger.entries())
    attacks = ATTACKS + (ATTACKS_SQLITE if ledger.store.sqlite else ATTACKS_POSTGRES)
    for attack in attacks:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), ledger.store.write() as store:
            store.execute(sa.text(attack))
    assert list(ledger.entries()) == before
    assert ledger.check().ok


def test_readers_cannot_write(ledger):
    with pytest.raises(sa.exc.DBAPIError), ledger.read() as connection:
        connection.execute(sa.text("INSERT INTO vault VALUES ('x', NULL, '2025')"))


def test_a_draft_that_is_refused_leaves_nothing(ledger):
    before = ledger.head()
    for bad in (
        Draft("price.proposd/1", "P-01", {}),
        Draft("day.opened/1", "system", {"pricing_date": "2025-12-30"}),
        Draft("day.opened/1", "system", {**opened().body, "surprise": "x"}),
        Draft("day.opened/1", "system", {**opened().body, "series": [1.5]}),
        notice(1, text="a\0b"),
        notice(1, text="\ud83d"),
        approved(),
    ):
        with pytest.raises(Refused):
            ledger.append([notice(9), bad])
    assert ledger.head() == before
    assert ledger.check().ok


def test_an_unknown_kind_names_the_known_ones(ledger):
    with pytest.raises(Refused, match=r"price\.proposed/1"):
        ledger.append([Draft("price.proposd/1", "P-01", {})])


def test_a_guard_refuses_inside_the_transaction(ledger):
    def guard(connection):
        assert connection.execute(sa.select(sa.func.count()).select_from(journal)).scalar() == 1
        raise Refused(approved_finding)

    from assay.core import Finding, Severity

    approved_finding = Finding("test.no", Severity.ERROR, "here", "not now")
    with pytest.raises(Refused, match=r"test\.no"):
        ledger.append([notice(1)], guard=guard)
    assert ledger.head().seq == 1


def test_recorded_time_never_runs_backwards(ledger, clock):
    ledger.append([notice(1)])
    clock.now -= timedelta(seconds=2)
    (stumbled,) = ledger.append([notice(2)])
    assert stumbled.recorded_at == ledger.entry(2).recorded_at
    clock.now -= timedelta(minutes=1)
    with pytest.raises(Refused, match=r"clock\.backwards"):
        ledger.append([notice(3)])


def test_a_home_is_created_once_and_keeps_its_clock(ledger, clock, store_url):
    wiring = {"store_url": store_url}
    with pytest.raises(Refused, match=r"home\.exists"):
        Ledger.create(ledger.home, clock, agency="Another", **wiring)
    with pytest.raises(Refused, match=r"home\.clock"):
        Ledger.open(ledger.home, clock, simulated=False, **wiring)
    again = Ledger.open(ledger.home, clock, simulated=True, **wiring)
    assert again.head() == ledger.head()
    again.close()
    with pytest.raises(Refused, match=r"home\.opened_twice"):
        ledger.append([Draft("home.opened/1", "system", ledger.entry(1).body)])


def test_there_must_be_a_home(tmp_path, clock):
    with pytest.raises(Refused, match=r"home\.missing"):
        Ledger.open(tmp_path / "none", clock)


def test_a_store_without_a_home_in_it_is_refused(tmp_path, clock, new_store):
    (tmp_path / "journal.sqlite").touch()
    with pytest.raises(Refused, match=r"home\.empty"):
        Ledger.open(tmp_path, clock)


def test_a_changed_row_is_a_broken_promise_to_every_reader(tmp_path, clock):
    ledger = Ledger.create(tmp_path, clock, agency="Example Agency")
    ledger.append([notice(1)])
    with ledger.store.write() as store:
        store.execute(sa.text("DROP TRIGGER journal_no_update"))
        changed = "UPDATE journal SET content = replace(content, 'Late', 'Fine') WHERE seq = 2"
        store.execute(sa.text(changed))
    with pytest.raises(BrokenPromise, match="entry 2"):
        list(ledger.entries())
    ledger.close()


def test_persons_sign_their_own_acts_with_a_known_key(ledger, tmp_path):
    analyst = make_key(tmp_path / "keys", "P-01")
    reviewer = make_key(tmp_path / "keys", "P-02")
    ledger.append([opened()])
    with pytest.raises(Refused, match=r"key\.unknown"):
        ledger.append([proposed("P-01")], signer=analyst)
    register(ledger, analyst)
    register(ledger, reviewer)
    with pytest.raises(Refused, match=r"key\.actor"):
        ledger.append([proposed("P-01")], signer=reviewer)
    with pytest.raises(Refused, match=r"key\.unsigned"):
        ledger.append([proposed("P-01")])
    (entry,) = ledger.append([proposed("P-01")], signer=analyst)
    assert entry.key == analyst.key
    with pytest.raises(Refused, match=r"review\.same_person"):
        ledger.append([approved("P-01")], signer=analyst)
    ledger.append([approved("P-02")], signer=reviewer)
    ledger.append([published()])
    assert ledger.check().findings == ()


def test_a_retired_key_signs_nothing_more(ledger, tmp_path):
    signer = make_key(tmp_path / "keys", "P-01")
    register(ledger, signer)
    ledger.append([notice(1, "P-01")], signer=signer)
    ledger.append([Draft("key.retired/1", "system", {"key": signer.key, "reason": "left"})])
    with pytest.raises(Refused, match=r"key\.unknown"):
        ledger.append([notice(2, "P-01")], signer=signer)
    with pytest.raises(Refused, match=r"key\.registered_twice"):
        register(ledger, signer)
    assert ledger.check().ok


def test_a_key_must_be_what_it_says(ledger, tmp_path):
    signer = make_key(tmp_path / "keys", "P-01")
    body = {"key": "0" * 16, "person": "P-01", "public": signer.public}
    with pytest.raises(Refused, match=r"key\.identity"):
        ledger.append([Draft("key.registered/1", "system", body)])
    body = {"key": signer.key, "person": "P-01", "public": signer.public, "purpose": "publication"}
    with pytest.raises(Refused, match=r"key\.purpose"):
        ledger.append([Draft("key.registered/1", "system", body)])
