"""Documents and rows for replay tests: made from plain choices, written as TOML and CSV."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from assay.core import decimal_text
from assay.methodology import determine, load_methodology
from assay.methodology.document.model import Methodology
from assay.methodology.inputs import Inputs, Observation
from assay.methodology.inputs_reading import inputs_from_document
from assay.methodology.replay.texts import read_decimals

HEAD = """
format = 1
id = "random"
version = 1
effective = 2000-01-01
status = "conformance"
kind = "assessed"
series = {series}
title = "random"
summary = "random"
calendar = "{calendar}"

[specification]
unit = "CNY/t"
tax = "none"
step = "{step}"

[hours]
zone = "Asia/Shanghai"
hard = 10:13:00
clause = "1"

[clauses."1"]
en = "x"
zh = "x"

[rounding]
rule = "{rounding}"
clause = "1"
"""


def toml(part: Any) -> str:
    """A value as TOML."""
    if isinstance(part, bool):
        return "true" if part else "false"
    if isinstance(part, Mapping):
        return "{" + ", ".join(f'"{name}" = {toml(each)}' for name, each in part.items()) + "}"
    if isinstance(part, list | tuple):
        return "[" + ", ".join(toml(each) for each in part) + "]"
    if isinstance(part, int | date):
        return str(part)
    return f'"{part}"'


def document(
    *,
    series: Iterable[str] = ("S-1",),
    step: str = "1",
    rounding: str = "half_up",
    calendar: str = "submissions",
    tables: Mapping[str, Any] | None = None,
    lists: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
) -> Methodology:
    """A document from its parts: `tables` by name, `lists` of tables by name."""
    text = HEAD.format(series=toml(list(series)), step=step, rounding=rounding, calendar=calendar)
    for name, table in (tables or {}).items():
        text += f"\n[{name}]\n" + "".join(f"{key} = {toml(each)}\n" for key, each in table.items())
    for name, listed in (lists or {}).items():
        for table in listed:
            text += f"\n[[{name}]]\n"
            text += "".join(f"{key} = {toml(each)}\n" for key, each in table.items())
    return load_methodology(text)


def ladder(estimator: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """One rung that takes everything."""
    return {
        "branch": "indications",
        "clause": "1",
        "kinds": ["transaction", "bid", "offer", "indication"],
        "estimator": {"clause": "1", **estimator},
        **more,
    }


def simple(estimator: Mapping[str, Any], *, spread: str = "min_max", **more: Any) -> Methodology:
    """A document of one rung without screening."""
    rung = ladder(estimator, **more.pop("rung", {}))
    return document(
        tables={"assessment": {}, "range": {"rule": spread, "clause": "1"}},
        lists={"ladder": [rung]},
        **more,
    )


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Rows as CSV; the columns are those that occur."""
    listed = list(rows)
    names = list(dict.fromkeys(name for row in listed for name in row))
    for name in ("series", "pricing_date", "contributor", "low", "high"):
        if name not in names:
            names.append(name)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows({k: "" if v is None else v for k, v in row.items()} for row in listed)
    return path


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_determine(
    methodology: Methodology, rows: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Day by day with `determine`: what a replay has to give, by series and day."""
    read = inputs_from_document(
        {"submissions": [{k: v for k, v in row.items() if v not in (None, "")} for row in rows]}
    )
    moved = _moved(methodology)
    true = {each.id: moved.get(each.pricing_date, each.pricing_date) for each in read.submissions}
    days = sorted(set(true.values()))
    coded = sorted({each.series for each in read.submissions})
    last: dict[str, Observation] = {}
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for place, day in enumerate(days):
        before = [
            replace(each, received_at=None)
            for each in read.submissions
            if place and true[each.id] == days[place - 1]
        ]
        today = [each for each in read.submissions if true[each.id] == day]
        for series in coded:
            inputs = Inputs(
                submissions=tuple(before + today),
                history={code: (seen,) for code, seen in last.items()},
            )
            one = determine(methodology, day, inputs, series, influence=False)
            found[series, day.isoformat()] = (
                _text(one.low), _text(one.mid), _text(one.high),
                one.status, one.branch, str(one.n_received), str(one.n_used),
            )  # fmt: skip
            if one.mid is not None and one.branch != "carried":
                assert one.low is not None
                assert one.high is not None
                legs = [Fraction(each) for each in (one.low, one.mid, one.high)]
                last[series] = Observation(day, legs[0], legs[1], legs[2])
    return found


def _moved(methodology: Methodology) -> dict[date, date]:
    assert methodology.assessment is not None
    return {
        row["given"]: row["true"]
        for call in methodology.assessment.cleaning
        if call.rule == "redate"
        for row in call.arguments["table"]
    }


def _text(number: Decimal | None) -> str:
    return "" if number is None else decimal_text(number)


def by_replay(rows: Iterable[Mapping[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The output rows of a replay in the same shape."""
    names = ("low", "mid", "high", "status", "branch", "n_received", "n_used")
    return {
        (row["series"], row["pricing_date"]): tuple(row[name] for name in names) for row in rows
    }


def read_as_it_stands(texts: pa.Array) -> tuple[Any, Any]:
    """Digits and places of texts by the loop that is compiled elsewhere, run by Python."""
    listed = [(each or "").encode() for each in texts.to_pylist()]
    offsets = np.cumsum([0, *map(len, listed)]).tolist()
    values, places = [0] * len(listed), [0] * len(listed)
    read_decimals(len(listed), offsets, b"".join(listed), values, places)
    return np.array(values, dtype=np.int64), np.array(places, dtype=np.int8)
