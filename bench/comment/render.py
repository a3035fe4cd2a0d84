"""How fast a comment is rendered, with all pictures; side by side with WeasyPrint.

    python bench/comment/render.py [--rounds 20]

The day is a made-up one with 30 days of history and a session of 240 minutes. HTML and PDF
are rendered warm, each round with another contact line, so that nothing can be remembered.
WeasyPrint gets the same HTML and pictures and the same font file.
"""

import argparse
import statistics
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from assay.commentary.checker import check_text  # noqa: E402
from assay.commentary.compose import Composer  # noqa: E402
from assay.commentary.gather import gather  # noqa: E402
from assay.commentary.page import html_page  # noqa: E402
from assay.commentary.pdf import _font_folder, pdf_bytes  # noqa: E402
from assay.commentary.text import plain_text  # noqa: E402
from tests.unit.commentary.day import DAY, PUBLISHED, demo_points, editorial, phrases, report  # noqa: E402


def full_points():
    """The demo day with a month of history and a session in minutes."""
    points = demo_points()
    day, index = date(2025, 12, 26), 0
    while index < 28:
        if day.isoweekday() <= 5:
            shift = (index * 37) % 23 * 10
            points.put(
                "AL-A00-SHANGHAI",
                day,
                22000 + shift,
                22020 + shift,
                22040 + shift,
                "CNY/t",
                tax="included",
            )
            adc12 = 22300 + shift // 50 * 50
            points.put("ADC12", day, adc12 - 50, adc12, adc12 + 50, "CNY/t", tax="included")
            points.put("ADC12-PREMIUM", day, 700 + shift, 700 + shift, 700 + shift, "CNY/t")
            points.put("SCRAP-UBC", day, 16700, 16900 + shift // 2, 17100, "CNY/t", tax="excluded")
            points.put(
                "SCRAP-TENSE", day, 18300, 18550 + shift // 2, 18800, "CNY/t", tax="excluded"
            )
            index += 1
        day -= timedelta(days=1)
    night = points.trading[-1]
    start = datetime(2025, 12, 30, 13, 0, tzinfo=UTC)
    prices = [21485, *(21425 + (minute * 7) % 35 * 5 for minute in range(238)), 21480]
    points.trading.pop()
    points.put_session(
        "AD-MAIN", DAY, "night", "AD2603", {name: str(each) for name, each in night.numbers.items()},
        event_time=night.event_time,
        path=[(start + timedelta(minutes=minute), price, minute % 13 + 1) for minute, price in enumerate(prices)],
    )  # fmt: skip
    return points


def timed(work, rounds):
    """Median and worst of `rounds` runs of work(round), in milliseconds."""
    found = []
    for index in range(rounds):
        begun = time.perf_counter()
        work(index)
        found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(found), max(found)


def weasy(rounds, pages):
    """WeasyPrint on the same page; its fonts are configured once."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    face = (
        f"@font-face{{font-family:'Noto Sans CJK SC';src:url('file://{_font_folder()}/NotoSansCJK-Regular.ttc')}}"
        "body{font-family:'Noto Sans CJK SC' !important}"
    )
    style = CSS(string=face, font_config=fonts)
    HTML(string=pages[0]).write_pdf(stylesheets=[style], font_config=fonts)
    return timed(
        lambda i: HTML(string=pages[i]).write_pdf(stylesheets=[style], font_config=fonts), rounds
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    rules, words = report(), phrases()
    begun = time.perf_counter()
    facts, _ = gather(full_points(), rules, DAY, PUBLISHED)
    print(f"gather from points: {(time.perf_counter() - begun) * 1000:.1f} ms")
    composer, wrote = Composer(rules, words), editorial(rules, words)
    for language in ("en", "zh"):
        comment = composer.compose(facts, wrote, language)
        others = [
            replace(comment, contact=f"comments{index}@tidemark.example") for index in range(rounds)
        ]
        pages = [html_page(each, rules, words) for each in others]
        pdf_bytes(comment, rules, words)
        text = plain_text(comment, words)
        rows = {
            "compose": timed(
                lambda _i, language=language: composer.compose(facts, wrote, language), rounds
            ),
            "HTML with 4 pictures": timed(
                lambda i, others=others: html_page(others[i], rules, words), rounds
            ),
            "PDF with 4 pictures (typst)": timed(
                lambda i, others=others: pdf_bytes(others[i], rules, words), rounds
            ),
            "check the text": timed(lambda _i, text=text: check_text(text), rounds),
            "PDF of the same HTML (WeasyPrint)": weasy(min(rounds, 5), pages),
        }
        for name, (median, worst) in rows.items():
            print(f"{language} {name}: median {median:.1f} ms, worst {worst:.1f} ms")
        ratio = (
            rows["PDF of the same HTML (WeasyPrint)"][0] / rows["PDF with 4 pictures (typst)"][0]
        )
        print(f"{language} WeasyPrint / typst: {ratio:.1f}x")


if __name__ == "__main__":
    main()
