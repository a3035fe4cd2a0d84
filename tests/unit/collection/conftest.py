from __future__ import annotations

import os
from pathlib import Path

import pytest

from assay.collection import Lexicon

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon.load(ROOT / "reference" / "phrases")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real material; it never lies in this repository."""
    where = os.environ.get("ASSAY_SHARED_DATA")
    if not where:
        pytest.skip("ASSAY_SHARED_DATA is unset: the real samples are not here")
    return Path(where)
