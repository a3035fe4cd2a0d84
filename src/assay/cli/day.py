"""`assay day ...`: the pricing day at the desk, as commands that analysts script.

Each command is one desk act. What it prints is for the person who gave his key; without
one, no number that is not published yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import App, Parameter

from assay import desk as acts
from assay.cli.day_data import COMMANDS, Words
from assay.cli.session import (
    As,
    Date,
    Json,
    Series,
    SomeDate,
    WrongUse,
    answer,
    say,
    say_finding,
    say_table,
    session,
    verdict,
)
from assay.cli.told import told, wanted
from assay.core import Finding, Severity
from assay.ledger import Entry

app = App(
    name="day", help="The pricing day: open, collect, screen, determine, ... publish, correct."
)

for _command in COMMANDS:
    app.command(_command)

LEGS = ("low", "mid", "high")


@app.command
def open(*, date: Date, series: Series = acts.ALL, as_: As = None, json: Json = False) -> int:  # noqa: A001  (the command's name)
    """Open a pricing day; a holiday in the week ends as not assessed at once.

    Example: `assay day open --date 2025-12-30 --as P-01`
    """
    run = session()
    with run.desk() as desk:
        entries = acts.open_day(desk, run.signer(as_), date, wanted(series))
    raised = _raised(entries)
    for each in raised:
        say_finding(each)
    told(entries, json)
    return verdict(raised)


def _raised(entries: Sequence[Entry]) -> list[Finding]:
    """The findings that an act raised in the journal."""
    bodies = [each.body for each in entries if each.kind == "finding.raised/1"]
    return [
        Finding(body["code"], Severity(body["severity"]), body["where"], body["what_to_do"])
        for body in bodies
    ]


@app.command
def screen(*, date: Date, series: Series = acts.ALL, as_: As = None, json: Json = False) -> int:
    """Run the rules of the documents on every datum and record each verdict.

    Example: `assay day screen --date 2025-12-30 --as P-01`
    """
    run = session()
    with run.desk() as desk:
        inside = run.proved(desk, as_)
        entries = acts.screen(desk, run.signer(as_), date, wanted(series))
    raised = _raised(entries)
    for each in raised if inside else ():
        say_finding(each)
    rows = [_screened(each.body) for each in entries if each.kind == "submission.screened/1"]
    if answer({"screened": rows if inside else len(rows)}, json):
        return verdict(raised)
    if inside:
        table = [(r["submission"], r["series"], r["outcome"], "; ".join(r["failed"])) for r in rows]
        say_table(f"Screened {date}", ("submission", "series", "outcome", "why"), table)
    else:
        say(f"{len(rows)} screened")
    return verdict(raised)


def _screened(body: dict[str, Any]) -> dict[str, Any]:
    failed = [
        f"{each['code']} (clause {each['clause'] or 'desk'})"
        for each in body["verdicts"]
        if each["verdict"] not in ("pass", "flag")
    ]
    outcome = "passed" if body["passed"] else "late" if body["late"] else "not used"
    return {
        "submission": body["submission"], "series": body["series"], "outcome": outcome,
        "failed": failed,
    }  # fmt: skip


@app.command
def determine(*, date: Date, series: Series = acts.ALL, as_: As = None, json: Json = False) -> None:
    """Determine prices from what is confirmed, in order of dependence.

    Example: `assay day determine --date 2025-12-30 --as P-01`
    """
    run = session()
    with run.desk() as desk:
        inside = run.proved(desk, as_)
        entries = acts.determine_series(desk, run.signer(as_), date, wanted(series))
    names = ("series", "status", "reason", *LEGS, "branch", "n_received", "n_used")
    seen = names if inside else ("series",)
    rows = [{name: each.body["determination"][name] for name in seen} for each in entries]
    if not answer({"determined": rows}, json):
        say_table(f"Determined {date}", seen, [tuple(row.values()) for row in rows], (*LEGS, "n_received", "n_used"))  # fmt: skip


@app.command
def propose(
    *,
    date: Date,
    series: Series = acts.ALL,
    low: str | None = None,
    mid: str | None = None,
    high: str | None = None,
    guideline: Annotated[
        str | None, Parameter(help="The document's guideline for judgement.")
    ] = None,
    words: Annotated[
        str, Parameter(help="The rationale; drafted from the facts when left out.")
    ] = "",
    as_: As = None,
    json: Json = False,
) -> None:
    """Propose what was determined, or adjust it with a rationale (marked as judgement).

    Example: `assay day propose --date 2025-12-30 --series all --as P-01`
    """
    run = session()
    adjustment = acts.Adjustment(low, mid, high, guideline)
    if adjustment.legs() and ("," in series or series == acts.ALL):
        raise WrongUse("--low --mid --high", "an adjustment is of one series: --series CODE")
    with run.desk() as desk:
        signer = run.must_sign(as_)
        entries = acts.propose(
            desk, signer, date, wanted(series), adjustment=adjustment, rationale=words
        )
    _proposals(entries, json)


def _proposals(entries: Sequence[Entry], as_json: bool) -> None:
    ticks = [each.body["tick"] | {"proposal": each.body["proposal"]} for each in entries if "tick" in each.body]  # fmt: skip
    names = ("series", "pricing_date", "revision", *LEGS, "unit", "branch", "rationale", "proposal")
    rows = [{name: tick[name] for name in names} for tick in ticks]
    if not answer({"proposed": rows}, as_json):
        shown = [(r["series"], r["pricing_date"], r["revision"], r["low"], r["mid"], r["high"], r["proposal"][:18]) for r in rows]  # fmt: skip
        say_table("Proposed", ("series", "date", "rev", *LEGS, "digest"), shown, LEGS)


@app.command
def approve(
    *,
    date: Date,
    series: Series = acts.ALL,
    proposal: Annotated[list[str], Parameter(help="The exact digest(s) you looked at.")] = [],  # noqa: B006  (never changed)
    words: Words = "",
    as_: As = None,
    json: Json = False,
) -> None:
    """Approve proposals by their digest; without one, exactly what stands at this moment.

    Example: `assay day approve --date 2025-12-30 --series AL-LC --proposal sha256:... --as P-03`
    """
    run = session()
    done: list[Entry] = []
    with run.desk() as desk:
        signer = run.must_sign(as_)
        for code, day, digest in _to_approve(desk, date, series, signer.person, proposal):
            done.append(acts.approve(desk, signer, code, day, digest, words))
    told(done, json)


def _to_approve(
    desk: acts.Desk, day: SomeDate, series: str, person: str, named: Sequence[str]
) -> list[tuple[str, SomeDate, str]]:
    """What is to be approved: the named digests, or what stands and this person did not sign."""
    chosen = None if series == acts.ALL else wanted(series)
    with desk.ledger.read() as connection:
        rows = acts.awaiting(desk, connection, day)
    if named:
        by_digest = {row["proposal"]: row for row in rows}
        one = chosen[0] if chosen and len(chosen) == 1 else None
        found = []
        for digest in named:
            row = by_digest.get(digest)
            if row is None and one is None:
                raise WrongUse(
                    "--proposal", f"{digest} stands for no series of {day}: name --series too"
                )
            found.append(
                (row["series"], row["pricing_date"], digest) if row else (str(one), day, digest)
            )
        return found
    if chosen is not None:
        rows = [row for row in rows if row["series"] in chosen]
        missing = [code for code in chosen if code not in {row["series"] for row in rows}]
        if missing:
            with desk.ledger.read() as connection:
                acts.live_proposal(connection, missing[0], day)
            raise WrongUse(f"{missing[0]} on {day}", "its proposal has every signature it needs")
    rows = [row for row in rows if person not in row["approved_by"]]
    if not rows:
        raise WrongUse(f"assay day approve --date {day}", "nothing waits for an approval of yours")
    return [(row["series"], row["pricing_date"], row["proposal"]) for row in rows]


@app.command(name="return")
def return_(
    *, date: Date, series: Series, words: Words, proposal: str | None = None, as_: As = None, json: Json = False
) -> None:  # fmt: skip
    """Send a proposal back to the analyst with words.

    Example: `assay day return --date 2025-12-30 --series AL-LC --words "check the close" --as P-03`
    """
    run = session()
    with run.desk() as desk:
        signer = run.must_sign(as_)
        with desk.ledger.read() as connection:
            digest = proposal or acts.live_proposal(connection, series, date)["proposal"]
        told([acts.return_proposal(desk, signer, series, date, digest, words)], json)


@app.command
def publish(
    *,
    date: Date,
    series: Series = acts.ALL,
    late: Annotated[bool, Parameter(negative=(), help="After the window, flagged late.")] = False,
    as_: As = None,
    json: Json = False,
) -> int:
    """Publish what is approved, in the window, at one instant; approved corrections too.

    Exit 1 where something had to be left out; what could go out is out.

    Example: `assay day publish --date 2025-12-30 --as P-03`
    """
    run = session()
    with run.desk() as desk:
        done = _publish(desk, run.signer(as_), date, series, late)
    for finding in done.findings:
        say_finding(finding)
    names = ("series", "pricing_date", "revision", *LEGS, "unit")
    ticks = [each for each in done.entries if "tick" in each.body]
    rows = [
        {name: each.body["tick"][name] for name in names}
        | {"published_at": each.body["published_at"]}
        for each in ticks
    ]
    if not answer({"published": rows, "findings": [e.document() for e in done.findings]}, json):
        say_table(f"Published {date}", (*names, "published at"), [tuple(r.values()) for r in rows], LEGS)  # fmt: skip
    return verdict(done.findings)


def _publish(
    desk: acts.Desk, signer: Any, day: SomeDate, series: str, late: bool
) -> acts.Published:
    """A correction when one is under way for a named series, else the morning's prices."""
    if series != acts.ALL and "," not in series:
        with desk.ledger.read() as connection:
            correction = acts.live_correction(connection, series, day)
        if correction:
            return acts.publish_correction(desk, signer, day, series)
    return acts.publish(desk, signer, day, wanted(series), late=late)


@app.command(name="window-end")
def window_end(*, date: Date, series: Series = acts.ALL, json: Json = False) -> None:
    """After the window: the late notice for every series that has not ended.

    Example: `assay day window-end --date 2025-12-30`
    """
    with session().desk() as desk:
        told(acts.window_end(desk, date, wanted(series)), json)


@app.command(name="not-assess")
def not_assess(
    *,
    date: Date,
    series: Series,
    reason: Annotated[str | None, Parameter(help="A reason of the list; the determination's own when left out.")] = None,
    words: Words = "",
    as_: As = None,
    json: Json = False,
) -> None:  # fmt: skip
    """End the day of a series without a price, with a reason of the closed list.

    Example: `assay day not-assess --date 2025-12-31 --series SI-3303 --reason insufficient_data --as P-03`
    """
    from assay.ledger.book.prices import latest_determination

    run = session()
    done: list[Entry] = []
    with run.desk() as desk:
        signer = run.must_sign(as_)
        with desk.ledger.read() as connection:
            codes = acts.unpriced(desk, connection, date) if series == acts.ALL else wanted(series)
        for code in codes:
            said = reason
            with desk.ledger.read() as connection:
                found = latest_determination(connection, code, date)
            if said is None and found is not None:
                said = found["determination"]["reason"]
            if said is None:
                raise WrongUse(
                    f"{code} on {date}", f"give --reason: {', '.join(acts.NOT_ASSESSED)}"
                )
            done += acts.not_assess(desk, signer, date, code, said, words)
    told(done, json)


@app.command
def correct(
    *,
    date: Date,
    series: Series,
    reason: Annotated[str, Parameter(help="What was wrong, in words: the notice prints it.")],
    cause: Annotated[
        str, Parameter(help="late_submission, contributor_error, agency_error or system.")
    ],
    low: str | None = None,
    mid: str | None = None,
    high: str | None = None,
    guideline: str | None = None,
    as_: As = None,
    json: Json = False,
) -> None:
    """Propose the next revision of a published value, and of everything made of it.

    Another person approves each (`assay day approve`), then `assay day publish --series`.

    Example: `assay day correct --date 2025-12-30 --series AL-A00-FOSHAN --reason "deal misread" --cause agency_error --as P-03`
    """
    run = session()
    adjustment = acts.Adjustment(low, mid, high, guideline)
    with run.desk() as desk:
        entries = acts.correct(
            desk, run.must_sign(as_), date, series, reason, cause, adjustment=adjustment
        )
    _proposals(entries, json)


@app.command
def arrange(
    *,
    date: Date,
    series: Series = acts.ALL,
    words: Words,
    closed: Annotated[bool, Parameter(negative=(), help="No prices on this day.")] = False,
    window: Annotated[str | None, Parameter(help="A moved window, e.g. 11:00-11:15.")] = None,
    as_: As = None,
    json: Json = False,
) -> None:
    """Declare an ad-hoc closure or a moved window of a day, with a public notice.

    Example: `assay day arrange --date 2025-12-31 --closed --words "typhoon" --as P-03`
    """
    from datetime import time

    run = session()
    opens = closes = None
    if window is not None:
        try:
            opens, closes = (time.fromisoformat(each.strip()) for each in window.split("-"))
        except ValueError:
            raise WrongUse(f"--window {window}", "write e.g. 11:00-11:15") from None
    with run.desk() as desk:
        signer = run.must_sign(as_)
        entries = acts.arrange(
            desk, signer, date, wanted(series), words, closed=closed, opens=opens, closes=closes
        )
    told(entries, json)


@app.command
def status(*, date: Date, series: Series = acts.ALL, as_: As = None, json: Json = False) -> None:
    """Where the day stands; proposals and counts only for the desk's own people.

    Example: `assay day status --date 2025-12-30 --as P-03 --json`
    """
    run = session()
    with run.desk() as desk:
        found = acts.day_status(desk, date, run.proved(desk, as_))
    if series != acts.ALL:
        asked = wanted(series)
        found["series"] = [row for row in found["series"] if row["series"] in asked]
    if answer(found, json):
        return
    rows = []
    for row in found["series"]:
        seen = row.get("tick") or row.get("proposal") or row.get("determination") or {}
        flags = " late" if row["late"] else ""
        rows.append((row["series"], row["state"] + flags, row["phase"], *(seen.get(leg) for leg in LEGS), row["reason"]))  # fmt: skip
    if rows:
        say_table(
            f"{date} at {found['at']}", ("series", "state", "phase", *LEGS, "reason"), rows, LEGS
        )
    else:
        say(f"{date} is not open: assay day open --date {date}")
