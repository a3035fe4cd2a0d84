"""What every test may ask for: a clock that is told, both stores, a fresh home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clocks import ToldClock
from postgres import Server, start_server

from assay.ledger import Ledger


@pytest.fixture
def clock() -> ToldClock:
    """A simulated morning: begins at 2025-12-30 00:00 UTC, a second a reading."""
    return ToldClock(datetime(2025, 12, 30, tzinfo=UTC))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A real PostgreSQL server, one for each test process."""
    server = start_server()
    yield server
    server.stop()


@pytest.fixture
def new_store(request: pytest.FixtureRequest) -> Callable[[str], str | None]:
    """Makes the address of a fresh store: ``new_store("postgresql")``; None means SQLite."""

    def make(kind: str) -> str | None:
        if kind == "sqlite":
            return None
        address: str = request.getfixturevalue("postgres_server").new_database()
        return address

    return make


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store_url(request: pytest.FixtureRequest, new_store: Callable[[str], str | None]) -> str | None:
    """Both stores, one after the other: None for SQLite in the home, else an address."""
    return new_store(request.param)


@pytest.fixture
def ledger(tmp_path: Path, clock: ToldClock, store_url: str | None) -> Iterator[Ledger]:
    """A fresh home on each of the two stores."""
    made = Ledger.create(
        tmp_path / "home", clock, agency="Example Agency", simulated=True, store_url=store_url
    )
    yield made
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store_kind(request: pytest.FixtureRequest) -> str:
    """The name of each store, for tests that make several (``new_store(store_kind)``)."""
    kind: str = request.param
    return kind
