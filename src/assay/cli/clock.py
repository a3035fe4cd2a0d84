"""`assay clock ...`: the time of a home. Only the clock of a demo home can be set."""

from __future__ import annotations

from cyclopts import App

from assay.cli.session import Instant, Json, answer, say, session

app = App(name="clock", help="The clock of a home; a simulated one can be set forward.")


@app.command
def show(*, json: Json = False) -> None:
    """Show the clock of the home: its present, and whether it is simulated.

    Example: `assay clock show`
    """
    with session().ledger() as ledger:
        now, kind = ledger.clock(), ledger.entry(1).body["clock"]
    _say(now, kind, json)


@app.command
def set(instant: Instant, *, json: Json = False) -> None:  # noqa: A001  (the command's name)
    """Set a simulated clock forward; a live home refuses, and nothing goes back.

    Example: `assay clock set 2025-12-30T10:15:00+08:00`
    """
    from assay.core import refused
    from assay.ledger.clock import SimulatedClock

    with session().ledger() as ledger:
        kind = ledger.entry(1).body["clock"]
        if kind != "simulated" or not isinstance(ledger.clock, SimulatedClock):
            raise refused("home.clock", str(ledger.home), "a live home keeps the real time")
        now = ledger.clock.set(instant)
    _say(now, kind, json)


def _say(now: object, kind: str, as_json: bool) -> None:
    if not answer({"now": now, "clock": kind}, as_json):
        say(f"{now} ({kind})")
