"""`assay serve`: the pages and the loop of the day in one process, until it is stopped.

Joins the web face with the home that the settings name. A home on a simulated clock may
be played at a chosen speed; a live home refuses that.
"""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from cyclopts import Parameter

from assay.cli.session import WrongUse, say, session

#: How often the loop of the day looks at the clock.
EVERY_SECONDS = 0.5


def serve(
    *,
    host: Annotated[str, Parameter(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to listen on; 0 takes a free one.")] = 8700,
    speed: Annotated[
        int, Parameter(help="Simulated homes: seconds of the demo clock a second.")
    ] = 0,
    secure: Annotated[bool, Parameter(help="Send cookies over TLS only (behind a proxy).")] = False,
    loop: Annotated[bool, Parameter(help="Run the loop of the day here.")] = True,
) -> None:
    """Serve the pages and run the loop of the day.

    Example: `assay serve --port 8700`
    """
    import uvicorn

    from assay.desk.wiring import desk_of, open_ledger

    run = session()
    with open_ledger(run.settings) as ledger:
        if speed and not getattr(ledger.clock, "simulated", False):
            raise WrongUse(
                "--speed", "this home runs on a live clock: only a demo home can be played"
            )
        desk = desk_of(run.settings, ledger)
        app = _joined().pages(run.settings, ledger, desk, secure=secure)
        stop = threading.Event()
        followers = [_follower(stop, _turning(desk))] if loop else []
        if speed:
            followers.append(_follower(stop, _playing(ledger.clock, speed)))
        _first_link(app, host, port)
        say(f"serving {run.settings.home} at http://{host}:{port}/ (stop with Ctrl-C)")
        try:
            uvicorn.run(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=2)
        finally:
            stop.set()
            for each in followers:
                each.join(timeout=5)


def _joined() -> Any:
    """The module that joins the faces: found by name, because faces do not import each other."""
    return importlib.import_module("assay.app")


def _first_link(app: Any, host: str, port: int) -> None:
    """Print the one-time link of the first administrator while nobody can sign in."""
    from assay.ledger.book.home import persons_with

    house = app.state.house
    with house.ledger.read() as connection:
        admins = persons_with(connection, "admin", house.desk.today())
    token = house.accounts.first_link(admins[0]) if admins else None
    if token:
        say(f"first sign-in, once, for {admins[0]}: http://{host}:{port}/join/{token}")


def _follower(stop: threading.Event, step: Callable[[], None]) -> threading.Thread:
    def work() -> None:
        while not stop.wait(EVERY_SECONDS):
            step()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def _turning(desk: Any) -> Callable[[], None]:
    from assay.desk.clockwork import turn

    def step() -> None:
        turn(desk)

    return step


def _playing(clock: Any, speed: int) -> Callable[[], None]:
    last = time.monotonic()

    def step() -> None:
        nonlocal last
        now = time.monotonic()
        clock.advance(timedelta(seconds=round((now - last) * speed, 3)))
        last = now

    return step
