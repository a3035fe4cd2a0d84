"""A made-up year of the agency: what surveillance catches, what it misses, how often it cries wolf.

The thresholds (`reference/surveillance.toml`) were fixed on seeds 1 to 3; the seeds here were
not used for that. Each run prints its report (`pytest -s`).
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from assay.core import parse_instant
from assay.governance.integrity.panel import shown
from assay.governance.integrity.reading import from_journal
from assay.governance.integrity.surveillance import close_flag, raise_flags, survey
from assay.governance.office import Office, load_thresholds
from assay.ledger import Draft, Ledger, make_key
from assay.ledger.book.integrity import flags_of
from assay.ledger.roles import load_roles
from assay.methodology import REFERENCE, load_reference
from tests.year.generator import AFFILIATE, PLANTED, draw
from tests.year.house import FORGED, LATE, MISSED, SHORT, WRONGS, House, Plan, Told
from tests.year.judging import judged
from tests.year.writing import FUTURES, as_panel, found, write_day

UNSEEN = (101, 102, 103, 104, 105, 106, 107, 108)
CALENDAR = load_reference(REFERENCE).calendars["CN"]
THRESHOLDS = load_thresholds(REFERENCE)
#: False alarms per 100 contributor-days that the house can live with: one in two months.
BEARABLE = Fraction(1, 5)


def verdict_of(seed: int, **how):
    year = draw(seed, CALENDAR, **how)
    return judged(survey(as_panel(year), THRESHOLDS), year, honest=how.get("honest", False))


def report(title: str, verdicts) -> None:
    days = sum(each.contributor_days for each in verdicts)
    false = sum(len(each.false) for each in verdicts)
    rate = shown(Fraction(100 * false, days), "0.001")
    lines = [f"{title}: {len(verdicts)} years, {days} contributor-days, {false} false alarms, {rate} per 100"]  # fmt: skip
    for what in PLANTED if any(each.caught or each.missed for each in verdicts) else ():
        caught, missed = (sum(what in told for told in several) for several in (
            [v.caught for v in verdicts], [v.missed for v in verdicts]))  # fmt: skip
        lines.append(f"  {what}: caught in {caught}, missed in {missed}")
    sys.stdout.write("\n".join(["", *lines, ""]))


@pytest.mark.parametrize("seed", UNSEEN)
def test_what_was_planted_is_caught_in_years_never_looked_at(seed: int) -> None:
    verdict = verdict_of(seed)
    report(f"seed {seed}", [verdict])
    assert verdict.missed == []
    assert verdict.false_per_hundred <= BEARABLE


def test_honest_years_are_left_in_peace() -> None:
    verdicts = [verdict_of(seed, honest=True) for seed in UNSEEN]
    report("honest", verdicts)
    assert all(verdict.false_per_hundred <= BEARABLE for verdict in verdicts)


def test_faint_misconduct_is_reported_with_what_is_missed() -> None:
    verdicts = [verdict_of(seed, strength=40) for seed in UNSEEN]
    report("faint (40 %)", verdicts)
    assert all(verdict.false_per_hundred <= BEARABLE for verdict in verdicts)
    # One affiliate deal in a year is enough: it is no statistic.
    told = [v for s, v in zip(UNSEEN, verdicts, strict=True) if _dealt(s, 40)]
    assert all("affiliate deal" in verdict.caught for verdict in told)


# ---- the house around the prices: changes and consultations ---------------------------------


def told_of(place: Path, seed: int, *, honest: bool) -> Told:
    told = House(place, seed, CALENDAR, honest=honest).live()
    lines = [f"house of seed {seed}{', honest' if honest else ''}: {told.days} days, {len(told.false)} false alarms"]  # fmt: skip
    if not honest:
        lines += [
            f"  {what}: caught: {told.caught[what]}" for what in WRONGS if what in told.caught
        ]
        lines += [f"  {what}: MISSED" for what in told.missed]
    sys.stdout.write("\n".join(["", *lines, ""]))
    return told


@pytest.mark.parametrize("seed", UNSEEN)
def test_a_skipped_notice_and_a_missed_consultation_are_caught(tmp_path: Path, seed: int) -> None:
    told = told_of(tmp_path, seed, honest=False)
    assert told.missed == []
    assert told.false == []
    # By the act and past it the notice was refused; the missed day was told on the next open one.
    assert told.caught[SHORT] == told.caught[FORGED] == "change.notice_short"
    assert told.caught[MISSED].startswith("1 day after") or _over_closed_days(seed, told)
    assert told.in_force == ["MC-2025-001"]


def _over_closed_days(seed: int, told: Told) -> bool:
    """Whether only closed days lie between the day that was missed and the alarm."""
    due = CALENDAR.first_open_from(Plan.of(seed, list(CALENDAR.open_days(date(2025, 1, 2), date(2025, 12, 31)))).due[LATE])  # fmt: skip
    gone = int(told.caught[MISSED].partition(" ")[0])
    return CALENDAR.next_open(due) == due + timedelta(days=gone)


@pytest.mark.parametrize("seed", UNSEEN)
def test_an_honest_house_raises_no_error(tmp_path: Path, seed: int) -> None:
    told = told_of(tmp_path, seed, honest=True)
    assert (told.false, told.in_force) == ([], ["MC-2025-001"])


def _dealt(seed: int, strength: int) -> bool:
    year = draw(seed, CALENDAR, strength=strength)
    return any(m.firm == AFFILIATE and m.counterparty for m in year.every())


def test_the_same_seed_gives_the_same_year_and_the_same_flags() -> None:
    one, two = (survey(as_panel(draw(5, CALENDAR)), THRESHOLDS) for _ in range(2))
    assert [flag.document() for flag in one] == [flag.document() for flag in two]


@pytest.mark.slow
def test_a_year_through_the_ledger_a_commit_a_day(tmp_path: Path) -> None:
    year = draw(109, CALENDAR)
    now = [parse_instant("2025-01-01T09:00:00+08:00")]
    ledger = Ledger.create(tmp_path / "home", lambda: now[0], agency="a year", simulated=True)
    found(ledger)
    for day in year.days:
        now[0] = parse_instant(f"{day}T15:00:00+08:00")
        write_day(ledger, year, day)
    office = Office(ledger, load_roles(REFERENCE), CALENDAR, THRESHOLDS)
    entries = raise_flags(office, from_journal(ledger, futures=FUTURES))
    verdict = judged(survey(from_journal(ledger, futures=FUTURES), THRESHOLDS), year)
    report("seed 109, through the ledger", [verdict])
    assert verdict.missed == []
    # The journal says the same as the drawn year itself.
    straight = survey(as_panel(year), THRESHOLDS)
    assert [e.body["flag"] for e in entries] == [flag.name for flag in straight]
    assert raise_flags(office, from_journal(ledger, futures=FUTURES)) == []
    _closing(ledger, office, tmp_path / "keys")
    early = from_journal(ledger, until=parse_instant("2025-03-31T23:00:00+08:00"))
    assert max(max(days) for days in early.positions.values()) == date(2025, 3, 31)
    ledger.close()


def _closing(ledger: Ledger, office: Office, keys: Path) -> None:
    signer = make_key(keys, "C-1")
    body = {"key": signer.key, "person": "C-1", "public": signer.public, "purpose": "acts"}
    ledger.append([Draft("key.registered/1", "system", body)])
    with ledger.read() as connection:
        first = flags_of(connection, only_open=True)[0]
    assert first["sentence"].endswith(".")
    close_flag(office, signer, first["flag"], "misconduct", "confirmed with the firm")
    with ledger.read() as connection:
        assert first["flag"] not in {row["flag"] for row in flags_of(connection, only_open=True)}
