"""No letter names a firm it is not for, nor a person who spoke in confidence.

Looks for codes, names and longer other spellings of every firm the register ever held.
What cannot be recognised by its letters (a hint, a place) stays the writer's care.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy.engine import Connection

from assay.core import refused
from assay.ledger.book.contributors import contributors_on

#: A shorter spelling would be found inside other words.
_LEAST = 4
_LEAST_CHINESE = 3


def firms_named(
    connection: Connection, text: str, day: date, but: Collection[str] = ()
) -> list[str]:
    """The codes of the firms that `text` names, those in `but` left out."""
    found = []
    for card in contributors_on(connection, day):
        spellings = [card["name"], card["name_zh"], *(each["alias"] for each in card["aliases"])]
        if card["contributor"] not in but and (
            _word(card["contributor"], text) or _said(spellings, text)
        ):
            found.append(card["contributor"])
    return found


def refuse_names(
    connection: Connection,
    text: str,
    day: date,
    where: str,
    *,
    but: Collection[str] = (),
    persons: Iterable[str] = (),
) -> None:
    """Refuse words that name a firm (save those in `but`) or one of these persons."""
    firms = firms_named(connection, text, day, but)
    if firms:
        raise refused(
            "letter.names", f"{where}: {', '.join(firms)}",
            "this leaves the house and names a contributor: say it without the name",
        )  # fmt: skip
    if _said(persons, text):
        raise refused(
            "letter.names", where, "this leaves the house and names a person who trusts you with it"
        )


def _said(spellings: Iterable[str | None], text: str) -> bool:
    return any(
        _word(each, text) if each.isascii() else each in text
        for each in spellings
        if each and len(each) >= (_LEAST if each.isascii() else _LEAST_CHINESE)
    )


def _word(spelling: str, text: str) -> bool:
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(spelling)}(?![0-9A-Za-z])", text) is not None
