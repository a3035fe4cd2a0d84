"""Tests of controls over the methodology documents in force: what they say, when reviewed."""

from __future__ import annotations

from assay.governance.controls.records import Records
from assay.governance.controls.registry import Outcome, both, control_test, every
from assay.governance.controls.rows import Row


@control_test("document_clause")
def document_clause(records: Records, row: Row) -> Outcome:
    """Every document in force says which of its clauses answers this control."""
    return every(
        (
            (f"{each.id} {each.effective}", each.controls.get(row.id) in each.clauses)
            for each in records.in_force
        ),
        f"documents in force name the clause that answers {row.id}",
        "no document in force",
    )


@control_test("specification_complete")
def specification_complete(records: Records, row: Row) -> Outcome:
    """Every assessed series says its grade, place, delivery, payment, unit and tax."""
    del row
    cases = []
    for each in records.in_force:
        if each.assessment is None:
            continue
        for code in each.series:
            card = each.card(code)
            told = (card.grade, card.place, card.delivery, card.payment)
            cases.append((f"{code} {each.effective}", all(text and text.en for text in told)))
    return every(cases, "assessed series say grade, place, delivery and payment")


@control_test("trades_first")
def trades_first(records: Records, row: Row) -> Outcome:
    """The ladder of every assessed document begins with concluded trades alone."""
    del row
    return every(
        (
            (f"{each.id} {each.effective}", each.assessment.ladder[0].kinds == {"transaction"})
            for each in records.in_force
            if each.assessment is not None
        ),
        "ladders begin with concluded trades",
    )


@control_test("concentration_limited")
def concentration_limited(records: Records, row: Row) -> Outcome:
    """Every assessed document says how much one group may weigh, and its clause."""
    return both(
        document_clause(records, row),
        every(
            (
                (f"{each.id} {each.effective}", each.assessment.cap is not None
                 or any(r.minimum.largest_share_percent is not None for r in each.assessment.ladder))
                for each in records.in_force if each.assessment is not None
            ),
            "assessed documents limit the share of one group",
        ),
    )  # fmt: skip


@control_test("review_in_time")
def review_in_time(records: Records, row: Row) -> Outcome:
    """No methodology in force is past the date by which its users are asked again."""
    del row
    asked: dict[str, str] = {}
    for entry in records.of("consultation.closed/1"):
        asked[entry.body["methodology"]] = entry.body["next_due"]
    today = records.today.isoformat()
    return every(
        (
            (f"{each.id}: next by {due}", due >= today)
            for each in records.in_force
            if (
                due := asked.get(each.id)
                or (each.consultation and each.consultation.next.isoformat())
            )
        ),
        "methodologies are within their yearly consultation",
        "no document in force",
    )


@control_test("correction_policy")
def correction_policy(records: Records, row: Row) -> Outcome:
    """Every assessed document says from which size and until when an error is corrected."""
    del row
    return every(
        (
            (f"{each.id} {each.effective}", each.correction is not None)
            for each in records.in_force
            if each.assessment is not None
        ),
        "assessed documents state threshold and deadline of corrections",
    )


@control_test("channels_and_cutoff")
def channels_and_cutoff(records: Records, row: Row) -> Outcome:
    """Every assessed document lists its channels and its hard cut-off."""
    return both(
        document_clause(records, row),
        every(
            (
                (f"{each.id} {each.effective}", bool(each.channels))
                for each in records.in_force
                if each.assessment is not None
            ),
            "assessed documents list their channels",
        ),
    )


@control_test("minimum_lot")
def minimum_lot(records: Records, row: Row) -> Outcome:
    """Every assessed document of the aluminium family refuses deals below fifty tonnes."""
    del row
    return every(
        (
            (f"{each.id} {each.effective}",
             any(call.rule == "minimum_quantity" for call in each.assessment.screening))
            for each in records.in_force
            if each.assessment is not None and each.id.startswith("al-")
        ),
        "aluminium documents screen for the least quantity of a deal",
    )  # fmt: skip


@control_test("todays_data_only")
def todays_data_only(records: Records, row: Row) -> Outcome:
    """Every assessed document refuses data of an earlier day."""
    del row
    return every(
        (
            (f"{each.id} {each.effective}",
             any(call.rule == "todays_data" for call in each.assessment.screening))
            for each in records.in_force if each.assessment is not None
        ),
        "assessed documents refuse yesterday's data",
    )  # fmt: skip
