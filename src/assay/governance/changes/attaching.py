"""A study made outside of the journal: which of its files go out and which stay.

Reads what `assay methodology compare` writes: `study.md` and pictures for the public,
`desk/` for the house. The page itself says which two documents it compares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assay.core import refused

PAGE = "study.md"
DESK = "desk/"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NAME = re.compile(r"(desk/)?[A-Za-z0-9_.-]+\.(md|svg|csv)\Z")


@dataclass(frozen=True, slots=True)
class SortedStudy:
    """The files by who may read them, and the documents that the page compares."""

    compared: list[str]
    public: dict[str, bytes]
    desk: dict[str, bytes]

    @property
    def public_words(self) -> str:
        """Everything that the public will read, as one text."""
        return "\n".join(raw.decode("utf-8", "replace") for raw in self.public.values())


def sorted_study(change: Mapping[str, Any], files: Mapping[str, bytes]) -> SortedStudy:
    """The files of a study of exactly the documents of `change`; refused otherwise."""
    where = f"study of {change['change']}"
    if PAGE not in files:
        raise refused(
            "change.study_empty", where, f"no {PAGE} among: {', '.join(sorted(files)) or 'nothing'}"
        )
    odd = [name for name in files if not _NAME.match(name)]
    if odd:
        raise refused(
            "change.study_file", f"{where}: {', '.join(odd[:4])}",
            f"a study has {PAGE}, pictures (.svg) and tables under {DESK}",
        )  # fmt: skip
    compared = list(dict.fromkeys(_DIGEST.findall(files[PAGE].decode("utf-8", "replace"))))[:2]
    wanted = {change["document"], change["previous"]} - {None}
    if not wanted <= set(compared):
        raise refused(
            "change.study_other", f"{where}: it compares {', '.join(compared) or 'nothing'}",
            f"run assay methodology compare on {' and '.join(sorted(wanted))}",
        )  # fmt: skip
    # A table at the top is not of the page's own: names may stand in it.
    desk = {
        name: raw for name, raw in files.items() if name.startswith(DESK) or name.endswith(".csv")
    }
    public = {name: raw for name, raw in files.items() if name not in desk}
    return SortedStudy(compared, public, desk)
