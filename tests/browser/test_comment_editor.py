"""The comment editor by keyboard: a digit offers its facts, findings stand in place, nothing is lost."""

from __future__ import annotations

from tests.unit.desk.conftest import DAY

QUOTE = """report = "cast-alloy-morning"
analyst = "A-1"

[[quote]]
key = "quote.copper"
low = "3000"
unit = "CNY/t"
hedge = "over"
source = "desk"

[[prose]]
section = "summary"
zh = "铜价下跌。"
"""


def editor(person):
    return person.go(f"/comment/cast-alloy-morning?day={DAY}")


def test_an_empty_editor_opens_with_the_parts_a_document_may_have(somebody):
    page = editor(somebody("A-1"))
    text = page.input_value("#document")
    assert f"date = {DAY}" in text
    assert 'analyst = "A-1"' in text
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#comment .columns")


def test_a_digit_offers_the_facts_it_may_mean(somebody):
    page = editor(somebody("A-1"))
    page.fill("#document", QUOTE)
    page.focus("#document")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-fact='quote.copper']", state="attached")
    assert page.evaluate("document.activeElement.id") == "document"
    page.keyboard.press("Control+End")
    page.keyboard.type('en = "Copper lost 3,00')
    page.wait_for_selector("#offers [data-fact='quote.copper']")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type(' in a day."')
    assert page.input_value("#document").endswith('en = "Copper lost {quote.copper} in a day."')
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".checks:not(:has-text('editor.'))")


def test_what_cannot_be_filled_is_said_in_place_and_the_words_stay(somebody):
    page = editor(somebody("A-1"))
    wrong = QUOTE + 'en = "Down to {fut.nix} and 4,350."\n'
    page.fill("#document", wrong)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".checks:has-text('editor.reference')")
    assert "editor.free_digit" in page.inner_text(".checks")
    assert page.input_value("#document") == wrong
