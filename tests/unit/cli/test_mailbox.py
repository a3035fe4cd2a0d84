"""A mailbox of a server, the folder of the home, and the series of a collection."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.collection import test_imap as post

from .conftest import Shell
from .test_commands import CALL, DAY, FOSHAN, at

SECRET = Path("imap.password")


def line(port: int, *more: str) -> tuple[str, ...]:
    return (
        "collect", "imap", "--host", "127.0.0.1", "--port", str(port), "--user", "quotes",
        "--as", "P-01", "--json", "--password-file", str(SECRET), *more,
    )  # fmt: skip


def served(agency: Shell, *more: str):
    server = post._Server()
    server.start()
    said = agency(*line(server.port, *more))
    server.join(10)
    return said, server.heard


def test_a_mailbox_is_taken_in_once(
    agency: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(agency, "10:00:00")
    monkeypatch.chdir(tmp_path)
    SECRET.write_text("not to be told\n", "utf-8")
    said, _ = served(agency)
    assert len(said.document["taken"]) == 2
    assert said.document["last_uid"] == 7
    archived = agency.fine(
        "ledger", "entries", "--kind", "evidence.archived/1", "--as", "P-06", "--json"
    ).document["entries"]
    assert [row["body"]["received_at"] for row in archived[-2:]] == ["2025-12-30T01:50:00Z"] * 2
    again, _ = served(agency)
    assert (again.code, again.document["taken"]) == (0, [])
    later, heard = served(agency, "--after-uid", "7")
    assert later.document["taken"] == []
    assert any("UID 8:*" in each for each in heard)
    assert "not to be told" not in said.out + said.err


def test_a_mailbox_that_cannot_be_had(
    agency: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert agency(*line(1)).code == 2, "no password"
    SECRET.write_text("x", "utf-8")
    said = agency(*line(1))
    assert (said.code, said.finding["code"]) == (1, "mailbox.unreachable")


def test_the_inbox_of_the_home_and_the_series_that_are_asked(agency: Shell) -> None:
    at(agency, "09:00:00")
    day = ("--date", DAY, "--as", "P-01")
    agency.fine("day", "open", "--series", f"{FOSHAN},ADC12", *day)
    assert agency("day", "collect", *day).code == 2, "there is no inbox yet"
    inbox = Path(agency.environ["ASSAY_HOME"]) / "inbox" / "mail"
    inbox.mkdir(parents=True)
    text = CALL.format(tonnes=100, price=22180)
    head = "From: a@b.example\nDate: Tue, 30 Dec 2025 08:42:31 +0800\n\n"
    (inbox / "1.eml").write_text(head + text + "\n", "utf-8")
    said = agency("day", "collect", "--series", "ADC12", *day, "--json").document
    assert [row["submissions"] for row in said["taken"]] == [[]], "taken in, of another series"
    rows = agency.fine("day", "submissions", *day, "--json").document["submissions"]
    assert [row["series"] for row in rows] == [FOSHAN]
    shown = agency.fine("day", "status", "--series", FOSHAN, *day, "--json").document["series"]
    assert [row["series"] for row in shown] == [FOSHAN]
