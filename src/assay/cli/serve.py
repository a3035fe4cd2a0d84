"""`assay serve`: the pages, the loop of the day and that of the house in one process, until it is stopped.

Joins the web face with the home that the settings name. A home on a simulated clock may
be played at a chosen speed; a live home refuses that.
"""

from __future__ import annotations

import contextlib
import importlib
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from assay.cli.beats import Beat
from assay.cli.session import FINDING, WrongUse, say, session

if TYPE_CHECKING:
    from assay.core import Finding
    from assay.desk import Desk
    from assay.desk.documents import Folder
    from assay.settings import Settings

#: How often the loop of the day looks at the clock, and that of the house at what changed.
EVERY_SECONDS = 0.5
HOUSE_SECONDS = 1.0
LAST_PORT = 65535


def serve(
    *,
    host: Annotated[str, Parameter(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port to listen on; 0 takes a free one.")] = 8700,
    speed: Annotated[
        int, Parameter(help="Simulated homes: seconds of the demo clock a second.")
    ] = 0,
    secure: Annotated[bool, Parameter(help="Send cookies over TLS only (behind a proxy).")] = False,
    loop: Annotated[bool, Parameter(help="Run the loops here.")] = True,
) -> None:
    """Serve the pages and run the loops of the day and of the house.

    Example: `assay serve --port 8700`
    """
    from assay.desk.wiring import living_desk, open_ledger

    run = session()
    with open_ledger(run.settings) as ledger, _bound(host, port) as door:
        if speed and not getattr(ledger.clock, "simulated", False):
            raise WrongUse(
                "--speed", "this home runs on a live clock: only a demo home can be played"
            )
        desk, folder = living_desk(run.settings, ledger)
        stop = threading.Event()
        beats = _loops(run.settings, desk, folder, stop) if loop else []
        told = partial(_problems, beats)
        app = _joined().pages(run.settings, ledger, desk, secure=secure, told=told)
        if speed:
            beats.append(Beat("demo clock", _playing(ledger.clock, speed), EVERY_SECONDS, stop))
        for each in beats:
            each.start()
        address = f"http://{f'[{host}]' if ':' in host else host}:{door.getsockname()[1]}/"
        _first_link(app, address)
        say(f"serving {run.settings.home} at {address} (stop with Ctrl-C)")
        try:
            _answer(app, door)
        finally:
            stop.set()
            for each in beats:
                each.end()


def _bound(host: str, port: int) -> socket.socket:
    """The door, held before anything is begun or told, so that a taken port is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    way_out = "name another --host or --port; --port 0 takes a free one"
    if not 0 <= port <= LAST_PORT:
        raise WrongUse(f"{host}:{port}", f"a port is a number from 0 to {LAST_PORT}: {way_out}")
    try:
        return socket.create_server((host, port), family=family)
    except OSError as problem:
        said = problem.strerror or str(problem)
        raise WrongUse(f"{host}:{port}", f"cannot listen here ({said}): {way_out}") from problem


def _answer(app: Any, door: socket.socket) -> None:
    """Answer requests until Ctrl-C."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[door])
    if not server.started:
        raise SystemExit(FINDING)


def _loops(settings: Settings, desk: Desk, folder: Folder, stop: threading.Event) -> list[Beat]:
    """The loop of the day and, so that nothing delays a publication, the loop of the house beside it."""
    from assay.desk.clockwork import turn

    return [
        Beat("day", lambda: turn(desk), EVERY_SECONDS, stop),
        Beat("house", _joined().house_loop(settings, desk, folder), HOUSE_SECONDS, stop),
    ]


def _problems(beats: Sequence[Beat]) -> list[Finding]:
    """What is wrong with the loops of this process now."""
    return [each.problem for each in beats if each.problem is not None]


def _joined() -> Any:
    """The module that joins the faces: found by name, because faces do not import each other."""
    return importlib.import_module("assay.app")


def _first_link(app: Any, address: str) -> None:
    """Print the one-time link of the first administrator while nobody can sign in."""
    from assay.ledger.book.home import persons_with

    house = app.state.house
    with house.ledger.read() as connection:
        admins = persons_with(connection, "admin", house.desk.today())
    token = house.accounts.first_link(admins[0]) if admins else None
    if token:
        say(f"first sign-in, once, for {admins[0]}: {address}join/{token}")


def _playing(clock: Any, speed: int) -> Callable[[], None]:
    last = time.monotonic()

    def step() -> None:
        nonlocal last
        now = time.monotonic()
        clock.advance(timedelta(seconds=round((now - last) * speed, 3)))
        last = now

    return step
