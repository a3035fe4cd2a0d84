"""From table to table: order, digits, silent days, carried prices, bad rows, ranges of days."""

import csv
import random
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from unit.replay.making import (
    by_determine,
    by_replay,
    document,
    ladder,
    read_rows,
    simple,
    write_rows,
)

from assay.core import Refused
from assay.methodology import determine, load_methodology
from assay.methodology.inputs_reading import inputs_from_document
from assay.methodology.replay import Source, partitions, replay, replay_together
from assay.methodology.replay import run as running

MEAN = {"rule": "mean"}


def row(day: str, contributor: str, low: str, series: str = "S-1", **more) -> dict:
    return {
        "series": series, "pricing_date": day, "contributor": contributor,
        "low": low, "high": low, **more,
    }  # fmt: skip


def run(tmp_path: Path, methodology, rows, name: str = "out.csv", **how) -> list[dict]:
    out = tmp_path / name
    replay(methodology, Source(write_rows(tmp_path / "in.csv", rows), **how), out)
    return read_rows(out)


def carrying(days: int, **more):
    rungs = [
        ladder(MEAN, minimum={"contributors": 2}),
        {"branch": "carried", "clause": "1", "carry_days": days},
    ]
    tables = {"assessment": {}, "range": {"rule": "min_max", "clause": "1"}}
    return document(tables=tables, lists={"ladder": rungs}, **more)


def test_output_is_sorted_by_series_and_date_with_the_digits_of_the_step(tmp_path) -> None:
    methodology = simple(MEAN, series=("S-2", "S-1"), step="0.050")
    found = run(
        tmp_path, methodology,
        [row("2024-01-03", "A", "1"), row("2024-01-02", "A", "7.01", "S-2"), row("2024-01-02", "A", "-0.02")],
    )  # fmt: skip
    assert [(r["series"], r["pricing_date"], r["mid"]) for r in found] == [
        ("S-1", "2024-01-02", "0.000"),
        ("S-1", "2024-01-03", "1.000"),
        ("S-2", "2024-01-02", "7.000"),
        ("S-2", "2024-01-03", ""),
    ]
    assert found[3]["status"] == "not_assessed"
    assert found[3]["branch"] == "none"


def test_parquet_and_packed_csv_say_the_same(tmp_path) -> None:
    rows = [row("2024-01-02", "A", "1.5"), row("2024-01-02", "B", "2.25")]
    plain = run(tmp_path, simple(MEAN, step="0.1"), rows)
    replay(simple(MEAN, step="0.1"), Source(tmp_path / "in.csv"), tmp_path / "out.csv.gz")
    replay(simple(MEAN, step="0.1"), Source(tmp_path / "in.csv"), tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet").to_pylist()[0]
    assert str(table["mid"]) == plain[0]["mid"] == "1.9"  # 1.875
    assert table["pricing_date"] == date(2024, 1, 2)
    replay(simple(MEAN, step="0.1"), Source(tmp_path / "in.csv"), tmp_path / "again.parquet")
    assert (tmp_path / "again.parquet").read_bytes() == (tmp_path / "out.parquet").read_bytes()


def test_bad_rows_are_left_out_counted_and_listed(tmp_path) -> None:
    out = tmp_path / "out.csv"
    rows = [row("2024-01-02", "A", "1"), row("2024-01-02", "B", "one"), row("2024-01-02", "C", "3")]
    rows.append(row("2024-01-02", "A", "9", "ELSEWHERE"))
    report = replay(simple(MEAN), Source(write_rows(tmp_path / "in.csv", rows)), out)
    assert (report.rows, report.bad_rows, report.determined) == (3, 1, 1)
    assert read_rows(out)[0]["mid"] == "2"
    assert report.findings is not None
    with report.findings.open() as file:
        listed = list(csv.DictReader(file))
    assert [each["code"] for each in listed] == ["row.number", "series.not_served"]
    assert "row 2" in listed[0]["where"]
    assert "S-1" in listed[1]["what_to_do"]


def test_the_last_price_is_carried_while_it_is_young_and_never_from_a_carried_one(tmp_path) -> None:
    rows = [row("2024-01-01", "A", "10"), row("2024-01-01", "B", "20")]
    rows += [row(f"2024-01-0{n}", "A", "99") for n in (2, 3, 4)]
    found = run(tmp_path, carrying(2), rows)
    assert [(r["mid"], r["branch"]) for r in found] == [
        ("15", "indications"), ("15", "carried"), ("15", "carried"), ("", "none"),
    ]  # fmt: skip
    assert [r["n_used"] for r in found] == ["2", "0", "0", "0"]


def test_silent_days_of_the_calendar_are_said(tmp_path) -> None:
    rows = [row("2024-01-01", "A", "10"), row("2024-01-01", "B", "20")]
    rows += [row("2024-01-04", "A", "10"), row("2024-01-04", "B", "30")]
    found = run(tmp_path, carrying(1, calendar="every_day"), rows)
    assert [(r["pricing_date"], r["mid"], r["n_received"]) for r in found] == [
        ("2024-01-01", "15", "2"), ("2024-01-02", "15", "0"), ("2024-01-03", "", "0"),
        ("2024-01-04", "20", "2"),
    ]  # fmt: skip


def test_closed_days_have_no_price(tmp_path) -> None:
    # 2025-10-01 is a holiday of the CN calendar, 2025-10-09 is open.
    methodology = simple(MEAN, calendar="CN")
    found = run(tmp_path, methodology, [row("2025-10-01", "A", "1"), row("2025-10-09", "A", "2")])
    assert found[0]["pricing_date"] == "2025-10-01"
    assert (found[0]["status"], found[0]["n_received"]) == ("not_assessed", "1")
    assert found[-1]["mid"] == "2"


def test_days_the_calendar_does_not_reach_are_left_out_and_said(tmp_path) -> None:
    out = tmp_path / "out.csv"
    rows = [row("2025-10-09", "A", "2"), row("2199-01-02", "A", "2")]
    report = replay(simple(MEAN, calendar="CN"), Source(write_rows(tmp_path / "in.csv", rows)), out)
    assert report.bad_rows == 1
    assert not any(each["pricing_date"].startswith("2199") for each in read_rows(out))


def test_a_range_of_days_gives_the_same_prices_as_the_whole(tmp_path) -> None:
    rows = [row("2024-01-01", "A", "10"), row("2024-01-01", "B", "20")]
    rows += [row(f"2024-01-0{n}", "A", "99") for n in (2, 3, 4)]
    whole = run(tmp_path, carrying(2), rows)
    part = run(tmp_path, carrying(2), rows, first=date(2024, 1, 2), last=date(2024, 1, 3))
    assert part == whole[1:3]
    without = run(tmp_path, simple(MEAN), rows, first=date(2024, 1, 3))
    assert [each["pricing_date"] for each in without] == ["2024-01-03", "2024-01-04"]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_shuffled_table_gives_the_same(tmp_path, monkeypatch, workers: int) -> None:
    monkeypatch.setattr(partitions, "RUN_ROWS", 40)
    monkeypatch.setattr(partitions.streamed, "__defaults__", (16,))
    monkeypatch.setattr(partitions.sorted_outside, "__defaults__", (16,))
    numbers = random.Random(7)
    rows = [
        row(f"2024-01-{day:02d}", f"C{firm}", f"{numbers.randint(-40, 40) / 4:.2f}", place="x")
        for day in range(1, 29)
        for firm in range(5)
    ]
    sorted_first = run(tmp_path, carrying(2), rows, workers=workers)
    numbers.shuffle(rows)
    assert run(tmp_path, carrying(2), rows, workers=workers) == sorted_first
    assert by_replay(sorted_first) == by_determine(carrying(2), rows)


def test_documents_of_one_run_give_what_each_gives_alone(tmp_path) -> None:
    rows = [row("2024-01-02", f"C{n}", str(n * n), quantity=str(n)) for n in range(1, 8)]
    table = write_rows(tmp_path / "in.csv", rows)
    documents = [
        simple(each) for each in (MEAN, {"rule": "vwap"}, {"rule": "median", "even": "lower"})
    ]
    together = [found.mid.tolist() for found, _ in replay_together(documents, Source(table))]
    alone = [replay_together([each], Source(table))[0][0].mid.tolist() for each in documents]
    # mean of 1 4 9 16 25 36 49 = 20; sum of cubes 784 / 28 = 28; middle 16
    assert together == alone == [[20], [28], [16]]


def test_what_a_table_cannot_hold_is_refused(tmp_path) -> None:
    root = Path(running.__file__).parents[4] / "methodologies"
    weighted = load_methodology(next((root / "ci-al").glob("*.toml")))
    with pytest.raises(Refused, match=r"replay\.kind"):
        replay(weighted, Source(None), tmp_path / "out.csv")
    with pytest.raises(Refused, match=r"replay\.submissions"):
        replay(simple(MEAN), Source(None), tmp_path / "out.csv")
    with pytest.raises(Refused, match=r"table\.suffix"):
        replay(simple(MEAN), Source(None), tmp_path / "out.xml")
    with pytest.raises(Refused, match=r"table\.folder"):
        replay(simple(MEAN), Source(None), tmp_path / "nowhere" / "out.csv")


def test_days_are_moved_before_anything_else() -> None:
    late = [
        {"rule": "weekdays_only", "clause": "1"},
        {"rule": "redate", "clause": "1", "table": [{"given": date(2024, 1, 6), "true": date(2024, 1, 5), "source": "x"}]},
    ]  # fmt: skip
    methodology = document(
        tables={"assessment": {}, "range": {"rule": "mid", "clause": "1"}},
        lists={"ladder": [ladder(MEAN)], "cleaning": late},
    )
    with pytest.raises(Refused, match=r"replay\.redate_first"):
        running.restated([methodology])


def test_a_formula_follows_its_table_of_inputs(tmp_path) -> None:
    # The real check of DOMAIN 4: 18,460 + 10.4 x 70.10 = 19,189.04; the day before with 70.00.
    inputs = tmp_path / "inputs.csv"
    lines = ["series,date,value", "CI-AL-NATIONAL,2023-04-01,12.7", "CI-AL-YUNNAN,2023-04-01,2.3"]
    lines += ["CEA-CLOSE,2023-08-16,70.00", "CEA-CLOSE,2023-08-17,70.10"]
    lines += ["AL-A00-FOSHAN,2023-08-17,18570", "AL-A00-FOSHAN,2023-08-18,18460"]
    inputs.write_text("\n".join(lines) + "\n")
    root = Path(running.__file__).parents[4] / "methodologies" / "al-lc"
    out = tmp_path / "out.csv"
    replay(load_methodology(next(root.glob("*.toml"))), Source(None, inputs=inputs), out)
    found = {each["pricing_date"]: each["mid"] for each in read_rows(out)}
    assert found == {"2023-08-17": "19298", "2023-08-18": "19189"}


def test_the_output_of_one_replay_is_the_input_of_the_next(tmp_path) -> None:
    rows = [row("2024-01-02", "A", "10", "AL-A00-FOSHAN"), row("2024-01-03", "A", "10", "X")]
    run(tmp_path, simple(MEAN, series=("AL-A00-FOSHAN", "X")), rows, name="first.csv")
    found = running.read_observations(tmp_path / "first.csv", running.Findings())
    assert [(each.date, each.mid) for each in found["AL-A00-FOSHAN"]] == [(date(2024, 1, 2), 10)]


def test_inputs_without_a_date_or_a_number_are_refused(tmp_path) -> None:
    path = tmp_path / "inputs.csv"
    path.write_text("series,value\nX,1\n")
    with pytest.raises(Refused, match=r"table\.columns"):
        running.read_observations(path, running.Findings())
    path.write_text("series,date,value\nX,2024-01-01,\n")
    findings = running.Findings()
    assert running.read_observations(path, findings) == {}
    assert findings.counts == {"row.missing": 1}


def test_formula_days_that_no_calendar_reaches_are_left_out_and_said(tmp_path) -> None:
    inputs = tmp_path / "inputs.csv"
    lines = ["series,date,value", "CI-AL-NATIONAL,1990-01-01,12.7", "CI-AL-YUNNAN,1990-01-01,2.3"]
    lines += [
        "CEA-CLOSE,2023-08-17,70.10",
        "AL-A00-FOSHAN,1990-08-18,1",
        "AL-A00-FOSHAN,2023-08-18,18460",
    ]
    inputs.write_text("\n".join(lines) + "\n")
    root = Path(running.__file__).parents[4] / "methodologies" / "al-lc"
    out = tmp_path / "out.csv"
    report = replay(load_methodology(next(root.glob("*.toml"))), Source(None, inputs=inputs), out)
    assert report.bad_rows == 1
    assert [each["mid"] for each in read_rows(out)] == ["19189"]


def test_a_day_of_two_different_values_has_no_price_as_determine_has_it(tmp_path) -> None:
    # CEA-CLOSE of the 17th is told twice and differently, so the close of the 16th counts:
    # 18,460 + 10.4 x 70.00 = 19,188. AL-A00-FOSHAN of the 21st is refused itself: no price.
    listed = [
        ("CI-AL-NATIONAL", "2023-04-01", "12.7"), ("CI-AL-YUNNAN", "2023-04-01", "2.3"),
        ("CEA-CLOSE", "2023-08-16", "70.00"), ("CEA-CLOSE", "2023-08-17", "70.10"),
        ("CEA-CLOSE", "2023-08-17", "71.10"), ("AL-A00-FOSHAN", "2023-08-18", "18460"),
        ("AL-A00-FOSHAN", "2023-08-21", "18500"), ("AL-A00-FOSHAN", "2023-08-21", "18510"),
    ]  # fmt: skip
    inputs, out = tmp_path / "inputs.csv", tmp_path / "out.csv"
    lines = ["series,date,value", *(",".join(each) for each in listed)]
    inputs.write_text("\n".join(lines) + "\n")
    root = Path(running.__file__).parents[4] / "methodologies" / "al-lc"
    methodology, source = load_methodology(next(root.glob("*.toml"))), Source(None, inputs=inputs)
    report = replay(methodology, source, out)
    found = {each["pricing_date"]: (each["mid"], each["status"]) for each in read_rows(out)}
    wanted = {"2023-08-18": ("19188", "determined"), "2023-08-21": ("", "not_assessed")}
    assert found == wanted
    assert source.findings.counts == {"input.conflicting_values": 2}
    assert report.findings is not None
    assert "70.1 and 71.1" in report.findings.read_text()
    series: dict[str, list[dict[str, str]]] = {}
    for code, day, number in listed:
        series.setdefault(code, []).append({"date": day, "value": number})
    given = inputs_from_document({"series": series})
    for day, (mid, status) in wanted.items():
        one = determine(methodology, date.fromisoformat(day), given)
        assert (str(one.mid or ""), one.status) == (mid, status)
        assert sum(each.code == "input.conflicting_values" for each in one.findings) == 2


@pytest.mark.parametrize(
    ("first", "second"), [(("A", "B"), ("C", "B")), (("A",), ("B",)), (("A", "B", "C"), ("A",))]
)
def test_documents_of_different_series_give_what_each_gives_alone(tmp_path, first, second) -> None:
    rows = [row("2024-01-02", "F", "10", "A"), row("2024-01-03", "F", "20", "B")]
    rows += [row("2024-01-04", "F", "30", "C"), row("2024-01-05", "F", "40", "A")]
    table = write_rows(tmp_path / "in.csv", rows)
    documents = [simple(MEAN, series=first), simple(MEAN, series=second)]
    together = [_cells(each) for each, _ in replay_together(documents, Source(table))]
    assert together == [_cells(replay_together([d], Source(table))[0][0]) for d in documents]
    # The second document's own days are those on which a series of its own has rows.
    number = {"A": 2, "B": 1, "C": 1}
    assert len(together[1]) == len(second) * sum(number[code] for code in second)


def _cells(fixings) -> list[tuple[int, ...]]:
    names = ("series", "day", "low", "mid", "high", "state", "received", "used")
    return list(zip(*(getattr(fixings, name).tolist() for name in names), strict=True))
