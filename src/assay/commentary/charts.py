"""The pictures of a comment, drawn from the same entries as its text.

Session path with volume and open interest, spot with range and futures with the spread
below, scrap discount, silicon ranges by grade. Titles come from the table below; every
picture is self-contained SVG text. This module never reads a ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from assay.commentary.compose import Comment
from assay.commentary.drawing import Drawing, Scale, linear, scale_of, ticks
from assay.commentary.figures import ZONE
from assay.commentary.specification import Report

WIDTH, LEFT, RIGHT = 420, 52, 410
#: So many bars have room for a number on each; of more, the first and the last.
MOST_LABELS = 6
_TITLES = {
    "session": {"en": "Night session: price, volume, open interest", "zh": "夜盘：价格、成交量、持仓量"},
    "session.day": {"en": "Day session: price, volume, open interest", "zh": "日盘：价格、成交量、持仓量"},
    "spread": {"en": "ADC12 spot and futures, spread below", "zh": "ADC12现货与期货，下为价差"},
    "scrap": {"en": "A00 with VAT less scrap ex-tax", "zh": "A00含税价减废铝不含税价"},
    "silicon": {"en": "Silicon by grade, east China", "zh": "华东工业硅分牌号价格区间"},
}  # fmt: skip
_WORDS = {
    "price": {"en": "price", "zh": "价格"},
    "base": {"en": "previous close", "zh": "前收盘价"},
    "volume": {"en": "volume, lots", "zh": "成交量（手）"},
    "interest": {"en": "open interest, lots", "zh": "持仓量（手）"},
    "spot": {"en": "spot, low to high", "zh": "现货区间"},
    "futures": {"en": "futures at 10:15", "zh": "10:15期货"},
    "spread": {"en": "premium (below zero: discount)", "zh": "升水（零以下为贴水）"},
    "scrap.ubc": {"en": "baled UBC", "zh": "打包易拉罐"},
    "scrap.tense": {"en": "shredded tense", "zh": "破碎生铝系"},
    "unit": {"en": "yuan/mt", "zh": "元/吨"},
}  # fmt: skip


def title_of(name: str, comment: Comment) -> str:
    """The title under which a picture is printed; a day's session is not called a night's."""
    data = comment.facts.pictures.get(name)
    if name == "session" and data and data.get("session") == "day":
        name = "session.day"
    return _TITLES[name][comment.language]


def chart(name: str, comment: Comment, report: Report) -> str:
    """The SVG of one picture; empty when its data are not there."""
    data = comment.facts.pictures.get(name)
    if not data:
        return ""
    return _DRAW[name](data, comment.language, report, title_of(name, comment))


def _say(name: str, language: str) -> str:
    return _WORDS[name][language]


def _across(count: int) -> Scale:
    return scale_of([0, max(count - 1, 1)], LEFT, RIGHT)


def _session(data: dict[str, Any], language: str, _report: Report, title: str) -> str:
    drawing = Drawing(WIDTH, 300, f"{title} {data['contract']}", commas=language == "en")
    path = _thin(data["path"])
    minutes = [int((at - path[0][0]).total_seconds()) for at, _, _ in path]
    across = linear(minutes[0], max(minutes[-1], 1), LEFT, RIGHT)
    prices = [price for _, price, _ in path]
    shown = [*prices, *([data["base"]] if data["base"] is not None else [])]
    price = scale_of(shown, 150, 28)
    drawing.axis(price, LEFT, RIGHT)
    if data["base"] is not None:
        drawing.line(LEFT, price.at(data["base"]), RIGHT, price.at(data["base"]), "second", "4 3")
    drawing.path(
        [(across.at(m), price.at(p)) for m, p in zip(minutes, prices, strict=True)], "main"
    )
    drawing.key(
        LEFT,
        14,
        [
            ("main", f"{data['contract']} {_say('unit', language)}"),
            ("second", _say("base", language)),
        ],
    )
    _session_volume(drawing, path, minutes, across, language)
    _session_interest(drawing, data["interest"], language)
    return drawing.svg()


def _thin(path: Sequence[Any], most: int = 240) -> list[Any]:
    step = max(1, -(-len(path) // most))
    kept = list(path[::step])
    return kept if kept[-1] is path[-1] else [*kept, path[-1]]


def _session_volume(
    drawing: Drawing, path: list[Any], minutes: list[int], across: Scale, language: str
) -> None:
    volume = scale_of([lots for _, _, lots in path], 212, 170, zero=True)
    points = [
        (across.at(minute), volume.at(lots))
        for minute, (_, _, lots) in zip(minutes, path, strict=True)
    ]
    drawing.sticks(points, 212, "bar")
    drawing.text(LEFT, 166, _say("volume", language))
    most = max(lots for _, _, lots in path)
    drawing.text(LEFT - 5, volume.at(most) + 4, drawing.number(most), anchor="end")
    for index in (0, len(path) // 2, len(path) - 1):
        local = path[index][0].astimezone(ZoneInfo(ZONE))
        anchor = ("start", "middle", "end")[(index > 0) + (index == len(path) - 1)]
        drawing.text(across.at(minutes[index]), 225, f"{local:%H:%M}", anchor=anchor)


def _session_interest(drawing: Drawing, interest: Sequence[Any], language: str) -> None:
    if not interest:
        return
    level = scale_of([lots for _, _, lots in interest], 286, 256, zero=True)
    across = _across(len(interest))
    for index, (_, _, lots) in enumerate(interest):
        top = level.at(lots)
        place = across.at(index)
        inside = min(max(place, Decimal(LEFT + 9)), Decimal(RIGHT - 9))
        drawing.bar(inside - 9, top, 18, 286 - top, "fill")
        if len(interest) <= MOST_LABELS or index in {0, len(interest) - 1}:
            drawing.text(
                inside, top - 3, drawing.number(lots), anchor="middle", kind="ink", size=10
            )
    drawing.text(LEFT, 240, _say("interest", language))
    first, last = interest[0][0], interest[-1][0]
    drawing.text(LEFT, 298, _day(first))
    drawing.text(RIGHT, 298, _day(last), anchor="end")


def _day(day: date) -> str:
    return f"{day.month:02d}-{day.day:02d}"


def _days_axis(drawing: Drawing, days: Sequence[date], across: Scale, y: int) -> None:
    marks = sorted({0, len(days) // 2, len(days) - 1})
    for index in marks:
        anchor = (
            "end" if index == len(days) - 1 and index else ("start" if index == 0 else "middle")
        )
        drawing.text(across.at(index), y, _day(days[index]), anchor=anchor)


def _spread(data: dict[str, Any], language: str, _report: Report, title: str) -> str:
    drawing = Drawing(WIDTH, 300, title, commas=language == "en")
    days = [day for day, *_ in data["spot"]]
    place = {day: index for index, day in enumerate(days)}
    across = _across(len(days))
    futures = [(day, value) for day, value in data["futures"] if day in place]
    values = [
        leg for _, low, mid, high in data["spot"] for leg in (low, mid, high) if leg is not None
    ]
    price = scale_of([*values, *(value for _, value in futures)], 178, 28)
    drawing.axis(price, LEFT, RIGHT)
    legs = [
        (across.at(place[day]), low, mid, high)
        for day, low, mid, high in data["spot"]
        if low is not None
    ]
    drawing.band(
        [(x, price.at(high)) for x, _, _, high in legs],
        [(x, price.at(low)) for x, low, _, _ in legs],
        "fill",
    )
    drawing.path([(x, price.at(mid)) for x, _, mid, _ in legs], "main")
    drawing.path([(across.at(place[day]), price.at(value)) for day, value in futures], "second")
    for day, value in futures[-1:]:
        drawing.dot(across.at(place[day]), price.at(value), "second")
    drawing.key(LEFT, 14, [("main", _say("spot", language)), ("second", _say("futures", language))])
    _spread_bars(drawing, data["spread"], place, across, language)
    _days_axis(drawing, days, across, 294)
    return drawing.svg()


def _spread_bars(
    drawing: Drawing,
    spread: Sequence[tuple[date, Decimal]],
    place: dict[date, int],
    across: Scale,
    language: str,
) -> None:
    shown = [(day, value) for day, value in spread if day in place]
    scale = scale_of([value for _, value in shown] or [0], 278, 212, zero=True)
    zero = scale.at(0)
    drawing.axis(scale, LEFT, RIGHT, 2)
    half = min(Decimal(6), Decimal(RIGHT - LEFT) / (3 * max(len(place), 1)))
    for day, value in shown:
        y = scale.at(value)
        drawing.bar(across.at(place[day]) - half, min(y, zero), 2 * half, abs(zero - y), "third")
    drawing.text(LEFT, 204, f"{_say('spread', language)}, {_say('unit', language)}")


def _scrap(data: dict[str, Any], language: str, _report: Report, title: str) -> str:
    drawing = Drawing(WIDTH, 240, title, commas=language == "en")
    days = sorted({day for line in data.values() for day, _ in line})
    place = {day: index for index, day in enumerate(days)}
    across = _across(len(days))
    scale = scale_of([value for line in data.values() for _, value in line], 214, 28)
    drawing.axis(scale, LEFT, RIGHT)
    for kind, (name, line) in zip(("main", "second"), data.items(), strict=False):
        drawing.path([(across.at(place[day]), scale.at(value)) for day, value in line], kind)
        for day, value in line:
            drawing.dot(across.at(place[day]), scale.at(value), kind, "2.5")
        assert name in _WORDS
    entries = [
        (kind, _say(name, language)) for kind, name in zip(("main", "second"), data, strict=False)
    ]
    drawing.key(LEFT, 14, entries)
    drawing.text(RIGHT, 14, _say("unit", language), anchor="end")
    _days_axis(drawing, days, across, 232)
    return drawing.svg()


def _silicon(
    data: Sequence[tuple[str, Decimal, Decimal]], language: str, report: Report, title: str
) -> str:
    left = 150 if language == "en" else 110
    drawing = Drawing(WIDTH, 46 + 26 * len(data), title, commas=language == "en")
    scale = scale_of([end for _, low, high in data for end in (low, high)], left, RIGHT - 8)
    bottom = 34 + 26 * len(data)
    for value in ticks(scale):
        drawing.line(scale.at(value), 22, scale.at(value), bottom - 10, "grid")
        drawing.text(scale.at(value), bottom + 6, drawing.number(value), anchor="middle")
    for index, (name, low, high) in enumerate(data):
        y = 34 + 26 * index
        drawing.text(left - 8, y + 4, report.names[name][language], anchor="end", kind="ink")
        drawing.bar(
            scale.at(low), y - 6, max(scale.at(high) - scale.at(low), Decimal(2)), 12, "main"
        )
    drawing.text(left, 14, _say("unit", language))
    return drawing.svg()


_DRAW: dict[str, Callable[[Any, str, Report, str], str]] = {
    "session": _session,
    "spread": _spread,
    "scrap": _scrap,
    "silicon": _silicon,
}
