"""Published fixings, determined day by day, exact to the digit; wrong rules must miss.

The panels are read only from the folder that ASSAY_SHARED_DATA names.
"""

import csv
import gzip
import os
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from assay.methodology import (
    METHODOLOGIES,
    Inputs,
    Submission,
    determine_all,
    load_methodology,
)

SHARED = os.environ.get("ASSAY_SHARED_DATA")
panels = pytest.mark.skipif(not SHARED, reason="ASSAY_SHARED_DATA names no folder with panels")


def rows_of(name):
    path = Path(SHARED) / "conformance" / f"{name}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig") as lines:
        yield from csv.DictReader(lines)


def panel(name):
    days = defaultdict(list)
    for place, row in enumerate(rows_of(f"{name}_submissions")):
        day = date.fromisoformat(row["pricing_date"])
        days[day].append(
            Submission(
                id=f"#{place}",
                pricing_date=day,
                series=row["series"],
                contributor=row["contributor"],
                kind="indication",
                low=Fraction(row["low"]),
                high=Fraction(row["high"]),
                position=place,
            )
        )
    return dict(sorted(days.items()))


def published(name):
    return {
        (row["series"], date.fromisoformat(row["pricing_date"])): Decimal(row["published"])
        for row in rows_of(f"{name}_expected")
    }


def text_of(name):
    return (METHODOLOGIES / "conformance" / f"{name}.toml").read_text()


def matches(document, days, fixings, step=1):
    """How many of the fixings of every `step`-th day match, and how many there are."""
    good = known = 0
    before = ()
    for place, (day, rows) in enumerate(days.items()):
        if place % step == 0:
            inputs = Inputs(submissions=(*before, *rows))
            for series, found in determine_all(document, day, inputs, influence=False).items():
                fixing = fixings.get((series, day))
                if fixing is not None:
                    known += 1
                    good += found.mid == fixing
        before = tuple(rows)
    return good, known


@panels
@pytest.mark.parametrize(
    ("panel_name", "document", "count"),
    [("euribor", "euribor", 3446), ("libor_usd", "libor-usd", 3915)],
)
def test_every_published_fixing_is_met(panel_name, document, count):
    found = load_methodology(METHODOLOGIES / "conformance" / f"{document}.toml")
    assert matches(found, panel(panel_name), published(panel_name)) == (count, count)


WRONG = [
    ("euribor", "another rounding", 'rule = "half_away_from_zero"', 'rule = "half_even"', 1),
    ("euribor", "another trim count", 'count = "half_up"', 'count = "floor"', 9),
    ("euribor", "another trim percent", "percent = 15", "percent = 25", 9),
    (
        "euribor",
        "names merged by resemblance",
        "table = [\n",
        'table = [\n  { name = "NATEXIS", contributor = "NATIXIS" },\n',
        9,
    ),
    ("libor", "another rounding", 'rule = "half_up"', 'rule = "half_even"', 5),
    ("libor", "another trim count", "{ from = 15, drop = 4 }", "{ from = 15, drop = 3 }", 9),
]


@panels
@pytest.mark.parametrize(("name", "what", "right", "wrong", "step"), WRONG)
def test_a_wrong_rule_misses(name, what, right, wrong, step):
    file, data = {"euribor": ("euribor", "euribor"), "libor": ("libor-usd", "libor_usd")}[name]
    text = text_of(file)
    assert right in text
    days, fixings = panel(data), published(data)
    if step == 1:
        days = {day: rows for day, rows in days.items() if day.year == 2006}
    good, known = matches(load_methodology(text.replace(right, wrong)), days, fixings, step)
    assert good < known, what


# ---- planted rows, without the panels --------------------------------------------------

DAY = date(2013, 4, 2)
YESTERDAY = date(2013, 4, 1)


def planted(*rows):
    """Rows of (contributor, price[, series[, day]])."""
    made = []
    for place, (name, price, *more) in enumerate(rows):
        series = more[0] if more else "EURIBOR-1M"
        day = more[1] if len(more) > 1 else DAY
        made.append(
            Submission(f"#{place}", day, series, name, "indication", Fraction(price),
                       Fraction(price), place)
        )  # fmt: skip
    return Inputs(submissions=tuple(made))


def without(text, rule):
    """The document without the cleaning rule of this name."""
    blocks = text.split("\n\n")
    kept = [block for block in blocks if f'rule = "{rule}"' not in block]
    assert len(kept) == len(blocks) - 1
    return "\n\n".join(kept)


def mid(text, inputs, series="EURIBOR-1M"):
    return determine_all(load_methodology(text), DAY, inputs, influence=False)[series]


def test_zero_rows_uncleaned_miss():
    rows = planted(
        ("A", "2.40"), ("B", "2.41"), ("C", "2.43"), ("Z", "0"), ("Z", "0", "EURIBOR-1W"),
        ("A", "2.30", "EURIBOR-1W"),
    )  # fmt: skip
    text = text_of("euribor")
    # three quotes, none dropped: 7.24 / 3 = 2.41333; uncleaned four, one dropped at each end
    assert str(mid(text, rows).mid) == "2.413"
    assert str(mid(without(text, "zero_rows_missing"), rows).mid) == "2.405"


def test_zeros_beside_blank_cells_are_a_row_of_nothing_too():
    rows = planted(("A", "2.40"), ("B", "2.41"), ("C", "2.43"), ("Z", "0"))
    blank = Submission("#Z", DAY, "EURIBOR-1W", "Z", "indication", None, None, 9)
    one = Submission("#A", DAY, "EURIBOR-1W", "A", "indication", Fraction(0), Fraction(0), 10)
    found = mid(text_of("euribor"), Inputs(submissions=(*rows.submissions, blank, one)))
    assert str(found.mid) == "2.413", "Z quotes nothing: 7.24 / 3; A's single zero is a quote"


def test_of_two_sheets_the_copy_of_yesterday_goes():
    old = [("A", "2.40"), ("B", "2.41"), ("C", "2.43")]
    new = [("A", "2.42"), ("B", "2.43"), ("C", "2.45")]
    before = [(name, price, "EURIBOR-1M", YESTERDAY) for name, price in old]
    for sheets in ((*old, *new), (*new, *old)):
        found = mid(text_of("euribor"), planted(*before, *sheets))
        assert str(found.mid) == "2.433", "7.30 / 3 of today's own sheet, whichever comes first"


def test_filled_forward_holidays_uncleaned_miss():
    quotes = [("A", "2.40"), ("B", "2.41"), ("C", "2.43")]
    rows = planted(*((n, p, "EURIBOR-1M", YESTERDAY) for n, p in quotes), *quotes)
    text = text_of("euribor")
    assert mid(text, rows).reason == "holiday"
    assert str(mid(without(text, "filled_forward"), rows).mid) == "2.413"


def test_filled_forward_needs_every_quote_of_every_series_to_repeat():
    quotes = [("A", "2.40"), ("B", "2.41"), ("C", "2.43")]
    before = [(n, p, "EURIBOR-1M", YESTERDAY) for n, p in quotes]
    week = [("A", "2.30", "EURIBOR-1W", YESTERDAY), ("A", "2.31", "EURIBOR-1W")]
    found = mid(text_of("euribor"), planted(*before, *quotes, *week))
    assert str(found.mid) == "2.413"


def test_a_bank_twice_uncleaned_weighs_twice():
    rows = planted(("A", "2.40"), ("A", "2.40"), ("B", "2.41"), ("C", "2.43"))
    text = text_of("euribor")
    assert str(mid(text, rows).mid) == "2.413"
    doubled = without(text, "repeated_rows_once").replace(
        'rule = "one_live_quote"', 'rule = "deal_once"'
    )
    doubled = doubled.replace('kinds = ["indication"]\n\n[trim]', "\n[trim]")
    # A's own mean is still one value: the contributor counts once whatever is listed
    assert str(mid(doubled, rows).mid) == "2.413"
    per_row = doubled.replace('per = "contributor"', 'per = "submission"')
    # four values, one dropped at each end: (2.40 + 2.41) / 2
    assert str(mid(per_row, rows).mid) == "2.405"


def test_a_misdated_sheet_moves_by_the_dated_table():
    text = text_of("euribor").replace(
        "[[cleaning]]\n",
        '[[cleaning]]\nrule = "redate"\nclause = "2.4"\ntable = [{ given = 2013-02-04, '
        'true = 2013-04-02, source = "tab 0204 says 2 April inside" }]\n\n[[cleaning]]\n',
        1,
    )
    wrong_day = date(2013, 2, 4)
    rows = planted(*((n, p, "EURIBOR-1M", wrong_day) for n, p in (("A", "2.40"), ("B", "2.42"))))
    assert str(mid(text, rows).mid) == "2.410"
    assert mid(text_of("euribor"), rows).reason == "insufficient_data"


def test_negative_and_single_zero_quotes_are_prices():
    rows = planted(("A", "-0.003"), ("B", "0"), ("B", "-0.01", "EURIBOR-1W"))
    # (-0.003 + 0) / 2 = -0.0015: a tie, away from zero
    assert str(mid(text_of("euribor"), rows).mid) == "-0.002"
