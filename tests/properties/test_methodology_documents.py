"""Any document at all: it loads and runs, or it is refused with findings. Nothing else."""

import copy
import tomllib
from datetime import date, time
from decimal import Decimal
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core import Refused
from assay.methodology import (
    METHODOLOGIES,
    DocumentRefused,
    determine,
    inputs_from_document,
    parse_methodology,
    render,
)
from assay.methodology.document import loading

DOCUMENTS = [
    tomllib.loads(path.read_text(), parse_float=Decimal)
    for path in sorted(METHODOLOGIES.rglob("*.toml"))
    if "cases" not in path.parts
]
ODD = ["", 0, -1, Decimal("1.5"), True, [], {}, [1], ["x"], [{}], [{"rule": "mean"}], {"a": 1},
       {"rule": "mean"}, date(2020, 1, 1), time(1), "x" * 50, "2.1", "mid", 10**30]  # fmt: skip
DAY = date(2025, 12, 30)


def spots(node, path=()):
    inside = node.items() if isinstance(node, dict) else enumerate(node)
    for key, each in inside:
        yield (*path, key)
        if isinstance(each, dict | list):
            yield from spots(each, (*path, key))


@st.composite
def broken(draw):
    document = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    *above, last = draw(st.sampled_from(list(spots(document))))
    node = document
    for key in above:
        node = node[key]
    if draw(st.booleans()):
        del node[last]
    else:
        node[last] = draw(st.sampled_from(ODD))
    return document


def parsed(document):
    """The document as the reader sees it once TOML is done."""
    own = loading.tomllib
    loading.tomllib = SimpleNamespace(
        loads=lambda *_a, **_k: document, TOMLDecodeError=tomllib.TOMLDecodeError
    )
    try:
        return parse_methodology(b"", "broken.toml")
    finally:
        loading.tomllib = own


def outcome_of(document):
    try:
        return parsed(document), ()
    except DocumentRefused as problem:
        return None, problem.findings


@given(broken())
@settings(deadline=None, max_examples=400)
def test_a_broken_document_is_refused_with_findings_or_runs(document):
    found, findings = outcome_of(document)
    assert all(each.where.startswith("broken.toml") and each.what_to_do for each in findings)
    if found is None:
        assert findings
        return
    code = found.series[0]
    rows = [
        {"pricing_date": "2025-12-30", "series": code, "contributor": name, "kind": "transaction",
         "price": "100", "quantity": "60", "place": "p", "delivery": "d", "payment": "p"}
        for name in "ABC"
    ]  # fmt: skip
    try:
        outcome = determine(found, DAY, inputs_from_document({"submissions": rows}), code)
        assert outcome.status in ("determined", "not_assessed")
    except Refused:
        pass
    assert render(found, "en")
    assert render(found, "zh", "html")
