"""Every controller of the pages, one line a room."""

from assay.web.account_pages import AccountPages
from assay.web.audit_pages import AuditPages
from assay.web.change_pages import ChangeOffice
from assay.web.comment_pages import CommentPages
from assay.web.complaint_pages import ComplaintOffice
from assay.web.contributor_pages import ContributorPages, OwnPages
from assay.web.controls_pages import ControlsPages
from assay.web.desk_pages import DeskPages
from assay.web.integrity_pages import DeclarationPages, FlagPages, ReportPages
from assay.web.journal_pages import journal_entry
from assay.web.letter_pages import LetterPages
from assay.web.live import alarms, live
from assay.web.notice_pages import (
    ChangePages,
    ComplaintPages,
    MethodologyPages,
    correction_register,
)
from assay.web.review_pages import ReviewPages

CONTROLLERS = (
    AccountPages,
    AuditPages,
    ControlsPages,
    CommentPages,
    DeskPages,
    ReviewPages,
    ContributorPages,
    OwnPages,
    ReportPages,
    DeclarationPages,
    FlagPages,
    journal_entry,
    alarms,
    live,
    LetterPages,
    ChangeOffice,
    ComplaintOffice,
    ChangePages,
    ComplaintPages,
    MethodologyPages,
    correction_register,
)
