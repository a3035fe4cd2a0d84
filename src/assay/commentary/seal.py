"""The seal of a rendered comment: a digest of its visible words, spacing set aside.

The checker and the renderers share only this arithmetic, never any table: reading a
text to the seal line and hashing it again shows whether one character was changed.
"""

from __future__ import annotations

import re

from assay.core import digest_of

_MARKUP = re.compile(r"<[^>]*>|\]\(#[^)]*\)|[\[\]*>#`|]")


def seal_of(text: str) -> str:
    """``sha256:`` and the first 16 hexadecimal digits over the words of `text`."""
    words = "".join(_MARKUP.sub("", text).split())
    return digest_of(words.encode("utf-8"))[: len("sha256:") + 16]


#: A prime number of letters, none of them easily taken for a digit or for another.
_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def check_letter(text: str) -> str:
    """One letter over the digits of `text`; one wrong digit always gives another letter.

    Weights run from 1 to one less than the number of letters, so none is a multiple of it.
    """
    digits = [int(char) for char in text if char.isascii() and char.isdigit()]
    count = len(_LETTERS)
    return _LETTERS[
        sum((place % (count - 1) + 1) * digit for place, digit in enumerate(digits)) % count
    ]
