"""The specification of the bundle against the code: codes, columns, keys, the README's hash."""

from __future__ import annotations

import re
from pathlib import Path

from assay.publication.bundle import AUDIENCES
from assay.publication.disclosure import FREE_LICENCES, LOOKBACK
from assay.publication.tables import COLUMNS
from verifier.bundle import _KEYS, FORMAT
from verifier.tables import README_DIGEST

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "reference" / "bundle.md").read_text("utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def codes(text: str) -> set[str]:
    return set(re.findall(r"^\| `([a-z_]+(?:\.[a-z_]+)?)` \|", text, re.MULTILINE))


def source(folder: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in (ROOT / folder).rglob("*.py"))


def test_every_finding_of_the_verifier_has_its_line() -> None:
    text = source("verifier")
    written = set(re.findall(r"problem\(\s*\"([a-z_]+(?:\.[a-z_]+)?)\"", text))
    written |= {"manifest.agency", "manifest.software", "inputs.differ"}
    assert written == codes(section("Findings of the verifier"))


def test_every_refusal_of_the_export_has_its_line() -> None:
    text = source("src/assay/publication")
    written = set(re.findall(r"\"((?:export|statistic)\.[a-z_]+)\"", text))
    assert written == codes(section("Refusals of the export"))


def test_columns_keys_and_constants() -> None:
    told = set(re.findall(r"`([a-z_]+)`", section("prices.csv and prices.json")))
    assert set(COLUMNS) <= told
    assert codes(section("manifest.json")) == set(_KEYS)
    assert f"The format is `{FORMAT}`" in PAGE
    assert README_DIGEST in PAGE
    assert f"{LOOKBACK.days} days before" in PAGE
    assert all(f"`{word}`" in PAGE for word in (*FREE_LICENCES, *AUDIENCES))
