"""`assay integrity ...`: pressure reports, declarations, surveillance. Holds no rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

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
    from collections.abc import Sequence

    from assay.governance.integrity.panel import Flag
    from assay.ledger import Entry

app = App(name="integrity", help="Pressure reports, declarations, surveillance.")
Words = Annotated[str, Parameter(name="--words", help="In words: what, or why.")]
Confidential = Annotated[str, Parameter(name="--words", help="In words; they go to the vault.")]


def _done(entry: Entry, subject: str, json: bool) -> None:
    if not answer({"seq": entry.seq, "kind": entry.kind, **entry.body}, json):
        say(f"{entry.kind} {subject} (entry {entry.seq})")


# ---- pressure ----------------------------------------------------------------------------


@app.command
def report(
    manner: Literal["force", "threat", "inducement", "other"], *, words: Confidential,
    contributor: Annotated[str | None, Parameter(help="The firm it came from.")] = None,
    against: Annotated[str | None, Parameter(help="The person of the house it is about; it goes past him.")] = None,
    series: Annotated[list[str] | None, Parameter(help="The series it concerns.")] = None,
    as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Report pressure or inducement in confidence, to the supervisor and compliance.

    Example: `assay integrity report inducement --contributor F03 --words "offered a trip" --as P-01`
    """
    from assay.governance.integrity import pressure

    with open_office() as office:
        entry = pressure.report(
            office, session().must_sign(as_), manner, words, contributor=contributor,
            against=against, series=series or [],
        )  # fmt: skip
    _done(entry, f"{entry.body['report']}, to be answered by {entry.body['answer_by']}", json)


@app.command
def reports(*, as_: As = None, json: Json = False) -> int:
    """List the pressure reports that one may read, with their clock; exit 1 when one is overdue.

    Example: `assay integrity reports --as P-05`
    """
    from assay.governance.integrity import pressure

    with open_office() as office:
        rows = pressure.visible(office, reader(office, as_))
    if not answer({"reports": rows}, json):
        say_table("", ("report", "day", "manner", "firm", "state", "answer by", "close by", "overdue", "words"), [(r["report"], r["day"], r["manner"], r["contributor"], r["state"], r["answer_by"], r["close_by"], r["overdue"], r["words"]) for r in rows])  # fmt: skip
    return FINDING if any(row["overdue"] for row in rows) else FINE


@app.command(name="answer")
def answer_(report: str, *, words: Confidential, as_: As = None, json: Json = False) -> None:
    """Take a pressure report up, as supervisor or compliance.

    Example: `assay integrity answer PR-0001 --words "spoken with the firm" --as P-05`
    """
    from assay.governance.integrity import pressure

    with open_office() as office:
        _done(pressure.answer(office, session().must_sign(as_), report, words), report, json)


@app.command
def conclude(
    report: str, outcome: Literal["confirmed", "not_confirmed", "passed_on"], *,
    words: Confidential, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Close a pressure report with its outcome and words.

    Example: `assay integrity conclude PR-0001 confirmed --words "firm warned" --as P-05`
    """
    from assay.governance.integrity import pressure

    with open_office() as office:
        _done(pressure.close(office, session().must_sign(as_), report, outcome, words), report, json)  # fmt: skip


@app.command
def clock(*, json: Json = False) -> None:
    """Escalate every pressure report whose clock ran out; the clockwork signs, once for each.

    Example: `assay integrity clock`
    """
    from assay.governance.integrity import pressure

    with open_office() as office:
        entries = pressure.run_clock(office)
    if not answer({"escalated": [entry.body for entry in entries]}, json):
        say(f"{len(entries)} escalated")


# ---- declarations ------------------------------------------------------------------------


@app.command
def declare(
    interest: Literal["conflict", "holding", "outside_job", "gift", "none"], *,
    series: list[str] | None = None, words: str = "", contributor: str | None = None,
    amount: str | None = None, renews: str | None = None, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Declare an interest of one's own, or that there is none; to be renewed within a year.

    Example: `assay integrity declare holding --series AL-A00-FOSHAN --words "shares of a smelter" --as P-01`
    """
    from assay.governance.integrity import declaring

    with open_office() as office:
        entry = declaring.declare(
            office, session().must_sign(as_), interest, series=series or [], words=words,
            contributor=contributor, amount=amount, renews=renews,
        )  # fmt: skip
    _done(entry, f"{entry.body['declaration']}, to be renewed by {entry.body['renew_by']}", json)


@app.command
def ended(
    declaration: str, *, until: SomeDate, words: Words, as_: As = None, json: Json = False
) -> None:
    """Say that a declared interest is gone after a day.

    Example: `assay integrity ended DC-0001 --until 2026-01-30 --words "sold" --as P-01`
    """
    from assay.governance.integrity import declaring

    with open_office() as office:
        _done(declaring.end_interest(office, session().must_sign(as_), declaration, until, words), declaration, json)  # fmt: skip


@app.command
def declarations(*, as_: As = None, json: Json = False) -> None:
    """List the declarations in force: all of them for compliance, else one's own.

    Example: `assay integrity declarations --as P-05`
    """
    from assay.governance.integrity import declaring

    with open_office() as office:
        rows = declaring.register(office, reader(office, as_))
    if not answer({"declarations": rows}, json):
        say_table("", ("declaration", "person", "interest", "series", "since", "renew by", "words"), [(r["declaration"], r["person"], r["interest"], ", ".join(r["series"]), r["since"], r["renew_by"], r["words"]) for r in rows])  # fmt: skip


@app.command
def supervise(
    person: str, supervisor: str, *, since: SomeDate, as_: As = None, json: Json = False
) -> None:
    """Name who supervises a person from a day on.

    Example: `assay integrity supervise P-01 P-03 --since 2026-01-05 --as P-05`
    """
    from assay.governance.integrity import declaring

    with open_office() as office:
        _done(declaring.supervise(office, session().must_sign(as_), person, supervisor, since), person, json)  # fmt: skip


@app.command
def review(
    person: str, *, series: list[str], words: Words, as_: As = None, json: Json = False
) -> None:
    """Sign that an assessor is fit for these series; looked at again within a year.

    Example: `assay integrity review P-01 --series AL-A00-FOSHAN --words "trained, ten years" --as P-05`
    """
    from assay.governance.integrity import declaring

    with open_office() as office:
        _done(declaring.review(office, session().must_sign(as_), person, series, words), person, json)  # fmt: skip


@app.command
def alarms(*, series: list[str] | None = None, as_: As = None, json: Json = False) -> int:
    """List declarations and reviews that are missing or overdue, and series with too few assessors.

    Example: `assay integrity alarms --series AL-A00-FOSHAN --as P-05`
    """
    from assay.governance.integrity import declaring

    with open_office() as office:
        office.permit(reader(office, as_), declaring.READ)
        found = declaring.alarms(office, series or [])
    if not answer({"alarms": [each.document() for each in found]}, json):
        for each in found:
            say_finding(each)
        say(f"{len(found)} alarms")
    return FINDING if found else FINE


# ---- surveillance ------------------------------------------------------------------------


def _say_flags(flags: Sequence[Flag], total: int, json: bool) -> None:
    rows = [{"rank": place, **flag.document()} for place, flag in enumerate(flags, start=1)]
    if not answer({"flags": rows, "total": total}, json):
        say_table(f"{len(rows)} of {total} flags", ("rank", "times", "by", "sentence", "evidence"), [(r["rank"], r["strength"], r["detector"], r["sentence"], r["links"][0]) for r in rows], right=("rank", "times"))  # fmt: skip


@app.command
def watch(
    *, first: First = None, last: Last = None, futures: str | None = "AD-MAIN",
    known_at: OptionalInstant = None, top: int = 100,
    record: Annotated[bool, Parameter(negative=(), help="Raise what is not raised yet.")] = False,
    as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Run surveillance over the journal and rank what it saw; with --record flags are raised.

    Example: `assay integrity watch --from 2025-12-01 --record --as P-05`
    """
    from assay.governance.integrity import reading, surveillance

    with open_office() as office:
        office.permit(reader(office, as_), surveillance.READ)
        panel = reading.from_journal(office.ledger, futures=futures, first=first, last=last, until=known_at)  # fmt: skip
        if record:
            surveillance.raise_flags(office, panel)
        flags = surveillance.survey(panel, office.thresholds)
    _say_flags(flags[:top], len(flags), json)


@app.command
def panel(
    submissions: Path, *, finals: Path | None = None, level: str | None = None, top: int = 100,
    json: Json = False,
) -> None:  # fmt: skip
    """Run surveillance over a table of quotes (CSV, plain or gzip); rates need --level.

    Example: `assay integrity panel quotes.csv.gz --finals published.csv.gz --level 5`
    """
    from assay.governance.integrity import reading, surveillance
    from assay.governance.office import load_thresholds

    table = reading.from_table(submissions, finals, level)
    flags = surveillance.survey(table, load_thresholds(session().settings.reference))
    _say_flags(flags[:top], len(flags), json)


@app.command
def flags(
    *, all_: Annotated[bool, Parameter(name="--all", negative=())] = False,
    since: SomeOptionalDate = None, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """List the flags that nobody closed yet (or all), strongest first.

    Example: `assay integrity flags --as P-05`
    """
    from assay.governance.integrity import surveillance

    with open_office() as office:
        rows = surveillance.flags_for(
            office, reader(office, as_), state="all" if all_ else "open", since=since
        )
    if not answer({"flags": rows}, json):
        say_table("", ("flag", "times", "by", "sentence", "outcome", "words"), [(r["flag"], r["strength"], r["detector"], r["sentence"], r["outcome"], r["words"]) for r in rows], right=("times",))  # fmt: skip


@app.command
def close(
    flag: str, outcome: Literal["misconduct", "error", "explained", "false_alarm"], *,
    words: Words, as_: As = None, json: Json = False,
) -> None:  # fmt: skip
    """Close a flag: what it was, in words.

    Example: `assay integrity close FL-0123456789ab explained --words "strike at the smelter" --as P-05`
    """
    from assay.governance.integrity import surveillance

    with open_office() as office:
        _done(surveillance.close_flag(office, session().must_sign(as_), flag, outcome, words), flag, json)  # fmt: skip
