"""`assay collect ...`: messages in, evidence first. Reads by channel, decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Day  # noqa: N812  (a pricing date, beside the option `date`)
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from assay.cli.session import (
    As,
    Json,
    OptionalInstant,
    WrongUse,
    answer,
    say,
    say_finding,
    session,
)

app = App(name="collect", help="Take messages in, evidence first.")

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
    as_: As = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Archive files and read what they offer; a person confirms it afterwards.

    Example: `assay collect inbox/wechat/group.csv --channel wechat --as P-01`
    """
    take_paths(
        list(paths), channel=channel, received_at=received_at, contributor=contributor, note=note,
        person=as_, as_json=json,
    )  # fmt: skip


@app.command
def phone(
    *,
    contributor: Annotated[str, Parameter(help="The firm that called.")],
    text: Annotated[
        str, Parameter(help="What was said, e.g. 'sold 200t A00 Foshan 22180 cash self pick-up'.")
    ],
    called_at: Annotated[OptionalInstant, Parameter(name="--called-at")] = None,
    submitter: str | None = None,
    number: str | None = None,
    as_: As = None,
    json: Json = False,
) -> None:
    """Write a phone note; the note is the evidence.

    Example: `assay collect phone --contributor F04 --text "sold 200t A00 Foshan 22180 cash self pick-up" --as P-01`
    """
    from assay.collection.notes import PhoneNote

    run = session()
    signer = run.must_sign(as_)
    with run.ledger() as ledger:
        intake = _intake(ledger, signer)
        now = ledger.clock()
        note = PhoneNote(called_at or now, signer.person, contributor, text, submitter, number)
        taken = [intake.take_phone(note, now)]
    _say_taken(taken, json)


app.command("assay.cli.feed:feed", name="feed", help="Market files, by declared mappings.")


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
) -> None:
    """Take files and folders in, each by its channel, and say what came of it."""
    if not paths:
        raise WrongUse("assay collect", "name the files or folders to take in")
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise WrongUse(", ".join(missing), "no such file or folder")
    run = session()
    signer = run.signer(person)
    taken: list[Any] = []
    with run.ledger() as ledger:
        if day is not None:
            _same_day(ledger, day)
        intake = _intake(ledger, signer)
        now = received_at or ledger.clock()
        for path, how in _each(paths, channel):
            taken += _take(intake, path, how, now, contributor, note)
    _say_taken(taken, as_json)


def _same_day(ledger: Any, day: Day) -> None:
    """`day collect` is for the day that runs; what comes later is another day's act."""
    from assay.core import zone_of

    today = ledger.clock().astimezone(zone_of("Asia/Shanghai")).date()
    if day > today:
        raise WrongUse(
            f"--date {day}", f"the clock of this home says {today}: this day is yet to come"
        )


def _take(
    intake: Any, path: Path, how: str, now: datetime, contributor: str | None, note: str
) -> list[Any]:
    from assay.collection.intake import Sent

    beside = path.with_suffix(".txt")
    if how == "fax" and not note and path.suffix != ".txt" and beside.is_file():
        note = beside.read_text("utf-8")
    if how == "email" and not contributor:
        found: list[Any] = intake.take_mails(path, now)
        return found
    return [
        intake.take(path, how, now, Sent(name=path.name, contributor=contributor, typed_note=note))
    ]


def _each(paths: Sequence[Path], channel: str) -> list[tuple[Path, str]]:
    """Every file with its channel; a maildir is one path."""
    found: list[tuple[Path, str]] = []
    for path in paths:
        if path.is_file():
            found.append((path, _channel(path, channel)))
            continue
        if (path / "new").is_dir() or (path / "cur").is_dir():
            found.append((path, "email"))
        skipped = {"new", "cur", "tmp"} | {each.with_suffix(".txt").name for each in _pages(path)}
        inner = [each for each in sorted(path.iterdir()) if each.name not in skipped]
        found += _each([each for each in inner if not each.name.startswith(".")], channel)
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


def _say_taken(taken: Sequence[Any], as_json: bool) -> None:
    rows = [
        {
            "evidence": each.evidence, "submissions": list(each.submissions),
            "skipped": each.skipped, "findings": [finding.document() for finding in each.findings],
        }
        for each in taken
    ]  # fmt: skip
    if answer({"taken": rows}, as_json):
        return
    for each in taken:
        for finding in each.findings:
            say_finding(finding)
    offered = sum(len(row["submissions"]) for row in rows)
    say(f"{len(rows)} pieces of evidence, {offered} submissions offered: confirm them")
