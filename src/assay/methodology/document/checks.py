"""Cross-checks of one document: clauses exist, units fit, inputs are used, controls answered.

These need the whole document; checks of a single section stay with that section, checks
between documents with the library.
"""

from __future__ import annotations

from typing import Any

from assay.methodology.document.model import InputSpec, Judgement, Methodology, RuleCall
from assay.methodology.document.reading import Reading
from assay.methodology.formula import FormulaError, Measure

NO_JUDGEMENT = Judgement()
CONTROLS = tuple(f"M{number}" for number in range(1, 14))
#: Calendars that are no reference file: every day, or the days that have submissions.
FREE_CALENDARS = ("every_day", "submissions")


def check(found: Methodology, reading: Reading, table: dict[str, Any]) -> None:
    """Note everything that does not fit together."""
    _clauses(found, reading, table)
    _calendars(found, reading)
    if not found.series:
        reading.wrong("no_series", "series", "name at least one series")
    if len(set(found.series)) != len(found.series):
        reading.wrong("twice", "series", "a series is named twice")
    if found.ends is not None and found.ends <= found.effective:
        reading.wrong("dates", "ends", f"{found.ends} is not after effective {found.effective}")
    _own_inputs(found, reading)
    if found.pricing is not None:
        _formula(found, reading)
    if found.assessment is not None:
        _range_inputs(found, reading)
        _series_of_terms(found, reading)
    if found.status in ("in_force", "consultation"):
        _house(found, reading)


def _own_inputs(found: Methodology, reading: Reading) -> None:
    """A series may look at its own past, never at its own value of the same day."""
    for spec in found.inputs:
        if spec.series in found.series and spec.lag == "same_day" and len(found.series) == 1:
            where = f"input {spec.name} (clause {spec.clause})"
            said = f"{spec.series} of the day is made from itself: name another series or an earlier day"
            reading.wrong("cycle", where, said)


def _named_clauses(table: Any, path: str = "") -> list[tuple[str, str]]:
    named: list[tuple[str, str]] = []
    if isinstance(table, dict):
        for key, inner in table.items():
            if key == "clause" and isinstance(inner, str):
                named.append((path or "top", inner))
            elif key != "clauses":
                named += _named_clauses(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(table, list):
        for number, inner in enumerate(table, 1):
            named += _named_clauses(inner, f"{path}[{number}]")
    return named


def _clauses(found: Methodology, reading: Reading, table: dict[str, Any]) -> None:
    answers = [(f"controls.{name}", clause) for name, clause in found.controls.items()]
    for path, clause in [*_named_clauses(table), *answers]:
        if clause not in found.clauses:
            reading.wrong(
                "unknown_clause",
                path,
                f"names clause {clause!r}, which [clauses] does not have; "
                f"there: {', '.join(found.clauses) or 'none'}",
            )


def _calendars(found: Methodology, reading: Reading) -> None:
    named = [("calendar", found.calendar)]
    if found.market is not None:
        named.append(("market.calendar", found.market.calendar))
    named += [(f"input {i.name}", i.calendar) for i in found.inputs if i.calendar]
    for path, code in named:
        if code not in found.calendars and code not in FREE_CALENDARS:
            reading.wrong(
                "unknown_calendar",
                path,
                f"no calendar {code!r}; known: "
                f"{', '.join([*sorted(found.calendars), *FREE_CALENDARS])}",
            )


def _formula(found: Methodology, reading: Reading) -> None:
    pricing = found.pricing
    assert pricing is not None
    names = [each.name for each in pricing.inputs]
    for name in sorted({each for each in names if names.count(each) > 1}):
        reading.wrong("twice", "input", f"the input {name!r} is declared twice")
    for name in pricing.formula.names():
        if name not in names:
            reading.wrong(
                "unknown_input",
                f"formula.line (clause {pricing.clause})",
                f"{name!r} is no declared input; inputs: {', '.join(names) or 'none'}",
            )
            return
    for each in pricing.inputs:
        _table_input(found, each, reading)
        if each.name not in pricing.formula.names():
            reading.wrong("unused_input", f"input {each.name}", "the formula does not use it")
    for left, right in pricing.pairs:
        for name in (left, right):
            if name not in names:
                reading.wrong("unknown_input", "formula.pairs", f"{name!r} is no declared input")
    _units(found, reading)


def _range_inputs(found: Methodology, reading: Reading) -> None:
    """The named inputs of a range rule: there, and in the unit of every series."""
    assessed = found.assessment
    assert assessed is not None
    by_name = {each.name: each for each in assessed.inputs}
    asked = (
        set(assessed.range.arguments.values())
        if assessed.range.rule == "futures_premium"
        else set()
    )
    for name in sorted(asked - set(by_name)):
        reading.wrong(
            "unknown_input",
            f"range (clause {assessed.range.clause})",
            f"{name!r} is no declared input; inputs: {', '.join(by_name) or 'none'}",
        )
    for name, spec in by_name.items():
        if name not in asked:
            reading.wrong("unused_input", f"input {name}", "the range rule does not use it")
        for code, card in found.cards.items():
            if spec.unit != card.unit:
                reading.wrong(
                    "units", f"input {name}", f"is in {spec.unit}, but {code} is in {card.unit}"
                )


def _series_of_terms(found: Methodology, reading: Reading) -> None:
    """A rule about terms names only series that the document serves."""
    assert found.assessment is not None
    for call in found.assessment.screening:
        strange = set(call.arguments.get("series", ()) if call.rule == "terms" else ()) - set(
            found.series
        )
        if strange:
            reading.wrong(
                "unknown_series",
                f"screening (clause {call.clause}): {call.rule}",
                f"{', '.join(sorted(strange))} is no series of this document; "
                f"series: {', '.join(found.series)}",
            )


def _table_input(found: Methodology, spec: InputSpec, reading: Reading) -> None:
    if spec.lag != "table":
        return
    table, _, column = spec.table.partition(".")
    dated = found.tables.get(table)
    if dated is None:
        known = ", ".join(sorted(found.tables)) or "none"
        reading.wrong("unknown_table", f"input {spec.name}", f"no table {table!r}; known: {known}")
    elif not any(column in numbers for _, numbers, _ in dated.rows):
        columns = sorted({name for _, numbers, _ in dated.rows for name in numbers})
        reading.wrong(
            "unknown_table",
            f"input {spec.name}",
            f"table {table!r} has no column {column!r}; columns: {', '.join(columns)}",
        )


def _units(found: Methodology, reading: Reading) -> None:
    pricing = found.pricing
    assert pricing is not None
    measures = {each.name: Measure(each.unit, each.tax) for each in pricing.inputs}
    try:
        result = pricing.formula.measure(measures, pricing.tax_conversion)
    except FormulaError as problem:
        reading.wrong("units", f"formula.line (clause {pricing.clause})", str(problem))
        return
    for code, card in found.cards.items():
        if result.unit.dimensions != card.unit.dimensions or result.unit.scale != card.unit.scale:
            reading.wrong(
                "units",
                f"formula.line (clause {pricing.clause})",
                f"gives {result.unit}, but {code} is in {card.unit}",
            )
        elif result.tax.basis != card.tax.basis and not pricing.tax_conversion:
            reading.wrong(
                "tax",
                f"formula.line (clause {pricing.clause})",
                f"gives a price with {result.tax}, but {code} has {card.tax}; "
                "convert, or declare why in `tax_conversion`",
            )


def _house(found: Methodology, reading: Reading) -> None:
    if found.correction is None:
        reading.wrong("missing_key", "correction", "a document in force states its corrections")
    if found.consultation is None:
        reading.wrong("missing_key", "consultation", "a document in force states its consultation")
    missing = [name for name in CONTROLS if name not in found.controls]
    if missing:
        reading.wrong(
            "missing_control",
            "controls",
            f"controls {', '.join(missing)} are not answered: name the clause that does",
        )


def calls_of(found: Methodology) -> list[tuple[str, RuleCall]]:
    """Every rule call of a document with the place it stands at, for rendering and comparing."""
    calls: list[tuple[str, RuleCall]] = []
    assessed = found.assessment
    if assessed is not None:
        calls += [("cleaning", each) for each in assessed.cleaning]
        calls += [("screening", each) for each in assessed.screening]
        calls += [("normalisation", each) for each in assessed.normalisation]
        for rung in assessed.ladder:
            if rung.trim is not None:
                calls.append((f"trim of {rung.branch}", rung.trim))
            calls.append((f"estimator of {rung.branch}", rung.estimator))
        if assessed.split is not None:
            calls.append(("split", assessed.split.call))
        calls.append(("range", assessed.range))
    if found.market is not None:
        calls.append(("market", found.market.call))
    return calls
