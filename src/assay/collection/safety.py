"""What is refused before any reader opens it: bombs, macros, entities, sheer size.

The evidence is archived first whatever this says; a refusal names what was found and the way
out. Nothing here unpacks more than a bounded number of bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from assay.collection.reading import error, warning
from assay.core import Finding

LARGEST_EVIDENCE = 32 * 1024 * 1024
LARGEST_UNPACKED = 128 * 1024 * 1024
MOST_ENTRIES = 4_000
_WORST_RATIO = 200
_RATIO_MATTERS_FROM = 4 * 1024 * 1024

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CELL_FORMULA = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<f[\s>/]')
_HIDDEN_PART = re.compile(rb'<(?:row|col)\b[^>]*?\bhidden="(?:1|true)"')
_SHEET = re.compile(rb"<sheet\b[^>]*>")
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


def too_large(content: bytes, where: str) -> Finding | None:
    """A finding where the evidence is larger than any honest message."""
    if len(content) <= LARGEST_EVIDENCE:
        return None
    return error(
        "evidence.too_large",
        where,
        f"{len(content)} bytes (at most {LARGEST_EVIDENCE}); ask for a smaller file",
    )


def check_package(content: bytes, where: str) -> list[Finding]:
    """What forbids opening a zipped workbook: bomb, macros, entities, links outside, encryption."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            bomb = _bomb(entries, where)
            if bomb is not None:
                return [bomb]
            return _contents(package, entries, where)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, ValueError,
            EOFError) as problem:  # fmt: skip
        return [error("workbook.broken", where, f"not a readable workbook ({problem}); ask again")]


def _bomb(entries: list[zipfile.ZipInfo], where: str) -> Finding | None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if (
        len(entries) > MOST_ENTRIES
        or unpacked > LARGEST_UNPACKED
        or (unpacked > _RATIO_MATTERS_FROM and unpacked > _WORST_RATIO * packed)
    ):
        return error(
            "workbook.bomb",
            where,
            f"{len(entries)} entries of {unpacked} bytes packed into {packed}: not opened",
        )
    return None


def _contents(
    package: zipfile.ZipFile, entries: list[zipfile.ZipInfo], where: str
) -> list[Finding]:
    found: list[Finding] = []
    names = [entry.filename for entry in entries]
    if any("vbaproject" in name.lower() or name.lower().endswith(".bin") for name in names
           if "printersettings" not in name.lower()):  # fmt: skip
        found.append(
            error("workbook.macros", where, "the workbook carries macros: ask for a plain .xlsx")
        )
    if any("/externallinks/" in name.lower() for name in names):
        found.append(
            warning("workbook.external_links", where, "links to other files were not followed")
        )
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")):
            with package.open(entry) as part:
                head = part.read(min(entry.file_size, LARGEST_UNPACKED) + 1)
            if len(head) > entry.file_size:
                return [error("workbook.bomb", where, f"{entry.filename} lies about its size")]
            if _ENTITY.search(head):
                return [
                    error("workbook.entities", where, f"{entry.filename} declares XML entities")
                ]
    return found


def check_ole(content: bytes, where: str) -> list[Finding]:
    """What forbids opening an old .xls: macros (their storage is named in the file), encryption."""
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        return [error("workbook.macros", where, "the workbook carries macros: ask for a plain one")]
    if "EncryptedPackage".encode("utf-16-le") in content:
        return [
            error("workbook.encrypted", where, "the workbook is encrypted: ask for a plain one")
        ]
    return []


def formula_cells(content: bytes) -> dict[str, frozenset[str]]:
    """Sheet name -> cells that hold a formula, of an .xlsx that `check_package` let pass."""
    found: dict[str, frozenset[str]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name, path in _sheets(package).items():
                cells = _CELL_FORMULA.findall(package.read(path))
                if cells:
                    found[name] = frozenset(cell.decode("ascii") for cell in cells)
    except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, NotImplementedError, OSError,
            ValueError, EOFError):  # fmt: skip
        return found
    return found


def hidden_rows(content: bytes) -> dict[str, int]:
    """Sheet name -> how many rows or columns nobody sees, of an .xlsx that may be opened."""
    found: dict[str, int] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name, path in _sheets(package).items():
                count = len(_HIDDEN_PART.findall(package.read(path)))
                if count:
                    found[name] = count
    except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, NotImplementedError, OSError,
            ValueError, EOFError):  # fmt: skip
        return found
    return found


def _sheets(package: zipfile.ZipFile) -> dict[str, str]:
    targets = {}
    for tag in _RELATION.findall(package.read("xl/_rels/workbook.xml.rels")):
        attributes = dict(_ATTRIBUTE.findall(tag))
        target = attributes.get(b"Target", b"").decode("utf-8").lstrip("/")
        targets[attributes.get(b"Id")] = target if target.startswith("xl/") else f"xl/{target}"
    sheets = {}
    for tag in _SHEET.findall(package.read("xl/workbook.xml")):
        attributes = dict(_ATTRIBUTE.findall(tag))
        name = _unescaped(attributes.get(b"name", b"").decode("utf-8"))
        sheets[name] = targets.get(attributes.get(b"r:id"), "")
    return sheets


def _unescaped(text: str) -> str:
    for mark, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'")):
        text = text.replace(mark, letter)
    return text.replace("&amp;", "&")
