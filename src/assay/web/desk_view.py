"""What the analyst's desk shows of one series and day: read from the book, nothing decided.

The computed range is the desk's own preview (`desk.determining.compute`), so that a page
and a determination never differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import Refused, exact_text, parse_exact
from assay.desk import Desk
from assay.desk.determining import REJECTING, compute, pending_ticks
from assay.desk.phases import DayHours, boundaries, phase_of
from assay.ledger.book.contributors import contributors_on
from assay.ledger.book.market import facts_of
from assay.ledger.book.prices import previous_tick, proposal_of, state_of
from assay.ledger.book.submissions import submissions_of
from assay.methodology import Determination, Methodology

#: States of a datum that its row still shows.
SHOWN = ("offered", "confirmed", "withdrawn")
#: How large a glyph is drawn from how many tonnes on.
SIZES = ((500, "8"), (100, "6"), (0, "4"))
KIND_MARKS = {"transaction": "●", "bid": "▲", "offer": "▼", "indication": "◆"}


#: How far back the last futures session may lie (the longest holiday), whatever the years hold.
LOOK_BACK = timedelta(days=20)
#: A distance beyond this share of the price is not worth its digits on the page.
FAR = Fraction(1, 5)


@dataclass(frozen=True)
class Row:
    """One line of the blotter."""

    submission: str
    place: str
    state: str
    received_at: datetime
    contributor: str
    name: str
    group: str
    channel: str
    evidence: str
    fields: Mapping[str, Any]
    missing: Sequence[str]
    verdicts: Sequence[Mapping[str, Any]] = ()
    judgement: Mapping[str, Any] | None = None
    point: Fraction | None = None
    distance: Fraction | None = None

    @property
    def mark(self) -> str:
        """The glyph of its kind."""
        return KIND_MARKS.get(self.fields.get("kind") or "", "?")

    @property
    def far(self) -> bool:
        """Whether the price is so far off that only that matters."""
        if self.distance is None or self.point is None:
            return False
        middle: Fraction = self.point - self.distance
        return abs(self.distance) > FAR * abs(middle)

    @property
    def failed(self) -> list[Mapping[str, Any]]:
        """The verdicts that keep it out."""
        return [each for each in self.verdicts if each["verdict"] in REJECTING]

    @property
    def flagged(self) -> list[Mapping[str, Any]]:
        """The verdicts that only want eyes."""
        return [each for each in self.verdicts if each["verdict"] == "flag"]


@dataclass(frozen=True)
class DeskView:
    """Everything the page of one series and day shows."""

    series: str
    day: date
    document: Methodology
    hours: DayHours
    phase: str
    marks: Sequence[tuple[str, datetime]]
    now: datetime
    rows: Sequence[Row]
    computed: Determination | None
    problem: Refused | None
    yesterday: Mapping[str, Any] | None
    proposal: Mapping[str, Any] | None
    state: Mapping[str, Any] | None
    futures: Mapping[str, Any] | None = None
    checks: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    firms: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    @property
    def change(self) -> Decimal | None:
        """Computed mid against yesterday's."""
        if self.computed is None or self.computed.mid is None or not self.yesterday:
            return None
        before = self.yesterday["mid"]
        return None if before is None else self.computed.mid - before

    def group(self, place: str) -> list[Row]:
        """The rows of one part of the blotter: ``in``, ``pending`` or ``out``."""
        return [each for each in self.rows if each.place == place]


def desk_view(desk: Desk, connection: Connection, series: str, day: date) -> DeskView:
    """Read the page's content at this moment."""
    document = desk.document(series, day)
    hours = desk.hours(connection, series, day)
    computed, problem = _preview(desk, connection, series, day)
    rows = blotter(connection, series, day, computed)
    return DeskView(
        series=series,
        day=day,
        document=document,
        hours=hours,
        phase=phase_of(hours, day, desk.now()),
        marks=boundaries(hours, day),
        now=desk.now(),
        rows=rows,
        computed=computed,
        problem=problem,
        yesterday=previous_tick(connection, series, day),
        proposal=proposal_of(connection, series, day),
        state=state_of(connection, series, day),
        futures=_futures(connection, day),
        checks=_checks(computed),
        firms=contributors_on(connection, day),
    )


def influence_now(
    desk: Desk, connection: Connection, series: str, day: date
) -> list[dict[str, Any]] | None:
    """How far the mid moves without each contributor; None where no contributors make the price.

    From what the book holds now. Dear: the price is determined again without each of them,
    so the page asks for it apart.
    """
    computed, _ = _preview(desk, connection, series, day, influence=True)
    if computed is None or "influence" not in computed.trace:
        return None
    return influence_of(computed.trace)


def verdicts_now(
    desk: Desk, connection: Connection, series: str, day: date, submission: str
) -> list[dict[str, Any]]:
    """What each rule says of one datum now: rule, clause, verdict, the values it saw."""
    computed, _ = _preview(desk, connection, series, day)
    found = computed.verdicts if computed else ()
    return [each.document() for each in found if each.submission == submission]


def _preview(
    desk: Desk, connection: Connection, series: str, day: date, *, influence: bool = False
) -> tuple[Determination | None, Refused | None]:
    try:
        pending = pending_ticks(connection, desk.document(series, day), day, correcting=False)
        found = compute(desk, connection, series, day, pending, influence=influence)
    except Refused as problem:
        return None, problem
    return found.result, None


def blotter(
    connection: Connection, series: str, day: date, computed: Determination | None
) -> list[Row]:
    """Every datum of the series' day with what the rules say of it now."""
    firms = {each["contributor"]: each for each in contributors_on(connection, day)}
    said: dict[str, list[dict[str, Any]]] = {}
    for verdict in computed.verdicts if computed else ():
        said.setdefault(verdict.submission, []).append(verdict.document())
    rows = [
        _row(each, firms.get(each["contributor"] or ""), said.get(each["submission"], []))
        for each in submissions_of(connection, day, series, SHOWN)
    ]
    return _with_distances(rows)


def _row(
    row: Mapping[str, Any], firm: Mapping[str, Any] | None, verdicts: list[dict[str, Any]]
) -> Row:
    fields = row["fields"]
    low, high = fields.get("low"), fields.get("high") or fields.get("low")
    point = (parse_exact(low) + parse_exact(high)) / 2 if low and high else None
    return Row(
        submission=row["submission"],
        place=_place(row["state"], verdicts),
        state=row["state"],
        received_at=row["received_at"],
        contributor=row["contributor"] or "",
        name=firm["name"] if firm else (row["contributor"] or "?"),
        group=firm["group"] if firm else "",
        channel=row["channel"],
        evidence=row["evidence"],
        fields=fields,
        missing=row["missing"],
        verdicts=verdicts,
        judgement=row["judgement"],
        point=point,
    )


def _place(state: str, verdicts: Sequence[Mapping[str, Any]]) -> str:
    if state == "offered":
        return "pending"
    if state == "withdrawn" or any(each["verdict"] in REJECTING for each in verdicts):
        return "out"
    return "in"


def _with_distances(rows: list[Row]) -> list[Row]:
    used = sorted(each.point for each in rows if each.place == "in" and each.point is not None)
    if not used:
        return rows
    middle = (used[(len(used) - 1) // 2] + used[len(used) // 2]) / 2
    return [
        Row(**{**_parts(each), "distance": each.point - middle}) if each.point is not None else each
        for each in rows
    ]


def _parts(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Row.__dataclass_fields__}


def _futures(connection: Connection, day: date) -> Mapping[str, Any] | None:
    found = facts_of(connection, "AD-MAIN", first=day - LOOK_BACK, last=day)
    return found[-1] if found else None


def _checks(computed: Determination | None) -> list[dict[str, Any]]:
    """The engine's own findings and how far each contributor moves the mid."""
    if computed is None:
        return []
    checks = [
        {
            "what": each.code,
            "where": each.where,
            "say": each.what_to_do,
            "level": each.severity.value,
        }
        for each in computed.findings
    ]
    return checks[:12]


def influence_of(trace: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How far the mid moves without each contributor, largest move first."""
    found = trace.get("influence", {}).get("contributors", {})
    rows = [{"name": name, "mid": moves.get("mid")} for name, moves in found.items()]
    moved = [each for each in rows if each["mid"] not in (None, "0")]
    return sorted(moved, key=lambda each: abs(parse_exact(each["mid"])), reverse=True)


def coverage_of(computed: Determination | None) -> list[dict[str, Any]]:
    """Each rung of the ladder that was tried: what it found against what it wants."""
    tried = computed.trace.get("ladder", []) if computed else []
    return [
        {
            "branch": rung["branch"],
            "taken": rung.get("taken", False),
            "met": [
                (name, rung["found"].get(name), wanted)
                for name, wanted in rung.get("wanted", {}).items()
                if str(wanted) != "0"
            ],
            "share": rung.get("found", {}).get("largest_share_percent"),
        }
        for rung in tried
    ]


def formula_terms(computed: Determination | None) -> list[dict[str, Any]]:
    """The terms of a formula price as the trace names them: value, unit, date, source."""
    terms: dict[str, dict[str, Any]] = {}

    def walk(node: Any) -> None:
        if isinstance(node, Mapping):
            if "value" in node and "source" in node and not node.get("terms"):
                terms.setdefault(str(node.get("name")), dict(node))
            for each in node.values():
                walk(each)
        elif isinstance(node, list | tuple):
            for each in node:
                walk(each)

    walk(computed.trace if computed else {})
    return list(terms.values())


def strip_plot(view: DeskView, width: int = 520, height: int = 120) -> dict[str, Any]:
    """Positions for the strip plot: one glyph a row on a price axis, bands behind it."""
    points = [each.point for each in view.rows if each.point is not None]
    bands = _bands(view)
    values = points + [Fraction(edge) for band in bands for edge in band["edges"]]
    if not values:
        return {"width": width, "height": height, "glyphs": [], "bands": [], "ticks": []}
    low, high = _axis(values)
    scale = (width - 40) / (high - low)

    def x(value: Fraction) -> str:
        return exact_text(Fraction(round((20 + (value - low) * scale) * 10), 10))

    glyphs = [
        {"x": x(each.point), "y": str(30 + 16 * (place % 4)), "row": each,
         "size": _size(each.fields.get("quantity"))}
        for place, each in enumerate(view.rows)
        if each.point is not None and low <= each.point <= high
    ]  # fmt: skip
    drawn = [
        {**band, "x": x(Fraction(band["edges"][0])),
         "width": exact_text(Fraction(round((Fraction(band["edges"][-1]) - Fraction(band["edges"][0])) * scale * 10), 10))}
        for band in bands
    ]  # fmt: skip
    step = (high - low) / 4
    ticks = [
        {"x": x(low + step * place), "at": exact_text(Fraction(round(low + step * place)))}
        for place in range(5)
    ]
    return {"width": width, "height": height, "glyphs": glyphs, "bands": drawn, "ticks": ticks}


def _bands(view: DeskView) -> list[dict[str, Any]]:
    bands = []
    if view.yesterday and view.yesterday["low"] is not None:
        bands.append(
            {"name": "yesterday", "edges": [view.yesterday["low"], view.yesterday["high"]]}
        )
    if view.computed and view.computed.low is not None and view.computed.high is not None:
        bands.append({"name": "computed", "edges": [view.computed.low, view.computed.high]})
    if view.proposal and view.proposal["tick"].get("low"):
        tick = view.proposal["tick"]
        bands.append({"name": "proposed", "edges": [Decimal(tick["low"]), Decimal(tick["high"])]})
    return bands


def _axis(values: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The axis leaves far outliers outside: ten spreads around the middle half."""
    ordered = sorted(values)
    quarter, rest = ordered[len(ordered) // 4], ordered[(3 * len(ordered)) // 4]
    reach = max(rest - quarter, abs(rest) / 200, Fraction(1)) * 3
    inside = [each for each in ordered if quarter - reach <= each <= rest + reach]
    low, high = min(inside), max(inside)
    room = max((high - low) / 10, Fraction(1))
    return low - room, high + room


def _size(quantity: str | None) -> str:
    if not quantity:
        return "5"
    tonnes = parse_exact(quantity)
    return next(size for tonnes_from, size in SIZES if tonnes >= tonnes_from)
