"""Planted rows for `make conformance`: one defect or one rule each, with fixings worked by hand.

And the documents that are wrong on purpose, each with the planted rows on which it must
miss. Every figure here is made up; the working says how each fixing comes about. Nothing
is replayed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

Rows = list[tuple[str, str, str, str]]
Fixings = dict[tuple[str, str], str]


@dataclass
class Planted:
    """Rows made by hand, with fixings worked by hand (empty: no fixing on that day)."""

    document: str
    rows: Rows
    expected: Fixings
    worked: str
    branches: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass
class Wrong:
    """A document with one rule changed, and the planted rows on which it must miss."""

    name: str
    document: str
    #: What is replaced in the text of the shipped document by what.
    changes: Mapping[str, str]
    planted: str
    #: Whether archives may tell it too: these years are shown beside the planted rows.
    published: bool = False


def quotes(series: str, day: str, listed: Mapping[str, str]) -> Rows:
    """One sheet of one tenor."""
    return [(series, day, bank, quote) for bank, quote in listed.items()]


def plus(listed: Mapping[str, str], more: str) -> dict[str, str]:
    """The same sheet, each quote by so much higher."""
    return {bank: f"{Decimal(quote) + Decimal(more)}" for bank, quote in listed.items()}


def squares(banks: int) -> dict[str, str]:
    """As many banks, the n-th quoting n x n / 100: every count dropped gives another mean."""
    return {f"B{n:02}": f"{Decimal(n * n) / 100}" for n in range(1, banks + 1)}


E3, E6, L3, L6 = "EURIBOR-3M", "EURIBOR-6M", "LIBOR-USD-3M", "LIBOR-USD-6M"
SIX = {"A": "3.00", "B": "3.10", "C": "3.20", "D": "3.30", "E": "3.40", "F": "3.50"}
HIGHER = plus(SIX, "1")
#: Sixteen quotes: four at each end go, the eight between sum to 40.00004, mean 5.000005.
TIE = {
    **{f"L{n}": "4.9" for n in range(4)},
    **{f"M{n}": "5.00000" for n in range(7)},
    "M7": "5.00004",
    **{f"H{n}": "5.1" for n in range(4)},
}
#: A tie of a positive mean: 3.2505 of the four that stay.
HALF = {**SIX, "C": "3.202"}
#: Twelve quotes: 0.15 x 12 + 0.5 = 2.3, two go at each end; B03 and B10 lie inside.
TWELVE = squares(12)
SIXTEEN = squares(16)
GOOD_FRIDAY, MAUNDY_THURSDAY = "2007-04-06", "2007-04-05"


def copy_without(first: str, second: str, bank: str) -> Rows:
    """Thursday's sheet on two tenors, and on Good Friday the same without one bank."""
    rows: Rows = []
    for day in (MAUNDY_THURSDAY, GOOD_FRIDAY):
        for series, listed in ((first, SIX), (second, HIGHER)):
            kept = {n: q for n, q in listed.items() if day == MAUNDY_THURSDAY or n != bank}
            rows += quotes(series, day, kept)
    return rows


PLANTED = {
    "zero rows": Planted(
        "euribor",
        quotes(E3, "2007-03-05", {**SIX, "G": "0"})
        + quotes(E6, "2007-03-05", {**HIGHER, "G": "0"}),
        {(E3, "2007-03-05"): "3.250", (E6, "2007-03-05"): "4.250"},
        "G quotes nothing but zeros: missing. n = 6, k = floor(1.4) = 1, mean of 3.10 3.20 3.30 3.40",
    ),
    "zero rows of the other panel": Planted(
        "libor-usd",
        quotes(L3, "2008-03-05", {**SIXTEEN, "Z": "0"}),
        {(L3, "2008-03-05"): "0.77500"},
        "Z is missing: n = 16, four go at each end, 25 + 36 + ... + 144 = 620 / 8 = 77.5 hundredths; "
        "with the zero n = 17, k = 4, 16 + 25 + ... + 144 = 636 / 9",
    ),
    "one zero is a quote": Planted(
        "euribor",
        quotes(E3, "2015-03-05", {"A": "0", "B": "-0.012", "C": "-0.013"})
        + quotes(E6, "2015-03-05", {"A": "0.05", "B": "0.06", "C": "0.10"}),
        {(E3, "2015-03-05"): "-0.008", (E6, "2015-03-05"): "0.070"},
        "n = 3, k = floor(0.95) = 0; mean of 0, -0.012, -0.013 = -0.025 / 3 = -0.00833",
    ),
    "zero line of a bank listed twice": Planted(
        "euribor",
        [
            *quotes(E3, "2008-03-05", SIX), *quotes(E6, "2008-03-05", HIGHER),
            (E6, "2008-03-05", "G", "4.25"), (E6, "2008-03-05", "G", "0"),
            (E3, "2008-03-05", "G", "0"),
        ],
        {(E3, "2008-03-05"): "3.250", (E6, "2008-03-05"): "4.250"},
        "G's second line is all zeros and goes; its first has six months only. 3 months: n = 6 as "
        "above; 6 months: n = 7, k = floor(1.55) = 1, (4.10 + 4.20 + 4.25 + 4.30 + 4.40) / 5",
    ),
    "positive tie": Planted(
        "euribor",
        quotes(E3, "2007-03-14", HALF),
        {(E3, "2007-03-14"): "3.251"},
        "(3.10 + 3.202 + 3.30 + 3.40) / 4 = 13.002 / 4 = 3.2505 -> 3.251; half even says 3.250",
    ),
    "negative tie": Planted(
        "euribor",
        quotes(E3, "2015-04-07", {"A": "-0.012", "B": "-0.013"}),
        {(E3, "2015-04-07"): "-0.013"},
        "mean -0.0125: half away from zero gives -0.013, half up and half even -0.012",
    ),
    "tie at the digit": Planted(
        "libor-usd",
        quotes(L3, "2007-05-02", TIE),
        {(L3, "2007-05-02"): "5.00001"},
        "mean of the middle eight 40.00004 / 8 = 5.000005: half up, not half even (5.00000)",
    ),
    "twelve quotes": Planted(
        "euribor",
        quotes(E3, "2007-03-15", TWELVE) + quotes(E6, "2007-03-15", squares(10)),
        {(E3, "2007-03-15"): "0.475", (E6, "2007-03-15"): "0.332"},
        "n = 12: floor(2.3) = 2 go, 9 + 16 + ... + 100 = 380 / 8 = 47.5 hundredths; "
        "n = 10: floor(2.0) = 2 go (floor of 1.5 would be 1), 9 + ... + 64 = 199 / 6 = 33.17",
    ),
    "panels of other sizes": Planted(
        "libor-usd",
        quotes(L3, "2011-02-09", squares(20)) + quotes(L3, "2012-06-01", squares(18))
        + quotes(L3, "2009-02-02", squares(15)) + quotes(L3, "2009-02-04", squares(14))
        + quotes(L3, "2009-02-06", squares(12)) + quotes(L3, "2009-02-10", squares(8)),
        {(L3, "2011-02-09"): "1.18500", (L3, "2012-06-01"): "0.98500",
         (L3, "2009-02-02"): "0.68000", (L3, "2009-02-04"): "0.61500",
         (L3, "2009-02-06"): "0.45167", (L3, "2009-02-10"): "0.21500"},
        "20: 5 go, squares of 6..15 = 1185 / 10; 18: 4, 5..14 = 985 / 10; 15: 4, 5..11 = 476 / 7; "
        "14: 3, 4..11 = 492 / 8; 12: 3, 4..9 = 271 / 6; 8: 2, 3..6 = 86 / 4 (in hundredths)",
    ),
    "bank twice": Planted(
        "euribor",
        [*quotes(E3, "2007-03-06", SIX), (E3, "2007-03-06", "A", "3.00")],
        {(E3, "2007-03-06"): "3.250"},
        "A counts once: n = 6 as above; twice would be n = 7, k = 1, mean 3.20",
    ),
    "bank twice, corrected": Planted(
        "euribor",
        [(E3, "2007-03-07", "A", "4.00"), *quotes(E3, "2007-03-07", SIX)],
        {(E3, "2007-03-07"): "3.250"},
        "the later line of A (3.00) stands",
    ),
    "bank under two spellings": Planted(
        "euribor",
        quotes(E3, "2013-05-06", {**SIX, "JPMCB": "3.05", "JPM": "3.05"}),
        {(E3, "2013-05-06"): "3.210"},
        "JPMCB is JPM by the dated table: n = 7, k = 1, (3.05 + 3.10 + 3.20 + 3.30 + 3.40) / 5; "
        "as two banks n = 8, k = 1, 19.10 / 6",
    ),
    "two names, two banks": Planted(
        "euribor",
        quotes(E3, "2006-03-14", {**SIX, "NATEXIS": "3.60", "NATIXIS": "3.05"}),
        {(E3, "2006-03-14"): "3.258"},
        "n = 8, k = floor(1.7) = 1: (3.05 + 3.10 + 3.20 + 3.30 + 3.40 + 3.50) / 6 = 19.55 / 6",
    ),
    "holiday filled forward": Planted(
        "euribor",
        quotes(E3, MAUNDY_THURSDAY, SIX) + quotes(E3, GOOD_FRIDAY, SIX),
        {(E3, MAUNDY_THURSDAY): "3.250", (E3, GOOD_FRIDAY): ""},
        "every quote of 6 April repeats 5 April: a holiday, no fixing",
    ),
    "holiday's copy lacks a bank": Planted(
        "euribor",
        copy_without(E3, E6, "F"),
        {(E3, MAUNDY_THURSDAY): "3.250", (E3, GOOD_FRIDAY): "", (E6, GOOD_FRIDAY): ""},
        "as above, though F is not on the copy",
    ),
    "holiday of the other panel": Planted(
        "libor-usd",
        quotes(L3, MAUNDY_THURSDAY, TIE) + quotes(L3, GOOD_FRIDAY, TIE),
        {(L3, MAUNDY_THURSDAY): "5.00001", (L3, GOOD_FRIDAY): "5.00001"},
        "this panel's files print the rate of the day before on a holiday: carried, and said so",
        {(L3, MAUNDY_THURSDAY): "indications", (L3, GOOD_FRIDAY): "carried"},
    ),
    "other panel's copy lacks a bank": Planted(
        "libor-usd",
        copy_without(L3, L6, "F"),
        {(L3, MAUNDY_THURSDAY): "3.25000", (L3, GOOD_FRIDAY): "3.25000",
         (L6, GOOD_FRIDAY): "4.25000"},
        "six quotes: one goes at each end, mean of 3.10 3.20 3.30 3.40; F counts with its quote of "
        "Thursday; the five left alone would say 3.20",
        {(L3, GOOD_FRIDAY): "carried"},
    ),
    "sheet on a Sunday": Planted(
        "euribor",
        quotes(E3, "2007-03-09", SIX) + quotes(E3, "2007-03-11", HIGHER)
        + quotes(E3, "2007-03-12", HIGHER),
        {(E3, "2007-03-09"): "3.250", (E3, "2007-03-11"): "", (E3, "2007-03-12"): "4.250"},
        "2007-03-11 is a Sunday: the sheet is misdated, no fixing on that date; Monday's own sheet "
        "is no holiday for repeating it",
    ),
    "two sheets, one date": Planted(
        "euribor",
        quotes(E3, "2007-03-12", SIX) + quotes(E3, "2007-03-13", plus(SIX, "0.01"))
        + quotes(E3, "2007-03-13", HIGHER),
        {(E3, "2007-03-12"): "3.250", (E3, "2007-03-13"): "3.260"},
        "the second sheet of the 13th is of another day: the one near to the 12th stays",
    ),
}  # fmt: skip

AWAY, UP, EVEN = (f'rule = "{name}"' for name in ("half_away_from_zero", "half_up", "half_even"))
MERGED = {
    "table = [\n": 'table = [\n  { name = "NATEXIS", contributor = "NATIXIS", '
    'source = "they look alike" },\n'
}
FLOORED = {'count = "half_up"': 'count = "floor"'}


def without(rule: str, clause: str, *more: str) -> dict[str, str]:
    """Leave a cleaning rule out of a document."""
    lines = [f'rule = "{rule}"', f'clause = "{clause}"', *more]
    return {"[[cleaning]]\n" + "\n".join(lines) + "\n": ""}


FILLED = "absent_percent = 25"
WRONG = (
    Wrong("half even", "euribor", {AWAY: EVEN}, "positive tie", True),
    Wrong("half even, below zero", "euribor", {AWAY: EVEN}, "negative tie"),
    Wrong("half up", "euribor", {AWAY: UP}, "negative tie"),
    Wrong("half even", "libor-usd", {UP: EVEN}, "tie at the digit", True),
    Wrong("trim count floored", "euribor", FLOORED, "twelve quotes", True),
    Wrong("trim 25 %", "euribor", {"percent = 15": "percent = 25"}, "twelve quotes", True),
    Wrong("five dropped of sixteen", "libor-usd",
          {"{ from = 15, drop = 4 }": "{ from = 15, drop = 5 }"}, "panels of other sizes", True),
    Wrong("four dropped of twenty", "libor-usd", {"  { from = 19, drop = 5 },\n": ""},
          "panels of other sizes"),
    Wrong("names merged by resemblance", "euribor", MERGED, "two names, two banks", True),
    Wrong("no table of names", "euribor", {'name = "JPMCB"': 'name = "JPMCB (no more)"'},
          "bank under two spellings"),
    Wrong("zero rows kept", "euribor", without("zero_rows_missing", "2.2"), "zero rows", True),
    Wrong("zero rows kept", "libor-usd", without("zero_rows_missing", "2.2"),
          "zero rows of the other panel", True),
    Wrong("zero lines kept", "euribor", without("zero_rows_missing", "2.2"),
          "zero line of a bank listed twice"),
    Wrong("bank twice a day counts twice", "euribor",
          {'rule = "one_live_quote"\nclause = "2.3"\nkinds = ["indication"]':
           'rule = "kinds"\nclause = "2.3"\nallowed = ["indication"]',
           **without("repeated_rows_once", "2.3"),
           'per = "contributor"': 'per = "submission"'}, "bank twice"),
    Wrong("both lines of a bank averaged", "euribor",
          {'rule = "one_live_quote"\nclause = "2.3"\nkinds = ["indication"]':
           'rule = "kinds"\nclause = "2.3"\nallowed = ["indication"]'}, "bank twice, corrected"),
    Wrong("misdated sheet kept", "euribor", without("weekdays_only", "2.5"), "sheet on a Sunday"),
    Wrong("two sheets mixed", "euribor", without("two_sheets_one_date", "2.4"),
          "two sheets, one date"),
    Wrong("holidays filled forward", "euribor",
          without("filled_forward", "2.6", 'then = "not_assessed"', FILLED),
          "holiday filled forward"),
    Wrong("copies that lack a bank", "euribor", {FILLED: "absent_percent = 0"},
          "holiday's copy lacks a bank"),
    Wrong("holidays as fixings", "libor-usd",
          without("filled_forward", "2.6", 'then = "carried"', FILLED),
          "holiday of the other panel"),
    Wrong("copies that lack a bank", "libor-usd", {FILLED: "absent_percent = 0"},
          "other panel's copy lacks a bank"),
)  # fmt: skip
