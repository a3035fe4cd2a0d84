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
# The columns that rows are given in.
LOW, HIGH, TONNES, FIRM, GROUP, KIND, SIDE, RECEIVED, RANK = range(9)
# A rung in numbers.
(R_KINDS, R_FIRMS, R_GROUPS, R_DEALS, R_ROWS, R_BUYERS, R_SELLERS, R_TONNES, R_SHARE,
 R_SHARE_OF, R_ESTIMATOR, R_TIE, R_AT, R_AT_OF, R_BY_TONNES, R_TRIM, R_BELOW, R_ABOVE,
 R_VOLUME_OF, R_COUNTED, R_CUTS, RUNG_WIDTH) = range(22)
# A document in numbers: these, then its rungs one after another.
(D_RUNGS, D_LIVE, D_IDS, D_PER_FIRM, D_SPEAKING, D_QUORUM, D_CAP, D_CAP_OF, D_CAP_GROUPS,
 D_RANGE, D_TIE, D_LOW, D_LOW_OF, D_HIGH, D_HIGH_OF, D_ROUNDING, D_POINT,
 RULES_WIDTH) = range(18)
# The desk: a head, then for each row of the largest group a lived row, an own row, a value,
# a place of the order and a weight.
T_ROOM, T_GROUP, T_KINDS, T_ROWS, T_VALUES, T_LOW, T_MID, T_HIGH, T_RUNG, HEAD = range(10)
L_LOW, L_HIGH, L_TONNES, L_FIRM, L_GROUP, L_KIND, L_SIDE, L_RANK, LIVED = range(9)
(V_WHOLE, V_REST, V_PARTS, V_RANK, V_WEIGHT, V_HEAVY, V_DEALS, V_PLAIN, V_COUNT, V_LOW,
 V_HIGH, V_GROUP, V_CLASS, V_FIRM, VALUE) = range(15)
OWN_AT, BOX_AT, ORDER_AT, KEPT_AT, PLACES = 8, 9, 23, 24, 25
UNKNOWN = -2
# Notes on one firm or group: which stamp used it last, and what it noted.
M_FIRM, M_TONNES, M_GROUP, M_BUYER, M_SELLER, M_VALUE, M_VALUE_AT, M_SUM, NOTES = range(9)
# fmt: on
#: A middle of low and high, the low or the high: what a row's price is.
MIDDLE, AT_LOW, AT_HIGH = 0, 1, 2
#: Up to this many values are sorted by insertion.
FEW = 32


def amounts(count: int, at: int, rules: Any, desk: Any, notes: Any, stamp: int) -> bool:
    """Whether the own rows meet the minimum of the rung at `at` (a conjunction)."""
    own = HEAD + OWN_AT * desk[T_ROOM]
    firms = groups = deals = buyers = sellers = tonnes = largest = 0
    for place in range(count):
        row = desk[own + place]
        firm, group = desk[row + L_FIRM] * NOTES, desk[row + L_GROUP] * NOTES
        kind, side, weight = desk[row + L_KIND], desk[row + L_SIDE], desk[row + L_TONNES]
        if notes[firm + M_FIRM] != stamp:
            notes[firm + M_FIRM] = stamp
            notes[firm + M_TONNES] = 0
            firms += 1
        notes[firm + M_TONNES] += weight
        tonnes += weight
        largest = max(largest, notes[firm + M_TONNES])
        if notes[group + M_GROUP] != stamp:
            notes[group + M_GROUP] = stamp
            groups += 1
        if kind == TRANSACTION:
            deals += 1
        if side == BUY or (side == NO_SIDE and kind == BID):
            if notes[firm + M_BUYER] != stamp:
                notes[firm + M_BUYER] = stamp
                buyers += 1
        elif (side == SELL or kind == OFFER) and notes[firm + M_SELLER] != stamp:
            notes[firm + M_SELLER] = stamp
            sellers += 1
    if rules[at + R_SHARE_OF] > 0:
        if tonnes == 0:
            largest, tonnes = 1, firms
        if largest * rules[at + R_SHARE_OF] > rules[at + R_SHARE] * tonnes:
            return False
    return bool(
        groups >= rules[at + R_GROUPS]
        and deals >= rules[at + R_DEALS]
        and buyers >= rules[at + R_BUYERS]
        and sellers >= rules[at + R_SELLERS]
        and tonnes >= rules[at + R_TONNES]
        and firms >= rules[at + R_FIRMS]
    )


def values_of(count: int, document: int, rules: Any, desk: Any, notes: Any, stamp: int) -> int:
    """One value a firm (or a row) into the box: how many, or -1 for the day engine."""
    own, box = HEAD + OWN_AT * desk[T_ROOM], HEAD + BOX_AT * desk[T_ROOM]
    per_firm, speaking = rules[document + D_PER_FIRM], rules[document + D_SPEAKING]
    how, size = rules[document + D_POINT], 0
    for place in range(count):
        row = desk[own + place]
        kind, firm = desk[row + L_KIND], desk[row + L_FIRM]
        spoken = 0
        if speaking and kind != TRANSACTION:
            spoken = 2 if kind == INDICATION else 1
        note, at = firm * NOTES, size
        if per_firm:
            if notes[note + M_VALUE] == stamp:
                at = notes[note + M_VALUE_AT]
                if desk[box + at * VALUE + V_CLASS] < spoken:
                    continue
            notes[note + M_VALUE], notes[note + M_VALUE_AT] = stamp, at
        cell = box + at * VALUE
        if at == size or spoken < desk[cell + V_CLASS]:
            size += 1 if at == size else 0
            desk[cell + V_FIRM], desk[cell + V_CLASS] = firm, spoken
            desk[cell + V_RANK] = desk[row + L_RANK]
            desk[cell + V_GROUP] = desk[row + L_GROUP]
            desk[cell + V_COUNT] = 0
        elif desk[cell + V_GROUP] != desk[row + L_GROUP]:
            return -1
        join(cell, row, how, desk)
    for at in range(size):
        if desk[box + at * VALUE + V_COUNT] > 1:
            settle(box + at * VALUE, desk)
    return size


def join(cell: int, row: int, how: int, desk: Any) -> None:
    """Add a row to the value of its firm."""
    low, high, tonnes = desk[row + L_LOW], desk[row + L_HIGH], desk[row + L_TONNES]
    point = low + high
    if how != MIDDLE:
        point = 2 * low if how == AT_LOW else 2 * high
    deals = 1 if desk[row + L_KIND] == TRANSACTION and tonnes != 0 else 0
    if desk[cell + V_COUNT] == 0:
        desk[cell + V_WHOLE], desk[cell + V_REST], desk[cell + V_PARTS] = point, 0, 1
        desk[cell + V_PLAIN], desk[cell + V_COUNT], desk[cell + V_DEALS] = point, 1, deals
        desk[cell + V_HEAVY], desk[cell + V_WEIGHT] = point * tonnes, tonnes
        desk[cell + V_LOW], desk[cell + V_HIGH] = low, high
        return
    desk[cell + V_PLAIN] += point
    desk[cell + V_COUNT] += 1
    desk[cell + V_HEAVY] += point * tonnes
    desk[cell + V_WEIGHT] += tonnes
    if deals == 0:
        desk[cell + V_DEALS] = 0
    desk[cell + V_LOW] = min(desk[cell + V_LOW], low)
    desk[cell + V_HIGH] = max(desk[cell + V_HIGH], high)


def settle(cell: int, desk: Any) -> None:
    """The value of a firm of several rows: whole half units, a rest, the parts it is of."""
    number, parts = desk[cell + V_PLAIN], desk[cell + V_COUNT]
    if desk[cell + V_DEALS]:
        number, parts = desk[cell + V_HEAVY], desk[cell + V_WEIGHT]
    whole = number // parts
    rest = number - whole * parts
    desk[cell + V_WHOLE], desk[cell + V_REST] = whole, rest
    desk[cell + V_PARTS] = parts if rest else 1


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
    """The cells of the values from low to high: insertion for few, a shell sort for many."""
    box, order = HEAD + BOX_AT * desk[T_ROOM], HEAD + ORDER_AT * desk[T_ROOM]
    gap = 1
    if size > FEW:
        while gap < size // 3:
            gap = 3 * gap + 1
    for at in range(size):
        desk[order + at] = box + at * VALUE
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


def gather(lived: int, number: int, kinds: int, desk: Any) -> int:
    """The lived rows of some kinds as own rows, unless they stand there already: how many."""
    if desk[T_GROUP] == number and desk[T_KINDS] == kinds:
        return int(desk[T_ROWS])
    own, count = HEAD + OWN_AT * desk[T_ROOM], 0
    for at in range(lived):
        row = HEAD + at * LIVED
        if (kinds >> desk[row + L_KIND]) & 1:
            desk[own + count] = row
            count += 1
    desk[T_GROUP], desk[T_KINDS], desk[T_ROWS], desk[T_VALUES] = number, kinds, count, UNKNOWN
    return count


def climb(
    lived: int,
    number: int,
    document: int,
    rules: Any,
    desk: Any,
    notes: Any,
    step: int,
    step_of: int,
) -> int:
    """Climb down the rungs of one document: the state; rung, rows and prices onto the desk."""
    for place in range(rules[document + D_RUNGS]):
        at = document + RULES_WIDTH + place * RUNG_WIDTH
        stamp = 2 * (number * len(rules) + at)
        count = gather(lived, number, rules[at + R_KINDS], desk)
        if count < max(rules[at + R_ROWS], rules[at + R_FIRMS], 1):
            continue
        if rules[at + R_COUNTED] and not amounts(count, at, rules, desk, notes, stamp):
            continue
        if desk[T_VALUES] == UNKNOWN:
            desk[T_VALUES] = values_of(count, document, rules, desk, notes, stamp)
            put_in_order(desk[T_VALUES], desk)
        size = desk[T_VALUES]
        if size < 0:
            return EXACT
        if size < rules[at + R_FIRMS] or (
            rules[document + D_QUORUM] and size != rules[document + D_QUORUM]
        ):
            continue
        desk[T_RUNG] = place
        return priced(size, document, at, rules, desk, notes, stamp + 1, step, step_of)
    return NONE


def price_groups(
    starts: Any, rows: Any, data: Any, documents: Any, rules: Any, steps: Any, desk: Any,
    quoted: Any, notes: Any, found: Any,
) -> None:  # fmt: skip
    """Every group in turn, for each document (they screen and make values alike).

    `documents` says where each one stands in `rules`; `steps` holds step and scale of each
    series of each document; `found` takes six numbers a document and group: state, rung,
    rows used, low, mid, high (in steps).
    """
    low, high, tonnes, firm, group = data[LOW], data[HIGH], data[TONNES], data[FIRM], data[GROUP]
    kind, side, received, rank = data[KIND], data[SIDE], data[RECEIVED], data[RANK]
    groups, size = len(starts) - 1, len(steps) // (2 * len(documents))
    own, live, ids = HEAD + OWN_AT * desk[T_ROOM], rules[D_LIVE], rules[D_IDS]
    for number in range(groups):
        first, last = starts[number], starts[number + 1]
        if first == last:
            continue
        lived = 0
        for place in range(first, last):
            row = rows[place]
            at, slot = lived, 2 * (firm[row] * SLOTS + kind[row] * 3 + side[row])
            if quoted[slot] == first and (live >> kind[row]) & 1:
                at = quoted[slot + 1]
                before = desk[own + at]
                if received[row] == received[before] and ids:
                    lived = UNKNOWN
                    break
                if received[row] < received[before]:
                    continue
            quoted[slot], quoted[slot + 1], desk[own + at] = first, at, row
            lived += 1 if at == lived else 0
            cell = HEAD + at * LIVED
            desk[cell + L_LOW], desk[cell + L_HIGH] = low[row], high[row]
            desk[cell + L_TONNES], desk[cell + L_FIRM] = max(tonnes[row], 0), firm[row]
            desk[cell + L_GROUP], desk[cell + L_KIND] = group[row], kind[row]
            desk[cell + L_SIDE], desk[cell + L_RANK] = side[row], rank[firm[row]]
        for which in range(len(documents)):
            cell = 6 * (which * groups + number)
            if lived == UNKNOWN:
                found[cell] = EXACT
                continue
            at = 2 * (which * size + number % size)
            found[cell] = climb(
                lived, number, documents[which], rules, desk, notes, steps[at], steps[at + 1]
            )
            found[cell + 1], found[cell + 2] = desk[T_RUNG], desk[T_ROWS]
            found[cell + 3], found[cell + 4], found[cell + 5] = (
                desk[T_LOW],
                desk[T_MID],
                desk[T_HIGH],
            )
