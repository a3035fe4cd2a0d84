"""A stored instant has one shape; any other was written by somebody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from assay.core import BrokenPromise
from assay.ledger.store import Instant

SQLITE = sa.create_engine("sqlite://").dialect
WHEN = datetime(2025, 12, 30, 2, 15, 0, 1, tzinfo=UTC)


def test_what_is_stored_comes_back() -> None:
    stored = Instant().process_bind_param(WHEN, SQLITE)
    assert stored == "2025-12-30T02:15:00.000001Z"
    back = Instant().process_result_value(stored, SQLITE)
    assert back == WHEN
    assert back is not None
    assert back.tzinfo is UTC


@pytest.mark.parametrize(
    "changed",
    [
        "2025-12-30T02:15:00,000001Z",
        "2025-12-30 02:15:00.000001Z",
        "2025-12-30T02:15:00.000001+00:00",
        "2025-12-30T10:15:00.000001+08",
        "2025-12-30T02:15:00.0001Z",
        "20251230T021500.000001Z",
        "2025-12-30T02:15:00.000001",
        "2025-12-30",
        "yesterday",
    ],
)
def test_any_other_shape_is_a_broken_promise(changed: str) -> None:
    with pytest.raises(BrokenPromise, match=r"journal\.changed"):
        Instant().process_result_value(changed, SQLITE)
