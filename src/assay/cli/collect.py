"""`assay collect ...`: messages in, evidence first. Reads by channel, decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Day  # noqa: N812  (a pricing date, beside the option `date`)
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from assay.cli.feed import feed
from assay.cli.session import (
    As,
    Json,
    OptionalInstant,
    WrongUse,
    answer,
    say,
    say_finding,
    session,
    verdict,
)

if TYPE_CHECKING:
    from assay.core import Finding

app = App(name="collect")

IMAPS = 993
#: What a folder of an inbox may be called, and the suffix that tells a file's channel.
FOLDERS = {
    "mail": "email", "email": "email", "new": "email", "cur": "email", "wechat": "wechat", "qq": "qq",
    "fax": "fax", "phone": "phone", "workbook": "workbook", "workbooks": "workbook",
    "portal": "portal", "api": "api",
}  # fmt: skip
SUFFIXES = {
    ".eml": "email",
    ".mbox": "email",
    ".xlsx": "workbook",
    ".xls": "workbook",
    ".xlsm": "workbook",
}


@app.default
def files(
    *paths: Annotated[Path, Parameter(help="Files and folders; a folder's name may say the channel.")],
    channel: Annotated[str, Parameter(help="email, wechat, qq, phone, fax, workbook, portal, api or auto.")] = "auto",
    received_at: Annotated[OptionalInstant, Parameter(name="--received-at", help="When it reached the house; now when left out.")] = None,
    contributor: Annotated[str | None, Parameter(help="The firm's code, where the channel itself says it.")] = None,
    note: Annotated[str, Parameter(help="What stands on a fax page, typed.")] = "",
    again: Annotated[str, Parameter(help="Why files read under another channel are read again under this one.")] = "",
    as_: As = None,
    json: Json = False,
) -> int:  # fmt: skip
    """Archive files and read what they offer; a person confirms it afterwards.

    Exit 1 where something became a finding that needs eyes; the rest is taken in all the same.

    Example: `assay collect inbox/wechat/group.csv --channel wechat --as P-01`
    """
    return take_paths(
        list(paths), channel=channel, received_at=received_at, contributor=contributor, note=note,
        again=again, person=as_, as_json=json,
    )  # fmt: skip


@app.command
def phone(
    *,
    contributor: Annotated[
        str | None, Parameter(help="The firm that called; asked for on a terminal.")
    ] = None,
    text: Annotated[
        str | None,
        Parameter(help="What was said, e.g. 'sold 200t A00 Foshan 22180 cash self pick-up'."),
    ] = None,
    called_at: Annotated[OptionalInstant, Parameter(name="--called-at")] = None,
    submitter: str | None = None,
    number: str | None = None,
    as_: As = None,
    json: Json = False,
) -> int:
    """Write a phone note; the note is the evidence. On a terminal it asks for what is left out.

    Example: `assay collect phone --contributor F04 --text "sold 200t A00 Foshan 22180 cash self pick-up" --as P-01`
    """
    from assay.collection.notes import PhoneNote

    run = session()
    signer = run.must_sign(as_)
    firm = contributor or _asked("--contributor", "which firm called")
    words = text or _asked("--text", "what was said")
    with run.ledger() as ledger:
        run.permit(ledger, signer, "desk:submission:add")
        intake = _intake(ledger, signer)
        now = ledger.clock()
        note = PhoneNote(called_at or now, signer.person, firm, words, submitter, number)
        taken = [intake.take_phone(note, now)]
    for each in taken[0].reading.offers if not json else ():
        say(_as_read(each))
    return _say_taken(taken, [], json)


def _asked(option: str, question: str) -> str:
    """What a person types at the prompt; without a terminal the option must be given."""
    import sys

    if not sys.stdin.isatty():
        raise WrongUse(f"assay collect phone {option}", f"say {question}")
    while True:
        try:
            answered = input(f"{question}: ").strip()
        except EOFError:
            raise WrongUse(f"assay collect phone {option}", f"say {question}") from None
        if answered:
            return answered


def _as_read(offer: Any) -> str:
    """One line of what was read, for the person who is still at the telephone."""
    shown = ("series", "kind", "low", "high", "premium_low", "premium_high", "quantity",
             "payment", "delivery", "pickup")  # fmt: skip
    read = ", ".join(f"{name} {offer[name]}" for name in shown if offer[name])
    lacking = f"; not said: {', '.join(offer.missing)}" if offer.missing else ""
    return f"read: {read}{lacking}"


@app.command
def imap(
    *,
    host: Annotated[str, Parameter(help="The mail server; the connection is encrypted.")],
    user: Annotated[str, Parameter(help="The account.")],
    password_file: Annotated[
        Path, Parameter(name="--password-file", help="A file that holds its password alone.")
    ],
    folder: Annotated[str, Parameter(help="The mailbox folder.")] = "INBOX",
    port: int = 993,
    after_uid: Annotated[
        int, Parameter(name="--after-uid", help="Only mails after this one (told at the end).")
    ] = 0,
    as_: As = None,
    json: Json = False,
) -> int:
    """Take in what is new in a mailbox of a server, without marking it read.

    A mail counts as received when the server took it. Mails that were read before are passed over.

    Example: `assay collect imap --host mail.example --user quotes --password-file imap.password --as P-01`
    """
    import imaplib

    from assay.collection.mailbox import open_imap
    from assay.core import refused

    run = session()
    signer = run.signer(as_)
    password = password_file.read_text("utf-8").strip("\r\n")
    local = host in ("localhost", "127.0.0.1")
    with run.ledger() as ledger:
        run.permit(ledger, signer, "desk:submission:add")
        intake = _intake(ledger, signer)
        try:
            with open_imap(
                host, user, password, folder=folder, port=port, tls=not local or port == IMAPS
            ) as client:
                last, taken = intake.take_imap(client, after_uid, ledger.clock())
        except (OSError, imaplib.IMAP4.error) as problem:
            said = f"{type(problem).__name__}: look at server, account and folder, then again"
            raise refused(
                "mailbox.unreachable", f"{folder} of {user} at {host}:{port}", said
            ) from None
    fresh = [each for each in taken if not _known(each)]
    code = _say_taken(fresh, [], json, last_uid=last)
    if not json:
        say(f"the last mail was UID {last}: next time --after-uid {last}")
    return code


def _known(taken: Any) -> bool:
    return [each.code for each in taken.findings] == ["evidence.known"] and not verdict(
        taken.findings
    )


app.command(feed)


def _intake(ledger: Any, signer: Any) -> Any:
    from assay.collection.channels import PhraseTables
    from assay.collection.intake import Intake
    from assay.ledger import SYSTEM

    tables = PhraseTables.load(session().settings.reference / "phrases")
    return Intake(ledger, tables, actor=signer.person if signer else SYSTEM, signer=signer)


def take_paths(
    paths: Sequence[Path],
    *,
    channel: str,
    person: str | None,
    as_json: bool,
    day: Day | None = None,
    received_at: datetime | None = None,
    contributor: str | None = None,
    note: str = "",
    again: str = "",
    series: Sequence[str] | str = "all",
) -> int:
    """Take files and folders in, each by its channel, and say what came of it.

    Everything is taken in whatever `series` says; only what was offered for these is listed.
    """
    paths = paths or _inbox()
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise WrongUse(", ".join(missing), "no such file or folder")
    run = session()
    signer = run.must_sign(person) if again else run.signer(person)
    if again and channel == "auto":
        raise WrongUse("--again", "name the channel the files truly came by: --channel")
    files, unclear = _sorted_out(paths, channel)
    taken: list[Any] = []
    with run.ledger() as ledger:
        run.permit(ledger, signer, "desk:submission:add")
        if day is not None:
            _same_day(ledger, day)
        intake = _intake(ledger, signer)
        now = received_at or ledger.clock()
        for path, how in files:
            taken += _take(intake, path, how, now, contributor, note, again)
    return _say_taken(taken, unclear, as_json, series)


def _inbox() -> list[Path]:
    """The folder that is taken in when none is named: `inbox` of the home."""
    inbox: Path = session().settings.home / "inbox"
    if not inbox.is_dir():
        raise WrongUse(
            "assay collect", f"name the files or folders to take in, or put them into {inbox}"
        )
    return [inbox]


def _same_day(ledger: Any, day: Day) -> None:
    """`day collect` is for the day that runs; what comes later is another day's act."""
    from assay.core import zone_of

    today = ledger.clock().astimezone(zone_of("Asia/Shanghai")).date()
    if day > today:
        raise WrongUse(
            f"--date {day}", f"the clock of this home says {today}: this day is yet to come"
        )


def _take(
    intake: Any,
    path: Path,
    how: str,
    now: datetime,
    contributor: str | None,
    note: str,
    again: str,
) -> list[Any]:
    from assay.collection.intake import Sent

    beside = path.with_suffix(".txt")
    if how == "fax" and not note and path.suffix != ".txt" and beside.is_file():
        note = beside.read_text("utf-8")
    if how == "email" and not contributor and not again:
        found: list[Any] = intake.take_mails(path, now)
        return found
    sent = Sent(name=path.name, contributor=contributor, typed_note=note)
    return [intake.take(path, how, now, sent, again=again)]


def _sorted_out(
    paths: Sequence[Path], channel: str
) -> tuple[list[tuple[Path, str]], list[Finding]]:
    """Every file with its channel, and a finding for each that a folder leaves unclear.

    A file that was named must be clear; one that merely lies in a folder stops nobody.
    """
    from assay.core import Finding, Severity

    files: list[tuple[Path, str]] = []
    unclear: list[Finding] = []
    for path in paths:
        if not path.is_dir():
            files.append((path, _channel(path, channel)))
            continue
        for inner in _within(path):
            try:
                files.append((inner, _readable(inner, channel)))
            except (WrongUse, OSError) as problem:
                said = getattr(problem, "what_to_do", None) or f"{problem}: left out"
                unclear.append(Finding("file.unclear", Severity.WARNING, str(inner), said))
    return files, unclear


def _readable(path: Path, channel: str) -> str:
    """The channel of a file of a folder, or of a maildir; raises where it cannot be opened."""
    if path.is_dir():
        return "email"
    if not path.is_file():
        raise WrongUse(str(path), "no file to read: left out")
    path.open("rb").close()
    return _channel(path, channel)


def _within(folder: Path) -> list[Path]:
    """Every file of a folder and its folders; a maildir is one path."""
    found: list[Path] = []
    skipped = {"new", "cur", "tmp"} | {each.with_suffix(".txt").name for each in _pages(folder)}
    if (folder / "new").is_dir() or (folder / "cur").is_dir():
        found.append(folder)
    for each in sorted(folder.iterdir()):
        if each.name in skipped or each.name.startswith("."):
            continue
        if each.is_dir() and not each.is_symlink():
            found += _within(each)
        elif not each.is_dir():
            found.append(each)
    return found


def _pages(folder: Path) -> list[Path]:
    """Scanned pages of a fax folder: the text beside a page is what was typed of it."""
    if FOLDERS.get(folder.name) != "fax":
        return []
    return [each for each in folder.iterdir() if each.suffix.lower() not in ("", ".txt")]


def _channel(path: Path, asked: str) -> str:
    if asked != "auto":
        return asked
    if path.suffix.lower() in SUFFIXES:
        return SUFFIXES[path.suffix.lower()]
    for folder in reversed(path.parts[:-1]):
        if folder in FOLDERS:
            return FOLDERS[folder]
    raise WrongUse(str(path), "which channel is this? give --channel, or a folder named after it")


def _say_taken(
    taken: Sequence[Any],
    unclear: Sequence[Finding],
    as_json: bool,
    series: Sequence[str] | str = "all",
    **more: Any,
) -> int:
    found = [*unclear, *(finding for each in taken for finding in each.findings)]
    rows = [
        {
            "evidence": each.evidence, "submissions": _offered(each, series),
            "skipped": each.skipped, "findings": [finding.document() for finding in each.findings],
        }
        for each in taken
    ]  # fmt: skip
    document = {"taken": rows, "findings": [each.document() for each in unclear], **more}
    if not answer(document, as_json):
        for finding in found:
            say_finding(finding)
        offered = sum(len(row["submissions"]) for row in rows)
        pieces = "1 piece" if len(rows) == 1 else f"{len(rows)} pieces"
        say(f"{pieces} of evidence, {offered} submissions offered: confirm them")
    return verdict(found)


def _offered(taken: Any, series: Sequence[str] | str) -> list[str]:
    received = [each.body for each in taken.entries if each.kind == "submission.received/1"]
    return [
        body["submission"]
        for body in received
        if series == "all" or body["fields"]["series"] in series
    ]
