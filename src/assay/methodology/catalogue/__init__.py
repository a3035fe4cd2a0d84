"""The catalogue: every rule, trim, split, estimator and range a document may name."""

from assay.methodology.catalogue import (
    cleaning,
    estimators,
    market,
    normalising,
    panel,
    ranges,
    screening,
    splits,
    trimming,
)
from assay.methodology.catalogue.registry import (
    FAMILIES,
    Entry,
    Parameter,
    entries,
    entry_of,
    names_of,
)

MODULES = (
    cleaning, screening, panel, normalising, trimming, splits, estimators, ranges, market,
)  # fmt: skip

__all__ = ["FAMILIES", "MODULES", "Entry", "Parameter", "entries", "entry_of", "names_of"]
