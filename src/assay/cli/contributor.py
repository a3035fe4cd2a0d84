"""`assay contributor ...`: the life of a contributor, its file, its scores. Holds no rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from assay.cli.letters import Lang, Out, Sent, told_letter
from assay.cli.offices import open_office, reader
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

if TYPE_CHECKING:
    from assay.ledger import Entry

app = App(name="contributor", help="Contributors: files, checks, scores, rectification.")
Words = Annotated[str, Parameter(name="--words", help="Why, in words: the file keeps them.")]
Code = Annotated[str, Parameter(help="The code of the firm, e.g. F03.")]


def _done(entry: Entry, json: bool, **more: Any) -> None:
    document = {"seq": entry.seq, "kind": entry.kind, **entry.body, **more}
    if not answer(document, json):
        told = "; ".join(f"{name} {each}" for name, each in more.items())
        say(f"{entry.kind} of {entry.body['contributor']} (entry {entry.seq})" + (f": {told}" if told else ""))  # fmt: skip


@app.command
def apply(
    contributor: Code, *,
    name: Annotated[str, Parameter(help="The firm's name.")],
    group: Annotated[str, Parameter(help="The code of its group of affiliates, e.g. G19.")],
    words: Words,
    class_: Annotated[list[Literal["producer", "trader", "downstream"]], Parameter(name="--class")],
    series: Annotated[list[str], Parameter(name="--series")],
    name_zh: Annotated[str | None, Parameter(help="Its name in Chinese.")] = None,
    escalation: Annotated[str | None, Parameter(help="Whom to ask there when data is doubted; goes to the vault.")] = None,
    as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Enter a firm that asks to be a contributor, as a candidate.

    Example: `assay contributor apply F19 --name "Example Metals" --group G19 --class trader --series AL-A00-FOSHAN --words "asked by mail" --as P-05`
    """
    from assay.governance import contributors

    card = {
        "contributor": contributor, "name": name, "name_zh": name_zh, "group": group,
        "classes": list(class_), "series": series,
    }  # fmt: skip
    contact = {"name": escalation} if escalation else None
    with open_office() as office:
        signer = session().must_sign(as_)
        _done(contributors.apply(office, signer, card, words, contact)[0], json)


@app.command
def document(
    contributor: Code, file: Path, *, document: str, valid_from: SomeDate,
    type_: Annotated[
        Literal["business_licence", "chain_proof", "mandate", "code_of_conduct", "other"],
        Parameter(name="--type"),
    ],
    valid_until: SomeOptionalDate = None, words: str = "", as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Keep a paper of the firm as evidence, with its validity.

    Example: `assay contributor document F19 licence.pdf --document licence-2026 --type business_licence --valid-from 2026-01-02 --as P-05`
    """
    import mimetypes

    from assay.governance import contributors

    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    with open_office() as office:
        entry = contributors.file_document(
            office, session().must_sign(as_), contributor, document, type_, file.read_bytes(),
            media_type, valid_from, valid_until, words,
        )  # fmt: skip
    _done(entry, json)


@app.command
def check(
    contributor: Code, which: Literal["identity", "chain", "data_access", "mandate", "reputation"],
    outcome: Literal["passed", "failed"], *, words: Words, submitter: str | None = None,
    document: str | None = None, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Sign a check of the firm, or of a submitter, by name.

    Example: `assay contributor check F19 chain passed --words "warehouse visited" --as P-05`
    """
    from assay.governance import contributors

    with open_office() as office:
        signer = session().must_sign(as_)
        _done(contributors.check(office, signer, contributor, which, outcome, words, submitter, document), json)  # fmt: skip


@app.command
def mandate(
    contributor: Code, submitter: str, *, name: str, series: list[str], since: SomeDate,
    until: SomeOptionalDate = None, end: Annotated[bool, Parameter(negative=())] = False,
    function: Literal["back_office", "trading", "sales", "management"] = "back_office",
    words: str = "", as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Give a named person the mandate to submit; with --end and --until it ends on that day.

    Example: `assay contributor mandate F19 SUB-19 --name "Chen An" --series AL-A00-FOSHAN --since 2026-01-05 --as P-05`
    """
    from assay.governance import contributors

    with open_office() as office:
        signer = session().must_sign(as_)
        if end:
            entry = contributors.end_mandate(office, signer, contributor, submitter, until or office.today(), words)  # fmt: skip
        else:
            entry = contributors.mandate(office, signer, contributor, submitter, name, series, since, until, function)  # fmt: skip
        _done(entry, json)


@app.command
def reference(
    contributor: Code, *, referee: str, outcome: Literal["good", "bad", "none"], words: Words,
    as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Record what another participant said of the firm; his name goes to the vault.

    Example: `assay contributor reference F19 --referee "Another Firm" --outcome good --words "pays on time" --as P-05`
    """
    from assay.governance import contributors

    with open_office() as office:
        _done(contributors.reference(office, session().must_sign(as_), contributor, referee, outcome, words), json)  # fmt: skip


@app.command
def agree(
    contributor: Code, *, words: Words, file: Path | None = None, as_: As = None, json: Json = False
) -> None:
    """Record the agreement: its document, or what was agreed by speech.

    Example: `assay contributor agree F19 --words "by telephone, on the rules of the house" --as P-05`
    """
    from assay.governance import contributors

    written = file.read_bytes() if file else None
    with open_office() as office:
        _done(contributors.agree(office, session().must_sign(as_), contributor, words, written), json)  # fmt: skip


@app.command
def alias(
    contributor: Code, spelling: str, *, since: SomeDate, until: SomeOptionalDate = None,
    channel: str | None = None, submitter: str | None = None, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Add another spelling of the firm, or of its submitter, from a day on.

    Example: `assay contributor alias F19 "Exmet" --since 2026-01-05 --channel wechat --as P-05`
    """
    from assay.governance import contributors

    with open_office() as office:
        signer = session().must_sign(as_)
        _done(contributors.alias(office, signer, contributor, spelling, since, until, channel, submitter), json)  # fmt: skip


@app.command
def activate(contributor: Code, *, words: Words, as_: As = None, json: Json = False) -> None:
    """Make a candidate active; refused while its file lacks anything.

    Example: `assay contributor activate F19 --words "file complete" --as P-05`
    """
    from assay.governance import contributors

    with open_office() as office:
        _done(contributors.activate(office, session().must_sign(as_), contributor, words), json)


@app.command
def rectify(
    contributor: Code, *, words: Words, shortfall: list[str] | None = None,
    end: Literal["met", "refused", "unmet"] | None = None, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Give notice of rectification (out of the list, thirty days), or end one.

    Example: `assay contributor rectify F19 --shortfall timeliness --words "late on nine days" --as P-05`
    """
    from assay.governance import contributors

    with open_office() as office:
        signer = session().must_sign(as_)
        if end is not None:
            _done(contributors.end_rectification(office, signer, contributor, end, words)[0], json)
            return
        entry, deadline = contributors.notice_rectification(office, signer, contributor, shortfall or [], words)  # fmt: skip
        _done(entry, json, deadline=deadline.isoformat())


@app.command
def terminate(contributor: Code, *, words: Words, as_: As = None, json: Json = False) -> None:
    """End a contributor by its own wish or for cause.

    Example: `assay contributor terminate F19 --words "left the trade" --as P-05`
    """
    from assay.governance import contributors

    with open_office() as office:
        _done(contributors.terminate(office, session().must_sign(as_), contributor, words), json)


@app.command
def letter(
    contributor: Code, what: Literal["rectification", "termination"], *, out: Out,
    lang: Lang = "en", sent: Sent = None, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Write the notice of rectification, or of termination, as PDF or HTML.

    Example: `assay contributor letter F19 rectification --out notice.pdf --lang zh --sent email --as P-05`
    """
    from assay.governance.contributors.filing import READ
    from assay.governance.contributors.life import WRITE
    from assay.governance.letters import load_letter_words
    from assay.governance.letters.firms import firm_letter
    from assay.methodology import load_library, load_reference

    settings = session().settings
    with open_office() as office:
        office.permit(reader(office, as_), READ)
        library = load_library(settings.methodologies, load_reference(settings.reference))
        words = load_letter_words(settings.reference)
        made = firm_letter(office, library, words, contributor, what, lang)
        told_letter(
            office.ledger, made, out, what=what, subject=contributor, permission=WRITE, sent=sent,
            as_=as_, json=json,
        )  # fmt: skip


@app.command(name="return")
def return_(contributor: Code, *, words: Words, as_: As = None, json: Json = False) -> None:
    """Take a terminated firm back by a new act, its file complete.

    Example: `assay contributor return F19 --words "new management" --as P-05`
    """
    from assay.governance import contributors

    with open_office() as office:
        _done(contributors.take_back(office, session().must_sign(as_), contributor, words), json)


@app.command
def certificate(
    contributor: Code, certificate: str, *, footprint: str | None = None, issuer: str = "CQC",
    boundary: Literal["cradle_to_gate", "non_cradle_to_gate"] = "cradle_to_gate",
    valid_from: SomeOptionalDate = None, valid_until: SomeOptionalDate = None,
    withdraw: str | None = None, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Register a low-carbon certificate (tCO2/t, below the limit), or withdraw it with words.

    Example: `assay contributor certificate F19 CQC-77 --footprint 3.2 --valid-from 2026-01-05 --valid-until 2027-01-04 --as P-05`
    """
    from assay.core import refused
    from assay.governance import contributors

    with open_office() as office:
        signer = session().must_sign(as_)
        if withdraw is not None:
            _done(contributors.withdraw_certificate(office, signer, contributor, certificate, withdraw), json)  # fmt: skip
            return
        if footprint is None or valid_from is None or valid_until is None:
            raise refused("certificate.incomplete", certificate, "give --footprint, --valid-from and --valid-until")  # fmt: skip
        body = {
            "contributor": contributor, "certificate": certificate, "boundary": boundary,
            "footprint": footprint, "issuer": issuer, "valid_from": valid_from.isoformat(),
            "valid_until": valid_until.isoformat(),
        }  # fmt: skip
        _done(contributors.file_certificate(office, signer, body), json)


@app.command
def file(
    contributor: Annotated[str | None, Parameter(help="The firm; one's own when left out.")] = None,
    *, known_at: OptionalInstant = None, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Show the file of a firm; a submitter sees that of his own firm only.

    Example: `assay contributor file F03 --as P-05`
    """
    from assay.governance import contributors

    with open_office() as office:
        found = contributors.readable_file(office, reader(office, as_), contributor, known_at)
    if answer(found, json):
        return
    card = found["card"]
    say(f"{found['contributor']} {card['name']} ({card['status']}), group {card['group']}, {', '.join(card['classes'])}")  # fmt: skip
    say_table("", ("since", "status", "why"), [(r["since"], r["status"], r.get("reason")) for r in found["statuses"]])  # fmt: skip
    say_table("", ("entry", "what", "name", "from", "until", "by"), [(r["seq"], r["what"], r.get("name"), r.get("since"), r.get("until"), r.get("actor")) for r in found["papers"]])  # fmt: skip
    say(f"lacking: {'; '.join(found['lacking']) or 'nothing'}")


@app.command(name="list")
def list_(*, date: SomeOptionalDate = None, as_: As = None, json: Json = False) -> None:
    """List the firms as they stand on a day.

    Example: `assay contributor list --as P-05`
    """
    from assay.governance.contributors.filing import READ
    from assay.ledger.book.contributors import contributors_on

    with open_office() as office:
        office.permit(reader(office, as_), READ)
        with office.ledger.read() as connection:
            rows = contributors_on(connection, date or office.today())
    kept = ("contributor", "name", "group", "classes", "series", "status")
    if not answer({"contributors": [{name: row[name] for name in kept} for row in rows]}, json):
        say_table("", ("code", "name", "group", "class", "status"), [(r["contributor"], r["name"], r["group"], ", ".join(r["classes"]), r["status"]) for r in rows])  # fmt: skip


@app.command
def scores(
    contributor: Annotated[str | None, Parameter(help="The firm; all active ones when left out.")] = None,
    *, first: First = None, last: Last = None, as_: As = None, json: Json = False,
) -> int:  # fmt: skip
    """Compute the scores from the journal, each with its sentence; exit 1 below standard.

    Example: `assay contributor scores F03 --from 2025-12-01 --to 2025-12-31 --as P-05`
    """
    from assay.governance import contributors

    with open_office() as office:
        begin, end = contributors.usual_span(office, first, last)
        found = contributors.readable_scores(office, reader(office, as_), contributor, begin, end)
    below = {code: contributors.below_standard(each) for code, each in found.items()}
    document = {"from": begin, "to": end, "scores": {code: [s.document() for s in each] for code, each in found.items()}, "below": below}  # fmt: skip
    if not answer(document, json):
        for code, each in found.items():
            say_table(code, ("score", "figure", "", "standard", "why"), [(s.name, s.document()["figure"], s.unit, {None: "", True: "met", False: "BELOW"}[s.meets], s.sentence) for s in each])  # fmt: skip
    return FINDING if any(below.values()) else FINE


@app.command
def alarms(*, as_: As = None, json: Json = False) -> int:
    """List what runs out: documents, certificates, mandates, rectifications, the calendar.

    Example: `assay contributor alarms --as P-05`
    """
    from assay.governance import contributors

    with open_office() as office:
        office.permit(reader(office, as_), "governance:contributor:read")
        found = contributors.alarms(office)
    if not answer({"alarms": [each.document() for each in found]}, json):
        for each in found:
            say_finding(each)
        say(f"{len(found)} alarms")
    return FINDING if found else FINE
