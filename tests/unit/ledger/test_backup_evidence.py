"""A backup's manifest binds every file of it, evidence included."""

import pytest

from assay.core import BrokenPromise
from assay.ledger.backup import backup, verify_backup


def test_evidence_changed_inside_a_backup_is_noticed(ledger, tmp_path):
    ledger.evidence.put(b"A00 22180, 200 t")
    folder = tmp_path / "backup"
    backup(ledger, folder)
    assert verify_backup(folder)
    kept = next(
        path
        for path in (folder / "evidence").rglob("*")
        if path.is_file() and path.name != "secret"
    )
    kept.write_bytes(kept.read_bytes() + b"x")
    with pytest.raises(BrokenPromise, match=kept.name):
        verify_backup(folder)
