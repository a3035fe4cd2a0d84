"""A phone note at the prompt: asked on a terminal, wrong use without one."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from .conftest import Shell
from .test_commands import DAY, at

LINE = ("collect", "phone", "--as", "P-01")
WORDS = "sold 200t A00 Foshan 22180 self pick-up"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def nobody_there(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    return


def test_it_asks_until_it_has_an_answer_and_says_what_it_read(
    agency: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(agency, "09:50:00")
    monkeypatch.setattr("sys.stdin", Terminal(f"\n \nF03\n{WORDS}\n"))
    said = agency.fine(*LINE)
    assert "which firm called" in said.out
    assert "read: series AL-A00-FOSHAN, kind transaction, low 22180" in said.out
    assert "not said: payment" in said.out
    rows = agency.fine("day", "submissions", "--date", DAY, "--as", "P-01", "--json")
    (row,) = rows.document["submissions"]
    assert (row["contributor"], row["price"]) == ("F03", "22180")


def test_a_terminal_that_goes_away_is_wrong_use(
    agency: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("F03\n"))
    said = agency(*LINE, "--json")
    assert said.code == 2


@pytest.mark.usefixtures("nobody_there")
def test_without_a_terminal_the_options_must_be_given(agency: Shell) -> None:
    said = agency(*LINE, "--json")
    assert (said.code, said.finding["where"]) == (2, "assay collect phone --contributor")
    said = agency(*LINE, "--contributor", "F03", "--json")
    assert (said.code, said.finding["where"]) == (2, "assay collect phone --text")
