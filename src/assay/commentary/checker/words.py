"""Direction and strength of English market words, for reading other people's texts.

A closed list, deliberately small: a word that is not here says nothing. The generator
has its own tables in reference/phrases; this list never sees them.
"""

from __future__ import annotations

import re

from assay.commentary.checker.claims import Movement

UP = (
    "rose", "rise", "rises", "rising", "up", "higher", "increased", "increase", "increasing",
    "gained", "gain", "gaining", "climbed", "climb", "climbing", "edged up", "inched up", "jumped",
    "rebounded", "rebound", "rebounding", "surged", "surge", "surging", "soared", "soar", "soaring",
    "rallied", "advanced", "strengthened", "picked up", "recovered", "ticked up", "skyrocketed",
    "raised", "added", "upward",
)  # fmt: skip
DOWN = (
    "fell", "fall", "falls", "falling", "down", "lower", "decreased", "decrease", "decreasing",
    "dropped", "drop", "drops", "dropping", "declined", "decline", "declining", "edged down",
    "inched down", "dipped", "dip", "dipping", "slipped", "slid", "lost", "loss of", "plunged",
    "plunge", "plunging", "plummeted", "plummet", "tumbled", "slumped", "pulled back", "pull back",
    "pullback", "pulling back", "retreated", "weakened", "corrected", "correction", "sank",
    "lowered", "edged lower", "inched lower", "downward",
)  # fmt: skip
_SIGNS = {**dict.fromkeys(UP, 1), **dict.fromkeys(DOWN, -1)}
_DIRECTION = re.compile(
    r"(?<![-\w])("
    + "|".join(sorted(map(re.escape, _SIGNS), key=len, reverse=True))
    + r")(?![-\w])",
    re.IGNORECASE,
)
FLAT = re.compile(
    r"\b(unchanged|flat|held steady|holding steady|hold steady|remained stable|stable|held firm|"
    r"kept steady|remained at|maintained at|stayed at|remained unchanged|stood at|steady)\b",
    re.IGNORECASE,
)
EXTREME = re.compile(
    r"\b(plung\w+|plummet\w*|soar\w*|skyrocket\w*|tumbl\w+|collaps\w+|crash\w*|slump\w*)\b",
    re.IGNORECASE,
)
STRONG = re.compile(
    r"\b(sharp|sharply|surg\w+|significant|significantly|substantial|substantially|steeply|"
    r"markedly|notably|jumped)\b",
    re.IGNORECASE,
)
SLIGHT = re.compile(
    r"\b(edged|inched|slight|slightly|marginal|marginally|narrowly|modestly|ticked|just|only)\b",
    re.IGNORECASE,
)


def sign_of(word: str) -> int:
    """+1, -1 or 0 for a direction word."""
    return _SIGNS.get(word.lower(), 0)


def band_of(words: str) -> int:
    """The strength a stretch of words claims: 4 extreme, 3 strong, 1 slight, else 2."""
    if EXTREME.search(words):
        return 4
    if SLIGHT.search(words):
        return 1
    if STRONG.search(words):
        return 3
    return 2


def movements(text: str) -> list[tuple[int, Movement]]:
    """Every direction word of `text` with its position and the strength around it."""
    found = []
    for match in _DIRECTION.finditer(text):
        around = text[max(0, match.start() - 16) : match.end() + 18]
        found.append((match.start(), Movement(sign_of(match.group(1)), band_of(around), around)))
    return found


def last_movement(text: str) -> Movement | None:
    """The last direction word of `text`, or None."""
    every = movements(text)
    return every[-1][1] if every else None
