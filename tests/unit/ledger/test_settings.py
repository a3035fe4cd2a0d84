"""Settings by file and environment, with the origin of each value."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.core import Refused
from assay.settings import SETTINGS, load_settings

REPOSITORY = Path(__file__).parents[3]


def test_defaults_need_neither_file_nor_environment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load_settings({})
    assert settings.home == Path(".assay")
    assert settings.keys == Path(".assay-keys")
    assert settings.store_url is None
    assert settings.methodologies == REPOSITORY / "methodologies"
    assert settings.language == "en"
    assert {row["origin"] for row in settings.explain()} == {"default"}


def test_environment_beats_file_and_each_value_knows_its_origin(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "assay.toml"
    file.write_text('home = "agency"\nlanguage = "zh"\n')
    settings = load_settings({"ASSAY_LANGUAGE": "en"})
    assert settings.home == Path("agency")
    assert settings.language == "en"
    origins = {row["name"]: row["origin"] for row in settings.explain()}
    assert origins["home"] == "file assay.toml"
    assert origins["language"] == "environment ASSAY_LANGUAGE"


def test_relative_paths_of_a_file_count_from_its_own_folder(tmp_path):
    file = tmp_path / "elsewhere" / "assay.toml"
    file.parent.mkdir()
    file.write_text('home = "agency"\nkeys = "/keys"\n')
    settings = load_settings({"ASSAY_SETTINGS": str(file)})
    assert settings.home == tmp_path / "elsewhere" / "agency"
    assert settings.keys == Path("/keys")


def test_a_password_is_never_shown():
    url = "postgresql://assay:hunter2@db.example/assay"
    settings = load_settings({"ASSAY_STORE_URL": url})
    assert settings.store_url == url
    assert "hunter2" not in str(settings.explain())


@pytest.mark.parametrize(
    ("environ", "content", "code"),
    [
        ({"ASSAY_HOMES": "x"}, "", "settings.unknown_variable"),
        ({}, 'hme = "x"', "settings.unknown_key"),
        ({}, "home = 3", "settings.type"),
        ({}, "home = ", "settings.file"),
        ({"ASSAY_LANGUAGE": "fr"}, "", "settings.content"),
        ({"ASSAY_CLOCK": "2025-12-30T10:14:00"}, "", "settings.content"),
        ({"ASSAY_STORE_URL": "mysql://x"}, "", "settings.content"),
    ],
)
def test_what_is_not_known_is_refused_with_the_way_out(tmp_path, environ, content, code):
    file = tmp_path / "assay.toml"
    file.write_text(content)
    with pytest.raises(Refused) as problem:
        load_settings(environ, file)
    assert problem.value.finding.code == code


def test_a_named_file_must_exist(tmp_path):
    with pytest.raises(Refused, match=r"settings\.missing"):
        load_settings({}, tmp_path / "none.toml")


def test_the_reference_page_names_every_setting():
    page = (REPOSITORY / "docs/reference/settings.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    named = {tuple(cell.strip(" `") for cell in row.split("|")[1:3]) for row in rows}
    assert named == {(each.name, each.variable) for each in SETTINGS}
