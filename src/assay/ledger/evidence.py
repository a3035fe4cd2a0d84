"""Evidence: raw bytes by hash, archived before anybody reads them.

A file is ``salt || bytes`` and its name is the sha256 of that whole; the salt comes
from a secret of the home and the bytes, so the same message twice is one file, and
nobody outside can guess a short message from its hash. Forgetting leaves a tombstone.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from assay.core import BrokenPromise, Finding, Severity, refused

SALT_BYTES = 16
_NAME = re.compile("[0-9a-f]{64}")
TOMBSTONE = b"assay tombstone: forgotten after its retention\n"


def _nothing(_step: str) -> None:
    return None


class EvidenceStore:
    """A folder of evidence; `checkpoint` is called at every step (for fault tests)."""

    def __init__(self, folder: Path, *, checkpoint: Callable[[str], None] = _nothing) -> None:
        """Use `folder`; its secret is created by `prepare`."""
        self.folder = folder
        self._checkpoint = checkpoint

    def prepare(self, secret: bytes) -> None:
        """Create the folder with its secret; an existing one is left alone."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / "secret"
        if not path.exists():
            self._write_durably(path, secret)

    def put(self, content: bytes) -> str:
        """Archive `content` durably and give its reference ``sha256:<hex>``."""
        whole = self._salt(content) + content
        name = hashlib.sha256(whole).hexdigest()
        self.put_whole(name, whole)
        return f"sha256:{name}"

    def put_whole(self, name: str, whole: bytes) -> None:
        """Archive salt and bytes (or a tombstone) as they come from another home or a backup."""
        path = self._path(name)
        if whole != TOMBSTONE and hashlib.sha256(whole).hexdigest() != name:
            raise refused("evidence.changed", name, "these bytes have another reference")
        if path.exists() and path.read_bytes() == whole:
            sync_folder(path.parent)
            return
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            sync_folder(self.folder)
        self._write_durably(path, whole)

    def names(self) -> Iterator[str]:
        """The names (64 hexadecimal digits) of all files, tombstones too, in order."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            if _NAME.fullmatch(path.name):
                yield path.name

    def tidy(self, older_than: float = 86_400) -> int:
        """Remove drafts that a crash left behind (older than so many seconds); gives the count."""
        gone = 0
        for path in (self.folder / "drafts").glob("*"):
            with contextlib.suppress(FileNotFoundError):  # its writer is alive after all
                if time.time() - path.stat().st_mtime >= older_than:
                    path.unlink()
                    gone += 1
        return gone

    def get(self, reference: str) -> bytes:
        """The archived bytes; a changed file is a broken promise, a forgotten one is refused."""
        whole = self.whole(reference)
        if whole == TOMBSTONE:
            raise refused("evidence.forgotten", reference, "its retention is over")
        return whole[SALT_BYTES:]

    def whole(self, reference: str) -> bytes:
        """Salt and bytes as stored, or the tombstone; checked against the reference."""
        path = self.path_of(reference)
        try:
            whole = path.read_bytes()
        except FileNotFoundError:
            raise BrokenPromise(
                Finding("evidence.missing", Severity.ERROR, reference, "restore it from the backup")
            ) from None
        if whole != TOMBSTONE and hashlib.sha256(whole).hexdigest() != path.name:
            raise BrokenPromise(
                Finding("evidence.changed", Severity.ERROR, reference, "restore it from the backup")
            )
        return whole

    def shred(self, reference: str) -> None:
        """Overwrite the bytes with a tombstone (the journal entry is written first).

        May be called again after a crash: it ends with the tombstone in place.
        """
        path = self.path_of(reference)
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(b"\0" * size)
            self._checkpoint("evidence.zeroed")
            file.flush()
            os.fsync(file.fileno())
        self._write_durably(path, TOMBSTONE)

    def _write_durably(self, path: Path, content: bytes) -> None:
        drafts = self.folder / "drafts"
        drafts.mkdir(exist_ok=True, mode=0o700)
        draft = drafts / f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}"
        with draft.open("wb") as file:
            file.write(content)
            self._checkpoint("evidence.written")
            file.flush()
            os.fsync(file.fileno())
        self._checkpoint("evidence.synced")
        draft.replace(path)
        self._checkpoint("evidence.renamed")
        sync_folder(path.parent)

    def path_of(self, reference: str) -> Path:
        """The file of this reference, whether it is there or not."""
        return self._path(reference.removeprefix("sha256:"))

    def _salt(self, content: bytes) -> bytes:
        secret = (self.folder / "secret").read_bytes()
        return hmac.digest(secret, hashlib.sha256(content).digest(), "sha256")[:SALT_BYTES]

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise refused("evidence.reference", name, "a reference is sha256: and 64 hex digits")
        return self.folder / name[:2] / name


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
