"""`make conformance DATA=dir`: published fixings against the shipped documents, row by row.

Every pair `<name>_submissions.csv.gz` and `<name>_expected.csv.gz` of the folder is replayed
with the shipped document of that name; then with documents that are wrong on purpose, which
must miss. Without a folder the planted rows below still run: their fixings are worked by hand.
Exit 1 when a right document misses a row or a wrong one does not.
"""

from __future__ import annotations

import csv
import gzip
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assay.methodology import load_methodology
from assay.methodology.replay import Source, replay

HERE = Path(__file__).resolve().parent
DOCUMENTS = HERE.parent / "methodologies" / "conformance"
Rows = list[tuple[str, str, str, str]]
Fixings = dict[tuple[str, str], str]


@dataclass
class Wrong:
    """A document with one rule changed, and what must then be missed."""

    name: str
    document: str
    before: str
    after: str
    #: Planted rows on which it must miss; empty: the published years must tell.
    planted: str = ""


@dataclass
class Planted:
    """Rows made by hand, with fixings worked by hand (empty: no fixing on that day)."""

    document: str
    rows: Rows
    expected: Fixings
    worked: str
    branches: dict[tuple[str, str], str] = field(default_factory=dict)


def quotes(series: str, day: str, listed: dict[str, str]) -> Rows:
    """One sheet of one tenor."""
    return [(series, day, bank, quote) for bank, quote in listed.items()]


E3, E6, L3 = "EURIBOR-3M", "EURIBOR-6M", "LIBOR-USD-3M"
SIX = {"A": "3.00", "B": "3.10", "C": "3.20", "D": "3.30", "E": "3.40", "F": "3.50"}
HIGHER = {bank: f"{Decimal(quote) + 1}" for bank, quote in SIX.items()}
# Sixteen quotes: four at each end go, the eight between sum to 40.00004, mean 5.000005.
TIE = {
    **{f"L{n}": "4.9" for n in range(4)},
    **{f"M{n}": "5.00000" for n in range(7)},
    "M7": "5.00004",
    **{f"H{n}": "5.1" for n in range(4)},
}  # fmt: skip

PLANTED = {
    "zero rows": Planted(
        "euribor",
        quotes(E3, "2007-03-05", {**SIX, "G": "0"})
        + quotes(E6, "2007-03-05", {**HIGHER, "G": "0"}),
        {(E3, "2007-03-05"): "3.250", (E6, "2007-03-05"): "4.250"},
        "G quotes nothing but zeros: missing. n = 6, k = floor(1.4) = 1, mean of 3.10 3.20 3.30 3.40",
    ),
    "one zero is a quote": Planted(
        "euribor",
        quotes(E3, "2015-03-05", {"A": "0", "B": "-0.012", "C": "-0.013"})
        + quotes(E6, "2015-03-05", {"A": "0.05", "B": "0.06", "C": "0.10"}),
        {(E3, "2015-03-05"): "-0.008", (E6, "2015-03-05"): "0.070"},
        "n = 3, k = floor(0.95) = 0; mean of 0, -0.012, -0.013 = -0.025 / 3 = -0.00833",
    ),
    "negative tie": Planted(
        "euribor",
        quotes(E3, "2015-04-07", {"A": "-0.012", "B": "-0.013"}),
        {(E3, "2015-04-07"): "-0.013"},
        "mean -0.0125: half away from zero gives -0.013, half up and half even -0.012",
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
    "holiday filled forward": Planted(
        "euribor",
        quotes(E3, "2007-04-05", SIX) + quotes(E3, "2007-04-06", SIX),
        {(E3, "2007-04-05"): "3.250", (E3, "2007-04-06"): ""},
        "every quote of 6 April repeats 5 April: a holiday, no fixing",
    ),
    "holiday of the other panel": Planted(
        "libor-usd",
        quotes(L3, "2007-04-05", TIE) + quotes(L3, "2007-04-06", TIE),
        {(L3, "2007-04-05"): "5.00001", (L3, "2007-04-06"): "5.00001"},
        "this panel's files print the rate of the day before on a holiday: carried, and said so",
        {(L3, "2007-04-05"): "indications", (L3, "2007-04-06"): "carried"},
    ),
    "tie at the digit": Planted(
        "libor-usd",
        quotes(L3, "2007-05-02", TIE),
        {(L3, "2007-05-02"): "5.00001"},
        "mean of the middle eight 40.00004 / 8 = 5.000005: half up, not half even (5.00000)",
    ),
    "sheet on a Sunday": Planted(
        "euribor",
        quotes(E3, "2007-03-09", SIX) + quotes(E3, "2007-03-11", HIGHER),
        {(E3, "2007-03-09"): "3.250", (E3, "2007-03-11"): ""},
        "2007-03-11 is a Sunday: the sheet is misdated, no fixing on that date",
    ),
    "two sheets, one date": Planted(
        "euribor",
        quotes(E3, "2007-03-12", SIX)
        + quotes(E3, "2007-03-13", {bank: f"{Decimal(q) + Decimal('0.01')}" for bank, q in SIX.items()})
        + quotes(E3, "2007-03-13", HIGHER),
        {(E3, "2007-03-12"): "3.250", (E3, "2007-03-13"): "3.260"},
        "the second sheet of the 13th is of another day: the one near to the 12th stays",
    ),
    "two names, two banks": Planted(
        "euribor",
        quotes(E3, "2006-03-14", {**SIX, "NATEXIS": "3.60", "NATIXIS": "3.05"}),
        {(E3, "2006-03-14"): "3.258"},
        "n = 8, k = floor(1.7) = 1: (3.05 + 3.10 + 3.20 + 3.30 + 3.40 + 3.50) / 6 = 19.55 / 6",
    ),
}  # fmt: skip
AWAY, UP, EVEN = (f'rule = "{name}"' for name in ("half_away_from_zero", "half_up", "half_even"))
FLOOR = 'count = "half_up"', 'count = "floor"'
MERGED = (
    "table = [\n",
    'table = [\n  { name = "NATEXIS", contributor = "NATIXIS", source = "they look alike" },\n',
)


def without(rule: str, clause: str) -> tuple[str, str]:
    """Leave a cleaning rule out of a document."""
    return f'[[cleaning]]\nrule = "{rule}"\nclause = "{clause}"\n', ""


WRONG = (
    Wrong("half even", "libor-usd", UP, EVEN),
    Wrong("half up", "euribor", AWAY, UP, "negative tie"),
    Wrong("half even", "euribor", AWAY, EVEN, "negative tie"),
    Wrong("trim count floored", "euribor", *FLOOR),
    Wrong("five dropped of sixteen", "libor-usd", "{ from = 15, drop = 4 }", "{ from = 15, drop = 5 }"),
    Wrong("names merged by resemblance", "euribor", *MERGED),
    Wrong("names merged by resemblance", "euribor", *MERGED, "two names, two banks"),
    Wrong("zero rows kept", "euribor", *without("zero_rows_missing", "2.2"), "zero rows"),
    Wrong(
        "bank twice a day counts twice", "euribor",
        'rule = "one_live_quote"\nclause = "2.3"\nkinds = ["indication"]',
        'rule = "kinds"\nclause = "2.3"\nallowed = ["indication"]', "bank twice",
    ),
    Wrong("misdated sheet kept", "euribor", *without("weekdays_only", "2.5"), "sheet on a Sunday"),
    Wrong("two sheets mixed", "euribor", *without("two_sheets_one_date", "2.4"), "two sheets, one date"),
    Wrong(
        "holidays filled forward", "euribor",
        '[[cleaning]]\nrule = "filled_forward"\nclause = "2.6"\nthen = "not_assessed"\n', "",
        "holiday filled forward",
    ),
    Wrong(
        "holidays as fixings", "libor-usd",
        '[[cleaning]]\nrule = "filled_forward"\nclause = "2.6"\nthen = "carried"\n', "",
        "holiday of the other panel",
    ),
)  # fmt: skip


@dataclass
class Match:
    """How a document did on some rows."""

    what: str
    document: str
    year: str
    rows: int
    misses: list[str]


def shipped(name: str) -> str:
    """The text of a shipped document."""
    return (DOCUMENTS / f"{name}.toml").read_text("utf-8")


def changed(wrong: Wrong) -> str:
    """The text of a shipped document with one rule changed."""
    text = shipped(wrong.document)
    if wrong.before not in text:
        raise SystemExit(f"{wrong.name}: {wrong.document}.toml no longer says {wrong.before!r}")
    changed_text = text.replace(wrong.before, wrong.after)
    if wrong.planted == "bank twice":
        changed_text = changed_text.replace(
            '[[cleaning]]\nrule = "repeated_rows_once"\nclause = "2.3"\n', ""
        ).replace('per = "contributor"', 'per = "submission"')
    return changed_text


def replayed(text: str, table: Path) -> dict[tuple[str, str], dict[str, str]]:
    """The rows a document gives over a table."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.csv"
        replay(load_methodology(text), Source(table), out)
        with out.open(encoding="utf-8", newline="") as file:
            return {(row["series"], row["pricing_date"]): row for row in csv.DictReader(file)}


def misses(found: dict[tuple[str, str], dict[str, str]], expected: Fixings) -> Iterator[str]:
    """The rows on which the fixing is another one (or is there, or is not)."""
    for (series, day), published in expected.items():
        mid = found.get((series, day), {}).get("mid", "")
        same = Decimal(mid) == Decimal(published) if mid and published else mid == published
        if not same:
            yield f"{series} {day}: {mid or 'none'} for {published or 'none'}"


def on_planted(name: str, text: str) -> list[str]:
    """What a document misses on planted rows."""
    planted = PLANTED[name]
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "planted.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("series", "pricing_date", "contributor", "low", "high"))
            writer.writerows((*row, row[3]) for row in planted.rows)
        found = replayed(text, table)
    wrong = [
        f"{series} {day}: branch {found[series, day]['branch']} for {branch}"
        for (series, day), branch in planted.branches.items()
        if found[series, day]["branch"] != branch
    ]
    return [*misses(found, planted.expected), *wrong]


def panels(data: Path) -> Iterator[tuple[str, Path, dict[str, Fixings]]]:
    """Each panel of the folder: its document, its quotes, its fixings by year."""
    for table in sorted(data.glob("*_submissions.csv*")):
        name = table.name.split("_submissions")[0]
        expected = table.with_name(table.name.replace("_submissions", "_expected"))
        document = name.replace("_", "-")
        if not (DOCUMENTS / f"{document}.toml").is_file():
            document = next(
                (d.stem for d in DOCUMENTS.glob("*.toml") if name.startswith(d.stem)), ""
            )
        if document and expected.is_file():
            yield document, table, by_year(expected)


def by_year(path: Path) -> dict[str, Fixings]:
    """Published fixings by year."""
    years: dict[str, Fixings] = {}
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = row["pricing_date"]
            years.setdefault(day[:4], {})[row["series"], day] = row["published"]
    return years


def matches(data: Path | None) -> tuple[list[Match], list[Match]]:
    """How the shipped documents did, and how the wrong ones did."""
    right = [
        Match(name, planted.document, "planted", len(planted.expected),
              on_planted(name, shipped(planted.document)))
        for name, planted in PLANTED.items()
    ]  # fmt: skip
    wrong = [
        Match(each.name, each.document, "planted", len(PLANTED[each.planted].expected),
              on_planted(each.planted, changed(each)))
        for each in WRONG if each.planted
    ]  # fmt: skip
    for document, table, years in panels(data) if data else ():
        right += of_years("published fixings", document, shipped(document), table, years)
        for each in WRONG:
            if each.document == document and not each.planted:
                wrong += of_years(each.name, document, changed(each), table, years)
    return right, wrong


def of_years(
    what: str, document: str, text: str, table: Path, years: dict[str, Fixings]
) -> Iterable[Match]:
    """One match a year."""
    found = replayed(text, table)
    for year, expected in sorted(years.items()):
        yield Match(what, document, year, len(expected), list(misses(found, expected)))


def show(title: str, listed: list[Match]) -> None:
    """The match table."""
    table = Table(title=title, box=None, title_justify="left")
    for column in ("rule", "document", "rows of", "rows", "match", "miss", "first miss"):
        table.add_column(column, justify="right" if column in ("rows", "match", "miss") else "left")
    for each in listed:
        table.add_row(
            each.what, each.document, each.year, str(each.rows), str(each.rows - len(each.misses)),
            str(len(each.misses)), each.misses[0] if each.misses else "",
        )  # fmt: skip
    Console(width=None if sys.stdout.isatty() else 150).print(table)


def told(right: list[Match], wrong: list[Match]) -> bool:
    """Whether every right document matches and every wrong one misses (in some year)."""
    caught: dict[tuple[str, str, bool], bool] = {}
    for each in wrong:
        key = (each.what, each.document, each.year == "planted")
        caught[key] = caught.get(key, False) or bool(each.misses)
    return not any(each.misses for each in right) and all(caught.values())


def main(arguments: list[str]) -> int:
    """Print the match tables."""
    data = Path(arguments[0]) if arguments and arguments[0] else None
    if data is not None and not data.is_dir():
        raise SystemExit(f"{data} is no folder: make conformance DATA=dir")
    if data is not None and not list(data.glob("*_submissions.csv*")):
        data = data / "conformance"
    right, wrong = matches(data)
    show("The shipped documents", right)
    show("Documents wrong on purpose: each must miss", wrong)
    if told(right, wrong):
        return 0
    Console().print("NOT AS IT SHOULD BE: see the tables")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
