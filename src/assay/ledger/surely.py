"""Writing surely: when the server dies in mid-write, look first, then try again.

A commit whose outcome is unknown is never blindly repeated: the salted digest of the
entry tells for certain whether it is in the journal. Knows nothing of what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential_jitter

from assay.core import Finding, Refused, Severity
from assay.ledger.log import logger

T = TypeVar("T")
_LOG = logger("ledger")

#: Seconds to wait for a server that went away.
PATIENCE = 30.0


class StoreUnreachable(Refused):
    """The server is gone and did not come back in time."""


def is_lost(problem: BaseException) -> bool:
    """Whether the server went away (or rolled back by itself); never so for SQLite."""
    if not isinstance(problem, sa.exc.DBAPIError) or "sqlite3" in str(type(problem.orig)):
        return False
    return problem.connection_invalidated or isinstance(
        problem, sa.exc.OperationalError | sa.exc.InterfaceError
    )


@contextmanager
def in_words() -> Iterator[None]:
    """For readers: a server that is gone is said in words, not in the driver's."""
    try:
        yield
    except sa.exc.DBAPIError as problem:
        if not is_lost(problem):
            raise
        way_out = "nothing was recorded: start the server, or mend the setting store_url"
        raise _unreachable(way_out) from problem


def _unreachable(way_out: str) -> StoreUnreachable:
    where = "the PostgreSQL server"
    return StoreUnreachable(Finding("store.unreachable", Severity.ERROR, where, way_out))


def surely(
    write: Callable[[list[T]], list[T]], find: Callable[[list[T]], bool], patience: float = PATIENCE
) -> list[T]:
    """What `write` returns, even if the server dies and comes back meanwhile.

    `write` notes in the list it is given what it is about to commit; `find` says
    whether that is in the store (it waits until an earlier transaction has ended).
    """
    noted: list[T] = []
    waits = Retrying(
        stop=stop_after_delay(patience),
        wait=wait_exponential_jitter(multiplier=0.05, max=2, jitter=0.1),
        retry=retry_if_exception(is_lost),
        reraise=True,
    )
    try:
        return waits(_attempt, write, find, noted)
    except sa.exc.DBAPIError as problem:
        if not is_lost(problem):
            raise
        known = "it is unknown whether it was recorded: look before you repeat it"
        way_out = known if noted else "nothing was recorded: start the server and repeat"
        raise _unreachable(way_out) from problem


def _attempt(
    write: Callable[[list[T]], list[T]], find: Callable[[list[T]], bool], noted: list[T]
) -> list[T]:
    if noted:
        _LOG.warning("store.lost_in_write", count=len(noted))
        if find(noted):
            return list(noted)
        noted.clear()
    return write(noted)
