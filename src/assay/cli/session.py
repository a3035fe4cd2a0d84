"""What every command shares: settings, the open home, who signs, how answers are printed.

One session a run; commands ask `session()` for it. Prints, and decides nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, Token

from assay.core import Finding, Severity, parse_instant, plain, refused
from assay.settings import Settings, load_settings

if TYPE_CHECKING:
    from assay.desk import Desk
    from assay.ledger import Ledger, Signer

FINE, FINDING, WRONG_USE = 0, 1, 2


class WrongUse(Exception):
    """A command that cannot be meant: exit code 2, with the place and the way out."""

    def __init__(self, where: str, what_to_do: str) -> None:
        super().__init__(f"{where}: {what_to_do}")
        self.where = where
        self.what_to_do = what_to_do


@dataclass
class Session:
    """One run of the command line."""

    environ: Mapping[str, str]
    as_json: bool = False
    command: str = "assay"

    @cached_property
    def settings(self) -> Settings:
        """The settings in force."""
        return load_settings(self.environ)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The open ledger of the home."""
        from assay.desk.wiring import open_ledger

        with open_ledger(self.settings) as ledger:
            yield ledger

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The desk of the home."""
        from assay.desk.wiring import open_desk

        with open_desk(self.settings) as desk:
            yield desk

    def signer(self, person: str | None) -> Signer | None:
        """The key of the person, or None for the clockwork."""
        from assay.ledger import load_signer

        return None if person is None else load_signer(self.settings.keys, person)

    def must_sign(self, person: str | None) -> Signer:
        """The key of the person who must be named."""
        signer = self.signer(person)
        if signer is None:
            raise WrongUse("--as", "name the person who does this: --as PERSON")
        return signer

    def permit(self, ledger: Ledger, signer: Signer | None, permission: str) -> None:
        """Refuse a person who may not, before anything is kept; the clockwork may."""
        from assay.core import utc, zone_of
        from assay.desk.roles import load_permissions, require

        if signer is None:
            return
        permissions = load_permissions(self.settings.reference)
        today = utc(ledger.clock()).astimezone(zone_of("Asia/Shanghai")).date()
        with ledger.read() as connection:
            require(connection, permissions, signer.person, permission, today)

    def proved(self, desk: Desk, person: str | None, *, logged: bool = False) -> str | None:
        """The person, proved by a key that the journal knows; None when nobody is named.

        An auditor's look is recorded here unless the command says that it is `logged`.
        """
        from assay.ledger.book.home import active_key

        if person is None:
            return None
        signer = self.must_sign(person)
        with desk.ledger.read() as connection:
            known = active_key(connection, person)
        if known is None or known["key"] != signer.key:
            raise refused(
                "key.unknown",
                f"key {signer.key} of {person}",
                "the journal knows no such active key",
            )
        if not logged:
            self._log_look(desk, signer)
        return person

    def _log_look(self, desk: Desk, signer: Signer) -> None:
        from assay.governance.audit import AUDITOR, log_view
        from assay.ledger.book.home import person_on

        with desk.ledger.read() as connection:
            known = person_on(connection, signer.person, desk.today())
        if known is not None and AUDITOR in known.roles:
            log_view(
                desk.ledger, signer.person, "command", {"command": self.command},
                door="commands", today=desk.today(), signer=signer,
            )  # fmt: skip


_SESSION: ContextVar[Session] = ContextVar("session")


@contextmanager
def entered(current: Session) -> Iterator[None]:
    """Make `current` the session of this run."""
    token = _SESSION.set(current)
    try:
        yield
    finally:
        _SESSION.reset(token)


def session() -> Session:
    """The session of this run."""
    return _SESSION.get()


# ---- parameters that many commands share -------------------------------------------------


def _day(_type: Any, tokens: Sequence[Token]) -> date:
    text = tokens[0].value
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date: write e.g. 2025-12-30") from None
    if day.isoformat() != text:
        raise ValueError(f"{text!r} is no date: write e.g. {day.isoformat()}")
    return day


def _instant(_type: Any, tokens: Sequence[Token]) -> datetime:
    return parse_instant(tokens[0].value)


Date = Annotated[
    date, Parameter(name="--date", converter=_day, help="Pricing date, e.g. 2025-12-30.")
]
OptionalDate = Annotated[
    date | None,
    Parameter(name="--date", converter=_day, help="Pricing date; the newest when left out."),
]
First = Annotated[date | None, Parameter(name="--from", converter=_day, help="First pricing date.")]
Last = Annotated[date | None, Parameter(name="--to", converter=_day, help="Last pricing date.")]
SomeDate = Annotated[date, Parameter(converter=_day, help="A day, e.g. 2025-12-30.")]
SomeOptionalDate = Annotated[date | None, Parameter(converter=_day, help="A day, e.g. 2025-12-30.")]
Instant = Annotated[
    datetime, Parameter(converter=_instant, help="An instant, e.g. 2025-12-30T10:14:00+08:00.")
]
OptionalInstant = Annotated[
    datetime | None,
    Parameter(converter=_instant, help="An instant, e.g. 2025-12-30T10:14:00+08:00."),
]
As = Annotated[
    str | None, Parameter(name="--as", help="Who does this; signed with his file in ASSAY_KEYS.")
]
Json = Annotated[bool, Parameter(name="--json", negative=(), help="Print JSON for machines.")]
Series = Annotated[str, Parameter(name="--series", help="A series code, or all.")]


# ---- answers -----------------------------------------------------------------------------


def say_finding(finding: Finding) -> None:
    """A finding on standard error: one line for people, one JSON object for machines."""
    if _SESSION.get(Session({})).as_json:
        print(json.dumps({"finding": finding.document()}, ensure_ascii=False), file=sys.stderr)
    else:
        print(f"{finding.severity.value}: {finding.code}\n  {finding.where}\n  -> {finding.what_to_do}", file=sys.stderr)  # fmt: skip


def verdict(findings: Iterable[Finding]) -> int:
    """The exit code of a command that did its work and found these: 1 where one needs eyes."""
    return FINDING if any(each.severity is not Severity.INFO for each in findings) else FINE


def say_json(document: Any) -> None:
    """The whole answer as JSON."""
    print(json.dumps(plain(document), ensure_ascii=False, indent=2))


def say(*lines: str) -> None:
    """Plain lines for people."""
    for line in lines:
        print(line)


def say_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], right: Sequence[str] = ()
) -> None:
    """A table for people; `right` names the columns that hold numbers."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if each is None else str(each) for each in row))
    console = Console(file=sys.stdout, soft_wrap=False, highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, width=160, highlight=False, markup=False)
    try:
        console.print(table)
    except SystemExit:
        # rich leaves with 1 when the reader closed the pipe (`| head`): no finding of the command
        raise BrokenPipeError from None


def answer(document: Any, as_json: bool) -> bool:
    """Print `document` when JSON is asked for; says whether it did."""
    if as_json:
        say_json(document)
    return as_json
