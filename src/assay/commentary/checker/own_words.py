"""Words of our own comment against the rows under it, in both languages (L3, L6, L8-L10, L13).

Direction and strength of a verb, premium or discount, wider or narrower, profit or loss,
positions, volume, path, unit, tax, base and day: each is judged beside the number it
speaks of, by the rows alone. What cannot be placed says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assay.commentary.checker.own import OwnPage, Row
from assay.commentary.checker.own_reading import (
    CHANGES,
    LEVELS,
    Bound,
    Said,
    as_of,
    base_of,
    headline,
    is_forecast,
    is_longer,
    lead_headline,
    leg,
    moved,
    movement,
    said,
    size,
    stem,
    tax_of,
    unit_of,
    values,
)
from assay.commentary.checker.rules import found
from assay.commentary.checker.scan import snippet
from assay.commentary.checker.wording import percent_text
from assay.core import Finding

#: Words for a unit of a row as they are printed beside a number; bare numbers are no fault.
UNITS = {
    "CNY/t": {"yuan/mt", "元/吨"}, "USD/t": {"$/mt", "美元/吨"}, "lot": {"lots", "手"},
    "t": {"mt", "吨"}, "percent": {"%"},
}  # fmt: skip
TAXES = (("excluded", r"\(ex-tax\)|（不含税）"), ("included", r"\(VAT included\)|（含税）"))
BASES = (
    ("prev_close", r"previous close|前收盘价"), ("prev_settlement", r"previous settlement|前结算价"),
)  # fmt: skip
#: Least and largest share in percent of a slight, strong or extreme word: a fifth of room
#: around the house's bands. A plain word fits every size.
BANDS = {1: (Fraction(0), Fraction(30, 100)), 3: (Fraction(96, 100), Fraction(36, 10)),
         4: (Fraction(24, 10), None)}  # fmt: skip
EXTREME = 4
NAMES = {1: "slight", 2: "plain", 3: "strong", 4: "extreme"}
#: The regions of the rows by the names they are printed under.
REGIONS = {
    "Shanghai": "SH", "Zhejiang": "ZJ", "Jiangsu": "JS", "Tianjin": "TJ", "Shandong": "SD",
    "Guizhou": "GZ", "Henan": "HA", "Jiangxi": "JX", "Hubei": "HB", "Guangdong": "GD",
    "Chongqing": "CQ", "Sichuan": "SC", "上海": "SH", "浙江": "ZJ", "江苏": "JS", "天津": "TJ",
    "山东": "SD", "贵州": "GZ", "河南": "HA", "江西": "JX", "湖北": "HB", "广东": "GD", "重庆": "CQ",
    "四川": "SC",
}  # fmt: skip
_REGION = re.compile("|".join(REGIONS))
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK_ZH = "一二三四五六日"
_LEAD_DAY = re.compile(
    r"^(?:[^:：]{1,40}[:：]\s?)?(?:On (?P<day>[A-Z][a-z]+day),|周(?P<zh>[一二三四五六日])，)"
)
_LEAD_DATE = re.compile(
    r"^(?:[^:：]{1,40}[:：]\s?)?(?:On (?P<month>[A-Z][a-z]+) (?P<of>\d{1,2}),|(?P<m>\d{1,2})月(?P<d>\d{1,2})日，)"
)
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")  # fmt: skip
_SIDES = (
    (re.compile(r"\bpremium\b|升水"), 1, "premium"), (re.compile(r"\bdiscount\b|贴水"), -1, "discount"),
    (re.compile(r"\bprofit\b|盈利"), 1, "profit"), (re.compile(r"\bloss\b|亏损"), -1, "loss"),
)  # fmt: skip
_WIDER = re.compile(r"\bwidened|\bwider|走扩|扩大")
_NARROWER = re.compile(r"\bnarrowed|\bnarrower|收窄")
_POSITIONS = re.compile(
    r"(?P<who>bulls?|bears?|多头|空头)(?: were| are)?\s?(?P<act>adding|reducing|covering|增仓|减仓)"
)
_VOLUME = re.compile(
    r"(?P<hard>sharply |大幅)?(?P<word>lower|higher|little changed|下降|上升|变化不大)"
)
_PERIOD_ZH = re.compile("周环比|月环比|环比|周同比|同比")
_DAILY = {"prev_trading_day", "prev_close", "prev_settlement"}
_CLAIM_ZH = re.compile("历史(?:新|最)[高低]|创(?:下|出)?新[高低]|创纪录|首次")
_WINDOW_ZH = re.compile(
    r"[一二三四五六十\d]+(?:年|个月|周)(?:来|以来|内|新|高)|自.{2,12}(?:以来|起)|近.{1,4}年"
)
_FOLLOWED = re.compile(r"followed the (?P<way>rise|decline) of primary|跟随原铝(?P<zh>上涨|下跌)")
_STABLE = re.compile(r"grades remained stable|均持稳")
_CHANGED = re.compile(r"grades moved|牌号.{0,12}有所调整")


def check_words(page: OwnPage) -> Iterator[Finding]:
    """Every rule of this module over our own page."""
    for each in said(page):
        yield from _units(each)
        yield from _taxes(each)
        yield from _reversed(each)
        yield from _bases(each, page.rows)
        yield from _lead(each)
        yield from _regions(each, page.rows)
        yield from _claims(each)
        if not is_forecast(each.text):
            yield from _moves(each, page.rows)
            yield from _sides(each, page.rows)
            yield from _positions(each, page.rows)
            yield from _volumes(each, page.rows)
            yield from _paths(each, page.rows)
            yield from _followed(each, page.rows)
            yield from _stable(each, page.rows)
    yield from _headline(page)


def _place(each: Said) -> str:
    return f'"{snippet(each.text)}"'


def _units(each: Said) -> Iterator[Finding]:
    for one in each.bound:
        printed = re.sub(r"[\s\d.,]", "", one.unit)
        wanted = {unit_of(row) for row in one.rows} - {""}
        if printed and wanted and not any(printed in UNITS[unit] for unit in wanted):
            yield found(
                "unit.instrument",
                f'"{snippet(one.words)}"',
                f"the row is in {', '.join(sorted(wanted))}",
            )


def _taxes(each: Said) -> Iterator[Finding]:
    for one in each.bound:
        after = each.text[one.end : one.end + 20].lstrip()
        for tax, pattern in TAXES:
            told = {tax_of(row) for row in one.rows}
            if re.match(pattern, after) and tax not in told:
                yield found(
                    "unit.instrument", f'"{snippet(one.words + after)}"',
                    f"the row says tax {', '.join(sorted(told)) or 'unknown'}",
                )  # fmt: skip


def _reversed(each: Said) -> Iterator[Finding]:
    for one in each.bound:
        ends = re.findall(r"\d[\d,.]*\d|\d", one.words)
        if len(ends) > 1:
            low, high = (Decimal(end.replace(",", "")) for end in ends[:2])
            if low > high:
                yield found("range.reversed", f'"{one.words}"', f"{low:,f} is above {high:,f}")


def _bases(each: Said, rows: Mapping[str, Row]) -> Iterator[Finding]:
    """L3: the base named in words is the one in the row of a change beside it."""
    near = {row.key for one in each.bound for row in one.rows}
    near |= {f"{prefix}.change" for prefix in each.prefixes()}
    told = {base_of(rows[key]) for key in near if key in rows} - {""}
    for base, pattern in BASES:
        if told and base not in told and re.search(pattern, each.text):
            yield found(
                "base.mixed", _place(each), f"the rows count from {', '.join(sorted(told))}"
            )


def _lead(each: Said) -> Iterator[Finding]:
    """L6: "On Tuesday," and "On December 30," are the day of a number in the sentence."""
    days = _days_of(each)
    if not days:
        return
    listed = ", ".join(str(day) for day in sorted(days))
    weekday = _LEAD_DAY.match(each.text)
    if weekday:
        index = (
            _WEEK_ZH.index(weekday["zh"])
            if weekday["zh"]
            else (_WEEK.index(weekday["day"].lower()) if weekday["day"].lower() in _WEEK else -1)
        )
        if index >= 0 and all(day.weekday() != index for day in days):
            yield found("asof.stale", _place(each), f"its figures are of {listed}: another weekday")
    day = _LEAD_DATE.match(each.text)
    if day and all(_month_day(day) != (one.month, one.day) for one in days):
        yield found("asof.stale", _place(each), f"its figures are of {listed}")


def _claims(each: Said) -> Iterator[Finding]:
    """L5 and L14 in Chinese: a day's change called a week's; a record without its window."""
    period = _PERIOD_ZH.search(each.text)
    if period and any(base_of(row) in _DAILY for one in each.bound for row in one.rows):
        words = f"{period.group()} stands beside a day's change"
        yield found("comparator.period", _place(each), words)
    claim = _CLAIM_ZH.search(each.text)
    if claim and not _WINDOW_ZH.search(each.text):
        yield found("claim.unproven", _place(each), f"{claim.group()!r} needs its window")


def _days_of(each: Said) -> set[date]:
    """The as-of days of every row that a number of the sentence may stem from."""
    return {day for one in each.bound for row in one.rows if (day := as_of(row))}


def _month_day(match: re.Match[str]) -> tuple[int, int]:
    if match["m"]:
        return int(match["m"]), int(match["d"])
    name = match["month"].lower()
    return (_MONTHS.index(name) + 1 if name in _MONTHS else 0), int(match["of"])


def _moves(each: Said, rows: Mapping[str, Row]) -> Iterator[Finding]:
    """L8 and L13: the verb before a change or a level against the rows' sign and size."""
    for one in each.bound:
        move = movement(one.gap)
        if move is None or is_longer(one.gap):
            continue
        sign, band = move
        judged = [_judge(row, one, rows) for row in _named(one, rows)]
        told = [each for each in judged if each is not None]
        if len(told) < len(judged):
            continue  # the number may be that of a row which has no say here
        if not told:
            continue
        if all(way != sign for way, _ in told):
            yield found(
                "direction.conflict", _place(each), f"the rows behind {one.words} say otherwise"
            )
            continue
        shares = [share for way, share in told if way == sign and share is not None]
        if sign and shares and not any(_in_band(band, share) for share in shares):
            yield found(
                "verb.band", _place(each),
                f"a {NAMES[band]} word for a change of {percent_text(shares[0])} %",
            )  # fmt: skip


def _named(one: Bound, rows: Mapping[str, Row]) -> list[Row]:
    """The rows a number may stem from: of the regions named before it, where some are."""
    codes = [REGIONS[name] for name in _REGION.findall(re.split("[;；]", one.gap)[-1])]
    stems = {stem(row.key) for row in one.rows if ".region." in row.key}
    regional = [
        rows[key] for prefix in stems for code in codes if (key := f"{prefix}.{code}") in rows
    ]
    return regional or list(one.rows)


def _regions(each: Said, rows: Mapping[str, Row]) -> Iterator[Finding]:
    """L3: a region named before a number is one of those whose row carries it."""
    for one in each.bound:
        if any(".region." not in row.key for row in one.rows):
            continue
        for row in _named(one, rows):
            if row not in one.rows:
                yield found(
                    "fact.two_values", _place(each), f"{row.key} is {row.words}, not {one.words}"
                )


def _judge(row: Row, one: Bound, rows: Mapping[str, Row]) -> tuple[int, Fraction | None] | None:
    """(sign, share in percent) that the rows give for a number with a verb before it."""
    if ".region." in row.key and "region_before" not in row.key:
        low, high = min(row.numbers), max(row.numbers)
        return None if low < 0 < high else ((low + high > 0) - (low + high < 0), None)
    if leg(row.key) in CHANGES and re.search(r"(?:by|up|down|up to|[\u4e00-\u9fff])\s?$", one.gap):
        value = row.numbers[0]
        share = size(rows, stem(row.key)) if leg(row.key) == "change" else None
        return (value > 0) - (value < 0), share
    if leg(row.key) in LEVELS and re.search(r"(?:\bto|at|至|于)\s?$", one.gap):
        way = moved(rows, stem(row.key))
        return None if way is None else (way, size(rows, stem(row.key)))
    return None


def _in_band(band: int, share: Fraction) -> bool:
    low, high = BANDS.get(band, (Fraction(0), None))
    return share >= low and (high is None or share <= high)


def _sides(each: Said, rows: Mapping[str, Row]) -> Iterator[Finding]:
    """L13: premium or discount, profit or loss, wider or narrower."""
    for one in each.bound:
        meant = [row for row in one.rows if leg(row.key) in {"premium", "level"}]
        if len(meant) != 1 or len(meant[0].numbers) != 1:
            continue
        if any(leg(row.key) == "before" for row in one.rows):
            continue  # a value of the day before has this size too: the words may speak of it
        row = meant[0]
        yield from _side(each, one, row)
        pair = values(rows, row.key, f"{stem(row.key)}.before")
        if pair:
            yield from _width(each, one, row, pair)


def _side(each: Said, one: Bound, row: Row) -> Iterator[Finding]:
    for pattern, sign, name in _SIDES:
        if pattern.search(one.gap) and row.numbers[0] * sign < 0:
            yield found(
                "direction.conflict", _place(each), f"{row.key} is {row.numbers[0]:,f}: no {name}"
            )


def _width(each: Said, one: Bound, row: Row, pair: list[Decimal]) -> Iterator[Finding]:
    now, then = (abs(value) for value in pair)
    reach = one.gap if leg(row.key) == "premium" else each.text[one.end : one.end + 30]
    for pattern, fits in ((_WIDER, now > then), (_NARROWER, now < then)):
        if pattern.search(reach) and not fits:
            yield found(
                "direction.conflict",
                _place(each),
                f"{row.key} went from {pair[1]:,f} to {pair[0]:,f}",
            )


def _positions(each: Said, rows: Mapping[str, Row]) -> Iterator[Finding]:
    label = _POSITIONS.search(each.text)
    if not label:
        return
    for prefix in each.prefixes():
        pair = values(rows, f"{prefix}.change", f"{prefix}.oi_change")
        if not pair or not all(pair):
            continue
        up, more = pair[0] > 0, pair[1] > 0
        bulls = label["who"].startswith("bull") or label["who"] == "多头"
        adding = label["act"] in {"adding", "增仓"}
        if adding != more or bulls != (up == more):
            yield found(
                "positions.conflict",
                _place(each),
                f"price {pair[0]:+,f}, open interest {pair[1]:+,f}",
            )
        return


def _volumes(each: Said, rows: Mapping[str, Row]) -> Iterator[Finding]:
    for prefix in each.prefixes():
        pair = values(rows, f"{prefix}.volume", f"{prefix}.volume_change")
        label = _VOLUME.search(each.text)
        if (
            not pair
            or not label
            or not any(row.key == f"{prefix}.volume" for one in each.bound for row in one.rows)
        ):
            continue
        level, step = pair
        share = abs(Fraction(step)) * 100 / Fraction(level - step) if level != step else Fraction(0)
        way = {"lower": -1, "下降": -1, "higher": 1, "上升": 1}.get(label["word"], 0)
        if way * step < 0:
            yield found("direction.conflict", _place(each), f"the volume changed by {step:+,f}")
        elif (label["hard"] and share < 32) or (not way and share > 12) or (way and share < 8):  # noqa: PLR2004 # a fifth of room around the house's bands of 10 and 40
            yield found("verb.band", _place(each), f"the volume changed by {percent_text(share)} %")


def _paths(each: Said, rows: Mapping[str, Row]) -> Iterator[Finding]:
    """L13: low and high in the order of the session, each behind a verb of its own way."""
    for prefix in each.prefixes():
        order = rows.get(f"{prefix}.order")
        places = {
            name: one
            for name in ("low", "high")
            for one in each.bound
            if {row.key for row in one.rows if stem(row.key) == prefix} == {f"{prefix}.{name}"}
        }
        if len(places) != 2:  # noqa: PLR2004 # low and high
            continue
        if (
            order is not None
            and re.search(r"first|then|先|随后", each.text)
            and (places["low"].start < places["high"].start) != order.words.startswith("low")
        ):
            yield found("path.conflict", _place(each), f"the session had {order.words}")
        for name, sign in (("low", -1), ("high", 1)):
            move = movement(places[name].gap)
            if move is None:
                continue
            if move[0] == -sign:
                yield found("path.conflict", _place(each), f"{places[name].words} was the {name}")
            elif move[1] == EXTREME and not _in_band(EXTREME, _swing(rows, prefix)):
                yield found("verb.band", _place(each), "an extreme word for a small swing")


def _swing(rows: Mapping[str, Row], prefix: str) -> Fraction:
    pair = values(rows, f"{prefix}.low", f"{prefix}.high")
    return (
        Fraction(pair[1] - pair[0]) * 100 / Fraction(pair[0]) if pair and pair[0] else Fraction(0)
    )


def _followed(each: Said, rows: Mapping[str, Row]) -> Iterator[Finding]:
    match = _FOLLOWED.search(each.text)
    way = moved(rows, "a00")
    if match and way is not None:
        up = match["way"] == "rise" or match["zh"] == "上涨"
        if way != (1 if up else -1):
            yield found("direction.conflict", _place(each), "primary aluminum went another way")


def _stable(each: Said, rows: Mapping[str, Row]) -> Iterator[Finding]:
    """L13: "all grades remained stable" needs each range to be that of the day before."""
    stable, other = _STABLE.search(each.text), _CHANGED.search(each.text)
    pairs = [
        (row, rows[before])
        for key, row in rows.items()
        if key.startswith("si.")
        and leg(key) == "range"
        and (before := f"{stem(key)}.before") in rows
    ]
    changed = [row for row, before in pairs if row.numbers != before.numbers]
    if pairs and ((stable and changed) or (other and not changed)):
        said_of = changed[0].key if changed else "every grade"
        yield found(
            "direction.conflict", _place(each), f"{said_of} against the day before says otherwise"
        )


def _headline(page: OwnPage) -> Iterator[Finding]:
    """L8 and L13 for the headline: each part against the change of its subject; and said again."""
    again = lead_headline(page)
    whole = "".join(re.findall(r"\w", _first(page)))
    if again is not None and "".join(re.findall(r"\w", again)) != whole:
        yield found(
            "headline.band", f'lede: "{snippet(again)}"', f"the headline says {_first(page)!r}"
        )
    for part in headline(page):
        prefix = _subject(part)
        move = movement(part + " ")
        way = moved(page.rows, prefix) if prefix else None
        if move is None or way is None:
            continue
        share = size(page.rows, prefix)
        if move[0] != way:
            yield found(
                "direction.conflict", f'headline: "{snippet(part)}"', "the body says otherwise"
            )
        elif way and share is not None and not _in_band(move[1], share):
            yield found(
                "headline.band",
                f'headline: "{snippet(part)}"',
                f"the change is {percent_text(share)} %",
            )


def _first(page: OwnPage) -> str:
    return ", ".join(headline(page))


def _subject(part: str) -> str:
    if re.search(r"scrap|inventor|import|demand|suppl|copper|废|库存|进口|需求", part):
        return ""
    if re.search(r"\bA00\b|A00铝", part):
        return "a00"
    if "ADC12" in part:
        return "adc12"
    return "fut" if re.search(r"futures|contract|期货|主力", part) else ""
