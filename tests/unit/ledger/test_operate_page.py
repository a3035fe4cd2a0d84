"""The operator's page names every finding of the check, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOURCES = ("check", "chain", "checkbook", "checkstores", "evidence")


def test_every_finding_of_the_check_is_explained():
    said = set()
    for name in SOURCES:
        text = (ROOT / f"src/assay/ledger/{name}.py").read_text("utf-8")
        said |= set(re.findall(r'(?:Finding|_say)\(\s*"([a-z_]+\.[a-z_]+)"', text))
    page = (ROOT / "docs/operate.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    explained = {code for row in rows for code in re.findall(r"`([a-z_]+\.[a-z_]+)`", row)}
    explained -= {"journal.sqlite", "heads.jsonl", "clock.json"}
    assert said == explained
