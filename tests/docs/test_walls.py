"""What the house promises of its files: sizes, docstrings, no addresses in lock files."""

import ast
import hashlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "verifier").rglob("*.py")])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_and_says_what_it_is_for(path):
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= 500, "split the room"
    assert ast.get_docstring(tree) or not tree.body, "open with what the module is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 70, f"{node.name} has {length} lines"


def test_lock_files_record_no_address():
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert "://" not in lock.read_text("utf-8"), lock.name


def test_vendored_assets_are_what_they_were():
    folder = ROOT / "src" / "assay" / "web" / "assets" / "vendor"
    for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines():
        expected, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, name
