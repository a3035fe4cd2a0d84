"""`assay controls ...`: what the agency is held to, findings and alarms, what falls due; retention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from assay.cli.offices import open_office, reader
from assay.cli.session import (
    FINDING,
    FINE,
    As,
    Json,
    SomeOptionalDate,
    answer,
    say,
    say_table,
    session,
)

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


# ---- findings, alarms, what falls due by itself ------------------------------------------


@app.command
def findings(
    *,
    date: Annotated[SomeOptionalDate, Parameter(name="--date", help="A pricing date.")] = None,
    all_: Annotated[
        bool, Parameter(name="--all", negative=(), help="Settled ones and notes too.")
    ] = False,
    as_: As = None,
    json: Json = False,
) -> int:
    """List the findings register: what stands open, newest first; exit 1 when something does.

    Example: `assay controls findings --date 2025-12-30 --all --as P-05`
    """
    from assay.ledger.book.findings import register_of

    run = session()
    signer = run.must_sign(as_)
    with run.desk() as desk:
        run.proved(desk, as_)
        desk.permit(signer, "governance:control:read")
        with desk.ledger.read() as connection:
            rows = register_of(connection, day=date, open_only=not all_)
    if not answer({"findings": rows}, json):
        say_table(
            f"{len(rows)} findings", ("entry", "severity", "code", "where", "what to do", "settled"),
            [(r["seq"], r["severity"], r["code"], r["where_"], r["what_to_do"],
              r["settled_how"] and f"{r['settled_how']} by {r['settled_by']}: {r['words']}")
             for r in rows], right=("entry",),
        )  # fmt: skip
    return FINDING if any(r["settled_seq"] is None and r["severity"] != "info" for r in rows) else FINE  # fmt: skip


@app.command(name="settle")
def settle_(
    finding: Annotated[int, Parameter(help="The entry that raised it.")],
    *,
    how: Annotated[Literal["done", "no_case"], Parameter(help="What it came to.")],
    words: Annotated[str, Parameter(help="What was done, or why there was no case.")],
    as_: As = None,
    json: Json = False,
) -> None:
    """Settle a finding of the day with words; an alarm goes by itself when its cause is gone.

    Example: `assay controls settle 812 --how done --words "the sender has a mandate now" --as P-05`
    """
    from assay.governance.controls.settling import settle

    signer = session().must_sign(as_)
    with open_office() as office:
        entry = settle(office, signer, finding, how, words)
    if not answer({"finding": finding, "how": how, "entry": entry.seq}, json):
        say(f"finding {finding}: {how} (entry {entry.seq})")


@app.command
def alarms(*, as_: As = None, json: Json = False) -> int:
    """List the alarms that concern one, as the pages show them; exit 1 when there are any.

    Example: `assay controls alarms --as P-05`
    """
    from assay.governance.alarms import concerning

    with open_office() as office:
        person = reader(office, as_)
        with office.ledger.read() as connection:
            rows = concerning(office, connection, person)
    if not answer({"alarms": rows}, json):
        say_table(
            f"{len(rows)} alarms", ("entry", "severity", "code", "where", "what to do", "since"),
            [(r["seq"], r["severity"], r["code"], r["where_"], r["what_to_do"],
              f"{r['recorded_at']:%Y-%m-%dT%H:%M:%SZ}") for r in rows], right=("entry",),
        )  # fmt: skip
    return FINDING if rows else FINE


@app.command
def turn(*, json: Json = False) -> None:
    """Do now what the loop of the house does by itself: clocks, changes, surveillance, alarms.

    Nothing is done twice; `assay serve` does the same while it runs.

    Example: `assay controls turn`
    """
    import importlib

    from assay.cli.told import told
    from assay.governance.clockwork import turn as turn_house

    run = session()
    with run.desk() as desk:
        # Found by name: what joins the rooms is no face.
        made = turn_house(importlib.import_module("assay.app").rooms(run.settings, desk))
    told(made, json)
