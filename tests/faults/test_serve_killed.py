"""`assay serve` killed inside the window, many times: published once, head signed, chain whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from assay.core import parse_instant
from assay.desk import approve, determine_series, live_proposal, open_day, propose
from assay.ledger import Ledger, make_key
from assay.ledger.check import check
from assay.ledger.clock import SimulatedClock
from assay.ledger.heads import register_publication_key
from tests.unit.desk.conftest import DAY, library, room

__all__ = ["library", "room"]
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
