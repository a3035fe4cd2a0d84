"""`assay controls ...`: what the agency is held to, computed from the journal; and retention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from assay.cli.session import As, Json, answer, say, say_table, session

if TYPE_CHECKING:
    from assay.desk import Desk
    from assay.governance.controls import Records, Result

app = App(name="controls", help="The controls of the house with their tests; retention.")


def records_of(desk: Desk) -> Records:
    """What the tests read, over one desk."""
    from assay.governance.controls import Records

    return Records(desk.ledger, desk.library, desk.permissions, desk.now(), desk.today())


def _ran(desk: Desk) -> tuple[Records, list[Result]]:
    from assay.governance.controls import load_controls, run_controls

    records = records_of(desk)
    return records, run_controls(load_controls(session().settings.reference), records)


def _show(document: dict[str, Any], rows: Sequence[Result]) -> None:
    language = session().settings.language
    say_table(
        f"Controls as of {document['as_of']}",
        ("control", "result", "what", "says", "decided by", "date", "evidence"),
        [(r.row.id, r.result, r.row.title[language], r.says, r.decided_by, r.date,
          ", ".join(r.links)) for r in rows],
    )  # fmt: skip
    say(", ".join(f"{name} {number}" for name, number in document["summary"].items()))


@app.command(name="list")
def list_(
    *,
    only: Annotated[str | None, Parameter(help="One result, e.g. not_met.")] = None,
    as_: As = None,
    json: Json = False,
) -> None:
    """List every control with its result today, computed from the journal; keeps nothing.

    Example: `assay controls list --only not_met --as P-05`
    """
    from assay.core import refused
    from assay.governance.controls import RESULTS, run_document

    if only is not None and only not in RESULTS:
        raise refused("control.result", only, f"results: {', '.join(RESULTS)}")
    run = session()
    signer = run.must_sign(as_)
    with run.desk() as desk:
        run.proved(desk, as_)
        desk.permit(signer, "governance:control:read")
        records, found = _ran(desk)
    document = run_document(found, records)
    wanted = [each for each in found if only in (None, each.result)]
    document["controls"] = [each.document() for each in wanted]
    if not answer(document, json):
        _show(document, wanted)


@app.command(name="run")
def run_(*, as_: As = None, json: Json = False) -> None:
    """Run every test and keep the whole result in the journal.

    Example: `assay controls run --as P-05`
    """
    from assay.governance.controls import record_run, run_document

    run = session()
    signer = run.must_sign(as_)
    with run.desk() as desk:
        desk.permit(signer, "governance:control:sign")
        records, found = _ran(desk)
        entry = record_run(desk.ledger, found, signer.person, signer)
    document = {**run_document(found, records), "entry": entry.seq}
    if not answer(document, json):
        _show(document, found)


@app.command
def sign(
    control: str,
    *,
    answer_: Annotated[
        Literal["met", "not_met", "not_applicable"], Parameter(name="--answer", help="The answer.")
    ],
    words: Annotated[str, Parameter(help="What you looked at and found.")],
    evidence: Annotated[str | None, Parameter(help="sha256:... of archived evidence.")] = None,
    as_: As = None,
    json: Json = False,
) -> None:
    """Sign a control that software cannot decide, with words; its role alone may.

    Example: `assay controls sign Q5 --answer met --words "asked all twelve firms" --as P-05`
    """
    from assay.governance.controls import load_controls, sign_control

    run = session()
    signer = run.must_sign(as_)
    row = load_controls(run.settings.reference).row(control)
    with run.desk() as desk:
        entry = sign_control(
            desk.ledger, row, person=signer.person, today=desk.today(),
            answer=answer_, words=words, evidence=evidence, signer=signer,
        )  # fmt: skip
    if not answer({"control": control, "answer": answer_, "entry": entry.seq}, json):
        say(f"{control}: {answer_} by {signer.person} (entry {entry.seq})")


@app.command
def retention(
    *,
    forget: Annotated[bool, Parameter(negative=(), help="Forget what is over, for good.")] = False,
    as_: As = None,
    json: Json = False,
) -> None:
    """Show what is kept by class and until when; with --forget, forget what is over.

    Example: `assay controls retention --as P-05`
    """
    from assay.governance.retention import due, forget_due, load_classes

    run = session()
    signer = run.must_sign(as_)
    classes = load_classes(run.settings.reference)
    with run.desk() as desk:
        run.proved(desk, as_)
        desk.permit(signer, "governance:retention:run")
        kept = due(desk.ledger, classes)
        now = desk.now()
        entries = (
            forget_due(desk.ledger, classes, actor=signer.person, signer=signer) if forget else []
        )
    rows = []
    for each in classes:
        own = [one for one in kept if one.retention.id == each.id]
        ends = sorted(one.until for one in own if one.until is not None)
        rows.append(
            {"class": each.id, "years": each.years, "forget": each.forget, "records": len(own),
             "over": sum(one.over(now) for one in own), "next": ends[0] if ends else None}
        )  # fmt: skip
    forgotten = [each.body["reference"] for each in entries]
    if answer({"classes": rows, "forgotten": forgotten}, json):
        return
    say_table(
        "Retention", ("class", "years", "forgets", "records", "over", "earliest end"),
        [(r["class"], r["years"], "yes" if r["forget"] else "never", r["records"], r["over"],
          r["next"] and f"{r['next']:%Y-%m-%d}") for r in rows],
        right=("years", "records", "over"),
    )  # fmt: skip
    if forget:
        say(f"{len(forgotten)} forgotten")
