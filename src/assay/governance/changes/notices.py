"""The public papers of a change and of a consultation: notice, decision, outcome, two languages.

A notice prints its days, its class, the reasons, every line that differs and how to
comment. It names no contributor. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from assay.core import refused
from assay.governance.changes.acts import Changes, consultation_title
from assay.governance.letters.paper import Letter, Table
from assay.governance.letters.words import Filling, LetterWords, in_language, letter_of
from assay.ledger.book import changes as book
from assay.ledger.book.home import agency_of

#: What a change, and what a consultation, has on paper.
CHANGE_LETTERS = ("notice", "decision")
CONSULTATION_LETTERS = ("notice", "outcome")
_DECIDED = ("adopted", "in_force", "rejected")


def subject_letter(
    changes: Changes, words: LetterWords, subject: str, what: str = "notice", language: str = "en"
) -> Letter:
    """The paper of a change, or of a yearly consultation where the name is one of those."""
    in_language(language)
    with changes.ledger.read() as connection:
        asked = book.consultation_of(connection, subject)
        sender = agency_of(connection)
    known = asked or changes.known(subject)
    allowed = CONSULTATION_LETTERS if asked else CHANGE_LETTERS
    if what not in allowed:
        raise refused("letter.unknown", f"{what} of {subject}", f"letters: {', '.join(allowed)}")
    build = _consultation if asked else _notice if what == "notice" else _decision
    return build(changes, words, known, what, language, sender)


def answer_letter(
    changes: Changes, words: LetterWords, comment: str, language: str = "en"
) -> Letter:
    """The answer to one comment for whoever made it; words said in confidence are not repeated."""
    in_language(language)
    subject = comment.rpartition("-V-")[0]
    with changes.ledger.read() as connection:
        found = [e for e in book.comments_on(connection, subject) if e["comment"] == comment]
        sender = agency_of(connection)
    if not found or not found[0]["answer"]:
        raise refused("letter.none", f"answer to {comment}", "no such comment was answered")
    known = found[0]
    day = changes.day_of(known["answered_at"])
    said = {
        "comment": comment, "about": subject, "answer": known["answer"], "words": known["text"],
        "confidential": "x" if known["visibility"] == "confidential" else "", "answered_on": day,
        "received_on": changes.day_of(known["received_at"]),
    }  # fmt: skip
    return letter_of(words, "comment_answer", language, Filling(sender, day, said, {}, comment))


def notice_letter(
    changes: Changes, words: LetterWords, change: Mapping[str, Any], language: str = "en"
) -> Letter:
    """The notice of a change."""
    return subject_letter(changes, words, change["change"], "notice", language)


def _in(known: Mapping[str, Any], name: str, language: str) -> str:
    """Title or rationale in the language of the paper, where the proposer gave it."""
    chosen = known[f"{name}_zh"] if language == "zh" else None
    return str(chosen or known[name])


def _common(changes: Changes, known: Mapping[str, Any], language: str) -> dict[str, Any]:
    card = changes.rules.of(known["change_class"])
    return {
        "change": known["change"], "methodology": known["methodology"],
        "series": ", ".join(known["series"]), "title": _in(known, "title", language),
        "change_class": card.title[language], "noticed_on": known["notice_day"],
        "effective": known["effective"],
    }  # fmt: skip


def _notice(
    changes: Changes, words: LetterWords, known: Mapping[str, Any], _what: str, language: str,
    sender: str,
) -> Letter:  # fmt: skip
    if known["notice_day"] is None:
        raise refused("change.state", known["change"], "it was not noticed")
    urgent = known["exception"] or {}
    said = _common(changes, known, language) | {
        "notice_days": known["notice_days"], "first_allowed": known["first_allowed"],
        "countdown": (known["effective"] - known["notice_day"]).days,
        "comments_until": known["comments_until"],
        "rationale": _in(known, "rationale", language),
        "exception": urgent.get("reason", ""), "declared_by": urgent.get("declared_by", ""),
        "ground": words.term(urgent["ground"], language) if urgent else "",
    }  # fmt: skip
    tables = {
        "differences": _differences(words, known["clauses"], language),
        "study": _study(words, known["study"], language),
        "questions": _questions(words, known["questions"], language),
    }
    footer = f"{known['change']} · {known['notice']} · {known['document']}"
    filling = Filling(sender, known["notice_day"], said, tables, footer)
    return letter_of(words, "change_notice", language, filling)


def _decision(
    changes: Changes, words: LetterWords, known: Mapping[str, Any], _what: str, language: str,
    sender: str,
) -> Letter:  # fmt: skip
    if known["state"] not in _DECIDED:
        raise refused("change.state", known["change"], f"it is {known['state']}, not decided")
    outcome = "rejected" if known["state"] == "rejected" else "adopted"
    day: date = changes.day_of(known["decided_at"])
    said = _common(changes, known, language) | {
        "decision": words.term(outcome, language), "decided_on": day, "reasons": known["reason"],
        "adopted": "x" if outcome == "adopted" else "",
        "refused": "x" if outcome == "rejected" else "",
    }  # fmt: skip
    footer = f"{known['change']} · {known['document']}"
    return letter_of(words, "change_decision", language, Filling(sender, day, said, {}, footer))


def _consultation(
    changes: Changes, words: LetterWords, known: Mapping[str, Any], what: str, language: str,
    sender: str,
) -> Letter:  # fmt: skip
    if what == "outcome" and known["closed_on"] is None:
        raise refused("consultation.open", known["consultation"], "it is not closed yet")
    codes = {
        code
        for each in changes.library.documents()
        if each.id == known["methodology"]
        for code in each.series
    }
    own_title = known["title"] != consultation_title(known["methodology"])
    said = {
        **known, "series": ", ".join(sorted(codes)), "reasons": known["outcome"] or "",
        "title": known["title"] if own_title else "",
    }  # fmt: skip
    tables = {"questions": _questions(words, known["questions"], language)}
    day = known["closed_on"] if what == "outcome" else known["opened_on"]
    footer = f"{known['consultation']} · {known['notice']}"
    filling = Filling(sender, day, said, tables, footer)
    return letter_of(words, f"consultation_{what}", language, filling)


def _differences(words: LetterWords, clauses: list[dict[str, Any]], language: str) -> Table:
    """The lines that differ; of the words of a clause only those in this language."""
    other = "(en)" if language == "zh" else "(zh)"
    columns = tuple(words.label(each, language) for each in ("clause", "place", "before", "after"))
    nothing = words.term("nothing", language)
    rows = tuple(
        (
            each["clause"] or "–", place_in(words, each["place"], language),
            each["before"] or nothing, each["after"] or nothing,
        )
        for each in clauses
        if not each["place"].endswith(other)
    )  # fmt: skip
    return Table(columns, rows, (2, 4, 7, 7))


def place_in(words: LetterWords, place: str, language: str) -> str:
    """A place of the comparison in words: its head is a term, the rest a name.

    The mark of a language at its end is left out; who shows both languages puts it back.
    """
    bare = place.removesuffix("(en)").removesuffix("(zh)").strip()
    if bare.startswith("clause "):
        return words.term("place_clause", language)
    head, mark, rest = bare.partition(":")
    first, _, tail = head.partition(" ")
    term = words.term(first, language)
    return " ".join(filter(None, [term, tail])) + (f"{mark}{rest}" if mark else "")


def _study(words: LetterWords, study: Mapping[str, Any] | None, language: str) -> Table:
    names = ("study_series", "study_days", "study_differ", "study_largest")
    columns = tuple(words.label(each, language) for each in names)
    rows = tuple(
        (each["series"], str(each["days"]), str(each["differ"]), each["largest_change"] or "–")
        for each in (study or {}).get("summary", [])
    )
    return Table(columns, rows)


def _questions(words: LetterWords, questions: list[str], language: str) -> Table:
    rows = tuple((str(number), each) for number, each in enumerate(questions, 1))
    return Table(("#", words.label("question", language)), rows, (1, 11))
