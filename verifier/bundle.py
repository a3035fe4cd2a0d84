"""The folder: every file named in the manifest, with its hash, and no other file.

Reads bytes and compares hashes; knows nothing of what the files mean. A file whose
hash differs is still handed on, so that the place inside it can be named too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.canonical import Malformed, read_canonical, sha256
from verifier.report import Report

FORMAT = "assay-bundle/1"
MANIFEST = "manifest.json"
SEAL = "manifest.sig"
JOURNAL = "journal.jsonl"
HEADS = "heads.json"
AUDIENCES = ("auditor", "public")
_KEYS = ("agency", "audience", "days", "files", "format", "head", "software")
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*\Z", re.ASCII)


class NotABundle(Exception):
    """The folder cannot be read as a bundle at all."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of a bundle and what its manifest claims."""

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]
    raw_manifest: bytes
    seal: bytes | None

    @property
    def audience(self) -> str:
        """Whom the bundle says it is for."""
        return str(self.manifest["audience"])

    @property
    def days(self) -> list[str]:
        """The pricing days it says it is about."""
        return list(self.manifest["days"])

    def under(self, folder: str) -> dict[str, bytes]:
        """The files below `folder/`, by what follows it."""
        start = folder + "/"
        return {
            name.removeprefix(start): content
            for name, content in self.files.items()
            if name.startswith(start)
        }


def read_bundle(folder: Path, report: Report) -> Bundle:
    """The bundle in `folder`; what its manifest gets wrong goes into the report."""
    path = folder / MANIFEST
    if path.is_symlink() or not path.is_file():
        raise NotABundle(f"{folder} has no {MANIFEST}")
    files = _files(folder, report)
    raw, seal = files.pop(MANIFEST), files.pop(SEAL, None)
    manifest: dict[str, Any] = {}
    with report.place(MANIFEST):
        manifest = _manifest(raw)
    claimed = manifest.get("files", {})
    for name in sorted(set(claimed) | set(files)):
        if name not in files:
            report.problem("file.missing", name, "the manifest names it, the folder lacks it")
        elif name not in claimed:
            report.problem("file.extra", name, "it lies in the folder, the manifest lacks it")
        elif sha256(files[name]) != claimed[name]:
            report.problem("file.changed", name, f"its hash is {sha256(files[name])}")
    if not manifest:
        raise NotABundle(f"{path} cannot be read: " + report.problems[-1].what)
    return Bundle(manifest, files, raw, seal)


def _files(folder: Path, report: Report) -> dict[str, bytes]:
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            report.problem("file.kind", name, "only plain files belong into a bundle")
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def _manifest(raw: bytes) -> dict[str, Any]:
    if not raw.endswith(b"\n"):
        raise Malformed("must end with one line feed")
    manifest = read_canonical(raw[:-1])
    if not isinstance(manifest, dict) or tuple(sorted(manifest)) != _KEYS:
        raise Malformed(f"must hold exactly the keys {', '.join(_KEYS)}")
    if manifest["format"] != FORMAT:
        raise Malformed(f"format {manifest['format']!r} is not {FORMAT}")
    if manifest["audience"] not in AUDIENCES:
        raise Malformed(f"audience {manifest['audience']!r} is none of {', '.join(AUDIENCES)}")
    if not isinstance(manifest["days"], list) or not manifest["days"]:
        raise Malformed("days must name at least one pricing day")
    if manifest["days"] != sorted(set(manifest["days"])):
        raise Malformed("days must be in order, each once")
    files = manifest["files"]
    if not isinstance(files, dict) or not all(_PATH.match(name) for name in files):
        raise Malformed("files must map plain relative paths to hashes")
    if sorted(manifest["head"]) != ["digest", "seq"]:
        raise Malformed("head must hold seq and digest")
    return manifest
