"""Two published days of the low-carbon price, to the yuan (examples/real-check)."""

from __future__ import annotations

import json
import subprocess
import sys
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


def test_the_same_two_days_in_a_home_of_their_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples/demo.py", "--real-check", "--folder", tmp_path / "here"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    for case in CASES:
        assert f"AL-LC {case['date']}  {case['price']}/" in done.stdout
    assert "change of the mid against 2023-08-17: -109" in done.stdout
    assert done.stdout.count("verdict: verified") >= 2
