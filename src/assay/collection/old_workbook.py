"""What an old .xls (OLE container, BIFF records) holds beside its values: formulas by sheet.

Reads the container's own tables and the record headers, nothing else; evaluates nothing.
A file that does not add up gives None: whoever asks treats it as unknown.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_HEADER = 512
_END = 0xFFFFFFFC
_NAMES = ("Workbook", "Book")
_ENTRY = 128
_SMALL = 4096
_MOST_SECTORS = 200_000
_BOF, _EOF, _FORMULA, _SHEET = 0x0809, 0x000A, 0x0006, 0x0085


def old_formula_cells(content: bytes) -> dict[str, frozenset[tuple[int, int]]] | None:
    """Sheet name -> (row, column) of cells with a formula, from 0; None where unreadable."""
    try:
        stream = _workbook(content)
        return None if stream is None else _formulas(stream)
    except (struct.error, IndexError, ValueError, UnicodeDecodeError):
        return None


def _workbook(content: bytes) -> bytes | None:
    """The stream of the workbook; the chains of sectors are followed, a circle is refused."""
    (shift,) = struct.unpack_from("<H", content, 30)
    size = 1 << shift
    (first_directory,) = struct.unpack_from("<I", content, 48)
    tables = [each for each in struct.unpack_from("<109I", content, 76) if each < _END]
    table: list[int] = []
    for sector in tables:
        table += struct.unpack_from(f"<{size // 4}I", content, _HEADER + sector * size)
    directory = _chain(content, table, first_directory, size)
    root = None
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        entry = directory[at : at + _ENTRY]
        (length,) = struct.unpack_from("<H", entry, 64)
        name = entry[: max(0, length - 2)].decode("utf-16-le")
        start, total = struct.unpack_from("<II", entry, 116)
        if entry[66] == 5:  # noqa: PLR2004 the root entry: it holds the small streams
            root = (start, total)
        if name in _NAMES and entry[66] == 2:  # noqa: PLR2004 a stream
            if total >= _SMALL:
                return _chain(content, table, start, size)[:total]
            return _small(content, table, size, root, start)[:total]
    return None


def _small(
    content: bytes, table: list[int], size: int, root: tuple[int, int] | None, start: int
) -> bytes:
    if root is None:
        raise ValueError("no root entry before the workbook")
    (shift,) = struct.unpack_from("<H", content, 32)
    (first,) = struct.unpack_from("<I", content, 60)
    raw = _chain(content, table, first, size)
    small = list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))
    holder = _chain(content, table, root[0], size)
    pieces = [holder[each << shift : (each + 1) << shift] for each in _sectors(small, start)]
    return b"".join(pieces)


def _chain(content: bytes, table: list[int], start: int, size: int) -> bytes:
    return b"".join(
        content[_HEADER + each * size : _HEADER + (each + 1) * size]
        for each in _sectors(table, start)
    )


def _sectors(table: list[int], start: int) -> Iterator[int]:
    sector, steps = start, 0
    while sector < _END:
        if steps > min(len(table), _MOST_SECTORS):
            raise ValueError("a circle of sectors")
        yield sector
        sector, steps = table[sector], steps + 1


def _formulas(stream: bytes) -> dict[str, frozenset[tuple[int, int]]]:
    starts: dict[int, str] = {}
    found: dict[str, set[tuple[int, int]]] = {}
    sheet = None
    for at, kind, body in _records(stream):
        if kind == _SHEET:
            starts[struct.unpack_from("<I", body)[0]] = _sheet_name(body)
        elif kind == _BOF:
            sheet = starts.get(at, sheet)
        elif kind == _FORMULA and sheet is not None:
            row, column = struct.unpack_from("<HH", body)
            found.setdefault(sheet, set()).add((row, column))
    return {name: frozenset(cells) for name, cells in found.items()}


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _sheet_name(body: bytes) -> str:
    length, wide = body[6], body[7] & 1
    raw = body[8 : 8 + length * (2 if wide else 1)]
    return raw.decode("utf-16-le" if wide else "latin-1")
