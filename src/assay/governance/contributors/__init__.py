"""Contributors: their whole life, their file, their scores.

One act, one function; the file is a fold of the journal, the scores are computed from it.
"""

from assay.governance.contributors.filing import alarms, file_of, readable_file
from assay.governance.contributors.life import (
    CHECKS,
    SUBMITTER_CHECKS,
    activate,
    agree,
    alias,
    apply,
    card_on,
    check,
    end_mandate,
    end_rectification,
    file_certificate,
    file_document,
    mandate,
    notice_rectification,
    reference,
    shortcomings,
    take_back,
    terminate,
    withdraw_certificate,
)
from assay.governance.contributors.scores import Score, below_standard, middle_of, scores_of

__all__ = [
    "CHECKS", "SUBMITTER_CHECKS", "Score", "activate", "agree", "alarms", "alias", "apply",
    "below_standard", "card_on", "check", "end_mandate", "end_rectification", "file_certificate",
    "file_document", "file_of", "mandate", "middle_of", "notice_rectification", "readable_file",
    "reference", "scores_of", "shortcomings", "take_back", "terminate", "withdraw_certificate",
]  # fmt: skip
