"""`make conformance DATA=dir`: published fixings against the shipped documents, row by row.

Every pair `<panel>_submissions` and `<panel>_expected` (CSV, also .gz; a year may stand in the
name) of the folder is replayed with the shipped document of that panel; then with documents
that are wrong on purpose. Without a folder the planted rows of `conformance_planted.py` run:
there every right document must match and every wrong one must miss.
Exit 1 when one does not, 2 when the folder holds nothing that can be read.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from conformance_planted import PLANTED, WRONG, Fixings, Wrong
from rich.console import Console
from rich.table import Table

from assay.core import NotANumber, Refused, decimal_of
from assay.methodology import load_methodology
from assay.methodology.replay import Source, replay

HERE = Path(__file__).resolve().parent
DOCUMENTS = HERE.parent / "methodologies" / "conformance"
NEEDED = ("series", "pricing_date", "published")
SUBMISSIONS = re.compile(r"(?P<before>.*)_submissions(?P<after>.*)\.(csv|csv\.gz|parquet)")
Found = dict[tuple[str, str], dict[str, str]]


class Unusable(Exception):
    """A file of the folder that cannot be compared, with the way out."""


@dataclass
class Panel:
    """A table of quotes, the document of its panel, and its published fixings by year."""

    document: str
    table: Path
    years: dict[str, Fixings]


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
    for before, after in wrong.changes.items():
        if before not in text:
            raise SystemExit(f"{wrong.name}: {wrong.document}.toml no longer says {before!r}")
        text = text.replace(before, after)
    return text


def replayed(text: str, table: Path, said: list[str] | None = None) -> Found:
    """The rows a document gives over a table; what could not be read is added to `said`."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.csv"
        source = Source(table)
        replay(load_methodology(text), source, out)
        if said is not None and source.findings.bad_rows:
            first = next(e for e in source.findings.listed if e.code.startswith("row."))
            said.append(
                f"{table.name}: {source.findings.bad_rows} rows could not be read and were left "
                f"out; the first: {first.where}: {first.what_to_do}"
            )
        with out.open(encoding="utf-8", newline="") as file:
            return {(row["series"], row["pricing_date"]): row for row in csv.DictReader(file)}


def misses(found: Found, expected: Fixings) -> Iterator[str]:
    """The rows on which the fixing is another one (or is there, or is not)."""
    for (series, day), published in expected.items():
        row = found.get((series, day))
        mid = row["mid"] if row else ""
        same = Decimal(mid) == Decimal(published) if mid and published else mid == published
        if not same:
            why = "" if mid else " (no quotes under that date)" if row is None else " (no fixing)"
            yield f"{series} {day}: {mid or 'none'} for {published or 'none'}{why}"


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


# ---- the folder ----------------------------------------------------------------------


def folder_of(given: str) -> Path:
    """The folder that holds the tables: the one named, or its `conformance`."""
    data = Path(given)
    if not data.is_dir():
        raise Unusable(f"{data} is no folder: make conformance DATA=dir")
    if not any(SUBMISSIONS.fullmatch(each.name) for each in data.iterdir()):
        inner = data / "conformance"
        data = inner if inner.is_dir() else data
    return data


def panels(data: Path, problems: list[str]) -> Iterator[Panel]:
    """Each panel of the folder; what cannot be compared is added to `problems`."""
    tables = sorted(each for each in data.iterdir() if SUBMISSIONS.fullmatch(each.name))
    if not tables:
        there = ", ".join(sorted(each.name for each in data.iterdir())) or "nothing"
        problems.append(
            f"{data}: no table of quotes; write e.g. euribor_submissions.csv.gz (series, "
            f"pricing_date, contributor, low, high) beside euribor_expected.csv.gz "
            f"({', '.join(NEEDED)}). There: {there}"
        )
    for table in tables:
        try:
            document = document_of(table.name)
            yield Panel(document, table, by_year(expected_of(table, document)))
        except Unusable as problem:
            problems.append(str(problem))


def document_of(table: str) -> str:
    """The shipped document whose name the table's name begins with."""
    name = table.replace("_", "-").casefold()
    known = sorted((each.stem for each in DOCUMENTS.glob("*.toml")), key=len)
    own = [each for each in known if name.startswith(f"{each}-")]
    if not own:
        raise Unusable(
            f"{table}: no shipped document of that panel; a name begins with one of "
            f"{', '.join(sorted(each.replace('-', '_') for each in known))}"
        )
    return own[-1]


def expected_of(table: Path, document: str) -> Path:
    """The published fixings of a table: under its own name, else under its panel's."""
    parts = SUBMISSIONS.fullmatch(table.name)
    assert parts is not None
    panel = document.replace("-", "_")
    names = (f"{parts['before']}_expected{parts['after']}", f"{panel}_expected")
    for name in names:
        for suffix in (".csv.gz", ".csv"):
            path = table.with_name(f"{name}{suffix}")
            if path.is_file():
                return path
    raise Unusable(
        f"{table.name}: no published fixings beside it; write {names[0]}.csv (or .csv.gz) with "
        f"{', '.join(NEEDED)}"
    )


def by_year(path: Path) -> dict[str, Fixings]:
    """Published fixings by year."""
    years: dict[str, Fixings] = {}
    try:
        with (gzip.open if path.suffix == ".gz" else open)(
            path, "rt", encoding="utf-8-sig", newline=""
        ) as file:
            rows = csv.DictReader(file)
            missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
            if missing:
                raise Unusable(
                    f"{path.name}: column {', '.join(missing)} is missing; there: "
                    f"{', '.join(rows.fieldnames or ()) or 'no header'}; wanted: {', '.join(NEEDED)}"
                )
            for row in rows:
                series, day, published = read_fixing(f"{path.name}, line {rows.line_num}", row)
                before = years.setdefault(day[:4], {}).setdefault((series, day), published)
                if before != published:
                    raise Unusable(
                        f"{path.name}, line {rows.line_num}: {series} {day} is {published} here "
                        f"and {before} above: which one was published?"
                    )
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as problem:
        raise Unusable(f"{path.name}: cannot be read as UTF-8 CSV: {problem}") from None
    if not years:
        raise Unusable(f"{path.name}: no fixing in it")
    return years


def read_fixing(where: str, row: dict[str, str | None]) -> tuple[str, str, str]:
    """Series, day and published value of a row; the value is empty where none was published."""
    series, day, published = ((row[name] or "").strip() for name in NEEDED)
    try:
        date.fromisoformat(day)
        if published:
            decimal_of(published)
    except (ValueError, NotANumber) as problem:
        raise Unusable(f"{where}: {problem}; write 2013-01-02 and plain decimals") from None
    return series, day, published


# ---- the match -----------------------------------------------------------------------


def matches(
    data: Path | None, problems: list[str], notes: list[str]
) -> tuple[list[Match], list[Match]]:
    """How the shipped documents did, and how the wrong ones did."""
    right = [
        Match(name, planted.document, "planted", len(planted.expected),
              on_planted(name, shipped(planted.document)))
        for name, planted in PLANTED.items()
    ]  # fmt: skip
    wrong = [
        Match(each.name, each.document, "planted", len(PLANTED[each.planted].expected),
              on_planted(each.planted, changed(each)))
        for each in WRONG
    ]  # fmt: skip
    for panel in panels(data, problems) if data else ():
        try:
            right += of_years("published fixings", panel, shipped(panel.document), notes)
            for each in WRONG:
                if each.document == panel.document and each.published:
                    wrong += of_years(each.name, panel, changed(each))
        except Refused as refusal:
            problems.append(f"{refusal.finding.where}: {refusal.finding.what_to_do}")
        except (OSError, EOFError) as problem:
            problems.append(f"{panel.table.name}: {problem}")
    return right, wrong


def of_years(what: str, panel: Panel, text: str, said: list[str] | None = None) -> Iterable[Match]:
    """One match a year."""
    found = replayed(text, panel.table, said)
    for year, expected in sorted(panel.years.items()):
        yield Match(what, panel.document, year, len(expected), list(misses(found, expected)))


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
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def told(right: list[Match], wrong: list[Match]) -> bool:
    """Whether every right document matches and every wrong one misses its planted rows.

    Years of an archive need not tell every rule (two names that resemble each other need
    not both quote): what they tell stands in the table.
    """
    planted = [each for each in wrong if each.year == "planted"]
    return not any(each.misses for each in right) and all(each.misses for each in planted)


def main(arguments: list[str]) -> int:
    """Print the match tables."""
    plain = Console(width=160, highlight=False, markup=False, soft_wrap=True)
    problems: list[str] = []
    try:
        data = folder_of(arguments[0]) if arguments and arguments[0] else None
    except Unusable as problem:
        plain.print(str(problem))
        return 2
    notes: list[str] = []
    right, wrong = matches(data, problems, notes)
    show("The shipped documents", right)
    show(
        "Documents wrong on purpose: each misses its planted rows; years show what they tell", wrong
    )
    for each in [*notes, *problems]:
        plain.print(each)
    if data is not None and all(each.year == "planted" for each in right):
        return 2
    if told(right, wrong) and not problems:
        return 0
    plain.print("NOT AS IT SHOULD BE: see above")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
