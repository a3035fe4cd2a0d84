"""The checker reads anything: no text and no document makes it raise."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.commentary.checker import check_facts, check_text
from tests.unit.commentary.texts import FACTS, comment

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=12)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
CLEAN = comment()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read(text):
    check_text(text)


@given(st.integers(0, len(CLEAN) - 1), st.text(max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_comment_with_any_words_in_it_is_read(place, words):
    check_text(CLEAN[:place] + words + CLEAN[place + len(words) :])


@given(st.sampled_from(sorted(FACTS)), VALUES)
@settings(max_examples=150, deadline=None)
def test_a_fact_file_with_any_part_is_read(part, given_value):
    check_facts({**FACTS, part: given_value})


@given(VALUES)
@settings(max_examples=60, deadline=None)
def test_any_document_is_read(document):
    json.dumps(document)
    check_facts(document)
