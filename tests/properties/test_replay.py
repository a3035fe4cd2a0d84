"""Replay and the day engine are one truth: random documents, random rows, every cell equal.

Prices lie on quarters around zero and steps are coarse, so that ties at the rounding digit
and negative prices are the rule here, not the exception.
"""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.replay.making import (
    by_determine,
    by_replay,
    document,
    read_rows,
    write_rows,
)

from assay.methodology.replay import Source, replay

KINDS = ("transaction", "bid", "offer", "indication")
FIRMS = ("A", "B", "C", "D", "E")
FIRST = date(2024, 1, 1)
C = {"clause": "1"}


def kinds_of(least: int = 1) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(KINDS), min_size=least, unique=True)


ties = st.sampled_from(["mean", "lower", "upper"])
percents = st.sampled_from(["10", "12.5", "25", "30"])
estimators = st.one_of(
    st.sampled_from(["mean", "weighted_mean", "vwap", "middle_of_range"]).map(
        lambda rule: {"rule": rule}
    ),
    ties.map(lambda even: {"rule": "median", "even": even}),
    ties.map(lambda tie: {"rule": "weighted_median", "tie": tie}),
    st.tuples(percents, ties).map(lambda p: {"rule": "percentile", "percent": p[0], "tie": p[1]}),
    st.just({"rule": "vote_median"}),
)
trims = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 2), st.integers(0, 2)).map(
        lambda p: {"rule": "count", "low": p[0], "high": p[1], **C}
    ),
    st.tuples(percents, st.sampled_from(["floor", "ceil", "half_up"])).map(
        lambda p: {"rule": "percent", "percent": p[0], "count": p[1], **C}
    ),
    st.just(
        {"rule": "count_table", "table": [{"from": 3, "drop": 1}, {"from": 6, "drop": 2}], **C}
    ),
    percents.map(lambda p: {"rule": "volume", "percent": p, **C}),
    percents.map(lambda p: {"rule": "lowest_volume", "percent": p, **C}),
)
ranges = st.one_of(
    st.sampled_from(["min_max", "quote_ends", "quote_means", "mid"]).map(lambda r: {"rule": r}),
    ties.map(lambda t: {"rule": "percentiles", "low": "20", "high": "70", "tie": t}),
    st.sampled_from(["absolute", "percent"]).map(
        lambda how: {"rule": "band", "below": "1.25", "above": "2.5", "as": how}
    ),
)
minima = st.fixed_dictionaries(
    {},
    optional={
        "contributors": st.integers(1, 3),
        "groups": st.integers(1, 3),
        "transactions": st.integers(0, 2),
        "submissions": st.integers(1, 4),
        "buyers": st.integers(0, 1),
        "sellers": st.integers(0, 1),
        "tonnes": st.sampled_from(["0", "2.5", "10"]),
        "largest_share_percent": st.sampled_from(["40", "50", "60"]),
    },
)


@st.composite
def rungs(draw: Any) -> dict[str, Any]:
    rung = {
        "branch": draw(st.sampled_from(["transactions", "bids_offers", "indications"])),
        "kinds": draw(kinds_of()),
        "minimum": draw(minima),
        "estimator": {**draw(estimators), **C},
        **C,
    }
    trim = draw(trims)
    return rung if trim is None else {**rung, "trim": trim}


actions = st.sampled_from(["exclude", "flag"])
screens = st.lists(
    st.one_of(
        st.sampled_from(["required_fields", "todays_data", "unit_and_tax", "deal_once"]).map(
            lambda r: {"rule": r}
        ),
        st.sampled_from(["exclude", "flag", "pass"]).map(
            lambda u: {"rule": "before_cutoff", "unknown": u}
        ),
        kinds_of().map(lambda k: {"rule": "minimum_quantity", "tonnes": "1.5", "kinds": k}),
        actions.map(lambda a: {"rule": "large_quantity", "tonnes": "4", "action": a}),
        kinds_of().map(lambda k: {"rule": "kinds", "allowed": k}),
        st.sampled_from(["exclude", "flag", "pass"]).map(
            lambda u: {"rule": "arms_length", "undisclosed": u}
        ),
        actions.map(
            lambda a: {
                "rule": "terms", "field": "place", "typical": ["Foshan"], "refused": ["port"],
                "otherwise": a,
            }
        ),
        st.just({"rule": "received_between", "seconds": "3600"}),
        st.just({"rule": "positive_confidence", "maximum": "1"}),
        kinds_of().map(lambda k: {"rule": "one_live_quote", "kinds": k}),
        actions.map(lambda a: {"rule": "outlier_absolute", "distance": "2", "action": a}),
        actions.map(lambda a: {"rule": "against_yesterday", "absolute": "2", "action": a}),
        actions.map(lambda a: {"rule": "stale_repeat", "action": a}),
        actions.map(lambda a: {"rule": "outlier_percent", "percent": "40", "action": a}),
        actions.map(lambda a: {"rule": "outlier_mad", "multiple": "3", "action": a}),
        st.just({"rule": "qualified_contributor"}),
        st.just({"rule": "concentration", "percent": "40", "per": "group", "of": "count"}),
    ),
    max_size=5,
    unique_by=lambda rule: rule["rule"],
)  # fmt: skip
cleanings = st.lists(
    st.sampled_from(
        [
            {"rule": "aliases", "table": [
                {"name": "E", "contributor": "A", "from": date(2024, 1, 2), "source": "x"}
            ]},
            {"rule": "zero_rows_missing"},
            {"rule": "repeated_rows_once"},
            {"rule": "two_sheets_one_date", "contributors": 2},
            {"rule": "weekdays_only"},
            {"rule": "filled_forward", "then": "not_assessed", "contributors": 2},
            {"rule": "filled_forward", "then": "carried", "contributors": 2},
            {"rule": "redate", "table": [
                {"given": date(2024, 1, 6), "true": date(2024, 1, 2), "source": "x"}
            ]},
        ]
    ),
    max_size=4,
    unique_by=lambda rule: rule["rule"],
)  # fmt: skip


@st.composite
def documents(draw: Any) -> Any:
    ladder = draw(st.lists(rungs(), min_size=1, max_size=3))
    if draw(st.booleans()):
        ladder.append({"branch": "carried", "carry_days": draw(st.integers(1, 3)), **C})
    assessment: dict[str, Any] = {
        "per": draw(st.sampled_from(["contributor", "submission"])),
        "point": draw(st.sampled_from(["middle", "low", "high"])),
        "own_value": draw(st.sampled_from(["transactions_first", "all"])),
        "quorum": draw(st.sampled_from([0, 0, 0, 3])),
    }
    tables: dict[str, Any] = {
        "assessment": assessment,
        "range": {**draw(ranges), **C},
        "required": {"transaction": ["price", "quantity"], "indication": ["price"]},
    }
    if draw(st.booleans()):
        per = draw(st.sampled_from(["group", "contributor"]))
        tables["cap"] = {"percent": draw(st.sampled_from(["40", "60"])), "per": per, **C}
    lists: dict[str, Any] = {
        "ladder": ladder,
        "screening": [{**each, **C} for each in draw(screens)],
        "cleaning": [
            {**each, **C} for each in sorted(draw(cleanings), key=lambda c: c["rule"] != "redate")
        ],
    }
    add = {"Wuxi": "-0.5", "Foshan": "0.25"}
    normalising = [
        {"rule": "differential", "field": "place", "add": add},
        {"rule": "per_unit", "declared": True},
    ]
    used = draw(st.lists(st.sampled_from(normalising), max_size=2, unique_by=lambda n: n["rule"]))
    lists["normalisation"] = [{**each, **C} for each in used]
    return document(
        series=("S-1", "S-2"),
        step=draw(st.sampled_from(["0.5", "1", "5", "0.001"])),
        rounding=draw(st.sampled_from(["half_up", "half_away_from_zero", "half_even"])),
        tables=tables,
        lists=lists,
    )


@st.composite
def row(draw: Any) -> dict[str, Any]:
    low = draw(st.integers(-10, 10))
    high = low + draw(st.sampled_from([0, 0, 1, 2]))
    day = FIRST + timedelta(days=draw(st.integers(0, 5)))
    hour = draw(st.sampled_from([None, "T09:59:00+08:00", "T10:13:00+08:00", "T10:13:01+08:00"]))
    hours = st.sampled_from([None, "T00:00:00+08:00", "T23:59:59.999999+08:00", "T10:00:00+08:00"])
    concluded = draw(hours)
    near = [day + timedelta(days=draw(st.sampled_from([0, 0, 0, -1, 1]))) for _ in range(2)]
    return {
        "series": draw(st.sampled_from(["S-1", "S-1", "S-2"])),
        "pricing_date": day.isoformat(),
        "contributor": draw(st.sampled_from(FIRMS)),
        "kind": draw(st.sampled_from([*KINDS, "indication", None])),
        "low": quarters(low),
        "high": quarters(high),
        "side": draw(st.sampled_from([None, None, "buy", "sell"])),
        "quantity": draw(st.sampled_from([None, "1", "2", "2.5", "5", "0"])),
        "received_at": None if hour is None else near[0].isoformat() + hour,
        "concluded_at": None if concluded is None else near[1].isoformat() + concluded,
        "group": draw(st.sampled_from([None, None, "G", "H"])),
        "place": draw(st.sampled_from([None, "Foshan", "Wuxi", "port of X"])),
        "relation": draw(st.sampled_from([None, "arms_length", "affiliated"])),
        "deal_reference": draw(st.sampled_from([None, None, None, "r1", "R1 "])),
        "counterparty": draw(st.sampled_from([None, None, None, "A", "Z"])),
        "unit": draw(st.sampled_from([None] * 8 + ["CNY/t", "CNY/kg"])),
    }


@st.composite
def tables(draw: Any, most: int) -> list[dict[str, Any]]:
    """Rows, sometimes with names of their own (some of them without), in no order."""
    listed = draw(st.lists(row(), min_size=1, max_size=most))
    if draw(st.booleans()):
        names = draw(st.permutations([f"x{number}" for number in range(len(listed))]))
        for each, name in zip(listed, names, strict=True):
            each["id"] = None if name.endswith("7") else name
    return listed


def quarters(number: int) -> str:
    """A number of quarters as decimal text."""
    sign = "-" if number < 0 else ""
    return f"{sign}{abs(number) // 4}.{('00', '25', '50', '75')[abs(number) % 4]}"


def compare(methodology: Any, rows: list[dict[str, Any]], *, compile_it: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = write_rows(Path(folder) / "rows.csv", rows)
        out = Path(folder) / "out.csv"
        replay(methodology, Source(table, compile=compile_it), out)
        given_back = by_replay(read_rows(out))
    wanted = by_determine(methodology, rows)
    assert {key: given_back[key] for key in wanted if key in given_back} == {
        key: cells for key, cells in wanted.items() if key in given_back
    }
    missing = set(wanted) - set(given_back)
    assert all(wanted[key][5] == "0" for key in missing), missing


@given(documents(), tables(40))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_replay_is_determine_day_by_day(methodology: Any, rows: list[dict[str, Any]]) -> None:
    compare(methodology, rows, compile_it=False)


@pytest.mark.slow
@given(documents(), tables(60))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_compiled_kernel_is_the_same_code(methodology: Any, rows: list[dict[str, Any]]) -> None:
    compare(methodology, rows, compile_it=True)
