"""Contributors: their whole life, their file, their scores.

One act, one function; the file is a fold of the journal, the scores are computed from it.
"""

from assay.governance.contributors.clocks import Clock, alarms, clocks_of
from assay.governance.contributors.filing import (
    acts_open,
    clocks_today,
    file_of,
    paper_of,
    readable_file,
    readable_scores,
    register,
)
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
from assay.governance.contributors.own import own_submissions
from assay.governance.contributors.scores import (
    Score,
    below_standard,
    middle_of,
    scores_of,
    usual_span,
)

__all__ = [
    "CHECKS", "SUBMITTER_CHECKS", "Clock", "Score", "activate", "acts_open", "agree", "alarms",
    "alias", "apply", "below_standard", "card_on", "check", "clocks_of", "clocks_today",
    "end_mandate", "end_rectification", "file_certificate", "file_document", "file_of", "mandate",
    "middle_of", "notice_rectification", "own_submissions", "paper_of", "readable_file",
    "readable_scores", "reference", "register", "scores_of", "shortcomings", "take_back",
    "terminate", "usual_span", "withdraw_certificate",
]  # fmt: skip
