"""Letters to one contributor: notice of rectification with its clock, and termination.

They name that firm and no other. The figures beside a shortfall are those of the journal
over the days before the notice; what comes in on its day or later does not move them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import Refused, refused
from assay.governance.contributors.life import card_on
from assay.governance.contributors.scores import Score, scores_of
from assay.governance.letters.paper import Letter, Table
from assay.governance.letters.secrecy import refuse_names
from assay.governance.letters.words import Filling, LetterWords, in_language, letter_of
from assay.governance.office import Office
from assay.ledger.book.files import papers_of, statuses_of
from assay.ledger.book.home import agency_of
from assay.methodology import Library, Methodology

FIRM_LETTERS = ("rectification", "termination")
#: Over how many days the figures of a notice are counted.
SPAN = 90
#: Which screening rules of a methodology a shortfall touches; their clauses are printed.
_TOUCHES = {
    "timeliness": ("before_cutoff",),
    "completeness": ("required_fields",),
    "distance_to_final": ("against_yesterday", "outlier_percent"),
    "selective_sending": ("deal_once",),
    "later_found_wrong": ("todays_data", "arms_length"),
}
_ALWAYS = ("qualified_contributor",)
_STANDARDS = {
    "timeliness": ("timeliness_percent", "≥", "%"),
    "completeness": ("completeness_percent", "≥", "%"),
    "share_of_days": ("share_of_days_percent", "≥", "%"),
    "distance_to_final": ("distance_bp", "≤", "bp"),
    "selective_sending": ("unreported_percent", "≤", "%"),
}


def firm_letter(
    office: Office, library: Library, words: LetterWords, contributor: str, what: str,
    language: str = "en",
) -> Letter:  # fmt: skip
    """The newest letter of this kind to a firm; refused where there was no such act."""
    if what not in FIRM_LETTERS:
        raise refused("letter.unknown", what, f"letters: {', '.join(FIRM_LETTERS)}")
    in_language(language)
    with office.ledger.read() as connection:
        build = _rectification if what == "rectification" else _termination
        asked = _Asked(office, connection, library, words, contributor, language)
        day, said, tables, entry = build(asked)
        card = card_on(connection, contributor, office.today())
        name = (card["name_zh"] if language == "zh" else None) or card["name"]
        said |= {"firm": f"{name} ({contributor})", "series": ", ".join(card["series"])}
        letter = letter_of(
            words, what, language,
            Filling(
                agency_of(connection), day, said, tables, f"{contributor} · {day} · {entry}", name
            ),
        )  # fmt: skip
        where = f"{what} of {contributor}"
        refuse_names(connection, letter.text(), office.today(), where, but=[contributor])
    return letter


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which letter is asked for, and of what it is made."""

    office: Office
    connection: Connection
    library: Library
    words: LetterWords
    contributor: str
    language: str


_Built = tuple[date, dict[str, Any], dict[str, Table], str]


def _rectification(asked: _Asked) -> _Built:
    connection, contributor, language = asked.connection, asked.contributor, asked.language
    office, words = asked.office, asked.words
    notice = _newest(connection, contributor, "rectification")
    if notice is None:
        raise refused(
            "letter.none", f"rectification of {contributor}", "no notice of rectification was given"
        )
    day, content = notice["since"], notice["content"]
    first, last = day - timedelta(days=SPAN), day - timedelta(days=1)
    scores = scores_of(connection, contributor, first, last, office.thresholds)
    figures = {each.name: each for each in scores}
    documents = _documents(connection, asked.library, contributor, day)
    touched = {
        each: dict(_clauses(documents, _TOUCHES.get(each, ()), language))
        for each in content["shortfalls"]
    }
    rows = tuple(
        (
            words.term(each, language), _found(figures.get(each)), _standard(office, each),
            ", ".join(touched[each]) or "–",
        )
        for each in content["shortfalls"]
    )  # fmt: skip
    shown = {clause: text for each in touched.values() for clause, text in each.items()}
    shown |= dict(_clauses(documents, _ALWAYS, language))
    said = {
        "notice_day": day, "deadline": notice["until"], "reasons": content["words"],
        "days": office.thresholds.of("clocks")["rectification_days"],
    }  # fmt: skip
    tables = {
        "shortfalls": Table(_columns(words, language, "shortfall", "found", "standard", "clause"), rows),
        "clauses": Table(
            _columns(words, language, "clause", "words"),
            tuple(shown.items()), (1, 4),
        ),
    }  # fmt: skip
    return day, said, tables, f"#{notice['seq']}"


def _termination(asked: _Asked) -> _Built:
    connection, contributor = asked.connection, asked.contributor
    ends = [e for e in statuses_of(connection, contributor) if e["status"] == "terminated"]
    if not ends:
        raise refused("letter.none", f"termination of {contributor}", "the firm was not terminated")
    last, ended = ends[-1], _newest(connection, contributor, "rectification_end")
    followed = ended is not None and ended["since"] == last["since"]
    notice = _newest(connection, contributor, "rectification") if followed else None
    said = {
        "terminated_on": last["since"], "reasons": last["reason"], "noticed": "x" if notice else "",
        "rectified_on": notice["since"] if notice else None,
        "deadline": notice["until"] if notice else None,
        "ended": _how(asked.words, ended, asked.language) if notice and ended else "",
    }  # fmt: skip
    return last["since"], said, {}, f"#{last['seq']}"


def _how(words: LetterWords, ended: Mapping[str, Any], language: str) -> str:
    return words.term(f"rectification_{ended['content']['outcome']}", language)


def _newest(connection: Connection, contributor: str, what: str) -> dict[str, Any] | None:
    found = papers_of(connection, contributor, what)
    return found[-1] if found else None


def _columns(words: LetterWords, language: str, *names: str) -> tuple[str, ...]:
    return tuple(words.label(each, language) for each in names)


def _found(score: Score | None) -> str:
    figure = score.document()["figure"] if score is not None else None
    return f"{figure} {score.unit}" if score is not None and figure is not None else "–"


def _standard(office: Office, shortfall: str) -> str:
    if shortfall not in _STANDARDS:
        return "–"
    name, sign, unit = _STANDARDS[shortfall]
    return f"{sign} {office.thresholds.of('standard')[name]} {unit}"


def _documents(
    connection: Connection, library: Library, contributor: str, day: date
) -> list[Methodology]:
    """The documents in force on `day` that screen what the firm sends, each once."""
    codes = card_on(connection, contributor, day)["series"] or library.series()
    found: dict[str, Methodology] = {}
    for code in codes:
        try:
            document = library.in_force(code, day)
        except Refused:
            continue
        if document.assessment is not None:
            found.setdefault(document.id, document)
    return list(found.values())


def _clauses(
    documents: Iterable[Methodology], rules: tuple[str, ...], language: str
) -> Iterator[tuple[str, str]]:
    """The clauses of these screening rules, as ``al-a00 1.4``, with their words."""
    for document in documents:
        assessed = document.assessment
        calls = assessed.screening if assessed is not None else ()
        for clause in dict.fromkeys(e.clause for e in calls if e.rule in rules and e.clause):
            yield f"{document.id} {clause}", document.clause_text(clause, language)
