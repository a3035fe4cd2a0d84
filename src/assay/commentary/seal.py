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
