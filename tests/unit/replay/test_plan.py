"""Every name of the catalogue is either spoken in columns or named and left to the day engine."""

from dataclasses import fields

import pytest
from unit.replay.making import document, ladder

from assay.methodology.catalogue import names_of
from assay.methodology.document.model import Assessment, Rung
from assay.methodology.replay import plan

MEAN = {"rule": "mean"}
RANGE = {"rule": "mid", "clause": "1"}


def test_a_new_field_of_a_rung_or_an_assessment_is_looked_at_here_first() -> None:
    """When this fails, `plan.py` and `kernel.py` must learn what the new field means."""
    assert {each.name for each in fields(Rung)} == {
        "branch", "clause", "kinds", "minimum", "estimator", "trim", "second_signature", "carry_days",
    }  # fmt: skip
    assert {each.name for each in fields(Assessment)} == {
        "required", "cleaning", "screening", "normalisation", "per", "point", "own_value",
        "ladder", "cap", "split", "range", "quorum", "inputs",
    }  # fmt: skip


def test_every_rule_has_its_place() -> None:
    spoken = plan.SPOKEN | plan.ADVICE
    assert set(names_of("screening")) | set(names_of("panel")) == spoken


@pytest.mark.parametrize(
    ("lists", "named"),
    [
        ({"screening": [{"rule": "outlier_mad", "multiple": "3", "action": "exclude"}]}, "outlier_mad"),
        ({"screening": [{"rule": "against_yesterday", "percent": "5", "action": "exclude"}]}, "against_yesterday"),
        ({"ladder": [ladder({"rule": "vote_median"})]}, "vote_median"),
    ],
)  # fmt: skip
def test_what_columns_cannot_say_is_named_with_its_clause(lists, named) -> None:
    parts = {"ladder": [ladder(MEAN)], **lists}
    parts = {name: [{"clause": "1", **each} for each in listed] for name, listed in parts.items()}
    methodology = document(tables={"assessment": {}, "range": RANGE}, lists=parts)
    assert plan.why_not(methodology) == [f"clause 1: {named}"]


def test_advice_that_excludes_nobody_keeps_a_document_in_the_columns() -> None:
    screening = [
        {"rule": "outlier_mad", "multiple": "3", "action": "flag", "clause": "1"},
        {"rule": "stale_repeat", "clause": "1"},
    ]
    methodology = document(
        tables={"assessment": {}, "range": RANGE},
        lists={"ladder": [ladder(MEAN)], "screening": screening},
    )
    assert plan.why_not(methodology) == []
