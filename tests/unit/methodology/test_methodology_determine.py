"""`determine`: its JSON shape, its refusals, what it does with odd input, its speed limits."""

import json
from datetime import date

import pytest
from unit.methodology.methodology_texts import DAY, LADDER, assessed, given, quote

from assay.core import CalendarNotAnnounced, Refused
from assay.methodology import (
    METHODOLOGIES,
    determine,
    inputs_from_document,
    load_methodology,
)

A00 = load_methodology(METHODOLOGIES / "al-a00/2021-12-27.toml")
LC = load_methodology(METHODOLOGIES / "al-lc/2021-12-27.toml")
SHANGHAI = "AL-A00-SHANGHAI"


def deal(name, price, tonnes, **more):
    return {
        "id": f"T-{name}",
        "pricing_date": "2025-12-30",
        "series": SHANGHAI,
        "contributor": name,
        "kind": "transaction",
        "low": price,
        "high": price,
        "quantity": tonnes,
        "place": "Shanghai",
        "delivery": "self pick-up",
        "payment": "bank transfer",
        "relation": "arms_length",
        "received_at": "2025-12-30T10:00:00+08:00",
        **more,
    }


DEALS = [deal("C1", "22170", "100"), deal("C2", "22180", "200"), deal("C3", "22200", "100")]


def run(document=A00, code=SHANGHAI, day=DAY, **inputs):
    return determine(document, day, inputs_from_document(inputs), code)


def test_the_document_of_a_determination_has_the_agreed_keys_and_is_json():
    found = run(submissions=DEALS).document()
    assert list(found) == [
        "series", "pricing_date", "status", "reason", "low", "mid", "high", "unit", "branch",
        "n_received", "n_used", "findings", "trace", "methodology",
    ]  # fmt: skip
    assert set(found["methodology"]) == {"id", "effective", "digest"}
    assert json.loads(json.dumps(found)) == found
    assert all(
        set(each) == {"code", "severity", "where", "what_to_do"} for each in found["findings"]
    )


def test_every_term_of_a_trace_says_where_it_is_from():
    found = run(submissions=DEALS).document()["trace"]
    wanted = {"name", "value", "unit", "source", "date", "revision", "clause"}
    for leg in ("low", "mid", "high"):
        assert wanted <= set(found[leg])
    for term in found["mid"]["terms"]:
        assert wanted <= set(term)
        assert all(wanted <= set(inner) for inner in term["terms"])
    assert {each["clause"] for each in found["screening"]} <= set(A00.clauses)


def test_every_submission_meets_every_single_rule():
    found = run(submissions=[*DEALS, deal("C4", "22000", "30", payment=None)])
    own = [each for each in found.verdicts if each.submission == "T-C4"]
    rules = [each.rule for each in own]
    assert rules.count("minimum_quantity") == 1
    assert {each.code for each in own if each.verdict != "pass"} == {
        "submission.incomplete",
        "submission.below_minimum",
    }


def test_a_document_of_two_series_asks_which():
    with pytest.raises(Refused, match="AL-A00-FOSHAN, AL-A00-SHANGHAI"):
        run(code=None, submissions=DEALS)
    with pytest.raises(Refused, match="COPPER"):
        run(code="COPPER")


def test_a_year_that_nobody_announced_is_refused_not_guessed():
    with pytest.raises(CalendarNotAnnounced, match="2027-01-04"):
        run(day=date(2027, 1, 4), submissions=[])


@pytest.mark.parametrize("state", ["suspended", "force_majeure"])
def test_a_declared_state_is_the_reason(state):
    found = run(submissions=DEALS, state=state)
    assert (found.status, found.reason, found.n_received) == ("not_assessed", state, 3)


def test_a_document_run_before_its_date_says_so():
    day = date(2021, 12, 24)
    found = run(day=day, submissions=[])
    assert "methodology.not_in_force" in {each.code for each in found.findings}


def test_bad_rows_become_findings_and_the_rest_goes_on():
    rows = [
        *DEALS,
        deal("C4", "22,180", "100"),
        deal("C5", "22180", "1e3"),
        deal("C6", "22180", "100", received_at="2025-12-30T10:00:00"),
        {"series": SHANGHAI},
        deal("C7", "22190", "100") | {"high": "22180"},
        deal("C8", 22180.5, "100"),
    ]
    found = run(submissions=rows)
    bad = [each for each in found.findings if each.code == "input.bad_row"]
    assert len(bad) == 6
    assert found.n_used == 3
    assert str(found.mid) == "22180"


def test_a_roll_that_cannot_be_read_is_a_finding_with_its_place():
    rolls = [{"from": "soon", "contract": "AD2603"}, {"contract": "AD2603"}, {"from": "2025-12-30"}]
    found = inputs_from_document({"roll": [*rolls, {"from": "2025-12-30", "contract": "AD2604"}]})
    assert [each.where for each in found.findings] == [f"roll, row {n}" for n in (1, 2, 3)]
    assert found.roll == ({"from": date(2025, 12, 30), "contract": "AD2604"},)


def test_an_unknown_field_is_refused_by_name_and_the_row_is_judged_by_the_rest():
    found = run(submissions=[DEALS[0] | {"mood": "good"}, *DEALS[1:]])
    (said,) = [each for each in found.findings if each.code == "input.unknown_field"]
    assert "mood" in said.what_to_do
    assert found.n_used == 3


def test_unknown_keys_of_the_inputs_are_refused():
    with pytest.raises(ValueError, match="allowed: submissions"):
        inputs_from_document({"trades": []})


def test_yesterdays_message_for_yesterday_is_history_and_todays_for_yesterday_is_refused():
    old = deal("C4", "22490", "100", pricing_date="2025-12-29",
               received_at="2025-12-29T10:00:00+08:00")  # fmt: skip
    stray = deal("C5", "22490", "100", pricing_date="2025-12-29")
    found = run(submissions=[*DEALS, old, stray])
    assert found.n_received == 4
    assert found.n_used == 3
    assert {each.submission for each in found.verdicts if each.code == "submission.not_todays"} == {
        "T-C5"
    }


def test_a_carried_rung_repeats_for_so_many_days_and_says_so():
    ladder = LADDER + '\n[[ladder]]\nbranch = "carried"\nclause = "2"\ncarry_days = 3\n'
    document = assessed(ladder=ladder)
    inputs = inputs_from_document(
        {
            "history": [
                {"series": "TEST", "date": "2025-12-27", "low": "90", "mid": "100", "high": "110"}
            ]
        }
    )
    found = determine(document, DAY, inputs)
    assert (found.status, found.branch, str(found.low), str(found.mid)) == (
        "determined", "carried", "90", "100",
    )  # fmt: skip
    assert {each.code for each in found.findings} == {"determination.carried"}
    assert determine(document, date(2025, 12, 31), inputs).reason == "insufficient_data"


LADDERS = [
    ("buyers = 1, sellers = 1", True),
    ("buyers = 2", False),
    ("tonnes = 400", True),
    ("tonnes = 401", False),
    ("transactions = 3", True),
    ("transactions = 4", False),
    ("largest_share_percent = 50", True),
    ('largest_share_percent = "49.9"', False),
    ("contributors = 3, groups = 3, tonnes = 400, submissions = 3", True),
    ("contributors = 3, groups = 4", False),
    ("top_five_below_percent = 100", False),
]


@pytest.mark.parametrize(("minimum", "enough"), LADDERS)
def test_the_conditions_of_a_rung_are_a_conjunction(minimum, enough):
    ladder = LADDER.replace("estimator", f"minimum = {{ {minimum} }}\nestimator")
    deals = [
        quote("a", 100, 200, kind="transaction", side="buy"),
        quote("b", 110, 100, kind="transaction", side="sell"),
        quote("c", 120, 100, kind="transaction", side="sell"),
    ]
    assert determine(assessed(ladder=ladder), DAY, given(*deals)).determined is enough


def test_leave_one_out_by_hand():
    # all: (100 + 110 + 150) / 3 = 120; without a 130, without b 125 -> 130, without c 105 -> 110
    found = determine(assessed(), DAY, given(quote("a", 100), quote("b", 110), quote("c", 150)))
    influence = found.document()["trace"]["influence"]
    assert influence["contributors"] == {
        "a": {"low": "10", "mid": "10", "high": "0", "branch": "indications"},
        "b": {"low": "0", "mid": "10", "high": "0", "branch": "indications"},
        "c": {"low": "0", "mid": "-10", "high": "-40", "branch": "indications"},
    }
    assert influence["coalition"] == {"move": "10", "size": 1, "members": ["a"], "exact": True}


def test_leave_one_group_out_and_the_end_of_the_price():
    ladder = LADDER.replace("estimator", "minimum = { groups = 2 }\nestimator")
    quotes = [quote("a", 100, group="g"), quote("b", 100, group="g"), quote("c", 130)]
    influence = determine(assessed(ladder=ladder), DAY, given(*quotes)).trace["influence"]
    assert influence["groups"]["g"] == {"low": None, "mid": None, "high": None, "branch": "none"}
    assert influence["coalition"]["size"] == 1


def test_a_coalition_of_two():
    # five at 100 and two at 170: mean 120; without one of the two 111.67 -> 110, move 10;
    # a move of 20 needs both: (5 x 100) / 5 = 100
    document = assessed()
    from dataclasses import replace
    from decimal import Decimal

    document = replace(document, influence_move=Decimal(20))
    quotes = [quote(name, 100) for name in "abcde"] + [quote("y", 170), quote("z", 170)]
    found = determine(document, DAY, given(*quotes)).trace["influence"]["coalition"]
    assert found == {"move": "20", "size": 2, "members": ["y", "z"], "exact": True}


def test_the_deal_of_a_left_out_buyer_lives_on_with_its_seller():
    told = [
        deal("C1", "22170", "100", side="sell", deal_reference="D1"),
        deal("C4", "22170", "100", side="buy", deal_reference="D1",
             received_at="2025-12-30T10:01:00+08:00"),
        *DEALS[1:],
    ]  # fmt: skip
    found = run(submissions=told)
    assert found.trace["influence"]["contributors"]["C1"]["branch"] == "transactions"


def test_the_second_engine_may_leave_the_influence_out():
    inputs = inputs_from_document({"submissions": DEALS})
    found = determine(A00, DAY, inputs, SHANGHAI, influence=False)
    assert "influence" not in found.trace
    assert found.mid == run(submissions=DEALS).mid


def test_statistics_go_with_the_price():
    found = run(submissions=DEALS)
    assert found.statistics == {
        "contributors": 3,
        "groups": 3,
        "transactions": 3,
        "transaction_tonnes": "400",
        "share_by_kind": {"transaction": "100"},
    }


def test_an_undated_close_is_taken_and_said():
    found = run(
        LC, "AL-LC",
        series={"AL-A00-FOSHAN": "22180", "CI-AL-NATIONAL": "12.8", "CI-AL-YUNNAN": "2.3",
                "CEA-CLOSE": "74.01"},
    )  # fmt: skip
    assert str(found.mid) == "22957"
    assert "input.undated" in {each.code for each in found.findings}


def test_a_close_on_a_closed_day_is_ignored_and_said():
    closes = [{"date": "2025-12-28", "value": "99"}, {"date": "2025-12-26", "value": "74.01"}]
    found = run(
        LC, "AL-LC",
        series={"AL-A00-FOSHAN": "22180", "CI-AL-NATIONAL": "12.8", "CI-AL-YUNNAN": "2.3",
                "CEA-CLOSE": closes},
    )  # fmt: skip
    assert str(found.mid) == "22957"
    assert {"input.off_calendar", "input.stale"} <= {each.code for each in found.findings}


def test_a_division_by_zero_is_a_finding():
    from unit.methodology.methodology_texts import formula_text

    document = load_methodology(formula_text(line="base / other", other="ratio"))
    inputs = inputs_from_document({"series": {"BASE": "100", "OTHER": "0"}})
    found = determine(document, DAY, inputs)
    assert found.reason == "insufficient_data"
    assert [each.code for each in found.findings] == ["formula.division_by_zero"]


def test_an_id_names_one_submission():
    found = run(submissions=[*DEALS, DEALS[0] | {"low": "22000", "high": "22000"}])
    assert "input.duplicate_id" in {each.code for each in found.findings}
    assert (found.n_received, str(found.low)) == (3, "22170")


@pytest.mark.parametrize(
    "broken", [{"kind": "rumour"}, {"side": "both"}, {"quantity": "-100"}, {"low": "NaN"}]
)
def test_a_row_with_an_impossible_field_is_refused(broken):
    found = run(submissions=[*DEALS[:2], DEALS[2] | broken])
    assert [each.severity.value for each in found.findings if each.code == "input.bad_row"] == [
        "error"
    ]
    assert found.reason == "insufficient_data"


def test_a_row_without_a_kind_is_an_indication():
    document = load_methodology(METHODOLOGIES / "conformance/euribor.toml")
    rows = [
        {"series": "EURIBOR-1M", "pricing_date": "2013-04-02", "contributor": name, "low": price,
         "high": price}
        for name, price in (("A", "2.40"), ("B", "2.42"))
    ]  # fmt: skip
    found = determine(
        document, date(2013, 4, 2), inputs_from_document({"submissions": rows}), "EURIBOR-1M"
    )
    assert str(found.mid) == "2.410"


def test_no_coalition_moves_what_all_agree_on():
    quotes = [quote(f"c{n:02}", 100) for n in range(30)]
    found = determine(assessed(), DAY, given(*quotes)).trace["influence"]["coalition"]
    assert found == {
        "move": "10", "size": None, "members": [], "exact": False, "more_than": 8,
    }  # fmt: skip


CARBON = {
    "AL-A00-FOSHAN": {"low": "22160", "mid": "22180", "high": "22200"},
    "CI-AL-NATIONAL": "12.8",
    "CI-AL-YUNNAN": "2.3",
}


def test_two_values_of_one_date_are_a_conflict_and_neither_is_used():
    torn = [{"date": "2025-12-29", "value": "74.01"}, {"date": "2025-12-29", "value": "75.01"}]
    found = run(LC, "AL-LC", series={**CARBON, "CEA-CLOSE": torn})
    assert found.reason == "missing_input:CEA-CLOSE"
    (said,) = [each for each in found.findings if each.code == "input.conflicting_values"]
    assert "2025-12-29" in said.where
    assert "74.01 and 75.01" in said.what_to_do
    revised = [torn[0], {**torn[1], "revision": 1}]
    again = run(LC, "AL-LC", series={**CARBON, "CEA-CLOSE": revised})
    assert str(again.mid) == "22968", "22,180 + 10.5 x 75.01 = 22,967.605"
    twice = run(LC, "AL-LC", series={**CARBON, "CEA-CLOSE": [torn[0], torn[0]]})
    assert str(twice.mid) == "22957", "the same value said twice is no conflict"


def test_a_range_upside_down_is_refused_not_turned_round():
    down = {**CARBON, "AL-A00-FOSHAN": {"low": "22200", "mid": "22180", "high": "22160"}}
    found = run(LC, "AL-LC", series={**down, "CEA-CLOSE": [{"date": "2025-12-29", "value": "74.01"}]})  # fmt: skip
    assert found.reason == "missing_input:AL-A00-FOSHAN"
    assert "low 22200 is above high 22160" in found.findings[0].what_to_do


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        (deal("C4", "1/0", "100"), "no ratio"),
        (deal(["C4"], "22100", "100"), "contributor ['C4'] is no text"),
        ("C4 22100", "no object"),
    ],
)
def test_a_row_of_the_wrong_shape_is_a_finding_and_the_rest_goes_on(odd, says):
    found = run(submissions=[*DEALS, odd])
    (said,) = [each for each in found.findings if each.code == "input.bad_row"]
    assert (said.where, str(found.mid)) == ("submissions, row 4", "22180")
    assert says in said.what_to_do


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"submissions": "abc"}, "submissions is a list"),
        ({"history": {"a": 1}}, "history is a list"),
        ({"series": []}, "series is an object"),
        ({"state": "lunch"}, "allowed: suspended, force_majeure"),
        ({"contributors": ["x"]}, "an object with a code"),
        ({"contributors": [{"code": "A", "aliases": "AB"}]}, "aliases of A are a list"),
    ],
)
def test_inputs_of_the_wrong_shape_are_refused_by_name(inputs, says):
    with pytest.raises((ValueError, TypeError), match=says):
        inputs_from_document(inputs)


def test_what_screening_kept_out_says_so_and_endless_decimals_are_cut():
    more = [deal("C4", "19600", "100", tax="excluded"), deal("C5", "22180", "2500")]
    found = run(submissions=[*DEALS, *more])
    said = {each.code: each.what_to_do for each in found.findings}
    assert said["submission.tax"].startswith("kept, not used: ")
    # 2,500 of 2,900 t = 86.2068...: the deal on another tax basis is out before
    assert "share_percent about 86.21" in said["submission.concentration"]
