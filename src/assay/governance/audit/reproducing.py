"""Reproduce: compute a published price again, bit for bit, from what the journal kept.

The recorded inputs go through the archived bytes of the document then in force; what
comes out is compared with the recorded determination as canonical bytes, and the legs of
the tick with it. Nothing of today's book or today's document enters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assay import __version__
from assay.core import canonical_bytes, digest, plain, refused
from assay.governance.audit.archive import Archive, documents_of
from assay.governance.audit.dossier import evidence_state
from assay.ledger import Draft, Entry, Ledger, Signer
from assay.methodology import determine, inputs_from_document

LEGS = ("low", "mid", "high")
_MOST = 20


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What came of computing a price again."""

    series: str
    pricing_date: date
    revision: int
    outcome: str
    recorded: str
    recomputed: str | None
    document: str
    evidence: dict[str, int]
    differences: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """The body of a ``reproduction.made/1``."""
        return {
            "series": self.series,
            "pricing_date": self.pricing_date.isoformat(),
            "revision": self.revision,
            "outcome": self.outcome,
            "recorded": self.recorded,
            "recomputed": self.recomputed,
            "document": self.document,
            "software": f"assay {__version__}",
            "differences": list(self.differences),
        }


def reproduce(
    ledger: Ledger, archive: Archive, series: str, day: date, revision: int | None = None
) -> Reproduction:
    """Compute the price of a series' day again (its newest revision unless one is named)."""
    tick = _tick(ledger, series, day, revision)
    named = tick.body["tick"]["determination"]
    recorded = _recorded(ledger, named)
    evidence = _evidence(ledger, recorded)
    document = recorded["determination"]["methodology"]["digest"]
    opened = documents_of(ledger.entries(kinds=["day.opened/1"]), series, day)
    methodology = archive.methodology(document, opened)
    number = tick.body["revision"]
    if methodology is None:
        gone = archive.missing(opened) or [document]
        missing = tuple(
            f"no bytes of {each} are kept: restore the document then in force" for each in gone
        )
        return Reproduction(
            series, day, number, "impossible", named, None, document, evidence, missing
        )
    again = determine(methodology, day, inputs_from_document(recorded["inputs"]), series)
    made = plain(again.document())
    recomputed = digest({"determination": made, "inputs": recorded["inputs"]})
    differences = list(_differences(recorded["determination"], made))[:_MOST]
    if recomputed != named and not differences:
        differences = ["the recorded determination does not have the digest that the tick names"]
    differences += _legs(tick.body["tick"], made)
    differences += [f"{number} evidence broken" for number in [evidence["broken"]] if number]
    outcome = "different" if differences else "equal"
    return Reproduction(
        series, day, number, outcome, named, recomputed, document, evidence, tuple(differences)
    )


def record_reproduction(
    ledger: Ledger, made: Reproduction, person: str, signer: Signer | None = None
) -> Entry:
    """Keep the outcome in the journal."""
    (entry,) = ledger.append([Draft("reproduction.made/1", person, made.body())], signer=signer)
    return entry


def _tick(ledger: Ledger, series: str, day: date, revision: int | None) -> Entry:
    kinds = ["price.published/1", "price.corrected/1"]
    found = [
        each
        for each in ledger.entries(kinds=kinds)
        if each.body["series"] == series
        and each.body["pricing_date"] == day.isoformat()
        and revision in (None, each.body["revision"])
    ]
    if not found:
        wanted = "" if revision is None else f" revision {revision}"
        raise refused(
            "reproduction.no_price", f"{series} on {day}{wanted}",
            "nothing was published there: a day not assessed has no value to compute again",
        )  # fmt: skip
    return found[-1]


def _recorded(ledger: Ledger, named: str) -> Mapping[str, Any]:
    for entry in ledger.entries(kinds=["price.determined/1"]):
        if entry.body["digest"] == named:
            return entry.body
    raise refused(
        "reproduction.no_determination", named, "the journal has no determination of this digest"
    )


def _evidence(ledger: Ledger, recorded: Mapping[str, Any]) -> dict[str, int]:
    """How many raw messages of the inputs are intact, forgotten or broken."""
    names = {e["evidence"] for e in recorded["inputs"].get("submissions", []) if e.get("evidence")}
    states = [evidence_state(ledger, each) for each in sorted(names)]
    return {each: states.count(each) for each in ("intact", "forgotten", "broken")}


def _differences(before: Any, after: Any, place: str = "") -> Any:
    """Places in which two plain documents differ, in words."""
    if canonical_bytes(before) == canonical_bytes(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            here = f"{place}.{name}" if place else name
            yield from _differences(before.get(name), after.get(name), here)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (left, right) in enumerate(zip(before, after, strict=True)):
            yield from _differences(left, right, f"{place}[{number}]")
    else:
        yield f"{place}: recorded {before}, computed {after}"


def _legs(tick: Mapping[str, Any], made: Mapping[str, Any]) -> list[str]:
    """Legs of the tick that are neither the computed ones nor declared as judgement."""
    how = (tick.get("judgement") or {}).get("how", [])
    adjusted = {each.get("leg") for each in how if each["act"] == "adjust"}
    return [
        f"{leg}: published {tick[leg]}, computed {made[leg]}"
        for leg in LEGS
        if leg not in adjusted and tick[leg] != made[leg]
    ]
