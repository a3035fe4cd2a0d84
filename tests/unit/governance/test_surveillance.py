"""Each detector on a panel small enough to be worked by hand, and on its honest neighbour."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from assay.governance.integrity import conduct, positions
from assay.governance.integrity.panel import (
    SCALE,
    Datum,
    Hit,
    Panel,
    changes,
    median,
    price,
    ranked,
    root,
)
from assay.governance.integrity.reading import from_table, numbers_in
from assay.governance.office import load_thresholds
from assay.methodology import REFERENCE

THRESHOLDS = load_thresholds(REFERENCE)
START = date(2025, 3, 3)
FIRMS = [f"F{number:02d}" for number in range(1, 10)]
SERIES = "ADC12"


def days(count: int) -> list[date]:
    """Days of March 2025 from Monday the 3rd on; every day counts, it is only a panel."""
    return [START + timedelta(days=number) for number in range(count)]


def panel(count: int, level=lambda day: 20_000, own=lambda firm, place: 0) -> Panel:
    """Nine firms, ten yuan apart from firm to firm, plus what `own` says (None: not sent)."""
    made = Panel()
    for place, day in enumerate(days(count)):
        for number, firm in enumerate(FIRMS):
            extra = own(firm, place)
            if extra is not None:
                made.put(SERIES, day, firm, (level(place) + 10 * (number - 4) + extra) * SCALE)
    return made


def subjects(hits, detector: str) -> set[tuple[str, ...]]:
    return {hit.subjects for hit in hits if hit.detector == detector}


def test_an_outlier_is_told_in_one_sentence_with_its_place() -> None:
    # Nine firms at 0, 10, 10, 20, 20, 30, 30, 40, 40 from the middle: the mean distance is
    # 200 / 9 = 22; F09 leaves it by 40 + 600. 640 / 22 is 29 on the day after quiet days.
    made = panel(5, own=lambda firm, place: 600 if (firm, place) == ("F09", 4) else 0)
    (hit,) = [h for h in positions.outliers(made, THRESHOLDS) if h.detector == "outlier"]
    assert hit.subjects == ("F09",)
    assert hit.first == days(5)[4]
    assert "F09 sent 20640 for ADC12 on 2025-03-07" in hit.sentence
    assert "median 20000" in hit.sentence
    assert hit.links == ("quote:ADC12/2025-03-07/F09",)
    assert list(positions.outliers(panel(5), THRESHOLDS)) == []


def test_stale_only_while_the_others_move() -> None:
    def moving(place: int) -> int:
        return 20_000 + 100 * place

    made = panel(8, moving, lambda firm, place: -100 * place if firm == "F02" else 0)
    hits = list(conduct.stale(made, THRESHOLDS))
    assert subjects(hits, "stale") == {("F02",)}
    # the same price on eight days: seven repeats, each with a median that moved
    assert hits[0].sentence.endswith("though the median of the firms moved on 7 of these days.")
    assert list(conduct.stale(panel(8), THRESHOLDS)) == []


def test_a_copier_of_yesterday() -> None:
    made = panel(12, lambda place: 20_000 + 100 * place)
    made.finals[SERIES] = {
        day: (20_000 + 100 * place) * SCALE for place, day in enumerate(days(12))
    }
    for place, day in enumerate(days(12)[1:]):
        made.put(SERIES, day, "F05", (20_000 + 100 * place) * SCALE)
    hits = list(conduct.copiers(made, THRESHOLDS))
    assert subjects(hits, "copier") == {("F05",)}
    assert "on 11 of 11 days" in hits[0].sentence


def test_against_the_futures() -> None:
    def wave(place: int) -> int:
        return 20_000 + (200 if place % 2 else 0)

    made = panel(10, wave, lambda firm, place: -400 * (place % 2) if firm == "F03" else 0)
    made.futures = {day: wave(place) * SCALE for place, day in enumerate(days(10))}
    assert subjects(conduct.against_futures(made, THRESHOLDS), "against_futures") == {("F03",)}


def test_silence_after_long_presence_and_not_the_odd_day_off() -> None:
    gone = panel(26, own=lambda firm, place: None if firm == "F04" and place >= 22 else 0)
    (hit,) = conduct.silences(gone, THRESHOLDS)
    assert hit.subjects == ("F04",)
    assert "fell silent for 4 days from 2025-03-25" in hit.sentence
    odd = panel(26, own=lambda firm, place: None if firm == "F04" and place % 9 == 8 else 0)
    assert list(conduct.silences(odd, THRESHOLDS)) == []


def test_one_who_sends_on_rising_days_only() -> None:
    # up, down, up, down ...: F06 is silent on every second falling day
    made = panel(
        61,
        lambda place: 20_000 + 50 * (place % 2),
        lambda firm, place: None if firm == "F06" and place % 4 == 2 else 0,
    )
    (hit,) = conduct.selective(made, THRESHOLDS)
    assert hit.subjects == ("F06",)
    assert "100.0 % of the days on which it rose" in hit.sentence
    assert "50.0 % of those on which it fell" in hit.sentence


def test_a_pair_needs_two_groups() -> None:
    def own(firm: str, place: int) -> int:
        if firm in ("F01", "F09") and place % 2:
            return 200 + (40 if firm == "F01" else -40)
        return 7 * ((place * (1 + FIRMS.index(firm))) % 5)

    made = panel(20, own=own)
    assert ("F01", "F09") in subjects(positions.pairs(made, THRESHOLDS), "pair")
    made.groups = {"F01": "G1", "F09": "G1"}
    assert ("F01", "F09") not in subjects(positions.pairs(made, THRESHOLDS), "pair")


def test_influence_of_a_month_goes_one_way() -> None:
    # F09 stands 40 + 100 above the middle: the mean of nine is 100 / 9 up by the 100; without
    # it the others' mean is -5: 11.11 + 5 = 16.11 yuan of 20,011, 8.05 basis points.
    made = panel(12, own=lambda firm, place: 100 if firm == "F09" else 0)
    (hit,) = [h for h in positions.influence(made, THRESHOLDS) if h.detector == "one_sided"]
    assert hit.subjects == ("F09",)
    assert "up on 12 of 12 days of 2025-03, by 16.11111 on the median day" in hit.sentence


def test_one_gross_value_does_not_make_a_month_one_sided() -> None:
    # F09 stands 6 above the middle of nine all month (0.7 basis points of leave-one-out), and sends
    # 6,000 too much once: the mean of its pulls is far above the threshold of 4, the median is not.
    made = panel(12, own=lambda firm, place: (
        6000 if (firm, place) == ("F09", 5) else -34 if firm == "F09" else 0))  # fmt: skip
    hits = list(positions.influence(made, THRESHOLDS))
    assert subjects(hits, "one_sided") == set()
    assert subjects(hits, "influence") == {("F09",)}


def over_a_hole() -> Panel:
    """Twenty-two days with F02, seven years without any panel, twelve days without F02."""
    made = Panel()
    for first, count, firms in ((date(2006, 12, 1), 22, FIRMS), (date(2013, 1, 2), 12, FIRMS[2:])):
        for number in range(count):
            for place, firm in enumerate(firms):
                level = 20_000 if first.year < 2010 else 30_000
                made.put(SERIES, first + timedelta(days=number), firm, (level + 10 * place) * SCALE)
    return made


def test_years_that_a_table_does_not_hold_are_no_silence_and_no_move() -> None:
    made = over_a_hole()
    assert list(conduct.silences(made, THRESHOLDS)) == []
    first = date(2013, 1, 2)
    assert first not in changes(dict.fromkeys(made.positions[SERIES], 1))
    # Without the hole it is one: the same firms on days that follow each other.
    near = Panel()
    for place, (day, firms) in enumerate(sorted(made.positions[SERIES].items())):
        for firm, position in firms.items():
            near.put(SERIES, START + timedelta(days=place), firm, position)
        del day
    assert {hit.subjects for hit in conduct.silences(near, THRESHOLDS)} == {("F01",), ("F02",)}


def test_what_was_usual_before_a_hole_is_not_usual_after_it() -> None:
    made = over_a_hole()
    day = date(2013, 1, 2)
    made.put(SERIES, day, "F09", 31_000 * SCALE)
    (hit,) = [h for h in positions.outliers(made, THRESHOLDS) if h.detector == "outlier"]
    assert "times that day's ordinary distance from the day's median" in hit.sentence
    assert hit.first == day


def test_a_flag_counts_series_only_where_there_are_several() -> None:
    def hit(series: str, number: int):
        return Hit(
            "late", "contributor", ("F01",), series, START, START, Fraction(number), "F01 was late.", ()
        )  # fmt: skip

    (flag,) = ranked([hit("A", 2), hit("A", 3)])
    assert flag.sentence == "F01 was late; with 1 more like it in 2025-03."
    (flag,) = ranked([hit("A", 2), hit("B", 3)])
    assert flag.sentence == "F01 was late; with 1 more like it in 2025-03 over 2 series."


def test_the_edge_of_the_trimmed_part() -> None:
    # Nine firms, a quarter cut: two on each side; the edge is ranks 2, 3, 7, 8. F05 stands at
    # rank 2 on all of 20 days while the others change places: chance gives 20 x 4/9 = 8.9.
    offsets = [-40, -10, -5, 5, 15, 25, 35, 45]
    made = Panel()
    for place, day in enumerate(days(20)):
        others = [firm for firm in FIRMS if firm != "F05"]
        for number, firm in enumerate(others):
            made.put(SERIES, day, firm, (20_000 + offsets[(number + place) % 8]) * SCALE)
        made.put(SERIES, day, "F05", (20_000 - 25) * SCALE)
    (hit,) = positions.edges(made, THRESHOLDS)
    assert hit.subjects == ("F05",)
    assert "on 20 of 20 days of 2025-03, where chance gives 8.9" in hit.sentence


def datum(number: int, **more) -> Datum:
    given = {
        "submission": f"S-{number}", "series": SERIES, "day": START + timedelta(days=number),
        "firm": "F01", "kind": "transaction", "position": 20_000 * SCALE, "link": f"submission:S-{number}",
    }  # fmt: skip
    return Datum(**{**given, **more})


def test_late_from_the_share_on_that_the_file_says() -> None:
    # 20 % and at least three: 3 of 15 is 20 %, 3 of 16 is 18.75 %
    for count, found in ((15, 1), (16, 0)):
        made = Panel()
        made.add(datum(number, late=number < 3) for number in range(count))
        assert len(list(conduct.late(made, THRESHOLDS))) == found


def test_a_deal_within_the_group_under_another_spelling() -> None:
    made = Panel(groups={"F01": "G1", "F02": "G1"}, names={"Second Metals": "F02"})
    made.add([
        datum(1, counterparty="Second Metals", relation="arms_length"),
        datum(2, counterparty="Second Metals", relation="affiliated"),
        datum(3, counterparty="Somebody", relation="arms_length"),
    ])  # fmt: skip
    (hit,) = conduct.affiliated(made, THRESHOLDS)
    assert hit.links == ("submission:S-1",)


def test_a_person_whose_changes_all_go_up() -> None:
    made = Panel()
    made.add(
        datum(number, handled_by="A-2", read=19_900 * SCALE, supported=False) for number in range(4)
    )
    (hit,) = conduct.handling(made, THRESHOLDS)
    assert (hit.about, hit.subjects) == ("person", ("A-2",))
    assert hit.sentence == "4 of 4 changes and exclusions by A-2 in 2025-03 moved the price up."
    (flag,) = ranked(conduct.unsupported(made, THRESHOLDS))
    assert flag.count == 4


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("sold 200t at 22,180", {"200", "22180"}), ("A00 22180.0", {"0", "22180"}), ("早上好", set())],
)
def test_numbers_of_a_message(text: str, numbers: set[str]) -> None:
    found = {format(each, "f") for each in numbers_in(text)}
    assert found == {n for n in numbers if n != "0"} | ({"0"} if "A00" in text else set())


def test_zero_rows_weekends_and_second_lines_of_a_table(tmp_path) -> None:
    lines = [
        "series,pricing_date,contributor,low,high", "R,2025-03-07,A,0,0", "S,2025-03-07,A,0,0",
        "R,2025-03-07,B,0,0", "S,2025-03-07,B,1.5,1.5", "R,2025-03-08,B,2,2", "S,2025-03-07,B,1.25,1.75",
    ]  # fmt: skip
    path = tmp_path / "quotes.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    read = from_table(path).positions
    day = date(2025, 3, 7)
    # A's zeros everywhere mean missing; B's single zero is a quote; Saturday is no day
    assert read == {"R": {day: {"B": 0}}, "S": {day: {"B": 3 * SCALE // 2}}}


def test_small_arithmetic() -> None:
    assert median([3, 1, 2]) == 2
    assert median([1, 2, 4, 9]) == 3
    assert str(root(positions.Fraction(2))) == "707/500"
    assert price(22_180 * SCALE) == "22180"
    assert price(SCALE // 8) == "0.125"


def test_each_of_several_data_is_told_as_it_was_sent() -> None:
    # F01 sends 20,000 and, per kilogram by mistake, 20: the mean of both was sent by nobody.
    made = panel(3)
    day = days(3)[2]
    made.add([
        datum(1, firm="F01", day=day, kind="offer"),
        datum(2, firm="F01", day=day, kind="bid", position=20 * SCALE, passed=False),
    ])  # fmt: skip
    assert made.positions[SERIES][day]["F01"] == 20_000 * SCALE
    (hit,) = positions.outliers(made, THRESHOLDS)
    assert "F01 sent 20 for ADC12 on 2025-03-05" in hit.sentence
    assert hit.links == ("submission:S-2",)
