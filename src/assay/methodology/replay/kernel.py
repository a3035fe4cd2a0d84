"""The price of one group of rows in whole numbers: the loop that a million days run through.

Written in the subset of Python that numba compiles; small runs execute it as it stands,
on Python's own integers. A value is `number / parts` in half units of the data, so that
the middle of low and high is exact. What does not fit 64 bits, or is not expressible
here, leaves the group with `EXACT`: the day engine then determines it. Never a float.
"""

from __future__ import annotations

from typing import Any

#: What became of a group.
NONE, PRICED, EXACT = 0, 1, 2

TRANSACTION, BID, OFFER, INDICATION = 0, 1, 2, 3
NO_SIDE, BUY, SELL = 0, 1, 2
#: Slots of one firm in the memory of living quotes: kind x side.
SLOTS = 12

MEAN, MEDIAN, AT_SHARE, MIDDLE_OF_RANGE = 0, 1, 2, 3
LOWER, UPPER, BOTH = 0, 1, 2
MIN_MAX, QUOTE_ENDS, QUOTE_MEANS, SHARES, BAND, BAND_PERCENT, AS_MID = 0, 1, 2, 3, 4, 5, 6
NO_TRIM, BY_COUNT, BY_VOLUME = 0, 1, 2
HALF_UP, HALF_AWAY, HALF_EVEN = 0, 1, 2

# fmt: off
# The columns that rows are given in, and the card of a row: the same, side by side.
LOW, HIGH, TONNES, FIRM, GROUP, KIND, SIDE, RECEIVED, RANK = range(9)
CARD = 8
# A rung in numbers.
(R_KINDS, R_FIRMS, R_GROUPS, R_DEALS, R_ROWS, R_BUYERS, R_SELLERS, R_TONNES, R_SHARE,
 R_SHARE_OF, R_ESTIMATOR, R_TIE, R_AT, R_AT_OF, R_BY_TONNES, R_TRIM, R_BELOW, R_ABOVE,
 R_VOLUME_OF, R_COUNTED, R_CUTS, RUNG_WIDTH) = range(22)
# A document in numbers: these, then its rungs one after another.
(D_RUNGS, D_LIVE, D_IDS, D_PER_FIRM, D_SPEAKING, D_QUORUM, D_CAP, D_CAP_OF, D_CAP_GROUPS,
 D_RANGE, D_TIE, D_LOW, D_LOW_OF, D_HIGH, D_HIGH_OF, D_ROUNDING, D_POINT,
 RULES_WIDTH) = range(18)
# The desk: a head, then for each row of the largest group a lived row, an own row, a value,
# a place of the order, a weight and a key to sort by.
(T_ROOM, T_BITS, T_FIRMS, T_GROUP, T_KINDS, T_ROWS, T_VALUES, T_LOW, T_MID, T_HIGH, T_RUNG,
 HEAD) = range(12)
(V_WHOLE, V_REST, V_PARTS, V_RANK, V_WEIGHT, V_HEAVY, V_DEALS, V_PLAIN, V_COUNT, V_LOW,
 V_HIGH, V_GROUP, V_CLASS, V_FIRM, VALUE) = range(15)
LIVED_AT, OWN_AT, BOX_AT, ORDER_AT, KEPT_AT, KEYS_AT, PLACES = 0, 1, 2, 16, 17, 18, 19
UNKNOWN = -2
# Notes on one firm or group: which stamp used it last, and what it noted.
M_FIRM, M_TONNES, M_GROUP, M_BUYER, M_SELLER, M_VALUE, M_VALUE_AT, M_SUM, NOTES = range(9)
# fmt: on
#: A middle of low and high, the low or the high: what a row's price is.
MIDDLE, AT_LOW, AT_HIGH = 0, 1, 2
#: Up to this many values are sorted by insertion.
FEW = 32


def below(one: int, other: int, desk: Any) -> bool:
    """Whether one value comes before another: by price, then by the firm's name."""
    if desk[one + V_WHOLE] != desk[other + V_WHOLE]:
        return bool(desk[one + V_WHOLE] < desk[other + V_WHOLE])
    left = desk[one + V_REST] * desk[other + V_PARTS]
    right = desk[other + V_REST] * desk[one + V_PARTS]
    if left != right:
        return bool(left < right)
    return bool(desk[one + V_RANK] < desk[other + V_RANK])


def put_in_order(size: int, desk: Any) -> None:
    """The cells of the values from low to high, those of one price by the firm's name."""
    box, order = HEAD + BOX_AT * desk[T_ROOM], HEAD + ORDER_AT * desk[T_ROOM]
    whole = desk[T_BITS] > 0
    for at in range(size):
        desk[order + at] = box + at * VALUE
        if desk[box + at * VALUE + V_PARTS] > 1:
            whole = False
    if whole:
        by_key(size, desk)
    else:
        by_comparing(size, desk)


def first_gap(size: int) -> int:
    """Insertion (a gap of 1) for few, a shell sort for many."""
    gap = 1
    if size > FEW:
        while gap < size // 3:
            gap = 3 * gap + 1
    return gap


def by_key(size: int, desk: Any) -> None:
    """Whole prices: price, rank of the firm and place of the cell as one number, sorted."""
    box, order = HEAD + BOX_AT * desk[T_ROOM], HEAD + ORDER_AT * desk[T_ROOM]
    keys, bits, firms = HEAD + KEYS_AT * desk[T_ROOM], desk[T_BITS], desk[T_FIRMS]
    for at in range(size):
        cell = box + at * VALUE
        desk[keys + at] = ((desk[cell + V_WHOLE] * firms + desk[cell + V_RANK]) << bits) + at
    gap = first_gap(size)
    while gap > 0:
        for at in range(gap, size):
            moved = desk[keys + at]
            place = keys + at
            while place >= keys + gap and desk[place - gap] > moved:
                desk[place] = desk[place - gap]
                place -= gap
            desk[place] = moved
        gap //= 3
    mask = (1 << bits) - 1
    for at in range(size):
        desk[order + at] = box + (desk[keys + at] & mask) * VALUE


def by_comparing(size: int, desk: Any) -> None:
    """Prices that are parts of half units: compared two by two."""
    order, gap = HEAD + ORDER_AT * desk[T_ROOM], first_gap(size)
    while gap > 0:
        for at in range(gap, size):
            moved = desk[order + at]
            place = at
            while place >= gap and below(moved, desk[order + place - gap], desk):
                desk[order + place] = desk[order + place - gap]
                place -= gap
            desk[order + place] = moved
        gap //= 3


def weigh(size: int, by_tonnes: int, desk: Any) -> bool:
    """Give each value its weight: its tonnes where all have some, else one."""
    order, kept = HEAD + ORDER_AT * desk[T_ROOM], HEAD + KEPT_AT * desk[T_ROOM]
    heavy = by_tonnes != 0
    for at in range(size):
        weight = desk[desk[order + at] + V_WEIGHT]
        desk[kept + at] = weight
        if weight <= 0:
            heavy = False
    if not heavy:
        for at in range(size):
            desk[kept + at] = 1
    return heavy


def cut_by_volume(size: int, at: int, rules: Any, desk: Any) -> tuple[int, int]:
    """Weights cut to what lies between two shares of all weight: the places that stay."""
    kept = HEAD + KEPT_AT * desk[T_ROOM]
    total = 0
    for place in range(size):
        total += desk[kept + place]
    parts = rules[at + R_VOLUME_OF]
    start, end = total * rules[at + R_BELOW], total * rules[at + R_ABOVE]
    reached, first, last = 0, -1, 0
    for place in range(size):
        weight = desk[kept + place]
        inside = min((reached + weight) * parts, end) - max(reached * parts, start)
        reached += weight
        if inside > 0:
            first = place if first < 0 else first
            last = place + 1
            desk[kept + place] = inside
    if first < 0:
        return 0, size
    return first, last


def tears(first: int, last: int, size: int, desk: Any) -> bool:
    """Whether a cut goes between two rows of one price and firm: their ids say which one stays."""
    order = HEAD + ORDER_AT * desk[T_ROOM]
    low, high = order + first, order + last
    return bool(
        (first > 0 and not below(desk[low - 1], desk[low], desk))
        or (last < size and not below(desk[high - 1], desk[high], desk))
    )


def cap_binds(
    first: int, last: int, document: int, rules: Any, desk: Any, notes: Any, stamp: int
) -> bool:
    """Whether a group (or firm) holds more than the cap allows, or the cap cannot hold."""
    order, kept = HEAD + ORDER_AT * desk[T_ROOM], HEAD + KEPT_AT * desk[T_ROOM]
    column = V_GROUP if rules[document + D_CAP_GROUPS] else V_FIRM
    total = largest = heavy = 0
    for at in range(first, last):
        name = NOTES * desk[desk[order + at] + column]
        if notes[name + M_GROUP] != stamp:
            notes[name + M_GROUP] = stamp
            notes[name + M_SUM] = 0
            heavy += 1
        notes[name + M_SUM] += desk[kept + at]
        total += desk[kept + at]
        largest = max(largest, notes[name + M_SUM])
    cap, of = rules[document + D_CAP], rules[document + D_CAP_OF]
    return bool(cap * heavy < of or largest * of > cap * total)


def price_at(cell: int, desk: Any) -> tuple[int, int]:
    """The value of a cell, as a number of parts of half units."""
    parts = desk[cell + V_PARTS]
    return desk[cell + V_WHOLE] * parts + desk[cell + V_REST], parts


def between(one: int, other: int, tie: int, desk: Any) -> tuple[int, int]:
    """The lower, the upper or the mean of two values; parts 0 for the day engine."""
    if tie == LOWER:
        return price_at(one, desk)
    if tie == UPPER:
        return price_at(other, desk)
    if desk[one + V_PARTS] > 1 or desk[other + V_PARTS] > 1:
        return 0, 0
    return desk[one + V_WHOLE] + desk[other + V_WHOLE], 2


def at_share(first: int, last: int, share: int, of: int, tie: int, desk: Any) -> tuple[int, int]:
    """The value where the cumulated weight passes a share of all weight."""
    order, kept = HEAD + ORDER_AT * desk[T_ROOM], HEAD + KEPT_AT * desk[T_ROOM]
    total = 0
    for at in range(first, last):
        total += desk[kept + at]
    reached = 0
    for at in range(first, last):
        reached += desk[kept + at]
        if reached * of > total * share or at == last - 1:
            return price_at(desk[order + at], desk)
        if reached * of == total * share:
            return between(desk[order + at], desk[order + at + 1], tie, desk)
    return 0, 0


def mean_of(first: int, last: int, tonnes: bool, desk: Any) -> tuple[int, int]:
    """Mean of the kept values by their weights; parts 0 for the day engine."""
    order, kept = HEAD + ORDER_AT * desk[T_ROOM], HEAD + KEPT_AT * desk[T_ROOM]
    number = mass = 0
    for at in range(first, last):
        cell, weight = desk[order + at], desk[kept + at]
        mass += weight
        if desk[cell + V_PARTS] == 1:
            number += desk[cell + V_WHOLE] * weight
        elif tonnes and desk[cell + V_DEALS] and weight == desk[cell + V_WEIGHT]:
            number += desk[cell + V_HEAVY]
        else:
            return 0, 0
    return number, mass


def estimate(
    first: int, last: int, tonnes: bool, at: int, rules: Any, desk: Any
) -> tuple[int, int]:
    """The mid before rounding; parts 0 for the day engine."""
    how, order = rules[at + R_ESTIMATOR], HEAD + ORDER_AT * desk[T_ROOM]
    if how == MEAN:
        return mean_of(first, last, tonnes, desk)
    if how == AT_SHARE:
        return at_share(first, last, rules[at + R_AT], rules[at + R_AT_OF], rules[at + R_TIE], desk)
    if how == MEDIAN:
        upper = order + first + (last - first) // 2
        if (last - first) % 2:
            return price_at(desk[upper], desk)
        return between(desk[upper - 1], desk[upper], rules[at + R_TIE], desk)
    return between(desk[order + first], desk[order + last - 1], BOTH, desk)


def quotes(first: int, last: int, high: bool, mean: bool, desk: Any) -> tuple[int, int]:
    """The lowest low or highest high end of the kept quotes, or the mean of the ends."""
    order = HEAD + ORDER_AT * desk[T_ROOM]
    column = V_HIGH if high else V_LOW
    total = found = desk[desk[order + first] + column]
    for at in range(first + 1, last):
        end = desk[desk[order + at] + column]
        total += end
        found = max(found, end) if high else min(found, end)
    if mean:
        return 2 * total, last - first
    return 2 * found, 1


def end_of(
    first: int, last: int, high: bool, number: int, parts: int, document: int, rules: Any, desk: Any
) -> tuple[int, int]:
    """Low or high before rounding, by the range rule; parts 0 for the day engine."""
    how = rules[document + D_RANGE]
    if how == MIN_MAX:
        place = last - 1 if high else first
        return price_at(desk[HEAD + ORDER_AT * desk[T_ROOM] + place], desk)
    if how == AS_MID:
        return number, parts
    if how in (QUOTE_ENDS, QUOTE_MEANS):
        return quotes(first, last, high, how == QUOTE_MEANS, desk)
    share, of = rules[document + D_LOW], rules[document + D_LOW_OF]
    if high:
        share, of = rules[document + D_HIGH], rules[document + D_HIGH_OF]
    if how == SHARES:
        return at_share(first, last, share, of, rules[document + D_TIE], desk)
    if how == BAND:
        move = share * parts if high else -share * parts
        return number * of + move, parts * of
    move = share * abs(number) if high else -share * abs(number)
    return 100 * of * number + move, 100 * of * parts


def steps_of(number: int, parts: int, step: int, step_of: int, rounding: int) -> int:
    """A value of parts of half units as whole steps, ties by the named rounding."""
    above, under = number * step_of, 2 * parts * step
    floor = above // under
    rest = 2 * (above - floor * under)
    if rest != under:
        return floor + 1 if rest > under else floor
    if rounding == HALF_UP or (rounding == HALF_AWAY and above > 0):
        return floor + 1
    if rounding == HALF_AWAY:
        return floor
    return floor + floor % 2


def priced(
    size: int, document: int, at: int, rules: Any, desk: Any, notes: Any, stamp: int, step: int,
    step_of: int,
) -> int:  # fmt: skip
    """What the values of one rung come to: the state; low, mid and high onto the desk."""
    tonnes = weigh(size, rules[at + R_BY_TONNES], desk)
    first, last = 0, size
    if rules[at + R_TRIM] == BY_COUNT:
        cuts = rules[at + R_CUTS] + 2 * size
        first, last = rules[cuts], size - rules[cuts + 1]
    elif rules[at + R_TRIM] == BY_VOLUME:
        first, last = cut_by_volume(size, at, rules, desk)
    if rules[document + D_PER_FIRM] == 0 and tears(first, last, size, desk):
        return EXACT
    if rules[document + D_CAP_OF] > 0 and cap_binds(
        first, last, document, rules, desk, notes, stamp
    ):
        return EXACT
    mid, parts = estimate(first, last, tonnes, at, rules, desk)
    low, low_parts = end_of(first, last, False, mid, parts, document, rules, desk)
    high, high_parts = end_of(first, last, True, mid, parts, document, rules, desk)
    if parts == 0 or low_parts == 0 or high_parts == 0:
        return EXACT
    rounding = rules[document + D_ROUNDING]
    desk[T_LOW] = steps_of(low, low_parts, step, step_of, rounding)
    desk[T_MID] = steps_of(mid, parts, step, step_of, rounding)
    desk[T_HIGH] = steps_of(high, high_parts, step, step_of, rounding)
    return PRICED
