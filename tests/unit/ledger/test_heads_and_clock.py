"""Signed heads with rotation, key files, and the clock of a demo home."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ledger_acts import notice

from assay.core import Refused
from assay.ledger import Draft, Ledger, load_signer, make_key
from assay.ledger.clock import SimulatedClock, clock_for, system_clock
from assay.ledger.entry import Head, head_bytes
from assay.ledger.heads import (
    kept_heads,
    register_publication_key,
    rotate_publication_key,
    sign_head,
    write_back,
)
from assay.ledger.health import health
from assay.ledger.keys import make_next_key, promote_next_key, signature_holds

START = datetime(2025, 12, 30, 2, 14, tzinfo=UTC)


def test_a_signed_head_is_an_entry_and_a_line_beside_the_store(ledger, tmp_path):
    key = make_key(tmp_path / "keys", "publication")
    with pytest.raises(Refused, match=r"key\.unknown"):
        sign_head(ledger, key)
    register_publication_key(ledger, key)
    before = ledger.head()
    body = sign_head(ledger, key).body
    assert (body["seq"], body["digest"]) == (before.seq, before.digest)
    statement = head_bytes("Example Agency", before)
    assert signature_holds(key.public, statement, body["signature"])
    assert list(kept_heads(ledger.home)) == [{"agency": "Example Agency", **body}]
    with pytest.raises(Refused, match=r"key\.exists"):
        register_publication_key(ledger, key)


def test_a_torn_line_of_the_heads_file_is_left_out(ledger, tmp_path):
    key = make_key(tmp_path / "keys", "publication")
    register_publication_key(ledger, key)
    sign_head(ledger, key)
    with (ledger.home / "heads.jsonl").open("a") as file:
        file.write('{"seq": 3')
    assert len(list(kept_heads(ledger.home))) == 1
    sign_head(ledger, key)
    assert [each["seq"] for each in kept_heads(ledger.home)] == [2, 3]
    assert ledger.check().findings == ()


def test_a_heads_file_that_somebody_took_is_found(ledger, tmp_path):
    key = make_key(tmp_path / "keys", "publication")
    register_publication_key(ledger, key)
    for _ in range(3):
        sign_head(ledger, key)
    path = ledger.home / "heads.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)

    def said():
        return [(each.code, each.severity.value, each.where) for each in ledger.check().findings]

    path.unlink()
    place = "heads.jsonl, 3 of 3 signed heads: the file is gone"
    assert said() == [("head.not_kept", "error", place)]
    assert next(e.state for e in health(ledger).aspects if e.name == "head") == "error"
    path.write_text("", "utf-8")
    assert said() == [("head.not_kept", "error", "heads.jsonl, 3 of 3 signed heads")]
    path.write_text("".join(lines[1:]), "utf-8")
    assert said() == [("head.not_kept", "error", "heads.jsonl, 1 of 3 signed heads")]
    path.write_bytes("".join(lines[:2]).encode() + b"\xff\x00[[[\n" + lines[2].encode())
    assert said() == []


def test_signing_again_does_not_hide_that_the_file_was_taken(ledger, tmp_path):
    key = make_key(tmp_path / "keys", "publication")
    register_publication_key(ledger, key)
    sign_head(ledger, key)
    (ledger.home / "heads.jsonl").unlink()
    sign_head(ledger, key)
    assert [each.code for each in ledger.check().findings] == ["head.not_kept"]
    (entry,) = write_back(ledger)
    assert entry.body["code"] == "heads.written_back"
    assert ledger.check().findings == ()
    assert write_back(ledger) == []


def test_the_line_that_a_crash_cost_follows_with_the_next_head(ledger, tmp_path):
    key = make_key(tmp_path / "keys", "publication")
    register_publication_key(ledger, key)
    sign_head(ledger, key)
    sign_head(ledger, key)
    path = ledger.home / "heads.jsonl"
    first, second = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(first + second[:20], "utf-8")
    (finding,) = ledger.check().findings
    assert (finding.code, finding.severity.value) == ("head.not_kept", "warning")
    sign_head(ledger, key)
    assert ledger.check().findings == ()
    assert path.read_text("utf-8").splitlines(keepends=True)[2] == second


def test_a_false_head_is_refused_by_the_fold(ledger, tmp_path):
    key = make_key(tmp_path / "keys", "publication")
    register_publication_key(ledger, key)
    head = ledger.head()
    good = {
        "seq": head.seq, "digest": head.digest, "signed_at": "2025-12-30T00:00:00Z",
        "key": key.key, "signature": key.sign(head_bytes("Example Agency", head)),
    }  # fmt: skip
    for change in ({"seq": 1}, {"key": "0" * 16}, {"signature": "00" * 64}, {"digest": "x"}):
        with pytest.raises(Refused, match=r"head\.signature"):
            ledger.append([Draft("head.signed/1", "system", {**good, **change})])
    future = Head(9, head.digest)
    ahead = {"seq": 9, "signature": key.sign(head_bytes("Example Agency", future))}
    with pytest.raises(Refused, match=r"head\.signature"):
        ledger.append([Draft("head.signed/1", "system", {**good, **ahead})])


def test_the_publication_key_is_rotated_and_old_heads_stay_valid(ledger, tmp_path):
    keys = tmp_path / "keys"
    old = make_key(keys, "publication")
    register_publication_key(ledger, old)
    sign_head(ledger, old)
    new = make_next_key(keys, "publication")
    registered, retired = rotate_publication_key(ledger, old, new, "yearly")
    assert (registered.key, retired.key) == (old.key, old.key)
    assert retired.body["successor"] == new.key
    with pytest.raises(Refused, match=r"key\.unknown"):
        sign_head(ledger, old)
    promote_next_key(keys, "publication")
    assert load_signer(keys, "publication").key == new.key
    assert (keys / f"publication.{old.key}.pub").is_file()
    sign_head(ledger, load_signer(keys, "publication"))
    assert ledger.check().findings == ()


def test_key_files_are_private_and_never_overwritten(tmp_path):
    keys = tmp_path / "keys"
    made = make_key(keys, "P-01")
    assert (keys / "P-01.key").stat().st_mode & 0o077 == 0
    assert load_signer(keys, "P-01").public == made.public
    with pytest.raises(Refused, match=r"key\.exists"):
        make_key(keys, "P-01")
    with pytest.raises(Refused, match="there are: P-01"):
        load_signer(keys, "P-02")
    with pytest.raises(Refused, match=r"key\.name"):
        make_key(keys, "../P-03")
    (keys / "P-04.key").write_text("nothing")
    with pytest.raises(Refused, match=r"key\.kind"):
        load_signer(keys, "P-04")


def test_a_simulated_clock_shows_what_it_is_told_and_only_moves_forward(tmp_path):
    clock = SimulatedClock.start(tmp_path, START)
    assert clock() == clock() == START
    clock.advance(timedelta(minutes=3))
    assert SimulatedClock(tmp_path)() == START + timedelta(minutes=3)
    with pytest.raises(Refused, match=r"clock\.backwards"):
        clock.set(START)
    assert SimulatedClock.start(tmp_path, START)() == START + timedelta(minutes=3)
    (tmp_path / "clock.json").write_text("[]")
    with pytest.raises(Refused, match=r"clock\.unreadable"):
        clock()
    (tmp_path / "clock.json").unlink()
    with pytest.raises(Refused, match=r"clock\.missing"):
        clock()


def test_a_live_home_refuses_a_simulated_clock_and_the_other_way_round(tmp_path):
    live, demo = tmp_path / "live", tmp_path / "demo"
    Ledger.create(live, system_clock, agency="Example Agency").close()
    with pytest.raises(Refused, match=r"home\.clock"):
        clock_for(live, "2025-12-30T10:14:00+08:00")
    SimulatedClock.start(live, START)
    with pytest.raises(Refused, match=r"home\.clock"):
        Ledger.open(live, clock_for(live))
    clock = clock_for(demo, "2025-12-30T10:14:00+08:00")
    Ledger.create(demo, clock, agency="Example Agency", simulated=True).close()
    opened = Ledger.open(demo, clock_for(demo, "2025-12-30T10:15:00+08:00"))
    (entry,) = opened.append([notice(1)])
    assert entry.recorded_at == START + timedelta(minutes=1)
    opened.close()
    with pytest.raises(Refused, match=r"home\.clock"):
        Ledger.open(demo, clock_for(demo, "live"))
    assert clock_for(tmp_path) is system_clock
