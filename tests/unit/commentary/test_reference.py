"""docs/reference/comment.md is the registers, and its example is clean."""

import json
import re

from assay.cli.main import run
from assay.commentary.checker import check_facts
from assay.commentary.reference import WORDS, kind_line, rule_table, word_table
from assay.commentary.words import RULES
from tests.unit.commentary.day import ROOT, demo_comments, phrases
from tests.unit.commentary.texts import comment, spoiled

PAGE = (ROOT / "docs/reference/comment.md").read_text("utf-8")


def test_the_tables_of_the_page_are_the_registers():
    assert rule_table() in PAGE
    assert word_table() in PAGE
    assert kind_line() in PAGE
    assert set(WORDS) == set(RULES)


def test_the_example_fact_file():
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert {each.code for each in check_facts(json.loads(example))} == set()


def test_the_command_answers_by_exit_code(tmp_path, capsys):
    from assay.commentary.text import plain_text

    environ = {"ASSAY_HOME": str(tmp_path), "ASSAY_REFERENCE": str(ROOT / "reference")}
    clean, wrong, own = tmp_path / "clean.txt", tmp_path / "wrong.txt", tmp_path / "own.txt"
    clean.write_text(comment(), "utf-8")
    wrong.write_text(spoiled("0.29%", "0.92%"), "utf-8")
    own.write_text(plain_text(demo_comments(("zh",))[0][0], phrases()), "utf-8")
    assert run(["comment", "check", str(clean)], environ) == 0
    assert run(["comment", "check", str(own)], environ) == 0
    assert run(["comment", "check", str(tmp_path / "none.txt")], environ) == 2
    capsys.readouterr()
    assert run(["comment", "check", str(wrong), "--json"], environ) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["clean"] is False
    assert [(each["code"], each["rule"]) for each in answer["findings"]] == [
        ("percent.disagrees", "L2")
    ]


def test_warrants_from_day_to_day(tmp_path, capsys):
    environ = {"ASSAY_HOME": str(tmp_path), "ASSAY_REFERENCE": str(ROOT / "reference")}
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    new.write_text(comment(), "utf-8")
    before = (
        comment()
        .replace("was 51,200 mt, up 140 mt", "was 51,060 mt, up 0 mt")
        .replace("17,200 mt, up 200", "17,000 mt, up 0")
        .replace("9,000 mt, down 60", "9,060 mt, down 0")
    )
    old.write_text(before, "utf-8")
    assert run(["comment", "check", str(new), "--previous", str(old)], environ) == 0
    old.write_text(before.replace("9,060", "9,063"), "utf-8")
    capsys.readouterr()
    assert run(["comment", "check", str(new), "--previous", str(old)], environ) == 1
    assert "warrants.continuity" in capsys.readouterr().out
