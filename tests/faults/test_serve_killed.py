"""`assay serve` killed inside the window, many times: published once, head signed, chain whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date

import pytest

from assay.core import parse_instant
from assay.desk import approve, determine_series, live_proposal, open_day, propose
from assay.ledger import Ledger, make_key
from assay.ledger.check import check
from assay.ledger.clock import SimulatedClock
from assay.ledger.heads import register_publication_key
from tests.unit.desk.conftest import DAY, library, room
from tests.unit.governance.test_changes import house, noticed, proposed_text, reloaded
from tests.unit.governance.test_house_loop import reported

__all__ = ["house", "library", "room"]
SERIES = "AL-A00-FOSHAN"
ROUNDS = 12


def ready_for_the_window(room):
    """A morning at 10:14:50 with one price approved by two people."""
    open_day(room.desk, room.keys["A-1"], DAY)
    for firm, price in (("F01", "22160"), ("F02", "22180"), ("F03", "22200")):
        room.deal(firm, price)
    determine_series(room.desk, room.keys["A-1"], DAY, SERIES)
    propose(room.desk, room.keys["A-1"], DAY, SERIES)
    with room.ledger.read() as connection:
        proposal = live_proposal(connection, SERIES, DAY)["proposal"]
    approve(room.desk, room.keys["M-1"], SERIES, DAY, proposal)


@pytest.mark.slow
def test_killed_inside_the_window_it_publishes_once(room, tmp_path):
    ready_for_the_window(room)
    keys = tmp_path / "keys"
    register_publication_key(room.ledger, make_key(keys, "publication"))
    room.ledger.close()
    home = room.ledger.home
    clock = SimulatedClock.start(home, parse_instant(f"{DAY}T10:14:58+08:00"))
    environ = {**os.environ, "ASSAY_HOME": str(home), "ASSAY_KEYS": str(keys)}
    command = [sys.executable, "-u", "-m", "assay", "serve", "--port", "0", "--speed", "1"]
    dice = random.Random(20251230)
    for _ in range(ROUNDS):
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            while "serving" not in server.stdout.readline():
                assert server.poll() is None
            time.sleep(dice.random() * 1.5)
            server.send_signal(signal.SIGKILL)
    assert clock() > parse_instant(f"{DAY}T10:15:00+08:00")
    ledger = Ledger.open(home, clock, simulated=True)
    published = list(ledger.entries(kinds=["price.published/1"]))
    assert [each.body["series"] for each in published] == [SERIES]
    signed = [each.body["seq"] for each in ledger.entries(kinds=["head.signed/1"])]
    assert max(signed) >= published[0].seq
    assert check(ledger).findings == ()
    ledger.close()


@pytest.mark.slow
def test_killed_around_midnight_the_house_does_everything_once(house, tmp_path):
    """A pressure clock that ran out, a change whose day comes, a day to watch: each once, whoever dies."""
    changes, name = noticed(house, raw=proposed_text("2026-02-03"))
    house.clock("2026-01-28 09:00:00")
    changes.decide(house.keys["C-1"], name, "adopted", "fair to all")
    reported(house)
    house.clock("2026-02-02 09:00:00")
    open_day(reloaded(house), house.keys["A-1"], date(2026, 2, 2))
    keys = tmp_path / "keys"
    register_publication_key(house.ledger, make_key(keys, "publication"))
    house.ledger.close()
    home = house.ledger.home
    clock = SimulatedClock.start(home, parse_instant("2026-02-02T23:59:57+08:00"))
    environ = {
        **os.environ, "ASSAY_HOME": str(home), "ASSAY_KEYS": str(keys),
        "ASSAY_METHODOLOGIES": str(house.desk.documents),
    }  # fmt: skip
    command = [sys.executable, "-u", "-m", "assay", "serve", "--port", "0", "--speed", "1"]
    dice = random.Random(20260203)
    for _ in range(ROUNDS // 3):
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            while "serving" not in server.stdout.readline():
                assert server.poll() is None
            time.sleep(0.5 + dice.random() * 1.5)
            server.send_signal(signal.SIGKILL)
    turn = [sys.executable, "-m", "assay", "controls", "turn"]
    subprocess.run(turn, env=environ, check=True, stdout=subprocess.DEVNULL)
    assert clock() > parse_instant("2026-02-03T00:00:00+08:00")
    ledger = Ledger.open(home, clock, simulated=True)
    kinds = [each.kind for each in ledger.entries()]
    for once in ("pressure.escalated/1", "change.activated/1", "surveillance.run/1"):
        assert kinds.count(once) == 1, once
    raised = [e.body["subject"] for e in ledger.entries(kinds=["finding.raised/1"]) if e.body["subject"]]  # fmt: skip
    assert len(raised) == len(set(raised)) > 0
    assert check(ledger).findings == ()
    ledger.close()
