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

MEAN, WEIGHTED, MEDIAN, AT_SHARE, MIDDLE_OF_RANGE = 0, 1, 2, 3, 4
LOWER, UPPER, BOTH = 0, 1, 2
MIN_MAX, QUOTE_ENDS, QUOTE_MEANS, SHARES, BAND, BAND_PERCENT, AS_MID = 0, 1, 2, 3, 4, 5, 6
NO_TRIM, BY_COUNT, BY_VOLUME = 0, 1, 2
HALF_UP, HALF_AWAY, HALF_EVEN = 0, 1, 2

# fmt: off
# The columns a group's rows are given in.
POINT, LOW, HIGH, TONNES, FIRM, GROUP, KIND, SIDE, RECEIVED, RANK = range(10)
# A rung in numbers.
(R_KINDS, R_FIRMS, R_GROUPS, R_DEALS, R_ROWS, R_BUYERS, R_SELLERS, R_TONNES, R_SHARE,
 R_SHARE_OF, R_ESTIMATOR, R_TIE, R_AT, R_AT_OF, R_BY_TONNES, R_TRIM, R_BELOW, R_ABOVE,
 R_VOLUME_OF, RUNG_WIDTH) = range(20)
# The document in numbers.
(D_LIVE, D_IDS, D_PER_FIRM, D_SPEAKING, D_QUORUM, D_CAP, D_CAP_OF, D_CAP_GROUPS, D_RANGE,
 D_TIE, D_LOW, D_LOW_OF, D_HIGH, D_HIGH_OF, D_ROUNDING, RULES_WIDTH) = range(16)
# Scratch: one row each, as long as the largest group.
(OWN, LIVED, V_FIRM, V_CLASS, V_PLAIN, V_COUNT, V_HEAVY, V_WEIGHT, V_DEALS, V_LOW, V_HIGH,
 V_GROUP, V_WHOLE, V_REST, V_PARTS, V_ORDER, V_KEPT, SCRATCH) = range(18)
# Memory by firm or group: which stamp used it last, and what it noted.
(M_QUOTE, M_PLACE, M_FIRM, M_TONNES, M_GROUP, M_BUYER, M_SELLER, M_VALUE, M_VALUE_AT,
 MEMORY) = range(10)
# fmt: on


def living(rows: Any, first: int, last: int, data: Any, rules: Any, memory: Any, own: Any) -> int:
    """The rows that live: of one firm, kind and side the last one. -1 where ids decide."""
    kind, side, firm, received = data[KIND], data[SIDE], data[FIRM], data[RECEIVED]
    stamps, slots = memory[M_QUOTE], memory[M_PLACE]
    count = 0
    for place in range(first, last):
        row = rows[place]
        slot = firm[row] * SLOTS + kind[row] * 3 + side[row]
        if not (rules[D_LIVE] >> kind[row]) & 1 or stamps[slot] != first:
            stamps[slot] = first
            slots[slot] = count
            own[count] = row
            count += 1
            continue
        before = own[slots[slot]]
        if received[row] == received[before] and rules[D_IDS]:
            return -1
        if received[row] >= received[before]:
            own[slots[slot]] = row
    return count


def amounts(own: Any, count: int, rung: Any, data: Any, memory: Any, stamp: int) -> bool:
    """Whether the rows of a rung meet its minimum (a conjunction)."""
    firms = groups = deals = buyers = sellers = tonnes = largest = 0
    for place in range(count):
        row = own[place]
        firm, group = data[FIRM][row], data[GROUP][row]
        kind, side = data[KIND][row], data[SIDE][row]
        if memory[M_FIRM][firm] != stamp:
            memory[M_FIRM][firm] = stamp
            memory[M_TONNES][firm] = 0
            firms += 1
        memory[M_TONNES][firm] += data[TONNES][row]
        tonnes += data[TONNES][row]
        largest = max(largest, memory[M_TONNES][firm])
        if memory[M_GROUP][group] != stamp:
            memory[M_GROUP][group] = stamp
            groups += 1
        if kind == TRANSACTION:
            deals += 1
        if side == BUY or (side == NO_SIDE and kind == BID):
            if memory[M_BUYER][firm] != stamp:
                memory[M_BUYER][firm] = stamp
                buyers += 1
        elif (side == SELL or kind == OFFER) and memory[M_SELLER][firm] != stamp:
            memory[M_SELLER][firm] = stamp
            sellers += 1
    if count > 0 and rung[R_SHARE_OF] > 0:
        if tonnes <= 0:
            largest, tonnes = 1, firms
        if largest * rung[R_SHARE_OF] > rung[R_SHARE] * tonnes:
            return False
    return (
        count > 0
        and firms >= max(rung[R_FIRMS], 1)
        and groups >= rung[R_GROUPS]
        and deals >= rung[R_DEALS]
        and count >= rung[R_ROWS]
        and buyers >= rung[R_BUYERS]
        and sellers >= rung[R_SELLERS]
        and tonnes >= rung[R_TONNES]
    )


def values_of(
    own: Any, count: int, rules: Any, data: Any, memory: Any, box: Any, stamp: int
) -> int:
    """One value a firm (or a row) into the box: how many, or -1 for the day engine."""
    size = 0
    for place in range(count):
        row = own[place]
        firm, kind = data[FIRM][row], data[KIND][row]
        spoken = 0 if kind == TRANSACTION else (2 if kind == INDICATION else 1)
        if not rules[D_SPEAKING]:
            spoken = 0
        at = size
        if rules[D_PER_FIRM] and memory[M_VALUE][firm] == stamp:
            at = memory[M_VALUE_AT][firm]
            if box[V_CLASS][at] < spoken:
                continue
        fresh = at == size
        if fresh or spoken < box[V_CLASS][at]:
            memory[M_VALUE][firm] = stamp
            memory[M_VALUE_AT][firm] = at
            box[V_FIRM][at], box[V_CLASS][at], box[V_GROUP][at] = firm, spoken, data[GROUP][row]
            box[V_PLAIN][at] = box[V_COUNT][at] = box[V_HEAVY][at] = box[V_WEIGHT][at] = 0
            box[V_DEALS][at] = 1
            box[V_LOW][at], box[V_HIGH][at] = data[LOW][row], data[HIGH][row]
            size += 1 if fresh else 0
        elif box[V_GROUP][at] != data[GROUP][row]:
            return -1
        join(at, row, data, box)
    for at in range(size):
        settle(at, box)
    return size


def join(at: int, row: int, data: Any, box: Any) -> None:
    """Add a row to the value of its firm."""
    point, tonnes = data[POINT][row], data[TONNES][row]
    box[V_PLAIN][at] += point
    box[V_COUNT][at] += 1
    box[V_HEAVY][at] += point * tonnes
    box[V_WEIGHT][at] += tonnes
    if tonnes == 0 or data[KIND][row] != TRANSACTION:
        box[V_DEALS][at] = 0
    box[V_LOW][at] = min(box[V_LOW][at], data[LOW][row])
    box[V_HIGH][at] = max(box[V_HIGH][at], data[HIGH][row])


def settle(at: int, box: Any) -> None:
    """Make the value of a firm: whole half units, a rest, and the parts the rest is of."""
    number, parts = box[V_PLAIN][at], box[V_COUNT][at]
    if parts > 1 and box[V_DEALS][at]:
        number, parts = box[V_HEAVY][at], box[V_WEIGHT][at]
    box[V_WHOLE][at] = number // parts
    box[V_REST][at] = number - box[V_WHOLE][at] * parts
    if box[V_REST][at] == 0:
        parts = 1
    box[V_PARTS][at] = parts


def below(one: int, other: int, box: Any, rank: Any) -> bool:
    """Whether one value comes before another: by price, then by the firm's name."""
    if box[V_WHOLE][one] != box[V_WHOLE][other]:
        return bool(box[V_WHOLE][one] < box[V_WHOLE][other])
    left = box[V_REST][one] * box[V_PARTS][other]
    right = box[V_REST][other] * box[V_PARTS][one]
    if left != right:
        return bool(left < right)
    return bool(rank[box[V_FIRM][one]] < rank[box[V_FIRM][other]])


def put_in_order(size: int, box: Any, rank: Any) -> None:
    """Sort the values (their places in the box) from low to high: a shell sort, no memory."""
    order = box[V_ORDER]
    for at in range(size):
        order[at] = at
    gap = 1
    while gap < size // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for at in range(gap, size):
            moved = order[at]
            place = at
            while place >= gap and below(moved, order[place - gap], box, rank):
                order[place] = order[place - gap]
                place -= gap
            order[place] = moved
        gap //= 3


def weigh(size: int, rung: Any, box: Any) -> bool:
    """Give each value its weight: its tonnes where all have some, else one."""
    heavy = bool(rung[R_BY_TONNES])
    for at in range(size):
        if box[V_WEIGHT][at] <= 0:
            heavy = False
    for at in range(size):
        place = box[V_ORDER][at]
        box[V_KEPT][at] = box[V_WEIGHT][place] if heavy else 1
    return heavy


def cut_by_volume(size: int, rung: Any, box: Any) -> tuple[int, int]:
    """Weights cut to what lies between two shares of all weight: the places that stay."""
    total = 0
    for at in range(size):
        total += box[V_KEPT][at]
    parts = rung[R_VOLUME_OF]
    start, end = total * rung[R_BELOW], total * rung[R_ABOVE]
    reached, first, last = 0, -1, 0
    for at in range(size):
        weight = box[V_KEPT][at]
        inside = min((reached + weight) * parts, end) - max(reached * parts, start)
        reached += weight
        if inside > 0:
            first = at if first < 0 else first
            last = at + 1
            box[V_KEPT][at] = inside
    if first < 0:
        return 0, size
    return first, last


def cap_binds(first: int, last: int, rules: Any, box: Any, memory: Any, stamp: int) -> bool:
    """Whether a group (or firm) holds more than the cap allows, or the cap cannot hold."""
    total = largest = heavy = 0
    for at in range(first, last):
        place = box[V_ORDER][at]
        name = box[V_GROUP][place] if rules[D_CAP_GROUPS] else box[V_FIRM][place]
        if memory[M_GROUP][name] != stamp:
            memory[M_GROUP][name] = stamp
            memory[M_TONNES][name] = 0
            heavy += 1
        memory[M_TONNES][name] += box[V_KEPT][at]
        total += box[V_KEPT][at]
        largest = max(largest, memory[M_TONNES][name])
    if rules[D_CAP] * heavy < rules[D_CAP_OF]:
        return True
    return bool(largest * rules[D_CAP_OF] > rules[D_CAP] * total)


def price_at(at: int, box: Any) -> tuple[int, int]:
    """The value at a place of the order, as a number of parts of half units."""
    place = box[V_ORDER][at]
    parts = box[V_PARTS][place]
    return box[V_WHOLE][place] * parts + box[V_REST][place], parts


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


def at_share(first: int, last: int, share: int, of: int, tie: int, box: Any) -> tuple[int, int]:
    """The value where the cumulated weight passes a share of all weight."""
    total = 0
    for at in range(first, last):
        total += box[V_KEPT][at]
    reached = 0
    for at in range(first, last):
        reached += box[V_KEPT][at]
        if reached * of > total * share or at == last - 1:
            return price_at(at, box)
        if reached * of == total * share:
            return between(at, at + 1, tie, box)
    return 0, 0


def mean_of(first: int, last: int, weighted: bool, tonnes: bool, box: Any) -> tuple[int, int]:
    """Mean of the kept values, plain or by weight; parts 0 for the day engine."""
    number = mass = 0
    for at in range(first, last):
        place = box[V_ORDER][at]
        weight = box[V_KEPT][at] if weighted else 1
        mass += weight
        if box[V_PARTS][place] == 1:
            number += box[V_WHOLE][place] * weight
        elif weighted and tonnes and box[V_DEALS][place] and weight == box[V_WEIGHT][place]:
            number += box[V_HEAVY][place]
        else:
            return 0, 0
    return number, mass


def estimate(first: int, last: int, tonnes: bool, rung: Any, box: Any) -> tuple[int, int]:
    """The mid before rounding; parts 0 for the day engine."""
    how = rung[R_ESTIMATOR]
    if how == MEAN:
        return mean_of(first, last, False, tonnes, box)
    if how == WEIGHTED:
        return mean_of(first, last, True, tonnes, box)
    if how == MEDIAN:
        upper = first + (last - first) // 2
        if (last - first) % 2:
            return price_at(upper, box)
        return between(upper - 1, upper, rung[R_TIE], box)
    if how == AT_SHARE:
        return at_share(first, last, rung[R_AT], rung[R_AT_OF], rung[R_TIE], box)
    return between(first, last - 1, BOTH, box)


def quotes(first: int, last: int, high: bool, mean: bool, box: Any) -> tuple[int, int]:
    """The lowest low or highest high end of the kept quotes, or the mean of the ends."""
    column = box[V_HIGH] if high else box[V_LOW]
    total = found = column[box[V_ORDER][first]]
    for at in range(first + 1, last):
        end = column[box[V_ORDER][at]]
        total += end
        found = max(found, end) if high else min(found, end)
    if mean:
        return 2 * total, last - first
    return 2 * found, 1


def end_of(
    first: int, last: int, high: bool, number: int, parts: int, rules: Any, box: Any
) -> tuple[int, int]:
    """Low or high before rounding, by the range rule; parts 0 for the day engine."""
    how = rules[D_RANGE]
    share, of = rules[D_LOW], rules[D_LOW_OF]
    if high:
        share, of = rules[D_HIGH], rules[D_HIGH_OF]
    if how == MIN_MAX:
        return price_at(last - 1 if high else first, box)
    if how == QUOTE_ENDS:
        return quotes(first, last, high, False, box)
    if how == QUOTE_MEANS:
        return quotes(first, last, high, True, box)
    if how == SHARES:
        return at_share(first, last, share, of, rules[D_TIE], box)
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
    box: Any,
    memory: Any,
    stamp: int,
    rank: Any,
    step: int,
    step_of: int,
) -> tuple[int, int, int, int]:
    """What the values of one rung come to: state and low, mid, high in steps."""  # fmt: skip
    put_in_order(size, box, rank)
    tonnes = weigh(size, rung, box)
    first, last = 0, size
    if rung[R_TRIM] == BY_COUNT:
        first, last = cuts[2 * size], size - cuts[2 * size + 1]
    elif rung[R_TRIM] == BY_VOLUME:
        first, last = cut_by_volume(size, rung, box)
    if rules[D_CAP_OF] > 0 and cap_binds(first, last, rules, box, memory, stamp):
        return EXACT, 0, 0, 0
    mid, parts = estimate(first, last, tonnes, rung, box)
    if parts == 0:
        return EXACT, 0, 0, 0
    low, low_parts = end_of(first, last, False, mid, parts, rules, box)
    high, high_parts = end_of(first, last, True, mid, parts, rules, box)
    if low_parts == 0 or high_parts == 0:
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
    box: Any,
    memory: Any,
    step: int,
    step_of: int,
) -> tuple[int, int, int, int, int, int]:
    """Climb down the ladder: state, rung, rows used, low, mid, high of the first that holds."""  # fmt: skip
    for place in range(len(rungs)):
        rung = rungs[place]
        stamp = 2 * (number * len(rungs) + place)
        count = 0
        for at in range(lived):
            row = box[LIVED][at]
            if (rung[R_KINDS] >> data[KIND][row]) & 1:
                box[OWN][count] = row
                count += 1
        if not amounts(box[OWN], count, rung, data, memory, stamp):
            continue
        size = values_of(box[OWN], count, rules, data, memory, box, stamp)
        if size < 0:
            return EXACT, 0, 0, 0, 0, 0
        if rules[D_QUORUM] and size != rules[D_QUORUM]:
            continue
        state, low, mid, high = priced(
            size, rung, cuts[place], rules, box, memory, stamp + 1, data[RANK], step, step_of
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
    box: Any,
    memory: Any,
    found: Any,
    out: Any,
) -> None:
    """Every group in turn: `found` takes state, rung, rows used; `out` low, mid, high."""  # fmt: skip
    for number in range(len(starts) - 1):
        first, last = starts[number], starts[number + 1]
        if first == last:
            continue
        lived = living(rows, first, last, data, rules, memory, box[LIVED])
        if lived < 0:
            found[0][number] = EXACT
            continue
        state, rung, count, low, mid, high = climb(
            lived,
            number,
            rungs,
            cuts,
            rules,
            data,
            box,
            memory,
            steps[number],
            steps_of_one[number],
        )
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
