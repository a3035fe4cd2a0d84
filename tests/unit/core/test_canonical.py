"""One content, one byte string; floats have none."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from assay.core import Finding, Rounding, Severity, canonical_bytes, digest, plain, refused


def test_exact_values_travel_as_text():
    content = {
        "b": Decimal("74.10"),
        "a": Fraction(1, 4),
        "day": date(2025, 12, 30),
        "at": datetime(2025, 12, 30, 2, 15, tzinfo=UTC),
        "rounding": Rounding.HALF_UP,
        "set": {"y", "x"},
        "list": (1, None, True),
    }
    assert canonical_bytes(content) == (
        b'{"a":"0.25","at":"2025-12-30T02:15:00Z","b":"74.10","day":"2025-12-30",'
        b'"list":[1,null,true],"rounding":"half_up","set":["x","y"]}'
    )


def test_key_order_does_not_matter():
    assert digest({"a": "1", "b": "2"}) == digest({"b": "2", "a": "1"})


def test_the_digest_of_an_empty_object_is_sha256_of_two_braces():
    # echo -n '{}' | sha256sum
    assert digest({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize("content", [1.5, {"low": 22180.0}, [object()], {1: "x"}])
def test_floats_objects_and_number_keys_are_refused(content):
    with pytest.raises(TypeError):
        plain(content)


def test_findings_say_where_and_the_way_out():
    finding = Finding("input.stale", Severity.WARNING, "CEA-CLOSE 2025-12-24", "load the close")
    assert finding.document()["severity"] == "warning"
    assert str(finding) == "warning: input.stale at CEA-CLOSE 2025-12-24: load the close"
    assert plain(finding) == finding.document()
    assert refused("a.b", "here", "do this").finding.severity is Severity.ERROR
