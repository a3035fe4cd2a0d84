"""The checker on plain text: what a careful reader finds, and nothing else."""

import os
from pathlib import Path

import pytest

from assay.commentary.checker import blocks, check_file, check_text
from assay.core import Severity
from tests.unit.commentary.texts import FUTURES, PARTS, SPREAD, comment, spoiled

CLEAN_FUTURES = {
    "settlement everywhere": FUTURES.replace("the previous close", "the previous settlement"),
    "settlement price": FUTURES.replace("the previous close", "the previous trading day's settlement price"),
    "last value": FUTURES.replace("the previous close", "the previous value"),
    "last Friday": FUTURES.replace("the previous close", "last Friday"),
    "signed percent": FUTURES.replace("up 60 yuan/mt or 0.29%", "up 60 yuan/mt (+0.29%)"),
    "one decimal": FUTURES.replace("0.29%", "0.3%"),
    "three decimals": FUTURES.replace("0.29%", "0.295%"),
    "a gain of": FUTURES.replace("or 0.29% from the previous close", "from the previous close, a gain of only +0.29%"),
    "prefix": FUTURES.replace("2605 contract", "ad2605 contract"),
    "broken prefix": FUTURES.replace("2605 contract", "A(D2605 contract"),
    "without lots": FUTURES.replace("1,240 lots", "1,240").replace("11,310 lots (+92)", "11,310"),
    "oi in words": FUTURES.replace("open interest was 11,310 lots (+92)", "open interest increased by 92 to 11,310"),
    "oi from previous": FUTURES.replace("(+92)", "(an increase of 92 lots from the previous value)"),
    "bottomed": FUTURES.replace("and a low of", "bottomed at"),
    "per tonne": FUTURES.replace("20,390 yuan/mt", "RMB 20,390 per tonne").replace("0.29%", "0.29 per cent"),
    "only a close": "Futures: The cast aluminum alloy 2605 contract closed at 20,430 yuan/mt, up 60 yuan, or 0.29%.",
    "no change stated": "Futures: The aluminum alloy 2605 contract closed at 20,430 yuan/mt overnight.",
    "first dip": (
        "Futures: The most-traded cast aluminum alloy futures contract 2605 opened at 20,390 yuan/mt overnight. "
        "The price first dipped to around 20,355 yuan/mt, then rebounded and surged to 20,480 yuan/mt, before "
        "pulling back to 20,430 yuan/mt towards the close. It closed at 20,430 yuan/mt, up 60 yuan/mt from the "
        "previous close, a gain of 0.29%."
    ),
    "opened at the low": (
        "Futures: The most-traded cast aluminum alloy 2605 contract opened at the day's low of 20,355 yuan/mt overnight, "
        "hit a high of 20,480 yuan/mt and closed at 20,430 yuan/mt, up 60 yuan/mt or 0.29% from the previous close."
    ),
    "resistance": FUTURES + " Resistance is seen at the previous high of 21,390 yuan/mt, support near 19,700.",
    "like for like volume": FUTURES.replace("1,240 lots,", "1,240 lots (-310),"),
}  # fmt: skip


@pytest.mark.parametrize("name", CLEAN_FUTURES)
def test_clean_phrasings_of_the_futures_are_clean(name):
    assert check_text(comment(futures=CLEAN_FUTURES[name])) == []


@pytest.mark.parametrize("left_out", [part for part in PARTS if part != "futures"])
def test_any_part_may_be_missing(left_out):
    assert check_text(comment(**{left_out: ""})) == []


@pytest.mark.parametrize(
    "header",
    [
        "March 18 Alloy Morning Comment",
        "Alloy Morning Comment on 3.18",
        "Alloy Morning Comment 3.18",
    ],
)
def test_headers_of_the_right_day(header):
    assert check_text(comment(header=header)) == []


@pytest.mark.parametrize(
    "spread",
    [
        SPREAD.replace("stood at a theoretical premium of 470 yuan/mt over the 10:15 price of", "showed a theoretical premium of 470 yuan/mt against the closing price at 10:15 of"),
        "Basis Daily: On March 17, the theoretical premium of the ADC12 spot price over the most-traded casting aluminum alloy contract (AD2605) was 470 yuan/mt at the 10:15 closing price.",
        "Daily Basis Report: On March 17, the ADC12 spot price widened to a theoretical premium of 470 yuan/mt against the most-traded cast aluminum alloy contract (ad2605) at 10:15 a.m.",
    ],
)  # fmt: skip
def test_spread_phrasings(spread):
    assert check_text(comment(spread=spread)) == []


SPOILED = {
    "percent of the open": ("up 60 yuan/mt or 0.29%", "up 60 yuan/mt or 0.20%", "percent.disagrees"),
    "percent tenfold": ("0.29%", "2.95%", "percent.disagrees"),
    "sign of percent": ("or 0.29%", "(-0.29%)", "percent.disagrees"),
    "header as a decimal": ("3.18 Alloy", "3.1 Alloy", "header.date"),
    "header of yesterday": ("3.18 Alloy", "3.17 Alloy", "header.date"),
    "old spread": ("On March 17, the ADC12", "On March 13, the ADC12", "asof.stale"),
    "spread of tomorrow": ("On March 17, the ADC12", "On March 19, the ADC12", "asof.future"),
    "total of yesterday": ("was 51,200 mt", "was 51,060 mt", "warrants.levels"),
    "a digit lost in a region": ("Zhejiang 16,000 mt", "Zhejiang 1,600 mt", "warrants.levels"),
    "a region off by three": ("Chongqing 5,000 mt", "Chongqing 5,003 mt", "warrants.levels"),
    "changes that do not sum": ("up 140 mt from", "up 200 mt from", "warrants.changes"),
    "a change that did not happen": ("16,000 mt, unchanged", "16,000 mt, up 60 mt", "warrants.changes"),
    "week on week": ("0.29% from the previous close", "0.29% WoW", "comparator.period"),
    "month on month in the summary": ("rose by 110 yuan/mt to", "rose by 110 yuan/mt MoM to", "comparator.period"),
    "up 0 week on week": ("16,000 mt, unchanged", "16,000 mt, up 0 mt WoW", "comparator.period"),
    "high too high": ("high of 20,480", "high of 24,080", "extreme.implausible"),
    "close above high": ("high of 20,480", "high of 20,420", "extreme.order"),
    "open below low": ("low of 20,355", "low of 20,395", "extreme.order"),
    "off the grid": ("low of 20,355", "low of 20,353", "price.off_step"),
    "reversed range": ("15,900-16,300", "16,300-15,900", "range.reversed"),
    "a digit doubled": ("15,900-16,300", "15,900-163,000", "range.implausible"),
    "reversed silicon": ("9,300-9,500", "9,500-9,300", "range.reversed"),
    "tax forgotten": ("15,900-16,300 yuan/mt (ex-tax), and shredded aluminum tense scrap at 17,600-18,100 yuan/mt (ex-tax)",
                      "15,900-16,300 yuan/mt, and shredded aluminum tense scrap at 17,600-18,100 yuan/mt", "tax.missing"),
    "two A00": ("closing at 21,150", "closing at 21,510", "fact.two_values"),
    "two directions": ("primary aluminum rose", "primary aluminum pulled back", "direction.conflict"),
    "followed a decline that was none": ("followed the rise", "followed the decline", "direction.conflict"),
    "bears for bulls": ("bulls adding", "bears adding", "positions.conflict"),
    "adding while reducing": ("(+92)", "(-92)", "positions.conflict"),
    "too strong": ("rose by 110", "soared by 110", "verb.band"),
    "too weak": ("rose by 50 yuan/mt to 20,850", "edged up by 500 yuan/mt to 20,850", "verb.band"),
    "headline plunged up": ("futures rose overnight", "futures soared overnight", "headline.band"),
    "headline the other way": ("futures rose overnight", "futures fell overnight", "direction.conflict"),
    "opened at a high that was not": ("opened at 20,390", "opened at the day's high of 20,390", "path.conflict"),
    "two most-traded at once": ("On March 17, the ADC12 spot price stood at a theoretical premium of 470 yuan/mt over the 10:15 price of the most-traded cast aluminum alloy contract (AD2605)",
                                "On March 18, the ADC12 spot price stood at a theoretical premium of 470 yuan/mt over the 10:15 price of the most-traded cast aluminum alloy contract (AD2604)", "contract.two_most_traded"),
    "a roll backwards": ("(AD2605)", "(AD2606)", "roll.backwards"),
    "night against day": ("1,240 lots,", "1,240 lots (-6,200),", "volume.unlike_sessions"),
    "a group of two digits": ("21,150 yuan/mt; the ADC12", "21,15 yuan/mt; the ADC12", "number.malformed"),
    "a premium in dollars": ("premium of 470 yuan/mt", "premium of $470/mt", "unit.instrument"),
    "a premium tenfold": ("premium of 470", "premium of 4,700", "spread.implausible"),
    "LME in yuan": ("Overseas ADC12 offers", "LME lead moved within 1,950-1,990 yuan/mt. Overseas ADC12 offers", "unit.instrument"),
    "a record without a window": ("hold up well in the short term.", "hold up well after the contract hit a record high price.", "claim.unproven"),
    "markup in the address": ("[Alloy Morning Comment]", "cast-emaluminumem-alloy [Alloy Morning Comment]", "markup.leaked"),
    "a value of another magnitude": ("21,150", "2,115", "value.implausible"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_each_real_error_is_found(name):
    old, new, code = SPOILED[name]
    findings = check_text(spoiled(old, new))
    assert code in {each.code for each in findings}
    assert blocks(findings)


def test_settlement_in_the_lede_and_close_in_the_body():
    lede = (
        "[Alloy Morning Comment: Alloy Futures Rose] Overnight, the most-traded cast aluminum alloy 2605 contract "
        "opened at 20,390 yuan/mt. It settled at 20,430 yuan/mt, up 60 yuan/mt from the previous settlement, a gain of 0.29%."
    )
    found = check_text(comment(byline=f"{PARTS['byline']}\n\n{lede}"))
    assert [each.code for each in found] == ["base.mixed"]
    same = lede.replace("settled", "closed").replace("previous settlement", "previous close")
    assert check_text(comment(byline=f"{PARTS['byline']}\n\n{same}")) == []


def test_a_roll_is_information_and_silent_when_stated():
    rolled = comment(spread=SPREAD.replace("AD2605", "AD2604"))
    found = check_text(rolled)
    assert [(each.code, each.severity) for each in found] == [("roll.unstated", Severity.INFO)]
    assert not blocks(found)
    stated = (
        SPREAD.replace("AD2605", "AD2604")
        + " The most-traded contract rolled from AD2604 to AD2605."
    )
    assert check_text(comment(spread=stated)) == []


def test_friday_night_belongs_to_monday():
    monday = (
        spoiled("Mar 18, 2026", "Mar 16, 2026").replace("3.18", "3.16").replace("March 17", "March 13")
        .replace("On Tuesday", "On Friday").replace("overnight, hit", "on Friday night, hit")
    )  # fmt: skip
    assert check_text(monday) == []
    assert "asof.stale" in {
        each.code for each in check_text(spoiled("On Tuesday, the spot", "Last Friday, the spot"))
    }


def test_after_a_long_holiday_old_figures_are_fresh():
    october = (
        spoiled("Mar 18, 2026", "Oct 9, 2025").replace("3.18", "10.9").replace("March 17", "September 30")
    )  # fmt: skip
    assert "asof.stale" not in {each.code for each in check_text(october)}


def test_dateline_of_three_days_ago():
    text = "Published: Jul 14, 2025 15:52\n\nSMM reported on July 11:\n\nThe 2511 cast aluminum alloy contract closed at 19,805 yuan/mt."
    assert [each.code for each in check_text(text)] == ["dateline.date"]


def test_import_footnote_without_an_import_section():
    text = comment(overseas="", industry="") + "\n\nNote: Import profit refers to real-time profit."
    assert [each.code for each in check_text(text)] == ["footnote.orphan"]


def test_other_metals_side_by_side():
    text = (
        "LME copper opened at $9,637.5/mt overnight, dipping to $9,617/mt. It reached a high of $9,717.5/mt, finally closing "
        "at $9,676/mt, up 1.44%. The most-traded SHFE copper 2605 contract opened at 77,060 yuan/mt overnight, touched "
        "76,960 yuan/mt, and closed at 77,390 yuan/mt, up 0.52%. The most-traded SHFE aluminum 2606 contract opened at "
        "20,075 yuan/mt, with a high of 20,110 yuan/mt, a low of 19,925 yuan/mt, and closed at 19,980 yuan/mt, down 0.12%."
    )
    assert check_text(text) == []
    assert "extreme.order" in {
        each.code for each in check_text(text.replace("high of 20,110", "high of 20,010"))
    }


def test_first_day_counts_from_the_listing_benchmark():
    text = (
        "The listing benchmark price of the contracts was set at 18,365 yuan/mt. "
        "Today, the most-traded cast aluminum alloy 2511 contract closed at 19,190 yuan/mt, up 4.492%."
    )
    assert check_text(text) == []
    assert "percent.disagrees" in {each.code for each in check_text(text.replace("4.492", "4.649"))}


def test_nothing_and_noise_are_clean():
    for text in ("", "\n", "No numbers here.", "\x00\ufffd" * 20, "12.3", "(((" * 50):
        assert check_text(text) == []


@pytest.fixture
def seed():
    folder = os.environ.get("ASSAY_SHARED_SOURCES")
    if not folder and os.environ.get("ASSAY_SHARED_DATA"):
        folder = str(Path(os.environ["ASSAY_SHARED_DATA"]).parent / "sources")
    files = sorted(Path(folder).glob("000_*.txt")) if folder else []
    if not files:
        pytest.skip("ASSAY_SHARED_SOURCES is not set: the published report is not at hand")
    return files[0]


def test_the_published_report(seed):
    found = check_file(seed)
    assert {(each.code, each.severity) for each in found} == {
        ("base.mixed", Severity.ERROR),
        ("volume.unlike_sessions", Severity.ERROR),
        ("roll.unstated", Severity.INFO),
    }
