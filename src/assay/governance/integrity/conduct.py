"""Detectors that look at conduct over time: stale, copied, against the futures, silent, selective, late.

And at what a datum says of itself: affiliated deals told as arm's length, prices that the
message does not support, and persons of the house whose handling goes one way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from fractions import Fraction
from itertools import pairwise

from assay.governance.integrity.panel import (
    Datum,
    Hit,
    Panel,
    basis_points,
    changes,
    follows,
    median,
    months,
    price,
    root,
    shown,
    sign,
)
from assay.governance.office import Thresholds

_ALWAYS = Fraction(2)


def _medians(panel: Panel, series: str) -> dict[date, int]:
    return {day: median(list(firms.values())) for day, firms in panel.positions[series].items()}


def _by_firm(panel: Panel, series: str) -> dict[str, dict[date, int]]:
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for day in sorted(panel.positions[series]):
        for firm, position in panel.positions[series][day].items():
            found[firm][day] = position
    return found


def stale(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """The same value again while the median of the day moved."""
    rule = thresholds.of("stale")
    for series in panel.positions:
        centres = _medians(panel, series)
        for firm, held in _by_firm(panel, series).items():
            days = list(held)
            run: list[date] = []
            for before, day in pairwise(days):
                if held[day] != held[before]:
                    yield from _stale(panel, series, firm, run, held, rule["days"])
                    run = []
                elif abs(panel.bp(centres[day] - centres[before], centres[before])) >= Fraction(rule["moved_bp"]):  # fmt: skip
                    run.append(day)
            yield from _stale(panel, series, firm, run, held, rule["days"])


def _stale(
    panel: Panel, series: str, firm: str, run: list[date], held: dict[date, int], least: int
) -> Iterator[Hit]:
    if len(run) >= least:
        yield Hit(
            "stale", "contributor", (firm,), series, run[0], run[-1], Fraction(len(run), least),
            f"{firm} kept {price(held[run[0]])} for {series} from {run[0]} to {run[-1]}, though the "
            f"median of the firms moved on {len(run)} of these days.",
            tuple(panel.link(series, day, firm) for day in run[:5]),
        )  # fmt: skip


def copiers(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """Yesterday's published price sent as today's."""
    rule = thresholds.of("copier")
    wanted = Fraction(rule["percent"])
    for series in panel.positions:
        finals = panel.finals.get(series, {})
        order = sorted(finals)
        before = dict(zip(order[1:], order, strict=False))
        for firm, held in _by_firm(panel, series).items():
            for days in months(held).values():
                moved = [
                    day for day in days if day in before and finals[day] != finals[before[day]]
                ]
                same = [day for day in moved if held[day] == finals[before[day]]]
                if len(moved) < rule["least_days"]:
                    continue
                share = Fraction(100 * len(same), len(moved))
                if share >= wanted:
                    yield Hit(
                        "copier", "contributor", (firm,), series, same[0], same[-1], share / wanted,
                        f"{firm} sent the price published the day before for {series} on {len(same)} of "
                        f"{len(moved)} days of {same[0].isoformat()[:7]} on which it moved.",
                        tuple(panel.link(series, day, firm) for day in same[:5]),
                    )  # fmt: skip


def against_futures(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """A firm, or a published price, that moves against the futures."""
    rule = thresholds.of("futures")
    least = Fraction(rule["least_bp"])
    moves = changes(panel.futures)
    strong = {
        day: move for day, move in moves.items()
        if abs(basis_points(move, panel.futures[day])) >= least
    }  # fmt: skip
    follow = [code for code in panel.positions if any(fnmatchcase(code, p) for p in rule["series"])]
    for series in follow if strong else ():
        centres = changes(_medians(panel, series))
        for day in sorted(strong):
            own = centres.get(day, 0)
            level = panel.futures[day]
            if sign(own) == -sign(strong[day]) and abs(basis_points(own, level)) >= least:
                yield Hit(
                    "day_against_futures", "day", (str(day),), series, day, day,
                    abs(basis_points(own, level)) / least,
                    f"On {day} the firms' median of {series} moved by {price(own)} while the futures "
                    f"moved by {price(strong[day])}.", (f"day:{series}/{day}",),
                )  # fmt: skip
        followed = {day for day in strong if sign(centres.get(day, 0)) == sign(strong[day])}
        for firm, held in _by_firm(panel, series).items():
            yield from _against(panel, rule, series, firm, changes(held), followed, strong)


def _against(
    panel: Panel, rule: object, series: str, firm: str, own: dict[date, int],
    followed: set[date], strong: dict[date, int],
) -> Iterator[Hit]:  # fmt: skip
    assert isinstance(rule, dict)
    for days in months(set(own) & followed).values():
        against = [day for day in days if sign(own[day]) == -sign(strong[day])]
        share = Fraction(100 * len(against), len(days))
        if len(days) >= rule["least_days"] and share >= Fraction(rule["percent"]):
            yield Hit(
                "against_futures", "contributor", (firm,), series, against[0], against[-1],
                share / Fraction(rule["percent"]),
                f"{firm} moved against the futures for {series} on {len(against)} of {len(days)} days of "
                f"{against[0].isoformat()[:7]} on which the others moved with them.",
                tuple(panel.link(series, day, firm) for day in against[:5]),
            )  # fmt: skip


def silences(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """Present on nearly all of the last days, then gone."""
    rule = thresholds.of("silence")
    span, gone = rule["before_days"], rule["gone_days"]
    present = Fraction(rule["present_percent"])
    for series, days in panel.positions.items():
        order = sorted(days)
        for firm, held in _by_firm(panel, series).items():
            for place in range(span, len(order) - gone + 1):
                if order[place] in held or order[place - 1] not in held:
                    continue
                if not follows(order[place - 1], order[place]):
                    continue
                absent = 0
                while place + absent < len(order) and order[place + absent] not in held:
                    absent += 1
                there = sum(1 for day in order[place - span : place] if day in held)
                if absent >= gone and Fraction(100 * there, span) >= present:
                    yield Hit(
                        "silence", "contributor", (firm,), series, order[place], order[place + absent - 1],
                        min(Fraction(absent, gone), Fraction(3)),
                        f"{firm} sent {series} on {there} of {span} days and then fell silent for "
                        f"{absent} days from {order[place]}.",
                        (panel.link(series, order[place - 1], firm),),
                    )  # fmt: skip


def selective(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """Sends when the price goes one way and keeps silent when it goes the other."""
    rule = thresholds.of("selective")
    sigma = Fraction(rule["sigma"])
    for series in panel.positions:
        moves = changes(_medians(panel, series))
        up = [day for day, move in moves.items() if move > 0]
        down = [day for day, move in moves.items() if move < 0]
        if min(len(up), len(down)) < rule["least_days"] // 2:
            continue
        for firm, held in _by_firm(panel, series).items():
            there = [sum(1 for day in days if day in held) for days in (up, down)]
            whole = len(up) + len(down)
            share = Fraction(sum(there), whole)
            if whole - sum(there) < rule["least_missing"] or not 0 < share < 1:
                continue
            shares = [Fraction(there[0], len(up)), Fraction(there[1], len(down))]
            spread = share * (1 - share) * (Fraction(1, len(up)) + Fraction(1, len(down)))
            apart = root((shares[0] - shares[1]) ** 2 / spread)
            if apart >= sigma:
                days = sorted(held)
                yield Hit(
                    "selective", "contributor", (firm,), series, days[0], days[-1], apart / sigma,
                    f"{firm} sent {series} on {shown(100 * shares[0])} % of the days on which it rose and on "
                    f"{shown(100 * shares[1])} % of those on which it fell.",
                    (panel.link(series, days[0], firm), panel.link(series, days[-1], firm)),
                )  # fmt: skip


def late(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """Data after the hard cut-off, month by month."""
    rule = thresholds.of("late")
    found: dict[tuple[str, int, int], list[Datum]] = defaultdict(list)
    for each in panel.data:
        found[each.firm, each.day.year, each.day.month].append(each)
    for (firm, _, _), several in found.items():
        after = [each for each in several if each.late]
        share = Fraction(100 * len(after), len(several))
        if len(after) >= rule["least"] and share >= Fraction(rule["percent"]):
            first, last = min(e.day for e in after), max(e.day for e in after)
            yield Hit(
                "late", "contributor", (firm,), after[0].series, first, last, share / Fraction(rule["percent"]),
                f"{len(after)} of {len(several)} data of {firm} in {first.isoformat()[:7]} came after the cut-off.",
                tuple(each.link for each in after[:5]),
            )  # fmt: skip


def affiliated(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """A deal with a firm of one's own group that was not told as affiliated."""
    del thresholds
    for each in panel.data:
        other = panel.names.get(each.counterparty or "")
        if each.kind != "transaction" or other is None or each.relation == "affiliated":
            continue
        if panel.groups.get(other, other) == panel.groups.get(each.firm, each.firm):
            yield Hit(
                "affiliated", "contributor", (each.firm,), each.series, each.day, each.day, _ALWAYS,
                f"{each.firm} told a deal of {each.day} in {each.series} at {price(each.position)} with "
                f"{other} of its own group as {(each.relation or 'undisclosed').replace('_', ' ')}.",
                (each.link,),
            )  # fmt: skip


def unsupported(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """A price that the message it came in does not say."""
    del thresholds
    for each in panel.data:
        if each.supported is False:
            by = f", confirmed by {each.handled_by}" if each.handled_by else ""
            yield Hit(
                "unsupported", "contributor", (each.firm,), each.series, each.day, each.day, Fraction(3, 2),
                f"The message of {each.firm} of {each.day} does not say the price {price(each.position)} that "
                f"it carries for {each.series}{by}.", (each.link,),
            )  # fmt: skip


def handling(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """A person of the house whose changes and exclusions all move the price one way."""
    rule = thresholds.of("handling")
    wanted = Fraction(rule["one_sided_percent"])
    found: dict[tuple[str, int, int], list[tuple[Datum, int]]] = defaultdict(list)
    for each in panel.data:
        month = (each.day.year, each.day.month)
        if each.handled_by and each.read is not None and each.read != each.position:
            found[each.handled_by, *month].append((each, sign(each.position - each.read)))
        if each.excluded_by:
            centre = median(list(panel.positions[each.series][each.day].values()))
            found[each.excluded_by, *month].append((each, -sign(each.position - centre)))
    for (person, _, _), several in found.items():
        total = sum(way for _, way in several)
        same = sum(1 for _, way in several if way == sign(total))
        share = Fraction(100 * same, len(several))
        if same >= rule["least"] and share >= wanted and total:
            days = sorted(each.day for each, _ in several)
            yield Hit(
                "handling", "person", (person,), several[0][0].series, days[0], days[-1],
                Fraction(same, rule["least"]) * share / wanted,
                f"{same} of {len(several)} changes and exclusions by {person} in {days[0].isoformat()[:7]} "
                f"moved the price {'up' if total > 0 else 'down'}.",
                tuple(each.link for each, _ in several[:5]),
            )  # fmt: skip
