"""The command line in this process, on a home of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from assay.cli import run

ROOT = Path(__file__).parents[3]
AGENCY = ROOT / "examples" / "agency"


@dataclass
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def document(self):
        return json.loads(self.out)

    @property
    def finding(self):
        return json.loads(self.err.splitlines()[0])["finding"]


@dataclass
class Shell:
    """Runs commands with an environment; `--as` people have their keys in it."""

    environ: dict[str, str]
    capsys: pytest.CaptureFixture

    def __call__(self, *arguments: str) -> Said:
        code = run([str(each) for each in arguments], self.environ)
        seen = self.capsys.readouterr()
        return Said(code, seen.out, seen.err)

    def fine(self, *arguments: str) -> Said:
        said = self(*arguments)
        assert said.code == 0, f"{arguments}: {said.err}{said.out}"
        return said


@pytest.fixture
def shell(tmp_path: Path, capsys) -> Shell:
    """A shell without a home yet."""
    environ = {"ASSAY_HOME": str(tmp_path / "home"), "ASSAY_KEYS": str(tmp_path / "keys")}
    return Shell(environ, capsys)


@pytest.fixture
def agency(shell: Shell) -> Shell:
    """The shipped agency on the evening before 2025-12-30, carbon facts loaded."""
    shell.fine(
        "home", "create", "--agency", AGENCY / "agency.toml",
        "--simulated-from", "2025-12-29T18:00:00+08:00",
    )  # fmt: skip
    before = AGENCY / "market" / "before"
    shell.fine(
        "collect", "feed", before / "cea.csv", before / "carbon-intensity.csv",
        AGENCY / "market" / "2025-12-29" / "close" / "cea.csv", "--as", "P-01",
    )  # fmt: skip
    return shell
