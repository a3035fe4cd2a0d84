"""`assay day ...`, the commands about submissions: collect, confirm, withdraw, discard, judge.

Functions only; `day` puts them beside its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from assay import desk as acts
from assay.cli.session import (
    As,
    Date,
    Json,
    Series,
    WrongUse,
    answer,
    say_finding,
    say_table,
    session,
    verdict,
)
from assay.cli.told import told, wanted
from assay.core import Finding

Words = Annotated[str, Parameter(help="Words, kept for ever.")]


def collect(
    *paths: Annotated[
        Path, Parameter(help="Files and folders; a folder's name may say the channel.")
    ],
    date: Date,
    channel: str = "auto",
    series: Series = acts.ALL,
    as_: As = None,
    json: Json = False,
) -> int:
    """Take the day's messages in: archived first, then read and offered.

    Without a path the folder `inbox` of the home. Everything is taken in; with --series only what
    was offered for these is listed.

    Example: `assay day collect inbox/mail inbox/wechat --date 2025-12-30 --as P-01`
    """
    from assay.cli.collect import take_paths

    return take_paths(
        list(paths), channel=channel, day=date, person=as_, as_json=json, series=wanted(series)
    )


def confirm(
    *submissions: str,
    date: Date,
    all: Annotated[bool, Parameter(negative=(), help="Every complete offer of the day.")] = False,  # noqa: A002  (the option's name)
    set: Annotated[list[str], Parameter(help="field=value, as often as needed.")] = [],  # noqa: A002, B006  (the option's name; never changed)
    words: Words = "",
    as_: As = None,
    json: Json = False,
) -> int:
    """Confirm what was read, filling in or correcting fields.

    With --all every offer that is complete and free of errors, in one transaction; each other
    one is said with its reason, and the exit code is 1.

    Example: `assay day confirm S-20251230-01 --date 2025-12-30 --set payment=cash --as P-01`
    """
    run = session()
    changes = dict(_pair(each) for each in set)
    with run.desk() as desk:
        signer = run.must_sign(as_)
        if not submissions and not all:
            raise WrongUse("assay day confirm", "name submissions, or --all")
        if changes and (all or len(submissions) > 1):
            raise WrongUse("assay day confirm --set", "changes go to one submission at a time")
        names, left = list(submissions), list[Finding]()
        if all:
            with desk.ledger.read() as connection:
                ready, left = acts.open_offers(desk, connection, date)
            names += ready
        if changes:
            entries = [acts.confirm(desk, signer, names[0], changes, words)]
        else:
            entries = acts.confirm_all(desk, signer, names, words) if names else []
    for finding in left if not json else ():
        say_finding(finding)
    told(entries, json, left_out=[each.document() for each in left])
    return verdict(left)


def _pair(text: str) -> tuple[str, str]:
    name, equals, content = text.partition("=")
    if not equals:
        raise WrongUse(f"--set {text}", "write field=value")
    return name.strip(), content.strip()


def withdraw(
    submission: str, *, date: Date, words: Words, as_: As = None, json: Json = False
) -> None:
    """Record that the contributor takes a datum back (until the cut-off).

    Example: `assay day withdraw S-1 --date 2025-12-30 --words "firm withdrew by phone" --as P-01`
    """
    del date
    run = session()
    with run.desk() as desk:
        told([acts.withdraw(desk, run.must_sign(as_), submission, words)], json)


def discard(
    submission: str, *, date: Date, words: Words, as_: As = None, json: Json = False
) -> None:
    """Decide that what was read is no datum (a greeting, a forward of an old message).

    Example: `assay day discard S-2 --date 2025-12-30 --words "no quote" --as P-01`
    """
    del date
    run = session()
    with run.desk() as desk:
        told([acts.discard(desk, run.must_sign(as_), submission, words)], json)


def judge(
    submission: str,
    decision: Annotated[str, Parameter(help="exclude, include, or none to take it back.")],
    *,
    date: Date,
    code: Annotated[str, Parameter(help="A reason or guideline of the document.")] = "",
    words: Words,
    as_: As = None,
    json: Json = False,
) -> None:
    """Exclude or include a datum by judgement, with the document's reason code and words.

    Example: `assay day judge S-3 exclude --code outlier --words "200 off" --date 2025-12-30 --as P-01`
    """
    run = session()
    with run.desk() as desk:
        signer = run.must_sign(as_)
        told([acts.judge(desk, signer, submission, decision, code, words, date)], json)


def submissions(
    *, date: Date, series: Series = acts.ALL, as_: As = None, json: Json = False
) -> None:
    """List the day's submissions with their state and verdict (the desk's own people only).

    Example: `assay day submissions --date 2025-12-30 --as P-01 --json`
    """
    run = session()
    with run.desk() as desk:
        person = run.proved(desk, run.must_sign(as_).person)
        rows = acts.blotter(desk, date, None if series == acts.ALL else series, person)
    if not answer({"submissions": rows}, json):
        names = ("submission", "state", "series", "contributor", "kind", "price", "quantity", "verdict", "missing")  # fmt: skip
        say_table(f"Submissions {date}", names, [[row[name] for name in names] for row in rows])


COMMANDS = (collect, confirm, withdraw, discard, judge, submissions)
