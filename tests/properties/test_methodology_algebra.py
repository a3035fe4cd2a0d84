"""The algebra of a determination, over random submissions: order, rejection, scale, bounds."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core import Rounding, round_to_step
from assay.methodology import METHODOLOGIES, Inputs, Submission, determine, load_methodology
from assay.methodology.catalogue import entry_of
from assay.methodology.catalogue.caps import cap_shares
from assay.methodology.catalogue.shapes import Used

DAY = date(2025, 12, 30)
SERIES = "AL-A00-SHANGHAI"
A00 = load_methodology(METHODOLOGIES / "al-a00/2021-12-27.toml")
START = datetime(2025, 12, 30, 1, 0, tzinfo=UTC)

TEXTS = {"place": "Shanghai", "delivery": "self pick-up", "payment": "bank transfer",
         "relation": "arms_length", "basis": "asked"}  # fmt: skip


@st.composite
def submissions(draw, low=0, high=9):
    made = []
    for place in range(draw(st.integers(low, high))):
        kind = draw(st.sampled_from(["transaction", "transaction", "bid", "offer", "indication"]))
        price = Fraction(draw(st.integers(-40, 40)) + 22180)
        made.append(
            Submission(
                id=f"S{place:02}",
                pricing_date=DAY,
                series=SERIES,
                contributor=draw(st.sampled_from("ABCDEF")),
                kind=kind,
                low=price,
                high=price + draw(st.integers(0, 6)),
                position=place,
                side={"bid": "buy", "offer": "sell"}.get(kind),
                quantity=Fraction(draw(st.integers(20, 900))),
                received_at=START + timedelta(minutes=draw(st.integers(0, 80))),
                group=draw(st.sampled_from(["G1", "G2", None, None])),
                texts=TEXTS,
            )
        )
    return tuple(made)


def face(found):
    return (found.status, found.reason, found.low, found.mid, found.high, found.branch,
            found.n_received, found.n_used)  # fmt: skip


def run(rows):
    return determine(A00, DAY, Inputs(submissions=tuple(rows)), SERIES, influence=False)


@given(submissions(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=120)
def test_the_order_of_submissions_does_not_matter(rows, chance):
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert face(run(rows)) == face(run(shuffled))


@given(submissions(low=1), st.integers(0, 8))
@settings(deadline=None, max_examples=120)
def test_a_rejected_submission_changes_nothing_but_the_count(rows, place):
    template = rows[place % len(rows)]
    rejected = [
        replace(template, id="X1", quantity=Fraction(10), kind="transaction", side=None),
        replace(template, id="X2", received_at=START + timedelta(hours=3)),
        replace(template, id="X3", texts={}, kind="indication", side=None),
        replace(template, id="X4", texts={**TEXTS, "unit": "CNY/kg"}),
        replace(template, id="X5", texts={**TEXTS, "relation": "affiliated"}, kind="transaction",
                quantity=Fraction(100), side=None),
    ]  # fmt: skip
    before = run(rows)
    after = run([*rows, *rejected])
    assert face(before)[:6] == face(after)[:6]
    assert before.n_used == after.n_used
    assert after.n_received == before.n_received + 5


@given(submissions())
@settings(deadline=None, max_examples=120)
def test_a_price_lies_between_its_own_low_and_high_on_the_step(rows):
    found = run(rows)
    if found.determined:
        assert found.low <= found.mid <= found.high
        assert all(leg % 10 == 0 for leg in (found.low, found.mid, found.high))
    else:
        assert (found.low, found.mid, found.high, found.branch) == (None, None, None, "none")


@given(submissions(low=3), st.integers(-300, 300))
@settings(deadline=None, max_examples=80)
def test_moving_every_price_by_whole_steps_moves_the_result_so(rows, steps):
    move = Fraction(10 * steps)
    found = run(rows)
    moved = run(replace(row, low=row.low + move, high=row.high + move) for row in rows)
    assert found.status == moved.status
    if found.determined:
        assert moved.mid - found.mid == 10 * steps
        assert moved.low - found.low == 10 * steps


@given(submissions(low=3))
@settings(deadline=None, max_examples=40)
def test_leave_one_out_is_the_run_without_that_firm(rows):
    found = determine(A00, DAY, Inputs(submissions=rows), SERIES)
    if not found.determined:
        return
    for name, move in found.trace["influence"]["contributors"].items():
        without = run(row for row in rows if row.contributor != name)
        assert move["branch"] == without.branch
        if without.determined:
            assert move["mid"] == str(without.mid - found.mid)


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"), st.integers(1, 1000).map(Fraction), min_size=1, max_size=8
    ),
    st.integers(10, 100),
)
def test_a_cap_holds_sums_to_one_and_keeps_the_order(weights, percent):
    cap = Fraction(percent, 100)
    shares, bound, holds = cap_shares(weights, cap)
    assert sum(shares.values()) == 1
    if holds:
        assert all(share <= cap for share in shares.values())
        free = [name for name in shares if name not in bound]
        for one in free:
            for other in free:
                assert shares[one] * weights[other] == shares[other] * weights[one]
    for one, share in shares.items():
        for other, its in shares.items():
            if weights[one] >= weights[other]:
                assert share >= its


def used_values():
    return st.lists(
        st.tuples(st.integers(-50, 50), st.integers(1, 30)), min_size=1, max_size=12
    ).map(
        lambda pairs: [
            Used(str(place), str(place), "", Fraction(p), Fraction(p), Fraction(p), Fraction(w),
                 None, (str(place),))
            for place, (p, w) in enumerate(pairs)
        ]
    )  # fmt: skip


@given(used_values(), st.integers(0, 49))
def test_a_volume_trim_keeps_exactly_the_middle_of_the_volume(values, percent):
    kept = entry_of("trim", "volume").function(values, percent=percent)
    whole = sum(each.weight for each in values)
    assert sum(each.weight for each in kept) == whole * (100 - 2 * percent) / 100


@given(used_values(), st.randoms(use_true_random=False))
@pytest.mark.parametrize("name", ["mean", "weighted_mean", "median", "weighted_median"])
def test_estimators_do_not_mind_order_and_stay_inside(name, values, chance):
    arguments = {"median": {"even": "mean"}, "weighted_median": {"tie": "mean"}}.get(name, {})
    function = entry_of("estimator", name).function
    shuffled = list(values)
    chance.shuffle(shuffled)
    found = function(values, **arguments)
    assert found == function(shuffled, **arguments)
    assert min(v.price for v in values) <= found <= max(v.price for v in values)


@given(st.fractions(min_value=-1000, max_value=1000), st.sampled_from(list(Rounding)))
def test_rounding_a_leg_never_moves_it_further_than_half_a_step(number, rule):
    rounded = round_to_step(number, A00.card(SERIES).step, rule)
    assert abs(Fraction(rounded) - number) <= 5


def test_the_generator_reaches_every_branch():
    chance = random.Random(7)
    branches = set()
    for _ in range(300):
        rows = [
            Submission(
                f"S{place}", DAY, SERIES, chance.choice("ABCDEF"),
                chance.choice(["transaction", "bid", "offer", "indication"]),
                Fraction(22180), Fraction(22180), place, side="buy", quantity=Fraction(100),
                received_at=START, texts=TEXTS,
            )
            for place in range(chance.randint(0, 8))
        ]  # fmt: skip
        branches.add(run(rows).branch)
    assert branches == {"transactions", "bids_offers", "indications", "none"}
