"""`assay complaint ...`: complaints with their clocks and letters; corrections and statistics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from assay.cli.letters import Lang, Out, Sent, told_letter
from assay.cli.session import (
    FINDING,
    FINE,
    As,
    First,
    Json,
    Last,
    OptionalInstant,
    SomeDate,
    SomeOptionalDate,
    answer,
    say,
    say_finding,
    say_table,
    session,
)
from assay.cli.told import told

if TYPE_CHECKING:
    from assay.governance.complaints import Complaints

app = App(name="complaint", help="Complaints, corrections and error statistics.")
Complaint = Annotated[str, Parameter(help="A complaint, e.g. CP-2026-001.")]
Language = Annotated[
    str, Parameter(name=["--lang", "--language"], help="The language of the letter: en or zh.")
]
KnownAt = Annotated[
    OptionalInstant, Parameter(name="--known-at", help="As the house knew it at this instant.")
]


@contextmanager
def complaints_here() -> Iterator[Complaints]:
    """The complaints of the home that the settings name."""
    from assay.governance.accounts import load_roles
    from assay.governance.complaints import Complaints

    run = session()
    with run.desk() as desk:
        reference = run.settings.reference
        yield Complaints.of(desk.ledger, desk.library, load_roles(reference), reference)


@app.command
def receive(
    category: Annotated[str, Parameter(help="representativeness, proposed_change, application, editorial, price_query.")],
    *,
    text: str,
    name: Annotated[str, Parameter(help="Who complains; goes to the vault.")],
    contact: Annotated[str, Parameter(help="Where the answer reaches him; goes to the vault.")],
    series: Annotated[list[str] | None, Parameter(help="A series it is about; may be repeated.")] = None,
    date: SomeOptionalDate = None,
    change: Annotated[str | None, Parameter(help="The methodology change it is about.")] = None,
    channel: str = "letter",
    as_: As = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Take a complaint in; every clock runs from this day.

    Example: `assay complaint receive application --text "..." --name "A firm" --contact a@firm.example --series AL-LC --date 2025-12-30 --as P-05`
    """
    signer = session().must_sign(as_)
    with complaints_here() as complaints:
        entries = complaints.receive(
            text, category, name=name, contact=contact, series=series or [], pricing_date=date,
            change=change, channel=channel, signer=signer,
        )  # fmt: skip
    told(entries, json, complaint=entries[0].body["complaint"])


@app.command
def acknowledge(
    complaint: Complaint,
    *,
    about: Annotated[str, Parameter(help="Its line in the public register; names no person.")],
    language: Language = "en",
    as_: As = None,
    json: Json = False,
) -> None:
    """Acknowledge a complaint by letter, with its timetable.

    Example: `assay complaint acknowledge CP-2026-001 --about "The range of AL-LC on 2025-12-30" --as P-05`
    """
    signer = session().must_sign(as_)
    with complaints_here() as complaints:
        entries = complaints.acknowledge(signer, complaint, about, language)
    told(entries, json, outcome_due=entries[0].body["outcome_due"])


@app.command
def assign(
    complaint: Complaint,
    handler: Annotated[str, Parameter(help="A person who had no part in the matter.")],
    *,
    as_: As = None,
    json: Json = False,
) -> None:
    """Give a complaint to a handler; whoever had a part in the matter is refused.

    Example: `assay complaint assign CP-2026-001 P-08 --as P-05`
    """
    signer = session().must_sign(as_)
    with complaints_here() as complaints:
        entries = complaints.assign(signer, complaint, handler)
    told(entries, json, complaint=complaint, handler=handler)


@app.command
def extend(
    complaint: Complaint, *, until: SomeDate, reason: str, as_: As = None, json: Json = False
) -> None:
    """Move the outcome to a later day, with a reason.

    Example: `assay complaint extend CP-2026-001 --until 2026-03-10 --reason "a firm was asked" --as P-05`
    """
    signer = session().must_sign(as_)
    with complaints_here() as complaints:
        entries = complaints.extend(signer, complaint, until, reason)
    told(entries, json, outcome_due=entries[0].body["outcome_due"])


@app.command
def decide(
    complaint: Complaint,
    outcome: Annotated[str, Parameter(help="upheld, partly_upheld, not_upheld or inadmissible.")],
    *,
    reasons: str,
    measures: str = "",
    correction: Annotated[str | None, Parameter(help="The revision that followed: SERIES DATE rN.")] = None,
    language: Language = "en",
    as_: As = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Give the outcome in writing; only the handler can.

    Example: `assay complaint decide CP-2026-001 upheld --reasons "..." --measures "..." --as C-2`
    """
    signer = session().must_sign(as_)
    with complaints_here() as complaints:
        entries = complaints.decide(
            signer, complaint, outcome, reasons, measures=measures, correction=correction,
            language=language,
        )  # fmt: skip
    told(entries, json, outcome=outcome, letters=entries[0].body["letters"])


@app.command
def letters(
    complaint: Complaint,
    *,
    out: Annotated[Path, Parameter(help="The folder for the letters.")],
    as_: As = None,
    json: Json = False,
) -> None:
    """Write the letters of the outcome: Markdown, HTML, PDF.

    Example: `assay complaint letters CP-2026-001 --out letters --as P-05`
    """
    run = session()
    with complaints_here() as complaints:
        complaints.may_read(run.must_sign(as_).person)
        found = complaints.known(complaint)["letters"] or []
        out.mkdir(parents=True, exist_ok=True)
        for each in found:
            (out / each["name"]).write_bytes(complaints.ledger.evidence.get(each["evidence"]))
    files = [str(out / each["name"]) for each in found]
    if not answer({"complaint": complaint, "files": files}, json):
        say(*files)


@app.command
def letter(
    complaint: Complaint,
    what: Annotated[str, Parameter(help="acknowledgement, extension, outcome, appeal or appeal_outcome.")],
    *, out: Out, lang: Lang = "en", sent: Sent = None, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Write a letter of a complaint as PDF or HTML; with --sent record that it went out.

    Example: `assay complaint letter CP-2026-001 acknowledgement --out letter.pdf --lang zh --sent email --as P-05`
    """
    from assay.governance.complaints import HANDLE, letter_to

    with complaints_here() as complaints:
        complaints.may_read(session().must_sign(as_).person)
        made = letter_to(complaints, complaint, what, lang)
        told_letter(
            complaints.ledger, made, out, what=what, subject=complaint, permission=HANDLE,
            sent=sent, as_=as_, json=json,
        )  # fmt: skip


@app.command
def procedure(*, out: Out, lang: Lang = "en", json: Json = False) -> None:
    """Write how complaints are handled, for everybody, as PDF or HTML.

    Example: `assay complaint procedure --out complaints.pdf --lang zh`
    """
    from assay.governance.complaints import HANDLE, procedure_paper

    with complaints_here() as complaints:
        told_letter(
            complaints.ledger, procedure_paper(complaints, lang), out, what="procedure",
            subject="complaints", permission=HANDLE, sent=None, as_=None, json=json,
        )  # fmt: skip


@app.command(name="correction-notice")
def correction_notice(
    series: Annotated[str, Parameter(help="A series code.")],
    *, date: SomeDate, revision: int | None = None, out: Out, lang: Lang = "en",
    sent: Sent = None, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Write the public notice of a correction as PDF or HTML; the newest revision when none is named.

    Example: `assay complaint correction-notice AL-LC --date 2025-12-30 --out correction.pdf --lang zh`
    """
    from assay.governance.complaints import HANDLE, correction_letter
    from assay.governance.letters import load_letter_words

    run = session()
    with run.ledger() as ledger:
        words = load_letter_words(run.settings.reference)
        made = correction_letter(ledger, words, series, date, lang, "Asia/Shanghai", revision)
        told_letter(
            ledger, made, out, what="correction_notice", subject=made.footer.partition(" ")[0],
            permission=HANDLE, sent=sent, as_=as_, json=json,
        )  # fmt: skip


@app.command
def appeal(
    complaint: Complaint,
    *,
    grounds: Annotated[str, Parameter(help="In his own words; goes to the vault.")],
    party: Annotated[str | None, Parameter(help="The outside party, where it is not the usual one.")] = None,
    as_: As = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Take an appeal to the outside party; refused after 6 months from the receipt.

    Example: `assay complaint appeal CP-2026-001 --grounds "..." --as P-05`
    """
    signer = session().must_sign(as_)
    with complaints_here() as complaints:
        entries = complaints.appeal(signer, complaint, grounds, party)
    told(entries, json, last_day=entries[0].body["last_day"])


@app.command(name="appeal-decided")
def appeal_decided(
    complaint: Complaint,
    outcome: Annotated[str, Parameter(help="confirmed, changed or returned.")],
    *,
    reasons: str,
    as_: As = None,
    json: Json = False,
) -> None:
    """Record what the outside party decided.

    Example: `assay complaint appeal-decided CP-2026-001 confirmed --reasons "..." --as P-05`
    """
    signer = session().must_sign(as_)
    with complaints_here() as complaints:
        entries = complaints.appeal_decided(signer, complaint, outcome, reasons)
    told(entries, json, outcome=outcome)


@app.command(name="list")
def list_(*, known_at: KnownAt = None, as_: As = None, json: Json = False) -> None:
    """List complaints by urgency with their clocks; no person is named.

    Example: `assay complaint list --as P-05`
    """
    from assay.governance.acting import book_at
    from assay.governance.complaints import queue

    run = session()
    with complaints_here() as complaints, book_at(complaints.ledger, known_at) as connection:
        complaints.may_read(run.must_sign(as_).person)
        found = queue(complaints, connection, complaints.day_of(known_at))
    if answer({"complaints": found}, json):
        return
    rows = [
        (e["complaint"], e["category"], e["state"], e["handler"], e["clock"]["what"],
         e["clock"]["due"], e["clock"]["late"] or "") for e in found
    ]  # fmt: skip
    say_table("", ("complaint", "category", "state", "handler", "next", "by", "days late"), rows)


@app.command
def register(*, known_at: KnownAt = None, json: Json = False) -> None:
    """Print the public register: what was complained of, and what became of it.

    Example: `assay complaint register`
    """
    from assay.governance.acting import book_at
    from assay.governance.complaints import public_register

    with session().ledger() as ledger, book_at(ledger, known_at) as connection:
        found = public_register(connection)
    if not answer({"complaints": found}, json):
        rows = [
            (e["complaint"], e["category"], e["about"], e["state"], e["outcome"]) for e in found
        ]
        say_table("", ("complaint", "category", "about", "state", "outcome"), rows)


@app.command
def corrections(
    *, first: First = None, last: Last = None, known_at: KnownAt = None, json: Json = False
) -> None:
    """Print the register of corrections and the error statistics: cause, size, time to correct.

    Example: `assay complaint corrections --from 2025-01-01 --to 2025-12-31`
    """
    from assay.governance.complaints import corrections as found_by
    from assay.governance.complaints import statistics

    with session().ledger() as ledger:
        rows = found_by(ledger, known_at=known_at, first=first, last=last)
        counted = statistics(ledger, known_at=known_at, first=first, last=last)
    if answer({"statistics": counted, "corrections": rows}, json):
        return
    say(
        f"{counted['published']} prices published, {counted['errors']} errors ({counted['errors_percent'] or '-'} %)"
    )
    say_table("", ("cause", "count", "largest %", "median minutes", "longest minutes"),
              [tuple(each.values()) for each in counted["causes"]])  # fmt: skip
    say_table("", ("series", "date", "revision", "cause", "size", "%", "minutes", "reason"),
              [(r["series"], r["pricing_date"], r["revision"], r["cause"], r["size"], r["percent"],
                r["minutes"], r["reason"]) for r in rows])  # fmt: skip


@app.command
def alarms(*, json: Json = False) -> int:
    """Say which deadlines of complaints are over. Exit 1 when one is.

    Example: `assay complaint alarms`
    """
    from assay.governance.complaints import complaint_alarms

    with complaints_here() as complaints:
        found = complaint_alarms(complaints)
    if not answer({"alarms": [each.document() for each in found]}, json):
        for each in found:
            say_finding(each)
    return FINDING if found else FINE
