"""`assay replay` and `assay methodology compare` from the command line."""

import json
from datetime import date
from pathlib import Path

import pytest
from unit.replay.making import HEAD, ladder, read_rows, toml, write_rows

from assay.cli.main import run

ROWS = [
    {
        "series": "S-1",
        "pricing_date": f"2024-01-0{day}",
        "contributor": firm,
        "low": low,
        "high": low,
    }
    for day, firm, low in ((2, "A", "10"), (2, "B", "21"), (2, "C", "70"), (3, "A", "10"))
]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    write_rows(tmp_path / "rows.csv", ROWS)
    for name, even in (("old", "lower"), ("new", "upper")):
        text = HEAD.format(series='["S-1"]', step="1", rounding="half_up", calendar="submissions")
        text += '[assessment]\n[range]\nrule = "min_max"\nclause = "1"\n[[ladder]]\n'
        rung = ladder({"rule": "median", "even": even}, minimum={"contributors": 1})
        text += "".join(f"{key} = {toml(each)}\n" for key, each in rung.items())
        (tmp_path / f"{name}.toml").write_text(text)
    return {
        name: tmp_path / name for name in ("rows.csv", "old.toml", "new.toml", "out.csv", "study")
    }


def test_replay_writes_the_table_and_says_what_it_did(files, capsys) -> None:
    command = ["replay", str(files["old.toml"]), "--submissions", str(files["rows.csv"])]
    assert run([*command, "--out", str(files["out.csv"]), "--from", "2024-01-02", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["rows"], said["bad_rows"], said["fixings"], said["determined"]) == (4, 0, 2, 2)
    assert [row["mid"] for row in read_rows(files["out.csv"])] == ["21", "10"]
    assert run([*command, "--out", str(files["out.csv"])]) == 0
    assert "4 rows, 0 left out" in capsys.readouterr().out


def test_wrong_use_and_refused_tables(files, capsys) -> None:
    assert run(["replay"]) == 2
    assert run(["replay", "nowhere.toml", "--out", "x.csv"]) == 2
    files["rows.csv"].write_text("series,colour\n")
    command = ["replay", str(files["old.toml"]), "--submissions", str(files["rows.csv"])]
    assert run([*command, "--out", str(files["out.csv"])]) == 1
    assert "colour" in capsys.readouterr().err


def test_compare_writes_a_study(files, capsys) -> None:
    command = ["methodology", "compare", str(files["old.toml"]), str(files["new.toml"])]
    command += ["--submissions", str(files["rows.csv"]), "--out", str(files["study"])]
    # Three quotes and one quote have one middle: nothing differs.
    assert run([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["differ"] == 0
    two = [row for row in ROWS if row["contributor"] != "C"]
    write_rows(files["rows.csv"], two)
    assert run([*command, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["most"][0]["pricing_date"] == date(2024, 1, 2).isoformat()
    assert (said["most"][0]["old"], said["most"][0]["new"]) == ("10", "21")
    assert run(command) == 0
    assert "2 days of series compared, 1 differ" in capsys.readouterr().out
    assert (files["study"] / "study.md").is_file()
    assert run([*command[:2], "nowhere.toml", *command[3:]]) == 2
