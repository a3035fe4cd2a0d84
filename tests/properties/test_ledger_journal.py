"""Properties of the journal: whatever is recorded comes back, linked, on both stores alike."""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clocks import ToldClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_acts import SERIES, approved, notice, opened, proposed, published, tick

from assay.core import Refused, digest
from assay.ledger import Draft, Ledger
from assay.ledger.checkbook import rows_of
from assay.ledger.store import BOOK_TABLES

DAYS = ("2025-12-29", "2025-12-30")
PEOPLE = ("P-01", "P-02", "P-03")
MIDS = ("22180", "22190")

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
notices = st.builds(notice, st.integers(0, 9), text=texts)


def returned(actor, mid, day):
    body = {"series": SERIES, "pricing_date": day, "proposal": digest(tick(mid)), "words": "no"}
    return Draft("price.returned/1", actor, body)


def not_assessed(actor, mid, day):
    body = {
        "series": SERIES, "pricing_date": day, "reason": "holiday",
        "published_at": f"{day}T02:15:00Z",
    }  # fmt: skip
    return Draft("price.not_assessed/1", actor, body)


def some(make):
    return st.builds(make, st.sampled_from(PEOPLE), st.sampled_from(MIDS), st.sampled_from(DAYS))


acts = st.one_of(
    notices,
    st.builds(opened, st.sampled_from(DAYS)),
    some(proposed),
    some(approved),
    some(returned),
    some(not_assessed),
    st.builds(published, st.sampled_from(MIDS), st.sampled_from(DAYS)),
)
ONE_PRICE = [
    *(make(person) for make in (proposed, approved) for person in PEOPLE[:2]),
    published(),
    returned("P-02", MIDS[0], DAYS[1]),
]
mornings = st.lists(acts, max_size=25)


class Salts:
    """Entropy that is the same each time, so that two stores can be compared."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, size: int) -> bytes:
        self.count += 1
        return hashlib.sha256(str(self.count).encode()).digest()[:size]


def fresh(folder, url=None):
    clock = ToldClock(datetime(2025, 12, 30, tzinfo=UTC))
    return Ledger.create(
        Path(folder) / "home", clock, agency="Example Agency", store_url=url, entropy=Salts()
    )


def record(ledger, morning):
    """Append act by act; what the rules do not allow leaves nothing."""
    taken = []
    for draft in morning:
        before = ledger.head()
        try:
            taken += ledger.append([draft])
        except Refused:
            assert ledger.head() == before
    return taken


def chain_by_hand(entries):
    """The chain checked with json and hashlib alone, after docs/reference/journal.md."""
    previous = "sha256:" + "0" * 64
    for number, entry in enumerate(entries, start=1):
        content = entry.content()
        found = json.loads(content)
        assert set(found) == {"actor", "body", "key", "kind", "recorded_at", "signature"}
        hidden = hashlib.sha256(bytes.fromhex(entry.salt) + content).hexdigest()
        link = f'{{"commitment":"sha256:{hidden}","previous":"{previous}","seq":{number}}}'
        previous = "sha256:" + hashlib.sha256(link.encode()).hexdigest()
        assert entry.digest == previous


@settings(max_examples=30, deadline=None)
@given(mornings)
def test_any_morning_is_linked_and_passes_the_check(morning):
    with tempfile.TemporaryDirectory() as folder:
        ledger = fresh(folder)
        taken = record(ledger, morning)
        entries = list(ledger.entries())
        assert entries[1:] == taken
        chain_by_hand(entries)
        assert ledger.check().findings == ()
        ledger.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ONE_PRICE), max_size=20))
def test_nothing_is_published_that_nobody_else_approved(morning):
    with tempfile.TemporaryDirectory() as folder:
        ledger = fresh(folder)
        taken = record(ledger, [opened(), *morning])
        for place, entry in enumerate(taken):
            if entry.kind != "price.published/1":
                continue
            day, proposal = entry.body["pricing_date"], entry.body["proposal"]
            said = [
                each
                for each in taken[:place]
                if each.body.get("pricing_date") == day and each.body.get("proposal") == proposal
            ]
            proposers = [each.actor for each in said if each.kind == "price.proposed/1"]
            kinds = [each.kind for each in said]
            last = len(kinds) - 1 - kinds[::-1].index("price.proposed/1")
            approvers = [each.actor for each in said[last:] if each.kind == "price.approved/1"]
            assert set(approvers) - {proposers[-1]}
        ledger.close()


@settings(max_examples=30, deadline=None)
@given(st.lists(notices, min_size=1, max_size=5))
def test_a_batch_is_there_whole_or_not_at_all(batch):
    with tempfile.TemporaryDirectory() as folder:
        ledger = fresh(folder)
        with pytest.raises(Refused):
            ledger.append([*batch, approved()])
        assert ledger.head().seq == 1
        assert len(ledger.append(batch)) == len(batch)
        ledger.close()


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_evidence_comes_back_byte_for_byte_and_is_named_once(one, two):
    with tempfile.TemporaryDirectory() as folder:
        ledger = fresh(folder)
        first, second = ledger.evidence.put(one), ledger.evidence.put(two)
        assert ledger.evidence.get(first) == one
        assert ledger.evidence.get(second) == two
        assert (first == second) == (one == two)
        ledger.close()


@pytest.fixture(scope="module")
def fresh_url(postgres_server):
    return postgres_server.new_database


@pytest.mark.postgresql
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mornings)
def test_both_stores_hold_the_same_journal_and_the_same_book(fresh_url, morning):
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        embedded, server = fresh(one), fresh(two, fresh_url())
        assert record(embedded, morning) == record(server, morning)
        assert list(embedded.entries()) == list(server.entries())
        with embedded.read() as left, server.read() as right:
            for table in BOOK_TABLES.sorted_tables:
                assert list(rows_of(left, table)) == list(rows_of(right, table)), table.name
        assert server.check().findings == ()
        embedded.close()
        server.close()
