"""`assay audit ...`: the auditor's room by commands. Every look is an entry, signed by his key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from assay.cli.offices import open_office
from assay.cli.session import (
    FINDING,
    FINE,
    As,
    Date,
    First,
    Json,
    Last,
    OptionalInstant,
    SomeDate,
    WrongUse,
    answer,
    say,
    say_table,
    session,
)
from assay.core import plain, refused

if TYPE_CHECKING:
    from assay.desk import Desk
    from assay.ledger import Ledger, Signer

app = App(name="audit", help="The auditor's room: dossier, sample, reproduce, sealed bundle.")

KnownAt = Annotated[
    OptionalInstant,
    Parameter(name="--known-at", help="An instant, e.g. 2025-12-30T10:14:00+08:00."),
]


@dataclass(frozen=True)
class Room:
    """The auditor's room, opened by somebody who proved himself."""

    desk: Desk
    signer: Signer

    @property
    def ledger(self) -> Ledger:
        """The ledger of the home."""
        return self.desk.ledger

    def look(self, view: str, about: Mapping[str, str], known_at: datetime | None = None) -> None:
        """Record the look; refused outside the time box."""
        from assay.governance.audit import log_view

        log_view(
            self.ledger, self.signer.person, view, about,
            door="commands", today=self.desk.today(), known_at=known_at, signer=self.signer,
        )  # fmt: skip


@contextmanager
def _room(person: str | None, permission: str) -> Iterator[Room]:
    run = session()
    signer = run.must_sign(person)
    with run.desk() as desk:
        run.proved(desk, person, logged=True)
        desk.permit(signer, permission)
        yield Room(desk, signer)


@app.command
def dossier(
    series: str,
    *,
    date: Date,
    known_at: KnownAt = None,
    out: Annotated[Path | None, Parameter(help="A new folder for dossier.json and the raw evidence.")] = None,
    as_: As = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Show everything about one price: timeline, evidence, verdicts, decisions, approvals, documents.

    Example: `assay audit dossier AL-A00-FOSHAN --date 2025-12-30 --as P-06`
    """
    from assay.governance.audit import dossier as made

    about = {"series": series, "pricing_date": date.isoformat()}
    with _room(as_, "audit:dossier:read") as room:
        room.look("dossier", about, known_at)
        found = made(room.ledger, series, date, known_at)
        document = found.document()
        if out is not None:
            room.look("evidence", {**about, "folder": out.name}, known_at)
            _write(room.ledger, document, out)
    if answer(document, json):
        return
    say(f"{series} {date}" + (f" as known at {document['known_at']}" if known_at else ""))
    say_table(
        "Timeline", ("entry", "recorded", "kind", "who", "signed"),
        [(r["seq"], r["recorded_at"], r["kind"], r["actor"], "yes" if r["signed"] else "")
         for r in document["timeline"]], right=("entry",),
    )  # fmt: skip
    say_table(
        "Evidence", ("evidence", "channel", "received", "state"),
        [(r["evidence"], r["channel"], r["received_at"], r["state"]) for r in document["evidence"]],
    )  # fmt: skip
    say_table(
        "Decisions", ("entry", "who", "act", "code", "of", "words"),
        [(r["seq"], r["actor"], r["act"], r["code"], r["of"], r["words"])
         for r in document["decisions"]], right=("entry",),
    )  # fmt: skip
    say_table("Documents then in force", ("what", "hash"), sorted(document["documents"].items()))


def _write(ledger: Ledger, document: Mapping[str, Any], out: Path) -> None:
    """The dossier and its raw messages as files; forgotten ones are named, not written."""
    if out.exists() and any(out.iterdir()):
        raise refused("audit.exists", str(out), "choose a folder that is empty or not there yet")
    (out / "evidence").mkdir(parents=True)
    text = dumps(plain(document), ensure_ascii=False, indent=2, sort_keys=True)
    (out / "dossier.json").write_text(text + "\n", "utf-8")
    for row in document["evidence"]:
        if row["state"] == "intact":
            name = row["evidence"].removeprefix("sha256:")
            (out / "evidence" / name).write_bytes(ledger.evidence.get(row["evidence"]))


@app.command
def sample(
    *,
    from_: First = None,
    to: Last = None,
    size: Annotated[int, Parameter(help="How many series-days.")] = 25,
    seed: Annotated[str, Parameter(help="Any words; printed, and enough to draw it again.")],
    as_: As = None,
    json: Json = False,
) -> None:
    """Draw a random sample of prices, stratified by corrected, judgement, late, ordinary.

    Example: `assay audit sample --from 2025-12-01 --to 2025-12-31 --size 20 --seed "audit 2025" --as P-06`
    """
    from assay.governance.audit import draw, record_sample

    first, last = _period(from_, to)
    with _room(as_, "audit:sample:draw") as room:
        room.look("sample", {"first": first.isoformat(), "last": last.isoformat(), "seed": seed})
        with room.ledger.read() as connection:
            found = draw(connection, first, last, size, seed)
        entry = record_sample(room.ledger, found, room.signer.person, room.signer)
    if answer({**found.body(), "entry": entry.seq}, json):
        return
    counted = ", ".join(f"{name} {number}" for name, number in found.strata.items())
    say(f"seed {found.seed!r}, {first} to {last}: {counted}")
    say_table("", ("series", "date", "stratum"), [tuple(each.values()) for each in found.chosen])


def _period(first: date | None, last: date | None) -> tuple[date, date]:
    if first is None or last is None:
        raise WrongUse("assay audit", "name the period: --from D --to D")
    if first > last:
        raise WrongUse(f"--from {first} --to {last}", "the first day comes first")
    return first, last


@app.command
def reproduce(
    series: str,
    *,
    date: Date,
    revision: int | None = None,
    as_: As = None,
    json: Json = False,
) -> int:
    """Compute a published price again from its records and compare bit for bit. Exit 1 when it differs.

    Example: `assay audit reproduce AL-LC --date 2025-12-30 --as P-06`
    """
    from assay.governance.audit import Archive, record_reproduction
    from assay.governance.audit import reproduce as again

    settings = session().settings
    with _room(as_, "audit:dossier:read") as room:
        room.look("reproduction", {"series": series, "pricing_date": date.isoformat()})
        archive = Archive(room.ledger, settings.methodologies, settings.reference)
        made = again(room.ledger, archive, series, date, revision)
        entry = record_reproduction(room.ledger, made, room.signer.person, room.signer)
    if not answer({**made.body(), "evidence": made.evidence, "entry": entry.seq}, json):
        say(
            f"{series} {date} revision {made.revision}: {made.outcome} (entry {entry.seq})",
            f"recorded   {made.recorded}",
            f"recomputed {made.recomputed or 'not at all'}",
            f"document   {made.document}",
            *made.differences,
        )
    return FINE if made.outcome == "equal" else FINDING


@app.command
def export(
    *,
    from_: First = None,
    to: Last = None,
    out: Annotated[Path, Parameter(help="A new or empty folder.")],
    as_: As = None,
    json: Json = False,
) -> None:
    """Write the sealed bundle of a period for the auditor; the verifier reads it.

    Example: `assay audit export --from 2025-12-30 --to 2025-12-30 --out out/audit --as P-06`
    """
    from assay.ledger import load_signer
    from assay.ledger.keys import PUBLICATION
    from assay.publication import export_days

    first, last = _period(from_, to)
    settings = session().settings
    key = settings.keys / f"{PUBLICATION}.key"
    if not key.is_file():
        raise refused(
            "audit.unsealed", str(key), "the publication key seals the bundle: set ASSAY_KEYS"
        )
    with _room(as_, "audit:bundle:export") as room:
        room.look("bundle", {"first": first.isoformat(), "last": last.isoformat()})
        found = export_days(
            room.ledger, first, last, "auditor", out, settings.methodologies, settings.reference,
            signer=load_signer(settings.keys, PUBLICATION),
        )  # fmt: skip
    said = {**asdict(found), "folder": str(found.folder), "days": list(found.days), "sealed": True}
    if not answer(said, json):
        public = settings.keys / f"{PUBLICATION}.pub"
        say(
            f"{found.files} files in {found.folder}: {', '.join(found.days)}, "
            f"{found.disclosed} entries shown of {found.head_seq}, sealed",
            f"check it: python -m verifier {found.folder} --key {public} --sealed",
        )


@app.command
def log(*, person: str | None = None, as_: As = None, json: Json = False) -> None:
    """Show the access log, newest first: who looked at what, by which door, as known at when.

    Example: `assay audit log --person P-06 --as P-05`
    """
    from assay.ledger.book.audit import views_since

    with _room(as_, "governance:control:read") as room:
        room.look("log", {"person": person or "all"})
        with room.ledger.read() as connection:
            rows = views_since(connection, person=person)
    if not answer({"views": rows}, json):
        say_table(
            "", ("entry", "recorded", "who", "view", "about", "door"),
            [(r["seq"], f"{r['recorded_at']:%Y-%m-%dT%H:%M:%SZ}", r["person"], r["view"],
              " ".join(r["about"].values()), r["door"]) for r in rows], right=("entry",),
        )  # fmt: skip


# ---- the outside audit -------------------------------------------------------------------


@app.command
def conclude(
    audit: Annotated[str, Parameter(help="Its name, e.g. AU-2025.")],
    *,
    auditor: Annotated[str, Parameter(help="The firm that examined the house.")],
    from_: First,
    to: Last,
    completed: Annotated[SomeDate, Parameter(help="The day it was complete.")],
    report: Annotated[Path, Parameter(help="What it handed over.")],
    findings: Annotated[
        Path | None, Parameter(help="JSON: a list of severity, where, words.")
    ] = None,
    as_: As = None,
    json: Json = False,
) -> None:
    """Record a completed outside audit: report, findings into the register, day of publication.

    Example: `assay audit conclude AU-2025 --auditor "Example Auditors" --from 2025-01-01 --to 2025-12-31 --completed 2026-02-02 --report report.pdf --findings findings.json --as P-05`
    """
    from json import loads

    from assay.governance.audit import concluding

    first, last = _period(from_, to)
    rows = loads(findings.read_text("utf-8")) if findings else []
    with open_office() as office:
        *_, entry = concluding.conclude(
            office, session().must_sign(as_), audit, auditor=auditor, first=first, last=last,
            completed_on=completed, report=report.read_bytes(), findings=rows,
        )  # fmt: skip
    if not answer({**entry.body, "entry": entry.seq}, json):
        say(f"{audit}: {len(rows)} findings, its result is public by {entry.body['publish_by']} (entry {entry.seq})")  # fmt: skip


@app.command
def publish(
    audit: Annotated[str, Parameter(help="Its name, e.g. AU-2025.")],
    *,
    statement: Annotated[Path, Parameter(help="The result as published.")],
    words: Annotated[str, Parameter(help="The public notice.")],
    as_: As = None,
    json: Json = False,
) -> None:
    """Publish the result of an outside audit, with a public notice.

    Example: `assay audit publish AU-2025 --statement result.pdf --words "No error was found." --as P-05`
    """
    from assay.governance.audit import concluding

    with open_office() as office:
        *_, entry = concluding.publish_result(
            office, session().must_sign(as_), audit, statement.read_bytes(), words
        )
    if not answer({**entry.body, "entry": entry.seq}, json):
        say(f"{audit} is public with notice {entry.body['notice']} (entry {entry.seq})")


@app.command(name="list")
def list_(*, json: Json = False) -> None:
    """List the outside audits with the day by which each result is public; they are no secret.

    Example: `assay audit list`
    """
    from assay.ledger.book.audit import audits_of

    with session().ledger() as ledger, ledger.read() as connection:
        rows = audits_of(connection)
    if not answer({"audits": rows}, json):
        say_table(
            "", ("audit", "auditor", "period", "completed", "public by", "published"),
            [(r["audit"], r["auditor"], f"{r['first']} to {r['last']}", r["completed_on"],
              r["publish_by"], r["published_on"]) for r in rows],
        )  # fmt: skip
