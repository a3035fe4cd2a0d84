"""The verifier's own methods held to every hand-worked case of the shipped documents.

The same answers that the product is held to, computed by hand and by nobody's program.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from unit.verifier.small_agency import METHODOLOGIES, ROOT

from verifier import exact
from verifier.canonical import Malformed, canonical_bytes, digest, read_canonical
from verifier.methods.assessed import Outcome, assess, capped_shares
from verifier.methods.calendars import Calendar, calendar_of
from verifier.methods.data import card_of, day_of
from verifier.methods.formula import compute
from verifier.methods.market import Row, read_market
from verifier.methods.pricing import Seen, Surroundings, price, rounded
from verifier.methods.weighted import weigh

LEGS = ("low", "mid", "high")


@dataclass(frozen=True)
class Case:
    document: dict[str, Any]
    told: dict[str, Any]
    place: str
    defaults: dict[str, Any]
    shared: dict[str, Any]

    @property
    def day(self) -> date:
        return self.told["date"]

    @property
    def series(self) -> str:
        return self.told.get("series") or self.document["series"][0]

    @property
    def inputs(self) -> dict[str, Any]:
        """Inputs of the file and of the case, each submission completed with the defaults."""
        inputs = plain({**self.shared, **self.told.get("inputs", {})})
        common = {"pricing_date": self.day.isoformat(), "series": self.series}
        common |= plain(self.defaults)
        rows = [{**common, **row} for row in inputs.get("submissions", [])]
        return {**inputs, "submissions": rows}


def toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)


def cases() -> Iterator[Case]:
    for path in sorted(METHODOLOGIES.rglob("cases/*.toml")):
        if "conformance" not in path.parts:
            told = toml(path)
            document = toml(path.parent.parent / told["document"])
            for number, each in enumerate(told["case"], 1):
                place = f"{document['id']}-{number}"
                yield Case(document, each, place, told.get("defaults", {}), told.get("inputs", {}))


def calendars() -> dict[str, Calendar]:
    found = [calendar_of(toml(p)) for p in (ROOT / "reference" / "calendars").glob("*.toml")]
    return {each.id: each for each in found}


def tables() -> dict[str, dict[str, Any]]:
    found = [toml(path) for path in (ROOT / "reference" / "taxes").glob("*.toml")]
    return {each["id"]: each for each in found}


def computed(case: Case) -> Outcome:
    document, kind = case.document, case.document["kind"]
    calendar = calendars().get(document["calendar"])
    if calendar is not None and not calendar.is_open(case.day):
        return Outcome("none", reason="holiday")
    if kind == "assessed":
        outcome = assess(day_of(document, case.series, case.day, case.inputs))
    elif kind == "formula":
        outcome = price(document, case.day, surroundings(case), [])
    elif kind == "weighted":
        rows = case.inputs.get("quantities", [])
        outcome, _ = weigh(document, case.series, case.day, rows)
    else:
        overrides = [{"since": e["from"], **e} for e in case.inputs.get("roll", [])]
        outcome = read_market(document, case.day, market_rows(case), overrides)
    return rounded(outcome, card_of(document, case.series), document["rounding"]["rule"])


def plain(content: Any) -> Any:
    """Dates and instants of TOML as the text that inputs carry."""
    if isinstance(content, dict):
        return {name: plain(each) for name, each in content.items()}
    if isinstance(content, list):
        return [plain(each) for each in content]
    return content.isoformat() if isinstance(content, date | datetime) else content


def surroundings(case: Case) -> Surroundings:
    known = calendars()
    lags = {spec.get("series"): spec for spec in case.document["input"]}
    seen: dict[str, list[Seen]] = {}
    for series, given in case.inputs.get("series", {}).items():
        rows = given if isinstance(given, list) else [given]
        spec = lags.get(series, {})
        undated = case.day
        if spec.get("lag") in ("previous_open_day", "last_before"):
            undated = known[spec["calendar"]].before(case.day)
        seen[series] = [one for row in rows if (one := observed(row, undated)) is not None]
    return Surroundings(seen, known, tables())


def observed(row: Any, undated: date) -> Seen | None:
    if not isinstance(row, dict):
        row = {"value": row}
    if row.get("status", "determined") not in ("determined", "published"):
        return None
    day = row.get("date") or row.get("effective")
    mid = row["mid"] if "mid" in row else row["value"]
    return Seen(
        date.fromisoformat(day) if day else undated,
        exact.number(row.get("low", mid)), exact.number(mid), exact.number(row.get("high", mid)),
        row.get("revision", 0), row.get("period") or row.get("quarter") or "",
    )  # fmt: skip


def market_rows(case: Case) -> list[Row]:
    texts = ("series", "date", "at", "contract", "session", "trade_type", "source", "carried")
    allowed = case.document["market"].get("trade_types", ["listed"])
    rows = []
    for row in case.inputs.get("market", []):
        if row["series"] != case.series or row.get("trade_type", "listed") not in allowed:
            continue
        numbers = {k: exact.number(v) for k, v in row.items() if k not in texts}
        moment = datetime.fromisoformat(row["at"]) if row.get("at") else None
        day = date.fromisoformat(row["date"])
        rows.append(
            Row(day, moment, row.get("contract", ""), row.get("session", "day"), False, numbers)
        )
    return rows


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.place)
def test_the_verifier_agrees_with_the_hand(case: Case) -> None:
    outcome, expected = computed(case), case.told["expect"]
    for leg in LEGS:
        if leg in expected:
            assert getattr(outcome, leg) == exact.number(expected[leg]), case.told["working"]
    if "status" in expected:
        assert (outcome.mid is not None) == (expected["status"] == "determined")
    if "reason" in expected:
        assert outcome.reason == expected["reason"]
    if "branch" in expected and expected["branch"] != "none":
        assert outcome.branch == expected["branch"]


# ---- the parts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rounding", "number", "whole"),
    [
        ("half_up", "2.5", 3), ("half_up", "-2.5", -2), ("half_up", "-2.6", -3),
        ("half_away_from_zero", "2.5", 3), ("half_away_from_zero", "-2.5", -3),
        ("half_even", "2.5", 2), ("half_even", "3.5", 4), ("half_even", "-2.5", -2),
    ],
)  # fmt: skip
def test_ties_by_name(rounding: str, number: str, whole: int) -> None:
    assert exact.rounded(Fraction(number), Fraction(1), rounding) == whole


def test_shares_under_a_cap_to_the_fixed_point() -> None:
    # 50, 30, 10, 10 under 40 %: the excess 10 goes 6 : 2 : 2 -> 40, 36, 12, 12.
    masses = {name: Fraction(mass) for name, mass in zip("abcd", (50, 30, 10, 10), strict=True)}
    assert capped_shares(masses, Fraction(2, 5)) == {
        "a": Fraction(40, 100), "b": Fraction(36, 100), "c": Fraction(12, 100), "d": Fraction(12, 100),
    }  # fmt: skip
    # 60, 35, 5 under 40 %: b is pushed to 52.5 % and capped as well, c takes the last 20 %.
    masses = {name: Fraction(mass) for name, mass in zip("abc", (60, 35, 5), strict=True)}
    assert capped_shares(masses, Fraction(2, 5)) == {
        "a": Fraction(2, 5), "b": Fraction(2, 5), "c": Fraction(1, 5),
    }  # fmt: skip
    # Two cannot keep 40 %: they weigh the same.
    masses = {"a": Fraction(9), "b": Fraction(1)}
    assert set(capped_shares(masses, Fraction(2, 5)).values()) == {Fraction(1, 2)}


def test_the_carbon_part_is_never_rounded_alone() -> None:
    numbers = {
        "foshan": Fraction(22180), "national": Fraction("12.8"),
        "yunnan": Fraction("2.3"), "cea": Fraction("74.01"),
    }  # fmt: skip
    assert compute("foshan + (national - yunnan) * cea", numbers) == Fraction("22957.105")


@pytest.mark.parametrize("line", ["a +", "(a", "a b", "a ** 2", "__import__", "b", "a)"])
def test_what_is_no_formula_is_refused(line: str) -> None:
    with pytest.raises(Malformed):
        compute(line, {"a": Fraction(1)})


@pytest.mark.parametrize(
    "text", ['{"a":1.0}', '{"a":1,"a":2}', '{"b":1,"a":2}', '{"a": 1}', "[NaN]", '["\\u0061"]']
)
def test_only_canonical_json_is_read(text: str) -> None:
    with pytest.raises(Malformed):
        read_canonical(text.encode())


def test_canonical_bytes_of_the_specification() -> None:
    # docs/reference/journal.md, entry 1 of the worked example, computed without Assay.
    content = (
        '{"actor":"system","body":{"agency":"示例 agency","clock":"simulated","software":"assay 0"},'
        '"key":null,"kind":"home.opened/1","recorded_at":"2025-12-30T00:00:00Z","signature":null}'
    ).encode()
    assert canonical_bytes(read_canonical(content)) == content
    link = {
        "commitment": "sha256:b70f7fc7cbace20d54e0306bfa77dabc4283c44a70cf94cc43b831ebc34e22c4",
        "previous": "sha256:" + "0" * 64,
        "seq": 1,
    }
    assert digest(link) == (
        "sha256:ba0b851603c28fe35c8f35ae9cd1dfbe71b859d2901b2c990b6656729f8e9e80"
    )


def test_exact_text() -> None:
    assert exact.text(Fraction("777.105")) == "777.105"
    assert exact.text(Fraction(1, 3)) == "1/3"
    assert exact.text(Fraction(-1, 8)) == "-0.125"
    assert exact.fixed(Fraction(741, 10), Fraction("0.01")) == "74.10"
