"""The demo day as points: figures of examples/agency/FIGURES.toml, typed in here by hand."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from assay.commentary.compose import Composer
from assay.commentary.editor import Editorial, load_editorial
from assay.commentary.gather import gather
from assay.commentary.phrases import Phrases
from assay.commentary.points import Points, middle
from assay.commentary.specification import load_report

ROOT = Path(__file__).resolve().parents[3]
DAY, T1, T2 = date(2025, 12, 31), date(2025, 12, 30), date(2025, 12, 29)
PUBLISHED = datetime(2025, 12, 31, 1, 6, tzinfo=UTC)
REGIONS_FIRST, REGIONS_SECOND = ("SH", "ZJ", "JS", "TJ", "SD"), ("GZ", "HA", "JX", "HB")
SILICON = {
    "SI-553N": ("9100", "9300"), "SI-553O": ("9200", "9300"), "SI-521": ("9300", "9500"),
    "SI-441": ("9300", "9500"), "SI-421": ("9500", "9800"), "SI-421-SILICONE": ("9800", "10200"),
    "SI-3303": ("10200", "10500"),
}  # fmt: skip
NIGHT = [
    (0, "21485"), (20, "21455"), (40, "21425"), (60, "21450"), (80, "21490"), (100, "21540"),
    (120, "21600"), (150, "21560"), (180, "21510"), (239, "21480"),
]  # fmt: skip


def phrases():
    return Phrases.load(ROOT / "reference/phrases/comment.toml")


def report(name="cast-alloy-morning"):
    return load_report(ROOT / f"reference/reports/{name}.toml")


def demo_points():
    points = Points()
    points.put_roll("AD-MAIN", date(2025, 12, 1), "AD2602")
    points.put_roll("AD-MAIN", DAY, "AD2603")
    for day, mid in ((T2, "22490"), (T1, "22180")):
        points.put(
            "AL-A00-SHANGHAI", day, int(mid) - 20, mid, int(mid) + 10, "CNY/t", tax="included"
        )
    for day, mid in ((T2, "22400"), (T1, "22300")):
        points.put("ADC12", day, int(mid) - 50, mid, int(mid) + 50, "CNY/t", tax="included")
    points.put("ADC12-PREMIUM", T2, "810", "810", "810", "CNY/t")
    points.put("ADC12-PREMIUM", T1, "830", "830", "830", "CNY/t")
    for series, before, now in (
        ("SCRAP-UBC", ("16900", "17300"), ("16700", "17100")),
        ("SCRAP-TENSE", ("18500", "19000"), ("18300", "18800")),
    ):
        for day, (low, high) in ((T2, before), (T1, now)):
            points.put(series, day, low, middle(low, high), high, "CNY/t", tax="excluded")
    for region in REGIONS_FIRST:
        points.put(f"SCRAP-UBC-{region}", T1, "-300", "-200", "-100", "CNY/t", tax="excluded")
    for region in REGIONS_SECOND:
        points.put(f"SCRAP-UBC-{region}", T1, "-100", "-50", "0", "CNY/t", tax="excluded")
    for series, (low, high) in SILICON.items():
        for day in (T2, T1):
            points.put(series, day, low, middle(low, high), high, "CNY/t")
    points.put("ADC12-OVERSEAS", T2, "2655", "2670", "2685", "USD/t")
    points.put("ADC12-OVERSEAS", T1, "2660", "2675", "2690", "USD/t")
    points.put("ADC12-IMPORT-PROFIT", T1, "300", "300", "300", "CNY/t")
    night = datetime(2025, 12, 30, 13, 0, tzinfo=UTC)
    points.put_session(
        "AD-MAIN", T1, "day", "AD2603",
        {"open": "21570", "high": "21610", "low": "21440", "close": "21475", "settlement": "21505",
         "volume": "9685", "open_interest": "15866"},
        event_time=datetime(2025, 12, 30, 7, 0, tzinfo=UTC),
    )  # fmt: skip
    points.put_session(
        "AD-MAIN", DAY, "night", "AD2603",
        {"open": "21485", "high": "21600", "low": "21425", "close": "21480", "volume": "1830",
         "open_interest": "16097"},
        event_time=datetime(2025, 12, 30, 17, 0, tzinfo=UTC),
        path=[(night + timedelta(minutes=minute), price, "183") for minute, price in NIGHT],
    )  # fmt: skip
    return points


def editorial(rules, words):
    found, findings = load_editorial(ROOT / "examples/agency/comment-2025-12-31.toml", rules, words)
    assert findings == []
    return found


def demo_comments(languages=("en", "zh")):
    rules, words = report(), phrases()
    facts, findings = gather(demo_points(), rules, DAY, PUBLISHED)
    composer = Composer(rules, words)
    wrote = editorial(rules, words)
    return [composer.compose(facts, wrote, language) for language in languages], findings


def bare_editorial(name="cast-alloy-morning"):
    return Editorial(name)


def toml(text):
    return tomllib.loads(text)
