"""`assay home ...`: a new home for an agency, with its people, keys and contributors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from assay.cli.session import Json, OptionalInstant, WrongUse, answer, say, session

app = App(name="home", help="The home of an agency: create it, ask about it.")


@app.command
def create(
    *,
    agency: Annotated[Path | None, Parameter(help="An agency file (TOML): name, people with roles.")] = None,
    contributors: Annotated[Path | None, Parameter(help="Its contributors; the file beside --agency when left out.")] = None,
    name: Annotated[str | None, Parameter(help="The agency's name, where there is no file.")] = None,
    simulated_from: Annotated[OptionalInstant, Parameter(name="--simulated-from", help="A demo home for ever: its clock starts here.")] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Create the home that ASSAY_HOME names; keys go to ASSAY_KEYS, never into the home.

    Example: `assay home create --agency examples/agency/agency.toml --simulated-from 2025-12-29T08:00:00+08:00`
    """
    from assay.desk.announced import founding_act
    from assay.desk.founding import found, found_contributors, read_agency
    from assay.desk.wiring import desk_of
    from assay.ledger import SYSTEM, Draft, Ledger
    from assay.ledger.clock import SimulatedClock, system_clock

    settings = session().settings
    read = read_agency(agency) if agency else None
    title = name or (read.name if read else None)
    if title is None:
        raise WrongUse("assay home create", "name the agency: --name NAME, or --agency FILE")
    clock = SimulatedClock.start(settings.home, simulated_from) if simulated_from else system_clock
    ledger = Ledger.create(
        settings.home, clock, agency=title, simulated=simulated_from is not None,
        store_url=settings.store_url,
    )  # fmt: skip
    with_firms = contributors or (agency.with_name("contributors.toml") if agency else None)
    try:
        desk = desk_of(settings, ledger)
        kind, body = founding_act(desk)
        ledger.append([Draft(kind, SYSTEM, body)])
        if read is not None:
            found(desk, read, settings.keys)
        if with_firms is not None and (contributors is not None or with_firms.is_file()):
            found_contributors(desk, with_firms)
        head = ledger.head()
    finally:
        ledger.close()
    people = [each["code"] for each in read.people] if read else []
    document = {
        "home": str(settings.home), "keys": str(settings.keys), "agency": title,
        "clock": "simulated" if simulated_from else "live", "people": people, "entries": head.seq,
    }  # fmt: skip
    if not answer(document, json):
        say(
            f"{title}: home {settings.home}, keys {settings.keys}, {document['clock']} clock",
            f"{len(people)} people, {head.seq} entries; next: {_next(people)}",
        )


def _next(people: Sequence[str]) -> str:
    """What a founder does now: without an agency file there is nobody yet, and no key."""
    if people:
        return "assay day open --date D"
    return "assay person add P-01 --role admin --since D --name NAME, then assay key make P-01 and assay key make publication"


@app.command
def show(*, json: Json = False) -> None:
    """Say which home this is, its clock, and how far its journal goes.

    Example: `assay home show`
    """
    settings = session().settings
    with session().ledger() as ledger:
        first, head, now = ledger.entry(1), ledger.head(), ledger.clock()
    document = {
        "home": str(settings.home), "agency": first.body["agency"], "clock": first.body["clock"],
        "now": now, "entries": head.seq, "head": head.digest,
    }  # fmt: skip
    if not answer(document, json):
        for key, text in document.items():
            say(f"{key:<8} {text}")
