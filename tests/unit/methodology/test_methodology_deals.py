"""Deals told twice: found as before, by whatever two tellings share, and fast for long lists."""

import random
import time
from datetime import date
from fractions import Fraction

from assay.methodology.catalogue.panel import arrival, deal_once
from assay.methodology.catalogue.shapes import Candidate
from assay.methodology.inputs import Submission

DAY = date(2025, 12, 30)


def deal(place, contributor, price="100", quantity="200", side=None, **texts):
    number = None if price is None else Fraction(price)
    told = Submission(
        f"S{place:06}", DAY, "S-1", contributor, "transaction", number, number, place,
        side=side, quantity=Fraction(quantity), texts={k: v for k, v in texts.items() if v},
    )  # fmt: skip
    return Candidate(told, Fraction(1), Fraction(1), Fraction(1), contributor, "")


def pair_by_pair(candidates):
    """The rule word for word, every deal held against every earlier one."""

    def reference(one):
        return (one.text("deal_reference") or "").strip().casefold()

    def same(one, other):
        if one.contributor == other.contributor or (one.side and one.side == other.side):
            return False
        if reference(one) and reference(other):
            return reference(one) == reference(other)
        return (
            one.text("counterparty") == other.contributor
            and other.text("counterparty") == one.contributor
            and (one.point, one.quantity) == (other.point, other.quantity)
        )

    gone, kept = {}, []
    for each in sorted((c.submission for c in candidates), key=arrival):
        for one in [k for k in kept if reference(k) and reference(k) == reference(each)]:
            if one.contributor == each.contributor:
                gone[one.id] = ("replaced", each.id)
                kept.remove(one)
                break
        twin = next((one for one in kept if same(one, each)), None)
        if twin is None:
            kept.append(each)
        else:
            gone[each.id] = ("duplicate", twin.id)
    return gone


def test_the_same_verdicts_as_pair_by_pair():
    chance = random.Random(7)
    for _ in range(300):
        firms = ("A", "B", "C")
        told = [
            deal(
                place,
                chance.choice(firms),
                chance.choice(("100", "101")),
                chance.choice(("50", "200")),
                chance.choice((None, "buy", "sell")),
                counterparty=chance.choice((None, *firms)),
                deal_reference=chance.choice((None, None, "r1", "R1 ", "r2")),
            )
            for place in range(chance.randrange(1, 12))
        ]
        found = {
            name: (said.verdict, said.seen.get("told_first_by") or said.seen.get("by"))
            for name, said in deal_once(told, None).items()
        }
        assert found == pair_by_pair(told)


def test_a_deal_at_a_premium_told_by_both_counts_once():
    one = deal(0, "A", None, side="sell", counterparty="B", against="AL-A00-FOSHAN")
    two = deal(1, "B", None, side="buy", counterparty="A", against="AL-A00-FOSHAN")
    other = deal(2, "B", None, side="buy", counterparty="A", against="AL-A00-SHANGHAI")
    assert {name: said.verdict for name, said in deal_once([one, two, other], None).items()} == {
        "S000001": "duplicate"
    }


def test_twenty_thousand_deals_take_seconds_not_hours():
    told = [
        deal(n, "A" if n % 2 else "B", deal_reference=f"r{n}", counterparty="B" if n % 2 else "A")
        for n in range(20_000)
    ]
    started = time.monotonic()
    assert deal_once(told, None) == {}
    assert time.monotonic() - started < 20, "pair by pair this is 200 million comparisons"
