"""The tutorial is run as it is written: every `console` line, the refused ones too."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs/tutorial.md").read_text("utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", TUTORIAL, re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines() if line.strip()]
DEMO_HOME = "ASSAY_HOME=.assay "


def _own_part() -> list[str]:
    """Without the part that looks around in a played demo: `test_demo` plays it."""
    kept: list[str] = []
    asks_demo = False
    for line in LINES:
        if line.startswith("$ export"):
            asks_demo = DEMO_HOME in line
        if not asks_demo or "assay determine" in line:
            kept.append(line)
    return kept


def _run(line: str, environ: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(line)
    starts = {
        "assay": [sys.executable, "-c", "from assay.app import main; main()"],
        "python": [sys.executable],
    }
    command = starts.get(words[0], [words[0]]) + words[1:]
    return subprocess.run(
        command, env=environ, cwd=folder, capture_output=True, text=True, check=False
    )


def test_every_line_of_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    for name in ("examples", "methodologies", "reference", "verifier"):
        (tmp_path / name).symlink_to(ROOT / name)
    environ = {name: text for name, text in os.environ.items() if not name.startswith("ASSAY_")}
    environ["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    for line in _own_part():
        mark, command = line[0], line[2:]
        assert mark in "$!", line
        if command.startswith("export "):
            environ |= dict(each.split("=", 1) for each in command.split()[1:])
            continue
        done = _run(command, environ, tmp_path)
        assert (done.returncode == 0) is (mark == "$"), f"{line}\n{done.stdout}{done.stderr}"
        if command == "assay price AL-A00-FOSHAN":
            assert "22280-22320 CNY/t, mid 22300" in done.stdout


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_a_command_or_a_refusal(line: str) -> None:
    assert line[:2] in ("$ ", "! ")
