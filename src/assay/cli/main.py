"""The root of the command line: its groups, its errors, its exit codes.

0 fine, 1 a finding or failed check, 2 wrong use. Bad input never ends in a traceback.
Adding a group of commands is one line in `GROUPS`.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from cyclopts import App, CycloptsError

from assay import __version__
from assay.cli.session import FINDING, FINE, WRONG_USE, Session, WrongUse, entered, say_finding
from assay.core import (
    BrokenPromise,
    CalendarNotAnnounced,
    Finding,
    NaiveInstant,
    NotANumber,
    Refused,
    Severity,
    UnitError,
)

#: name -> (where its function or App is, one line of help). One line makes a group.
GROUPS: dict[str, tuple[str, str]] = {
    "determine": ("assay.cli.determine:determine", "Run one document on one day."),
    "day": ("assay.cli.day:app", "The pricing day: open, collect, ... publish, correct."),
    "price": ("assay.cli.price:price", "A published price, now or as known at an instant."),
    "collect": ("assay.cli.collect:app", "Take messages in, evidence first."),
    "market": ("assay.cli.feed:app", "Market facts: exchange closes, rates, intensities."),
    "ledger": ("assay.cli.ledger:app", "The journal: check, rebuild, copy, entries."),
    "backup": ("assay.cli.backup:app", "Back a home up, and restore it with proof."),
    "health": ("assay.cli.backup:health", "Whether all is well with the home."),
    "export": ("assay.cli.export:app", "Bundles for auditors and for the public."),
    "comment": ("assay.cli.comment:app", "The daily comment: build, check, approve, publish."),
    "methodology": (
        "assay.cli.methodology:app",
        "Methodology documents: check, list, render, differences.",
    ),
    "replay": ("assay.cli.replay:replay", "A document over stored years; or the journal again."),
    "change": ("assay.cli.change:app", "Methodology changes and yearly consultations."),
    "complaint": ("assay.cli.complaint:app", "Complaints, corrections, error statistics."),
    "home": ("assay.cli.home:app", "The home of an agency: create it, ask about it."),
    "person": ("assay.cli.person:app", "Persons of the agency and their roles."),
    "integrity": ("assay.cli.integrity:app", "Pressure reports, declarations, surveillance."),
    "contributor": ("assay.cli.contributor:app", "Contributors: files, checks, scores."),
    "audit": ("assay.cli.audit:app", "The auditor's room: dossier, sample, reproduce, bundle."),
    "controls": ("assay.cli.controls:app", "Controls, tested; findings, alarms; retention."),
    "key": ("assay.cli.key:app", "Key files: make, register, rotate."),
    "settings": ("assay.cli.settings:settings", "Every setting, with where it came from."),
    "serve": ("assay.cli.serve:serve", "The pages and the loop of the day."),
    "clock": ("assay.cli.clock:app", "The clock of a home; a simulated one can be set forward."),
}

#: What a group's own help shows of its commands; a single command has its example in its docstring.
EXAMPLES = {
    "day": "assay day status --date 2025-12-30 --as P-01",
    "collect": "assay collect inbox/wechat/group.csv --channel wechat --as P-01",
    "market": "assay market import examples/agency/market/before/usdcny.csv --as P-01",
    "ledger": "assay ledger check",
    "backup": "assay backup make backup/2025-12-30",
    "export": "assay export day 2025-12-30 --for public --out bundle",
    "comment": "assay comment build --date 2025-12-31 --out comment",
    "methodology": "assay methodology list --on 2025-12-30",
    "change": "assay change list",
    "complaint": "assay complaint register",
    "home": "assay home show",
    "person": "assay person list",
    "integrity": "assay integrity alarms --as P-05",
    "contributor": "assay contributor list --date 2025-12-31 --as P-05",
    "audit": "assay audit reproduce AL-LC --date 2025-12-30 --as P-06",
    "controls": "assay controls list --as P-05",
    "key": "assay key make P-08 --as P-07",
    "clock": "assay clock show",
}


def build_app(*, listed: bool = False) -> App:
    """The whole command line; groups are imported when they are used.

    `listed` gives each group its one line, so that listing them imports none. Otherwise each
    says its own help, with its example: a line would stand in its place.
    """
    app = App(
        name="assay",
        help="The price reporting agency as software: from the first message to a signed price.",
        version=__version__,
        help_format="markdown",
        result_action="return_value",
    )
    for name, (place, says) in GROUPS.items():
        whole = f"{says}\n\nExample: `{EXAMPLES[name]}`" if name in EXAMPLES else None
        app.command(place, name=name, help=says if listed else whole)
    return app


def run(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Run one command; gives the exit code. Errors go to standard error as findings."""
    session = Session(
        dict(os.environ if environ is None else environ),
        as_json="--json" in arguments,
        command=" ".join(each for each in arguments[:2] if not each.startswith("-")),
    )
    with entered(session):
        try:
            outcome = build_app(listed=next(iter(arguments), "") not in GROUPS)(
                list(arguments),
                exit_on_error=False,
                print_error=False,
                result_action="return_value",
            )
        except CycloptsError as problem:
            return _wrong_use(problem)
        except SystemExit as leaving:
            return leaving.code if isinstance(leaving.code, int) else WRONG_USE
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            return FINDING
        except BrokenPipeError:
            return FINE
        except Exception as problem:  # noqa: BLE001  (the last place where a traceback can be kept from a person)
            return _failed(problem, session)
    return outcome if isinstance(outcome, int) and not isinstance(outcome, bool) else FINE


def _wrong_use(problem: CycloptsError) -> int:
    said = " ".join(str(problem).split()) or type(problem).__name__
    where = " ".join(problem.command_chain or []) or "assay"
    say_finding(Finding("command.wrong_use", Severity.ERROR, f"assay {where}".replace("assay assay", "assay"), f"{said} (--help shows how)"))  # fmt: skip
    return WRONG_USE


def _failed(problem: Exception, session: Session) -> int:
    if isinstance(problem, Refused | BrokenPromise):
        for each in getattr(problem, "findings", None) or (problem.finding,):
            say_finding(each)
        return WRONG_USE if problem.finding.code.startswith("settings.") else FINDING
    if isinstance(problem, WrongUse):
        say_finding(Finding("command.wrong_use", Severity.ERROR, problem.where, problem.what_to_do))
        return WRONG_USE
    if isinstance(problem, CalendarNotAnnounced):
        say_finding(Finding("calendar.not_announced", Severity.ERROR, "calendar", str(problem)))
        return FINDING
    if isinstance(problem, NaiveInstant | NotANumber | UnitError):
        say_finding(Finding("command.wrong_use", Severity.ERROR, "value", str(problem)))
        return WRONG_USE
    if isinstance(problem, FileNotFoundError | IsADirectoryError | PermissionError):
        say_finding(Finding("file.unreadable", Severity.ERROR, str(problem.filename), f"{problem.strerror}: name a file that can be read"))  # fmt: skip
        return WRONG_USE
    if type(getattr(problem, "orig", None)) is sqlite3.DatabaseError:
        said = f"{problem.orig}: restore it from the last backup (assay backup restore)"  # type: ignore[attr-defined] # a driver's error, looked up above
        say_finding(Finding("store.damaged", Severity.ERROR, str(session.settings.home), said))
        return FINDING
    return _unforeseen(problem, session)


def _unforeseen(problem: Exception, session: Session) -> int:
    """A fault of ours: said in one line; the traceback shows with log level debug."""
    if session.environ.get("ASSAY_LOG_LEVEL") == "debug":
        raise problem
    place: Any = problem.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "unknown"
    said = (
        f"{type(problem).__name__}: {problem}; run again with ASSAY_LOG_LEVEL=debug and report it"
    )
    say_finding(Finding("program.fault", Severity.ERROR, where, said))
    return FINDING


def main() -> None:
    """Entry point of the program."""
    sys.exit(run(sys.argv[1:]))
