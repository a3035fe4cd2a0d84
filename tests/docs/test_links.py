"""Every link of our own pages leads somewhere, and every decision stands in its index."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").rglob("*.md"),
    *(ROOT / "examples").rglob("*.md"),
]  # fmt: skip
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    links = [each for each in LINK.findall(path.read_text("utf-8")) if "://" not in each]
    assert [each for each in links if not (path.parent / each).exists()] == []


def test_each_decision_is_in_the_index():
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    assert [each.name for each in folder.glob("0*.md") if each.name not in index] == []


def test_each_picture_is_small_and_named():
    folder = ROOT / "docs" / "images"
    named = (folder / "README.md").read_text("utf-8")
    odd = [
        each.name
        for each in folder.glob("*.png")
        if each.stat().st_size > 150_000 or f"({each.name})" not in named
    ]
    assert odd == []
