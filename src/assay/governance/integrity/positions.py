"""Detectors that look at positions alone: outliers, edges, influence, pairs, days.

Each is a function of the panel and its thresholds and gives hits; a hit says in one
sentence what was seen. Suspects nobody: a person looks, and closes it with words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations

from assay.governance.integrity.panel import (
    BP,
    Hit,
    Panel,
    follows,
    median,
    months,
    price,
    root,
    shown,
    sign,
)
from assay.governance.office import Thresholds

#: More firms than this at one value are a consensus, not a pair.
_CROWD = 4
_LEAST_CHANCE = Fraction(1, 50)


def outliers(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """Firms far from the median of a day, and days on which all lie far apart."""
    rule, least = thresholds.of("outlier"), thresholds.of("panel")["least_firms"]
    times, least_bp = Fraction(rule["times"]), Fraction(rule["least_bp"])
    for series, days in panel.positions.items():
        spreads: list[int] = []
        before: date | None = None
        for day in sorted(days):
            if before is not None and not follows(before, day):
                spreads = []  # what was usual years ago is not what is usual now
            before = day
            firms = days[day]
            if len(firms) < least:
                continue
            centre = median(list(firms.values()))
            spread = sum(abs(each - centre) for each in firms.values()) // len(firms)
            floor = int(abs(panel.level or centre) * Fraction(rule["usual_least_bp"]) / BP)
            usual = max(median(spreads[-rule["usual_days"] :] or [0]), floor, 1)
            today = max(usual, median([abs(each - centre) for each in firms.values()]))
            known = len(spreads) >= rule["usual_days"] // 2
            measure = "the usual distance" if known else "that day's ordinary distance"
            spreads.append(spread)
            for firm in firms:
                for position, link in panel.sent(series, day, firm):
                    away = Fraction(abs(position - centre), today)
                    if away >= times and abs(panel.bp(position - centre, centre)) >= least_bp:
                        yield Hit(
                            "outlier", "contributor", (firm,), series, day, day, away / times,
                            f"{firm} sent {price(position)} for {series} on {day}, {shown(away)} times "
                            f"{measure} from the day's median {price(centre)}.", (link,),
                        )  # fmt: skip
            if known and spread >= times / 2 * usual and panel.bp(spread, centre) >= least_bp:
                yield Hit(
                    "spread", "day", (str(day),), series, day, day, Fraction(2 * spread, usual) / times,
                    f"On {day} the firms lay {shown(Fraction(spread, usual))} times as far apart as "
                    f"usual for {series}, around {price(centre)}.", (f"day:{series}/{day}",),
                )  # fmt: skip


def edges(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """Firms that stand just inside or outside the trimmed part more often than chance."""
    rule = thresholds.of("edge")
    sigma, share = Fraction(rule["sigma"]), Fraction(rule["trim_percent"]) / 100
    for series, days in panel.positions.items():
        for held in months(days).values():
            seen: dict[str, list[tuple[date, bool, Fraction]]] = defaultdict(list)
            for day in held:
                firms = days[day]
                cut = int(len(firms) * share)
                if len(firms) < rule["least_firms"] or cut < 1:
                    continue
                order = sorted(firms.values())
                at_edge = {order[cut - 1], order[cut], order[-cut], order[-cut - 1]}
                standing = sum(1 for each in firms.values() if each in at_edge)
                for firm, position in firms.items():
                    seen[firm].append((day, position in at_edge, Fraction(standing, len(firms))))
            for firm, several in seen.items():
                yield from _edge(panel, thresholds, series, firm, several, sigma)


def _edge(
    panel: Panel, thresholds: Thresholds, series: str, firm: str,
    several: list[tuple[date, bool, Fraction]], sigma: Fraction,
) -> Iterator[Hit]:  # fmt: skip
    if len(several) < thresholds.of("panel")["least_days"]:
        return
    stood = sum(1 for _, there, _ in several if there)
    expected = sum((chance for _, _, chance in several), Fraction(0))
    spread = sum((chance * (1 - chance) for _, _, chance in several), Fraction(0))
    if not spread or stood <= expected:
        return
    above = root((stood - expected) ** 2 / spread)
    if above >= sigma:
        days = [day for day, there, _ in several if there]
        yield Hit(
            "edge", "contributor", (firm,), series, days[0], days[-1], above / sigma,
            f"{firm} stood at the edge of the trimmed part of {series} on {stood} of {len(several)} "
            f"days of {days[0].isoformat()[:7]}, where chance gives {shown(expected)}.",
            tuple(panel.link(series, day, firm) for day in days[:5]),
        )  # fmt: skip


def influence(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """What leaving one firm out does to the mean: on a day, and for a month to one side.

    Of a day only the firm that moves it most is told: one gross value makes all others look
    influential to the other side.
    """
    least = thresholds.of("panel")["least_firms"]
    for series, days in panel.positions.items():
        for kept in months(days).values():
            moved: dict[str, list[_Pull]] = defaultdict(list)
            most: dict[str, list[_Pull]] = defaultdict(list)
            for day in kept:
                pulls = _pulls(panel, series, day, least)
                for firm, pull in pulls.items():
                    moved[firm].append(pull)
                if pulls:
                    firm = max(pulls, key=lambda each: (abs(pulls[each].out), each))
                    most[firm].append(pulls[firm])
            for firm, several in most.items():
                yield from _strongest(panel, thresholds, series, firm, several)
            for firm, several in moved.items():
                yield from _one_sided(panel, thresholds, series, firm, several)


def _pulls(panel: Panel, series: str, day: date, least: int) -> dict[str, _Pull]:
    firms = panel.used(series, day)
    count, total = len(firms), sum(firms.values())
    base = Fraction(panel.level or abs(total), 1 if panel.level else max(count, 1))
    if count < least or not base:
        return {}
    found = {}
    for firm, position in firms.items():
        out = Fraction(position * count - total, count * (count - 1))
        found[firm] = _Pull(day, out, out * BP / base)
    return found


@dataclass(frozen=True, slots=True)
class _Pull:
    """How far one firm moves the mean of a day, as a position and in basis points."""

    day: date
    out: Fraction
    bp: Fraction


def _strongest(
    panel: Panel, thresholds: Thresholds, series: str, firm: str, several: list[_Pull]
) -> Iterator[Hit]:
    least = Fraction(thresholds.of("influence")["day_bp"])
    pull = max(several, key=lambda each: abs(each.bp))
    if abs(pull.bp) >= least:
        yield Hit(
            "influence", "contributor", (firm,), series, pull.day, pull.day, abs(pull.bp) / least,
            f"Without {firm} the mean of {series} on {pull.day} would be {price(abs(pull.out))} "
            f"{'lower' if pull.out > 0 else 'higher'}.", (panel.link(series, pull.day, firm),),
        )  # fmt: skip


def _one_sided(
    panel: Panel, thresholds: Thresholds, series: str, firm: str, several: list[_Pull]
) -> Iterator[Hit]:
    rule = thresholds.of("influence")
    total = sum((each.out for each in several), Fraction(0))
    # The middle day speaks for the month: one gross value shall not make a whole month one-sided.
    middle = sorted(several, key=lambda each: each.bp)[len(several) // 2]
    same = sum(1 for each in several if (each.out > 0) == (total > 0))
    enough = len(several) >= thresholds.of("panel")["least_days"]
    one_sided = Fraction(100 * same, len(several)) >= Fraction(rule["one_sided_percent"])
    pulled = abs(middle.bp) if (middle.bp > 0) == (total > 0) else Fraction(0)
    if enough and one_sided and pulled >= Fraction(rule["month_bp"]):
        first, last = several[0].day, several[-1].day
        yield Hit(
            "one_sided", "contributor", (firm,), series, first, last, pulled / Fraction(rule["month_bp"]),
            f"{firm} moved the mean of {series} {'up' if total > 0 else 'down'} on {same} of "
            f"{len(several)} days of {first.isoformat()[:7]}, by {price(abs(middle.out))} on the median day.",
            tuple(panel.link(series, each.day, firm) for each in several[:5]),
        )  # fmt: skip


def pairs(panel: Panel, thresholds: Thresholds) -> Iterator[Hit]:
    """Two firms of different groups with one value away from the median, more than chance."""
    least_bp = Fraction(thresholds.of("pair")["off_bp"])
    for series, days in panel.positions.items():
        for held in months(days).values():
            together: dict[tuple[str, str], int] = defaultdict(int)
            equal: dict[tuple[str, str], list[date]] = defaultdict(list)
            for day in held:
                for side in _off(panel, days[day], least_bp):
                    crowd: dict[int, int] = defaultdict(int)
                    for position in side.values():
                        crowd[position] += 1
                    for one, two in combinations(sorted(side), 2):
                        if panel.groups.get(one, one) == panel.groups.get(two, two):
                            continue
                        together[one, two] += 1
                        if side[one] == side[two] and crowd[side[one]] <= _CROWD:
                            equal[one, two].append(day)
            yield from _agreeing(panel, thresholds, series, together, equal)


def _off(panel: Panel, firms: dict[str, int], least_bp: Fraction) -> list[dict[str, int]]:
    """The firms away from the day's median: those above, those below."""
    centre = median(list(firms.values()))
    least = int(abs(panel.level or centre) * least_bp / BP)
    return [
        {
            firm: position
            for firm, position in firms.items()
            if sign(position - centre) == wanted and abs(position - centre) >= least
        }
        for wanted in (1, -1)
    ]


def _agreeing(
    panel: Panel, thresholds: Thresholds, series: str,
    together: dict[tuple[str, str], int], equal: dict[tuple[str, str], list[date]],
) -> Iterator[Hit]:  # fmt: skip
    rule = thresholds.of("pair")
    sigma = Fraction(rule["sigma"])
    all_together, all_equal = sum(together.values()), sum(len(each) for each in equal.values())
    for pair, days in equal.items():
        if len(days) < rule["least_days"]:
            continue
        met = together[pair]
        others = all_together - met
        chance = max(
            Fraction(all_equal - len(days), others) if others else _LEAST_CHANCE, _LEAST_CHANCE
        )
        if chance >= 1 or len(days) <= met * chance:
            continue
        above = root((len(days) - met * chance) ** 2 / (met * chance * (1 - chance)))
        if above >= sigma:
            yield Hit(
                "pair", "pair", pair, series, days[0], days[-1], above / sigma,
                f"{pair[0]} and {pair[1]} sent the same price for {series} away from the median on "
                f"{len(days)} days of {days[0].isoformat()[:7]}, of {met} on which both were off to "
                f"one side; chance gives {shown(met * chance)}.",
                tuple(panel.link(series, day, firm) for day in days[:3] for firm in pair),
            )  # fmt: skip
