"""What our pages name exists: files, entry kinds, commands with their options."""

import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from assay.cli import build_app
from assay.ledger.kinds import KINDS, load_kinds

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
SPAN = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
#: Where a path of a page may begin: at the root, in a room, in the engine's room, beside the page.
ROOTS = (ROOT, ROOT / "src" / "assay", ROOT / "src" / "assay" / "methodology")
FOLDERS = {each.name for root in ROOTS for each in root.iterdir() if each.is_dir()}
PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def _spans(page: Path) -> list[str]:
    return SPAN.findall(BLOCK.sub("", page.read_text("utf-8")))


@PAGE
def test_each_file_named_is_there(page):
    words = [word.strip(",;:()") for span in _spans(page) for word in span.split()]
    paths = [
        each
        for each in words
        if each.partition("/")[0] in FOLDERS
        and re.fullmatch(r"[\w./-]+/[\w./-]*[a-z][\w./-]*", each)
        and (each.endswith((".py", "/")) or (ROOT / each.partition("/")[0]).exists())
    ]
    roots = (*ROOTS, page.parent)
    assert [each for each in paths if not any((root / each).exists() for root in roots)] == []


@PAGE
def test_each_entry_kind_named_is_one(page):
    load_kinds()
    named = re.findall(r"`([a-z_]+\.[a-z_]+/\d+)`", page.read_text("utf-8"))
    assert [each for each in named if each not in KINDS] == []


def _command_lines(page: Path) -> list[str]:
    text = page.read_text("utf-8")
    blocks = [line.split(" #")[0] for block in BLOCK.findall(text) for line in block.splitlines()]
    return [each[each.index("assay ") :] for each in [*blocks, *_spans(page)] if re.match(r"([$!] |[A-Z_]+=\S+ )*assay [a-z][a-z-]*( |$)", each)]  # fmt: skip


@cache
def _app():
    return build_app()


@PAGE
def test_each_command_named_is_one_with_these_options(page):
    wrong = []
    for line in _command_lines(page):
        words = shlex.split(line.replace("...", " "))[1:]
        chain, apps, rest = _app().parse_commands(words)
        if not chain or (apps[-1].default_command is None and rest and not rest[0].startswith("-")):
            wrong.append(line)
            continue
        known = {
            name
            for argument in (
                apps[-1].assemble_argument_collection() if apps[-1].default_command else ()
            )
            for name in argument.names
        }
        options = [each.partition("=")[0] for each in rest if each.startswith("--")]
        wrong += [
            f"{line}: {each}" for each in options if each not in known | {"--help", "--version"}
        ]
    assert wrong == []


def test_the_architecture_names_every_room():
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    rooms = [
        each.stem
        for folder in (ROOT / "src" / "assay", ROOT / "src" / "assay" / "governance")
        for each in folder.iterdir()
        if (each / "__init__.py").is_file()
    ]
    assert [each for each in rooms if not re.search(rf"\b{each}\b", text)] == []
    drawn = re.findall(r"^ ?└? ?([a-z]+)(?: · ([a-z]+))?  ", text, re.MULTILINE)
    named = {each for pair in drawn for each in pair if each}
    assert {"core", "web", "cli"} <= named
    folder = ROOT / "src" / "assay"
    assert [each for each in named if not (folder / each).is_dir() and not (folder / f"{each}.py").is_file()] == []  # fmt: skip
