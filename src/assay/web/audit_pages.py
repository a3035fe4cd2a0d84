"""The auditor's pages: dossier, reproduce, sample, sealed bundle, access log. Read-only.

Each page records the look before it shows anything; the time box is looked at in the
same transaction.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from litestar import Controller, get, post
from litestar.params import FromQuery
from litestar.response import Response

from assay.core import refused
from assay.governance.audit import (
    Archive,
    dossier,
    draw,
    log_view,
    record_reproduction,
    record_sample,
    reproduce,
    time_box,
)
from assay.ledger import load_signer
from assay.ledger.book.audit import views_since
from assay.ledger.keys import PUBLICATION
from assay.publication import export_days
from assay.web.fields import day_in, instant_in
from assay.web.pages import page
from assay.web.security import house_of, who_is
from assay.web.sign_in import Asked, Form

READ, DRAW, TAKE = "audit:dossier:read", "audit:sample:draw", "audit:bundle:export"
_OWN = {"logged": True}  # these routes say themselves what was looked at
_NEWEST = 50


def look(
    request: Asked, view: str, about: Mapping[str, str], known_at: datetime | None = None
) -> str:
    """Record that the signed-in person looks; gives his code."""
    who, house = who_is(request), house_of(request)
    assert who is not None, "the guard lets nobody else in"
    person: str = who.person.person
    log_view(
        house.ledger, person, view, about,
        door="pages", today=house.desk.today(), known_at=known_at,
    )  # fmt: skip
    return person


class AuditPages(Controller):
    """The auditor's room."""

    path = "/audit"

    @get("/", opt={"permission": READ, **_OWN}, sync_to_thread=True)
    def room(self, request: Asked) -> Response[Any]:
        """The forms, and his own last looks."""
        person = look(request, "log", {"page": "/audit"})
        return page(request, "audit.html", **_room(request, person))

    @get("/dossier", opt={"permission": READ, **_OWN}, sync_to_thread=True)
    def dossier(
        self,
        request: Asked,
        series: FromQuery[str] = "",
        day: FromQuery[str] = "",
        known_at: FromQuery[str | None] = None,
    ) -> Response[Any]:
        """Everything about one price, as known now or at an instant."""
        return _dossier(request, series, day_in(day, "day"), known_at)

    @get("/evidence", opt={"permission": READ, **_OWN}, sync_to_thread=True)
    def evidence(self, request: Asked, name: FromQuery[str] = "") -> Response[bytes]:
        """One raw message as it came, to be saved, never rendered."""
        house = house_of(request)
        if not any(
            each.body["evidence"] == name
            for each in house.ledger.entries(kinds=["evidence.archived/1"])
        ):
            raise refused("evidence.unknown", name or "evidence", "no entry archived this")
        look(request, "evidence", {"evidence": name})
        content = house.ledger.evidence.get(name)
        saved = f'attachment; filename="{name.removeprefix("sha256:")[:16]}"'
        return Response(
            content,
            media_type="application/octet-stream",
            headers={"content-disposition": saved},
        )

    @post("/reproduce", opt={"permission": READ, **_OWN}, sync_to_thread=True)
    def reproduce(self, request: Asked, data: Form) -> Response[Any]:
        """Compute the price again and compare bit for bit; the outcome is an entry."""
        house = house_of(request)
        series, day = data.get("series", ""), day_in(data.get("day"), "day")
        person = look(request, "reproduction", {"series": series, "pricing_date": day.isoformat()})
        folders = [each for each in (house.desk.documents, house.reference) if each]
        made = reproduce(house.ledger, Archive(house.ledger, *folders), series, day)
        record_reproduction(house.ledger, made, person)
        return _dossier(request, series, day, None, made)

    @post("/sample", opt={"permission": DRAW, **_OWN}, sync_to_thread=True)
    def sample(self, request: Asked, data: Form) -> Response[Any]:
        """Draw a sample; the seed is printed with it."""
        first, last = day_in(data.get("first"), "first"), day_in(data.get("last"), "last")
        seed, size = data.get("seed", ""), data.get("size", "")
        person = look(
            request, "sample",
            {"first": first.isoformat(), "last": last.isoformat(), "seed": seed},
        )  # fmt: skip
        ledger = house_of(request).ledger
        with ledger.read() as connection:
            found = draw(connection, first, last, int(size) if size.isdigit() else 0, seed)
        record_sample(ledger, found, person)
        return page(request, "audit.html", **{**_room(request, person), "sample": found})

    @post("/bundle", opt={"permission": TAKE, **_OWN}, sync_to_thread=True)
    def bundle(self, request: Asked, data: Form) -> Response[Any]:
        """The sealed bundle of a period as one archive for the offline verifier."""
        house = house_of(request)
        first, last = day_in(data.get("first"), "first"), day_in(data.get("last"), "last")
        documents = house.desk.documents
        if documents is None or not (house.keys / f"{PUBLICATION}.key").is_file():
            raise refused(
                "audit.unsealed",
                "publication key",
                "the server holds no publication key to seal with",
            )
        look(request, "bundle", {"first": first.isoformat(), "last": last.isoformat()})
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "bundle"
            export_days(
                house.ledger, first, last, "auditor", out, documents, house.reference,
                signer=load_signer(house.keys, PUBLICATION),
            )  # fmt: skip
            packed = _packed(out)
        saved = f'attachment; filename="assay-{first}-{last}.zip"'
        return Response(
            packed, media_type="application/zip", headers={"content-disposition": saved}
        )


def _packed(folder: Path) -> bytes:
    """The files of a bundle as a zip whose bytes depend on the files alone."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.writestr(
                    zipfile.ZipInfo(path.relative_to(folder).as_posix()), path.read_bytes()
                )
    return packed.getvalue()


def _room(request: Asked, person: str) -> dict[str, Any]:
    house = house_of(request)
    today = house.desk.today()
    with house.ledger.read() as connection:
        until = time_box(connection, person, today)
        views = views_since(connection, person=person)[:_NEWEST]
    return {
        "until": until,
        "views": views,
        "today": today,
        "series": house.desk.library.series(),
        "sample": None,
    }


def _dossier(
    request: Asked, series: str, day: date, known_at: str | None, made: Any = None
) -> Response[Any]:
    instant = instant_in(known_at, house_of(request).zone)
    about = {"series": series, "pricing_date": day.isoformat()}
    look(request, "dossier", about, instant)
    found = dossier(house_of(request).ledger, series, day, instant)
    moves = found.sensitivity().get("contributors", {})
    return page(
        request, "dossier.html",
        status_code=200, found=found, moves=moves, made=made, known_at=known_at or "",
        timeline=found.timeline(), verdicts=found.verdicts(), decisions=found.decisions(),
        approvals=found.approvals(),
    )  # fmt: skip
