"""Dirty sheets of a panel: each defect by itself, answers worked by hand.

The sheets are made up; the rules are those of the shipped panel documents.
"""

import csv
from datetime import date
from fractions import Fraction

import pytest

from assay.methodology import (
    METHODOLOGIES,
    Inputs,
    Submission,
    determine,
    determine_all,
    inputs_from_document,
    load_methodology,
)
from assay.methodology.catalogue.cleaning import resembles
from assay.methodology.replay import Source, replay

EURIBOR = load_methodology(METHODOLOGIES / "conformance" / "euribor.toml")
LIBOR = load_methodology(METHODOLOGIES / "conformance" / "libor-usd.toml")
E1, E3, L1, L3 = "EURIBOR-1M", "EURIBOR-3M", "LIBOR-USD-1M", "LIBOR-USD-3M"


def sheet(day, series, *quotes):
    return [(day, series, name, price) for name, price in quotes]


def found(document, day, rows):
    submissions = tuple(
        Submission(f"#{place}", when, code, name, "indication",
                   None if price is None else Fraction(price),
                   None if price is None else Fraction(price), place)
        for place, (when, code, name, price) in enumerate(rows)
    )  # fmt: skip
    return determine_all(document, day, Inputs(submissions=submissions), influence=False)


def codes(one):
    return {each.code for each in one.findings}


THURSDAY, GOOD_FRIDAY = date(2014, 4, 17), date(2014, 4, 18)
FOUR = (("A", "0.24"), ("B", "0.25"), ("C", "0.26"), ("D", "0.33"))
WIDER = (("A", "0.34"), ("B", "0.35"), ("C", "0.36"), ("D", "0.43"))


def copied(first, second, lost=(), changed=()):
    """Thursday's sheet on two tenors, and its copy on Friday without some, with others changed."""
    rows = []
    for day in (THURSDAY, GOOD_FRIDAY):
        for code, quotes in ((first, FOUR), (second, WIDER)):
            kept = {n: p for n, p in quotes if day == THURSDAY or n not in lost}
            if day == GOOD_FRIDAY and code == first:
                kept |= dict(changed)
            rows += sheet(day, code, *kept.items())
    return rows


@pytest.mark.parametrize("lost", [(), ("D",)])
def test_a_copy_of_yesterday_is_a_holiday_though_it_lacks_a_bank(lost):
    one = found(EURIBOR, GOOD_FRIDAY, copied(E1, E3, lost))[E3]
    assert (one.status, one.reason, one.mid) == ("not_assessed", "holiday", None)
    assert "cleaning.filled_forward" in codes(one)


@pytest.mark.parametrize("lost", [(), ("D",)])
def test_a_carried_copy_has_the_value_of_yesterday_to_the_digit(lost):
    # of four one goes at each end: (0.25 + 0.26) / 2; the three left alone would say 0.25
    one = found(LIBOR, GOOD_FRIDAY, copied(L1, L3, lost))[L1]
    assert (str(one.mid), one.branch) == ("0.25500", "carried")
    assert (one.n_received, one.n_used) == (4 - len(lost), 4)


def test_one_quote_that_moved_makes_it_a_sheet_of_its_own():
    one = found(EURIBOR, GOOD_FRIDAY, copied(E1, E3, ("D",), (("A", "0.23"),)))[E1]
    assert str(one.mid) == "0.247", "(0.23 + 0.25 + 0.26) / 3 = 0.24667"


def test_a_bank_that_was_not_there_makes_it_a_sheet_of_its_own():
    one = found(EURIBOR, GOOD_FRIDAY, copied(E1, E3, (), (("E", "0.27"),)))[E1]
    assert str(one.mid) == "0.260", "n = 5, one goes at each end: (0.25 + 0.26 + 0.27) / 3"


def test_half_of_the_banks_gone_is_no_copy():
    one = found(EURIBOR, GOOD_FRIDAY, copied(E1, E3, ("C", "D")))[E1]
    assert str(one.mid) == "0.245"


def test_one_tenor_that_lacks_a_bank_says_too_little():
    rows = sheet(THURSDAY, E1, *FOUR) + sheet(GOOD_FRIDAY, E1, *FOUR[:3])
    assert str(found(EURIBOR, GOOD_FRIDAY, rows)[E1].mid) == "0.250"


def test_a_sheet_of_a_weekend_is_not_the_day_before_monday():
    """Monday's sheet stands under Sunday's date as well: Monday is no holiday for that."""
    friday, sunday, monday = date(2013, 3, 8), date(2013, 3, 10), date(2013, 3, 11)
    new = (("A", "0.27"), ("B", "0.28"), ("C", "0.29"))
    rows = sheet(friday, E1, *FOUR) + sheet(sunday, E1, *new) + sheet(monday, E1, *new)
    assert str(found(EURIBOR, monday, rows)[E1].mid) == "0.280"
    assert found(EURIBOR, sunday, rows)[E1].reason == "holiday"
    filled = [
        (day, code, name, FOUR[place][1]) for place, (day, code, name, _) in enumerate(rows[-3:])
    ]
    rows = sheet(friday, E1, *FOUR[:3]) + sheet(sunday, E1, *new) + filled
    assert found(EURIBOR, monday, rows)[E1].reason == "holiday", "Monday repeats Friday"


DAY = date(2013, 4, 2)


def test_of_a_bank_listed_twice_the_line_of_zeros_goes_though_the_other_has_gaps():
    """The first line of Z has no one-month quote, so its second line is the first to name that."""
    others = (("A", "0.10"), ("B", "0.11"))
    rows = sheet(DAY, E1, *others) + sheet(DAY, E3, *others)
    rows += [(DAY, E3, "Z", "0.15"), (DAY, E3, "Z", "0"), (DAY, E1, "Z", "0")]
    both = found(EURIBOR, DAY, rows)
    assert str(both[E1].mid) == "0.105", "Z did not quote one month"
    assert str(both[E3].mid) == "0.120", "Z quotes 0.15 on three"


def test_a_line_of_zeros_goes_whichever_way_the_table_is_sorted():
    rows = [
        (DAY, code, name, price)
        for code in (E1, E3)
        for name, price in (("A", "0.10"), ("B", "0.11"), ("Z", "0"), ("Z", "0.15"))
    ]
    for listed in (rows, sorted(rows, key=lambda row: row[2]), [*rows[::2], *rows[1::2]]):
        assert str(found(EURIBOR, DAY, listed)[E1].mid) == "0.120"


def test_names_that_resemble_each_other_are_noted_and_stay_two():
    rows = sheet(DAY, E1, ("NATEXIS", "0.10"), ("NATIXIS", "0.11"), ("KBC", "0.15"))
    one = found(EURIBOR, DAY, rows)[E1]
    assert str(one.mid) == "0.120"
    [said] = [each for each in one.findings if each.code == "cleaning.resembling_names"]
    assert said.what_to_do == "NATEXIS and NATIXIS are taken as two firms"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("NATEXIS", "NATIXIS", True),
        ("Soc-Gen", "Soc Gen", True),
        ("Rabo", "Rabobank", True),
        ("DZ Bank", "Danske Bank", False),
        ("HSBC", "HVB", False),
        ("LBBW", "LBB Berlin", False),
    ],
)
def test_what_resembles(one, other, alike):
    assert resembles(one, other) is resembles(other, one) is alike


def test_spaces_around_a_word_make_no_other_bank():
    day = DAY.isoformat()
    read = inputs_from_document({"submissions": [
        {"series": f" {E1}", "pricing_date": f"{day} ", "contributor": name, "low": low, "high": " "}
        for name, low in (("A", "0.10"), ("A ", " 0.10"), ("B", "0.11"), ("C", "\u00a00.12"))
    ]})  # fmt: skip
    one = determine(EURIBOR, DAY, read, E1)
    assert (str(one.mid), one.n_used) == ("0.110", 3)
    assert read.findings == ()


# ---- what determine never passes over in silence ---------------------------------------


def test_submissions_of_a_series_that_is_not_served_are_said():
    rows = [*sheet(DAY, E1, ("A", "0.1")), *sheet(DAY, L1, ("A", "0.1"), ("B", "0.1"))]
    one = found(EURIBOR, DAY, rows)[E1]
    [said] = [each for each in one.findings if each.code == "input.series_not_served"]
    assert said.where == f"euribor on {DAY}, submissions of {L1}"
    assert said.what_to_do.startswith("2 not used: this document serves EURIBOR-1W")


def test_a_formula_says_that_it_takes_no_submissions():
    document = load_methodology(METHODOLOGIES / "al-lc" / "2021-12-27.toml")
    day = date(2025, 12, 30)
    one = found(document, day, sheet(day, "AL-LC", ("A", "20000")))["AL-LC"]
    [said] = [each for each in one.findings if each.code == "input.series_not_served"]
    assert "a formula document takes no submissions" in said.what_to_do


@pytest.mark.parametrize(("kind", "side"), [("bid", "sell"), ("offer", "buy")])
def test_a_bid_that_sells_is_a_finding_and_not_read(kind, side):
    row = {"series": E1, "pricing_date": "2013-04-02", "contributor": "A", "low": "1"}
    read = inputs_from_document({"submissions": [{**row, "kind": kind, "side": side}]})
    assert read.submissions == ()
    [said] = read.findings
    assert (said.code, said.where) == ("input.bad_row", "submissions, row 1")
    assert f"kind {kind} with side {side}" in said.what_to_do


def test_a_replay_leaves_out_what_determine_refuses_to_read(tmp_path):
    table = tmp_path / "rows.csv"
    table.write_text(
        "series,pricing_date,contributor,kind,side,low,high\n"
        f"{E1},2013-04-02,A,indication,,0.10,0.10\n"
        f"{E1},2013-04-02,B,bid,sell,0.40,0.40\n"
        f"{E1},2013-04-02,C,guess,,0.40,0.40\n"
        f"{E1},2013-04-02,D,indication,both,0.40,0.40\n",
        "utf-8",
    )
    report = replay(EURIBOR, Source(table), tmp_path / "out.csv")
    assert report.bad_rows == 3
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[1:] == [
        f"{E1},2013-04-02,0.100,0.100,0.100,determined,indications,1,1"
    ]
    assert report.findings is not None
    said = report.findings.read_text("utf-8")
    assert all(f"row.{each}" in said for each in ("kind", "side"))
    assert "guess" in said


# ---- more than one day back ------------------------------------------------------------

CHRISTMAS_EVE, CHRISTMAS, BOXING = date(2013, 12, 24), date(2013, 12, 25), date(2013, 12, 26)


def holidays(*lost):
    """Christmas Eve on two tenors and its copies, each without one of the banks."""
    rows = []
    for day, name in zip((CHRISTMAS_EVE, CHRISTMAS, BOXING), ("", *lost), strict=True):
        for code, quotes in ((L1, FOUR), (L3, WIDER)):
            rows += sheet(day, code, *[each for each in quotes if each[0] != name])
    return rows


@pytest.mark.parametrize("lost", [("D", "D"), ("D", "C"), ("D", ""), ("", "D")])
def test_two_holidays_in_a_row_have_the_value_of_the_last_fixing(lost, tmp_path):
    rows = holidays(*lost)
    one = found(LIBOR, BOXING, rows)[L1]
    assert (str(one.mid), one.branch, one.n_used) == ("0.25500", "carried", 4)
    assert replayed(LIBOR, rows, tmp_path)[L1, BOXING] == ("0.25500", "carried")


def test_misdated_sheets_on_two_days_running():
    """The second day's right sheet is known by the first day's right one, not by its misdated."""
    tuesday, wednesday = date(2013, 3, 12), date(2013, 3, 13)
    near = [(name, f"{Fraction(price) + Fraction(1, 100)!s}") for name, price in FOUR[:3]]
    far = [(name, f"{Fraction(price) + 1!s}") for name, price in FOUR[:3]]
    rows = sheet(date(2013, 3, 11), E1, *FOUR[:3])
    rows += sheet(tuesday, E1, *FOUR[:3], *far) + sheet(wednesday, E1, *far, *near)
    assert str(found(EURIBOR, wednesday, rows)[E1].mid) == "0.260", "0.25 of Monday and a hundredth"


def test_a_bank_that_stands_on_the_misdated_sheet_only_goes_with_it():
    far = [("X", "7"), *((name, "1.25") for name in "ABC"), ("Y", "7")]
    rows = sheet(THURSDAY, E1, *FOUR[:3])
    own = (("A", "0.25"), ("B", "0.26"), ("C", "0.27"))
    for listed in ((*own, *far), (*far, *own)):
        one = found(EURIBOR, GOOD_FRIDAY, rows + sheet(GOOD_FRIDAY, E1, *listed))[E1]
        assert (str(one.mid), one.n_used) == ("0.260", 3)


def replayed(document, rows, folder):
    table = folder / "rows.csv"
    lines = [f"{code},{day},{name},{price},{price}" for day, code, name, price in rows]
    table.write_text("series,pricing_date,contributor,low,high\n" + "\n".join(lines), "utf-8")
    replay(document, Source(table), folder / "out.csv")
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["series"], date.fromisoformat(row["pricing_date"])): (row["mid"], row["branch"])
            for row in csv.DictReader(file)
        }


def test_data_of_other_days_that_no_rule_looks_at_is_said():
    quorum = load_methodology(METHODOLOGIES / "conformance" / "odd-quorum.toml")
    [code] = quorum.series
    rows = sheet(DAY, code, ("A", "1")) + sheet(date(2013, 4, 1), code, ("B", "1"), ("C", "1"))
    [said] = [e for e in found(quorum, DAY, rows)[code].findings if e.code == "input.other_day"]
    assert said.where == f"odd-quorum on {DAY}, submissions of 2013-04-01"
    assert said.what_to_do.startswith("2 not used: ")
    later = sheet(DAY, E1, *FOUR) + sheet(date(2013, 4, 3), E1, *FOUR)
    assert "input.other_day" in codes(found(EURIBOR, DAY, later)[E1])
    assert "input.other_day" not in codes(found(EURIBOR, date(2013, 4, 3), later)[E1])


# ---- trims that few values cannot bear --------------------------------------------------


def test_a_trim_that_drops_nobody_of_so_few_says_so():
    one = found(EURIBOR, DAY, sheet(DAY, E1, *FOUR[:3]))[E1]
    [said] = [each for each in one.findings if each.code == "trim.nobody"]
    assert said.what_to_do == "15 % of 3 values (clause 3.1) is nobody: all are used"
    assert "trim.nobody" not in codes(found(EURIBOR, DAY, sheet(DAY, E1, *FOUR))[E1])


def test_a_trim_that_would_leave_nothing_says_that_all_are_used():
    text = (METHODOLOGIES / "conformance" / "euribor.toml").read_text("utf-8")
    wide = load_methodology(
        text.replace("percent = 15", "percent = 45").replace('"half_up"', '"ceil"')
    )
    one = found(wide, DAY, sheet(DAY, E1, *FOUR[:3]))[E1]
    [said] = [each for each in one.findings if each.code == "trim.not_applied"]
    assert (
        said.what_to_do == "dropping 4 would leave nothing of 3 values (clause 3.1): all are used"
    )
    assert str(one.mid) == "0.250"
