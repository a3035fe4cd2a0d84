"""Nobody works on a series he has a declared conflict with: at the desk, in the transaction."""

from __future__ import annotations

import pytest

from assay.core import Refused
from assay.desk import confirm, judge
from assay.ledger import Draft

SERIES = "AL-A00-FOSHAN"


def declare(room, person: str, since: str, **more) -> None:
    body = {
        "declaration": f"D-{person}-{since}", "person": person, "interest": "holding",
        "since": since, "renew_by": "2026-12-01", "series": [SERIES], **more,
    }  # fmt: skip
    room.ledger.append([Draft("declaration.filed/1", person, body)])


def test_the_conflicted_analyst_is_refused_and_another_is_not(room) -> None:
    name = room.deal("F01", "22180", confirmed=False)
    declare(room, "A-1", "2025-12-30")
    with pytest.raises(Refused, match=r"integrity.conflict.*A-1 on AL-A00-FOSHAN") as problem:
        confirm(room.desk, room.keys["A-1"], name)
    assert "holding" in problem.value.finding.what_to_do
    assert confirm(room.desk, room.keys["A-2"], name).actor == "A-2"


def test_a_judgement_on_the_series_is_refused_too(room) -> None:
    name = room.deal("F01", "22180")
    declare(room, "A-1", "2025-01-02", interest="conflict")
    with pytest.raises(Refused, match=r"integrity.conflict"):
        judge(room.desk, room.keys["A-1"], name, "exclude", "outlier", "far off")


@pytest.mark.parametrize(
    "more",
    [{"interest": "gift"}, {"series": ["AL-A00-SHANGHAI"]}, {"since": "2025-12-31"}],
    ids=["a gift", "another series", "from tomorrow on"],
)
def test_what_does_not_bind(room, more) -> None:
    name = room.deal("F01", "22180", confirmed=False)
    declare(room, "A-1", **{"since": "2025-12-30", **more})
    assert confirm(room.desk, room.keys["A-1"], name).actor == "A-1"


def test_an_interest_that_ended_binds_until_its_last_day(room) -> None:
    name = room.deal("F01", "22180", confirmed=False)
    declare(room, "A-1", "2025-01-02")
    ended = {"declaration": "D-A-1-2025-01-02", "until": "2025-12-29", "words": "sold"}
    room.ledger.append([Draft("declaration.ended/1", "A-1", ended)])
    assert confirm(room.desk, room.keys["A-1"], name).actor == "A-1"
