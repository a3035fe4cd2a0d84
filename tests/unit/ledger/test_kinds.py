"""The register of kinds: named in the past tense, typed, documented, folded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assay.core import Refused
from assay.ledger.book import FOLDS
from assay.ledger.kinds import KINDS, body_of
from assay.ledger.kinds.page import kinds_page
from assay.ledger.kinds.registry import Body, kind

PAGES = Path(__file__).parents[3] / "docs/reference"


def test_the_reference_page_is_the_register():
    assert (PAGES / "entry-kinds.md").read_text("utf-8") == kinds_page(), (
        "write it again, as its first lines say"
    )


def test_every_kind_says_what_it_is():
    for name, each in KINDS.items():
        assert each.says.endswith("."), name
        assert each.disclosure in {"public", "auditor"}, name
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+/[1-9]\d*", name)


def test_every_fold_is_of_a_known_kind():
    assert set(FOLDS) <= set(KINDS)


def test_no_kind_has_a_binary_float():
    for name, each in KINDS.items():
        assert "float" not in str(each.body.__annotations__), name


def test_a_kind_is_registered_once_and_named_well():
    with pytest.raises(ValueError, match="registered twice"):
        kind("home.opened/1", disclosure="public")(Body)
    for bad in ("HomeOpened/1", "home.opened", "home/1", "home.opened/1 "):
        with pytest.raises(ValueError, match="noun"):
            kind(bad, disclosure="public")


def test_a_body_is_completed_with_its_defaults():
    body = {"series": "X", "pricing_date": "2025-12-30", "proposal": "sha256:0"}
    completed = {**body, "words": "", "guideline": None}
    assert body_of("price.approved/1", body) == completed


@pytest.mark.parametrize(
    "content", [1, 1.5, None, ["x"], {"x": 1}, float("nan"), 2**60, b"x", object()]
)
def test_what_is_not_of_its_type_is_refused(content):
    body = {"series": content, "pricing_date": "2025-12-30", "proposal": "sha256:0"}
    with pytest.raises(Refused, match=r"entry\.body|entry\.number"):
        body_of("price.approved/1", body)
