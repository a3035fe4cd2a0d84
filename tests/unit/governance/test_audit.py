"""The auditor's room over the morning of DOMAIN section 2 (numbers by hand in test_morning)."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from assay import desk as acts
from assay.core import Refused
from assay.desk import register_person
from assay.governance.audit import (
    Archive,
    dossier,
    draw,
    log_view,
    record_reproduction,
    record_sample,
    reproduce,
    time_box,
)
from assay.ledger.book.audit import reproductions_of, views_since
from assay.methodology import METHODOLOGIES, REFERENCE
from tests.unit.desk.conftest import DAY, library, room, shanghai
from tests.unit.desk.morning import FOSHAN, LC, SHANGHAI, published

__all__ = ["library", "room"]


def archive_of(room):
    return Archive(room.ledger, METHODOLOGIES, REFERENCE)


def code_of(refusal):
    return refusal.value.finding.code


def test_a_dossier_tells_the_price_from_evidence_to_tick(room):
    published(room)
    found = dossier(room.ledger, FOSHAN, DAY)
    assert [each["state"] for each in found.evidence] == ["intact"] * 3
    assert {each["submission"] for each in found.verdicts()} <= {"S-001", "S-002", "S-003"}
    assert [(each["kind"], each["actor"]) for each in found.approvals()] == [
        ("price.proposed/1", "A-1"),
        ("price.approved/1", "M-1"),
    ]
    assert found.ticks[0].body["tick"]["mid"] == "22180"
    # Without F01 (22,160): 22,180 and 22,200 in halves of the cap -> the mid rises.
    assert set(found.sensitivity()["contributors"]) == {"F01", "F02", "F03"}
    assert found.documents[FOSHAN] == room.desk.document(FOSHAN, DAY).digest
    seqs = [each["seq"] for each in found.timeline()]
    assert seqs == sorted(set(seqs))
    # Nothing of the other place is in it.
    assert "S-004" not in str(found.timeline())


def test_a_dossier_as_known_at_1014_has_no_price_yet(room):
    published(room)
    early = dossier(room.ledger, FOSHAN, DAY, shanghai("10:14:00"))
    assert early.ticks == []
    assert early.of("price.determined/1") != []
    with pytest.raises(Refused) as refusal:
        dossier(room.ledger, FOSHAN, DAY, shanghai("2025-12-29 12:00:00"))
    assert code_of(refusal) == "audit.no_price"


@pytest.mark.parametrize("series", [FOSHAN, SHANGHAI, LC])
def test_every_price_is_computed_again_bit_for_bit(room, series):
    published(room)
    made = reproduce(room.ledger, archive_of(room), series, DAY)
    assert (made.outcome, made.differences) == ("equal", ())
    assert made.recomputed == made.recorded
    record_reproduction(room.ledger, made, "C-1")
    with room.ledger.read() as connection:
        (kept,) = reproductions_of(connection, DAY)
    assert (kept["series"], kept["outcome"]) == (series, "equal")
    assert room.ledger.check().ok


class OtherDocument(Archive):
    """Hands out the document with a larger step under the hash of the one in force."""

    def find(self, digest):
        raw = super().find(digest)
        return raw and raw.replace(b"\nstep = 10\n", b"\nstep = 50\n")


def test_another_document_is_noticed_by_name(room):
    published(room)
    made = reproduce(room.ledger, OtherDocument(room.ledger, METHODOLOGIES, REFERENCE), FOSHAN, DAY)
    assert made.outcome == "different"
    # 22,160 half up to 50 is 22,150; 22,180 is 22,200.
    assert "low: recorded 22160, computed 22150" in made.differences
    assert "mid: published 22180, computed 22200" in made.differences


def test_a_document_that_is_gone_makes_it_impossible_and_says_so(room, tmp_path):
    published(room)

    class Empty(Archive):
        def find(self, digest):
            return None

    made = reproduce(room.ledger, Empty(room.ledger), FOSHAN, DAY)
    assert made.outcome == "impossible"
    assert "restore the document" in made.differences[0]


def test_bytes_that_were_changed_are_no_reproduction(room):
    published(room)
    name = dossier(room.ledger, FOSHAN, DAY).evidence[0]["evidence"]
    path = room.ledger.evidence.path_of(name)
    path.chmod(0o600)
    path.write_bytes(b"another message")
    assert dossier(room.ledger, FOSHAN, DAY).evidence[0]["state"] == "broken"
    assert reproduce(room.ledger, archive_of(room), FOSHAN, DAY).outcome == "different"


def test_nothing_published_has_nothing_to_compute(room):
    acts.open_day(room.desk, room.keys["A-1"], DAY)
    with pytest.raises(Refused) as refusal:
        reproduce(room.ledger, archive_of(room), FOSHAN, DAY)
    assert code_of(refusal) == "reproduction.no_price"


def test_a_sample_is_drawn_again_from_its_printed_seed(room):
    published(room)
    with room.ledger.read() as connection:
        sample = draw(connection, DAY, DAY, 2, "seed 2026-01")
        again = draw(connection, DAY, DAY, 2, "seed 2026-01")
    assert sample == again
    assert sample.strata == {"corrected": 0, "judgement": 0, "late": 0, "ordinary": 3}
    by_hand = sorted(
        (FOSHAN, SHANGHAI, LC),
        key=lambda code: hashlib.sha256(f"seed 2026-01|{code}|2025-12-30".encode()).hexdigest(),
    )
    assert [each["series"] for each in sample.chosen] == by_hand[:2]
    entry = record_sample(room.ledger, sample, "C-1")
    assert entry.body["seed"] == "seed 2026-01"
    assert room.ledger.check().ok


def test_a_stratum_that_is_scarce_is_drawn_first(room):
    from assay.governance.audit.sampling import _in_turns

    one, many = [{"series": "rare"}], [{"series": str(number)} for number in range(5)]
    assert [each["series"] for each in _in_turns([one, many], 3)] == ["rare", "0", "1"]


def test_an_empty_period_and_a_sample_of_nothing_are_refused(room):
    with room.ledger.read() as connection:
        for size, seed, code in ((1, "x", "sample.empty"), (0, "x", "sample.size")):
            with pytest.raises(Refused) as refusal:
                draw(connection, DAY, DAY, size, seed)
            assert code_of(refusal) == code


def look(room, person, today):
    return log_view(
        room.ledger, person, "dossier", {"series": FOSHAN}, door="commands", today=today
    )


def test_an_auditor_looks_inside_his_box_and_every_look_is_an_entry(room):
    register_person(
        room.desk, room.keys["B-1"], "U-2", ["auditor"], date(2025, 12, 1),
        until=date(2025, 12, 30),
    )  # fmt: skip
    look(room, "U-2", date(2025, 12, 30))
    with pytest.raises(Refused) as refusal:
        look(room, "U-2", date(2025, 12, 31))
    assert code_of(refusal) == "audit.closed"
    with room.ledger.read() as connection:
        (view,) = views_since(connection, person="U-2")
        assert time_box(connection, "U-2", date(2025, 12, 30)) == date(2025, 12, 30)
    assert view["about"] == {"series": FOSHAN}
    assert room.ledger.check().ok


def test_an_auditor_without_an_end_is_not_let_in(room):
    for until in (None, date(2028, 1, 1)):
        register_person(
            room.desk, room.keys["B-1"], "U-3", ["auditor"], date(2025, 1, 2), until=until
        )
        with pytest.raises(Refused) as refusal:
            look(room, "U-3", DAY)
        assert code_of(refusal) == "audit.no_end"


def test_the_house_itself_has_no_box(room):
    look(room, "C-1", DAY)
    with room.ledger.read() as connection:
        assert time_box(connection, "C-1", DAY) is None
