"""The reference pages against the code; the rendered documents; their Chinese words."""

import re
from html import escape
from pathlib import Path

import pytest

from assay.methodology import (
    METHODOLOGIES,
    cases_of,
    changed_clauses,
    determine,
    differences_between,
    inputs_from_document,
    load_library,
    load_methodology,
    render,
)
from assay.methodology.catalogue import entries
from assay.methodology.document import model, reading
from assay.methodology.rendering.words import LABELS, MEANINGS_ZH, NAMES_ZH, TERMS

DOCS = Path(METHODOLOGIES).parent / "docs" / "reference"
PAGES = {
    "rules.md": ("cleaning", "screening", "panel", "normalisation"),
    "estimators.md": ("estimator", "trim", "split", "range", "market"),
}


def first_cells(text):
    return [
        name
        for line in text.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    ]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_lists_exactly_the_catalogue(page):
    named = [each.name for each in entries() if each.family in PAGES[page]]
    assert sorted(first_cells((DOCS / page).read_text())) == sorted(named)


@pytest.mark.parametrize("page", PAGES)
def test_the_page_tells_meaning_and_arguments(page):
    text = (DOCS / page).read_text()
    for each in entries():
        if each.family not in PAGES[page]:
            continue
        lines = [line for line in text.splitlines() if line.startswith(f"| `{each.name}` |")]
        assert any(each.meaning.replace("``", "`") in line for line in lines), each.name
        for parameter in each.parameters:
            assert any(f"`{parameter.name}` (" in line for line in lines), parameter.name
            assert any(all(word in line for word in parameter.choices) for line in lines)


def test_every_key_the_reader_knows_is_on_the_format_page(monkeypatch):
    asked = {}
    close = reading.Section.close

    def noted(self):
        asked.setdefault(re.sub(r"\[\d+\]", "", self.path), set()).update(self._asked)
        close(self)

    monkeypatch.setattr(reading.Section, "close", noted)
    load_library(conformance=True)
    page = (DOCS / "methodology-format.md").read_text()
    parts = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE))
    for path, title in [
        ("", "Top"),
        *((name, name) for name in (
            "specification", "hours", "assessment", "required", "ladder", "ladder.minimum", "cap",
            "input", "formula", "weighting", "rounding", "correction", "consultation",
            "judgement", "controls",
        )),
    ]:  # fmt: skip
        keys = set(first_cells(parts[title])) - (set(model.LAGS) if title == "input" else set())
        assert keys - {"clause"} == asked[path] - {"clause"} - ({"table"} - keys), title


def test_every_rule_has_a_chinese_meaning_and_every_word_both_languages():
    assert {each.name for each in entries()} <= set(MEANINGS_ZH)
    assert all(words.en and words.zh for words in (*LABELS.values(), *TERMS.values()))


DOCUMENTS = load_library(conformance=True).documents()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each.file)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_document_renders_complete(document, language):
    text = render(document, language, "md", cases_of(document, METHODOLOGIES))
    for number, words in document.clauses.items():
        assert f"### {number}\n" in text
        assert words.in_(language) in text
    for code in document.series:
        assert code in text
    assert document.digest in text
    if document.pricing is not None:
        assert document.pricing.formula.text in text
    assert "None" not in text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each.file)
def test_every_clause_says_something_in_both_languages(document):
    for words in document.clauses.values():
        assert words.en.strip().endswith((".", "?"))
        assert re.search(r"[\u4e00-\u9fff]", words.zh)


def test_the_formula_is_filled_with_the_numbers_of_a_day():
    from datetime import date

    document = load_methodology(METHODOLOGIES / "al-lc/2021-12-27.toml")
    inputs = inputs_from_document(
        {
            "series": {
                "AL-A00-FOSHAN": "22180",
                "CI-AL-NATIONAL": "12.8",
                "CI-AL-YUNNAN": "2.3",
                "CEA-CLOSE": [{"date": "2025-12-29", "value": "74.01"}],
            }
        }
    )
    found = determine(document, date(2025, 12, 30), inputs)
    text = render(document, "en", "md", determination=found)
    assert "22180 + (12.8 - 2.3) * 74.01 = 22957.105" in text


def test_html_is_one_page_with_an_address_for_every_clause_and_no_raw_html():
    text = (METHODOLOGIES / "al-lc/2021-12-27.toml").read_text()
    evil = text.replace(
        'title = { en = "Low-carbon aluminium"', 'title = { en = "<script>x</script>"'
    )
    page = render(load_methodology(evil), "en", "html")
    assert '<h3 id="clause-2.4">2.4</h3>' in page
    assert "<script>" not in page
    assert '<html lang="zh-CN">' in render(load_methodology(text), "zh", "html")


def test_an_unknown_format_or_language_is_refused():
    document = DOCUMENTS[0]
    with pytest.raises(ValueError, match="md, html"):
        render(document, "en", "docx")
    with pytest.raises(ValueError, match="en, zh"):
        render(document, "fr")


def test_two_versions_clause_by_clause():
    text = (METHODOLOGIES / "al-a00/2021-12-27.toml").read_text()
    new = text.replace("tonnes = 50\n", "tonnes = 25\n").replace("percent = 40", "percent = 35")
    new = new.replace("weighs more than 40 %", "weighs more than 35 %")
    old_document, new_document = load_methodology(text), load_methodology(new)
    found = {each.place: each for each in differences_between(old_document, new_document)}
    assert set(found) == {"clause 3.4 (en)", "screening: minimum_quantity", "cap"}
    assert found["cap"].before == "40 % per group"
    assert found["cap"].after == "35 % per group"
    assert found["cap"].kind == "changed"
    assert changed_clauses(old_document, new_document) == ("3.4", "2.5")
    assert differences_between(old_document, old_document) == ()


def test_every_argument_and_its_words_have_a_chinese_name():
    asked = [each for entry in entries() for each in entry.parameters]
    words = {each.name for each in asked} | {word for each in asked for word in each.choices}
    columns = {column for each in asked for column in (each.columns or ())}
    assert words | columns <= {*NAMES_ZH, *TERMS}
    text = render(DOCUMENT, "zh")
    assert "`large_quantity` | 超过规定吨数的成交提示分析师 | 吨 = 2000, 处理 = 提示" in text
    assert "**权重上限**: 40 % / 集团" in text
    assert "| 成交 | 价格, 数量, 地点, 交货, 付款 |" in text


DOCUMENT = load_methodology(METHODOLOGIES / "al-a00/2021-12-27.toml")


def test_a_case_of_the_annex_shows_what_was_given():
    cases = cases_of(DOCUMENT, METHODOLOGIES / "al-a00")
    assert len(cases) > 10
    text = render(DOCUMENT, "en", "md", cases)
    annex = text[text.index("## Annex: worked cases") :]
    assert "| T2 | C-02 | 22180 | 200 |" in annex
    assert "Result: status determined, low 22170, mid 22180, high 22200" in annex
    page = render(DOCUMENT, "zh", "html", cases)
    assert page.count("C-02") == annex.count("C-02")


def test_an_assessed_document_is_filled_with_what_came_out_and_names_nobody():
    from datetime import date

    row = {"series": "AL-A00-FOSHAN", "pricing_date": "2025-12-30", "kind": "transaction",
           "place": "Foshan", "delivery": "self", "payment": "cash", "quantity": "100"}  # fmt: skip
    told = [{**row, "contributor": f"SECRET-{n}", "price": f"{22170 + 10 * n}"} for n in range(3)]
    inputs = inputs_from_document({"submissions": told})
    found = determine(DOCUMENT, date(2025, 12, 30), inputs, "AL-A00-FOSHAN")
    text = render(DOCUMENT, "en", determination=found)
    assert (
        "**With the numbers of 2025-12-30**: AL-A00-FOSHAN, low 22170, mid 22180, high 22190 CNY/t "
        "(transactions)" in text
    )
    assert "SECRET" not in text
    nothing = determine(DOCUMENT, date(2025, 12, 30), inputs, "AL-A00-SHANGHAI")
    assert "AL-A00-SHANGHAI, 未评估: insufficient_data" in render(
        DOCUMENT, "zh", determination=nothing
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", ["md", "html"])
def test_the_command_prints_the_annex(language, form, tmp_path):
    from assay.cli import run

    out = tmp_path / "page"
    for file in ("al-lc/2021-12-27.toml", "conformance/pyth.toml"):
        path = METHODOLOGIES / file
        said = ["--lang", language, "--format", form, "--out", str(out)]
        assert run(["methodology", "render", str(path), *said], {}) == 0
        text = out.read_text("utf-8")
        cases = cases_of(load_methodology(path), path.parent)
        assert cases
        assert all(escape(each.name.in_(language)) in text for each in cases)
