"""Two published days of the low-carbon price, to the yuan (examples/real-check)."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from assay.methodology import determine, inputs_from_document, load_methodology, load_reference

ROOT = Path(__file__).parents[2]
CHECK = ROOT / "examples" / "real-check"
CASES = tomllib.loads((CHECK / "expected.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["date"]))
def test_published_low_carbon_price(case: dict) -> None:
    document = load_methodology(
        ROOT / "methodologies" / "al-lc" / "2021-12-27.toml", load_reference()
    )
    given = inputs_from_document(json.loads((CHECK / case["inputs"]).read_text("utf-8")))
    said = determine(document, case["date"], given, "AL-LC").document()
    assert said["status"] == "determined", said
    assert {said["low"], said["mid"], said["high"]} == {case["price"]}
