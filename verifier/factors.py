"""Values in force from a day on, computed again from the quantities they were made of."""

from __future__ import annotations

from datetime import date
from typing import Any

from verifier import exact
from verifier.chain import Act, Journal
from verifier.documents import Documents
from verifier.methods.data import card_of
from verifier.methods.pricing import rounded
from verifier.methods.weighted import weigh
from verifier.report import Report


def check_factors(journal: Journal, documents: Documents, report: Report) -> None:
    """Every factor that the bundle shows with the determination behind it."""
    for act in journal.of("factor.recorded/1"):
        with report.place(act.where):
            if act.body["determination"]:
                _check(act, act.body["determination"], documents, report)
            else:
                report.note(f"not recomputed: {act.body['series']}, told by {act.body['source']}")


def _check(act: Act, made: dict[str, Any], documents: Documents, report: Report) -> None:
    body = act.body
    document = documents.by_digest.get(made["determination"]["methodology"]["digest"])
    if document is None:
        report.problem("document.missing", act.where, "the document it was made under")
        return
    day = date.fromisoformat(body["takes_effect"])
    outcome, quarter = weigh(document, body["series"], day, made["inputs"]["quantities"])
    outcome = rounded(outcome, card_of(document, body["series"]), document["rounding"]["rule"])
    if outcome.mid != exact.number(body["value"]) or quarter != body["period"]:
        shown = "nothing" if outcome.mid is None else exact.text(outcome.mid)
        words = f"{body['series']} is {body['value']} of {body['period']}, computed {shown}"
        report.problem("factor.differs", act.where, f"{words} of {quarter}")
