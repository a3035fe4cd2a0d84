"""The controls page: every row with its result, computed now; signing and keeping a run."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from assay.core import refused
from assay.governance.controls import (
    Records,
    load_controls,
    record_run,
    run_controls,
    sign_control,
    summary_of,
)
from assay.governance.controls.settling import settle
from assay.ledger.book.audit import last_test
from assay.ledger.book.findings import register_of
from assay.web.audit_pages import look
from assay.web.desk_pages import day_of
from assay.web.pages import page
from assay.web.security import house_of, who_is
from assay.web.sign_in import Asked, Form

READ, SIGN = "governance:control:read", "governance:control:sign"
_OWN = {"logged": True}
#: Findings on one page.
MOST = 300


def records_of(request: Asked) -> Records:
    """What the tests read, over the house."""
    desk = house_of(request).desk
    return Records(desk.ledger, desk.library, desk.permissions, desk.now(), desk.today())


class ControlsPages(Controller):
    """What the agency is held to."""

    path = "/controls"

    @get("/", opt={"permission": READ, **_OWN}, sync_to_thread=True)
    def controls(self, request: Asked, only: FromQuery[str] = "") -> Response[Any]:
        """Every row, live; `only` shows the rows of one result."""
        look(request, "controls", {"only": only} if only else {})
        house = house_of(request)
        controls = load_controls(house.reference)
        found = run_controls(controls, records_of(request))
        shown = [each for each in found if only in ("", each.result)]
        with house.ledger.read() as connection:
            last = last_test(connection)
            waiting = len(register_of(connection, open_only=True))
        sections = [
            (controls.sections[name], list(rows))
            for name, rows in groupby(shown, key=lambda each: each.row.section)
        ]
        return page(
            request, "controls.html",
            sections=sections, summary=summary_of(found), only=only, last=last,
            now=house.desk.now(), waiting=waiting,
        )  # fmt: skip

    @get("/findings", opt={"permission": READ, **_OWN}, sync_to_thread=True)
    def findings(
        self, request: Asked, day: FromQuery[str] = "", settled: FromQuery[bool] = False
    ) -> Response[Any]:
        """The findings register: what stands open, or everything, of one pricing date where given."""
        look(request, "controls", {"findings": day or "all"})
        house = house_of(request)
        wanted = day_of(day, request) if day else None
        with house.ledger.read() as connection:
            rows = register_of(connection, day=wanted, open_only=not settled)
        return page(
            request,
            "findings.html",
            rows=rows[:MOST],
            more=len(rows) > MOST,
            day=day,
            settled=settled,
        )

    @post("/settle", opt={"permission": SIGN, **_OWN}, sync_to_thread=True)
    def settle(self, request: Asked, data: Form) -> Response[Any]:
        """Say in words what was done about a finding of the day."""
        who, house = who_is(request), house_of(request)
        assert who is not None, "the guard lets nobody else in"
        number = data.get("finding", "")
        if not number.isdigit():
            raise refused("finding.unknown", number or "no number", "name the entry of the finding")
        settle(
            house.office, house.signer(who), int(number), data.get("how", ""), data.get("words", "")
        )
        return Redirect("/controls/findings", status_code=303)

    @get("/entry/{seq:int}", opt={"permission": READ, **_OWN}, sync_to_thread=True)
    def entry(self, request: Asked, seq: FromPath[int]) -> Response[Any]:
        """The entry that a result points to; reports in confidence have a door of their own."""
        look(request, "controls", {"entry": str(seq)})
        entry = house_of(request).ledger.entry(seq)
        if entry.kind.startswith("pressure."):
            raise refused("entry.not_shown", f"entry {seq}", "open the report on /integrity")
        body = json.dumps(entry.body, ensure_ascii=False, indent=1, sort_keys=True)
        return page(request, "journal.html", entry=entry, body=body)

    @post("/sign", opt={"permission": SIGN, **_OWN}, sync_to_thread=True)
    def sign(self, request: Asked, data: Form) -> Response[Any]:
        """Sign a row of one's role, with words."""
        who, house = who_is(request), house_of(request)
        assert who is not None, "the guard lets nobody else in"
        row = load_controls(house.reference).row(data.get("control", ""))
        sign_control(
            house.ledger, row, person=who.person.person, today=house.desk.today(),
            answer=data.get("answer", ""), words=data.get("words", ""),
            signer=house.signer(who),
        )  # fmt: skip
        return Redirect(f"/controls#{row.id}", status_code=303)

    @post("/run", opt={"permission": SIGN, **_OWN}, sync_to_thread=True)
    def run(self, request: Asked) -> Response[Any]:
        """Keep the results as they stand in the journal."""
        who, house = who_is(request), house_of(request)
        assert who is not None, "the guard lets nobody else in"
        signer = house.signer(who)
        found = run_controls(load_controls(house.reference), records_of(request))
        record_run(house.ledger, found, signer.person, signer)
        return Redirect("/controls", status_code=303)
