"""The phrase table: one key, two renderings, from reference/phrases/comment.toml.

Words are looked up, never built by code; a missing key is an error that names the table
and the key. This module never sees a fact.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from assay.core import decimal_of

LANGUAGES = ("en", "zh")


class NoSuchWord(LookupError):
    """The phrase table has no such key."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The parsed phrase table."""

    tables: Mapping[str, Any]

    @classmethod
    def load(cls, path: Path) -> Phrases:
        """Read and check the table: every entry has both languages."""
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        for name in ("word", "tag"):
            for family, entries in tables[name].items():
                for key, entry in entries.items():
                    _both(f"{name}.{family}.{key}", entry)
        for name in ("base", "unit", "hedge", "tax", "horizon", "absent", "region", "label"):
            for key, entry in tables[name].items():
                _both(f"{name}.{key}", entry)
        return cls(tables)

    def say(self, language: str, *way: str) -> str:
        """The rendering at this place of the table, e.g. ``say("en", "word", "move", "flat")``."""
        entry: Any = self.tables
        for step in way:
            if step not in entry:
                raise NoSuchWord(
                    f"phrase table: no {'.'.join(way)}; {step!r} is not among {', '.join(entry)}"
                )
            entry = entry[step]
        return str(entry[language])

    def threshold(self, name: str) -> Decimal:
        """A threshold of the table, an exact percent."""
        return decimal_of(self.tables["thresholds"][name])

    def bands(self, series: str) -> dict[str, Decimal]:
        """The verb bands of a series, or the default ones."""
        bands = self.tables["bands"]
        chosen = bands.get(series, bands["default"])
        return {name: decimal_of(chosen[name]) for name in ("slight", "plain", "strong")}


def _both(where: str, entry: Mapping[str, str]) -> None:
    missing = [language for language in LANGUAGES if language not in entry]
    if missing:
        raise NoSuchWord(f"phrase table: {where} lacks {', '.join(missing)}")
