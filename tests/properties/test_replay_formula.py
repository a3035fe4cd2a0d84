"""A formula replayed over years is the formula determined day by day, whatever its lags."""

import tempfile
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.replay.making import by_replay, read_rows, toml

from assay.core import decimal_text
from assay.methodology import determine, load_methodology
from assay.methodology.inputs import Inputs, Observation
from assay.methodology.inputs_reading import inputs_from_document
from assay.methodology.replay import Source, replay

HEAD = """
format = 1
id = "random-formula"
version = 1
effective = 2000-01-01
status = "conformance"
kind = "formula"
series = ["F"]
title = "random"
summary = "random"
calendar = "every_day"

[specification]
unit = "CNY/t"
tax = "none"
step = "{step}"

[hours]
zone = "Asia/Shanghai"
clause = "1"

[rounding]
rule = "{rounding}"
clause = "1"

[formula]
clause = "1"
line = "{line}"

[clauses."1"]
en = "x"
zh = "x"
"""
LAGS = ("same_day", "in_force", "previous_published", "last_before", "previous_open_day", "mean_of_week", "mean_of_month")  # fmt: skip
LINES = ("a + b", "a - b - b", "(a + b) / 2", "a + (b - c) * 0.5", "a - 3 * c + b")
FIRST = date(2025, 3, 3)


@st.composite
def documents(draw: Any) -> Any:
    line = draw(st.sampled_from(LINES))
    text = HEAD.format(
        step=draw(st.sampled_from(["1", "5", "0.01"])),
        rounding=draw(st.sampled_from(["half_up", "half_away_from_zero", "half_even"])),
        line=line,
    )
    for name in sorted(set(line) & set("abc")):
        lag = "same_day" if name == "a" else draw(st.sampled_from(LAGS))
        spec: dict[str, Any] = {
            "name": name, "series": name.upper(), "lag": lag, "clause": "1",
            "unit": "CNY/t", "tax": "none", "leg": draw(st.sampled_from(["same", "mid", "low"])),
        }  # fmt: skip
        if lag in ("last_before", "previous_open_day"):
            spec |= {"calendar": "CN", "max_age": draw(st.integers(0, 5))}
        text += "\n[[input]]\n" + "".join(f"{key} = {toml(each)}\n" for key, each in spec.items())
    return load_methodology(text)


@st.composite
def observations(draw: Any) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for _ in range(draw(st.integers(1, 60))):
        code = draw(st.sampled_from(["A", "A", "B", "C"]))
        day = (FIRST + timedelta(days=draw(st.integers(0, 80)))).isoformat()
        mid = draw(st.integers(-40, 40))
        spread = draw(st.sampled_from([0, 1, 3]))
        legs = {"low": mid - spread, "mid": mid, "high": mid + spread}
        rows[code, day] = {
            "series": code, "date": day,
            **{leg: decimal_text_of(number) for leg, number in legs.items()},
        }  # fmt: skip
    return list(rows.values())


def decimal_text_of(quarters: int) -> str:
    sign = "-" if quarters < 0 else ""
    return f"{sign}{abs(quarters) // 4}.{('00', '25', '50', '75')[abs(quarters) % 4]}"


def by_determine(methodology: Any, rows: list[dict[str, Any]]) -> dict[tuple[str, str], Any]:
    series: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        series.setdefault(row["series"], []).append({k: v for k, v in row.items() if k != "series"})
    read = inputs_from_document({"series": series}).series
    history: list[Observation] = []
    found = {}
    same = {each.series for each in methodology.pricing.inputs if each.lag == "same_day"}
    spoken = {each.date for code in same for each in read.get(code, ()) if each.date}
    for number in range((max(spoken) - min(spoken)).days + 1 if spoken else 0):
        day = min(spoken) + timedelta(days=number)
        until = {
            code: tuple(each for each in seen if each.date and each.date <= day)
            for code, seen in read.items()
        }
        one = determine(methodology, day, Inputs(series=until, history={"F": tuple(history)}))
        legs = (one.low, one.mid, one.high)
        texts = tuple("" if each is None else decimal_text(each) for each in legs)
        found["F", day.isoformat()] = (*texts, one.status, one.branch, "0", "0")
        if one.low is not None and one.mid is not None and one.high is not None:
            low, mid, high = (Fraction(each) for each in (one.low, one.mid, one.high))
            history.append(Observation(day, low, mid, high))
    return found


@given(documents(), observations())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_formula_is_the_same_day_by_day(methodology: Any, rows: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table, out = Path(folder) / "inputs.csv", Path(folder) / "out.csv"
        lines = [
            ",".join(row[name] for name in ("series", "date", "low", "mid", "high")) for row in rows
        ]
        table.write_text("\n".join(["series,date,low,mid,high", *lines]) + "\n")
        replay(methodology, Source(None, inputs=table), out)
        assert by_replay(read_rows(out)) == by_determine(methodology, rows)
