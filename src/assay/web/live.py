"""The live line: journal entries as server-sent events, resumed without gap or double.

The id of an event is the entry's sequence number; a browser that comes back names the
last one it saw and gets everything after it. Bodies never leave: only what changed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from litestar import Request, get
from litestar.params import FromQuery
from litestar.response import Response, ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from assay.core import instant_text
from assay.ledger import Entry, Ledger
from assay.web.pages import page
from assay.web.security import COOKIE, house_of

#: How often the journal is looked at, and how often an idle line says that it lives.
EVERY_SECONDS = 0.2
HEARTBEAT_ROUNDS = 50
#: How often the line asks whether its session still lives: who was signed out hears no more.
SESSION_ROUNDS = 10
#: How often a page hears the clock of a home whose clock is simulated: it may run fast or stand.
CLOCK_ROUNDS = 5
#: Kinds that concern an analyst's or price manager's page.
NOUNS = ("submission.", "price.", "day.", "market.", "factor.", "notice.", "comment.", "finding.")


def told(entry: Entry) -> dict[str, Any]:
    """What the line says of an entry: its kind and the thing it is about, never its content."""
    body = entry.body
    fields = body.get("fields") or {}
    return {
        "seq": entry.seq,
        "kind": entry.kind.partition("/")[0],
        "series": body.get("series")
        if isinstance(body.get("series"), str)
        else fields.get("series"),
        "day": body.get("pricing_date") or fields.get("pricing_date"),
        "submission": body.get("submission"),
    }


def entries_after(ledger: Ledger, cursor: int) -> list[Entry]:
    """The entries after `cursor` that concern a page."""
    return [each for each in ledger.entries(after=cursor) if each.kind.startswith(NOUNS)]


async def follow(
    ledger: Ledger, cursor: int, still: Callable[[], bool] = lambda: True
) -> AsyncIterator[ServerSentEventMessage]:
    """Tell every entry after `cursor`, as long as the session behind the line lives."""
    rounds, looked, simulated = 0, 0, getattr(ledger.clock, "simulated", False)
    yield ServerSentEventMessage(event="hello", data=str(cursor), id=str(cursor), retry=1000)
    while True:
        head = await asyncio.to_thread(ledger.head)
        if head.seq > cursor:
            for entry in await asyncio.to_thread(entries_after, ledger, cursor):
                yield ServerSentEventMessage(
                    event="entry", data=json.dumps(told(entry)), id=str(entry.seq)
                )
            cursor, rounds = head.seq, 0
        rounds += 1
        if looked % SESSION_ROUNDS == SESSION_ROUNDS - 1 and not await asyncio.to_thread(still):
            yield ServerSentEventMessage(event="ended", data=str(cursor))
            return
        looked += 1
        if simulated and rounds % CLOCK_ROUNDS == 0:
            yield ServerSentEventMessage(event="clock", data=instant_text(ledger.clock()))
        if rounds % HEARTBEAT_ROUNDS == 0:
            yield ServerSentEventMessage(event="beat", data=str(cursor))
        await asyncio.sleep(EVERY_SECONDS)


@get("/alarms", opt={"permission": "signed_in"}, sync_to_thread=True)
def alarms(request: Request[Any, Any, Any]) -> Response[Any]:
    """The alarms that concern the person, as they stand at the head of every page."""
    return page(request, "alarms.html")


@get("/live", opt={"permission": "desk:day:read"})
async def live(request: Request[Any, Any, Any], after: FromQuery[int] = 0) -> ServerSentEvent:
    """The live line from where the browser left off (``Last-Event-ID``, else `after`)."""
    ledger = house_of(request).ledger
    last = request.headers.get("last-event-id", "")
    cursor = int(last) if last.isdigit() else after or ledger.head().seq
    accounts, token = house_of(request).accounts, request.cookies.get(COOKIE, "")
    return ServerSentEvent(follow(ledger, cursor, lambda: accounts.who(token) is not None))
