"""Tables of "heards" and window orders of other agencies -> offered submissions.

Reads the CSV of structured heards and of window bids, offers and trades, alone or as samples
inside a JSON document. Their goods are not our series: the reading says what stands there, the
series stays open, and floating prices are premiums against the named basis.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from assay.collection.html_text import read_html
from assay.collection.numerals import plain_amount
from assay.collection.quote_checks import decimal_shown
from assay.collection.reading import (
    Certainty,
    FieldRead,
    Offered,
    Reading,
    error,
    joined,
    missing_fields,
    notice,
    refusal,
    warning,
)
from assay.collection.safety import too_large
from assay.collection.text import decode
from assay.core import UNITS, Finding

_WINDOW = {"order_type", "order_state", "price", "market_maker", "order_id"}
_HEARDS = {"heard_type", "price", "pricing_basis", "body"}
_LISTING = {"market", "product"}
_KIND_WORDS = {"bid": "bid", "offer": "offer", "trade": "transaction", "deal": "transaction"}
_SIDES = {"bid": "buy", "offer": "sell"}
_TONNES = {"mt", "t", "tonnes", "metric tons"}
_DEEPEST = 6


def read_heards(content: bytes, where: str = "heards") -> Reading:
    """The orders or heards of a CSV table, or of every CSV sample inside a JSON document."""
    large = too_large(content, where)
    if large is not None:
        return Reading(findings=(large,))
    decoded = decode(content, where)
    if decoded.text.lstrip().startswith("{"):
        try:
            document = json.loads(decoded.text)
        except (ValueError, RecursionError):
            return refusal("heards.not_json", where, "neither a CSV table nor a JSON document")
        tables = list(_samples(document, where, 0))
        if not tables:
            return refusal("heards.no_table", where, "no CSV table inside the document")
        return joined(_read(text, place) for place, text in tables)
    return _read(decoded.text, where)


def _samples(document: object, where: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(document, dict) and depth < _DEEPEST:
        for name, inner in document.items():
            yield from _samples(inner, f"{where}, {name}", depth + 1)
    elif isinstance(document, str) and "," in document and "\n" in document:
        yield where, document


def _read(text: str, where: str) -> Reading:
    csv.field_size_limit(1_000_000)
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as problem:
        return refusal("heards.broken_table", where, f"{problem}: ask for the table again")
    if not rows:
        return refusal("heards.empty", where, "an empty table")
    header = [cell.strip() for cell in rows[0]]
    if set(header) >= _WINDOW:
        reader = _order
    elif set(header) >= _HEARDS:
        reader = _heard
    else:
        known = sorted(_WINDOW | _HEARDS)
        what = "a listing, no quotes" if set(header) & _LISTING else "unknown columns"
        return Reading(
            findings=(notice("heards.no_quotes", where, f"{what}; quotes need {', '.join(known)}"),)
        )
    offers: list[Offered] = []
    findings: list[Finding] = []
    for number, row in enumerate(rows[1:], 2):
        place = f"{where}, row {number}"
        if len(row) != len(header):
            findings.append(error("heards.short_row", place, "cells are missing: row not read"))
            continue
        offers.append(reader(dict(zip(header, row, strict=True)), place))
    return Reading(offers=tuple(offers), findings=tuple(findings))


class _Cells:
    """Fields of one row while they are read, each with the column it came from."""

    def __init__(self, row: dict[str, str], place: str) -> None:
        self.row, self.place = row, place
        self.fields: dict[str, FieldRead] = {}
        self.said: dict[str, FieldRead] = {}
        self.findings: list[Finding] = []

    def take(self, name: str, column: str, content: str | None = None) -> None:
        text = self.row.get(column, "").strip() if content is None else content
        if text:
            self.fields[name] = FieldRead(text, Certainty.STATED, locator=f"{self.place}, {column}")

    def say(self, name: str, column: str) -> None:
        text = self.row.get(column, "").strip()
        if text:
            self.said[name] = FieldRead(text, Certainty.STATED, locator=f"{self.place}, {column}")

    def amount(self, column: str) -> str | None:
        text = self.row.get(column, "").strip()
        if not text:
            return None
        amount = plain_amount(text)
        if amount is None:
            self.findings.append(
                warning("heards.not_a_number", f"{self.place}, {column}", f"{text!r}")
            )
            return None
        return decimal_shown(amount)

    def price(self, *, floating: bool, low: str, high: str) -> None:
        names = ("premium_low", "premium_high") if floating else ("low", "high")
        for name, column in zip(names, (low, high), strict=True):
            amount = self.amount(column) or self.amount("price")
            if amount is not None:
                self.take(name, column, amount)

    def offered(self, act: str = "submit", text: str = "") -> Offered:
        return Offered(
            fields=self.fields,
            missing=() if act == "withdraw" else missing_fields(self.fields),
            findings=tuple(self.findings),
            act=act,
            said=self.said,
            text=text,
            locator=self.place,
        )


def _kind(cells: _Cells, column: str, deal: str) -> None:
    word = cells.row.get(column, "").strip().lower()
    kind = "transaction" if cells.row.get(deal, "").strip() else _KIND_WORDS.get(word)
    if kind is None:
        cells.findings.append(
            warning("heards.no_kind", cells.place, f"{word or 'nothing'} says no kind: choose one")
        )
        return
    cells.take("kind", column, kind)
    if kind in _SIDES:
        cells.take("side", column, _SIDES[kind])


def _order(row: dict[str, str], place: str) -> Offered:
    cells = _Cells(row, place)
    _kind(cells, "order_type", "deal_id")
    price = cells.amount("price")
    floating = price is not None and price.startswith("-")
    if floating:
        cells.findings.append(
            warning("heards.negative_price", place, "a negative price is a spread: name its basis")
        )
    cells.price(floating=floating, low="price", high="price")
    _terms(cells, "price_unit", "lot_unit")
    if row.get("lot_unit", "").strip().lower() in _TONNES:
        quantity = cells.amount("order_quantity")
        if quantity is not None:
            cells.take("quantity", "order_quantity", quantity)
    for name, column in (
        ("pricing_date", "order_date"), ("place", "hub"), ("grade", "product"),
        ("deal_reference", "deal_id"), ("counterparty", "counterparty"),
        ("contributor", "market_maker"),
    ):  # fmt: skip
        cells.take(name, column)
    cells.say("order", "order_id")
    cells.say("strip", "strip")
    withdrawn = row.get("order_state", "").strip().lower() in {"withdrawn", "inactive"}
    return cells.offered("withdraw" if withdrawn else "submit")


def _heard(row: dict[str, str], place: str) -> Offered:
    cells = _Cells(row, place)
    _kind(cells, "heard_type", "")
    floating = bool(row.get("pricing_basis", "").strip())
    cells.price(floating=floating, low="minimum_price", high="maximum_price")
    if floating:
        cells.take("against", "pricing_basis")
    _terms(cells, "currency", "uom")
    if row.get("volume_uom", "").strip().lower() in _TONNES:
        quantity = cells.amount("volume")
        if quantity is not None:
            cells.take("quantity", "volume", quantity)
    for name, column in (
        ("grade", "grade"), ("place", "location"), ("delivery", "incoterm"),
        ("delivery_date", "laycan"), ("counterparty", "buyer"),
    ):  # fmt: skip
        cells.take(name, column)
    if "delivery_date" in cells.fields:
        cells.said["laycan"] = cells.fields.pop("delivery_date")
    page = read_html(row.get("body", ""), place)
    return cells.offered(text=page.text)


def _terms(cells: _Cells, currency: str, unit: str) -> None:
    money = [each.strip() for each in cells.row.get(currency, "").split(",") if each.strip()]
    if len(money) == 1:
        cells.take("currency", currency, money[0])
    elif money:
        cells.findings.append(
            warning("heards.two_currencies", cells.place, f"{', '.join(money)}: choose one")
        )
    measure = cells.row.get(unit, "").strip()
    code = f"{money[0]}/t" if money and measure.lower() in _TONNES else None
    if code in UNITS:
        cells.take("unit", unit, code)
    elif measure:
        cells.findings.append(
            warning("heards.unit", cells.place, f"per {measure}: no unit of our series")
        )
