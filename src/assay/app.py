"""The one place where the parts are joined: settings in, a wired application out.

Faces never import each other; what needs two of them is joined here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assay.desk import Desk
    from assay.ledger import Ledger
    from assay.settings import Settings


def main() -> None:
    """Run the command line."""
    from assay.cli.main import main as command_line

    command_line()


def pages(settings: Settings, ledger: Ledger, desk: Desk, *, secure: bool) -> Any:
    """The web application over an open ledger and its desk, every room of pages in it."""
    from assay.governance.accounts import Accounts, load_roles
    from assay.web import House, build
    from assay.web.rooms import CONTROLLERS

    accounts, roles = Accounts(ledger), load_roles(settings.reference)
    house = House(ledger, desk, accounts, roles, settings.keys, settings.reference, secure=secure)
    return build(house, CONTROLLERS)
