"""Every controller of the pages, one line a room."""

from assay.web.account_pages import AccountPages
from assay.web.comment_pages import CommentPages
from assay.web.desk_pages import DeskPages
from assay.web.journal_pages import journal_entry
from assay.web.live import live
from assay.web.review_pages import ReviewPages

CONTROLLERS = (AccountPages, CommentPages, DeskPages, ReviewPages, journal_entry, live)
