# ruff: noqa: ARG001 (rules of a family share one signature)
"""Panel rules: the surviving submissions of a day judged against each other.

Each takes the candidates and gives an outcome for those it has something to say about.
What it does not mention stays as it was. Order of arrival matters only where a rule is
about replacing; ties are broken by id, then by place in the input.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from assay.core import exact_text
from assay.methodology.catalogue.estimators import middle, total
from assay.methodology.catalogue.registry import decimal, entry, texts, word
from assay.methodology.catalogue.shapes import Candidate, Day, Outcome, excluded, flagged
from assay.methodology.inputs import Submission

ACTIONS = ("exclude", "flag")
QUOTES = ("bid", "offer", "indication")
_EARLIEST = datetime.min.replace(tzinfo=UTC)
Outcomes = dict[str, Outcome]


def arrival(submission: Submission) -> tuple[datetime, str, int]:
    """The order in which messages count: received, then id, then place in the input."""
    named = "" if submission.id.startswith("#") else submission.id
    return submission.received_at or _EARLIEST, named, submission.position


@entry("panel", "one_live_quote", texts("kinds", *QUOTES, "transaction", default=QUOTES))
def one_live_quote(
    candidates: Sequence[Candidate], day: Day, *, kinds: tuple[str, ...]
) -> Outcomes:
    """Of bids, offers and indications the last one lives per contributor, kind and side."""
    living: dict[tuple[str, str, str | None], Submission] = {}
    outcomes: Outcomes = {}
    for each in sorted((c.submission for c in candidates), key=arrival):
        if each.kind not in kinds:
            continue
        key = (each.contributor, each.kind, each.side)
        before = living.get(key)
        if before is not None:
            outcomes[before.id] = Outcome("replaced", "submission.replaced", {"by": each.id})
        living[key] = each
    return outcomes


@entry("panel", "deal_once")
def deal_once(candidates: Sequence[Candidate], day: Day) -> Outcomes:
    """The same deal told by buyer and seller, or told again, counts once."""
    outcomes: Outcomes = {}
    told = _Told()
    deals = (c.submission for c in candidates if c.submission.kind == "transaction")
    for each in sorted(deals, key=arrival):
        again = told.first_of([("again", each.contributor, _reference(each))], each, _retold)
        if again is not None:
            outcomes[again.id] = Outcome("replaced", "submission.replaced", {"by": each.id})
            told.forget(again)
        twin = told.first_of(_twins(each), each, _same_deal)
        if twin is None:
            told.keep(each)
            continue
        same = _stated(twin) == _stated(each)
        outcomes[each.id] = Outcome(
            "duplicate",
            "submission.same_deal" if same else "submission.same_deal_terms_differ",
            {"told_first_by": twin.id, "deal_reference": each.text("deal_reference") or ""},
        )
    return outcomes


Key = tuple[object, ...]


class _Told:
    """The deals told so far, found again by what the same deal must share with them."""

    def __init__(self) -> None:
        self._by_key: dict[Key, dict[int, Submission]] = defaultdict(dict)
        self._place: dict[str, int] = {}

    def keep(self, deal: Submission) -> None:
        place = self._place[deal.id] = len(self._place)
        for key in _keys(deal):
            self._by_key[key][place] = deal

    def forget(self, deal: Submission) -> None:
        for key in _keys(deal):
            del self._by_key[key][self._place[deal.id]]

    def first_of(
        self, keys: Sequence[Key], deal: Submission, same: Callable[[Submission, Submission], bool]
    ) -> Submission | None:
        """The deal told first, of those under these keys that are the same as this one."""
        found = []
        for key in keys:
            told = self._by_key.get(key, {}).items()
            found += [next(((place, one) for place, one in told if same(one, deal)), None)]
        return min(filter(None, found), key=lambda each: each[0], default=(0, None))[1]


def _keys(deal: Submission) -> list[Key]:
    """Under which keys later tellings look for this one."""
    reference = _reference(deal)
    parties = (deal.contributor, deal.text("counterparty"))
    keys: list[Key] = [("parties", *parties, _stated(deal), bool(reference))]
    if reference:
        keys += [("again", deal.contributor, reference), ("reference", reference)]
    return keys


def _twins(deal: Submission) -> list[Key]:
    """The keys of the same deal told by the other party."""
    reference = _reference(deal)
    crossed: Key = ("parties", deal.text("counterparty"), deal.contributor, _stated(deal))
    if reference:
        return [(*crossed, False), ("reference", reference)]
    return [(*crossed, False), (*crossed, True)]


def _stated(deal: Submission) -> tuple[object, ...]:
    """Price (or premium and to what) and quantity, as far as two tellings must agree on them."""
    if deal.low is not None:
        return deal.point, deal.quantity
    return deal.premium_low, deal.premium_high, deal.text("against"), deal.quantity


def _reference(submission: Submission) -> str:
    return (submission.text("deal_reference") or "").strip().casefold()


def _retold(one: Submission, other: Submission) -> bool:
    mine = _reference(one)
    return bool(mine) and mine == _reference(other) and one.contributor == other.contributor


def _same_deal(one: Submission, other: Submission) -> bool:
    if one.contributor == other.contributor or (one.side and one.side == other.side):
        return False
    mine, theirs = _reference(one), _reference(other)
    crossed = (
        one.text("counterparty") == other.contributor
        and other.text("counterparty") == one.contributor
    )
    if mine and theirs:
        return mine == theirs
    return crossed and _stated(one) == _stated(other)


# ---- outliers ------------------------------------------------------------------------


def _centre(prices: Iterable[Fraction]) -> Fraction:
    return middle(sorted(prices), "mean")


def _far(
    candidates: Sequence[Candidate], limit: Fraction, action: str, name: str, centre: Fraction
) -> Outcomes:
    outcomes: Outcomes = {}
    for each in candidates:
        away = abs(each.price - centre)
        if away > limit:
            seen = {
                "price": exact_text(each.price),
                "centre": exact_text(centre),
                "distance": exact_text(away),
                "limit": exact_text(limit),
            }
            code = f"submission.outlier_{name}"
            outcomes[each.id] = (
                excluded(code, **seen) if action == "exclude" else flagged(code, **seen)
            )
    return outcomes


@entry("panel", "outlier_absolute", decimal("distance"), word("action", *ACTIONS))
def outlier_absolute(
    candidates: Sequence[Candidate], day: Day, *, distance: Decimal, action: str
) -> Outcomes:
    """Further than a fixed distance from the median of the day (fit for premiums near zero)."""
    if not candidates:
        return {}
    centre = _centre(each.price for each in candidates)
    return _far(candidates, Fraction(distance), action, "absolute", centre)


@entry(
    "panel",
    "outlier_percent",
    decimal("percent"),
    word("action", *ACTIONS),
    decimal("readmit_percent", default=None),
)
def outlier_percent(
    candidates: Sequence[Candidate],
    day: Day,
    *,
    percent: Decimal,
    action: str,
    readmit_percent: Decimal | None,
) -> Outcomes:
    """Further than a percent from the median; once out, back in only within a closer limit."""
    if not candidates:
        return {}
    centre = _centre(each.price for each in candidates)
    wide = abs(centre) * Fraction(percent) / 100
    outcomes = _far(candidates, wide, action, "percent", centre)
    if readmit_percent is None or not day.previous:
        return outcomes
    before = {name: one.point for name, one in day.previous.items() if one.low is not None}
    if not before:
        return outcomes
    old = _centre(before.values())
    out = {
        n for n, price in before.items() if abs(price - old) > abs(old) * Fraction(percent) / 100
    }
    again = [each for each in candidates if each.submission.contributor in out]
    close = abs(centre) * Fraction(readmit_percent) / 100
    return {**outcomes, **_far(again, close, action, "not_readmitted", centre)}


@entry("panel", "outlier_contributor", decimal("percent"), word("action", *ACTIONS))
def outlier_contributor(
    candidates: Sequence[Candidate], day: Day, *, percent: Decimal, action: str
) -> Outcomes:
    """All data of a contributor whose median is further than a percent from the others' median."""
    own: dict[str, list[Fraction]] = defaultdict(list)
    for each in candidates:
        own[each.submission.contributor].append(each.price)
    medians = {name: _centre(prices) for name, prices in own.items()}
    outcomes: Outcomes = {}
    for name, price in medians.items():
        others = [one for other, one in medians.items() if other != name]
        if not others:
            continue
        centre = _centre(others)
        limit = abs(centre) * Fraction(percent) / 100
        if abs(price - centre) > limit:
            all_of = [each for each in candidates if each.submission.contributor == name]
            seen = {"median": exact_text(price), "others": exact_text(centre)}
            code = "submission.outlier_contributor"
            say = excluded if action == "exclude" else flagged
            outcomes |= {each.id: say(code, **seen) for each in all_of}
    return outcomes


@entry(
    "panel",
    "outlier_mad",
    decimal("multiple"),
    word("action", *ACTIONS),
    decimal("floor", default=Decimal(0)),
)
def outlier_mad(
    candidates: Sequence[Candidate], day: Day, *, multiple: Decimal, action: str, floor: Decimal
) -> Outcomes:
    """Further than a multiple of the median absolute deviation (at least a floor)."""
    if not candidates:
        return {}
    centre = _centre(each.price for each in candidates)
    spread = _centre(abs(each.price - centre) for each in candidates)
    limit = max(spread * Fraction(multiple), Fraction(floor))
    return _far(candidates, limit, action, "mad", centre)


@entry(
    "panel",
    "concentration",
    decimal("percent", most=100),
    word("per", "contributor", "group"),
    word("of", "tonnes", "count"),
)
def concentration(
    candidates: Sequence[Candidate], day: Day, *, percent: Decimal, per: str, of: str
) -> Outcomes:
    """One contributor or group holds more than this share of the day's data: shown."""
    mass: dict[str, Fraction] = defaultdict(Fraction)
    for each in candidates:
        name = each.group if per == "group" else each.submission.contributor
        mass[name] += Fraction(1) if of == "count" else (each.submission.quantity or Fraction(0))
    everything = total(list(mass.values()))
    if everything == 0:
        return {}
    outcomes: Outcomes = {}
    for each in candidates:
        name = each.group if per == "group" else each.submission.contributor
        share = 100 * mass[name] / everything
        if share > Fraction(percent):
            outcomes[each.id] = flagged(
                "submission.concentration",
                **{per: name, "share_percent": exact_text(share), "limit": str(percent)},
            )
    return outcomes
