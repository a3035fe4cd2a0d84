"""Complaints and corrections: what users say is wrong, what the house found to be wrong.

Never shows a complainant in public; never counts a cascade as an error of its own.
"""

from assay.governance.complaints.acts import HANDLE, Complaints
from assay.governance.complaints.corrections import CAUSES, corrections, statistics
from assay.governance.complaints.letters import (
    COMPLAINT_LETTERS,
    correction_letter,
    letter_to,
    procedure_paper,
)
from assay.governance.complaints.rules import ComplaintRules, load_complaint_rules
from assay.governance.complaints.status import (
    clock_of,
    complaint_alarms,
    handlers,
    public_register,
    queue,
)

__all__ = [
    "CAUSES", "COMPLAINT_LETTERS", "HANDLE", "ComplaintRules", "Complaints", "clock_of", "complaint_alarms",
    "correction_letter", "corrections", "handlers", "letter_to", "load_complaint_rules", "procedure_paper", "public_register",
    "queue", "statistics",
]  # fmt: skip
