"""PostgreSQL dies in mid-write, or the wire does: look first, then go on."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest
from faults.cut import Wire
from ledger_acts import notice

from assay.ledger import Ledger
from assay.ledger.clock import system_clock
from assay.ledger.surely import StoreUnreachable

pytestmark = pytest.mark.postgresql


@pytest.fixture
def wired(tmp_path, mortal_server):
    """A home whose wire to the server can be cut."""
    wire = Wire(mortal_server.new_database())
    ledger = Ledger.create(
        tmp_path / "home", system_clock, agency="Example Agency", store_url=wire.url
    )
    yield wire, ledger
    ledger.close()
    wire.close()


@pytest.mark.parametrize("lose", ["commit", "answer"])
def test_a_commit_of_unknown_outcome_is_found_out_and_never_doubled(wired, lose):
    wire, ledger = wired
    ledger.append([notice(1)])
    wire.lose = lose
    entries = ledger.append([notice(2), notice(3)])
    assert wire.lost == 1
    assert [entry.seq for entry in entries] == [3, 4]
    assert list(ledger.entries(after=2)) == entries
    assert ledger.check().findings == ()


@pytest.mark.parametrize("lose", ["commit", "answer"])
def test_a_personal_record_of_unknown_outcome_is_kept_once(wired, lose):
    wire, ledger = wired
    wire.lose = lose
    reference = ledger.remember({"name": "Zhang Wei"})
    assert wire.lost == 1
    assert ledger.recall(reference) == {"name": "Zhang Wei"}


def test_the_server_is_killed_again_and_again_while_two_write(tmp_path, mortal_server):
    url = mortal_server.new_database()
    Ledger.create(tmp_path, system_clock, agency="Example Agency", store_url=url).close()
    ended = threading.Event()
    acknowledged: list[list[object]] = [[], []]
    problems: list[BaseException] = []

    def write(mine):
        ledger = Ledger.open(tmp_path, system_clock, store_url=url)
        try:
            while not ended.is_set():
                mine += ledger.append([notice(len(mine)), notice(len(mine))])
        except BaseException as problem:  # noqa: BLE001  (shown below)
            problems.append(problem)
        finally:
            ledger.close()

    threads = [threading.Thread(target=write, args=(mine,)) for mine in acknowledged]
    for thread in threads:
        thread.start()
    for _ in range(3):
        time.sleep(0.4)
        mortal_server.kill()
        mortal_server.start()
    time.sleep(0.4)
    ended.set()
    for thread in threads:
        thread.join()
    assert problems == []
    ledger = Ledger.open(tmp_path, system_clock, store_url=url)
    there = list(ledger.entries(after=1))
    assert sorted((e for mine in acknowledged for e in mine), key=lambda e: e.seq) == there
    assert all(acknowledged)
    assert ledger.check().findings == ()
    ledger.close()


def test_a_server_that_stays_away_is_said_so(tmp_path, mortal_server):
    url = mortal_server.new_database()
    ledger = Ledger.create(
        tmp_path, system_clock, agency="Example Agency", store_url=url, patience=0.5
    )
    mortal_server.kill()
    try:
        with pytest.raises(StoreUnreachable, match="nothing was recorded"):
            ledger.append([notice(1)])
        with pytest.raises(StoreUnreachable, match="store_url"):
            ledger.head()
        with pytest.raises(StoreUnreachable, match="store_url"):
            Ledger.open(tmp_path, system_clock, store_url=url)
    finally:
        mortal_server.start()
    assert len(ledger.append([notice(2)])) == 1

    def kill_at_commit(step):
        if step == "journal.committing":
            mortal_server.kill()

    ledger.checkpoint = kill_at_commit
    try:
        with pytest.raises(StoreUnreachable, match="look before you repeat"):
            ledger.append([notice(3)])
    finally:
        mortal_server.start()
    ledger.checkpoint = lambda step: None
    with contextlib.closing(ledger):
        assert ledger.head().seq == 2
        assert ledger.check().findings == ()
