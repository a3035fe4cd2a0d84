"""The list of the day: what is under way first, by its window, with what waits for a person."""

from __future__ import annotations

import re
from datetime import date

from assay.desk import not_assess, open_day
from assay.web.desk_index import lines_of
from tests.unit.desk.conftest import DAY, library, room
from tests.unit.web.test_alarms import door

__all__ = ["door", "library", "room"]
FOSHAN = "AL-A00-FOSHAN"


def lines(room, day=DAY):
    with room.ledger.read() as connection:
        return {each.series: each for each in lines_of(room.desk, connection, day)}


def test_a_line_says_state_phase_window_and_what_waits(room):
    open_day(room.desk, room.keys["A-1"], DAY)
    room.deal("F01", "22160")
    room.deal("F02", "22180", confirmed=False)
    room.clock("10:12:00")
    found = lines(room)
    line = found[FOSHAN]
    assert (line.state["state"], line.phase, line.offered, line.confirmed) == ("open", "soft", 1, 1)
    # The window of the document: 10:15 to 10:20 in Shanghai, eight hours before UTC.
    assert (f"{line.opens:%H:%M}", f"{line.closes:%H:%M}") == ("02:15", "02:20")


def test_what_has_ended_stands_below(room):
    open_day(room.desk, room.keys["A-1"], DAY)
    assert next(iter(lines(room))) == FOSHAN
    room.clock("10:16:00")
    not_assess(room.desk, room.keys["M-1"], DAY, FOSHAN, "insufficient_data", "too few")
    assert list(lines(room))[-1] == FOSHAN
    assert lines(room, date(2025, 12, 24)) == {}


def test_the_page_is_live_and_its_rows_can_be_asked_for_alone(door):
    day = f"/desk?day={DAY}"
    assert "This day is not open yet." in door.as_("analyst").get(day).text
    open_day(door.room.desk, door.room.keys["A-1"], DAY)
    whole = door.get(day).text
    assert re.search(r'data-head="\d+"', whole)
    assert "/assets/live.js" in whole
    assert "/assets/index.js" in whole
    rows = door.get(day, **{"hx-request": "true"}).text
    assert rows.strip().startswith('<tr id="line-')
    assert "10:15–10:20" in rows
    assert "<html" not in rows
