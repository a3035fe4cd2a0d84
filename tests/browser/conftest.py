"""A real Chromium against a real server on this machine: one house, its people, its morning."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from dataclasses import dataclass

import pytest
import uvicorn
from argon2 import PasswordHasher

from assay.desk import Desk, open_day
from assay.governance.accounts import Accounts, load_roles
from assay.methodology import REFERENCE
from assay.web import House, build
from assay.web.rooms import CONTROLLERS
from tests.unit.desk.conftest import DAY, Room, library, room

__all__ = ["library", "room"]

PASSWORD = "a long enough password"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.fspath):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@dataclass
class Served:
    """The running house: its address, its room, its accounts."""

    address: str
    room: Room
    accounts: Accounts
    server: uvicorn.Server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served(room: Room, tmp_path):
    """The house at 10:05 on 2025-12-30 with deals in, served until the test ends."""
    open_day(room.desk, room.keys["A-1"], DAY)
    room.clock("10:05:00")
    for number, firm in enumerate(("F01", "F02", "F03", "F04", "F05", "F06")):
        room.deal(firm, str(22150 + 10 * number), str(100 + 50 * number))
    room.deal("F01", "22180", "30")
    room.deal("F02", "22170", "200", confirmed=False)
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts = Accounts(room.ledger, hasher=quick)
    for person in ("A-1", "A-2", "M-1", "M-2", "B-1", "U-1"):
        accounts.redeem(accounts.invite(person, "join", by="B-1"), PASSWORD)
    house = House(
        room.ledger, room.desk, accounts, load_roles(REFERENCE), tmp_path / "keys", REFERENCE,
        secure=False,
    )  # fmt: skip
    port = free_port()
    config = uvicorn.Config(
        build(house, CONTROLLERS), host="127.0.0.1", port=port, log_level="error",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.started
    yield Served(f"http://127.0.0.1:{port}", room, accounts, server)
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def chromium():
    """One Chromium for the session; tests open their own contexts in it."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    os.environ.setdefault("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Person:
    """Somebody at a browser of his own, who uses the keyboard."""

    def __init__(self, chromium, served: Served, name: str, **context):
        self.served = served
        context.setdefault("viewport", {"width": 1440, "height": 900})
        self.context = chromium.new_context(**context)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.set_default_timeout(30_000)
        self.page.goto(f"{served.address}/sign-in")
        self.page.focus("input[name=person]")
        self.page.keyboard.type(name)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("form.me")

    def go(self, path: str):
        self.page.goto(self.served.address + path)
        return self.page

    def desk(self, series: str = "AL-A00-FOSHAN"):
        page = self.go(f"/desk/{series}?day={DAY}")
        page.wait_for_selector("#line.live")
        return page

    def review(self):
        page = self.go(f"/review?day={DAY}")
        page.wait_for_selector("#line.live")
        return page

    def csrf(self) -> str:
        return self.page.get_attribute('meta[name="csrf"]', "content")

    def post(self, path: str, **form):
        """A forged or stale form: sent as the browser would, with this session's token."""
        form.setdefault("csrf", self.csrf())
        return self.page.request.post(self.served.address + path, form=form, max_redirects=0)


@pytest.fixture
def somebody(chromium, served):
    """A function that signs a person in at a browser of his own."""
    people: list[Person] = []

    def sign_in(name: str, **context) -> Person:
        people.append(Person(chromium, served, name, **context))
        return people[-1]

    yield sign_in
    for each in people:
        each.context.close()
        assert each.errors == []


def state_of_series(desk: Desk, series: str = "AL-A00-FOSHAN") -> str:
    from assay.ledger.book.prices import state_of

    with desk.ledger.read() as connection:
        return state_of(connection, series, DAY)["state"]
