"""Retention: how long each class of record is kept, and forgetting what is over.

The classes are data (`reference/retention.toml`); the five-year floor is the store's own.
Never touches an entry of the journal.
"""

from assay.governance.retention.classes import Due, RetentionClass, due, load_classes
from assay.governance.retention.forgetting import forget_due

__all__ = ["Due", "RetentionClass", "due", "forget_due", "load_classes"]
