"""A thousand made-up days: no false alarm, changed digits found, exact dependence."""

import random

import pytest

from assay.commentary.checker import blocks, check_facts, check_text
from assay.commentary.checker.own import check_pair
from assay.commentary.compose import changes
from assay.commentary.fact_file import fact_file
from assay.commentary.text import plain_text
from tests.properties.comment_days import COMPOSER, PHRASES, comments_of, editorial, facts_of

FEW, MANY = 25, 1000


def rendered(seed):
    return [plain_text(comment, PHRASES) for comment in comments_of(seed)]


def without_seal(text):
    """The seal would find every change by itself: the rules are measured without it."""
    return text[: text.rstrip().rindex("\n")]


def assert_clean(seeds):
    for seed in seeds:
        assert not blocks(check_facts(fact_file(facts_of(seed)))), seed
        english, chinese = rendered(seed)
        for text in (english, chinese):
            found = check_text(text)
            assert found == [], (seed, [str(each) for each in found])
        assert check_pair(english, chinese) == []


def caught(seeds, *, block):
    """How many of the randomly changed digits are found; of prose only, or with the rows."""
    tried = missed = 0
    for seed in seeds:
        for text in rendered(seed):
            chance = random.Random(seed)
            whole = without_seal(text)
            end = len(whole) if block else max(whole.rfind("\nFigures\n"), whole.rfind("\n数据\n"))
            places = [i for i, char in enumerate(whole[:end]) if char.isascii() and char.isdigit()]
            for place in chance.sample(places, 4):
                digit = chance.choice([each for each in "0123456789" if each != whole[place]])
                tried += 1
                missed += not blocks(check_text(whole[:place] + digit + whole[place + 1 :]))
    return (tried - missed) * 100 >= 95 * tried, (tried, missed)


def test_a_few_days_are_clean():
    assert_clean(range(FEW))


def test_changed_digits_are_found():
    for block in (False, True):
        enough, counted = caught(range(FEW), block=block)
        assert enough, counted


@pytest.mark.slow
def test_a_thousand_days_are_clean():
    assert_clean(range(MANY))


@pytest.mark.slow
def test_changed_digits_of_many_days_are_found():
    for block in (False, True):
        enough, counted = caught(range(200), block=block)
        assert enough, counted


def assert_exact(seeds):
    for seed in seeds:
        facts, wrote = facts_of(seed), editorial()
        before = {language: COMPOSER.compose(facts, wrote, language) for language in ("en", "zh")}
        chance = random.Random(seed)
        inputs = [fact for fact in facts if fact.is_single and not fact.formula]
        fact = chance.choice(inputs)
        moved = facts.changed(fact.key, low=fact.number + 50, high=fact.number + 50)
        touched = facts.closure(fact.key)
        for language, old in before.items():
            new = COMPOSER.compose(moved, wrote, language)
            may = {
                each.id
                for page in (old, new)
                for each in page.sentences()
                if each.depends & touched
            }
            changed = {name for name, _, _ in changes(old, new)}
            assert changed <= may, (seed, fact.key, changed - may)
            shown = {
                sentence.id
                for sentence in old.sentences()
                if any(span.fact == fact.key and any(c.isdigit() for c in span.text) and "|" not in span.text
                       and fact_shown(span.text, fact) for span in sentence.spans)
            }  # fmt: skip
            assert shown <= changed, (seed, fact.key, shown - changed)


def fact_shown(text, fact):
    """Whether the span prints the number itself (and not, say, its day)."""
    return format(abs(fact.number), "f") in text.replace(",", "")


def test_a_changed_fact_changes_exactly_its_sentences():
    assert_exact(range(FEW))


@pytest.mark.slow
def test_a_changed_fact_changes_exactly_its_sentences_on_many_days():
    assert_exact(range(300))
