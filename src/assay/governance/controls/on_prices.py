"""Tests of controls over prices: how each was made, reviewed, published, corrected, kept."""

from __future__ import annotations

from datetime import date, timedelta

from assay.core import parse_instant
from assay.core.secrecy import may_stand_beside
from assay.governance.controls.records import Records, link
from assay.governance.controls.registry import (
    MET,
    NO_CASE,
    NOT_MET,
    Outcome,
    both,
    control_test,
    every,
)
from assay.governance.controls.rows import Row
from assay.ledger.floor import LEAST_YEARS, years_later
from assay.methodology import Methodology

#: The time between the recording of a value and the instant at which it is out.
_WITHIN = timedelta(minutes=1)


@control_test("methodology_kept")
def methodology_kept(records: Records, row: Row) -> Outcome:
    """Every value names a document, in force that day, whose bytes are archived."""
    del row
    kept = {each.body["digest"]: each.body for each in records.of("methodology.archived/1")}

    def held(digest: str, day: str) -> bool:
        if digest in kept:
            return bool(kept[digest]["effective"] <= day)
        known = records.documents.get(digest)
        return known is not None and known.effective <= date.fromisoformat(day)

    return every(
        (
            (link(e), held(e.body["tick"]["methodology"]["digest"], e.body["pricing_date"]))
            for e in records.ticks
        ),
        "values name a kept document that was in force",
    )


@control_test("branch_told")
def branch_told(records: Records, row: Row) -> Outcome:
    """Every value says which rung of the ladder or which formula made it."""
    del row
    return every(
        ((link(e), bool(e.body["tick"].get("branch"))) for e in records.ticks),
        "values name the branch taken",
    )


@control_test("late_not_used")
def late_not_used(records: Records, row: Row) -> Outcome:
    """Data that came late is flagged, and no value was made of it."""
    del row
    late = {e.body["submission"] for e in records.of("submission.screened/1") if e.body["late"]}
    made = [e for e in records.ticks if e.body["tick"].get("branch") not in ("formula", "market")]
    return every(
        (
            (link(e), not any(r["id"] in late and not r.get("decision") for r in records.used(e)))
            for e in made
        ),
        f"values use no late datum ({len(late)} were late)",
    )


@control_test("judgement_guided")
def judgement_guided(records: Records, row: Row) -> Outcome:
    """Every discretionary act has words and a code or guideline that the document knows."""
    del row
    cases = []
    for entry in records.of("submission.judged/1"):
        body = entry.body
        if body["decision"] == "none":
            continue
        document = _document(records, body["series"], body["pricing_date"])
        known = document is None or body["code"] in document.judgement.exclusion_reasons
        known = known or body["decision"] == "include"
        cases.append((link(entry), bool(body["words"].strip()) and known))
    for entry in records.of("price.proposed/1"):
        how = (entry.body["tick"].get("judgement") or {}).get("how", [])
        adjusted = [each for each in how if each["act"] == "adjust"]
        if adjusted:
            told = bool(entry.body["tick"].get("rationale", "").strip())
            cases.append((link(entry), told and all(each["code"] for each in adjusted)))
    return every(cases, "discretionary acts have words and a guideline or reason code")


def _document(records: Records, series: str, day: str) -> Methodology | None:
    ruling = [
        each
        for each in records.library.versions(series)
        if each.effective <= date.fromisoformat(day)
    ]
    return ruling[-1] if ruling else None


@control_test("arms_length")
def arms_length(records: Records, row: Row) -> Outcome:
    """No value was made of a deal between affiliated parties."""
    del row
    cases = [
        (link(e), all(r.get("relation") != "affiliated" for r in used))
        for e in records.ticks
        if (used := records.used(e))
    ]
    return every(cases, "assessed values use arm's-length data only")


@control_test("statistics_told")
def statistics_told(records: Records, row: Row) -> Outcome:
    """Every assessed value says how much it rests on, or why secrecy withholds it."""
    del row
    cases = []
    before: dict[tuple[str, str], dict[str, object]] = {}
    for entry in records.ticks:
        if not records.used(entry):
            continue
        told = entry.body["tick"].get("statistics") or {}
        key = (entry.body["series"], entry.body["pricing_date"])
        fine = bool(told.get("withheld") or "contributors" in told)
        cases.append((link(entry), fine and may_stand_beside(before.get(key), told)))
        before[key] = told
    return every(cases, "assessed values tell number, tonnes and shares, or why not")


@control_test("judgement_told")
def judgement_told(records: Records, row: Row) -> Outcome:
    """Every value says whether and how judgement was used."""
    del row
    return every(
        ((link(e), "used" in (e.body["tick"].get("judgement") or {})) for e in records.ticks),
        "values say whether judgement was used",
    )


@control_test("four_eyes")
def four_eyes(records: Records, row: Row) -> Outcome:
    """Nobody approved what he proposed, and nothing went out unapproved."""
    del row
    proposers = {e.body["proposal"]: e.actor for e in records.of("price.proposed/1")}
    approvers: dict[str, set[str]] = {}
    for entry in records.of("price.approved/1"):
        approvers.setdefault(entry.body["proposal"], set()).add(entry.actor)
    return every(
        (
            (
                link(e),
                bool(
                    approvers.get(e.body["proposal"], set()) - {proposers.get(e.body["proposal"])}
                ),
            )
            for e in records.ticks
        ),
        "values were approved by another person than the proposer",
    )


@control_test("every_day_ends")
def every_day_ends(records: Records, row: Row) -> Outcome:
    """Every opened series-day before today ended published or not assessed: no silence."""
    del row
    ended = {
        (e.body["series"], e.body["pricing_date"])
        for e in records.of("price.published/1", "price.not_assessed/1")
    }
    late = len(records.of("price.delayed/1"))
    return every(
        (
            (link(e), (code, e.body["pricing_date"]) in ended)
            for e in records.of("day.opened/1")
            if e.body["pricing_date"] < records.today.isoformat()
            for code in e.body["series"]
        ),
        f"opened series-days ended with a value or a reason ({late} late notices)",
        "no earlier day yet",
    )


@control_test("recorded_at_once")
def recorded_at_once(records: Records, row: Row) -> Outcome:
    """What went out was recorded within a minute by the server's clock, never back-dated."""
    del row
    return every(
        (
            (
                link(e),
                e.recorded_at - parse_instant(e.body["published_at"]) <= _WITHIN,
            )
            for e in records.ticks
        ),
        "values were recorded when they went out",
    )


@control_test("identities_known")
def identities_known(records: Records, row: Row) -> Outcome:
    """Every act on a price has a named person or the clockwork, every used datum its firm."""
    del row
    known = {e.body["person"] for e in records.of("person.registered/1")} | {"system"}
    acts = every(
        (
            (link(e), e.actor in known)
            for e in records.of("price.proposed/1", "price.approved/1", "submission.judged/1")
        ),
        "acts on prices have a registered person",
    )
    data = every(
        (
            (link(e), all(r.get("contributor") for r in used))
            for e in records.ticks
            if (used := records.used(e))
        ),
        "used data names its firm",
    )
    return both(acts, data)


@control_test("exclusions_recorded")
def exclusions_recorded(records: Records, row: Row) -> Outcome:
    """Every datum of a determination that was not used has a verdict or a judgement on record."""
    del row
    spoken = {
        e.body["submission"] for e in records.of("submission.screened/1", "submission.judged/1")
    }
    cases = []
    for entry in records.ticks:
        made = records.determined.get(entry.body["tick"].get("determination", ""))
        if made is None or not made["inputs"].get("submissions"):
            continue
        used = {row["id"] for row in records.used(entry)}
        told = {each.get("submission") for each in made["determination"].get("verdicts", [])}
        left = {r["id"] for r in made["inputs"]["submissions"]} - used
        cases.append((link(entry), left <= spoken | told))
    return every(cases, "data left out of a value has its verdict on record")


@control_test("kept_five_years")
def kept_five_years(records: Records, row: Row) -> Outcome:
    """Nothing was forgotten before its time; the store refuses it whoever asks."""
    del row
    archived = {e.body["evidence"]: e.recorded_at for e in records.of("evidence.archived/1")}
    shredded = records.of("evidence.shredded/1")
    wrong = [
        link(e)
        for e in shredded
        if e.body["store"] == "evidence"
        and (
            e.body["reference"] not in archived
            or e.recorded_at < years_later(archived[e.body["reference"]], LEAST_YEARS)
        )
    ]
    if wrong:
        return Outcome(NOT_MET, f"{len(wrong)} records were forgotten too early", tuple(wrong))
    says = (
        f"the store refuses to forget before {LEAST_YEARS} years; {len(shredded)} forgotten after"
    )
    return Outcome(MET, says, tuple(link(e) for e in shredded[-1:]))


@control_test("head_signed")
def head_signed(records: Records, row: Row) -> Outcome:
    """A head was signed after the newest value: a sealed bundle can be handed over at once."""
    del row
    heads = records.of("head.signed/1")
    if not records.ticks:
        return Outcome(NO_CASE, "nothing was published yet")
    newest = records.ticks[-1]
    if not heads or heads[-1].body["seq"] < newest.seq:
        return Outcome(NOT_MET, "no head was signed after the newest value", (link(newest),))
    return Outcome(
        MET, "a signed head covers the newest value: assay audit export", (link(heads[-1]),)
    )


@control_test("reproduced")
def reproduced(records: Records, row: Row) -> Outcome:
    """Prices were computed again from their records in the last year, all of them equal."""
    del row
    since = records.now - timedelta(days=366)
    made = [e for e in records.of("reproduction.made/1") if e.recorded_at >= since]
    return every(
        ((link(e), e.body["outcome"] == "equal") for e in made),
        "prices computed again in the last year came out equal",
        "none was computed again: assay audit reproduce",
    )


@control_test("corrections_noticed")
def corrections_noticed(records: Records, row: Row) -> Outcome:
    """Every correction says why, from what, and went out with a notice."""
    del row
    return every(
        (
            (link(e), bool(e.body["reason"] and e.body["notice"] and e.body["previous"]))
            for e in records.of("price.corrected/1")
        ),
        "corrections say the earlier value, the reason and their notice",
        "no correction yet",
    )


@control_test("views_logged")
def views_logged(records: Records, row: Row) -> Outcome:
    """Every sample and reproduction of a person lies beside his logged look at the records."""
    del row
    lookers = {e.actor for e in records.of("record.viewed/1")}
    return every(
        (
            (link(e), e.actor in lookers)
            for e in records.of("sample.drawn/1", "reproduction.made/1")
        ),
        "acts of the auditor's room have their access log",
        "nobody has looked yet",
    )
