"""The classes of change as data (`reference/change-classes.toml`): notice, comments, scope."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from assay.core import refused
from assay.ledger.book.changes import LEAST_NOTICE

FILE = "change-classes.toml"
_TOP = {"source", "calendar", "zone", "alarm_days", "consultation_days", "always", "classes"}
_CARD = {"title", "notice_days", "comment_days", "study", "may_change"}


@dataclass(frozen=True, slots=True)
class ChangeClass:
    """One class: its title, its days, whether a study is due, what it may touch."""

    name: str
    title: Mapping[str, str]
    notice_days: int
    comment_days: int
    study: bool
    may_change: tuple[str, ...]

    def beyond(self, places: Iterable[str]) -> list[str]:
        """The places that a change of this class may not touch."""
        return [
            place
            for place in places
            if not any(fnmatchcase(place, each) for each in self.may_change)
        ]


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """Every class, with the calendar and zone in which days are counted."""

    classes: Mapping[str, ChangeClass]
    calendar: str
    zone: str
    alarm_days: int
    consultation_days: int

    def of(self, name: str) -> ChangeClass:
        """The class of this name; refused with the known ones."""
        if name not in self.classes:
            raise refused("change.class", name, f"classes: {', '.join(self.classes)}")
        return self.classes[name]


def load_change_rules(reference: Path) -> ChangeRules:
    """Read the file strictly; a class below the least notice is refused."""
    path = reference / FILE
    table = tomllib.loads(path.read_text("utf-8"))
    _only(table, _TOP, str(path))
    always = tuple(table["always"])
    classes = {
        name: _card(name, card, always, str(path)) for name, card in table["classes"].items()
    }
    return ChangeRules(
        classes, table["calendar"], table["zone"], table["alarm_days"], table["consultation_days"]
    )


def _card(name: str, card: dict[str, Any], always: tuple[str, ...], path: str) -> ChangeClass:
    where = f"{path}: {name}"
    _only(card, _CARD, where)
    if card["notice_days"] < LEAST_NOTICE:
        raise refused(
            "change.notice_short", f"{where}: {card['notice_days']} days",
            f"the least notice is {LEAST_NOTICE} days",
        )  # fmt: skip
    if not 0 < card["comment_days"] < card["notice_days"]:
        raise refused("change.comment_days", where, "comments end before the change takes effect")
    return ChangeClass(
        name, card["title"], card["notice_days"], card["comment_days"], card["study"],
        (*always, *card["may_change"]),
    )  # fmt: skip


def _only(table: Mapping[str, Any], allowed: set[str], where: str) -> None:
    if set(table) != allowed:
        odd = sorted(set(table) ^ allowed)
        raise refused(
            "file.keys", f"{where}: {', '.join(odd)}", f"keys: {', '.join(sorted(allowed))}"
        )
