"""The pages: server-rendered, keyboard-first, live over SSE. No rule lives here.

Every act is the same desk or governance act that the command line uses; a page only
shows folds and hands on what a person decided.
"""

from assay.web.app import build
from assay.web.house import House

__all__ = ["House", "build"]
