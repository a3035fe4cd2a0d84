"""The reference pages of this room say what the code does, row by row."""

from __future__ import annotations

import re
from pathlib import Path

from assay.collection import CHANNELS, Certainty, Lexicon, QuoteContext, read_quotes
from assay.collection.feeds import load_feeds
from assay.collection.feeds.mapping import _KEYS

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "reference"
SOURCES = sorted((ROOT / "src" / "assay" / "collection").rglob("*.py"))
CALL = re.compile(r"\b(error|warning|notice|refusal|refused)\(\s*\"([a-z_]+\.[a-z_]+)\"")
SAID = {"refusal": "error", "notice": "info"}
ORDER = ("error", "refused", "warning", "info")


def rows(page: str, title: str) -> list[list[str]]:
    text = (PAGES / page).read_text("utf-8")
    section = text.split(title, 1)[1].split("\n\n", 2)
    table = next(part for part in section if "|---" in part)
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_finding_has_its_row_and_every_row_its_finding() -> None:
    raised: dict[str, set[str]] = {}
    for source in SOURCES:
        for call, code in CALL.findall(source.read_text("utf-8")):
            raised.setdefault(code, set()).add(SAID.get(call, call))
    shown = {
        code.strip("`"): severity
        for page in ("channels.md", "market-facts.md")
        for code, _, severity in rows(page, "## Findings")
    }
    assert shown == {
        code: ", ".join(sorted(severities, key=ORDER.index)) for code, severities in raised.items()
    }


def test_no_finding_hides_its_code() -> None:
    for source in SOURCES:
        text = source.read_text("utf-8")
        assert not re.search(r"\b(?:error|warning|notice|refusal)\(\s*f\"", text), source.name


def test_channels_and_certainties() -> None:
    assert [row[0].strip("` ") for row in rows("channels.md", "## Channels")] == list(CHANNELS)
    shown = [row[0].strip("` ") for row in rows("channels.md", "## The quote language")]
    assert shown == [each.value for each in Certainty]


def test_feeds_and_mapping_keys() -> None:
    feeds = load_feeds(ROOT / "reference" / "feeds")
    assert rows("market-facts.md", "## Declared feeds") == [
        [f"`{feed}`", mapping.kind, mapping.series] for feed, mapping in sorted(feeds.items())
    ]
    keys = [
        name
        for row in rows("market-facts.md", "## A mapping")
        for name in re.findall(r"`([a-z_]+)`", row[0])
    ]
    assert sorted(keys) == sorted(_KEYS)


def test_the_examples_of_the_page_read_as_it_says() -> None:
    lexicon = Lexicon.load(ROOT / "reference" / "phrases")
    text = (PAGES / "channels.md").read_text("utf-8").split("| written | read as |", 1)[1]
    text = text.split("\n\n", 1)[0]
    for written, said in re.findall(r"^\| `([^`]+)` \| (.+) \|$", text, re.MULTILINE):
        if "premium" not in said:
            continue
        (offer,) = read_quotes(written, lexicon, QuoteContext()).offers
        numbers = re.findall(r"-?[0-9]+", said.split("premium", 1)[1].split("against", 1)[0])
        assert [offer["premium_low"], offer["premium_high"]] == [numbers[0], numbers[-1]], written
