"""What the commands of governance share: the open office of the home. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assay.cli.session import session

if TYPE_CHECKING:
    from assay.governance.office import Office


@contextmanager
def open_office() -> Iterator[Office]:
    """The office of the home: its ledger, roles, publication calendar, thresholds."""
    from assay.governance.office import office_of
    from assay.methodology import load_reference

    run = session()
    calendars = load_reference(run.settings.reference).calendars
    with run.ledger() as ledger:
        yield office_of(ledger, run.settings.reference, calendars["CN"])


def reader(office: Office, person: str | None) -> str:
    """The person who reads, proved by a key that the journal knows."""
    from assay.core import refused
    from assay.ledger.book.home import active_key

    signer = session().must_sign(person)
    with office.ledger.read() as connection:
        known = active_key(connection, signer.person)
    if known is None or known["key"] != signer.key:
        raise refused(
            "key.unknown", f"key {signer.key} of {person}", "the journal knows no such active key"
        )
    return signer.person
