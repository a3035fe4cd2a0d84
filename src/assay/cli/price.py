"""`assay price`: what was published, now or as known at an instant. Open to everybody."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from assay.cli.session import Json, OptionalDate, OptionalInstant, answer, say, session


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
    from assay.core import utc
    from assay.desk import price_of

    with session().ledger() as ledger, ledger.read() as connection:
        found = price_of(connection, series, date, now=utc(ledger.clock()), known_at=known_at)
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
