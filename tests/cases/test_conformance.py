"""The shipped panel documents against fixings that were published, and against wrong documents.

Planted rows are worked by hand in `scripts/conformance_planted.py` and need nothing; the
published years are read from the folder that ASSAY_SHARED_DATA names, and skipped without it.
"""

import gzip
import importlib.util
import os
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def _load(name):
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


planted_rows = _load("conformance_planted")
conformance = _load("conformance")
PUBLISHED = {
    ("euribor", "2006"): 1361,
    ("euribor", "2013"): 2085,
    ("libor-usd", "2007"): 3915,
}
#: What the shown years cannot tell: the only zeros in them lie among the quotes dropped.
UNTOLD = {"zero rows kept"}


@pytest.mark.parametrize("name", conformance.PLANTED)
def test_shipped_documents_give_the_fixings_worked_by_hand(name: str) -> None:
    planted = conformance.PLANTED[name]
    assert conformance.on_planted(name, conformance.shipped(planted.document)) == []


@pytest.mark.parametrize("wrong", conformance.WRONG, ids=lambda w: f"{w.document}: {w.name}")
def test_a_wrong_document_misses_the_planted_rows(wrong) -> None:
    assert conformance.on_planted(wrong.planted, conformance.changed(wrong))


@pytest.fixture(scope="module")
def panels():
    data = os.environ.get("ASSAY_SHARED_DATA")
    if not data:
        pytest.skip("ASSAY_SHARED_DATA is not set: no published fixings to compare with")
    problems: list[str] = []
    found = {p.document: p for p in conformance.panels(Path(data) / "conformance", problems)}
    assert problems == []
    return found


@pytest.mark.parametrize("document", ["euribor", "libor-usd"])
def test_every_published_fixing_to_the_digit(panels, document: str) -> None:
    found = conformance.of_years("", panels[document], conformance.shipped(document))
    listed = {(document, each.year): (each.rows, each.misses) for each in found}
    assert listed == {key: (n, []) for key, n in PUBLISHED.items() if key[0] == document}


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong",
    [each for each in conformance.WRONG if each.published and each.name not in UNTOLD],
    ids=lambda w: f"{w.document}: {w.name}",
)
def test_a_wrong_document_misses_published_fixings(panels, wrong) -> None:
    found = conformance.of_years(wrong.name, panels[wrong.document], conformance.changed(wrong))
    assert any(each.misses for each in found)


# ---- the folder a person names ---------------------------------------------------------

QUOTES = "series,pricing_date,contributor,low,high\n"
FIXINGS = "series,pricing_date,published\n"
ONE = "EURIBOR-3M,2009-03-05,A,1.70,1.70\nEURIBOR-3M,2009-03-05,B,1.71,1.71\n"


def told(folder: Path) -> tuple[list, list[str]]:
    problems: list[str] = []
    return list(conformance.panels(folder, problems)), problems


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("euribor_submissions.csv", "euribor_expected.csv"),
        ("euribor_2009_submissions.csv", "euribor_2009_expected.csv"),
        ("euribor_submissions_2009.csv", "euribor_expected_2009.csv"),
        ("Euribor-2009_submissions.csv", "euribor_expected.csv"),
    ],
)
def test_another_year_in_the_name_is_the_same_panel(tmp_path, table, expected) -> None:
    (tmp_path / table).write_text("\ufeff" + QUOTES + ONE, "utf-8")
    (tmp_path / expected).write_text("\ufeff" + FIXINGS + "EURIBOR-3M,2009-03-05,1.705\n", "utf-8")
    [panel], problems = told(tmp_path)
    assert problems == []
    [match] = conformance.of_years("", panel, conformance.shipped("euribor"))
    assert (match.document, match.year, match.rows, match.misses) == ("euribor", "2009", 1, [])


def test_the_other_panel_with_a_year_and_packed(tmp_path) -> None:
    with gzip.open(tmp_path / "libor_usd_2011_submissions.csv.gz", "wt") as file:
        file.write(QUOTES + ONE.replace("EURIBOR", "LIBOR-USD"))
    with gzip.open(tmp_path / "libor_usd_2011_expected.csv.gz", "wt") as file:
        file.write(FIXINGS + "LIBOR-USD-3M,2009-03-05,1.705\n")
    [panel], problems = told(tmp_path)
    assert (panel.document, problems) == ("libor-usd", [])


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no table of quotes; write e.g. euribor_submissions.csv.gz"),
        ({"readme.txt": "x"}, "There: readme.txt"),
        ({"tibor_submissions.csv": QUOTES}, "no shipped document of that panel"),
        ({"euribor_submissions.csv": QUOTES}, "write euribor_expected.csv (or .csv.gz)"),
        (
            {"euribor_submissions.csv": QUOTES, "euribor_expected.csv": "series,day,rate\n"},
            "column pricing_date, published is missing; there: series, day, rate",
        ),
        (
            {"euribor_submissions.csv": QUOTES, "euribor_expected.csv": FIXINGS},
            "euribor_expected.csv: no fixing in it",
        ),
        (
            {
                "euribor_submissions.csv": QUOTES,
                "euribor_expected.csv": FIXINGS + "EURIBOR-3M,05/03/2009,1.705\n",
            },
            "euribor_expected.csv, line 2: Invalid isoformat string: '05/03/2009'",
        ),
        (
            {
                "euribor_submissions.csv": QUOTES,
                "euribor_expected.csv": FIXINGS + 'EURIBOR-3M,2009-03-05,"1,705"\n',
            },
            "line 2: '1,705' is not a plain decimal number",
        ),
        (
            {
                "euribor_submissions.csv": QUOTES,
                "euribor_expected.csv": FIXINGS
                + "EURIBOR-3M,2009-03-05,1.705\nEURIBOR-3M,2009-03-05,1.706\n",
            },
            "line 3: EURIBOR-3M 2009-03-05 is 1.706 here and 1.705 above",
        ),
        (
            {"euribor_submissions.csv": QUOTES, "euribor_expected.csv.gz": "not packed"},
            "euribor_expected.csv.gz: cannot be read as UTF-8 CSV",
        ),
    ],
)
def test_what_cannot_be_compared_is_said_with_the_way_out(tmp_path, files, words) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    found, problems = told(tmp_path)
    assert found == []
    assert words in problems[0]


def test_a_table_of_another_shape_is_said_and_nothing_passes_for_a_match(tmp_path, capsys) -> None:
    (tmp_path / "euribor_submissions.csv").write_text("bank,rate\nA,1\n", "utf-8")
    (tmp_path / "euribor_expected.csv").write_text(FIXINGS + "EURIBOR-3M,2009-03-05,1.7\n", "utf-8")
    assert conformance.main([str(tmp_path)]) == 2
    assert "column 'series' is missing" in capsys.readouterr().out
    assert conformance.main([str(tmp_path / "none")]) == 2
    assert "is no folder: make conformance DATA=dir" in capsys.readouterr().out


def test_years_that_cannot_tell_a_wrong_rule_are_no_failure_and_a_miss_is(tmp_path, capsys) -> None:
    rows = QUOTES + ONE + "EURIBOR-3M,2009-03-05,C,n/a,n/a\n"
    (tmp_path / "euribor_submissions.csv").write_text(rows, "utf-8")
    expected = tmp_path / "euribor_expected.csv"
    expected.write_text(FIXINGS + "EURIBOR-3M,2009-03-05,1.705\n", "utf-8")
    assert conformance.main([str(tmp_path)]) == 0, "said, and the fixing is met"
    assert "1 rows could not be read and were left out; the first: " in capsys.readouterr().out
    (tmp_path / "euribor_submissions.csv").write_text(QUOTES + ONE, "utf-8")
    assert conformance.main([str(tmp_path)]) == 0
    expected.write_text(FIXINGS + "EURIBOR-3M,2009-03-06,1.705\n", "utf-8")
    assert conformance.main([str(tmp_path)]) == 1
    assert "(no quotes under that date)" in capsys.readouterr().out
