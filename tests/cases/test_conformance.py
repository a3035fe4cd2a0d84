"""The shipped panel documents against fixings that were published, and against wrong documents.

Planted rows are worked by hand in `scripts/conformance.py` and need nothing; the published
years are read from the folder that ASSAY_SHARED_DATA names, and skipped without it.
"""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _load():
    spec = importlib.util.spec_from_file_location(
        "assay_conformance", ROOT / "scripts" / "conformance.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


conformance = _load()
PUBLISHED = {
    ("euribor", "2006"): 1361,
    ("euribor", "2013"): 2085,
    ("libor-usd", "2007"): 3915,
}


@pytest.mark.parametrize("name", conformance.PLANTED)
def test_shipped_documents_give_the_fixings_worked_by_hand(name: str) -> None:
    planted = conformance.PLANTED[name]
    assert conformance.on_planted(name, conformance.shipped(planted.document)) == []


@pytest.mark.parametrize(
    "wrong", [each for each in conformance.WRONG if each.planted], ids=lambda w: w.name
)
def test_a_wrong_document_misses_the_planted_rows(wrong) -> None:
    assert conformance.on_planted(wrong.planted, conformance.changed(wrong))


@pytest.fixture(scope="module")
def panels():
    data = os.environ.get("ASSAY_SHARED_DATA")
    if not data:
        pytest.skip("ASSAY_SHARED_DATA is not set: no published fixings to compare with")
    return {name: (table, years) for name, table, years in conformance.panels(Path(data) / "conformance")}  # fmt: skip


@pytest.mark.parametrize("document", ["euribor", "libor-usd"])
def test_every_published_fixing_to_the_digit(panels, document: str) -> None:
    table, years = panels[document]
    found = conformance.of_years("", document, conformance.shipped(document), table, years)
    listed = {(document, each.year): (each.rows, each.misses) for each in found}
    assert listed == {key: (n, []) for key, n in PUBLISHED.items() if key[0] == document}


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong", [each for each in conformance.WRONG if not each.planted], ids=lambda w: w.name
)
def test_a_wrong_document_misses_published_fixings(panels, wrong) -> None:
    table, years = panels[wrong.document]
    found = conformance.of_years(
        wrong.name, wrong.document, conformance.changed(wrong), table, years
    )
    assert any(each.misses for each in found)
