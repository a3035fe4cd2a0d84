"""Spoiled words: of verbs, sides, units, bases, taxes and days turned round, nearly all are found.

Both languages, the seal left out, the rows under the text as they were. The operators know
nothing of the rules; what counts as found is a finding that blocks.
"""

import random
from collections import Counter

import pytest

from assay.commentary.checker import blocks, check_text
from assay.commentary.text import plain_text
from tests.properties.comment_days import PHRASES, comments_of
from tests.properties.comment_mutations import OPERATORS
from tests.properties.test_comment_days import without_seal

FEW, MANY = 12, 200


def judged(seeds):
    """(tried, missed) by language and operator."""
    tried, missed = Counter(), Counter()
    for seed in seeds:
        for comment in comments_of(seed):
            text = without_seal(plain_text(comment, PHRASES))
            cut = max(text.rfind("\nFigures\n"), text.rfind("\n数据\n"))
            for name, spoil in OPERATORS[comment.language].items():
                spoiled = spoil(text[:cut], random.Random(f"{seed}{name}"))
                if spoiled is not None:
                    tried[comment.language, name] += 1
                    missed[comment.language, name] += not blocks(check_text(spoiled + text[cut:]))
    return tried, missed


def assert_found(seeds):
    tried, missed = judged(seeds)
    for language in OPERATORS:
        all_tried = sum(count for (each, _), count in tried.items() if each == language)
        all_missed = sum(count for (each, _), count in missed.items() if each == language)
        assert all_missed * 100 <= 5 * all_tried, (language, +missed)
    for kind, count in tried.items():
        assert missed[kind] * 100 <= 20 * count or count < len(OPERATORS), (
            kind,
            missed[kind],
            count,
        )


def test_spoiled_words_are_found():
    assert_found(range(FEW))


@pytest.mark.slow
def test_spoiled_words_of_many_days_are_found():
    assert_found(range(MANY))
