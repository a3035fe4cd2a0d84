"""Text as people type it, made comparable without losing where each character came from.

Full-width forms become plain ones, traditional characters simplified, letters lower case,
invisible characters are dropped (and reported); every character kept knows its index in the
original. It never changes a digit: superscripts and circled figures stay what they are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from assay.collection.reading import Span, warning
from assay.core import Finding

#: One message longer than this is not a quote; it is refused, not searched.
LONGEST_MESSAGE = 20_000

#: Byte order marks and the encodings they announce, longest first.
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_GROUP = 3


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in its comparable form, with the way back to the original characters."""

    original: str
    text: str
    origin: tuple[int, ...]
    invisible: int = 0

    def span(self, start: int, end: int) -> Span:
        """The span of these normalised characters, in both texts."""
        if start >= end:
            at = self.origin[start] if start < len(self.origin) else len(self.original)
            return Span(start, end, at, at)
        return Span(start, end, self.origin[start], self.origin[end - 1] + 1)

    def said(self, start: int, end: int) -> str:
        """The original characters of a normalised span."""
        span = self.span(start, end)
        return self.original[span.origin_start : span.origin_end]


def normalise(original: str, traditional: Mapping[str, str] | None = None) -> Normalised:
    """`original` made comparable: width, case, traditional characters, invisible ones."""
    letters: list[str] = []
    origin: list[int] = []
    invisible = 0
    table = traditional or {}
    for index, letter in enumerate(original):
        plain = _plain(original, index, table.get(letter, letter))
        if plain is None:
            invisible += 1
            continue
        for each in plain:
            letters.append(each)
            origin.append(index)
    return Normalised(original, "".join(letters), tuple(origin), invisible)


def _plain(original: str, index: int, letter: str) -> str | None:
    if letter in "\n\t\r":
        return "\n" if letter == "\n" else " "
    if letter == "，":
        return "," if _groups_thousands(original, index) else "，"
    category = unicodedata.category(letter)
    if category in {"Cf", "Cc", "Cs", "Co", "Cn"}:
        return None
    if unicodedata.decomposition(letter).startswith(("<wide>", "<narrow>", "<square>")):
        letter = unicodedata.normalize("NFKC", letter)
    if category == "Zs":
        return " "
    return letter.lower() if letter.isascii() else letter


def _groups_thousands(original: str, index: int) -> bool:
    """Whether a full-width comma stands inside full-width digits as ２２，１８０."""
    after = original[index + 1 : index + 2 + _GROUP]
    before = original[index - 1 : index] if index else ""
    return (
        "０" <= before <= "９"
        and len(after) >= _GROUP
        and all("０" <= each <= "９" for each in after[:_GROUP])
        and not "０" <= after[_GROUP : _GROUP + 1] <= "９"
    )


@dataclass(frozen=True, slots=True)
class Decoded:
    """Bytes as text: which encoding was used and what was wrong."""

    text: str
    encoding: str
    findings: tuple[Finding, ...] = ()


def decode(content: bytes, where: str, declared: str | None = None) -> Decoded:
    """The text of `content`: by its byte order mark, as UTF-8, or as GB 18030; never guessed on.

    Bytes that are none of these are shown with replacement characters and a finding. A
    `declared` encoding is tried first after the mark.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _lenient(content, encoding, where)
    for encoding in (*([declared] if declared else []), "utf-8", "gb18030"):
        try:
            return Decoded(content.decode(encoding), encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return _lenient(content, "utf-8", where)


def _lenient(content: bytes, encoding: str, where: str) -> Decoded:
    try:
        return Decoded(content.decode(encoding), encoding)
    except UnicodeDecodeError as problem:
        return Decoded(
            content.decode(encoding, errors="replace"),
            encoding,
            (
                warning(
                    "text.broken_encoding",
                    f"{where}, byte {problem.start}",
                    f"the bytes are not valid {encoding}; ask for the file again",
                ),
            ),
        )
