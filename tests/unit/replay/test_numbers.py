"""Prices worked by hand: what the kernel makes of a few quotes, with ties where they hurt."""

from dataclasses import replace
from pathlib import Path

import pytest
from unit.replay.making import document, ladder, read_rows, simple, write_rows

from assay.methodology.inputs import SUBMISSION_FIELDS
from assay.methodology.replay import Source, replay
from assay.methodology.replay.engine import price
from assay.methodology.replay.rows import NEEDED, Findings, RowReader
from assay.methodology.replay.sharing import Ready
from assay.methodology.replay.tables import open_table

DAY = "2024-01-02"


def rows(*quotes, kind: str | None = None, series: str = "S-1") -> list[dict]:
    """One row a quote: price, or (price, tonnes), or (low, high, tonnes)."""
    listed = []
    for number, said in enumerate(quotes):
        quote = said if isinstance(said, tuple) else (said,)
        low, high = (quote[0], quote[1]) if len(quote) == 3 else (quote[0], quote[0])
        listed.append(
            {
                "series": series, "pricing_date": DAY, "contributor": f"C{number}", "low": low,
                "high": high, "quantity": quote[-1] if len(quote) > 1 else None, "kind": kind,
            }
        )  # fmt: skip
    return listed


def priced(
    tmp_path: Path, methodology, listed: list[dict], *, compile_it: bool = False
) -> list[dict]:
    out = tmp_path / "out.csv"
    replay(methodology, Source(write_rows(tmp_path / "in.csv", listed), compile=compile_it), out)
    return read_rows(out)


@pytest.mark.parametrize("compile_it", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("rounding", "quotes", "mid"),
    [
        ("half_up", ("2", "3"), "3"),  # 2.5
        ("half_even", ("2", "3"), "2"),
        ("half_even", ("3", "4"), "4"),  # 3.5
        ("half_away_from_zero", ("2", "3"), "3"),
        ("half_up", ("-2", "-3"), "-2"),  # -2.5
        ("half_away_from_zero", ("-2", "-3"), "-3"),
        ("half_even", ("-2", "-3"), "-2"),
        ("half_up", ("0", "0.99"), "0"),  # 0.495
        ("half_up", ("1", "1", "2"), "1"),  # 4/3
    ],
)
def test_means_and_ties(tmp_path, rounding, quotes, mid, compile_it) -> None:
    found = priced(
        tmp_path, simple({"rule": "mean"}, rounding=rounding), rows(*quotes), compile_it=compile_it
    )
    assert found[0]["mid"] == mid


@pytest.mark.parametrize(
    ("estimator", "quotes", "mid"),
    [
        # (100 x 1 + 200 x 3) / 4 = 175
        ({"rule": "weighted_mean"}, (("100", "1"), ("200", "3")), "175"),
        # one without tonnes: all count one: 150
        ({"rule": "vwap"}, (("100", "1"), ("200", None)), "150"),
        ({"rule": "median", "even": "mean"}, ("1", "9", "4", "2"), "3"),
        ({"rule": "median", "even": "upper"}, ("1", "9", "4", "2"), "4"),
        ({"rule": "median", "even": "lower"}, ("1", "9", "4", "2"), "2"),
        # weights 1, 1, 2: half of 4 is reached exactly at 20: mean of 20 and 30
        ({"rule": "weighted_median", "tie": "mean"}, (("10", "1"), ("20", "1"), ("30", "2")), "25"),
        ({"rule": "weighted_median", "tie": "lower"}, (("10", "1"), ("20", "1"), ("30", "2")), "20"),
        ({"rule": "weighted_median", "tie": "mean"}, (("10", "1"), ("20", "3"), ("30", "1")), "20"),
        # a quarter of 4 is reached exactly at the first
        ({"rule": "percentile", "percent": "25", "tie": "upper"}, (("10", "1"), ("20", "3")), "20"),
        ({"rule": "middle_of_range"}, ("10", "11", "30"), "20"),
    ],
)  # fmt: skip
def test_estimators(tmp_path, estimator, quotes, mid) -> None:
    assert priced(tmp_path, simple(estimator), rows(*quotes))[0]["mid"] == mid


@pytest.mark.parametrize(
    ("trim", "mid"),
    [
        # of 1 2 3 4 10: drop one each side, mean of 2 3 4
        ({"rule": "count", "low": 1, "high": 1}, "3"),
        # 25 % of 5 = 1.25: floor 1, ceil 2, half up 1
        ({"rule": "percent", "percent": "25", "count": "ceil"}, "3"),
        ({"rule": "percent", "percent": "5", "count": "floor"}, "4"),
        ({"rule": "count_table", "table": [{"from": 5, "drop": 2}]}, "3"),
        # a trim that would leave nothing leaves all: mean of all = 4
        ({"rule": "count", "low": 3, "high": 2}, "4"),
        # by volume, weights one: 20 % of 5 goes at each end, mean of 2 3 4
        ({"rule": "volume", "percent": "20"}, "3"),
        # 30 %: 1.5 go at each end: (2 x 0.5 + 3 + 4 x 0.5) / 2 = 3
        ({"rule": "volume", "percent": "30"}, "3"),
        # lowest 20 %: mean of 2 3 4 10 = 4.75 -> 5
        ({"rule": "lowest_volume", "percent": "20"}, "5"),
    ],
)
def test_trims(tmp_path, trim, mid) -> None:
    methodology = simple({"rule": "mean"}, rung={"trim": {"clause": "1", **trim}})
    assert priced(tmp_path, methodology, rows("1", "10", "3", "2", "4"))[0]["mid"] == mid


@pytest.mark.parametrize(
    ("spread", "legs"),
    [
        ({"rule": "min_max"}, ("15", "35")),  # the middles of the quotes
        ({"rule": "quote_ends"}, ("10", "40")),
        ({"rule": "quote_means"}, ("20", "30")),
        ({"rule": "mid"}, ("25", "25")),
        ({"rule": "band", "below": "2.5", "above": "1", "as": "absolute"}, ("23", "26")),
        ({"rule": "band", "below": "10", "above": "20", "as": "percent"}, ("23", "30")),
    ],
)
def test_ranges(tmp_path, spread, legs) -> None:
    methodology = document(
        tables={"assessment": {}, "range": {"clause": "1", **spread}},
        lists={"ladder": [ladder({"rule": "mean"})]},
    )
    found = priced(tmp_path, methodology, rows(("10", "20", "1"), ("30", "40", "1")))[0]
    assert (found["low"], found["high"]) == legs


def test_deals_of_a_firm_add_up_by_tonnes_and_outrank_its_quotes(tmp_path) -> None:
    deals = rows(("100", "1"), ("200", "3"), kind="transaction")
    quote = rows("900", kind="indication")
    for each in (*deals, *quote):
        each["contributor"] = "A"
    other = {**rows("300")[0], "contributor": "B", "kind": "indication"}
    # A: (100 + 600) / 4 = 175; B: 300; mean 237.5 -> 238
    found = priced(tmp_path, simple({"rule": "mean"}), [*deals, *quote, other])[0]
    assert (found["low"], found["mid"], found["high"]) == ("175", "238", "300")
    assert (found["n_received"], found["n_used"]) == ("4", "4")


def test_prices_too_large_for_64_bits_inside_still_come_out_exact(tmp_path) -> None:
    large = ("4000000000000000", "3000000000.001")
    found = priced(tmp_path, simple({"rule": "weighted_mean"}), rows(large, large), compile_it=True)
    assert found[0]["mid"] == "4000000000000000"


def test_a_firm_of_two_groups_and_a_cap_that_binds_go_to_the_day_engine(tmp_path) -> None:
    methodology = document(
        tables={
            "assessment": {},
            "cap": {"percent": "40", "per": "group", "clause": "1"},
            "range": {"rule": "min_max", "clause": "1"},
        },
        lists={"ladder": [ladder({"rule": "mean"})]},
    )
    listed = rows("10", "10", "40", "70")
    for each, group in zip(listed, ("G", "G", "H", "I"), strict=True):
        each["group"] = group
    # G holds 2 of 4: held to 40 %, H and I get 30 % each: 10 x 0.4 + 40 x 0.3 + 70 x 0.3 = 37
    out = tmp_path / "out.csv"
    report = replay(methodology, Source(write_rows(tmp_path / "in.csv", listed)), out)
    assert read_rows(out)[0]["mid"] == "37"
    assert report.by_day_engine == 1


@pytest.mark.parametrize(
    "trim", [{"rule": "count", "low": 2, "high": 0}, {"rule": "lowest_volume", "percent": "10"}]
)
def test_rows_of_one_firm_and_price_at_the_edge_of_a_trim_go_by_their_ids(tmp_path, trim) -> None:
    # Ten rows of one firm, one row counts one; nine have the middle 20 and are ever wider. In
    # the order of ids (#1, #10, #2, ...) the trim takes #1 and, with two to go, #10: 10 to 30.
    listed = rows(("10", "10", "1"), *((str(20 - n), str(20 + n), "1") for n in range(2, 11)))
    for each in listed:
        each["contributor"] = "A"
    methodology = document(
        tables={
            "assessment": {"per": "submission"},
            "range": {"rule": "quote_ends", "clause": "1"},
        },
        lists={"ladder": [ladder({"rule": "mean"}, trim={"clause": "1", **trim})]},
    )
    found = priced(tmp_path, methodology, listed)[0]
    ends = ("11", "29") if trim["rule"] == "count" else ("10", "30")
    assert (found["low"], found["mid"], found["high"]) == (ends[0], "20", ends[1])


@pytest.mark.slow
def test_leaving_rows_out_again_leaves_them_out_of_machine_code_too(tmp_path) -> None:
    names = ("low", "mid", "high")
    prepared = prepared_of(tmp_path, simple({"rule": "mean"}), rows("10", "20", "60"))
    valid = prepared.valid.copy()
    valid[2] = False
    left = replace(prepared, valid=valid)
    for again, mid in ((prepared, 30), (left, 15), (prepared, 30)):
        found = [price(simple({"rule": "mean"}), again, compiled=c) for c in (True, False)]
        assert found[0].mid.tolist() == found[1].mid.tolist() == [mid]
        assert [getattr(found[0], n).tolist() for n in names] == [
            getattr(found[1], n).tolist() for n in names
        ]


def test_which_documents_share_is_remembered_from_partition_to_partition(tmp_path) -> None:
    mean, median = simple({"rule": "mean"}), simple({"rule": "median", "even": "mean"})
    of_two = simple({"rule": "mean"}, series=("S-1", "S-2"))
    columns, reader = read_rows_of(tmp_path, rows("10", "20", "60"))
    likes: dict[tuple[int, int], bool] = {}
    for _ in range(2):
        ready = Ready(likes)
        found = [ready.of(each, columns, None, reader)[0] for each in (mean, median, of_two)]
        assert found[0] is found[1]
        assert found[2] is not found[0]
    assert sorted(likes.values()) == [False, True]


def read_rows_of(tmp_path: Path, listed: list[dict]):
    table = open_table(write_rows(tmp_path / "in.csv", listed), NEEDED, SUBMISSION_FIELDS)
    reader = RowReader("in.csv", Findings())
    [columns] = map(reader.read, table.batches())
    return columns, reader


def prepared_of(tmp_path: Path, methodology, listed: list[dict]):
    columns, reader = read_rows_of(tmp_path, listed)
    return Ready().of(methodology, columns, None, reader)[1]
