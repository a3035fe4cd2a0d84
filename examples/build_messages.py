"""Writes the mails, workbooks and fax pages of the example from `agency/mail/<date>.toml`.

Chats and phone notes are plain text and lie in `agency/messages/` as they are. The rest has
an encoding (GBK bodies, base64, xlsx, PNG) that nobody writes by hand: it is made here, the
same bytes every time, and committed. Uses nothing of the product.

    python examples/build_messages.py            # write
    python examples/build_messages.py --check    # exit 1 where a committed file differs
"""

from __future__ import annotations

import base64
import io
import struct
import sys
import tomllib
import zlib
from collections.abc import Iterator
from datetime import datetime
from email.header import Header
from pathlib import Path
from typing import Any

import xlsxwriter

AGENCY = Path(__file__).parent / "agency"
DESK = "desk@tidemark.example"
WIDTH, HEIGHT = 620, 200
#: 5x7 letters of the fax machine, one number a row.
LETTERS = {
    "0": (14, 17, 19, 21, 25, 17, 14), "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 2, 4, 8, 31), "3": (31, 2, 4, 2, 1, 17, 14),
    "4": (2, 6, 10, 18, 31, 2, 2), "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14), "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14), "9": (14, 17, 17, 15, 1, 2, 12),
    "A": (14, 17, 17, 31, 17, 17, 17), "B": (30, 17, 17, 30, 17, 17, 30),
    "C": (14, 17, 16, 16, 16, 17, 14), "D": (30, 17, 17, 17, 17, 17, 30),
    "E": (31, 16, 16, 30, 16, 16, 31), "F": (31, 16, 16, 30, 16, 16, 16),
    "K": (17, 18, 20, 24, 20, 18, 17), "V": (17, 17, 17, 17, 17, 10, 4),
    "G": (14, 17, 16, 23, 17, 17, 14),
    "H": (17, 17, 17, 31, 17, 17, 17), "I": (14, 4, 4, 4, 4, 4, 14),
    "L": (16, 16, 16, 16, 16, 16, 31), "M": (17, 27, 21, 21, 17, 17, 17),
    "N": (17, 25, 21, 19, 17, 17, 17), "O": (14, 17, 17, 17, 17, 17, 14),
    "P": (30, 17, 17, 30, 16, 16, 16), "R": (30, 17, 17, 30, 20, 18, 17),
    "S": (15, 16, 16, 14, 1, 1, 30), "T": (31, 4, 4, 4, 4, 4, 4),
    "U": (17, 17, 17, 17, 17, 17, 14), "W": (17, 17, 17, 21, 21, 27, 17),
    "Y": (17, 17, 10, 4, 4, 4, 4), "-": (0, 0, 0, 31, 0, 0, 0),
    "/": (1, 1, 2, 4, 8, 16, 16), ".": (0, 0, 0, 0, 0, 12, 12), " ": (0,) * 7,
}  # fmt: skip


def workbook_bytes(book: dict[str, Any]) -> bytes:
    """An xlsx as a firm sends it: title rows, a header, rows, a footer; the same bytes each time."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as workbook:
        workbook.set_properties({"author": "", "created": datetime(2025, 12, 1)})  # noqa: DTZ001 a workbook knows no zone
        for sheet in book["sheet"]:
            page = workbook.add_worksheet(sheet["name"])
            lines = [[sheet["title"]], [], sheet["header"], *sheet["row"], []]
            for number, line in enumerate([*lines, [sheet.get("footer", "")]]):
                page.write_row(number, 0, line)
    return made.getvalue()


def fax_bytes(lines: list[str]) -> bytes:
    """A scanned page as PNG: letters of 5x7 dots, twice as large, black on white."""
    rows = [bytearray(b"\xff" * WIDTH) for _ in range(HEIGHT)]
    for number, line in enumerate(lines):
        for place, letter in enumerate(line.upper()):
            _letter(rows, LETTERS[letter], 20 + place * 14, 20 + number * 24)
    raw = b"".join(b"\0" + bytes(row) for row in rows)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _letter(rows: list[bytearray], dots: tuple[int, ...], left: int, top: int) -> None:
    for down, bits in enumerate(dots):
        for across in range(5):
            if bits >> (4 - across) & 1:
                for point in range(4):
                    rows[top + down * 2 + point // 2][left + across * 2 + point % 2] = 0


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def mail_bytes(mail: dict[str, Any], books: dict[str, bytes]) -> bytes:
    """A mail as it arrives: encoded headers, a body in the sender's charset, attachments."""
    charset = mail.get("charset", "utf-8")
    when = mail["at"].strftime("%a, %d %b %Y %H:%M:%S %z")
    name, address = mail["from"]
    head = [
        f"Return-Path: <{address}>",
        f"Received: from mx.{address.partition('@')[2]} by mx.tidemark.example; {when}",
        f"Date: {when}",
        f"From: {_encoded(name, charset)} <{address}>",
        f"To: {DESK}",
        f"Subject: {_encoded(mail['subject'], charset)}",
        f"Message-ID: <{mail['id']}@{address.partition('@')[2]}>",
        "MIME-Version: 1.0",
    ]
    body = [
        f"Content-Type: text/plain; charset={charset}",
        "Content-Transfer-Encoding: base64",
        "",
        _lines(mail["body"].encode(charset)),
    ]
    if "attach" not in mail:
        return "\r\n".join([*head, *body, ""]).encode("ascii")
    mark = f"=_{mail['id']}"
    parts = [f"--{mark}", *body]
    for each in mail["attach"]:
        content = books[each["workbook"]][: each.get("cut_to")]
        parts += [
            f"--{mark}",
            "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            f'Content-Disposition: attachment; filename="{each["name"]}"',
            "Content-Transfer-Encoding: base64",
            "",
            _lines(content),
        ]
    mixed = f'Content-Type: multipart/mixed; boundary="{mark}"'
    return "\r\n".join([*head, mixed, "", *parts, f"--{mark}--", ""]).encode("ascii")


def _encoded(words: str, charset: str) -> str:
    return Header(words, None if words.isascii() else charset).encode()


def _lines(content: bytes) -> str:
    return base64.encodebytes(content).decode("ascii").rstrip("\n").replace("\n", "\r\n")


def files_of(day: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Every file of a day: its place under `messages/<date>/` and its bytes."""
    books = {book["id"]: workbook_bytes(book) for book in day.get("workbook", [])}
    for mail in day.get("mail", []):
        folder = "mail/new/" if mail.get("maildir", True) else "mail/"
        suffix = "" if mail.get("maildir", True) else ".eml"
        yield f"{mail['round']}/{folder}{mail['id']}{suffix}", mail_bytes(mail, books)
    for book in day.get("workbook", []):
        if "round" in book:
            yield f"{book['round']}/workbook/{book['id']}.xlsx", books[book["id"]]
    for fax in day.get("fax", []):
        yield f"{fax['round']}/fax/{fax['id']}.png", fax_bytes(fax["lines"])


def main(arguments: list[str]) -> int:
    """Write or check every file; 1 where a committed file differs."""
    wrong = 0
    for source in sorted((AGENCY / "mail").glob("*.toml")):
        day = tomllib.loads(source.read_text("utf-8"))
        for place, content in files_of(day):
            path = AGENCY / "messages" / source.stem / place
            if "--check" not in arguments:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            elif not path.is_file() or path.read_bytes() != content:
                sys.stdout.write(f"{path} differs: python examples/build_messages.py\n")
                wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
