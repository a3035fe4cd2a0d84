"""Rules of arithmetic: what the printed numbers themselves contradict (L2, L4, L9, L10).

Each rule takes the claims and gives findings; none reads a text or knows a series' true
price. Bands of plausibility are wide on purpose: they catch lost digits, not markets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from assay.commentary.checker.claims import (
    Claims,
    FuturesClaim,
    RangeClaim,
    SpotClaim,
    WarrantClaim,
)
from assay.commentary.checker.rules import found
from assay.core import Finding, decimal_text

#: (lowest, highest) value that these things have ever plausibly had, CNY/t or USD/t.
PLAUSIBLE = {
    "a00": (10_000, 45_000), "adc12": (10_000, 45_000), "AD": (10_000, 45_000),
    "AL": (10_000, 45_000), "ubc": (6_000, 35_000), "tense": (6_000, 35_000),
    "silicon": (4_000, 80_000), "overseas": (1_000, 6_000), "import_profit": (-8_000, 8_000),
}  # fmt: skip
GRID = {"AD": 5, "AL": 5}
#: An extreme is this near to open or close; open and close are this near to each other.
FAR = {"high": Fraction(45, 1000), "low": Fraction(45, 1000), "open": Fraction(8, 100)}
WIDE = Fraction(16, 10)
SMALLEST_PRICE = 1000
#: A full day trades at least this many times a night; nights differ less among themselves.
FULL_DAY = 4


def plain(number: Decimal | None) -> str:
    """A number for a finding's words, with thousands commas."""
    return "?" if number is None else f"{number:,f}"


def percent_agrees(
    close: Decimal, change: Decimal, pct: Decimal, places: int
) -> tuple[bool, Decimal]:
    """Whether `pct` (printed with `places`) is change over base; and the exact value.

    The base is close minus change. Half a unit of the last printed place is allowed.
    """
    base = close - change
    if base <= 0:
        return True, pct
    exact = Fraction(change) * 100 / Fraction(base)
    room = Fraction(1, 2 * 10**places)
    shown = Decimal(exact.numerator) / Decimal(exact.denominator)
    return abs(Fraction(pct) - exact) <= room, round(shown, max(places, 2))


def check_percent(claims: Claims) -> Iterator[Finding]:
    """L2: percent recomputed from change and base."""
    for each in claims.futures:
        if each.close is None or each.pct is None:
            continue
        if each.change is not None:
            yield from _percent(
                each.where, each.close, each.change, each.pct, each.pct_places, each.said
            )
        elif each.base_value:
            yield from _percent(
                each.where,
                each.close,
                each.close - each.base_value,
                each.pct,
                each.pct_places,
                each.said,
            )
    for spot in claims.spots:
        if spot.price is not None and spot.change is not None and spot.pct is not None:
            yield from _percent(spot.where, spot.price, spot.change, spot.pct, spot.pct_places, "")


def _percent(
    where: str, close: Decimal, change: Decimal, pct: Decimal, places: int, said: str
) -> Iterator[Finding]:
    fits, exact = percent_agrees(close, change, pct, places)
    if not fits:
        yield found(
            "percent.disagrees", _place(where, said),
            f"{pct} % is printed, but {plain(change)} on a base of {plain(close - change)} is "
            f"{exact} %: correct the percent, the change or the base",
        )  # fmt: skip


def _place(where: str, said: str) -> str:
    return f'{where}: "{said}"' if said else where


def check_change(claims: Claims) -> Iterator[Finding]:
    """L2: the change against a stated base value; and no change above a tenth."""
    for each in claims.futures:
        if each.close is None or each.change is None:
            continue
        if each.base_value is not None and each.close - each.base_value != each.change:
            yield found(
                "change.disagrees", _place(each.where, each.said),
                f"{plain(each.close)} minus the stated base {plain(each.base_value)} is "
                f"{plain(each.close - each.base_value)}, not {plain(each.change)}",
            )  # fmt: skip
        yield from _too_far(_place(each.where, each.said), each.close, each.change)
    for spot in claims.spots:
        if spot.price is not None and spot.change is not None:
            yield from _too_far(spot.where, spot.price, spot.change)


def _too_far(where: str, price: Decimal, change: Decimal) -> Iterator[Finding]:
    if price > 0 and abs(change) * 10 > price:
        yield found(
            "change.implausible", where,
            f"a change of {plain(change)} on {plain(price)} is above a tenth: compare with the source",
        )  # fmt: skip


def check_extremes(claims: Claims) -> Iterator[Finding]:
    """L9: low <= open, close <= high, and the extremes not too far away."""
    for each in claims.futures:
        where = _place(each.where, each.said)
        low, high = each.low, each.high
        if low is not None and high is not None and low > high:
            yield found(
                "range.reversed", where, f"the low {plain(low)} is above the high {plain(high)}"
            )
            continue
        for name, price in (("open", each.open), ("close", each.close)):
            yield from _inside(where, name, price, low, high)
        yield from _near(where, each)
        yield from _steps(where, each)


def _inside(
    where: str, name: str, price: Decimal | None, low: Decimal | None, high: Decimal | None
) -> Iterator[Finding]:
    if price is None:
        return
    if high is not None and price > high:
        yield found(
            "extreme.order", where, f"the {name} {plain(price)} is above the high {plain(high)}"
        )
    if low is not None and price < low:
        yield found(
            "extreme.order", where, f"the {name} {plain(price)} is below the low {plain(low)}"
        )


def _near(where: str, each: FuturesClaim) -> Iterator[Finding]:
    anchors = [price for price in (each.open, each.close) if price]
    if not anchors:
        return
    for name, price in (("high", each.high), ("low", each.low), ("open", each.open)):
        if price is None or (price in anchors and name != "open"):
            continue
        against = [a for a in anchors if a is not price] or anchors
        if all(
            abs(Fraction(price) - Fraction(a)) > FAR[name] * Fraction(a) for a in against
        ) and against != [price]:
            yield found(
                "extreme.implausible", where,
                f"the {name} {plain(price)} is far from {plain(against[-1])}: "
                "a digit may be wrong",
            )  # fmt: skip


def _steps(where: str, each: FuturesClaim) -> Iterator[Finding]:
    step = GRID.get(each.product)
    if not step:
        return
    for name, price in (
        ("open", each.open),
        ("high", each.high),
        ("low", each.low),
        ("close", each.close),
    ):
        if price is not None and price % step:
            yield found(
                "price.off_step", where,
                f"the {name} {plain(price)} is not on the exchange's grid of {step}: compare with the source",
            )  # fmt: skip


def check_plausible(claims: Claims) -> Iterator[Finding]:
    """L9: values outside anything their series has seen."""
    for each in claims.futures:
        for price in (each.open, each.high, each.low, each.close):
            yield from _band(_place(each.where, each.said), each.product, price)
    for spot in claims.spots:
        for price in (spot.price, spot.low, spot.high):
            yield from _band(spot.where, spot.series, price)
        yield from _average(spot)
    for pair in claims.ranges:
        for price in (pair.low, pair.high):
            if pair.unit == "usd/mt" or pair.thing != "overseas":
                yield from _band(pair.where, pair.thing, price)


def _band(where: str, thing: str, price: Decimal | None) -> Iterator[Finding]:
    low, high = PLAUSIBLE.get(thing, (None, None))
    if price is None or low is None or high is None or low <= price <= high:
        return
    yield found(
        "value.implausible", where,
        f"{plain(price)} lies outside {low:,} to {high:,}, the band of this series: a digit may be "
        "lost or doubled, or the unit is another",
    )  # fmt: skip


def _average(spot: SpotClaim) -> Iterator[Finding]:
    if spot.low is not None and spot.high is not None:
        if spot.low > spot.high:
            yield found(
                "range.reversed", spot.where, f"{plain(spot.low)} is above {plain(spot.high)}"
            )
        elif spot.price is not None and not spot.low <= spot.price <= spot.high:
            yield found(
                "extreme.order", spot.where,
                f"the average {plain(spot.price)} lies outside {plain(spot.low)}-{plain(spot.high)}",
            )  # fmt: skip


def check_ranges(claims: Claims) -> Iterator[Finding]:
    """L9: low <= high, not too wide, with a word on tax where it is due."""
    for each in claims.ranges:
        if each.low is None or each.high is None:
            continue
        if each.low > each.high:
            yield found(
                "range.reversed", each.where,
                f"low {plain(each.low)} is above high {plain(each.high)}: swap them or find the wrong digit",
            )  # fmt: skip
        elif each.low >= SMALLEST_PRICE and Fraction(each.high) > WIDE * Fraction(each.low):
            yield found(
                "range.implausible", each.where,
                f"{plain(each.low)}-{plain(each.high)} is too wide for one price: a digit may be doubled",
            )  # fmt: skip
        yield from _tax(each)


def _tax(each: RangeClaim) -> Iterator[Finding]:
    if each.needs_tax and each.tax is None:
        yield found(
            "tax.missing", each.where, "say whether tax is in the price: scrap is printed ex-tax"
        )


def check_warrants(claims: Claims) -> Iterator[Finding]:
    """L4: regional levels and changes sum to the totals."""
    for each in claims.warrants:
        if not each.complete or not each.regions:
            continue
        yield from _cross_foot(each)


def _cross_foot(each: WarrantClaim) -> Iterator[Finding]:
    levels = [region.level for region in each.regions]
    changes = [region.change for region in each.regions]
    if each.total is not None and None not in levels:
        total = _sum(levels)
        if total != each.total:
            yield found(
                "warrants.levels", each.where,
                f"the regions sum to {plain(total)}, the total says {plain(each.total)} "
                f"(difference {plain(each.total - total)})",
            )  # fmt: skip
    if each.change is not None and None not in changes:
        total = _sum(changes)
        if total != each.change:
            yield found(
                "warrants.changes", each.where,
                f"the regional changes sum to {plain(total)}, the total change says {plain(each.change)}",
            )  # fmt: skip
    for region in each.regions:
        if region.level is not None and region.change is not None and region.change > region.level:
            yield found(
                "warrants.continuity", f"{each.where}, {region.name}",
                f"{plain(region.level)} after {plain(region.change)} would mean less than nothing before",
            )  # fmt: skip


def _sum(numbers: Iterable[Decimal | None]) -> Decimal:
    return sum((number for number in numbers if number is not None), Decimal(0))


def check_continuity(before: Claims, now: Claims) -> Iterator[Finding]:
    """L4: today's levels are yesterday's plus the change, in total and for each region."""
    old = next((each for each in before.warrants if each.total is not None), None)
    for each in now.warrants:
        if old is None:
            return
        rows = [("total", old.total, each.total, each.change)]
        earlier = {region.name: region.level for region in old.regions}
        rows += [(r.name, earlier.get(r.name), r.level, r.change) for r in each.regions]
        for name, then, level, change in rows:
            if then is None or level is None or change is None or then + change == level:
                continue
            yield found(
                "warrants.continuity", f"{each.where}, {name}",
                f"{plain(then)} the day before and {plain(change)} give {plain(then + change)}, "
                f"not {plain(level)}",
            )  # fmt: skip


def check_volume(claims: Claims) -> Iterator[Finding]:
    """L10: a night session's volume is compared with a night session's, not a day's."""
    for each in claims.futures:
        if (
            each.session != "night"
            or each.volume_alike
            or each.volume is None
            or each.volume_change is None
        ):
            continue
        before = each.volume - each.volume_change
        if before >= FULL_DAY * each.volume > 0:
            yield found(
                "volume.unlike_sessions", _place(each.where, each.said),
                f"{plain(each.volume)} lots ({plain(each.volume_change)}) compares the night with "
                f"{plain(before)} lots, which is a full day's volume: compare night with night",
            )  # fmt: skip
        elif before < 0:
            yield found(
                "change.disagrees", _place(each.where, each.said),
                f"a volume of {plain(each.volume)} cannot have risen by {plain(each.volume_change)}",
            )  # fmt: skip


def check_spread(claims: Claims) -> Iterator[Finding]:
    """L10: the premium against spot minus futures; its unit and its sign."""
    for each in claims.spreads:
        if each.unit_wrong:
            yield found(
                "unit.instrument",
                each.where,
                f"spot and futures are in yuan/mt, not {each.unit_wrong}",
            )
        if each.premium is None:
            continue
        if each.premium < 0:
            yield found(
                "direction.conflict", each.where,
                f"a {each.kind or 'premium'} of {plain(each.premium)}: say the other word, without the sign",
            )  # fmt: skip
        yield from _implied(claims, each.where, each.premium, each.kind)


def _implied(claims: Claims, where: str, premium: Decimal, kind: str | None) -> Iterator[Finding]:
    spot = next(
        (s.price for s in claims.spots if s.series == "adc12" and s.price is not None), None
    )
    futures = next((f for f in claims.futures if f.product == "AD" and f.close is not None), None)
    if spot is None or futures is None or futures.close is None:
        return
    implied = spot - (premium if kind != "discount" else -premium)
    base = futures.close - (futures.change or 0)
    if abs(implied - base) * 20 > base:
        yield found(
            "spread.implausible", where,
            f"spot {plain(spot)} and {plain(premium)} would put the futures at {plain(implied)}, "
            f"but they stood near {plain(base)}",
        )  # fmt: skip


def decimal_or(number: Decimal | None) -> str:
    """Canonical text of a number for JSON, or an empty string."""
    return "" if number is None else decimal_text(number)


ARITHMETIC = (
    check_percent, check_change, check_extremes, check_plausible, check_ranges, check_warrants,
    check_volume, check_spread,
)  # fmt: skip
