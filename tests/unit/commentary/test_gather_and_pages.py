"""Gathering on odd days, pages and pictures, other metals, and the whole way over a ledger."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from assay.commentary.acts import (
    approve_comment,
    changed_since,
    draft_comment,
    next_revision,
    publish_comment,
)
from assay.commentary.build import House, build, build_from, write
from assay.commentary.charts import chart, title_of
from assay.commentary.checker import check_file, check_text
from assay.commentary.compose import Composer
from assay.commentary.drawing import px, scale_of, ticks
from assay.commentary.gather import gather
from assay.commentary.page import html_page
from assay.commentary.pdf import pdf_bytes, quoted
from assay.commentary.points import Points
from assay.core import Refused, Severity
from assay.ledger import Draft, Ledger
from tests.unit.commentary.day import (
    DAY,
    PUBLISHED,
    ROOT,
    T1,
    T2,
    bare_editorial,
    demo_comments,
    demo_points,
    phrases,
    report,
)

PHRASES, REPORT = phrases(), report()


def bare(points, language="en", name="cast-alloy-morning"):
    rules = report(name)
    facts, findings = gather(points, rules, DAY, PUBLISHED)
    return Composer(rules, PHRASES).compose(facts, bare_editorial(name), language), findings


def texts(comment):
    return {each.id: each.text for part in comment.sections for each in part.sentences}


def test_after_a_holiday_there_is_no_night_session():
    """2026-01-05 is the first trading day after the closure of 2026-01-01 and 02."""
    turned = {T2: date(2025, 12, 30), T1: date(2025, 12, 31), DAY: date(2026, 1, 5)}
    points = demo_points()
    points.trading = [
        replace(each, day=turned[each.day]) for each in points.trading if each.session == "day"
    ]
    points.prices = {
        (name, turned[day]): replace(point, day=turned[day])
        for (name, day), point in points.prices.items()
    }
    points.put_session(
        "AD-MAIN", date(2025, 12, 30), "day", "AD2603", {"open": "21500", "close": "21570"},
        event_time=datetime(2025, 12, 30, 7, 0, tzinfo=UTC),
    )  # fmt: skip
    house = House.load(ROOT / "reference", "cast-alloy-morning")
    built = build(points, house, date(2026, 1, 5), formats=())
    said = texts(built.comments["en"])
    assert said["fut.open"].startswith("There was no night session before this trading day.")
    assert "December 31" in said["fut.open"]
    assert built.comments["en"].headline.text == (
        "A00 fell sharply, alloy futures fell in the last session"
    )
    assert built.comments["zh"].headline.text == ("A00铝价大幅下跌 铸造铝合金期货上一交易时段下跌")
    assert built.publishable, [str(each) for each in built.findings]


def test_a_night_that_was_not_recorded_is_not_told_as_a_closure():
    points = demo_points()
    points.trading = [each for each in points.trading if each.session == "day"]
    comment, findings = bare(points)
    assert texts(comment)["fut.open"].startswith(
        "No night session is on record for this trading day."
    )
    assert "December 30" in texts(comment)["fut.open"]
    assert "overnight" not in comment.headline.text
    assert not [each for each in findings if each.severity is Severity.ERROR]


def test_scrap_follows_only_when_it_moved_the_same_way():
    points = demo_points()
    assert "followed the decline" in texts(bare(points)[0])["scrap.a00"]
    for series in ("SCRAP-UBC", "SCRAP-TENSE"):
        then = points.prices[series, T2]
        points.prices[series, T1] = replace(then, day=T1)
    assert texts(bare(points)[0])["scrap.a00"].endswith("and the scrap market held steady.")
    points.put("SCRAP-UBC", T1, "17000", "17200", "17400", "CNY/t", tax="excluded")
    assert texts(bare(points)[0])["scrap.a00"].endswith("and the scrap market rose of its own.")
    del points.prices["SCRAP-UBC", T2]
    assert texts(bare(points)[0])["scrap.a00"] == (
        "On Tuesday, the A00 spot price fell sharply from the previous trading day to 22,180 yuan/mt."
    )


def test_a_section_older_than_its_limit_is_stale():
    points = demo_points()
    for day in (date(2025, 12, 10), date(2025, 12, 11)):
        points.put_level("ADC12-INVENTORY", day, "51000", "t")
    comment, _findings = bare(points)
    assert ("Inventory", "the last figure is too old") in comment.absent
    assert "inventory.level" not in comment.used()
    points.put_level("ADC12-INVENTORY", date(2025, 12, 25), "50400", "t")
    assert texts(bare(points)[0])["inventory.level"] == (
        "On December 25, social inventory of the alloy fell by 600 mt to 50,400 mt."
    )


@pytest.mark.parametrize(
    ("premium", "before", "english", "chinese"),
    [
        ("0", "60", ("On December 30, the ADC12 spot price stood at theoretical parity with the 10:15 price of "
         "the most-traded cast aluminum alloy contract (AD2602): both at 22,300 yuan/mt."),
         "12月30日，ADC12现货价格对铸造铝合金主力合约（AD2602）10:15价格理论平水，均为22300元/吨。"),
        ("-120", "60", ("On December 30, the ADC12 spot price turned to a theoretical discount of 120 yuan/mt against the "
         "10:15 price of the most-traded cast aluminum alloy contract (AD2602): 22,300 less 22,420. "
         "The trading day before it was a premium of 60 yuan/mt."),
         ("12月30日，ADC12现货价格对铸造铝合金主力合约（AD2602）10:15价格转为理论贴水120元/吨（22300减22420），"
         "前一交易日为升水60元/吨。")),
        ("-120", "0", ("On December 30, the theoretical discount of the ADC12 spot price against the 10:15 price of the "
         "most-traded cast aluminum alloy contract (AD2602) came to 120 yuan/mt: 22,300 less 22,420. "
         "The trading day before it was at parity."),
         ("12月30日，ADC12现货价格对铸造铝合金主力合约（AD2602）10:15价格的理论贴水为120元/吨（22300减22420），"
         "前一交易日为平水。")),
    ],
)  # fmt: skip
def test_spreads_of_every_side_read_as_sentences(premium, before, english, chinese):
    points = demo_points()
    points.put("ADC12-PREMIUM", T2, before, before, before, "CNY/t")
    points.put("ADC12-PREMIUM", T1, premium, premium, premium, "CNY/t")
    assert texts(bare(points)[0])["spread.premium"] == english
    assert texts(bare(points, "zh")[0])["spread.premium"] == chinese
    from assay.commentary.text import plain_text

    for language in ("en", "zh"):
        assert check_text(plain_text(bare(points, language)[0], PHRASES)) == []


@pytest.mark.parametrize(
    ("now", "before", "english", "chinese"),
    [
        ("-50", "300", ("The real-time import loss was around 50 yuan/mt, after a profit of around 300 yuan/mt the "
         "trading day before."), "即时进口亏损50元/吨左右，前一交易日为盈利300元/吨左右。"),
        ("300", "450", ("The real-time import profit was around 300 yuan/mt, narrower than around 450 yuan/mt the trading "
         "day before."), "即时进口盈利300元/吨左右，较前一交易日的450元/吨左右收窄。"),
        ("-300", "10", ("The real-time import loss was around 300 yuan/mt, after a result near break-even the trading day "
         "before."), "即时进口亏损300元/吨左右，前一交易日接近盈亏平衡。"),
        ("300", "310", "The real-time import profit was around 300 yuan/mt, unchanged from the trading day before.",
         "即时进口盈利300元/吨左右，与前一交易日持平。"),
    ],
)  # fmt: skip
def test_import_results_of_every_side_read_as_sentences(now, before, english, chinese):
    points = demo_points()
    points.put("ADC12-IMPORT-PROFIT", T2, before, before, before, "CNY/t")
    points.put("ADC12-IMPORT-PROFIT", T1, now, now, now, "CNY/t")
    assert texts(bare(points)[0])["overseas.import"] == english
    assert texts(bare(points, "zh")[0])["overseas.import"] == chinese


def test_without_any_session_the_required_section_blocks():
    points = demo_points()
    points.trading = []
    comment, findings = bare(points)
    assert (
        "Futures",
        "no session is on record, neither this night's nor the day's before",
    ) in comment.absent
    assert [each.where for each in findings if each.severity is Severity.ERROR] == [
        "futures on 2025-12-31"
    ]
    assert [each.id for each in comment.lede] == ["sum.a00", "sum.adc12"]


def test_a_price_that_was_not_assessed_gives_the_reason():
    points = demo_points()
    points.put("ADC12-PREMIUM", T1, None, None, None, "CNY/t", status="not_assessed")
    comment, _ = bare(points)
    assert ("Spot-Futures Price Spread", "the price was not assessed") in comment.absent


def test_an_old_price_is_stale_and_never_reprinted():
    points = demo_points()
    del points.prices["ADC12-OVERSEAS", T1]
    comment, _ = bare(points)
    assert ("Overseas Market", "the last figure is too old") in comment.absent


def test_like_is_compared_with_like():
    points = demo_points()
    points.put_session(
        "AD-MAIN", T1, "night", "AD2603", {"volume": "2140", "close": "21580"},
        event_time=datetime(2025, 12, 29, 17, 0, tzinfo=UTC),
    )  # fmt: skip
    comment, _ = bare(points)
    assert (
        texts(comment)["fut.volume"]
        == "Trading volume was 1,830 lots (-310), lower than the night before."
    )


def test_the_order_of_the_extremes_comes_from_the_path():
    points = demo_points()
    night = points.trading[-1]
    points.trading[-1] = type(night)(
        night.series, night.day, night.session, night.contract, night.numbers,
        tuple((at, price, lots) for (at, _, lots), price in zip(night.path, (Decimal(p) for p in (21485, 21600, 21550, 21500, 21470, 21450, 21425, 21440, 21460, 21480)), strict=True)),
        night.seq, night.event_time,
    )  # fmt: skip
    assert texts(bare(points)[0])["fut.path"] == (
        "The price first rose to 21,600 yuan/mt, then fell to 21,425 yuan/mt, before recovering towards the close."
    )
    points.trading[-1] = type(night)(
        night.series,
        night.day,
        night.session,
        night.contract,
        night.numbers,
        (),
        night.seq,
        night.event_time,
    )
    assert (
        texts(bare(points)[0])["fut.path"]
        == "The session had a high of 21,600 yuan/mt and a low of 21,425 yuan/mt."
    )


def test_warrants_and_inventory_when_there_are_some():
    points = demo_points()
    for region, levels in {
        "SH": (4000, 4000),
        "GD": (17000, 17200),
        "JS": (9060, 9000),
        "ZJ": (16000, 16000),
        "CQ": (5000, 5000),
        "SC": (0, 0),
    }.items():
        for day, level in zip((T2, T1), levels, strict=True):
            points.put_level(f"AD-WARRANTS-{region}", day, level, "t")
    for day, level in ((T2, 51060), (T1, 51200)):
        points.put_level("AD-WARRANTS", day, level, "t")
        points.put_level("ADC12-INVENTORY", day, level, "t")
    comment, _ = bare(points)
    assert texts(comment)["warrants.total"].startswith(
        "On December 30, the total registered volume of cast aluminum alloy warrants was 51,200 mt (+140 mt). By region: Shanghai 4,000 mt (unchanged); "
    )
    assert texts(comment)["inventory.level"] == (
        "On December 30, social inventory of the alloy rose by 140 mt to 51,200 mt."
    )


@pytest.mark.parametrize(
    ("name", "code", "word"),
    [("copper-morning", "CU", "copper"), ("nickel-morning", "NI", "nickel")],
)
def test_another_metal_is_another_file(name, code, word):
    points = Points()
    points.put_roll(f"{code}-MAIN", date(2025, 12, 1), f"{code}2602")
    for day, mid in ((T2, 98000), (T1, 95000)):
        points.put(
            {"CU": "CU-CATHODE", "NI": "NI-REFINED"}[code], day, mid - 100, mid, mid + 100, "CNY/t"
        )
        points.put_level(f"{code}-PREMIUM", day, 120 if day == T1 else 90, "CNY/t")
    evening = datetime(2025, 12, 30, 17, tzinfo=UTC)
    for series, contract, shift in (
        (f"{code}-MAIN", f"{code}2602", 0),
        (f"LME-{code}", "LME", -85000),
    ):
        close = 95000 + shift
        points.put_session(
            series, T1, "day", contract, {"close": close, "open_interest": "200000", "volume": "90000"},
            event_time=evening - timedelta(hours=10),
        )  # fmt: skip
        points.put_session(
            series, DAY, "night", contract,
            {"open": close, "low": close - 300, "high": close + 100, "close": close - 100, "volume": "40000", "open_interest": "203000"},
            event_time=evening,
        )  # fmt: skip
    comment, findings = bare(points, name=name)
    assert not [each for each in findings if each.severity is Severity.ERROR]
    said = texts(comment)
    assert (
        said["fut.open"]
        == f"The most-traded SHFE {word} contract {code}2602 opened at 95,000 yuan/mt overnight."
    )
    assert said["lme.close"].startswith(
        "It closed at $9,900/mt, down $100/mt or 1.00% from the previous close of $10,000/mt."
    )
    from assay.commentary.text import plain_text

    assert check_text(plain_text(comment, PHRASES)) == []


def test_the_page_links_every_number_and_fetches_nothing():
    for comment in demo_comments()[0]:
        page = html_page(comment, REPORT, PHRASES)
        targets = set(re.findall(r'<li id="([^"]+)"', page))
        links = re.findall(r'href="#([^"]+)"', page)
        assert links
        assert set(links) <= targets
        assert "/journal/" in page
        assert not re.search(r"<script|<link|src=|@import|url\(", page)
        assert page.count("<svg") == 4
        assert check_text(page) == []


def test_html_is_escaped():
    comment = demo_comments(("en",))[0][0]
    comment.facts.facts["fut.contract"] = type(comment.facts["fut.contract"])(
        "fut.contract", "identifier", words="<b>&"
    )
    assert "<b>&" not in html_page(comment, REPORT, PHRASES)


def test_the_pdf_has_reproducible_bytes_in_both_languages():
    for comment in demo_comments()[0]:
        first = pdf_bytes(comment, REPORT, PHRASES)
        assert first.startswith(b"%PDF")
        assert first == pdf_bytes(comment, REPORT, PHRASES)


def test_typst_strings_are_quoted():
    assert quoted('a"b\\c#[x]') == '"a\\"b\\\\c#[x]"'


def test_scales_are_exact_and_ticks_round():
    scale = scale_of([Decimal(21425), Decimal(21600)], 100, 0)
    assert [int(each) for each in ticks(scale)] == [21450, 21500, 21550, 21600]
    assert px(scale.at(scale.low)) == "100"
    assert px(Decimal("12.34")) == "12.3"
    flat = scale_of([Decimal(5)], 0, 10)
    assert px(flat.at(5)) == "5"


def ledger_of(tmp_path):
    """A home with the demo day's figures as imported prices and market facts."""
    clock = lambda: datetime(2025, 12, 31, 1, 0, tzinfo=UTC)  # noqa: E731 - a fixed clock
    ledger = Ledger.create(tmp_path / "home", clock, agency="test")
    points, drafts = demo_points(), []
    for (series, day), point in points.prices.items():
        drafts.append(Draft("price.imported/1", "system", {
            "series": series, "pricing_date": day.isoformat(), "low": str(point.low), "mid": str(point.mid),
            "high": str(point.high), "unit": point.unit, "source": "test", "tax": point.tax or None,
            "claimed_at": f"{day.isoformat()}T02:16:00Z",
        }))  # fmt: skip
    for series, since, contract, _ in points.rolls:
        drafts.append(Draft("contract.rolled/1", "system", {
            "series": series, "since": since.isoformat(), "contract": contract, "previous": None, "rule": "test",
        }))  # fmt: skip
    for each in points.trading:
        content = {name: str(number) for name, number in each.numbers.items()}
        if each.path:
            content["path"] = [
                [at.isoformat(), str(price), str(lots)] for at, price, lots in each.path
            ]
        drafts.append(Draft("market.recorded/1", "system", {
            "series": each.series, "date": each.day.isoformat(), "content": content, "unit": "CNY/t", "source": "test",
            "event_time": each.event_time.isoformat(), "session": each.session, "contract": each.contract,
        }))  # fmt: skip
    ledger.append(drafts)
    return ledger


def test_from_the_ledger_to_a_published_revision(tmp_path):
    ledger = ledger_of(tmp_path)
    house = House.load(ROOT / "reference", "cast-alloy-morning")
    document = ROOT / "examples/agency/comment-2025-12-31.toml"
    built = build_from(
        ledger, house, DAY, editorial=document, formats=("html", "txt", "json", "md")
    )
    assert built.publishable
    assert [each.code for each in built.findings] == ["commentary.section_absent"] * 2
    from_points = demo_comments()[0]
    assert [s.text for s in built.comments["zh"].sentences()] == [
        s.text for s in from_points[1].sentences()
    ]
    paths = write(built, tmp_path / "out")
    assert len(paths) == 9
    assert (
        check_file(tmp_path / "out/cast-alloy-morning-2025-12-31.facts.json")[0].code
        == "roll.unstated"
    )
    facts = json.loads((tmp_path / "out/cast-alloy-morning-2025-12-31.en.json").read_text("utf-8"))
    close = next(each for each in facts["facts"] if each["key"] == "fut.close")
    assert (close["low"], close["contract"], close["session"]) == ("21480", "AD2603", "night")
    assert close["entries"]

    drafted = draft_comment(ledger, built, actor="P-01", editorial=document)
    text = ledger.evidence.get(
        drafted.body["files"]["cast-alloy-morning-2025-12-31.en.txt"]
    ).decode()
    assert "Approved by a second person" in text
    assert "Draft" in built.files["cast-alloy-morning-2025-12-31.en.txt"].decode()
    assert check_text(text) == []
    with pytest.raises(Refused, match="same_person"):
        approve_comment(ledger, house.report.id, DAY, built.content, actor="P-01")
    with pytest.raises(Refused, match="void"):
        approve_comment(ledger, house.report.id, DAY, "sha256:other", actor="P-03")
    with pytest.raises(Refused, match="state"):
        publish_comment(ledger, house.report.id, DAY, actor="P-03")
    approve_comment(ledger, house.report.id, DAY, built.content, actor="P-03")
    publish_comment(ledger, house.report.id, DAY, actor="P-03")

    assert next_revision(ledger, house.report.id, DAY) == 1
    corrected = demo_points().prices["ADC12", T1]
    assert corrected.mid == Decimal(22300)
    assert changed_since(ledger, built) == {"en": [], "zh": []}
    again = build_from(ledger, house, DAY, editorial=document, formats=("txt",), revision=1)
    with pytest.raises(Refused, match="reason"):
        draft_comment(ledger, again, actor="P-01", editorial=document)
    draft_comment(ledger, again, actor="P-01", editorial=document, reason="a digit of the quote")
    assert again.content != built.content
    ledger.close()


def test_a_blocked_comment_is_not_drafted(tmp_path):
    ledger = ledger_of(tmp_path)
    house = House.load(ROOT / "reference", "cast-alloy-morning")
    points = demo_points()
    points.trading = []
    built = build(points, house, DAY, published=PUBLISHED, formats=("txt",))
    with pytest.raises(Refused, match="blocked"):
        draft_comment(ledger, built, actor="P-01")
    ledger.close()


def test_unknown_reports_and_formats_are_refused():
    with pytest.raises(Refused, match="known reports"):
        House.load(ROOT / "reference", "tin-morning")
    house = House.load(ROOT / "reference", "cast-alloy-morning")
    with pytest.raises(Refused, match="formats"):
        build(demo_points(), house, DAY, published=PUBLISHED, formats=("docx",))


def test_pictures_say_what_they_show():
    points = demo_points()
    night = bare(points)[0]
    assert title_of("session", night) == "Night session: price, volume, open interest"
    drawn = chart("session", night, REPORT)
    assert ">16,097</text>" in drawn
    assert ">15,866</text>" in drawn
    assert ">16097</text>" in chart("session", bare(points, "zh")[0], REPORT)
    assert title_of("scrap", night) == "A00 with VAT less scrap ex-tax"
    points.trading = [each for each in points.trading if each.session == "day"]
    at = datetime(2025, 12, 30, 1, 0, tzinfo=UTC)
    points.trading = [
        replace(each, path=((at, Decimal(21570), Decimal(90)), (at + timedelta(hours=5), Decimal(21475), Decimal(70))))
        for each in points.trading
    ]  # fmt: skip
    assert title_of("session", bare(points)[0]) == "Day session: price, volume, open interest"


def test_a_derived_row_leads_to_its_operands():
    page = html_page(demo_comments()[0][0], REPORT, PHRASES)
    row = next(line for line in page.split("<li ") if line.startswith('id="fut.change"'))
    assert '<a href="#fut.close">fut.close</a> - <a href="#fut.base">fut.base</a>' in row
