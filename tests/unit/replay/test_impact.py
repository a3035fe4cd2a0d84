"""The impact study: old beside new, the reason of the largest differences, and influence."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from unit.replay.making import document, ladder, simple, write_rows

from assay.methodology import determine, inputs_from_document
from assay.methodology.impact import study, write_study
from assay.methodology.impact.picture import Point, picture
from assay.methodology.replay import Source

MEAN = {"rule": "mean"}


def row(day: int, contributor: str, low: str, **more) -> dict:
    return {
        "series": "S-1", "pricing_date": f"2024-01-{day:02d}", "contributor": contributor,
        "low": low, "high": low, **more,
    }  # fmt: skip


ROWS = [
    row(2, "A", "10"),
    row(2, "B", "20"),
    row(2, "C", "60"),
    row(3, "A", "10"),
    row(3, "B", "20"),
]


def screened(*rules):
    return document(
        tables={"assessment": {}, "range": {"rule": "min_max", "clause": "1"}},
        lists={"ladder": [ladder(MEAN)], "screening": list(rules)},
    )


def test_old_and_new_side_by_side_with_the_rule_that_spoke_differently(tmp_path: Path) -> None:
    outlier = {"rule": "outlier_absolute", "distance": "30", "action": "exclude", "clause": "1"}
    found = study(screened(), screened(outlier), Source(write_rows(tmp_path / "in.csv", ROWS)))
    assert [(r.day.day, str(r.old.mid), str(r.new.mid), r.differs) for r in found.rows] == [
        (2, "30", "15", True), (3, "15", "15", False),
    ]  # fmt: skip
    [told] = found.days
    assert told.row.change == Decimal(-15)
    assert any(
        "only the new document leaves out" in each and "of C" in each for each in told.reasons
    )
    assert any("outlier_absolute (clause 1)" in each for each in told.public)
    assert not any("of C" in each for each in told.public)


def test_a_trim_a_branch_and_a_rounding_are_named(tmp_path: Path) -> None:
    table = write_rows(tmp_path / "in.csv", ROWS)
    trimmed = simple(MEAN, rung={"trim": {"rule": "count", "low": 1, "high": 1, "clause": "1"}})
    said = study(simple(MEAN), trimmed, Source(table)).days[0].reasons
    assert any("only the new one sets aside A, C" in each for each in said)
    wanting = simple(MEAN, rung={"minimum": {"contributors": 3}})
    lonely = study(simple(MEAN), wanting, Source(table)).days[0]
    assert lonely.row.new.mid is None
    assert any(
        "rung indications (clause 1) was not taken: contributors 2 of 3" in r
        for r in lonely.reasons
    )
    coarse = study(simple(MEAN), simple(MEAN, step="20"), Source(table)).days[0].reasons
    assert "rounding step 1 under the old document, 20 under the new one" in coarse


def test_influence_over_years_is_the_sum_of_the_day_engines_figures(tmp_path: Path) -> None:
    rows = [
        row(day, firm, str(10 * day + len(firm) * place), quantity="5", group=group)
        for day in range(2, 9)
        for place, (firm, group) in enumerate([("A", "G"), ("BB", "G"), ("CCC", None), ("D", None)])
    ]
    wanting = simple({"rule": "weighted_mean"}, rung={"minimum": {"contributors": 3}})
    found = study(wanting, wanting, Source(write_rows(tmp_path / "in.csv", rows)))
    held = {(each.per, each.name): each for each in found.influence}
    totals: dict[tuple[str, str], tuple[Fraction, int]] = {}
    for day in range(2, 9):
        inputs = inputs_from_document(
            {"submissions": [{k: v for k, v in r.items() if v} for r in rows]}
        )
        told = determine(wanting, date(2024, 1, day), inputs).trace["influence"]
        for per, names in (("contributor", "contributors"), ("group", "groups")):
            for name, moves in told[names].items():
                total, ended = totals.get((per, name), (Fraction(0), 0))
                mid = moves["mid"]
                totals[per, name] = (
                    total + (abs(Fraction(mid)) if mid else 0),
                    ended + (mid is None),
                )
    assert {key: (each.total, each.ended) for key, each in held.items()} == {
        key: (total, ended) for key, (total, ended) in totals.items()
    }
    assert held["group", "G"].ended == 7


def test_the_study_on_disk_names_nobody_outside_the_desk_folder(tmp_path: Path) -> None:
    rows = [
        row(day, firm, str(day * 3 + n))
        for day in range(2, 6)
        for n, firm in enumerate(("ALPHA", "BETA", "GAMMA"))
    ]
    trimmed = simple(MEAN, rung={"trim": {"rule": "count", "low": 1, "high": 0, "clause": "1"}})
    written = write_study(
        study(simple(MEAN), trimmed, Source(write_rows(tmp_path / "in.csv", rows))),
        tmp_path / "out",
    )
    assert {path.name for path in written} == {
        "comparison.csv", "days.csv", "influence.csv", "S-1.svg", "study.md",
    }  # fmt: skip
    for path in written:
        names = any(name in path.read_text("utf-8") for name in ("ALPHA", "BETA", "GAMMA"))
        assert names == (path.name in ("days.csv", "influence.csv"))
        assert (path.suffix == ".csv") == (path.parent.name == "desk")
    page = (tmp_path / "out" / "study.md").read_text("utf-8")
    assert "count" in page
    assert "| S-1 | 4 | 4 | 0 | 0 |" in page


def test_prices_of_two_firms_stay_on_the_desk(tmp_path: Path) -> None:
    found = study(
        simple(MEAN), simple(MEAN, step="20"), Source(write_rows(tmp_path / "in.csv", ROWS))
    )
    write_study(found, tmp_path / "out")
    page = (tmp_path / "out" / "study.md").read_text("utf-8")
    assert "2024-01-02**: 30 -> 40 (10)" in page
    assert "2024-01-03**: withheld, too few data" in page
    assert "2024-01-03,10,15,20" in (tmp_path / "out" / "desk" / "comparison.csv").read_text()


def test_the_picture_is_plain_shapes_and_stays_small() -> None:
    days = [
        Point(date.fromordinal(730_000 + n), Decimal(n % 7), Decimal(n % 5) if n % 11 else None)
        for n in range(5000)
    ]
    drawn = picture("<S> & co", "CNY/t", days)
    assert drawn.startswith("<svg")
    assert "&lt;S&gt; &amp; co" in drawn
    assert "script" not in drawn
    assert drawn.count("<rect") < 2100
    assert picture("empty", "x", []).endswith("</svg>\n")
