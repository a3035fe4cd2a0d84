"""The morning to play, as a process: rows arrive by themselves, two people make a price.

Started as `make demo` starts it, with `--play` in the place of a terminal; signed in by
HTTP, never through a key file; ended by its own process id.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Self

import httpx
import pytest

from assay.cli.main import run

ROOT = Path(__file__).parents[2]
EXPECTED = tomllib.loads((ROOT / "examples/agency/expected.toml").read_text("utf-8"))
SERIES, DAY = "AL-A00-FOSHAN", "2025-12-30"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo"), pytest.mark.timeout(240)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Player:
    """Somebody at the pages, without a browser."""

    def __init__(self, address: str, name: str, password: str):
        self.http = httpx.Client(base_url=address, timeout=60, follow_redirects=True)
        form = {"person": name, "password": password, "csrf": self.csrf("/sign-in")}
        answer = self.http.post("/sign-in", data=form)
        assert 'class="me"' in answer.text, answer.text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.http.close()

    def csrf(self, path: str) -> str:
        return re.search(r'name="csrf" content="([^"]+)"', self.http.get(path).text)[1]

    def desk(self) -> str:
        return self.http.get(f"/desk/{SERIES}?day={DAY}").text

    def act(self, path: str, **form: str) -> httpx.Response:
        answer = self.http.post(path, data={"day": DAY, "csrf": self.csrf("/account"), **form})
        assert answer.status_code == 200, answer.text
        return answer


def until(ask, seconds: float = 90):
    """What `ask` gives as soon as it gives anything."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := ask():
            return found
        time.sleep(0.3)
    raise AssertionError("it did not happen in time")


def pending(page: str) -> list[str]:
    return re.findall(r'<tr id="row-([^"]+)"[^>]*class="row pending"', page)


def clock(page: str) -> str:
    return re.search(r'data-now="([^"]+)"', page)[1]


def test_a_newcomer_plays_both_parts_of_a_morning(tmp_path: Path) -> None:
    port, told = free_port(), tmp_path / "told.txt"
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable, "-u", ROOT / "examples/demo.py", "--days", "2025-12-29", "--play",
        "--speed", "300", "--port", str(port), "--folder", tmp_path / "here",
    ]  # fmt: skip
    with told.open("w") as out:
        demo = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            until(lambda: _listens(demo, told, port))
            said = told.read_text()
            assert said.index("verdict: verified") < said.index("Sign in as")
            words = dict(re.findall(r"(P-0\d) │ ([a-z-]{19}) │", said))
            assert sorted(words) == ["P-01", "P-03", "P-04", "P-05", "P-06", "P-07"]
            assert len(set(words.values())) == len(words)
            _morning(address, words)
        finally:
            demo.send_signal(signal.SIGINT)
            code = demo.wait(timeout=30)
    assert code == 0, told.read_text()
    said = _price(tmp_path / "here" / "play")
    worked = next(
        each for each in EXPECTED["price"] if (each["series"], str(each["date"])) == (SERIES, DAY)
    )
    assert [said[leg] for leg in ("low", "mid", "high")] == [
        worked[leg] for leg in ("low", "mid", "high")
    ]


def _price(place: Path) -> dict:
    environ = {"ASSAY_HOME": str(place / "home"), "ASSAY_KEYS": str(place / "keys")}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert run(["price", SERIES, "--date", DAY, "--json"], environ) == 0
    return json.loads(out.getvalue())


def _listens(demo: subprocess.Popen, told: Path, port: int) -> bool:
    assert demo.poll() is None, told.read_text()
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _morning(address: str, words: dict[str, str]) -> None:
    with Player(address, "P-01", words["P-01"]) as analyst:
        _as_analyst(analyst)
        with Player(address, "P-03", words["P-03"]) as manager:
            _as_manager(manager)
        until(lambda: re.search(r'class="chip[^"]*">[^<]*published', analyst.desk()))


def _as_analyst(analyst: Player) -> None:
    assert clock(analyst.desk()) < f"{DAY}T01:30"  # it stood at 09:25 until somebody came
    first = until(lambda: pending(analyst.desk()))
    # Six messages before the cut-off tell deals of the day in Foshan (agency/expected.toml).
    rows = until(lambda: (found := pending(analyst.desk())) and len(found) >= 6 and found)
    assert len(first) < len(rows)
    until(lambda: clock(analyst.desk()) > f"{DAY}T02:15:30")
    for name in pending(analyst.desk()):
        analyst.act(f"/desk/{SERIES}/confirm", submission=name)
    analyst.act(f"/desk/{SERIES}/propose", rationale="Deals around 22,180.")


def _as_manager(manager: Player) -> None:
    queue = manager.http.get(f"/review?day={DAY}").text
    card = queue[queue.index(f"card-{SERIES}") :]
    mine = re.search(r'name="proposal" value="([^"]+)"', card)[1]
    manager.act(f"/review/{SERIES}/approve", proposal=mine)
