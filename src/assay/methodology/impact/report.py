"""An impact study on disk: tables, pictures, and one page that a consultation can attach.

For a consultation: `study.md` and one SVG a series; they name no contributor, and prices made
of fewer than three data are withheld. For the desk only: `desk/comparison.csv` (every series
and day), `desk/days.csv` (the days that differ most, with names) and `desk/influence.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from assay.core import Rounding, decimal_text, exact_text, round_to_step
from assay.methodology.comparing import differences_between
from assay.methodology.document.model import Methodology
from assay.methodology.impact.picture import Point, picture
from assay.methodology.impact.study import Row, Study

_SIDE = ("low", "mid", "high", "status", "branch", "n_received", "n_used")
#: The mean move is shown to this part of a step; the sum stays exact beside it.
_FINE = Decimal("0.000001")


def write_study(found: Study, folder: Path) -> list[Path]:
    """Write every file of the study into `folder` (made when missing); the paths written."""
    desk = folder / "desk"
    desk.mkdir(parents=True, exist_ok=True)
    written = [
        _table(desk / "comparison.csv", _comparison_names(), _comparison(found.rows)),
        _table(desk / "days.csv", ("series", "pricing_date", "old_mid", "new_mid", "change", "reason"), _days(found)),
        _table(
            desk / "influence.csv",
            ("document", "per", "name", "days", "moved", "ended", "largest_move", "total_move", "mean_move"),
            _influence(found),
        ),
    ]  # fmt: skip
    for code in found.series:
        path = folder / f"{_safe(code)}.svg"
        card = found.new.cards.get(code) or found.old.card(code)
        shown = [row for row in found.of(code) if row.may_leave]
        points = [Point(row.day, row.old.mid, row.new.mid) for row in shown]
        title = f"{code}: {_named(found.old)} and {_named(found.new)}"
        path.write_text(picture(title, card.unit.code, points), encoding="utf-8")
        written.append(path)
    page = folder / "study.md"
    page.write_text("\n".join(_page(found)) + "\n", encoding="utf-8")
    return [*written, page]


def _named(document: Methodology) -> str:
    return f"{document.id} of {document.effective}"


def _safe(code: str) -> str:
    return "".join(each if each.isalnum() or each in "-_." else "_" for each in code)


def _table(path: Path, names: Iterable[str], rows: Iterable[Iterable[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    return path


def _text(number: Decimal | None) -> str:
    return "" if number is None else decimal_text(number)


def _comparison_names() -> list[str]:
    sides = [f"{side}_{name}" for side in ("old", "new") for name in _SIDE]
    return ["series", "pricing_date", *sides, "change", "change_percent"]


def _comparison(rows: Iterable[Row]) -> Iterator[list[Any]]:
    for row in rows:
        cells: list[Any] = [row.series, row.day.isoformat()]
        for side in (row.old, row.new):
            cells += [_text(side.low), _text(side.mid), _text(side.high)]
            cells += [side.status, side.branch, side.n_received, side.n_used]
        yield [*cells, _text(row.change), percent(row)]


def percent(row: Row) -> str:
    """The change in percent of the old mid, two decimals; empty where that means nothing."""
    if row.change is None or not row.old.mid:
        return ""
    exact = 100 * Fraction(row.change) / abs(Fraction(row.old.mid))
    return decimal_text(round_to_step(exact, Decimal("0.01"), Rounding.HALF_AWAY_FROM_ZERO))


def _days(found: Study) -> Iterator[list[str]]:
    for told in found.days:
        row = told.row
        yield [
            row.series, row.day.isoformat(), _text(row.old.mid), _text(row.new.mid),
            _text(row.change), "; ".join(told.reasons),
        ]  # fmt: skip


def _influence(found: Study) -> Iterator[list[Any]]:
    names = {found.old.digest: "old", found.new.digest: "new"}
    for each in found.influence:
        priced = each.days - each.ended
        mean = round_to_step(each.total / priced, _FINE, Rounding.HALF_UP) if priced else None
        yield [
            names.get(each.document, each.document), each.per, each.name, each.days, each.moved,
            each.ended, exact_text(each.largest), exact_text(each.total), _text(mean),
        ]  # fmt: skip


def _page(found: Study) -> Iterator[str]:
    yield f"# Impact study: {_named(found.old)} against {_named(found.new)}"
    yield ""
    yield f"Old document: `{found.old.digest}`. New document: `{found.new.digest}`."
    yield ""
    yield from _changes(found)
    yield "| series | days | differ | old without price | new without price | largest change | mean change |"
    yield "|---|---|---|---|---|---|---|"
    for code in found.series:
        yield _line(code, found.of(code))
    yield ""
    yield "## The days that differ most"
    yield ""
    for told in found.days:
        yield f"* **{told.row.series}, {told.row.day}**: {_shown(told.row)}"
        for reason in told.public or ("nothing that a rule says",):
            yield f"  * {reason}"
    if not found.days:
        yield "None: every published number is the same under both."
    yield ""
    for code in found.series:
        yield f"![{code}]({_safe(code)}.svg)"


def _shown(row: Row) -> str:
    if not row.may_leave:
        return "withheld, too few data"
    change = f" ({_text(row.change)})" if row.change is not None else ""
    old, new = (_text(side.mid) or "no price" for side in (row.old, row.new))
    return f"{old} -> {new}{change}"


def _changes(found: Study) -> Iterator[str]:
    yield "## What changes in the document"
    yield ""
    for each in differences_between(found.old, found.new):
        before, after = each.before or "nothing", each.after or "nothing"
        yield f"* {each.place} (clause {each.clause}): {before} -> {after}"
    yield ""
    yield "## What it would have done"
    yield ""


def _line(code: str, rows: list[Row]) -> str:
    changes = [row.change for row in rows if row.change is not None and row.may_leave]
    largest = max(changes, key=abs, default=None)
    mean = None
    if changes:
        exact = sum((Fraction(each) for each in changes), Fraction(0)) / len(changes)
        mean = round_to_step(exact, _FINE, Rounding.HALF_UP)
    cells = [
        code, len(rows), sum(row.differs for row in rows),
        sum(row.old.mid is None for row in rows), sum(row.new.mid is None for row in rows),
        _text(largest), _text(mean),
    ]  # fmt: skip
    return "| " + " | ".join(str(each) for each in cells) + " |"
