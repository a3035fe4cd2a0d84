"""The loop of the day: what is due happens once, whoever dies in between."""

from assay.desk import approve, determine_series, live_proposal, propose, screen
from assay.desk.clockwork import turn
from assay.ledger.book.prices import states_of
from tests.unit.desk.conftest import DAY


def kinds(entries):
    return [each.kind for each in entries]


def states(room):
    with room.ledger.read() as connection:
        return {row["series"]: (row["state"], row["late"]) for row in states_of(connection, DAY)}


def approved(room, series="AL-A00-FOSHAN"):
    for firm, price in (("F01", "22160"), ("F02", "22180"), ("F03", "22200")):
        room.deal(firm, price)
    screen(room.desk, room.keys["A-1"], DAY, series)
    determine_series(room.desk, room.keys["A-1"], DAY, series)
    propose(room.desk, room.keys["A-1"], DAY, series)
    with room.ledger.read() as connection:
        proposal = live_proposal(connection, series, DAY)["proposal"]
    approve(room.desk, room.keys["M-1"], series, DAY, proposal)


def test_the_day_opens_by_itself_and_once(room):
    room.clock("07:59:00")
    assert turn(room.desk) == []
    room.clock("08:00:01")
    assert "day.opened/1" in kinds(turn(room.desk))
    assert turn(room.desk) == []


def test_what_is_approved_goes_out_when_the_window_opens_and_once(room):
    room.clock("08:30:00")
    turn(room.desk)
    approved(room)
    room.clock("10:14:59")
    assert turn(room.desk) == []
    room.clock("10:15:00")
    assert kinds(turn(room.desk)) == ["price.published/1"]
    assert turn(room.desk) == []
    assert states(room)["AL-A00-FOSHAN"] == ("published", False)
    assert len(set(room.published)) == 1


def test_the_late_notice_goes_out_by_itself_and_the_price_follows_marked_late(room):
    room.clock("08:30:00")
    turn(room.desk)
    room.clock("10:20:00")
    assert "price.delayed/1" in kinds(turn(room.desk))
    assert states(room)["AL-A00-FOSHAN"] == ("open", True)
    room.clock("10:21:00")
    assert turn(room.desk) == []


def test_late_but_approved_in_time_data_follows(room):
    room.clock("08:30:00")
    turn(room.desk)
    approved(room)
    room.clock("10:25:00")
    made = kinds(turn(room.desk))
    assert "price.published/1" in made
    assert states(room)["AL-A00-FOSHAN"] == ("published", True)


def test_a_price_that_one_person_alone_wants_never_goes_out(room):
    room.clock("08:30:00")
    turn(room.desk)
    for firm, price in (("F01", "22160"), ("F02", "22180"), ("F03", "22200")):
        room.deal(firm, price)
    determine_series(room.desk, room.keys["A-1"], DAY, "AL-A00-FOSHAN")
    propose(room.desk, room.keys["A-1"], DAY, "AL-A00-FOSHAN")
    room.clock("10:16:00")
    assert turn(room.desk) == []
    assert states(room)["AL-A00-FOSHAN"][0] == "proposed"


def test_a_head_left_unsigned_by_a_dead_process_is_signed(room):
    room.clock("08:30:00")
    turn(room.desk)
    approved(room)
    room.clock("10:15:00")
    turn(room.desk)
    before = len(room.published)
    turn(room.desk)  # the test's signer writes no head.signed entry, as if it had died
    assert len(room.published) == before + 1


def test_a_missing_publication_key_is_told_once_and_not_at_every_beat(room, tmp_path):
    from dataclasses import replace

    from assay.desk.wiring import head_signer
    from assay.settings import load_settings

    settings = load_settings({"ASSAY_HOME": str(tmp_path), "ASSAY_KEYS": str(tmp_path / "none")})
    room.desk = replace(room.desk, after_publication=head_signer(settings))
    room.clock("08:30:00")
    turn(room.desk)
    approved(room)
    room.clock("10:15:00")
    for _ in range(3):
        turn(room.desk)
    told = [e.body["code"] for e in room.ledger.entries(kinds=["finding.raised/1"])]
    assert told.count("head.unsigned") == 1


def test_nothing_opens_by_itself_in_a_year_that_nobody_announced(room):
    room.clock("2026-12-31 08:00:01")
    assert "day.opened/1" in kinds(turn(room.desk))
    room.clock("2027-01-04 08:00:01")
    assert turn(room.desk) == []


def test_the_day_of_shanghai_is_opened_and_not_that_of_utc(room):
    """08:00 on the 31st in Shanghai is midnight UTC; at 07:59 it is still the 30th in UTC."""
    room.clock("2025-12-31 07:59:59")
    assert turn(room.desk) == []
    room.clock("2025-12-31 08:00:00")
    (opened,) = [e for e in turn(room.desk) if e.kind == "day.opened/1"]
    assert opened.body["pricing_date"] == "2025-12-31"


def test_a_make_up_saturday_and_a_holiday_in_the_week(room):
    """2026-02-14 is a working day by law and no day of ours; 2026-02-16 is Spring Festival."""
    room.clock("2026-02-14 08:30:00")
    assert turn(room.desk) == []
    room.clock("2026-02-16 08:30:00")
    made = turn(room.desk)
    assert {e.body["reason"] for e in made if e.kind == "price.not_assessed/1"} == {"holiday"}
