"""The pricing day from opening to correction: one act, one function, whatever face asks.

Each act takes the desk and the person who signs; the rules of a price stand in its
document, the four eyes in the ledger's fold.
"""

from assay.desk.correcting import CAUSES, correct, live_correction, publish_correction
from assay.desk.desk import ALL, Desk
from assay.desk.determining import determine_series, screen, staleness
from assay.desk.drafting import Adjustment, differences
from assay.desk.factors import record_factors
from assay.desk.intake import (
    confirm,
    confirm_all,
    discard,
    judge,
    open_offers,
    submission_of,
    withdraw,
)
from assay.desk.opening import arrange, open_day, served
from assay.desk.people import must_be_registered, register_key, register_person
from assay.desk.phases import (
    PHASES,
    DayHours,
    Due,
    calendar_alarms,
    hours_on,
    next_due,
    phase_of,
)
from assay.desk.prices import price_of, visible_ticks
from assay.desk.proposing import approve, live_proposal, propose, return_proposal
from assay.desk.publishing import NOT_ASSESSED, Published, not_assess, publish, window_end
from assay.desk.roles import Permissions, load_permissions
from assay.desk.status import awaiting, blotter, day_status, unpriced

__all__ = [
    "ALL", "CAUSES", "NOT_ASSESSED", "PHASES", "Adjustment", "DayHours", "Desk", "Due",
    "Permissions", "Published", "approve", "arrange", "awaiting", "blotter", "calendar_alarms", "confirm",
    "confirm_all", "correct",
    "day_status", "determine_series", "differences", "discard", "hours_on", "judge",
    "live_correction", "live_proposal", "load_permissions", "must_be_registered", "next_due",
    "not_assess", "open_day", "open_offers",
    "phase_of", "price_of", "propose", "publish", "publish_correction", "record_factors",
    "register_key", "register_person", "return_proposal", "screen", "served", "staleness",
    "submission_of", "unpriced", "visible_ticks", "window_end", "withdraw",
]  # fmt: skip
