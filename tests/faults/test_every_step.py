"""A fault at every step of every kind of write, on both stores.

The steps are not listed here: a first run without faults records them, so that a step
added later is tested without anybody thinking of it. Each step then fails twice: once
as an exception (the program goes on), once as the sudden death of the process.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from clocks import ToldClock
from ledger_acts import archived, notice, opened, proposed

from assay.ledger import Draft, Ledger, make_key
from assay.ledger.heads import register_publication_key, sign_head
from assay.ledger.retention import forget

KNOWN_STEPS = {
    "journal.begun", "journal.inserted", "book.folded", "journal.committing", "journal.committed",
    "evidence.written", "evidence.synced", "evidence.renamed", "evidence.zeroed",
    "vault.committing", "vault.committed", "vault.emptied", "head.recorded",
    "retention.marked", "retention.recorded", "retention.shredded", "book.emptied", "book.refolded",
}  # fmt: skip


class Fault(Exception):
    """The power went."""


def told():
    return ToldClock(datetime(2025, 12, 30, tzinfo=UTC))


def later(day=1):
    return ToldClock(datetime(2031, 6, day, tzinfo=UTC))


def writes(ledger, acknowledge):
    """Every kind of write; `acknowledge` hears of what the ledger has promised to keep."""
    (entry,) = ledger.append([archived(ledger, b"A00 22180")])
    acknowledge("entries", [entry])
    acknowledge("evidence", entry.body["evidence"])
    name = ledger.remember({"name": "Zhang Wei"})
    acknowledge("record", name)
    body = {"person": "P-01", "roles": [], "name": name, "since": "2025-01-01"}
    acknowledge("entries", ledger.append([Draft("person.registered/1", "system", body)]))
    acknowledge("entries", ledger.append([opened(), proposed("P-01"), notice(1)]))
    acknowledge("entries", [sign_head(ledger, load(ledger))])
    ledger.rebuild()
    ledger.clock = later()
    acknowledge("forgotten", name)
    acknowledge("entries", [forget(ledger, name, actor="P-01", reason="over")])
    acknowledge("forgotten", entry.body["evidence"])
    reference = entry.body["evidence"]
    acknowledge("entries", [forget(ledger, reference, actor="P-01", reason="over")])


def load(ledger):
    from assay.ledger import load_signer

    return load_signer(ledger.home.parent / "keys", "publication")


def home(folder, url):
    ledger = Ledger.create(
        folder / "home", told(), agency="Example Agency", simulated=True, store_url=url
    )
    register_publication_key(ledger, make_key(folder / "keys", "publication"))
    return ledger


def steps_of_a_clean_run(folder):
    ledger = home(folder, None)
    steps: list[str] = []
    ledger.checkpoint = ledger.evidence._checkpoint = steps.append
    writes(ledger, lambda *_: None)
    assert ledger.check().findings == ()
    ledger.close()
    return steps


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    return steps_of_a_clean_run(tmp_path_factory.mktemp("clean"))


def failing_at(number, fail):
    count = 0

    def checkpoint(step):
        nonlocal count
        count += 1
        if count == number:
            fail()

    return checkpoint


def raise_fault():
    raise Fault


def die():
    os._exit(9)


def run_until_fault(folder, url, number, *, sudden):
    """What was acknowledged before the fault at step `number`."""
    heard: list[str] = []
    path = folder / "acknowledged"

    def acknowledge(what, thing):
        lines = [f"{each.seq} {each.digest}" for each in thing] if what == "entries" else [thing]
        with path.open("a") as file:
            file.writelines(f"{what} {line}\n" for line in lines)

    def attempt():
        ledger = Ledger.open(folder / "home", told(), simulated=True, store_url=url)
        fail = die if sudden else raise_fault
        ledger.checkpoint = ledger.evidence._checkpoint = failing_at(number, fail)
        try:
            writes(ledger, acknowledge)
        except Fault:
            return
        finally:
            ledger.close()
        raise AssertionError("the fault did not come")

    if sudden:
        child = os.fork()
        if child == 0:
            os._exit(1 if attempt() is None else 0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    else:
        attempt()
    if path.exists():
        heard = path.read_text().splitlines()
        path.unlink()
    return [line.split() for line in heard]


def inspect(folder, url, acknowledged, batches):
    """Nothing acknowledged is lost, nothing is half done, the check is clean."""
    ledger = Ledger.open(folder / "home", later(2), simulated=True, store_url=url)
    there = {each.seq: each.digest for each in ledger.entries()}
    signed = {each.seq for each in ledger.entries(kinds=["head.signed/1"])}
    if [each.code for each in ledger.check().findings] == ["head.not_kept"]:
        # Between a head and its line; the next signing writes the line that the crash cost.
        assert not signed & {int(said[0]) for what, *said in acknowledged if what == "entries"}
        sign_head(ledger, load(ledger))
    assert ledger.check().findings == ()
    for what, *said in acknowledged:
        if what == "entries":
            assert there[int(said[0])] == said[1]
    gone = {said[0] for what, *said in acknowledged if what == "forgotten"}
    for what, *said in acknowledged:
        if what == "evidence" and said[0] not in gone:
            assert ledger.evidence.get(said[0]) == b"A00 22180"
        elif what == "record" and said[0] not in gone:
            assert ledger.recall(said[0]) == {"name": "Zhang Wei"}
    assert len(there) in batches
    (entry,) = ledger.append([notice(99)])
    assert ledger.head().seq == entry.seq
    ledger.close()


#: How long the journal may be: 2 entries at the start, then whole batches only.
BATCHES = {2, 3, 4, 7, 8, 9, 10}


def test_every_known_step_is_passed(steps):
    assert set(steps) == KNOWN_STEPS


@pytest.mark.parametrize("sudden", [False, True], ids=["exception", "death"])
def test_a_fault_at_every_step(tmp_path, steps, new_store, store_kind, sudden):
    for number, step in enumerate(steps, start=1):
        folder = tmp_path / f"{number}-{step}"
        url = new_store(store_kind)
        home(folder, url).close()
        acknowledged = run_until_fault(folder, url, number, sudden=sudden)
        inspect(folder, url, acknowledged, BATCHES)
