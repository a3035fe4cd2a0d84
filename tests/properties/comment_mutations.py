"""Ways to spoil a finished comment that are no changed digit: words, days, units, bases.

Each operator takes a text and a chance and gives a spoiled text, or None where it finds
nothing to spoil. They know the language, never the rules that are to catch them.
"""

import re

NUMBER = r"\d[\d,]*(?:\.\d+)?"


def swap(pattern, table):
    """One match of `pattern`, chosen by chance, replaced by its opposite of the table."""
    compiled = re.compile(pattern)

    def spoil(text, chance):
        found = [m for m in compiled.finditer(text) if m.group() in table]
        if not found:
            return None
        match = chance.choice(found)
        other = table[match.group()]
        return text[: match.start()] + other + text[match.end() :]

    return spoil


def both_ways(*pairs):
    """A table that leads from each of a pair to the other."""
    return {**dict(pairs), **{right: left for left, right in pairs}}


def words(*pairs):
    table = both_ways(*pairs)
    ordered = sorted(table, key=len, reverse=True)
    latin = all(each.isascii() for each in ordered)
    pattern = "|".join(map(re.escape, ordered))
    return swap(rf"\b(?:{pattern})\b" if latin else pattern, table)


def one_way(*pairs):
    table = dict(pairs)
    ordered = sorted(table, key=len, reverse=True)
    latin = all(each.isascii() for each in ordered)
    pattern = "|".join(map(re.escape, ordered))
    return swap(rf"\b(?:{pattern})\b" if latin else pattern, table)


def reversed_range(text, chance):
    found = list(re.finditer(rf"({NUMBER})([–-])({NUMBER})(?=元/吨| yuan/mt|/mt|美元)", text))
    found = [m for m in found if m[1] != m[3]]
    if not found:
        return None
    m = chance.choice(found)
    return text[: m.start()] + m[3] + m[2] + m[1] + text[m.end() :]


def free_number(language):
    said = {"en": " About 4,350 mt changed hands.", "zh": "成交约4350吨。"}[language]
    label = {"en": "\n\nSummary: ", "zh": "\n\n小结："}[language]

    def spoil(text, _chance):
        at = text.find(label)
        end = text.find("\n\n", at + 2)
        return None if at < 0 else text[:end] + said + text[end:]

    return spoil


WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
WEEK_ZH = ("周一", "周二", "周三", "周四", "周五")


def turned(days):
    return dict(zip(days, (*days[1:], days[0]), strict=True))


EN = {
    "verb of a move": words(("rose", "fell"), ("edged up", "edged down"), ("soared", "plunged"),
                            ("up", "down"), ("rose sharply", "fell sharply")),
    "spread's side": words(("premium", "discount")),
    "spread's move": words(("widened", "narrowed")),
    "import's side": words(("profit", "loss")),
    "import's move": words(("wider", "narrower")),
    "positions' side": words(("bulls were adding", "bears were adding"), ("bears were reducing", "bulls were reducing")),
    "positions' act": words(("bulls were adding", "bulls were reducing"), ("bears were reducing", "bears were adding")),
    "regions' move": words(("decreased by", "increased by")),
    "followed": words(("followed the rise", "followed the decline")),
    "volume's word": words(("lower than", "higher than")),
    "too strong": one_way(("edged up", "soared"), ("edged down", "plunged"), ("fell", "plunged"), ("rose", "soared"),
                          ("rose slightly", "soared"), ("fell slightly", "plunged")),
    "too weak": one_way(("rose sharply", "edged up"), ("fell sharply", "edged down")),
    "base": words(("the previous close", "the previous settlement")),
    "unit": one_way((" yuan/mt", " yuan/kg"), (" lots", " mt")),
    "tax": words(("ex-tax", "VAT included")),
    "weekday": swap("|".join(WEEK), turned(WEEK)),
    "range reversed": reversed_range,
    "number without a fact": free_number("en"),
    "stable": words(("grades remained stable", "grades moved")),
}  # fmt: skip
ZH = {
    "verb of a move": words(("上涨", "下跌"), ("上调", "下调"), ("暴涨", "暴跌")),
    "spread's side": words(("升水", "贴水")),
    "spread's move": words(("走扩", "收窄至")),
    "import's side": words(("盈利", "亏损")),
    "import's move": words(("扩大", "收窄，")),
    "positions' side": words(("多头增仓", "空头增仓"), ("空头减仓", "多头减仓")),
    "positions' act": words(("多头增仓", "多头减仓"), ("空头增仓", "空头减仓")),
    "followed": words(("跟随原铝上涨", "跟随原铝下跌")),
    "volume's word": words(("下降", "上升")),
    "too strong": one_way(("小幅上涨", "暴涨"), ("小幅下跌", "暴跌"), ("小幅上调", "暴涨"), ("小幅下调", "暴跌")),
    "too weak": one_way(("大幅上涨", "小幅上涨"), ("大幅下跌", "小幅下跌")),
    "base": words(("前收盘价", "前结算价")),
    "unit": one_way(("元/吨", "元/千克"), ("手", "吨")),
    "tax": words(("不含税", "含税")),
    "weekday": swap("|".join(WEEK_ZH), turned(WEEK_ZH)),
    "range reversed": reversed_range,
    "number without a fact": free_number("zh"),
    "stable": words(("均持稳", "有所调整")),
}  # fmt: skip


def stale_day(form):
    """One printed day moved back by a day."""

    def spoil(text, chance):
        found = [m for m in re.finditer(form, text) if int(m["day"]) > 1]
        if not found:
            return None
        m = chance.choice(found)
        return text[: m.start("day")] + str(int(m["day"]) - 1) + text[m.end("day") :]

    return spoil


EN["day"] = stale_day(
    r"\bOn (?:January|February|March|July|August|November|December) (?P<day>\d{1,2})\b"
)
ZH["day"] = stale_day(r"(?<=[：。\n])\d{1,2}月(?P<day>\d{1,2})日(?=，)")
OPERATORS = {"en": EN, "zh": ZH}
