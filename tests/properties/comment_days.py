"""Made-up market days for the commentary: random walks on the real steps, with all turns.

Holidays, rolls, flat prices, discounts, import losses, missing series, both orders of the
session's extremes. Everything follows from the seed.
"""

import random
from datetime import UTC, date, datetime, time, timedelta

from assay.commentary.compose import Composer
from assay.commentary.editor import read_editorial
from assay.commentary.gather import gather
from assay.commentary.points import Points, middle
from tests.unit.commentary.day import phrases, report

ZONE_HOURS = timedelta(hours=8)
REGIONS = ("SH", "ZJ", "JS", "TJ", "SD", "GZ", "HA", "JX", "HB")
WARRANTS = ("SH", "GD", "JS", "ZJ", "CQ", "SC")
GRADES = ("553N", "553O", "521", "441", "421", "421-SILICONE", "3303")
PHRASES, REPORT = phrases(), report()
COMPOSER = Composer(REPORT, PHRASES)


def weekday_before(day):
    day -= timedelta(days=1)
    while day.isoweekday() > 5:
        day -= timedelta(days=1)
    return day


def three_days(chance):
    """T, T-1, T-2: weekdays outside the long holidays."""
    while True:
        day = date(2025, 3, 3) + timedelta(days=chance.randrange(600))
        if day.isoweekday() <= 5 and day.month in {3, 7, 8, 11, 12} and 6 < day.day < 29:
            return day, weekday_before(day), weekday_before(weekday_before(day))


def points_of(chance):
    """The points of one day, and its date."""
    day, last, before = three_days(chance)
    points = Points()
    a00 = chance.randrange(1800, 2500) * 10
    move = chance.choice([0, 10, -10, 60, -60, 310, -310, 700, -700])
    _two(points, "AL-A00-SHANGHAI", (before, last), (a00, a00 + move), 20, "included")
    adc12 = chance.randrange(390, 470) * 50
    step = chance.choice([0, 50, -50, 100, -100, 300, -300])
    _two(points, "ADC12", (before, last), (adc12, adc12 + step), 50, "included")
    contract, older = chance.choice([("AD2605", "AD2605"), ("AD2606", "AD2605")])
    points.put_roll("AD-MAIN", before - timedelta(days=20), older)
    points.put_roll("AD-MAIN", day, contract)
    futures = (adc12 + step - chance.choice([-400, -5, 0, 5, 380, 830])) // 5 * 5
    for when, spot in ((before, adc12), (last, adc12 + step)):
        value = spot - (futures if when == last else futures + chance.choice([0, 45, -60]))
        if chance.random() < 0.95:
            points.put("ADC12-PREMIUM", when, value, value, value, "CNY/t", tax="included")
    _sessions(points, chance, (day, last, before), contract, futures)
    _scrap(points, chance, (before, last), a00)
    _silicon(points, chance, (before, last))
    _abroad(points, chance, (before, last))
    _stocks(points, chance, (before, last))
    return points, day


def _two(points, series, days, mids, half, tax):
    for day, mid in zip(days, mids, strict=True):
        points.put(series, day, mid - half, mid, mid + half, "CNY/t", tax=tax)


def _session(chance, open_, spread):
    low = open_ - chance.randrange(0, spread) * 5
    high = open_ + chance.randrange(0, spread) * 5
    close = chance.randrange(low // 5, high // 5 + 1) * 5
    return {"open": open_, "low": low, "high": high, "close": close}


def _sessions(points, chance, days, contract, near):
    day, last, before = days
    interest = chance.randrange(4000, 26000)
    previous = _session(chance, near, 20)
    for when, numbers in ((before, _session(chance, near, 20)), (last, previous)):
        points.put_session(
            "AD-MAIN", when, "day", contract,
            {**numbers, "volume": chance.randrange(3000, 15000), "open_interest": interest},
            event_time=datetime.combine(when, time(7), UTC),
        )  # fmt: skip
    if chance.random() < 0.5:
        points.put_session(
            "AD-MAIN", last, "night", contract,
            {**_session(chance, near, 15), "volume": chance.randrange(800, 3000)},
            event_time=datetime.combine(before, time(17), UTC),
        )  # fmt: skip
    if chance.random() < 0.9:
        opened = previous["close"] + chance.choice([-25, -5, 0, 5, 30])
        night = _session(chance, opened, chance.choice([2, 12, 40]))
        start = datetime.combine(last, time(13), UTC)
        inner = [night["low"], night["high"]]
        chance.shuffle(inner)
        walked = [night["open"], *inner, night["close"]]
        points.put_session(
            "AD-MAIN", day, "night", contract,
            {**night, "volume": chance.randrange(800, 3000), "open_interest": interest + chance.randrange(-900, 900)},
            event_time=datetime.combine(last, time(17), UTC),
            path=[(start + timedelta(minutes=40 * i), price, 100) for i, price in enumerate(walked)],
        )  # fmt: skip


def _scrap(points, chance, days, a00):
    for series, off in (("SCRAP-UBC", 5300), ("SCRAP-TENSE", 3700)):
        for day in days:
            low = (a00 - off) // 50 * 50 + chance.choice([-100, 0, 50])
            points.put(series, day, low, middle(low, low + 500), low + 500, "CNY/t", tax="excluded")
    for region in REGIONS:
        low, high = chance.choice([(-300, -100), (-100, 0), (0, 0), (0, 100), (50, 200), (-50, 50)])
        points.put(
            f"SCRAP-UBC-{region}", days[1], low, middle(low, high), high, "CNY/t", tax="excluded"
        )


def _silicon(points, chance, days):
    still = chance.random() < 0.5
    for index, grade in enumerate(GRADES):
        low = 9000 + 150 * index
        for day in days:
            moved = low if still else low + chance.choice([0, 50])
            points.put(f"SI-{grade}", day, moved, middle(moved, moved + 200), moved + 200, "CNY/t")


def _abroad(points, chance, days):
    low = chance.randrange(230, 275) * 10
    for day in days:
        shown = low + chance.choice([0, 0, 5, -10, 30])
        points.put("ADC12-OVERSEAS", day, shown, middle(shown, shown + 30), shown + 30, "USD/t")
        profit = chance.choice([-520, -31, 0, 13, 306, 467])
        if chance.random() < 0.9:
            points.put("ADC12-IMPORT-PROFIT", day, profit, profit, profit, "CNY/t")


def _stocks(points, chance, days):
    if chance.random() < 0.5:
        totals = [0, 0]
        for region in WARRANTS:
            level = chance.randrange(500, 24000)
            for index, day in enumerate(days):
                level += chance.choice([0, 0, 30, -60, 391])
                totals[index] += level
                points.put_level(f"AD-WARRANTS-{region}", day, level, "t")
        for day, total in zip(days, totals, strict=True):
            points.put_level("AD-WARRANTS", day, total, "t")
    if chance.random() < 0.3:
        for day in days:
            points.put_level("ADC12-INVENTORY", day, chance.randrange(20000, 60000), "t")


WRITTEN = {
    "report": "cast-alloy-morning", "analyst": "P-01",
    "forecast": [{"key": "forecast.tense", "low": "18200", "high": "18700", "unit": "CNY/t",
                  "tax": "excluded", "horizon": "this_week"}],
    "news": [{"source": "a notice", "en": "A rule of {date:2026} was made public.", "zh": "{date:2026}年的规定已公开。"}],
    "tags": {"demand": "weak", "market": "quiet", "supports": ["high_costs"], "drags": ["imports", "high_stocks"],
             "evidence": dict.fromkeys(("weak", "quiet", "high_costs", "imports", "high_stocks"), "desk")},
    "outlook": {"tag": "rangebound", "horizon": "short_term"},
}  # fmt: skip


def editorial():
    found, findings = read_editorial(WRITTEN, REPORT, PHRASES)
    assert findings == []
    return found


def facts_of(seed):
    """The facts of the day of this seed."""
    chance = random.Random(seed)
    points, day = points_of(chance)
    published = datetime.combine(day, time(9, 6), UTC) - ZONE_HOURS
    facts, _ = gather(points, REPORT, day, published)
    return facts


def comments_of(seed):
    """English and Chinese comment of the day of this seed."""
    facts = facts_of(seed)
    wrote = editorial()
    return tuple(COMPOSER.compose(facts, wrote, language) for language in ("en", "zh"))
