"""kill -9 of writing processes in a loop, one and two at a time, on both stores.

A writer says on a pipe what was acknowledged, after it was acknowledged. Whatever it
said must be in the journal afterwards, and the check must be clean.
"""

from __future__ import annotations

import os
import random
import signal
import time

import pytest
from ledger_acts import archived, notice

from assay.ledger import Ledger
from assay.ledger.clock import system_clock


def write_for_ever(folder, url, pipe):
    """What the child does until it is killed."""
    ledger = Ledger.open(folder, system_clock, store_url=url)
    number = 0
    while True:
        number += 1
        drafts = [notice(number)] if number % 3 else [notice(number), notice(number)]
        if number % 4 == 0:
            drafts.append(archived(ledger, f"message {os.getpid()} {number}".encode()))
        lines = "".join(f"{entry.seq} {entry.digest}\n" for entry in ledger.append(drafts))
        os.write(pipe, lines.encode())


def spawn(folder, url):
    """A writer in a process of its own: its id and the pipe that it reports on."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            write_for_ever(folder, url, writing)
        finally:
            os._exit(1)
    os.close(writing)
    return child, reading


def kill(child, pipe):
    """What the child said until it was killed."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(pipe, "rb") as said:
        whole = said.read()
    return [line.split() for line in whole[: whole.rfind(b"\n") + 1].decode().splitlines()]


def rounds(folder, url, *, writers, count):
    """Kill, look, go on; gives how much was acknowledged in all."""
    chance = random.Random(20251230)
    Ledger.create(folder, system_clock, agency="Example Agency", store_url=url).close()
    acknowledged: dict[int, str] = {}
    for _ in range(count):
        children = [spawn(folder, url) for _ in range(writers)]
        time.sleep(chance.uniform(0.05, 0.5))
        for child, pipe in children:
            for seq, digest in kill(child, pipe):
                assert int(seq) not in acknowledged
                acknowledged[int(seq)] = digest
        ledger = Ledger.open(folder, system_clock, store_url=url)
        there = {entry.seq: entry.digest for entry in ledger.entries()}
        assert acknowledged.items() <= there.items()
        assert ledger.check().findings == ()
        ledger.close()
    return len(acknowledged)


@pytest.mark.parametrize("writers", [1, 2])
def test_kill_9_loses_nothing_acknowledged(tmp_path, new_store, store_kind, writers):
    count = {"sqlite": 13, "postgresql": 5}[store_kind]
    said = rounds(tmp_path / "home", new_store(store_kind), writers=writers, count=count)
    assert said > count


@pytest.mark.slow
@pytest.mark.parametrize("writers", [1, 2, 4])
def test_kill_9_many_times(tmp_path, new_store, store_kind, writers):
    rounds(tmp_path / "home", new_store(store_kind), writers=writers, count=40)


def test_several_writers_and_readers_at_once(tmp_path, new_store, store_kind):
    """Readers always see a whole book: as many days as notices, never one without the other."""
    folder, url = tmp_path / "home", new_store(store_kind)
    ledger = Ledger.create(folder, system_clock, agency="Example Agency", store_url=url)
    children = [spawn(folder, url) for _ in range(3)]
    try:
        seen = 0
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            report = ledger.check()
            assert report.findings == ()
            assert report.entries >= seen
            seen = report.entries
    finally:
        said = [kill(*child) for child in children]
    assert all(said), "every writer had its turn"
    numbers = [int(seq) for lines in said for seq, _ in lines]
    assert len(numbers) == len(set(numbers))
    assert ledger.check().findings == ()
    ledger.close()
