"""The loop of the house: what falls due happens once, whoever dies in between; alarms stand until gone.

The desk's room stands on Tuesday 2025-12-30, Shanghai time; its documents lie in a folder of
their own. Days by hand: one working day after the 30th is Wednesday the 31st.
"""

from __future__ import annotations

from datetime import date

import pytest

from assay.core import BrokenPromise, Finding, Refused, Severity
from assay.desk import not_assess, open_day
from assay.desk.documents import Folder, LiveLibrary
from assay.governance import alarms
from assay.governance.alarms import Rooms, concerning, identity
from assay.governance.clockwork import turn
from assay.governance.complaints import Complaints
from assay.governance.integrity import declaring, pressure
from assay.ledger import SYSTEM, Draft, Ledger
from assay.ledger.book import changes as book
from assay.ledger.book.findings import standing_alarms
from assay.ledger.book.integrity import flags_of, last_watched
from assay.ledger.book.prices import ENDED, states_of
from assay.methodology import REFERENCE
from tests.unit.desk.conftest import DAY, library, room, shanghai
from tests.unit.desk.morning import published
from tests.unit.governance.test_changes import (
    changes_of,
    house,
    noticed,
    proposed_text,
    reloaded,
)
from tests.unit.governance.test_conflicts_everywhere import office_of

__all__ = ["house", "library", "room"]
FILE = "al-a00/2026-02-03.toml"


def rooms_of(place, *also) -> Rooms:
    changes = changes_of(place)
    complaints = Complaints.of(place.ledger, changes.library, changes.roles, REFERENCE)
    return Rooms(office_of(place), changes, complaints, also)


def kinds(entries) -> list[str]:
    return [each.kind for each in entries]


def codes(place) -> set[str]:
    with place.ledger.read() as connection:
        return {row["code"] for row in standing_alarms(connection)}


def reported(place) -> str:
    entry = pressure.report(office_of(place), place.keys["A-1"], "threat", "lift it, or else")
    return str(entry.body["report"])


def test_the_pressure_clock_runs_by_itself_and_once(house) -> None:
    house.clock("16:00:00")
    reported(house)
    house.clock("2025-12-31 23:59:59")
    assert "pressure.escalated/1" not in kinds(turn(rooms_of(house)))
    house.clock("2026-01-01 00:00:01")
    assert kinds(turn(rooms_of(house))).count("pressure.escalated/1") == 1
    assert turn(rooms_of(house)) == []
    assert "pressure.unanswered" in codes(house)


def test_a_change_takes_effect_at_its_day_by_itself(house) -> None:
    changes, name = noticed(house, raw=proposed_text("2026-02-03"))
    house.clock("2026-01-28 09:00:00")
    changes.decide(house.keys["C-1"], name, "adopted", "fair to all")
    house.desk = reloaded(house)
    house.clock("2026-02-02 23:59:59")
    assert "change.activated/1" not in kinds(turn(rooms_of(house)))
    house.clock("2026-02-03 00:00:00")
    assert kinds(turn(rooms_of(house))).count("change.activated/1") == 1
    assert turn(rooms_of(house)) == []
    with house.ledger.read() as connection:
        assert book.change_of(connection, name)["state"] == "in_force"


def all_out(place) -> None:
    """Every series of the day has ended: published, or not assessed for want of data."""
    published(place)
    with place.ledger.read() as connection:
        left = [row["series"] for row in states_of(connection, DAY) if row["state"] not in ENDED]
    for series in left:
        not_assess(place.desk, place.keys["M-1"], DAY, series, "insufficient_data", "too few data")


def test_the_house_is_watched_once_a_day_after_its_prices(house) -> None:
    all_out(house)
    due = kinds(turn(rooms_of(house)))
    assert due.count("surveillance.run/1") == 1
    with house.ledger.read() as connection:
        assert last_watched(connection) == DAY
    assert "surveillance.run/1" not in kinds(turn(rooms_of(house)))
    house.clock("2025-12-31 12:00:00")
    assert "surveillance.run/1" not in kinds(turn(rooms_of(house)))


def test_a_day_under_way_is_watched_when_it_is_over(house) -> None:
    open_day(house.desk, house.keys["A-1"], DAY)
    house.clock("23:59:59")
    assert "surveillance.run/1" not in kinds(turn(rooms_of(house)))
    house.clock("2025-12-31 00:00:00")
    assert "surveillance.run/1" in kinds(turn(rooms_of(house)))


def test_what_surveillance_sees_is_raised_with_the_run_or_not_at_all(house, monkeypatch) -> None:
    """A deal with a firm of one's own group, told as arm's length: one flag, one transaction."""
    all_out(house)
    card = {
        "contributor": "F02", "name": "Firm 2", "group": "G01", "classes": ["trader"], "series": [],
        "since": "2025-01-02",
    }  # fmt: skip
    house.ledger.append([Draft("contributor.registered/1", "C-1", card)])
    house.deal("F01", "22170", counterparty="Firm 2")

    def die(step: str) -> None:
        if step == "journal.committing":
            raise KeyboardInterrupt

    monkeypatch.setattr(house.ledger, "checkpoint", die)
    with pytest.raises(KeyboardInterrupt):
        turn(rooms_of(house))
    monkeypatch.undo()
    with house.ledger.read() as connection:
        assert (flags_of(connection), last_watched(connection)) == ([], None)
    made = turn(rooms_of(house))
    (run,) = [each.body for each in made if each.kind == "surveillance.run/1"]
    with house.ledger.read() as connection:
        assert [row["flag"] for row in flags_of(connection)] == run["raised"] != []
    assert house.ledger.check().ok


def test_an_alarm_is_written_when_it_begins_and_when_it_is_over(house) -> None:
    turn(rooms_of(house))
    assert "declaration.missing" in codes(house)
    assert turn(rooms_of(house)) == []
    office = office_of(house)
    with house.ledger.read() as connection:
        before = {row["where_"]: row["seq"] for row in standing_alarms(connection)
                  if row["code"] == "declaration.missing"}  # fmt: skip
    declaring.declare(office, house.keys["A-1"], "none")
    (entry,) = turn(rooms_of(house))
    assert (entry.kind, entry.actor) == ("finding.settled/1", SYSTEM)
    assert entry.body == {"finding": before["A-1"], "how": "gone", "words": ""}
    # Renewal was due on 2026-12-30; on the 31st it is overdue, and stands until he declares.
    house.clock("2026-12-31 09:00:00")
    turn(rooms_of(house))
    assert "declaration.overdue" in codes(house)


def test_days_left_do_not_make_a_new_alarm_but_the_end_of_a_term_does() -> None:
    def told(severity: Severity, where: str) -> str:
        return identity(Finding("document.expiring", severity, where, "renew it"))

    before = told(Severity.WARNING, "licence of F01: until 2026-01-20, 12 days left")
    assert told(Severity.WARNING, "licence of F01: until 2026-01-20, 11 days left") == before
    assert told(Severity.ERROR, "licence of F01: expired 2026-01-20") != before
    assert told(Severity.WARNING, "licence of F02: until 2026-01-20, 12 days left") != before


def test_a_person_cannot_put_an_alarm_away(house) -> None:
    turn(rooms_of(house))
    with house.ledger.read() as connection:
        seq = standing_alarms(connection)[0]["seq"]
    draft = Draft("finding.settled/1", "C-1", {"finding": seq, "how": "done", "words": "later"})
    with pytest.raises(Refused, match=r"finding\.alarm.*do what it asks for"):
        house.ledger.append([draft])


def test_alarms_are_told_to_whom_they_concern(house) -> None:
    house.clock("16:00:00")
    reported(house)
    house.clock("2026-01-05 09:00:00")
    turn(rooms_of(house))
    office = office_of(house)
    with house.ledger.read() as connection:
        seen = {
            who: {(row["code"], row["where_"]) for row in concerning(office, connection, who)}
            for who in ("A-1", "A-2", "M-1", "C-1", "U-1")
        }
    # His own declaration is his matter; that of others is compliance's.
    assert ("declaration.missing", "A-1") in seen["A-1"]
    assert ("declaration.missing", "A-2") not in seen["A-1"]
    assert {("declaration.missing", "A-1"), ("declaration.missing", "A-2")} <= seen["C-1"]
    # A pressure report is known to compliance; not to a price manager who is not the supervisor.
    assert ("pressure.unanswered", "PR-0001") in seen["C-1"]
    assert all(("pressure.unanswered", "PR-0001") not in seen[who] for who in ("A-1", "A-2", "M-1"))
    assert seen["U-1"] == set()


def test_a_source_that_cannot_say_is_an_alarm_itself(house) -> None:
    def broken() -> list[Finding]:
        raise Refused(Finding("x.y", Severity.ERROR, "somewhere", "mend it"))

    turn(rooms_of(house, broken))
    assert {"alarms.unknown", "declaration.missing"} <= codes(house)


def test_a_step_that_is_refused_keeps_no_other_back(house, monkeypatch) -> None:
    house.clock("16:00:00")
    reported(house)
    house.clock("2026-01-05 09:00:00")

    def refuse(_changes) -> list[object]:
        raise Refused(Finding("change.file", Severity.ERROR, "x", "move it away"))

    monkeypatch.setattr("assay.governance.changes.Changes.activate", refuse)
    made = kinds(turn(rooms_of(house)))
    assert "pressure.escalated/1" in made
    assert "finding.raised/1" in made


def test_two_processes_write_an_alarm_once(house, monkeypatch) -> None:
    """The other process wrote between the look and the act: this one gives way, and finds nothing left."""
    rooms = rooms_of(house)
    first = alarms.standing(rooms)
    assert first

    def meanwhile(_rooms: Rooms) -> list[Finding]:
        monkeypatch.undo()
        alarms.record(rooms)
        return first

    monkeypatch.setattr(alarms, "standing", meanwhile)
    with pytest.raises(Refused, match=r"alarms\.moved"):
        alarms.record(rooms)
    assert alarms.record(rooms) == []


def test_a_process_that_was_killed_between_any_two_steps_goes_on(house) -> None:
    """Whatever the last process had written, the next one does the rest and nothing twice."""
    house.clock("16:00:00")
    reported(house)
    published_day(house)
    house.clock("2026-01-05 09:00:00")
    whole = None
    for step in ("journal.begun", "journal.inserted", "book.folded", "journal.committing"):
        home = house.ledger.home
        dying = Ledger.open(home, lambda: house.instant, simulated=True, checkpoint=_die_at(step))
        place = _over(house, dying)
        with pytest.raises(KeyboardInterrupt):
            turn(rooms_of(place))
        dying.close()
    turn(rooms_of(house))
    whole = kinds(house.ledger.entries())
    assert whole.count("pressure.escalated/1") == 1
    assert whole.count("surveillance.run/1") == 1
    assert turn(rooms_of(house)) == []
    assert house.ledger.check().ok


def published_day(place) -> None:
    open_day(place.desk, place.keys["A-1"], DAY)


def _die_at(step: str):
    def die(reached: str) -> None:
        if reached == step:
            raise KeyboardInterrupt

    return die


def _over(place, ledger: Ledger):
    from dataclasses import replace

    return replace(place, desk=replace(place.desk, ledger=ledger))


# ---- the folder of documents ---------------------------------------------------------------


@pytest.fixture
def living(house):
    """The house on a library that follows its folder, as `assay serve` has it."""
    from dataclasses import replace

    live = LiveLibrary(house.desk.library.held)
    house.desk = replace(house.desk, library=live)

    def stamp():
        files = sorted(house.desk.documents.rglob("*.toml"))
        return tuple((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files)

    folder = Folder(house.desk, stamp, lambda: reloaded(house).library, stamp())
    return house, folder


def put(place, text: bytes, name: str = FILE) -> None:
    (place.desk.documents / name).write_bytes(text)


def test_a_new_document_is_read_when_two_looks_saw_it_the_same(living) -> None:
    place, folder = living
    assert folder.look() == []
    put(place, proposed_text("2026-02-03"))
    assert folder.look() == []
    assert len(place.desk.library.versions("AL-A00-FOSHAN")) == 1
    assert folder.look() == []
    assert len(place.desk.library.versions("AL-A00-FOSHAN")) == 2


def test_a_bad_document_is_a_loud_finding_and_the_old_stays_in_force(living) -> None:
    place, folder = living
    put(place, b"format = 1\nnonsense = [\n")
    folder.look()
    (problem,) = folder.look()
    assert (problem.code, problem.severity) == ("methodology.unreadable", Severity.ERROR)
    assert "2026-02-03.toml" in problem.where
    assert problem.what_to_do.endswith("the documents read before stay in force")
    assert place.desk.document("AL-A00-FOSHAN", DAY).effective == date(2021, 12, 27)
    turn(rooms_of(place, folder.look))
    assert "methodology.unreadable" in codes(place)
    (place.desk.documents / FILE).unlink()
    folder.look()
    assert folder.look() == []
    turn(rooms_of(place, folder.look))
    assert "methodology.unreadable" not in codes(place)


def test_a_document_of_a_day_under_way_is_not_exchanged_before_the_day_ends(living) -> None:
    place, folder = living
    open_day(place.desk, place.keys["A-1"], DAY, ["AL-A00-FOSHAN"])
    old = place.desk.document("AL-A00-FOSHAN", DAY).digest
    changed = (place.desk.documents / "al-a00/2021-12-27.toml").read_text("utf-8") + "\n# touched\n"
    put(place, changed.encode(), "al-a00/2021-12-27.toml")
    folder.look()
    (problem,) = folder.look()
    assert (problem.code, problem.where) == (
        "methodology.changed_meanwhile", "AL-A00-FOSHAN of 2025-12-30",
    )  # fmt: skip
    assert place.desk.document("AL-A00-FOSHAN", DAY).digest == old
    place.clock("10:16:00")
    not_assess(place.desk, place.keys["M-1"], DAY, "AL-A00-FOSHAN", "insufficient_data", "too few")
    assert folder.look() == []
    assert place.desk.document("AL-A00-FOSHAN", DAY).digest != old


# ---- the beat ------------------------------------------------------------------------------


def beat_of(step):
    import threading

    from assay.cli.beats import Beat

    return Beat("house", step, 0.5, threading.Event())


def test_a_broken_promise_stops_the_beat_and_is_told() -> None:
    def step() -> None:
        raise BrokenPromise(Finding("x.y", Severity.ERROR, "entry 7", "restore the backup"))

    beat = beat_of(step)
    assert not beat.once()
    assert (beat.problem.code, beat.problem.where) == ("loop.stopped", "loop of the house: entry 7")
    assert beat.problem.what_to_do == "restore the backup; then start the server again"


def test_another_failure_is_told_tried_again_slower_and_forgotten_when_it_is_over() -> None:
    left = [True, True]

    def step() -> None:
        if left:
            left.pop()
            raise OSError("the disk is full")

    beat = beat_of(step)
    assert beat.pause() == 0.5
    assert beat.once()
    assert (beat.problem.code, beat.pause()) == ("loop.failing", 1.0)
    assert beat.once()
    assert beat.pause() == 2.0
    assert beat.once()
    assert (beat.problem, beat.pause()) == (None, 0.5)


def test_the_instant_of_the_room_is_that_of_shanghai(room) -> None:
    assert shanghai("00:00:00").isoformat() == "2025-12-29T16:00:00+00:00"
