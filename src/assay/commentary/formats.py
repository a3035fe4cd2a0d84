"""How a fact is printed in each language: numbers, units, signs, hedges, dates.

English: thousands commas, en dash in ranges, unit at every number. Chinese: no commas,
full-width punctuation comes from the templates. Dates are rendered from the fact's
as-of day, never typed. This module never chooses a word of judgement.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from assay.commentary.facts import Fact
from assay.commentary.phrases import Phrases

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
#: Kinds whose change of nothing is said in a word: "unchanged", never "+0".
COUNTED = ("change", "oi", "volume")
FORMATS = ("abs", "signed", "bare", "date", "weekday", "base", "tax", "author", "horizon")


def number_text(number: Decimal, language: str, *, signed: bool = False) -> str:
    """A number with thousands commas in English and none in Chinese."""
    text = f"{abs(number):,f}" if language == "en" else f"{abs(number):f}"
    if number < 0:
        return "-" + text
    return ("+" if signed and number > 0 else "") + text


def day_text(day: date, language: str) -> str:
    """``December 30`` or ``12月30日``."""
    if language == "zh":
        return f"{day.month}月{day.day}日"
    return f"{MONTHS[day.month - 1]} {day.day}"


def weekday_text(day: date, language: str) -> str:
    """``Tuesday`` or ``周二``."""
    return (WEEKDAYS if language == "en" else WEEKDAYS_ZH)[day.weekday()]


def fact_text(fact: Fact, language: str, phrases: Phrases, formats: tuple[str, ...] = ()) -> str:
    """The fact as it stands in a sentence."""
    for name in formats:
        if name not in FORMATS:
            raise ValueError(f"{{{fact.key}|{name}}}: unknown format; known: {', '.join(FORMATS)}")
    part = _part(fact, language, phrases, formats)
    if part is not None:
        return part
    if fact.low is None and fact.high is None:
        return fact.words
    if "signed" in formats and fact.kind in COUNTED and fact.low == fact.high == 0:
        return phrases.say(language, "word", "updown", "flat")
    numbers = _numbers(fact, language, formats)
    if "bare" in formats:
        return numbers
    text = phrases.say(language, "unit", fact.unit).replace("{n}", numbers)
    if fact.hedge:
        text = phrases.say(language, "hedge", fact.hedge).replace("{n}", text)
    return text


def _part(fact: Fact, language: str, phrases: Phrases, formats: tuple[str, ...]) -> str | None:
    """A part of the fact that is not its number, when a format asks for one."""
    if "date" in formats or "weekday" in formats:
        if fact.as_of is None:
            raise ValueError(f"{fact.key} has no as-of day")
        return (day_text if "date" in formats else weekday_text)(fact.as_of, language)
    if "base" in formats:
        if fact.base is None:
            raise ValueError(f"{fact.key} has no comparison base")
        return phrases.say(language, "base", fact.base.kind)
    if "tax" in formats:
        return phrases.say(language, "tax", fact.tax or "none")
    if "author" in formats:
        return _by(fact.author, language)
    if "horizon" in formats:
        return phrases.say(language, "horizon", fact.horizon)
    return None


def _by(author: str, language: str) -> str:
    return f" (by {author})" if language == "en" else f"（{author}）"


def _numbers(fact: Fact, language: str, formats: tuple[str, ...]) -> str:
    absolute = "abs" in formats or (fact.kind == "change" and "signed" not in formats)
    signed = "signed" in formats
    ends = [end for end in (fact.low, fact.high) if end is not None]
    if absolute:
        ends = sorted(abs(end) for end in ends)
    shown = [number_text(end, language, signed=signed) for end in ends]
    if len(shown) > 1 and shown[0] == shown[1]:
        shown = shown[:1]
    return ("\u2013" if language == "en" else "-").join(shown)
