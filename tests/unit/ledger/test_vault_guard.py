"""The store keeps personal records: nothing but forgetting after its time empties a row of the vault.

Kept since 2025-12-30 02:00 UTC; five years later is 2030-12-30 02:00 UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from assay.ledger import SYSTEM, Draft
from assay.ledger.retention import forget

KEPT = "the vault keeps it"
SINCE, OVER = datetime(2025, 12, 30, 2, tzinfo=UTC), datetime(2030, 12, 30, 2, tzinfo=UTC)


@pytest.fixture
def reference(ledger, clock) -> str:
    """A name in the vault, that an entry refers to."""
    clock.now = SINCE
    name = ledger.remember({"name": "Zhang Wei"})
    body = {"person": "P-01", "roles": ["analyst"], "name": name, "since": "2025-12-30"}
    ledger.append([Draft("person.registered/1", SYSTEM, body)])
    return str(name)


def refused(ledger, statement: str, **values) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=KEPT), ledger.store.write() as store:
        store.execute(sa.text(statement).bindparams(**values))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM vault",
        "UPDATE vault SET record = NULL",
        "UPDATE vault SET reference = 'vault:0'",
        "UPDATE vault SET kept_since = '2001-01-01T00:00:00.000000Z'",
    ],
)
def test_a_record_is_neither_deleted_nor_changed_nor_made_older(
    ledger, reference, statement
) -> None:
    refused(ledger, statement)
    assert ledger.recall(reference) == {"name": "Zhang Wei"}
    assert ledger.check().ok


def test_other_bytes_are_not_put_in_its_place(ledger, reference) -> None:
    refused(ledger, "UPDATE vault SET record = :other", other=b"somebody else")
    if ledger.store.sqlite:
        refused(ledger, "INSERT OR REPLACE INTO vault VALUES (:name, NULL, '2001-01-01T00:00:00.000000Z')", name=reference)  # fmt: skip
    else:
        refused_truncate(ledger)
    assert ledger.recall(reference) == {"name": "Zhang Wei"}


def refused_truncate(ledger) -> None:
    refused(ledger, "TRUNCATE vault")


def test_after_its_time_it_is_forgotten_by_an_entry_and_only_then(ledger, clock, reference) -> None:
    clock.now = OVER
    refused(ledger, "UPDATE vault SET record = NULL")
    forget(ledger, reference, actor="C-1", reason="its time is over")
    assert ledger.recall(reference) is None
    assert ledger.check().ok
    refused(ledger, "DELETE FROM vault")


def test_an_entry_written_past_the_ledger_too_early_does_not_open_the_vault(
    ledger, clock, reference, monkeypatch
) -> None:
    """Somebody calls the program's own parts without its floor: the database still refuses."""
    body = {"reference": reference, "store": "vault", "retention": "none", "reason": "in a hurry"}
    clock.now = datetime(2030, 12, 30, 1, 59, 59, tzinfo=UTC)
    monkeypatch.setattr("assay.ledger.ledger.check_floor", lambda *_: None)
    ledger.append([Draft("evidence.shredded/1", "boss", body)])
    refused(ledger, "UPDATE vault SET record = NULL")
    assert ledger.recall(reference) == {"name": "Zhang Wei"}


def test_a_trigger_of_the_vault_that_is_gone_is_noticed(ledger, reference) -> None:
    with ledger.store.write() as store:
        if ledger.store.sqlite:
            store.execute(sa.text("DROP TRIGGER vault_only_forgets"))
        else:
            store.execute(sa.text("ALTER TABLE vault DISABLE TRIGGER vault_only_forgets"))
    found = [(each.code, each.where) for each in ledger.check().findings]
    assert found == [("journal.guard_missing", "trigger vault_only_forgets")]
