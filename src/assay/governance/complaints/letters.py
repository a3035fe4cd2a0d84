"""The letters of a complaint, as its state allows: acknowledged, extended, decided, appealed.

Each is dated by the act it tells of, so that it gives the same bytes when made again. It
names no complainant and no firm; the handler stands there by his code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from assay.core import refused, zone_of
from assay.governance.complaints.corrections import corrections
from assay.governance.letters.paper import Letter, Table
from assay.governance.letters.words import Filling, LetterWords, in_language, letter_of
from assay.ledger import Ledger
from assay.ledger.book.home import agency_of
from assay.ledger.floor import LEAST_YEARS

if TYPE_CHECKING:
    from assay.governance.complaints.acts import Complaints

COMPLAINT_LETTERS = ("acknowledgement", "extension", "outcome", "appeal", "appeal_outcome")
_ENTRIES = {
    "acknowledgement": "complaint.acknowledged/1",
    "extension": "complaint.extended/1",
    "outcome": "complaint.decided/1",
    "appeal": "complaint.appealed/1",
    "appeal_outcome": "complaint.appeal_decided/1",
}
_LEGS = ("low", "mid", "high")


def letter_to(complaints: Complaints, complaint: str, what: str, language: str = "en") -> Letter:
    """The newest letter of this kind on a complaint; refused where there was no such act."""
    if what not in COMPLAINT_LETTERS:
        raise refused("letter.unknown", what, f"letters: {', '.join(COMPLAINT_LETTERS)}")
    known = complaints.known(complaint)
    told = [
        each
        for each in complaints.ledger.entries(kinds=[_ENTRIES[what]])
        if each.body["complaint"] == complaint
    ]
    if not told:
        raise refused("letter.none", f"{what} of {complaint}", f"it is {known['state']}")
    body, day = told[-1].body, complaints.day_of(told[-1].recorded_at)
    said = {**known, **_told(what, body), "handler": told[-1].actor}
    return complaint_letter(complaints, said, what, language, day)


def _told(what: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What the act itself said, in the names of the letter."""
    if what in ("acknowledgement", "extension"):
        due = date.fromisoformat(body["outcome_due"])
        return {"outcome_due": due} | ({"reasons": body["reason"]} if what == "extension" else {})
    return {name: body[name] for name in ("reasons", "outcome", "party") if name in body}


def complaint_letter(
    complaints: Complaints, said: Mapping[str, Any], what: str, language: str,
    day: date | None = None,
) -> Letter:  # fmt: skip
    """A letter of what is `said` of a complaint; of today where no day is given."""
    rules = complaints.rules
    last = complaints.appeal_until(said["received_on"])
    in_language(language)
    with complaints.ledger.read() as connection:
        sender = agency_of(connection)
    filling = {
        **said, "category": rules.category(said["category"])["title"][language],
        "party": _party(complaints, said, language),
        "appeal_until": last.day,
        "provisional": "" if last.firm else "x",
        "outcome": _outcome(complaints, said.get("outcome"), what, language),
        "measures": said.get("measures") or "", "correction": said.get("correction") or "",
    }  # fmt: skip
    laid = Filling(sender, day or complaints.today(), filling, {}, said["complaint"])
    return letter_of(complaints.words, what, language, laid)


def _party(complaints: Complaints, said: Mapping[str, Any], language: str) -> str:
    """Who hears the appeal: the usual party in the letter's language, or the one named."""
    usual = complaints.rules.appeal_party
    named = said.get("party")
    return str(usual[language] if named in (None, *usual.values()) else named)


def _outcome(complaints: Complaints, outcome: str | None, what: str, language: str) -> str:
    if what == "appeal_outcome":
        return complaints.words.term(str(outcome), language)
    return str(complaints.rules.outcomes[outcome][language]) if outcome else ""


def procedure_paper(complaints: Complaints, language: str = "en") -> Letter:
    """How complaints are handled, for everybody: matters, clocks, handler, appeal, what is kept."""
    rules, words = complaints.rules, complaints.words
    in_language(language)

    def span(term: str, number: int) -> str:
        return words.term(term, language).format(number=number)

    with complaints.ledger.read() as connection:
        sender = agency_of(connection)
    said = {
        "acknowledge": span("open_days", rules.acknowledge_days),
        "answer": span("calendar_days", rules.outcome_days),
        "appeal_within": span("months", rules.appeal_months),
        "kept": span("years", LEAST_YEARS), "party": rules.appeal_party[language],
    }  # fmt: skip
    categories = Table(
        tuple(words.label(each, language) for each in ("about", "formal")),
        tuple(
            (card["title"][language], words.term("yes" if card["formal"] else "no", language))
            for card in rules.categories.values()
        ),
        (3, 1),
    )
    filling = Filling(sender, complaints.today(), said, {"categories": categories})
    return letter_of(words, "procedure", language, filling)


def correction_letter(
    ledger: Ledger, words: LetterWords, series: str, day: date, language: str, zone: str,
    revision: int | None = None,
) -> Letter:  # fmt: skip
    """The notice of a correction: both values, cause, reason, what followed from it."""
    in_language(language)
    rows = [e for e in corrections(ledger, first=day, last=day) if e["series"] == series]
    chosen = [e for e in rows if revision in (None, e["revision"])]
    where = f"{series} of {day}" + (f" r{revision}" if revision is not None else "")
    if not chosen:
        raise refused("letter.none", where, "no such correction was published")
    row = chosen[-1]
    tail = [
        f"{each['series']} {each['pricing_date']}"
        for each in corrections(ledger)
        if each["notice"] == row["notice"] and each["seq"] != row["seq"]
    ]
    none = words.term("none", language)
    values = Table(
        tuple(words.label(each, language) for each in ("leg", "was", "is")),
        tuple(
            (words.term(leg, language), row["before"][leg] or none, row["after"][leg] or none)
            for leg in _LEGS
        ),
    )
    corrected = row["corrected_at"].astimezone(zone_of(zone))
    first = row["published_at"].astimezone(zone_of(zone)) if row["published_at"] else None
    said = {
        **row, "cause": words.term(row["cause"], language), "reasons": row["reason"],
        "unit": row["unit"], "affected": ", ".join(tail) if row["cause"] != "cascade" else "",
        "corrected_at": f"{corrected:%Y-%m-%d %H:%M:%S}",
        "published_at": f"{first:%Y-%m-%d %H:%M:%S}" if first else "",
    }  # fmt: skip
    with ledger.read() as connection:
        sender = agency_of(connection)
    footer = f"{row['notice']} · #{row['seq']}"
    filling = Filling(sender, corrected.date(), said, {"values": values}, footer)
    return letter_of(words, "correction_notice", language, filling)
