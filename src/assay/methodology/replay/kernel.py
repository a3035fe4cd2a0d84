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
# The columns a group's rows are given in.
LOW, HIGH, TONNES, FIRM, GROUP, KIND, SIDE, RECEIVED, RANK = range(9)
# A rung in numbers.
(R_KINDS, R_FIRMS, R_GROUPS, R_DEALS, R_ROWS, R_BUYERS, R_SELLERS, R_TONNES, R_SHARE,
 R_SHARE_OF, R_ESTIMATOR, R_TIE, R_AT, R_AT_OF, R_BY_TONNES, R_TRIM, R_BELOW, R_ABOVE,
 R_VOLUME_OF, R_COUNTED, RUNG_WIDTH) = range(21)
# The document in numbers.
(D_LIVE, D_IDS, D_PER_FIRM, D_SPEAKING, D_QUORUM, D_CAP, D_CAP_OF, D_CAP_GROUPS, D_RANGE,
 D_TIE, D_LOW, D_LOW_OF, D_HIGH, D_HIGH_OF, D_ROUNDING, D_POINT, RULES_WIDTH) = range(17)
# One value in the box: WIDTH numbers.
(V_WHOLE, V_REST, V_PARTS, V_FIRM, V_WEIGHT, V_HEAVY, V_DEALS, V_PLAIN, V_COUNT, V_LOW,
 V_HIGH, V_GROUP, V_CLASS) = range(13)
WIDTH = 16
# Scratch beside the box, one place a row of the largest group.
BOX, ORDER, KEPT, LIVED, OWN = range(5)
# Memory of one firm or group: which stamp used it last, and what it noted.
M_FIRM, M_TONNES, M_GROUP, M_BUYER, M_SELLER, M_VALUE, M_VALUE_AT, M_SUM = range(8)
NOTES = 8
QUOTES, PLACES, NOTED = range(3)
# fmt: on
#: A middle of low and high, the low or the high: what a row's price is.
MIDDLE, AT_LOW, AT_HIGH = 0, 1, 2
#: Up to this many values are sorted by insertion.
FEW = 32


def living(rows: Any, first: int, last: int, data: Any, rules: Any, memory: Any, lived: Any) -> int:
    """The rows that live: of one firm, kind and side the last one. -1 where ids decide."""
    kind, side, firm, received = data[KIND], data[SIDE], data[FIRM], data[RECEIVED]
    stamps, slots = memory[QUOTES], memory[PLACES]
    live, count = rules[D_LIVE], 0
    for place in range(first, last):
        row = rows[place]
        own = kind[row]
        slot = firm[row] * SLOTS + own * 3 + side[row]
        if stamps[slot] != first or not (live >> own) & 1:
            stamps[slot] = first
            slots[slot] = count
            lived[count] = row
            count += 1
            continue
        before = lived[slots[slot]]
        if received[row] == received[before] and rules[D_IDS]:
            return -1
        if received[row] >= received[before]:
            lived[slots[slot]] = row
    return count


def amounts(own: Any, count: int, rung: Any, data: Any, notes: Any, stamp: int) -> bool:
    """Whether the rows of a rung meet its minimum (a conjunction)."""
    firms = groups = deals = buyers = sellers = tonnes = largest = 0
    for place in range(count):
        row = own[place]
        firm, group = data[FIRM][row] * NOTES, data[GROUP][row] * NOTES
        kind, side = data[KIND][row], data[SIDE][row]
        weight = max(data[TONNES][row], 0)
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
    if rung[R_SHARE_OF] > 0:
        if tonnes == 0:
            largest, tonnes = 1, firms
        if largest * rung[R_SHARE_OF] > rung[R_SHARE] * tonnes:
            return False
    return bool(
        groups >= rung[R_GROUPS]
        and deals >= rung[R_DEALS]
        and buyers >= rung[R_BUYERS]
        and sellers >= rung[R_SELLERS]
        and tonnes >= rung[R_TONNES]
        and firms >= rung[R_FIRMS]
    )


def values_of(own: Any, count: int, rules: Any, data: Any, notes: Any, box: Any, stamp: int) -> int:
    """One value a firm (or a row) into the box: how many, or -1 for the day engine."""
    firms, groups, kinds = data[FIRM], data[GROUP], data[KIND]
    lows, highs, tonnes = data[LOW], data[HIGH], data[TONNES]
    speaking, per_firm, how = rules[D_SPEAKING], rules[D_PER_FIRM], rules[D_POINT]
    size = 0
    for place in range(count):
        row = own[place]
        kind = kinds[row]
        spoken = 0
        if speaking and kind != TRANSACTION:
            spoken = 2 if kind == INDICATION else 1
        note, at = firms[row] * NOTES, size
        if per_firm:
            if notes[note + M_VALUE] == stamp:
                at = notes[note + M_VALUE_AT]
                if box[at * WIDTH + V_CLASS] < spoken:
                    continue
            notes[note + M_VALUE], notes[note + M_VALUE_AT] = stamp, at
        cell = at * WIDTH
        if at == size or spoken < box[cell + V_CLASS]:
            size += 1 if at == size else 0
            box[cell + V_FIRM], box[cell + V_CLASS] = firms[row], spoken
            box[cell + V_GROUP] = groups[row]
            box[cell + V_COUNT] = 0
        elif box[cell + V_GROUP] != groups[row]:
            return -1
        join(cell, lows[row], highs[row], max(tonnes[row], 0), kind == TRANSACTION, how, box)
    for at in range(size):
        settle(at * WIDTH, box)
    return size


def join(cell: int, low: int, high: int, tonnes: int, deal: bool, how: int, box: Any) -> None:
    """Add a row to the value of its firm."""
    point = low + high
    if how != MIDDLE:
        point = 2 * low if how == AT_LOW else 2 * high
    deals = 1 if deal and tonnes != 0 else 0
    if box[cell + V_COUNT] == 0:
        box[cell + V_PLAIN], box[cell + V_COUNT], box[cell + V_DEALS] = point, 1, deals
        box[cell + V_HEAVY], box[cell + V_WEIGHT] = point * tonnes, tonnes
        box[cell + V_LOW], box[cell + V_HIGH] = low, high
        return
    box[cell + V_PLAIN] += point
    box[cell + V_COUNT] += 1
    box[cell + V_HEAVY] += point * tonnes
    box[cell + V_WEIGHT] += tonnes
    if deals == 0:
        box[cell + V_DEALS] = 0
    box[cell + V_LOW] = min(box[cell + V_LOW], low)
    box[cell + V_HIGH] = max(box[cell + V_HIGH], high)


def settle(cell: int, box: Any) -> None:
    """Make the value of a firm: whole half units, a rest, and the parts the rest is of."""
    number, parts = box[cell + V_PLAIN], box[cell + V_COUNT]
    box[cell + V_WHOLE], box[cell + V_REST], box[cell + V_PARTS] = number, 0, 1
    if parts > 1:
        if box[cell + V_DEALS]:
            number, parts = box[cell + V_HEAVY], box[cell + V_WEIGHT]
        whole = number // parts
        rest = number - whole * parts
        box[cell + V_WHOLE], box[cell + V_REST] = whole, rest
        if rest:
            box[cell + V_PARTS] = parts


def below(one: int, other: int, box: Any, rank: Any) -> bool:
    """Whether one value comes before another: by price, then by the firm's name."""
    if box[one + V_WHOLE] != box[other + V_WHOLE]:
        return bool(box[one + V_WHOLE] < box[other + V_WHOLE])
    left = box[one + V_REST] * box[other + V_PARTS]
    right = box[other + V_REST] * box[one + V_PARTS]
    if left != right:
        return bool(left < right)
    return bool(rank[box[one + V_FIRM]] < rank[box[other + V_FIRM]])


def put_in_order(size: int, box: Any, order: Any, rank: Any) -> None:
    """The cells of the values from low to high: insertion for few, a shell sort for many."""
    gap = 1
    if size > FEW:
        while gap < size // 3:
            gap = 3 * gap + 1
    for at in range(size):
        order[at] = at * WIDTH
    while gap > 0:
        for at in range(gap, size):
            moved = order[at]
            place = at
            while place >= gap and below(moved, order[place - gap], box, rank):
                order[place] = order[place - gap]
                place -= gap
            order[place] = moved
        gap //= 3


def weigh(size: int, rung: Any, box: Any, order: Any, kept: Any) -> bool:
    """Give each value its weight: its tonnes where all have some, else one."""
    heavy = bool(rung[R_BY_TONNES])
    for at in range(size):
        weight = box[order[at] + V_WEIGHT]
        kept[at] = weight
        if weight <= 0:
            heavy = False
    if not heavy:
        for at in range(size):
            kept[at] = 1
    return heavy


def cut_by_volume(size: int, rung: Any, kept: Any) -> tuple[int, int]:
    """Weights cut to what lies between two shares of all weight: the places that stay."""
    total = 0
    for at in range(size):
        total += kept[at]
    parts = rung[R_VOLUME_OF]
    start, end = total * rung[R_BELOW], total * rung[R_ABOVE]
    reached, first, last = 0, -1, 0
    for at in range(size):
        weight = kept[at]
        inside = min((reached + weight) * parts, end) - max(reached * parts, start)
        reached += weight
        if inside > 0:
            first = at if first < 0 else first
            last = at + 1
            kept[at] = inside
    if first < 0:
        return 0, size
    return first, last


def cap_binds(first: int, last: int, rules: Any, work: Any, notes: Any, stamp: int) -> bool:
    """Whether a group (or firm) holds more than the cap allows, or the cap cannot hold."""
    box, order, kept = work[BOX], work[ORDER], work[KEPT]
    total = largest = heavy = 0
    for at in range(first, last):
        cell = order[at]
        name = NOTES * (box[cell + V_GROUP] if rules[D_CAP_GROUPS] else box[cell + V_FIRM])
        if notes[name + M_GROUP] != stamp:
            notes[name + M_GROUP] = stamp
            notes[name + M_SUM] = 0
            heavy += 1
        notes[name + M_SUM] += kept[at]
        total += kept[at]
        largest = max(largest, notes[name + M_SUM])
    if rules[D_CAP] * heavy < rules[D_CAP_OF]:
        return True
    return bool(largest * rules[D_CAP_OF] > rules[D_CAP] * total)


def price_at(cell: int, box: Any) -> tuple[int, int]:
    """The value of a cell, as a number of parts of half units."""
    parts = box[cell + V_PARTS]
    return box[cell + V_WHOLE] * parts + box[cell + V_REST], parts


def between(one: int, other: int, tie: int, box: Any) -> tuple[int, int]:
    """The lower, the upper or the mean of two values; parts 0 for the day engine."""
    if tie == LOWER:
        return price_at(one, box)
    if tie == UPPER:
        return price_at(other, box)
    low, low_parts = price_at(one, box)
    high, high_parts = price_at(other, box)
    if low_parts > 1 or high_parts > 1:
        return 0, 0
    return low + high, 2


def at_share(first: int, last: int, share: int, of: int, tie: int, work: Any) -> tuple[int, int]:
    """The value where the cumulated weight passes a share of all weight."""
    box, order, kept = work[BOX], work[ORDER], work[KEPT]
    total = 0
    for at in range(first, last):
        total += kept[at]
    reached = 0
    for at in range(first, last):
        reached += kept[at]
        if reached * of > total * share or at == last - 1:
            return price_at(order[at], box)
        if reached * of == total * share:
            return between(order[at], order[at + 1], tie, box)
    return 0, 0


def mean_of(first: int, last: int, tonnes: bool, work: Any) -> tuple[int, int]:
    """Mean of the kept values by their weights; parts 0 for the day engine."""
    box, order, kept = work[BOX], work[ORDER], work[KEPT]
    number = mass = 0
    for at in range(first, last):
        cell, weight = order[at], kept[at]
        mass += weight
        if box[cell + V_PARTS] == 1:
            number += box[cell + V_WHOLE] * weight
        elif tonnes and box[cell + V_DEALS] and weight == box[cell + V_WEIGHT]:
            number += box[cell + V_HEAVY]
        else:
            return 0, 0
    return number, mass


def estimate(first: int, last: int, tonnes: bool, rung: Any, work: Any) -> tuple[int, int]:
    """The mid before rounding; parts 0 for the day engine."""
    how, box, order = rung[R_ESTIMATOR], work[BOX], work[ORDER]
    if how == MEAN:
        return mean_of(first, last, tonnes, work)
    if how == MEDIAN:
        upper = first + (last - first) // 2
        if (last - first) % 2:
            return price_at(order[upper], box)
        return between(order[upper - 1], order[upper], rung[R_TIE], box)
    if how == AT_SHARE:
        return at_share(first, last, rung[R_AT], rung[R_AT_OF], rung[R_TIE], work)
    return between(order[first], order[last - 1], BOTH, box)


def quotes(first: int, last: int, high: bool, mean: bool, work: Any) -> tuple[int, int]:
    """The lowest low or highest high end of the kept quotes, or the mean of the ends."""
    box, order = work[BOX], work[ORDER]
    column = V_HIGH if high else V_LOW
    total = found = box[order[first] + column]
    for at in range(first + 1, last):
        end = box[order[at] + column]
        total += end
        found = max(found, end) if high else min(found, end)
    if mean:
        return 2 * total, last - first
    return 2 * found, 1


def end_of(
    first: int, last: int, high: bool, number: int, parts: int, rules: Any, work: Any
) -> tuple[int, int]:
    """Low or high before rounding, by the range rule; parts 0 for the day engine."""
    how = rules[D_RANGE]
    share, of = rules[D_LOW], rules[D_LOW_OF]
    if high:
        share, of = rules[D_HIGH], rules[D_HIGH_OF]
    if how == MIN_MAX:
        return price_at(work[ORDER][last - 1 if high else first], work[BOX])
    if how == QUOTE_ENDS:
        return quotes(first, last, high, False, work)
    if how == QUOTE_MEANS:
        return quotes(first, last, high, True, work)
    if how == SHARES:
        return at_share(first, last, share, of, rules[D_TIE], work)
    if how == BAND:
        move = share * parts if high else -share * parts
        return number * of + move, parts * of
    if how == BAND_PERCENT:
        move = share * abs(number) if high else -share * abs(number)
        return 100 * of * number + move, 100 * of * parts
    return number, parts


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
    size: int,
    rung: Any,
    cuts: Any,
    rules: Any,
    work: Any,
    notes: Any,
    stamp: int,
    rank: Any,
    step: int,
    step_of: int,
) -> tuple[int, int, int, int]:
    """What the values of one rung come to: state and low, mid, high in steps."""  # fmt: skip
    put_in_order(size, work[BOX], work[ORDER], rank)
    tonnes = weigh(size, rung, work[BOX], work[ORDER], work[KEPT])
    first, last = 0, size
    if rung[R_TRIM] == BY_COUNT:
        first, last = cuts[2 * size], size - cuts[2 * size + 1]
    elif rung[R_TRIM] == BY_VOLUME:
        first, last = cut_by_volume(size, rung, work[KEPT])
    if rules[D_CAP_OF] > 0 and cap_binds(first, last, rules, work, notes, stamp):
        return EXACT, 0, 0, 0
    mid, parts = estimate(first, last, tonnes, rung, work)
    low, low_parts = end_of(first, last, False, mid, parts, rules, work)
    high, high_parts = end_of(first, last, True, mid, parts, rules, work)
    if parts == 0 or low_parts == 0 or high_parts == 0:
        return EXACT, 0, 0, 0
    rounding = rules[D_ROUNDING]
    return (
        PRICED,
        steps_of(low, low_parts, step, step_of, rounding),
        steps_of(mid, parts, step, step_of, rounding),
        steps_of(high, high_parts, step, step_of, rounding),
    )


def climb(
    lived: int,
    number: int,
    rungs: Any,
    cuts: Any,
    rules: Any,
    data: Any,
    work: Any,
    memory: Any,
    step: int,
    step_of: int,
) -> tuple[int, int, int, int, int, int]:
    """Climb down the ladder: state, rung, rows used, low, mid, high of the first that holds."""  # fmt: skip
    own, notes = work[OWN], memory[NOTED]
    for place in range(len(rungs)):
        rung = rungs[place]
        stamp = 2 * (number * len(rungs) + place)
        count = 0
        for at in range(lived):
            row = work[LIVED][at]
            if (rung[R_KINDS] >> data[KIND][row]) & 1:
                own[count] = row
                count += 1
        if count < max(rung[R_ROWS], rung[R_FIRMS], 1):
            continue
        if rung[R_COUNTED] and not amounts(own, count, rung, data, notes, stamp):
            continue
        size = values_of(own, count, rules, data, notes, work[BOX], stamp)
        if size < 0:
            return EXACT, 0, 0, 0, 0, 0
        if size < rung[R_FIRMS] or (rules[D_QUORUM] and size != rules[D_QUORUM]):
            continue
        state, low, mid, high = priced(
            size, rung, cuts[place], rules, work, notes, stamp + 1, data[RANK], step, step_of
        )
        return state, place, count, low, mid, high
    return NONE, 0, 0, 0, 0, 0


def price_groups(
    starts: Any,
    rows: Any,
    steps: Any,
    steps_of_one: Any,
    rungs: Any,
    cuts: Any,
    rules: Any,
    data: Any,
    work: Any,
    memory: Any,
    found: Any,
    out: Any,
) -> None:
    """Every group in turn: `found` takes state, rung, rows used; `out` low, mid, high."""  # fmt: skip
    for number in range(len(starts) - 1):
        first, last = starts[number], starts[number + 1]
        if first == last:
            continue
        lived = living(rows, first, last, data, rules, memory, work[LIVED])
        if lived < 0:
            found[0][number] = EXACT
            continue
        state, rung, count, low, mid, high = climb(
            lived, number, rungs, cuts, rules, data, work, memory,
            steps[number % len(steps)], steps_of_one[number % len(steps)],
        )  # fmt: skip
        found[0][number], found[1][number], found[2][number] = state, rung, count
        out[0][number], out[1][number], out[2][number] = low, mid, high


def place_rows(group: Any, valid: Any, starts: Any, rows: Any) -> None:
    """A counting sort: the valid rows by group, in their order, and where each group starts."""
    for row in range(len(group)):
        if valid[row]:
            starts[group[row] + 1] += 1
    for number in range(1, len(starts)):
        starts[number] += starts[number - 1]
    for row in range(len(group)):
        if valid[row]:
            rows[starts[group[row]]] = row
            starts[group[row]] += 1
    for number in range(len(starts) - 1, 0, -1):
        starts[number] = starts[number - 1]
    starts[0] = 0
