"""Rules of dates, contracts and one-fact-one-value (L3, L6, L7).

A legitimate contract roll is information, never an error: two contracts are allowed
when the two as-of days lie on both sides of the switch, and only then.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from assay.commentary.checker.arithmetic import plain
from assay.commentary.checker.claims import Claims, DatedWord, FuturesClaim, SpotClaim, SpreadClaim
from assay.commentary.checker.dates import (
    LONGEST_CLOSURE,
    LONGEST_WEEKEND,
    in_holiday_season,
    is_stale,
    previous_working_day,
)
from assay.commentary.checker.rules import found
from assay.core import Calendar, Finding


def check_headers(claims: Claims) -> Iterator[Finding]:
    """L6: header and dateline carry the day of publication."""
    for code, words in (("header.date", claims.headers), ("dateline.date", claims.datelines)):
        for each in words:
            yield from _same_day(code, claims, each)


def _same_day(code: str, claims: Claims, each: DatedWord) -> Iterator[Finding]:
    if each.day is None:
        yield found("date.unreadable", f'{each.where}: "{each.words}"', "no calendar has this date")
        return
    if claims.published is not None:
        if (each.day.month, each.day.day) != (claims.published.month, claims.published.day):
            yield found(
                code, f'{each.where}: "{each.words}"',
                f"published on {claims.published:%Y-%m-%d}: the {each.where} should read "
                f"{claims.published.month}.{claims.published.day} (a date is not a decimal number)",
            )  # fmt: skip
        return
    later = [word for word in claims.as_of if word.day and word.day > each.day]
    if later and code == "header.date" and len(later) == len([w for w in claims.as_of if w.day]):
        yield found(
            code, f'{each.where}: "{each.words}"',
            f"the text speaks of {later[0].words!r}, which is later than its own header",
        )  # fmt: skip


def check_fresh(claims: Claims, calendar: Calendar | None) -> Iterator[Finding]:
    """L6: no figure dated after publication, none older than the previous working day."""
    if claims.published is None:
        yield from _old_against_header(claims)
        return
    for each in claims.as_of:
        where = f'{each.where}: "{each.words}"'
        if each.day is None:
            yield found("date.unreadable", where, "no calendar has this date")
        elif each.day > claims.published:
            yield found(
                "asof.future", where, f"published on {claims.published}: this day was not over"
            )
        elif is_stale(each.day, claims.published, calendar):
            yield found(
                "asof.stale", where,
                f"published on {claims.published}: the previous working day is "
                f"{previous_working_day(claims.published, calendar)}",
            )  # fmt: skip


def _old_against_header(claims: Claims) -> Iterator[Finding]:
    """Without a publication day, only the header can show that a figure is old."""
    header = next((each.day for each in claims.headers if each.day), None)
    for each in claims.as_of:
        if header is None or each.day is None:
            continue
        gap = (header - each.day).days
        if gap > LONGEST_WEEKEND and not (
            in_holiday_season(each.day, header) and gap <= LONGEST_CLOSURE
        ):
            yield found(
                "asof.stale", f'{each.where}: "{each.words}"',
                f"the header says {header:%m-%d}, {gap} days later: one of the two is wrong",
            )  # fmt: skip


def check_contracts(claims: Claims) -> Iterator[Finding]:
    """L7: one most-traded contract per product and time."""
    named = [
        each for each in claims.futures if each.contract and not each.product.startswith("LME")
    ]
    seen: dict[tuple[str, str | None], FuturesClaim] = {}
    for each in named:
        key = (each.product, each.session)
        first = seen.setdefault(key, each)
        if first.month != each.month:
            yield found(
                "contract.two_most_traded", f'{each.where}: "{each.said}"',
                f"{first.contract} and {each.contract} are both most-traded in the same session: one is wrong",
            )  # fmt: skip
    for spread in claims.spreads:
        same = [each for each in named if each.product == spread.product]
        if same and spread.contract and all(each.month != spread.contract[-4:] for each in same):
            yield from _roll(claims, same[0], spread)


def _roll(claims: Claims, futures: FuturesClaim, spread: SpreadClaim) -> Iterator[Finding]:
    assert futures.contract
    assert spread.contract
    where = f"futures {futures.contract}, spread {spread.contract}"
    if futures.contract[-4:] < spread.contract[-4:]:
        yield found(
            "roll.backwards", where,
            "the later session names the earlier delivery month: a roll goes forward, so one is wrong",
        )  # fmt: skip
        return
    if _astride(claims, futures, spread):
        if not claims.roll_stated:
            yield found(
                "roll.unstated", where,
                "the most-traded contract rolled between the two as-of days: say so in a sentence",
            )  # fmt: skip
        return
    yield found(
        "contract.two_most_traded", where,
        "both are called most-traded at the same as-of day: only a roll between two days allows it",
    )  # fmt: skip


def _astride(claims: Claims, futures: FuturesClaim, spread: SpreadClaim) -> bool:
    """Whether the spread's day lies before the futures' trading day."""
    if spread.as_of is None or claims.published is None:
        return futures.session == "night"
    return spread.as_of < claims.published


def check_bases(claims: Claims) -> Iterator[Finding]:
    """L3: one close has one base; the same fact has one value everywhere."""
    groups: dict[tuple[str, str | None, str | None], list[FuturesClaim]] = {}
    for each in claims.futures:
        groups.setdefault((each.product, each.month, each.session), []).append(each)
    for group in groups.values():
        yield from _one_base(group)
        yield from _one_value(group)


def _one_base(group: list[FuturesClaim]) -> Iterator[Finding]:
    named = {each.base: each for each in group if each.base in {"close", "settlement"}}
    if {"close", "settlement"} <= set(named):
        close, settle = named["close"], named["settlement"]
        if close.change == settle.change or close.close == settle.close:
            yield found(
                "base.mixed", f'{settle.where} and {close.where}: "{settle.said}"',
                f"{settle.base_words!r} in one place, {close.base_words!r} in the other, for the same "
                f"session and change {plain(close.change)}: settled/previous settlement or "
                "closed/previous close, name one base",
            )  # fmt: skip


def _one_value(group: list[FuturesClaim]) -> Iterator[Finding]:
    for name in (
        "open",
        "high",
        "low",
        "close",
        "change",
        "pct",
        "volume",
        "open_interest",
        "oi_change",
    ):
        first: tuple[Decimal, FuturesClaim] | None = None
        for each in group:
            number = getattr(each, name)
            if number is None:
                continue
            if first is None:
                first = (number, each)
            elif number != first[0]:
                yield found(
                    "fact.two_values", f'{each.where}: "{each.said}"',
                    f"{name.replace('_', ' ')} is {plain(number)} here and {plain(first[0])} in {first[1].where}",
                )  # fmt: skip


def check_spots(claims: Claims) -> Iterator[Finding]:
    """L3 and L13: one spot price has one value and one direction in the whole text."""
    by_series: dict[str, list[SpotClaim]] = {}
    for each in claims.spots:
        by_series.setdefault(each.series, []).append(each)
    for group in by_series.values():
        for index, each in enumerate(group):
            for earlier in group[:index]:
                if _same_time(each, earlier):
                    yield from _against(each, earlier)


def _same_time(left: SpotClaim, right: SpotClaim) -> bool:
    if left.as_of and right.as_of and left.as_of != right.as_of:
        return False
    return left.day is None or right.day is None or left.day == right.day


def _against(each: SpotClaim, earlier: SpotClaim) -> Iterator[Finding]:
    for name in ("price", "change", "low", "high"):
        one, other = getattr(each, name), getattr(earlier, name)
        if one is not None and other is not None and one != other:
            yield found(
                "fact.two_values", each.where,
                f"{name} {plain(one)} here, {plain(other)} in {earlier.where}",
            )  # fmt: skip
            return
    signs = [_direction(claim) for claim in (each, earlier)]
    if signs[0] and signs[1] and signs[0] != signs[1] and each.section != earlier.section:
        yield found(
            "direction.conflict", each.where,
            f"{'up' if signs[0] > 0 else 'down'} here, {'up' if signs[1] > 0 else 'down'} in {earlier.where}",
        )  # fmt: skip


def _direction(claim: SpotClaim) -> int:
    if claim.change is not None:
        return (claim.change > 0) - (claim.change < 0)
    return claim.movement.sign if claim.movement else 0


TIMING = (check_headers, check_contracts, check_bases, check_spots)
