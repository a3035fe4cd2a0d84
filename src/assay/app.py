"""The one place where the parts are joined: settings in, a wired application out.

Faces never import each other; what needs two of them is joined here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assay.core import Finding
    from assay.desk import Desk
    from assay.desk.documents import Folder
    from assay.governance.alarms import Rooms
    from assay.ledger import Ledger
    from assay.settings import Settings


def main() -> None:
    """Run the command line."""
    from assay.cli.main import main as command_line

    command_line()


def pages(
    settings: Settings,
    ledger: Ledger,
    desk: Desk,
    *,
    secure: bool,
    told: Callable[[], list[Finding]] = list,
) -> Any:
    """The web application over an open ledger and its desk, every room of pages in it.

    `told` says what is wrong with the process itself: it stands at the head of every page.
    """
    from assay.governance.accounts import Accounts, load_roles
    from assay.web import House, build
    from assay.web.rooms import CONTROLLERS

    accounts, roles = Accounts(ledger), load_roles(settings.reference)
    house = House(
        ledger, desk, accounts, roles, settings.keys, settings.reference, secure=secure, told=told
    )
    return build(house, CONTROLLERS)


def rooms(
    settings: Settings, desk: Desk, also: Sequence[Callable[[], list[Finding]]] = ()
) -> Rooms:
    """The rooms of governance over a desk, for what falls due by itself."""
    from assay.desk import calendar_alarms
    from assay.governance.alarms import Rooms
    from assay.governance.changes import Changes
    from assay.governance.complaints import Complaints
    from assay.governance.office import office_of

    office = office_of(desk.ledger, settings.reference, desk.calendars["CN"])
    documents = desk.documents or settings.methodologies
    parts = (desk.ledger, desk.library, office.roles)
    return Rooms(
        office,
        Changes.of(*parts, documents, settings.reference),
        Complaints.of(*parts, settings.reference),
        (lambda: calendar_alarms(desk.calendars, desk.today()), *also),
    )


def house_loop(settings: Settings, desk: Desk, folder: Folder) -> Callable[[], None]:
    """One step of the loop of the house: the folder of documents, then what falls due.

    It does nothing while neither the journal, nor the day, nor the documents changed.
    """
    from assay.governance.clockwork import turn

    problems: list[Finding] = []
    house = rooms(settings, desk, [lambda: problems])
    done: list[object] = []

    def step() -> None:
        problems[:] = folder.look()
        present = [desk.today(), desk.ledger.head().seq, id(desk.library.held), list(problems)]
        if present != done:
            turn(house)
            done[:] = [present[0], desk.ledger.head().seq, *present[2:]]

    return step
