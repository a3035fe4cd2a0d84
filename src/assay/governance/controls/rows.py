"""The rows of the controls, read from `reference/controls.toml`: data with their source.

A row is decided by a test of the register, or by a person of a role who signs it again
after so many days; never by both, never by nobody.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.core import refused

_MUST = {"id", "section", "title", "source"}
_MAY = {"test", "signer", "every_days", "alarms"}


@dataclass(frozen=True, slots=True)
class Row:
    """One control: its identity, title in two languages, source, and who decides it.

    `alarms` are the codes of alarms that bear on it: while one stands, the row is not met.
    """

    id: str
    section: str
    title: Mapping[str, str]
    source: str
    test: str | None = None
    signer: str | None = None
    every_days: int = 366
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Controls:
    """Every row in order, and the sections with their titles."""

    sections: Mapping[str, Mapping[str, str]]
    rows: tuple[Row, ...]

    def row(self, control: str) -> Row:
        """The row of this identity; refused when there is none."""
        for each in self.rows:
            if each.id == control:
                return each
        known = ", ".join(each.id for each in self.rows)
        raise refused("control.unknown", control, f"known controls: {known}")


def load_controls(reference: Path) -> Controls:
    """The controls of the house; a row with an unknown key or no decider is refused."""
    table = tomllib.loads((reference / "controls.toml").read_text("utf-8"))
    rows = tuple(_row(card, table["section"]) for card in table["control"])
    twice = sorted({each.id for each in rows if [r.id for r in rows].count(each.id) > 1})
    if twice:
        raise refused("control.twice", ", ".join(twice), "a control stands once")
    return Controls(table["section"], rows)


def _row(card: Mapping[str, Any], sections: Mapping[str, Any]) -> Row:
    where = f"control {card.get('id')} in controls.toml"
    odd = (set(card) - _MUST - _MAY) | (_MUST - set(card))
    if odd or card["section"] not in sections:
        raise refused("control.row", f"{where}: {', '.join(sorted(odd))}", "mend the row")
    if ("test" in card) == ("signer" in card):
        raise refused("control.decider", where, "name its test, or the role that signs it")
    return Row(**{**card, "alarms": tuple(card.get("alarms", ()))})
