"""A clean comment in our own sentences with made-up figures, and ways to spoil it.

Each figure was chosen by hand so that everything agrees: 20,430 - 60 = 20,370 is the
previous close, 60 / 20,370 = 0.2945 %, the regions sum to 51,200 and to +140.
"""

HEADLINE = "Alloy futures rose overnight as scrap stayed tight [Alloy Morning Comment]"
BYLINE = "Published: Mar 18, 2026 09:05"
HEADER = "3.18 Alloy Morning Comment"
FUTURES = (
    "Futures: The most-traded cast aluminum alloy 2605 contract opened at 20,390 yuan/mt overnight, "
    "hit a high of 20,480 yuan/mt and a low of 20,355 yuan/mt, and closed at 20,430 yuan/mt, "
    "up 60 yuan/mt or 0.29% from the previous close. Trading volume was 1,240 lots, and open interest "
    "was 11,310 lots (+92), with bulls adding positions."
)
SPREAD = (
    "Spot-Futures Price Spread Report: On March 17, the ADC12 spot price stood at a theoretical premium of "
    "470 yuan/mt over the 10:15 price of the most-traded cast aluminum alloy contract (AD2605)."
)
WARRANTS = (
    "Warrant Report: On March 17, the total registered volume of cast aluminum alloy warrants was 51,200 mt, "
    "up 140 mt from the previous trading day. By region: Shanghai 4,000 mt, unchanged; Guangdong 17,200 mt, "
    "up 200 mt; Jiangsu 9,000 mt, down 60 mt; Zhejiang 16,000 mt, unchanged; Chongqing 5,000 mt, unchanged."
)
INDUSTRY = (
    "Industry News: Unwrought alloy imports in February were 61,000 mt, down 4.0% MoM and up 9.1% YoY, "
    "a record high for the season."
)
SCRAP = (
    "Aluminum Scrap: On Tuesday, the spot price of primary aluminum rose from the previous trading day, with "
    "the A00 spot price closing at 21,150 yuan/mt. Scrap followed the rise. Baled UBC was offered at "
    "15,900-16,300 yuan/mt (ex-tax), and shredded aluminum tense scrap at 17,600-18,100 yuan/mt (ex-tax)."
)
SILICON = (
    "Silicon Metal: On March 17, prices in east China were oxygen-blown #553 at 9,000-9,200 yuan/mt and "
    "#441 at 9,300-9,500 yuan/mt."
)
OVERSEAS = "Overseas market: Overseas ADC12 offers held at $2,510-2,540/mt, with real-time import profit around 250 yuan/mt."
SUMMARY = (
    "Summary: On Tuesday, the A00 aluminum price rose by 110 yuan/mt to 21,150 yuan/mt; the ADC12 price rose by "
    "50 yuan/mt to 20,850 yuan/mt. ADC12 prices are expected to hold up well in the short term."
)
PARTS = {
    "headline": HEADLINE, "byline": BYLINE, "header": HEADER, "futures": FUTURES, "spread": SPREAD,
    "warrants": WARRANTS, "industry": INDUSTRY, "scrap": SCRAP, "silicon": SILICON,
    "overseas": OVERSEAS, "summary": SUMMARY,
}  # fmt: skip


def comment(**changed):
    """The clean comment with some parts replaced ("" leaves a part out)."""
    return "\n\n".join(part for part in {**PARTS, **changed}.values() if part)


def spoiled(old, new):
    """The clean comment with one phrase replaced everywhere; the phrase must be there."""
    text = comment()
    assert old in text, old
    return text.replace(old, new)


FACTS = {
    "date": "2026-03-18", "published": "2026-03-18", "header": "3.18", "dateline": "2026-03-18",
    "futures": [{
        "contract": "AD2605", "session": "night", "open": "20390", "high": "20480", "low": "20355",
        "close": "20430", "change": "60", "change_base": "previous_close", "pct": "0.29",
        "volume": "1240", "volume_change": "-310", "open_interest": "11310", "oi_change": "92",
    }],
    "spread": {"asof": "2026-03-17", "contract": "AD2605", "premium": "470", "direction": "premium",
               "time": "10:15"},
    "a00": {"date": "2026-03-17", "price": "21150", "change": "110"},
    "adc12": {"date": "2026-03-17", "avg": "20850", "low": "20800", "high": "20900", "change": "50"},
    "scrap": {"ubc": ["15900", "16300"], "tense": ["17600", "18100"], "tax": "excluded"},
    "warrants": {"total": "51200", "change": "140", "regions": {
        "Shanghai": ["4000", "0"], "Guangdong": ["17200", "200"], "Jiangsu": ["9000", "-60"],
        "Zhejiang": ["16000", "0"], "Chongqing": ["5000", "0"]}},
    "overseas": {"usd": ["2510", "2540"], "import_profit": ["250", "250"]},
}  # fmt: skip
