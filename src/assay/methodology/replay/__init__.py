"""Replay: a document over a table of years, in columns of whole numbers.

The same price as the day engine, bit for bit; what columns cannot express is left to it.
"""

from assay.methodology.replay.results import Fixings
from assay.methodology.replay.rows import Findings
from assay.methodology.replay.run import Report, Source, replay, replay_together

__all__ = ["Findings", "Fixings", "Report", "Source", "replay", "replay_together"]
