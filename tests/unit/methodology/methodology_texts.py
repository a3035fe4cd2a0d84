"""Small documents for tests, and submissions by the handful."""

from datetime import date
from fractions import Fraction

from assay.methodology import Inputs, Submission, load_methodology

DAY = date(2025, 12, 30)

ASSESSED = """
id = "test"
version = 1
effective = 2021-01-04
status = "draft"
kind = "assessed"
series = ["TEST"]
title = { en = "Test", zh = "测试" }
summary = { en = "A test.", zh = "测试。" }
calendar = "every_day"

[specification]
unit = "CNY/t"
tax = "none"
step = 10
presentation = "range"

[hours]
zone = "Asia/Shanghai"
soft = 10:10:00
hard = 10:13:00
clause = "1"

[assessment]
%(assessment)s

%(sections)s

%(ladder)s

[range]
%(range)s
clause = "2"

[rounding]
rule = "%(rounding)s"
clause = "2"

[clauses.1]
en = "One."
zh = "一。"

[clauses.2]
en = "Two."
zh = "二。"
"""

LADDER = """
[[ladder]]
branch = "indications"
clause = "2"
kinds = ["transaction", "bid", "offer", "indication"]
estimator = { rule = "mean" }
"""

FORMULA = """
id = "made"
version = 1
effective = 2021-12-27
status = "draft"
kind = "formula"
series = ["MADE"]
title = { en = "Made", zh = "合成" }
summary = { en = "Made of others.", zh = "由其他合成。" }
calendar = "every_day"

[specification]
unit = "CNY/t"
tax = { basis = "included", rate_percent = "13" }
step = 1
presentation = "range"

[hours]
zone = "Asia/Shanghai"
clause = "1"

[[input]]
name = "base"
series = "BASE"
lag = "same_day"
unit = "%(unit)s"
tax = %(tax)s
clause = "1"

[[input]]
name = "other"
series = "OTHER"
lag = "%(lag)s"
unit = "%(other)s"
tax = "none"
clause = "1"

[formula]
line = "%(line)s"
clause = "1"
%(more)s

[rounding]
rule = "half_up"
clause = "1"

[clauses.1]
en = "One."
zh = "一。"
"""


def assessed(**parts):
    """An assessed document with these parts."""
    given = {
        "assessment": 'per = "contributor"',
        "sections": "",
        "ladder": LADDER,
        "range": 'rule = "min_max"',
        "rounding": "half_up",
    } | parts
    return load_methodology(ASSESSED % given)


def formula_text(**parts):
    """The text of a formula document with these parts."""
    given = {
        "line": "base + other",
        "unit": "CNY/t",
        "tax": '{ basis = "included", rate_percent = "13" }',
        "other": "CNY/t",
        "lag": "same_day",
        "more": "",
    } | parts
    return FORMULA % given


def quote(contributor, price, quantity=None, *, kind="indication", day=DAY, position=0, **more):
    """One submission; texts such as `relation` by name."""
    own = {
        name: more.pop(name)
        for name in ("side", "group", "received_at", "concluded_at", "low", "high", "id")
        if name in more
    }
    low = Fraction(own.pop("low", price))
    high = Fraction(own.pop("high", price))
    return Submission(
        id=own.pop("id", f"{contributor}-{kind}-{position}-{day}"),
        pricing_date=day,
        series=more.pop("series", "TEST"),
        contributor=contributor,
        kind=kind,
        low=low,
        high=high,
        position=position,
        quantity=None if quantity is None else Fraction(quantity),
        texts=more,
        **own,
    )


def given(*submissions, **more):
    """Inputs of these submissions."""
    return Inputs(submissions=tuple(submissions), **more)
