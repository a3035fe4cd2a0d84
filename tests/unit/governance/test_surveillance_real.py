"""Surveillance over real panels: the flags of 2007 are those a person would look at first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assay.governance.integrity.reading import from_table
from assay.governance.integrity.surveillance import survey
from assay.governance.office import load_thresholds
from assay.methodology import REFERENCE

LEVEL = load_thresholds(REFERENCE).of("rates")["level"]


def panel(name: str):
    data = os.environ.get("ASSAY_SHARED_DATA")
    if not data:
        pytest.skip("ASSAY_SHARED_DATA is not set: no real panels to look at")
    folder = Path(data) / "conformance"
    return from_table(
        folder / f"{name}_submissions.csv.gz", folder / f"{name}_expected.csv.gz", LEVEL
    )


def test_dollar_libor_of_2007() -> None:
    flags = survey(panel("libor_usd"), load_thresholds(REFERENCE))
    first = flags[:100]
    assert len(first) == 100
    # The interbank market seized up on 9 and 10 August 2007: that is what stands on top.
    assert first[0].hit.about == "day"
    assert {flag.first.isoformat()[:7] for flag in first[:5]} == {"2007-08"}
    assert all(flag.sentence.endswith(".") and flag.hit.links for flag in first)


@pytest.mark.slow
def test_euribor_of_2006_and_2013() -> None:
    first = survey(panel("euribor"), load_thresholds(REFERENCE))[:100]
    assert len(first) == 100
    # 66 for 3.09 is a slip of the keyboard that the trimmed mean hid.
    assert first[0].sentence.startswith("LBBW sent 66 for EURIBOR-1W on 2006-08-14, ")
    # Between the two years of the table lie seven others: nobody fell silent on 2013-01-02.
    silent = [flag for flag in first if flag.hit.detector == "silence"]
    assert all("from 2013-01-02" not in flag.sentence for flag in silent)
    assert all(flag.sentence.endswith(".") and flag.hit.links for flag in first)
