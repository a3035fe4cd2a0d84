"""The journal run again: the same bytes, or a finding that says what differs."""

from datetime import date

from unit.replay.making import simple

from assay.core import digest
from assay.methodology import determine, inputs_from_document
from assay.methodology.replay.journal import Comparison

DAY = "2024-01-02"
INPUTS = {
    "submissions": [
        {"id": f"s{n}", "series": "S-1", "pricing_date": DAY, "contributor": f"C{n}", "low": low, "high": low}
        for n, low in enumerate(("10", "20"))
    ]
}  # fmt: skip


def recorded(methodology) -> dict:
    found = determine(methodology, date(2024, 1, 2), inputs_from_document(INPUTS)).document()
    return {
        "series": "S-1", "pricing_date": DAY, "inputs": INPUTS, "determination": found,
        "digest": digest({"determination": found, "inputs": INPUTS}),
    }  # fmt: skip


def tick(body: dict, mid: str, how: tuple = ()) -> dict:
    legs = {"low": "10", "mid": mid, "high": "20"}
    judgement = {"used": bool(how), "how": list(how)}
    content = {**legs, "determination": body["digest"], "judgement": judgement}
    return {"series": "S-1", "pricing_date": DAY, "revision": 0, "tick": content}


def test_the_same_inputs_and_document_give_the_same_bytes() -> None:
    methodology = simple({"rule": "mean"})
    body = recorded(methodology)
    comparison = Comparison({methodology.digest: methodology})
    comparison.determination(1, body)
    comparison.tick(2, tick(body, "15"))
    assert (comparison.determinations, comparison.ticks, comparison.findings) == (1, 1, [])


def test_a_changed_number_a_lost_document_and_a_silent_adjustment_are_found() -> None:
    methodology = simple({"rule": "mean"})
    body = recorded(methodology)
    changed = {**body, "determination": {**body["determination"], "mid": "16"}}
    comparison = Comparison({methodology.digest: methodology})
    comparison.determination(1, changed)
    assert "mid 16 now 15" in comparison.findings[0].what_to_do
    lost = Comparison({})
    lost.determination(1, body)
    assert [each.code for each in lost.findings] == ["replay.document"]
    silent = Comparison({methodology.digest: methodology})
    silent.determination(1, body)
    silent.tick(2, tick(body, "17"))
    assert "17 was published, 15 was determined" in silent.findings[0].what_to_do
    named = Comparison({methodology.digest: methodology})
    named.determination(1, body)
    named.tick(2, tick(body, "17", ({"act": "adjust", "leg": "mid"},)))
    assert named.findings == []
    orphan = Comparison({methodology.digest: methodology})
    orphan.tick(2, tick(body, "15"))
    assert [each.code for each in orphan.findings] == ["replay.tick"]
