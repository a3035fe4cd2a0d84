"""From the rows of a group to its price: live quotes, one value a firm, the rungs in turn.

The outer loop of the kernel, written like it: the subset of Python that numba compiles,
on lists of whole numbers as it stands, on bare memory when compiled (nothing here asks a
column for its length, and no index is negative).
"""

from __future__ import annotations

from typing import Any

from assay.methodology.replay.kernel import (
    AT_LOW,
    BID,
    BOX_AT,
    BUY,
    CARD,
    D_IDS,
    D_LIVE,
    D_PER_FIRM,
    D_POINT,
    D_QUORUM,
    D_RUNGS,
    D_SPEAKING,
    EXACT,
    FIRM,
    GROUP,
    HEAD,
    HIGH,
    INDICATION,
    KIND,
    LIVED_AT,
    LOW,
    M_BUYER,
    M_FIRM,
    M_GROUP,
    M_SELLER,
    M_TONNES,
    M_VALUE,
    M_VALUE_AT,
    MIDDLE,
    NO_SIDE,
    NONE,
    NOTES,
    OFFER,
    OWN_AT,
    R_BUYERS,
    R_COUNTED,
    R_DEALS,
    R_FIRMS,
    R_GROUPS,
    R_KINDS,
    R_ROWS,
    R_SELLERS,
    R_SHARE,
    R_SHARE_OF,
    R_TONNES,
    RANK,
    RECEIVED,
    RULES_WIDTH,
    RUNG_WIDTH,
    SELL,
    SIDE,
    SLOTS,
    T_GROUP,
    T_HIGH,
    T_KINDS,
    T_LOW,
    T_MID,
    T_ROOM,
    T_ROWS,
    T_RUNG,
    T_VALUES,
    TONNES,
    TRANSACTION,
    UNKNOWN,
    V_CLASS,
    V_COUNT,
    V_DEALS,
    V_FIRM,
    V_GROUP,
    V_HEAVY,
    V_HIGH,
    V_LOW,
    V_PARTS,
    V_PLAIN,
    V_RANK,
    V_REST,
    V_WEIGHT,
    V_WHOLE,
    VALUE,
    priced,
    put_in_order,
)


def amounts(count: int, at: int, rules: Any, desk: Any, cards: Any, notes: Any, stamp: int) -> bool:
    """Whether the own rows meet the minimum of the rung at `at` (a conjunction)."""
    own = HEAD + OWN_AT * desk[T_ROOM]
    firms = groups = deals = buyers = sellers = tonnes = largest = 0
    for place in range(count):
        row = desk[own + place]
        firm, group = cards[row + FIRM] * NOTES, cards[row + GROUP] * NOTES
        kind, side, weight = cards[row + KIND], cards[row + SIDE], cards[row + TONNES]
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


def values_of(
    count: int, document: int, rules: Any, desk: Any, cards: Any, rank: Any, notes: Any, stamp: int
) -> int:
    """One value a firm (or a row) into the box: how many, or -1 for the day engine."""
    own, box = HEAD + OWN_AT * desk[T_ROOM], HEAD + BOX_AT * desk[T_ROOM]
    per_firm, speaking = rules[document + D_PER_FIRM], rules[document + D_SPEAKING]
    how, size, several = rules[document + D_POINT], 0, False
    for place in range(count):
        row = desk[own + place]
        kind, firm, group = cards[row + KIND], cards[row + FIRM], cards[row + GROUP]
        low, high, weight = cards[row + LOW], cards[row + HIGH], cards[row + TONNES]
        spoken = 0
        if speaking and kind != TRANSACTION:
            spoken = 2 if kind == INDICATION else 1
        at = size
        if per_firm:
            note = firm * NOTES
            if notes[note + M_VALUE] == stamp:
                at = notes[note + M_VALUE_AT]
                if desk[box + at * VALUE + V_CLASS] < spoken:
                    continue
            notes[note + M_VALUE], notes[note + M_VALUE_AT] = stamp, at
        cell = box + at * VALUE
        point = low + high
        if how != MIDDLE:
            point = 2 * low if how == AT_LOW else 2 * high
        deals = 1 if kind == TRANSACTION and weight != 0 else 0
        if at == size or spoken < desk[cell + V_CLASS]:
            size += 1 if at == size else 0
            desk[cell + V_FIRM], desk[cell + V_CLASS] = firm, spoken
            desk[cell + V_RANK], desk[cell + V_GROUP] = rank[firm], group
            desk[cell + V_WHOLE], desk[cell + V_REST], desk[cell + V_PARTS] = point, 0, 1
            desk[cell + V_COUNT], desk[cell + V_DEALS], desk[cell + V_WEIGHT] = 1, deals, weight
            desk[cell + V_LOW], desk[cell + V_HIGH] = low, high
            desk[cell + V_PLAIN], desk[cell + V_HEAVY] = point, point * weight
            continue
        if desk[cell + V_GROUP] != group:
            return -1
        several = True
        join(cell, point, weight, deals, desk)
        desk[cell + V_LOW] = min(desk[cell + V_LOW], low)
        desk[cell + V_HIGH] = max(desk[cell + V_HIGH], high)
    if several:
        for at in range(size):
            settle(box + at * VALUE, desk)
    return size


def join(cell: int, point: int, weight: int, deals: int, desk: Any) -> None:
    """Add a further row to the value of its firm."""
    desk[cell + V_PLAIN] += point
    desk[cell + V_COUNT] += 1
    desk[cell + V_HEAVY] += point * weight
    desk[cell + V_WEIGHT] += weight
    if deals == 0:
        desk[cell + V_DEALS] = 0


def settle(cell: int, desk: Any) -> None:
    """The value of a firm of several rows: whole half units, a rest, the parts it is of."""
    number, parts = desk[cell + V_PLAIN], desk[cell + V_COUNT]
    if parts == 1:
        return
    if desk[cell + V_DEALS]:
        number, parts = desk[cell + V_HEAVY], desk[cell + V_WEIGHT]
    whole = number // parts
    rest = number - whole * parts
    desk[cell + V_WHOLE], desk[cell + V_REST] = whole, rest
    desk[cell + V_PARTS] = parts if rest else 1


def gather(lived: int, number: int, kinds: int, desk: Any, cards: Any) -> int:
    """The lived rows of some kinds as own rows, unless they stand there already: how many."""
    if desk[T_GROUP] == number and desk[T_KINDS] == kinds:
        return int(desk[T_ROWS])
    room, count = desk[T_ROOM], 0
    start, own = HEAD + LIVED_AT * room, HEAD + OWN_AT * room
    for at in range(lived):
        row = desk[start + at]
        if (kinds >> cards[row + KIND]) & 1:
            desk[own + count] = row
            count += 1
    desk[T_GROUP], desk[T_KINDS], desk[T_ROWS], desk[T_VALUES] = number, kinds, count, UNKNOWN
    return count


def climb(
    lived: int, number: int, document: int, rules: Any, width: int, desk: Any, cards: Any,
    rank: Any, notes: Any, step: int, step_of: int,
) -> int:  # fmt: skip
    """Climb down the rungs of one document: the state; rung, rows and prices onto the desk."""
    for place in range(rules[document + D_RUNGS]):
        at = document + RULES_WIDTH + place * RUNG_WIDTH
        stamp = 2 * (number * width + at)
        count = gather(lived, number, rules[at + R_KINDS], desk, cards)
        if count < max(rules[at + R_ROWS], rules[at + R_FIRMS], 1):
            continue
        if rules[at + R_COUNTED] and not amounts(count, at, rules, desk, cards, notes, stamp):
            continue
        if desk[T_VALUES] == UNKNOWN:
            desk[T_VALUES] = values_of(count, document, rules, desk, cards, rank, notes, stamp)
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


def live(number: int, first: int, last: int, rules: Any, desk: Any, cards: Any, quoted: Any) -> int:
    """The cards of a group that live on (the last quote of a firm, kind and side): how many."""
    start, kinds, ids = HEAD + LIVED_AT * desk[T_ROOM], rules[D_LIVE], rules[D_IDS]
    count = 0
    for place in range(first, last):
        row, at = place * CARD, count
        kind = cards[row + KIND]
        if (kinds >> kind) & 1:
            slot = 2 * (cards[row + FIRM] * SLOTS + kind * 3 + cards[row + SIDE])
            if quoted[slot] == number:
                at = quoted[slot + 1]
                before = cards[desk[start + at] + RECEIVED]
                if cards[row + RECEIVED] == before and ids:
                    return UNKNOWN
                if cards[row + RECEIVED] < before:
                    continue
            quoted[slot], quoted[slot + 1] = number, at
        desk[start + at] = row
        count += 1 if at == count else 0
    return count


def lay_out(
    first: int, last: int, size: int, series: Any, valid: Any, data: Any, starts: Any, cards: Any
) -> None:
    """The valid rows of a day as cards, series by series (a counting sort); where each one starts."""
    low, high, tonnes, firm, group = data[LOW], data[HIGH], data[TONNES], data[FIRM], data[GROUP]
    kind, side, received = data[KIND], data[SIDE], data[RECEIVED]
    for place in range(size + 2):
        starts[place] = 0
    for row in range(first, last):
        if valid[row]:
            starts[series[row] + 2] += 1
    for place in range(2, size + 2):
        starts[place] += starts[place - 1]
    for row in range(first, last):
        if valid[row]:
            place = starts[series[row] + 1]
            starts[series[row] + 1] = place + 1
            card = place * CARD
            cards[card + LOW], cards[card + HIGH] = low[row], high[row]
            cards[card + TONNES], cards[card + RECEIVED] = max(tonnes[row], 0), received[row]
            cards[card + FIRM], cards[card + GROUP] = firm[row], group[row]
            cards[card + KIND], cards[card + SIDE] = kind[row], side[row]


def price_days(
    days: int, bounds: Any, size: int, series: Any, valid: Any, data: Any, listed: int,
    documents: Any, width: int, rules: Any, steps: Any, desk: Any, starts: Any, cards: Any,
    quoted: Any, notes: Any, found: Any,
) -> None:  # fmt: skip
    """Every series of every day, for each of the `listed` documents (they make values alike).

    The rows of a day stand between its `bounds`. `documents` says where each one stands in the
    `width` numbers of `rules`; `steps` holds step and scale of each of the `size` series of each
    document; `found` takes six numbers a document, day and series: state, rung, rows used, low,
    mid, high (in steps). The rest is memory to work in.
    """
    for day in range(days):
        lay_out(bounds[day], bounds[day + 1], size, series, valid, data, starts, cards)
        for place in range(size):
            if starts[place] == starts[place + 1]:
                continue
            number = day * size + place
            lived = live(number, starts[place], starts[place + 1], rules, desk, cards, quoted)
            for which in range(listed):
                cell = 6 * (which * days * size + number)
                if lived == UNKNOWN:
                    found[cell] = EXACT
                    continue
                at = 2 * (which * size + place)
                found[cell] = climb(
                    lived, number, documents[which], rules, width, desk, cards, data[RANK], notes, steps[at],
                    steps[at + 1],
                )  # fmt: skip
                found[cell + 1], found[cell + 2] = desk[T_RUNG], desk[T_ROWS]
                found[cell + 3], found[cell + 4] = desk[T_LOW], desk[T_MID]
                found[cell + 5] = desk[T_HIGH]
