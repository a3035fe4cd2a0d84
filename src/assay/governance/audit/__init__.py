"""The auditor's room: read-only, time-boxed, every look recorded.

Gives the dossier of a price, a random sample and a reproduction bit for bit. Never
touches a price; bundles are the publication's (joined in the faces).
"""

from assay.governance.audit.archive import Archive
from assay.governance.audit.dossier import Dossier, dossier, evidence_state
from assay.governance.audit.log import AUDITOR, LONGEST_DAYS, log_view, time_box
from assay.governance.audit.reproducing import Reproduction, record_reproduction, reproduce
from assay.governance.audit.sampling import STRATA, Sample, draw, record_sample

__all__ = [
    "AUDITOR", "LONGEST_DAYS", "STRATA", "Archive", "Dossier", "Reproduction", "Sample", "dossier", "draw",
    "evidence_state", "log_view", "record_reproduction", "record_sample", "reproduce", "time_box",
]  # fmt: skip
