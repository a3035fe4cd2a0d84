"""Every hand-worked case beside every document, each its own test."""

from pathlib import Path

import pytest

from assay.methodology.cases import differences, load_cases
from assay.methodology.reference import METHODOLOGIES

FILES = sorted(METHODOLOGIES.rglob("cases/*.toml"))
CASES = [case for path in FILES for case in load_cases(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.document.parent.name}: {c.name.en}")
def test_the_engine_agrees_with_the_hand(case):
    assert differences(case) == []


def test_every_document_has_cases():
    worked = {case.document.resolve() for case in CASES}
    documents = {
        path.resolve() for path in METHODOLOGIES.rglob("*.toml") if "cases" not in Path(path).parts
    }
    assert documents - worked == set()
