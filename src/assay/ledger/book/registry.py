"""The register of folds: entry kind -> functions that write the book. Holds no fold itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

from sqlalchemy.engine import Connection

from assay.ledger.entry import Entry
from assay.ledger.store import BOOK_TABLES, sort_by_bytes

Fold = Callable[[Connection, Entry], None]
FOLDS: dict[str, list[Fold]] = {}


def fold(*kinds: str) -> Callable[[Fold], Fold]:
    """Register a function that folds entries of these kinds into the book."""

    def register(function: Fold) -> Fold:
        for kind in kinds:
            FOLDS.setdefault(kind, []).append(function)
        return function

    return register


def load_folds() -> None:
    """Import every module beside this one, so that all tables and folds are known."""
    package = importlib.import_module("assay.ledger.book")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"assay.ledger.book.{module.name}")
    sort_by_bytes(BOOK_TABLES)


def fold_entry(connection: Connection, entry: Entry) -> None:
    """Run every fold of this entry's kind."""
    for function in FOLDS.get(entry.kind, ()):
        function(connection, entry)
