"""Rules of words: what a sentence says against its numbers (L5, L8, L13, L14).

Words are judged only where they stand beside the number or the sign they speak of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from assay.commentary.checker.arithmetic import plain
from assay.commentary.checker.claims import Claims, SpotClaim
from assay.commentary.checker.dates import (
    LONGEST_CLOSURE,
    in_holiday_season,
    previous_working_day,
    weekday_before,
)
from assay.commentary.checker.rules import found
from assay.commentary.checker.scan import MALFORMED, clauses, sentences, snippet
from assay.commentary.checker.sections import Page
from assay.commentary.checker.words import band_of, movements
from assay.core import Calendar, Finding, Rounding, decimal_text, round_to_step

_PERIOD = re.compile(
    r"\b(?P<period>WoW|MoM|week[- ]on[- ]week|month[- ]on[- ]month|w-o-w|m-o-m)\b", re.IGNORECASE
)
_PRICED = re.compile(
    r"yuan/mt|usd/mt|\bprices?\b|\boffers?\b|\bquotes?\b|\bclosed\b|\bcontract\b|\bpremium\b|warrant|"
    r"\bA00\b|ADC12|settled|\bmt,? (?:up|down)|\brebounded\b|scrap",
    re.IGNORECASE,
)
_OTHER_PERIOD = re.compile(
    r"\bweekly\b|this week|last week|\bweek (?:ended|of)|per week|monthly|\bin (?:January|February|March|April|"
    r"May|June|July|August|September|October|November|December)\b|last month|this month|quarter|"
    r"output|production|inventor|stocks?\b|imports?\b|exports?\b|operating rate|capacity|consumption|"
    r"\bsales\b|shipments?|arrivals?|PMI|CPI|PPI|\bindex\b|average price for|YoY|year-to-date",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?:record[- ](?:high|low)s?|all-time (?:high|low)s?|historic(?:al)? (?:high|low)s?|"
    r"(?:highest|lowest)(?: \w+)? (?:ever|on record|in history)|(?:highest|lowest)(?: \w+)? since(?! \d)|"
    r"first time (?:ever|in history)|for the first time)\b",
    re.IGNORECASE,
)
_WINDOW = re.compile(
    r"since (?:\w+ )?(?:\d{1,2},? )?(?:19|20)\d\d|\d+[- ](?:year|month|week|day)|(?:one|two|three|four|five|six|ten)-(?:year|month|week)",
    re.IGNORECASE,
)
_LME_YUAN = re.compile(
    r"\bLME\b(?:(?!SHFE|yuan/mt|A00|import|SMM)[^.;])*?[\d,.]+(?:-[\d,.]+)?\s?yuan/mt",
    re.IGNORECASE,
)
_SHFE_USD = re.compile(
    r"\bSHFE\b(?:(?!LME|COMEX|overseas|usd)[^.;])*?[\d,.]+(?:-[\d,.]+)?\s?usd/mt", re.IGNORECASE
)
_FOLLOWED = re.compile(
    r"\bfollow(?:ed|ing|s)?\s(?:\w+\s){0,4}?(?P<dir>decline|decrease|drop|fall|downward|downturn|lower|losses|rise|increase|"
    r"upward|gains?|higher|rally|rebound)",
    re.IGNORECASE,
)
_EARLY = re.compile(r"20\d\d,? 0[0-9]:[0-5]\d\b")
_WEEKDAY = re.compile(
    r"(?:^|[.]\s|\b[Oo]n\s|\b[Ll]ast\s|\b[Tt]his\s)(?P<day>Monday|Tuesday|Wednesday|Thursday|Friday)(?P<night>\snight)?\b"
)
_LEAK = re.compile(r"</?(?:em|strong|span|b|i)>|em(?:aluminum|copper|zinc|nickel)em", re.IGNORECASE)
_VOLUME_WORDS = re.compile(
    r"\b(?P<w>decline|decrease|drop|increase|rise) in (?:the )?(?:trading )?(?:volume|activity)|"
    r"\bvolume (?:declined|decreased|fell|dropped|increased|rose)\b",
    re.IGNORECASE,
)
_IMPORT_NOTE = re.compile(r"Note:?\s*Import profit", re.IGNORECASE)
SLIGHT_BAND, STRONG_BAND, EXTREME_BAND, LEADING_WORDS = 1, 3, 4, 6
SLACK_EXTREME, FLOOR_STRONG, CEILING_SLIGHT = Fraction(12, 10), Fraction(5, 10), Fraction(12, 10)


def check_period(page: Page) -> Iterator[Finding]:
    """L5: no week-on-week or month-on-month for a day's change."""
    headline = page.headline if page.headline not in page.lede else ""
    parts = [("headline", headline), ("lede", page.lede)]
    parts += [
        (s.name, s.text) for s in page.sections if s.name not in {"industry", "inventory", "source"}
    ]
    for name, text in parts:
        for sentence in sentences(text):
            for clause in re.split(r";|, (?=while|but|and the)", sentence):
                match = _PERIOD.search(clause)
                if not match or not (_PRICED.search(clause) or name == "warrants"):
                    continue
                if _OTHER_PERIOD.search(clause):
                    continue
                yield found(
                    "comparator.period", f'{name}: "{snippet(clause, 120)}"',
                    f"{match['period']} stands beside a day's change: the comparison is with the "
                    "previous trading day",
                )  # fmt: skip
                break


def check_digits(page: Page) -> Iterator[Finding]:
    """L1: thousands grouped by threes."""
    for match in MALFORMED.finditer(page.text):
        yield found(
            "number.malformed", f'"{snippet(page.text[max(0, match.start() - 40) : match.end() + 10])}"',
            f"{match.group()} is not grouped by threes: a digit is lost or doubled",
        )  # fmt: skip


def check_units(page: Page) -> Iterator[Finding]:
    """L10: an instrument in a unit it does not have."""
    for sentence in sentences(page.text):
        for pattern, words in (
            (_LME_YUAN, "LME prices are in US dollars"),
            (_SHFE_USD, "SHFE prices are in yuan"),
        ):
            match = pattern.search(sentence)
            if match:
                yield found("unit.instrument", f'"{snippet(match.group(), 120)}"', words)


def check_bands(claims: Claims) -> Iterator[Finding]:
    """L8: the verb beside a change fits its size."""
    for spot in claims.spots:
        if spot.change and spot.price and spot.movement and spot.movement.band:
            yield from _band(
                spot.where, spot.movement.band, spot.movement.words, _share(spot.change, spot.price)
            )
            yield from _sign(spot.where, spot.movement.sign, spot.change)
    for each in claims.futures:
        if each.pct is None or each.change is None or not each.change:
            continue
        if (each.pct > 0) != (each.change > 0) and each.pct != 0:
            yield found(
                "direction.conflict", f'{each.where}: "{each.said}"',
                f"change {plain(each.change)} and {each.pct} % point in two directions",
            )  # fmt: skip


def percent_text(size: Fraction) -> str:
    """A percent with two decimals for a finding's words."""
    return decimal_text(round_to_step(size, Decimal("0.01"), Rounding.HALF_AWAY_FROM_ZERO))


def _share(change: Decimal, price: Decimal) -> Fraction:
    base = price - change
    return abs(Fraction(change)) * 100 / Fraction(base) if base > 0 else Fraction(0)


def _band(where: str, band: int, words: str, pct: Fraction) -> Iterator[Finding]:
    size = percent_text(pct)
    if band == EXTREME_BAND and pct < SLACK_EXTREME:
        yield found("verb.band", where, f"{words!r} is too strong for {size} %: say rose or fell")
    elif band == STRONG_BAND and pct < FLOOR_STRONG:
        yield found("verb.band", where, f"{words!r} is too strong for {size} %")
    elif band == SLIGHT_BAND and pct >= CEILING_SLIGHT:
        yield found("verb.band", where, f"{words!r} is too weak for {size} %")


def _sign(where: str, sign: int, change: Decimal) -> Iterator[Finding]:
    if sign and (change > 0) != (sign > 0):
        yield found(
            "direction.conflict", where, f"the word and the change {plain(change)} disagree"
        )


def check_headline(page: Page, claims: Claims) -> Iterator[Finding]:
    """L8 and L13: the headline is no stronger than the body, and points the same way."""
    headline = re.sub(r"\[[^\]]*\]?", "", page.headline)
    tag = re.match(r"\W{0,3}\[[^\]:]*:(?P<words>[^\]]*)\]", page.lede)
    for part in clauses(f"{headline};{tag['words'] if tag else ''}".replace(",", ";")):
        for at, move in movements(part)[:1]:
            subject = _subject(part[:at]) or _subject(part)
            size = _size(claims, subject)
            band = band_of(part)
            if size is None:
                continue
            limit = {EXTREME_BAND: Fraction(2), STRONG_BAND: Fraction(8, 10)}.get(band)
            if limit is not None and abs(size) < limit:
                yield found(
                    "headline.band", f'headline: "{snippet(part)}"',
                    f"the body says {percent_text(size)} %: the headline may not be stronger",
                )  # fmt: skip
            elif move.sign and size and (size > 0) != (move.sign > 0) and subject:
                yield found(
                    "direction.conflict", f'headline: "{snippet(part)}"',
                    f"the body says {percent_text(size)} %",
                )  # fmt: skip


def _subject(part: str) -> str:
    lowered = part.lower()
    if re.search(
        r"scrap|inventor|import|export|output|demand|suppl|premium|warrant|volume|expect|copper|silicon",
        lowered,
    ):
        return "other"
    if re.search(r"most-traded|futures|contract", lowered):
        return "futures"
    if "adc12" in lowered:
        return "adc12"
    return (
        "a00"
        if re.search(r"a00|(?<!cast )aluminum (?:spot )?prices?|primary aluminum", lowered)
        else ""
    )


def _size(claims: Claims, subject: str) -> Fraction | None:
    """The percent the body gives for the subject; for none, the largest in the body."""
    if subject == "other":
        return None
    moves: list[Fraction] = []
    if subject in {"futures", ""}:
        moves += [Fraction(f.pct) for f in claims.futures if f.pct is not None]
        moves += [
            _signed(f.change, f.close)
            for f in claims.futures
            if f.pct is None and f.change and f.close
        ]
    for spot in claims.spots:
        if subject in {spot.series, ""} and spot.change is not None and spot.price:
            moves.append(_signed(spot.change, spot.price))
    return max(moves, key=abs) if moves else None


def _signed(change: Decimal, price: Decimal) -> Fraction:
    return _share(change, price) * (1 if change > 0 else -1)


def check_directions(page: Page, claims: Claims) -> Iterator[Finding]:
    """L13: "followed the decline" needs a decline."""
    moved = next((_way(s) for s in claims.spots if s.series == "a00" and _way(s)), 0)
    if not moved:
        return
    for section in page.named("scrap"):
        for match in _FOLLOWED.finditer(section.text):
            down = re.match(r"decl|decr|drop|fall|down|low|loss", match["dir"], re.IGNORECASE)
            if (down and moved > 0) or (not down and moved < 0):
                yield found(
                    "direction.conflict", f'scrap: "{snippet(match.group())}"',
                    f"primary aluminum went {'up' if moved > 0 else 'down'} in this text",
                )  # fmt: skip


def _way(spot: SpotClaim) -> int:
    if spot.change is not None:
        return (spot.change > 0) - (spot.change < 0)
    return spot.movement.sign if spot.movement else 0


def check_positions(claims: Claims) -> Iterator[Finding]:
    """L13: price sign and open-interest sign give the positions label."""
    for each in claims.futures:
        if each.positions is None or not each.change:
            continue
        who, act, words = each.positions
        up = each.change > 0
        wrong_price = ((who == "bulls") == (act == "adding") and not up) or (
            (who == "bears") == (act == "adding") and up
        )
        wrong_interest = (
            each.oi_change is not None
            and each.oi_change != 0
            and (each.oi_change > 0) != (act == "adding")
        )
        if wrong_price or wrong_interest:
            yield found(
                "positions.conflict", f'{each.where}: "{words}"',
                f"price {plain(each.change)}, open interest {plain(each.oi_change)}: "
                f"that is {label(up, each.oi_change, act)}",
            )  # fmt: skip


def label(up: bool, oi_change: Decimal | None, act: str) -> str:
    """The positions label for a price sign and an open-interest sign."""
    adding = oi_change > 0 if oi_change else act == "adding"
    if adding:
        return "bulls adding" if up else "bears adding"
    return "bears reducing" if up else "bulls reducing"


def check_path(claims: Claims) -> Iterator[Finding]:
    """L13: "opened at the day's high" needs the open to be the high."""
    for each in claims.futures:
        for name, at, price in (
            ("open", each.open_at, each.open),
            ("close", each.close_at, each.close),
        ):
            extreme = {"high": each.high, "low": each.low}.get(at or "")
            if price is not None and extreme is not None and price != extreme:
                yield found(
                    "path.conflict", f'{each.where}: "{each.said}"',
                    f"the {name} {plain(price)} is called the {at}, but the {at} is {plain(extreme)}",
                )  # fmt: skip


def check_claims(page: Page) -> Iterator[Finding]:
    """L14: a record or first-since claim names its window."""
    for section in [*page.sections]:
        if section.name in {"industry", "source"}:
            continue
        for sentence in sentences(section.text):
            match = _CLAIM.search(sentence)
            if (
                match
                and not _WINDOW.search(sentence)
                and re.search(r"price|contract|premium|A00|ADC12|yuan", sentence)
            ):
                yield found(
                    "claim.unproven", f'{section.name}: "{snippet(sentence)}"',
                    f"{match.group()!r} needs its window and the day of the last such value",
                )  # fmt: skip


def check_weekdays(page: Page, calendar: Calendar | None) -> Iterator[Finding]:
    """L6: "Friday night" in a Tuesday text is old."""
    if page.published is None:
        return
    early = bool(re.search(r"Morning", page.text)) and bool(_EARLY.search(page.text))
    for name in ("lede", "futures", "scrap", "summary", "body"):
        texts = [page.lede] if name == "lede" else [s.text for s in page.named(name)]
        for text in texts:
            for sentence in sentences(text)[:2]:
                yield from _weekday(name, sentence, page.published, calendar, early)


def _weekday(
    name: str, sentence: str, published: date, calendar: Calendar | None, early: bool
) -> Iterator[Finding]:
    match = _WEEKDAY.search(sentence)
    if not match or not re.search(r"A00|primary aluminum|contract|ADC12", sentence):
        return
    if sentence[: match.start()].count(" ") > LEADING_WORDS:
        return
    meant = weekday_before(match["day"], published)
    if meant == published and early and re.search(r"A00|primary aluminum|ADC12", sentence):
        yield found(
            "asof.future", f'{name}: "{snippet(sentence)}"',
            f"published before the prices of {match['day']} were made",
        )  # fmt: skip
        return
    previous = previous_working_day(published, calendar)
    gap = (published - previous).days
    if (
        meant is None
        or meant >= previous
        or (calendar is None and gap <= LONGEST_CLOSURE and _after_holiday(published))
    ):
        return
    yield found(
        "asof.stale", f'{name}: "{snippet(sentence)}"',
        f"published on {published:%A %Y-%m-%d}: {match['day']} is not the previous working day",
    )  # fmt: skip


def _after_holiday(published: date) -> bool:
    return in_holiday_season(published - timedelta(days=LONGEST_CLOSURE - 3), published)


def check_leftovers(raw: str) -> Iterator[Finding]:
    """L14: footnotes belong to sections; no markup inside words."""
    note = _IMPORT_NOTE.search(raw)
    if note and not re.search(
        r"\bimport(?:ed|s)?\b(?! profit refers)", raw[: note.start()], re.IGNORECASE
    ):
        yield found(
            "footnote.orphan", f'"{note.group()}"', "the text has no import section: drop the note"
        )
    leak = _LEAK.search(raw)
    if leak:
        yield found(
            "markup.leaked",
            f'"{snippet(raw[max(0, leak.start() - 20) : leak.end() + 20])}"',
            "markup leaked into the words",
        )


def check_volume_words(claims: Claims) -> Iterator[Finding]:
    """L13: the word about the volume against the sign of its change."""
    for each in claims.futures:
        match = _VOLUME_WORDS.search(each.words)
        if not match or not each.volume_change:
            continue
        down = re.search(r"declin|decreas|fell|drop", match.group(), re.IGNORECASE)
        if bool(down) != (each.volume_change < 0):
            yield found(
                "direction.conflict", f'{each.where}: "{snippet(match.group())}"',
                f"the volume changed by {plain(each.volume_change)}",
            )  # fmt: skip
