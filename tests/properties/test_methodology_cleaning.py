"""The panel documents over dirty tables: replay gives what `determine` gives, day by day.

Few banks, few prices and a weekend in the middle, so that sheets repeat, lack banks, hold
zeros, stand twice under one date or on a Sunday far more often than any archive has them.
"""

import csv
import tempfile
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.methodology import METHODOLOGIES, Inputs, Submission, determine_all, load_methodology
from assay.methodology.replay import Source, replay

FIRST = date(2013, 4, 10)  # a Wednesday
BANKS = ("A", "B", "C", "D", "BTMU", "Bank of Tokyo-Mitsubishi UFJ", "BOA", "Bank of America")
SERIES = {
    "euribor": ("EURIBOR-1M", "EURIBOR-3M"),
    "libor-usd": ("LIBOR-USD-1M", "LIBOR-USD-3M"),
}
Sheet = list[tuple[str, str, str]]


@st.composite
def sheets(draw: Any, series: tuple[str, ...]) -> list[tuple[date, Sheet]]:
    """Sheets by date: made anew, copied from the one before, with lines lost or repeated."""
    listed: list[tuple[date, Sheet]] = []
    before: Sheet = []
    for offset in range(draw(st.integers(2, 8))):
        day = FIRST + timedelta(days=offset)
        for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
            sheet = before
            if not before or draw(st.booleans()):
                price = st.sampled_from(["0", "0", "0.1", "0.105", "-0.005"])
                names = draw(st.lists(st.sampled_from(BANKS), min_size=1, max_size=6))
                sheet = [(code, name, draw(price)) for name in names for code in series]
            lost = draw(st.sets(st.sampled_from([name for _, name, _ in sheet]), max_size=1))
            sheet = [line for line in sheet if line[1] not in lost]
            if draw(st.booleans()):
                sheet = sorted(sheet)
            listed.append((day, sheet))
            before = sheet or before
    return listed


@pytest.mark.parametrize("name", SERIES)
@given(choices=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_replay_of_a_dirty_panel_is_determine_day_by_day(name: str, choices: Any) -> None:
    document = load_methodology(METHODOLOGIES / "conformance" / f"{name}.toml")
    rows = [
        (code, day.isoformat(), bank, price)
        for day, sheet in choices.draw(sheets(SERIES[name]))
        for code, bank, price in sheet
    ]
    with tempfile.TemporaryDirectory() as folder:
        table, out = Path(folder) / "rows.csv", Path(folder) / "out.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("series", "pricing_date", "contributor", "low", "high"))
            writer.writerows((*row, row[3]) for row in rows)
        replay(document, Source(table), out)
        with out.open(encoding="utf-8", newline="") as file:
            found = {(row["series"], row["pricing_date"]): row for row in csv.DictReader(file)}
    inputs = Inputs(
        submissions=tuple(
            Submission(f"#{place}", date.fromisoformat(day), code, bank, "indication",
                       Fraction(price), Fraction(price), place)
            for place, (code, day, bank, price) in enumerate(rows)
        )
    )  # fmt: skip
    days = {date.fromisoformat(day) for _, day, _, _ in rows}
    for day in days:
        for code, one in determine_all(document, day, inputs, influence=False).items():
            if code not in {row[0] for row in rows}:
                continue
            row = found[code, day.isoformat()]
            said = (row["mid"], row["status"], row["branch"], row["n_received"], row["n_used"])
            mid = "" if one.mid is None else str(one.mid)
            assert said == (mid, one.status, one.branch, str(one.n_received), str(one.n_used)), (
                code,
                day,
            )
