"""People, keys, factors, founding; what the desk asks of the documents it runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assay import desk as acts
from assay.core import Refused
from assay.desk.founding import found_contributors, read_agency
from assay.ledger import Draft, make_key
from assay.ledger.book.contributors import contributors_on
from assay.ledger.book.market import factor_in_force
from assay.methodology import library_of

from .conftest import DAY
from .morning import FOSHAN, LC, SHANGHAI, code_of, determined, opened, three_deals


def test_a_registration_holds_from_its_day_to_its_last(room):
    desk, admin = room.desk, room.keys["B-1"]
    room.keys["X-1"] = make_key(room.ledger.home.parent / "keys", "X-1")
    acts.register_person(
        desk, admin, "X-1", ["analyst"], date(2025, 12, 31), until=date(2026, 1, 31)
    )
    acts.register_key(desk, admin, room.keys["X-1"])
    for instant, fine in (
        ("2025-12-30 09:00:00", False),
        ("2025-12-31 09:00:00", True),
        ("2026-01-31 23:59:59", True),
        ("2026-02-01 00:00:00", False),
    ):
        room.clock(instant)
        with room.ledger.read() as connection:
            assert desk.may(connection, "X-1", "desk:price:propose") is fine


def test_a_key_that_was_replaced_signs_nothing(room):
    old = room.keys["A-1"]
    acts.register_key(room.desk, room.keys["B-1"], make_key(room.ledger.home.parent / "new", "A-1"))
    with pytest.raises(Refused) as refusal:
        acts.open_day(room.desk, old, DAY)
    assert code_of(refusal) == "key.unknown"


def test_acts_on_prices_are_not_done_in_somebodys_name_without_his_key(room):
    opened(room)
    body = {
        "series": FOSHAN, "pricing_date": DAY.isoformat(), "reason": "suspended",
        "published_at": "2025-12-30T02:15:00Z",
    }  # fmt: skip
    with pytest.raises(Refused) as refusal:
        room.ledger.append([Draft("price.not_assessed/1", "M-1", body)])
    assert code_of(refusal) == "key.unsigned"


def test_a_pair_of_factors_is_of_one_quarter_and_takes_effect_together(room):
    desk, key = room.desk, room.keys["A-1"]
    row = {"enterprise": "E", "quarter": "2025-Q4", "output": "1", "emission": "1"}
    for rows in ([], [row, {**row, "quarter": "2025-Q3"}]):
        with pytest.raises(Refused) as refusal:
            acts.record_factors(desk, key, "CI-AL-YUNNAN", DAY, rows, "made up")
        assert code_of(refusal) == "factor.quarter"
    with room.ledger.read() as connection:
        pair = [
            factor_in_force(connection, code, DAY) for code in ("CI-AL-NATIONAL", "CI-AL-YUNNAN")
        ]
    assert [str(each["value"]) for each in pair] == ["12.8", "2.3"]
    assert len({each["takes_effect"] for each in pair}) == 1


def test_a_document_that_changed_after_the_opening_is_refused(room):
    opened(room)
    three_deals(room)
    other = [replace(each, digest="sha256:" + "0" * 64) for each in room.desk.library.documents()]
    desk = replace(room.desk, library=library_of(other))
    with pytest.raises(Refused) as refusal:
        acts.determine_series(desk, room.keys["A-1"], DAY, [FOSHAN])
    assert code_of(refusal) == "methodology.changed"


def test_a_sender_without_mandate_is_told_and_the_datum_kept(room):
    opened(room)
    mandate = {
        "contributor": "F01", "submitter": "S-1", "person": "vault:1", "series": [FOSHAN],
        "since": "2025-01-02",
    }  # fmt: skip
    room.ledger.append([Draft("submitter.mandated/1", "C-1", mandate)])
    room.deal("F01", "22180", submitter="S-1")
    stranger = room.deal("F02", "22180", submitter="S-1")
    room.clock("10:13:30")
    entries = acts.screen(room.desk, room.keys["A-1"], DAY, [FOSHAN])
    told = [each.body for each in entries if each.kind == "finding.raised/1"]
    assert [(each["code"], each["subject"]) for each in told] == [
        ("submitter.not_mandated", stranger)
    ]


def test_statistics_of_few_or_of_one_large_firm_are_withheld(room):
    opened(room)
    for firm, tonnes in (("F01", "600"), ("F02", "100"), ("F03", "100")):
        room.deal(firm, "22180", tonnes)
    room.clock("10:13:30")
    acts.determine_series(room.desk, room.keys["A-1"], DAY, [FOSHAN])
    tick = acts.propose(room.desk, room.keys["A-1"], DAY, [FOSHAN])[0].body["tick"]
    assert tick["statistics"] == {"withheld": "one contributor holds more than 50 % of the volume"}
    assert "600" not in tick["rationale"]


def test_determining_again_leaves_alone_what_would_not_change(room):
    determined(room)
    acts.propose(room.desk, room.keys["A-1"], DAY)
    assert acts.determine_series(room.desk, room.keys["A-1"], DAY) == []
    with room.ledger.read() as connection:
        assert acts.live_proposal(connection, LC, DAY)["state"] == "open"


def test_what_waits_for_whom(room):
    determined(room)
    acts.propose(room.desk, room.keys["A-1"], DAY, [FOSHAN, SHANGHAI])
    with room.ledger.read() as connection:
        rows = acts.awaiting(room.desk, connection, DAY)
        acts_left = acts.unpriced(room.desk, connection, DAY)
    assert [(row["series"], row["by"]) for row in rows] == [(FOSHAN, "A-1"), (SHANGHAI, "A-1")]
    assert acts_left == []


# ---- founding ----------------------------------------------------------------------------


def test_files_of_an_agency_are_read_strictly(tmp_path, room):
    path = tmp_path / "agency.toml"
    for text, code in (
        ("name = ", "file.not_toml"),
        ('name = "x"\nprize = 1', "file.unknown_key"),
        ("zone = 'Asia/Shanghai'", "file.missing_key"),
        ('name = "x"\n[[person]]\ncode = "P"', "file.missing_key"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(Refused) as refusal:
            read_agency(path)
        assert code_of(refusal) == code
    with pytest.raises(Refused) as refusal:
        read_agency(tmp_path / "nowhere.toml")
    assert code_of(refusal) == "file.missing"


def test_series_of_a_firm_may_end_in_a_star(tmp_path, room):
    path = tmp_path / "contributors.toml"
    path.write_text(
        '[[contributor]]\ncode = "F90"\nname = "Ninety"\ngroup = "G90"\nclasses = ["trader"]\n'
        'series = ["AL-A00-*", "NO-SUCH-*"]\nsince = 2025-01-02\nstatus = "active"\n',
        "utf-8",
    )
    found_contributors(room.desk, path)
    with room.ledger.read() as connection:
        firm = next(f for f in contributors_on(connection, DAY) if f["contributor"] == "F90")
    assert firm["series"] == [FOSHAN, SHANGHAI, "NO-SUCH-*"]
    assert firm["status"] == "active"
