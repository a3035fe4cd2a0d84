"""docs/reference/commands.md lists exactly the commands there are; each has help with an example."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from cyclopts import App

from assay.cli import GROUPS, build_app

from .conftest import ROOT

PAGE = ROOT / "docs" / "reference" / "commands.md"


def commands(app: App, name: str) -> Iterator[tuple[str, App]]:
    """Every command with a function of its own, by its full name."""
    if app.default_command is not None:
        yield name, app
    for each in app:
        if not each.startswith("-"):
            yield from commands(app[each], f"{name} {each}")


def every_command() -> dict[str, App]:
    return dict(commands(build_app(), "assay"))


def line_of(name: str, app: App) -> str:
    """The line of a command, ready to be pasted into the page."""
    return f"| `{name}` | {(app.default_command.__doc__ or '').strip().splitlines()[0]} |"


def test_every_command_has_a_line_and_every_line_a_command() -> None:
    listed = set(re.findall(r"^\| `assay.*$", PAGE.read_text("utf-8"), re.MULTILINE))
    wanted = {line_of(name, app) for name, app in every_command().items()}
    missing, gone = "\n".join(sorted(wanted - listed)), "\n".join(sorted(listed - wanted))
    assert listed == wanted, f"paste into {PAGE.name}:\n{missing}\ntake out:\n{gone}"


def test_every_command_says_what_it_does_with_an_example() -> None:
    for name, app in every_command().items():
        says = app.default_command.__doc__ or ""
        assert says.strip(), name
        assert re.search(r"Example: `.*assay ", says), name


def test_every_command_that_answers_has_json() -> None:
    silent = {"assay serve", "assay methodology render"}
    for name, app in every_command().items():
        parameters = app.default_command.__annotations__
        assert "json" in parameters or name in silent, name


def test_the_help_that_is_printed_has_the_example(shell) -> None:
    for name in every_command():
        printed = shell.fine(*name.split()[1:], "--help").out
        shown = " ".join(printed.split("╭─")[0].split())
        assert f"Example: {name}" in shown or re.search(rf"Example: .*{name} ", shown), printed


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_help_of_every_group(shell, group: str) -> None:
    printed = shell.fine(group, "--help").out
    assert "Usage: assay" in printed
    assert f"Example: assay {group}" in " ".join(printed.split())
