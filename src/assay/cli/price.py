"""`assay price`: what was published, now or as known at an instant. Open to everybody."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from assay.cli.session import Json, OptionalDate, OptionalInstant, WrongUse, answer, say, session


def price(
    series: str,
    *,
    date: OptionalDate = None,
    known_at: Annotated[OptionalInstant, Parameter(name="--known-at", help="An instant, e.g. 2025-12-30T10:14:00+08:00.")] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Print a published price; with --known-at, what the house had published by then.

    Example: `assay price AL-LC --date 2025-12-30 --known-at 2025-12-30T10:20:00+08:00`
    """
    from assay.core import Refused, utc
    from assay.desk import price_of
    from assay.desk.wiring import open_library

    try:
        with session().ledger() as ledger, ledger.read() as connection:
            found = price_of(connection, series, date, now=utc(ledger.clock()), known_at=known_at)
    except Refused as refusal:
        served = open_library(session().settings).series()
        if refusal.finding.code == "price.none" and series not in served:
            raise WrongUse(f"series {series}", f"no document serves it; known: {', '.join(served)}") from None  # fmt: skip
        raise
    if answer(found, json):
        return
    if found["mid"] is None:
        say(f"{series} {found['pricing_date']}: {found['status']} ({found['reason']})")
    else:
        span = found["mid"] if found["low"] == found["high"] else f"{found['low']}-{found['high']}"
        say(
            f"{series} {found['pricing_date']}: {span} {found['unit']}, mid {found['mid']}"
            f" ({found['status']}, revision {found['revision']}{', late' if found['late'] else ''})"
        )
    if found["change"]:
        say(f"change of the mid against {found['change']['against']}: {found['change']['value']}")
    say(f"published {found['published_at']}, recorded {found['recorded_at']}")
