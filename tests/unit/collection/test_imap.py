"""IMAP: fetched with peek from a small server that speaks just enough of the protocol."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from assay.collection.mailbox import Fetched, fetch_new, open_imap

ARRIVED = "30-Dec-2025 09:50:00 +0800"
MAILS = {4: b"From: a@b\r\n\r\nfirst\r\n", 7: b"From: c@d\r\n\r\nsecond\r\n"}


class _Server(threading.Thread):
    """One connection, the commands that fetching uses, every line kept."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.heard: list[str] = []

    def run(self) -> None:
        with self.socket.accept()[0] as line, line.makefile("rwb") as stream:
            self._talk(stream)
        self.socket.close()

    def _talk(self, stream) -> None:
        stream.write(b"* OK ready\r\n")
        stream.flush()
        while raw := stream.readline():
            said = raw.decode().strip()
            self.heard.append(said)
            tag, _, command = said.partition(" ")
            stream.write(self._answer(command) + f"{tag} OK done\r\n".encode())
            stream.flush()
            if command.upper() == "LOGOUT":
                return

    def _answer(self, command: str) -> bytes:
        if command.upper() == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if command.startswith("SELECT"):
            return b"* 2 EXISTS\r\n"
        if command.startswith("UID SEARCH"):
            return b"* SEARCH 4 7\r\n"
        fetched = re.match(r"UID FETCH ([0-9]+) \(INTERNALDATE BODY\.PEEK\[\]\)", command)
        if fetched:
            mail = MAILS[int(fetched[1])]
            head = f'* 1 FETCH (UID {fetched[1]} INTERNALDATE "{ARRIVED}" BODY[] {{{len(mail)}}}\r\n'.encode()
            return head + mail + b")\r\n"
        return b"* BYE\r\n" if command.upper() == "LOGOUT" else b""


@pytest.fixture
def server() -> Iterator[_Server]:
    server = _Server()
    server.start()
    yield server
    server.join(timeout=5)


def test_new_mails_are_fetched_as_raw_bytes_without_marking(server: _Server) -> None:
    with open_imap("127.0.0.1", "desk", "secret", port=server.port, tls=False) as client:
        found = list(fetch_new(client, 4))
    assert found == [(7, Fetched("UID 7", MAILS[7], datetime(2025, 12, 30, 1, 50, tzinfo=UTC)))]
    fetches = [line for line in server.heard if "FETCH" in line]
    assert all("BODY.PEEK[]" in line for line in fetches)
    assert not any("STORE" in line for line in server.heard)


class _Refusing:
    def uid(self, command: str, *args: str) -> tuple[str, list[object]]:
        return ("OK", [b"5"]) if command == "SEARCH" else ("NO", [None])


def test_a_server_that_refuses_is_a_finding() -> None:
    ((uid, finding),) = fetch_new(_Refusing(), 0)
    assert (uid, finding.code) == (5, "mailbox.refused")
