"""The morning that the tests of the desk begin with: three deals a place, up to where each test wants it."""

from __future__ import annotations

from assay import desk as acts

from .conftest import DAY, shanghai

FOSHAN, SHANGHAI, LC = "AL-A00-FOSHAN", "AL-A00-SHANGHAI", "AL-LC"


def three_deals(room, series=FOSHAN):
    return [
        room.deal("F01", "22160", "100", series=series),
        room.deal("F02", "22180", "200", series=series),
        room.deal("F03", "22200", "100", series=series),
    ]


def opened(room):
    acts.open_day(room.desk, room.keys["A-1"], DAY)
    room.clock("09:55:00")


def determined(room, person="A-1"):
    """Open, three deals for each place, all determined."""
    opened(room)
    three_deals(room)
    three_deals(room, SHANGHAI)
    room.clock("10:13:30")
    return acts.determine_series(room.desk, room.keys[person], DAY)


def proposed(room, person="A-1"):
    determined(room, person)
    return {
        each.body["series"]: each.body["proposal"]
        for each in acts.propose(room.desk, room.keys[person], DAY)
    }


def approved(room):
    digests = proposed(room)
    for series, proposal in digests.items():
        acts.approve(room.desk, room.keys["M-1"], series, DAY, proposal)
    return digests


def published(room):
    approved(room)
    room.clock("10:15:05")
    return acts.publish(room.desk, room.keys["M-1"], DAY)


def code_of(refusal):
    return refusal.value.finding.code


def legs(tick):
    return tick["low"], tick["mid"], tick["high"]


def price(room, series=FOSHAN, known_at=None):
    with room.ledger.read() as connection:
        return acts.price_of(
            connection, series, DAY, now=room.instant, known_at=known_at and shanghai(known_at)
        )
