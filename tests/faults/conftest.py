"""Fault tests: a server that may be killed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from postgres import Server, start_server


@pytest.fixture(scope="module")
def mortal_server() -> Iterator[Server]:
    """A PostgreSQL server of this module alone, to be killed."""
    server = start_server()
    yield server
    server.stop()
