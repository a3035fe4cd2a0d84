"""A morning to play: a served home where the day's messages arrive by themselves.

Founds the agency of the example, plays 2025-12-29 by its script, makes one account a role
with fresh passwords, and serves the pages by `assay serve`. The clock stands at 09:25 of
2025-12-30 until somebody signs in, then runs at the chosen speed until the day is over.
Whoever plays confirms, screens, proposes and approves: nothing here does it for him.

    python examples/play.py [--speed 6] [--port 8700] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import secrets
import socket
import sys
import threading
import time
from datetime import date, datetime, timedelta
from pathlib import Path

from demo import SCRIPTS, Demo, DemoFailed, near, places, prepared
from post import Post, arrivals
from rich.console import Console
from rich.table import Table

from assay.core import Finding, Refused, parse_instant
from assay.desk.wiring import open_ledger
from assay.governance.accounts import Accounts
from assay.ledger import Ledger
from assay.ledger.book import accounts as account_book
from assay.ledger.book.home import person_on
from assay.ledger.clock import SimulatedClock
from assay.settings import load_settings

DAY = date(2025, 12, 30)
BEGINS = "2025-12-30T09:25:00+08:00"
WINDOW = parse_instant("2025-12-30T10:15:00+08:00")
#: The clock stands still from here on: everything that a day has is over.
ENDS = parse_instant("2025-12-30T11:30:00+08:00")
#: One person a role; P-04 signs second where a document asks for two.
PLAYERS = {
    "P-01": "analyst",
    "P-03": "price manager",
    "P-04": "second price manager",
    "P-05": "compliance",
    "P-06": "auditor",
    "P-07": "administrator",
}
ADMIN = "P-07"
SPEED, PORT = 6, 8700
#: How often the post looks at the clock, in real seconds.
EVERY_SECONDS = 0.25
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"


def password() -> str:
    """A fresh password that a person can type: four words of two syllables, some 49 bits."""
    choose = secrets.choice
    syllables = [choose(_CONSONANTS) + choose(_VOWELS) for _ in range(8)]
    return "-".join(syllables[at] + syllables[at + 1] for at in range(0, 8, 2))


def found(demo: Demo) -> None:
    """The agency with its quiet day before, and the clock on the morning that is played."""
    demo.variables = {"AGENCY": str(near(SCRIPTS.parent)), "OUT": str(near(demo.out))}
    for script in ("founding", "2025-12-29"):
        demo.play(SCRIPTS / f"{script}.txt")
    demo.command(f"assay clock set {BEGINS}")


def make_accounts(ledger: Ledger) -> dict[str, str]:
    """One account a role; gives the passwords, which exist nowhere else."""
    accounts, made = Accounts(ledger), {person: password() for person in PLAYERS}
    links = {ADMIN: accounts.first_link(ADMIN) or ""}
    for person, fresh in sorted(made.items(), key=lambda each: each[0] != ADMIN):
        link = links.get(person) or accounts.invite(person, "join", by=ADMIN)
        accounts.redeem(link, fresh)
    return made


def cast(ledger: Ledger, made: dict[str, str]) -> Table:
    """Who plays what, with the password of each."""
    table = Table(title="Sign in as", title_justify="left", header_style="bold")
    for column in ("name", "password", "role"):
        table.add_column(column, no_wrap=True)
    with ledger.read() as connection:
        for person, role in PLAYERS.items():
            known = person_on(connection, person, DAY)
            if known is None:
                raise DemoFailed(f"{person} is no person of the example")
            table.add_row(person, made[person], role)
    return table


class Morning:
    """The clock and the post of the played day, in a thread beside the pages."""

    def __init__(self, demo: Demo, speed: int) -> None:
        """`speed` is how many seconds of the played clock pass in one."""
        self.demo = demo
        self.speed = speed
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._safely, daemon=True)

    def _safely(self) -> None:
        try:
            self._run()
        except Refused as problem:
            self._broken(problem.finding)

    def _broken(self, finding: Finding) -> None:
        said = f"{finding.code}: {finding.where}; {finding.what_to_do}"
        self.demo.console.print(f"[bold red]the post stopped:[/] {said}")

    def _run(self) -> None:
        settings = load_settings(self.demo.environ)
        messages = SCRIPTS.parent / "messages" / DAY.isoformat()
        market = sorted((SCRIPTS.parent / "market" / DAY.isoformat() / "1015").glob("*.csv"))
        with open_ledger(settings) as ledger:
            post = Post(settings, ledger, arrivals(messages, DAY), market)
            while not self._begun(ledger) and not self.stop.wait(EVERY_SECONDS):
                pass
            clock, last = SimulatedClock(self.demo.home), time.monotonic()
            while not self.stop.wait(EVERY_SECONDS) and clock() < ENDS:
                now = time.monotonic()
                clock.set(self._forward(clock(), now - last))
                last = now
                post.deliver(DAY)

    def _forward(self, shown: datetime, passed: float) -> datetime:
        return min(shown + timedelta(seconds=passed * self.speed), ENDS)

    def _begun(self, ledger: Ledger) -> bool:
        now = ledger.clock()
        with ledger.read() as connection:
            return any(account_book.open_sessions(connection, each, now) for each in PLAYERS)


def serve(demo: Demo, speed: int, port: int) -> int:
    """Serve the played home until Ctrl-C; the same `assay serve` as of any home."""
    from assay.cli.main import run

    morning = Morning(demo, speed)
    morning.thread.start()
    try:
        run(["serve", "--port", str(port)], demo.environ)
    finally:
        morning.stop.set()
        morning.thread.join(timeout=5)
    demo.console.print("\nthe morning is over; the next `make demo` starts another")
    return 0


def free_port(wanted: int) -> int:
    """The wanted port, or any free one where somebody listens there already."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return wanted


def play(demo: Demo, speed: int, port: int) -> int:
    """Make the home, say who signs in how, serve."""
    demo.console.print("\n[bold]Your turn[/]: a home to play in is being made")
    shown, demo.console = demo.console, Console(quiet=True)
    try:
        found(demo)
    finally:
        demo.console = shown
    with open_ledger(load_settings(demo.environ)) as ledger:
        demo.console.print(cast(ledger, make_accounts(ledger)))
    minutes = round((WINDOW - parse_instant(BEGINS)).total_seconds() / speed / 60, 1)
    port = free_port(port)
    demo.console.print(
        f"{DAY}, 09:25 in Shanghai. The clock starts when the first person signs in and runs"
        f" {speed} times as fast:\nmessages until 10:13, the window from 10:15 to 10:20"
        f" ({minutes} minutes from the start). As analyst: /desk, confirm (a),\nsubmit for"
        " review (Ctrl Enter). As price manager, in another browser or a private window:"
        " /review, approve (a).\nWhat two people approved is published by itself at 10:15.",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    demo.console.print(f"\n  [bold]http://127.0.0.1:{port}/[/]   (stop with Ctrl-C)\n")
    return serve(demo, speed, port)


def play_place(folder: Path | None) -> tuple[Path, Path, Path]:
    """Home, keys and output of the played day, beside those of the demo."""
    home, keys, out = places(folder)
    if home.name == "home" and home.parent == keys.parent == out.parent:
        base = home.parent / "play"
        return base / "home", base / "keys", base / "out"
    return tuple(each.with_name(f"{each.name}-play") for each in (home, keys, out))  # type: ignore[return-value]  # three in, three out


def start(folder: Path | None, speed: int, port: int, console: Console, *, verbose: bool) -> int:
    """Play in fresh folders; exit code 2 where something else lies there."""
    demo = Demo(*play_place(folder), console, verbose=verbose)
    return play(demo, speed, port) if prepared(demo) else 2


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the played morning, here and in the demo."""
    parser.add_argument(
        "--speed",
        type=_speed,
        default=SPEED,
        help=f"played seconds in a second, {SPEED} by default",
    )
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"where the pages are, {PORT} by default"
    )


def _speed(text: str) -> int:
    speed = int(text)
    if not 1 <= speed <= 3600:  # noqa: PLR2004  (an hour in a second is as fast as it makes sense)
        raise argparse.ArgumentTypeError("a speed is between 1 and 3600")
    return speed


def main(arguments: list[str] | None = None) -> int:
    """Only the morning to play, without the demo before it."""
    parser = argparse.ArgumentParser(prog="play", description="A morning to play.")
    add_options(parser)
    parser.add_argument("--folder", type=Path, help="where it lies; else beside the demo")
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 132, highlight=False)
    return start(given.folder, given.speed, given.port, console, verbose=given.verbose)


if __name__ == "__main__":
    sys.exit(main())
