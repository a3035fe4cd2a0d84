"""Feeds: files of exchanges and authorities -> market facts, by declared mappings.

A mapping says which column is which figure, in which unit, zone and encoding; anything else
is refused. A row that is not plausible is quarantined with its reason, never repaired.
"""

from assay.collection.feeds.bulletins import read_bulletin
from assay.collection.feeds.history import HistoryRow, read_history
from assay.collection.feeds.mapping import FeedMapping, MappingError, load_feeds
from assay.collection.feeds.quantities import QuantityTable, read_quantities
from assay.collection.feeds.reader import read_feed
from assay.collection.feeds.rolls import ContractDay, Roll, rolls_of
from assay.collection.feeds.sessions import trading_day_of

__all__ = [
    "ContractDay", "FeedMapping", "HistoryRow", "MappingError", "QuantityTable", "Roll",
    "load_feeds", "read_bulletin", "read_feed", "read_history", "read_quantities", "rolls_of",
    "trading_day_of",
]  # fmt: skip
