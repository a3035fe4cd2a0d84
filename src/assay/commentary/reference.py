"""The tables of docs/reference/comment.md, written from the registers a test compares with.

python -c "from assay.commentary.reference import rule_table; print(rule_table())"
"""

from __future__ import annotations

from assay.commentary.checker import RULES
from assay.commentary.facts import KINDS
from assay.commentary.words import RULES as WORD_RULES

WORDS = {
    "move": "verb band of a change against its base",
    "updown": "up, down, unchanged",
    "extent": "gain or drop, before a percent without a sign",
    "followed": "whether the scrap ranges moved with primary aluminum, held, or went another way",
    "sign": "open interest increased, decreased, unchanged",
    "path": "order of low and high in the session, from its real path",
    "tail": "whether the close is the last extreme",
    "positions": "bulls or bears, adding or reducing, from two signs",
    "volume": "little changed, lower or higher, sharply",
    "spread": "premium, discount, parity",
    "spread_move": "widened, narrowed, held, turned, by size and sign",
    "roll": "whether two sections name two contracts",
    "offers": "verb band of the middle of a range",
    "import": "profit, loss, near break-even",
    "import_move": "widened, narrowed, held, turned",
}


def rule_table() -> str:
    """Every code the checker can report."""
    rows = [
        f"| `{rule.code}` | {rule.law} | {rule.severity.value} | {rule.meaning} |"
        for rule in RULES.values()
    ]
    return "\n".join(["| code | rule | severity | what it means |", "|---|---|---|---|", *rows])


def word_table() -> str:
    """Every rule that turns facts into a word."""
    rows = [f"| `{name}` | {WORDS[name]} |" for name in WORD_RULES]
    rows.append("| `stable` | every range under a prefix equals the day before |")
    return "\n".join(["| rule | the word says |", "|---|---|", *rows])


def kind_line() -> str:
    """The kinds of facts in one line."""
    return ", ".join(f"`{kind}`" for kind in KINDS)
