"""Property: the fast way to canonical bytes writes what the reference encoder writes."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from assay.core import canonical_bytes

anything = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(anything)
def test_the_fast_encoder_writes_what_the_reference_writes(content):
    assert canonical_bytes(content) == rfc8785.dumps(content)


def test_keys_beyond_the_basic_plane_are_sorted_by_utf_16():
    # U+10000 is D800 DC00 in UTF-16 and so comes before U+FB33 (RFC 8785, 3.2.3)
    assert canonical_bytes({"\ufb33": 1, "\U00010000": 2}) == '{"\U00010000":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize("content", [2**53, "\ud800"])
def test_what_has_no_canonical_form_is_refused(content):
    with pytest.raises(ValueError):
        canonical_bytes([content])
