"""Changes of a methodology from proposal to effect, and the yearly consultation.

Never rewrites history: an old version stays readable and keeps the days it priced.
"""

from assay.governance.changes.acts import DECIDE, PROPOSE, READ, Changes
from assay.governance.changes.classes import ChangeClass, ChangeRules, load_change_rules
from assay.governance.changes.notices import (
    CHANGE_LETTERS,
    CONSULTATION_LETTERS,
    answer_letter,
    notice_letter,
    place_in,
    subject_letter,
)
from assay.governance.changes.reader import Version, versions_of
from assay.governance.changes.status import (
    alarms,
    consultation_dates,
    notice_days,
    public_changes,
    public_comments,
    shown,
    staff_comments,
)
from assay.governance.changes.study import StudyRow, study_rows, summary_of

__all__ = [
    "CHANGE_LETTERS", "CONSULTATION_LETTERS", "DECIDE", "PROPOSE", "READ", "ChangeClass",
    "ChangeRules", "Changes", "StudyRow", "Version", "alarms", "answer_letter", "consultation_dates",
    "load_change_rules", "notice_days", "notice_letter", "place_in", "public_changes", "public_comments",
    "shown", "staff_comments", "study_rows", "subject_letter", "summary_of", "versions_of",
]  # fmt: skip
