"""One entry of the journal as a page: where the numbers of a comment lead to.

Only what concerns prices is shown here; confidential entries have rooms of their own.
"""

from __future__ import annotations

import json
from typing import Any

from litestar import get
from litestar.params import FromPath
from litestar.response import Response

from assay.core import refused
from assay.web.pages import page
from assay.web.security import house_of
from assay.web.sign_in import Asked

#: Kinds that lie behind a published number.
SHOWN = ("price.", "market.", "factor.", "comment.", "day.", "contract.", "notice.", "methodology.")


@get("/journal/{seq:int}", opt={"permission": "desk:day:read"}, sync_to_thread=True)
def journal_entry(request: Asked, seq: FromPath[int]) -> Response[Any]:
    """An entry with its hashes; refused where it concerns no price."""
    entry = house_of(request).ledger.entry(seq)
    if not entry.kind.startswith(SHOWN):
        raise refused("entry.not_shown", f"entry {seq}", "this page shows what lies behind prices")
    body = json.dumps(entry.body, ensure_ascii=False, indent=1, sort_keys=True)
    return page(request, "journal.html", entry=entry, body=body)
