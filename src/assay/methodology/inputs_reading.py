"""The JSON shape of `assay determine` read into inputs, row by row.

Bad rows become findings, the good ones go on. Decimals arrive as text (or whole
numbers); binary floats are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from assay.core import (
    Finding,
    NaiveInstant,
    NotANumber,
    Severity,
    exact_text,
    fraction_of,
    parse_exact,
    parse_instant,
)
from assay.methodology.inputs import (
    CONTRADICTING,
    KINDS,
    SIDES,
    STATES,
    SUBMISSION_FIELDS,
    TEXTS,
    Contributor,
    Inputs,
    MarketRow,
    Observation,
    Quantity,
    Submission,
)  # fmt: skip


def _unknown_fields(rows: Any) -> list[Finding]:
    """A field nobody knows is refused; the row is judged by what is known of it."""
    return [
        Finding(
            "input.unknown_field",
            Severity.WARNING,
            f"submissions, row {number}",
            f"{', '.join(unknown)} refused; known: {', '.join(sorted(SUBMISSION_FIELDS))}",
        )
        for number, row in enumerate(rows, 1)
        if isinstance(row, Mapping) and (unknown := sorted(set(row) - set(SUBMISSION_FIELDS)))
    ]


def _once(submissions: list[Submission], findings: list[Finding]) -> list[Submission]:
    """An id names one submission: a second row under it is refused."""
    seen: set[str] = set()
    kept = []
    for each in submissions:
        if each.id in seen:
            where = f"submissions, row {each.position + 1}"
            said = f"the id {each.id!r} is taken by an earlier row: give each its own"
            findings.append(Finding("input.duplicate_id", Severity.ERROR, where, said))
            continue
        seen.add(each.id)
        kept.append(each)
    return kept


class _Bad(ValueError):
    """A row that cannot be read."""


def inputs_from_document(document: Mapping[str, Any]) -> Inputs:
    """Read the JSON shape of `assay determine`.

    Keys: ``submissions``, ``history``, ``series``, ``contributors``, ``quantities``,
    ``market``, ``roll``, ``state`` (``suspended`` or ``force_majeure``). An unknown key
    and a value of the wrong shape are refused (`ValueError`, `TypeError`); a bad row
    becomes a finding.
    """
    allowed = (
        "submissions", "history", "series", "contributors", "quantities", "market", "roll", "state",
    )  # fmt: skip
    unknown = sorted(set(document) - set(allowed))
    if unknown:
        raise ValueError(f"inputs: unknown keys {unknown}; allowed: {', '.join(allowed)}")
    state = document.get("state") or ""
    if state not in STATES:
        raise ValueError(f"inputs: state {state!r}; allowed: {', '.join(filter(None, STATES))}")
    findings: list[Finding] = []
    given = _rows(document, "submissions")
    submissions = _each(given, "submissions", _submission, findings)
    findings += _unknown_fields(given)
    submissions = _once(submissions, findings)
    history: dict[str, list[Observation]] = {}
    for code, seen in _each(_rows(document, "history"), "history", _history, findings):
        history.setdefault(code, []).append(seen)
    series = _series(document.get("series", {}), findings)
    firms = document.get("contributors")
    return Inputs(
        submissions=tuple(submissions),
        series=series,
        history={
            code: agreeing(seen, f"history {code}", findings) for code, seen in history.items()
        },
        contributors=None if firms is None else register_of(_rows(document, "contributors")),
        quantities=tuple(_each(_rows(document, "quantities"), "quantities", _quantity, findings)),
        market=tuple(_each(_rows(document, "market"), "market", _market, findings)),
        roll=tuple(_each(_rows(document, "roll"), "roll", _roll, findings)),
        state=state,
        findings=tuple(findings),
    )  # fmt: skip


def _rows(document: Mapping[str, Any], name: str) -> list[Any]:
    """The rows under a key; what is no list is refused by name."""
    given = document.get(name)
    if given is None:
        return []
    if not isinstance(given, list | tuple):
        raise TypeError(f"inputs: {name} is a list of objects, not {type(given).__name__}")
    return list(given)


def _series(given: Any, findings: list[Finding]) -> dict[str, tuple[Observation, ...]]:
    if not isinstance(given, Mapping):
        raise TypeError('inputs: series is an object, e.g. {"CEA-CLOSE": [{"date", "value"}]}')
    series = {}
    for code, rows in given.items():
        where = f"series {code}"
        listed = rows if isinstance(rows, list | tuple) else [rows]
        series[code] = agreeing(_each(listed, where, _observation, findings), where, findings)
    return series


def agreeing(
    seen: list[Observation], where: str, findings: list[Finding]
) -> tuple[Observation, ...]:
    """Without the dates that have two different values: which one is right is no guess of ours."""
    told: dict[tuple[Any, ...], set[tuple[Any, ...]]] = {}
    for each in seen:
        key = (each.date, each.period, each.revision)
        told.setdefault(key, set()).add((each.low, each.mid, each.high, each.status))
    torn = {key for key, values in told.items() if len(values) > 1}
    for key in sorted(torn, key=str):
        mids = " and ".join(sorted(exact_text(mid) for _, mid, *_ in told[key]))
        named = " ".join(filter(None, (str(key[0] or "undated"), key[1])))
        said = (
            f"two different values, {mids}: none is used; keep the right one, or number revisions"
        )
        findings.append(
            Finding("input.conflicting_values", Severity.ERROR, f"{where}, {named}", said)
        )
    if not torn:
        return tuple(seen)
    return tuple(each for each in seen if (each.date, each.period, each.revision) not in torn)


def register_of(firms: Iterable[Mapping[str, Any]]) -> dict[str, Contributor]:
    """The register by code, from rows of ``code, group, class, active_from, active_to, aliases``."""
    register = {}
    for row in firms:
        if not isinstance(row, Mapping) or not isinstance(row.get("code"), str):
            raise TypeError(f"inputs: a contributor is an object with a code, not {row!r}")
        if isinstance(row.get("aliases"), str):
            raise TypeError(f"inputs: aliases of {row['code']} are a list of names")
        code = row["code"]
        register[code] = Contributor(
            code=code,
            group=row.get("group") or code,
            klass=row.get("class") or "",
            active_from=_day(row.get("active_from")),
            active_to=_day(row.get("active_to")),
            aliases=tuple(row.get("aliases") or ()),
        )
    return register


def _each(rows: Any, where: str, reader: Any, findings: list[Finding]) -> list[Any]:
    good = []
    for number, row in enumerate(rows):
        try:
            good.append(reader(row if reader is _observation else _object(row), number))
        except (_Bad, NotANumber, NaiveInstant, ValueError, KeyError, TypeError) as problem:
            said = f"key {problem} is missing" if isinstance(problem, KeyError) else str(problem)
            findings.append(
                Finding("input.bad_row", Severity.ERROR, f"{where}, row {number + 1}", said)
            )
    return good


def _day(given: Any) -> date | None:
    given = given.strip() if isinstance(given, str) else given
    if given is None or given == "":
        return None
    if isinstance(given, datetime):
        raise _Bad(f"{given} is an instant, a date was expected")
    if isinstance(given, date):
        return given
    return date.fromisoformat(given)


def _need_day(given: Any) -> date:
    day = _day(given)
    if day is None:
        raise _Bad("date is missing: write e.g. 2025-12-30")
    return day


def _object(row: Any) -> Mapping[str, Any]:
    if not isinstance(row, Mapping):
        raise _Bad(f"{row!r} is no object: write {{...}} with named fields")
    return row


def _need_text(row: Mapping[str, Any], name: str) -> str:
    given = row[name]
    if not isinstance(given, str) or not given.strip():
        raise _Bad(f"{name} {given!r} is no text")
    return given.strip()


def _word(row: Mapping[str, Any], name: str) -> str | None:
    """A field of words without the spaces around it; None where it says nothing."""
    given = row.get(name)
    return None if given is None else (str(given).strip() or None)


def _number(given: Any) -> Fraction | None:
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if isinstance(given, str) and "/" in given:
        return parse_exact(given)
    return fraction_of(given)


def _instant(given: Any) -> datetime | None:
    if given is None or given == "":
        return None
    return parse_instant(given) if isinstance(given, str) else given


def _submission(row: Mapping[str, Any], number: int) -> Submission:
    low = _number(row.get("low") if row.get("low") is not None else row.get("price"))
    high = _number(row.get("high") if row.get("high") is not None else row.get("price"))
    low, high = (high if low is None else low), (low if high is None else high)
    if low is not None and high is not None and low > high:
        raise _Bad(f"low {row.get('low')} is above high {row.get('high')}")
    kind, side = _word(row, "kind") or "indication", _word(row, "side")
    if kind not in KINDS:
        raise _Bad(f"kind {kind!r}; allowed: {', '.join(KINDS)}")
    if side not in (None, *SIDES):
        raise _Bad(f"side {side!r}; allowed: {', '.join(SIDES)}")
    if (kind, side) in CONTRADICTING:
        raise _Bad(f"kind {kind} with side {side}: a bid buys and an offer sells; ask which it is")
    quantity = _number(row.get("quantity"))
    if quantity is not None and quantity < 0:
        raise _Bad(f"quantity {row['quantity']} is below 0")
    premium_low = _number(row.get("premium_low"))
    premium_high = _number(row.get("premium_high"))
    return Submission(
        id=str(row.get("id") or f"#{number + 1}"),
        pricing_date=_need_day(row.get("pricing_date")),
        series=_need_text(row, "series"),
        contributor=_need_text(row, "contributor"),
        kind=kind,
        low=low,
        high=high,
        position=number,
        side=side,
        quantity=quantity,
        premium_low=premium_high if premium_low is None else premium_low,
        premium_high=premium_low if premium_high is None else premium_high,
        received_at=_instant(row.get("received_at")),
        concluded_at=_instant(row.get("concluded_at")),
        delivery_date=_day(row.get("delivery_date")),
        group=_word(row, "group"),
        texts={name: said for name in TEXTS if (said := _word(row, name))},
    )


def _observation(row: Any, _place: int = 0) -> Observation:
    if not isinstance(row, Mapping):
        number = _number(row)
        if number is None:
            raise _Bad("value is missing")
        return Observation(None, number, number, number)
    allowed = {
        "date", "low", "mid", "high", "value", "revision", "source", "carried",
        "carried_at_source", "period", "quarter", "status", "effective",
    }  # fmt: skip
    unknown = sorted(set(row) - allowed)
    if unknown:
        raise _Bad(f"unknown keys {unknown}; allowed: {', '.join(sorted(allowed))}")
    low, high = _number(row.get("low")), _number(row.get("high"))
    if low is not None and high is not None and low > high:
        raise _Bad(f"low {row['low']} is above high {row['high']}")
    mid = _number(row.get("mid") if row.get("mid") is not None else row.get("value"))
    if mid is None and row.get("status") not in (None, "determined", "published"):
        mid = Fraction(0)
    if mid is None:
        raise _Bad("neither mid nor value is given")
    return Observation(
        date=_day(row.get("date") or row.get("effective")),
        low=low,
        mid=mid,
        high=high,
        revision=int(row.get("revision") or 0),
        source=str(row.get("source") or ""),
        carried=bool(row.get("carried") or row.get("carried_at_source")),
        period=str(row.get("period") or row.get("quarter") or ""),
        status=str(row.get("status") or "determined"),
    )


def _history(row: Mapping[str, Any], _place: int) -> tuple[str, Observation]:
    return _need_text(row, "series"), _observation({k: v for k, v in row.items() if k != "series"})


def _quantity(row: Mapping[str, Any], _place: int) -> Quantity:
    output, emission = _number(row["output"]), _number(row.get("emission"))
    intensity = _number(row.get("intensity"))
    if output is None or output <= 0:
        raise _Bad("output must be above 0 t")
    if emission is None:
        if intensity is None:
            raise _Bad("neither emission nor intensity is given")
        emission = output * intensity
    return Quantity(
        enterprise=row["enterprise"],
        quarter=row["quarter"],
        output=output,
        emission=emission,
        effective=_day(row.get("effective")),
        source=str(row.get("source") or ""),
    )


def _market(row: Mapping[str, Any], _place: int) -> MarketRow:
    texts = ("series", "date", "at", "contract", "session", "trade_type", "source", "carried")
    numbers = {}
    for name, given in row.items():
        if name not in texts:
            number = _number(given)
            if number is not None:
                numbers[name] = number
    return MarketRow(
        series=row["series"],
        date=_need_day(row.get("date")),
        at=_instant(row.get("at")),
        contract=str(row.get("contract") or ""),
        session=str(row.get("session") or "day"),
        trade_type=str(row.get("trade_type") or "listed").lower(),
        numbers=numbers,
        source=str(row.get("source") or ""),
        carried=bool(row.get("carried")),
    )


def _roll(row: Mapping[str, Any], _place: int) -> Mapping[str, Any]:
    """An analyst's dated override: from which day on which contract is the most-traded."""
    return {**row, "from": _need_day(row["from"]), "contract": _need_text(row, "contract")}
