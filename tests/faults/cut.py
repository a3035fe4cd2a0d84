"""A wire that can be cut: a proxy before PostgreSQL that loses a commit or its answer."""

from __future__ import annotations

import selectors
import socket
import threading
from urllib.parse import urlsplit

COMMIT = b"COMMIT"


class Wire:
    """Passes bytes on until it is told to lose one commit (or the answer to it)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}?{parts.query}"
        self.lose: str | None = None
        self.lost = 0
        self._open = True
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if not self._open:
                client.close()
                return
            thread = threading.Thread(target=self._pass_on, args=(client,))
            thread.start()
            self._threads.append(thread)

    def _pass_on(self, client: socket.socket) -> None:
        server = socket.create_connection(self._server)
        with client, server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while self._open:
                for key, _ in ready.select(timeout=0.05):
                    content = key.fileobj.recv(65536)
                    if not content or self._cut(key.fileobj is client, content, server):
                        return
                    key.data.sendall(content)

    def _cut(self, from_client: bool, content: bytes, server: socket.socket) -> bool:
        if self.lose is None or not from_client or COMMIT not in content:
            return False
        lose, self.lose = self.lose, None
        self.lost += 1
        if lose == "answer":
            server.sendall(content)
            assert server.recv(65536)
        return True

    def close(self) -> None:
        self._open = False
        socket.create_connection(self._listener.getsockname()).close()
        self._accepting.join()
        for thread in self._threads:
            thread.join()
        self._listener.close()
