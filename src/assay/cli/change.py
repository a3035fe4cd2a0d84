"""`assay change ...`: methodology changes from proposal to effect, and yearly consultations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    WrongUse,
    answer,
    say,
    say_finding,
    say_table,
    session,
)
from assay.cli.told import told

if TYPE_CHECKING:
    from assay.governance.changes import Changes

app = App(name="change", help="Methodology changes and yearly consultations.")
Change = Annotated[str, Parameter(help="A change, e.g. MC-2026-001.")]
KnownAt = Annotated[
    OptionalInstant, Parameter(name="--known-at", help="As the house knew it at this instant.")
]


@contextmanager
def changes_here() -> Iterator[Changes]:
    """The changes of the home that the settings name."""
    from assay.governance.accounts import load_roles
    from assay.governance.changes import Changes

    run = session()
    with run.desk() as desk:
        settings = run.settings
        yield Changes.of(
            desk.ledger, desk.library, load_roles(settings.reference), settings.methodologies,
            settings.reference,
        )  # fmt: skip


@app.command
def propose(
    document: Annotated[Path, Parameter(help="The proposed document (TOML), not in the folder yet.")],
    *,
    change_class: Annotated[str, Parameter(name="--class", help="material, addition, time, specification, discontinuation, correction, emergency.")],
    title: str,
    rationale: Annotated[str, Parameter(help="Why, in words: the notice prints it.")],
    title_zh: Annotated[str | None, Parameter(help="The title in Chinese, for the Chinese notice.")] = None,
    rationale_zh: Annotated[str | None, Parameter(help="The rationale in Chinese.")] = None,
    question: Annotated[list[str] | None, Parameter(help="A question to users; may be repeated.")] = None,
    as_: As = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Propose a new document of a methodology, with its class and rationale.

    Example: `assay change propose new.toml --class material --title "Trim 8 %" --rationale "..." --as P-03`
    """
    if not document.is_file():
        raise WrongUse(str(document), "no such document: name a methodology file (TOML)")
    signer = session().must_sign(as_)
    with changes_here() as changes:
        entries = changes.propose(
            signer, document.read_bytes(), change_class=change_class, title=title,
            rationale=rationale, questions=question or [], title_zh=title_zh,
            rationale_zh=rationale_zh,
        )  # fmt: skip
    told(entries, json, change=entries[0].body["change"])


@app.command
def study(
    change: Change, *, first: First = None, last: Last = None, as_: As = None, json: Json = False
) -> None:
    """Run the proposed document over the stored days beside the one before it.

    Example: `assay change study MC-2026-001 --as P-03`
    """
    signer = session().must_sign(as_)
    with changes_here() as changes:
        (entry,) = changes.study(signer, change, first, last)
    body = entry.body
    if not answer({"seq": entry.seq, **body}, json):
        say(f"{body['days']} days of series compared, {body['differ']} differ (entry {entry.seq})")


@app.command
def attach(
    change: Change,
    folder: Annotated[Path, Parameter(help="What `assay methodology compare` wrote.")],
    *,
    words: Annotated[str, Parameter(help="Over which history it was made, in words.")],
    as_: As = None,
    json: Json = False,
) -> None:
    """Attach a study over a long history, made by `assay methodology compare`, as evidence.

    Example: `assay change attach MC-2026-001 study --words "eight years of the table of the desk" --as P-03`
    """
    if not folder.is_dir():
        raise WrongUse(str(folder), "no such folder: name one that assay methodology compare wrote")
    signer = session().must_sign(as_)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    with changes_here() as changes:
        entry = changes.attach(signer, change, files, words)
    body = entry.body
    if not answer({"seq": entry.seq, **body}, json):
        say(f"{len(body['files'])} files for the notice, {len(body['desk_files'])} for the desk only (entry {entry.seq})")  # fmt: skip


@app.command
def notice(
    change: Change,
    *,
    force_majeure: Annotated[str | None, Parameter(help="natural_disaster, war or exchange_failure: a shorter notice, for all to see.")] = None,
    reason: Annotated[str, Parameter(help="Why the notice is shorter, in words.")] = "",
    declared_by: Annotated[str, Parameter(help="Who declares the force majeure, by name and office.")] = "",
    as_: As = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Publish the notice of a change; from today its days run, and 28 pass before it takes effect.

    Example: `assay change notice MC-2026-001 --as P-03`
    """
    signer = session().must_sign(as_)
    exception = None
    if force_majeure is not None:
        exception = {"ground": force_majeure, "reason": reason, "declared_by": declared_by}
    with changes_here() as changes:
        entries = changes.notice(signer, change, exception)
    told(entries, json, change=change)


@app.command
def comment(
    subject: Annotated[str, Parameter(help="A noticed change or an open consultation.")],
    *,
    text: str,
    name: Annotated[str, Parameter(help="Who speaks; goes to the vault. Anonymous when left out.")] = "",
    contact: str = "",
    confidential: Annotated[bool, Parameter(negative=(), help="Only that a comment came is shown.")] = False,
    as_: As = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Record a comment of a user on a change or in a consultation.

    Example: `assay change comment MC-2026-001 --text "We welcome it." --name "A trader" --as P-03`
    """
    signer = session().must_sign(as_)
    with changes_here() as changes:
        entries = changes.comment(
            subject, text, name=name, contact=contact, confidential=confidential, signer=signer
        )
    told(entries, json, comment=entries[0].body["comment"])


@app.command
def comments(
    subject: Annotated[str, Parameter(help="A change or a consultation.")], *, json: Json = False
) -> None:
    """List the comments on a change with their answers; of confidential ones only that they came.

    Example: `assay change comments MC-2026-001`
    """
    from assay.governance.changes import public_comments

    with session().ledger() as ledger, ledger.read() as connection:
        found = public_comments(connection, subject)
    if not answer({"subject": subject, "comments": found}, json):
        rows = [(e["comment"], e["visibility"], e["text"], e["answer"]) for e in found]
        say_table("", ("comment", "visibility", "text", "answer"), rows)


@app.command(name="answer")
def answer_(
    comment: Annotated[str, Parameter(help="A comment, e.g. MC-2026-001-V-001.")],
    *,
    text: str,
    as_: As = None,
    json: Json = False,
) -> None:
    """Answer one comment in words; every comment is answered before the decision.

    Example: `assay change answer MC-2026-001-V-001 --text "Taken up in clause 3.2." --as P-05`
    """
    signer = session().must_sign(as_)
    with changes_here() as changes:
        entries = changes.answer(signer, comment, text)
    told(entries, json, comment=comment)


@app.command
def decide(
    change: Change,
    outcome: Annotated[str, Parameter(help="adopted or rejected.")],
    *,
    reason: Annotated[str, Parameter(help="Why, also where it goes against comments.")],
    as_: As = None,
    json: Json = False,
) -> None:
    """Decide a change; the proposer himself is refused. Adopted, it takes effect by itself.

    Example: `assay change decide MC-2026-001 adopted --reason "..." --as P-05`
    """
    signer = session().must_sign(as_)
    with changes_here() as changes:
        entries = changes.decide(signer, change, outcome, reason)
    told(entries, json, change=change, outcome=outcome)


@app.command
def withdraw(change: Change, *, reason: str, as_: As = None, json: Json = False) -> None:
    """Take a proposal back before it is decided.

    Example: `assay change withdraw MC-2026-001 --reason "overtaken" --as P-03`
    """
    signer = session().must_sign(as_)
    with changes_here() as changes:
        entries = changes.withdraw(signer, change, reason)
    told(entries, json, change=change)


@app.command
def install(change: Change, *, json: Json = False) -> None:
    """Put an adopted document into the folder of documents, byte for byte (deciding does it too).

    Example: `assay change install MC-2026-001`
    """
    with changes_here() as changes:
        path = changes.install(change)
    if not answer({"change": change, "file": str(path)}, json):
        say(str(path))


@app.command
def activate(*, json: Json = False) -> None:
    """Put every adopted change whose day has come in force (opening a day does it by itself).

    Example: `assay change activate`
    """
    with changes_here() as changes:
        entries = changes.activate()
    told(entries, json)


@app.command
def consult(
    methodology: Annotated[str, Parameter(help="A methodology, e.g. al-lc.")],
    *,
    question: Annotated[list[str] | None, Parameter(help="A question to users; may be repeated.")] = None,
    title: str = "",
    as_: As = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Open the yearly consultation of a methodology, with a public notice.

    Example: `assay change consult al-lc --question "Does the specification still fit?" --as P-05`
    """
    signer = session().must_sign(as_)
    with changes_here() as changes:
        entries = changes.consult(signer, methodology, question or [], title)
    told(entries, json, consultation=entries[-1].body["consultation"])


@app.command
def close(consultation: str, *, outcome: str, as_: As = None, json: Json = False) -> None:
    """Close a consultation with its outcome; the next one is due within a year.

    Example: `assay change close YC-2026-al-lc-001 --outcome "No change." --as P-05`
    """
    signer = session().must_sign(as_)
    with changes_here() as changes:
        entries = changes.close(signer, consultation, outcome)
    told(entries, json, next_due=entries[0].body["next_due"])


@app.command(name="list")
def list_(*, methodology: str | None = None, known_at: KnownAt = None, json: Json = False) -> None:
    """List changes and consultations with their clocks, now or as known at an instant.

    Example: `assay change list --methodology al-lc`
    """
    from assay.governance.acting import book_at
    from assay.governance.changes import shown
    from assay.ledger.book.changes import changes_of, consultations_of

    with changes_here() as changes, book_at(changes.ledger, known_at) as connection:
        today = changes.day_of(known_at)
        found = [shown(each, today) for each in changes_of(connection, methodology)]
        asked = consultations_of(connection, methodology)
    if answer({"changes": found, "consultations": asked}, json):
        return
    rows = [(e["change"], e["methodology"], e["change_class"], e["state"], e["effective"],
             _clock(e)) for e in found]  # fmt: skip
    say_table("", ("change", "methodology", "class", "state", "effective", "notice"), rows)
    held = [(e["consultation"], e["opened_on"], e["closed_on"], e["next_due"]) for e in asked]
    say_table("", ("consultation", "opened", "closed", "next"), held)


def _clock(change: dict[str, Any]) -> str:
    clock = change["clock"]
    said = f"{clock['gone']} of {clock['of']} days" if clock else ""
    return f"{said} FORCE MAJEURE" if change["exception"] else said


@app.command
def show(change: Change, *, known_at: KnownAt = None, json: Json = False) -> None:
    """Show one change whole: clauses, study, notice, comments, decision.

    Example: `assay change show MC-2026-001`
    """
    from assay.core import refused
    from assay.governance.acting import book_at
    from assay.governance.changes import public_comments, shown
    from assay.ledger.book.changes import change_of

    with changes_here() as changes, book_at(changes.ledger, known_at) as connection:
        known = change_of(connection, change)
        if known is None:
            raise refused("change.unknown", change, "list them: assay change list")
        document = shown(known, changes.day_of(known_at))
        document["comments"] = public_comments(connection, change)
    if answer(document, json):
        return
    for name in ("change", "title", "change_class", "methodology", "state", "rationale",
                 "proposed_by", "effective", "notice_day", "first_allowed", "comments_until",
                 "decided_by", "reason", "activated_at"):  # fmt: skip
        say(f"{name:<15} {document[name] if document[name] is not None else '-'}")
    rows = [(e["place"], e["clause"], e["before"], e["after"]) for e in document["clauses"]]
    say_table("", ("place", "clause", "before", "after"), rows)


@app.command
def letter(
    subject: Annotated[str, Parameter(help="A noticed change, a consultation, or an answered comment.")],
    what: Annotated[str, Parameter(help="notice, decision (of a change), outcome (of a consultation) or answer (to a comment).")] = "notice",
    *, out: Out, lang: Lang = "en", sent: Sent = None, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Write the public notice of a change or consultation, or its decision, as PDF or HTML.

    Example: `assay change letter MC-2026-001 notice --out notice.pdf --lang zh`
    """
    from assay.governance.changes import PROPOSE, answer_letter, subject_letter
    from assay.governance.letters import load_letter_words

    with changes_here() as changes:
        words = load_letter_words(session().settings.reference)
        made = (
            answer_letter(changes, words, subject, lang)
            if what == "answer"
            else subject_letter(changes, words, subject, what, lang)
        )
        told_letter(
            changes.ledger, made, out, what=what, subject=subject, permission=PROPOSE, sent=sent,
            as_=as_, json=json,
        )  # fmt: skip


@app.command
def alarms(*, json: Json = False) -> int:
    """Say what is overdue or near: consultations, undecided changes, documents. Exit 1 on an error.

    Example: `assay change alarms`
    """
    from assay.core import Severity
    from assay.governance.changes import alarms as found_by

    with changes_here() as changes:
        found = found_by(changes)
    if not answer({"alarms": [each.document() for each in found]}, json):
        for each in found:
            say_finding(each)
    return FINDING if any(each.severity is Severity.ERROR for each in found) else FINE
