"""The book: folds of the journal into tables that can be thrown away and rebuilt.

One module per noun: its tables, its folds (`@fold("kind/1")`) and its queries. A fold
runs in the transaction of its entry; a fold that raises undoes the entry.
"""

from assay.ledger.book.registry import FOLDS, fold, fold_entry, load_folds

load_folds()

__all__ = ["FOLDS", "fold", "fold_entry", "load_folds"]
